"""`{{resolve:...}}` in a value → the reference of a manifest that means the same.

CloudFormation reads these when it deploys, so the template holds no secret. Two have a form in a manifest: a secret of
Secrets Manager and a parameter of Systems Manager.
"""

from __future__ import annotations

import re

from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.model import Reference

RESOLVE = re.compile(r"\{\{resolve:(?P<service>[a-z-]+):(?P<rest>[^{}]+)\}\}")

CURRENT = "AWSCURRENT"
"""The stage of a secret that is meant if none is named."""

_ARN_FIELDS = {"secretsmanager": 7, "ssm": 6}
"""How many parts with colons between them an ARN has, by service."""


def resolved(text: str) -> tuple[str | Reference | NotKnown, str]:
    """Return the reference that a text is, and what it says that a manifest cannot, or an empty text.

    Args:
        text: A value of a template, evaluated.

    Returns:
        The text itself if there is nothing to resolve in it. A reference within a longer text is not known.
    """
    found = RESOLVE.search(text)
    if found is None:
        return text, ""
    if found[0] != text.strip():
        return NotKnown("part of the text is a dynamic reference, which a manifest has only as a whole value"), ""
    service = "ssm" if found["service"] == "ssm-secure" else found["service"]
    if service not in _ARN_FIELDS:
        return NotKnown(f"the dynamic reference is to {service}, which a manifest has no reference for"), ""
    name, *more = _fields(found["rest"], _ARN_FIELDS[service])
    if service == "ssm":
        return Reference("ssm", ":".join([name, *more])), ""
    kind, key, stage, version = [*more, "", "", "", ""][:4]
    if kind not in ("", "SecretString"):
        return NotKnown("the dynamic reference is to a binary secret"), ""
    pinned = version or (stage if stage != CURRENT else "")
    said = f"names the version {pinned} of the secret; a manifest takes the current one." if pinned else ""
    return Reference("secret", f"{name}#{key}" if key else name), said


def _fields(rest: str, arn_fields: int) -> list[str]:
    """Return the parts of a reference, of which the first is a name or an ARN."""
    parts = rest.split(":")
    if parts[0] != "arn":
        return parts
    return [":".join(parts[:arn_fields]), *parts[arn_fields:]]

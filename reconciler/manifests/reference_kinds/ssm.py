"""`$ssm`: a parameter of AWS Systems Manager. A SecureString is a secret, a StringList a list of texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.manifests.reference_kinds.reference_kind import Ask, ReferenceKind
from reconciler.model import Secret
from schemas import reference_kinds


def _parameter(name: str, ask: Ask) -> Any:
    params = {"Name": name, "WithDecryption": True}
    found = ask("ssm", "GetParameter", params, f"parameter {name}")["Parameter"]
    if found["Type"] == "SecureString":
        return Secret(found["Value"], f"$ssm {name}")
    return found["Value"].split(",") if found["Type"] == "StringList" else found["Value"]


def arns(target: str) -> Iterable[str]:
    """Return the ARN of a parameter, without a version or label."""
    if target.startswith("arn:"):
        yield target
    else:
        name = target.partition(":")[0].removeprefix("/")
        yield f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter/{name}"


SSM = ReferenceKind(reference_kinds.SSM, remote=_parameter, reads=frozenset({("ssm", "GetParameter")}), arns=arns)

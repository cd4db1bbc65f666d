"""`$secret`: a secret of AWS Secrets Manager, or one key of a secret that holds a JSON map."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from reconciler.manifests.reference_kinds.reference_kind import Ask, ReferenceKind, ReferenceMistake
from reconciler.model import Secret
from schemas import reference_kinds


def _complete(target: str) -> None:
    if target.startswith("#"):
        fix = f"Write {reference_kinds.SECRET.written}."
        raise ReferenceMistake("$secret requires the name of a secret before the #.", fix)
    if target.endswith("#"):
        fix = "Name a key, or remove the # to use the whole secret."
        raise ReferenceMistake("$secret requires a key after the #.", fix)


def _secret(target: str, ask: Ask) -> Secret:
    name, sharp, key = target.partition("#")
    text = ask("secretsmanager", "GetSecretValue", {"SecretId": name}, f"secret {name}").get("SecretString")
    if text is None:
        raise ReferenceMistake(f"the secret {name} is binary.", "Store it as a string.")
    return Secret(_pick(text, name, key) if sharp else text, f"$secret {target}")


def _pick(text: str, name: str, key: str) -> str:
    """Return one value of a secret that holds JSON. Nothing of the secret may reach a message."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        message = f"the secret {name} is not a JSON map, so it has no key {key}."
        raise ReferenceMistake(message, f"Write {{$secret: {name}}}.")
    if key not in found:
        raise ReferenceMistake(f"the secret {name} has no key {key}.", "Correct the key after the #.")
    value = found[key]
    if isinstance(value, (dict, list)) or value is None:
        raise ReferenceMistake(f"the key {key} of the secret {name} does not hold a string.", "Store a string there.")
    return value if isinstance(value, str) else json.dumps(value)


SUFFIX = "-??????"
"""What Secrets Manager adds to the name of a secret in its ARN."""


def arns(target: str) -> Iterable[str]:
    """Return the ARN of a secret, whose last characters only Secrets Manager knows."""
    name = target.partition("#")[0]
    is_arn = name.startswith("arn:")
    whole = name if is_arn else f"arn:{{partition}}:secretsmanager:{{region}}:{{account}}:secret:{name}"
    yield whole if is_arn and re.search(r"-[A-Za-z0-9]{6}\Z", name) else f"{whole}{SUFFIX}"


SECRET = ReferenceKind(
    reference_kinds.SECRET,
    remote=_secret,
    reads=frozenset({("secretsmanager", "GetSecretValue")}),
    arns=arns,
    check=_complete,
)

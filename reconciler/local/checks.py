"""Validates every request against the installed botocore models, as the service's front end does.

botocore's client checks only required members, types and minimum values; moto checks nothing. So a wrong enum value, a
string that is too long or a name with a forbidden character would pass every test and fail on AWS. The checks are
driven by the model: new operations of botocore are checked without a change here.

Deviations from the model, all from cognito.md 2.3 and its "Model versus service": the Domain pattern does not apply
to custom domains, the enum of ExplicitAuthFlows lacks a value that the service accepts, and passwords have another
pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reconciler.local.refusal import ServiceError

SERVICE = "cognito-idp"
IDENTITY = "cognito-identity"
INVALID = {SERVICE: "InvalidParameterException"}
"""Name of the exception for a broken constraint; the front ends of the other services call it ValidationException."""
LENIENT_ENUMS = frozenset({"ALLOW_CLIENT_TOKEN_AUTH"})
"""Values that the service accepts but the model lacks (cognito.md 2.3)."""

PATTERNLESS = frozenset({"PasswordType"})
"""Shapes whose pattern is not the service's: a password may have spaces within (sign-in.md 5.6; see passwords.py)."""

SECRET_SHAPES = frozenset(
    {"ClientSecretType", "PasswordType", "SecretHashType", "TokenModelType", "SecretCodeType", "SessionType"}
    | {"SoftwareTokenMFAUserCodeType", "AuthParametersType", "ChallengeResponsesType", "AttributeValueType"}
    | {
        "IdentityProviderToken",
        "ConfirmationCodeType",
        "GetDerivedTokenTokenModelType",
        "DeviceSecretVerifierConfigType",
    }
)
"""Shapes whose values are never recorded. Client ids are marked sensitive in the model too, but are no secret."""
SECRET_KEYS = frozenset({"client_secret", "private_key", "Credential", "EncodedData"})
"""Keys whose values are never recorded: of ProviderDetails, a passkey, and what a browser says of its device."""
MASK = "***"


@cache
def service_model(service: str = SERVICE) -> Any:
    """Return botocore's model of an API, by default that of user pools."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


EITHER = frozenset({"GetClientToken", "GetDerivedToken"})
"""Operations without IAM by their text, which the model (botocore 1.44.8) does not mark so."""


@cache
def needs_signature(service: str, operation: str) -> bool:
    """Return whether an operation has to be signed; False for one that does not exist."""
    model = service_model(service)
    if operation not in model.operation_names or operation in EITHER:
        return False
    return bool(model.operation_model(operation).auth_type != "none")


@cache
def input_shape(operation: str, service: str = SERVICE) -> Any:
    """Return the input shape of an operation, or None if botocore does not know the operation or it takes nothing."""
    model = service_model(service)
    return model.operation_model(operation).input_shape if operation in model.operation_names else None


def validate(operation: str, params: Mapping[str, Any], service: str = SERVICE) -> None:
    """Check a request.

    Args:
        operation: CamelCase name.
        params: The parsed body.
        service: Service of the operation.

    Raises:
        Refusal: SerializationException for a wrong type, InvalidParameterException for a broken constraint.
    """
    shape = input_shape(operation, service)
    if shape is None:
        return
    found = list(_check(shape, params, ""))
    if found:
        noun = "error" if len(found) == 1 else "errors"
        code = INVALID.get(service, "ValidationException")
        raise ServiceError(code, f"{len(found)} validation {noun} detected: {'; '.join(found)}")


def masked(operation: str, params: Mapping[str, Any], service: str = SERVICE) -> dict[str, Any]:
    """Return a copy of a request in which secrets are masked."""
    copy: dict[str, Any] = _mask(input_shape(operation, service), params)
    return copy


def _mask(shape: Any, value: Any) -> Any:
    if shape is not None and shape.name in SECRET_SHAPES:
        return MASK
    if isinstance(value, Mapping):
        return {k: MASK if k in SECRET_KEYS else _mask(_inner(shape, k), v) for k, v in value.items()}
    if isinstance(value, list):
        return [_mask(getattr(shape, "member", None), v) for v in value]
    return value


def _inner(shape: Any, key: str) -> Any:
    if shape is None:
        return None
    return shape.value if shape.type_name == "map" else getattr(shape, "members", {}).get(key)


PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
    "structure": Mapping,
    "map": Mapping,
    "list": list,
    "timestamp": (int, float, str),
    "blob": str,
}


def _check(shape: Any, value: Any, path: str) -> Iterator[str]:
    if getattr(shape, "is_document_type", False):
        return
    _check_type(shape, value, path)
    yield from _check_limits(shape, value, path)
    if shape.type_name == "structure":
        yield from _check_structure(shape, value, path)
    elif shape.type_name == "list":
        for index, item in enumerate(value, start=1):
            yield from _check(shape.member, item, f"{path}.{index}.member")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _check(shape.key, key, f"{path}.{key}")
            yield from _check(shape.value, item, f"{path}.{key}.member")


def _check_structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, item in value.items():
        if name in shape.members and item is not None:
            yield from _check(shape.members[name], item, _join(path, name))


def _join(path: str, name: str) -> str:
    lower = name[0].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


def _check_type(shape: Any, value: Any, path: str) -> None:
    expected = PYTHON_TYPES.get(shape.type_name, object)
    boolean_for_number = isinstance(value, bool) and shape.type_name != "boolean"
    if not isinstance(value, expected) or boolean_for_number:
        raise ServiceError("SerializationException", f"Unexpected type at '{path}': {shape.type_name} expected")


def _check_limits(shape: Any, value: Any, path: str) -> Iterator[str]:
    shown = "Value" if shape.metadata.get("sensitive") else f"Value '{_shown(value)}'"
    for constraint in _broken(shape, value):
        yield f"{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(value) + "}"  # keys only: the values may be secrets
    return f"[{', '.join(map(_shown, value))}]" if isinstance(value, list) else str(value)


def _broken(shape: Any, value: Any) -> Iterator[str]:
    limits = shape.metadata
    custom_domain = shape.name == "DomainType" and "." in value
    size, measure = (value, "value") if shape.type_name in ("integer", "long") else (_length(shape, value), "length")
    if size is not None and not custom_domain:
        if "min" in limits and size < limits["min"]:
            yield f"have {measure} greater than or equal to {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"have {measure} less than or equal to {limits['max']}"
    if "enum" in limits and value not in limits["enum"] and value not in LENIENT_ENUMS:
        yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
    pattern = "" if custom_domain or shape.name in PATTERNLESS else limits.get("pattern")
    if pattern and isinstance(value, str) and not _matches(pattern, value):
        yield f"satisfy regular expression pattern: {pattern}"


def _length(shape: Any, value: Any) -> int | None:
    if shape.type_name == "blob":
        return len(str(value)) * 3 // 4 - str(value)[-2:].count("=")  # base64 on the wire, bytes in the model
    return len(value) if isinstance(value, (str, list, Mapping)) else None


@cache
def _compiled(pattern: str) -> Any:
    import regex  # `re` lacks \p{L}

    return regex.compile(pattern.replace(r"\w", "a-zA-Z0-9_"))  # the service's \w is ASCII; regex.ASCII breaks \p{L}


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).fullmatch(value) is not None

"""What makes an answer with status 200 an answer (decision 14).

botocore parses a body that is cut off, empty or no JSON as `{}`, without an error (cognito.md 13), and `{}` reads as
"nothing is set". So the body is looked at before botocore parses it, by the types of the service model, and the parsed
answer afterwards, for the members that it always has. What fails is `LostAnswer`, like a connection that broke.
Shapes are botocore's own, given by the caller; no message holds a value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import local
from typing import Any, NamedTuple

from reconciler.model import Tree

EACH = "*"
"""The step of a path that means every item of a list."""

JSON = ("json",)
"""Protocols whose bodies are checked here; botocore's parser refuses bodies of the others, which are XML."""

CONTINUED = "NextToken"
"""The member that an answer has beside its items, while there are more."""

ERROR = 300
"""The first HTTP status that is no success."""


BROKEN = 500
"""The first HTTP status that says nothing about the request; what is wrong with such an answer does not matter."""


class LostAnswer(Exception):
    """A request was answered with what is no answer to it; the message says why."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an operation answers, beyond its service model."""

    always: tuple[tuple[str, ...], ...] = ()
    """Paths of the members that its answer always has; `EACH` means every item of a list."""
    may_lack: frozenset[str] = frozenset()
    """Members whose absence has a meaning, although the answer has nothing else."""
    may_be_empty: frozenset[str] = frozenset()
    """Members whose emptiness has a meaning: nothing inside them is expected then."""


ExpectedAnswers = Mapping[tuple[str, str], Expected]
"""(service, operation) → what it answers."""

OTHER_SERVICES: ExpectedAnswers = {
    ("sts", "GetCallerIdentity"): Expected((("Account",), ("Arn",))),
    ("sts", "AssumeRole"): Expected(
        tuple(("Credentials", m) for m in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    ),
    ("ssm", "GetParameter"): Expected((("Parameter", "Type"), ("Parameter", "Value"))),
    ("secretsmanager", "GetSecretValue"): Expected((("ARN",), ("Name",))),
    ("secretsmanager", "DescribeSecret"): Expected((("ARN",), ("Name",))),
    ("secretsmanager", "RotateSecret"): Expected((("ARN",),)),
    **{
        ("cognito-idp", f"{verb}PointInTimeRecovery"): Expected(
            (("Restoration", "RestoreId"), ("Restoration", "RestoreStatus"))
        )
        for verb in ("Initiate", "Describe", "Start", "Cancel")
    },
    ("cognito-idp", "AddUserPoolClientSecret"): Expected(
        tuple(("ClientSecretDescriptor", m) for m in ("ClientSecretId", "ClientSecretValue"))
    ),
    ("sns", "Publish"): Expected((("MessageId",),)),
    ("events", "PutEvents"): Expected((("FailedEntryCount",), ("Entries",))),
}
"""Operations that belong to no kind."""


# --- the body ------------------------------------------------------------------------------------------------------


class BodyCheck:
    """Looks at the bodies of successful answers before botocore parses them, in whichever thread they arrive."""

    def __init__(self) -> None:
        self._thread = local()
        self._forms = _Forms()

    def begin(self) -> None:
        """Note that a request is about to be sent in this thread."""
        self._thread.status = 0

    @property
    def status(self) -> int:
        """The HTTP status of the answer that arrived in this thread; 0 while there is none."""
        return getattr(self._thread, "status", 0)

    def __call__(self, operation_model: Any, response_dict: Mapping[str, Any], **_: object) -> None:
        """Check a body, also that of a refusal; botocore calls this for its event `before-parse`.

        Raises:
            LostAnswer: It is no answer to the operation.
        """
        self._thread.status = response_dict["status_code"]
        if self.status >= BROKEN or operation_model.service_model.resolved_protocol not in JSON:
            return
        shape = operation_model.output_shape if self.status < ERROR else None
        reason = next(_damage(self.status, shape, response_dict, self._forms), "")
        if reason:
            raise LostAnswer(f"the answer (HTTP {self.status}) {reason}")


def _damage(status: int, shape: Any, response_dict: Mapping[str, Any], forms: _Forms) -> Iterator[str]:
    """Yield what is wrong with an answer. Of an error, botocore would lose the code, such as that of "not found"."""
    body, headers = response_dict["body"], response_dict.get("headers", {})
    announced = str(headers.get("content-length", ""))
    compressed = headers.get("content-encoding")  # then what arrives has another length than the body
    if announced.isdecimal() and not compressed and len(body) < int(announced):
        yield "is cut off"
    elif status < ERROR or body.lstrip().startswith(b"{"):  # other pages have no code that could be lost
        yield from _faults(shape, body, forms)


def _faults(shape: Any, body: Any, forms: _Forms) -> Iterator[str]:
    """Yield why a body is no answer of a shape, which is None for an operation that answers nothing."""
    if not body:
        if shape is not None and shape.members:
            yield "is empty"
        return
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        yield "is cut off or not JSON"
        return
    if not isinstance(tree, dict):
        yield "is JSON, but not a map"
    elif shape is not None and not forms.fits(shape, tree):
        yield from _misfits(shape, tree, "")


_TYPES: Mapping[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "character": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float, str),  # NaN and Infinity are strings
    "double": (int, float, str),
    "timestamp": (int, float, str),
}
"""Type of a shape → types of its value in JSON."""


class _Form(NamedTuple):
    """What is looked at of a shape."""

    types: frozenset[type]
    """Types of a value that fits beyond doubt; empty if there is doubt about all."""
    members: Mapping[str, tuple[frozenset[type], Any]]
    """The members of a structure by their names in JSON: the types that fit, and the shape of what holds others."""
    item: Any
    """Shape of what is in a list or map; None for others."""


class _Forms:
    """What is looked at of each shape, so that botocore's objects are asked once, and not for each answer."""

    def __init__(self) -> None:
        self._known: dict[Any, _Form] = {}

    def fits(self, shape: Any, value: Any) -> bool:
        """Return whether a value fits beyond doubt; nearly all do, and `_misfits` looks at the others again."""
        form = self._known.get(shape) or self._known.setdefault(shape, _form(shape))
        if type(value) not in form.types:
            return False
        if form.item is not None:
            return all(self.fits(form.item, one) for one in (value.values() if type(value) is dict else value))
        for name, one in value.items() if form.members else ():
            member = form.members.get(name)
            if member is None or one is None:  # null means that a member is absent
                continue
            types, shape = member
            if type(one) not in types or (shape is not None and not self.fits(shape, one)):
                return False
        return True


def _form(shape: Any) -> _Form:
    name, types = shape.type_name, _types(shape)
    if name == "structure" and not shape.is_document_type:
        named = {m.serialization.get("name", key): (_types(m), _holding(m)) for key, m in shape.members.items()}
        return _Form(types if len(named) == len(shape.members) else frozenset(), named, None)
    return _Form(types, {}, shape.member if name == "list" else shape.value if name == "map" else None)


def _types(shape: Any) -> frozenset[type]:
    return frozenset(_TYPES.get(shape.type_name, ()))


def _holding(shape: Any) -> Any:
    """Return a shape of what holds other values; None for any other."""
    return shape if shape.type_name in ("structure", "list", "map") else None


def _misfits(shape: Any, value: Any, path: str) -> Iterator[str]:
    """Yield what has another type than the service model says. Members that it does not know are not looked at."""
    if not _fits(shape.type_name, value):
        yield f"has {_named(value)} as {path}, which is of type {shape.type_name}"
    elif shape.type_name == "structure" and not shape.is_document_type:
        for name, member in shape.members.items():
            inner = value.get(member.serialization.get("name", name))
            if inner is not None:  # null means that a member is absent
                yield from _misfits(member, inner, f"{path}.{name}" if path else name)
    elif shape.type_name == "list":
        for item in value:
            yield from _misfits(shape.member, item, f"{path}[]")
    elif shape.type_name == "map":
        for item in value.values():
            yield from _misfits(shape.value, item, f"{path}{{}}")


def _fits(type_name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return type_name == "boolean"
    whole = isinstance(value, float) and value.is_integer() and type_name in ("integer", "long")
    return whole or type_name not in _TYPES or isinstance(value, _TYPES[type_name])


def _named(value: Any) -> str:
    """Name the type of a value, never the value: it may be a secret."""
    names = {dict: "a map", list: "a list", str: "a string", bool: "a truth value", int: "a number", float: "a number"}
    return names.get(type(value), "null")


# --- the parsed answer ---------------------------------------------------------------------------------------------


def require_whole(operation_model: Any, answer: Tree, expected: Expected) -> None:
    """Require the members that an answer always has.

    Args:
        operation_model: botocore's model of the operation.
        answer: The parsed answer.
        expected: What else is known of it.

    Raises:
        LostAnswer: It lacks one.
    """
    paths = (*_by_model(operation_model, expected), *expected.always)
    path = next((p for p in paths if _lacks(answer, p, expected)), None)
    if path:
        raise LostAnswer(f"the answer has no {'.'.join(path).replace('.' + EACH, '[]')}, which it always has")


def _by_model(operation_model: Any, expected: Expected) -> Iterator[tuple[str, ...]]:
    """Yield the members that the service model requires, and the one that is all of the answer: object or list."""
    shape = operation_model.output_shape
    if shape is None:
        return
    yield from ((name,) for name in shape.required_members)
    rest = [name for name in shape.members if name != CONTINUED]
    is_json = operation_model.service_model.resolved_protocol in JSON  # in XML, an empty list is absent
    if is_json and len(rest) == 1 and rest[0] not in expected.may_lack:
        yield (rest[0],)


def _lacks(value: Any, path: tuple[str, ...], expected: Expected) -> bool:
    if not path:
        return value is None or value == ""
    step, rest = path[0], path[1:]
    if step == EACH:
        return any(_lacks(item, rest, expected) for item in value)
    inner = value.get(step) if isinstance(value, dict) else None
    if inner is None:
        return True
    return not (step in expected.may_be_empty and not inner) and _lacks(inner, rest, expected)

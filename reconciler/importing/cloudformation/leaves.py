"""What takes the place of a value that a template alone cannot give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from reconciler.errors import Problem
from reconciler.model import Position, Reference, Secret


@dataclass(frozen=True, slots=True)
class NotKnown:
    """A value that cannot be known offline. It compares equal to another one for the same reason."""

    reason: str
    """Why, as a clause: `the export network-domain belongs to another stack`."""

    def __str__(self) -> str:
        return f"(not known: {self.reason})"


class _Absent:
    """The value of `AWS::NoValue`: the member or item is as if it were not written."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


class Dependence(NamedTuple):
    """A parameter or condition that a value depends on."""

    kind: str
    """`parameter` or `condition`."""
    name: str
    """Its name in the template."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


Sort = Literal["alarming", "people", "member", "service", "read"]
"""Why something is in no manifest: it must be settled first, it is a person, it has no member, it belongs to another
service, or nothing is managed by it."""


class Remainder(NamedTuple):
    """Something in a template that becomes no part of a manifest. It holds no value."""

    what: str
    """Logical id, with the property if it is about one: `Pool.CognitoEvents`; or `parameter X`, `output X`."""
    why: str
    """Why, and what to do, as sentences that follow it."""
    sort: Sort
    """The kind of reason."""
    position: Position | None = None
    """Where it is written."""


class TemplateMistake(Exception):
    """A function that CloudFormation would refuse: what is wrong with it, and what to do."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)

    def problem(self, position: Position, path: str) -> Problem:
        """Return it with its place."""
        return Problem(position, path, self.message, self.fix)


def unknown_in(value: Any) -> NotKnown | None:
    """Return the first part of a value that is not known, or None.

    A reference is not known either until it has been read.
    """
    return next(_unknowns(value), None)


def _unknowns(value: Any) -> Iterator[NotKnown]:
    if isinstance(value, NotKnown):
        yield value
    elif isinstance(value, Reference):
        yield NotKnown(f"${value.kind} {value.target} is not read offline")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _unknowns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _unknowns(inner)


def secret_in(value: Any) -> Secret | None:
    """Return the first secret in a value, or None."""
    if isinstance(value, Secret):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for part in inner if (found := secret_in(part)) is not None), None)


def bare(value: Any) -> Any:
    """Return a value with its secrets as plain texts. What is made of it has to become a secret again."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items()}
    return [bare(v) for v in value] if isinstance(value, list) else value


def wrapped(value: Any, like: Secret) -> Any:
    """Return a value in which every text is a secret of the same origin."""
    if isinstance(value, str):
        return Secret(value, like.origin)
    return [wrapped(v, like) for v in value] if isinstance(value, list) else value


def as_text(value: Any) -> str | None:
    """Return a scalar as CloudFormation writes it into a text, or None if it is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value) if isinstance(value, str | int) else None

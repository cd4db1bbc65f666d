"""What is known of one place in a manifest, as data: it is read off the tables once, and written down for every run."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

TypeName: TypeAlias = Literal["string", "integer", "boolean", "bytes", "document", "structure", "any"]


class Value(NamedTuple):
    """A single value: what a member holds, or each item of it."""

    name: TypeName
    """`any` where the API does not define it."""
    low: int | None = None
    """Least number, or shortest text."""
    high: int | None = None
    """Greatest number, or longest text or most bytes."""
    form: str = ""
    """The pattern in words."""
    values: tuple[str, ...] = ()
    """Known values; others are accepted with a warning."""


class Type(NamedTuple):
    """What a member holds."""

    shape: Literal["scalar", "structure", "list", "map"]
    """How values are put together."""
    value: Value
    """The value, or each item."""
    key: Value | None = None
    """The keys of a map."""
    fewest: int | None = None
    """Least number of items."""
    most: int | None = None
    """Greatest number of items."""


Mutability = Literal["changeable", "create_only", "add_only", "once", "name", "pin"]
"""Whether a member can be changed: always; only at creation; by adding items; once; it identifies the object, so that a
different value means a different object; or Cognito assigns it."""


class Change(NamedTuple):
    """Whether a member can be changed and unset."""

    mutability: Mutability
    """Whether it can be changed."""
    removable: bool
    """Whether it can be unset once it is set."""
    advice: tuple[str, ...]
    """What to do where it cannot."""


class Omission(NamedTuple):
    """The effect of omitting a member."""

    manifest: str
    """In a manifest, on a live object."""
    creation: str
    """At creation."""
    update: Literal["kept", "reset", "unmeasured", ""]
    """In the API's own update, for which poolctl therefore sends all members; empty where unrecorded."""


class Calls(NamedTuple):
    """The operations that are called, as `cognito-idp:UpdateUserPool`."""

    read: tuple[str, ...] = ()
    """Those that read it."""
    create: tuple[str, ...] = ()
    """Those that create an object with it."""
    update: tuple[str, ...] = ()
    """Those that write it on a live object."""
    delete: tuple[str, ...] = ()
    """Those that remove an object."""

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.read, *self.create, *self.update, *self.delete)))


class Facts(NamedTuple):
    """Facts about a member."""

    required: bool
    """Whether an object requires it."""
    default: tuple[Any, ...]
    """What a new object has, as the only item; empty when there is no default."""
    change: Change
    """Whether it can be changed and unset."""
    omission: Omission
    """The effect of omitting it."""
    null: str
    """The effect of null."""
    tier: Literal["", "LITE", "ESSENTIALS", "PLUS"]
    """The feature plan that it needs, or empty."""
    comparison: tuple[str, ...]
    """Which differences are ignored."""
    secret: bool
    """Whether it is a secret."""
    secret_keys: tuple[str, ...]
    """Keys of a map whose values are secrets."""
    write_only: bool
    """Whether the service never returns it."""
    write_only_keys: tuple[str, ...]
    """Keys of a map whose values the service never returns."""
    deprecated: bool
    """Whether it is superseded."""
    since: int | None
    """The year in which it appeared, if it is recent."""


class FactLine(NamedTuple):
    """One line about a place."""

    path: str
    """Where it is."""
    name: str
    """The last step of the path."""
    type: Type
    """What it holds."""
    title: str
    """What it is."""


class Explanation(NamedTuple):
    """Everything about one place in a manifest."""

    path: str
    """Its path: `clients.RefreshTokenRotation`."""
    section: str
    """The kind that it belongs to: `clients`, `clients.branding`; empty for a key around the sections."""
    document: str
    """The kind of document: `UserPool`."""
    title: str
    """What it is, in one sentence or two."""
    description: str
    """What its structure is; may be empty."""
    notes: tuple[str, ...]
    """What an operator should know."""
    type: Type
    """What it holds."""
    named_by: str
    """For a kind that is a map: the member that the key names, if any."""
    resource_type: str
    """CloudFormation's word for the kind."""
    planned: bool
    """Whether plan and apply support it in this version."""
    facts: Facts | None
    """What is known about a member; None for kinds."""
    calls: Calls
    """The operations of the API."""
    permissions: tuple[str, ...]
    """The IAM actions."""
    conditional: tuple[tuple[str, tuple[str, ...]], ...]
    """Further IAM actions, with the member inside that needs them when it is set."""
    members: tuple[FactLine, ...]
    """What a structure holds."""
    reset: str
    """The effect of null on a kind; empty for members, whose facts say it."""
    not_here: tuple[tuple[str, str], ...]
    """Members of the API that have no place here, and what to do instead."""


def spelled(value: Any) -> str:
    """Spell a value as a manifest would: `true`, `[a, b]`, `""`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {spelled(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(spelled(v) for v in value)}]"
    return '""' if value == "" else str(value)

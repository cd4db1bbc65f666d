"""Facts about a kind or member: the output of `poolctl explain` and the content of docs/reference/.

All of them derive from the tables that the engine uses: the schemas with their marks, the kinds with their operations,
and the service model of the installed botocore. No member is described here, so the explanation matches the behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

from reconciler.errors import InvalidInput
from reconciler.explaining.explanation import (
    Calls,
    Change,
    Explanation,
    FactLine,
    Facts,
    Mutability,
    Omission,
    Type,
    TypeName,
    Value,
    spelled,
)
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.terminal.suggestions import closest, did_you_mean, folded, same
from reconciler.values.shapes import Shape, input_shape
from schemas.base import (
    ByItem,
    Cidr,
    ClearWith,
    CreateOnly,
    Default,
    Deprecated,
    FreeDocument,
    Keyed,
    KeyName,
    Member,
    Note,
    NotRemovable,
    OneOf,
    OnlyOnce,
    OnUpdate,
    Pin,
    SecretKeys,
    Sensitive,
    Since,
    Text,
    Tier,
    Unordered,
    WriteOnly,
    WriteOnlyKeys,
    members,
    pattern_of,
)
from schemas.documents import DOCUMENTS, DocumentKind
from schemas.jsonschema import limits
from schemas.sections import is_object, is_resettable

M = TypeVar("M")

TIERS = ("LITE", "ESSENTIALS", "PLUS")
"""Feature plans, the cheapest first (cognito.md 2.19)."""

SCALARS: Mapping[type, TypeName] = {str: "string", int: "integer", bool: "boolean", bytes: "bytes", object: "any"}
"""What the API calls a type."""


LIKE = 0.75
"""How similar a misspelled member must be to one beside it, rather than to one of the same name elsewhere."""


# --- places --------------------------------------------------------------------------------------------------------


class _Place(NamedTuple):
    """A place in a manifest."""

    document: DocumentKind
    section: str
    chain: tuple[Member, ...]
    """The members on the way from the object, which is not among them; empty for a kind."""

    @property
    def holder(self) -> Member:
        """The section, as a member of what it is inside of."""
        return self.document.all[self.section]

    @property
    def kind(self) -> ResourceKind | None:
        """The table of its kind; None where the schema is ahead of the engine."""
        return KINDS.get(self.section)

    @property
    def member(self) -> Member:
        """The member, or the section for a kind."""
        return self.chain[-1] if self.chain else self.holder

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(m.name for m in self.chain)

    @property
    def path(self) -> str:
        """The path that `explain` takes."""
        return ".".join((self.section, *self.names))

    def inner(self) -> Iterator[_Place]:
        """Yield its direct members."""
        for member in members(self.member.model).values() if self.member.model else ():
            inside = is_object(member) and not self.chain
            yield (
                _Place(self.document, f"{self.section}.{member.name}", ())
                if inside
                else _Place(self.document, self.section, (*self.chain, member))
            )


def _below(place: _Place) -> Iterator[_Place]:
    yield place
    for inner in place.inner():
        yield from _below(inner)


@cache
def _places() -> Mapping[str, _Place]:
    """Return every place that can be explained, by its path, in the order of the schemas."""
    sections = [_Place(document, name, ()) for document in DOCUMENTS.values() for name in document.sections]
    return {place.path: place for section in sections for place in _below(section)}


def paths() -> tuple[str, ...]:
    """Return every path that can be explained, in the order of the schemas."""
    return tuple(_places())


def kinds() -> tuple[Explanation, ...]:
    """Return every kind of object, in the order of the manifests; a kind inside another follows it."""
    return tuple(_explanation(place) for place in _places().values() if not place.chain)


def explain(path: str) -> Explanation:
    """Return the facts about a kind or member.

    Args:
        path: A kind, or a member of one: `clients`, `clients.branding.Assets`. Names of objects and positions in lists
            are left out.

    Raises:
        InvalidInput: There is no such place; the message names the nearest one, or says where the member belongs.
    """
    plain = re.sub(r"\[[^\]]*\]|\{\}", "", path.strip())
    place = _places().get(plain)
    if place is None:
        raise InvalidInput(f"Unknown kind or member {path}. {_elsewhere(plain) or _nearest(plain)}")
    return _explanation(place)


def _elsewhere(path: str) -> str:
    """Return the advice for a member of the API that belongs elsewhere."""
    outer, _, name = path.rpartition(".")
    place = _places().get(outer)
    advice = place.member.model.MOVED.get(name, "") if place and place.member.model else ""
    return f"{name} {advice}." if advice else ""


def _nearest(path: str) -> str:
    """Suggest the most similar path."""
    known = [*_aliases(), *paths()]
    last = folded(path.rpartition(".")[2])
    outer, _, _ = path.rpartition(".")
    beside = [p for p in known if outer and p.rpartition(".")[0] == outer]
    same_end = [p for p in known if folded(p.rpartition(".")[2]) == last]
    place = same(path, known) or closest(path, beside, cutoff=LIKE) or closest(path, same_end, cutoff=0.0)
    place = place or closest(path, known)
    return did_you_mean(_aliases().get(place, place)) if place else "`poolctl explain` lists all kinds."


@cache
def _aliases() -> Mapping[str, str]:
    """Return other names of kinds: CloudFormation's."""
    return {kind.resource_type: kind.section for kind in reversed(KINDS.values())}


# --- one place -----------------------------------------------------------------------------------------------------


def _explanation(place: _Place) -> Explanation:
    member, model, kind = place.member, place.member.model, place.kind
    calls = _calls(place)
    document = " ".join((model.__doc__ or "").split()) if model else ""
    holder = place.holder.model
    key = next((m.name for m in members(holder).values() if m.has(KeyName)), "") if holder else ""
    return Explanation(
        path=place.path,
        section=place.section,
        document=place.document.name,
        title=member.description or document,
        description=document if document != member.description else "",
        notes=tuple(m.text for m in member.marks if isinstance(m, Note)),
        type=_type(member),
        named_by=key if not place.chain and member.shape == "map" else "",
        resource_type=kind.resource_type if kind else "",
        planned=kind is not None,
        facts=_facts(place) if place.chain else None,
        calls=calls,
        permissions=_permissions(place, calls),
        conditional=_conditional(place, calls),
        members=tuple(FactLine(p.path, p.member.name, _type(p.member), p.member.description) for p in place.inner()),
        reset="" if place.chain else _reset_of_kind(place),
        not_here=tuple(model.MOVED.items()) if model else (),
    )


def _facts(place: _Place) -> Facts:
    member, chain = place.member, place.chain
    default = member.mark(Default)
    hidden, silent = member.mark(SecretKeys), member.mark(WriteOnlyKeys)
    years = [mark.year for mark in _marks(chain, Since)]
    tiers = [mark.name for mark in _marks(chain, Tier)]
    return Facts(
        required=_required(place),
        default=(default.value,) if default else (),
        change=_change(chain),
        omission=_omission(place),
        null=_null(place),
        tier=max(tiers, key=TIERS.index, default=""),
        comparison=tuple(_comparison(member)),
        secret=bool(_marks(chain, Sensitive)),
        secret_keys=hidden.names if hidden else (),
        write_only=bool(_marks(chain, WriteOnly)),
        write_only_keys=silent.names if silent else (),
        deprecated=bool(_marks(chain, Deprecated)),
        since=max(years, default=None),
    )


def _marks(chain: Iterable[Member], mark: type[M]) -> list[M]:
    """Return the marks of one type along a path: a mark of a structure applies to all its members."""
    return [m for member in chain for m in member.marks if isinstance(m, mark)]


# --- types ---------------------------------------------------------------------------------------------------------


def _type(member: Member) -> Type:
    if member.shape == "scalar":
        return Type("scalar", _value(member, member.marks))
    if member.shape == "structure":
        return Type("structure", Value("structure"))
    found = limits(member.marks, member.shape)
    fewest, most = (
        found.get(("minItems", "minProperties")[member.shape == "map"]),
        found.get(("maxItems", "maxProperties")[member.shape == "map"]),
    )
    key = _text(member.key_marks) if member.shape == "map" else None
    return Type(member.shape, _value(member, member.item_marks), key, fewest, most)


def _value(member: Member, marks: tuple[Any, ...]) -> Value:
    if member.model:
        return Value("structure")
    if any(isinstance(m, FreeDocument) for m in marks):
        return Value("document")
    if member.scalar is int:
        found = limits(marks)
        return Value("integer", found.get("minimum"), found.get("maximum"))
    return _text(marks, SCALARS[member.scalar])


def _text(marks: tuple[Any, ...], name: TypeName = "string") -> Value:
    found = limits(marks)
    known = next((m.values for m in marks if isinstance(m, OneOf)), ())
    pattern = pattern_of(marks)
    return Value(name, found.get("minLength"), found.get("maxLength"), pattern.fix if pattern else "", known)


# --- change, omission, null ----------------------------------------------------------------------------------------


def _change(chain: tuple[Member, ...]) -> Change:
    member = chain[-1]
    frozen, once = _marks(chain, CreateOnly), _marks(chain, OnlyOnce)
    key = member.mark(KeyName)
    mutability: Mutability = "changeable"
    if member.has(Pin):
        mutability = "pin"
    elif key and not key.renameable:
        mutability = "name"
    elif frozen:
        mutability = "add_only" if any(m.has(Keyed) for m in chain) else "create_only"
    elif once:
        mutability = "once"
    own = member.mark(NotRemovable)
    advice = [m.advice for m in frozen] + [m.advice for m in once] + ([own.advice] if own else [])
    return Change(mutability, mutability == "changeable" and own is None, tuple(dict.fromkeys(advice)))


def _within_item(chain: tuple[Member, ...]) -> bool:
    """Return whether a member is inside a list that is compared and written as one value."""
    return any(m.shape == "list" and not m.has(Keyed) for m in chain[:-1])


def _omission(place: _Place) -> Omission:
    member = place.member
    update = member.mark(OnUpdate)
    return Omission(_in_manifest(place), _at_creation(place), update.omitted if update else "")


def _in_manifest(place: _Place) -> str:
    member = place.member
    if member.has(Pin):
        return "the object is found by its name"
    if member.has(KeyName) and place.holder.shape == "map":
        return "the key is the name"
    if member.required:
        return "it is required in each item"
    if _within_item(place.chain):
        return "it is not sent, because a list is written as a whole"
    if member.has(WriteOnly):
        return "it is not sent, because Cognito does not return it"
    return "the live value is kept"


def _at_creation(place: _Place) -> str:
    member = place.member
    default = member.mark(Default)
    if member.has(Pin):
        return "Cognito assigns it"
    if member.has(KeyName) and place.holder.shape == "map":
        return "the key is the name"
    if _is_implied(place):
        return "poolctl writes it"
    if _required(place):
        return "it is required"
    if default:
        return f"Cognito's default applies: {spelled(default.value)}"
    return "it is absent"


def _is_implied(place: _Place) -> bool:
    """Return whether poolctl writes the member if the manifest does not declare it."""
    return bool(
        place.kind and place.names and place.kind.surrounding and place.names[0] in place.kind.surrounding.implied
    )


def _required(place: _Place) -> bool:
    """Return whether the service requires the member to create the object or the structure."""
    if place.member.required:
        return True
    kind = place.kind
    if _is_implied(place):
        return False
    operation = (kind.create or kind.update) if kind else ""
    shape = _shape(kind, operation, place.names[:-1]) if kind and operation else None
    return shape is not None and place.member.name in shape.required


def _reset_of_kind(place: _Place) -> str:
    if not is_resettable(place.member):
        return "Refused."
    if place.kind and place.kind.create:
        return "Deletes it, unless protect covers it."
    return "Resets all of it to what it is in a new pool, unless protect covers it."


def _null(place: _Place) -> str:
    member, chain = place.member, place.chain
    if member.has(KeyName) and place.holder.shape == "map" and not member.has(NotRemovable):
        return "Refused: the key is the name."
    if member.has(Pin):
        return "Has no effect: the object is found by its name."
    if member.required or _within_item(chain):
        return "Not allowed in list items: omit the member."
    once = member.mark(NotRemovable)
    if once:
        return "Refused while it is set."
    if _marks(chain, CreateOnly):
        return f"{_reset(member)} at creation; afterwards refused if it would change the value."
    return f"{_reset(member)}."


def _reset(member: Member) -> str:
    clear, default = member.mark(ClearWith), member.mark(Default)
    if clear:
        return f"Resets it by writing {spelled(clear.value)}"
    if default:
        return f"Resets it to the default ({spelled(default.value)})"
    return "Removes it"


def _comparison(member: Member) -> Iterator[str]:
    every = (*member.marks, *member.item_marks)
    keyed = member.mark(Keyed)
    if keyed:
        yield f"Items are identified by {keyed.member} and compared one by one; order is ignored."
    elif member.shape == "list":
        yield "Order is ignored." if member.has(Unordered) else "Order is significant."
    if member.has(ByItem):
        yield "{$include: [...], $exclude: [...]} declares single items, and those of others stay."
    if any(isinstance(m, Text) for m in every):
        yield "Line endings and a trailing newline are ignored."
    if any(isinstance(m, Cidr) for m in every):
        yield "A single address equals the range that contains only that address."
    if member.has(FreeDocument):
        yield "Written as a whole; key order is ignored, and 8.0 equals 8."


# --- operations and permissions ------------------------------------------------------------------------------------


def _calls(place: _Place) -> Calls:
    kind = place.kind
    if kind is None:
        return _modelled(place)
    if not place.chain:
        named = (_shown(kind, listed=True), (kind.create,), _written(kind), (kind.delete,))
        return Calls(*(_named(kind.service, operations) for operations in named))
    if place.chain[0].has(Pin):
        return Calls(read=_named(kind.service, _shown(kind)))
    update = kind.elsewhere.get(place.chain[0].name) or ((kind.update,) if _takes(kind, kind.update, place) else ())
    create = (kind.create,) if _takes(kind, kind.create, place) else update if kind.create else ()
    read = () if _marks(place.chain, WriteOnly) else _shown(kind)
    return Calls(*(_named(kind.service, operations) for operations in (read, create, update)))


def _shown(kind: ResourceKind, *, listed: bool = False) -> Iterator[str]:
    """Yield the operations that read an object; with `listed`, also the one that only lists it."""
    if kind.listing and (listed or not kind.reading):
        yield kind.listing.operation
    if kind.reading:
        yield kind.reading.operation
    if kind.regional_read:
        yield kind.regional_read.reading.operation
    yield from (further.reading.operation for further in kind.further_reads)


def _written(kind: ResourceKind) -> Iterator[str]:
    """Yield the operations that write a live object."""
    yield kind.update
    for operations in kind.elsewhere.values():
        yield from operations


def _modelled(place: _Place) -> Calls:
    """Return the operations that the schema describes, for a kind without a table."""
    inputs = place.holder.model.INPUTS if place.holder.model else ()
    taken = [(s, o) for s, o in inputs if not place.chain or place.chain[0].name in input_shape(s, o).members]
    made = tuple(f"{s}:{o}" for s, o in taken if o.startswith("Create"))
    return Calls(create=made, update=tuple(f"{s}:{o}" for s, o in taken if not o.startswith("Create")))


def _named(service: str, operations: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{service}:{o}" for o in operations if o))


def _takes(kind: ResourceKind, operation: str, place: _Place) -> bool:
    """Return whether an operation takes a member."""
    return bool(operation) and _shape(kind, operation, place.names) is not None


def _shape(kind: ResourceKind, operation: str, names: tuple[str, ...]) -> Shape | None:
    """Return what an operation takes at a path, or None."""
    shape = input_shape(kind.service, operation)
    for name in names:
        while shape.type in ("list", "map"):
            shape = shape.item
        if name not in shape.members:
            return None
        shape = shape.members[name]
    while shape.type in ("list", "map"):
        shape = shape.item
    return shape


def _permissions(place: _Place, calls: Calls) -> tuple[str, ...]:
    """Return the IAM actions: those named like the operations, and those that the operations also need."""
    found = list(calls.all)
    for need, actions in _needs(place):
        if need in calls.all or f"{'.'.join(place.names)}.".startswith(f"{need}."):
            found += actions
    return tuple(dict.fromkeys(found))


def _conditional(place: _Place, calls: Calls) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return further IAM actions, with the member within the place that needs them when it is set."""
    within = "".join(f"{name}." for name in place.names)
    return tuple(
        (f"{place.section}.{need}", actions)
        for need, actions in _needs(place)
        if need not in calls.all and need.startswith(within)
    )


def _needs(place: _Place) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield further IAM actions of the kind, by operation with its service or by the path of a member."""
    kind = place.kind
    known = {kind.create, kind.update, kind.delete, *kind.reads} if kind else set()
    known |= {o for found in kind.elsewhere.values() for o in found} if kind else set()
    for need, permissions in kind.iam.permissions.items() if kind else ():
        yield (f"{kind.service}:{need}" if kind and need in known else need), tuple(p.action for p in permissions)

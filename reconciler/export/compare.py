"""Two descriptions of pools → what tells them apart.

Before a change is carried from one environment to the next, somebody asks how the two differ; before a manifest is
split into base and overlay, what they share. Manifests and live pools are brought into one form here, and compared by
the same differ that plans by, so that what makes no difference to the service makes none here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.export import exporter
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.manifest import Manifest
from reconciler.model import (
    Action,
    Address,
    FieldChange,
    Gap,
    Observed,
    Path,
    Position,
    Reference,
    ResourceChange,
    Tree,
)
from reconciler.observing import ownership
from reconciler.observing.observer import LiveState
from reconciler.values.differ import diff
from schemas.base import KeyName, WriteOnly, members


@dataclass(frozen=True, slots=True)
class ComparedObject:
    """One object as one side describes it."""

    address: Address
    """Its name there."""
    name: str
    """Its address, spelled with the name that it has live: a manifest may call a client by any word."""
    tree: Tree = field(repr=False)
    """Its members."""
    source: Position | None = None
    """Where it is declared."""
    position: Callable[[Path], Position | None] = field(default=lambda _: None, repr=False)
    """Tells where a member is declared."""


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One document, or one live pool."""

    label: str
    """What the user called the side that it is on: `pools/@prod`, `pool:customers`."""
    kind: str
    """Kind of the document."""
    name: str
    """Name of the pool, or its id."""
    things: Mapping[str, ComparedObject]
    """Its objects, by address."""
    start: Position | None = None
    """Where the document begins; None for a live pool."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two that were compared, or one that has nothing to be compared with."""

    one: ComparedSide | None
    """The first side; None when only the second has it."""
    other: ComparedSide | None
    """The second side."""
    changes: tuple[ResourceChange, ...] = ()
    """What would make the first like the second: created is what only the second has."""

    @property
    def same(self) -> bool:
        """Whether nothing tells them apart, as far as they were read."""
        return bool(self.one and self.other) and not self.changes

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be read of either."""
        return tuple(g for side in (self.one, self.other) if side for g in side.gaps)


# --- into one form -------------------------------------------------------------------------------------------------


def declared(label: str, manifest: Manifest) -> ComparedSide:
    """Return what a manifest describes. References that only AWS can follow stand for themselves.

    Args:
        label: What the user called it.
        manifest: A loaded one.
    """
    names = {str(s.address): _name(KINDS[s.address.section], s.declared) for s in manifest.specs}
    things = {}
    for spec in manifest.specs:
        kind = KINDS[spec.address.section]
        tree = _written(_nameless(kind, spec.declared))
        name = _matched(spec.address, names)
        things[str(spec.address)] = ComparedObject(spec.address, name, tree, spec.source, spec.position)
    return ComparedSide(label, manifest.kind, manifest.name, things, manifest.source)


def live(label: str, document: str, name: str, live_state: LiveState) -> ComparedSide:
    """Return what is live, as an author would write it who leaves out what is at the service's default.

    Args:
        label: What the user called it.
        document: Kind of the document that would describe it.
        name: Name of the pool.
        live_state: Everything that is live about it.
    """
    root = live_state.root
    pool = root.data if root else {}
    ours, _ = ownership.split(live_state.objects, root.ids[root_of(document).id_param] if root else "")
    things = {}
    for section in dict.fromkeys(o.address.section for o in ours):
        kind = KINDS[section]
        for key, observed in exporter.keyed([o for o in ours if o.address.section == section]):
            address = replace(observed.address, name="" if kind.root else key)
            things[str(address)] = ComparedObject(address, str(address), _authored(kind, observed, pool))
    return ComparedSide(label, document, name, things, gaps=live_state.gaps)


def _authored(kind: ResourceKind, observed: Observed, pool: Tree) -> Tree:
    tree = exporter.known_part(kind, kind.to_manifest(observed.data, pool))
    assumed = {} if kind.create else kind.initial()
    return exporter.reduced(kind.model, _nameless(kind, tree), assumed, minimal=True)


def _name(kind: ResourceKind, tree: Tree) -> str:
    """Return the name that an object has live, where its key may be another one."""
    name = tree.get(kind.name_member) if kind.name_member and not kind.root and not kind.outer else None
    return name if isinstance(name, str) else ""


def _matched(address: Address, names: Mapping[str, str]) -> str:
    """Spell an address with live names, as far as no two objects share one."""
    outer = address.owner or address
    name = names.get(str(outer), "")
    shared = sum(n == name and k.partition("/")[0] == outer.section for k, n in names.items()) > 1
    if not name or shared:
        return str(address)
    rest = address.name[len(outer.name) :]
    return str(replace(address, name=f"{name}{rest}"))


def _nameless(kind: ResourceKind, tree: Tree) -> Tree:
    """Leave out what the address says already."""
    marks = {} if kind.root else {m.name: m.mark(KeyName) for m in members(kind.model).values()}
    keys = {name for name, mark in marks.items() if mark and not mark.renameable}
    return {k: v for k, v in tree.items() if k not in keys}


def _written(value: Any) -> Any:
    """Spell references as they are written: where two lead is not known, but that they differ is."""
    if isinstance(value, Reference):
        return value.written
    if isinstance(value, dict):
        return {k: _written(v) for k, v in value.items()}
    return [_written(v) for v in value] if isinstance(value, list) else value


_AT_DEFAULT: Tree = {"": None}
"""Stands for an object of which nothing is said: the differ takes an empty one for none at all."""


# --- comparing -----------------------------------------------------------------------------------------------------


def compare(some: Sequence[ComparedSide], others: Sequence[ComparedSide]) -> list[Comparison]:
    """Compare two sides.

    Documents are matched by their place when both sides come from one file, else by kind and name, else by kind when
    only one is left on each side. Objects are matched by address, and beside a live pool by the names they have live.
    """
    pairs = _pairs(some, others)
    alone = [Comparison(d, None) for d in some if id(d) not in {id(a) for a, _ in pairs}]
    alone += [Comparison(None, d) for d in others if id(d) not in {id(b) for _, b in pairs}]
    return [*(Comparison(a, b, tuple(_changes(a, b))) for a, b in pairs), *alone]


def _pairs(some: Sequence[ComparedSide], others: Sequence[ComparedSide]) -> list[tuple[ComparedSide, ComparedSide]]:
    left, right = list(some), list(others)
    pairs: list[tuple[ComparedSide, ComparedSide]] = []
    rules: tuple[Callable[[ComparedSide], Any], ...] = (lambda d: d.start, lambda d: (d.kind, d.name), lambda d: d.kind)
    for rule in rules:
        for one in list(left):
            key = rule(one)
            found = [o for o in right if rule(o) == key]
            if key is not None and len(found) == 1 and [rule(d) for d in left].count(key) == 1:
                pairs.append((one, found[0]))
                left.remove(one)
                right.remove(found[0])
    order = [id(d) for d in some]
    return sorted(pairs, key=lambda pair: order.index(id(pair[0])))


def _changes(one: ComparedSide, other: ComparedSide) -> Iterator[ResourceChange]:
    offline = bool(one.start and other.start)
    unread = {g.address.section for side in (one, other) for g in side.gaps}
    if not offline:  # a live pool does not own what belongs to the account
        unread |= exporter.LEFT_OUT
    left, right = (s.things if offline else {t.name: t for t in s.things.values()} for s in (one, other))
    order = list(KINDS)
    for key in sorted({**left, **right}, key=lambda k: _order(order, left.get(k) or right[k])):
        a, b = left.get(key), right.get(key)
        found = None if (a or right[key]).address.section in unread else _change(a, b, offline=offline)
        if found:
            yield found


def _order(sections: Sequence[str], thing: ComparedObject) -> tuple[int, str]:
    return sections.index(thing.address.section), thing.address.name


def _change(one: ComparedObject | None, other: ComparedObject | None, *, offline: bool) -> ResourceChange | None:
    thing = other or one
    if thing is None:  # pragma: no cover - a key comes from one of the sides
        return None
    kind = KINDS[thing.address.section]
    before, after = one.tree if one else None, other.tree if other else None
    action = Action.UPDATE
    if one is None or other is None:
        action = Action.DELETE if other is None else Action.CREATE
    fields = tuple(_fields(kind, one, other, offline=offline))
    if not fields and (action is Action.UPDATE or kind.single):
        return None
    return ResourceChange(
        thing.address, kind.resource_type, action, fields, after or {}, before, after, {}, source=thing.source
    )


def _fields(
    kind: ResourceKind, one: ComparedObject | None, other: ComparedObject | None, *, offline: bool
) -> Iterator[FieldChange]:
    """Compare in both directions: a member that only one side has shows from that side only."""
    before = (one.tree or _AT_DEFAULT) if one else {}
    after = (other.tree or _AT_DEFAULT) if other else {}
    forth = diff(kind.model, other.tree, before) if other else ()
    back = [f for f in (diff(kind.model, one.tree, after) if one else ()) if not _reported(f.path, forth)]
    turned = [replace(f, before=f.after, after=f.before) for f in back]
    for found, side in (*((f, other) for f in forth), *((f, one) for f in turned)):
        if not (one and other and _is_one_thing(kind, one.tree, other.tree, found)):
            yield replace(found, source=side.position(found.path) if side else None)
    if offline and one and other:
        yield from _silent(kind, one, other)


def _is_one_thing(kind: ResourceKind, one: Tree, other: Tree, found: FieldChange) -> bool:
    """Whether the service takes both for the same, as it adds what one side does not say, or knows another spelling."""
    lacking, having = (other, one) if found.after is None else (one, other)
    return any(found.path[: len(path)] == path for path in kind.equivalent(_reset(lacking, having), having))


def _reset(lacking: Tree, having: Tree) -> Tree:
    """Say null for what only the other side has: here, what is left out is not kept but at its default."""
    inner = {
        k: _reset(v, having[k]) for k, v in lacking.items() if isinstance(v, dict) and isinstance(having.get(k), dict)
    }
    return {**dict.fromkeys(having), **lacking, **inner}


def _reported(path: Path, fields: Iterable[FieldChange]) -> bool:
    """Whether a member was reported already, or something around it or within it."""
    return any(f.path[: len(path)] == path or path[: len(f.path)] == f.path for f in fields)


def _silent(kind: ResourceKind, one: ComparedObject, other: ComparedObject) -> Iterator[FieldChange]:
    """Compare what the service never shows, which the differ leaves alone; two manifests both say it."""
    for member in members(kind.model).values():
        before, after = one.tree.get(member.name), other.tree.get(member.name)
        if member.has(WriteOnly) and before != after:
            yield FieldChange((member.name,), before, after, source=other.position((member.name,)))

"""Two descriptions of pools → their differences.

Compares environments before a change is promoted from one to the next, and manifests before they are
split into base and overlay. Manifests and live pools are normalised to one form here, and compared with
the differ of plans, so differences that do not matter to the service are not reported.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from reconciler.export import exporter
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.env_words import at
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
from reconciler.planning.undeclared import undeclared_members
from reconciler.values.differ import diff
from reconciler.values.item_forms import settled
from reconciler.values.merge import expanded
from schemas.base import KeyName, WriteOnly, members


@dataclass(frozen=True, slots=True)
class ComparedObject:
    """One object of one side."""

    address: Address
    """Its name there."""
    name: str
    """Its address with its live name: the key of a client in a manifest may be any word."""
    tree: Tree = field(repr=False)
    """Its members."""
    whole: Tree = field(default_factory=dict, repr=False)
    """All that is declared of it, or the live object as observed."""
    source: Position | None = None
    """Where it is declared."""
    position: Callable[[Path], Position | None] = field(default=lambda _: None, repr=False)
    """Returns the position of a member in the manifest."""
    from_env: Mapping[Path, str] = field(default_factory=dict)
    """The names of environment variables by the paths of the values that came from them."""


def everything(_address: Address, _path: Path = ()) -> bool:
    """Return that a side is about every object and member."""
    return True


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One document, or one live pool."""

    label: str
    """The operand of its side on the command line: `pools/@prod`, `pool:customers`."""
    kind: str
    """Kind of the document."""
    name: str
    """Name of the pool, or its id."""
    things: Mapping[str, ComparedObject]
    """Its objects, by address."""
    start: Position | None = None
    """Start of the document; None for a live pool."""
    gaps: tuple[Gap, ...] = ()
    """Failed reads."""
    unavailable: tuple[Gap, ...] = ()
    """Sections that the Region, partition or emulator does not have: they cannot be compared."""
    concerns: Callable[[Address, Path], bool] = everything
    """Returns whether a live object or member is any business of the document: of some parts of a pool, only what they
    declare."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two documents or pools that were compared, or one without a counterpart."""

    one: ComparedSide | None
    """The first side; None if only the second has it."""
    other: ComparedSide | None
    """The second side."""
    changes: tuple[ResourceChange, ...] = ()
    """Changes from the first to the second: created objects exist only in the second."""

    @property
    def same(self) -> bool:
        """Whether no difference was found in what was read."""
        return bool(self.one and self.other) and not self.changes

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Failed reads of both."""
        return tuple(g for side in (self.one, self.other) if side for g in side.gaps)


# --- into one form -------------------------------------------------------------------------------------------------


def declared(label: str, manifest: Manifest) -> ComparedSide:
    """Return a manifest as a side. References that only AWS can resolve are compared as written.

    Args:
        label: The operand on the command line.
        manifest: A loaded manifest.
    """
    names = {str(s.address): _name(KINDS[s.address.section], s.declared) for s in manifest.specs}
    things = {}
    for spec in manifest.specs:
        kind = KINDS[spec.address.section]
        if spec.reset and kind.create:
            continue  # null says that there is none
        tree = _written(_nameless(kind, spec.declared))
        name = _matched(spec.address, names)
        whole = _written(spec.declared)
        things[str(spec.address)] = ComparedObject(
            spec.address, name, tree, whole, spec.source, spec.position, spec.from_env
        )
    return ComparedSide(label, manifest.kind, manifest.name, things, manifest.source, concerns=manifest.concerns)


def live(label: str, document: str, name: str, live_state: LiveState) -> ComparedSide:
    """Return a live pool as a side, as a manifest that omits members at the service's default.

    Args:
        label: The operand on the command line.
        document: Kind of the document that would describe it.
        name: Name of the pool.
        live_state: Its live state.
    """
    root = live_state.root
    pool = root.data if root else {}
    ours, _ = ownership.split(live_state.objects, root.ids[root_of(document).id_param] if root else "")
    things = {}
    for section in dict.fromkeys(o.address.section for o in ours):
        kind = KINDS[section]
        for key, observed in exporter.keyed([o for o in ours if o.address.section == section]):
            address = replace(observed.address, name="" if kind.root else key)
            tree = _as_manifest(kind, observed, pool)
            things[str(address)] = ComparedObject(address, str(address), tree, observed.data)
    return ComparedSide(label, document, name, things, gaps=live_state.gaps, unavailable=live_state.unavailable)


def _as_manifest(kind: ResourceKind, observed: Observed, pool: Tree) -> Tree:
    tree = exporter.known_part(kind, kind.to_manifest(observed.data, pool))
    assumed = {} if kind.create else kind.initial()
    return exporter.reduced(kind.model, _nameless(kind, tree), assumed, exporter.always)


def _name(kind: ResourceKind, tree: Tree) -> str:
    """Return the live name of an object, which may differ from its key."""
    name = tree.get(kind.name_member) if kind.name_member and not kind.root and not kind.outer else None
    return name if isinstance(name, str) else ""


def _matched(address: Address, names: Mapping[str, str]) -> str:
    """Return an address with live names, if no two objects share one."""
    outer = address.owner or address
    name = names.get(str(outer), "")
    shared = sum(n == name and k.partition("/")[0] == outer.section for k, n in names.items()) > 1
    if not name or shared:
        return str(address)
    rest = address.name[len(outer.name) :]
    return str(replace(address, name=f"{name}{rest}"))


def _nameless(kind: ResourceKind, tree: Tree) -> Tree:
    """Drop members that the address already contains."""
    marks = {} if kind.root else {m.name: m.mark(KeyName) for m in members(kind.model).values()}
    keys = {name for name, mark in marks.items() if mark and not mark.renameable}
    return {k: v for k, v in tree.items() if k not in keys}


def _written(value: Any) -> Any:
    """Return references as written: their targets are unknown, but differences between them are visible."""
    if isinstance(value, Reference):
        return value.written
    if isinstance(value, dict):
        return {k: _written(v) for k, v in value.items()}
    return [_written(v) for v in value] if isinstance(value, list) else value


_AT_DEFAULT: Tree = {"": None}
"""An object without declared members: the differ treats an empty one as absent."""


# --- comparing -----------------------------------------------------------------------------------------------------


def compare(some: Sequence[ComparedSide], others: Sequence[ComparedSide]) -> list[Comparison]:
    """Compare two sides.

    Documents are matched by position if both sides come from one file, otherwise by kind and name, otherwise by kind if
    only one is left on each side. Objects are matched by address, or by live name if one side is a live pool.
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
    unread = {g.address.section for side in (one, other) for g in (*side.gaps, *side.unavailable)}
    if not offline:  # limits belong to the account and not to a live pool
        unread |= exporter.LEFT_OUT
    left, right = (s.things if offline else {t.name: t for t in s.things.values()} for s in (one, other))
    order = list(KINDS)
    against = _Against(one, other) if bool(one.start) != bool(other.start) else None
    for key in sorted({**left, **right}, key=lambda k: _order(order, left.get(k) or right[k])):
        a, b = left.get(key), right.get(key)
        if (a or right[key]).address.section in unread:
            continue
        found = _change(a, b, against.fields if against else partial(_fields, offline=offline))
        found = _concerning(found, one if one.start else other) if found and against else found
        if found:
            yield found


def _concerning(change: ResourceChange, document: ComparedSide) -> ResourceChange | None:
    """Return a change between a document and a live pool as far as it concerns the document, or None."""
    if change.action is not Action.UPDATE:
        return change if str(change.address) in document.things or document.concerns(change.address, ()) else None
    fields = tuple(f for f in change.fields if document.concerns(change.address, f.path))
    return replace(change, fields=fields) if fields else None


def _order(sections: Sequence[str], thing: ComparedObject) -> tuple[int, str]:
    return sections.index(thing.address.section), thing.address.name


Differ = Callable[[ResourceKind, ComparedObject | None, ComparedObject | None], Iterable[FieldChange]]
"""Finds the differences of one object, of which a side may be missing."""


def _change(one: ComparedObject | None, other: ComparedObject | None, differ: Differ) -> ResourceChange | None:
    thing = other or one
    if thing is None:  # pragma: no cover - a key comes from one of the sides
        return None
    kind = KINDS[thing.address.section]
    before, after = one.tree if one else None, other.tree if other else None
    action = Action.UPDATE
    if one is None or other is None:
        action = Action.DELETE if other is None else Action.CREATE
    fields = tuple(differ(kind, one, other))
    if not fields and (action is Action.UPDATE or not kind.create):
        return None
    from_env, declared = _words(one, other)
    return ResourceChange(
        thing.address,
        kind.resource_type,
        action,
        fields,
        declared,
        before,
        after,
        {},
        source=thing.source,
        from_env=from_env,
    )


def _words(one: ComparedObject | None, other: ComparedObject | None) -> tuple[Mapping[Path, str], Tree]:
    """Return the variables of both sides by path, and a tree in which each of these paths has the variable's value."""
    names: dict[Path, str] = {}
    declared = dict(other.tree) if other else {}
    for side in filter(None, (other, one)):
        for path, name in side.from_env.items():
            if _whole(path) not in names:
                names[_whole(path)] = name
                declared = _placed(declared, _whole(path), at(side.tree, _whole(path)))
    return names, declared


def _placed(tree: Any, path: Path, value: Any) -> Any:
    """Return a tree with a value at a path."""
    if not path:
        return value
    holder = tree if isinstance(tree, dict) else {}
    return {**holder, path[0]: _placed(holder.get(path[0]), path[1:], value)}


def _whole(path: Path) -> Path:
    """Return a path up to the first list: items have other positions on the other side, so a list is hidden whole."""
    return tuple(itertools.takewhile(lambda step: isinstance(step, str), path))


class _Against:
    """Compares a manifest with a live pool as `plan` and `drift` do, so that nothing is left after an apply."""

    def __init__(self, one: ComparedSide, other: ComparedSide) -> None:
        written, live = (one, other) if one.start else (other, one)
        self._live_first = live is one
        self._every = [(t.address.section, t.whole) for t in written.things.values()]
        root = root_of(live.kind).section
        self._pool: Tree = next((t.whole for t in live.things.values() if t.address.section == root), {})

    def fields(
        self, kind: ResourceKind, one: ComparedObject | None, other: ComparedObject | None
    ) -> Iterator[FieldChange]:
        """Yield the differences; from the first side to the second, as for two manifests."""
        written, live = (other, one) if self._live_first else (one, other)
        if written and (live or not kind.create):
            for found in self._both(kind, written, live.whole if live else {**kind.initial(), **_named(kind, written)}):
                turned = found if self._live_first else replace(found, before=found.after, after=found.before)
                yield replace(turned, source=written.position(found.path))
        else:
            yield from _fields(kind, one, other, offline=False)

    def _both(self, kind: ResourceKind, written: ComparedObject, live: Tree) -> Iterator[FieldChange]:
        whole = settled(kind.model, written.whole, live)
        declared = expanded(kind.model, whole, live)
        held = tuple(kind.equivalent(declared, live))
        yield from (f for f in diff(kind.model, declared, live) if not any(f.path[: len(p)] == p for p in held))
        yield from undeclared_members(kind, whole, live, self._pool, self._every)


def _named(kind: ResourceKind, written: ComparedObject) -> Tree:
    """Return the name of a declared setting, which a pool without it has for it, too."""
    return {k: v for k, v in written.whole.items() if k == kind.name_member}


def _fields(
    kind: ResourceKind, one: ComparedObject | None, other: ComparedObject | None, *, offline: bool
) -> Iterator[FieldChange]:
    """Compare in both directions: a member that only one side has is visible only from that side."""
    before = (one.tree or _AT_DEFAULT) if one else {}
    after = (other.tree or _AT_DEFAULT) if other else {}
    forth = diff(kind.model, other.tree, before) if other else ()
    back = [f for f in (diff(kind.model, one.tree, after) if one else ()) if not _reported(f.path, forth)]
    turned = [replace(f, before=f.after, after=f.before) for f in back]
    for found, side in (*((f, other) for f in forth), *((f, one) for f in turned)):
        if not (one and other and _is_equivalent(kind, one.tree, other.tree, found)):
            yield replace(found, source=side.position(found.path) if side else None)
    if offline and one and other:
        yield from _silent(kind, one, other)


def _is_equivalent(kind: ResourceKind, one: Tree, other: Tree, found: FieldChange) -> bool:
    """Whether both are equivalent to the service, which adds omitted members and accepts several spellings."""
    lacking, having = (other, one) if found.after is None else (one, other)
    return any(found.path[: len(path)] == path for path in kind.equivalent(_reset(lacking, having), having))


def _reset(lacking: Tree, having: Tree) -> Tree:
    """Set members that only the other side has to null: in a comparison, omitted means the default."""
    inner = {
        k: _reset(v, having[k]) for k, v in lacking.items() if isinstance(v, dict) and isinstance(having.get(k), dict)
    }
    return {**dict.fromkeys(having), **lacking, **inner}


def _reported(path: Path, fields: Iterable[FieldChange]) -> bool:
    """Whether a member, its parent or one of its children was already reported."""
    return any(f.path[: len(path)] == path or path[: len(f.path)] == f.path for f in fields)


def _silent(kind: ResourceKind, one: ComparedObject, other: ComparedObject) -> Iterator[FieldChange]:
    """Compare write-only members of two manifests, which the differ skips."""
    for member in members(kind.model).values():
        before, after = one.tree.get(member.name), other.tree.get(member.name)
        if member.has(WriteOnly) and before != after:
            yield FieldChange((member.name,), before, after, source=other.position((member.name,)))

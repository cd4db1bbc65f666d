"""Desired and observed → Plan.

Each declared object is matched with the live one that it means, compared, and given an action; the actions are put
into an order in which the service takes them. Nothing is decided here that depends on a kind: what a kind needs to
say stands in its table.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from reconciler import ownership
from reconciler.desired import Manifest
from reconciler.differ import diff
from reconciler.errors import InvalidInput
from reconciler.kind import ResourceKind, State
from reconciler.kinds import KINDS, ROOT, judge
from reconciler.merge import defaults, overlay
from reconciler.model import (
    Action,
    Address,
    FieldChange,
    Later,
    Notice,
    Observed,
    Path,
    Plan,
    Refusal,
    ResourceChange,
    Spec,
    Target,
    Tree,
)
from reconciler.observer import Wanted, World
from schemas.base import CreateOnly, Keyed, Member, NotRemovable, members


def wanted(manifest: Manifest) -> Wanted:
    """Return what has to be read to plan a manifest."""
    names: dict[str, tuple[str, ...]] = {}
    for spec in manifest.specs:
        if KINDS[spec.address.section].names:
            names[spec.address.section] = (*names.get(spec.address.section, ()), spec.address.name)
    return Wanted(manifest.name, manifest.name, manifest.pool_id, manifest.sections, names, manifest.source)


def plan(manifest: Manifest, world: World, *, account: str, region: str) -> Plan:
    """Return everything that would happen, in the order in which it would happen.

    Args:
        manifest: What should be; all references resolved.
        world: What is.
        account: Account number, for the plan's head.
        region: Region code, likewise.
    """
    pool_id = world.root.ids[ROOT.id_param] if world.root else manifest.pool_id
    target = Target(account, region, manifest.name, pool_id, manifest.file)
    if world.refusals:
        return Plan(target, (), world.refusals, gaps=world.gaps)
    ours, made_by_aws = ownership.split(world.objects, pool_id)
    matcher = _Matcher(world)
    changes = [matcher.change(spec) for spec in manifest.specs if spec.address.section not in _unread(world)]
    changes = [replace(c, needs=_needs(c, changes)) for c in changes]
    unmanaged = _unmanaged(manifest, ours, matcher.matched)
    ordered = _order(changes, world, target)
    taken_over = {id(o) for o in matcher.matched}
    notices = [
        Notice(f"{d.observed.address} is {d.reason}; the manifest declares it all the same.", None)
        for d in made_by_aws
        if id(d.observed) in taken_over
    ]
    return Plan(target, tuple(ordered), tuple(matcher.refusals), unmanaged, tuple(notices), world.gaps)


def select(found: Plan, targets: Sequence[str]) -> Plan:
    """Keep the targeted objects and what they need; the rest of the plan is set aside.

    Args:
        found: A whole plan.
        targets: Addresses: `clients/web`, `user_pool`. Empty keeps everything.
    """
    if not targets:
        return found
    keep: set[Address] = set()
    waiting = [c for c in found.changes if str(c.address) in targets]
    by_address = {c.address: c for c in found.changes}
    while waiting:
        change = waiting.pop()
        if change.address not in keep:
            keep.add(change.address)
            waiting += [by_address[a] for a in change.needs if a in by_address]
    return replace(
        found,
        changes=tuple(c for c in found.changes if c.address in keep),
        refusals=tuple(r for r in found.refusals if r.address in keep or r.address.section == ROOT.section),
    )


def check_targets(manifests: Sequence[Manifest], targets: Sequence[str]) -> None:
    """Insist that every target is declared somewhere; AWS is not contacted.

    Raises:
        InvalidInput: A target names nothing; says what is near.
    """
    declared = sorted({str(s.address) for m in manifests for s in m.specs})
    for target in targets:
        if target not in declared:
            near = difflib.get_close_matches(target, declared, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Declared are: {', '.join(declared) or 'none'}."
            raise InvalidInput(f"--target {target} names nothing in the manifests. {hint}")


def _unread(world: World) -> set[str]:
    """Sections that could not be read: nothing can be planned for them."""
    return {g.address.section for g in world.gaps}


# --- one object ----------------------------------------------------------------------------------------------------


class _Matcher:
    """Finds the live object that each declared one means, and collects why one may not be changed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.matched: list[Observed] = []
        self.refusals: list[Refusal] = []

    def change(self, spec: Spec) -> ResourceChange:
        kind = KINDS[spec.address.section]
        observed = self._match(kind, spec)
        if observed:
            self.matched.append(observed)
            return self._update(kind, spec, observed)
        return self._create(kind, spec)

    def _match(self, kind: ResourceKind, spec: Spec) -> Observed | None:
        if kind.root:
            return self._world.root
        live = self._world.section(spec.address.section)
        if kind.single:
            return live[0] if live else None
        if spec.pin:
            return self._pinned(kind, spec, live)
        name = spec.declared.get(kind.name_member, spec.address.name)
        found = [o for o in live if o.address.name == name]
        if len(found) > 1:
            ids = ", ".join(sorted(o.ids[kind.id_param] for o in found))
            message = f"{len(found)} {kind.title}s are called {name!r}: {ids}."
            advice = f"Names are not unique: pin the one that is meant with {kind.id_param} in the manifest."
            self._refuse(spec, "ambiguous", (), message, advice)
        return found[0] if found else None

    def _pinned(self, kind: ResourceKind, spec: Spec, live: Iterable[Observed]) -> Observed | None:
        found = next((o for o in live if o.ids[kind.id_param] == spec.pin), None)
        if not found:
            message = f"There is no {kind.title} with the {kind.id_param} {spec.pin} in this pool."
            self._refuse(spec, "missing", (kind.id_param,), message, "Correct the id, or remove it to make a new one.")
        return found

    def _create(self, kind: ResourceKind, spec: Spec) -> ResourceChange:
        owner = (self._world.foreign or {}).get(spec.address)
        if owner:
            message = f"The {kind.title} {spec.address.name} belongs to another pool, {owner}."
            self._refuse(spec, "O1", (), message, "Choose another name, or delete it there first.")
        before = kind.initial() if not kind.create else {}
        fields = _fields(kind, spec, before, ())
        after = kind.implied(overlay(kind.model, before, spec.declared), spec.declared)
        action = Action.CREATE if kind.create or fields else Action.NONE
        return ResourceChange(
            spec.address,
            kind.resource_type,
            action,
            fields,
            spec.declared,
            None,
            after,
            self._ids(kind, spec),
            (),
            spec.source,
        )

    def _update(self, kind: ResourceKind, spec: Spec, observed: Observed) -> ResourceChange:
        fields = _fields(kind, spec, observed.data, kind.settled(spec.declared, observed.data))
        for field in fields:
            self._check_field(kind, spec, field, observed.data)
        after = kind.implied(overlay(kind.model, observed.data, spec.declared), spec.declared)
        action = Action.UPDATE if fields else Action.NONE
        return ResourceChange(
            spec.address,
            kind.resource_type,
            action,
            fields,
            spec.declared,
            observed.data,
            after,
            observed.ids,
            (),
            spec.source,
            kind.because(spec.declared, observed.data) if fields else "",
        )

    def _ids(self, kind: ResourceKind, spec: Spec) -> Mapping[str, Any]:
        """Identifiers for calls; those of objects that do not exist yet are known later."""
        root_address = Address(spec.address.pool, ROOT.section)
        root = self._world.root.ids if self._world.root else _later(ROOT, root_address)
        if kind.root or not kind.id_param:
            return root
        own = spec.address.name if kind.id_param == kind.name_member else Later(spec.address, kind.id_param)
        return {**root, kind.id_param: own}

    def _check_field(self, kind: ResourceKind, spec: Spec, field: FieldChange, before: Tree) -> None:
        """Refuse what can never be changed on a live object (design 3.4)."""
        advice = _create_only(kind, field)
        reason = kind.frozen(field, spec.declared, before)
        if advice or reason:
            values = f" It is {_short(field.before)}, the manifest says {_short(field.after)}."
            shown = "" if field.sensitive else values
            message = f"{field.path[0]} of a live {kind.title} cannot be changed.{shown}"
            self._refuse(spec, "immutable", field.path, message, advice or reason)
        elif field.after is None and (mark := _not_removable(kind, field.path)):
            message = f"{field.path[-1]} cannot be unset once it is set."
            self._refuse(spec, "not-removable", field.path, message, mark.advice)

    def _refuse(self, spec: Spec, rule: str, path: Path, message: str, advice: str) -> None:
        self.refusals.append(Refusal(spec.address, rule, path, message, advice, spec.position(path)))


def _fields(kind: ResourceKind, spec: Spec, before: Tree, settled: Iterable[Path]) -> tuple[FieldChange, ...]:
    held = tuple(settled)
    found = diff(kind.model, spec.declared, before)
    return tuple(
        replace(f, source=spec.position(_indexed(kind, spec, f.path))) for f in found if not _within(f.path, held)
    )


def _within(path: Path, places: Iterable[Path]) -> bool:
    return any(path[: len(place)] == place for place in places)


def _indexed(kind: ResourceKind, spec: Spec, path: Path) -> Path:
    """Turn the key of a keyed list into the position at which the manifest lists it."""
    member = members(kind.model).get(str(path[0])) if path else None
    keyed = member.mark(Keyed) if member else None
    if not keyed or len(path) == 1:
        return path
    items = spec.declared.get(str(path[0])) or []
    index = next((i for i, item in enumerate(items) if item.get(keyed.member) == path[1]), 0)
    return (path[0], index, *path[2:])


def _later(kind: ResourceKind, address: Address) -> dict[str, Later]:
    return {p: Later(address, p) for p in (kind.id_param, *kind.extra_ids)}


def _marked(kind: ResourceKind, path: Path) -> Iterable[Member]:
    """Yield the members along a path, as far as the schema knows them."""
    model = kind.model
    for step in path:
        member = members(model).get(str(step)) if model else None
        if not member:
            return
        yield member
        if not member.model:
            return
        model = member.model


def _create_only(kind: ResourceKind, field: FieldChange) -> str:
    """Return the advice of the mark that forbids a change, or nothing; a keyed list still takes new items."""
    for member in _marked(kind, field.path):
        added = member.has(Keyed) and len(field.path) == 2 and field.before is None  # noqa: PLR2004 - member, key
        mark = member.mark(CreateOnly)
        if mark and not added:
            return mark.advice
    return ""


def _not_removable(kind: ResourceKind, path: Path) -> NotRemovable | None:
    found = list(_marked(kind, path))
    return found[-1].mark(NotRemovable) if len(found) == len(path) else None


def _short(value: Any) -> str:
    text = "unset" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - one line of a message


# --- all objects ---------------------------------------------------------------------------------------------------


def _needs(change: ResourceChange, changes: Sequence[ResourceChange]) -> tuple[Address, ...]:
    """The objects of the same plan that must be there before this one."""
    kind = KINDS[change.address.section]
    if kind.root:
        return ()
    named = set(kind.needs(change.after or {}))
    return tuple(
        c.address for c in changes if c.address.section == ROOT.section or (c.address.section, c.address.name) in named
    )


def _unmanaged(manifest: Manifest, ours: Iterable[Observed], matched: Sequence[Observed]) -> tuple[Address, ...]:
    meant = {id(o) for o in matched}
    return tuple(
        o.address
        for o in ours
        if o.address.section in manifest.sections and not KINDS[o.address.section].single and id(o) not in meant
    )


def _order(changes: Sequence[ResourceChange], world: World, target: Target) -> list[ResourceChange]:
    """Put the changes into an order that the service takes; kinds and names decide where nothing else does."""
    before: dict[Address, set[Address]] = {c.address: set(c.needs) for c in changes}
    for first, second in _directions(changes, world, target):
        before[first].discard(second)
        before[second].add(first)
    rank = {c.address: (list(KINDS).index(c.address.section), i) for i, c in enumerate(changes)}
    by_address = {c.address: c for c in changes}
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:  # pragma: no cover - needs form no cycle between the kinds we have
        raise InvalidInput(f"these objects need each other: {', '.join(map(str, error.args[1]))}") from error
    ordered: list[ResourceChange] = []
    ready: list[Address] = []
    while sorter.is_active():
        ready += sorter.get_ready()
        ready.sort(key=lambda a: rank[a])
        nearest = ready.pop(0)
        ordered.append(by_address[nearest])
        sorter.done(nearest)
    flipped = {second: first for first, second in _directions(changes, world, target)}
    return [_flip(c, flipped) for c in ordered]


def _flip(change: ResourceChange, flipped: Mapping[Address, Address]) -> ResourceChange:
    """Record the reversed need on both sides, so that a failure stops what comes after it."""
    needs = tuple(a for a in change.needs if flipped.get(a) != change.address)
    first = flipped.get(change.address)
    return replace(change, needs=(*needs, first) if first else needs)


def _directions(changes: Sequence[ResourceChange], world: World, target: Target) -> list[tuple[Address, Address]]:
    """Find the pairs whose usual order the service would refuse half-way (design 3.7).

    Returns:
        Pairs (first, second) that go against the usual order.
    """
    found = []
    by_address = {c.address: c for c in changes if c.action is Action.UPDATE}
    for change in by_address.values():
        for section in KINDS[change.address.section].flexible:
            other = by_address.get(Address(change.address.pool, section))
            if other and _clean(world, changes, target, change) and not _clean(world, changes, target, other):
                found.append((change.address, other.address))
    return found


def _clean(world: World, changes: Sequence[ResourceChange], target: Target, alone: ResourceChange) -> bool:
    """Tell whether the service would take one change before all others."""
    before = live_state(world, target)
    between = State({**before.objects, alone.address: alone.after or {}}, before.known, before.region, before.account)
    known = {v.key for v in judge(before)} | {v.key for v in judge(planned_state(changes, world, target))}
    return all(v.warning or v.key in known for v in judge(between))


# --- states, for rules to look at ----------------------------------------------------------------------------------


def live_state(world: World, target: Target) -> State:
    """Return what is live; empty when there is no pool yet."""
    return State({o.address: o.data for o in world.objects}, world.known, target.region, target.account)


def planned_state(changes: Iterable[ResourceChange], world: World, target: Target) -> State:
    """Return what would be live after a plan: declared objects over all the others that are there."""
    objects: dict[Address, Tree] = {o.address: o.data for o in world.objects}
    for change in changes:
        if change.after is not None:
            objects[change.address] = _with_defaults(change)
    return State(objects, world.known, target.region, target.account)


def _with_defaults(change: ResourceChange) -> Tree:
    """What the service fills in when it makes an object."""
    after = change.after or {}
    if change.before is not None:
        return after
    kind = KINDS[change.address.section]
    return kind.implied(overlay(kind.model, defaults(kind.model), after), change.declared)

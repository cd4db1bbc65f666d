"""One declared object and what is live → one change.

Finds the live object that a declared one means, compares the two, and collects why a change may not be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reconciler.errors import flow
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.engine_rules import AMBIGUOUS, MISSING
from reconciler.kinds.kind import Dead, ResourceKind, is_outside
from reconciler.model import (
    Action,
    Address,
    FieldChange,
    Observed,
    Path,
    Refusal,
    ResourceChange,
    Spec,
    Tree,
    Unknown,
)
from reconciler.observing.observer import LiveState
from reconciler.planning import ignoring, own_items
from reconciler.planning.objections import Objections
from reconciler.planning.protection import Protection, unprotected
from reconciler.values.differ import diff
from reconciler.values.merge import expanded, overlay
from schemas.base import CreateOnly, Keyed, WriteOnly, members
from schemas.records import replace


@dataclass
class Matcher:
    """Turns declared objects into changes, one after the other; owners come before what is inside of them."""

    live_state: LiveState
    """What is live."""
    document: str
    """Kind of the document."""
    replaceable: frozenset[str] = frozenset()
    """Addresses that may be deleted and made again."""
    ignored: Callable[[Address, Path], bool] = ignoring.nothing
    """Returns whether a member of a live object is left alone, whatever is declared of it."""
    guarded: Callable[..., Protection | None] = unprotected
    """Returns what protects an object, given by its key and its live name; None if nothing does."""
    matched: list[Observed] = field(default_factory=list)
    """Live objects that some declared one means."""
    refusals: list[Refusal] = field(default_factory=list)
    """Why changes may not be made."""
    _made: dict[Address, ResourceChange] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let objections be collected with the other refusals."""
        self._why = Objections(self.live_state, self.guarded, self.refusals)

    def change(self, spec: Spec) -> ResourceChange:
        """Return the change that makes the live object match a declared one."""
        kind = KINDS[spec.address.section]
        observed = self._match(kind, spec)
        if observed:
            self.matched.append(observed)
            self._why.check_leaving(kind, spec, observed)
        ignored = partial(self.ignored, spec.address)
        spec, lists = own_items.settled_spec(kind, spec, observed.data if observed else None, ignored, self._why.refuse)
        if kind.watched:
            found = _looked(kind, spec, observed)
        elif spec.reset:
            found = self._reset(kind, spec, observed)
        else:
            found = self._update(kind, spec, observed) if observed else self._create(kind, spec)
        found = replace(found, item_lists=lists) if lists else found
        self._made[spec.address] = found
        return found

    # --- which one

    def _match(self, kind: ResourceKind, spec: Spec) -> Observed | None:
        if kind.root:
            return self.live_state.root
        if kind.outer:
            owner = self._made.get(spec.address.owner or spec.address)
            gone = owner is not None and owner.action in (Action.CREATE, Action.REPLACE)
            named = self.live_state.named(spec.address.section, spec.address.name)
            return None if gone else next((o for o in named if o.address == spec.address), None)
        if kind.single:
            return next(iter(self.live_state.section(spec.address.section)), None)
        if spec.pin:
            return self._pinned(kind, spec)
        name = spec.declared.get(kind.name_member, spec.address.name)
        found = self.live_state.named(kind.section, name)
        if len(found) > 1:
            ids = ", ".join(sorted(o.ids[kind.id_param] for o in found))
            message = f"{len(found)} {kind.title}s are named {flow(name)}: {ids}."
            advice = f"Names are not unique: set {kind.id_param} in the manifest to select one."
            self._why.refuse(spec, AMBIGUOUS, (), message, advice)
        return found[0] if found else None

    def _pinned(self, kind: ResourceKind, spec: Spec) -> Observed | None:
        found = self.live_state.identified(kind.section, spec.pin)
        if not found:
            message = f"There is no {kind.title} with the {kind.id_param} {spec.pin} in this pool."
            advice = "Correct the id, or remove it to create a new one."
            self._why.refuse(spec, MISSING, (kind.id_param,), message, advice)
        return found

    # --- what happens to it

    def _create(self, kind: ResourceKind, spec: Spec) -> ResourceChange:
        owner = (self.live_state.foreign or {}).get(spec.address)
        if owner and kind.taken:
            message = f"The {kind.title} {spec.address.name} belongs to another pool, {owner}."
            self._why.refuse(spec, kind.taken, (), message, "Choose another name, or delete it there first.")
        before = _unset(kind, spec) if not kind.create else {}
        setting = not kind.create and self.live_state.root is not None  # of a pool that is live
        declared = ignoring.left(kind.model, spec, self.ignored) if setting else spec.declared
        fields = _fields(kind, spec, declared, before, kind.given(declared))
        merged = overlay(kind.model, before, declared)
        after = kind.computed(merged, declared)
        action = Action.CREATE if kind.create or fields else Action.NONE
        self._why.check_removals(kind, spec, declared, ())
        ids = self._new_ids(kind, spec)
        return ResourceChange(
            spec.address,
            kind.resource_type,
            action,
            fields,
            declared,
            None,
            after,
            ids,
            source=spec.source,
            reason=kind.reason(declared, {}),
            merged=merged,
            beside=self.live_state.beside.get(spec.address, {}),
        )

    def _reset(self, kind: ResourceKind, spec: Spec, observed: Observed | None) -> ResourceChange:
        """Take all of an object back to what it is in a new pool: one that can be deleted is, a setting is unset."""
        nulls = dict.fromkeys(observed.data) if observed else {}
        changed = [] if not observed else [f.path[0] for f in _fields(kind, spec, nulls, observed.data, ())]
        if not observed or not changed or self.ignored(spec.address, ()):
            return _untouched(kind, spec, observed, self._new_ids(kind, spec))
        self._why.check_protection(spec, observed, "reset")
        silent = [name for name, member in members(kind.model).items() if member.has(WriteOnly)]
        whole = dict.fromkeys(str(name) for name in (*changed, *silent))
        found = self._update(kind, replace(spec, declared=whole), observed)
        reason = f"the manifest says null for it, which {'deletes' if kind.delete else 'resets'} all of it"
        if kind.create:
            return replace(found, action=Action.DELETE, reason=reason, after=None)
        return replace(found, reason=reason)

    def _update(self, kind: ResourceKind, spec: Spec, observed: Observed) -> ResourceChange:
        declared = expanded(kind.model, ignoring.left(kind.model, spec, self.ignored), observed.data)
        fields = _fields(kind, spec, declared, observed.data, kind.equivalent(declared, observed.data))
        dead = [d for d in kind.dead(observed.data, self._pool()) if not _is_declared(declared, d.path)]
        if fields and dead:
            declared = _without_dead(declared, dead)
            fields = _fields(kind, spec, declared, observed.data, kind.equivalent(declared, observed.data))
        merged = overlay(kind.model, observed.data, declared)
        after = kind.computed(merged, declared)
        found = ResourceChange(
            spec.address,
            kind.resource_type,
            Action.UPDATE if fields else Action.NONE,
            fields,
            declared,
            observed.data,
            after,
            observed.ids,
            source=spec.source,
            reason=_reason(kind, declared, observed.data, dead) if fields else "",
            merged=merged,
        )
        if not fields:
            return found
        if spec.reset and kind.create:
            return found
        frozen = [f for f in fields if self._why.frozen(kind, spec, f, observed.data)]
        if frozen and kind.delete and str(spec.address) in self.replaceable and not spec.pin:
            return self._replace(kind, spec, observed, found, frozen)
        for change in frozen:
            self._why.refuse_frozen(kind, spec, change, observed)
        self._why.check_removals(kind, spec, declared, fields)
        return found

    def _pool(self) -> Tree:
        """The pool as it will be."""
        root = self.live_state.root
        made = self._made.get(root.address) if root else None
        return (made.after or {}) if made else root.data if root else {}

    def _replace(
        self, kind: ResourceKind, spec: Spec, observed: Observed, found: ResourceChange, frozen: list[FieldChange]
    ) -> ResourceChange:
        """Delete and re-create, as the operator allowed for this object by name."""
        self._why.check_protection(spec, observed, "replaced")
        paths = ", ".join(str(f.path[0]) for f in frozen)
        reason = f"{paths} cannot be changed in place; the {kind.title} is deleted and re-created"
        kept_ids = {k: v for k, v in found.ids.items() if k not in kind.extra_ids or kind.root}
        ids = {**kept_ids, **self._new_ids(kind, spec)}
        decided_anew = {name for name, member in members(kind.model).items() if member.has(CreateOnly)}
        kept = {k: v for k, v in (found.before or {}).items() if k not in decided_anew}
        merged = overlay(kind.model, kept, found.declared)
        after = kind.computed(merged, found.declared)
        return replace(found, action=Action.REPLACE, reason=reason, new_ids=ids, after=after, merged=merged)

    def _new_ids(self, kind: ResourceKind, spec: Spec) -> Mapping[str, Any]:
        """Identifiers for calls on an object that does not exist yet; what it is inside of may not exist either."""
        if kind.root:
            return _unknown_ids(kind, spec.address)
        owner = self._made.get(spec.address.owner) if spec.address.owner else None
        base = (owner.new_ids or owner.ids) if owner else {} if is_outside(kind) else self._root_ids(spec)
        if not kind.id_param:
            return base
        local = spec.address.name.rpartition("/")[2] if kind.outer else spec.address.name
        name = {kind.name_member: local} if kind.outer and kind.name_member else {}
        own: Any = local if kind.id_param == kind.name_member else Unknown(spec.address, kind.id_param)
        if kind.located:
            own = spec.declared.get(kind.id_param, "")
        return {**base, **name, kind.id_param: own}

    def _root_ids(self, spec: Spec) -> Mapping[str, Any]:
        root = root_of(self.document)
        return (
            self.live_state.root.ids
            if self.live_state.root
            else _unknown_ids(root, Address(spec.address.pool, root.section))
        )


def _reason(kind: ResourceKind, declared: Tree, live: Tree, dead: Iterable[Dead]) -> str:
    return "; ".join(filter(None, (kind.reason(declared, live), *(d.reason for d in dead))))


def _looked(kind: ResourceKind, spec: Spec, observed: Observed | None) -> ResourceChange:
    """Return that what is only observed does not change; rules see the declared members over the live ones."""
    live = observed.data if observed else None
    after = overlay(kind.model, live or {}, spec.declared)
    ids = observed.ids if observed else {}
    return ResourceChange(
        spec.address, kind.resource_type, Action.NONE, (), spec.declared, live, after, ids, source=spec.source
    )


def _untouched(kind: ResourceKind, spec: Spec, observed: Observed | None, new_ids: Mapping[str, Any]) -> ResourceChange:
    live, ids = (observed.data, observed.ids) if observed else (None, new_ids)
    return ResourceChange(spec.address, kind.resource_type, Action.NONE, (), {}, live, live, ids, source=spec.source)


def _is_declared(declared: Any, path: Path) -> bool:
    """Return whether a tree says something about a member; null for what is around it does."""
    for step in path:
        if declared is None:
            return True
        if not isinstance(declared, dict) or step not in declared:
            return False
        declared = declared[step]
    return True


def _without_dead(declared: Tree, dead: Iterable[Dead]) -> Tree:
    """Return what is declared with null for the members that the service would refuse if they were sent again."""
    result = dict(declared)
    for path, _ in dead:
        place = result
        for step in path[:-1]:
            place[str(step)] = dict(place.get(str(step)) or {})
            place = place[str(step)]
        place[str(path[-1])] = None
    return result


# --- comparing -----------------------------------------------------------------------------------------------------


def _fields(
    kind: ResourceKind, spec: Spec, declared: Tree, before: Tree, equivalent: Iterable[Path]
) -> tuple[FieldChange, ...]:
    held = tuple(equivalent)
    found = diff(kind.model, declared, before)
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


def _unset(kind: ResourceKind, spec: Spec) -> Tree:
    """Return a setting as every pool has it; its name is given, and so no change."""
    name = spec.declared.get(kind.name_member)
    return {**kind.initial(), **({} if name is None else {kind.name_member: name})}


def _unknown_ids(kind: ResourceKind, address: Address) -> dict[str, Unknown]:
    return {p: Unknown(address, p) for p in (kind.id_param, *kind.extra_ids)}

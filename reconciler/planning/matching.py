"""One declared object and what is live → one change.

Finds the live object that a declared one means, compares the two, and collects why a change may not be made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.errors import flow
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.engine_rules import AMBIGUOUS, IMMUTABLE, LEAVING, MISSING, NOT_REMOVABLE
from reconciler.kinds.kind import ResourceKind, Rule
from reconciler.model import Action, Address, FieldChange, Observed, Path, Refusal, ResourceChange, Spec, Tree, Unknown
from reconciler.observing.observer import LiveState
from reconciler.planning import ignoring
from reconciler.values.differ import diff
from reconciler.values.merge import expanded, overlay
from schemas.base import CreateOnly, Keyed, Member, NotRemovable, OnlyOnce, members


@dataclass
class Matcher:
    """Turns declared objects into changes, one after the other; owners come before what is inside of them."""

    live_state: LiveState
    """What is live."""
    document: str
    """Kind of the document."""
    replaceable: frozenset[str] = frozenset()
    """Addresses that may be deleted and made again."""
    ignored: Callable[[Address, Path], bool] = lambda address, path: False  # noqa: ARG005 - nothing is
    """Returns whether a member of a live object is left alone, whatever is declared of it."""
    matched: list[Observed] = field(default_factory=list)
    """Live objects that some declared one means."""
    refusals: list[Refusal] = field(default_factory=list)
    """Why changes may not be made."""
    _made: dict[Address, ResourceChange] = field(default_factory=dict)

    def change(self, spec: Spec) -> ResourceChange:
        """Return the change that makes the live object match a declared one."""
        kind = KINDS[spec.address.section]
        observed = self._match(kind, spec)
        if observed:
            self.matched.append(observed)
            self._check_leaving(kind, spec, observed)
        if kind.watched:
            found = self._look(kind, spec, observed)
        else:
            found = self._update(kind, spec, observed) if observed else self._create(kind, spec)
        self._made[spec.address] = found
        return found

    # --- which one

    def _match(self, kind: ResourceKind, spec: Spec) -> Observed | None:
        if kind.root:
            return self.live_state.root
        live = self.live_state.section(spec.address.section)
        if kind.outer:
            owner = self._made.get(spec.address.owner or spec.address)
            gone = owner is not None and owner.action in (Action.CREATE, Action.REPLACE)
            return None if gone else next((o for o in live if o.address == spec.address), None)
        if kind.single:
            return live[0] if live else None
        if spec.pin:
            return self._pinned(kind, spec, live)
        name = spec.declared.get(kind.name_member, spec.address.name)
        found = [o for o in live if o.address.name == name]
        if len(found) > 1:
            ids = ", ".join(sorted(o.ids[kind.id_param] for o in found))
            message = f"{len(found)} {kind.title}s are named {flow(name)}: {ids}."
            advice = f"Names are not unique: set {kind.id_param} in the manifest to select one."
            self._refuse(spec, AMBIGUOUS, (), message, advice)
        return found[0] if found else None

    def _pinned(self, kind: ResourceKind, spec: Spec, live: Iterable[Observed]) -> Observed | None:
        found = next((o for o in live if o.ids[kind.id_param] == spec.pin), None)
        if not found:
            message = f"There is no {kind.title} with the {kind.id_param} {spec.pin} in this pool."
            advice = "Correct the id, or remove it to create a new one."
            self._refuse(spec, MISSING, (kind.id_param,), message, advice)
        return found

    # --- what happens to it

    def _create(self, kind: ResourceKind, spec: Spec) -> ResourceChange:
        owner = (self.live_state.foreign or {}).get(spec.address)
        if owner and kind.taken:
            message = f"The {kind.title} {spec.address.name} belongs to another pool, {owner}."
            self._refuse(spec, kind.taken, (), message, "Choose another name, or delete it there first.")
        before = kind.initial() if not kind.create else {}
        setting = not kind.create and self.live_state.root is not None  # of a pool that is live
        declared = self._without_ignored(kind, spec) if setting else spec.declared
        fields = _fields(kind, spec, declared, before, kind.given(declared))
        merged = overlay(kind.model, before, declared)
        after = kind.computed(merged, declared)
        action = Action.CREATE if kind.create or fields else Action.NONE
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
        )

    def _look(self, kind: ResourceKind, spec: Spec, observed: Observed | None) -> ResourceChange:
        """An observed object never changes; the rules see the declared members merged with the live ones."""
        live = observed.data if observed else None
        after = overlay(kind.model, live or {}, spec.declared)
        ids = observed.ids if observed else {}
        return ResourceChange(
            spec.address, kind.resource_type, Action.NONE, (), spec.declared, live, after, ids, source=spec.source
        )

    def _update(self, kind: ResourceKind, spec: Spec, observed: Observed) -> ResourceChange:
        declared = expanded(kind.model, self._without_ignored(kind, spec), observed.data)
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
            reason=kind.reason(declared, observed.data) if fields else "",
            merged=merged,
        )
        frozen = [f for f in fields if self._frozen(kind, spec, f, observed.data)]
        if frozen and kind.delete and str(spec.address) in self.replaceable:
            return self._replace(kind, spec, found, frozen)
        for change in frozen:
            self._refuse_frozen(kind, spec, change, observed.data)
        self._check_removals(kind, spec, fields)
        return found

    def _without_ignored(self, kind: ResourceKind, spec: Spec) -> Tree:
        """Return the declared members without ignored ones, which are neither compared nor written."""
        return ignoring.without(kind.model, spec.declared, lambda path: self.ignored(spec.address, path))

    def _replace(
        self, kind: ResourceKind, spec: Spec, found: ResourceChange, frozen: list[FieldChange]
    ) -> ResourceChange:
        """Delete and re-create, as the operator allowed for this object by name."""
        paths = ", ".join(str(f.path[0]) for f in frozen)
        reason = f"{paths} cannot be changed in place; the {kind.title} is deleted and re-created"
        ids = {**found.ids, **self._new_ids(kind, spec)}
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
        base = (owner.new_ids or owner.ids) if owner else self._root_ids(spec)
        if not kind.id_param:
            return base
        local = spec.address.name.rpartition("/")[2] if kind.outer else spec.address.name
        name = {kind.name_member: local} if kind.outer and kind.name_member else {}
        own = local if kind.id_param == kind.name_member else Unknown(spec.address, kind.id_param)
        return {**base, **name, kind.id_param: own}

    def _root_ids(self, spec: Spec) -> Mapping[str, Any]:
        root = root_of(self.document)
        return (
            self.live_state.root.ids
            if self.live_state.root
            else _unknown_ids(root, Address(spec.address.pool, root.section))
        )

    # --- why not

    def _frozen(self, kind: ResourceKind, spec: Spec, change: FieldChange, before: Tree) -> str:
        """Return what to do instead of a change that a live object can never take (decision 4)."""
        return _create_only(kind, change) or kind.frozen(change, spec.declared, before)

    def _refuse_frozen(self, kind: ResourceKind, spec: Spec, change: FieldChange, before: Tree) -> None:
        values = f" Live is {_short(change.before)}, the manifest declares {_short(change.after)}."
        message = f"{change.path[0]} of a live {kind.title} cannot be changed.{'' if change.sensitive else values}"
        advice = self._frozen(kind, spec, change, before)
        if kind.delete:
            advice += f" Or re-create it with --allow-replace {spec.address}."
        self._refuse(spec, IMMUTABLE, change.path, message, advice)

    def _check_leaving(self, kind: ResourceKind, spec: Spec, observed: Observed) -> None:
        if observed.leaving:
            message = f"The service is deleting the {kind.title} {spec.address.name}."
            self._refuse(spec, LEAVING, (), message)

    def _check_removals(self, kind: ResourceKind, spec: Spec, fields: Iterable[FieldChange]) -> None:
        for change in fields:
            mark = _not_removable(kind, change.path) if change.after is None else None
            if mark:
                message = f"{change.path[-1]} cannot be unset once it is set."
                self._refuse(spec, NOT_REMOVABLE, change.path, message, mark.advice)

    def _refuse(self, spec: Spec, rule: Rule, path: Path, message: str, advice: str = "") -> None:
        self.refusals.append(rule.refusal(spec.address, path, message, spec.position(path), advice))


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


def _unknown_ids(kind: ResourceKind, address: Address) -> dict[str, Unknown]:
    return {p: Unknown(address, p) for p in (kind.id_param, *kind.extra_ids)}


# --- what the schema says ------------------------------------------------------------------------------------------


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


def _create_only(kind: ResourceKind, change: FieldChange) -> str:
    """Return the advice of the mark that forbids a change, or nothing; a keyed list still takes new items."""
    for member in _marked(kind, change.path):
        added = member.has(Keyed) and len(change.path) == 2 and change.before is None  # noqa: PLR2004 - member, key
        mark = member.mark(CreateOnly)
        if mark and not added:
            return mark.advice
        once = member.mark(OnlyOnce)
        if once and change.before is not None:
            return once.advice
    return ""


def _not_removable(kind: ResourceKind, path: Path) -> NotRemovable | None:
    found = list(_marked(kind, path))
    return found[-1].mark(NotRemovable) if len(found) == len(path) else None


def _short(value: Any) -> str:
    text = "unset" if value is None else flow(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - one line of a message

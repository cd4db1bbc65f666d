"""What a change leaves to an update that follows in the same run, because it refers to what is made after it.

A pool whose messages name its own id, and two clients that name each other, cannot be made in one go. They are made
without the members that refer to what is not there yet, or keep the live values of these, and everything is planned
once more when the rest is done: an update then sets them, with a fence like any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.errors import InvalidManifest, Problem
from reconciler.kinds import KINDS, judge
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds.ref import parts
from reconciler.manifests.references.filling import targets_of
from reconciler.model import Action, Address, ItemList, Notice, Path, Plan, Position, ResourceChange, Tree, dotted
from reconciler.planning.states import planned_state
from reconciler.values.merge import overlay
from reconciler.values.shapes import Shape, input_shape, missing, project
from schemas.base import CreateOnly, members
from schemas.records import replace

if TYPE_CHECKING:  # `validate` reads no pool
    from reconciler.observing.observer import LiveState

LEFT_OUT: Any = object()
"""In place of a value that is left out."""


def without_late(change: ResourceChange, plan: Plan, at: Address | None = None) -> ResourceChange:
    """Return a change without what an update that follows will set; the same one if that is nothing.

    Args:
        change: One change of the plan.
        plan: All of it; its order decides.
        at: The object at whose turn it is asked, if it is another one: what the two share is written by both.
    """
    late = plan.unmade(change, at or change.address) if change.refers else ()
    if not late or change.action in (Action.NONE, Action.DELETE):
        return change
    kind = KINDS[change.address.section]
    shape = input_shape(kind.service, kind.create if _is_made(change) and kind.create else kind.update)
    if change.before is not None and change.action is Action.UPDATE:
        return _kept_live(change, kind, late, shape)
    declared, merged, after = (_object(t or {}, late, shape) for t in (change.declared, change.merged, change.after))
    lists = tuple(replace(one, form=found) for one in change.item_lists if (found := _form(one, late)))
    return replace(change, declared=declared, merged=merged, after=after, item_lists=lists)


def late_members(plan: Plan) -> dict[Address, set[str | int]]:
    """Return the members that a plan leaves to an update, by object."""
    return {
        change.address: {path[0] for path, _ in _places(change.declared, plan.late[change.address])}
        for change in plan.pending
        if change.address in plan.late
    }


def _is_made(change: ResourceChange) -> bool:
    return change.before is None or change.action is Action.REPLACE


def _form(items: ItemList, late: Collection[Address]) -> Tree:
    found = _without(dict(items.form), late, None)
    return {} if found is LEFT_OUT else found


def _kept_live(change: ResourceChange, kind: ResourceKind, late: Collection[Address], shape: Shape) -> ResourceChange:
    """Return the change of a live object in which the members that refer to something late keep their values."""
    waiting = [f.path for f in change.fields if _refers(f.after, late) or any(_refers(step, late) for step in f.path)]
    declared = change.declared
    for path in waiting:
        declared = _dropped(declared, path)
    before = change.before or {}
    for path in missing(project(overlay(kind.model, before, declared), shape), shape):
        declared = _dropped(declared, path[:1])
    merged = overlay(kind.model, before, declared)
    gone = {path[0] for path in waiting} - declared.keys()
    return replace(
        change,
        declared=declared,
        merged=merged,
        after=kind.computed(merged, declared),
        fields=tuple(f for f in change.fields if f.path not in waiting and f.path[0] not in gone),
        item_lists=tuple(one for one in change.item_lists if one.path not in waiting and one.path[0] not in gone),
    )


def _dropped(tree: Tree, path: Path) -> Tree:
    """Return a tree without what is at a path; of a list without the whole of it."""
    name, inner = str(path[0]), tree.get(str(path[0]))
    rest = {k: v for k, v in tree.items() if k != name}
    if len(path) > 1 and isinstance(inner, dict) and (less := _dropped(inner, path[1:])):
        return {**rest, name: less}
    return rest


def _object(tree: Tree, late: Collection[Address], shape: Shape) -> Tree:
    """Return an object without what refers to something late; never without the object itself."""
    inner = shape.members
    found = {k: _without(v, late, inner.get(k)) for k, v in tree.items() if not _refers(k, late)}
    return {k: v for k, v in found.items() if v is not LEFT_OUT}


def _without(value: Any, late: Collection[Address], shape: Shape | None) -> Any:
    """Return a value without what refers to something late, and without what would be of no use then."""
    if isinstance(value, str) or not _refers(value, late):
        return value
    if isinstance(value, dict):
        return _map(value, late, shape)
    if isinstance(value, list):
        item = shape.item if shape and shape.type == "list" else None
        kept = [one for v in value if (one := _without(v, late, item)) is not LEFT_OUT]
        return kept or LEFT_OUT
    return LEFT_OUT


def _map(value: Tree, late: Collection[Address], shape: Shape | None) -> Any:
    structure = shape if shape and shape.type == "structure" else None
    entry = shape.item if shape and shape.type == "map" else None
    inner: Mapping[str, Shape] = structure.members if structure else {}
    found = {k: _without(v, late, inner.get(k, entry)) for k, v in value.items() if not _refers(k, late)}
    kept = {k: v for k, v in found.items() if v is not LEFT_OUT}
    needed = structure.required if structure else ()
    return kept if kept and not (value.keys() - kept.keys()) & set(needed) else LEFT_OUT


def _refers(value: Any, late: Collection[Address]) -> bool:
    """Whether a value, or the text of a key, refers to something late."""
    return next(_late_targets(value, late), None) is not None


def _late_targets(value: Any, late: Collection[Address]) -> Iterator[str]:
    for target in targets_of({value: None} if isinstance(value, str) else value):
        document, section, name, _ = parts(target)
        if any((a.pool, a.section, a.name) == (document, section, name) for a in late):
            yield target


def notices(plan: Plan, manifest: Manifest) -> Iterator[Notice]:
    """Say what is set by an update that follows, one sentence for each object.

    Args:
        plan: The plan of the document.
        manifest: The document.
    """
    for change in plan.pending:
        places = _places(change.declared, plan.late.get(change.address, ()))
        if places:
            members_ = ", ".join(dict.fromkeys(dotted(path) for path, _ in places))
            targets = ", ".join(dict.fromkeys(target for _, target in places))
            said = f"An update in the same run sets {members_} of {change.address}, once this is known: {targets}."
            yield Notice(said, _position(manifest, change, places[0][0]))


# --- what cannot be left out ---------------------------------------------------------------------------------------


def check(plan: Plan, manifest: Manifest, live_state: LiveState) -> None:
    """Insist that everything can be made without what it refers to and what is made after it.

    Args:
        plan: The plan of the document.
        manifest: The document.
        live_state: What is live.

    Raises:
        InvalidManifest: Something cannot.
    """
    problems = [*_needed(plan, manifest), *_broken(plan, manifest, live_state)] if plan.late else []
    if problems:
        raise InvalidManifest(problems)


def _needed(plan: Plan, manifest: Manifest) -> Iterator[Problem]:
    """Find members without which an object cannot be made, or that can be set only when it is made."""
    for change in _made(plan):
        kind, less = KINDS[change.address.section], without_late(change, plan)
        known = members(kind.model)
        required = input_shape(kind.service, kind.create).required
        for name in change.declared:
            late = _places({name: change.declared[name]}, plan.late[change.address])
            member = known.get(name)
            once = member is not None and member.has(CreateOnly)
            if late and (once or (name in required and name not in less.declared)):
                path, target = late[0]
                why = "it can be set only then" if once else f"{kind.create} requires it"
                yield _problem(manifest, change, path, f"it refers to {target}, which does not exist when", why)


def _broken(plan: Plan, manifest: Manifest, live_state: LiveState) -> Iterator[Problem]:
    """Find rules of Cognito that an object would break without these members, and does not break with them."""
    known = {v.key for v in judge(planned_state(plan.changes, live_state, plan.target))}
    for change in _made(plan):
        changes = [without_late(c, plan) if c is change else c for c in plan.changes]
        found = judge(planned_state(changes, live_state, plan.target))
        wrong = next((v for v in found if v.key not in known and not v.rule.warning), None)
        if wrong:
            path, target = _places(change.declared, plan.late[change.address])[0]
            why = f"rule {wrong.rule.id} refuses it without: {wrong.breach.message}".rstrip(". ")
            yield _problem(manifest, change, path, f"it refers to {target}, which does not exist when", why)


def _made(plan: Plan) -> Iterator[ResourceChange]:
    yield from (c for c in plan.pending if c.address in plan.late and _is_made(c) and KINDS[c.address.section].create)


def _places(value: Any, late: Collection[Address], path: Path = ()) -> list[tuple[Path, str]]:
    """Return where a tree refers to something late, with what it refers to."""
    if isinstance(value, dict | list):
        steps = list(value.items() if isinstance(value, dict) else enumerate(value))
        keys = [((*path, k), t) for k, _ in steps if isinstance(k, str) for t in _late_targets(k, late)]
        return [*keys, *(place for k, v in steps for place in _places(v, late, (*path, k)))]
    return [] if isinstance(value, str) else [(path, target) for target in _late_targets(value, late)]


def _problem(manifest: Manifest, change: ResourceChange, path: Path, message: str, why: str) -> Problem:
    where = _position(manifest, change, path)
    said = f"{message} {change.address} is made, and {why}."
    fix = "Apply without it first, and write it once the object exists."
    return Problem(where, dotted((*change.address.steps, *path)), said, fix)


def _position(manifest: Manifest, change: ResourceChange, path: Path) -> Position:
    spec = manifest.at(change.address)
    return spec.position(path) if spec else manifest.source

"""A plan → the same plan, with what each change means for security, and what no manifest declares.

Nothing is decided here: the tables of `security/` judge. A pool that is new protected nothing before, so nothing in it
can become weaker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.kinds import KINDS
from reconciler.model import Action, Address, Effect, FieldChange, Path, Plan, ResourceChange, Tree, Undeclared
from reconciler.planning.undeclared import undeclared_members
from reconciler.security import judging
from reconciler.security.whole_objects import appeared, vanished
from schemas.records import replace


def everything(_address: Address, _path: Path) -> bool:
    """Return that every member is looked at."""
    return True


def assessed(plan: Plan, concerns: Callable[[Address, Path], bool] = everything) -> Plan:
    """Return the plan with the effects of its changes, and the undeclared members of the objects that it declares.

    Args:
        plan: The plan.
        concerns: Returns whether a member of an object is any business of the manifest; by default, all are.
    """
    if any(KINDS[c.address.section].root and c.action is Action.CREATE for c in plan.changes):
        return plan
    undeclared = (one for one in _undeclared(plan) if concerns(one.address, one.path))
    return replace(plan, changes=tuple(_assessed(c) for c in plan.changes), undeclared=tuple(undeclared))


def _assessed(change: ResourceChange) -> ResourceChange:
    if change.action is Action.NONE:
        return change
    section, old, new = change.address.section, change.before or {}, change.after or {}
    whole = _whole(change)
    made = whole is not None and change.action is Action.CREATE  # then its members were never otherwise
    fields = change.fields if made else tuple(judging.judged(section, f, old, new) for f in change.fields)
    return replace(change, fields=fields, effect=whole)


def _whole(change: ResourceChange) -> Effect | None:
    section, tree = change.address.section, change.before or {}
    if change.action is Action.CREATE:
        return appeared(section, change.after or {})
    if change.action is Action.REPLACE:
        return vanished(section, tree)
    return vanished(section, tree) or _reset(section, tree) if change.action is Action.DELETE else None


def _reset(section: str, tree: Tree) -> Effect | None:
    """Return what the deletion of a setting means: the worst of what its members mean."""
    found = [e for e in judging.members_of(section, tree, {}) if e.alarming]
    worst = min(found, key=judging.rank, default=None)
    return replace(worst, path=()) if worst else None


def _undeclared(plan: Plan) -> Iterator[Undeclared]:
    pool = next((c.before or {} for c in plan.changes if KINDS[c.address.section].root), {})
    every = [(c.address.section, c.declared) for c in plan.changes]
    for change in plan.changes:
        kind = KINDS[change.address.section]
        if not change.before or change.action in (Action.DELETE, Action.REPLACE) or not kind.update:
            continue
        for one in undeclared_members(kind, change.declared, change.before, pool, every, changes=change.fields):
            yield Undeclared(change.address, one.path, undeclared_effects(kind.section, one, change.before))


def undeclared_effects(section: str, one: FieldChange, live: Tree) -> tuple[Effect, ...]:
    """Return what an undeclared live value means, compared with the service's default.

    Args:
        section: Section of the object.
        one: The member; `before` is the live value, `after` the default.
        live: The live object.
    """
    turned = replace(one, before=one.after, after=one.before)
    return judging.effects(section, turned, judging.placed(live, one.path, one.after), live)

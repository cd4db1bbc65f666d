"""ResourceChange → calls: the one place where a change becomes requests.

Pure: the calls that a plan shows and the calls that an apply sends come from here, from the same data (decision 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import PendingCall, ResourceKind
from reconciler.model import Action, Address, Call, Plan, ResourceChange, Tree
from reconciler.values.shapes import input_shape, project


def lower_all(plan: Plan) -> dict[str, tuple[Call, ...]]:
    """Return the calls of all changes of a plan, by full address; none of a plan that is refused.

    A full address is one of this plan alone: another document may have a pool of the same name in another Region.
    """
    return {} if plan.refusals else {c.address.full: lower(c, plan) for c in plan.pending}


def lower(change: ResourceChange, plan: Plan) -> tuple[Call, ...]:
    """Return the calls that carry out a change, in order, without what an update that follows will set.

    Args:
        change: One change of the plan.
        plan: All of it; what shares a store with other objects must know what becomes of them.
    """
    less = _without_late(change, plan)
    return () if less is not change and change.fields and not less.fields else lower_whole(less, plan)


def lower_whole(change: ResourceChange, plan: Plan) -> tuple[Call, ...]:
    """Return the calls that would carry out a change if all that it refers to were there already.

    Args:
        change: One change of the plan.
        plan: All of it.
    """
    kind = KINDS[change.address.section]
    if change.action is Action.NONE:
        return ()
    if change.action is Action.DELETE:
        return (_delete(kind, change),)
    pending_call = PendingCall(
        change,
        _payload(kind, change),
        lambda section: _single(plan, change, section, "after"),
        lambda section: _single(plan, change, section, "declared"),
        plan.target,
    )
    if change.action is Action.REPLACE:
        return (_delete(kind, change), *_usual(pending_call))
    return kind.lower(pending_call, _usual) if kind.lower else _usual(pending_call)


def creates(change: ResourceChange) -> bool:
    """Return whether a change makes an object."""
    return change.before is None or change.action is Action.REPLACE


def _delete(kind: ResourceKind, change: ResourceChange) -> Call:
    return Call(kind.service, kind.delete, {**_parameters(kind, kind.delete, change.ids), **kind.deleted_as})


def _usual(pending_call: PendingCall) -> tuple[Call, ...]:
    """One call that creates, or that replaces the whole object."""
    change = pending_call.change
    kind = KINDS[change.address.section]
    operation = _operation(kind, change)
    payload = project(kind.prepare(pending_call), input_shape(kind.service, operation))
    return (Call(kind.service, operation, {**_identifiers(kind, operation, change), **payload}),)


def _operation(kind: ResourceKind, change: ResourceChange) -> str:
    return kind.create if creates(change) and kind.create else kind.update


def _payload(kind: ResourceKind, change: ResourceChange) -> Tree:
    """Return what the operation takes of the object as it will be, and everything that is declared (decision 2)."""
    inputs = input_shape(kind.service, _operation(kind, change)).members
    kept = set(inputs)
    if change.action is Action.REPLACE:
        # What can only be given when an object is made is decided anew; the rest of the old one goes along.
        kept &= set(input_shape(kind.service, kind.update).members)
    return {
        name: project(value, inputs[name]) if name in inputs else value
        for name, value in change.merged.items()
        if name in kept or name in change.declared
    }


def _identifiers(kind: ResourceKind, operation: str, change: ResourceChange) -> Tree:
    ids = dict(change.new_ids or change.ids)
    if operation == kind.create and kind.id_param != kind.name_member:
        ids.pop(kind.id_param, None)  # made by the service
    return _parameters(kind, operation, ids)


def _parameters(kind: ResourceKind, operation: str, ids: Mapping[str, Any]) -> Tree:
    return project({**kind.to_params(ids), **kind.params}, input_shape(kind.service, operation))  # type: ignore[no-any-return]


def before_of(plan: Plan, change: ResourceChange, section: str) -> Tree:
    """Return the live object of another section of the same pool; empty if there is none, or it was not read."""
    address = Address(change.address.pool, section)
    found = plan.change_of(address) or plan.left_aside(address)
    return (found.before or {}) if found else {}


def _single(plan: Plan, change: ResourceChange, section: str, what: str) -> Tree:
    address = Address(change.address.pool, section)
    other = plan.change_of(address)
    if other:
        return getattr(_without_late(other, plan, change.address), what) or {}
    left = plan.left_aside(address)
    return (left.before or {}) if left and what == "after" else {}


def _without_late(change: ResourceChange, plan: Plan, at: Address | None = None) -> ResourceChange:
    """Return a change without what an update that follows will set. Few changes refer to their own document."""
    if not change.refers:
        return change
    from reconciler.planning.late_references import without_late

    return without_late(change, plan, at)

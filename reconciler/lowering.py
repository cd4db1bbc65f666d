"""ResourceChange → calls: the one place where a change becomes requests.

Pure: the calls that a plan shows and the calls that an apply sends come from here, from the same data (design 3.3).
"""

from __future__ import annotations

from reconciler.kind import Draft, ResourceKind
from reconciler.kinds import KINDS
from reconciler.merge import overlay
from reconciler.model import Action, Address, Call, Plan, ResourceChange, Tree
from reconciler.shapes import input_shape, project


def lower(change: ResourceChange, plan: Plan) -> tuple[Call, ...]:
    """Return the calls that carry out a change, in order.

    Args:
        change: One change of the plan.
        plan: All of it; what shares a store with other objects must know what becomes of them.
    """
    kind = KINDS[change.address.section]
    if change.action is Action.NONE:
        return ()
    if change.action is Action.DELETE:
        return (Call(kind.service, kind.delete, _identifiers(kind, kind.delete, change)),)
    draft = Draft(
        change,
        _payload(kind, change),
        lambda section: _single(plan, change, section, "after"),
        lambda section: _single(plan, change, section, "declared"),
    )
    return kind.lower(draft, _usual) if kind.lower else _usual(draft)


def _usual(draft: Draft) -> tuple[Call, ...]:
    """One call that creates, or that replaces the whole object."""
    change = draft.change
    kind = KINDS[change.address.section]
    operation = _operation(kind, change)
    payload = project(kind.prepare(draft), input_shape(kind.service, operation))
    return (Call(kind.service, operation, {**_identifiers(kind, operation, change), **payload}),)


def _operation(kind: ResourceKind, change: ResourceChange) -> str:
    return kind.create if change.before is None and kind.create else kind.update


def _payload(kind: ResourceKind, change: ResourceChange) -> Tree:
    """Observed ∩ members of the input, with the declared members over them (design 3.2)."""
    shape = input_shape(kind.service, _operation(kind, change))
    live = change.before if change.before is not None else ({} if kind.create else kind.initial())
    return overlay(kind.model, project(live, shape), change.declared)


def _identifiers(kind: ResourceKind, operation: str, change: ResourceChange) -> Tree:
    creating = operation == kind.create
    ids = {k: v for k, v in change.ids.items() if not (creating and kind.root)}
    if creating and kind.id_param != kind.name_member:
        ids.pop(kind.id_param, None)
    return project(ids, input_shape(kind.service, operation))  # type: ignore[no-any-return]


def _single(plan: Plan, change: ResourceChange, section: str, what: str) -> Tree:
    address = Address(change.address.pool, section)
    other = next((c for c in plan.changes if c.address == address), None)
    if other:
        return getattr(other, what) or {}
    return {}

"""What is live and what would be, in the form that rules look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.kinds import KINDS
from reconciler.kinds.kind import State
from reconciler.model import Action, Address, ResourceChange, Target, Tree
from reconciler.values.merge import defaults, overlay

if TYPE_CHECKING:  # `validate` reads no pool
    from reconciler.observing.observer import LiveState


def current_state(live_state: LiveState, target: Target) -> State:
    """Return what is live; empty when there is no pool yet."""
    return State({o.address: o.data for o in live_state.objects}, live_state.known, target.region, target.account)


def planned_state(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> State:
    """Return what would be live after some changes: declared objects over all the others that are there."""
    objects: dict[Address, Tree] = {o.address: o.data for o in live_state.objects}
    for change in changes:
        if change.action is Action.DELETE:
            objects.pop(change.address, None)
        elif change.after is not None:
            objects[change.address] = _with_defaults(change)
    written = frozenset(c.address for c in changes if c.action not in (Action.NONE, Action.DELETE))
    made = frozenset(c.address for c in changes if c.action in (Action.CREATE, Action.REPLACE))
    return State(objects, live_state.known, target.region, target.account, written=written, made=made)


def _with_defaults(change: ResourceChange) -> Tree:
    """What the service fills in when it makes an object."""
    after = change.after or {}
    if change.before is not None:
        return after
    kind = KINDS[change.address.section]
    base = defaults(kind.model) if kind.create else kind.initial()  # a setting comes with what it belongs to
    return kind.computed(overlay(kind.model, base, after), change.declared)

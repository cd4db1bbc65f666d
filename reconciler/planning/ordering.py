"""In which order changes are carried out.

Dependencies come first. If that order leads through a state that the service refuses, the change that resolves the
conflict comes first: e-mail MFA off before the e-mail sender, a feature off before the plan that includes it
(decision 7; cognito.md 7.3). The order follows from the rules, so no pair of members is listed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from reconciler.errors import InvalidInput
from reconciler.kinds import KINDS, judge
from reconciler.kinds.kind import Violation
from reconciler.model import Action, Address, Path, ResourceChange, Target
from reconciler.observing.observer import LiveState
from reconciler.planning.states import current_state, planned_state


def ordered(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> tuple[ResourceChange, ...]:
    """Return the changes in the order in which the service takes them, with what each of them needs.

    Args:
        changes: All changes of a plan.
        live_state: What is live.
        target: Where; rules need the Region.
    """
    needed = [replace(c, needs=_needs(c, changes)) for c in changes]
    flipped = _flipped(needed, live_state, target)
    turned = [_turn(c, flipped) for c in needed]
    return tuple(_sorted(turned))


# --- the usual order -----------------------------------------------------------------------------------------------


def _needs(change: ResourceChange, changes: Sequence[ResourceChange]) -> tuple[Address, ...]:
    """The objects of the same plan that must be dealt with before this one."""
    if change.action is Action.DELETE:
        return _users(change, changes)
    kind = KINDS[change.address.section]
    if kind.root:
        return ()
    named = set(kind.needs(change.after or {}))
    others = (c for c in changes if c.address != change.address and c.action is not Action.DELETE)
    return tuple(
        c.address
        for c in others
        if KINDS[c.address.section].root
        or c.address == change.address.owner
        or c.address.section in kind.after
        or (c.address.section, c.address.name) in named
    )


def _users(change: ResourceChange, changes: Sequence[ResourceChange]) -> tuple[Address, ...]:
    """What names an object now must stop naming it before the object goes."""
    me = (change.address.section, change.address.name)
    return tuple(
        c.address
        for c in changes
        if c.address != change.address and c.before and me in set(KINDS[c.address.section].needs(c.before))
    )


def _sorted(changes: Sequence[ResourceChange]) -> Iterable[ResourceChange]:
    by_address = {c.address: c for c in changes}
    rank = {c.address: (list(KINDS).index(c.address.section), i) for i, c in enumerate(changes)}
    sorter = TopologicalSorter({c.address: [a for a in c.needs if a in by_address] for c in changes})
    try:
        sorter.prepare()
    except CycleError as error:  # pragma: no cover - needs form no circle between the kinds we have
        raise InvalidInput(f"these objects depend on each other: {', '.join(map(str, error.args[1]))}") from error
    ready: list[Address] = []
    while sorter.is_active():
        ready = sorted({*ready, *sorter.get_ready()}, key=lambda a: rank[a])
        nearest = ready.pop(0)
        yield by_address[nearest]
        sorter.done(nearest)


# --- by direction --------------------------------------------------------------------------------------------------


def _flipped(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> frozenset[Address]:
    """Find the changes that must come before the one of the pool, because that alone would be refused."""
    root = next((c for c in changes if KINDS[c.address.section].root), None)
    if not root or root.action is not Action.UPDATE:
        return frozenset()
    known = {v.key for v in judge(current_state(live_state, target))}
    found = _broken([root], live_state, target, known)
    if not found:
        return frozenset()
    at_fault = {(v.breach.section, v.breach.name) for v in found}
    movable = [c for c in changes if c.action in (Action.UPDATE, Action.DELETE) and c is not root]
    first = [c for c in movable if (c.address.section, c.address.name) in at_fault or _flexible(c, root)]
    after = {v.key for v in judge(planned_state(changes, live_state, target))}
    if first and not _broken(first, live_state, target, known | after):
        return frozenset(c.address for c in first)
    return frozenset()


def dead_ends(
    changes: Sequence[ResourceChange], live_state: LiveState, target: Target
) -> Sequence[tuple[Violation, Violation]]:
    """Return what the service refuses in either order of the pool and of what is written around it.

    Args:
        changes: All changes of a plan, in their order.
        live_state: What is live.
        target: Where; rules need the Region.

    Returns:
        Pairs of rules: one that breaks if the pool is written first, and one that breaks if it is written last. What
        the plan breaks in the end is none of them: that is refused by itself.
    """
    root = next((c for c in changes if KINDS[c.address.section].root), None)
    around = [c for c in changes if root and c.action is Action.UPDATE and _flexible(c, root)]
    if not root or root.action is not Action.UPDATE or not around:
        return ()
    known = {v.key for v in judge(current_state(live_state, target))}
    known |= {v.key for v in judge(planned_state(changes, live_state, target))}
    parts = {root.address.section, *(c.address.section for c in around)}
    first, last = (
        [v for v in _broken(some, live_state, target, known) if v.breach.section in parts] for some in ([root], around)
    )
    return [(first[0], last[0])] if first and last else []


def _flexible(change: ResourceChange, root: ResourceChange) -> bool:
    return root.address.section in KINDS[change.address.section].flexible


def _broken(
    alone: Sequence[ResourceChange], live_state: LiveState, target: Target, known: set[tuple[str, str, str, Path]]
) -> list[Violation]:
    """The rules that a state would break in which only some of the changes were made."""
    between = planned_state(alone, live_state, target)
    written = {(a.section, a.name) for a in between.written}
    found = [v for v in judge(between) if not v.rule.warning and v.key not in known]
    return [v for v in found if not v.rule.by_writing or (v.breach.section, v.breach.name) in written]


def _turn(change: ResourceChange, flipped: frozenset[Address]) -> ResourceChange:
    """Reverse the need between the pool and the changes that come before it, so that a failure stops what follows."""
    if change.address in flipped:
        return replace(change, needs=tuple(a for a in change.needs if not KINDS[a.section].root))
    if KINDS[change.address.section].root and flipped:
        return replace(change, needs=tuple(sorted(flipped)))
    return change


def needed_by(targets: Iterable[str], changes: Sequence[ResourceChange]) -> frozenset[Address]:
    """Return the addresses of some objects and of everything that they need.

    Args:
        targets: Addresses as the user writes them.
        changes: All changes, with their needs.
    """
    by_address: Mapping[Address, ResourceChange] = {c.address: c for c in changes}
    wanted = set(targets)
    waiting = [c for c in changes if str(c.address) in wanted]
    keep: set[Address] = set()
    while waiting:
        change = waiting.pop()
        if change.address not in keep:
            keep.add(change.address)
            waiting += [by_address[a] for a in change.needs if a in by_address]
    return frozenset(keep)

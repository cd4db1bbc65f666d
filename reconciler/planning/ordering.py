"""In which order changes are carried out.

Dependencies come first, in the direction of each change (`planning.dependencies`). If that order leads through a state
that the service refuses, the change that resolves the conflict comes first: e-mail MFA off before the e-mail sender, a
feature off before the plan that includes it (decision 7; cognito.md 7.3). The order follows from the rules, so no pair
of members is listed here.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import InvalidInput
from reconciler.kinds import KINDS, judge
from reconciler.kinds.kind import Violation
from reconciler.model import Action, Address, Path, ResourceChange, Target
from reconciler.observing.observer import LiveState
from reconciler.planning.dependencies import Edge, barred, references
from reconciler.planning.states import current_state, planned_state
from schemas.records import replace


def ordered(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> tuple[ResourceChange, ...]:
    """Return the changes in the order in which the service takes them, with what each of them needs.

    Args:
        changes: All changes of a plan.
        live_state: What is live.
        target: Where; rules need the Region.
    """
    direct, barriers = barred(changes)
    before: dict[int, set[int]] = {i: set() for i in range(len(changes))}
    for edge in direct:
        before[edge.then].add(edge.first)
    for number, barrier in enumerate(barriers, len(changes)):  # a barrier has its place behind those of the changes
        before[number] = set(barrier.firsts)
        for then in barrier.thens:
            before[then].add(number)
    _turn(before, changes, _flipped(changes, live_state, target))
    _refer(before, references(changes))
    needs = _Needs(before, changes)
    return tuple(_needing(changes[i], needs.of(i)) for i in _sorted(before, changes))


def _needing(change: ResourceChange, needs: tuple[Address, ...]) -> ResourceChange:
    return change if needs == change.needs else replace(change, needs=needs)


def _refer(before: dict[int, set[int]], edges: Sequence[Edge]) -> None:
    """Put what is referred to before what refers to it, where it does not need that itself.

    Otherwise, as where a pool refers to its own id, the plan leaves the reference to an update that follows.
    """
    for edge in edges:
        if edge.then not in _upstream(before, edge.first):
            before[edge.then].add(edge.first)


def _upstream(before: Mapping[int, set[int]], of: int) -> set[int]:
    """Return a change and all that comes before it."""
    found, waiting = {of}, [of]
    while waiting:
        new = before[waiting.pop()] - found
        found |= new
        waiting += new
    return found


class _Needs:
    """The addresses that each change needs. What waits at the same barriers for the same objects shares them."""

    def __init__(self, before: dict[int, set[int]], changes: Sequence[ResourceChange]) -> None:
        self._before = before
        self._changes = changes
        self._known: dict[tuple[frozenset[int], frozenset[int]], tuple[Address, ...]] = {}

    def of(self, i: int) -> tuple[Address, ...]:
        """Return the addresses that a change needs, in the order of the changes."""
        count = len(self._changes)
        barriers = frozenset(j for j in self._before[i] if j >= count)
        own = {j for j in self._before[i] if j < count and not any(j in self._before[barrier] for barrier in barriers)}
        if not barriers:
            return self._addresses(own)
        key = frozenset(own), barriers
        if key not in self._known:
            self._known[key] = self._addresses(own.union(*(self._before[barrier] for barrier in barriers)))
        return self._known[key]

    def _addresses(self, places: set[int]) -> tuple[Address, ...]:
        return tuple(self._changes[j].address for j in sorted(places))


def _sorted(before: dict[int, set[int]], changes: Sequence[ResourceChange]) -> Iterator[int]:
    """Yield the changes so that each comes after those it needs, and otherwise in the order of the kinds.

    A barrier is passed as soon as all before it is done.
    """
    place = {section: i for i, section in enumerate(KINDS)}
    after: dict[int, list[int]] = defaultdict(list)
    for i, needed in before.items():
        for j in needed:
            after[j].append(i)

    def rank(i: int) -> int:
        return place[changes[i].address.section] if i < len(changes) else -1

    waiting = {i: len(needed) for i, needed in before.items()}
    ready = [(rank(i), i) for i, count in waiting.items() if not count]
    heapq.heapify(ready)
    done = 0
    while ready:
        _, nearest = heapq.heappop(ready)
        done += 1
        if nearest < len(changes):
            yield nearest
        for i in after[nearest]:
            waiting[i] -= 1
            if not waiting[i]:
                heapq.heappush(ready, (rank(i), i))
    if done < len(before):  # pragma: no cover - the kinds that we have form no circle
        stuck = ", ".join(str(changes[i].address) for i, count in waiting.items() if count and i < len(changes))
        raise InvalidInput(f"these objects depend on each other: {stuck}")


# --- by direction --------------------------------------------------------------------------------------------------


def _flipped(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> frozenset[int]:
    """Find the changes that must come before the one of the pool, because that alone would be refused."""
    root = next((i for i, c in enumerate(changes) if KINDS[c.address.section].root), None)
    if root is None or changes[root].action is not Action.UPDATE:
        return frozenset()
    known = {v.key for v in judge(current_state(live_state, target))}
    found = _broken([changes[root]], live_state, target, known)
    after = {v.key for v in judge(planned_state(changes, live_state, target))}
    if not found:
        safer = _safer(changes, root)
        return frozenset() if _broken([changes[i] for i in safer], live_state, target, known | after) else safer
    at_fault = {(v.breach.section, v.breach.name) for v in found}
    movable = [i for i, c in enumerate(changes) if c.action in (Action.UPDATE, Action.DELETE) and i != root]
    first = [i for i in movable if _is(changes[i], at_fault) or _flexible(changes[i], changes[root])]
    if first and not _broken([changes[i] for i in first], live_state, target, known | after):
        return frozenset(first)
    return frozenset()


def _safer(changes: Sequence[ResourceChange], root: int) -> frozenset[int]:
    """Find the changes that only strengthen the pool while its own change weakens it: they come first.

    Otherwise there would be a moment with less protection than before and after.
    """
    if not _differs(changes[root], stronger=False):
        return frozenset()
    around = [i for i, c in enumerate(changes) if c.action is Action.UPDATE and _flexible(c, changes[root])]
    return frozenset(
        i for i in around if _differs(changes[i], stronger=True) and not _differs(changes[i], stronger=False)
    )


def _differs(change: ResourceChange, *, stronger: bool) -> bool:
    """Return whether a member of an object protects more afterwards, or less."""
    for path, strength in KINDS[change.address.section].strength.items():
        before, after = strength(_at(change.before, path)), strength(_at(change.after, path))
        if (after > before) if stronger else (after < before):
            return True
    return False


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _is(change: ResourceChange, objects: set[tuple[str, str]]) -> bool:
    return (change.address.section, change.address.name) in objects


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


def _turn(before: dict[int, set[int]], changes: Sequence[ResourceChange], flipped: frozenset[int]) -> None:
    """Reverse the need between the pool and what comes before it, so that a failure stops what follows."""
    if not flipped:
        return
    root = next(i for i, c in enumerate(changes) if KINDS[c.address.section].root)
    waiting, first = list(flipped), set(flipped)
    while waiting:  # what these changes need comes before the pool with them
        found = before[waiting.pop()] - first - {root}
        first |= found
        waiting += found
    for i in first:
        before[i].discard(root)
    before[root] |= flipped

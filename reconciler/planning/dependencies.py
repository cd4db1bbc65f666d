"""Which changes of a plan must come before which, and why.

Additions go the way of creation: what is named exists first. Removals go the other way: what names an object or a part
of it stops naming it first (cognito.md 7.3). Which of the two holds for a pair of objects is read from what the plan
adds and takes away, so a client that gains a scope comes after the resource server, and one that loses a scope before
it, in one and the same plan. Every lookup is by index, so the work grows with the number of changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from reconciler.kinds import KINDS
from reconciler.kinds.kind import Need, is_outside
from reconciler.model import Action, Address, ResourceChange, Tree
from reconciler.planning.states import stays
from reconciler.values.differ import undeclared
from schemas.records import record


@record(frozen=True, slots=True)
class Edge:
    """One change that comes before another; both by their place in the plan."""

    first: int
    """The change that comes first."""
    then: int
    """The change that comes after it."""
    why: str = ""
    """Why the second cannot be made without the first, as a clause; empty if only the order matters."""


@record(frozen=True, slots=True)
class Barrier:
    """All changes of a section that come before each of some others: one thing instead of an edge for each pair."""

    firsts: tuple[int, ...]
    """The changes that come first, by their place in the plan."""
    thens: tuple[int, ...]
    """The changes that come after them."""


def edges(changes: Sequence[ResourceChange]) -> list[Edge]:
    """Return what comes before what in a plan.

    Args:
        changes: All changes, in any order.
    """
    return list(_Graph(changes).edges())


def barred(changes: Sequence[ResourceChange]) -> tuple[list[Edge], list[Barrier]]:
    """Return what `edges` does, with a barrier in place of the edges from each section that comes first as a whole.

    Args:
        changes: All changes, in any order.
    """
    graph = _Graph(changes)
    return list(graph.edges(whole=False)), graph.barriers()


def references(changes: Sequence[ResourceChange]) -> list[Edge]:
    """Return what should come before what because its identifier is referred to; not always possible.

    Args:
        changes: All changes, in any order.
    """
    return list(_Graph(changes).references()) if any(change.refers for change in changes) else []


class _Graph:
    """The changes of one plan, by what they are looked up by."""

    def __init__(self, changes: Sequence[ResourceChange]) -> None:
        self._changes = changes
        self._by_address: dict[Address, int] = {}
        self._by_section: dict[str, list[int]] = defaultdict(list)
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._root = -1
        self._of_root: set[tuple[str, str]] = set()
        for i, change in enumerate(changes):
            address = change.address
            self._by_section[address.section].append(i)
            self._named[(address.section, address.name)].append(i)
            if change.action is not Action.DELETE:
                self._by_address[address] = i
            if KINDS[address.section].root:
                self._root = i
                self._of_root = {(n.section, n.name) for n in _needs(change, change.before, change.after)}

    def edges(self, *, whole: bool = True) -> Iterator[Edge]:
        """Yield every pair, some more than once; with `whole`, also those of which there are `barriers`."""
        for i, change in enumerate(self._changes):
            if change.action is not Action.DELETE and not is_outside(KINDS[change.address.section]):
                yield from self._around(i, change)
            yield from self._naming(i, change)
            yield from self._after(i, change, whole=whole)
        yield from _slots(self._changes)
        yield from self.references() if whole else ()

    def references(self) -> Iterator[Edge]:
        """What objects refer to by its identifier, where that does not exist yet; itself may be among it."""
        for i, change in enumerate(self._changes):
            for address in change.refers:
                j = self._by_address.get(address)
                if j is not None:
                    yield Edge(j, i, f"{change.address} refers to it")

    def barriers(self) -> list[Barrier]:
        """Return a barrier for each section that comes before others as a whole."""
        thens: dict[str, list[int]] = defaultdict(list)
        for i, change in enumerate(self._changes):
            if change.action is not Action.DELETE and not self._back(change):
                for section in KINDS[change.address.section].after:
                    if not KINDS[section].root:
                        thens[section].append(i)
        firsts = {s: tuple(j for j in self._by_section.get(s, ()) if self._stays(j)) for s in thens}
        return [Barrier(firsts[s], tuple(thens[s])) for s in thens if firsts[s]]

    def _stays(self, j: int) -> bool:
        return self._changes[j].action is not Action.DELETE

    def _back(self, change: ResourceChange) -> list[int]:
        """Return what is taken back of that on which a change rests, if it is taken back itself."""
        sections = KINDS[change.address.section].after
        if not any(self._by_section.get(s) for s in sections) or not _is_taken_back(change):
            return []
        return [j for s in sections for j in self._by_section.get(s, ()) if _is_taken_back(self._changes[j])]

    def _around(self, i: int, change: ResourceChange) -> Iterator[Edge]:
        """What an object is inside of: the pool, and its owner."""
        owner = self._by_address.get(change.address.owner) if change.address.owner else None
        place = (change.address.section, change.address.name)
        if place in self._of_root and not _is_made(self._changes[self._root]):
            return  # it comes before the change of the pool that names it
        for outer in (self._root, owner):
            if outer is not None and outer not in (-1, i):
                why = f"{change.address} is inside of it" if _is_made(self._changes[outer]) else ""
                yield Edge(outer, i, why)

    def _naming(self, i: int, change: ResourceChange) -> Iterator[Edge]:
        """What an object names, now and after its change."""
        now = set(_needs(change, change.before))
        later = now if stays(change) else set(_needs(change, change.after))
        for section, name in sorted({(n.section, n.name) for n in now | later}):
            if i == self._root and _is_made(change) and not is_outside(KINDS[section]):
                continue  # it is inside of what names it
            for j in self._named.get((section, name), ()):
                if j != i:
                    yield from self._between(i, j, _of(now, section, name), _of(later, section, name))

    def _between(self, user: int, other: int, now: set[str], later: set[str]) -> Iterator[Edge]:
        """Order one that names another, and the other: by what is added, otherwise by what is taken away."""
        change, named = self._changes[user], self._changes[other]
        missing = later if _is_made(named) else later - _parts(named, named.before)
        lost = (now - later) & _going(named)
        if later and missing and named.action is not Action.DELETE:
            what = ", ".join(sorted(filter(None, missing)))
            yield Edge(other, user, f"{change.address} names {what or 'it'}")
        elif lost:
            yield Edge(user, other, f"{change.address} names it now")
        elif later and named.action is not Action.DELETE:
            yield Edge(other, user)

    def _after(self, i: int, change: ResourceChange, *, whole: bool) -> Iterator[Edge]:
        """Whole sections that come first; if both are taken back, the one that rests on the other goes first."""
        back = self._back(change)
        if back:
            yield from (Edge(i, j) for j in back)
            return
        if change.action is Action.DELETE:
            return
        sections = [s for s in KINDS[change.address.section].after if whole or KINDS[s].root]
        staying = [j for s in sections for j in self._by_section.get(s, ()) if self._stays(j)]
        some = any(self._changes[j].before is not None for j in staying)
        for j in staying:
            new = self._changes[j].action is Action.CREATE and not some
            yield Edge(j, i, f"{change.address} rests on it" if new else "")


def _needs(change: ResourceChange, *trees: Tree | None) -> Iterator[Need]:
    for tree in trees:
        yield from (need for need in KINDS[change.address.section].needs(tree or {}) if need.orders)


def takes_place_of(changes: Sequence[ResourceChange]) -> Iterator[tuple[ResourceChange, ResourceChange]]:
    """Yield each deleted object with the new one that takes its place in the pool (cognito.md 7.3)."""
    for edge in _slots(changes):
        yield changes[edge.first], changes[edge.then]


def _slots(changes: Sequence[ResourceChange]) -> Iterator[Edge]:
    """An object of which a pool has one comes after the deletion of the one in its place."""
    leaving = {
        slot: j
        for j, change in enumerate(changes)
        if change.action is Action.DELETE and (slot := _slot(change, change.before))
    }
    for i, change in enumerate(changes if leaving else ()):
        slot = _slot(change, change.after) if change.action is Action.CREATE else None
        if slot in leaving:
            yield Edge(leaving[slot], i, f"a pool has one {slot[1]}")


def _slot(change: ResourceChange, tree: Tree | None) -> tuple[str, str] | None:
    found = KINDS[change.address.section].slot(change.address.name, tree or {})
    return (change.address.section, found) if found else None


def _of(needs: set[Need], section: str, name: str) -> set[str]:
    return {n.part for n in needs if (n.section, n.name) == (section, name)}


def _parts(change: ResourceChange, tree: Tree | None) -> set[str]:
    """Return what there is of an object to name: itself, and its parts."""
    return set() if tree is None else {"", *KINDS[change.address.section].parts(tree)}


def _going(change: ResourceChange) -> set[str]:
    """Return what a change takes away of what there is to name."""
    left = set() if change.action is Action.REPLACE else _parts(change, change.after)
    return _parts(change, change.before) - left


def _is_made(change: ResourceChange) -> bool:
    return change.action in (Action.CREATE, Action.REPLACE) and bool(KINDS[change.address.section].create)


def _is_taken_back(change: ResourceChange) -> bool:
    """Return whether a change leaves an object as it is in a new pool, or deletes it."""
    kind = KINDS[change.address.section]
    if change.action is Action.DELETE:
        return True
    back = change.action is Action.UPDATE and not kind.create
    return back and not undeclared(kind.model, {}, kind.to_manifest(change.after or {}, {}))

"""Names of live objects, listed as seldom as is safe.

Names of pools and of clients are not unique, so an apply looks for them before and after each create (decision 15). A
list has pages and a name has no index, so looking again for each of many objects would cost far more calls than making
them: for a thousand new pools, nine thousand. So the documents of a run share one list of pools, and one list serves
several creates: it is the look after the ones before it, and the fence of the ones after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import RLock

from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.kinds.kind import ResourceKind
from reconciler.observing.observer import live_names
from reconciler.values.lookup import grouped

SETTLE = (1.0, 2.0, 4.0)
"""Seconds to wait before reading again when a change cannot be seen yet: Cognito is eventually consistent."""

FRESH = 10.0
"""Seconds for which a list is a fence; a longer list holds for a second a page, so that listing keeps no one busy."""

MOST = 16
"""Creates after which the names are listed again at the latest; longer lists hold for a create a page."""


class NameList:
    """The names of one kind in one place. Thread-safe.

    Args of the constructor:
        listed: Lists name and identifier of each live object.
        page: How many objects a page of the list has.
        clock: Seconds, monotonic.
    """

    def __init__(self, listed: Callable[[], Iterable[tuple[str, str]]], page: int, clock: Clock) -> None:
        self._read = listed
        self._page = page
        self._clock = clock
        self._lock = RLock()
        self._is_listed = False
        self._began: float | None = None
        """When the list began that may serve as a fence."""
        self._by_name: Mapping[str, Sequence[str]] = {}
        self._ids: frozenset[str] = frozenset()
        self._made: dict[str, str] = {}
        self._unchecked: dict[str, str] = {}
        self._before: dict[str, frozenset[str]] = {}
        """By name that is about to be given: what had it when that was decided. Others may list before it is given."""
        self._allowance = 1
        self.twins: dict[str, tuple[str, tuple[str, ...]]] = {}
        """By identifier of an object that this run has made: its name, and the others of that name."""

    def called(self, name: str) -> tuple[str, ...]:
        """Return the identifiers of the objects with a name, by any list of this run and what it has made itself.

        Raises:
            CloudError: They could not be listed.
        """
        with self._lock:
            if not self._is_listed:
                self._list()
            listed = tuple(self._by_name.get(name, ()))
            return (*listed, *(i for i, made in self._made.items() if made == name and i not in listed))

    def fence(self, sleep: Sleep) -> bool:
        """List the names if the last list is too old for a create. Return whether they were listed now.

        Raises:
            CloudError: They could not be listed.
        """
        with self._lock:
            fresh = max(FRESH, len(self._ids) / self._page)
            now = self._clock()
            if self._began is not None and now - self._began <= fresh:
                return False
            if self._unchecked:
                self.check(sleep)
            else:
                self._began = None  # in case that it fails
                self._list()
                self._began = now
            return True

    def others(self, name: str) -> tuple[str, ...]:
        """Return the identifiers of the objects with a name in the last list that this run has not made."""
        with self._lock:
            return tuple(i for i in self._by_name.get(name, ()) if i not in self._made)

    def expect(self, name: str) -> None:
        """Take note that an object of a name is about to be made: whatever has the name from now on is its twin."""
        with self._lock:
            self._before[name] = frozenset(self._by_name.get(name, ()))

    def was_there(self, name: str, identifier: str) -> bool:
        """Return whether an object of a name was in the list that a new one was decided on, or made by this run."""
        with self._lock:
            return identifier in self._before.get(name, self._ids) or identifier in self._made

    def add(self, name: str, identifier: str) -> None:
        """Take note of an object that this run has made."""
        with self._lock:
            self._made[identifier] = name
            self._unchecked[identifier] = name

    @property
    def is_due(self) -> bool:
        """Whether so much was made since the last list that the names have to be listed before anything else is."""
        return len(self._unchecked) >= self._allowance

    @property
    def open(self) -> frozenset[str]:
        """The identifiers of what was made since the last list."""
        return frozenset(self._unchecked)

    def check(self, sleep: Sleep) -> None:
        """List the names, and note in `twins` what others have made with the names of new objects since the last list.

        A list may be older than a create, so it counts only once our own objects are in it. If that takes longer than
        the waits, the next plan finds the others.

        Args:
            sleep: Waits for a number of seconds.

        Raises:
            CloudError: They could not be listed.
        """
        with self._lock:
            for pause in (*SETTLE, 0.0):
                now = self._clock()
                self._list()
                self._began = now
                found = {i: self._strangers(name) for i, name in self._unchecked.items()}
                if any(found.values()) or self._unchecked.keys() <= self._ids:
                    break
                sleep(pause)
            self.twins |= {i: (self._unchecked[i], strangers) for i, strangers in found.items() if strangers}
            self._unchecked = {}
            self._allowance = min(2 * self._allowance, max(MOST, len(self._ids) // self._page))

    def take_twin(self) -> tuple[str, str, tuple[str, ...]] | None:
        """Return identifier and name of an object of ours that has twins, with theirs, once; None if there is none."""
        with self._lock:
            ours = next(iter(self.twins), None)
            return (ours, *self.twins.pop(ours)) if ours is not None else None

    def renew(self) -> None:
        """Forget the list, so that the next question lists the names again."""
        with self._lock:
            self._is_listed, self._began = False, None

    def _strangers(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(i for i in self._by_name.get(name, ()) if not self.was_there(name, i)))

    def _list(self) -> None:
        pairs = list(self._read())
        self._by_name = {name: [i for _, i in same] for name, same in grouped(pairs, lambda pair: pair[0]).items()}
        self._ids = frozenset(identifier for _, identifier in pairs)
        self._is_listed = True


class PoolLists:
    """The pools of each Region, for all documents of a run.

    Args of the constructor:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lists: dict[tuple[str, str], NameList] = {}
        self.every: list[tuple[ResourceKind, NameList]] = []
        """Each list, with its kind."""
        self._lock = RLock()

    def of(self, cloud: Cloud, kind: ResourceKind) -> NameList:
        """Return the list of the pools of a kind in the Region of a cloud; nothing is called yet but STS."""
        place = (kind.section, cloud.identity().region)
        with self._lock:
            if place not in self._lists:
                self._lists[place] = names_in(cloud, kind, {}, self._clock)
                self.every.append((kind, self._lists[place]))
            return self._lists[place]

    def renew(self) -> None:
        """Forget all lists: before the first write, what was read for the plan is no fence."""
        for _, names in self.every:
            names.renew()


def names_in(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, str], clock: Clock) -> NameList:
    """Return the list of the objects of a kind in their owner.

    Args:
        cloud: Where they are; a read-only one will do.
        kind: A kind with a list.
        ids: Identifiers of the owner.
        clock: Seconds, monotonic.
    """
    page = kind.listing.page[1] if kind.listing and kind.listing.page else MOST
    return NameList(lambda: live_names(cloud, kind, ids), page, clock)

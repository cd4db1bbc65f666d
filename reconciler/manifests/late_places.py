"""Places of values in a file, found once a message is about one of them.

A run that has nothing to report names few places: of objects, which are known from the start. To note all others takes
longer than to read the YAML, so they are found when somebody asks, by reading the text again that was read before.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from reconciler.model import Path, Position

Places: TypeAlias = Mapping[Path, Position]
"""Where things are, by their paths."""


class Reread:
    """All places of a document: its text is read again once somebody asks for one.

    Args of the constructor:
        find: Returns the places of its values, and those of its keys.
        rest: Lets what is needed for that take little room.
    """

    def __init__(self, find: Callable[[], tuple[Places, Places]], rest: Callable[[], None]) -> None:
        self._find = find
        self._rest = rest

    def positions(self) -> Places:
        """Return where each value is."""
        return self._found[0]

    def keys(self) -> Places:
        """Return where each key is."""
        return self._found[1]

    def rest(self) -> None:
        """Give up what was found, to find it again for whoever asks next."""
        self.__dict__.pop("_found", None)
        self._rest()

    @cached_property
    def _found(self) -> tuple[Places, Places]:
        return self._find()


class LatePlaces(Mapping[Path, Position]):
    """Places of which some are known, and all others are found once somebody asks.

    Args of the constructor:
        known: Those that are known.
        find: Finds all.
    """

    def __init__(self, known: dict[Path, Position], find: Callable[[], Mapping[Path, Position]]) -> None:
        self._known = known
        self._find = find

    def found_by(self, find: Callable[[], Mapping[Path, Position]]) -> LatePlaces:
        """Return the same places that are known, where the others are found in another way."""
        return LatePlaces(self._known, find)

    def note(self, path: Path, where: Position) -> None:
        """Add a place that is not found in the file."""
        self._known[path] = where
        self.__dict__.pop("_every", None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep how all places are found, and not what was found."""
        return LatePlaces, (self._known, self._find)

    def __getitem__(self, path: Path) -> Position:
        found = self._known.get(path)
        return self._every[path] if found is None else found

    def get(self, path: Path, default: Any = None) -> Any:
        """Return a place, or something else if there is none; that of `Mapping` raises an error for that."""
        found = self._known.get(path)
        return self._every.get(path, default) if found is None else found

    def items(self) -> ItemsView[Path, Position]:
        """Return all places; those of `Mapping` are looked up one by one."""
        return self._every.items()

    def __iter__(self) -> Iterator[Path]:
        return iter(self._every)

    def __len__(self) -> int:
        return len(self._every)

    @cached_property
    def _every(self) -> Mapping[Path, Position]:
        found = dict(self._find().items())
        found.update(self._known)
        return found

"""Positions, keys and origins of a document, sorted by the object that they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any, TypeAlias, TypeVar

from reconciler.manifests.documents import Document, nearest
from reconciler.manifests.late_places import LatePlaces, Places
from reconciler.manifests.references.origin import Origin
from reconciler.manifests.validation.place import Place
from reconciler.model import Path, Position
from schemas.documents import DocumentKind
from schemas.sections import is_single

T = TypeVar("T")


_Own: TypeAlias = tuple[LatePlaces, LatePlaces, dict[Path, Origin]]
"""What is noted of one object, by the paths within it: where values and keys are, and what came from elsewhere."""


class ObjectPlaces:
    """Where everything of each object is.

    It is sorted in one pass for all objects, as documents can be large, and only once a place is asked for.
    """

    def __init__(self, document: Document, kind: DocumentKind) -> None:
        self._document = document
        self._found: dict[Path, _Own] = {}
        self._every = _Sorted(document.positions, document.keys, kind)
        self._origins = self._every.by_object(document.origins)

    def place(self, prefix: Path) -> Place:
        """Return where an object is, for messages about it."""
        values, keys, origins = self._own(prefix)
        around = nearest(self._document.origins, prefix) if self._document.origins else None
        if around is not None:
            origins.setdefault((), around)
        return Place(prefix, self._document.key(prefix), values, keys, origins)

    def add(self, prefix: Path, member: str, where: Position) -> None:
        """Note a place for a member that is not written, but said by the key of its object."""
        self._own(prefix)[0].note((member,), where)

    def rename(self, prefix: Path, theirs: str, ours: str) -> None:
        """Move the places of a member to another name."""
        values, keys, origins = self._own(prefix)
        for places in (values, keys):
            for path in [p for p in places if p[:1] == (theirs,)]:
                places.note((ours, *path[1:]), places[path])
        for path in [p for p in origins if p[:1] == (theirs,)]:
            origins[(ours, *path[1:])] = origins[path]

    def _own(self, prefix: Path) -> _Own:
        found = self._found.get(prefix)
        if found is None:
            every = self._every  # and not `self`: what refers to each other in a circle stays until it is searched for
            values = LatePlaces({}, partial(every.values_of, prefix))
            keys = LatePlaces({}, partial(every.keys_of, prefix))
            found = self._found[prefix] = (values, keys, self._origins.get(prefix, {}))
        return found


class _Sorted:
    """What is noted of a document, by object; places are sorted once one of them is asked for."""

    def __init__(self, positions: Places, keys: Places, kind: DocumentKind) -> None:
        self._positions = positions
        self._keys = keys
        self._kind = kind

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep no more than what it is made of."""
        return _Sorted, (self._positions, self._keys, self._kind)

    def values_of(self, prefix: Path) -> Places:
        """Return where each value of an object is."""
        return self._values_by_object.get(prefix, {})

    def keys_of(self, prefix: Path) -> Places:
        """Return where each key of an object is."""
        return self._keys_by_object.get(prefix, {})

    @cached_property
    def _values_by_object(self) -> Mapping[Path, Places]:
        return self.by_object(self._positions)

    @cached_property
    def _keys_by_object(self) -> Mapping[Path, Places]:
        return self.by_object(self._keys)

    def by_object(self, places: Mapping[Path, T]) -> dict[Path, dict[Path, T]]:
        """Return what is noted of a document by object, and within it by the path in the object."""
        sorted_: dict[Path, dict[Path, T]] = {}
        depths: dict[Path, int] = {}  # three steps decide, and few paths differ in them
        for path, found in places.items():
            first = path[:3]
            at = depths.get(first, -1)
            if at < 0:
                at = depths[first] = self._depth(first)
            if at and len(path) >= at:
                sorted_.setdefault(path[:at], {})[path[at:]] = found
        return sorted_

    def _depth(self, path: Path) -> int:
        """Return how many steps of a path lead to the object that it belongs to; 0 for the envelope."""
        section = self._kind.sections.get(str(path[0])) if path else None
        if section is None:
            return 0
        at = 1 if is_single(section) else 2
        inner = self._kind.nested.get(f"{section.name}.{path[at]}") if len(path) > at else None
        return at if inner is None else at + (1 if is_single(inner) else 2)

"""Positions, keys and origins of a document, sorted by the object that they belong to."""

from __future__ import annotations

from typing import Any

from reconciler.manifests.documents import Document, nearest
from reconciler.manifests.validation.place import Place
from reconciler.model import Path, Position
from schemas.documents import DocumentKind
from schemas.sections import is_single


class ObjectPlaces:
    """Where everything of each object is. It is sorted once, in one pass, as documents can be large."""

    def __init__(self, document: Document, kind: DocumentKind) -> None:
        self._document = document
        self._kind = kind
        self._found: dict[Path, dict[str, dict[Path, Any]]] = {}
        parts = (("values", document.positions), ("keys", document.keys), ("origins", document.origins))
        depths: dict[Path, int] = {}  # three steps decide, and few paths differ in them
        for what, places in parts:
            for path, found in places.items():
                first = path[:3]
                at = depths.get(first, -1)
                if at < 0:
                    at = depths[first] = self._depth(first)
                if at and len(path) >= at:
                    self._own(path[:at])[what][path[at:]] = found

    def place(self, prefix: Path) -> Place:
        """Return where an object is, for messages about it."""
        own = self._own(prefix)
        around = nearest(self._document.origins, prefix)
        if around is not None:
            own["origins"].setdefault((), around)
        return Place(prefix, self._document.key(prefix), own["values"], own["keys"], own["origins"])

    def add(self, prefix: Path, member: str, where: Position) -> None:
        """Note a place for a member that is not written, but said by the key of its object."""
        self._own(prefix)["values"][(member,)] = where

    def rename(self, prefix: Path, theirs: str, ours: str) -> None:
        """Move the places of a member to another name."""
        for found in self._own(prefix).values():
            for path in [p for p in found if p[:1] == (theirs,)]:
                found[(ours, *path[1:])] = found[path]

    def _depth(self, path: Path) -> int:
        """Return how many steps of a path lead to the object that it belongs to; 0 for the envelope."""
        section = self._kind.sections.get(str(path[0])) if path else None
        if section is None:
            return 0
        at = 1 if is_single(section) else 2
        inner = self._kind.nested.get(f"{section.name}.{path[at]}") if len(path) > at else None
        return at if inner is None else at + (1 if is_single(inner) else 2)

    def _own(self, prefix: Path) -> dict[str, dict[Path, Any]]:
        found = self._found.get(prefix)
        if found is None:
            found = self._found[prefix] = {"values": {}, "keys": {}, "origins": {}}
        return found

"""Follows references that are whole values (`{$env: NAME}`), for documents that have no others.

Most documents have none, or a few such. Then paths stay as they are written, so that nothing has to be known of places.
Everything else (references within texts and keys, links to other documents, mistakes) is left to `local_references`.
"""

from __future__ import annotations

from typing import Any

from reconciler.manifests.reference_kinds import ReferenceKinds
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake, Surroundings
from reconciler.manifests.references.origin import Origin
from reconciler.model import Path, Reference, Tree


class _OtherError(Exception):
    """There is something that is not read here."""


def follow(
    tree: Tree, kinds: ReferenceKinds, around: Surroundings, known: tuple[Path, ...] | None = None
) -> tuple[Tree, dict[Path, Origin]] | None:
    """Follow the references of a document.

    Args:
        tree: The document; parts without a reference are part of the result as they are.
        kinds: The kinds of references that there are.
        around: What references are followed with.
        known: Where all its references are, if that is known: then they are not searched for.

    Returns:
        The document with values in place, and where these came from; None if it has something else.
    """
    follower = _Follower(kinds, around)
    try:
        return follower.map(tree, ()) if known is None else follower.at(tree, known), follower.origins
    except (_OtherError, ReferenceMistake):
        return None


class _Follower:
    """Follows the references of one document, and notes where values came from."""

    def __init__(self, kinds: ReferenceKinds, around: Surroundings) -> None:
        self.origins: dict[Path, Origin] = {}
        self._kinds = kinds
        self._around = around

    def at(self, tree: Any, known: tuple[Path, ...]) -> Any:
        """Return a document with the values of the references at some paths: itself if there are none."""
        copies: dict[Path, Any] = {}
        for path in known:
            value = tree
            for step in path:
                value = value[step]
            ((key, target),) = value.items()
            if not path:
                raise _OtherError
            self._copied(tree, path[:-1], copies)[path[-1]] = self._followed(key, target, path)
        return copies.get((), tree)

    def _copied(self, tree: Any, path: Path, copies: dict[Path, Any]) -> Any:
        """Return a copy of what is at a path, which is part of copies of all that is around it."""
        if path not in copies:
            around = self._copied(tree, path[:-1], copies) if path else tree
            found: Any = around[path[-1]] if path else tree
            copies[path] = [*found] if type(found) is list else {**found}
            if path:
                around[path[-1]] = copies[path]
        return copies[path]

    def map(self, tree: Tree, path: Path) -> Tree:
        """Return a map with the values of its references: itself if it has none."""
        new: Tree = {}
        for key, value in tree.items():
            if "$" in key:
                raise _OtherError
            if type(value) is str:
                if "${" in value:
                    raise _OtherError
            elif type(value) is dict or type(value) is list:
                inner = self._inner(value, (*path, key))
                if inner is not value:
                    new[key] = inner
        return {**tree, **new} if new else tree

    def _list(self, items: list[Any], path: Path) -> list[Any]:
        new: dict[int, Any] = {}
        for i, value in enumerate(items):
            if type(value) is str:
                if "${" in value:
                    raise _OtherError
            elif type(value) is dict or type(value) is list:
                inner = self._inner(value, (*path, i))
                if inner is not value:
                    new[i] = inner
        return [new.get(i, value) for i, value in enumerate(items)] if new else items

    def _inner(self, value: Any, path: Path) -> Any:
        if type(value) is list:
            return self._list(value, path)
        only = next(iter(value)) if len(value) == 1 else ""
        return self._followed(only, value[only], path) if only.startswith("$") else self.map(value, path)

    def _followed(self, key: str, target: Any, path: Path) -> Any:
        kind = self._kinds.get(key[1:])
        if kind is None or kind.links or type(target) is not str or not target or "${" in target:
            raise _OtherError
        kind.check(target)
        if kind.local is None:
            self.origins[path] = Origin(kind.key, target, taints=kind.taints)
            return Reference(kind.key, target)
        found = kind.local(target, self._around)
        self.origins[path] = Origin(kind.key, target, found.raw, kind.taints)
        return found.value

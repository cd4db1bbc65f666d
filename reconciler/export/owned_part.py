"""A part of a live pool: the objects and members that an export is limited to, because somebody owns no more."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.importing.owned import Identity, OwnedObject, identity_of
from reconciler.kinds import KINDS
from reconciler.model import Observed, Path, Secret, Tree


@dataclass(frozen=True)
class OwnedPart:
    """What is exported of one pool."""

    objects: Mapping[Identity, OwnedObject]
    """The objects, by what they are known by."""

    def of(self, observed: Observed) -> OwnedObject | None:
        """Return what is owned of a live object, or None."""
        return self.objects.get(identity_of(observed.address.section, observed.ids))

    def members(self, observed: Observed, tree: Tree) -> Tree:
        """Return the members of a live object that are owned, those that are secret wrapped.

        Args:
            observed: The object.
            tree: What an export would write of it.
        """
        owned = self.of(observed)
        if owned is None:
            return {}
        found = _limited(tree, owned.covers, lambda value, path: _hidden(value, path, owned.secrets))
        for path in owned.unknown:
            found = _without_filled(found, path, observed.data)
        return found

    @property
    def sections(self) -> frozenset[str]:
        """The sections to read: those of the objects, and of what they are inside of."""
        own = {one.section for one in self.objects.values()}
        return frozenset(own | {KINDS[section].outer for section in own if KINDS[section].outer})


def part_of(objects: Collection[OwnedObject]) -> OwnedPart:
    """Return the part that some objects of one pool are."""
    return OwnedPart({one.identity: one for one in objects})


def _limited(tree: Tree, covers: Collection[Path], hide: Callable[[Any, Path], Any], path: Path = ()) -> Tree:
    """Return a tree with covered members only; a structure of which nothing is covered is left out."""
    result: Tree = {}
    for name, value in tree.items():
        place = (*path, name)
        if any(place[: len(cover)] == cover for cover in covers):
            result[name] = hide(value, place)
        elif isinstance(value, dict) and any(cover[: len(place)] == place for cover in covers):
            inner = _limited(value, covers, hide, place)
            if inner or not value:
                result[name] = inner
    return result


def _without_filled(tree: Tree, path: Path, data: Any) -> Tree:
    """Return a tree without an empty or assumed value at a path that neither the object nor the definition has."""
    key, *rest = path
    here = data.get(key) if isinstance(data, dict) else None
    if key not in tree:
        return tree
    value = tree[key]
    if rest and isinstance(value, dict) and value:
        value = _without_filled(value, tuple(rest), here)
    filled = here is None and (not rest or value == {})
    return {k: value if k == key else v for k, v in tree.items() if not (filled and k == key)}


def _hidden(value: Any, path: Path, secrets: Collection[Path]) -> Any:
    """Return a value with the texts at or below some paths as secrets."""
    if isinstance(value, str) and any(path[: len(secret)] == secret for secret in secrets):
        return Secret(value, "live")
    if isinstance(value, dict):
        return {k: _hidden(v, (*path, k), secrets) for k, v in value.items()}
    return [_hidden(v, path, secrets) for v in value] if isinstance(value, list) else value

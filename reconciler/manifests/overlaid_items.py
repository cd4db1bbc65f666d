"""Lays the items that an overlay declares of a list over those of the base: `{$include: [...], $exclude: [...]}`.

The overlay has the last word about each item, and says nothing about the others. Items are compared as they are
written, because references are not followed yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from reconciler.model import Path, Tree
from schemas.base import EXCLUDE, INCLUDE
from schemas.records import record

T = TypeVar("T")

KEYS = (INCLUDE, EXCLUDE)
"""The lists of such a form; what one has, the other does not."""


@record(frozen=True)
class OverlaidItem:
    """An item of a merged list."""

    path: Path
    """Where it is: the form, the key, the position."""
    origin: Path
    """Where it is written, in the base or in the overlay."""
    from_layer: bool
    """Whether the overlay writes it."""
    value: Any
    """The item."""


def are_items(value: Any) -> bool:
    """Return whether a value declares single items of a list, and is written out."""
    if not isinstance(value, dict) or not value:
        return False
    return all(key in KEYS and isinstance(items, list) for key, items in value.items())


def overlaid(base: Tree, layer: Tree, path: Path) -> list[OverlaidItem]:
    """Return the items of a form as an overlay makes them, those of the base first.

    Args:
        base: The form of the base.
        layer: That of the overlay.
        path: Where they are in the document.
    """
    said = [item for items in layer.values() for item in items]
    found = []
    for key in KEYS:
        mine = [(i, item, False) for i, item in enumerate(base.get(key, ())) if item not in said]
        both = [*mine, *((i, item, True) for i, item in enumerate(layer.get(key, ())))]
        found += [OverlaidItem((*path, key, n), (*path, key, i), new, item) for n, (i, item, new) in enumerate(both)]
    return found


def form_of(items: Iterable[OverlaidItem], base: Tree, layer: Tree) -> Tree:
    """Return the form that items make; a list that both leave out is left out."""
    every = list(items)
    return {key: [i.value for i in every if i.path[-2] == key] for key in KEYS if key in base or key in layer}


def placed(
    found: Mapping[Path, T], items: Sequence[OverlaidItem], ours: Mapping[Path, T], theirs: Mapping[Path, T]
) -> dict[Path, T]:
    """Return places with those of merged items.

    Args:
        found: The places of everything else.
        items: All merged items of a document.
        ours: The places in the base.
        theirs: The places in the overlay.
    """
    forms = {one.path[:-2] for one in items}
    rest = {p: where for p, where in found.items() if not any(p[:end] in forms for end in range(len(p)))}
    return rest | dict(_places(items, ours, theirs))


def _places(
    items: Sequence[OverlaidItem], ours: Mapping[Path, T], theirs: Mapping[Path, T]
) -> Iterator[tuple[Path, T]]:
    for one in items:
        head, source, size = one.path[:-1], theirs if one.from_layer else ours, len(one.origin)
        for places in (ours, theirs):
            if head in places:
                yield head, places[head]
        yield from ((one.path + p[size:], where) for p, where in source.items() if p[:size] == one.origin)

"""Items of lists that several parts declare (`$include`, `$exclude`), each item by one of them.

A part may say no more of an object than which items its lists have: then another part can declare the object, or
further parts further items. A preview of one team and the client of another share a list of callback URLs so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeVar

from reconciler.kinds import KINDS
from reconciler.model import Path, Reference, Spec, Tree
from reconciler.values.item_forms import forms, is_form, matches
from schemas.base import EXCLUDE, INCLUDE, Member
from schemas.documents import DocumentKind
from schemas.sections import model_of

SIDES = (INCLUDE, EXCLUDE)

T = TypeVar("T")


def lists(kind: DocumentKind, spec: Spec) -> Mapping[Path, Member]:
    """Return the lists of an object of which single items are declared, with the facts of the schema."""
    found = forms(model_of(kind.all[spec.address.section]), spec.declared)
    return {path: member for path, member, _ in found}


def only_items(kind: DocumentKind, spec: Spec) -> bool:
    """Return whether nothing but items of lists is declared of an object."""
    found, name = lists(kind, spec), KINDS[spec.address.section].name_member
    leaves = (path for path in _leaves(spec.declared) if path != (name,))  # its key says it, if nothing else does
    return bool(found) and not spec.pin and all(_leads_to(path, found) for path in leaves)


def claimed_twice(kind: DocumentKind, one: Spec, other: Spec) -> Iterator[tuple[Path, Path]]:
    """Yield what two declarations of one object both say of a list: the places in the one and in the other.

    That is an item of both, or the list itself where one of them declares all of it, or takes it from elsewhere.
    """
    ours, theirs = lists(kind, one), lists(kind, other)
    for path in {**ours, **theirs}:
        early, late = _at(one.declared, path), _at(other.declared, path)
        if early is None or late is None:
            continue
        if not (is_form(early) and is_form(late)):
            yield path, path
            continue
        for (here, item), (there, same) in product(_items(early), _items(late)):
            if _is_one(ours[path], (here, item), (there, same)):
                yield (*path, *here), (*path, *there)


def _is_one(member: Member, one: tuple[Path, Any], other: tuple[Path, Any]) -> bool:
    """Return whether two items are the same. What a side from elsewhere holds is not known yet, so it is all of it."""
    (here, item), (there, same) = one, other
    if len(here) == 1 or len(there) == 1:
        return here[0] == there[0]
    if isinstance(item, Reference) or isinstance(same, Reference):
        return bool(item == same)
    return matches(member, item, same)


def joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> Tree:
    """Return the items that two declarations of a list have together; of what both have, that of the first."""
    known, found = [*_side(one, INCLUDE), *_side(one, EXCLUDE)], {}
    for side in (side for side in SIDES if side in one or side in other):
        elsewhere = next((form[side] for form in (one, other) if isinstance(form.get(side), Reference)), None)
        found[side] = elsewhere or [*_side(one, side), *(i for i in _side(other, side) if i not in known)]
    return found


class Counted:
    """Counts the items of the parts that were joined so far, so that the places of the next ones count on."""

    def __init__(self) -> None:
        self._before: dict[Path, int] = {}

    def moved(self, kind: DocumentKind, spec: Spec, places: Mapping[Path, T]) -> dict[Path, T]:
        """Return what is said by places in one declaration, by places in all of them together."""
        sides = {(*path, side) for path in lists(kind, spec) for side in SIDES}
        return {self._moved(path, sides): value for path, value in places.items()}

    def add(self, kind: DocumentKind, spec: Spec) -> None:
        """Count the items of a declaration."""
        for path in lists(kind, spec):
            for side in SIDES:
                place = (*path, side)
                self._before[place] = self._before.get(place, 0) + len(_side(_at(spec.declared, path), side))

    def _moved(self, path: Path, sides: set[Path]) -> Path:
        for end in range(len(path)):
            step = path[end]
            if path[:end] in sides and isinstance(step, int):
                return (*path[:end], step + self._before.get(path[:end], 0), *path[end + 1 :])
        return path


def _side(form: Any, side: str) -> Sequence[Any]:
    value = form.get(side) if isinstance(form, Mapping) else None
    return value if isinstance(value, list) else []


def _items(form: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Yield the items of both sides with their places; of a side that comes from elsewhere, the side."""
    for side in SIDES:
        value = form.get(side)
        if isinstance(value, list):
            yield from (((side, i), item) for i, item in enumerate(value))
        elif value is not None:
            yield (side,), value


def _leaves(tree: Tree, path: Path = ()) -> Iterator[Path]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and not is_form(value):
            yield from _leaves(dict(value), (*path, name))
        else:
            yield (*path, name)


def _leads_to(path: Path, found: Mapping[Path, Member]) -> bool:
    return any(path[: len(place)] == place for place in found)


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree

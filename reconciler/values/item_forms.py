"""Lists of which an author declares single items: `{$include: [...], $exclude: [...]}` and what is live → one list.

Several parties may share a list, such as the callback URLs of a client that previews add to. What is included is
there, what is excluded is not, and all other items stay (decision 46). Which lists can be declared so is a mark of the
schema. After planning it is gone: a change holds the whole list that follows from what is live.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from typing import Any

from reconciler.model import Path, Reference, Tree
from schemas.base import EXCLUDE, INCLUDE, ApiModel, ByItem, Cidr, Member, members
from schemas.limits import Field

OTHERS = Reference("items", "the items of others")
"""Represents the items of others in a list where there is no live object at hand; rules take it for an unknown item."""

Form = Mapping[str, Any]
"""`{$include: [...], $exclude: [...]}`, of which one key may be missing; a list may be a `Reference` to one."""


def is_form(value: Any) -> bool:
    """Return whether a value of a list member declares single items of it."""
    return isinstance(value, Mapping) and (INCLUDE in value or EXCLUDE in value)


def forms(model: type[ApiModel] | None, declared: Any, path: Path = ()) -> Iterator[tuple[Path, Member, Form]]:
    """Yield the lists of an object of which single items are declared, with their paths and members.

    Args:
        model: Schema of the structure.
        declared: The declared tree.
        path: Where the structure is in the object.
    """
    known = _holders(model) if model and isinstance(declared, dict) else {}
    for name, value in declared.items() if known else ():
        member = known.get(name) if isinstance(value, dict) else None
        if not member:
            continue
        if member.shape == "structure":
            yield from forms(member.model, value, (*path, name))
        elif is_form(value):
            yield (*path, name), member, value


@cache
def _holders(model: type[ApiModel]) -> Mapping[str, Member]:
    """Return the members of a structure that are, or have below them, a list of which single items can be declared."""
    return {
        name: member
        for name, member in members(model).items()
        if any(isinstance(mark, ByItem) for mark in member.marks)
        or (member.shape == "structure" and member.model and _holders(member.model))
    }


def settled(model: type[ApiModel], declared: Tree, observed: Tree) -> Tree:
    """Return a declared tree in which each list is whole: the live items, without excluded and with included ones.

    Args:
        model: Schema of the object.
        declared: The declared tree; it is not changed.
        observed: The live object; empty if there is none, so that the included items are all.
    """
    if not _has_forms(model, declared):
        return declared
    return _replaced(model, declared, lambda path, member, form: whole(member, form, listed(observed, path)))


def offline(model: type[ApiModel], declared: Tree) -> Tree:
    """Return a declared tree for what is judged without a live object: of the lists, only our items are known."""
    for name, held in declared.items():  # as `_has_forms`, without a call: every object is asked for three times
        if isinstance(held, dict) and name in _holders(model):
            return _replaced(model, declared, lambda _path, _member, form: [*_side(form, INCLUDE), OTHERS])
    return declared


def whole(member: Member, form: Form, live: list[Any]) -> list[Any]:
    """Return the list that a form makes of a live one: kept items in their order, then the new ones.

    Args:
        member: The list, with the facts of the schema.
        form: What is declared.
        live: The live items.
    """
    include, exclude = _side(form, INCLUDE), _side(form, EXCLUDE)
    result: list[Any] = []
    for item in live:
        if not _holds(member, exclude, item):
            own = next((one for one in include if matches(member, one, item)), None)
            result.append(item if own is None else _laid_over(item, own))
    for item in include:
        if not _holds(member, result, item):
            result.append(item)
    return result


def others(member: Member, form: Form, live: list[Any]) -> list[Any]:
    """Return the live items that a form says nothing about."""
    own = [*_side(form, INCLUDE), *_side(form, EXCLUDE)]
    return [item for item in live if not _holds(member, own, item)]


def own(member: Member, form: Form, live: list[Any]) -> list[Any]:
    """Return the live items that a form is about."""
    theirs = others(member, form, live)
    return [item for item in live if item not in theirs]


def both(member: Member, form: Form) -> Iterator[tuple[int, int]]:
    """Yield the positions of an included and an excluded item that are the same."""
    for i, wanted in enumerate(_side(form, INCLUDE)):
        for j, unwanted in enumerate(_side(form, EXCLUDE)):
            if not isinstance(wanted, Reference) and matches(member, unwanted, wanted):
                yield i, j


def matches(member: Member, one: Any, other: Any) -> bool:
    """Return whether an item that is declared means another one: it has the members that identify it, as far as said.

    Args:
        member: The list, with the facts of the schema.
        one: What is declared.
        other: A live item, or another declared one.
    """
    mark = member.mark(ByItem)
    if mark and mark.by and isinstance(one, dict) and isinstance(other, dict):
        named = [name for name in mark.by if name in one]
        return bool(named) and all(one[name] == other.get(name) for name in named)
    if one == other:
        return True
    ranges = any(isinstance(m, Cidr) for m in member.item_marks)
    return ranges and isinstance(one, str) and isinstance(other, str) and _network(one) == _network(other)


def most(member: Member) -> int | None:
    """Return how many items a list can have, or None if that is not limited."""
    sizes = [m.max_length for m in member.marks if isinstance(m, Field) and m.max_length is not None]
    return min(sizes, default=None)


def listed(tree: Any, path: Path) -> list[Any]:
    """Return the list at a path of a tree; empty if there is none."""
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree if isinstance(tree, list) else []


def put(tree: Tree, path: Path, value: Any) -> Tree:
    """Return a tree with another value at a path of structures; it is not changed itself."""
    if not path:
        found: Tree = value
        return found
    inner = tree.get(str(path[0]))
    return {**tree, str(path[0]): put(inner if isinstance(inner, dict) else {}, path[1:], value)}


def written_at(model: type[ApiModel], declared: Tree, tree: Any, path: Path) -> Path | None:
    """Return where a manifest writes what is at a path of an object; None if it is an item of others.

    Args:
        model: Schema of the object.
        declared: What the manifest says, with its forms.
        tree: The object, in which each list is whole.
        path: A place in it.
    """
    for at, member, form in forms(model, declared):
        if path[: len(at)] == at and len(path) > len(at):
            items, index = listed(tree, at), path[len(at)]
            item = items[index] if isinstance(index, int) and index < len(items) else None
            found = next((i for i, one in enumerate(_side(form, INCLUDE)) if matches(member, one, item)), None)
            return None if found is None else (*at, INCLUDE, found, *path[len(at) + 1 :])
    return path


def _has_forms(model: type[ApiModel], declared: Tree) -> bool:
    """Return whether an object may have such a list; few do."""
    return any(isinstance(held, dict) and name in _holders(model) for name, held in declared.items())


def _replaced(model: type[ApiModel], declared: Tree, value: Callable[[Path, Member, Form], list[Any]]) -> Tree:
    for path, member, form in list(forms(model, declared)):
        declared = put(declared, path, value(path, member, form))
    return declared


def _side(form: Form, key: str) -> list[Any]:
    found = form.get(key)
    return found if isinstance(found, list) else [] if found is None else [found]


def _holds(member: Member, declared: Iterable[Any], item: Any) -> bool:
    return any(matches(member, one, item) for one in declared)


def _laid_over(item: Any, declared: Any) -> Any:
    return {**item, **declared} if isinstance(item, dict) and isinstance(declared, dict) else item


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text

"""Where a reference cannot be: what it leads to is one text or a list of texts, and never a structure.

Nor can `$include` and `$exclude` be anywhere but in the place of a list that the schema marks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.manifests.documents import FAILED, WrittenForm
from reconciler.model import Path, Reference, Tree
from reconciler.values.item_forms import forms
from schemas.base import ApiModel, FreeDocument, Member, members


def without_misplaced(model: type[ApiModel], tree: Tree) -> tuple[Tree, tuple[Path, ...]]:
    """Take out the references that take the place of a structure, a map or a list of structures.

    Args:
        model: Schema of the object.
        tree: The object as its author wrote it.

    Returns:
        The object with `FAILED` in their place, and the places.
    """
    found: list[Path] = []
    return _object(model, tree, (), found), tuple(found)


def without_misplaced_forms(model: type[ApiModel], tree: Tree) -> tuple[Tree, tuple[Path, ...]]:
    """Take out `$include` and `$exclude` where the schema knows no list that can be declared by items.

    Args:
        model: Schema of the object.
        tree: The object as its author wrote it.

    Returns:
        The object with `FAILED` in their place, and the places.
    """
    allowed = {path for path, _, _ in forms(model, tree)}
    found = [path for path in _written_forms(tree, ()) if path not in allowed]
    return (_failed(tree, (), frozenset(found)) if found else tree), tuple(found)


def _written_forms(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, WrittenForm):
        yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        yield from _written_forms(inner, (*path, key))


def _failed(value: Any, path: Path, places: frozenset[Path]) -> Any:
    if path in places:
        return FAILED
    if isinstance(value, dict):
        return type(value)({k: _failed(v, (*path, k), places) for k, v in value.items()})
    return [_failed(v, (*path, i), places) for i, v in enumerate(value)] if isinstance(value, list) else value


def _object(model: type[ApiModel], tree: Tree, path: Path, found: list[Path]) -> Tree:
    known = members(model)
    return {k: _value(known[k], v, (*path, k), found) if k in known else v for k, v in tree.items()}


def _value(member: Member, value: Any, path: Path, found: list[Path]) -> Any:
    if member.has(FreeDocument) or not (member.model or member.shape == "map"):
        return value
    if isinstance(value, Reference):
        return _taken_out(value, path, found)
    if isinstance(value, dict) and member.shape == "structure" and member.model:
        return _object(member.model, value, path, found)
    if isinstance(value, WrittenForm):
        return WrittenForm({k: _value(member, v, (*path, k), found) for k, v in value.items()})
    if isinstance(value, dict):
        return {k: _item(member, v, (*path, k), found) for k, v in value.items()}
    return [_item(member, v, (*path, i), found) for i, v in enumerate(value)] if isinstance(value, list) else value


def _item(member: Member, value: Any, path: Path, found: list[Path]) -> Any:
    if not member.model:
        return value
    if isinstance(value, Reference):
        return _taken_out(value, path, found)
    return _object(member.model, value, path, found) if isinstance(value, dict) else value


def _taken_out(value: Reference, path: Path, found: list[Path]) -> Reference:
    if value != FAILED:
        found.append(path)
    return FAILED

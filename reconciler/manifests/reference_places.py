"""Where a reference cannot be: what it leads to is one text or a list of texts, and never a structure."""

from __future__ import annotations

from typing import Any

from reconciler.manifests.documents import FAILED
from reconciler.model import Path, Reference, Tree
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

"""Lists, maps and objects that were given as texts: `--var 'urls=["a", "b"]'`.

A command line and a CSV know texts only. The member decides what a text means: where it holds a list, a map or an
object, the text is JSON; numbers and booleans are converted when the member is checked (`validation/conversion.py`),
and a text stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.documents import FAILED, Document
from reconciler.manifests.references.origin import Origin
from reconciler.model import Path, dotted
from schemas.base import ApiModel, FreeDocument, members
from schemas.documents import DEFAULT, DOCUMENTS

SHAPES = {"list": "a list", "map": "a map", "structure": "a map"}
"""What an author calls what is not a scalar."""

EXAMPLES = {"list": '["a", "b"]', "map": '{"key": "value"}', "structure": '{"Member": "value"}'}
"""What to write for it."""


class NotJsonError(ValueError):
    """A text that is no JSON of the wanted shape; the message says why, as a clause, without the text."""


def typed(document: Document) -> tuple[Document, list[Problem]]:
    """Read the texts that were given for members that hold lists, maps or objects.

    Args:
        document: Its local references are followed.

    Returns:
        The document with values in their place, and what is wrong with the others, which became `FAILED`. No message
        repeats a value.
    """
    found: dict[Path, Any] = {}
    problems: list[Problem] = []
    for path, shape, origin in _wanted(document):
        try:
            found[path] = parsed(_at(document.tree, path), shape)
        except NotJsonError as error:
            found[path] = FAILED
            message = f"the value of {origin} {error}, and this member holds {SHAPES[shape]}."
            problems.append(Problem(document.position(path), dotted(path), message, _fix(origin, shape)))
    if not found:
        return document, []
    return replace(document, tree=_put(document.tree, found)), problems


def _wanted(document: Document) -> Iterator[tuple[Path, str, Origin]]:
    """Yield the places of texts that must be read, with the shape that each member has."""
    model: type[ApiModel] | None = None
    for path, origin in document.origins.items():
        if origin.is_given and isinstance(_at(document.tree, path), str):
            model = model or DOCUMENTS.get(str(document.tree.get("kind", DEFAULT)), DOCUMENTS[DEFAULT]).model
            shape = shape_at(model, path)
            if shape:
                yield path, shape, origin


def shape_at(model: type[ApiModel], path: Path) -> str:
    """Return what a place of a document holds: `list`, `map` or `structure`; empty for all else and what is unknown.

    Args:
        model: The schema of the document.
        path: The place.
    """
    inner: type[ApiModel] | None = model
    steps = list(path)
    while steps:
        member = members(inner).get(str(steps.pop(0))) if inner else None
        if member is None or member.has(FreeDocument):
            return ""
        if not steps:
            return member.shape if member.shape in SHAPES else ""
        inner = member.model
        if member.shape in ("list", "map"):
            steps.pop(0)
            if not steps:
                return "structure" if inner else ""
    return ""


def parsed(text: str, shape: str) -> Any:
    """Return the JSON of a text.

    Args:
        text: What was given.
        shape: `list`, `map` or `structure`.

    Raises:
        NotJsonError: It is no JSON, or has another shape.
    """
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise NotJsonError("is nested too deeply") from None
    except NotJsonError:
        raise
    except ValueError:
        raise NotJsonError("is a text that is not JSON") from None
    if not isinstance(value, list if shape == "list" else dict):
        raise NotJsonError(f"is not {SHAPES[shape]}")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise NotJsonError("has a key twice")
    if any(key.startswith("$") for key in result):
        raise NotJsonError("has a reference in it")
    return result


def _constant(_word: str) -> Any:
    raise NotJsonError("is a text that is not JSON")


def _fix(origin: Origin, shape: str) -> str:
    example = EXAMPLES[shape]
    if origin.kind == "var" or origin.whole:
        name = (origin.whole or origin.name).removeprefix("var.")
        return f"Give it as JSON: --var '{name}={example}'."
    return f"Give it as JSON: {example}."


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        try:
            tree = tree[step]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def _put(tree: Any, values: dict[Path, Any]) -> Any:
    """Return a tree with other values at some places; what they do not touch is shared."""
    for place, value in values.items():
        tree = _with(tree, place, value)
    return tree


def _with(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step: Any = path[0]
    copied = tree.copy()
    copied[step] = _with(tree[step], path[1:], value)
    return copied

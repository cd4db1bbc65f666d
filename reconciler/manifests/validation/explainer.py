"""Turns the errors of pydantic into problems that name a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from reconciler.errors import Problem
from reconciler.manifests.references.filling import has_links
from reconciler.manifests.validation.error_words import WORDINGS, Case, Words, mismatch
from reconciler.manifests.validation.shown_values import quoted, shown
from reconciler.manifests.validation.spot import Spot, example, spot_of
from reconciler.manifests.validation.tree_view import TreeView
from reconciler.model import Path
from schemas.base import ApiModel, Member


class Explainer:
    """Turns pydantic's errors into problems."""

    def __init__(self, model: type[ApiModel], tree: Any, view: TreeView) -> None:
        self._model = model
        self._tree = tree
        self._view = view
        self._place = view.place

    def explain(self, error: ValidationError) -> bool:
        """Report every error, without ever asking pydantic for the input; return whether there was any."""
        before = len(self._view.report.problems)
        for found in error.errors(include_url=False, include_input=False):
            path = self._path(found["loc"])
            if found["type"] == "missing":
                self._missing((*path, found["loc"][-1]))
            elif found["loc"] and found["loc"][-1] == "[key]":
                if not has_links(str(path[-1])):  # what the key will be is not known yet
                    self._view.problem(path, *self._key(path), key=True)
            elif found["type"] == "too_short" and any(gone[:-1] == path for gone in self._view.gone):
                pass  # the map is not as short as pydantic saw it
            else:
                words = self._words(found["type"], path, found.get("ctx", {}), found["msg"])
                self._view.problem(path, *words)
        return len(self._view.report.problems) > before

    def _path(self, location: tuple[str | int, ...]) -> Path:
        """Return the part of pydantic's location that is a path in the object; the rest names types."""
        path: Path = ()
        value = self._tree
        for step in location:
            if not _holds(value, step):
                break
            value = value[step]
            path = (*path, step)
        return path

    def _missing(self, path: Path) -> None:
        if path in self._view.gone:
            return
        spot = spot_of(self._model, path)
        name = str(path[-1])
        fix = f"Add {name}: {example(spot)}."
        where = self._place.key(path[:-1]) if isinstance(path[-2:-1], str) else self._place.value(path[:-1])
        self._view.report.problems.append(Problem(where, self._place.name(path[:-1]), f"{name} is missing.", fix))

    def _key(self, path: Path) -> Words:
        member = spot_of(self._model, path).member
        return mismatch(f"the key {quoted(path[-1])}", member.key_marks if member else ())

    def _words(self, kind: str, path: Path, context: Mapping[str, Any], message: str) -> Words:
        value = _at(self._tree, path)
        case = Case(value, self._shown(value, path), spot_of(self._model, path), context)
        write = WORDINGS.get(kind)
        if write:
            return write(case)
        if kind == "value_error":
            return f"{context.get('error', message)}", ""
        return f"{case.shown} is not valid: {message[:1].lower()}{message[1:]}.", ""

    def _shown(self, value: Any, path: Path) -> str:
        origin = self._place.origin(path)
        if any(path[:end] in self._view.hidden for end in range(len(path) + 1)):
            return "the secret value" + (f" from {origin}" if origin else "")
        return shown(value, origin)


def _holds(value: Any, step: str | int) -> bool:
    return step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def explain_key(section: Member, key: str, error: ValidationError) -> tuple[str, str]:
    """Return what is wrong with a key of a section, and what to do.

    Args:
        section: The map that has the key.
        key: What was written.
        error: What pydantic found.
    """
    found = error.errors(include_url=False, include_input=False)[0]
    spot = Spot(section, section.key_marks, str, {})
    return WORDINGS[found["type"]](Case(key, quoted(key), spot, found.get("ctx", {})))

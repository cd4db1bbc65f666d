"""Members that the schema does not know and the installed botocore does: checked by its shapes and passed through."""

from __future__ import annotations

import contextlib
from typing import Any

from reconciler.manifests.validation.conversion import PYTHON, WORDS
from reconciler.manifests.validation.shown_values import kind_of
from reconciler.manifests.validation.tree_view import GONE, TreeView
from reconciler.model import Path, Reference, Secret
from reconciler.values import shapes
from schemas.base import ApiModel


class Passthrough:
    """Reads what only botocore can check."""

    def __init__(self, model: type[ApiModel], view: TreeView) -> None:
        self._model = model
        self._view = view

    def shape(self, path: Path) -> shapes.Shape | None:
        """Return what the installed botocore says about a member that the schema does not know."""
        for service, operation in self._model.INPUTS:
            found: shapes.Shape | None = None
            with contextlib.suppress(KeyError):
                found = _descend(shapes.input_shape(service, operation), path)
            if found:
                return found
        return None

    def read(self, shape: shapes.Shape, value: Any, path: Path) -> Any:
        """Return a value that only botocore can check, converted and with secrets wrapped."""
        if value is None or isinstance(value, (Reference, Secret)) or shape.spec.get("document"):
            return value
        if shape.type in ("structure", "list", "map"):
            return self._nested(shape, value, path)
        value = self._view.converted(PYTHON.get(shape.type, object), value, path)
        if value is GONE:
            return None
        wanted = PYTHON.get(shape.type)
        if wanted and not (isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))):
            fix = "{$file: PATH}" if wanted is bytes else WORDS[wanted]
            return self._unexpected(path, value, WORDS[wanted], f"Write {fix}.")
        if shape.enum:
            self._view.unlisted(value, path, shape.enum)
        origin = self._view.place.origin(path)
        return Secret(value, str(origin or "literal")) if shape.spec.get("sensitive") else value

    def _unexpected(self, path: Path, value: Any, wanted: str, fix: str) -> None:
        self._view.problem(path, f"expected {wanted}, found {kind_of(value)}.", fix)

    def _nested(self, shape: shapes.Shape, value: Any, path: Path) -> Any:
        if shape.type == "list":
            if not isinstance(value, list):
                return self._unexpected(path, value, "a list", "Write a list: [...].")
            return [self.read(shape.item, v, (*path, i)) for i, v in enumerate(value)]
        if not isinstance(value, dict):
            return self._unexpected(path, value, "a map", "Write a map: {KEY: value}.")
        if shape.type == "map":
            return {k: self.read(shape.item, v, (*path, k)) for k, v in value.items()}
        known = shape.members
        for name in shape.required:
            if name not in value:
                self._view.problem(path, f"{name} is missing.", f"Add {name}.")
        for name in value:
            if name not in known:
                from reconciler.manifests.validation.unknown_keys import suggest_key

                here = (*path, name)
                fix = suggest_key(name, known, (*self._view.place.prefix, *path))
                self._view.problem(here, "unknown key.", fix, key=True)
        return {k: self.read(known[k], v, (*path, k)) for k, v in value.items() if k in known}


def _descend(shape: shapes.Shape, path: Path) -> shapes.Shape | None:
    for step in path:
        if shape.type == "structure" and isinstance(step, str) and step in shape.members:
            shape = shape.members[step]
        elif shape.type in ("list", "map"):
            shape = shape.item
        else:
            return None
    return shape

"""A value as CloudFormation takes it → as the API has it.

CloudFormation reads `"5"` where a number belongs, and 5 where a text does, and people write both. YAML 1.1 makes a
boolean of an unquoted OFF. The shape of the member in botocore decides.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from reconciler.importing.cloudformation.leaves import NotKnown, Sort, as_text
from reconciler.model import Path, Reference, Secret
from reconciler.values.shapes import Shape

Say = Callable[[Path, str, Sort], None]
"""Takes what is left over: the path of a property, why as sentences that follow it, and of what sort it is."""

LEAVES = (NotKnown, Reference, Secret)

_WORDS = {"boolean": "a boolean", "integer": "a whole number", "long": "a whole number", "blob": "text in base64"}

_SWITCH = {True: "ON", False: "OFF"}


class Conversion:
    """Converts values; what has no member, or another form, is left out and reported."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def value(self, value: Any, shape: Shape, path: Path) -> Any:
        """Return a value in the form of the API; `NotKnown` if it does not have that form.

        Args:
            value: Of a property, evaluated.
            shape: Of the member.
            path: Of the property.
        """
        if isinstance(value, LEAVES):
            return value
        convert = {"structure": self._structure, "list": self._list, "map": self._map}.get(shape.type, self._scalar)
        return convert(value, shape, path)

    def _structure(self, value: Any, shape: Shape, path: Path) -> Any:
        if shape.spec.get("document"):
            return self._document(value, path)
        if not isinstance(value, dict):
            return self._misfit("a map", path)
        found, members = {}, shape.members
        for key, inner in value.items():
            if key in members:
                found[key] = self.value(inner, members[key], (*path, key))
            else:
                self._say((*path, key), "is no member of the API that the installed botocore knows.", "member")
        return found

    def _document(self, value: Any, path: Path) -> Any:
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return self._misfit("a map, or JSON", path)
        return value if isinstance(value, dict) else self._misfit("a map", path)

    def _list(self, value: Any, shape: Shape, path: Path) -> Any:
        if not isinstance(value, list):
            return self._misfit("a list", path)
        return [self.value(item, shape.item, (*path, i)) for i, item in enumerate(value)]

    def _map(self, value: Any, shape: Shape, path: Path) -> Any:
        if isinstance(value, str):
            value = self._document(value, path)
        elif isinstance(value, list):
            value = _from_pairs(value)
        if isinstance(value, NotKnown):
            return value
        if not isinstance(value, dict):
            return self._misfit("a map", path)
        return {key: self.value(inner, shape.item, (*path, key)) for key, inner in value.items()}

    def _scalar(self, value: Any, shape: Shape, path: Path) -> Any:
        if isinstance(value, dict | list):
            return self._misfit("a text, a number or a boolean", path)
        try:
            return _converted(value, shape)
        except ValueError:  # its text would quote the value
            return self._misfit(_WORDS.get(shape.type, "a number"), path)

    def _misfit(self, what: str, path: Path) -> NotKnown:
        self._say(path, f"is not {what}, as the API wants it; the live value is taken.", "member")
        return NotKnown(f"the template does not have {what} there")


def _converted(value: Any, shape: Shape) -> Any:
    """Return a scalar in the type of the API.

    Raises:
        ValueError: It is not written like one.
    """
    text = as_text(value) or ""
    if shape.type == "boolean":
        return {"true": True, "false": False}[text.casefold()] if text.casefold() in ("true", "false") else _fail()
    if shape.type in ("integer", "long"):
        return _fail() if isinstance(value, bool) else int(text)
    if shape.type in ("float", "double"):
        return float(text)
    if shape.type == "blob":
        return base64.b64decode(text, validate=True)
    if isinstance(value, bool) and _SWITCH[value] in shape.enum:
        return _SWITCH[value]
    return text


def _fail() -> Any:
    raise ValueError


def _from_pairs(items: list[Any]) -> Any:
    """Return a list of tags as a map; another list as it is."""
    if all(isinstance(item, dict) and set(item) == {"Key", "Value"} and isinstance(item["Key"], str) for item in items):
        return {item["Key"]: item["Value"] for item in items}
    return items

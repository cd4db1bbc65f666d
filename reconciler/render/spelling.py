"""How shown values are spelled: as JSON for programs, and as text for people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from reconciler.errors import printable
from reconciler.render.marks import Awaited, Binary, Fingerprint, Hidden, Mark, ShownValue

# --- as JSON -------------------------------------------------------------------------------------------------------


_PLAIN = frozenset({str, int, float, bool, type(None)})
"""Types of which JSON holds every value as it is, and none is a mark: most values are of one."""


def plain(value: ShownValue) -> Any:
    """Return a tree that JSON can hold, with marks in place of what is hidden, unknown or binary."""
    if isinstance(value, dict):
        return {k: v if type(v) in _PLAIN else plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [v if type(v) in _PLAIN else plain(v) for v in value]
    if isinstance(value, Mark):
        return _marked(value)
    return value.isoformat() if isinstance(value, date) else value


def _marked(value: Mark) -> Any:
    match value:
        case Hidden():
            return {"$sensitive": True}
        case Binary(length, sha256):
            return {"$bytes": {"length": length, "sha256": sha256}}
        case Fingerprint(origin, digest):
            return {"$digest": {"origin": origin, "digest": digest}}
        case Awaited(words):
            return {"$unknown": words}


def is_hidden(value: ShownValue) -> bool:
    """Return whether a leaf is hidden."""
    return isinstance(value, Hidden | Fingerprint)


def is_awaited(value: ShownValue) -> bool:
    """Return whether a leaf is not known yet."""
    return isinstance(value, Awaited)


def shadow(value: ShownValue, marked: Callable[[ShownValue], bool]) -> Any:
    """Return Terraform's shadow of a tree: `true` where a leaf is marked, and only the way there.

    An object without marks is `{}`; items of a list keep their places, `false` where they are not marked. Plain values
    of JSON are no marks.
    """
    if isinstance(value, dict):
        inner = {k: shadow(v, marked) for k, v in value.items() if type(v) not in _PLAIN}
        return {k: v for k, v in inner.items() if v not in (False, {}) and not _unmarked(v)}
    if isinstance(value, list):
        return [False if type(v) in _PLAIN else shadow(v, marked) for v in value]
    return marked(value)


def _unmarked(value: Any) -> bool:
    return value in (False, {}) or (isinstance(value, list) and all(_unmarked(v) for v in value))


# --- as text -------------------------------------------------------------------------------------------------------


def text(value: ShownValue) -> str:
    """Spell a value for people, in one line and without characters that could move a cursor."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)}: {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(text(v) for v in value) + "]"
    if isinstance(value, str):
        return '"' + printable(value.replace("\\", "\\\\").replace('"', '\\"')) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else printable(str(value))


def _key(key: str) -> str:
    """Spell a key: in quotes if it could be read as more than one key, or as another one."""
    plain = key.isprintable() and not set(key) & set(' ,{}[]"\\') and not key.endswith(":")
    return key if key and plain else text(key)

"""What may be shown.

Every renderer takes its values from here, so there is one place that decides what a secret looks like. Secrets are
known by type, by the paths that the differ marked, and, where a marked value was written out as plain text, by that
text: it is hidden wherever else it stands in the same object or its calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from reconciler.model import Drift, FieldChange, Finding, Path, Reference, ResourceChange, Secret, Unknown

HIDDEN = Secret("", "redacted")
"""Takes the place of whatever must not be shown."""


@dataclass(frozen=True, slots=True)
class Binary:
    """Stands for bytes of which only this was kept: in a plan that was saved."""

    length: int
    """How many."""
    sha256: str
    """In hexadecimal digits."""

    def __str__(self) -> str:
        return f"({self.length} bytes, sha256 {self.sha256[:12]})"


def conceal(value: Any, paths: Iterable[Path] = (), words: frozenset[str] = frozenset()) -> Any:
    """Return a tree without secrets.

    Args:
        value: Any tree; it is not changed.
        paths: Places to hide. A name that leads into a list means the items that hold it; when none does, the list
            is hidden whole.
        words: Texts to hide wherever a value is exactly one of them.
    """
    here = [p for p in paths if p]
    if any(not p for p in paths) and value is not None:
        return HIDDEN
    if isinstance(value, Secret) or (isinstance(value, str) and value in words):
        return HIDDEN
    if isinstance(value, dict):
        return {k: conceal(v, [p[1:] for p in here if p[0] == k], words) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return _items(list(value), here, words)
    return value


def _items(values: list[Any], paths: list[Path], words: frozenset[str]) -> Any:
    names = {p[0] for p in paths if isinstance(p[0], str)}
    if not all(any(_holds(v, name) for v in values) for name in names):
        return HIDDEN if values else values
    return [
        conceal(v, [p[1:] for p in paths if p[0] == at or (isinstance(p[0], str) and _holds(v, p[0]))], words)
        for at, v in enumerate(values)
    ]


def _holds(item: Any, name: str) -> bool:
    return isinstance(item, dict) and name in item.values()


def hidden(change: ResourceChange) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Return the paths and plain texts that must not be shown of an object."""
    secret = [f for f in change.fields if f.sensitive]
    paths = {f.path for f in secret}
    for tree in (change.before, change.after, change.declared):
        paths.update(_secret_paths(tree, ()))
    words = {text for f in secret for side in (f.before, f.after) for text in texts(side)}
    for tree in (change.before, change.after, change.declared):
        words.update(text for path in paths for text in texts(_at(tree, path)))
    return tuple(sorted(paths, key=str)), frozenset(words)


def _secret_paths(value: Any, path: Path) -> Iterable[Path]:
    """A place that is secret on one side is secret on the other. Positions differ between sides, so lists end it."""
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _secret_paths(inner, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def texts(value: Any) -> Iterable[str]:
    """Return every text that a tree holds, those of secrets excepted."""
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def field(change: FieldChange, words: frozenset[str] = frozenset()) -> FieldChange:
    """Return a field without what must not be shown of it."""
    paths: list[Path] = [()] if change.sensitive else []
    return FieldChange(
        change.path,
        conceal(change.before, paths, words),
        conceal(change.after, paths, words),
        sensitive=change.sensitive,
        source=change.source,
    )


def drifts(found: Iterable[Drift]) -> list[Drift]:
    """Return drift without what must not be shown of it. A text that is hidden in one finding is hidden in all."""
    found = list(found)
    secret = [f for d in found for f in d.findings if f.sensitive]
    words = frozenset(text for f in secret for side in (f.desired, f.live) for text in texts(side))
    return [replace(d, findings=tuple(_finding(f, words) for f in d.findings)) for d in found]


def _finding(found: Finding, words: frozenset[str]) -> Finding:
    paths: list[Path] = [()] if found.sensitive else []
    return replace(found, desired=conceal(found.desired, paths, words), live=conceal(found.live, paths, words))


# --- as JSON -------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """Return a tree that JSON can hold, with marks in place of what is hidden, unknown or binary."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return value.isoformat() if isinstance(value, date) else _mark(value)


def _mark(value: Any) -> dict[str, Any]:
    if isinstance(value, Secret):
        return {"$sensitive": True}
    if isinstance(value, bytes):
        return {"$bytes": {"length": len(value), "sha256": hashlib.sha256(value).hexdigest()}}
    if isinstance(value, Binary):
        return {"$bytes": {"length": value.length, "sha256": value.sha256}}
    return {"$unknown": str(value) if is_unknown(value) else type(value).__name__}


def is_secret(value: Any) -> bool:
    """Tell whether a leaf is hidden."""
    return isinstance(value, Secret)


def is_unknown(value: Any) -> bool:
    """Tell whether a leaf is not known yet."""
    return isinstance(value, Unknown | Reference)


def shadow(value: Any, marked: Callable[[Any], bool]) -> Any:
    """Return Terraform's shadow of a tree: `true` where a leaf is marked, and only the way there.

    An object without marks is `{}`; items of a list keep their places, `false` where they are not marked.
    """
    if isinstance(value, dict):
        inner = {k: shadow(v, marked) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v not in (False, {}) and not _unmarked(v)}
    if isinstance(value, list):
        return [shadow(v, marked) for v in value]
    return marked(value)


def _unmarked(value: Any) -> bool:
    return value in (False, {}) or (isinstance(value, list) and all(_unmarked(v) for v in value))


# --- as text -------------------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    """Spell a concealed value for people, in one line and without characters that could move a cursor."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{printable(str(k))}: {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(text(v) for v in value) + "]"
    return _leaf(value)


def _leaf(value: Any) -> str:
    if isinstance(value, bytes):
        return f"({len(value)} bytes, sha256 {hashlib.sha256(value).hexdigest()[:12]})"
    if isinstance(value, str):
        return '"' + printable(value.replace("\\", "\\\\").replace('"', '\\"')) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def printable(value: str) -> str:
    """Escape what a terminal would obey or not show: control characters, bidirectional marks."""
    if value.isprintable():
        return value
    return "".join(c if c.isprintable() else _ESCAPES.get(c) or _code(c) for c in value)


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")

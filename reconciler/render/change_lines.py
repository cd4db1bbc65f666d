"""The differences of an object, line by line, for all formats that people read.

Maps are expanded to their leaves, lists to added and removed items, long texts to the lines that differ.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeGuard

from reconciler.errors import printable
from reconciler.model import Action, Path, dotted
from reconciler.render.marks import HIDDEN, Hidden, ShownTree, ShownValue
from reconciler.render.shown import ShownChange, ShownField
from reconciler.render.spelling import text
from reconciler.render.tally import plural

MOST = 120
"""Longest text that is shown whole within a line, in characters; of longer ones only where they differ."""

LINES = 40
"""Most lines that are shown of one text."""


class ChangeLine(NamedTuple):
    """One line about a member."""

    symbol: str
    """`+`, `~` or `-`."""
    path: str
    """Dotted; empty for members of a list and lines of a text."""
    value: str
    """The text after the equals sign; for lines without a path, the whole text."""
    sides: tuple[str, str] = ("", "")
    """Before and after, where the value is `before -> after`; after is empty for a removed value. Other formats show
    them apart."""
    origin: str = ""
    """File and line of the declaration, where known."""


def lines(change: ShownChange, width: int = 100) -> Iterator[ChangeLine]:
    """Return what changes of an object, line by line and without secrets; all formats for people show these.

    Args:
        change: The object.
        width: Columns; decides what fits on a line.
    """
    for found in _fields(change):
        origin = printable(f"{found.source.file}:{found.source.line}") if found.source else ""
        for line in member(found.path, found.before, found.after, width):
            yield line._replace(origin=origin) if line.path else line


def _fields(change: ShownChange) -> Iterator[ShownField]:
    """The changed members; for a created or deleted object without such a list, all its members."""
    if change.fields:
        yield from change.fields
    elif change.action is Action.DELETE:
        yield from (ShownField((k,), v, None) for k, v in _members(change.before))
    elif change.action is Action.CREATE:
        yield from (ShownField((k,), None, v) for k, v in _members(change.declared))


def _members(value: ShownValue) -> Iterable[tuple[str, ShownValue]]:
    return value.items() if isinstance(value, dict) else ()


def member(path: Path, before: ShownValue, after: ShownValue, width: int = 100) -> Iterator[ChangeLine]:
    """Return the lines about one member: maps expanded to their leaves, each leaf shown by what it is.

    Args:
        path: Within the object; empty for the object itself.
        before: Value; None when there is none.
        after: The same.
        width: Columns.
    """
    if _is_map(before) and _is_map(after):
        old, new = before or {}, after or {}
        for key in [*new, *(k for k in old if k not in new)]:
            if old.get(key) != new.get(key) or _both_secret(old.get(key), new.get(key)):
                yield from member((*path, key), old.get(key), new.get(key), width)
        if not old and not new:
            yield ChangeLine(_symbol(before, after), printable(dotted(path)), text(after if before is None else before))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list(path, before, after)
    elif _long(before) or _long(after):
        yield from _text(path, before, after)
    elif isinstance(before, list) and after is None:
        yield from _whole_list(path, before, width, gone=True)
    elif isinstance(after, list) and before is None:
        yield from _whole_list(path, after, width, gone=False)
    else:
        yield ChangeLine(_symbol(before, after), printable(dotted(path)), _step(before, after), _sides(before, after))


def _is_map(value: ShownValue) -> TypeGuard[ShownTree | None]:
    return isinstance(value, dict) or value is None


def _both_secret(old: ShownValue, new: ShownValue) -> bool:
    """Two hidden values always look equal, so a change between them must be shown explicitly."""
    return isinstance(old, Hidden) and isinstance(new, Hidden)


def _symbol(before: ShownValue, after: ShownValue) -> str:
    return "+" if before is None else "-" if after is None else "~"


def _sides(before: ShownValue, after: ShownValue) -> tuple[str, str]:
    """The two values; empty where only one of them is shown."""
    if before is None or isinstance(before, Hidden) or isinstance(after, Hidden):
        return "", ""
    return (_short(before), "") if after is None else _shortened(before, after)


def _step(before: ShownValue, after: ShownValue) -> str:
    if isinstance(before, Hidden) or isinstance(after, Hidden):
        return str(HIDDEN)
    if before is None:
        return _short(after)
    if after is None:
        return f"{_short(before)} -> null"
    one, other = _shortened(before, after)
    return f"{one} -> {other}"


def _short(value: ShownValue) -> str:
    shown = text(value)
    return shown if len(shown) <= MOST else f"{shown[:MOST]}… ({len(shown)} characters)"


def _shortened(before: ShownValue, after: ShownValue) -> tuple[str, str]:
    """Two long values are shown from shortly before the place where they begin to differ."""
    one, other = text(before), text(after)
    if max(len(one), len(other)) <= MOST:
        return one, other
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(same - 20, 0)
    return _window(one, start), _window(other, start)


def _window(shown: str, start: int) -> str:
    lead = "…" if start else ""
    part = shown[start : start + MOST]
    return lead + part + (f"… ({len(shown)} characters)" if len(shown) > start + MOST else "")


def _list(path: Path, before: list[ShownValue], after: list[ShownValue]) -> Iterator[ChangeLine]:
    """Only the added and removed items; a change of order shows the whole list."""
    gone, come = _without(before, after), _without(after, before)
    if not gone and not come:
        yield ChangeLine("~", printable(dotted(path)), _step(before, after), _sides(before, after))
        return
    yield ChangeLine("~", printable(dotted(path)), "")
    yield from (ChangeLine("-", "", _short(v)) for v in gone)
    yield from (ChangeLine("+", "", _short(v)) for v in come)


def _without(some: list[ShownValue], others: list[ShownValue]) -> list[ShownValue]:
    left = list(others)
    found = []
    for value in some:
        if value in left:
            left.remove(value)
        else:
            found.append(value)
    return found


def _whole_list(path: Path, values: list[ShownValue], width: int, *, gone: bool) -> Iterator[ChangeLine]:
    symbol, inline = "-" if gone else "+", text(values)
    if len(inline) + len(dotted(path)) <= width - 10:
        shown, sides = (f"{inline} -> null", (inline, "")) if gone else (inline, ("", ""))
        yield ChangeLine(symbol, printable(dotted(path)), shown, sides)
        return
    yield ChangeLine(symbol, printable(dotted(path)), "")
    yield from (ChangeLine(symbol, "", _short(v)) for v in values)


def _long(value: ShownValue) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _text(path: Path, before: ShownValue, after: ShownValue) -> Iterator[ChangeLine]:
    """A text of several lines: those that differ, each with one line around it."""
    old, new = _split(before), _split(after)
    diff = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    if not diff:
        yield ChangeLine("~", printable(dotted(path)), "(only the end of lines changes)")
        return
    yield ChangeLine(_symbol(before, after), printable(dotted(path)), "")
    shown = diff[1:] if diff[0].startswith("@@") else diff
    for line in shown[:LINES]:
        if line.startswith("@@"):
            yield ChangeLine(" ", "", "…")
        else:
            yield ChangeLine(line[0], "", printable(line[1:]))
    if len(shown) > LINES:
        yield ChangeLine(" ", "", f"… ({plural(len(shown) - LINES, 'more line')})")


def _split(value: ShownValue) -> list[str]:
    if value is None:
        return []
    return value.splitlines() if isinstance(value, str) else [text(value)]


def as_diff(lines: Iterable[ChangeLine]) -> list[str]:
    """Return lines as a diff, with the symbol first, as the colouring of diffs requires.

    A changed value is a removed and an added line; `!` marks a member whose parts follow.
    """
    found: list[str] = []
    for line in lines:
        if any(line.sides):
            found += [f"{sign} {line.path} = {side}" for sign, side in zip("-+", line.sides, strict=True) if side]
            continue
        symbol = "!" if line.symbol == "~" else line.symbol
        words = f"{line.path} = {line.value}" if line.path and line.value else line.path or f"    {line.value}"
        found.append(f"{symbol} {words}".rstrip())
    return found

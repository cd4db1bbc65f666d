"""The differences of an object, line by line, for all formats that people read.

Maps are expanded to their leaves, lists to added, removed and changed items, long texts to the lines that differ. What
both sides have in common may be left out; what differs never is (decision 16).
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias, TypeGuard

from reconciler.errors import printable
from reconciler.model import Action, Direction, Effect, Path, dotted, short_place
from reconciler.render.marks import HIDDEN, Hidden, ShownTree, ShownValue
from reconciler.render.shown import ShownChange, ShownField
from reconciler.render.spelling import text
from reconciler.security import judging
from reconciler.values.shortening import around

MOST = 120
"""Longest pair of texts that is shown whole within a line, in characters; of longer ones only where they differ."""

Width: TypeAlias = int | None
"""Columns, which decide what fits on a line; None leaves nothing out, where there is room for everything."""


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
    direction: Direction = Direction.NEUTRAL
    """Where the change of the member leads."""


def lines(change: ShownChange, width: Width = 100) -> Iterator[ChangeLine]:
    """Return what changes of an object, line by line and without secrets; all formats for people show these.

    Args:
        change: The object.
        width: Columns, or None to leave nothing out.
    """
    for found in _fields(change):
        origin = short_place(found.source) if found.source else ""
        for line in directed(member(found.path, found.before, found.after, width), found.effects):
            yield line._replace(origin=origin) if line.path else line


def kept_words(change: ShownChange) -> str:
    """Return what of the lists that change is of others and stays, as a clause; empty if nothing is.

    Args:
        change: The object.
    """
    changed = {dotted(f.path) for f in change.fields}
    sizes = {path: len(items) for path, items in change.kept.items() if isinstance(items, list) and path in changed}
    said = [f"{n} {'item' if n == 1 else 'items'} of others in {path}" for path, n in sizes.items()]
    return f"keeps {', '.join(said)}" if said else ""


def directed(found: Iterable[ChangeLine], effects: Sequence[Effect]) -> Iterator[ChangeLine]:
    """Yield lines with the direction of the member that each is about.

    Args:
        found: The lines about a member; those without a path belong to the one before.
        effects: What its change means, for each member below it.
    """
    path = ""
    for line in found:
        path = line.path or path
        about = [e for e in effects if _overlap(path, printable(dotted(e.path)))]
        yield line._replace(direction=judging.direction(about))


def _overlap(one: str, other: str) -> bool:
    """Return whether two members are the same, or one is within the other."""
    short, long = sorted((one, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


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


def member(path: Path, before: ShownValue, after: ShownValue, width: Width = 100) -> Iterator[ChangeLine]:
    """Return the lines about one member: maps expanded to their leaves, each leaf shown by what it is.

    Args:
        path: Within the object; empty for the object itself.
        before: Value; None when there is none.
        after: The same.
        width: Columns, or None to leave nothing out.
    """
    if _is_map(before) and _is_map(after):
        old, new = before or {}, after or {}
        for key in [*new, *(k for k in old if k not in new)]:
            if old.get(key) != new.get(key) or _both_secret(old.get(key), new.get(key)):
                yield from member((*path, key), old.get(key), new.get(key), width)
        if not old and not new:
            yield ChangeLine(_symbol(before, after), printable(dotted(path)), text(after if before is None else before))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list(path, before, after, width)
    elif _long(before) or _long(after):
        yield from _text(path, before, after, width)
    elif isinstance(before, list) and after is None:
        yield from _whole_list(path, before, width, gone=True)
    elif isinstance(after, list) and before is None:
        yield from _whole_list(path, after, width, gone=False)
    else:
        step, sides = _step(before, after, width), _sides(before, after, width)
        yield ChangeLine(_symbol(before, after), printable(dotted(path)), step, sides)


def _is_map(value: ShownValue) -> TypeGuard[ShownTree | None]:
    return isinstance(value, dict) or value is None


def _both_secret(old: ShownValue, new: ShownValue) -> bool:
    """Two hidden values always look equal, so a change between them must be shown explicitly."""
    return isinstance(old, Hidden) and isinstance(new, Hidden)


def _symbol(before: ShownValue, after: ShownValue) -> str:
    return "+" if before is None else "-" if after is None else "~"


def _sides(before: ShownValue, after: ShownValue, width: Width) -> tuple[str, str]:
    """The two values; empty where only one of them is shown."""
    if before is None or isinstance(before, Hidden) or isinstance(after, Hidden):
        return "", ""
    return (text(before), "") if after is None else pair(before, after, width)


def _step(before: ShownValue, after: ShownValue, width: Width) -> str:
    if isinstance(before, Hidden) or isinstance(after, Hidden):
        return str(HIDDEN)
    if before is None:
        return text(after)
    if after is None:
        return f"{text(before)} -> null"
    one, other = pair(before, after, width)
    return f"{one} -> {other}"


def pair(before: ShownValue, after: ShownValue, width: Width = 100) -> tuple[str, str]:
    """Return two values as texts; of long ones, what they have in common is left out.

    Args:
        before: One value.
        after: The other one.
        width: Columns.
    """
    one, other = text(before), text(after)
    return (one, other) if width is None else around(one, other, MOST)


# --- lists ---------------------------------------------------------------------------------------------------------


def _list(path: Path, before: list[ShownValue], after: list[ShownValue], width: Width) -> Iterator[ChangeLine]:
    """Only the items that differ; if maps change their order, the whole list."""
    same = _same_items(before, after)
    gone = [i for i in range(len(before)) if i not in same]
    come = [j for j in range(len(after)) if j not in same.values()]
    maps = all(isinstance(v, dict) for v in (*before, *after))
    key, pairs = _pairs(before, gone, after, come) if maps else (None, {})
    moved = maps and not _is_rising({**same, **pairs})
    if moved or not (gone or come):
        yield ChangeLine("~", printable(dotted(path)), _step(before, after, width), _sides(before, after, width))
        return
    for i, j in sorted(pairs.items()):
        yield from member((*path, _place(key, before, i, after, j)), before[i], after[j], width)
    left = [(i, before[i]) for i in gone if i not in pairs]
    added = [(j, after[j]) for j in come if j not in pairs.values()]
    if maps:  # their positions may matter
        yield from (ChangeLine("-", printable(dotted((*path, i))), text(v), (text(v), "")) for i, v in left)
        yield from (ChangeLine("+", printable(dotted((*path, j))), text(v)) for j, v in added)
    elif left or added:
        yield ChangeLine("~", printable(dotted(path)), "")
        yield from (ChangeLine("-", "", text(v)) for _, v in left)
        yield from (ChangeLine("+", "", text(v)) for _, v in added)


def _same_items(before: list[ShownValue], after: list[ShownValue]) -> dict[int, int]:
    """Return where each item that stays is afterwards, by where it is before."""
    free = list(range(len(after)))
    found: dict[int, int] = {}
    for i, value in enumerate(before):
        j = next((j for j in free if after[j] == value), None)
        if j is not None:
            found[i] = j
            free.remove(j)
    return found


def _is_rising(places: dict[int, int]) -> bool:
    order = [places[i] for i in sorted(places)]
    return order == sorted(order)


def _pairs(
    before: list[ShownValue], gone: list[int], after: list[ShownValue], come: list[int]
) -> tuple[str | None, dict[int, int]]:
    """Pair the maps of two lists: those of one name, then those that have most in common, in their order.

    Returns:
        The member that names them, if there is one; and for each item before, the item after.
    """
    old, new = {i: before[i] for i in gone}, {j: after[j] for j in come}
    key = _key([*old.values()], [*new.values()])
    rank = {(i, j): (_named(key, old[i], new[j]), _alike(old[i], new[j])) for i in old for j in new}
    found: dict[int, int] = {}
    for i, j in sorted(rank, key=lambda place: (*(-int(r) for r in rank[place]), place)):
        if any(rank[i, j]) and i not in found and j not in found.values():
            found[i] = j
    return key, found


def _key(old: list[ShownValue], new: list[ShownValue]) -> str | None:
    """The member that names the maps of two lists: a text in each, different in all of one list, and shared by both."""
    names = dict.fromkeys(k for v in (*old, *new) if isinstance(v, dict) for k in v)
    for name in sorted(names, key=lambda k: not k.endswith(("Name", "Id"))):
        one, other = ([v.get(name) for v in side if isinstance(v, dict)] for side in (old, new))
        texts = [{v for v in side if isinstance(v, str)} for side in (one, other)]
        if len(texts[0]) == len(one) and len(texts[1]) == len(other) and texts[0] & texts[1]:
            return name
    return None


def _named(key: str | None, one: ShownValue, other: ShownValue) -> bool:
    """Whether two maps have one name."""
    return isinstance(one, dict) and isinstance(other, dict) and key is not None and one.get(key) == other.get(key)


def _alike(one: ShownValue, other: ShownValue) -> int:
    """How many members two maps have in common."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return 0
    return sum(k in other and other[k] == v for k, v in one.items())


def _place(key: str | None, before: list[ShownValue], i: int, after: list[ShownValue], j: int) -> str | int:
    """What a changed item is called: its name if it has kept one and is alone with it, else its position."""
    old, new = before[i], after[j]
    if key is not None and isinstance(old, dict) and isinstance(new, dict) and _named(key, old, new):
        others = [v for side in (before, after) for v in side if v is not old and v is not new]
        if not any(isinstance(v, dict) and v.get(key) == old[key] for v in others):
            return str(old[key])
    return j


def _whole_list(path: Path, values: list[ShownValue], width: Width, *, gone: bool) -> Iterator[ChangeLine]:
    symbol, inline = "-" if gone else "+", text(values)
    if len(inline) + len(dotted(path)) <= (width or MOST) - 10:
        shown, sides = (f"{inline} -> null", (inline, "")) if gone else (inline, ("", ""))
        yield ChangeLine(symbol, printable(dotted(path)), shown, sides)
        return
    yield ChangeLine(symbol, printable(dotted(path)), "")
    yield from (ChangeLine(symbol, "", text(v)) for v in values)


# --- texts ---------------------------------------------------------------------------------------------------------


def _long(value: ShownValue) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _text(path: Path, before: ShownValue, after: ShownValue, width: Width) -> Iterator[ChangeLine]:
    """A text of several lines: those that differ, each with one line around it."""
    (old, ends), (new, new_ends) = _split(before), _split(after)
    around_each = 1 if width is not None else max(len(old), len(new))
    yield ChangeLine(_symbol(before, after), printable(dotted(path)), "")
    for line in list(difflib.unified_diff(old, new, n=around_each, lineterm=""))[2:]:
        hunk = HUNK.match(line)
        if not hunk:
            yield ChangeLine(line[0], "", _line(line[1:]))
        elif int(hunk[1]) > 1:
            yield ChangeLine(" ", "", f"… line {hunk[1]}")
    if ends != new_ends and None not in (before, after):
        yield from (
            ChangeLine("-", "", f"(ends of lines: {ends})"),
            ChangeLine("+", "", f"(ends of lines: {new_ends})"),
        )


HUNK = re.compile(r"@@ -\S+ \+(\d+)")
"""The beginning of a part of a difference, and the line at which it begins on the new side."""


def _split(value: ShownValue) -> tuple[list[str], str]:
    """Return the lines of a value and, in words, how they end: 12 of them in one way, then 1 in another."""
    if value is None:
        return [], ""
    whole = value.splitlines(keepends=True) if isinstance(value, str) else [text(value)]
    lines = value.splitlines() if isinstance(value, str) else whole
    ends = [whole[i][len(line) :] for i, line in enumerate(lines)]
    runs = [(end, len(list(run))) for end, run in itertools.groupby(ends)]
    return lines, ", ".join(f"{count} {printable(end) or 'none'}" for end, count in runs)


def _line(line: str) -> str:
    """Spell a line of a text so that two lines which differ never look alike, not even by a space at their end."""
    shown = printable(line.replace("\\", "\\\\"))
    return f"{shown[:-1]}\\x20" if shown.endswith(" ") else shown


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

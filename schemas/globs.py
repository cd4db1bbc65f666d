"""The one dialect in which `protect`, `locked` and `ignore` name objects and members.

A pattern is spelled like a path: `clients/web`, `clients/amplify-*`, `user_pool.UserPoolTags.cost-*`. Both `/` and `.`
separate its steps. `*` matches any text and `?` one character within a step, `[ab]` one of some characters, `[!ab]` any
other. A name that is spelled exactly like the pattern always matches, so a client called `[x]` can be named as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

STEP = re.compile(r"[./]")
"""What separates the steps of a pattern."""

_SEPARATOR = "\0"
"""What separates steps while they are compared: it is in no name, while `.` and `/` may be."""

_SEPARATORS = str.maketrans("./", _SEPARATOR * 2)
_WILDCARD = re.compile(r"[*?\[]")
_LITERAL = {".": r"[.\0]", "/": r"[/\0]"}
_WILD = {"*": r"[^\0]*", "?": r"[^\0]"}


def meets(pattern: str, steps: Sequence[str | int]) -> bool:
    """Return whether a pattern matches exactly this object or member.

    Args:
        pattern: As an author writes it.
        steps: The path: section, name of the object, members.
    """
    return bool(_compiled(pattern).fullmatch(_SEPARATOR.join(map(str, steps))))


def beginnings(pattern: str) -> Iterator[str]:
    """Yield what a pattern says before each of its separators, and the pattern itself."""
    yield from (pattern[: m.start()] for m in STEP.finditer(pattern))
    yield pattern


class Patterns:
    """Some patterns, of which those that mean an object or a member are found without a look at each of them.

    Whatever a pattern matches begins with the text before its first wildcard, so patterns are looked up by that text.

    Args of the constructor:
        patterns: As authors write them.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(patterns)
        self._by_start: dict[str, list[int]] = {}
        for i, pattern in enumerate(self._patterns):
            self._by_start.setdefault(_plain(_WILDCARD.split(pattern, maxsplit=1)[0]), []).append(i)
        self._lengths = {len(start) for start in self._by_start}

    def covering(self, steps: Sequence[str | int], least: int = 1) -> list[int]:
        """Return the positions of the patterns that match an object or a member, or something around it, in order.

        Args:
            steps: The path: section, name of the object, members.
            least: How many steps have to be matched.
        """
        ends = range(least, len(steps) + 1)
        return [i for i in self._candidates(steps) if any(meets(self._patterns[i], steps[:end]) for end in ends)]

    def meeting(self, steps: Sequence[str | int]) -> list[int]:
        """Return the positions of the patterns that match exactly an object or a member, in order."""
        return [i for i in self._candidates(steps) if meets(self._patterns[i], steps)]

    def _candidates(self, steps: Sequence[str | int]) -> list[int]:
        if not self._patterns:
            return []
        text = _plain(_SEPARATOR.join(map(str, steps)))
        lengths = (length for length in self._lengths if length <= len(text))
        return sorted(i for length in lengths for i in self._by_start.get(text[:length], ()))


def _plain(text: str) -> str:
    """Return a text in which all that separates steps is the same, within names too."""
    return text.translate(_SEPARATORS)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    exact = "".join(map(_literal, pattern))
    return re.compile(f"(?s:{exact}|{_translated(pattern)})")


def _literal(character: str) -> str:
    return _LITERAL.get(character) or re.escape(character)


def _translated(pattern: str) -> str:
    result, at = "", 0
    while at < len(pattern):
        end = pattern.find("]", at + 2) if pattern[at] == "[" else -1
        choice = _choice(pattern[at + 1 : end]) if end > 0 else ""
        result += choice or _WILD.get(pattern[at]) or _literal(pattern[at])
        at = end + 1 if choice else at + 1
    return result


def _choice(content: str) -> str:
    """Return one of some characters as a regular expression; nothing when the content means none."""
    others = content.startswith("!")
    escaped = re.sub(r"([\\^\[\]&~|])", r"\\\1", content[1:] if others else content)
    found = rf"[^\0{escaped}]" if others else f"[{escaped}]"
    try:
        re.compile(found)
    except re.error:
        return ""
    return found


# --- two patterns --------------------------------------------------------------------------------------------------


DEEPEST = 10
"""Most separators of a pattern of which every reading is tried."""


def overlap(one: str, other: str, names: Iterable[str] = ()) -> bool:
    """Return whether there can be an object or a member that both patterns cover.

    Args:
        one: A pattern.
        other: Another one.
        names: Names of objects and keys that hold a separator; all other separators are read as such.
    """
    odd = [name for name in names if STEP.search(name)]
    if odd and max(len(STEP.findall(pattern)) for pattern in (one, other)) > DEEPEST:
        return True  # it has too many readings, and no member is so deep
    return any(
        all(_meet(_tokens(a), _tokens(b)) for a, b in zip(some, others, strict=False))
        for some in _readings(one, odd)
        for others in _readings(other, odd)
    )


def _readings(pattern: str, odd: Sequence[str]) -> Iterator[list[str]]:
    """Yield the steps of a pattern, for each way in which a separator in it may be a part of a name."""
    pieces = re.split(r"([./])", pattern)
    parts, separators = pieces[::2], pieces[1::2]
    for kept in product((False, True), repeat=len(separators)) if odd else [(False,) * len(separators)]:
        steps = parts[:1]
        for part, separator, is_kept in zip(parts[1:], separators, kept, strict=True):
            steps = [*steps[:-1], f"{steps[-1]}{separator}{part}"] if is_kept else [*steps, part]
        if all(not STEP.search(step) or any(meets(step, (name,)) for name in odd) for step in steps):
            yield steps


def _tokens(step: str) -> tuple[str, ...]:
    """Return the parts of a step, each for one character but for `*`: characters, `?`, and choices."""
    return tuple(re.findall(r"\[!?[^\]]+\]|.", step, re.DOTALL))


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether some text matches both steps."""
    if one[:1] == ("*",):
        return _meet(one[1:], other) or (bool(other) and _meet(one, other[1:]))
    if other[:1] == ("*",):
        return _meet(other, one)
    if not one or not other:
        return one == other
    return _alike(one[0], other[0]) and _meet(one[1:], other[1:])


def _alike(one: str, other: str) -> bool:
    """Return whether a character matches both parts; of two choices it is assumed."""
    if len(one) > 1 and len(other) > 1:
        return True
    pattern, character = (one, other) if len(one) > 1 or one == "?" else (other, one)
    return "?" in (one, other) or one == other or meets(pattern, (character,))

"""The one dialect in which `protect`, `locked` and `ignore` name objects and members.

A pattern is spelled like a path: `clients/web`, `clients/amplify-*`, `user_pool.UserPoolTags.cost-*`. Both `/` and `.`
separate its steps. `*` matches any text and `?` one character within a step, `[ab]` one of some characters, `[!ab]` any
other. A name that is spelled exactly like the pattern always matches, so a client called `[x]` can be named as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

STEP = re.compile(r"[./]")
"""What separates the steps of a pattern."""

_SEPARATOR = "\0"
"""What separates steps while they are compared: it is in no name, while `.` and `/` may be."""

_LITERAL = {".": r"[.\0]", "/": r"[/\0]"}
_WILD = {"*": r"[^\0]*", "?": r"[^\0]"}


def meets(pattern: str, steps: Sequence[str | int]) -> bool:
    """Return whether a pattern matches exactly this object or member.

    Args:
        pattern: As an author writes it.
        steps: The path: section, name of the object, members.
    """
    return bool(_compiled(pattern).fullmatch(_SEPARATOR.join(map(str, steps))))


def covers(pattern: str, steps: Sequence[str | int]) -> bool:
    """Return whether a pattern matches an object or a member, or something around it."""
    return any(meets(pattern, steps[:end]) for end in range(1, len(steps) + 1))


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

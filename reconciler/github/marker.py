"""Hidden markers, by which a later run recognises its own comments and issues.

A marker is an HTML comment on the first lines of a body. The same bodies contain values of manifests and of
AWS, so a marker counts only at the very beginning, which these cannot reach; callers also check the author,
because anyone can write a marker.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, unquote

LONGEST_KEY = 400
"""Maximum length of a literal value, in characters after quoting; longer ones are replaced by their digest."""

LINE = re.compile(r"<!-- (?P<kind>[a-z-]+(?: [a-z-]+)?)(?P<fields>(?: [a-z-]+=[^\s<>]*)*) -->")
"""One marker, a whole line."""


def render(kind: str, **fields: str) -> str:
    """Return a marker.

    Args:
        kind: Its kind, one or two words.
        fields: Its content. It cannot close the marker: blanks, angle brackets and `--` are quoted.
    """
    words = [f"{name}={_quoted(value)}" for name, value in fields.items()]
    return f"<!-- {' '.join([kind, *words])} -->"


def _quoted(value: str) -> str:
    return quote(value, safe="/:,").replace("--", "%2D%2D")


def read(body: str | None, *kinds: str) -> list[dict[str, str]] | None:
    """Return the content of the markers at the beginning of a body.

    Args:
        body: Text of a comment or an issue; GitHub gives None for an empty one.
        kinds: Kind of the first line, of the second, and so on.

    Returns:
        The fields of each; None if the body does not start with exactly these markers.
    """
    lines = (body or "").split("\n", len(kinds))[: len(kinds)]
    found = [_fields(line.rstrip("\r"), kind) for line, kind in zip(lines, kinds, strict=False)]
    whole = [fields for fields in found if fields is not None]
    return whole if len(whole) == len(kinds) else None


def _fields(line: str, kind: str) -> dict[str, str] | None:
    match = LINE.fullmatch(line)
    if match is None or match["kind"] != kind:
        return None
    pairs = [word.partition("=") for word in match["fields"].split()]
    return {name: unquote(value) for name, _, value in pairs}


def short(key: str) -> str:
    """Return a value that fits into a marker: the value or its digest."""
    return key if len(_quoted(key)) <= LONGEST_KEY else f"sha256:{hashlib.sha256(key.encode()).hexdigest()}"

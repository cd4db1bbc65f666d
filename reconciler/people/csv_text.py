"""The CSV of Cognito's import jobs, line by line (cognito.md 2.16).

It is not quite the CSV of spreadsheets: a row is one line, values are not in quotation marks, and a backslash comes
before a comma that belongs to a value. Files that were saved by a spreadsheet are read too, with their quotation
marks; what is written is Cognito's own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

MOST_CHARACTERS = 16_000
"""Maximum length of a row."""

_CHUNK = 4 * MOST_CHARACTERS + 2
"""Bytes that a row of that length can have, with its end."""

MARK = b"\xef\xbb\xbf"
"""The byte order mark that spreadsheets write; Cognito takes none, so it is left out."""


class Unreadable(ValueError):
    """A line is no row; the message says why, as a clause, and repeats nothing of it."""


class Line(NamedTuple):
    """One line of a file."""

    number: int
    """Counted from 1."""
    text: str
    """Without its end; empty if it could not be read."""
    wrong: str = ""
    """Why it could not be read, as a clause."""


def lines(stream: BinaryIO) -> Iterator[Line]:
    """Yield the lines of a file, blank ones left out. No more than one line is in memory.

    Args:
        stream: The bytes of the file, from its beginning.
    """
    number = 0
    while raw := stream.readline(_CHUNK):
        number += 1
        cut = not raw.endswith(b"\n") and len(raw) >= _CHUNK
        while cut and (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
            pass
        found = _line(number, raw.removeprefix(MARK) if number == 1 else raw, cut=cut)
        if found.text.strip() or found.wrong:
            yield found


def _line(number: int, raw: bytes, *, cut: bool) -> Line:
    try:
        text = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        cut_inside = cut  # a character may have been cut in two; the length is what is wrong then
        return Line(number, "", TOO_LONG if cut_inside else "is not UTF-8")
    return Line(number, "", TOO_LONG) if cut or len(text) > MOST_CHARACTERS else Line(number, text)


TOO_LONG = f"has more than {MOST_CHARACTERS:,} characters"


def split(text: str) -> list[str]:
    """Return the values of a line, without the blanks around them, which Cognito cuts off.

    Raises:
        Unreadable: A quotation mark is not closed.
    """
    if '"' in text:
        return list(_slowly(text))
    if "\\" not in text:
        return [value.strip() for value in text.split(",")]
    return [value.replace("\\,", ",").strip() for value in _COMMA.split(text)]


_COMMA = re.compile(r"(?<!\\),")
"""A comma between values: no backslash precedes it."""


def _slowly(text: str) -> Iterator[str]:
    at = 0
    while True:
        value, at = _quoted(text, at + 1) if text[at : at + 1] == '"' else _plain(text, at)
        yield value.strip()
        if at >= len(text):
            return
        at += 1
        if at == len(text):
            yield ""
            return


def _plain(text: str, at: int) -> tuple[str, int]:
    """Return the value that begins at a place, and where it ends; only a comma is escaped."""
    end = at
    while (end := text.find(",", end)) > at and text[end - 1] == "\\":
        end += 1
    end = len(text) if end < 0 else end
    return text[at:end].replace("\\,", ","), end


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Return the value after a quotation mark, and where it ends; two marks inside are one."""
    parts = []
    while True:
        end = text.find('"', at)
        if end < 0:
            raise Unreadable("has a quotation mark that is not closed: a row is one line, and a value has no line end")
        parts.append(text[at:end])
        if text[end + 1 : end + 2] != '"':
            break
        parts.append('"')
        at = end + 2
    if text[end + 1 : end + 2] not in ("", ","):
        raise Unreadable("has text after a closing quotation mark")
    return "".join(parts), end + 1


def join(values: Sequence[str]) -> str:
    """Return values as a line in Cognito's spelling, without its end."""
    return ",".join([value.replace(",", "\\,") if "," in value else value for value in values])


def unwritable(value: str) -> str:
    """Return why Cognito's spelling has no way to write a value, as a clause; empty if it has one."""
    if "\n" in value or "\r" in value:
        return "has a line end, and a row is one line"
    if value.endswith("\\"):
        return "ends with a backslash, which would escape the comma after it"
    if "\\," in value:
        return "has a backslash before a comma, which reads as the comma alone"
    if value.startswith('"'):
        return "begins with a quotation mark, and values are not in quotation marks"
    return ""

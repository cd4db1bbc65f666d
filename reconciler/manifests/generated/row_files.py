"""Reads rows: CSV with a header, or a YAML or JSON list of maps. Each row knows the line that it begins in.

A CSV comes out of a spreadsheet, so its mistakes are those of spreadsheets: a byte order mark, CRLF, semicolons,
fields with line breaks in them, rows that are too short. All mistakes of a file are reported at once.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.errors import printable
from reconciler.manifests.reader import Dialect, foreign, scalar


class TableRow(NamedTuple):
    """What one object is made of."""

    fields: Mapping[str, Any]
    """Values by name: texts from CSV, values of any type from YAML and JSON."""
    place: str
    """Where it begins: `pools/tenants.csv:3`, `pools/tenants.yaml:2:3`."""
    is_uniform: bool = False
    """Whether all rows have the same fields, as those of a CSV have."""


class RowMistake(NamedTuple):
    """What is wrong with a file of rows."""

    place: str
    """Where: `pools/tenants.csv:3`, or the file; empty where no row is at fault."""
    message: str
    """What is wrong. Values are not repeated."""
    fix: str
    """What to do."""


class RowTable(NamedTuple):
    """The rows of one file, and what is wrong with it."""

    rows: tuple[TableRow, ...]
    mistakes: tuple[RowMistake, ...] = ()


COLUMN = re.compile(r"[^\W\d][\w. -]*(?<! )\Z")
"""What a column may be called: it begins with a letter or `_`, and goes on with those, digits, `.`, `-` and spaces."""


def read_rows(name: str, text: str) -> RowTable:
    """Return the rows of a file.

    Args:
        name: The file as messages name it; its ending says what it is.
        text: Its content, without a byte order mark.
    """
    ending = name.rpartition(".")[2].lower()
    reader = READERS.get(ending)
    if reader is None:
        known = ", ".join(f".{e}" for e in READERS)
        return RowTable((), (RowMistake("", f"the name {name} does not say what the file is.", f"End it in {known}."),))
    return reader(name, text)


# --- CSV -----------------------------------------------------------------------------------------------------------


def _csv(name: str, text: str) -> RowTable:
    records = _records(name, text)
    line, header = next(records, (1, []))
    if isinstance(header, RowMistake):
        return RowTable((), (header,))
    if not header:
        message = "the file has no header." if text.strip() else "the file is empty."
        return RowTable((), (RowMistake(f"{name}:1", message, "Name the columns in the first line: id,name"),))
    wrong = _wrong_header(f"{name}:{line}", header)
    if wrong:
        return RowTable((), (wrong,))
    rows, mistakes = [], []
    for line, record in records:
        if isinstance(record, RowMistake):
            mistakes.append(record)
        elif len(record) != len(header):
            mistakes.append(_ragged(f"{name}:{line}", len(record), len(header)))
        else:
            rows.append(TableRow(dict(zip(header, record, strict=True)), f"{name}:{line}", is_uniform=True))
    return RowTable(tuple(rows), tuple(mistakes))


def _records(name: str, text: str) -> Iterator[tuple[int, list[str] | RowMistake]]:
    """Yield the records with the lines in which they begin, without blank lines but for the first one."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for record in reader:
            if record or line == 1:
                yield line, record
            line = reader.line_num + 1
    except csv.Error as error:
        fix = 'Put a field with commas, quotes or line breaks in quotes, and double its quotes: "a ""b"" c".'
        yield line, RowMistake(f"{name}:{line}", f"the row is not valid CSV: {error}.", fix)


def _wrong_header(place: str, header: list[str]) -> RowMistake | None:
    """Return what is wrong with a header. It may be a row with secrets in it, so no field of it is repeated."""
    twice = [column for column, count in Counter(header).items() if count > 1]
    bad = next((i for i, column in enumerate(header, 1) if not COLUMN.match(column)), 0)
    if bad and (len(header) == 1 and ";" in header[0]):
        return RowMistake(place, "the columns are separated by semicolons.", "Save the file with commas.")
    if bad:
        message = f"column {bad} of the header has no name of a column."
        return RowMistake(place, message, "Name the columns in the first line: letters, digits, _, - and spaces.")
    if twice:
        return RowMistake(place, f"two columns are called {twice[0]}.", "Give each column its own name.")
    return None


def _ragged(place: str, found: int, wanted: int) -> RowMistake:
    message = f"the row has {found} fields, and the header names {wanted} columns."
    return RowMistake(place, message, "Give it one field for each column; put a field with a comma in quotes.")


# --- YAML and JSON -------------------------------------------------------------------------------------------------


def _yaml(name: str, text: str) -> RowTable:
    dialect = Dialect("a file of rows", "Begin each row with `- `.", scalar, is_list=True)
    documents, problems = foreign(name, text, dialect)
    mistakes = [RowMistake(str(p.position), p.message, p.fix) for p in problems]
    if len(documents) > 1:
        mistakes.append(RowMistake(str(documents[1].start), "the file has two documents.", "Write one list."))
    if not documents and not mistakes:
        mistakes.append(RowMistake(f"{name}:1", "the file is empty.", "Write a list of maps, or [] for no rows."))
    if mistakes:
        return RowTable((), tuple(mistakes))
    document = documents[0]
    items: Any = document.tree
    return listed_rows(items, lambda i: str(document.positions[(i,)]))


def _json(name: str, text: str) -> RowTable:
    items, places = [], []
    try:
        for offset, item in _json_items(text):
            items.append(item)
            places.append(_json_place(name, text, offset))
    except json.JSONDecodeError as error:
        place = _json_place(name, text, error.pos)
        fix = 'Write a list of maps: [{"id": "acme"}].'
        return RowTable((), (RowMistake(place, f"the file is not valid JSON: {error.msg}.", fix),))
    except RecursionError:
        return RowTable((), (RowMistake("", f"the file {name} is nested too deeply.", "Nest less deeply."),))
    return listed_rows(items, places.__getitem__)


JSON_SPACE = re.compile(r"[ \t\r\n]*")


def _json_items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the items of a list with the places where they begin.

    Raises:
        json.JSONDecodeError: The text is no JSON, or no list.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_json_map, parse_constant=_json_constant)
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise json.JSONDecodeError("a list begins with [", text, at)
    at = _after_space(text, at + 1)
    if text[at : at + 1] != "]":
        while True:
            try:
                item, end = decoder.raw_decode(text, at)
            except _JsonRefusal as refusal:
                raise json.JSONDecodeError(str(refusal), text, at) from None
            yield at, item
            at = _after_space(text, end)
            if text[at : at + 1] != ",":
                break
            at = _after_space(text, at + 1)
    if text[at : at + 1] != "]":
        raise json.JSONDecodeError("a comma or ] is expected", text, at)
    at = _after_space(text, at + 1)
    if at < len(text):
        raise json.JSONDecodeError("there is text after the end of the list", text, at)


def _after_space(text: str, at: int) -> int:
    found = JSON_SPACE.match(text, at)
    return found.end() if found else at


class _JsonRefusal(Exception):
    """JSON that other programs read in another way."""


def _json_map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _JsonRefusal("a key occurs twice in one map")
    return found


def _json_constant(_word: str) -> Any:
    raise _JsonRefusal("a number is not finite")


def _json_place(name: str, text: str, offset: int) -> str:
    before = text[:offset]
    return printable(f"{name}:{before.count(chr(10)) + 1}:{offset - before.rfind(chr(10))}")


READERS: Mapping[str, Callable[[str, str], RowTable]] = {"csv": _csv, "yaml": _yaml, "yml": _yaml, "json": _json}
"""What reads a file, by the ending of its name."""


# --- rows that are maps --------------------------------------------------------------------------------------------


def listed_rows(items: list[Any], place: Callable[[int], str]) -> RowTable:
    """Return the rows of a list.

    Args:
        items: What should be maps.
        place: Returns where an item begins, by its number from 0.
    """
    rows, mistakes = [], []
    for i, item in enumerate(items):
        wrong = _wrong_item(item)
        if wrong:
            mistakes.append(RowMistake(place(i), *wrong))
        else:
            rows.append(TableRow(item, place(i)))
    return RowTable(tuple(rows), tuple(mistakes))


def _wrong_item(item: Any) -> tuple[str, str] | None:
    if not isinstance(item, dict):
        return "the row is not a map.", "Write its fields: {id: acme}."
    if any("{" in key or "}" in key for key in item):
        return "the name of a field has braces in it.", "Name it without: ${t.NAME} has to find it."
    if _has_reference(item):
        fix = "Write a value, and put the reference into the value that is made: {$secret: tenants/${t.id}}."
        return "a row cannot contain a reference.", fix
    return None


def _has_reference(value: Any) -> bool:
    if isinstance(value, dict):
        return any(key.startswith("$") or _has_reference(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(_has_reference, value))

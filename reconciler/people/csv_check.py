"""A CSV of users against the rules of a pool: every wrong row, with line and reason, before anything is sent.

The file is read as a stream, twice if it is imported: once to check it, once to write what is sent. Of a row that is
right, 16 bytes for each name that must be unique are kept, so that rows which repeat one are found.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import BinaryIO, NamedTuple

from reconciler.people.columns import MFA, TRUTH, USERNAME, ImportRules
from reconciler.people.csv_text import Line, Unreadable, lines, split, unwritable
from reconciler.terminal.suggestions import sentences, suggest

PARTITIONS = 256
"""Parts into which the digests of names are sorted, of which one at a time is compared."""


class WrongRow(NamedTuple):
    """Why one row cannot be imported."""

    line: int
    """Line of the file, from 1; the header is line 1 if no blank lines precede it."""
    column: str
    """The column; empty for the row as a whole."""
    reason: str
    """What is wrong, as a clause that repeats nothing of the row."""

    def __str__(self) -> str:
        what = f"{self.column} {self.reason}" if self.column else f"the row {self.reason}"
        return f"line {self.line}: {what}"


class CsvRow(NamedTuple):
    """One row of a file."""

    line: int
    """Line of the file."""
    values: list[str]
    """In the order of the pool's header."""
    wrong: list[WrongRow]
    """What is wrong with it alone."""
    text: str
    """As it is in the file."""


@dataclass
class CheckedRows:
    """A file that was read to its end."""

    rows: int = 0
    """Number of rows, without the header."""
    wrong: list[WrongRow] = field(default_factory=list)
    """All wrong rows, by line; one row may be there for several reasons."""

    @property
    def bad(self) -> frozenset[int]:
        """The lines that cannot be imported."""
        return frozenset(w.line for w in self.wrong)


class WrongHeader(ValueError):
    """The first line is no header of this pool; each argument is one sentence."""


def check(stream: BinaryIO, rules: ImportRules, tick: Callable[[int], object] = lambda _rows: None) -> CheckedRows:
    """Read a whole file and return everything that is wrong with it.

    Args:
        stream: The file, from its beginning.
        rules: What the pool asks.
        tick: Called with the number of rows now and then.

    Raises:
        WrongHeader: The columns are not those of the pool.
    """
    found, names = CheckedRows(), _SeenNames()
    index = {name: i for i, name in enumerate(rules.header)}
    once: list[tuple[str, int, int | None]] = [(USERNAME, index[USERNAME], None)]
    once += [(n, index[n], index[f"{n}_verified"]) for n in sorted(rules.unique) if n in index]
    for row in rows(stream, rules):
        found.rows += 1
        found.wrong += row.wrong
        wrong = {w.column for w in row.wrong}
        for name, at, verified in once if row.values else ():
            if name not in wrong and (verified is None or row.values[verified] == "true"):
                names.add(name, row.values[at], row.line, fold=rules.fold)
        if not found.rows % 10_000:
            tick(found.rows)
    found.wrong += names.repeated()
    found.wrong.sort()
    return found


def rows(stream: BinaryIO, rules: ImportRules) -> Iterator[CsvRow]:
    """Yield the rows of a file, checked one by one, with their values in the order of the pool's header.

    Raises:
        WrongHeader: The columns are not those of the pool.
    """
    every = lines(stream)
    reader = _CsvRowReader(_header(next(every, None), rules), rules)
    yield from map(reader.row, every)


def _header(line: Line | None, rules: ImportRules) -> list[str]:
    """Return the names of the columns.

    Raises:
        WrongHeader: One is missing, unknown or there twice.
    """
    if line is None:
        raise WrongHeader("The file is empty.", f"Its first line names the columns: {','.join(rules.header)}.")
    try:
        names = split(line.text) if not line.wrong else []
    except Unreadable as error:
        raise WrongHeader(f"The first line {error}.") from None
    wrong = [f"The first line {line.wrong}."] if line.wrong else []
    for name in dict.fromkeys(names):
        if name not in rules.header:
            said = f"The column {name!a} is not one of this pool."
            wrong.append(sentences(said, suggest(name, rules.header)))
        elif names.count(name) > 1:
            wrong.append(f"The column {name!a} is there {names.count(name)} times.")
    missing = [n for n in (USERNAME, MFA) if n not in names]
    wrong += [f"The column {name!a} is missing." for name in missing if not line.wrong]
    if wrong:
        raise WrongHeader(*wrong, f"The columns of this pool are {', '.join(rules.header)}.")
    return names


class _CsvRowReader:
    """Turns lines into rows.

    Args of the constructor:
        names: The columns of the file.
        rules: What the pool asks.
    """

    def __init__(self, names: Sequence[str], rules: ImportRules) -> None:
        self._width = len(names)
        self._size = len(rules.header)
        place = {name: i for i, name in enumerate(rules.header)}
        self._columns = [(i, place[n], n, rules.checks[n], n in rules.booleans) for i, n in enumerate(names)]
        self._required = [(place[n], n) for n in sorted(rules.required)]
        self._verified = [(place[n], place[f"{n}_verified"], n) for n in rules.verified]
        self._contacts = [(place[n], place[v], n, v) for n, v in _pairs(place)]

    def row(self, line: Line) -> CsvRow:
        """Check one line."""
        if line.wrong:
            return CsvRow(line.number, [], [WrongRow(line.number, "", line.wrong)], line.text)
        try:
            given = split(line.text)
        except Unreadable as error:
            return CsvRow(line.number, [], [WrongRow(line.number, "", str(error))], line.text)
        if len(given) != self._width:
            said = f"has {len(given)} values, and the header has {self._width} columns"
            return CsvRow(line.number, [], [WrongRow(line.number, "", said)], line.text)
        values = [""] * self._size
        wrong = [WrongRow(line.number, name, said) for name, said in self._fill(given, values)]
        wrong += [WrongRow(line.number, name, said) for name, said in self._whole(values)]
        return CsvRow(line.number, values, wrong, line.text)

    def _fill(self, given: Sequence[str], values: list[str]) -> Iterator[tuple[str, str]]:
        """Put values into the order of the pool's header, and yield what is wrong with them."""
        for at, place, name, check_value, boolean in self._columns:
            value = given[at]
            if value:
                values[place] = TRUTH.get(value.lower(), value) if boolean else value
                said = check_value(value) or (unwritable(value) if not value.isalnum() else "")
                if said:
                    yield name, said

    def _whole(self, values: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a row as a whole."""
        for place, name in self._required:
            if not values[place]:
                yield name, "is empty, and the pool requires it"
        for place, verified, name, column in self._contacts:
            if values[verified] == "true" and not values[place]:
                yield name, f"is empty, and {column} is true"
        if self._verified and not any(values[v] == "true" for _, v, _ in self._verified):
            columns = " or ".join(f"{name}_verified" for _, _, name in self._verified)
            yield "", f"has no verified contact: {columns} must be true (AutoVerifiedAttributes of the pool)"


def _pairs(place: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name in ("email", "phone_number"):
        if name in place and f"{name}_verified" in place:
            yield name, f"{name}_verified"


class _SeenNames:
    """Digests of the names that may be there once, each with its line."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[array[int], array[int]]]] = {}

    def add(self, column: str, value: str, line: int, *, fold: bool) -> None:
        """Remember a name; an empty one counts as none."""
        if not value:
            return
        digest = blake2b((value.casefold() if fold else value).encode(), digest_size=8).digest()
        if column not in self._kept:
            self._kept[column] = [(array("Q"), array("Q")) for _ in range(PARTITIONS)]
        digests, places = self._kept[column][digest[0]]
        digests.append(int.from_bytes(digest, "big"))
        places.append(line)

    def repeated(self) -> Iterator[WrongRow]:
        """Yield the rows that repeat a name of an earlier one. Two names share a digest once in 10^19 pairs."""
        for column, partitions in self._kept.items():
            for digests, places in partitions:
                first: dict[int, int] = {}
                for digest, line in zip(digests, places, strict=True):
                    if first.setdefault(digest, line) != line:
                        yield WrongRow(line, column, f"is that of line {first[digest]} too")

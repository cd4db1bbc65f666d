"""What is sent of a file of users: parts that each fit into one import job, in Cognito's spelling (cognito.md 5.2)."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, TextIO

from reconciler.people.columns import ImportRules
from reconciler.people.csv_check import rows
from reconciler.people.csv_text import join

MOST_ROWS, MOST_BYTES = 500_000, 100_000_000
"""Users and bytes of one import job."""


@dataclass
class Part:
    """The file of one import job."""

    path: Path
    """Where it is."""
    places: array[int] = field(default_factory=lambda: array("Q"))
    """The line in the author's file of each row."""
    size: int = 0
    """Its bytes."""

    def place(self, line: int) -> int:
        """Return the line in the author's file of a line of this one, whose header is line 1; 0 if there is none."""
        at = line - 2
        return self.places[at] if 0 <= at < len(self.places) else 0


def write_parts(
    stream: BinaryIO, rules: ImportRules, bad: Collection[int], directory: Path, *, most: int = MOST_ROWS
) -> list[Part]:
    """Write the rows that are right into files of at most so many rows and 100 MB.

    Args:
        stream: The author's file, from its beginning.
        rules: What the pool asks; gives the header.
        bad: Lines to leave out.
        directory: Where the files are written.
        most: Maximum rows of a file.
    """
    head = join(rules.header) + "\n"
    parts: list[Part] = []
    file: TextIO | None = None
    try:
        for line, values in _good(stream, rules, bad):
            text = join(values) + "\n"
            size = len(text.encode())
            if file is None or len(parts[-1].places) >= most or parts[-1].size + size > MOST_BYTES:
                if file:
                    file.close()
                parts.append(Part(directory / f"part-{len(parts) + 1}.csv", size=len(head.encode())))
                file = parts[-1].path.open("x", encoding="utf-8", newline="")
                file.write(head)
            file.write(text)
            parts[-1].places.append(line)
            parts[-1].size += size
    finally:
        if file:
            file.close()
    return parts


def _good(stream: BinaryIO, rules: ImportRules, bad: Collection[int]) -> Iterator[tuple[int, list[str]]]:
    return ((row.line, row.values) for row in rows(stream, rules) if row.line not in bad)


def write_rest(stream: BinaryIO, bad: Collection[int], target: IO[bytes]) -> None:
    """Copy the header and the wrong lines of a file, as they are, for their author to correct.

    Args:
        stream: The author's file, from its beginning.
        bad: The wrong lines.
        target: Where they go.
    """
    header = False
    for number, raw in enumerate(stream, start=1):  # the longest line is in memory here; it is the author's own
        if number in bad or not (header or not raw.strip()):
            target.write(raw if raw.endswith(b"\n") else raw + b"\n")
        header = header or bool(raw.strip())

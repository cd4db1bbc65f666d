"""The table of results: one row a measured thing, with both builds, the peer, the target and whether it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Figure:
    """What was measured on one build, or of a peer."""

    text: str
    """As the table shows it; or why it was not measured."""
    numbers: Numbers = field(default_factory=dict)
    """What the text is made of; empty if it was not measured."""

    @property
    def measured(self) -> bool:
        """Whether there is a result."""
        return bool(self.numbers)


@dataclass(frozen=True)
class Target:
    """What a row is to reach."""

    text: str
    holds: Callable[[Numbers, Numbers], bool] | None = None
    """Whether the numbers of this build, beside those of the other one, are within it; None judges nothing."""


@dataclass(frozen=True)
class Row:
    """One row."""

    key: str
    """The name that `--only` takes."""
    what: str
    this: Figure
    other: Figure
    peer: Figure
    target: Target

    @property
    def verdict(self) -> str:
        """`yes`, `no`, `not measured`, or nothing if there is nothing to judge."""
        if self.target.holds is None:
            return ""
        try:
            return "yes" if self.target.holds(self.this.numbers, self.other.numbers) else "no"
        except KeyError:  # a number is missing, of this build or of the other that it is compared with
            return "not measured"


HEAD = ("What", "This build", "Other build", "Peer", "Target", "Met")
NOTHING = Figure("–")


def cells(row: Row) -> tuple[str, ...]:
    """Return the cells of a row."""
    return (row.what, row.this.text, row.other.text, row.peer.text, row.target.text, row.verdict)


def markdown(rows: Sequence[Row]) -> str:
    """Return the table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n".replace("|  |", "| |") for line in lines)


def as_tree(row: Row) -> dict[str, Any]:
    """Return a row for JSON."""

    def figure(found: Figure) -> dict[str, Any]:
        return {"text": found.text, "numbers": dict(found.numbers)}

    return {
        "row": row.key,
        "what": row.what,
        "this": figure(row.this),
        "other": figure(row.other),
        "peer": figure(row.peer),
        "target": row.target.text,
        "met": row.verdict,
    }


def times(ratio: float) -> str:
    """Return a ratio as text: two digits that count, and never fewer than those before the point."""
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"  # noqa: PLR2004

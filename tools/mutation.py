"""The score of a run of mutations, a row a module: `make mutation` ends with it, and docs/mutation.md quotes it.

`mutmut` changes one thing at a time in the modules that `pyproject.toml` lists, and runs the tests that reach it. A
change that makes no test fail survives. Its own summary counts all modules together, and a weak module could hide.

    python -m tools.mutation          print the table as Markdown

Exit code 0: every module has the score. 1: one has not, or the run is not complete.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "mutants"
"""Where mutmut keeps what it found: a file `MODULE.py.meta` beside each module."""

SCORE = 85.0
"""Percentage of all mutants that tests must kill, in every module."""

KILLED = (1, 3)
"""Exit codes of pytest with which a mutant is killed: a test failed, or could not even be collected."""


@dataclass(frozen=True)
class Row:
    """What became of the mutants of one module.

    Attributes:
        module: Path of the module; `all` for all of them.
        mutants: How many there are.
        killed: How many made a test fail.
        untried: How many the run has not come to.
    """

    module: str
    mutants: int
    killed: int
    untried: int = 0

    @property
    def score(self) -> float:
        """Percentage of all mutants that were killed; one that ran into the time limit was not."""
        return 100 * self.killed / self.mutants

    @property
    def enough(self) -> bool:
        """Whether the module has the score."""
        return not self.untried and self.score >= SCORE

    def __str__(self) -> str:
        left = f" ({self.untried} not tried)" if self.untried else ""
        return f"| `{self.module}` | {self.mutants} | {self.killed}{left} | {self.score:.1f} % |"


def rows(results: Path = RESULTS) -> Iterator[Row]:
    """Yield a row for each module that has mutants, in the order of their paths."""
    for file in sorted(results.rglob("*.py.meta")):
        codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        if codes:
            module = file.relative_to(results).as_posix().removesuffix(".meta")
            yield Row(module, len(codes), sum(c in KILLED for c in codes), sum(c is None for c in codes))


def total(found: list[Row]) -> Row:
    """Return all modules together."""
    return Row("all", *(sum(getattr(row, what) for row in found) for what in ("mutants", "killed", "untried")))


def main(results: Path = RESULTS) -> int:
    """Print the table, and return the exit code."""
    found = list(rows(results))
    if not found:
        print("There are no results: run `make mutation`.", file=sys.stderr)
        return 1
    print("| Module | Mutants | Killed | Score |", "| --- | ---: | ---: | ---: |", *found, total(found), sep="\n")
    return 0 if all(row.enough for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())

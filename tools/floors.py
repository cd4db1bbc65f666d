"""Limits that may move in one direction only: branch coverage may not fall, escape hatches may not increase.

Both are kept in `tools/floors.json`. An escape hatch is a comment or call that disables a check: `# noqa`,
`# type: ignore`, `# pragma: no cover` and `cast(`, counted in `reconciler/`, `schemas/` and `tools/`.
`tests/test_floors.py` compares the counts, and `make test` the coverage of the quick tests.

    python -m tools.floors            compare the counts with their ceilings
    python -m tools.floors --coverage compare the counts, and the coverage of the last run with --cov
    python -m tools.floors --write    write the current counts as ceilings, and with --coverage the measured floor

Exit code 0: all limits are kept. 1: a limit is exceeded, or a ceiling can be lowered. After a merge of branches
that both changed a number, run `--write`: the diff of the file shows the direction.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
FILE = Path(__file__).parent / "floors.json"
PACKAGES = ("reconciler", "schemas", "tools")

COMMENTS = {
    "noqa": re.compile(r"#\s*(?:ruff:\s*)?noqa\b"),
    "type: ignore": re.compile(r"#\s*(?:type:\s*ignore|mypy:)"),
    "pragma: no cover": re.compile(r"#\s*pragma:\s*no\s+(?:cover|branch)"),
}
"""Escape hatches that are comments; calls are found by name."""

CALLS = {"cast": "cast"}

SLACK = 0.5
"""Percentage points above the floor from which to raise it; random variation is smaller."""


@dataclass(frozen=True)
class Floors:
    """The limits.

    Attributes:
        branch_coverage: Percentage of lines and branches that the quick tests must run, at least.
        escape_hatches: How many of each kind there may be, at most.
    """

    branch_coverage: float
    escape_hatches: Mapping[str, int]

    @classmethod
    def read(cls, file: Path = FILE) -> Floors:
        """Read the file."""
        tree = json.loads(file.read_text(encoding="utf-8"))
        return cls(tree["branch_coverage"], tree["escape_hatches"])

    def write(self, file: Path = FILE) -> None:
        """Write the file."""
        tree = {"branch_coverage": self.branch_coverage, "escape_hatches": dict(self.escape_hatches)}
        file.write_text(json.dumps(tree, indent=2) + "\n", encoding="utf-8", newline="\n")


def hatches(text: str) -> Iterator[str]:
    """Yield the kind of each escape hatch in a source text; a comment can contain several, a string none."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield from (kind for kind, pattern in COMMENTS.items() for _ in pattern.finditer(token.string))
        elif token.type == tokenize.NAME and token.string in CALLS and token.line[token.end[1] :].startswith("("):
            yield CALLS[token.string]


def count(sources: Iterable[str]) -> dict[str, int]:
    """Count the escape hatches of each kind in source texts."""
    found = [kind for text in sources for kind in hatches(text)]
    return {kind: found.count(kind) for kind in (*COMMENTS, *CALLS.values())}


def sources(root: Path = ROOT) -> Iterator[str]:
    """Yield the source texts that are counted."""
    for package in PACKAGES:
        yield from (file.read_text(encoding="utf-8") for file in sorted((root / package).rglob("*.py")))


def measured() -> float:
    """Return the percentage of lines and branches that the last run with `--cov` ran."""
    from coverage import Coverage  # only where it is needed

    data = Coverage(data_file=str(ROOT / ".coverage"))
    data.load()
    return data.report(file=io.StringIO())


def hatch_problems(counts: Mapping[str, int], floors: Floors) -> Iterator[str]:
    """Yield the violated ceilings, and what to do."""
    for kind, number in counts.items():
        ceiling = floors.escape_hatches.get(kind, 0)
        if number > ceiling:
            yield f"{number} x {kind}, of which {ceiling} are allowed. Solve it without, or remove another one."
        elif number < ceiling:
            yield f"{number} x {kind}, and the ceiling is {ceiling}. Lower it: python -m tools.floors --write"


def coverage_problem(percent: float, floors: Floors) -> str:
    """Return the violation of the coverage floor, or an empty string."""
    if percent >= floors.branch_coverage:
        return ""
    return f"Branch coverage is {percent:.2f} %, and the floor is {floors.branch_coverage} %. Add the missing tests."


def may_rise(percent: float, floors: Floors) -> bool:
    """Return whether the floor should be raised."""
    return percent >= floors.branch_coverage + SLACK


def main() -> int:
    """Compare or write, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.floors", description="Compare the numbers with their limits."
    )
    parser.add_argument("--coverage", action="store_true", help="also compare the coverage of the last run with --cov")
    parser.add_argument("--write", action="store_true", help="write the current numbers as the limits")
    options = parser.parse_args()
    floors, counts = Floors.read(), count(sources())
    percent = measured() if options.coverage else None
    if options.write:
        floor = floors.branch_coverage if percent is None else math.floor(percent * 10 - 2) / 10
        Floors(floor, counts).write()
        return 0
    wrong = [*hatch_problems(counts, floors)]
    if percent is not None:
        wrong += filter(None, [coverage_problem(percent, floors)])
        print(f"Branch coverage of the quick tests: {percent:.2f} % (floor {floors.branch_coverage} %)")
        if may_rise(percent, floors):
            print("Raise the floor: python -m tools.floors --coverage --write")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs the matrix: `python -m tests.faults`, or `make test-long`.

--jobs N          processes (2); with 0, nothing runs but what was read counts
--every K         only every K-th cell
--from N          the first of them (0)
--scenario NAME   only this run
--fault NAME      only this fault
--results FILE    where outcomes are written, one JSON object a line; while it runs, FILE.0, FILE.1 and so on
--read FILE       take over the outcomes of earlier runs; of a cell that ran more than once, the last one counts
--write           write docs/reliability.md
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from reconciler import __version__
from tests.faults.laws import Judge, cells
from tests.faults.page import COUNTS, PAGE, ROOT, page, summary
from tests.faults.runs import Bench


def part(words: argparse.Namespace) -> None:
    """Run every N-th cell and write the outcomes."""
    number, of = (int(n) for n in words.part.split("/"))
    with Bench() as bench, Path(words.results).open("w") as out:
        judge = Judge(bench)
        every = [c for s in bench.scenarios.values() for c in cells(s, judge.calm(s))]
        chosen = [c for c in every if words.scenario in ("", c.scenario) and words.fault in ("", c.fault)]
        out.write(json.dumps({"cells": len(every), "state": _state()}) + "\n")
        chosen = chosen[words.begin :: words.every]
        random.Random(0).shuffle(chosen)  # noqa: S311 - so that the parts take equally long
        for cell in chosen[number::of]:
            outcome = judge.cell(cell)
            out.write(json.dumps(asdict(outcome)) + "\n")
            out.flush()
            if outcome.wrong:
                print(f"{cell}: {outcome.code}: {'; '.join(outcome.wrong)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", type=int, default=0, dest="begin")
    parser.add_argument("--read", nargs="*", default=[])
    parser.add_argument("--scenario", default="")
    parser.add_argument("--fault", default="")
    parser.add_argument("--results", default="")
    parser.add_argument("--part", default="")
    parser.add_argument("--write", action="store_true")
    words = parser.parse_args()
    if words.part:
        part(words)
        return 0
    began = time.monotonic()
    earlier = [line for file in words.read for line in Path(file).read_text().splitlines()]
    outcomes, total = _joined([*earlier, *(_all(words) if words.jobs else [])])
    wrong = [o for o in outcomes if o["wrong"]]
    print(f"{len(outcomes)} cells, {len(wrong)} wrong, {time.monotonic() - began:.0f} seconds")
    for text, count in Counter(o["wrong"][0].partition(":")[0] for o in wrong).most_common():
        print(f"  {count:5} {text}")
    if words.write:
        counts = summary(outcomes, total)
        COUNTS.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(counts), encoding="utf-8")
    return 1 if wrong else 0


def _state() -> str:
    """Return the commit of the code that runs; a plus follows if it was changed since."""
    git = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    found = subprocess.run(git, capture_output=True, text=True, check=False, cwd=ROOT)
    return found.stdout.strip() or f"version {__version__}"


def _joined(lines: list[str]) -> tuple[list[Any], int]:
    """Return the last outcome of each cell with the state of the code, and how many cells there are."""
    last: dict[Any, Any] = {}
    total, state = 0, ""
    for found in map(json.loads, lines):
        if "cells" in found:
            total, state = found["cells"], found["state"]
        else:
            cell = found["cell"]
            last[cell["scenario"], cell["fault"], cell["at"]] = {**found, "state": state}
    return list(last.values()), total


def _all(words: argparse.Namespace) -> list[str]:
    """Run all parts at once; return the lines that they have written."""
    with tempfile.TemporaryDirectory() as directory:
        results = words.results or str(Path(directory) / "results")
        files = [Path(f"{results}.{n}") for n in range(words.jobs)]
        chosen = [f"--scenario={words.scenario}", f"--fault={words.fault}", f"--every={words.every}"]
        begun = [
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.faults", f"--part={n}/{words.jobs}", f"--results={file}"),
                    *(*chosen, f"--from={words.begin}"),
                ]
            )
            for n, file in enumerate(files)
        ]
        codes = [process.wait() for process in begun]
        text = "".join(file.read_text() for file in files)
        for file in files:
            file.unlink()
    if words.results:
        Path(words.results).write_text(text)
    if any(codes):
        raise SystemExit("A part of the matrix ended early.")
    return text.splitlines()


if __name__ == "__main__":
    sys.exit(main())

"""Searches long: `python -m tests.laws`, or `make test-long`.

--seeds N      seeds, from 1 (20)
--examples N   examples a seed (500)
--first N      the first seed (1)
--jobs N       processes (2)
--write        write docs/reliability.md; the counts of seeds before the first one are kept
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from tests.faults import page as reliability
from tests.laws import page
from tests.laws.search import run


def main() -> int:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    words = parser.parse_args()
    began, every, ended = time.monotonic(), Counter[str](), dict[str, dict[str, int]]()
    numbers = range(words.first, words.first + words.seeds)
    with ProcessPoolExecutor(words.jobs, mp_context=get_context("spawn")) as pool:
        for seed, (counts, found) in zip(
            numbers, pool.map(partial(run, examples=words.examples), numbers), strict=True
        ):
            every += counts
            ended[str(seed)] = {**counts, "broken": int(bool(found))}
            print(f"seed {seed}: {dict(counts)}{f'{chr(10)}BROKEN {found}' if found else ''}", flush=True)
    if words.write:
        page.store(ended, words.first)
        reliability.PAGE.write_text(reliability.page(reliability.stored()), encoding="utf-8")
    broken = sum(c["broken"] for c in ended.values())
    print(f"{dict(every)}, {broken} of {words.seeds} seeds found a broken law, {time.monotonic() - began:.0f} seconds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

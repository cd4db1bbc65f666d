"""Searches long: `python -m tests.laws`, or `make test-long`.

--seeds N      seeds, from 1 (20)
--examples N   examples a seed (500)
--jobs N       processes (2)
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

from tests.laws.search import run


def main() -> int:
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=2)
    words = parser.parse_args()
    began, every, broken = time.monotonic(), Counter[str](), 0
    numbers = range(1, words.seeds + 1)
    with ProcessPoolExecutor(words.jobs, mp_context=get_context("spawn")) as pool:
        for seed, (counts, found) in zip(
            numbers, pool.map(partial(run, examples=words.examples), numbers), strict=True
        ):
            every += counts
            broken += bool(found)
            print(f"seed {seed}: {dict(counts)}{f'{chr(10)}BROKEN {found}' if found else ''}", flush=True)
    print(f"{dict(every)}, {broken} of {words.seeds} seeds found a broken law, {time.monotonic() - began:.0f} seconds")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

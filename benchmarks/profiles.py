"""The top of the profile of both builds: `python -m benchmarks profile`; which functions take the most by themselves.

cProfile sees the main thread, in which manifests are read and results are shown. Pools are planned in others:
`benchmarks/many_objects.py --profile` shows that work. Shares are those under the profiler.
"""

from __future__ import annotations

import pstats
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.builds import Build, Unmeasured, last_words, run
from benchmarks.context import Context, workplace, write
from benchmarks.pools import reference
from benchmarks.recorder import Recorder, recording

TOP = 10
Shares = dict[str, float]
"""Function → share of the time, by itself."""


def _validate(context: Context, _recorder: Recorder, directory: Path) -> tuple[str, ...]:
    write(directory, [reference(f"measured-{n:04}") for n in range(context.size(200, 5))])
    return ("validate", "pools")


def _plan_pools(context: Context, recorder: Recorder, directory: Path) -> tuple[str, ...]:
    write(directory, [reference(f"measured-{n:04}") for n in range(context.size(60, 3))])
    return ("--endpoint-url", recorder.url, "plan", "pools", "-o", "json")


CASES: Mapping[str, Callable[[Context, Recorder, Path], tuple[str, ...]]] = {
    "validate, 200 manifests": _validate,
    "plan of 60 new pools in JSON, main thread": _plan_pools,
}


def profile(context: Context) -> Iterator[str]:
    """Yield a table in Markdown for each case: the top of the other build, or of this one if there is no other."""
    with recording() as recorder:
        for case, prepare in CASES.items():
            found = []
            for build in context.builds[::-1]:
                context.say(f"{case}: {build.name}")
                with workplace() as directory:
                    found.append(_profiled(build, prepare(context, recorder, directory), directory))
            yield f"{case}:\n\n{table(found)}\n"


def _profiled(build: Build, words: tuple[str, ...], directory: Path) -> Shares:
    file = directory / "profile"
    run([build.python, "-m", "cProfile", "-o", str(file), str(build.home / "bin" / "poolctl"), *words], directory)
    if not file.exists():
        raise Unmeasured(last_words(directory))
    return shares(pstats.Stats(str(file)))


def shares(stats: pstats.Stats) -> Shares:
    """Return the share of the time that each function takes by itself, without waiting for other threads.

    Functions of one name in one file count together.
    """
    found: Shares = {}
    for (file, _line, function), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        if not WAITING.search(function):
            name = NOISE.sub("", function) if file == "~" else f"{Path(file).parent.name}/{Path(file).name} {function}"
            found[name] = found.get(name, 0.0) + own
    total = sum(found.values())
    return {name: own / total for name, own in found.items()}


WAITING = re.compile(r"_thread\.lock|SimpleQueue|recv|'poll'|'connect'|sleep")
"""Functions in which a thread waits."""
NOISE = re.compile(r"^<(?:built-in )?method (?:builtins\.)?| of type object at 0x[0-9a-f]+|>$")
"""What the names of functions of C have around them."""


def table(found: list[Shares]) -> str:
    """Return the top of the profile of each build, by rank."""
    head = "| | " + " | ".join(("Before", "Now")[-len(found) :]) + " |"
    tops = [sorted(one.items(), key=lambda item: -item[1])[:TOP] for one in found]
    rows = (f"| {rank} | {' | '.join(map(_cell, row))} |" for rank, row in enumerate(zip(*tops, strict=False), 1))
    return "".join(f"{line}\n" for line in (head, "| --- |" + " --- |" * len(found), *rows))


def _cell(found: tuple[str, float]) -> str:
    return f"`{found[0]}` {found[1]:.1%}"

"""The top of the profile of both builds: `python -m benchmarks profile`; which functions take the most by themselves.

The cases are those in which poolctl's own work is largest. cProfile sees the main thread, and shares are under it.
"""

from __future__ import annotations

import pstats
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.builds import Build, Unmeasured, last_words, run
from benchmarks.context import Context, workplace, write
from benchmarks.pools import CHANGED, reference, with_groups
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


def _plan_groups(context: Context, recorder: Recorder, directory: Path) -> tuple[str, ...]:
    manifest = with_groups("measured", context.size(1000, 50))
    recorder.forget()
    recorder.make_changed(manifest, CHANGED)
    write(directory, [manifest])
    return ("--endpoint-url", recorder.url, "plan", "pools")


CASES: Mapping[str, Callable[[Context, Recorder, Path], tuple[str, ...]]] = {
    "validate, 200 manifests": _validate,
    "plan, 60 new pools, JSON": _plan_pools,
    "plan, a live pool with 1,000 groups": _plan_groups,
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
    """Return the share of the time that each function takes by itself; those of one name in one file count together."""
    found: Shares = {}
    total: float = stats.total_tt  # type: ignore[attr-defined]
    for (file, _line, function), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        name = f"{Path(file).stem}.{function}" if file != "~" else function
        found[name] = found.get(name, 0.0) + own / total
    return found


def table(found: list[Shares]) -> str:
    """Return the top of the first, with the shares that its functions have in the rest, and the top of the last."""
    first, last = found[0], found[-1]
    tops = [sorted(one, key=lambda name: -one[name])[:TOP] for one in (first, last)]
    rows = (f"| `{n}` | {_percent(first, n)} | {_percent(last, n)} |" for n in dict.fromkeys([*tops[0], *tops[1]]))
    return "".join(f"{line}\n" for line in ("| Function | Before | Now |", "| --- | --- | --- |", *rows))


def _percent(found: Shares, name: str) -> str:
    return f"{found[name]:.1%}" if name in found else "–"

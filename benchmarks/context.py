"""What measurements share: the builds, the peers, the sizes, and how builds take turns."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import yaml

from benchmarks.builds import Build, Ran, Unmeasured
from benchmarks.peers import Peers
from benchmarks.pools import Tree
from benchmarks.table import NOTHING, Figure

Measured = Callable[[], float]


@dataclass
class Context:
    """One run of the benchmarks."""

    this: Build
    other: Build | None
    peers: Peers
    quick: bool = False
    """Whether sizes are small: to see that everything runs, not to compare."""
    began: float = field(default_factory=time.monotonic)

    @property
    def builds(self) -> list[Build]:
        """The builds, this one first."""
        return [self.this, *([self.other] if self.other else [])]

    def size(self, full: int, quick: int) -> int:
        """Return the size of this run."""
        return quick if self.quick else full

    def say(self, text: str) -> None:
        """Show progress."""
        print(f"{time.monotonic() - self.began:7.0f} s  {text}", file=sys.stderr, flush=True)

    def each(self, what: str, measure: Callable[[Build], Figure]) -> tuple[Figure, Figure]:
        """Measure this build, then the other; one that cannot be measured says why."""
        found = [self.attempt(f"{what}: {build.name}", partial(measure, build)) for build in self.builds]
        return found[0], found[1] if len(found) > 1 else NOTHING

    def attempt(self, what: str, measure: Callable[[], Figure]) -> Figure:
        """Measure, or say why not."""
        self.say(what)
        try:
            return measure()
        except Unmeasured as why:
            return Figure(f"not measured: {why}")


def medians(runs: Mapping[str, Measured], repeats: int) -> dict[str, float | Unmeasured]:
    """Let some measurements take turns, so that load affects all equally, and return the median of each.

    One that cannot be measured is left alone after its first failure, which is its result.
    """
    return _in_turns(runs, repeats, statistics.median)


def least(runs: Mapping[str, Measured], repeats: int) -> dict[str, float | Unmeasured]:
    """Return the least of each measurement, as `medians` does: for CPU time, to which other processes only add."""
    return _in_turns(runs, repeats, min)


def _in_turns(
    runs: Mapping[str, Measured], repeats: int, of: Callable[[list[float]], float]
) -> dict[str, float | Unmeasured]:
    found: dict[str, list[float]] = {name: [] for name in runs}
    failed: dict[str, Unmeasured] = {}
    for _ in range(repeats):
        for name, run in runs.items():
            if name not in failed:
                try:
                    found[name].append(run())
                except Unmeasured as why:
                    failed[name] = why
    return {name: failed[name] if name in failed else of(values) for name, values in found.items()}


def number(found: float | Unmeasured) -> float:
    """Return a median.

    Raises:
        Unmeasured: It could not be measured.
    """
    if isinstance(found, Unmeasured):
        raise found
    return found


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a directory that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="poolctl-benchmark-") as name:
        yield Path(name)


class Plain(yaml.SafeDumper):
    """Writes YAML as people do: without anchors."""

    def ignore_aliases(self, _data: object) -> bool:
        """Write what occurs twice twice."""
        return True


def dumped(tree: Mapping[str, object]) -> str:
    """Return YAML."""
    text: str = yaml.dump(tree, Dumper=Plain, sort_keys=False, allow_unicode=True)
    return text


def write(directory: Path, manifests: Sequence[Tree]) -> str:
    """Write each manifest to a file of its own, and return the directory of the manifests."""
    place = directory / "pools"
    place.mkdir(exist_ok=True)
    for tree in manifests:
        (place / f"{tree['user_pool']['PoolName']}.yaml").write_text(dumped(tree), encoding="utf-8")
    return str(place)


def nothing_to_change(ran: Ran) -> None:
    """Check that a plan found what it was to find.

    Raises:
        Unmeasured: It plans changes.
    """
    if "No changes" not in ran.out:
        raise Unmeasured("the plan has changes, so what was measured is not what was meant")

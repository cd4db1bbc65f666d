"""Measures the start-up time of poolctl: as a multiple of `python -c pass`, and against another build.

    python benchmarks/startup.py [--repeats N]
    python benchmarks/startup.py --against ../poolctl-0.1.0          a checkout, run by this Python
    python benchmarks/startup.py --against /opt/old/bin/python       the Python of another installation

Ratios from one run compare across machines; milliseconds do not. Both builds run alternately, so that load affects
them equally, and the medians are compared: above 1, this build is slower. An editable install slows the start of
Python itself (its path hook imports pathlib), which understates the multiples of `python -c pass`: measure those with
a regular install.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
MANIFEST = "version: 1\nuser_pool:\n  PoolName: startup\n"
EMPTY = "python -c pass"


@dataclass(frozen=True)
class Build:
    """A build of poolctl: its Python, and its PYTHONPATH (empty if it is installed)."""

    python: str
    path: str = ""

    @classmethod
    def at(cls, where: str) -> Build:
        """Return the build of a checkout, or of the Python of an installation."""
        if Path(where).is_dir():
            if not (Path(where) / "reconciler").is_dir():
                sys.exit(f"{where} is not a checkout of poolctl: it has no directory named reconciler.")
            return cls(sys.executable, str(Path(where).resolve()))
        if not os.access(where, os.X_OK):
            sys.exit(f"{where} is neither a checkout nor a Python executable.")
        return cls(str(Path(where).absolute()))  # not resolved: the link identifies the virtual environment

    def seconds(self, arguments: tuple[str, ...], directory: str) -> float:
        """Run Python once and return the duration."""
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
        places = {"PYTHONPATH": self.path} if self.path else {}
        environ = {**kept, **places, "PYTHONPYCACHEPREFIX": f"{directory}/pyc"}  # compiled, like an installation
        begin = time.perf_counter()
        subprocess.run([self.python, *arguments], env=environ, cwd=directory, check=True, capture_output=True)
        return time.perf_counter() - begin


def commands(manifest: Path, state: Path) -> dict[str, tuple[str, ...]]:
    """Return the measured commands: name → arguments of Python."""
    poolctl = ("-m", "reconciler")
    return {
        EMPTY: ("-c", "pass"),
        "poolctl --help": (*poolctl, "--help"),
        "poolctl version": (*poolctl, "version"),
        "poolctl validate": (*poolctl, "validate", str(manifest)),
        "poolctl plan --local": (*poolctl, f"--local={state}", "plan", str(manifest)),
    }


def medians(builds: list[Build], repeats: int) -> list[dict[str, float]]:
    """Run all commands alternately, and return the median of each command, for each build."""
    with tempfile.TemporaryDirectory() as directory:
        manifest = Path(directory) / "pool.yaml"
        manifest.write_text(MANIFEST)
        asked = [commands(manifest, Path(directory) / f"state-{number}") for number in range(len(builds))]
        runs: list[dict[str, list[float]]] = [{name: [] for name in commands(manifest, manifest)} for _ in builds]
        for repeat in range(repeats + 1):
            for build, names, found in zip(builds, asked, runs, strict=True):
                for name, arguments in names.items():
                    took = build.seconds(arguments, directory)
                    if repeat:  # the first round writes the compiled files
                        found[name].append(took)
    return [{name: statistics.median(times) for name, times in found.items()} for found in runs]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure how long poolctl takes to start.")
    parser.add_argument("--repeats", type=int, default=20, metavar="N", help="runs of each command (20)")
    parser.add_argument("--against", metavar="PATH", help="another checkout, or the Python of another installation")
    options = parser.parse_args()
    builds = [Build(sys.executable, str(HERE)), *([Build.at(options.against)] if options.against else [])]
    found, *other = medians(builds, max(1, options.repeats))
    for name, value in found.items():
        line = f"{name:<22}{value / found[EMPTY]:6.2f} x{value * 1000:8.1f} ms"
        if other and name != EMPTY:
            line += f"   against {other[0][name] * 1000:8.1f} ms: {value / other[0][name]:5.2f}"
        print(line)


if __name__ == "__main__":
    main()

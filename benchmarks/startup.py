"""How long poolctl takes to start, as a multiple of `python -c pass`.

    python benchmarks/startup.py [REPEATS]

Ratios from one run compare across machines; milliseconds do not. An editable install makes Python itself start more
slowly (its path hook imports pathlib), which flatters the ratios: measure from a plain one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MANIFEST = "version: 1\nuser_pool:\n  PoolName: startup\n"
BASE = ("-c", "pass")


def seconds(arguments: tuple[str, ...], environ: dict[str, str]) -> float:
    """Run Python once and return how long it took."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def medians(commands: dict[str, tuple[str, ...]], repeats: int, environ: dict[str, str]) -> dict[str, float]:
    """Run all commands in turn, so that a busy moment hits them alike, and return the median of each."""
    for arguments in commands.values():
        seconds(arguments, environ)  # writes the compiled files
    runs = [{name: seconds(arguments, environ) for name, arguments in commands.items()} for _ in range(repeats)]
    return {name: statistics.median(run[name] for run in runs) for name in commands}


def compiled(directory: str) -> dict[str, str]:
    """Return an environment in which Python keeps compiled files, as an installation does."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": directory}


def main() -> None:
    """Measure and print."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as directory:
        manifest = Path(directory) / "pool.yaml"
        manifest.write_text(MANIFEST)
        poolctl = ("-m", "reconciler")
        found = medians(
            {
                "python -c pass": BASE,
                "poolctl --help": (*poolctl, "--help"),
                "poolctl version": (*poolctl, "version"),
                "poolctl validate": (*poolctl, "validate", str(manifest)),
            },
            repeats,
            compiled(directory),
        )
    base = found["python -c pass"]
    for name, value in found.items():
        print(f"{name:<20}{value / base:6.2f} x{value * 1000:8.1f} ms")


if __name__ == "__main__":
    main()

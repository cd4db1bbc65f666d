"""`local serve --reload`: manifests are applied to the embedded Cognito when they change.

Each apply runs in a process of its own that shares the state with the server, so that it reads manifests as always and
its errors do not affect the server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from runpy import run_module

Stamps = dict[str, tuple[int, int]]
"""By path: time of the last change in nanoseconds, and size."""
SUFFIXES = frozenset(
    {".yaml", ".yml", ".html", ".css", ".json", ".txt", ".svg", ".png", ".jpg", ".ico", ".xml", ".pem"}
)
"""Suffixes of manifests and of files that they reference with `$file`."""


def stamps(paths: Sequence[str]) -> Stamps:
    """Return the current stamps of the files of manifests; hidden folders are skipped.

    Args:
        paths: Files and folders.
    """
    found: Stamps = {}
    for path in paths:
        for file in _files(Path(path)):
            try:
                seen = file.stat()
            except OSError:  # it has just been removed
                continue
            found[str(file)] = (seen.st_mtime_ns, seen.st_size)
    return found


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = [f for f in folders if not f.startswith(".")]
        found += [Path(folder) / n for n in names if Path(n).suffix in SUFFIXES]
    return found


class Reloading:
    """Applies manifests when `look` is first called, and whenever it finds them changed.

    Args of the constructor:
        paths: Files and folders; if empty, nothing is applied.
        directory: The state of the embedded Cognito.
        region: Region for manifests that name none; empty for none.
        say: Prints a line.
        apply: Runs a command and returns its exit code and output; tests pass their own.
    """

    def __init__(
        self,
        paths: Sequence[str],
        directory: Path,
        region: str,
        say: Callable[[str], None],
        apply: Callable[[Sequence[str]], tuple[int, str]] | None = None,
    ) -> None:
        self._paths, self._directory, self._region, self._say = tuple(paths), directory, region, say
        self._apply = apply or _run
        self._seen: Stamps | None = None

    def look(self) -> None:
        """Apply the manifests if they have changed since the last call."""
        now = stamps(self._paths) if self._paths else {}
        if not self._paths or now == self._seen:
            return
        self._seen = now
        region = ("--region", self._region) if self._region else ()
        code, said = self._apply((f"--local={self._directory}", *region, "apply", "--quiet", "--yes", *self._paths))
        if code == 0:
            self._say("The manifests are applied.")
            return
        for line in said.splitlines():
            self._say(line)
        self._say(f"The manifests are not applied (exit {code}).")


def _run(words: Sequence[str]) -> tuple[int, str]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        return processes.submit(_main, tuple(words)).result()


def _main(words: Sequence[str]) -> tuple[int, str]:
    """Run a command as `python -m reconciler` does; in a process of its own."""
    said = StringIO()
    sys.argv = ["poolctl", *words]
    try:
        with redirect_stdout(said), redirect_stderr(said):
            run_module("reconciler", run_name="__main__")
    except SystemExit as end:
        return (end.code if isinstance(end.code, int) else 1), said.getvalue()
    return 0, said.getvalue()

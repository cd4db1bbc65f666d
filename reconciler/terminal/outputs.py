"""Checks the files that a run will write before it reads anything.

What is found out at the end is found out too late: the calls were made, the plan was shown, and its file is lost. Worse
is a result in the place of a manifest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import flow
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    from reconciler.terminal.options import Options

STREAMED = frozenset({"jsonl"})
"""Formats that are written as they grow, so that their file may be a pipe."""

REMOTE = "s3://"
"""How a place begins that is no file."""

MANIFESTS = (".yaml", ".yml")
"""Files of a directory that are inputs, those of overlays included."""

OVERLAYS = "overlays"
"""The directory of overlays beside a manifest."""


def check(options: Options) -> None:
    """Check that every file can be written, and that none is an input of the run.

    Raises:
        InvalidInput: One cannot, or is.
    """
    found = list(_outputs(options))
    if not found and not options.to:
        return
    for flag, file, grows in found:
        _must_be_writable(flag, Path(file), grows=grows)
    if options.to:
        _must_be_directory(Path(options.to))
    _must_differ(found)
    existing = {_identity(Path(file)): (flag, file) for flag, file, _ in found if Path(file).exists()}
    for path in _inputs(options) if existing else ():
        hit = existing.get(_identity(path)) if path.exists() else None
        if hit:
            raise invalid(f"{hit[0]}: {flow(hit[1])} is an input of the run ({flow(str(path))}). Name another file.")


def _outputs(options: Options) -> Iterator[tuple[str, str, bool]]:
    """Yield the option, the file, and whether it grows."""
    yield from (("--output", file, form in STREAMED) for form, file in options.outputs if file)
    named = (
        *(("--out", options.out), ("--rollback-file", options.rollback_file)),
        *(("--remember", options.remember), ("--skip-invalid", options.skip_invalid)),
    )
    yield from ((flag, file, False) for flag, file in named if file and not file.startswith(REMOTE))


def _must_be_writable(flag: str, file: Path, *, grows: bool) -> None:
    if file.is_dir():
        raise invalid(f"{flag}: {flow(str(file))} is a directory. Name a file in it.")
    if not file.parent.is_dir():
        raise invalid(f"{flag}: the directory {flow(str(file.parent))} does not exist.")
    if grows and file.exists():
        if not os.access(file, os.W_OK):
            raise invalid(f"{flag}: {flow(str(file))} is not writable.")
        return
    if file.exists() and not file.is_file():
        raise invalid(f"{flag}: {flow(str(file))} is not a regular file. Name one, or write to standard output.")
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise invalid(f"{flag}: the directory {flow(str(file.parent))} is not writable.")


def _must_be_directory(directory: Path) -> None:
    nearest = next((p for p in (directory, *directory.parents) if p.exists()), directory)
    if not nearest.is_dir():
        raise invalid(f"--to: {flow(str(nearest))} is not a directory.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise invalid(f"--to: the directory {flow(str(nearest))} is not writable.")


def _must_differ(found: list[tuple[str, str, bool]]) -> None:
    seen: dict[object, str] = {}
    for flag, file, _ in found:
        path = Path(file)
        first = seen.setdefault(_identity(path) if path.exists() else path.resolve(), flag)
        if first != flag:
            raise invalid(f"{flag}: {flow(file)} is written by {first} too. Give one another file.")


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _inputs(options: Options) -> Iterator[Path]:
    """Yield what a run reads: manifests, overlays, files of variables, a plan file."""
    yield from map(Path, (*options.var_files, *filter(None, [options.plan_file])))
    for name in options.paths:
        path = Path(name)
        if not path.exists() and "@" in name:  # a side of `diff`
            path = Path(name.rpartition("@")[0])
        yield from _below(path) if path.is_dir() else _around(path)


def _below(directory: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(directory):
        yield from (Path(folder, name) for name in names if name.endswith(MANIFESTS))


def _around(file: Path) -> Iterator[Path]:
    yield file
    overlays = file.parent / OVERLAYS
    if overlays.is_dir():
        yield from (layer / file.name for layer in sorted(overlays.iterdir()) if (layer / file.name).is_file())

"""Writes every generated file of the repository: `make docs`, or `python -m tools.docs`.

A generator is a module of this package with a function

    def pages() -> Mapping[str, str]: ...

that returns the text of each file by its path from the root of the repository, with forward slashes. The same tables
must give the same bytes on every machine. A generator that owns a whole folder names it in `FOLDER = "docs/reference"`:
files there that it no longer generates are deleted. New generators need no registration: modules are found by their
function, and `tests/test_generated.py` then checks each file. Name `make docs` in the notice of a page.

Exit code 0: everything is written, and the files that changed are listed. With `--check`: nothing is written, and the
exit code is 1 if a file is out of date.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import tools

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Generator:
    """A module that generates files, and their current text.

    Attributes:
        name: Name of the module.
        pages: The text of each file by its path from the root.
        folder: The folder that belongs to it alone, if there is one.
    """

    name: str
    pages: Mapping[str, str]
    folder: str | None = None


def generators() -> tuple[Generator, ...]:
    """Run the generators of this package, and return their results, sorted by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(tools.__path__))
    modules = [
        importlib.import_module(f"{tools.__name__}.{name}") for name in names if f"tools.{name}" != __spec__.name
    ]
    return tuple(
        Generator(module.__name__, module.pages(), getattr(module, "FOLDER", None))
        for module in modules
        if hasattr(module, "pages")
    )


def stale(generator: Generator, root: Path = ROOT) -> Iterator[str]:
    """Yield the files of a generator's folder that it does not generate."""
    if generator.folder:
        found = sorted(file.relative_to(root).as_posix() for file in (root / generator.folder).rglob("*.*"))
        yield from (path for path in found if path not in generator.pages)


def outdated(generator: Generator, root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield path and new text of the files that are missing or out of date."""
    for path, text in generator.pages.items():
        file = root / path
        if not file.is_file() or file.read_bytes() != text.encode("utf-8"):
            yield path, text


def write(root: Path = ROOT) -> tuple[str, ...]:
    """Write what is out of date, delete what is stale, and return the paths that were touched."""
    touched: list[str] = []
    for generator in generators():
        for path, text in tuple(outdated(generator, root)):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            touched.append(path)
        for path in tuple(stale(generator, root)):
            (root / path).unlink()
            touched.append(path)
    return tuple(touched)


def main() -> int:
    """Write the files, or check them, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description="Write every generated file.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file is out of date")
    if not parser.parse_args().check:
        for path in write():
            print(path)
        return 0
    wrong = [path for g in generators() for path in (*(path for path, _ in outdated(g)), *stale(g))]
    for path in wrong:
        print(f"{path} is out of date; run: make docs")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

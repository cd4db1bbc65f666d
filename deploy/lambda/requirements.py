# ruff: noqa: INP001 - a script of the Makefile beside it
"""Print the dependencies of a project except some: a function needs fewer than a developer.

Usage: python requirements.py PYPROJECT [NAME ...]
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path


def without(pyproject: str, names: list[str]) -> list[str]:
    """Return the requirements of a project except those for some distributions."""
    declared: list[str] = tomllib.loads(Path(pyproject).read_text(encoding="utf-8"))["project"]["dependencies"]
    return [line for line in declared if re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] not in names]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in without(sys.argv[1], sys.argv[2:])))

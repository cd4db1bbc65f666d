"""Compares a text with a file, letter by letter; see `tests.render.golden`."""

from __future__ import annotations

from pathlib import Path

from tests.render import golden

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    golden.check(str(FOLDER / name), text)

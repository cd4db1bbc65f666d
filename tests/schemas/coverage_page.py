"""Writes docs/coverage.md. It stands here because it needs all sides: schemas, kinds, and botocore's service model."""

from __future__ import annotations

import sys

from reconciler.kinds import KINDS
from reconciler.values import shapes
from schemas.coverage import markdown

COMMAND = "python -m tests.schemas.coverage_page > docs/coverage.md"


def text() -> str:
    return markdown(shapes, COMMAND, KINDS)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(text())

"""Generates docs/coverage.md from the schemas, the kinds and botocore's service model."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds import KINDS
from reconciler.values import shapes
from tools.coverage import markdown

PAGE = "docs/coverage.md"


def pages() -> Mapping[str, str]:
    """Return the page by its path."""
    return {PAGE: markdown(shapes, KINDS)}

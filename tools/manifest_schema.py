"""Generates the schema with which editors complete and validate a manifest: docs/schema/v1.json, and what we print."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.jsonschema import text

PAGE = "docs/schema/v1.json"
PRINTED = "schemas/manifest.v1.json"
"""What `poolctl schema` prints, installed with it."""


def pages() -> Mapping[str, str]:
    """Return the schema by its paths."""
    return dict.fromkeys((PAGE, PRINTED), text())

"""Generates docs/schema/v1.json, the schema with which editors complete and validate a manifest."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.jsonschema import text

PAGE = "docs/schema/v1.json"


def pages() -> Mapping[str, str]:
    """Return the schema by its path."""
    return {PAGE: text()}

"""Generates docs/schema/: the JSON Schema of each output, as `poolctl schema --output NAME` prints it."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.render.output_schemas import SHAPES, output_schema


def pages() -> Mapping[str, str]:
    """Return the text of each schema by its path."""
    return {f"docs/schema/{name}.v1.json": output_schema(name) for name in SHAPES}

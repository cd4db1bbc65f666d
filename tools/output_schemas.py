"""Writes docs/schema/: the JSON Schema of each output, as `poolctl schema --output NAME` prints it."""

from __future__ import annotations

import sys
from pathlib import Path

from reconciler.render.output_schemas import SHAPES, output_schema

COMMAND = "python -m tools.output_schemas"
"""Writes the files anew."""

FOLDER = Path(__file__).parents[1] / "docs" / "schema"


def files() -> dict[Path, str]:
    """Return the content of each file."""
    return {FOLDER / f"{name}.v1.json": output_schema(name) for name in SHAPES}


def main() -> None:
    """Write them, and name those that changed."""
    for file, text in files().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{file.relative_to(FOLDER.parents[1])}\n")


if __name__ == "__main__":
    main()

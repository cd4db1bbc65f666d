"""The JSON Schema of manifests as it was written down when poolctl was built: to print it, nothing is derived.

`make docs` writes the file, and a test holds it against the schemas.
"""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parent / "manifest.v1.json"


def manifest_schema() -> str:
    """Return the text of the schema."""
    return FILE.read_text(encoding="utf-8")

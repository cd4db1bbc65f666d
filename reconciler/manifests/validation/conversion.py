"""Types of values: what a text from elsewhere means for a member, and what an author calls a type."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

PYTHON: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "blob": bytes,
    "double": float,
    "float": float,
}
"""Python's types for scalar shapes; timestamps may be written in several ways."""

WORDS: Mapping[type, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    bytes: "the content of a file",
}
"""What an author calls a type."""


def convert(text: str, scalar: type) -> Any:
    """Return what a text from elsewhere means for a member of the given type; the text itself if nothing."""
    if scalar is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if scalar is int and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if scalar is float:
        with contextlib.suppress(ValueError):
            return float(text)
    return text

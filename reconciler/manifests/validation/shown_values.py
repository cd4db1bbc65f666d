"""Values in messages: spelled as an author would write them, shortened, and never repeated if they may be a secret."""

from __future__ import annotations

from typing import Any

from reconciler.manifests.references.origin import INLINE, Origin
from reconciler.model import Secret

SHOWN = 60
"""Longest value that a message repeats, in characters."""


def quoted(value: Any) -> str:
    """Spell a value that may be shown as an author would write it, shortened."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list, bytes)):
        return kind_of(value)
    text = str(value).replace("\n", " ")
    short = text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
    return f'"{short}"' if isinstance(value, str) else short


def shown(value: Any, origin: Origin | None) -> str:
    """Spell a value for a message; one that came from the environment, a file or AWS by where it came from."""
    if origin is None or (origin.kind == INLINE and not origin.taints and not origin.whole):
        return quoted(value)
    if not origin.taints:
        return f"{quoted(value)} (from {origin})"
    return f"the content of {origin}" if origin.raw is not None else f"the value of {origin}"


def kind_of(value: Any) -> str:
    """Name the kind of a value."""
    if isinstance(value, bool):
        return "a boolean"
    names: tuple[tuple[type, str], ...] = (
        (str, "a string"),
        (Secret, "a string"),
        (int, "a number"),
        (float, "a number with a decimal point"),
        (dict, "a map"),
        (list, "a list"),
        (bytes, "the content of a file"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "null")

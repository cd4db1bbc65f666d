"""Two long texts side by side, shortened so that the place where they differ stays.

A text that is cut at its end hides exactly what a reviewer looks for, because the names of roles, functions and URLs
begin alike. Only what both texts have in common is left out here, and never what differs (decision 16).
"""

from __future__ import annotations

AROUND = 24
"""Common characters that stay on either side of the difference, so that a reader sees where it is."""


def around(one: str, other: str, most: int) -> tuple[str, str]:
    """Return two texts without most of their common beginning and end, if one of them is long.

    Where something is left out, its length is shown instead. So results differ where the texts do, and with one of the
    texts at hand the other one can be reconstructed.

    Args:
        one: A text.
        other: Another one, or the same.
        most: Texts up to this length are left whole, in characters.
    """
    if one == other or max(len(one), len(other)) <= most:
        return one, other
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    start, end = max(head - AROUND, 0), max(tail - AROUND, 0)
    return _window(one, start, end), _window(other, start, end)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((i for i in range(shorter) if one[i] != other[i]), shorter)


def _window(text: str, start: int, end: int) -> str:
    lead = f"({start} characters)…" if start else ""
    trail = f"…({end} characters)" if end else ""
    return f"{lead}{text[start : len(text) - end]}{trail}"

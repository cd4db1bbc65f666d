"""What an image is, by its first bytes: the API takes the bytes and the name of the format, which may disagree."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAGIC: Mapping[str, re.Pattern[bytes]] = {
    "PNG": re.compile(rb"\x89PNG"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "ICO": re.compile(rb"\x00\x00\x01\x00"),
    "WEBP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "SVG": re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)", re.IGNORECASE),
    "GIF": re.compile(rb"GIF8[79]a"),
}
"""Format to how its files begin."""


def form(content: bytes) -> str:
    """Return the format of an image in the API's word, or empty if its first bytes do not say it."""
    return next((name for name, magic in MAGIC.items() if magic.match(content)), "")


def named(found: str) -> str:
    """Return what a message calls a format."""
    return f"a file of the format {found}" if found else "not a file of a format that is known"

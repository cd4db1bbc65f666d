"""Keeps text from acting on a terminal or on the runner of a CI job.

Values are escaped where they are rendered, each on one line (`errors.printable`). This is the last door, which every
text passes on its way to a stream: a value that was forgotten still moves no cursor, hides no text, turns no line
around and commands no runner. The escapes are those of JSON, so that a JSON text says the same after it.
"""

from __future__ import annotations

TYPE_CHECKING = False  # imported at start-up: neither `typing` nor `re`
if TYPE_CHECKING:
    from collections.abc import Sequence

ACTING = (
    *((0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F)),  # C0 without tab and newline, DEL, and C1: U+009B begins a sequence
    *((0x61C, 0x61C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069)),  # marks that turn text around
    *((0x2028, 0x2029), (0xFEFF, 0xFEFF)),  # separators that some programs end a line at, and the byte order mark
)
"""Ranges of characters that act on a terminal, or hide or turn text around."""

_ESCAPES = {code: f"\\u{code:04x}" for first, last in ACTING for code in range(first, last + 1)}

PAINT = tuple(f"\x1b[{code}m" for code in ("0", "1", "31", "32", "33", "1;31", "1;32"))
"""What `render.human.pen` writes. No value holds one of them, since values are escaped before they are painted."""


def harmless(text: str, *, color: bool = False) -> str:
    """Return a text with escapes in place of the characters that act on a terminal.

    Args:
        text: Any number of lines.
        color: Whether our own colours are kept.
    """
    if text.replace("\n", "").isprintable():
        return text
    return _painted(text, PAINT) if color else text.translate(_ESCAPES)


def _painted(text: str, kept: Sequence[str]) -> str:
    if not kept or "\x1b" not in text:
        return text.translate(_ESCAPES)
    return kept[0].join(_painted(part, kept[1:]) for part in text.split(kept[0]))


def prose(text: str) -> str:
    """Return a text for people in which GitHub's runner finds no command.

    The runner takes `::error::` at the start of a line and `##[error]` anywhere. Formats for programs do not pass here:
    there, commands are either meant, or data that must stay as it is.
    """
    if "::" not in text and "##[" not in text:
        return text
    lines = text.replace("##[", "\\u0023#[").split("\n")
    return "\n".join(line.replace(":", "\\u003a", 1) if line.lstrip().startswith("::") else line for line in lines)

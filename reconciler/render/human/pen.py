"""Colour and columns.

Words carry the meaning and colour only repeats it; a removal is never green.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.render.wording import Sentence

if TYPE_CHECKING:  # only plans have changes
    from reconciler.render.change_lines import ChangeLine

RED = "31"
GREEN = "32"
YELLOW = "33"
BOLD = "1"
DANGER = "1;31"
GOOD = "1;32"

COLORS = {"+": GREEN, "~": YELLOW, "-": RED, "-/+": RED, "!!": DANGER}
"""SGR codes by symbol."""

ALIGN = 52
"""Longest path that the others of its object are aligned with."""


class Pen:
    """Puts colour around words, or does not."""

    def __init__(self, *, color: bool, origins: bool = False) -> None:
        self._color = color
        self._origins = origins

    def origin(self, line: ChangeLine) -> str:
        """Return the origin of a line, as the comment that follows it."""
        return f"    # {line.origin}" if self._origins and line.origin else ""

    def paint(self, code: str, words: str) -> str:
        """Return the words in a colour."""
        return f"\x1b[{code}m{words}\x1b[0m" if self._color and words else words

    def symbol(self, symbol: str) -> str:
        """Return a symbol in its colour."""
        return self.paint(COLORS.get(symbol, ""), symbol) if symbol in COLORS else symbol

    def sentence(self, found: Sentence) -> str:
        """Return a line of a summary."""
        code = {"good": GOOD, "bad": DANGER}.get(found.mood, BOLD)
        return f"{self.paint(code, found.lead)}{found.rest}\n"


def laid_out(lines: Sequence[ChangeLine], pen: Pen, action: str) -> Iterator[str]:
    """Align the equals signs of one object. The symbol of a replacement is wider, so its members move to the right."""
    lead = " " * (len(action) + 1)
    span = max((len(x.path) for x in lines if x.value and x.path and len(x.path) <= ALIGN), default=0)
    for line in lines:
        symbol = pen.symbol(line.symbol)
        if not line.path:
            yield f"{lead}    {symbol} {line.value}".rstrip()
        elif line.value:
            yield f"{lead}{symbol} {line.path:<{span}} = {line.value}{pen.origin(line)}"
        else:
            yield f"{lead}{symbol} {line.path}{pen.origin(line)}"

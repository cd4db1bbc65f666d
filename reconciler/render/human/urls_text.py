"""URLs of a client, for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.errors import printable
from reconciler.procedures.url_lists import UrlEntry
from reconciler.procedures.url_records import time_text
from reconciler.render.human.pen import BOLD, GREEN, RED, YELLOW, Pen
from reconciler.render.url_types import UrlsResult

WORDS: Mapping[str, tuple[str, str]] = {
    "added": ("+", "added"),
    "renewed": ("~", "recorded anew"),
    "present": (" ", "is there"),
    "other": (" ", "is there, and `urls add` has not added it"),
    "removed": ("-", "removed"),
    "absent": (" ", "was not there"),
    "declared": (" ", "is declared by the manifest, and stays"),
    "expired": (" ", "has expired"),
    "pending": ("!", "is recorded, and not there: run `poolctl urls sweep`"),
}
"""For each status, its symbol and its words."""

COLORS: Mapping[str, str] = {"+": GREEN, "~": YELLOW, "-": RED, "!": YELLOW}


def urls(found: UrlsResult, color: bool = False) -> str:
    """Return what a run has found and done, with colour or without."""
    pen = Pen(color=color)
    return "\n".join([pen.paint(BOLD, printable(found.client)), *_lines(found, pen)])


def _lines(found: UrlsResult, pen: Pen) -> Iterator[str]:
    report = found.report
    for one in report.entries:
        yield _line(*WORDS[one.status], one, pen)
    for one in report.swept:
        yield _line("-", "has expired, and was removed" if not found.dry else "has expired", one, pen)
    for one in report.stay:
        yield _line("!", "has expired, and the client cannot be without it", one, pen)
    if not (report.entries or report.swept or report.stay):
        yield "  No URLs." if found.action == "list" else "  Nothing has expired."
    if found.dry:
        yield "Dry run: nothing was written."


def _line(symbol: str, words: str, one: UrlEntry, pen: Pen) -> str:
    until = f", until {time_text(one.until)}" if one.until is not None else ""
    text = printable(f"{one.url}  {one.member}: {words}{until}")
    return f"  {pen.paint(COLORS[symbol], symbol) if symbol in COLORS else symbol} {text}"

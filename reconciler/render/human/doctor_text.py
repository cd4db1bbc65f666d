"""What is missing before a run, for people: a table, and below it what to do about each thing that failed."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.render.human.pen import BOLD, DANGER, GOOD, YELLOW, Pen
from reconciler.render.subjects import USUAL, DoctorCheck, DoctorReport, RenderOptions
from reconciler.render.tally import plural

WORDS = {"ok": "ok", "failed": "failed", "not_checked": "not checked"}
COLORS = {"ok": GOOD, "failed": DANGER, "not_checked": YELLOW}


def doctor(found: DoctorReport, options: RenderOptions = USUAL) -> str:
    """Return the text of a report."""
    pen = Pen(color=options.color)
    title = max(len(check.title) for check in found.checks)
    word = max(map(len, WORDS.values()))
    rows = [line for check in found.checks for line in _row(check, title, word, pen)]
    return "".join(f"{line}\n" for line in (*rows, *_cures(found, pen), "", _sum(found, pen)))


def _row(check: DoctorCheck, title: int, word: int, pen: Pen) -> Iterator[str]:
    first, *rest = check.found or ("",)
    state = pen.paint(COLORS[check.outcome], f"{WORDS[check.outcome]:<{word}}")
    yield f"  {state}  {check.title:<{title}}  {printable(first)}".rstrip()
    yield from (f"  {'':<{word}}  {'':<{title}}  {printable(line)}" for line in rest)


def _cures(found: DoctorReport, pen: Pen) -> Iterator[str]:
    for check in found.failed:
        yield ""
        yield pen.paint(BOLD, f"{check.title}:")
        yield from (f"  {printable(line)}" for line in check.cure)


def _sum(found: DoctorReport, pen: Pen) -> str:
    """Return the last line. That nothing is missing is said only where everything was looked at."""
    unseen = ", ".join(check.title for check in found.unseen)
    left = f" Not checked: {unseen}." if unseen else ""
    if found.failed:
        return f"{pen.paint(DANGER, plural(len(found.failed), 'check') + ' failed')}. Nothing was written.{left}"
    if unseen:
        return f"{pen.paint(YELLOW, 'Nothing was found missing')} for {found.run}.{left}"
    return f"{pen.paint(GOOD, 'Nothing is missing')} for {found.run}."

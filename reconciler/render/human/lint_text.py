"""The findings of `lint` for people: what, where, why, and what to do, the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from reconciler.errors import printable
from reconciler.manifests.manifest import Waiver
from reconciler.model import Risk, Weakness
from reconciler.planning.linting import Linted
from reconciler.render.human.pen import BOLD, DANGER, GOOD, RED, YELLOW, Pen
from reconciler.render.lint_report import summary
from reconciler.render.subjects import USUAL, LintResult, RenderOptions
from reconciler.render.tally import plural
from reconciler.render.weaknesses import at_least, place, same
from reconciler.render.wording import declared_in

COLORS: dict[Risk, str] = {"critical": DANGER, "high": RED, "medium": YELLOW, "low": ""}
"""Colour of each severity; the word is always there too."""

INDENT = "      "


def lint(found: LintResult, options: RenderOptions = USUAL) -> str:
    """Return the text of what `lint` found."""
    pen = Pen(color=options.color)
    parts = ["".join(f"{line}\n" for line in _document(found, one, pen, options.width)) for one in found.documents]
    bad = any(one.weaknesses or one.expired for one in found.documents)
    lines = [pen.paint(DANGER if found.failed else BOLD if bad else GOOD, summary(found)), *_rest(found)]
    return "\n".join([*parts, "".join(f"{line}\n" for line in lines)])


def _document(found: LintResult, one: Linted, pen: Pen, width: int) -> Iterator[str]:
    head = f"{one.manifest.kind} {one.manifest.name} ({one.profile}) — {declared_in(one.manifest.target)}"
    yield pen.paint(BOLD, printable(head))
    shown = at_least(one.weaknesses, found.shown)
    for waiver in one.expired:
        yield pen.paint(DANGER, f"  !! The waiver of {waiver.rule} expired on {waiver.expires}") + _where(waiver)
    for weakness in shown:
        yield from _weakness(weakness, pen, width)
    for weakness in one.waived:
        yield f"  accepted  {weakness.rule} {place(weakness)}: {printable(weakness.reason)}"
    for waiver in one.unused:
        yield f"  The waiver of {waiver.rule} matches nothing; remove it.{_where(waiver)}"
    if not shown and not one.expired:
        yield "  Nothing to report."


def _weakness(one: Weakness, pen: Pen, width: int) -> Iterator[str]:
    level = pen.paint(COLORS[one.risk], f"{one.risk:<8}")
    yield f"  {level}  {one.rule} {pen.paint(BOLD, place(one))}: {printable(one.title)}    {printable(str(one.source))}"
    also = same(one)
    for text in (one.message, f"Fix: {one.advice}", f"The same: {also}." if also else ""):
        yield from wrap(printable(text), max(width, 60), initial_indent=INDENT, subsequent_indent=INDENT)


def _where(waiver: Waiver) -> str:
    return f"    {printable(waiver.source.file)}:{waiver.source.line}"


def _rest(found: LintResult) -> Iterator[str]:
    every = [one for document in found.documents for one in document.weaknesses]
    hidden = len(every) - len(at_least(every, found.shown))
    if hidden:
        yield f"{plural(hidden, 'finding')} below {found.shown} {'is' if hidden == 1 else 'are'} not shown."
    skipped = dict.fromkeys(rule.id for document in found.documents for rule in document.skipped)
    if skipped and not found.live:
        yield f"Not judged without --live: {', '.join(skipped)}."

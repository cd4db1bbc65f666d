"""How a pool is replaced, for people: what forces it, the steps, and what reaches the new pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from reconciler.errors import printable
from reconciler.procedures.left_behind import LeftBehindItem
from reconciler.procedures.replacement import FrozenChange, Replacement, ReplacementStep
from reconciler.render.human.pen import BOLD, DANGER, YELLOW, Pen
from reconciler.render.subjects import USUAL, RenderOptions

WIDTH = 110
"""Columns of running text, whatever the terminal: the text is kept and compared."""

WAYS = {
    "stays": "stays behind",
    "import or trigger": "comes with the user",
    "trigger": "comes by the trigger only",
    "by hand": "by hand",
    "manifest": "by the manifest",
}
"""How each way is said."""


def replace(found: Replacement, options: RenderOptions = USUAL) -> str:
    """Return the text of a replacement."""
    pen, target = Pen(color=options.color), found.target
    place = f"Pool {target.pool_name} ({target.pool_id}, account {target.account}, {target.region})"
    sections = [
        [pen.paint(BOLD, printable(place))],
        _changes(found.changes, pen),
        [] if found.needed else _not_needed(),
        _steps(found, pen),
        _items(found.items, pen),
        [f"Manifest of the new pool: {printable(found.manifest)}"] if found.manifest else [],
        [printable(notice) for notice in found.notices],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section) + "\n"


def _changes(changes: Sequence[FrozenChange], pen: Pen) -> list[str]:
    if not changes:
        return []
    lines = [pen.paint(BOLD, "Cognito cannot change in place")]
    for change in changes:
        values = f": {change.before} -> {change.after}" if change.after else ""
        place = f"    {change.place}" if change.place else ""
        head = printable(f"{change.member}{values}{place}")
        source = f" (cognito.md {change.source})" if change.source else ""
        lines += ["", f"  {pen.paint(DANGER if change.needs_pool else YELLOW, head)}"]
        lines += _wrapped(
            f"{'Needs a new pool. ' if change.needs_pool else 'Needs no new pool. '}{change.meaning}{source}", 4
        )
    return lines


def _not_needed() -> list[str]:
    return ["No new pool is needed: nothing was written, and there are no steps."]


def _steps(found: Replacement, pen: Pen) -> list[str]:
    if not found.steps:
        return []
    lines = [pen.paint(BOLD, printable(f"Steps to replace it by {found.name}")), "This command does none of them."]
    for number, step in enumerate(found.steps, 1):
        lines += ["", *_step(number, step, pen)]
    return lines


def _step(number: int, step: ReplacementStep, pen: Pen) -> Iterator[str]:
    yield f"  {number}. {pen.paint(BOLD, printable(step.title))}"
    yield from _wrapped(step.detail, 5)
    yield from (f"       {printable(command)}" for command in step.commands)
    if step.interrupts:
        yield from _wrapped(f"Interrupts: {step.interrupts}", 5)
    if step.undo:
        yield from _wrapped(f"Back: {step.undo}", 5)


def _items(items: Sequence[LeftBehindItem], pen: Pen) -> list[str]:
    if not items:
        return []
    lines = [pen.paint(BOLD, "What is in the pool, and how it reaches the new one")]
    for item in items:
        lines += ["", f"  {item.title}: {pen.paint(DANGER if item.way == 'stays' else YELLOW, WAYS[item.way])}"]
        lines += _wrapped(f"{item.detail} (cognito.md {item.source})", 4)
    return lines


def _wrapped(text: str, indent: int) -> list[str]:
    space = " " * indent
    return wrap(
        printable(text),
        WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )

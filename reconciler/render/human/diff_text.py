"""The differences between two sides, for people.

The lines are those of a plan, read from the first to the second: `+` is what only the second has.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import printable
from reconciler.model import Action, short_place
from reconciler.render.change_lines import lines
from reconciler.render.human.pen import BOLD, COLORS, DANGER, GOOD, Pen, laid_out
from reconciler.render.shown import ShownChange, ShownComparison, ShownSide
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import plural
from reconciler.render.unread import unread

HEADS = {
    Action.CREATE: "only in B",
    Action.DELETE: "only in A",
    Action.UPDATE: "differs",
}


def diff(found: Sequence[ShownComparison], options: RenderOptions = USUAL) -> str:
    """Return the text of comparisons."""
    pen = Pen(color=options.color, origins=True)
    parts = [_pair(c, pen, options.width) for c in found]
    return "\n".join([*parts, _summary(found, pen)])


def _pair(found: ShownComparison, pen: Pen, width: int) -> str:
    head = "".join(
        f"{pen.paint(BOLD, letter)}  {_title(side)}\n" for letter, side in (("A", found.one), ("B", found.other))
    )
    objects = [_object(c, pen, width) for c in found.changes]
    gaps = "".join(unread(g) + "\n" for g in found.gaps)
    quiet = "  No differences.\n" if found.same and not found.gaps else ""
    return "\n".join(part for part in (head + quiet, *objects, gaps) if part)


def _title(side: ShownSide | None) -> str:
    return printable(f"{side.label}: {side.kind} {side.name}") if side else "(no counterpart)"


def _object(change: ShownChange, pen: Pen, width: int) -> str:
    symbol = change.action.value
    where = f"    {short_place(change.source)}" if change.source else ""
    head = f"{pen.paint(BOLD, printable(f'# {change.address}'))} {pen.paint(COLORS[symbol], HEADS[change.action])}"
    return "".join(f"{line}\n" for line in [f"  {head}{where}", *laid_out(list(lines(change, width)), pen, symbol)])


def _summary(found: Sequence[ShownComparison], pen: Pen) -> str:
    changes = [c for comparison in found for c in comparison.changes]
    alone = sum(c.one is None or c.other is None for c in found)
    gaps = sum(len(c.gaps) for c in found)
    text = ""
    if changes:
        counts = {a: sum(c.action is a for c in changes) for a in HEADS}
        text += (
            f"{pen.paint(BOLD, 'Differences:')} {counts[Action.CREATE]} only in B, {counts[Action.UPDATE]} different, "
            f"{counts[Action.DELETE]} only in A.\n"
        )
    if alone:
        text += f"{plural(alone, 'document')} {'has' if alone == 1 else 'have'} no counterpart on the other side.\n"
    if gaps:
        text += f"{pen.paint(DANGER, 'Incomplete:')} {plural(gaps, 'object')} could not be read.\n"
    return text or f"{pen.paint(GOOD, 'No differences.')}\n"

"""What tells two descriptions apart, for people and for programs.

The lines are those of a plan, read from the first to the second: `+` is what only the second has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from reconciler import __version__
from reconciler.model import Action, FieldChange, ResourceChange, dotted
from reconciler.render import redact
from reconciler.render.human import BOLD, COLORS, DANGER, Pen, laid_out, lines
from reconciler.render.redact import printable
from reconciler.render.tally import plural
from reconciler.render.unread import unread

if TYPE_CHECKING:  # the engine's side comes with pydantic
    from reconciler.export.compare import ComparedSide, Comparison

FORMAT = "1.0"
"""Version of the JSON."""

HEADS = {
    Action.CREATE: "only in B",
    Action.DELETE: "only in A",
    Action.UPDATE: "differs",
}

WORDS = {
    Action.CREATE: "only_in_b",
    Action.DELETE: "only_in_a",
    Action.UPDATE: "different",
}
"""For programs."""


def human(found: Sequence[Comparison], *, color: bool, width: int = 100) -> str:
    """Return the text of comparisons.

    Args:
        found: From `compare.compare`.
        color: Whether to use colour.
        width: Columns.
    """
    pen = Pen(color=color, origins=True)
    parts = [_pair(c, pen, width) for c in found]
    return "\n".join([*parts, _summary(found, pen)])


def _pair(found: Comparison, pen: Pen, width: int) -> str:
    head = "".join(
        f"{pen.paint(BOLD, letter)}  {_title(side)}\n" for letter, side in (("A", found.one), ("B", found.other))
    )
    objects = [_object(c, pen, width) for c in found.changes]
    gaps = "".join(unread(g) + "\n" for g in found.gaps)
    quiet = "  No differences.\n" if found.same and not found.gaps else ""
    return "\n".join(part for part in (head + quiet, *objects, gaps) if part)


def _title(side: ComparedSide | None) -> str:
    return printable(f"{side.label}: {side.kind} {side.name}") if side else "(nothing that corresponds)"


def _object(change: ResourceChange, pen: Pen, width: int) -> str:
    symbol = change.action.value
    where = f"    {printable(change.source.file)}:{change.source.line}" if change.source else ""
    head = f"{pen.paint(BOLD, printable(f'# {change.address}'))} {pen.paint(COLORS[symbol], HEADS[change.action])}"
    return "".join(f"{line}\n" for line in [f"  {head}{where}", *laid_out(list(lines(change, width)), pen, symbol)])


def _summary(found: Sequence[Comparison], pen: Pen) -> str:
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
        text += f"{plural(alone, 'document')} of one side {'has' if alone == 1 else 'have'} none on the other.\n"
    if gaps:
        text += f"{pen.paint(DANGER, 'Incomplete:')} {plural(gaps, 'object')} could not be read.\n"
    return text or f"{pen.paint('1;32', 'No differences.')}\n"


# --- for programs --------------------------------------------------------------------------------------------------


def machine(found: Sequence[Comparison]) -> str:
    """Return comparisons as JSON; its schema is `poolctl schema --output diff`. Secrets are redacted."""
    tree = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "same": all(c.same for c in found),
        "complete": not any(c.gaps for c in found),
        "comparisons": [_comparison(c) for c in found],
    }
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "a": _side(found.one),
        "b": _side(found.other),
        "objects": [_change(c) for c in found.changes],
        "gaps": [{"address": str(g.address), "operation": g.operation, "reason": g.reason} for g in found.gaps],
    }


def _side(side: ComparedSide | None) -> dict[str, Any] | None:
    return {"operand": side.label, "kind": side.kind, "name": side.name} if side else None


def _change(change: ResourceChange) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "type": change.type,
        "difference": WORDS[change.action],
        "source": change.source._asdict() if change.source else None,
        "fields": list(_members(change)),
    }


def _members(change: ResourceChange) -> Iterator[dict[str, Any]]:
    _, words = redact.hidden(change)
    for found in change.fields:
        yield _field(found, redact.field(found, words))


def _field(found: FieldChange, shown: FieldChange) -> dict[str, Any]:
    return {
        "path": dotted(found.path),
        "a": redact.plain(shown.before),
        "b": redact.plain(shown.after),
        "sensitive": found.sensitive,
        "source": found.source._asdict() if found.source else None,
    }

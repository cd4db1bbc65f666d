"""Plans for people.

The conventions are Terraform's (symbols, verbs, the summary line). Dangerous lines come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import Action, Danger, OutputChange, Position, Refusal, dotted
from reconciler.render.change_lines import lines
from reconciler.render.human.pen import BOLD, COLORS, DANGER, Pen, laid_out
from reconciler.render.output_words import output_extent, output_lines, output_title
from reconciler.render.shown import ShownChange, ShownField, ShownPlan
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import plural
from reconciler.render.unread import unread
from reconciler.render.wording import HEADS, danger_words, header, notice, plan_sums, standstill


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return the text of plans, in the order in which they are given."""
    pen = Pen(color=options.color, origins=options.origins)
    parts = [_pool(p, pen, options.width, many=len(plans) > 1) for p in plans]
    return "\n".join([*parts, "".join(map(pen.sentence, plan_sums(plans)))])


# --- one pool ------------------------------------------------------------------------------------------------------


def _pool(plan: ShownPlan, pen: Pen, width: int, *, many: bool) -> str:
    """Paragraphs with an empty line behind each: head, danger, objects, what was left alone, notices."""
    paused = [pen.paint(DANGER, standstill(n)) + "\n" for n in plan.notices if n.standstill]
    dangers = [*paused, *_dangers(plan, pen), *(_refusal(r, pen) for r in plan.refusals)]
    order = sorted(plan.pending, key=lambda c: c.action not in (Action.DELETE, Action.REPLACE))
    objects = [_object(c, pen, width) for c in order]
    objects += ["".join(_output(o, pen) for o in plan.writes)] if plan.writes else []
    notes = [notice(n) + "\n" for n in plan.notices if not n.standstill]
    rest = [*_unmanaged(plan), *(unread(g) + "\n" for g in plan.gaps), *notes]
    quiet = ["  No changes.\n"] if many and not (dangers or objects or plan.gaps) else []
    head = pen.paint(BOLD, header(plan.target)) + "\n" + "".join(quiet)
    return "\n".join(p for p in [head, "".join(dangers), *objects, "".join(rest)] if p)


def _dangers(plan: ShownPlan, pen: Pen) -> Iterator[str]:
    words = {
        Action.DELETE: "will be destroyed",
        Action.REPLACE: "will be replaced: destroyed, and created again",
    }
    for action, what in words.items():
        names = [printable(str(c.address)) for c in plan.pending if c.action is action]
        if names:
            yield pen.paint(DANGER, f"!! {plural(len(names), 'object')} {what}: {', '.join(names)}") + "\n"
    for change in plan.pending:
        yield from (_danger(change, f, f.danger, pen) for f in change.fields if f.danger)


def _danger(change: ShownChange, field: ShownField, danger: Danger, pen: Pen) -> str:
    head = pen.paint(DANGER, printable(f"!! {change.address} {dotted(field.path)} {danger_words(danger)}"))
    return f"{head}{_source(field.source)}\n   {printable(danger.sentence)}\n"


def _refusal(refusal: Refusal, pen: Pen) -> str:
    member = f" {dotted(refusal.path)}" if refusal.path else ""
    head = pen.paint(DANGER, printable(f"!! Refused: {refusal.address}{member}")) + printable(f" [{refusal.rule}]")
    body = [printable(t) for t in (refusal.message, refusal.advice) if t]
    return head + _source(refusal.source) + "\n" + "".join(f"   {line}\n" for line in body)


def _unmanaged(plan: ShownPlan) -> Iterator[str]:
    if plan.unmanaged:
        yield f"Not in the manifest (left alone): {', '.join(printable(str(a)) for a in plan.unmanaged)}\n"


def _source(source: Position | None) -> str:
    return f"    {printable(source.file)}:{source.line}" if source else ""


def _output(output: OutputChange, pen: Pen) -> str:
    symbol = output.action.value
    extent = output_extent(output)
    head = f"  {pen.symbol(symbol)} {output_title(output)}{f': {extent}' if extent else ''}{_source(output.source)}"
    inside = [f"      {pen.symbol(line.symbol)} {line.path}" for line in output_lines(output)]
    return "".join(f"{line}\n" for line in [head, *inside])


# --- one object ----------------------------------------------------------------------------------------------------


def _object(change: ShownChange, pen: Pen, width: int) -> str:
    symbol = change.action.value
    color = COLORS[symbol]
    head = (
        f"{pen.paint(BOLD, printable(f'# {change.address}'))} {pen.paint(color, HEADS[change.action])}"
        f"{_source(change.source)}"
    )
    reason = [f"  # ({printable(change.reason)})"] if change.reason else []
    found = list(lines(change, width))
    return "".join(f"{line}\n" for line in [f"  {head}", *reason, *laid_out(found, pen, symbol)])

"""Plans for people.

The conventions are Terraform's (symbols, verbs, the summary line). Dangerous lines come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import Action, Danger, Notice, OutputChange, Refusal, Weakness, dotted
from reconciler.render import alarms
from reconciler.render.change_lines import kept_words, lines
from reconciler.render.human.alarm_text import entry, source
from reconciler.render.human.pen import BOLD, COLORS, DANGER, Pen, laid_out
from reconciler.render.output_words import output_extent, output_lines, output_title
from reconciler.render.shown import ShownChange, ShownField, ShownPlan
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import plural
from reconciler.render.unread import unread
from reconciler.render.weaknesses import summed_up
from reconciler.render.wording import HEADS, PlanSums, danger_words, folded, header, notice, of_parts, standstill

GONE = {
    Action.DELETE: "will be destroyed",
    Action.REPLACE: "will be replaced: destroyed, and created again",
}
"""What becomes of objects that are lost, in words."""


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return the text of plans, in the order in which they are given; of several, what is dangerous in any comes first.

    Notes that every run repeats are counted, unless the options ask for them.
    """
    pen = Pen(color=options.color, origins=options.origins)
    apart = len(plans) > 1
    first, parts, sums = [], [], PlanSums()
    repeated: list[Notice] = []
    weaknesses: list[Weakness] = []
    for one in plans:  # once: each of them may have to be read
        urgent = "".join(_urgent(one, pen))
        if apart and urgent:
            first.append(f"{_head(one, pen)}\n{urgent}")
        parts.append(_pool(one, pen, options, "" if apart else urgent, many=apart))
        repeated += [n for n in _notes(one) if n.lasting and not options.notes]
        weaknesses += one.weaknesses
        sums.add(one)
    folds = [f"{line}\n" for line in (folded(repeated, "plan"), summed_up(weaknesses)) if line]
    said = "".join(map(pen.sentence, sums.sentences()))
    return "\n".join([*first, *parts, *(["".join(folds)] if folds else []), said])


# --- one pool ------------------------------------------------------------------------------------------------------


def _pool(plan: ShownPlan, pen: Pen, options: RenderOptions, urgent: str, *, many: bool) -> str:
    """Paragraphs with an empty line behind each: head, danger, objects, what was left alone, notices."""
    order = sorted(plan.pending, key=lambda c: c.action not in GONE)
    objects = [_object(c, pen, options.width) for c in order]
    objects += ["".join(_output(o, pen) for o in plan.writes)] if plan.writes else []
    notes = [notice(n) + "\n" for n in _notes(plan) if options.notes or not n.lasting]
    rest = [*_unmanaged(plan), *_unguarded(plan, pen, bad=False), *(unread(g) + "\n" for g in plan.gaps), *notes]
    quiet = ["  No changes.\n"] if many and not (plan.refusals or objects or plan.gaps) else []
    head = _head(plan, pen) + "".join(quiet)
    bare = "".join(_unguarded(plan, pen, bad=True))
    return "\n".join(p for p in [head, urgent, bare, *objects, "".join(rest)] if p)


def _head(plan: ShownPlan, pen: Pen) -> str:
    return pen.paint(BOLD, header(plan.target)) + "\n"


def _notes(plan: ShownPlan) -> Iterable[Notice]:
    return (n for n in plan.notices if not n.standstill)


# --- what comes first ----------------------------------------------------------------------------------------------


def _urgent(plan: ShownPlan, pen: Pen) -> Iterator[str]:
    """Paused writes, refusals, what is lost, what changes do beside themselves, and what weakens, the worst first."""
    yield from (pen.paint(DANGER, standstill(n)) + "\n" for n in plan.notices if n.standstill)
    yield from (_refusal(r, pen) for r in plan.refusals)
    for action, words in GONE.items():
        yield from _gone([c for c in plan.pending if c.action is action], words, pen)
    fields = ((c, f, alarms.lone_danger(f)) for c in plan.pending for f in c.fields)
    yield from (_danger(c, f, d, pen) for c, f, d in fields if d)
    yield from (entry(a, pen) for a in alarms.of_plans([plan]))


def _gone(changes: Sequence[ShownChange], words: str, pen: Pen) -> Iterator[str]:
    """Objects that are lost, and below them what making them again does not restore."""
    if not changes:
        return
    names = ", ".join(printable(str(c.address)) for c in changes)
    yield pen.paint(DANGER, f"!! {plural(len(changes), 'object')} {words}: {names}") + "\n"
    for undo in dict.fromkeys(c.effect.undo for c in changes if c.effect and not c.effect.alarming):
        about = [str(c.address) for c in changes if c.effect and c.effect.undo == undo]
        whose = f"{', '.join(about)}: " if len(about) < len(changes) else ""
        yield printable(f"   {whose}{undo}") + "\n" if undo else ""


def _danger(change: ShownChange, field: ShownField, danger: Danger, pen: Pen) -> str:
    head = pen.paint(DANGER, printable(f"!! {change.address} {dotted(field.path)} {danger_words(danger)}"))
    return f"{head}{source(field.source)}\n   {printable(danger.sentence)}\n"


def _refusal(refusal: Refusal, pen: Pen) -> str:
    member = f" {dotted(refusal.path)}" if refusal.path else ""
    head = pen.paint(DANGER, printable(f"!! Refused: {refusal.address}{member}")) + printable(f" [{refusal.rule}]")
    body = [printable(t) for t in (refusal.message, refusal.advice) if t]
    return head + source(refusal.source) + "\n" + "".join(f"   {line}\n" for line in body)


# --- what the manifest does not say --------------------------------------------------------------------------------


def _unmanaged(plan: ShownPlan) -> Iterator[str]:
    if plan.unmanaged:
        yield f"Not in the manifest (left alone): {', '.join(printable(str(a)) for a in plan.unmanaged)}\n"


def _unguarded(plan: ShownPlan, pen: Pen, *, bad: bool) -> Iterator[str]:
    """What is live and neither declared nor a default; before the objects if some of it weakens, else behind them."""
    found = alarms.unguarded(plan.undeclared)
    if found.total and bool(found.names) is bad:
        words = f"{found.sentence} poolctl drift shows {'it' if found.total == 1 else 'them'}."
        yield (pen.paint(DANGER, words) if bad else words) + "\n"


def _output(output: OutputChange, pen: Pen) -> str:
    symbol = output.action.value
    extent = output_extent(output)
    head = f"  {pen.symbol(symbol)} {output_title(output)}{f': {extent}' if extent else ''}{source(output.source)}"
    inside = [f"      {pen.symbol(line.symbol)} {line.path}" for line in output_lines(output)]
    return "".join(f"{line}\n" for line in [head, *inside])


# --- one object ----------------------------------------------------------------------------------------------------


def _object(change: ShownChange, pen: Pen, width: int) -> str:
    symbol = change.action.value
    color = COLORS[symbol]
    head = (
        f"{pen.paint(BOLD, printable(f'# {change.address}'))} {pen.paint(color, HEADS[change.action])}"
        f"{source(change.source)}{of_parts(change.parts)}"
    )
    reason = [f"  # ({printable(said)})" for said in (change.reason, kept_words(change)) if said]
    found = list(lines(change, width))
    return "".join(f"{line}\n" for line in [f"  {head}", *reason, *laid_out(found, pen, symbol)])

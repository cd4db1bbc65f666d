"""The result of an apply, for people: the summary, then each failure, then what to run next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.model import Action, dotted
from reconciler.render.human.pen import Pen
from reconciler.render.human.pool_text import connections
from reconciler.render.output_words import output_result
from reconciler.render.shown import ShownApply, ShownChange, ShownPlan, ShownStep
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import Outcome, outcome, plural
from reconciler.render.wording import apply_sum


def apply(applied: ShownApply, options: RenderOptions = USUAL) -> str:
    """Return the text of the result of an apply."""
    pen = Pen(color=options.color)
    result = outcome(applied)
    head = pen.sentence(apply_sum(applied))
    if result.complete and not (result.left or result.unproven or result.unwritten):
        unverified = "The result was not verified: the pools were not read again after the last write.\n"
        return (head if result.verified else head + unverified) + _connections(result, applied, pen) + _checks(applied)
    reasons = "".join(f"  {line}\n" for line in _reasons(result, applied.plans))
    made = _connections(result, applied, pen) + _checks(applied)
    return head + reasons + (f"{made}\n" if made else "") + _next(result, applied)


def _connections(result: Outcome, applied: ShownApply, pen: Pen) -> str:
    """The ids of what was made, and the addresses of the pools that were written to."""
    done = [r.change for r in result.results if r.status == "done"]
    made = {c.address for c in done if c.action in (Action.CREATE, Action.REPLACE)}
    written = {c.address.pool for c in done}
    keys = {p.target.key for p in applied.plans if _pool_name(p) in written}
    found = [c for c in applied.connections if c.target.key in keys]
    return "".join(f"\n{connections(c, pen, made)}" for c in found)


def _checks(applied: ShownApply) -> str:
    """What the web says of the pools, one line each, and its URL where it is not as it should be."""
    found = applied.checks
    width = max((len(c.status) for c in found), default=0)
    lines = [printable(f"  {c.status:<{width}}  {c.pool}: {c.what}: {c.message}") for c in found]
    urls = [f"\n  {'':<{width}}  {c.url}" if c.url and c.status != "ok" else "" for c in found]
    return "\nChecked on the web:\n" + "".join(f"{a}{b}\n" for a, b in zip(lines, urls, strict=True)) if found else ""


def _reasons(result: Outcome, plans: tuple[ShownPlan, ...]) -> Iterator[str]:
    many = len(plans) > 1
    if not result.complete:
        yield from (_failure(r, many=many) for r in result.results if r.status == "failed")
        waiting = (r for r in result.results if r.status == "not_started")
        yield from (f"{_name(r.change, many=many)}: not started{_because(r)}" for r in waiting)
    for change in result.left:
        members = ", ".join(printable(dotted(f.path)) for f in change.fields)
        what = "" if result.complete else "differs after the last write: "
        yield f"{_name(change, many=many)}: {what}{members or 'differs'}"
    names = {p.target.key: _pool_name(p) for p in plans}
    for found in result.unproven:
        where = f"{names.get(found.pool, found.pool)}: " if many else ""
        what = "" if result.complete else "not verified: "
        yield printable(f"{where}{what}{found.reason}")
    for done in result.unwritten:
        yield printable(f"{done.output.address.full if many else done.output.address}: {output_result(done)}")


def _failure(result: ShownStep, *, many: bool) -> str:
    done = f" after {plural(result.written, 'successful call')}" if result.written else ""
    return f"{_name(result.change, many=many)}: failed{done}: {printable(result.error)}"


def _because(result: ShownStep) -> str:
    return f" ({printable(result.error)})" if result.error else ""


def _name(change: ShownChange, *, many: bool) -> str:
    return printable(change.address.full if many else str(change.address))


def _next(result: Outcome, applied: ShownApply) -> str:
    """The next commands, for exactly the manifests that are not done, with the options of this run."""
    pools = {r.change.address.pool for r in result.results if r.status != "done"}
    pools |= {c.address.pool for c in result.left}
    pools |= {d.output.address.pool for d in result.unwritten}
    unproven = {u.pool for u in result.unproven}
    plans = [p for p in applied.plans if _pool_name(p) in pools or p.target.key in unproven] or [
        p for p in applied.plans if p.pending
    ]
    files = dict.fromkeys(shlex.quote(file) for p in plans for file in p.target.files)
    words = printable(" ".join((*applied.given, *files)))
    stale = any(r.stale for r in result.results)
    why = "The pool has changed since it was planned. " if stale else ""
    return f"{why}Run `poolctl plan {words}` to see what is left, then `poolctl apply {words}`.\n"


def _pool_name(plan: ShownPlan) -> str:
    return plan.changes[0].address.pool if plan.changes else plan.target.pool_name

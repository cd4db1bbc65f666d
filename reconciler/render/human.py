"""Plans for people.

The conventions are Terraform's (symbols, verbs, the summary line), because everybody can read them. Dangerous lines
come first. Words carry the meaning and colour only repeats it, never green for something that removes. Identical
input gives identical bytes, so that two outputs can be compared.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.errors import Problem
from reconciler.model import (
    Action,
    Call,
    FieldChange,
    Notice,
    Path,
    Plan,
    Position,
    Refusal,
    ResourceChange,
    Secret,
    Target,
    dotted,
)
from reconciler.render import redact
from reconciler.render.redact import printable
from reconciler.render.tally import Applied, ChangeResult, Outcome, counts, outcome, plural
from reconciler.render.unread import unread

RED = "31"
GREEN = "32"
YELLOW = "33"
BOLD = "1"
DANGER = "1;31"

COLORS = {"+": GREEN, "~": YELLOW, "-": RED, "-/+": RED, "!!": DANGER}
"""SGR codes by symbol."""

HEADS = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in place",
    Action.DELETE: "will be destroyed",
    Action.REPLACE: "must be replaced",
}

MOST = 120
"""Longest text that is shown whole within a line, in characters; of longer ones only where they differ."""

LINES = 40
"""Most lines that are shown of one text."""

ALIGN = 52
"""Longest path that the others of its object are aligned with."""


class ChangeLine(NamedTuple):
    """One line about a member."""

    symbol: str
    """`+`, `~` or `-`."""
    path: str
    """Dotted; empty for members of a list and lines of a text."""
    value: str
    """What stands behind the equals sign; for lines without a path the whole text."""
    sides: tuple[str, str] = ("", "")
    """Before and after, where the value is `before -> after`; after is empty for what is gone. Other formats show them
    apart."""
    origin: str = ""
    """File and line that say so, where that is known."""


def plan(
    plans: Sequence[Plan],
    *,
    color: bool,
    width: int = 100,
    calls: Mapping[str, Sequence[Call]] | None = None,
    origins: bool = False,
) -> str:
    """Return the text of plans.

    Args:
        plans: One for each document, in the order in which they are to be shown.
        color: Whether to use colour.
        width: Columns; decides what fits on a line.
        calls: By full address, the calls that apply would send, to be shown as well.
        origins: Whether each member shows the file and line that it comes from.
    """
    pen = Pen(color=color, origins=origins)
    parts = [_pool(p, pen, width, calls or {}, many=len(plans) > 1) for p in plans]
    return "\n".join([*parts, summary(plans, color=color)])


def summary(plans: Sequence[Plan], *, color: bool) -> str:
    """Return the last lines of a plan: what it comes to over all pools."""
    pen = Pen(color=color)
    total = counts(plans)
    gaps = sum(len(p.gaps) for p in plans)
    lines = []
    if any(p.pending for p in plans):
        lines.append(f"{pen.paint(BOLD, 'Plan:')} {total.sentence}")
    elif gaps:
        lines.append("No changes found in what could be read.")
    elif not total.refused:
        lines.append(f"{pen.paint('1;32', 'No changes.')} Your user pools match the manifests.")
    if gaps:
        lines.append(f"{pen.paint(DANGER, 'Incomplete:')} {plural(gaps, 'object')} could not be read.")
    if total.refused:
        lines.append(f"{pen.paint(DANGER, 'Plan refused:')} {plural(total.refused, 'reason')}.")
    return "".join(line + "\n" for line in lines)


class Pen:
    """Puts colour around words, or does not."""

    def __init__(self, *, color: bool, origins: bool = False) -> None:
        self._color = color
        self._origins = origins

    def origin(self, line: ChangeLine) -> str:
        """Return where a line comes from, as it stands behind it."""
        return f"    # {line.origin}" if self._origins and line.origin else ""

    def paint(self, code: str, words: str) -> str:
        """Return the words in a colour."""
        return f"\x1b[{code}m{words}\x1b[0m" if self._color and words else words

    def symbol(self, symbol: str) -> str:
        """Return a symbol in its colour."""
        return self.paint(COLORS.get(symbol, ""), symbol) if symbol in COLORS else symbol


# --- one pool ------------------------------------------------------------------------------------------------------


def _pool(plan: Plan, pen: Pen, width: int, calls: Mapping[str, Sequence[Call]], *, many: bool) -> str:
    """Paragraphs with an empty line behind each: head, danger, objects, what was left alone, notices."""
    dangers = [*_dangers(plan, pen), *(_refusal(r, pen) for r in plan.refusals)]
    order = sorted(plan.pending, key=lambda c: c.action not in (Action.DELETE, Action.REPLACE))
    objects = [_object(c, pen, width, calls.get(c.address.full)) for c in order]
    rest = [*_unmanaged(plan), *(unread(g) + "\n" for g in plan.gaps), *(notice(n) + "\n" for n in plan.notices)]
    quiet = ["  No changes.\n"] if many and not (dangers or objects or plan.gaps) else []
    head = pen.paint(BOLD, header(plan.target)) + "\n" + "".join(quiet)
    return "\n".join(p for p in [head, "".join(dangers), *objects, "".join(rest)] if p)


def header(target: Target) -> str:
    """Return the line that says which pool the rest is about."""
    where = ", ".join(
        w
        for w in (
            target.pool_id or "will be created",
            f"account {target.account}" if target.account else "",
            target.region,
        )
        if w
    )
    return printable(f"Pool {target.pool_name} ({where}) — manifest {target.manifest}")


def _dangers(plan: Plan, pen: Pen) -> Iterator[str]:
    words = {
        Action.DELETE: "will be destroyed",
        Action.REPLACE: "will be replaced: destroyed, and created again",
    }
    for action, what in words.items():
        names = [printable(str(c.address)) for c in plan.pending if c.action is action]
        if names:
            yield pen.paint(DANGER, f"!! {plural(len(names), 'object')} {what}: {', '.join(names)}") + "\n"


def _refusal(refusal: Refusal, pen: Pen) -> str:
    member = f" {dotted(refusal.path)}" if refusal.path else ""
    head = pen.paint(DANGER, printable(f"!! Refused: {refusal.address}{member}")) + printable(f" [{refusal.rule}]")
    body = [printable(t) for t in (refusal.message, refusal.advice) if t]
    return head + _source(refusal.source) + "\n" + "".join(f"   {line}\n" for line in body)


def refusals(found: Sequence[Refusal], *, color: bool) -> str:
    """Return why plans may not be carried out, with the sum."""
    pen = Pen(color=color)
    last = f"{pen.paint(DANGER, 'Plan refused:')} {plural(len(found), 'reason')}. Nothing was written.\n"
    return "".join(_refusal(r, pen) for r in found) + "\n" + last


def _unmanaged(plan: Plan) -> Iterator[str]:
    if plan.unmanaged:
        yield f"Not in the manifest (left alone): {', '.join(printable(str(a)) for a in plan.unmanaged)}\n"


def notice(found: Notice) -> str:
    """Return the line of a notice."""
    return printable(f"Note: {found.message}") + (f" ({found.source})" if found.source else "")


def _source(source: Position | None) -> str:
    return f"    {printable(source.file)}:{source.line}" if source else ""


# --- one object ----------------------------------------------------------------------------------------------------


def _object(change: ResourceChange, pen: Pen, width: int, calls: Sequence[Call] | None) -> str:
    symbol = change.action.value
    color = COLORS[symbol]
    head = (
        f"{pen.paint(BOLD, printable(f'# {change.address}'))} {pen.paint(color, HEADS[change.action])}"
        f"{_source(change.source)}"
    )
    reason = [f"  # ({printable(change.reason)})"] if change.reason else []
    asks = [f"  # calls {', '.join(c.operation for c in calls)}"] if calls else []
    found = list(lines(change, width))
    return "".join(f"{line}\n" for line in [f"  {head}", *reason, *laid_out(found, pen, symbol), *asks])


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


def lines(change: ResourceChange, width: int = 100) -> Iterator[ChangeLine]:
    """Return what changes of an object, line by line and without secrets; all formats for people show these.

    Args:
        change: The object.
        width: Columns; decides what fits on a line.
    """
    paths, words = redact.hidden(change)
    for found in _fields(change, paths, words):
        origin = printable(f"{found.source.file}:{found.source.line}") if found.source else ""
        for line in member(found.path, found.before, found.after, width):
            yield line._replace(origin=origin) if line.path else line


def _fields(change: ResourceChange, paths: Iterable[Path], words: frozenset[str]) -> Iterator[FieldChange]:
    """What changes; for an object that comes or goes without such a list, all its members."""
    if change.fields:
        yield from (redact.field(f, words) for f in change.fields)
    elif change.action is Action.DELETE:
        before = redact.conceal(change.before or {}, paths, words)
        yield from (FieldChange((k,), v, None) for k, v in before.items())
    elif change.action is Action.CREATE:
        after = redact.conceal(change.declared, paths, words)
        yield from (FieldChange((k,), None, v) for k, v in after.items())


def member(path: Path, before: Any, after: Any, width: int = 100) -> Iterator[ChangeLine]:
    """Return the lines about one member: maps expanded to their leaves, each leaf shown by what it is.

    Args:
        path: Within the object; empty for the object itself.
        before: Concealed value (`redact.conceal`); None when there is none.
        after: The same.
        width: Columns.
    """
    if _is_map(before) and _is_map(after):
        old, new = before or {}, after or {}
        for key in [*new, *(k for k in old if k not in new)]:
            if old.get(key) != new.get(key) or _both_secret(old.get(key), new.get(key)):
                yield from member((*path, key), old.get(key), new.get(key), width)
        if not old and not new:
            yield ChangeLine(
                _symbol(before, after), printable(dotted(path)), redact.text(after if before is None else before)
            )
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list(path, before, after)
    elif _long(before) or _long(after):
        yield from _text(path, before, after)
    elif isinstance(before or after, list) and (before is None or after is None):
        yield from _whole_list(path, before, after, width)
    else:
        yield ChangeLine(_symbol(before, after), printable(dotted(path)), _change(before, after), _sides(before, after))


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) or value is None


def _both_secret(old: Any, new: Any) -> bool:
    """Hidden values all look alike: that they are shown equal must not make a change of one vanish."""
    return isinstance(old, Secret) and isinstance(new, Secret)


def _symbol(before: Any, after: Any) -> str:
    return "+" if before is None else "-" if after is None else "~"


def _sides(before: Any, after: Any) -> tuple[str, str]:
    """The values apart; nothing where only one of them would be shown anyway."""
    if before is None or isinstance(before, Secret) or isinstance(after, Secret):
        return "", ""
    return (_short(before), "") if after is None else _shortened(before, after)


def _change(before: Any, after: Any) -> str:
    if isinstance(before, Secret) or isinstance(after, Secret):
        return str(redact.HIDDEN)
    if before is None:
        return _short(after)
    if after is None:
        return f"{_short(before)} -> null"
    one, other = _shortened(before, after)
    return f"{one} -> {other}"


def _short(value: Any) -> str:
    shown = redact.text(value)
    return shown if len(shown) <= MOST else f"{shown[:MOST]}… ({len(shown)} characters)"


def _shortened(before: Any, after: Any) -> tuple[str, str]:
    """Two long values are shown from shortly before the place where they begin to differ."""
    one, other = redact.text(before), redact.text(after)
    if max(len(one), len(other)) <= MOST:
        return one, other
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    start = max(same - 20, 0)
    return _window(one, start), _window(other, start)


def _window(shown: str, start: int) -> str:
    lead = "…" if start else ""
    part = shown[start : start + MOST]
    return lead + part + (f"… ({len(shown)} characters)" if len(shown) > start + MOST else "")


def _list(path: Path, before: list[Any], after: list[Any]) -> Iterator[ChangeLine]:
    """Only the members that come and go; a mere change of order is shown whole."""
    gone, come = _without(before, after), _without(after, before)
    if not gone and not come:
        yield ChangeLine("~", printable(dotted(path)), _change(before, after), _sides(before, after))
        return
    yield ChangeLine("~", printable(dotted(path)), "")
    yield from (ChangeLine("-", "", _short(v)) for v in gone)
    yield from (ChangeLine("+", "", _short(v)) for v in come)


def _without(some: list[Any], others: list[Any]) -> list[Any]:
    left = list(others)
    found = []
    for value in some:
        if value in left:
            left.remove(value)
        else:
            found.append(value)
    return found


def _whole_list(path: Path, before: Any, after: Any, width: int) -> Iterator[ChangeLine]:
    symbol = _symbol(before, after)
    values = after if before is None else before
    inline = redact.text(values)
    if len(inline) + len(dotted(path)) <= width - 10:
        gone = f"{inline} -> null"
        yield ChangeLine(symbol, printable(dotted(path)), *((inline,) if before is None else (gone, (inline, ""))))
        return
    yield ChangeLine(symbol, printable(dotted(path)), "")
    yield from (ChangeLine(symbol, "", _short(v)) for v in values)


def _long(value: Any) -> bool:
    return isinstance(value, str) and "\n" in value.rstrip("\n")


def _text(path: Path, before: Any, after: Any) -> Iterator[ChangeLine]:
    """A text of several lines: those that differ, each with one line around it."""
    old, new = _split(before), _split(after)
    diff = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    if not diff:
        yield ChangeLine("~", printable(dotted(path)), "(only the end of lines changes)")
        return
    yield ChangeLine(_symbol(before, after), printable(dotted(path)), "")
    shown = diff[1:] if diff[0].startswith("@@") else diff
    for line in shown[:LINES]:
        if line.startswith("@@"):
            yield ChangeLine(" ", "", "…")
        else:
            yield ChangeLine(line[0], "", printable(line[1:]))
    if len(shown) > LINES:
        yield ChangeLine(" ", "", f"… ({plural(len(shown) - LINES, 'more line')})")


def _split(value: Any) -> list[str]:
    if value is None:
        return []
    return value.splitlines() if isinstance(value, str) else [redact.text(value)]


# --- after an apply ------------------------------------------------------------------------------------------------


def apply_summary(applied: Applied, *, color: bool) -> str:
    """Return what an apply came to: the sum first, then each failure, then what to run next.

    Args:
        applied: Plans, and everything that the applier reported of them.
        color: Whether to use colour.
    """
    pen = Pen(color=color)
    result = outcome(applied)
    plans = applied.plans
    if not result.complete:
        return _stopped(result, plans, pen) + _next(result, applied)
    if result.left:
        return _not_converged(result, plans, pen) + _next(result, applied)
    if result.unproven:
        return _not_proven(result, pen) + _next(result, applied)
    done = f"{pen.paint('1;32', 'Apply complete!')} Resources: {_done(result)}.\n"
    return done if result.verified else done + "The result was not read again, so nothing proves that it converged.\n"


def _done(result: Outcome) -> str:
    added = result.count("done", Action.CREATE, Action.REPLACE)
    destroyed = result.count("done", Action.DELETE, Action.REPLACE)
    return f"{added} added, {result.count('done', Action.UPDATE)} changed, {destroyed} destroyed"


def _stopped(result: Outcome, plans: Sequence[Plan], pen: Pen) -> str:
    many = len(plans) > 1
    failed = [r for r in result.results if r.status == "failed"]
    waiting = [r for r in result.results if r.status == "not_started"]
    parts = [
        (result.count("done", Action.CREATE, Action.REPLACE), "added"),
        (result.count("done", Action.DELETE, Action.REPLACE), "destroyed"),
    ]
    counted = [f"{n} {word}" for n, word in parts if n]
    sums = [*counted[:1], f"{result.count('done', Action.UPDATE)} changed", *counted[1:]]
    sums += [f"{len(failed)} failed", f"{len(waiting)} not started"]
    return (
        f"{pen.paint(DANGER, 'Apply stopped:')} {', '.join(sums)}.\n"
        + "".join(f"  {_failure(r, many=many)}\n" for r in failed)
        + "".join(f"  {_name(r.change, many=many)}: not started{_because(r)}\n" for r in waiting)
    )


def _failure(result: ChangeResult, *, many: bool) -> str:
    done = f" after {plural(result.written, 'successful call')}" if result.written else ""
    return f"{_name(result.change, many=many)}: failed{done}: {printable(result.error)}"


def _because(result: ChangeResult) -> str:
    return f" ({printable(result.error)})" if result.error else ""


def _name(change: ResourceChange, *, many: bool) -> str:
    return printable(change.address.full if many else str(change.address))


def _not_proven(result: Outcome, pen: Pen) -> str:
    head = f"{pen.paint(DANGER, 'Apply could not be proven:')} {_done(result)}, but not all could be read again.\n"
    return head + "".join(f"  {printable(u.reason)}\n" for u in result.unproven)


def _not_converged(result: Outcome, plans: Sequence[Plan], pen: Pen) -> str:
    many = len(plans) > 1
    head = f"{pen.paint(DANGER, 'Apply did not converge:')} {_done(result)}, "
    names = "".join(
        f"  {_name(c, many=many)}: {', '.join(printable(dotted(f.path)) for f in c.fields) or 'differs'}\n"
        for c in result.left
    )
    return (
        head
        + f"but {plural(len(result.left), 'object still differs', 'objects still differ')} after the last write.\n"
        + names
    )


def _next(result: Outcome, applied: Applied) -> str:
    """What to run now, on exactly the manifests that are not done, with the options that this run had."""
    pools = {r.change.address.pool for r in result.results if r.status != "done"} | {
        c.address.pool for c in result.left
    }
    plans = [p for p in applied.plans if _pool_name(p) in pools] or [p for p in applied.plans if p.pending]
    files = dict.fromkeys(shlex.quote(p.target.manifest) for p in plans)
    words = printable(" ".join((*applied.given, *files)))
    stale = any(r.stale for r in result.results)
    why = "Something changed the pool since it was planned. " if stale else ""
    return f"{why}Run `poolctl plan {words}` to see what is left, then `poolctl apply {words}`.\n"


def _pool_name(plan: Plan) -> str:
    return plan.changes[0].address.pool if plan.changes else plan.target.pool_name


# --- validate ------------------------------------------------------------------------------------------------------


def valid(files: Sequence[str], *, color: bool) -> str:
    """Return that everything is well.

    Args:
        files: The file of each manifest.
        color: Whether to use colour.
    """
    pen = Pen(color=color)
    are = "is" if len(files) == 1 else "are"
    lines = "".join(f"{printable(f)}: valid\n" for f in dict.fromkeys(files))
    return f"{lines}{pen.paint('1;32', plural(len(files), 'manifest'))} {are} valid.\n"


def problems(found: Sequence[Problem]) -> str:
    """Return what is wrong, one line each, with the sum."""
    return "".join(f"{printable(str(p))}\n" for p in found) + f"{plural(len(found), 'problem')}.\n"

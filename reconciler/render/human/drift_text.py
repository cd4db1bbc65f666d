"""Drift for people: each finding with its place in the manifest, both sides, and who made the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import FindingClass, dotted, short_place
from reconciler.render import alarms
from reconciler.render.change_lines import MOST, ChangeLine, member
from reconciler.render.drift_words import attributed
from reconciler.render.human.alarm_text import entry
from reconciler.render.human.pen import BOLD, DANGER, GREEN, RED, YELLOW, Pen
from reconciler.render.marks import ShownValue
from reconciler.render.shown import ShownDrift, ShownFinding
from reconciler.render.spelling import text
from reconciler.render.subjects import USUAL, DriftResult, RenderOptions
from reconciler.render.tally import class_counts, plural
from reconciler.render.unread import unread
from reconciler.render.weaknesses import summed_up
from reconciler.render.wording import also, declared_in, folded, notice, of_parts, standstill, whole_region
from reconciler.values.shortening import around

SYMBOLS = {
    FindingClass.CHANGED: ("~", YELLOW),
    FindingClass.MISSING: ("-", RED),
    FindingClass.UNMANAGED: ("+", YELLOW),
    FindingClass.UNDECLARED: ("?", ""),
}
"""The change of the live pool relative to Git, and its colour."""

WORDS = {
    FindingClass.CHANGED: "changed",
    FindingClass.MISSING: "missing",
    FindingClass.UNMANAGED: "not in any manifest",
    FindingClass.UNDECLARED: "set but not declared",
}
"""The text after the name."""


def drift(found: DriftResult, options: RenderOptions = USUAL) -> str:
    """Return the text of a drift run; of several pools, what is dangerous in any comes first.

    Notes that every run repeats are counted, unless the options ask for them.
    """
    pen = Pen(color=options.color)
    urgent = {id(d): text for d in found.drifts if (text := "".join(_urgent(d, pen)))}
    apart = len(found.drifts) > 1
    first = [f"{_title(d, pen)}{urgent[id(d)]}" for d in found.drifts if apart and id(d) in urgent]
    parts = [_pool(d, pen, options, "" if apart else urgent.get(id(d), "")) for d in found.drifts]
    repeated = [n for d in found.drifts for n in d.notices if n.lasting and not options.notes]
    notes = [f"{folded(repeated, 'drift')}\n"] if repeated else []
    return "\n".join([*first, *parts, *notes, _sum(found.drifts, pen)])


def _pool(drift: ShownDrift, pen: Pen, options: RenderOptions, urgent: str) -> str:
    findings = [line for f in drift.findings for line in _finding(f, pen, options.width)]
    shown = (n for n in drift.notices if not n.standstill and (options.notes or not n.lasting))
    rest = [*map(unread, drift.gaps), *map(notice, shown)]
    quiet = [] if drift.refusals or findings or drift.gaps else ["  No drift."]
    details = "".join(f"{line}\n" for line in [*findings, *quiet, *rest])
    return _title(drift, pen) + urgent + ("\n" if urgent and details else "") + details


def _title(drift: ShownDrift, pen: Pen) -> str:
    return pen.paint(BOLD, _head(drift)) + "\n"


def _urgent(drift: ShownDrift, pen: Pen) -> Iterator[str]:
    """Paused writes, why a pool was not compared, and what weakens, the worst first."""
    yield from (pen.paint(DANGER, standstill(n)) + "\n" for n in drift.notices if n.standstill)
    yield from (
        printable(f"!! {r.address}: {r.message}") + "\n   " + printable(r.advice) + "\n" for r in drift.refusals
    )
    yield from (entry(a, pen) for a in alarms.of_drifts([drift]))


def _head(drift: ShownDrift) -> str:
    target = drift.target
    if region := whole_region(target):
        return region
    blind = drift.gaps or drift.refusals  # then it is unknown whether the pool exists
    account = f"account {target.account}" if target.account else ""
    parts = (target.pool_id or ("" if blind else "not found"), account, target.region)
    where = ", ".join(w for w in parts if w) or "location unknown"
    return printable(f"Pool {target.pool_name} ({where}) — {declared_in(target)}")


def _finding(found: ShownFinding, pen: Pen, width: int) -> Iterator[str]:
    symbol, paint = SYMBOLS[found.cls]
    place = f"    {short_place(found.source)}" if found.source else ""
    of_part = of_parts([found.part] if found.part else [])
    yield f"  {pen.paint(paint, symbol)} {pen.paint(BOLD, printable(_name(found)))} {WORDS[found.cls]}{place}{of_part}"
    if found.cls is FindingClass.CHANGED and (found.desired, found.live) != (None, None):
        yield from _sides(found, "manifest", width)
    elif found.cls is FindingClass.UNDECLARED:
        live, usual = around(_spelled(found.live), _spelled(found.desired), _most(width))
        yield f"      live:     {live}"
        yield f"      default:  {usual}"
    elif found.cls is FindingClass.UNMANAGED and not found.source:  # a pool: it has an id, and no place in a manifest
        yield f"      live:     {_spelled(found.live)}"
    if found.attribution:
        yield f"      by {attributed(found.attribution)}"


def _name(found: ShownFinding) -> str:
    return f"{found.address}.{dotted(found.path)}" if found.path else str(found.address)


def _sides(found: ShownFinding, declared: str, width: int) -> Iterator[str]:
    """Both values, each in its line; of long lists only the items that differ."""
    one, other = _spelled(found.desired), _spelled(found.live)
    lists = isinstance(found.desired, list) and isinstance(found.live, list)
    if not lists or max(len(one), len(other)) <= _most(width):
        one, other = around(one, other, _most(width))
        yield f"      {declared}: {one}"
        yield f"      live:     {other}"
        return
    words = {"-": f"{declared}:", "+": "live:    "}
    for line in member(found.path, found.desired, found.live, width):
        if line.path and line.path != dotted(found.path):
            yield f"      {line.path}"
        yield from (f"      {words[symbol]} {value}" for symbol, value in _values(line) if value)


def _values(line: ChangeLine) -> Iterable[tuple[str, str]]:
    """The values of a line, with - for what is declared and + for what is live."""
    if any(line.sides):
        return zip("-+", line.sides, strict=True)
    return [(symbol, line.value) for symbol in ("-+" if line.symbol == "~" else line.symbol)]


def _most(width: int) -> int:
    return max(20, min(MOST, width - 20))


def _spelled(value: ShownValue) -> str:
    return "(not set)" if value is None else text(value)


def _sum(drifts: Sequence[ShownDrift], pen: Pen) -> str:
    security = summed_up([one for d in drifts for one in d.weaknesses])
    lines = [*([security] if security else []), *_totals(drifts, pen)]
    gaps = sum(len(d.gaps) for d in drifts)
    refused = sum(len(d.refusals) for d in drifts)
    expired = sum(len(d.expired) for d in drifts)
    if expired:
        lines.append(f"{pen.paint(DANGER, 'Expired:')} {plural(expired, 'ignore rule')}.")
    if gaps:
        lines.append(f"{pen.paint(DANGER, 'Incomplete:')} {plural(gaps, 'read')} failed.")
    if refused:
        lines.append(f"{pen.paint(DANGER, 'Refused:')} {plural(refused, 'reason')}; affected pools were not compared.")
    return "".join(f"{line}\n" for line in lines)


def _totals(drifts: Sequence[ShownDrift], pen: Pen) -> Iterator[str]:
    found = [f for d in drifts for f in d.findings]
    read = plural(sum(d.read for d in drifts), "live object")
    hidden = sum(d.suppressed for d in drifts)
    left_out = f" {plural(hidden, 'finding')} left out (ignored, accepted or reported before)." if hidden else ""
    counted = ", ".join(f"{n} {cls}" for cls, n in class_counts(found).items() if n)
    whole = not any(d.gaps or d.refusals for d in drifts)
    if any(f.fails for f in found):
        weak = also(alarms.tally(alarms.of_drifts(drifts)))
        yield f"{pen.paint(DANGER, 'Drift:')} {counted}, in {read}.{weak}{left_out}"
    elif whole:
        noted = f" Noted: {counted} (counts with --strict)." if found else ""
        yield f"{pen.paint('1;' + GREEN, 'No drift.')} {read} read.{noted}{left_out}"
    else:
        noted = f" Noted: {counted}." if found else ""
        yield f"No drift found in what could be read ({read}).{noted}{left_out}"

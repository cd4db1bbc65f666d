"""Drift for people: each finding with its place in the manifest, both sides, and who made the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import FindingClass, dotted
from reconciler.render.change_lines import MOST, ChangeLine, member
from reconciler.render.drift_words import attributed
from reconciler.render.human.pen import BOLD, DANGER, GREEN, RED, YELLOW, Pen
from reconciler.render.marks import ShownValue
from reconciler.render.shown import ShownDrift, ShownFinding
from reconciler.render.spelling import text
from reconciler.render.subjects import USUAL, DriftResult, RenderOptions
from reconciler.render.tally import class_counts, plural
from reconciler.render.unread import unread
from reconciler.render.wording import notice, standstill, whole_region
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
    """Return the text of a drift run."""
    pen = Pen(color=options.color)
    return "\n".join([*(_pool(d, pen, options.width) for d in found.drifts), _sum(found.drifts, pen)])


def _pool(drift: ShownDrift, pen: Pen, width: int) -> str:
    refusals = [line for r in drift.refusals for line in (f"!! {r.address}: {r.message}", f"   {r.advice}")]
    findings = [line for f in drift.findings for line in _finding(f, pen, width)]
    paused = [pen.paint(DANGER, standstill(n)) for n in drift.notices if n.standstill]
    rest = [*map(unread, drift.gaps), *(notice(n) for n in drift.notices if not n.standstill)]
    quiet = [] if refusals or findings or drift.gaps else ["  No drift."]
    lines = [pen.paint(BOLD, _head(drift)), *paused, *map(printable, refusals), *findings, *quiet, *rest]
    return "".join(f"{line}\n" for line in lines)


def _head(drift: ShownDrift) -> str:
    target = drift.target
    if region := whole_region(target):
        return region
    blind = drift.gaps or drift.refusals  # then it is unknown whether the pool exists
    account = f"account {target.account}" if target.account else ""
    parts = (target.pool_id or ("" if blind else "not found"), account, target.region)
    where = ", ".join(w for w in parts if w) or "location unknown"
    return printable(f"Pool {target.pool_name} ({where}) — manifest {target.manifest}")


def _finding(found: ShownFinding, pen: Pen, width: int) -> Iterator[str]:
    symbol, paint = SYMBOLS[found.cls]
    place = f"    {printable(found.source.file)}:{found.source.line}" if found.source else ""
    yield f"  {pen.paint(paint, symbol)} {pen.paint(BOLD, printable(_name(found)))} {WORDS[found.cls]}{place}"
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
    lines = [*_totals(drifts, pen)]
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
    also = f" {plural(hidden, 'finding')} left out (ignored, accepted or reported before)." if hidden else ""
    counted = ", ".join(f"{n} {cls}" for cls, n in class_counts(found).items() if n)
    whole = not any(d.gaps or d.refusals for d in drifts)
    if any(f.fails for f in found):
        yield f"{pen.paint(DANGER, 'Drift:')} {counted}, in {read}.{also}"
    elif whole:
        noted = f" Noted: {counted} (counts with --strict)." if found else ""
        yield f"{pen.paint('1;' + GREEN, 'No drift.')} {read} read.{noted}{also}"
    else:
        noted = f" Noted: {counted}." if found else ""
        yield f"No drift found in what could be read ({read}).{noted}{also}"

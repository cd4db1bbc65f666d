"""Drift for people and for programs.

For people, a finding is one line with its place in the manifest, and below it both sides and who it was. The JSON has
no time in it, so that identical input gives identical bytes; `--only-new` and `--baseline` read it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reconciler import __version__
from reconciler.drift.findings import identify_expiry, identify_gap, identify_refusal
from reconciler.kinds import KINDS
from reconciler.model import Attribution, Drift, Finding, FindingClass, Gap, Notice, Refusal, Target, dotted
from reconciler.render import redact
from reconciler.render.human import BOLD, DANGER, GREEN, MOST, RED, YELLOW, Pen, notice
from reconciler.render.machine import gap_tree, notice_tree, position_tree, refusal_tree
from reconciler.render.redact import printable
from reconciler.render.tally import plural
from reconciler.render.unread import unread

FORMAT = "1.0"
"""Version of the JSON: a minor step adds, a major one breaks."""

SYMBOLS = {
    FindingClass.CHANGED: ("~", YELLOW),
    FindingClass.MISSING: ("-", RED),
    FindingClass.UNMANAGED: ("+", YELLOW),
    FindingClass.UNDECLARED: ("?", ""),
}
"""What happened to the live pool as Git sees it, and the colour."""

WORDS = {
    FindingClass.CHANGED: "changed",
    FindingClass.MISSING: "missing",
    FindingClass.UNMANAGED: "in no manifest",
    FindingClass.UNDECLARED: "set, and not declared",
}
"""Behind the name."""


def human(drifts: Sequence[Drift], *, color: bool, width: int = 100) -> str:
    """Return the text of a drift run.

    Args:
        drifts: One for each document, in the order in which they are to be shown.
        color: Whether to use colour.
        width: Columns; decides how much of a value is shown.
    """
    pen = Pen(color=color)
    return "\n".join([*(_pool(d, pen, width) for d in drifts), _sum(drifts, pen)])


def _pool(drift: Drift, pen: Pen, width: int) -> str:
    refusals = [line for r in drift.refusals for line in (f"!! {r.address}: {r.message}", f"   {r.advice}")]
    findings = [line for f in drift.findings for line in _finding(f, pen, width)]
    rest = [*map(unread, drift.gaps), *map(notice, drift.notices)]
    quiet = [] if refusals or findings or drift.gaps else ["  No drift."]
    lines = [pen.paint(BOLD, _head(drift)), *map(printable, refusals), *findings, *quiet, *rest]
    return "".join(f"{line}\n" for line in lines)


def _head(drift: Drift) -> str:
    target = drift.target
    blind = drift.gaps or drift.refusals  # then nobody knows whether it is there
    account = f"account {target.account}" if target.account else ""
    parts = (target.pool_id or ("" if blind else "not found"), account, target.region)
    where = ", ".join(w for w in parts if w) or "location unknown"
    return printable(f"Pool {target.pool_name} ({where}) — manifest {target.manifest}")


def _finding(found: Finding, pen: Pen, width: int) -> Iterator[str]:
    symbol, paint = SYMBOLS[found.cls]
    place = f"    {printable(found.source.file)}:{found.source.line}" if found.source else ""
    yield f"  {pen.paint(paint, symbol)} {pen.paint(BOLD, printable(_name(found)))} {WORDS[found.cls]}{place}"
    wanted, live = sides(found)
    most = max(20, min(MOST, width - 20))
    if found.cls is FindingClass.CHANGED:
        yield f"      manifest: {_short(wanted, most)}"
        yield f"      live:     {_short(live, most)}"
    elif found.cls is FindingClass.UNDECLARED:
        yield f"      live:     {_short(live, most)}"
        yield f"      default:  {_short(wanted, most)}"
    if found.attribution:
        yield f"      by {attributed(found.attribution)}"


def _name(found: Finding) -> str:
    return f"{found.address}.{dotted(found.path)}" if found.path else str(found.address)


def _short(value: Any, most: int) -> str:
    if value is None:
        return "(nothing)"
    shown = redact.text(value)
    return shown if len(shown) <= most else f"{shown[:most]}… ({len(shown)} characters)"


def attributed(who: Attribution) -> str:
    """Return who made a change, in one line."""
    how = "in the console" if who.console else "by poolctl" if who.ours else "by API"
    where = f" from {who.source_address}" if who.source_address else ""
    return printable(f"{who.principal}: {who.event} {how} at {who.time}{where} (event {who.event_id})")


def sides(found: Finding) -> tuple[Any, Any]:
    """Return what the manifest says and what is live, without what must not be shown."""
    paths: list[tuple[str | int, ...]] = [()] if found.sensitive else []
    return redact.conceal(found.desired, paths), redact.conceal(found.live, paths)


def _sum(drifts: Sequence[Drift], pen: Pen) -> str:
    lines = [*_totals(drifts, pen)]
    gaps = sum(len(d.gaps) for d in drifts)
    refused = sum(len(d.refusals) for d in drifts)
    expired = sum(len(d.expired) for d in drifts)
    if expired:
        lines.append(f"{pen.paint(DANGER, 'Expired:')} {plural(expired, 'ignore rule')}.")
    if gaps:
        lines.append(f"{pen.paint(DANGER, 'Incomplete:')} {plural(gaps, 'read')} failed.")
    if refused:
        lines.append(
            f"{pen.paint(DANGER, 'Refused:')} {plural(refused, 'reason')}; nothing can be said of such a pool."
        )
    return "".join(f"{line}\n" for line in lines)


def _totals(drifts: Sequence[Drift], pen: Pen) -> Iterator[str]:
    found = [f for d in drifts for f in d.findings]
    read = plural(sum(d.read for d in drifts), "live object")
    hidden = sum(d.suppressed for d in drifts)
    also = f" {plural(hidden, 'finding')} left out (ignored, accepted or reported before)." if hidden else ""
    counted = ", ".join(f"{n} {cls}" for cls, n in counts(found).items() if n)
    whole = not any(d.gaps or d.refusals for d in drifts)
    if any(f.fails for f in found):
        yield f"{pen.paint(DANGER, 'Drift:')} {counted}, in {read}.{also}"
    elif whole:
        noted = f" Noted: {counted} (counts with --strict)." if found else ""
        yield f"{pen.paint('1;' + GREEN, 'No drift.')} {read} read.{noted}{also}"
    else:
        noted = f" Noted: {counted}." if found else ""
        yield f"No drift seen in what could be read ({read}).{noted}{also}"


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each class."""
    found = [f.cls for f in findings]
    return {cls.value: found.count(cls) for cls in FindingClass}


# --- for programs --------------------------------------------------------------------------------------------------


def machine(drifts: Sequence[Drift], undelivered: Iterable[str] = ()) -> str:
    """Return a drift run as JSON; its schema is `schemas/drift.v1.json`. The arguments are those of `tree`."""
    return json.dumps(tree(drifts, undelivered), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def tree(drifts: Sequence[Drift], undelivered: Iterable[str] = ()) -> dict[str, Any]:
    """Return a drift run as the tree that the JSON spells, and that notifications are made of.

    Args:
        drifts: One for each document, without what must not be shown.
        undelivered: Ids of what nobody could be told; the next run tells it again.
    """
    complete = not any(d.gaps or d.refusals for d in drifts)
    findings = [f for d in drifts for f in d.findings]
    return {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "complete": complete,
        "drifted": any(f.fails for f in findings) or any(d.expired for d in drifts),
        "pools": [_pool_tree(d) for d in drifts],
        "findings": [_tree(f, d.target) for d in drifts for f in d.findings],
        "known": sorted({f.id for d in drifts for f in d.known}),
        "refusals": [_refused_tree(r, d.target) for d in drifts for r in d.refusals],
        "expired": [_expired_tree(n, d.target) for d in drifts for n in d.expired],
        "notices": [notice_tree(n) for d in drifts for n in d.notices],
        "coverage": {"complete": complete, "gaps": [_unread_tree(g, d.target) for d in drifts for g in d.gaps]},
        "undelivered": sorted(undelivered),
        "summary": _summary(drifts),
    }


def _pool_tree(drift: Drift) -> dict[str, Any]:
    target = drift.target
    return {
        "key": target.key,
        "name": target.pool_name,
        "id": target.pool_id,
        "account": target.account,
        "region": target.region,
        "manifest": target.manifest,
        "complete": not drift.gaps and not drift.refusals,
        "summary": _summary([drift]),
    }


def _summary(drifts: Sequence[Drift]) -> dict[str, int]:
    return {
        **counts(f for d in drifts for f in d.findings),
        "suppressed": sum(d.suppressed for d in drifts),
        "expired": sum(len(d.expired) for d in drifts),
        "read": sum(d.read for d in drifts),
    }


def _tree(found: Finding, target: Target) -> dict[str, Any]:
    wanted, live = sides(found)
    return {
        "id": found.id,
        "class": found.cls.value,
        "severity": found.severity,
        "fails": found.fails,
        "pool": found.address.pool,
        "pool_key": target.key,
        "address": found.address.full,
        "type": KINDS[found.address.section].resource_type,
        "path": dotted(found.path),
        "wanted": redact.plain(wanted),
        "live": redact.plain(live),
        "sensitive": found.sensitive,
        "source": position_tree(found.source),
        "attribution": _who(found.attribution),
    }


def _who(who: Attribution | None) -> dict[str, Any] | None:
    if who is None:
        return None
    return {
        "principal": who.principal,
        "event": who.event,
        "time": who.time,
        "event_id": who.event_id,
        "source_address": who.source_address,
        "console": who.console,
        "ours": who.ours,
    }


def _refused_tree(refusal: Refusal, target: Target) -> dict[str, Any]:
    return {"id": identify_refusal(target, refusal), "pool_key": target.key, **refusal_tree(refusal)}


def _expired_tree(expired: Notice, target: Target) -> dict[str, Any]:
    return {"id": identify_expiry(target, expired), "pool_key": target.key, **notice_tree(expired)}


def _unread_tree(gap: Gap, target: Target) -> dict[str, Any]:
    return {"id": identify_gap(target, gap), "pool_key": target.key, **gap_tree(gap)}

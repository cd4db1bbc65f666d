"""A drift run for programs: what `--only-new` and `--baseline` read again, and what notifications are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from reconciler import __version__
from reconciler.drift.findings import identify_expiry, identify_gap, identify_refusal
from reconciler.kinds import KINDS
from reconciler.model import OUTPUTS, Direction, Gap, Notice, Refusal, Target, dotted
from reconciler.render.indented import Listed, indented, pieces
from reconciler.render.json_parts import (
    attribution_entry,
    direction_word,
    effect_entry,
    gap_entry,
    gate_entry,
    notice_entry,
    pool_entry,
    position_entry,
    refusal_entry,
    weakness_entry,
)
from reconciler.render.output_types import (
    FORMAT,
    DriftDocument,
    DriftGapEntry,
    DriftPool,
    DriftRefusalEntry,
    DriftSummary,
    ExpiredEntry,
    FindingEntry,
)
from reconciler.render.shown import ShownDrift, ShownFinding
from reconciler.render.spelling import plain
from reconciler.render.subjects import USUAL, DriftResult, RenderOptions
from reconciler.render.tally import class_counts, direction_counts

OUTPUT = "Output"
"""Type of a finding about what is written for an application."""


def drift(found: DriftResult, options: RenderOptions = USUAL) -> str:
    """Return a drift run as JSON."""
    return "".join(drift_pieces(found, options))


def drift_pieces(found: DriftResult, options: RenderOptions = USUAL) -> Iterator[str]:
    """Yield a drift run as JSON: each entry is spelled when its turn comes, and none is held."""
    whole = _document(found, _spelled)
    if options.gate and options.gate.asked:
        whole["gate"] = gate_entry(options.gate)
    yield from pieces(whole)
    yield "\n"


def document(found: DriftResult) -> DriftDocument:
    """Return the document of a drift run."""
    return _document(found, lambda entries, _: list(entries))


DEPTH, COVERAGE_DEPTH = 2, 3
"""Levels around an entry."""


def _spelled(entries: Iterable[Any], depth: int) -> Listed:
    return Listed(indented(entry, depth) for entry in entries)


def _document(found: DriftResult, listed: Callable[[Iterable[Any], int], Any]) -> DriftDocument:
    drifts = found.drifts
    complete = not any(d.gaps or d.refusals for d in drifts)
    document: DriftDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "complete": complete,
        "drifted": any(f.fails for d in drifts for f in d.findings) or any(d.expired for d in drifts),
        "pools": listed((_pool(d) for d in drifts), DEPTH),
        "findings": listed((_finding(f, d.target) for d in drifts for f in d.findings), DEPTH),
        "known": sorted({f.id for d in drifts for f in d.known}),
        "refusals": listed((_refusal(r, d.target) for d in drifts for r in d.refusals), DEPTH),
        "expired": listed((_expired(n, d.target) for d in drifts for n in d.expired), DEPTH),
        "notices": listed((notice_entry(n) for d in drifts for n in d.notices), DEPTH),
        "coverage": {
            "complete": complete,
            "gaps": listed((_gap(g, d.target) for d in drifts for g in d.gaps), COVERAGE_DEPTH),
            "unavailable": listed((gap_entry(g) for d in drifts for g in d.unavailable), COVERAGE_DEPTH),
        },
        "undelivered": sorted(found.undelivered),
        "summary": _summary(drifts),
    }
    if any(d.weaknesses for d in drifts):
        document["security"] = listed((weakness_entry(w) for d in drifts for w in d.weaknesses), DEPTH)
    return document


def _pool(drift: ShownDrift) -> DriftPool:
    target = drift.target
    return {
        "key": target.key,
        **pool_entry(target),
        "complete": not drift.gaps and not drift.refusals,
        "summary": _summary([drift]),
    }


def _summary(drifts: Sequence[ShownDrift]) -> DriftSummary:
    by = class_counts(f for d in drifts for f in d.findings)
    directions = direction_counts(e for d in drifts for f in d.findings for e in f.effects)
    return {
        "changed": by["changed"],
        "missing": by["missing"],
        "unmanaged": by["unmanaged"],
        "undeclared": by["undeclared"],
        "suppressed": sum(d.suppressed for d in drifts),
        "expired": sum(len(d.expired) for d in drifts),
        "read": sum(d.read for d in drifts),
        "weakens": directions[Direction.WEAKENS],
        "mixed": directions[Direction.MIXED],
    }


def _finding(found: ShownFinding, target: Target) -> FindingEntry:
    entry: FindingEntry = {
        "id": found.id,
        "class": found.cls.value,
        "severity": found.severity,
        "fails": found.fails,
        "pool": found.address.pool,
        "pool_key": target.key,
        "address": found.address.full,
        "type": OUTPUT if found.address.section == OUTPUTS else KINDS[found.address.section].resource_type,
        "path": dotted(found.path),
        "wanted": plain(found.desired),
        "live": plain(found.live),
        "sensitive": found.sensitive,
        "source": position_entry(found.source),
        "attribution": attribution_entry(found.attribution) if found.attribution else None,
        "direction": direction_word(found.effects),
        "effects": [effect_entry(e, found.path) for e in found.effects],
    }
    if found.part:
        entry["part"] = found.part
    return entry


def _refusal(refusal: Refusal, target: Target) -> DriftRefusalEntry:
    return {
        "id": identify_refusal(target, refusal),
        "pool_key": target.key,
        **refusal_entry(refusal),
    }


def _expired(expired: Notice, target: Target) -> ExpiredEntry:
    return {
        "id": identify_expiry(target, expired),
        "pool_key": target.key,
        **notice_entry(expired),
    }


def _gap(gap: Gap, target: Target) -> DriftGapEntry:
    return {
        "id": identify_gap(target, gap),
        "pool_key": target.key,
        **gap_entry(gap),
    }

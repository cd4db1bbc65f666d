"""The result of an apply, for programs."""

from __future__ import annotations

from reconciler import __version__
from reconciler.model import Action, dotted
from reconciler.render.json_parts import ACTIONS, dump, pool_entry, refused_call
from reconciler.render.output_types import FORMAT, ApplyDocument, ApplySummary, ResultEntry
from reconciler.render.shown import ShownApply, ShownStep
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import Outcome, outcome


def apply(applied: ShownApply, _options: RenderOptions = USUAL) -> str:
    """Return the result of an apply as JSON."""
    result = outcome(applied)
    document: ApplyDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pools": [pool_entry(p.target) for p in applied.plans],
        "results": [_result(r) for r in result.results],
        "summary": _summary(result),
        "left": [{"address": c.address.full, "paths": [dotted(f.path) for f in c.fields]} for c in result.left],
        "unproven": [{"pool_key": u.pool, "reason": u.reason} for u in result.unproven],
        "verified": result.verified,
        "converged": result.converged,
    }
    return dump(document)


def _summary(result: Outcome) -> ApplySummary:
    return {
        "added": result.count("done", Action.CREATE, Action.REPLACE),
        "changed": result.count("done", Action.UPDATE),
        "destroyed": result.count("done", Action.DELETE, Action.REPLACE),
        "failed": result.count("failed"),
        "not_started": result.count("not_started"),
    }


def _result(result: ShownStep) -> ResultEntry:
    return {
        "address": result.change.address.full,
        "type": result.change.type,
        "pool": result.change.address.pool,
        "actions": ACTIONS[result.change.action],
        "status": "not_started" if result.status == "started" else result.status,
        "error": result.error or None,
        "stale": result.stale,
        "calls_written": result.written,
        **refused_call(result),
    }

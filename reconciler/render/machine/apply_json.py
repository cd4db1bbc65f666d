"""The result of an apply, for programs."""

from __future__ import annotations

from dataclasses import replace

from reconciler import __version__
from reconciler.applications.web_checks import WebCheck
from reconciler.kinds import KINDS
from reconciler.model import Action, OutputDone, dotted
from reconciler.render.json_parts import ACTIONS, dump, output_status, pool_entry, refused_call
from reconciler.render.machine.pool_json import entry
from reconciler.render.output_types import (
    FORMAT,
    ApplyDocument,
    ApplySummary,
    CheckEntry,
    OutputResultEntry,
    ResultEntry,
)
from reconciler.render.shown import ShownApply, ShownPlan, ShownStep
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import Outcome, outcome


def apply(applied: ShownApply, _options: RenderOptions = USUAL) -> str:
    """Return the result of an apply as JSON."""
    result = outcome(applied)
    document: ApplyDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pools": [pool_entry(replace(p.target, pool_id=_pool_id(p, result))) for p in applied.plans],
        "results": [_result(r, result.calls.get(r.change.address.full, 0)) for r in result.results],
        "summary": _summary(result),
        "left": [{"address": c.address.full, "paths": [dotted(f.path) for f in c.fields]} for c in result.left],
        "unproven": [{"pool_key": u.pool, "reason": u.reason} for u in result.unproven],
        "verified": result.verified,
        "converged": result.converged,
        "connections": [entry(c) for c in applied.connections],
        "outputs": [_output(o) for o in result.outputs],
    }
    if applied.checks:
        document["checks"] = [_check(c) for c in applied.checks]
    return dump(document)


def _output(done: OutputDone) -> OutputResultEntry:
    return {
        "address": done.output.address.full,
        "pool": done.output.address.pool,
        "format": done.output.format,
        "client": str(done.output.about),
        "actions": ACTIONS[done.output.action],
        "status": output_status(done),
        "error": done.error or None,
    }


def _check(found: WebCheck) -> CheckEntry:
    return {
        "pool": found.pool,
        "what": found.what,
        "url": found.url or None,
        "status": found.status,
        "message": found.message,
    }


def _summary(result: Outcome) -> ApplySummary:
    return {
        "added": result.count("done", Action.CREATE, Action.REPLACE),
        "changed": result.count("done", Action.UPDATE),
        "destroyed": result.count("done", Action.DELETE, Action.REPLACE),
        "failed": result.count("failed"),
        "not_started": result.count("not_started"),
        "calls": sum(result.calls.values()),
        "outputs": result.written,
    }


def _pool_id(plan: ShownPlan, result: Outcome) -> str:
    """Return the id of a pool, also if this run made it."""
    roots = (r for r in result.results if KINDS[r.change.address.section].root)
    made = (r.id for r in roots if r.change in plan.changes)
    return plan.target.pool_id or next(made, "")


def _result(result: ShownStep, calls: int) -> ResultEntry:
    return {
        "address": result.change.address.full,
        "type": result.change.type,
        "pool": result.change.address.pool,
        "actions": ACTIONS[result.change.action],
        "status": "not_started" if result.status == "started" else result.status,
        "error": result.error or None,
        "stale": result.stale,
        "calls_written": calls,
        "id": result.id or None,
        "outcome_unknown": result.doubtful,
        **refused_call(result),
    }

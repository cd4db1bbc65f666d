"""Plans for programs.

The keys are Terraform's, so that policies and tools written for its JSON mostly work; what Terraform lacks has keys
of its own. Two differences are on purpose: sensitive leaves are always replaced by `{"$sensitive": true}` (Terraform
prints them in clear and asks the reader to mask), and there is no time in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler import __version__
from reconciler.model import Action, dotted
from reconciler.render.json_parts import (
    ACTIONS,
    danger_entry,
    dump,
    gap_entry,
    notice_entry,
    output_entry,
    pool_entry,
    position_entry,
    refusal_entry,
)
from reconciler.render.machine.pool_json import entry
from reconciler.render.output_types import (
    FORMAT,
    CallEntry,
    ChangeEntry,
    FieldEntry,
    PlanDocument,
    PlanPool,
    PlanSummary,
    ResourceEntry,
)
from reconciler.render.shown import ShownCall, ShownChange, ShownField, ShownPlan
from reconciler.render.spelling import is_awaited, is_hidden, plain, shadow
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import counts


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return plans as JSON."""
    return dump(document(plans, options.digest()))


def document(plans: Sequence[ShownPlan], digest: str = "") -> PlanDocument:
    """Return the document of plans.

    Args:
        plans: One for each document.
        digest: The digest of the plans, from `planfile.digest`; empty omits it.
    """
    refused = any(p.refusals for p in plans)
    complete = not any(p.gaps for p in plans)
    found: PlanDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "digest": digest,
        "applyable": any(p.pending or p.writes for p in plans) and not refused and complete,
        "complete": complete,
        "errored": False,
        "pools": [_pool(p) for p in plans],
        "resource_changes": [_resource(c) for p in plans for c in p.changes],
        "refusals": [refusal_entry(r) for p in plans for r in p.refusals],
        "unmanaged": [a.full for p in plans for a in p.unmanaged],
        "notices": [notice_entry(n) for p in plans for n in p.notices],
        "coverage": {"complete": complete, "gaps": [gap_entry(g) for p in plans for g in p.gaps]},
        "summary": _summary(plans),
        "outputs": [output_entry(o) for p in plans for o in p.outputs],
    }
    if not digest:
        del found["digest"]
    connections = [p.connections for p in plans if p.connections]
    if connections:
        found["connections"] = [entry(c) for c in connections]
    return found


def _pool(plan: ShownPlan) -> PlanPool:
    return {**pool_entry(plan.target), "summary": _summary([plan])}


def _summary(plans: Sequence[ShownPlan]) -> PlanSummary:
    found = counts(plans)
    return {
        "create": found.create,
        "update": found.update,
        "delete": found.delete,
        "replace": found.replace,
        "unchanged": found.unchanged,
        "refused": found.refused,
        "unmanaged": found.unmanaged,
        "outputs": found.outputs,
        "outputs_unchanged": sum(len(p.outputs) - len(p.writes) for p in plans),
    }


def _resource(change: ShownChange) -> ResourceEntry:
    found: ResourceEntry = {
        "address": change.address.full,
        "type": change.type,
        "name": change.address.name or change.address.section,
        "pool": change.address.pool,
        "change": _change(change),
        "action_reason": change.reason or None,
        "source": position_entry(change.source),
        "fields": [_field(f) for f in change.fields],
    }
    if change.calls is not None:
        found["api_calls"] = [_call(c) for c in change.calls]
    return found


def _change(change: ShownChange) -> ChangeEntry:
    replaced = change.action is Action.REPLACE
    return {
        "actions": ACTIONS[change.action],
        "before": plain(change.before),
        "after": plain(change.after),
        "after_unknown": shadow(change.after, is_awaited),
        "before_sensitive": shadow(change.before, is_hidden),
        "after_sensitive": shadow(change.after, is_hidden),
        "replace_paths": [list(f.path) for f in change.fields] if replaced else [],
    }


def _field(change: ShownField) -> FieldEntry:
    found: FieldEntry = {
        "path": dotted(change.path),
        "op": "add" if change.before is None else "remove" if change.after is None else "change",
        "before": plain(change.before),
        "after": plain(change.after),
        "sensitive": change.sensitive,
    }
    if change.danger:
        found["danger"] = danger_entry(change.danger)
    return found


def _call(call: ShownCall) -> CallEntry:
    return {"service": call.service, "operation": call.operation, "params": plain(call.params)}

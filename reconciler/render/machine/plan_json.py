"""Plans for programs.

The keys are Terraform's, so that policies and tools written for its JSON mostly work; keys of our own hold the rest.
Two differences are on purpose: sensitive leaves are always replaced by `{"$sensitive": true}` (Terraform prints them in
clear and asks the reader to mask), and there is no time in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler import __version__
from reconciler.model import Action, Direction, Undeclared, dotted
from reconciler.render.json_parts import (
    ACTIONS,
    danger_entry,
    direction_word,
    dump,
    effect_entry,
    gap_entry,
    gate_entry,
    notice_entry,
    output_entry,
    pool_entry,
    position_entry,
    refusal_entry,
    weakness_entry,
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
    UndeclaredEntry,
)
from reconciler.render.shown import ShownCall, ShownChange, ShownField, ShownPlan
from reconciler.render.spelling import is_awaited, is_hidden, plain, shadow
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.tally import counts, direction_counts, effects_of
from reconciler.security.gates import Verdict


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return plans as JSON."""
    return dump(document(plans, options.digest(), options.gate))


def document(plans: Sequence[ShownPlan], digest: str = "", gate: Verdict | None = None) -> PlanDocument:
    """Return the document of plans.

    Args:
        plans: One for each document.
        digest: The digest of the plans, from `planfile.digest`; empty omits it.
        gate: What the gate of the run says; None omits it.
    """
    refused = any(p.refusals for p in plans) or bool(gate and gate.stopped)
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
        "undeclared": [_undeclared(u) for p in plans for u in p.undeclared],
        "notices": [notice_entry(n) for p in plans for n in p.notices],
        "coverage": {"complete": complete, "gaps": [gap_entry(g) for p in plans for g in p.gaps]},
        "summary": _summary(plans),
        "outputs": [output_entry(o) for p in plans for o in p.outputs],
    }
    if not digest:
        del found["digest"]
    if gate and gate.asked:
        found["gate"] = gate_entry(gate)
    weaknesses = [weakness_entry(w) for p in plans for w in p.weaknesses]
    if weaknesses:
        found["security"] = weaknesses
    connections = [p.connections for p in plans if p.connections]
    if connections:
        found["connections"] = [entry(c) for c in connections]
    return found


def _pool(plan: ShownPlan) -> PlanPool:
    return {**pool_entry(plan.target), "summary": _summary([plan])}


def _summary(plans: Sequence[ShownPlan]) -> PlanSummary:
    found = counts(plans)
    by = direction_counts(e for p in plans for c in p.pending for e in effects_of(c))
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
        "weakens": by[Direction.WEAKENS],
        "mixed": by[Direction.MIXED],
        "strengthens": by[Direction.STRENGTHENS],
        "undeclared": sum(len(p.undeclared) for p in plans),
        "undeclared_weak": sum(u.alarming for p in plans for u in p.undeclared),
    }


def _undeclared(found: Undeclared) -> UndeclaredEntry:
    return {
        "address": found.address.full,
        "path": dotted(found.path),
        "direction": direction_word(found.effects),
        "effects": [effect_entry(e, found.path) for e in found.effects],
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
        "direction": direction_word(effects_of(change)),
        "effect": effect_entry(change.effect) if change.effect else None,
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
        "direction": direction_word(change.effects),
        "effects": [effect_entry(e, change.path) for e in change.effects],
        "source": position_entry(change.source),
    }
    if change.danger:
        found["danger"] = danger_entry(change.danger)
    return found


def _call(call: ShownCall) -> CallEntry:
    return {"service": call.service, "operation": call.operation, "params": plain(call.params)}

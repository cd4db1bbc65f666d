"""Plans for programs.

The keys are Terraform's, so that policies and tools written for its JSON mostly work; keys of our own hold the rest.
Two differences are on purpose: sensitive leaves are always replaced by `{"$sensitive": true}` (Terraform prints them in
clear and asks the reader to mask), and there is no time in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from reconciler import __version__
from reconciler.model import Action, Direction, Undeclared, dotted
from reconciler.render.indented import STEP, Listed, indented, pieces
from reconciler.render.json_parts import (
    ACTIONS,
    danger_entry,
    direction_word,
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
from reconciler.terminal.spool import Spool


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return plans as JSON."""
    return "".join(plan_pieces(plans, options))


def plan_pieces(plans: Iterable[ShownPlan], options: RenderOptions = USUAL) -> Iterator[str]:
    """Yield plans as JSON. Each plan is spelled once and held by a spool; nothing is yielded before the last one is."""
    spool, numbers, total = Spool(), _Numbers(), _Total()
    for number, one in enumerate(plans):
        found = parts(one)
        options.learn(number, found)
        total.add(one, found)
        for name, entries in found.items():
            if entries:
                depth = GAPS_DEPTH if name == "gaps" else DEPTH
                text = f",\n{STEP * depth}".join([indented(entry, depth) for entry in entries])
                numbers[name].append(spool.add(text.encode("utf-8", "surrogatepass")))

    def listed(name: str) -> Listed:
        return Listed(spool[number].decode("utf-8", "surrogatepass") for number in numbers[name])

    yield from pieces(_document(total, options.digest(), options.gate, listed))
    yield "\n"
    spool.close()


def document(plans: Sequence[ShownPlan], digest: str = "", gate: Verdict | None = None) -> PlanDocument:
    """Return the document of plans.

    Args:
        plans: One for each document.
        digest: The digest of the plans, from `plan_digest`; empty omits it.
        gate: What the gate of the run says; None omits it.
    """
    total, lists = _Total(), _Numbers()
    for one in plans:
        found = parts(one)
        total.add(one, found)
        for name, entries in found.items():
            lists[name] += entries
    return _document(total, digest, gate, lambda name: lists[name])


def parts(plan: ShownPlan) -> Parts:
    """Return what a plan adds to each list of the document."""
    return {
        "pools": [_pool(plan)],
        "resource_changes": [_resource(c) for c in plan.changes],
        "refusals": [refusal_entry(r) for r in plan.refusals],
        "unmanaged": [a.full for a in plan.unmanaged],
        "undeclared": [_undeclared(u) for u in plan.undeclared],
        "notices": [notice_entry(n) for n in plan.notices],
        "gaps": [gap_entry(g) for g in plan.gaps],
        "outputs": [output_entry(o) for o in plan.outputs],
        "security": [weakness_entry(w) for w in plan.weaknesses],
        "connections": [entry(plan.connections)] if plan.connections else [],
    }


Parts: TypeAlias = Mapping[str, list[Any]]
"""Entries by the list that they belong to; `gaps` is inside of `coverage`."""

DEPTH, GAPS_DEPTH = 2, 3
"""Levels around an entry."""


class _Numbers(defaultdict[str, list[Any]]):
    """Lists by their names."""

    def __init__(self) -> None:
        super().__init__(list)


class _Total:
    """What is said of all plans together."""

    def __init__(self) -> None:
        self.due = self.refused = False
        self.complete = True
        self.summary = _summary(())
        self.names: set[str] = set()

    def add(self, plan: ShownPlan, found: Parts) -> None:
        """Add a plan."""
        self.due = self.due or bool(plan.pending or plan.writes)
        self.refused = self.refused or bool(plan.refusals)
        self.complete = self.complete and not plan.gaps
        self.names.update(name for name, entries in found.items() if entries)
        self.summary = _added(self.summary, found["pools"][0]["summary"])


def _document(total: _Total, digest: str, gate: Verdict | None, listed: Callable[[str], Any]) -> PlanDocument:
    refused = total.refused or bool(gate and gate.stopped)
    found: PlanDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "digest": digest,
        "applyable": total.due and not refused and total.complete,
        "complete": total.complete,
        "errored": False,
        "pools": listed("pools"),
        "resource_changes": listed("resource_changes"),
        "refusals": listed("refusals"),
        "unmanaged": listed("unmanaged"),
        "undeclared": listed("undeclared"),
        "notices": listed("notices"),
        "coverage": {"complete": total.complete, "gaps": listed("gaps")},
        "summary": total.summary,
        "outputs": listed("outputs"),
    }
    if not digest:
        del found["digest"]
    if gate and gate.asked:
        found["gate"] = gate_entry(gate)
    if "security" in total.names:
        found["security"] = listed("security")
    if "connections" in total.names:
        found["connections"] = listed("connections")
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


def _added(one: PlanSummary, other: PlanSummary) -> PlanSummary:
    return {
        "create": one["create"] + other["create"],
        "update": one["update"] + other["update"],
        "delete": one["delete"] + other["delete"],
        "replace": one["replace"] + other["replace"],
        "unchanged": one["unchanged"] + other["unchanged"],
        "refused": one["refused"] + other["refused"],
        "unmanaged": one["unmanaged"] + other["unmanaged"],
        "outputs": one["outputs"] + other["outputs"],
        "outputs_unchanged": one["outputs_unchanged"] + other["outputs_unchanged"],
        "weakens": one["weakens"] + other["weakens"],
        "mixed": one["mixed"] + other["mixed"],
        "strengthens": one["strengthens"] + other["strengthens"],
        "undeclared": one["undeclared"] + other["undeclared"],
        "undeclared_weak": one["undeclared_weak"] + other["undeclared_weak"],
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
    if change.kept:
        found["kept"] = {path: plain(items) for path, items in change.kept.items()}
    if change.calls is not None:
        found["api_calls"] = [_call(c) for c in change.calls]
    if change.parts:
        found["parts"] = list(change.parts)
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

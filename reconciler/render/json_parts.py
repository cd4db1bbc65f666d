"""Parts of documents that `-o json` and `-o jsonl` share: an action, a place, a refusal, a notice, a gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.errors import iam_action
from reconciler.model import (
    Action,
    Allowance,
    Attribution,
    Danger,
    Direction,
    Effect,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    Path,
    Position,
    Refusal,
    RowPosition,
    Target,
    Weakness,
    dotted,
)
from reconciler.render.alarms import badness
from reconciler.render.indented import indented
from reconciler.render.output_types import (
    AllowedEntry,
    AttributionEntry,
    DangerEntry,
    DirectionWord,
    EffectEntry,
    GapEntry,
    GateEntry,
    NoticeEntry,
    OutputEntry,
    OutputStatus,
    PoolEntry,
    RefusalEntry,
    RefusedCall,
    Source,
    SourceRange,
    WeaknessEntry,
)
from reconciler.render.shown import ShownStep
from reconciler.render.unread import action
from reconciler.security import judging
from reconciler.security.gates import Verdict

ACTIONS = {
    Action.NONE: ["no-op"],
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.DELETE: ["delete"],
    Action.REPLACE: ["delete", "create"],
}
"""Terraform's words."""

DIRECTIONS: dict[Direction, DirectionWord] = {
    Direction.WEAKENS: "weakens",
    Direction.MIXED: "mixed",
    Direction.STRENGTHENS: "strengthens",
    Direction.NEUTRAL: "neutral",
}


def dump(document: Mapping[str, Any]) -> str:
    """Spell a document."""
    return indented(document) + "\n"


def position_entry(position: Position | None) -> Source | None:
    """Spell a place in a manifest."""
    return _source(position) if position else None


def _source(position: Position) -> Source:
    entry: Source = {"file": position.file, "line": position.line, "column": position.column}
    if isinstance(position, RowPosition):
        entry["row"] = position.row
    return entry


def range_entry(position: Position) -> SourceRange:
    """Spell a place as Terraform does. It gives a range; only where it begins is known, so it is empty."""
    entry: SourceRange = {
        "filename": position.file,
        "start": {"line": position.line, "column": position.column},
        "end": {"line": position.line, "column": position.column},
    }
    if isinstance(position, RowPosition):
        entry["row"] = position.row
    return entry


def pool_entry(target: Target) -> PoolEntry:
    """Spell where a document belongs."""
    found: PoolEntry = {
        "name": target.pool_name,
        "id": target.pool_id,
        "account": target.account,
        "region": target.region,
        "manifest": target.manifest,
    }
    if target.parts:
        found["parts"] = [{"name": part.name, "manifest": part.manifest} for part in target.parts]
    return found


def refusal_entry(refusal: Refusal) -> RefusalEntry:
    """Spell a refusal."""
    return {
        "address": refusal.address.full,
        "rule": refusal.rule,
        "path": dotted(refusal.path),
        "message": refusal.message,
        "advice": refusal.advice,
        "source": position_entry(refusal.source),
    }


def danger_entry(danger: Danger) -> DangerEntry:
    """Spell what the change of a member does beyond it."""
    return {"sentence": danger.sentence, "reversible": danger.reversible}


def direction_word(effects: Iterable[Effect]) -> DirectionWord:
    """Spell where a change leads, from its effects."""
    return DIRECTIONS[judging.direction(effects)]


def effect_entry(effect: Effect, within: Path = ()) -> EffectEntry:
    """Spell what a change means for security.

    Args:
        effect: What it means.
        within: The member whose entry holds this one; empty for the object.
    """
    below = effect.path[len(within) :]
    return {
        "path": dotted((*within, *below)),
        "below": [str(step) for step in below],
        "direction": DIRECTIONS[effect.direction],
        "risk": effect.risk,
        "sentence": effect.sentence or None,
        "impact": {
            "who": effect.who or None,
            "tokens": effect.tokens or None,
            "reversible": not effect.undo,
            "undo": effect.undo or None,
            "facts": list(effect.facts),
        },
        "rules": list(effect.rules),
    }


def revived_effect(entry: Mapping[str, Any], within: Path = ()) -> Effect:
    """Return an effect from its entry; the reverse of `effect_entry`. One that is none is a KeyError or ValueError."""
    impact = entry["impact"]
    return Effect(
        (*within, *entry["below"]),
        Direction(entry["direction"]),
        entry["sentence"] or "",
        impact["who"] or "",
        impact["tokens"] or "",
        impact["undo"] or "",
        tuple(impact["facts"]),
        tuple(entry["rules"]),
        entry["risk"],
    )


def alarming(entry: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Return what the entry of a finding says of what weakens or may weaken, the worst first.

    Args:
        entry: The entry; one that an older version wrote has no effects.
    """
    within = (entry["path"],) if entry.get("path") else ()
    found = (revived_effect(effect, within) for effect in entry.get("effects", ()))
    return tuple(sorted((e for e in found if e.alarming), key=badness))


def gate_entry(verdict: Verdict) -> GateEntry:
    """Spell what the gate of a run says."""
    return {
        "fail_on": list(verdict.fail_on),
        "stopped": [
            {
                "address": one.case.address.full,
                "path": dotted(one.case.effect.path),
                "because": list(one.because),
                "rules": list(one.case.effect.rules),
                "allow": list(one.allow),
                "source": position_entry(one.case.source),
            }
            for one in verdict.stopped
        ],
        "allowed": [_allowed(one, verdict) for one in verdict.allowances],
    }


def _allowed(one: Allowance, verdict: Verdict) -> AllowedEntry:
    passes = (p.case for p in verdict.passed if one in p.by)
    return {
        "rule": one.rule,
        "path": one.path,
        "reason": one.reason or None,
        "owner": one.owner or None,
        "expires": one.expires or None,
        "source": position_entry(one.source),
        "passes": [f"{case.address.full} {dotted(case.effect.path)}".rstrip() for case in passes],
        "expired": one in verdict.expired,
    }


def notice_entry(notice: Notice) -> NoticeEntry:
    """Spell a notice."""
    return {"message": notice.message, "source": position_entry(notice.source), "standstill": notice.standstill}


def output_entry(output: OutputChange) -> OutputEntry:
    """Spell an output of a plan."""
    return {
        "address": output.address.full,
        "pool": output.address.pool,
        "format": output.format,
        "client": str(output.about),
        "actions": ACTIONS[output.action],
        "awaits": output.awaits or None,
        "parameters": [{"name": p.name, "actions": ACTIONS[p.action]} for p in output.parameters],
        "source": _source(output.source),
    }


def output_status(done: OutputDone) -> OutputStatus:
    """Spell what became of an output, in a word."""
    return "failed" if done.error and done.started else "not_started" if done.error else "done"


def gap_entry(gap: Gap) -> GapEntry:
    """Spell something that could not be read."""
    return {
        "address": gap.address.full,
        "operation": gap.operation,
        "reason": gap.reason,
        "code": gap.code or None,
        "request_id": gap.request_id or None,
        "iam_action": action(gap),
    }


def weakness_entry(found: Weakness) -> WeaknessEntry:
    """Spell a security finding."""
    return {
        "rule": found.rule,
        "title": found.title,
        "severity": found.risk,
        "address": found.address.full,
        "path": dotted(found.path),
        "declared": found.declared,
        "message": found.message,
        "advice": found.advice,
        "profile": found.profile,
        "source": position_entry(found.source),
        "same_as": {scanner: list(ids) for scanner, ids in found.same.items()},
    }


def refused_call(step: ShownStep) -> RefusedCall:
    """Return the call that AWS refused: null for what did not fail, and for what failed without a call."""
    return {
        "operation": step.operation or None,
        "code": step.code or None,
        "request_id": step.request_id or None,
        "iam_action": iam_action(step.operation) or None,
    }


def attribution_entry(who: Attribution) -> AttributionEntry:
    """Spell who made a change."""
    return {
        "principal": who.principal,
        "event": who.event,
        "time": who.time,
        "event_id": who.event_id,
        "source_address": who.source_address,
        "console": who.console,
        "ours": who.ours,
    }

"""Parts of documents that `-o json` and `-o jsonl` share: an action, a place, a refusal, a notice, a gap."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.errors import iam_action
from reconciler.model import (
    Action,
    Attribution,
    Danger,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    Position,
    Refusal,
    Target,
    dotted,
)
from reconciler.render.output_types import (
    AttributionEntry,
    DangerEntry,
    GapEntry,
    NoticeEntry,
    OutputEntry,
    OutputStatus,
    PoolEntry,
    RefusalEntry,
    RefusedCall,
    Source,
    SourceRange,
)
from reconciler.render.shown import ShownStep
from reconciler.render.unread import action

ACTIONS = {
    Action.NONE: ["no-op"],
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.DELETE: ["delete"],
    Action.REPLACE: ["delete", "create"],
}
"""Terraform's words."""


def dump(document: Mapping[str, Any]) -> str:
    """Spell a document."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def position_entry(position: Position | None) -> Source | None:
    """Spell a place in a manifest."""
    return {"file": position.file, "line": position.line, "column": position.column} if position else None


def range_entry(position: Position) -> SourceRange:
    """Spell a place as Terraform does. It gives a range; only where it begins is known, so it is empty."""
    return {
        "filename": position.file,
        "start": {"line": position.line, "column": position.column},
        "end": {"line": position.line, "column": position.column},
    }


def pool_entry(target: Target) -> PoolEntry:
    """Spell where a document belongs."""
    return {
        "name": target.pool_name,
        "id": target.pool_id,
        "account": target.account,
        "region": target.region,
        "manifest": target.manifest,
    }


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
        "source": {"file": output.source.file, "line": output.source.line, "column": output.source.column},
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

"""Results for programs.

The keys of a plan are Terraform's, so that policies and tools written for its JSON mostly work; what Terraform lacks
stands under keys of our own. Two differences are on purpose: sensitive leaves are always replaced by
`{"$sensitive": true}` (Terraform prints them in clear and asks the reader to mask), and there is no time in it, so
that identical input gives identical bytes. The schemas beside this file are the contract; changes within a major
version only add.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reconciler import __version__
from reconciler.errors import Problem, iam_action
from reconciler.model import (
    Action,
    Call,
    Failed,
    FieldChange,
    Gap,
    Notice,
    Plan,
    Position,
    Refusal,
    ResourceChange,
    Target,
    dotted,
)
from reconciler.render import redact
from reconciler.render.tally import Applied, ChangeResult, counts, outcome
from reconciler.render.unread import action

FORMAT = "1.0"
"""Version of all formats here: a minor step adds, a major one breaks."""

ACTIONS = {
    Action.NONE: ["no-op"],
    Action.CREATE: ["create"],
    Action.UPDATE: ["update"],
    Action.DELETE: ["delete"],
    Action.REPLACE: ["delete", "create"],
}
"""Terraform's words."""


def plan(
    plans: Sequence[Plan],
    *,
    calls: Mapping[str, Sequence[Call]] | None = None,
    errored: bool = False,
    digest: str = "",
) -> str:
    """Return plans as JSON.

    Args:
        plans: One for each document.
        calls: By full address, the calls that apply would send; None leaves them out.
        errored: Whether planning failed for some document, so that plans are missing.
        digest: What stands for the plans, from `planfile.digest`; empty leaves it out.
    """
    refused = any(p.refusals for p in plans)
    complete = not errored and not any(p.gaps for p in plans)
    return _dump(
        {
            "format_version": FORMAT,
            "poolctl_version": __version__,
            **({"digest": digest} if digest else {}),
            "applyable": any(p.pending for p in plans) and not refused and complete,
            "complete": complete,
            "errored": errored,
            "pools": [{**_target(p.target), "summary": _summary([p])} for p in plans],
            "resource_changes": [_change(c, calls) for p in plans for c in p.changes],
            "refusals": [refusal_tree(r) for p in plans for r in p.refusals],
            "unmanaged": [a.full for p in plans for a in p.unmanaged],
            "notices": [notice_tree(n) for p in plans for n in p.notices],
            "coverage": {"complete": complete, "gaps": [gap_tree(g) for p in plans for g in p.gaps]},
            "summary": _summary(plans),
        }
    )


def apply(applied: Applied) -> str:
    """Return what became of plans as JSON."""
    result = outcome(applied)
    return _dump(
        {
            "format_version": FORMAT,
            "poolctl_version": __version__,
            "pools": [_target(p.target) for p in applied.plans],
            "results": [_result(r) for r in result.results],
            "summary": {
                "added": result.count("done", Action.CREATE, Action.REPLACE),
                "changed": result.count("done", Action.UPDATE),
                "destroyed": result.count("done", Action.DELETE, Action.REPLACE),
                "failed": result.count("failed"),
                "not_started": result.count("not_started"),
            },
            "left": [{"address": c.address.full, "paths": [dotted(f.path) for f in c.fields]} for c in result.left],
            "unproven": [{"pool_key": u.pool, "reason": u.reason} for u in result.unproven],
            "verified": result.verified,
            "converged": result.converged,
        }
    )


def validate(problems: Sequence[Problem], notices: Sequence[Notice], manifests: int) -> str:
    """Return the result of a validation as JSON, in the shape of `terraform validate -json`.

    Args:
        problems: What is wrong.
        notices: What should be said besides.
        manifests: How many documents were read without a problem in their form.
    """
    found = [_diagnostic("error", p.message, p.fix, p.path, p.position) for p in problems]
    found += [_diagnostic("warning", n.message, "", "", n.source) for n in notices]
    return _dump(
        {
            "format_version": FORMAT,
            "valid": not problems,
            "error_count": len(problems),
            "warning_count": len(notices),
            "manifest_count": manifests,
            "diagnostics": found,
        }
    )


def _dump(tree: Any) -> str:
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _target(target: Target) -> dict[str, Any]:
    return {
        "name": target.pool_name,
        "id": target.pool_id,
        "account": target.account,
        "region": target.region,
        "manifest": target.manifest,
    }


def _summary(plans: Sequence[Plan]) -> dict[str, int]:
    return counts(plans)._asdict()


def _change(change: ResourceChange, calls: Mapping[str, Sequence[Call]] | None) -> dict[str, Any]:
    paths, words = redact.hidden(change)
    before = redact.conceal(change.before, paths, words)
    after = redact.conceal(change.after, paths, words)
    replaced = change.action is Action.REPLACE
    found = {
        "address": change.address.full,
        "type": change.type,
        "name": change.address.name or change.address.section,
        "pool": change.address.pool,
        "change": {
            "actions": ACTIONS[change.action],
            "before": redact.plain(before),
            "after": redact.plain(after),
            "after_unknown": redact.shadow(after, redact.is_unknown),
            "before_sensitive": redact.shadow(before, redact.is_secret),
            "after_sensitive": redact.shadow(after, redact.is_secret),
            "replace_paths": [list(f.path) for f in change.fields] if replaced else [],
        },
        "action_reason": change.reason or None,
        "source": position_tree(change.source),
        "fields": [_field(f, words) for f in change.fields],
    }
    if calls is not None:
        found["api_calls"] = [_call(c, paths, words) for c in calls.get(change.address.full, ())]
    return found


def _field(change: FieldChange, words: frozenset[str]) -> dict[str, Any]:
    shown = redact.field(change, words)
    op = "add" if change.before is None else "remove" if change.after is None else "change"
    return {
        "path": dotted(change.path),
        "op": op,
        "before": redact.plain(shown.before),
        "after": redact.plain(shown.after),
        "sensitive": change.sensitive,
    }


def _call(call: Call, paths: Sequence[tuple[str | int, ...]], words: frozenset[str]) -> dict[str, Any]:
    return {
        "service": call.service,
        "operation": call.operation,
        "params": redact.plain(redact.conceal(call.params, paths, words)),
    }


def refusal_tree(refusal: Refusal) -> dict[str, Any]:
    """Spell a refusal."""
    return {
        "address": refusal.address.full,
        "rule": refusal.rule,
        "path": dotted(refusal.path),
        "message": refusal.message,
        "advice": refusal.advice,
        "source": position_tree(refusal.source),
    }


def notice_tree(notice: Notice) -> dict[str, Any]:
    """Spell a notice."""
    return {"message": notice.message, "source": position_tree(notice.source)}


def gap_tree(gap: Gap) -> dict[str, Any]:
    """Spell something that could not be read."""
    return {
        "address": gap.address.full,
        "operation": gap.operation,
        "reason": gap.reason,
        "code": gap.code or None,
        "request_id": gap.request_id or None,
        "iam_action": action(gap),
    }


def position_tree(position: Position | None) -> dict[str, Any] | None:
    """Spell a place in a manifest."""
    return position._asdict() if position else None


def _result(result: ChangeResult) -> dict[str, Any]:
    return {
        "address": result.change.address.full,
        "type": result.change.type,
        "pool": result.change.address.pool,
        "actions": ACTIONS[result.change.action],
        "status": result.status,
        "error": result.error or None,
        "stale": result.stale,
        "calls_written": result.written,
        **refused_call(result),
    }


def refused_call(failed: Failed | ChangeResult) -> dict[str, str | None]:
    """Spell the call that AWS refused: null for what did not fail, and for what failed without a call."""
    return {
        "operation": failed.operation or None,
        "code": failed.code or None,
        "request_id": failed.request_id or None,
        "iam_action": iam_action(failed.operation) or None,
    }


def _diagnostic(severity: str, summary: str, detail: str, address: str, position: Position | None) -> dict[str, Any]:
    """Terraform gives a range; all that is known here is where it begins, so it is empty."""
    found: dict[str, Any] = {"severity": severity, "summary": summary, "detail": detail, "address": address}
    if position:
        point = {"line": position.line, "column": position.column}
        found["range"] = {"filename": position.file, "start": point, "end": point}
    return found

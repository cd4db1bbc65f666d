"""Results as events, one JSON object a line, in the form of Terraform's event stream.

Levels, messages and types are Terraform's, so that what reads its stream reads this one. Terraform's tells only that
something changes; here `planned_change` and `resource_drift` say from what to what, without secrets. A time stands in
it only if there is a clock: without one, identical input gives identical bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from reconciler import __version__
from reconciler.errors import Problem
from reconciler.model import (
    Action,
    Address,
    Done,
    Drift,
    Event,
    Failed,
    Finding,
    Gap,
    Notice,
    Plan,
    Position,
    Refusal,
    ResourceChange,
    Sent,
    Skipped,
    Started,
    Verified,
    Waiting,
    dotted,
)
from reconciler.render import redact, report
from reconciler.render.human import HEADS
from reconciler.render.machine import gap_tree, position_tree, refused_call
from reconciler.render.progress import Progress
from reconciler.render.redact import printable
from reconciler.render.tally import Applied, counts, outcome

FORMAT = "1.0"
"""Version of the stream: a minor step adds, a major one breaks."""

NAMES = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.REPLACE: "replace",
    Action.NONE: "noop",
}
"""Terraform's words in its stream, which are not those of its plan."""

Now = Callable[[], str]
"""Tells the time: RFC 3339 with a fraction."""

Line = dict[str, Any]


def plan(plans: Sequence[Plan], *, now: Now | None = None) -> str:
    """Return plans as events.

    Args:
        plans: One for each document.
        now: Tells the time of each line; None leaves times out.
    """
    return _stream([*_planned(plans), _summary("plan", counts(plans).sentence, _counted(plans))], now)


def apply(applied: Applied, *, now: Now | None = None) -> str:
    """Return what was planned and what became of it as events."""
    said: list[str] = []
    stream = Stream(said.append, now)
    stream.begin(applied.plans)
    for event in applied.events:
        stream.event(event)
    stream.end(applied)
    return "".join(said)


class Stream:
    """The events of an apply as they happen: what was written is known even of a run that is killed.

    Args of the constructor:
        write: Takes one or more whole lines.
        now: Tells the time of each line; None leaves times out.
    """

    def __init__(self, write: Callable[[str], None], now: Now | None = None) -> None:
        self._write = write
        self._now = now
        self._progress = Progress(pools=True)

    def begin(self, plans: Sequence[Plan]) -> None:
        """Write what is planned."""
        self._write(_stream(_planned(plans), self._now))

    def event(self, event: Event) -> None:
        """Write what happened."""
        self._write("".join(_spelled(line, self._now) for line in _event(event, self._progress)))

    def end(self, applied: Applied) -> None:
        """Write the sum."""
        self._write(_spelled(_result(applied), self._now))


def drift(drifts: Sequence[Drift], *, now: Now | None = None) -> str:
    """Return findings as events; `before` is what is wanted, `after` what is live."""
    lines: list[Line] = []
    for found in redact.drifts(drifts):
        lines += [_refused(r) for r in found.refusals]
        lines += [_unread(g) for g in found.gaps]
        lines += [_finding(f) for f in found.findings]
        lines += [_noticed(n) for n in found.notices]
    counted = {
        "findings": sum(len(d.findings) for d in drifts),
        "failing": sum(f.fails for d in drifts for f in d.findings),
        "suppressed": sum(d.suppressed for d in drifts),
        "expired": sum(len(d.expired) for d in drifts),
        "read": sum(d.read for d in drifts),
        "unread": sum(len(d.gaps) for d in drifts),
    }
    last = {"@level": "info", "@message": report.drift(drifts).summary, "type": "drift_summary", "drift": counted}
    return _stream([*lines, last], now)


def validate(
    problems: Sequence[Problem], notices: Sequence[Notice], files: Sequence[str], *, now: Now | None = None
) -> str:
    """Return the result of a validation as events."""
    lines = [_diagnostic("error", p.message, p.fix, p.path, p.position) for p in problems]
    lines += [_noticed(n) for n in notices]
    counted = {"valid": not problems, "errors": len(problems), "warnings": len(notices), "manifests": len(files)}
    words = report.validate(problems, notices, files).summary
    last = {"@level": "info", "@message": words, "type": "validation_summary", "validation": counted}
    return _stream([*lines, last], now)


def _stream(lines: Iterable[Line], now: Now | None) -> str:
    first = {
        "@level": "info",
        "@message": f"poolctl {__version__}",
        "type": "version",
        "poolctl": __version__,
        "format_version": FORMAT,
    }
    return "".join(_spelled(line, now) for line in [first, *lines])


def _spelled(line: Line, now: Now | None) -> str:
    level, message, *_ = line.pop("@level"), line.pop("@message")
    time = {"@timestamp": now()} if now else {}
    whole = {"@level": level, "@message": message, "@module": "poolctl", **time, **line}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


# --- plans ---------------------------------------------------------------------------------------------------------


def _planned(plans: Sequence[Plan]) -> Iterator[Line]:
    for found in plans:
        yield from (_refused(r) for r in found.refusals)
        yield from (_unread(g) for g in found.gaps)
        yield from (_change(c) for c in found.pending)
        yield from (_noticed(n) for n in found.notices)


def _resource(address: Address, type_: str = "") -> Line:
    named = {"addr": address.full, "pool": address.pool, "kind": address.section, "resource_name": address.name}
    return {**named, "resource_type": type_} if type_ else named


def _change(change: ResourceChange) -> Line:
    paths, words = redact.hidden(change)
    shown = [redact.field(f, words) for f in change.fields]
    found: Line = {
        "resource": _resource(change.address, change.type),
        "action": NAMES[change.action],
        "before": redact.plain(redact.conceal(change.before, paths, words)),
        "after": redact.plain(redact.conceal(change.after, paths, words)),
        "paths": [dotted(f.path) for f in shown],
        "source": position_tree(change.source),
    }
    if change.reason:
        found["reason"] = change.reason
    message = printable(f"{change.address.full} {HEADS[change.action]}")
    return {"@level": "info", "@message": message, "type": "planned_change", "change": found}


def _counted(plans: Sequence[Plan]) -> dict[str, int]:
    total = counts(plans)
    return {"add": total.create + total.replace, "change": total.update, "remove": total.delete + total.replace}


def _summary(operation: str, words: str, counted: dict[str, int]) -> Line:
    message = f"{operation.title()}: {words}"
    changes = {**counted, "operation": operation}
    return {"@level": "info", "@message": message, "type": "change_summary", "changes": changes}


# --- apply ---------------------------------------------------------------------------------------------------------


def _event(event: Event, progress: Progress) -> Iterator[Line]:
    message = progress.line(event)
    if isinstance(event, Verified):
        left = [c.address.full for c in event.left]
        unproven = list(event.unproven)
        blind = "Not everything could be read again." if unproven else "Everything is as declared."
        words = f"{len(left)} objects still differ." if left else blind
        level = "error" if left or unproven else "info"
        yield {"@level": level, "@message": words, "type": "verified", "left": left, "unproven": unproven}
    elif isinstance(event, Sent):
        words = f"{event.address.full}: {event.call.operation}"
        call = {"service": event.call.service, "operation": event.call.operation}
        hook = {"resource": _resource(event.address), "call": call, "elapsed_seconds": event.seconds}
        yield {"@level": "debug", "@message": printable(words), "type": "call_sent", "hook": hook}
    elif isinstance(event, Waiting):
        hook = {"resource": _resource(event.address), "status": event.status, "elapsed_seconds": event.seconds}
        yield {"@level": "info", "@message": message, "type": "apply_progress", "hook": hook}
    else:
        yield _worked(event, message)


def _worked(event: Started | Done | Failed | Skipped, message: str) -> Line:
    change = event.change
    hook: Line = {"resource": _resource(change.address, change.type), "action": NAMES[change.action]}
    level, name = "info", "apply_start"
    if isinstance(event, Done):
        name = "apply_complete"
        hook |= {"id": event.id, "elapsed_seconds": event.seconds}
    elif isinstance(event, Failed):
        level, name = "error", "apply_errored"
        hook |= {"error": event.error, "stale": event.stale, "calls_written": event.written}
        hook |= refused_call(event)
    elif isinstance(event, Skipped):
        level, name = "warn", "apply_skipped"
        hook |= {"because": event.reason}
    return {"@level": level, "@message": message, "type": name, "hook": hook}


def _result(applied: Applied) -> Line:
    result = outcome(applied)
    counted = {
        "add": result.count("done", Action.CREATE, Action.REPLACE),
        "change": result.count("done", Action.UPDATE),
        "remove": result.count("done", Action.DELETE, Action.REPLACE),
        "failed": result.count("failed"),
        "not_started": result.count("not_started"),
    }
    words = report.apply(applied).summary
    changes = {**counted, "converged": result.converged, "operation": "apply"}
    level = "info" if result.converged else "error"
    return {"@level": level, "@message": words, "type": "change_summary", "changes": changes}


# --- drift ---------------------------------------------------------------------------------------------------------


def _finding(finding: Finding) -> Line:
    found: Line = {
        "id": finding.id,
        "class": finding.cls.value,
        "resource": _resource(finding.address),
        "path": dotted(finding.path),
        "before": redact.plain(finding.desired),
        "after": redact.plain(finding.live),
        "severity": finding.severity,
        "fails": finding.fails,
        "source": position_tree(finding.source),
    }
    if finding.attribution:
        who = finding.attribution
        found["attribution"] = {name: getattr(who, name) for name in type(who).__dataclass_fields__}
    name = finding.address.full + (f" {dotted(finding.path)}" if finding.path else "")
    level = {"error": "error", "warning": "warn"}.get(finding.severity, "info")
    message = printable(f"{name} {report.FOUND[finding.cls]}")
    return {"@level": level, "@message": message, "type": "resource_drift", "change": found}


# --- diagnostics ---------------------------------------------------------------------------------------------------


def _refused(refusal: Refusal) -> Line:
    where = refusal.address.full + (f" {dotted(refusal.path)}" if refusal.path else "")
    line = _diagnostic("error", refusal.message, refusal.advice, where, refusal.source)
    line["diagnostic"]["rule"] = refusal.rule
    return line


def _unread(gap: Gap) -> Line:
    line = _diagnostic("error", f"{gap.operation}: {gap.reason}", "It could not be read.", gap.address.full, None)
    line["diagnostic"] |= {name: gap_tree(gap)[name] for name in ("operation", "code", "request_id", "iam_action")}
    return line


def _noticed(notice: Notice) -> Line:
    return _diagnostic("warning", notice.message, "", "", notice.source)


def _diagnostic(severity: str, summary: str, detail: str, address: str, source: Position | None) -> Line:
    found: Line = {"severity": severity, "summary": summary, "detail": detail, "address": address}
    if source:
        point = {"line": source.line, "column": source.column}
        found["range"] = {"filename": source.file, "start": point, "end": point}
    level = "error" if severity == "error" else "warn"
    return {"@level": level, "@message": printable(summary), "type": "diagnostic", "diagnostic": found}

"""Results as events, one JSON object a line, in the form of Terraform's event stream.

Levels, messages and types are Terraform's, so that what reads its stream reads this one. Terraform's shows only that
something changes; here `planned_change` and `resource_drift` show both values, without secrets. A time is in it
only if there is a clock: without one, identical input gives identical bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from reconciler import __version__
from reconciler.errors import Problem, printable
from reconciler.model import (
    Action,
    Address,
    Danger,
    Direction,
    Effect,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    Position,
    Refusal,
    Waiting,
    dotted,
)
from reconciler.render import alarms, report
from reconciler.render.alarms import Alarm
from reconciler.render.json_parts import (
    attribution_entry,
    danger_entry,
    direction_word,
    effect_entry,
    gap_entry,
    output_status,
    position_entry,
    range_entry,
    refused_call,
)
from reconciler.render.output_types import FORMAT
from reconciler.render.output_words import HEADS as HEADS_OF_OUTPUTS
from reconciler.render.output_words import output_extent
from reconciler.render.progress import Progress
from reconciler.render.shown import (
    ShownApply,
    ShownChange,
    ShownCheck,
    ShownEvent,
    ShownField,
    ShownFinding,
    ShownPlan,
    ShownSent,
    ShownStep,
)
from reconciler.render.spelling import plain
from reconciler.render.stream_lines import (
    ChangeSummaryLine,
    ChangeTotals,
    DangerPart,
    DiagnosticLine,
    DiagnosticPart,
    DriftLine,
    DriftPart,
    DriftSummaryLine,
    Level,
    LineHead,
    LineResource,
    PlannedLine,
    PlannedOutputLine,
    PlannedPart,
    StreamAction,
    StreamLine,
    ValidationSummaryLine,
    VersionLine,
)
from reconciler.render.subjects import USUAL, DriftResult, PieceRenderer, Renderers, RenderOptions, Validation
from reconciler.render.tally import NOTHING, Counts, counts, direction_counts, effects_of, outcome
from reconciler.render.wording import HEADS, danger_words
from reconciler.security.gates import Verdict
from reconciler.terminal.spool import Spool

NAMES: dict[Action, StreamAction] = {
    Action.CREATE: "create",
    Action.UPDATE: "update",
    Action.DELETE: "delete",
    Action.REPLACE: "replace",
    Action.NONE: "noop",
}
"""Terraform's words in its stream, which are not those of its plan."""

Now: TypeAlias = Callable[[], str]
"""Returns the current time: RFC 3339 with a fraction."""

MODULE: Literal["poolctl"] = "poolctl"
"""Who writes."""


def plan(plans: Sequence[ShownPlan], options: RenderOptions = USUAL) -> str:
    """Return plans as events."""
    return "".join(plan_pieces(plans, options))


def plan_pieces(plans: Iterable[ShownPlan], options: RenderOptions = USUAL) -> Iterator[str]:
    """Yield plans as events. What weakens comes first, so the events of each plan wait in a spool."""
    spool, total = Spool(), NOTHING
    effects: list[Direction] = []
    first: list[tuple[tuple[int, int], Direction, str]] = []
    for one in plans:
        total = total.plus(counts([one]))
        effects += [e.direction for c in one.pending for e in effects_of(c)]
        found = alarms.of_plans([one])
        first += [(alarms.badness(a.effect), a.effect.direction, _spelled(_alarmed(a), None)) for a in found]
        spool.add("".join(_spelled(line, None) for line in _of_plan(one)).encode("utf-8", "surrogatepass"))
    first.sort(key=lambda alarm: alarm[0])
    yield _stream(_stopped(options.gate))
    yield from (text for _, _, text in first)
    yield from (spool[number].decode("utf-8", "surrogatepass") for number in range(len(spool)))
    said = alarms.counted(direction for _, direction, _ in first)
    yield _spelled(_change_summary(total, effects, said), None)
    spool.close()


def _change_summary(total: Counts, effects: Sequence[Direction], said: str) -> ChangeSummaryLine:
    counted: ChangeTotals = {
        "add": total.create + total.replace,
        "change": total.update,
        "remove": total.delete + total.replace,
        "outputs": total.outputs,
        "weakens": effects.count(Direction.WEAKENS),
        "mixed": effects.count(Direction.MIXED),
        "operation": "plan",
    }
    return {
        **_head("info", " ".join([f"Plan: {total.sentence}", *([f"{said}."] if said else [])])),
        "type": "change_summary",
        "changes": counted,
    }


def apply(applied: ShownApply, _options: RenderOptions = USUAL) -> str:
    """Return the plans and the result of an apply as events."""
    said: list[str] = []
    stream = Stream(said.append)
    stream.begin(applied.plans)
    for event in applied.events:
        stream.event(event)
    stream.end(applied)
    return "".join(said)


def drift(found: DriftResult, options: RenderOptions = USUAL) -> str:
    """Return findings as events; `before` is what is desired, `after` what is live."""
    drifts = found.drifts
    weak, mixed = _weak(e for d in drifts for f in d.findings for e in f.effects)
    last: DriftSummaryLine = {
        **_head("info", report.drift(drifts).summary),
        "type": "drift_summary",
        "drift": {
            "findings": sum(len(d.findings) for d in drifts),
            "failing": sum(f.fails for d in drifts for f in d.findings),
            "suppressed": sum(d.suppressed for d in drifts),
            "expired": sum(len(d.expired) for d in drifts),
            "read": sum(d.read for d in drifts),
            "unread": sum(len(d.gaps) for d in drifts),
            "weakens": weak,
            "mixed": mixed,
        },
    }
    lines: list[StreamLine] = [*_stopped(options.gate), *map(_alarmed, alarms.of_drifts(drifts))]
    for one in drifts:
        lines += [_noticed(n) for n in one.notices if n.standstill]
        lines += [*map(_refused, one.refusals), *map(_unread, one.gaps)]
        lines += [*map(_finding, one.findings), *(_noticed(n) for n in one.notices if not n.standstill)]
    return _stream([*lines, last])


def validate(found: Validation, _options: RenderOptions = USUAL) -> str:
    """Return the result of a validation as events."""
    last: ValidationSummaryLine = {
        **_head("info", report.validate(found).summary),
        "type": "validation_summary",
        "validation": {
            "valid": not found.problems,
            "errors": len(found.problems),
            "warnings": len(found.notices),
            "manifests": len(found.files),
        },
    }
    return _stream([*map(_problem, found.problems), *map(_noticed, found.notices), last])


RENDERERS = Renderers(plan=plan, apply=apply, drift=drift, validate=validate)
"""What this format renders."""

PIECES: Mapping[str, PieceRenderer] = {"plan": plan_pieces}
"""What it yields in pieces, as the whole may not fit into memory."""


class Stream:
    """The events of an apply as they happen, so that even a killed run leaves a record of its writes.

    Args of the constructor:
        write: Takes one or more whole lines.
        now: Returns the time of each line; None omits times.
    """

    def __init__(self, write: Callable[[str], None], now: Now | None = None) -> None:
        self._write = write
        self._now = now
        self._progress = Progress(pools=True)

    def begin(self, plans: Sequence[ShownPlan]) -> None:
        """Write what is planned."""
        self._write(_stream(_planned(plans), self._now))

    def event(self, event: ShownEvent) -> None:
        """Write what happened."""
        self._write(_spelled(_event(event, self._progress.line(event)), self._now))

    def end(self, applied: ShownApply) -> None:
        """Write the summary."""
        self._write(_spelled(_result(applied), self._now))


def _stream(lines: Iterable[StreamLine], now: Now | None = None) -> str:
    first: VersionLine = {
        **_head("info", f"poolctl {__version__}"),
        "type": "version",
        "poolctl": __version__,
        "format_version": FORMAT,
    }
    return "".join(_spelled(line, now) for line in [first, *lines])


def _spelled(line: StreamLine, now: Now | None) -> str:
    """Spell a line; the time follows what every line begins with."""
    whole = dict(line)
    if now:
        head = {key: whole.pop(key) for key in ("@level", "@message", "@module")}
        whole = {**head, "@timestamp": now(), **whole}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"


# --- plans ---------------------------------------------------------------------------------------------------------


def _weak(effects: Iterable[Effect]) -> tuple[int, int]:
    """Return how many effects weaken, and how many may."""
    by = direction_counts(effects)
    return by[Direction.WEAKENS], by[Direction.MIXED]


def _planned(plans: Sequence[ShownPlan]) -> Iterator[StreamLine]:
    yield from map(_alarmed, alarms.of_plans(plans))
    for found in plans:
        yield from _of_plan(found)


def _of_plan(found: ShownPlan) -> Iterator[StreamLine]:
    """Yield the events of a plan, without those of what weakens."""
    yield from (_noticed(n) for n in found.notices if n.standstill)
    yield from map(_refused, found.refusals)
    yield from map(_unread, found.gaps)
    yield from (_dangerous(c, f, f.danger) for c in found.pending for f in c.fields if f.danger)
    yield from map(_change, found.pending)
    yield from map(_output, found.writes)
    yield from (_noticed(n) for n in found.notices if not n.standstill)


def _resource(address: Address, type_: str = "") -> LineResource:
    found: LineResource = {
        "addr": address.full,
        "pool": address.pool,
        "kind": address.section,
        "resource_name": address.name,
    }
    if type_:
        found["resource_type"] = type_
    return found


def _change(change: ShownChange) -> PlannedLine:
    found: PlannedPart = {
        "resource": _resource(change.address, change.type),
        "action": NAMES[change.action],
        "before": plain(change.before),
        "after": plain(change.after),
        "paths": [dotted(f.path) for f in change.fields],
        "source": position_entry(change.source),
        "direction": direction_word(effects_of(change)),
        "effects": [effect_entry(e) for e in effects_of(change)],
    }
    if change.reason:
        found["reason"] = change.reason
    if change.parts:
        found["parts"] = list(change.parts)
    if change.kept:
        found["kept"] = {path: plain(items) for path, items in change.kept.items()}
    dangers: list[DangerPart] = [{**danger_entry(f.danger), "path": dotted(f.path)} for f in change.fields if f.danger]
    if dangers:
        found["dangers"] = dangers
    message = printable(f"{change.address.full} {HEADS[change.action]}")
    return {**_head("info", message), "type": "planned_change", "change": found}


def _output(output: OutputChange) -> PlannedOutputLine:
    extent = output_extent(output)
    message = f"{output.address.full} {HEADS_OF_OUTPUTS[output.action]}{f': {extent}' if extent else ''}"
    return {
        **_head("info", printable(message)),
        "type": "planned_output",
        "change": {
            "resource": _resource(output.address),
            "action": NAMES[output.action],
            "format": output.format,
            "client": str(output.about),
            "awaits": output.awaits or None,
            "parameters": [p.name for p in output.parameters if p.action is not Action.NONE],
            "source": position_entry(output.source),
        },
    }


# --- apply ---------------------------------------------------------------------------------------------------------


def _event(event: ShownEvent, message: str) -> StreamLine:
    match event:
        case ShownCheck():
            return _checked(event)
        case ShownSent():
            return {
                **_head("debug", printable(f"{event.address.full}: {event.operation}")),
                "type": "call_sent",
                "hook": {
                    "resource": _resource(event.address),
                    "call": {"service": event.service, "operation": event.operation},
                    "elapsed_seconds": event.seconds,
                },
            }
        case Waiting():
            return {
                **_head("info", message),
                "type": "apply_progress",
                "hook": {
                    "resource": _resource(event.address),
                    "status": event.status,
                    "elapsed_seconds": event.seconds,
                },
            }
        case ShownStep():
            return _worked(event, message)
        case OutputDone():
            return {
                **_head("error" if event.error else "info", message),
                "type": "output_result",
                "hook": {
                    "resource": _resource(event.output.address),
                    "action": NAMES[event.output.action],
                    "status": output_status(event),
                    "error": event.error or None,
                },
            }


def _checked(event: ShownCheck) -> StreamLine:
    left = [c.address.full for c in event.left]
    unproven = list(event.unproven)
    blind = "Not everything could be read again." if unproven else "Everything matches the manifests."
    return {
        **_head("error" if left or unproven else "info", f"{len(left)} objects still differ." if left else blind),
        "type": "verified",
        "left": left,
        "unproven": unproven,
    }


def _worked(step: ShownStep, message: str) -> StreamLine:
    resource, action = _resource(step.change.address, step.change.type), NAMES[step.change.action]
    match step.status:
        case "done":
            return {
                **_head("info", message),
                "type": "apply_complete",
                "hook": {"resource": resource, "action": action, "id": step.id, "elapsed_seconds": step.seconds},
            }
        case "failed":
            return {
                **_head("error", message),
                "type": "apply_errored",
                "hook": {
                    "resource": resource,
                    "action": action,
                    "error": step.error,
                    "stale": step.stale,
                    "calls_written": step.written,
                    "id": step.id,
                    "outcome_unknown": step.doubtful,
                    **refused_call(step),
                },
            }
        case "not_started":
            return {
                **_head("warn", message),
                "type": "apply_skipped",
                "hook": {"resource": resource, "action": action, "because": step.error},
            }
        case "started":
            return {
                **_head("info", message),
                "type": "apply_start",
                "hook": {"resource": resource, "action": action},
            }


def _result(applied: ShownApply) -> ChangeSummaryLine:
    result = outcome(applied)
    weak, mixed = _weak(e for r in result.results if r.status == "done" for e in effects_of(r.change))
    return {
        **_head("info" if result.converged else "error", report.apply(applied).summary),
        "type": "change_summary",
        "changes": {
            "add": result.count("done", Action.CREATE, Action.REPLACE),
            "change": result.count("done", Action.UPDATE),
            "remove": result.count("done", Action.DELETE, Action.REPLACE),
            "outputs": result.written,
            "weakens": weak,
            "mixed": mixed,
            "failed": result.count("failed"),
            "not_started": result.count("not_started"),
            "converged": result.converged,
            "operation": "apply",
        },
    }


# --- drift ---------------------------------------------------------------------------------------------------------

LEVELS: dict[str, Level] = {"error": "error", "warning": "warn"}
"""Level by severity; of all others it is `info`."""


def _finding(finding: ShownFinding) -> DriftLine:
    found: DriftPart = {
        "id": finding.id,
        "class": finding.cls.value,
        "resource": _resource(finding.address),
        "path": dotted(finding.path),
        "before": plain(finding.desired),
        "after": plain(finding.live),
        "severity": finding.severity,
        "fails": finding.fails,
        "source": position_entry(finding.source),
        "direction": direction_word(finding.effects),
        "effects": [effect_entry(e, finding.path) for e in finding.effects],
    }
    if finding.attribution:
        found["attribution"] = attribution_entry(finding.attribution)
    if finding.part:
        found["part"] = finding.part
    name = finding.address.full + (f" {dotted(finding.path)}" if finding.path else "")
    return {
        **_head(LEVELS.get(finding.severity, "info"), printable(f"{name} {report.FOUND[finding.cls]}")),
        "type": "resource_drift",
        "change": found,
    }


# --- diagnostics ---------------------------------------------------------------------------------------------------


def _refused(refusal: Refusal) -> DiagnosticLine:
    where = refusal.address.full + (f" {dotted(refusal.path)}" if refusal.path else "")
    line = _diagnostic("error", refusal.message, refusal.advice, where, refusal.source)
    line["diagnostic"]["rule"] = refusal.rule
    return line


def _stopped(gate: Verdict | None) -> Iterator[DiagnosticLine]:
    """What `--fail-on` refuses, with what would let it pass."""
    for one in gate.stopped if gate else ():
        where = f"{one.case.address.full} {dotted(one.case.effect.path)}".rstrip()
        advice = " ".join(f"--allow {a}" for a in one.allow)
        line = _diagnostic("error", f"Stopped by --fail-on: {', '.join(one.because)}", advice, where, one.case.source)
        if one.case.effect.rules:
            line["diagnostic"]["rule"] = one.case.effect.rules[0]
        yield line


def _alarmed(alarm: Alarm) -> DiagnosticLine:
    where = f"{alarm.address.pool}/{alarm.place}"
    line = _diagnostic("warning", f"{alarm.title}: {alarm.verb}", " ".join(alarm.sentences), where, alarm.source)
    if alarm.effect.rules:
        line["diagnostic"]["rule"] = alarm.effect.rules[0]
    return line


def _dangerous(change: ShownChange, field: ShownField, danger: Danger) -> DiagnosticLine:
    where = f"{change.address.full} {dotted(field.path)}"
    summary = f"{dotted(field.path)} {danger_words(danger)}"
    return _diagnostic("warning", summary, danger.sentence, where, field.source or change.source)


def _unread(gap: Gap) -> DiagnosticLine:
    call = f"{gap.operation}: " if gap.operation else ""
    line = _diagnostic("error", f"{call}{gap.reason}", "It could not be read.", gap.address.full, None)
    said = gap_entry(gap)
    part = line["diagnostic"]
    part["operation"], part["code"], part["request_id"] = said["operation"], said["code"], said["request_id"]
    part["iam_action"] = said["iam_action"]
    return line


def _noticed(notice: Notice) -> DiagnosticLine:
    return _diagnostic("warning", notice.message, "", "", notice.source)


def _problem(problem: Problem) -> DiagnosticLine:
    return _diagnostic("error", problem.message, problem.fix, problem.path, problem.position)


def _head(level: Level, message: str) -> LineHead:
    return {"@level": level, "@message": message, "@module": MODULE}


def _diagnostic(
    severity: Literal["error", "warning"], summary: str, detail: str, address: str, source: Position | None
) -> DiagnosticLine:
    found: DiagnosticPart = {"severity": severity, "summary": summary, "detail": detail, "address": address}
    if source:
        found["range"] = range_entry(source)
    return {
        **_head("error" if severity == "error" else "warn", printable(summary)),
        "type": "diagnostic",
        "diagnostic": found,
    }

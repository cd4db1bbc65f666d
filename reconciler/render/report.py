"""Plans, drift, applies and validations as one model, for every report format.

Markdown, HTML, JUnit, SARIF and annotations all show the object, the severity, the place of its declaration and the
differences. They are computed here once, and a renderer only formats them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from reconciler.errors import Problem, printable
from reconciler.model import (
    RISKS,
    Action,
    Address,
    Attribution,
    Danger,
    Direction,
    Effect,
    FindingClass,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    Position,
    Refusal,
    Target,
    Weakness,
    dotted,
    row_words,
)
from reconciler.render import alarms
from reconciler.render.alarms import Alarm
from reconciler.render.change_lines import ChangeLine, Width, directed, kept_words, lines, member
from reconciler.render.json_parts import output_status
from reconciler.render.output_words import HEADS, output_extent, output_lines, output_result
from reconciler.render.shown import ShownApply, ShownChange, ShownDrift, ShownField, ShownFinding, ShownPlan, ShownStep
from reconciler.render.subjects import LintResult, Renderers, RenderOptions, Validation
from reconciler.render.tally import Unproven, effects_of, outcome, plural
from reconciler.render.unread import refused_read
from reconciler.render.weaknesses import summed_up
from reconciler.render.wording import PlanSums, also, apply_sum, danger_words, header
from reconciler.security.judging import WORST_FIRST

VERBS = {
    Action.CREATE: ("create", "will be created"),
    Action.UPDATE: ("update", "will be updated in place"),
    Action.DELETE: ("delete", "will be destroyed"),
    Action.REPLACE: ("replace", "will be replaced: destroyed, and created again"),
    Action.NONE: ("unchanged", "matches the manifest"),
}
"""For each action: its name in filters, and its description."""

FOUND = {
    FindingClass.CHANGED: "differs from the manifest",
    FindingClass.MISSING: "is declared but does not exist",
    FindingClass.UNMANAGED: "is live but not declared in any manifest",
    FindingClass.UNDECLARED: "is not declared and differs from the service's default",
}
"""What each class of drift means."""

DONE = {
    Action.CREATE: "was created",
    Action.UPDATE: "was updated",
    Action.DELETE: "was destroyed",
    Action.REPLACE: "was replaced",
    Action.NONE: "matches the manifest",
}
"""The result of a change that was made."""

USUAL_WIDTH = 100
"""Columns of the lines of most formats."""

LEGEND = "In differences, - is the declared value or the service's default, and + is the live value."
"""What the two sides of a difference mean in a drift report."""

WEAKENS, MAY_WEAKEN = "weakens", "may-weaken"
"""Actions of the rows about what weakens: a row for each alarm of a plan."""

VERDICTS = {"done": ("pass", "note"), "failed": ("error", "error"), "not_started": ("skip", "warning")}
"""For each status of a change: verdict and severity."""

RULE = re.compile(r" \[([A-Za-z][\w-]*)\]$")
"""Matches the rule id at the end of a problem's message."""


class Row(NamedTuple):
    """One entry of a report: an object, a finding, a refusal, a problem or a notice."""

    key: str
    """What it is about, unique in the run: the full address of an object, or a file and path."""
    label: str
    """The same for people, within its suite."""
    kind: str
    """Section of the manifest: `clients`; `manifest` for what concerns no object."""
    action: str
    """One word to filter by: `create`, `refused`, `changed`, `failed`, `invalid`, `notice`."""
    head: str
    """The predicate of the sentence that begins with the label: `will be created`."""
    verdict: str
    """`pass`, `failure`, `error` or `skip`, as test reports know them; `none` for what is no test."""
    severity: str = ""
    """`error`, `warning` or `note`; empty for an unchanged object."""
    danger: bool = False
    """Whether to show it first."""
    rule: str = ""
    """The rule that found it: `drift/changed`, `refusal/immutable`, `manifest/P7`."""
    path: str = ""
    """The member at fault, dotted."""
    notes: tuple[str, ...] = ()
    """Sentences that explain."""
    lines: tuple[ChangeLine, ...] = ()
    """What differs."""
    source: Position | None = None
    """The place in the manifest."""
    id: str = ""
    """Identifier that is stable across runs; may be empty."""
    seconds: float = 0.0
    """How long it took, where it was done."""
    alarms: tuple[Alarm, ...] = ()
    """What of it weakens or may weaken: itself, if the row is about an alarm, or what a finding means."""
    directions: tuple[Direction, ...] = ()
    """Where the changes of its members lead, the worst first; empty for what changes nothing."""
    folded: bool = False
    """Whether it says what every run says, so that a format for people may fold it."""

    @property
    def sentence(self) -> str:
        """The row in one line, without its notes; each format adds the place of a problem itself."""
        if self.action == "notice":
            return self.head
        return f"{self.path or self.label} {self.head}" if self.action == "invalid" else f"{self.label} {self.head}"


class Suite(NamedTuple):
    """The rows about one pool, or about one file."""

    title: str
    """One line."""
    name: str
    """Short and stable: `eu-west-1/customers`."""
    manifest: str
    """The file that declares it."""
    rows: tuple[Row, ...]
    """In the order of the plan; dangerous ones are not moved."""


class Report(NamedTuple):
    """What a command found."""

    command: str
    """`plan`, `drift`, `apply` or `validate`."""
    summary: str
    """The summary, in one line."""
    suites: tuple[Suite, ...]
    """One for each pool or file."""
    legend: str = ""
    """What the two sides of a difference mean, if not before and after."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all suites."""
        return tuple(row for suite in self.suites for row in suite.rows)

    def name(self, row: Row) -> str:
        """Return the name of a row where its suite is not shown."""
        if row.action == "invalid" and row.source:
            return f"{printable(row.source.file)}:{row.label}"
        return printable(row.key) if len(self.suites) > 1 and row.verdict != "none" else row.label

    @property
    def dangers(self) -> tuple[Row, ...]:
        """The rows that come first: paused writes, refusals, what is lost, the rest, then what weakens, worst first."""
        return tuple(sorted((r for r in self.rows if r.danger), key=_urgency))

    @property
    def alarms(self) -> tuple[tuple[Row, Alarm], ...]:
        """Each alarm with its row, the worst first."""
        found = ((row, alarm) for row in self.rows for alarm in row.alarms)
        return tuple(sorted(found, key=lambda pair: alarms.badness(pair[1].effect)))

    def is_in_alarms(self, row: Row) -> bool:
        """Whether an alarm says what becomes of the object of a row, and what follows from its loss."""
        lost = row.action in ("delete", "replace")
        return lost and any(alarm.whole and alarm.address.full == row.key for _, alarm in self.alarms)


ORDER = {"notice": 0, "refused": 1, "delete": 2, "replace": 2}
"""Actions of the rows that come first, and their order; the rest follows, and then what weakens."""


def _urgency(row: Row) -> tuple[int, tuple[int, int]]:
    """A key that sorts rows by how soon they have to be seen."""
    if row.alarms:
        return len(ORDER) + 1, min(alarms.badness(alarm.effect) for alarm in row.alarms)
    return ORDER.get(row.action, len(ORDER)), (0, 0)


# --- plan ----------------------------------------------------------------------------------------------------------


def plan(plans: Sequence[ShownPlan], width: Width = USUAL_WIDTH) -> Report:
    """Return the report of plans, one for each document.

    Args:
        plans: The plans.
        width: Columns of the differences; None leaves nothing out of them. The other reports take the same.
    """
    suites, sums = [], PlanSums()
    weaknesses: list[Weakness] = []
    for one in plans:  # once: each of them may have to be read
        suites.append(_suite(one.target, [*_planned(one, width), *_notice_rows(one.notices)]))
        weaknesses += one.weaknesses
        sums.add(one)
    security = summed_up(weaknesses)
    return Report("plan", " ".join([*map(str, sums.sentences()), *([security] if security else [])]), tuple(suites))


def _planned(plan: ShownPlan, width: Width) -> Iterator[Row]:
    yield from (_refusal(r) for r in plan.refusals)
    yield from (_gap(g) for g in plan.gaps)
    yield from (_danger(c, f, d) for c in plan.pending for f in c.fields if (d := alarms.lone_danger(f)))
    yield from (_alarm(a) for a in alarms.of_plans([plan]))
    yield from _unguarded(plan)
    yield from (_change(c, width) for c in plan.changes)
    yield from (_output(o) for o in plan.outputs)
    for address in plan.unmanaged:
        head = "is not in the manifest, and is left alone"
        yield Row(address.full, _name(address), _section(address), "unmanaged", head, "skip", "note")


def _change(change: ShownChange, width: Width) -> Row:
    action, head = VERBS[change.action]
    gone = change.action in (Action.DELETE, Action.REPLACE)
    pending = change.action is not Action.NONE
    return Row(
        change.address.full,
        _name(change.address),
        _section(change.address),
        action,
        head,
        "failure" if pending else "pass",
        "warning" if gone else "note" if pending else "",
        danger=gone,
        rule=f"plan/{action}",
        notes=(*_sentences(change.reason), *_sentences(kept_words(change))),
        lines=tuple(lines(change, width)) if pending else (),
        source=change.source,
        directions=_directions(effects_of(change)) if pending else (),
    )


def _output(output: OutputChange) -> Row:
    pending = output.action is not Action.NONE
    action = VERBS[output.action][0]
    extent = output_extent(output)
    return Row(
        output.address.full,
        _name(output.address),
        _section(output.address),
        action,
        f"{HEADS[output.action]} ({printable(f'{output.format} of {output.about}')}){f': {extent}' if extent else ''}",
        "failure" if pending else "pass",
        "note" if pending else "",
        rule=f"plan/{action}",
        lines=output_lines(output),
        source=output.source,
    )


def _directions(effects: Iterable[Effect]) -> tuple[Direction, ...]:
    found = {effect.direction for effect in effects}
    return tuple(d for d in WORST_FIRST if d in found) or (Direction.NEUTRAL,)


def _danger(change: ShownChange, field: ShownField, danger: Danger) -> Row:
    path = printable(dotted(field.path))
    return Row(
        change.address.full,
        f"{_name(change.address)} {path}",
        _section(change.address),
        "danger",
        danger_words(danger),
        "failure",
        "warning",
        danger=True,
        rule=f"danger/{'reversible' if danger.reversible else 'irreversible'}",
        path=path,
        notes=_sentences(danger.sentence),
        source=field.source or change.source,
    )


def _alarm(alarm: Alarm, verdict: str = "failure") -> Row:
    """A change that weakens. Its values are in the alarm alone, because not every format may show them."""
    action = WEAKENS if alarm.effect.direction is Direction.WEAKENS else MAY_WEAKEN
    return Row(
        alarm.address.full,
        alarm.place,
        _section(alarm.address),
        action,
        alarm.verb,
        verdict,
        "error" if alarm.effect.risk == RISKS[0] else "warning",  # GitHub shows ten of each level
        danger=True,
        rule="/".join([action, *alarm.effect.rules[:1]]),
        path=printable(dotted(alarm.effect.path)),
        notes=alarm.sentences,
        source=alarm.source,
        alarms=(alarm,),
        directions=(alarm.effect.direction,),
    )


def _unguarded(plan: ShownPlan) -> Iterator[Row]:
    """What no manifest declares and a plan would otherwise not mention."""
    found = alarms.unguarded(plan.undeclared)
    if found.total:
        key = f"{plan.target.pool_name} undeclared"
        bad = bool(found.names)
        head = f"that differ from Cognito's defaults: {found.total}, {found.tally or 'and none weakens'}"
        notes = (f"{', '.join(found.names)}. poolctl drift shows them.",) if bad else ()
        row = Row(key, UNDECLARED, "manifest", "undeclared", head, "none", "note", rule="plan/undeclared", notes=notes)
        yield row._replace(severity="warning", danger=True) if bad else row


UNDECLARED = "Undeclared members"
"""Label of the row about what a manifest leaves out and someone has set."""


def _refusal(refusal: Refusal) -> Row:
    path = printable(dotted(refusal.path))
    return Row(
        refusal.address.full,
        _name(refusal.address),
        _section(refusal.address),
        "refused",
        f"is refused{f' for {path}' if path else ''} [{printable(refusal.rule)}]",
        "error",
        "error",
        danger=True,
        rule=f"refusal/{refusal.rule}",
        path=path,
        notes=_sentences(refusal.message, refusal.advice),
        source=refusal.source,
    )


def _gap(gap: Gap) -> Row:
    return Row(
        gap.address.full,
        _name(gap.address),
        _section(gap.address),
        "unread",
        "could not be read",
        "error",
        "error",
        danger=True,
        rule="unread",
        path=printable(gap.operation),
        notes=_sentences(refused_read(gap)),
    )


def _notice_rows(notices: Iterable[Notice]) -> Iterator[Row]:
    for found in notices:
        said = ": ".join(_sentences(found.message))
        if found.standstill:
            key = f"{PAUSED} {found.source or ''}"
            yield Row(key, PAUSED, "manifest", "notice", said, "skip", "warning", True, "notice", source=found.source)
        else:
            key = f"{found.source or ''} {found.message}"
            row = Row(key, "Note", "manifest", "notice", said, "none", "warning", rule="notice", source=found.source)
            yield row._replace(folded=found.lasting)


PAUSED = "Paused writes"
"""Label of the notice that the service has paused the writes of a pool."""


# --- drift ---------------------------------------------------------------------------------------------------------


def drift(drifts: Sequence[ShownDrift], width: Width = USUAL_WIDTH) -> Report:
    """Return the report of drift, one for each document. The sides of a difference are desired and live."""
    found = [f for d in drifts for f in d.findings]
    by = [sum(f.cls is cls for f in found) for cls in FindingClass]
    words = [f"{n} {cls.value}" for n, cls in zip(by, FindingClass, strict=True) if n]
    gaps = sum(len(d.gaps) for d in drifts)
    hidden = sum(d.suppressed for d in drifts)
    refused = sum(bool(d.refusals) for d in drifts)
    tail = [f"{plural(refused, 'pool')} could not be compared"] if refused else []
    tail += [f"{plural(gaps, 'object')} could not be read"] if gaps else []
    tail += [f"{plural(hidden, 'finding')} suppressed"] if hidden else []
    expired = sum(len(d.expired) for d in drifts)
    tail += [f"{plural(expired, 'ignore rule')} expired"] if expired else []
    security = summed_up([one for d in drifts for one in d.weaknesses])
    none = "No drift in what could be read." if gaps or refused else "No drift."
    head = f"Drift: {', '.join(words)}." if found else none
    weak = also(alarms.tally(alarms.of_drifts(drifts)))
    summary = " ".join([f"{head}{weak}", *(f"{t}." for t in tail), *([security] if security else [])])
    suites = tuple(_suite(d.target, [*_drifted(d, width), *_notice_rows(d.notices)]) for d in drifts)
    return Report("drift", summary, suites, LEGEND if found else "")


def _drifted(drift: ShownDrift, width: Width) -> Iterator[Row]:
    yield from (_refusal(r) for r in drift.refusals)
    yield from (_gap(g) for g in drift.gaps)
    yield from (_finding(f, width) for f in drift.findings)
    if drift.expired:
        yield _expired(drift)
    yield _coverage(drift)


def _expired(drift: ShownDrift) -> Row:
    """An expired rule makes the run fail, so every format must show a failure; the notices name the rule."""
    head = f"have expired: {len(drift.expired)}; renew or remove them"
    key = f"{drift.target.pool_name} ignore"
    return Row(key, "Ignore rules", "manifest", "expired", head, "failure", "error", danger=True, rule="drift/expired")


def _coverage(drift: ShownDrift) -> Row:
    """The coverage of a run, shown even without findings: "could not be read" is never "no drift"."""
    read = f"{plural(drift.read, 'object')} {'was' if drift.read == 1 else 'were'} read"
    read += f"; {plural(len(drift.unavailable), 'section')} not available here" if drift.unavailable else ""
    key = f"{drift.target.pool_name} coverage"
    if drift.gaps or drift.refusals:
        rest = f", {len(drift.gaps)} could not be" if drift.gaps else ""
        return Row(key, "Coverage", "manifest", "incomplete", f"is incomplete: {read}{rest}", "error")
    return Row(key, "Coverage", "manifest", "read", f"is complete: {read}", "pass")


def _finding(finding: ShownFinding, width: Width) -> Row:
    path = printable(dotted(finding.path))
    wanted, live = finding.desired, finding.live
    differs = () if wanted is None and live is None else member(finding.path, wanted, live, width)
    shown = tuple(directed(differs, finding.effects))
    weak = alarms.of_finding(finding)
    said = dict.fromkeys(sentence for alarm in weak for sentence in alarm.sentences)
    return Row(
        finding.address.full,
        _name(finding.address) + (f" {path}" if path else ""),
        _section(finding.address),
        finding.cls.value,
        FOUND[finding.cls],
        "failure" if finding.fails else "skip",
        finding.severity,
        danger=finding.fails and finding.severity == "error",
        rule=f"drift/{finding.cls.value}",
        path=path,
        notes=(*said, *((_who(finding.attribution),) if finding.attribution else ())),
        lines=shown,
        source=finding.source,
        id=finding.id,
        alarms=weak,
        directions=_directions(finding.effects),
    )


def _who(found: Attribution) -> str:
    how = "poolctl" if found.ours else "the console" if found.console else "the API"
    where = f" from {found.source_address}" if found.source_address else ""
    return printable(
        f"{found.event} by {found.principal} through {how}{where} at {found.time} (event {found.event_id})"
    )


# --- apply ---------------------------------------------------------------------------------------------------------


def apply(applied: ShownApply, width: Width = USUAL_WIDTH) -> Report:
    """Return the report of an apply."""
    result = outcome(applied)
    left = {c.address.full: c for c in result.left}
    found = {r.change.address.full: r for r in result.results}
    blind = [(u.pool, _unproven(u)) for u in result.unproven]
    written = {o.output.source: o for o in result.outputs}
    suites = tuple(
        _suite(
            p.target,
            [
                *_applied(p, found, left, width),
                *_written(p.outputs, written),
                *(row for pool, row in blind if pool == p.target.key),
            ],
        )
        for p in applied.plans
    )
    return Report("apply", str(apply_sum(applied)), suites)


def _unproven(found: Unproven) -> Row:
    head = "is incomplete: not everything could be read again after the last write"
    notes = _sentences(found.reason)
    key = f"{found.pool} proof {found.reason}"
    return Row(
        key, "Verification", "manifest", "unread", head, "error", "error", danger=True, rule="unread", notes=notes
    )


def _applied(
    plan: ShownPlan, found: Mapping[str, ShownStep], left: Mapping[str, ShownChange], width: Width
) -> Iterator[Row]:
    for change in plan.changes:
        result = found.get(change.address.full)
        row = _result(result, width) if result else _change(change, width)
        if result and result.status == "done":
            yield from (_alarm(a, "none") for a in alarms.of_change(result.change))
        yield row
        if change.address.full in left:
            yield _left(left[change.address.full], width)


def _written(outputs: Iterable[OutputChange], found: Mapping[Position, OutputDone]) -> Iterator[Row]:
    for output in outputs:
        done = found.get(output.source)
        row = _output(done.output if done else output)
        if done:
            status = output_status(done)
            verdict, severity = VERDICTS[status]
            word = status.replace("_", "-")
            head = output_result(done)
            row = row._replace(action=word, head=head, verdict=verdict, severity=severity, rule=f"apply/{word}")
            row = row._replace(danger=status == "failed")
        elif output.action is not Action.NONE:  # it was as it should be when it was its turn
            row = _output(replace(output, action=Action.NONE))
        yield row


def _result(result: ShownStep, width: Width) -> Row:
    after = f" after {plural(result.written, 'successful call')}" if result.written else ""
    heads = {"done": DONE[result.change.action], "failed": f"failed{after}", "not_started": "was not started"}
    verdict, severity = VERDICTS[result.status]
    return _change(result.change, width)._replace(
        action=result.status.replace("_", "-"),
        head=heads[result.status],
        verdict=verdict,
        severity=severity,
        danger=result.status == "failed",
        rule=f"apply/{result.status.replace('_', '-')}",
        notes=_sentences(result.error),
        seconds=result.seconds,
    )


def _left(change: ShownChange, width: Width) -> Row:
    return _change(change, width)._replace(
        action="not-converged",
        head="still differs after the last write",
        verdict="error",
        severity="error",
        danger=True,
        rule="apply/not-converged",
    )


# --- validate ------------------------------------------------------------------------------------------------------


def validate(found: Validation) -> Report:
    """Return the report of a validation."""
    problems, notices, files = found
    wrong = [p.position.file for p in problems]
    names = dict.fromkeys([*files, *wrong, *(n.source.file for n in notices if n.source)])
    suites = [Suite(printable(f), printable(f), f, tuple(_validated(f, problems, notices))) for f in names]
    general = tuple(_notice_rows(n for n in notices if not n.source))
    suites += [Suite("All manifests", "manifests", "", general)] if general else []
    are = "is" if len(files) == 1 else "are"
    summary = f"{plural(len(problems), 'problem')}." if problems else f"{plural(len(files), 'manifest')} {are} valid."
    return Report("validate", summary, tuple(suites))


def _validated(file: str, problems: Sequence[Problem], notices: Sequence[Notice]) -> Iterator[Row]:
    mine = [p for p in problems if p.position.file == file]
    yield from (_problem(p) for p in mine)
    if not mine:
        yield Row(file, printable(file), "manifest", "valid", "is valid", "pass")
    yield from _notice_rows(n for n in notices if n.source and n.source.file == file)


def _problem(problem: Problem) -> Row:
    rule = RULE.search(problem.message)
    message = problem.message[: rule.start()] if rule else problem.message
    row = row_words(problem.position)
    place = f"{problem.position.line}:{problem.position.column}{f' ({row})' if row else ''}"
    label = problem.position.file if problem.whole_file else f"{place} {problem.path}".rstrip()
    return Row(
        f"{problem.position.file} {problem.path}",
        printable(label),
        printable(re.split(r"[./\[]", problem.path, maxsplit=1)[0]) or "manifest",
        "invalid",
        "is invalid",
        "failure",
        "error",
        danger=True,
        rule=f"manifest/{rule[1] if rule else 'invalid'}",
        path=printable(problem.path),
        notes=_sentences(message, problem.fix),
        source=problem.position,
    )


# --- formats -------------------------------------------------------------------------------------------------------


def renderers(render: Callable[[Report, RenderOptions], str], width: Width = USUAL_WIDTH) -> Renderers:
    """Return the renderers of a format that renders reports: each subject becomes a report first.

    Args:
        render: Renders a report.
        width: Columns of its differences; None for a format that has room for everything.
    """
    return Renderers(
        plan=lambda found, options: render(plan(found, width), options),
        apply=lambda found, options: render(apply(found, width), options),
        drift=lambda found, options: render(drift(found.drifts, width), options),
        validate=lambda found, options: render(validate(found), options),
        lint=lambda found, options: render(_lint(found), options),
    )


def _lint(found: LintResult) -> Report:
    from reconciler.render.lint_report import lint  # it is made of what is here

    return lint(found)


# --- words ---------------------------------------------------------------------------------------------------------


def _suite(target: Target, rows: Iterable[Row]) -> Suite:
    return Suite(header(target), printable(target.key), target.manifest, tuple(rows))


def _name(address: Address) -> str:
    return printable(str(address))


def _section(address: Address) -> str:
    return printable(address.section)


def _sentences(*texts: str) -> tuple[str, ...]:
    return tuple(printable(t) for t in texts if t)

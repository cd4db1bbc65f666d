"""The gate of a run: what plans and drift mean, held against `--fail-on` and `--allow`, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import ExitCode, InvalidInput, Refused, printable
from reconciler.model import Allowance, Direction, Drift, Effect, FieldChange, Plan
from reconciler.render.tally import plural
from reconciler.security.criteria import NONE, kinds_problem
from reconciler.security.gates import Gate, GateCase, Verdict
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

UNWRITTEN = "; nothing was written"

ADVICE = "For each that is intended, add its line, or put it under `allow` in poolctl.yaml with a reason:"


def of_plans(plans: Sequence[Plan], options: Options, today: str) -> Verdict:
    """Return what the gate of a run says of its plans.

    Args:
        plans: All plans of the run.
        options: The command line, completed by poolctl.yaml.
        today: YYYY-MM-DD, UTC.
    """
    return of_cases((case for plan in plans for case in cases(plan)), options, today, len(plans))


def of_cases(found: Iterable[GateCase], options: Options, today: str, pools: int) -> Verdict:
    """Return what the gate of a run says of cases of so many pools; takes the rest as `of_plans`."""
    return _gate(options).judge(found, today, pools=pools)


def of_drifts(drifts: Sequence[Drift], options: Options, today: str) -> Verdict:
    """Return what the gate of a run says of drift; takes the same as `of_plans`."""
    cases = (GateCase(f.address, effect, f.source) for drift in drifts for f in drift.findings for effect in f.effects)
    return _gate(options).judge(cases, today, pools=len(drifts))


def _gate(options: Options) -> Gate:
    kinds = tuple(dict.fromkeys(options.fail_on))
    if problem := kinds_problem(kinds):
        raise InvalidInput(f"--fail-on: {problem}")
    return Gate(() if NONE in kinds else kinds, options.allow)


def cases(plan: Plan) -> Iterator[GateCase]:
    """Yield what a gate looks at in a plan: what each change means, and whether it can be undone."""
    for change in plan.pending:
        if change.effect:
            yield GateCase(change.address, change.effect, change.source)
        for field in change.fields:
            source = field.source or change.source
            yield from (GateCase(change.address, effect, source) for effect in (*field.effects, *_danger(field)))


def _danger(field: FieldChange) -> Iterator[Effect]:
    """Yield that a change cannot be undone, where only its danger says so."""
    known = any(e.undo for e in field.effects if e.path == field.path)
    if field.danger and not field.danger.reversible and not known:
        yield Effect(field.path, Direction.NEUTRAL, field.danger.sentence, undo=field.danger.sentence)


def require(console: Console, verdict: Verdict) -> None:
    """Require that no change is stopped, and print which allowances allow nothing.

    Raises:
        Refused: One is; names what has to be said to let each pass. Nothing was written.
    """
    say(console, verdict)
    if verdict.stopped:
        raise Refused("\n".join(_stopped(verdict, "change", UNWRITTEN)))


def require_again(plan: Plan, options: Options, today: str, pools: int) -> None:
    """Require that a plan which was made again during an apply is not stopped; nothing is said of what passes.

    Args:
        plan: The plan.
        options: The command line, completed by poolctl.yaml.
        today: YYYY-MM-DD, UTC.
        pools: How many pools the run has.

    Raises:
        Refused: It is; nothing was written to this pool.
    """
    verdict = _gate(options).judge(cases(plan), today, pools=pools)
    if verdict.stopped:
        raise Refused("\n".join(_stopped(verdict, "change", f"{UNWRITTEN} to {plan.target.pool_name}")))


def reported(console: Console, verdict: Verdict, what: str = "change") -> ExitCode:
    """Print what is stopped, of a run that writes nothing, and return the exit code: 4, or 0 if nothing is.

    Args:
        console: Takes the message.
        verdict: Of the gate.
        what: What it has judged, in one word.
    """
    say(console, verdict)
    if not verdict.stopped:
        return ExitCode.OK
    written = UNWRITTEN if what == "change" else ""
    console.err("Error: " + "\n".join(_stopped(verdict, what, written)))
    return ExitCode.REFUSED


def _stopped(verdict: Verdict, what: str, written: str = "") -> Iterator[str]:
    """Yield the lines about what is stopped, the last of them as they have to be said."""
    count = plural(len(verdict.stopped), what)
    are = "is" if len(verdict.stopped) == 1 else "are"
    yield f"{count} {are} stopped by --fail-on {','.join(verdict.fail_on)}{written}."
    yield ADVICE
    yield from (f"  {line}" for line in verdict.options)


def say(console: Console, verdict: Verdict) -> None:
    """Print what passes because it is allowed, and what is allowed and is not there or no longer counts.

    An entry of poolctl.yaml may be about another pool than those of this run, so it is said as progress is.
    """
    for found in verdict.passed:
        by = ", ".join(f"{_where(a)} {a}" for a in found.by)
        console.err(printable(f"Allowed: {found.case.address.pool}/{found.case.path}, by {by}"))
    for one in verdict.expired:
        why = f"expired on {one.expires} and no longer counts. Renew or remove it."
        console.err(printable(f"Warning: {_where(one)} {one} {why}"))
    why = "lets nothing pass in this run." if verdict.fail_on else "does nothing without --fail-on."
    for one in verdict.unused:
        (console.progress if one.source else console.err)(printable(f"Warning: {_where(one)} {one} {why}"))


def _where(one: Allowance) -> str:
    return f"{one.source}: allow" if one.source else "--allow"

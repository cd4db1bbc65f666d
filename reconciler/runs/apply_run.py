"""Plans → writes: asks for approval, runs the applier on every plan and reports progress."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.applying.applier import apply
from reconciler.errors import ExitCode, PoolctlError, Stale, worst
from reconciler.kinds import KINDS
from reconciler.model import Action, Event, Failed, Plan, ResourceChange, Sent, Skipped, Verified
from reconciler.render import redact
from reconciler.render.progress import Progress
from reconciler.runs.runtime import Runtime
from reconciler.runs.stages import plan_one, require_applicable
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.settings import LOCAL_DIRECTORY
from reconciler.terminal.signals import Graceful, Stop

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest


@dataclass(frozen=True, slots=True)
class ApplyOutcome:
    """The result of an apply."""

    plans: tuple[Plan, ...]
    """The plans that were applied."""
    events: tuple[Event, ...]
    """The events, in order."""
    exit_code: ExitCode
    """The exit code of the process."""
    given: tuple[str, ...] = ()
    """The options that repeat this run, as they are typed; without values of variables."""

    @property
    def wrote(self) -> bool:
        """Whether a call succeeded: a failure after that leaves a partial apply."""
        return any(isinstance(e, Sent) for e in self.events)


def confirm(plans: Sequence[Plan], options: Options, console: Console) -> bool:
    """Ask for approval, naming pools and accounts; plans without changes need none.

    Raises:
        InvalidInput: Input is not a terminal.
    """
    busy = [p for p in plans if p.pending]
    if options.yes or not busy:
        return True
    pools = "\n".join(f"  {p.target.pool_name} (account {p.target.account}, {p.target.region})" for p in busy)
    question = f"Apply these changes to\n{pools}\nOnly 'yes' will be accepted to approve.\n\nEnter a value: "
    if console.ask(question) == "yes":
        return True
    console.err("Apply cancelled; nothing was written.")
    return False


def apply_all(
    runtime: Runtime,
    console: Console,
    manifests: Sequence[Manifest],
    plans: Sequence[Plan],
    watch: Callable[[Event], None] = lambda _: None,
) -> ApplyOutcome:
    """Apply every plan, one pool after the other, and stop at the first failure.

    The changes of the remaining pools are reported as skipped.

    Args:
        runtime: The run.
        console: Shows progress.
        manifests: One for each plan.
        plans: The plans to apply.
        watch: Receives each event as it happens.
    """
    events: list[Event] = []
    codes: list[int] = []
    done = list(plans)

    def noted(happened: Iterable[Event]) -> list[Event]:
        before = len(events)
        for event in happened:
            events.append(event)
            watch(event)
        return events[before:]

    with Graceful(console.err) as stop:
        for i, (manifest, plan) in enumerate(zip(manifests, plans, strict=True)):
            if stop.requested or any(codes):
                noted(Skipped(c, "an earlier pool failed") for c in plan.pending)
                continue
            try:
                if manifest.needs and plan.pending:
                    done[i] = _planned_again(runtime, manifest, plan)
            except PoolctlError as error:  # writes to earlier pools still have to be reported
                console.err(f"Error: {error}")
                noted(Skipped(c, "planning again failed") for c in plan.pending)
                codes.append(error.exit_code)
                continue
            codes.append(_code(noted(_one(runtime, console, manifest, done[i], stop))))
    code = worst([stop.exit_code, _exit(codes, events)])
    return ApplyOutcome(tuple(done), tuple(events), code, tuple(given(runtime.options)))


def given(options: Options) -> Iterator[str]:
    """Yield the options that decide what a run does, as they are typed. Values of variables may be confidential.

    Args:
        options: The command line, completed from a plan file.
    """
    yield from _where(options)
    one = (("--env", options.env), ("--max-deletes", "" if options.max_deletes is None else str(options.max_deletes)))
    yield from (f"{name} {shlex.quote(text)}" for name, text in one if text)
    many = (
        ("--var-file", options.var_files),
        ("--target", options.targets),
        ("--allow-replace", options.replaceable),
    )
    yield from (f"{name} {shlex.quote(text)}" for name, texts in many for text in texts)
    yield from (f"--var {shlex.quote(text.partition('=')[0])}=…" for text in options.vars)
    if options.prune:
        yield "--prune"
    if options.shard:
        yield f"--shard {options.shard[0]}/{options.shard[1]}"


def _where(options: Options) -> Iterator[str]:
    """Yield the options that select account, Region and endpoint. An endpoint may contain a password."""
    if options.local is not None:
        yield "--local" if options.local == LOCAL_DIRECTORY else f"--local={shlex.quote(options.local)}"
    endpoint = "…" if "@" in options.endpoint_url else shlex.quote(options.endpoint_url)
    named = (("--region", options.region), ("--profile", options.profile), ("--role-arn", options.role_arn))
    yield from (f"{name} {shlex.quote(text)}" for name, text in named if text)
    if options.endpoint_url:
        yield f"--endpoint-url {endpoint}"


def _exit(codes: Sequence[int], events: Sequence[Event]) -> ExitCode:
    """Return the exit code of the run: a failure after a write to any pool is a partial apply."""
    code = worst(codes)
    return ExitCode.PARTIAL if code and any(isinstance(e, Sent) for e in events) else code


def _one(runtime: Runtime, console: Console, manifest: Manifest, plan: Plan, stop: Stop) -> Iterator[Event]:
    if not plan.pending:
        return
    cloud, progress = runtime.cloud(manifest), Progress(pools=True)
    for event in apply(
        plan, cloud, lambda: plan_one(runtime, manifest), clock=runtime.clock, sleep=runtime.sleep, stop=stop
    ):
        line = progress.line(redact.event(event))
        if line:
            console.progress(line)
        yield event


def _planned_again(runtime: Runtime, manifest: Manifest, before: Plan) -> Plan:
    """Plan a document again whose references became known when the documents before it were applied.

    Raises:
        Refused: The new plan cannot be applied.
        Stale: The new plan makes other changes than the one that was shown.
    """
    found = plan_one(runtime, manifest)
    require_applicable([found])
    shown, now = ([(c.type, _write(c)) for c in p.pending] for p in (before, found))
    if shown != now:
        where = f"{manifest.source} (pool {manifest.name})"
        raise Stale(f"{where}: the plan has changed since it was shown. Run plan again.")
    return found


def _write(change: ResourceChange) -> Action:
    """Return what a change does; a setting is set alike, whether it was unset or came with what it belongs to."""
    is_setting = not KINDS[change.address.section].create
    return Action.UPDATE if is_setting and change.action is Action.CREATE else change.action


def _code(events: Sequence[Event]) -> ExitCode:
    """Return the exit code of one pool's events (decision 28)."""
    written = any(isinstance(e, Sent) for e in events)
    failed = [e for e in events if isinstance(e, Failed)]
    if failed:
        if written:
            return ExitCode.PARTIAL
        return ExitCode.STALE if any(e.stale for e in failed) else ExitCode.ERROR
    left = [e for e in events if isinstance(e, Verified) and (e.left or e.unproven)]
    return ExitCode.PARTIAL if left else ExitCode.OK

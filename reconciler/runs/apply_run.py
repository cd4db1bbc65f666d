"""Plans → writes: asks for approval, runs the applier on every plan and reports progress."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reconciler.applying.applier import STOPPED, apply
from reconciler.cloud.endpoints import masked
from reconciler.errors import ExitCode, Partial, PoolctlError, Stale, expected_errors, printable, worst
from reconciler.model import (
    Address,
    Done,
    Event,
    Failed,
    OutputDone,
    Plan,
    ResourceChange,
    Sent,
    Skipped,
    Started,
    Unknown,
    Verified,
)
from reconciler.render import alarms, redact
from reconciler.render.progress import Progress
from reconciler.runs import namesakes
from reconciler.runs.runtime import Runtime
from reconciler.runs.stages import plan_one, require_applicable, require_motion
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.settings import LOCAL_DIRECTORY
from reconciler.terminal.signals import Interrupted, Stop

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
    after: tuple[Plan, ...] = ()
    """For each plan, the one that was made after the last write, or what is known of the objects instead."""

    @property
    def wrote(self) -> bool:
        """Whether a call succeeded, or may have: a failure after that leaves a partial apply."""
        return _wrote(self.events)


def confirm(plans: Sequence[Plan], options: Options, console: Console) -> bool:
    """Ask for approval, naming pools and accounts, and how much in each weakens; plans without changes need none.

    Raises:
        InvalidInput: Input is not a terminal.
    """
    busy = [p for p in plans if p.pending or p.writes]
    if options.yes or not busy:
        return True
    pools = "\n".join(map(_asked, busy))
    question = f"Apply these changes to\n{pools}\nOnly 'yes' will be accepted to approve.\n\nEnter a value: "
    if console.ask(question) == "yes":
        return True
    console.err("Apply cancelled; nothing was written.")
    return False


def _asked(plan: Plan) -> str:
    target = plan.target
    weak = alarms.tally(alarms.of_plans(redact.plans([plan])))
    where = printable(f"  {target.pool_name} (account {target.account}, {target.region})")
    return f"{where}: {weak}" if weak else where


def apply_all(
    runtime: Runtime,
    console: Console,
    manifests: Sequence[Manifest],
    plans: Sequence[Plan],
    *,
    stop: Stop,
    watch: Callable[[Event], None] | None = None,
) -> ApplyOutcome:
    """Apply every plan, one pool after the other, and stop at the first failure.

    The changes of the remaining pools are reported as skipped. Whatever goes wrong, and also after a second signal,
    the outcome has an event for each change.

    Args:
        runtime: The run.
        console: Shows progress.
        manifests: One for each plan.
        plans: The plans to apply.
        stop: Whether the operator has interrupted the run.
        watch: Receives each event as it happens; None takes a `watcher` that shows them on the console.
    """
    run = _Run(runtime, stop, watch or watcher(console), console.err, list(plans))
    runtime.stopped = stop
    runtime.pools.renew()
    try:
        for i, manifest in enumerate(manifests):
            run.pool(i, manifest)
        run.look_for_twins()
    except Interrupted:
        run.broken_off()
    code = worst([stop.exit_code, _exit(run.codes, run.events)])
    after = tuple(run.after.get(i) or as_far_as_known(plan, run.events) for i, plan in enumerate(run.plans))
    return ApplyOutcome(tuple(run.plans), tuple(run.events), code, tuple(given(runtime.options)), after)


def as_far_as_known(plan: Plan, events: Sequence[Event]) -> Plan:
    """Return a plan with what exists after its apply: objects that were not made are left out, new ones have their ids.

    Args:
        plan: The plan that was applied, if only in part.
        events: The events of the run.
    """
    done = {e.change.address: e.id for e in events if isinstance(e, Done)}
    there = [c for c in plan.changes if c.before is not None or c.address in done]
    return replace(plan, changes=tuple(replace(c, ids=_filled(c, done), new_ids=None) for c in there))


def _filled(change: ResourceChange, done: Mapping[Address, str]) -> dict[str, Any]:
    """Return identifiers, with those that became known in place of the unknown ones."""
    ids = change.ids if change.new_ids is None or change.address not in done else change.new_ids
    return {k: (done.get(v.address) or v) if isinstance(v, Unknown) else v for k, v in ids.items()}


def watcher(console: Console, watch: Callable[[Event], None] = lambda _: None) -> Callable[[Event], None]:
    """Return a function that shows events as they happen. It never raises: what was written has to be reported.

    Args:
        console: Takes a line for each event.
        watch: Receives each event too.
    """
    return _Watcher(console, watch).show


class _Watcher:
    """Shows events as they happen. What cannot be shown never stops an apply; that is said once.

    Args of the constructor:
        console: Takes a line for each event.
        watch: Receives each event.
    """

    def __init__(self, console: Console, watch: Callable[[Event], None]) -> None:
        self._console = console
        self._watch = watch
        self._progress = Progress(pools=True)
        self._failed = False

    def show(self, event: Event) -> None:
        """Show an event."""
        for way in (self._line, self._watch):
            try:
                with expected_errors():
                    way(event)
            except PoolctlError as error:
                self._complain(error)

    def _line(self, event: Event) -> None:
        line = self._progress.line(redact.event(event))
        if line:
            self._console.progress(line)

    def _complain(self, error: PoolctlError) -> None:
        if not self._failed:
            self._failed = True
            with suppress(Exception):
                self._console.err(f"Warning: progress is incomplete, and the apply continues: {error}")


@dataclass
class _Run:
    """The pools of one apply, and what has happened to them."""

    runtime: Runtime
    stop: Stop
    watch: Callable[[Event], None]
    complain: Callable[[str], None]
    """Shows an error."""
    plans: list[Plan]
    """Those that were shown; each is replaced by the one that is applied."""
    events: list[Event] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    after: dict[int, Plan] = field(default_factory=dict)
    """By index: the last plan after the writes to a pool."""

    def pool(self, i: int, manifest: Manifest) -> None:
        """Apply one plan, unless the run has come to its end."""
        if self.stop.requested or any(self.codes):
            self._skip(self.plans[i], STOPPED if self.stop.requested else "an earlier pool failed")
            return
        try:
            with expected_errors():
                if manifest.needs and self.plans[i].pending:
                    self.plans[i] = self._planned_again(manifest, self.plans[i])
        except PoolctlError as error:  # writes to earlier pools still have to be reported
            self._fail(i, error, "planning again failed")
            return
        before = len(self.events)
        try:
            with expected_errors():
                self._apply(i, manifest)
        except PoolctlError as error:
            self._fail(i, error, "poolctl failed")
        self.codes.append(_code(self.events[before:]))

    def broken_off(self) -> None:
        """Complete the events after a second signal: what was under way has failed, and the rest was not begun."""
        ended = {e.change.address for e in self.events if isinstance(e, Done | Failed | Skipped)}
        begun = [e.change for e in self.events if isinstance(e, Started) and e.change.address not in ended]
        for change in begun:
            written = sum(isinstance(e, Sent) and e.address == change.address for e in self.events)
            self._add(Failed(change, f"{STOPPED} at once. Run plan to see the live state.", written=written))
        for plan in self.plans:
            self._skip(plan, STOPPED)

    def _apply(self, i: int, manifest: Manifest) -> None:
        plan = self.plans[i]
        if not plan.pending:
            return
        runtime, stop = self.runtime, self.stop

        def again() -> Plan:
            self.after[i] = self._read(lambda: plan_one(runtime, manifest))
            return self.after[i]

        cloud, clock, sleep = runtime.cloud(manifest), runtime.clock, runtime.sleep
        for event in apply(
            plan,
            cloud,
            again,
            clock=clock,
            sleep=sleep,
            stop=stop,
            reading=stop.while_reading,
            pools=runtime.pools,
        ):
            self._add(event)

    def look_for_twins(self) -> None:
        """Look for pools that others made with the names of new ones, if that was not done since they were made."""
        for found in namesakes.late(self.plans, self.events, self.runtime.pools, self.runtime.sleep):
            self._add(found)
            self.codes.append(ExitCode.PARTIAL)

    def _planned_again(self, manifest: Manifest, before: Plan) -> Plan:
        """Plan a document again whose references became known when the documents before it were applied.

        What is live may have changed since the first plan, so all that was asked of that plan is asked again.

        Raises:
            Refused: The new plan cannot be applied, or `--fail-on` stops it.
            Incomplete: Part could not be read.
            Stale: The new plan makes other changes than the one that was shown, or means something worse.
            Partial: The run was interrupted.
        """
        from reconciler.runs import gating, shown_again

        runtime = self.runtime
        options, known = runtime.options, runtime.known.seen_from(manifest)
        found = self._read(lambda: plan_one(runtime, manifest))
        written = f"nothing was written to {found.target.pool_name}"
        require_applicable([found], written)
        require_motion(options, [found], written)
        allowed = options._replace(allow=shown_again.filled(options.allow, known))
        gating.require_again(found, allowed, runtime.today, pools=len(self.plans))
        differences = shown_again.otherwise(before, found, known)
        if differences:
            where = f"{manifest.source} (pool {manifest.name})"
            head = f"{where}: the plan has changed since it was shown; {written}."
            raise Stale("\n".join([head, *(f"  {printable(d)}" for d in differences), "Run plan again."]))
        return replace(found, outputs=before.outputs)

    def _read(self, read: Callable[[], Plan]) -> Plan:
        """Read without writing: a signal ends it at once.

        Raises:
            Partial: A signal came.
        """
        try:
            with self.stop.while_reading():
                return read()
        except Interrupted:
            raise Partial(f"{STOPPED} before everything was read again") from None

    def _fail(self, i: int, error: PoolctlError, reason: str) -> None:
        if not self.stop.requested:
            self.complain(f"Error: {error}")
        self._skip(self.plans[i], STOPPED if self.stop.requested else reason)
        self.codes.append(error.exit_code)

    def _skip(self, plan: Plan, reason: str) -> None:
        """Report that the changes of a plan that have no result yet were not begun."""
        ended = {e.change.address for e in self.events if isinstance(e, Done | Failed | Skipped)}
        for change in plan.pending:
            if change.address not in ended:
                self._add(Skipped(change, reason))

    def _add(self, event: Event) -> None:
        self.events.append(event)
        self.watch(event)


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
        ("--file-root", options.file_roots),
        ("--allow-env", options.env_names),
        ("--target", options.targets),
        ("--allow-replace", options.replaceable),
    )
    yield from (f"{name} {shlex.quote(text)}" for name, texts in many for text in texts)
    yield from (f"--var {shlex.quote(text.partition('=')[0])}=…" for text in options.vars)
    if options.prune:
        yield "--prune"
    if options.during_recovery:
        yield "--during-recovery"
    if options.shard:
        yield f"--shard {options.shard[0]}/{options.shard[1]}"


def _where(options: Options) -> Iterator[str]:
    """Yield the options that select account, Region and endpoint. An endpoint may contain a password."""
    if options.local is not None:
        yield "--local" if options.local == LOCAL_DIRECTORY else f"--local={shlex.quote(options.local)}"
    secret = "?" in options.endpoint_url or masked(options.endpoint_url) != options.endpoint_url
    endpoint = "…" if secret else shlex.quote(options.endpoint_url)
    named = (("--region", options.region), ("--profile", options.profile), ("--role-arn", options.role_arn))
    yield from (f"{name} {shlex.quote(text)}" for name, text in named if text)
    if options.endpoint_url:
        yield f"--endpoint-url {endpoint}"


def _exit(codes: Sequence[int], events: Sequence[Event]) -> ExitCode:
    """Return the exit code of the run: a failure after a write to any pool is a partial apply."""
    code = worst(codes)
    return ExitCode.PARTIAL if code and _wrote(events) else code


def _wrote(events: Sequence[Event]) -> bool:
    """Return whether something was written, or may have been: a call was sent and its outcome is unknown."""
    sent = any(isinstance(e, Sent) or (isinstance(e, Failed) and e.doubtful) for e in events)
    return sent or any(isinstance(e, OutputDone) and not e.error for e in events)


def _code(events: Sequence[Event]) -> ExitCode:
    """Return the exit code of one pool's events (decision 28)."""
    failed = [e for e in events if isinstance(e, Failed)]
    if failed:
        if _wrote(events):
            return ExitCode.PARTIAL
        return ExitCode.STALE if any(e.stale for e in failed) else ExitCode.ERROR
    left = [e for e in events if isinstance(e, Verified) and (e.left or e.unproven)]
    return ExitCode.PARTIAL if left else ExitCode.OK

"""Plans → writes: asks for approval, runs the applier on every plan and reports progress.

Pools are applied side by side, each in a thread of its own, as far as they have nothing to do with each other
(`pool_order`). The thread that called starts them, sees signals, and leaves the others behind when nothing has to be
finished any more (decision 44).
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING, Any

from reconciler.applying.applier import STOPPED, UNREAD, Applying
from reconciler.cloud.endpoints import masked
from reconciler.cloud.port import Cloud, Identity
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
    Tree,
    Unknown,
    Verified,
)
from reconciler.render import alarms, redact
from reconciler.render.progress import Progress
from reconciler.runs import namesakes
from reconciler.runs.pool_order import waits_for
from reconciler.runs.pulse import Pulse
from reconciler.runs.runtime import Runtime
from reconciler.runs.stages import plan_one, require_applicable, require_motion
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.settings import LOCAL_DIRECTORY
from reconciler.terminal.side_by_side import in_order
from reconciler.terminal.signals import Interrupted, Stop

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest


EARLIER, ANOTHER = "an earlier pool failed", "another pool failed"
"""Why the changes of a pool were not begun although nothing was wrong with them."""

POOLS_AT_ONCE = 10
"""Pools that are written to at once at most: when one fails, as many changes are under way."""


@dataclass(frozen=True, slots=True)
class ApplyOutcome:
    """The result of an apply."""

    plans: tuple[Plan, ...]
    """The plans that were applied."""
    events: tuple[Event, ...]
    """The events in order, pool by pool: the same whatever came first while they were applied."""
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
    """Apply every plan, as many pools at once as `--parallelism` allows, and stop at the first failure.

    After a failure no pool is begun, and no change in another pool; a change under way is finished. What was not begun
    is reported as skipped. Whatever goes wrong, and also after a second signal, the outcome has an event for each
    change.

    Args:
        runtime: The run.
        console: Shows progress.
        manifests: One for each plan.
        plans: The plans to apply.
        stop: Whether the operator has interrupted the run.
        watch: Receives each event as it happens; None takes a `watcher` that shows them on the console.
    """
    pulse = Pulse(runtime, console, "Applying", sum(len(p.pending) for p in plans), "change")
    ledger = _Ledger(list(plans), stop, watch or watcher(console), pulse)
    run = _Run(runtime, console, manifests, ledger, pulse)
    runtime.stopped = stop
    runtime.pools.renew()
    run.all()
    found, events = tuple(ledger.plans), ledger.events
    code = worst([stop.exit_code, _exit(tuple(ledger.codes.values()), events)])
    pairs = zip(found, ledger.by_pool, strict=True)
    after = tuple(run.after.get(i) or as_far_as_known(plan, own) for i, (plan, own) in enumerate(pairs))
    return ApplyOutcome(found, events, code, tuple(given(runtime.options)), after)


def as_far_as_known(plan: Plan, events: Sequence[Event]) -> Plan:
    """Return a plan with what exists after its apply: objects that were not made are left out, new ones have their ids.

    Args:
        plan: The plan that was applied, if only in part.
        events: What happened to it.
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


class _Ledger:
    """What has happened to the pools of an apply, and who has failed. Several threads write to it.

    Args of the constructor:
        plans: Those that were shown; each is replaced by the one that is applied.
        stop: Whether the operator has interrupted the run.
        watch: Receives each event as it happens.
        pulse: Counts the changes that have ended.
    """

    def __init__(self, plans: list[Plan], stop: Stop, watch: Callable[[Event], None], pulse: Pulse) -> None:
        self.plans = plans
        self.stop = stop
        self.closed = False
        """Whether the outcome is settled: what threads that were left behind still do is not part of it."""
        self.codes: dict[int, int] = {}
        """By index: the exit code of each pool that is done."""
        self.lock = RLock()
        self._watch = watch
        self._pulse = pulse
        self._happened: list[list[Event]] = [[] for _ in plans]
        self._failed: set[int] = set()
        self._counted: set[tuple[int, Address]] = set()

    @property
    def by_pool(self) -> tuple[tuple[Event, ...], ...]:
        """The events of each pool."""
        return tuple(map(tuple, self._happened))

    @property
    def events(self) -> tuple[Event, ...]:
        """All events, pool by pool."""
        return tuple(e for one in self._happened for e in one)

    def add(self, i: int, event: Event) -> None:
        """Take note of an event, and show it.

        Raises:
            Interrupted: The outcome is settled.
        """
        with self.lock:
            if self.closed:
                raise Interrupted(self.stop.number)
            self._happened[i].append(event)
            if isinstance(event, Failed):
                self._failed.add(i)
            self._pulse.add(isinstance(event, Done | Failed | Skipped) and self._counts(i, event.change.address))
            self._watch(event)

    def _counts(self, i: int, address: Address) -> bool:
        """Whether a change has ended for the first time; an update may follow that completes what was made."""
        first = (i, address) not in self._counted
        self._counted.add((i, address))
        return first

    def end(self, i: int, code: int | None = None) -> None:
        """Take note of how a pool ended, by default as its events say; only the worst counts."""
        with self.lock:
            found = _code(self._happened[i]) if code is None else code
            self.codes[i] = worst([self.codes.get(i, ExitCode.OK), found])
            self._failed |= {i} if self.codes[i] else set()

    def elsewhere(self, i: int) -> str:
        """Return why no change of a pool may begin because of others; empty if it may."""
        others = self._failed - {i}
        if not others:
            return ""
        return EARLIER if min(others) < i else ANOTHER

    def skip(self, i: int, reason: str) -> None:
        """Report that the changes of a plan that have no result yet were not begun."""
        ended = self._ended(i)
        for change in self.plans[i].pending:
            if change.address not in ended:
                self.add(i, Skipped(change, reason))

    def close(self, last_words: Mapping[int, Iterable[Event]]) -> None:
        """Complete the events, and take no more: what was under way has failed, and the rest was not begun.

        Args:
            last_words: How what is under way ends, by index.
        """
        with self.lock:
            for i in range(len(self.plans)):
                for event in last_words.get(i, ()):
                    self.add(i, event)
                self._give_up(i)
                self.skip(i, STOPPED)
            self.closed = True

    def _give_up(self, i: int) -> None:
        """Report what was begun and has no end, whatever broke it off."""
        events = self._happened[i]
        under_way: dict[Address, ResourceChange] = {}
        for event in events:
            if isinstance(event, Started):
                under_way[event.change.address] = event.change
            elif isinstance(event, Done | Failed | Skipped):
                under_way.pop(event.change.address, None)
        for change in under_way.values():
            written = sum(isinstance(e, Sent) and e.address == change.address for e in events)
            self.add(i, Failed(change, f"{STOPPED} at once. Run plan to see the live state.", written=written))

    def _ended(self, i: int) -> set[Address]:
        return {e.change.address for e in self._happened[i] if isinstance(e, Done | Failed | Skipped)}


class _Run:
    """The pools of one apply, each in a thread of its own.

    Args of the constructor:
        runtime: The run.
        console: Shows errors and how far it is.
        manifests: One for each plan.
        ledger: Takes what happens.
        pulse: Shows how far it is.
    """

    def __init__(
        self, runtime: Runtime, console: Console, manifests: Sequence[Manifest], ledger: _Ledger, pulse: Pulse
    ) -> None:
        self.after: dict[int, Plan] = {}
        """By index: the last plan after the writes to a pool."""
        self._runtime = runtime
        self._console = console
        self._manifests = manifests
        self._ledger = ledger
        self._pulse = pulse
        self._busy: dict[int, Applying | None] = {}
        self._reading: set[int] = set()

    def all(self) -> None:
        """Apply every plan, until the end or until a signal ends the run at once: threads are left behind then."""
        plans, stop = self._ledger.plans, self._ledger.stop
        before = waits_for(self._manifests, plans)
        try:
            with stop.while_reading(self._only_reads):
                at_once = min(self._runtime.options.parallelism, POOLS_AT_ONCE)
                in_order(self._pool, range(len(plans)), before, at_once=at_once, look=self._look)
                self._look_for_twins()
        except Interrupted:
            with self._ledger.lock:
                self._ledger.close({i: one.last_words() for i, one in self._busy.items() if one})
        self._console.status("")

    def _only_reads(self) -> bool:
        """Return whether pools are under way, and nothing is written to any of them."""
        return bool(self._busy) and self._reading.issuperset(self._busy)

    def _look(self) -> None:
        """Show progress, and leave what is only read after a signal: other pools had a write to finish then."""
        stop = self._ledger.stop
        if stop.requested and self._only_reads():
            raise Interrupted(stop.number)
        self._pulse.look()

    def _pool(self, i: int) -> None:
        """Apply one plan, unless the run has come to its end."""
        reason = STOPPED if self._ledger.stop.requested else self._ledger.elsewhere(i)
        if reason:
            self._ledger.skip(i, reason)
            return
        self._busy[i] = None
        try:
            self._whole(i)
        finally:
            with self._ledger.lock:
                if not self._ledger.closed:
                    del self._busy[i]

    def _whole(self, i: int) -> None:
        """Plan again where that is needed, apply, and take note of how it ended."""
        plans = self._ledger.plans
        try:
            with expected_errors():
                if self._manifests[i].needs and plans[i].pending:
                    plans[i] = self._planned_again(i)
        except PoolctlError as error:  # writes to other pools still have to be reported
            self._fail(i, error, "planning again failed")
            return
        try:
            with expected_errors():
                self._apply(i)
        except PoolctlError as error:
            self._fail(i, error, "poolctl failed")
        self._ledger.end(i)

    def _apply(self, i: int) -> None:
        plan, manifest = self._ledger.plans[i], self._manifests[i]
        if not plan.pending:
            return
        runtime, ledger = self._runtime, self._ledger

        def again() -> Plan:
            self.after[i] = self._read(i, lambda: plan_one(runtime, manifest))
            return self.after[i]

        applying = Applying(
            plan,
            _Held(runtime.cloud(manifest), ledger),
            again,
            clock=runtime.clock,
            sleep=runtime.sleep,
            stop=ledger.stop,
            reading=lambda: self._while_reading(i),
            halted=lambda: ledger.elsewhere(i),
            pools=runtime.pools,
        )
        self._busy[i] = applying
        for event in applying.events():
            ledger.add(i, event)

    def _look_for_twins(self) -> None:
        """Look for pools that others made with the names of new ones, if that was not done since they were made."""
        plans = self._ledger.plans
        for i, found in namesakes.late(plans, self._ledger.by_pool, self._runtime.pools, self._runtime.sleep):
            self._ledger.add(i, found)
            self._ledger.end(i, ExitCode.PARTIAL)

    def _planned_again(self, i: int) -> Plan:
        """Plan a document again whose references became known when the documents before it were applied.

        What is live may have changed since the first plan, so all that was asked of that plan is asked again.

        Raises:
            Refused: The new plan cannot be applied, or `--fail-on` stops it.
            Incomplete: Part could not be read.
            Stale: The new plan makes other changes than the one that was shown, or means something worse.
            Partial: The run was interrupted.
        """
        from reconciler.runs import gating, shown_again

        runtime, manifest, before = self._runtime, self._manifests[i], self._ledger.plans[i]
        options, known = runtime.options, runtime.known.seen_from(manifest)
        found = self._read(i, lambda: plan_one(runtime, manifest))
        written = f"nothing was written to {found.target.pool_name}"
        require_applicable([found], written)
        require_motion(options, [found], written)
        allowed = options._replace(allow=shown_again.filled(options.allow, known))
        gating.require_again(found, allowed, runtime.today, pools=len(self._manifests))
        differences = shown_again.otherwise(before, found, known)
        if differences:
            where = f"{manifest.source} (pool {manifest.name})"
            head = f"{where}: the plan has changed since it was shown; {written}."
            raise Stale("\n".join([head, *(f"  {printable(d)}" for d in differences), "Run plan again."]))
        return replace(found, outputs=before.outputs)

    @contextmanager
    def _while_reading(self, i: int) -> Iterator[None]:
        """While it is open, nothing is written to a pool, so that a signal need not wait for it."""
        self._reading.add(i)
        try:
            yield
        finally:
            self._reading.discard(i)

    def _read(self, i: int, read: Callable[[], Plan]) -> Plan:
        """Read without writing: a signal ends it at once.

        Raises:
            Partial: A signal came.
        """
        try:
            with self._while_reading(i):
                return read()
        except Interrupted:
            raise Partial(UNREAD) from None

    def _fail(self, i: int, error: PoolctlError, reason: str) -> None:
        ledger, stopped = self._ledger, self._ledger.stop.requested
        with ledger.lock:
            if not stopped and not ledger.closed:
                self._console.err(f"Error: {error}")
            ledger.skip(i, STOPPED if stopped else reason)
            ledger.end(i, error.exit_code)


class _Held:
    """The cloud of a pool, which sends nothing once the outcome of the run is settled.

    A thread that was left behind may still work on a change of several calls, and the others are not reported.

    Args of the constructor:
        cloud: The cloud.
        ledger: Knows whether it is.
    """

    def __init__(self, cloud: Cloud, ledger: _Ledger) -> None:
        self._cloud = cloud
        self._ledger = ledger

    def identity(self) -> Identity:
        """Return the account and Region."""
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send a request.

        Raises:
            Interrupted: The run has ended.
        """
        if self._ledger.closed:
            raise Interrupted(self._ledger.stop.number)
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Cloud:
        """Return the same account in another Region."""
        return _Held(self._cloud.at(region), self._ledger)


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

"""The steps of `recover`: check the limits, say what is paused, ask, write, wait, say what comes next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import (
    CloudError,
    ExitCode,
    InvalidInput,
    NoAnswer,
    Partial,
    PoolctlError,
    Refused,
    expected_errors,
    flow,
    printable,
)
from reconciler.model import Plan, Target
from reconciler.runs.apply_run import given
from reconciler.runs.described_pool import DescribedPool, pool_of
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, duration
from reconciler.terminal.signals import Interrupted, Stop

if TYPE_CHECKING:
    from reconciler.procedures.recovery import UserRecovery
    from reconciler.render.subjects import RecoveryReport

STEPS = (("--to", "point"), ("--start", "start"), ("--cancel", "cancel"), ("--list", "lists"))
"""The options of which a run has one, and their fields."""

RESTORE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Format of the id of a recovery."""


def check(options: Options, console: Console) -> None:
    """Check the options before anything is read.

    Raises:
        InvalidInput: There is not exactly one step, a value is wrong, or a question could not be asked.
    """
    named = [flag for flag, field in STEPS if getattr(options.recovery, field)]
    if len(named) != 1:
        raise InvalidInput("Give exactly one of --to TIME, --start RESTORE_ID, --cancel RESTORE_ID and --list.")
    recovery_id = options.recovery.start or options.recovery.cancel
    if recovery_id and not RESTORE_ID.fullmatch(recovery_id):
        raise InvalidInput(
            f"{named[0]}: {flow(recovery_id)} is not the id of a recovery. `recover POOL --list` has them."
        )
    if options.recovery.point:
        point_of(options.recovery.point, datetime.now(UTC))
    if (options.recovery.point or options.recovery.start) and not options.yes:
        console.require_answers()


def point_of(text: str, now: datetime) -> datetime:
    """Return the time that `--to` names, in UTC and whole seconds.

    Args:
        text: A time with its zone, or how long ago.
        now: The present time.

    Raises:
        InvalidInput: It is neither.
    """
    if re.fullmatch(r"[0-9]+[mhd]", text):
        return (now - timedelta(seconds=duration("--to")(text))).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput(f"--to: {flow(text)} is not a time. Write 2026-11-28T09:30:00Z, or 30m, 2h or 3d ago.")
    return found.astimezone(UTC).replace(microsecond=0)


def recover(runtime: Runtime, console: Console, stop: Stop) -> tuple[RecoveryReport | None, int]:
    """Do one step. Return what is to be shown, None if it was not approved or was interrupted, and the exit code.

    Raises:
        PoolctlError: It is refused, or a call failed.
    """
    from reconciler.procedures.recovery import READS, WRITES

    options = runtime.options
    with stop.while_reading():
        pool = pool_of(runtime, console, runtime.options.operand)
    cloud = runtime.only(READS if options.recovery.lists else READS | WRITES, pool.region)
    run = _RecoveryRun(runtime, console, stop, pool, cloud)
    try:
        with run.located():
            return run.step()
    except Interrupted as signal:
        return run.interrupted(signal)


class _RecoveryWords:
    """What is said of the recovery of one run, and what can follow."""

    def __init__(self, runtime: Runtime, console: Console, pool: DescribedPool) -> None:
        self._runtime, self._console, self._pool = runtime, console, pool
        self._options = runtime.options
        self._current: UserRecovery | None = None
        """The recovery, as it was last seen."""

    def _report(
        self,
        found: Sequence[UserRecovery],
        unknown: Sequence[str] = (),
        *,
        plans: Sequence[Plan] | None = None,
        listed: bool = False,
    ) -> RecoveryReport:
        from reconciler.render import redact
        from reconciler.render.subjects import RecoveryReport

        identity = self._pool.cloud.identity()
        file = self._pool.manifest.file if self._pool.manifest else ""
        target = Target(identity.account, identity.region, self._pool.name, self._pool.id, file)
        following = [] if listed else self._next(found[0], plans)
        shown = None if plans is None else redact.plans(plans)
        return RecoveryReport(target, found, following, unknown, shown, listed)

    def _text(self, report: RecoveryReport) -> str:
        from reconciler.render import formats
        from reconciler.render.subjects import RenderOptions

        return formats.recover(report, RenderOptions(width=self._console.width))["human"](False)

    def _next(self, found: UserRecovery, plans: Sequence[Plan] | None = None) -> list[str]:
        """Return the commands that can follow."""
        from reconciler.kinds.user_recovery import COMPLETED, GENERATED, GENERATING, RESTORING, spelled

        go_on = f"--to {spelled(found.point)}" if found.point else f"--start {found.id}"
        start, cancel = f"--start {found.id}", f"--cancel {found.id}"
        ways = {GENERATING: (go_on, cancel), GENERATED: (start, cancel), RESTORING: (start,)}
        if found.status == COMPLETED:
            changes = any(p.pending for p in plans or ())
            return [self._command("apply")] if changes else []
        return [f"{self._command('recover')} {way}" for way in ways.get(found.status, ())]

    def _command(self, name: str) -> str:
        return printable(" ".join(["poolctl", name, *given(self._options), shlex.quote(self._pool.operand)]))

    def _state(self) -> str:
        """Return in which state the recovery is, and what to run next."""
        found = self._current
        if found is None:
            return "Nothing was written."
        lines = [f"Recovery {found.id} is {found.status}. {found.meaning}", *(f"  {c}" for c in self._next(found))]
        return "\n".join(lines)

    def _doubt(self) -> str:
        return f"Whether a recovery was initiated is unknown: {self._command('recover')} --list"


class _RecoveryRun(_RecoveryWords):
    """One run of the command."""

    def __init__(self, runtime: Runtime, console: Console, stop: Stop, pool: DescribedPool, cloud: Cloud) -> None:
        from reconciler.procedures.recovery import Recoveries

        super().__init__(runtime, console, pool)
        self._stop, self._cloud = stop, cloud
        self._work = Recoveries(cloud, pool.id, clock=runtime.clock, sleep=runtime.sleep)

    def step(self) -> tuple[RecoveryReport | None, int]:
        """Do what the options name."""
        if self._options.recovery.point:
            return self._prepared()
        if self._options.recovery.start:
            return self._started()
        if self._options.recovery.cancel:
            return self._cancelled()
        with self._stop.while_reading():
            return self._report(self._work.all(), listed=True), ExitCode.OK

    # --- the steps

    def _prepared(self) -> tuple[RecoveryReport | None, int]:
        """Initiate a recovery, or go on with one to the same time, and wait for the preview."""
        from reconciler.kinds.user_recovery import GENERATED, PAUSES, spelled

        now = datetime.fromtimestamp(self._runtime.now(), UTC)
        point = point_of(self._options.recovery.point, now)
        unknown: Sequence[str] = ()
        with self._stop.while_reading():
            same = next((r for r in self._work.all() if r.is_paused and r.point == point), None)
            if same:
                self._current = self._work.one(same.id)
            else:
                unknown = self._permitted(point, now)
        if same:
            self._console.progress(f"A recovery to {spelled(point)} is under way already; going on with it.")
        else:
            self._console.err(f"Recover the users of {self._pool.where} as of {spelled(point)}.\n\n{PAUSES}")
            if not self._approved("Initiate the recovery? Nothing is restored yet."):
                self._console.err("Not approved; nothing was written.")
                return None, ExitCode.ERROR
            self._current = self._work.initiate(point)
        found = self._waited()
        return self._report([found], unknown), _code_of(found, GENERATED)

    def _started(self) -> tuple[RecoveryReport | None, int]:
        """Start a recovery whose preview is ready, wait until the users are restored, and plan the configuration."""
        from reconciler.kinds.user_recovery import COMPLETED, GENERATED, REVERTS

        with self._stop.while_reading():
            self._current = self._work.one(self._options.recovery.start)
        found = self._waited()
        if found.status == GENERATED:
            self._console.err(f"{self._text(self._report([found])._replace(next=()))}\n{REVERTS}")
            if not self._approved("Restore the users?"):
                self._console.err(f"Not approved; nothing was restored. {self._state()}")
                return None, ExitCode.ERROR
            self._current = self._work.start(found.id)
            found = self._waited()
        elif found.status != COMPLETED:
            raise Refused(f"{self._pool.where}: recovery {found.id} is {found.status}. {found.meaning}")
        if found.status != COMPLETED:
            return self._report([found]), _code_of(found, COMPLETED)
        plans = self._configuration() if self._pool.manifest else None
        failed = any(p.refusals or p.gaps for p in plans or ())
        return self._report([found], plans=plans), ExitCode.PARTIAL if failed else ExitCode.OK

    def _cancelled(self) -> tuple[RecoveryReport, int]:
        """Cancel a recovery that was not started."""
        from reconciler.kinds.user_recovery import CANCELLED, GENERATED, GENERATING

        with self._stop.while_reading():
            found = self._work.one(self._options.recovery.cancel)
        if found.status in (GENERATING, GENERATED):
            found = self._work.cancel(found.id)
        elif found.status != CANCELLED:
            raise Refused(f"{self._pool.where}: recovery {found.id} is {found.status}. {found.meaning}")
        return self._report([found]), ExitCode.OK

    # --- their parts

    def _permitted(self, point: datetime, now: datetime) -> Sequence[str]:
        """Check the limits before anything is written. Return what could not be known.

        Raises:
            Refused: One is reached; lists all.
        """
        from reconciler.kinds.user_recovery import objections, spelled
        from reconciler.procedures.account_recoveries import elsewhere

        region = self._pool.cloud.identity().region
        facts, unknown = self._work.facts(self._pool.answer, point, now, region)
        self._console.status("Looking for recoveries of other pools…")
        others = elsewhere(self._cloud, self._pool.id, now, at_once=self._options.parallelism)
        self._console.status("")
        found = objections(facts._replace(active_elsewhere=others.active, initiated_elsewhere=others.initiated))
        if found:
            head = f"{self._pool.where}: the users cannot be recovered to {spelled(point)}; nothing was written."
            raise Refused("\n".join([head, *(f"  - {printable(text)}" for text in found)]))
        return [*unknown, *others.unknown]

    def _approved(self, question: str) -> bool:
        if self._options.yes:
            return True
        with self._stop.while_reading():
            return self._console.ask(f"{question} Only 'yes' will be accepted to approve.\n\nEnter a value: ") == "yes"

    def _waited(self) -> UserRecovery:
        """Wait until Cognito has done what it is doing.

        Raises:
            Interrupted: A signal came.
        """
        if self._current is None:  # every caller has set it
            raise LookupError
        with self._stop.while_reading():
            if self._stop():  # during the call before
                raise Interrupted(self._stop.number)
            return self._work.wait(self._current, self._seen)

    def _seen(self, found: UserRecovery, elapsed: float) -> None:
        from reconciler.kinds.user_recovery import GENERATING, RESTORING

        self._current = found
        said = f"Recovery {found.id} is {found.status} ({elapsed:.0f} s). {found.meaning}"
        self._console.status(said if found.status in (GENERATING, RESTORING) else "")

    def _configuration(self) -> list[Plan]:
        """Plan what Cognito does not restore.

        Raises:
            Partial: It could not be planned.
        """
        from reconciler.runs import stages

        side = replace(self._runtime, options=self._options._replace(paths=(self._pool.operand,)))
        try:
            with expected_errors(), self._stop.while_reading():
                return stages.plan_all(side, self._console, stages.load(side, self._console))
        except PoolctlError as error:
            raise Partial(f"The users are restored, but the configuration could not be planned: {error}") from None

    def interrupted(self, signal: Interrupted) -> tuple[None, int]:
        """Say in which state the recovery is, and return the exit code."""
        self._console.status("")
        self._console.err(f"Interrupted. {self._state()}")
        return None, signal.exit_code

    @contextmanager
    def located(self) -> Iterator[None]:
        """While it is open, an error names pool and operation, and the state once a recovery is under way.

        Raises:
            PoolctlError: An error, with that.
        """
        try:
            yield
        except CloudError as error:
            self._console.status("")
            named = error.located(self._pool.where, self._options.command)
            doubtful = error.lost or (isinstance(error, NoAnswer) and not error.unsent)
            if self._current is None and not (doubtful and self._options.recovery.point):
                raise named from None
            raise Partial(f"{named}\n{self._state() if self._current else self._doubt()}") from None


def _code_of(found: UserRecovery, wanted: str) -> ExitCode:
    """Return the exit code of a recovery: writes that stay paused need a person."""
    if found.status == wanted:
        return ExitCode.OK
    return ExitCode.PARTIAL if found.is_paused else ExitCode.ERROR

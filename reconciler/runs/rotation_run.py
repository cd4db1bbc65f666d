"""The steps of `rotate-secret`: which client and which way, the confirmation, and what an interruption leaves."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, ExitCode, InvalidInput, Partial, PoolctlError, Refused, printable
from reconciler.runs.apply_run import given
from reconciler.runs.described_pool import DescribedPool, client_of_pool, pool_of
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.signals import Interrupted, Stop

if TYPE_CHECKING:  # pydantic comes with them
    from reconciler.procedures.published_rotation import PublishedRotation, VersionsSeen
    from reconciler.procedures.rotation import RotatedClient, Rotation, RotationState
    from reconciler.procedures.secret_places import SecretPlace

SLICE = 30.0
"""Longest pause, in seconds, after which the time that is left is shown."""


@dataclass(frozen=True)
class PreparedRotation:
    """A client whose secret is to be rotated, and how."""

    pool: DescribedPool
    """Its pool."""
    client: RotatedClient
    """The client."""
    place: SecretPlace | None
    """Where the secret is handed over; None if Secrets Manager rotates it."""
    cloud: Cloud
    """Allows the calls of the rotation and no others."""
    arn: str = ""
    """ARN of the secret that Secrets Manager rotates."""


def check(options: Options, console: Console) -> SecretPlace | None:
    """Check the options before anything is read, and return the place of `--to`.

    Raises:
        InvalidInput: It is no place, or the confirmation could not be asked for.
    """
    from reconciler.procedures.secret_places import FilePlace, place_at

    place = place_at(options.hand_to) if options.hand_to else None
    if isinstance(place, FilePlace):
        place.check()
    if place and options.after is None and not console.interactive:
        raise InvalidInput(
            "The deletion of the old secret has to be confirmed, but the terminal is not interactive, or "
            "--non-interactive was given. Use --after TIME to delete it without asking."
        )
    return place


def prepared(runtime: Runtime, console: Console, place: SecretPlace | None) -> PreparedRotation:
    """Find the client, and which of the two ways its secret is rotated.

    Raises:
        Refused: There is no such client, or `--to` does not fit.
        CloudError: It could not be read.
    """
    from reconciler.kinds.client import KEPT_AT
    from reconciler.procedures import published_rotation, rotation

    pool = pool_of(runtime, console, runtime.options.operand)
    with _located(pool, runtime.options):
        key, ids = client_of_pool(pool, runtime.options.client)
        arn = str(rotation.client_of(pool.cloud, ids).get(KEPT_AT) or "")
    client = rotation.RotatedClient(ids, printable(f"Client {key} of {pool.where}"), printable(runtime.options.hand_to))
    if arn:
        _require_no_place(client, arn, runtime.options)
        cloud = runtime.only(published_rotation.CALLS, pool.region)
        return PreparedRotation(pool, client, None, cloud, arn)
    if not place:
        raise Refused(
            f"{client.shown}: Cognito does not keep its secret in Secrets Manager, so a new one must be handed over. "
            "Add --to secretsmanager:NAME, --to ssm:PATH or --to file:PATH."
        )
    return PreparedRotation(pool, client, place, runtime.only(rotation.CALLS | place.calls, pool.region))


def _require_no_place(client: RotatedClient, arn: str, options: Options) -> None:
    if options.hand_to or options.after is not None or options.force:
        raise Refused(
            f"{client.shown}: Cognito keeps its secret in Secrets Manager ({arn}), where applications read it. Remove "
            "--to, --after and --force."
        )


def rotate(runtime: Runtime, console: Console, found: PreparedRotation, stop: Stop) -> int:
    """Rotate, and return the exit code.

    Raises:
        PoolctlError: It is refused, or a step failed.
    """
    if found.place is None:
        return _by_secrets_manager(runtime, console, found, stop)
    return _Handing(runtime, console, found, found.place, stop).run()


# --- Secrets Manager rotates ---------------------------------------------------------------------------------------


def _by_secrets_manager(runtime: Runtime, console: Console, found: PreparedRotation, stop: Stop) -> int:
    from reconciler.procedures.published_rotation import PublishedRotation

    work = PublishedRotation(found.cloud, found.arn, clock=runtime.clock, sleep=runtime.sleep, say=console.status)
    asked, seen = False, None
    with _located(found.pool, runtime.options, lambda: asked), suppress(Interrupted):
        before = work.look()
        asked = _asked(work, before, found, console)
        with stop.while_reading():
            seen = None if stop() else work.wait(before)
    if seen is None:
        console.status("")
        goes_on = "Secrets Manager goes on with the rotation by itself." if asked else "No rotation was asked for."
        console.err(f"Interrupted. {goes_on} To go on: {_again(runtime.options)}")
        return stop.exit_code
    console.out(f"{found.client.shown}: Secrets Manager has rotated the secret. New version: {seen.current}.")
    return ExitCode.OK


def _asked(work: PublishedRotation, before: VersionsSeen, found: PreparedRotation, console: Console) -> bool:
    """Ask for the rotation. Return whether one is under way."""
    console.progress(f"{found.client.shown}: its secret is in Secrets Manager, which rotates it: {found.arn}")
    if not work.ask(before):
        console.progress("A rotation is under way already; waiting for it.")
    return True


# --- poolctl hands over --------------------------------------------------------------------------------------------


class _Handing:
    """One run that hands a new secret over."""

    def __init__(
        self, runtime: Runtime, console: Console, found: PreparedRotation, place: SecretPlace, stop: Stop
    ) -> None:
        from reconciler.procedures.rotation import Rotation

        self._runtime, self._console, self._found, self._stop = runtime, console, found, stop
        self._work: Rotation = Rotation(
            found.cloud,
            found.client,
            place,
            now=runtime.now,
            say=console.progress,
            halted=stop,
            force=runtime.options.force,
        )

    def run(self) -> int:
        with _located(self._found.pool, self._runtime.options, lambda: self._work.wrote):
            state = self._work.handed_over()
            if self._stop():
                return self._interrupted(state, self._stop.exit_code)
            try:
                confirmed = self._is_confirmed(state)
            except Interrupted as signal:
                return self._interrupted(state, signal.exit_code)
            if not confirmed:
                return self._unconfirmed(state)
            return self._done(self._work.finished(state))

    def _is_confirmed(self, state: RotationState) -> bool:
        """Wait until the old secret may be deleted."""
        from reconciler.procedures.rotation import RotationPhase

        if state.phase is RotationPhase.ENDING:
            self._console.progress("An earlier run has deleted the old secret already.")
            return True
        with self._stop.while_reading():
            if self._stop():  # between two steps, where nothing is raised
                raise Interrupted(self._stop.number)
            after = self._runtime.options.after
            return self._asked(state) if after is None else self._waited(state, after)

    def _asked(self, state: RotationState) -> bool:
        question = (
            f"Both secrets of {self._found.client.shown} work now:\n  new: {state.new}, in {self._found.client.place}\n"
            f"  old: {state.old}\nEnter 'yes' when every application uses the new one, and the old one is deleted.\n\n"
            "Enter a value: "
        )
        return self._console.ask(question) == "yes"

    def _waited(self, state: RotationState, after: int) -> bool:
        due = state.new.created.timestamp() + after
        while (left := due - self._runtime.now()) > 0:
            until = datetime.fromtimestamp(due, UTC)
            self._console.status(
                f"Both secrets work; the old one is deleted at {until:%Y-%m-%d %H:%M} UTC, "
                f"in {timedelta(seconds=int(left))}…"
            )
            self._runtime.sleep(min(left, SLICE))
        self._console.status("")
        return True

    def _interrupted(self, state: RotationState, code: int) -> int:
        self._console.status("")
        self._console.err(f"Interrupted. {self._left(state)} {self._next()}")
        return code

    def _unconfirmed(self, state: RotationState) -> int:
        self._console.err(f"Not confirmed, so nothing was deleted. {self._left(state)} {self._next()}")
        return ExitCode.PARTIAL if self._work.wrote else ExitCode.ERROR

    def _left(self, state: RotationState) -> str:
        from reconciler.procedures.rotation import RotationPhase

        if state.phase is RotationPhase.DELIVERED:
            place = self._found.client.place
            return f"Both secrets work: the new one ({state.new}) is in {place}, the old one is {state.old}."
        return f"The state of the rotation: {state.phase.value}."

    def _next(self) -> str:
        return f"To go on: {_again(self._runtime.options)}"

    def _done(self, state: RotationState) -> int:
        self._console.out(
            f"{self._found.client.shown}: rotated. The new secret {state.new} is in {self._found.client.place}; the "
            "old one is deleted."
        )
        return ExitCode.OK


def _again(options: Options) -> str:
    """Return the command that goes on."""
    words = ["poolctl", options.command, *given(options)]
    if options.hand_to:
        words.append(f"--to {shlex.quote(options.hand_to)}")
    if options.after is not None:
        words.append(f"--after {options.after // 60}m")
    return printable(" ".join([*words, shlex.quote(options.operand), shlex.quote(options.client)]))


@contextmanager
def _located(pool: DescribedPool, options: Options, wrote: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """While it is open, an error names pool and operation, and is a partial run once something was written.

    Raises:
        PoolctlError: An error, with that.
    """
    try:
        yield
    except PoolctlError as error:
        named = error.located(pool.where, options.command) if isinstance(error, CloudError) else error
        if not wrote():
            raise named from None
        raise Partial(f"{named}\nTo go on from there: {_again(options)}") from None

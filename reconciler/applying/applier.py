"""Plan and cloud → events: carries out a plan, one write at a time.

Before each write the object is read again, also if it was unset; if it differs from what the plan saw, the run stops
(decisions 8 and 15). A failure skips only the changes that depend on it. A create whose response was lost is never
repeated: the applier looks for the new object and continues with its id (decision 11). After the last write everything
is planned again, because convergence has to be proven (decision 9). Nothing is printed here: the caller receives
events. An unexpected error, and a signal that ends the run at once, become events too: what was written
before is always reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace

from reconciler.applying.blame import located, place
from reconciler.applying.fences import FencedRun, Overtaken
from reconciler.applying.made_objects import Namesake
from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.errors import Ambiguous, CloudError, NoAnswer, PoolctlError, expected_errors
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import (
    Action,
    Address,
    Call,
    Done,
    Event,
    Failed,
    Plan,
    ResourceChange,
    Sent,
    Skipped,
    Started,
    Target,
    Tree,
    Verified,
    Waiting,
)
from reconciler.observing.name_list import SETTLE, PoolLists
from reconciler.observing.observer import status
from reconciler.planning.late_references import late_members
from reconciler.planning.lowering import lower
from reconciler.terminal.signals import Interrupted

POLL, LONGEST_POLL = 5.0, 60.0
"""Seconds between two reads of an object that the service is still processing; the interval grows with the wait."""

SLICE = 1.0
"""Longest wait, in seconds, after which the applier looks whether the operator has interrupted the run."""

_HALTS = {Overtaken: "{} has changed since the plan was made", Namesake: "{} may exist twice"}
"""Why nothing else is begun after such a failure."""

Reading = Callable[[], AbstractContextManager[None]]
"""Opens what makes a signal end reads at once."""

STOPPED = "the run was interrupted"
"""Why changes were not begun after a signal."""

UNREAD = f"{STOPPED} before everything was read again"
"""Why a result is not proven after a signal."""


class Applying:
    """A plan that is being carried out.

    Args of the constructor:
        plan: Without refusals and gaps; the caller has checked that.
        cloud: Account and Region to write to.
        again: Plans the same manifest again.
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
        stop: Returns whether the operator has interrupted the run; the write in flight is finished first.
        reading: Opened while something is read before a write; a signal then ends the run at once.
        halted: Returns why no further change may begin, for a reason beyond this plan; empty if it may.
        pools: The pools of the Region, which all documents of a run share; None for a list of its own.
    """

    def __init__(
        self,
        plan: Plan,
        cloud: Cloud,
        again: Callable[[], Plan],
        *,
        clock: Clock,
        sleep: Sleep,
        stop: Callable[[], bool],
        reading: Reading = nullcontext,
        halted: Callable[[], str] = lambda: "",
        pools: PoolLists | None = None,
    ) -> None:
        self._target = plan.target
        self._again = again
        self._sleep = sleep
        self._stop = stop
        self._late = late_members(plan)

        def run_of(one: Plan) -> _PoolRun:
            return _PoolRun(one, cloud, clock, self._pause, stop, reading=reading, halted=halted, pools=pools)

        self._run_of = run_of
        self._run = run_of(plan)
        self._verifying = False

    def events(self) -> Iterator[Event]:
        """Carry it out.

        Yields:
            Events as they happen. `Verified` comes last, and only when nothing failed.

        Raises:
            Interrupted: A second signal came, or one while something was read before a write. The change that it broke
                off has failed, or was not begun, as an event before.
        """
        yield from self._run.changes()
        if not self._run.unfinished and self._late and not self._stop():
            yield from self._completed()
        if not self._run.unfinished:
            self._verifying = True
            found = self._verified()
            self._verifying = False
            yield found

    def _completed(self) -> Iterator[Event]:
        """Set the members that refer to what was made after their objects, by an update of its own.

        Where it is not all that is left to do, or cannot be planned, nothing is done: the result is not proven then.
        Nor is it if a signal ends the run while the update is planned.
        """
        self._verifying = True
        try:
            with expected_errors():
                found = self._again()
        except PoolctlError:  # whether it lasts is seen when the result is verified
            return
        if found.pending and not found.gaps and not found.refusals and self._is_late(found):
            self._run = self._run_of(found)
            self._verifying = False
            yield from self._run.changes()

    def _is_late(self, found: Plan) -> bool:
        """Whether a plan changes nothing but members that were left to an update."""
        return all(
            change.action is Action.UPDATE
            and {f.path[0] for f in change.fields} <= self._late.get(change.address, set())
            for change in found.pending
        )

    def last_words(self) -> Iterator[Event]:
        """Yield how what is under way ends if the run does not wait for it. Another thread than its own calls this."""
        if self._verifying:
            yield Verified((), self._target, (UNREAD,))
        else:
            yield from self._run.last_words()

    def _pause(self, seconds: float) -> None:
        _pause(seconds, self._sleep, self._stop)

    def _verified(self) -> Verified:
        return _verified(self._target, self._again, self._pause, self._stop)


def _pause(seconds: float, sleep: Sleep, stop: Callable[[], bool]) -> None:
    """Wait, but no longer once the run is interrupted."""
    while seconds > 0 and not stop():
        sleep(min(seconds, SLICE))
        seconds -= SLICE


def _verified(target: Target, again: Callable[[], Plan], sleep: Sleep, stop: Callable[[], bool]) -> Verified:
    """Plan again until no change is left. An error here follows writes, so it is reported as a result, not raised."""
    if stop():
        return Verified((), target, (f"{STOPPED} before the result was verified",))
    try:
        with expected_errors():
            found = again()
            for pause in SETTLE:
                if not found.pending or stop():
                    break
                sleep(pause)
                found = again()
    except PoolctlError as error:
        return Verified((), target, (str(error),))
    reasons = [f"{g.address}: {g.operation}: {g.reason}" for g in found.gaps]
    reasons += [f"{r.address}: {r.message}" for r in found.refusals]
    return Verified(found.pending, found.target, tuple(reasons))


class _PoolRun(FencedRun):
    """One run of one plan."""

    def __init__(
        self,
        plan: Plan,
        cloud: Cloud,
        clock: Clock,
        sleep: Sleep,
        stop: Callable[[], bool],
        *,
        reading: Reading,
        halted: Callable[[], str],
        pools: PoolLists | None = None,
    ) -> None:
        super().__init__(plan, cloud, sleep, clock, pools)
        self._stop = stop
        self._reading = reading
        self._halted = halted
        self._current: ResourceChange | None = None
        self._calls = 0
        self._halt = ""
        self._in_flight = ""
        self._lost = False
        self.unfinished: set[Address] = set()

    def changes(self) -> Iterator[Event]:
        for change in self._plan.pending:
            reason = self._reason_to_skip(change)
            if reason:
                self.unfinished.add(change.address)
                yield Skipped(change, reason)
            else:
                yield from self._change(change)
        yield from self._settle_rest()

    def _settle_rest(self) -> Iterator[Event]:
        """Look for namesakes of what was made if something that was to be made after it was not."""
        for (section, _), names in self._lists.items():
            made = {i: a for a, i in self._addresses(KINDS[section])}
            change = next((c for c in self._plan.pending if c.address in map(made.get, names.open)), None)
            if change:
                try:
                    self._check(KINDS[section], change, names)
                except Namesake as error:
                    yield self._failure(change, error, 1)

    def _reason_to_skip(self, change: ResourceChange) -> str:
        if not self._halt:
            self._halt = STOPPED if self._stop() else self._halted()
        if self._halt:
            return self._halt
        failed = next((a for a in change.needs if a in self.unfinished), None)
        return f"it depends on {failed}, which was not applied" if failed else ""

    def _change(self, change: ResourceChange) -> Iterator[Event]:
        self._current, self._calls = change, 0
        yield Started(change)
        began = self._clock()
        self._in_flight, self._lost = "", False
        try:
            with expected_errors():
                known = self._filled(change)
                with self._reading():
                    today = self._fence(known)
                if self._stop():  # too late to raise, and nothing is in flight
                    self._current = None
                    yield self._left(change)
                    return
                for call in lower(today, self._plan):
                    sent, answer = self._send(change, call)
                    self._written.add(change.address.section)
                    yield sent
                    self._adopt(known, call, answer)
                    yield from self._wait(known)
        except PoolctlError as error:
            yield self._failure(change, error, self._calls)
        except Interrupted:
            yield from self.last_words()
            raise
        else:
            yield Done(change, self._clock() - began, self._identifier(change))
        self._current = None

    def last_words(self) -> Iterator[Event]:
        """Yield what becomes of the change under way if it is left as it is."""
        change = self._current
        if change is None:
            return
        if self._calls or self._in_flight:
            yield self._broken(change, f"{STOPPED} at once.", self._calls)
        else:
            yield self._left(change)

    def _left(self, change: ResourceChange) -> Skipped:
        self.unfinished.add(change.address)
        return Skipped(change, STOPPED)

    # --- failures

    def _failure(self, change: ResourceChange, error: PoolctlError, written: int) -> Failed:
        """Return a failure, and decide whether other changes may still begin."""
        if isinstance(error, CloudError):
            return self._refused(change, error, written)
        about = error.address if isinstance(error, Namesake) else change.address
        self._halt = _HALTS.get(type(error), "{} failed unexpectedly").format(about)
        if type(error) not in _HALTS:
            return self._broken(change, str(error), written)
        where = place(change, self._plan.target.manifest)
        return self._failed(change, f"{where}: {error}", written, stale=isinstance(error, Overtaken))

    def _refused(self, change: ResourceChange, error: CloudError, written: int) -> Failed:
        """Return the failure of a call that AWS refused, or whose answer was lost."""
        said = str(located(error, change, self._plan.target.manifest))
        found = self._failed(change, said, written, doubtful=self._lost and not self._is_as_before(change, written))
        return replace(found, operation=error.operation, code=error.code, request_id=error.request_id)

    def _is_as_before(self, change: ResourceChange, written: int) -> bool:
        """Whether an object is still what the plan saw, so that a call whose answer was lost took no effect.

        A lost create is looked for at once, by its name.
        """
        is_create = change.before is None and bool(KINDS[change.address.section].create)
        if written or is_create or self._owner_is_new(change):
            return False
        with suppress(PoolctlError):  # it is not, or that is not known
            self._fence(change)
            return True
        return False

    def _broken(self, change: ResourceChange, said: str, written: int) -> Failed:
        """Return the failure of a change that something else broke off; a call in flight may have taken effect."""
        doubt = f" Whether {self._in_flight} took effect is unknown." if self._in_flight else ""
        where = place(change, self._plan.target.manifest)
        text = f"{where}: {said}{doubt} Run plan to see the live state."
        return replace(self._failed(change, text, written, doubtful=bool(doubt)), operation=self._in_flight)

    def _failed(
        self, change: ResourceChange, said: str, written: int, *, stale: bool = False, doubtful: bool = False
    ) -> Failed:
        self.unfinished.add(change.address)
        made = self._learned.get((change.address, KINDS[change.address.section].id_param), "")
        return Failed(change, said, stale=stale, written=written, doubtful=doubtful, id=made)

    # --- calls

    def _send(self, change: ResourceChange, call: Call) -> tuple[Sent, Tree]:
        """Send a call, and return that it succeeded, and its answer."""
        kind = KINDS[change.address.section]
        params = self._fill(call.params)
        began = self._clock()
        cloud = self._cloud.at(call.region) if call.region else self._cloud
        self._in_flight = f"{call.service}:{call.operation}"
        try:
            answer = cloud.call(call.service, call.operation, params)
        except CloudError as error:
            self._lost = error.lost or (isinstance(error, NoAnswer) and not error.unsent)
            if not isinstance(error, Ambiguous) or call.operation != kind.create:
                raise
            answer = self._found(kind, change, error)
        self._calls += 1
        self._in_flight, self._lost = "", False
        return Sent(change.address, replace(call, params=params), self._clock() - began), answer

    def _found(self, kind: ResourceKind, change: ResourceChange, lost: Ambiguous) -> Tree:
        """Find the object of a lost create. If none has appeared, the create is known not to have taken effect."""
        try:
            return self._look(kind, change, lost)
        except Ambiguous:
            with suppress(CloudError):  # then it remains unknown
                self._lost = not kind.listing or bool(self._appeared(kind, change))
            raise

    # --- waiting

    def _wait(self, change: ResourceChange) -> Iterator[Event]:
        """Wait until the service has finished processing an object."""
        kind = KINDS[change.address.section]
        if not kind.waits:
            return
        began = self._clock()
        ids = self._fill(dict(change.new_ids or change.ids))
        patience = kind.patience(change.after or change.before or {})
        operation = f"{kind.service}:{kind.reading.operation if kind.reading else kind.create}"
        while busy := status(self._cloud, kind, ids):
            elapsed = self._clock() - began
            if elapsed > patience:
                raise CloudError(operation, busy, f"still in this state after {elapsed:.0f} seconds")
            if self._stop():  # the write succeeded; the rest may take hours and needs no further call
                said = f"{STOPPED}; the service continues by itself, and the next run completes the rest"
                raise CloudError(operation, busy, said)
            yield Waiting(change.address, elapsed, busy)
            self._sleep(min(max(POLL, elapsed / 10), LONGEST_POLL))

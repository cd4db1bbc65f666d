"""Plan and cloud → events: carries out a plan, one write at a time.

Before each write the object is read again, also if it was unset; if it differs from what the plan saw, the run stops
(decisions 8 and 15). A failure skips only the changes that depend on it. A create whose response was lost is never
repeated: the applier looks for the new object and continues with its id (decision 11). After the last write everything
is planned again, because convergence has to be proven (decision 9). Nothing is printed here: the caller receives
events. An error that nobody expected, and a signal that ends the run at once, become events too: what was written
before is always told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler.applying.blame import located, place
from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.errors import Ambiguous, CloudError, PoolctlError, expected_errors, flow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import (
    Action,
    Address,
    Call,
    Done,
    Event,
    Failed,
    Observed,
    Plan,
    ResourceChange,
    Sent,
    Skipped,
    Started,
    Target,
    Tree,
    Unknown,
    Verified,
    Waiting,
)
from reconciler.observing.observer import live_names, read_again, status
from reconciler.planning.lowering import lower
from reconciler.terminal.signals import Interrupted
from reconciler.values.differ import same

POLL, LONGEST_POLL = 5.0, 60.0
"""Seconds between two reads of an object that the service is still processing; the interval grows with the wait."""

SLICE = 1.0
"""Longest wait, in seconds, after which the applier looks whether the operator has interrupted the run."""

SETTLE = (1.0, 2.0, 4.0)
"""Seconds to wait before reading again when a change cannot be seen yet: Cognito is eventually consistent."""

STOPPED = "the run was interrupted"
"""Why changes were not begun after a signal."""


class _Stale(PoolctlError):
    """The object differs from what the plan saw. The message says how, without naming the object."""


class _Namesake(PoolctlError):
    """An object of the same name was made at the same time as ours. The message names both."""


def apply(
    plan: Plan, cloud: Cloud, again: Callable[[], Plan], *, clock: Clock, sleep: Sleep, stop: Callable[[], bool]
) -> Iterator[Event]:
    """Carry out a plan.

    Args:
        plan: Without refusals and gaps; the caller has checked that.
        cloud: Account and Region to write to.
        again: Plans the same manifest again.
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
        stop: Returns whether the operator has interrupted the run; the write in flight is finished first.

    Yields:
        Events as they happen. `Verified` comes last, and only when nothing failed.

    Raises:
        Interrupted: A second signal came. The change that it broke off has failed, as an event before.
    """
    pause = lambda seconds: _pause(seconds, sleep, stop)  # noqa: E731 - the same wait for both
    run = _PoolRun(plan, cloud, clock, pause, stop)
    yield from run.changes()
    if not run.unfinished:
        yield _verified(plan.target, again, pause, stop)


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


class _PoolRun:
    """One run of one plan."""

    def __init__(self, plan: Plan, cloud: Cloud, clock: Clock, sleep: Sleep, stop: Callable[[], bool]) -> None:
        self._plan = plan
        self._cloud = cloud
        self._clock = clock
        self._sleep = sleep
        self._stop = stop
        self._learned: dict[tuple[Address, str], str] = {}
        self._written: set[str] = set()
        self._listed: dict[tuple[str, Address | None], list[tuple[str, str]]] = {}
        self._halt = ""
        self._in_flight = ""
        self.unfinished: set[Address] = set()

    def changes(self) -> Iterator[Event]:
        for change in self._plan.pending:
            reason = self._reason_to_skip(change)
            if reason:
                self.unfinished.add(change.address)
                yield Skipped(change, reason)
            else:
                yield from self._change(change)

    def _reason_to_skip(self, change: ResourceChange) -> str:
        if not self._halt and self._stop():
            self._halt = STOPPED
        if self._halt:
            return self._halt
        failed = next((a for a in change.needs if a in self.unfinished), None)
        return f"it depends on {failed}, which was not applied" if failed else ""

    def _change(self, change: ResourceChange) -> Iterator[Event]:
        yield Started(change)
        began, written = self._clock(), 0
        self._in_flight = ""
        try:
            with expected_errors():
                self._fence(change)
                for call in lower(change, self._plan):
                    sent, answer = self._send(change, call)
                    written += 1
                    self._written.add(change.address.section)
                    yield sent
                    self._adopt(change, call, answer)
                    yield from self._wait(change)
        except PoolctlError as error:
            yield self._failure(change, error, written)
        except Interrupted:
            if written or self._in_flight:
                yield self._broken(change, f"{STOPPED} at once.", written)
            else:
                self.unfinished.add(change.address)
                yield Skipped(change, STOPPED)
            raise
        else:
            yield Done(change, self._clock() - began, self._identifier(change))

    # --- failures

    def _failure(self, change: ResourceChange, error: PoolctlError, written: int) -> Failed:
        """Return a failure, and decide whether other changes may still begin."""
        if isinstance(error, CloudError):
            return self._refused(change, error, written)
        self._halt = _HALTS.get(type(error), "{} failed unexpectedly").format(change.address)
        if type(error) not in _HALTS:
            return self._broken(change, str(error), written)
        where = place(change, self._plan.target.manifest)
        return self._failed(change, f"{where}: {error}", written, stale=isinstance(error, _Stale))

    def _refused(self, change: ResourceChange, error: CloudError, written: int) -> Failed:
        """Return the failure of a call that AWS refused, or whose answer was lost."""
        said = str(located(error, change, self._plan.target.manifest))
        found = self._failed(change, said, written, doubtful=isinstance(error, Ambiguous))
        return replace(found, operation=error.operation, code=error.code, request_id=error.request_id)

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
        except Ambiguous:
            if call.operation != kind.create:
                raise
            answer = self._look(kind, change)
        self._in_flight = ""
        return Sent(change.address, replace(call, params=params), self._clock() - began), answer

    def _adopt(self, change: ResourceChange, call: Call, answer: Tree) -> None:
        """Take over the identifiers of a new object, and make sure that it is the only one of its name.

        Raises:
            _Namesake: It is not, or that is not known.
        """
        kind = KINDS[change.address.section]
        if call.operation != kind.create:
            return
        alone = not kind.root and self._owner_is_new(change)
        self._learn(kind, change, answer.get(kind.created) or {} if kind.created else answer)
        if kind.namesakes and not alone:
            self._check_namesakes(kind, change)

    def _look(self, kind: ResourceKind, change: ResourceChange) -> Tree:
        """Find the object that a create with a lost response may have created.

        Raises:
            Ambiguous: It cannot be determined.
        """
        known = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        ids = self._parents(change)
        name = _name(kind, change)
        made = [i for n, i in live_names(self._cloud, kind, ids) if n == name and i not in known]
        if len(made) == 1:
            return {kind.created: {kind.id_member or kind.id_param: made[0]}}
        raise Ambiguous(
            f"{kind.service}:{kind.create}",
            "LostAnswer",
            f"the response was lost, and {len(made)} new objects with this name exist",
        )

    def _learn(self, kind: ResourceKind, change: ResourceChange, made: Tree) -> None:
        """Record the identifiers of a new object for later calls that refer to them."""
        self._learned[(change.address, kind.id_param)] = kind.identifier(made)
        for param, member in kind.extra_ids.items():
            self._learned[(change.address, param)] = str(made.get(member, ""))

    def _fill(self, value: Any) -> Any:
        """Replace `Unknown` leaves with the identifiers of objects that this run has created."""
        if isinstance(value, Unknown):
            return self._learned[(value.address, value.member)]
        if isinstance(value, dict):
            return {k: self._fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._fill(v) for v in value]
        return value

    def _parents(self, change: ResourceChange) -> Mapping[str, Any]:
        """Return the identifiers of the objects that contain this one, without its own."""
        kind = KINDS[change.address.section]
        if kind.root:
            return {}
        ids = change.new_ids or change.ids
        return self._fill({k: v for k, v in ids.items() if k != kind.id_param})  # type: ignore[no-any-return]

    def _identifier(self, change: ResourceChange) -> str:
        kind = KINDS[change.address.section]
        own = (change.new_ids or change.ids).get(kind.id_param, "") if kind.id_param else ""
        return str(self._learned.get((change.address, kind.id_param)) or ("" if isinstance(own, Unknown) else own))

    # --- fences

    def _fence(self, change: ResourceChange) -> None:
        """Check that the object is still what the plan saw.

        Raises:
            _Stale: It differs.
        """
        kind = KINDS[change.address.section]
        if change.before is not None:
            self._fence_update(change, change.before)
            if change.action is Action.REPLACE:
                self._names(kind, change)  # those from which the new object has to be told
        elif self._owner_is_new(change) and not kind.account_wide:
            return
        elif kind.create and kind.listing:
            self._fence_create(kind, change)
        else:
            self._fence_unset(kind, change)

    def _owner_is_new(self, change: ResourceChange) -> bool:
        """Whether this run created the object's owner or pool; then no other run can have written to it."""
        made = {address for address, _ in self._learned}
        return change.address.owner in made or any(KINDS[address.section].root for address in made)

    def _fence_update(self, change: ResourceChange, before: Tree) -> None:
        kind = KINDS[change.address.section]
        now = read_again(self._cloud, Observed(change.address, change.ids, before))
        if now is None:
            raise _Stale("the object no longer exists. Run plan again.")
        if not same(kind.model, self._without_ours(kind, before), self._without_ours(kind, now)):
            raise _Stale("the object was changed outside this run since the plan was made. Run plan again.")

    def _fence_unset(self, kind: ResourceKind, change: ResourceChange) -> None:
        """Check that what was not there is still not there: a setting that was unset, an object without a list."""
        ids = change.new_ids or change.ids
        known = {k: self._fill(v) for k, v in ids.items() if k != kind.id_param or not isinstance(v, Unknown)}
        now = read_again(self._cloud, Observed(change.address, known, {}))
        if now is not None and self._without_ours(kind, now):
            what = "object was created" if kind.create else "setting was unset when the plan was made, and was set"
            since = " since the plan was made" if kind.create else " since"
            raise _Stale(f"the {what} outside this run{since}. Run plan again.")

    def _without_ours(self, kind: ResourceKind, tree: Tree) -> Tree:
        """Return an object without the members that earlier writes of this run have changed."""
        ours = frozenset[str]().union(*(m for s, m in kind.shared.items() if s in self._written))
        return {k: v for k, v in tree.items() if k not in ours}

    def _fence_create(self, kind: ResourceKind, change: ResourceChange) -> None:
        ours, name = set(self._learned.values()), _name(kind, change)
        found = [i for n, i in self._names(kind, change) if n == name and i not in ours]
        if found and not self._is_known(kind, name):
            raise _Stale("the object was created outside this run since the plan was made. Run plan again.")

    def _names(self, kind: ResourceKind, change: ResourceChange) -> list[tuple[str, str]]:
        """Return name and identifier of the live objects beside a new one, as they were before it was made.

        Names that the service keeps unique are listed once, as it refuses the second object of one name.
        """
        scope = (kind.section, change.address.owner)
        if kind.listing and (kind.namesakes or scope not in self._listed):
            self._listed[scope] = live_names(self._cloud, kind, self._parents(change))
        return self._listed.get(scope, [])

    def _is_known(self, kind: ResourceKind, name: str) -> bool:
        """Whether the plan itself starts from an object with this name (a rename, a pinned twin)."""
        return any(
            c.address.section == kind.section and c.before is not None and c.before.get(kind.name_member) == name
            for c in self._plan.changes
        )

    def _check_namesakes(self, kind: ResourceKind, change: ResourceChange) -> None:
        """Check that nobody made an object of the same name between the fence and the create (decision 15).

        A list may be older than the create, so it counts only once our own object is in it. If that takes longer than
        the applier waits, the plan that proves convergence finds the other one.

        Raises:
            _Namesake: Somebody did, or the names could not be listed.
        """
        ours = self._learned[(change.address, kind.id_param)]
        before = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        known = {*before, *self._learned.values()}
        for pause in (*SETTLE, 0.0):
            try:
                listed = live_names(self._cloud, kind, self._parents(change))
            except CloudError as error:
                raise _Namesake(_unlisted(kind, ours, error)) from None
            others = sorted(i for n, i in listed if n == _name(kind, change) and i not in known)
            if others:
                raise _Namesake(_twice(kind, _name(kind, change), ours, others))
            if ours in {i for _, i in listed}:
                return
            self._sleep(pause)

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


_HALTS = {_Stale: "{} has changed since the plan was made", _Namesake: "{} may exist twice"}
"""Why nothing else is begun after such a failure."""


def _name(kind: ResourceKind, change: ResourceChange) -> str:
    """Return the name that a new object will have."""
    return str(change.declared.get(kind.name_member, change.address.name.rpartition("/")[2]))


def _pin(kind: ResourceKind) -> str:
    """Return the key of the manifest that selects an object by its identifier."""
    return "id" if kind.root else kind.id_param


def _twice(kind: ResourceKind, name: str, ours: str, others: Sequence[str]) -> str:
    """Return what is known of objects of one name, and how to continue."""
    there = ", ".join(others)
    return (
        f"there is more than one {kind.title} called {flow(name)}: this run made {ours}, and {there} was made at the "
        f"same time by someone else, such as another first apply. Nothing was written to {ours} after it was made. "
        f"Keep the one that is in use: if it is {there}, delete {ours} yourself (poolctl does not); or write the one "
        f"to keep as `{_pin(kind)}:` in the manifest. Then run apply again."
    )


def _unlisted(kind: ResourceKind, ours: str, error: CloudError) -> str:
    """Return what is known of a new object beside which there may be another one."""
    return (
        f"this run made the {kind.title} {ours}, but whether someone else made one of the same name at the same time "
        f"could not be read: {error}{error.missing}. Run plan: if the name is ambiguous, it lists the ids."
    )

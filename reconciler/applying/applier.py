"""Plan and cloud → events: carries out a plan, one write at a time.

Before each write the object is read again; if it differs from what the plan saw, the run stops (decision 8). A failure
skips only the changes that depend on it. A create whose response was lost is never repeated: the applier looks for the
new object and continues with its id (decision 11). After the last write everything is planned again, because
convergence has to be proven (decision 9). Nothing is printed here: the caller receives events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.applying.blame import located, place
from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.errors import Ambiguous, CloudError, PoolctlError
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import (
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
from reconciler.observing.observer import live_named, live_names, read_again, status
from reconciler.planning.lowering import lower
from reconciler.values.differ import same

POLL, LONGEST_POLL = 5.0, 60.0
"""Seconds between two reads of an object that the service is still processing; the interval grows with the wait."""

SETTLE = (1.0, 2.0, 4.0)
"""Seconds to wait before planning again when changes seem to remain: Cognito is eventually consistent."""


class _Stale(Exception):
    """The object differs from what the plan saw. The message says how, without naming the object."""


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
    """
    run = _PoolRun(plan, cloud, clock, sleep, stop)
    yield from run.changes()
    if not run.unfinished:
        yield from _verify(plan.target, again, sleep)


def _verify(target: Target, again: Callable[[], Plan], sleep: Sleep) -> Iterator[Event]:
    """Plan again until no change is left. An error here follows writes, so it is reported as a result, not raised."""
    try:
        found = again()
        for pause in SETTLE:
            if not found.pending:
                break
            sleep(pause)
            found = again()
    except PoolctlError as error:
        yield Verified((), target, (str(error),))
        return
    reasons = [f"{g.address}: {g.operation}: {g.reason}" for g in found.gaps]
    reasons += [f"{r.address}: {r.message}" for r in found.refusals]
    yield Verified(found.pending, found.target, tuple(reasons))


def _undecided(lost: Ambiguous, rest: str) -> Ambiguous:
    return Ambiguous(lost.operation, lost.code, f"{lost.message.rstrip('. ')}; {rest}", lost.request_id)


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
            self._halt = "the run was interrupted"
        if self._halt:
            return self._halt
        failed = next((a for a in change.needs if a in self.unfinished), None)
        return f"it depends on {failed}, which was not applied" if failed else ""

    def _change(self, change: ResourceChange) -> Iterator[Event]:
        yield Started(change)
        began = self._clock()
        written = 0
        try:
            self._fence(change)
            for call in lower(change, self._plan):
                sent = self._send(change, call)
                written += 1
                self._written.add(change.address.section)
                yield sent
                yield from self._wait(change)
        except _Stale as error:
            self._halt = f"{change.address} has changed since the plan was made"
            self.unfinished.add(change.address)
            where = place(change, self._plan.target.manifest)
            yield Failed(change, f"{where}: {error}", stale=True, written=written)
        except CloudError as error:
            self.unfinished.add(change.address)
            yield self._failed(change, error, written)
        else:
            yield Done(change, self._clock() - began, self._identifier(change))

    def _failed(self, change: ResourceChange, error: CloudError, written: int) -> Failed:
        said = str(located(error, change, self._plan.target.manifest))
        operation, code, request_id = error.operation, error.code, error.request_id
        return Failed(change, said, written=written, operation=operation, code=code, request_id=request_id)

    # --- calls

    def _send(self, change: ResourceChange, call: Call) -> Sent:
        kind = KINDS[change.address.section]
        params = self._fill(call.params)
        began = self._clock()
        try:
            cloud = self._cloud.at(call.region) if call.region else self._cloud
            answer = cloud.call(call.service, call.operation, params)
        except Ambiguous as error:
            if call.operation != kind.create:
                raise
            answer = self._look(kind, change, error)
        if call.operation == kind.create:
            self._learn(kind, change, answer.get(kind.created) or {} if kind.created else answer)
        return Sent(change.address, replace(call, params=params), self._clock() - began)

    def _look(self, kind: ResourceKind, change: ResourceChange, lost: Ambiguous) -> Tree:
        """Find the object that a create with a lost response may have created.

        Raises:
            Ambiguous: It cannot be determined; says what came in place of the response.
        """
        known = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        own = change.address.name.rpartition("/")[2] if kind.outer else change.address.name
        name = str(change.declared.get(kind.name_member, own))
        try:
            found = live_named(self._cloud, kind, self._parents(change), name)
        except CloudError as error:
            raise _undecided(lost, f"the new object could not be looked for: {error}") from None
        made = [answer for answer in found if kind.identifier(answer) not in known]
        if len(made) != 1:
            raise _undecided(lost, f"the response was lost, and {len(made)} new objects with this name exist")
        return {kind.created: made[0]} if kind.created else made[0]

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
        if change.before is not None:
            self._fence_update(change, change.before)
        elif KINDS[change.address.section].create and not self._owner_is_new(change):
            self._fence_create(change)

    def _owner_is_new(self, change: ResourceChange) -> bool:
        """Whether this run created the object's owner or pool; then no other run can have written to it."""
        made = {address for address, _ in self._learned}
        return change.address.owner in made or any(KINDS[address.section].root for address in made)

    def _fence_update(self, change: ResourceChange, before: Tree) -> None:
        kind = KINDS[change.address.section]
        now = read_again(self._cloud, Observed(change.address, change.ids, before))
        if now is None:
            raise _Stale("the object no longer exists. Run plan again.")
        ours = frozenset[str]().union(*(m for s, m in kind.shared.items() if s in self._written))
        seen = {k: v for k, v in before.items() if k not in ours}
        live = {k: v for k, v in now.items() if k not in ours}
        if not same(kind.model, seen, live):
            raise _Stale("the object was changed outside this run since the plan was made. Run plan again.")

    def _fence_create(self, change: ResourceChange) -> None:
        kind = KINDS[change.address.section]
        scope = (kind.section, change.address.owner)
        if scope not in self._listed:
            self._listed[scope] = live_names(self._cloud, kind, self._parents(change))
        name = change.declared.get(kind.name_member, change.address.name)
        if any(n == name for n, _ in self._listed[scope]) and not self._is_known(kind, str(name)):
            raise _Stale("the object was created outside this run since the plan was made. Run plan again.")

    def _is_known(self, kind: ResourceKind, name: str) -> bool:
        """Whether the plan itself starts from an object with this name (a rename, a pinned twin)."""
        return any(
            c.address.section == kind.section and c.before is not None and c.before.get(kind.name_member) == name
            for c in self._plan.changes
        )

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
                said = "the run was interrupted; the service continues by itself, and the next run completes the rest"
                raise CloudError(operation, busy, said)
            yield Waiting(change.address, elapsed, busy)
            self._sleep(min(max(POLL, elapsed / 10), LONGEST_POLL))

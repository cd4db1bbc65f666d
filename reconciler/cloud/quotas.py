"""Rate limits for calls to Cognito (cognito.md 5.1), and whose turn it is under them (decision 44).

Quotas apply per account and Region, by category, and are shared with the live application; in addition, a single
operation on one pool may be called 5 times a second. An operation without a published category is taken to have a
quota of its own. The numbers and names are in `quotas.json`.

A call passes from the narrowest limit to the widest: it waits for that of its operation on its pool first, and takes
nothing of the category meanwhile. Of the calls that a limit lets through, the one that came first goes first.
"""

from __future__ import annotations

import json
import threading
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from reconciler.cloud.pace import EARLY, Pace
from reconciler.cloud.port import Clock, Sleep

_FACTS = json.loads(files("reconciler.cloud").joinpath("quotas.json").read_text(encoding="utf-8"))

RATES: dict[str, float] = _FACTS["rates"]
"""Requests per second that the service allows by category."""

CATEGORIES: dict[str, str] = {o: category for category, found in _FACTS["operations"].items() for o in found}
"""Operation → its published category."""

ALONE: float = _FACTS["alone"]["rate"]
"""Requests per second that are assumed for an operation without a published category."""

OTHER_RATES: dict[str, float] = _FACTS["alone"]["other_rates"]
"""`service:Operation` → its requests per second, where that is published for the operation alone."""

PER_POOL: float = _FACTS["per_pool"]["rate"]
"""Requests per second that the service allows for one operation on one pool, in some categories."""

BY_POOL = frozenset(_FACTS["per_pool"]["categories"])
"""The categories in which it does."""

SERVICES = frozenset({"cognito-idp", "cognito-identity"})
"""Services with quotas."""

USED = 0.95
"""Part of a quota that is used: clocks differ, and calls do not arrive as evenly as they are sent."""

UNLIMITED = float("inf")
"""The share of a service without quotas: an emulator."""

SHORTEST = 0.001
"""Shortest wait, in seconds, of a call that finds another one before it that should be gone."""

MANY = 500
"""Limits after which those that hold nothing back are dropped."""


def category(operation: str, service: str = "cognito-idp") -> str:
    """Return the quota that an operation counts against: a published category, or `service:Operation` for its own."""
    found = CATEGORIES.get(operation) if service == "cognito-idp" else None
    return found or f"{service}:{operation}"


def quota(name: str) -> float:
    """Return the requests per second that the service allows for a result of `category`."""
    return RATES.get(name) or OTHER_RATES.get(name) or ALONE


class Bucket:
    """The limit of another service, for calls that one caller makes one after the other.

    Args of the constructor:
        rate: Calls a second.
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
    """

    def __init__(self, rate: float, clock: Clock, sleep: Sleep) -> None:
        self._pace = Pace(rate, clock())
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait until a call is allowed."""
        with self._lock:
            now = self._clock()
            at = self._pace.ready_at(now)
            self._pace.take(at)
        if at > now:
            self._sleep(at - now)


@dataclass(eq=False, slots=True)
class _Gate:
    """A limit, and the calls that wait for it, or have been let through and wait for a wider one."""

    pace: Pace
    queue: list[_Turn] = field(default_factory=list)
    held: _Turn | None = None
    """The call that has been let through and waits for a wider limit; no other one is, meanwhile."""

    def add(self, turn: _Turn) -> None:
        insort(self.queue, turn, key=lambda t: t.number)

    def is_ready(self, now: float) -> bool:
        return self.pace.ready_at(now) <= now + EARLY


@dataclass(eq=False, slots=True)
class _Turn:
    """One call on its way through its limits, from the narrowest to the widest."""

    number: int
    """How many came before."""
    gates: tuple[_Gate, ...]
    stage: int = 0
    """The limit that it waits for; at those before, it keeps its place until it goes."""
    went: float | None = None
    """When it was let through."""

    def earliest(self, now: float) -> float:
        """Return the earliest time at which something can happen for this call, as things are."""
        gate = self.gates[self.stage]
        at = gate.pace.ready_at(now, gate.queue.index(self))
        return at if gate.held is None else max(at, gate.held.earliest(now))


@dataclass(frozen=True, slots=True)
class Permit:
    """That a call may be sent."""

    at: float
    """When it was given, in seconds of the clock."""
    gates: tuple[_Gate, ...]
    """What it was counted against."""


class Quotas:
    """All quotas of one account, in every Region that a run calls, shared by everything in the run.

    Args of the constructor:
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
        share: Share of Cognito's quotas that this run may use; UNLIMITED if there are none.
        max_rps: Upper limit of requests a second, over all operations and Regions.
    """

    def __init__(self, clock: Clock, sleep: Sleep, *, share: float = 1.0, max_rps: float | None = None) -> None:
        self._clock = clock
        self._sleep = sleep
        self._share = share * USED
        self._all = (_Gate(Pace(max_rps, clock())),) if max_rps else ()
        self._gates: dict[tuple[str, str, str], _Gate] = {}
        self._tidy, self._came = MANY, 0
        self._latest = clock()
        self._lock = threading.Lock()

    def take(self, operation: str, pool: str, service: str = "cognito-idp", region: str = "") -> Permit:
        """Wait until an operation is allowed.

        Args:
            operation: CamelCase.
            pool: Id of the user pool, or empty.
            service: boto3's name of the service; nothing limits one that is not in SERVICES.
            region: Region code.
        """
        with self._lock:
            now = self._now()
            gates = self._through(operation, pool, service, region, now)
            self._came += 1
            turn = _Turn(self._came, (*gates, *self._all) if service in SERVICES else ())
            if not turn.gates:
                return Permit(now, ())
            turn.gates[0].add(turn)
            _settle(turn.gates, now)
        try:
            while turn.went is None:
                self._wait(turn)
        except BaseException:  # a signal: no other call is to wait for this one
            with self._lock:
                if turn.went is None:
                    _leave(turn)
            raise
        return Permit(turn.went, gates)

    def _wait(self, turn: _Turn) -> None:
        """Wait until something can happen for a call, and let it happen."""
        with self._lock:
            now = self._now()
            _settle(turn.gates, now)
            if turn.went is not None:
                return
            wait = max(turn.earliest(now) - now, SHORTEST)
        self._sleep(wait)
        with self._lock:
            self._latest = max(self._latest, now + wait)
            _settle(turn.gates, self._now())

    def _now(self) -> float:
        """Return the time. What was waited for has passed, also by a clock that does not move."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    def throttled(self, permit: Permit) -> None:
        """Slow down after a call that the service refused as too many. Which of its limits is full is not said."""
        with self._lock:
            now = self._now()
            for gate in permit.gates:
                gate.pace.throttled(permit.at, now)

    def _through(self, operation: str, pool: str, service: str, region: str, now: float) -> tuple[_Gate, ...]:
        """Return the limits of an operation, the narrowest first."""
        if self._share == UNLIMITED or service not in SERVICES:
            return ()
        name = category(operation, service)
        widest = self._gate(region, name, "", quota(name), now)
        if not pool or name not in BY_POOL:
            return (widest,)
        return self._gate(region, operation, pool, PER_POOL, now), widest

    def _gate(self, region: str, name: str, pool: str, rate: float, now: float) -> _Gate:
        key = (region, name, pool)
        found = self._gates.get(key)
        if found is None:
            if len(self._gates) >= self._tidy:
                self._forget(now)
            found = self._gates[key] = _Gate(_pace(max(rate * self._share, 0.1), now, alone=bool(pool)))
        return found

    def _forget(self, now: float) -> None:
        """Drop the limits that hold nothing back: there is one for each operation on each pool."""
        self._gates = {k: g for k, g in self._gates.items() if g.queue or not g.pace.is_idle(now)}
        self._tidy = 2 * len(self._gates) + MANY


def _pace(rate: float, now: float, *, alone: bool) -> Pace:
    """Return the pace of a limit. No other program calls one operation on one pool, so all of its limit is used."""
    return Pace(rate, now, None) if alone else Pace(rate, now)


def _settle(gates: Sequence[_Gate], now: float) -> None:
    """Let every call go on that may, at some limits and at those that are free for others by that."""
    todo = list(gates)
    while todo:
        gate = todo.pop()
        while gate.queue and gate.held is None and gate.is_ready(now):
            turn = gate.queue[0]
            turn.stage += 1
            if turn.stage < len(turn.gates):
                gate.held = turn
                turn.gates[turn.stage].add(turn)
                todo.append(turn.gates[turn.stage])
            else:
                turn.went = now
                _leave(turn)
                for passed in turn.gates:
                    passed.pace.take(now)
                todo += turn.gates[:-1]  # where others may go on


def _leave(turn: _Turn) -> None:
    """Take a call out of the queues that it is in."""
    for gate in turn.gates[: turn.stage + 1]:
        gate.queue.remove(turn)
        gate.held = None if gate.held is turn else gate.held

"""Cognito's quotas as the service may keep them, by a virtual clock: it refuses what is too much.

How it measures is not known (cognito.md 5.1), so there are three ways: a token bucket, any second, and seconds by the
clock. The rates are written down here once more, as the service's own.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable
from typing import Literal

from reconciler.cloud.quotas import BY_POOL, category

Measure = Literal["bucket", "any second", "seconds by the clock"]

MEASURES: tuple[Measure, ...] = ("bucket", "any second", "seconds by the clock")

SERVICE = {"UserPoolRead": 15, "UserPoolUpdate": 15, "UserPoolResourceRead": 20, "UserPoolResourceUpdate": 15}
SERVICE |= {"UserPoolClientRead": 15, "UserPoolClientUpdate": 15, "LimitManagement": 1}
SERVICE |= {"UserCreation": 50, "UserRead": 120, "UserUpdate": 25, "UserList": 30, "UserResourceRead": 50}
SERVICE |= {"UserAccountRecovery": 30}
"""What the service allows in a second."""

ALONE = 5
"""What it is assumed to allow of an operation without a published category."""

ON_ONE_POOL = 5
"""What it allows of one operation on one pool, in four of the categories."""


class Limit:
    """One quota.

    Args of the constructor:
        rate: Calls a second.
        measure: How they are counted.
    """

    def __init__(self, rate: float, measure: Measure) -> None:
        self._rate = rate
        self._measure = measure
        self._level, self._at = rate, 0.0
        self._recent: deque[float] = deque()

    def has_room(self, now: float) -> bool:
        if self._measure == "bucket":
            return self._filled(now) >= 1.0 - 1e-6
        return self._count(now) < self._rate

    def take(self, now: float) -> None:
        self._level, self._at = self._filled(now) - 1.0, now
        self._recent.append(now)

    def _filled(self, now: float) -> float:
        return min(self._rate, self._level + (now - self._at) * self._rate)

    def _count(self, now: float) -> int:
        start = math.floor(now + 1e-9) if self._measure == "seconds by the clock" else now - 1.0 + 1e-6
        while self._recent and self._recent[0] < start - 2.0:
            self._recent.popleft()
        return sum(t >= start for t in self._recent)


class SimulatedService:
    """All quotas of an account and Region.

    Args of the constructor:
        clock: Seconds.
        measure: How calls are counted.
    """

    def __init__(self, clock: Callable[[], float], measure: Measure = "bucket") -> None:
        self._clock = clock
        self._measure = measure
        self._limits: dict[tuple[str, str], Limit] = {}
        self.sent: Counter[tuple[str, str]] = Counter()
        """Calls that were let through, by operation and pool."""
        self.throttled = 0
        """Calls that were refused."""
        self.times: list[tuple[float, str, str]] = []
        """When each call was let through."""

    def accepts(self, operation: str, pool: str = "", service: str = "cognito-idp") -> bool:
        """Take a call, or refuse it as too many."""
        now, name = self._clock(), category(operation, service)
        limits = [self._limit(name, "", SERVICE.get(name, ALONE))]
        if pool and name in BY_POOL:
            limits.append(self._limit(operation, pool, ON_ONE_POOL))
        if not all(limit.has_room(now) for limit in limits):
            self.throttled += 1
            return False
        for limit in limits:
            limit.take(now)
        self.sent[operation, pool] += 1
        self.times.append((now, operation, pool))
        return True

    @property
    def floor(self) -> float:
        """The seconds that the calls take at least, if each quota is used from the first to the last moment."""
        return floor(self.sent)

    def _limit(self, name: str, pool: str, rate: float) -> Limit:
        return self._limits.setdefault((name, pool), Limit(rate, self._measure))


def floor(sent: Counter[tuple[str, str]], *, share: float = 1.0, only: Callable[[str], bool] = lambda _: True) -> float:
    """Return the seconds that calls take at least.

    Args:
        sent: Number of calls, by operation and pool.
        share: Share of the quotas.
        only: Which operations count.
    """
    by_category: Counter[str] = Counter()
    by_pool: list[float] = [0.0]
    for (operation, pool), number in sent.items():
        if only(operation):
            by_category[category(operation)] += number
            by_pool += [number / ON_ONE_POOL] if pool and category(operation) in BY_POOL else []
    return max(*by_pool, *(n / SERVICE.get(name, ALONE) for name, n in by_category.items()), 0.0) / share

"""Rate limits for calls to Cognito (cognito.md 5.1).

Quotas apply per account and Region, by category, and are shared with the live application; in addition, a single
operation on one pool may be called 5 times a second. Token buckets slightly below both avoid throttling. The
numbers and names are in `quotas.json`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from importlib.resources import files

from reconciler.cloud.port import Clock, Sleep

_FACTS = json.loads(files("reconciler.cloud").joinpath("quotas.json").read_text(encoding="utf-8"))

RATES: dict[str, float] = _FACTS["rates"]
"""Our requests per second by category, below the 15, 20 and 1 of the service; 5 is assumed for the
rest."""

CATEGORIES: dict[str, str] = {o: category for category, found in _FACTS["operations"].items() for o in found}
"""Operation → category, if it does not follow from the operation's name."""

FAMILIES: dict[str, str] = _FACTS["families"]
"""Word in operation names → the pair of categories, one for reads and one for updates."""

OTHERWISE: str = _FACTS["otherwise"]
"""The pair of categories of all other operations."""

UNLISTED: tuple[str, ...] = tuple(_FACTS["unlisted"])
"""Words in the names of operations that are in no published category."""

BY_ACCOUNT = frozenset(_FACTS["by_account"])
"""Categories without a limit for one operation on one pool."""

SERVICES = frozenset({"cognito-idp", "cognito-identity"})
"""Services with quotas."""

PER_POOL = 4.0
"""Requests per second for one operation on one pool; the service allows 5."""

UNLIMITED = float("inf")
"""The share of a service without quotas: an emulator."""


def category(operation: str, service: str = "cognito-idp") -> str:
    """Return the quota category of an operation."""
    if service == "cognito-identity":
        return "IdentityPools"
    if operation in CATEGORIES:
        return CATEGORIES[operation]
    if any(word in operation for word in UNLISTED):
        return "Other"
    family = next((f for word, f in FAMILIES.items() if word in operation), OTHERWISE)
    reads = operation.startswith(("Describe", "Get", "List"))
    return f"{family}{'Read' if reads else 'Update'}"


class Bucket:
    """A token bucket: limits calls per second, with an initial burst of at most one second's calls."""

    def __init__(self, rate: float, clock: Clock, sleep: Sleep) -> None:
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._level = rate
        self._at = clock()

    def take(self) -> None:
        """Wait until a call is allowed."""
        with self._lock:
            now = self._clock()
            self._level = min(self._rate, self._level + (now - self._at) * self._rate) - 1.0
            self._at = now
            wait = -self._level / self._rate
        if wait > 0:
            self._sleep(wait)


class Quotas:
    """All buckets of one account and Region."""

    def __init__(self, clock: Clock, sleep: Sleep, *, share: float = 1.0, max_rps: float | None = None) -> None:
        self._make: Callable[[float], Bucket] = lambda rate: Bucket(max(rate, 0.1), clock, sleep)
        self._share = share
        self._all = self._make(max_rps) if max_rps else None
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._lock = threading.Lock()

    def take(self, operation: str, pool: str, service: str = "cognito-idp") -> None:
        """Wait until an operation is allowed.

        Args:
            operation: CamelCase.
            pool: Id of the user pool, or empty.
            service: One of SERVICES.
        """
        if self._share != UNLIMITED:
            group = category(operation, service)
            self._bucket(group, "", RATES[group] * self._share).take()
            if pool and group not in BY_ACCOUNT:
                self._bucket(operation, pool, PER_POOL).take()
        if self._all:
            self._all.take()

    def _bucket(self, name: str, pool: str, rate: float) -> Bucket:
        with self._lock:
            return self._buckets.setdefault((name, pool), self._make(rate))

"""Cognito's quotas as the benchmarks know them, and the shortest time in which calls can be made under them.

They are written down a second time, from cognito.md 5.1 and not from `reconciler/cloud/`, so that a wrong number there
shows as a throttled call and does not lower the floor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

PER_POOL = 5.0
"""Requests a second of one operation on one pool, in the categories of resources and clients."""
UNLISTED = 5.0
"""Requests a second of an operation without a published category; assumed."""
RATES = {
    "UserPoolRead": 15.0,
    "UserPoolUpdate": 15.0,
    "UserPoolResourceRead": 20.0,
    "UserPoolResourceUpdate": 15.0,
    "UserPoolClientRead": 15.0,
    "UserPoolClientUpdate": 15.0,
}
"""Requests a second by category, for an account in a Region."""
RESOURCE_READS = (
    "DescribeIdentityProvider",
    "GetIdentityProviderByIdentifier",
    "ListIdentityProviders",
    "DescribeResourceServer",
    "ListResourceServers",
    "DescribeUserPoolDomain",
    "GetGroup",
    "ListGroups",
    "GetUserPoolMfaConfig",
    "GetCSVHeader",
    "GetSigningCertificate",
    "GetUICustomization",
    "DescribeRiskConfiguration",
    "ListTagsForResource",
    "DescribeUserImportJob",
    "ListUserImportJobs",
    "DescribeManagedLoginBranding",
    "DescribeManagedLoginBrandingByClient",
)
RESOURCE_UPDATES = (
    "AddCustomAttributes",
    "CreateGroup",
    "UpdateGroup",
    "DeleteGroup",
    "CreateIdentityProvider",
    "UpdateIdentityProvider",
    "DeleteIdentityProvider",
    "CreateResourceServer",
    "UpdateResourceServer",
    "DeleteResourceServer",
    "CreateUserPoolDomain",
    "UpdateUserPoolDomain",
    "DeleteUserPoolDomain",
    "CreateManagedLoginBranding",
    "UpdateManagedLoginBranding",
    "DeleteManagedLoginBranding",
    "SetUserPoolMfaConfig",
    "SetRiskConfiguration",
    "SetUICustomization",
    "CreateUserImportJob",
    "StartUserImportJob",
    "StopUserImportJob",
    "TagResource",
    "UntagResource",
)
CATEGORIES: dict[str, str] = {
    **dict.fromkeys(("DescribeUserPool", "ListUserPools"), "UserPoolRead"),
    **dict.fromkeys(("CreateUserPool", "UpdateUserPool", "DeleteUserPool"), "UserPoolUpdate"),
    **dict.fromkeys(RESOURCE_READS, "UserPoolResourceRead"),
    **dict.fromkeys(RESOURCE_UPDATES, "UserPoolResourceUpdate"),
    **dict.fromkeys(("DescribeUserPoolClient", "ListUserPoolClients"), "UserPoolClientRead"),
    **dict.fromkeys(("CreateUserPoolClient", "UpdateUserPoolClient", "DeleteUserPoolClient"), "UserPoolClientUpdate"),
}
"""Operation → category, as published; all others are without one."""
BY_POOL = frozenset(c for c in RATES if "Resource" in c or "Client" in c)
"""Categories in which one operation on one pool is limited too."""

Key = tuple[str, str]
"""A bucket: a category, or an operation without one, and no pool; or an operation and a pool."""


@dataclass(frozen=True)
class Call:
    """One call that the server answered; times in seconds since recording began."""

    operation: str
    pool: str
    """Id of the pool, or empty."""
    start: float
    end: float
    throttled: bool = False

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return is_write(self.operation)


def is_write(operation: str) -> bool:
    """Return whether an operation changes something."""
    return not operation.startswith(("Describe", "Get", "List"))


def buckets(operation: str, pool: str) -> dict[Key, float]:
    """Return the buckets that a call takes a token of, with their rates."""
    category = CATEGORIES.get(operation)
    if category is None:
        return {(operation, ""): UNLISTED}
    found = {(category, ""): RATES[category]}
    if pool and category in BY_POOL:
        found[operation, pool] = PER_POOL
    return found


def floor(calls: Iterable[Call], share: float = 1.0) -> float:
    """Return the seconds that calls take at least: the longest of all buckets, each full to begin with.

    Args:
        calls: Those that were answered; throttled ones do not count.
        share: The part of the quotas of the account that is used. That of one pool is not shared out.
    """
    asked: Counter[Key] = Counter()
    rates: dict[Key, float] = {}
    for call in calls:
        if not call.throttled:
            for key, rate in buckets(call.operation, call.pool).items():
                asked[key] += 1
                rates[key] = rate if key[1] else rate * share
    return max((max(0.0, count - rates[key]) / rates[key] for key, count in asked.items()), default=0.0)


def one_by_one(count: int, delay: float) -> float:
    """Return the seconds that writes to one pool take at least if each waits for the one before it, and for a read.

    No second has more of them than the quota, so each comes a second after the fifth before it, or later.

    Args:
        count: Writes of one operation.
        delay: Seconds from a request to its answer.
    """
    at_once = int(PER_POOL)
    seconds, further = divmod(max(0, count - 1), at_once)
    return seconds * max(1.0, at_once * 2 * delay) + further * 2 * delay + delay


class Buckets:
    """The quotas of one account and Region: token buckets that hold one second's calls."""

    def __init__(self) -> None:
        self._levels: dict[Key, tuple[float, float]] = {}

    def take(self, operation: str, pool: str, now: float) -> bool:
        """Return whether a call is within all its quotas; one that is not takes no token.

        Args:
            operation: CamelCase.
            pool: Id of the pool, or empty.
            now: Seconds, monotonic.
        """
        rates = buckets(operation, pool)
        levels = {key: self._level(key, rate, now) for key, rate in rates.items()}
        allowed = all(level >= 1.0 for level in levels.values())
        for key, level in levels.items():
            self._levels[key] = (level - 1.0 if allowed else level, now)
        return allowed

    def _level(self, key: Key, rate: float, now: float) -> float:
        level, then = self._levels.get(key, (rate, now))
        return min(rate, level + (now - then) * rate)


def round_trips(calls: Iterable[Call]) -> int:
    """Return the length of the longest chain of calls of which each began when the one before it was answered."""
    count, last = 0, float("-inf")
    for call in sorted(calls, key=lambda c: c.end):
        if call.start >= last:
            count, last = count + 1, call.end
    return count


def span(calls: Iterable[Call]) -> float:
    """Return the seconds from the first to the last call."""
    listed = list(calls)
    return max((c.end for c in listed), default=0.0) - min((c.start for c in listed), default=0.0)

"""Point-in-time recovery of the users of a pool: initiate, wait for the preview, start or cancel (cognito.md 2.21).

What Cognito answers is the only state. A call whose answer was lost is looked for in the list, and not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import NamedTuple

from reconciler.cloud.port import Clock, Cloud, Sleep, pages
from reconciler.errors import CloudError, NoAnswer, Unavailable
from reconciler.kinds import user_pool
from reconciler.kinds.kind import Listing
from reconciler.kinds.user_recovery import (
    CANCEL,
    CANCELLED,
    COMPLETED,
    DESCRIBE,
    GENERATING,
    INITIATE,
    JOBS,
    OVER,
    PREVIEWS_A_MONTH,
    PRIMARY,
    RECOVERY,
    REPLICAS,
    RESTORING,
    RESULT,
    RUNNING,
    START,
    UNREPLICATED,
    WORDS,
    RecoveryFacts,
)
from reconciler.model import Tree

SERVICE, POOL_ID = user_pool.KIND.service, user_pool.KIND.id_param
_LISTINGS = (RECOVERY.listing, JOBS, REPLICAS, user_pool.KIND.listing)
READS = frozenset((SERVICE, name) for name in (DESCRIBE, *(i.operation for i in _LISTINGS if i)))
"""The reads of a recovery."""
WRITES = frozenset((SERVICE, name) for name in (INITIATE, START, CANCEL))
"""Its writes."""

POLL, LONGEST_POLL = 5.0, 30.0
"""Seconds between two looks; the interval grows with the wait."""
PATIENCE = 24 * 60 * 60.0
"""Seconds to wait for Cognito; it gives up a preview as late."""
BUSY = frozenset({GENERATING, RESTORING})
"""Statuses that end by themselves."""


class EntityPreview(NamedTuple):
    """What a recovery does to entities of one type."""

    entity: str
    """`Users`, `Groups`, `User MFAs`, `Passkeys`."""
    create: int
    update: int
    delete: int


class UserRecovery(NamedTuple):
    """One recovery, as Cognito answers."""

    id: str
    status: str
    point: datetime | None
    """The time that it recovers to, in UTC."""
    triggered: datetime | None
    """The end of the changes that it reverts, shortly after it was initiated; None in a list."""
    preview: tuple[EntityPreview, ...] | None
    """What it does; None until that is known."""

    @property
    def is_paused(self) -> bool:
        """Whether writes to the pool are paused."""
        return self.status not in OVER

    @property
    def meaning(self) -> str:
        """What its status means, in words."""
        return WORDS.get(self.status, "This version of poolctl does not know that status. Writes may be paused.")


class Recoveries:
    """The recoveries of one pool.

    Args of the constructor:
        cloud: Allows `READS`, and `WRITES` if anything is to be written.
        pool_id: The pool.
        clock: Seconds, monotonic.
        sleep: Waits for a number of seconds.
    """

    def __init__(self, cloud: Cloud, pool_id: str, *, clock: Clock, sleep: Sleep) -> None:
        self._cloud, self._ids = cloud, {POOL_ID: pool_id}
        self._clock, self._sleep = clock, sleep

    def all(self) -> list[UserRecovery]:
        """Return the recoveries of the pool, the newest first, without previews.

        Raises:
            CloudError: They could not be listed.
        """
        return [_recovery(item) for item in self._listed(RECOVERY.listing)]

    def one(self, recovery_id: str) -> UserRecovery:
        """Return a recovery, with its preview.

        Raises:
            CloudError: It could not be read.
        """
        return self._call(DESCRIBE, RestoreId=recovery_id)

    def facts(self, pool: Tree, point: datetime, now: datetime, region: str) -> tuple[RecoveryFacts, list[str]]:
        """Return what decides whether a recovery can be initiated, and what could not be known of it.

        Args:
            pool: What Cognito answers about the pool.
            point: The time to recover to.
            now: The time, in UTC.
            region: The Region of the session.

        Raises:
            CloudError: Something could not be read.
        """
        known = [self.one(r.id) for r in islice(self.all(), PREVIEWS_A_MONTH)]
        unknown: list[str] = []
        jobs = self._possibly(JOBS, "whether an import job runs", unknown)
        replicas = self._possibly(REPLICAS, "whether a replica is incomplete", unknown)
        facts = RecoveryFacts(
            now,
            point,
            str(pool.get("UserPoolTier", "")),
            pool.get("CreationDate"),
            next(({"RestoreId": r.id, "RestoreStatus": r.status} for r in known if r.is_paused), {}),
            tuple(r.triggered for r in known if r.triggered),
            tuple(r.triggered for r in known if r.triggered and r.status == COMPLETED),
            tuple(str(j.get("JobName") or j.get("JobId")) for j in jobs if j.get("Status") in RUNNING),
            _primary(replicas, region),
            tuple(str(r.get("RegionName")) for r in replicas if r.get("Status") in UNREPLICATED),
        )
        return facts, unknown

    def initiate(self, point: datetime) -> UserRecovery:
        """Initiate a recovery: this pauses writes.

        Raises:
            CloudError: Cognito refused, or it is not known whether it was initiated.
        """
        try:
            return self._call(INITIATE, RestoreTimestamp=point)
        except CloudError as error:
            lost = error.lost or _is_lost(error)
            made = next((r for r in self.all() if r.is_paused and r.point == point), None) if lost else None
            if not made:
                raise
            return made

    def start(self, recovery_id: str) -> UserRecovery:
        """Start a recovery: this cannot be cancelled.

        Raises:
            CloudError: Cognito refused.
        """
        return self._settled(START, recovery_id, frozenset({RESTORING, COMPLETED}))

    def cancel(self, recovery_id: str) -> UserRecovery:
        """Cancel a recovery that was not started.

        Raises:
            CloudError: Cognito refused.
        """
        return self._settled(CANCEL, recovery_id, frozenset({CANCELLED}))

    def wait(self, found: UserRecovery, seen: Callable[[UserRecovery, float], None]) -> UserRecovery:
        """Wait until Cognito has done what it is doing.

        Args:
            found: The recovery.
            seen: Called with the recovery and the seconds so far, each time that it was read.

        Raises:
            CloudError: It could not be read, or it takes longer than a day.
        """
        began = self._clock()
        while found.status in BUSY:
            elapsed = self._clock() - began
            if elapsed > PATIENCE:
                raise CloudError(f"{SERVICE}:{DESCRIBE}", found.status, "still in this state after 24 hours")
            seen(found, elapsed)
            self._sleep(min(max(POLL, elapsed / 10), LONGEST_POLL))
            found = self.one(found.id)
        seen(found, self._clock() - began)
        return found

    def _settled(self, operation: str, recovery_id: str, done: frozenset[str]) -> UserRecovery:
        """Send a call, unless an earlier attempt whose answer was lost has done it."""
        try:
            return self._call(operation, RestoreId=recovery_id)
        except CloudError as error:
            if not (error.lost or _is_lost(error)):
                raise
            found = self.one(recovery_id)
            if found.status not in done:
                raise
            return found

    def _call(self, operation: str, **params: object) -> UserRecovery:
        return _recovery(self._cloud.call(SERVICE, operation, {**self._ids, **params})[RESULT])

    def _listed(self, listing: Listing) -> Iterable[Tree]:
        size = dict([listing.page]) if listing.page else {}
        params = {**self._ids, **size}
        return pages(self._cloud, SERVICE, listing.operation, params, listing.items, cursor=listing.cursor)

    def _possibly(self, listing: Listing, what: str, unknown: list[str]) -> list[Tree]:
        """Return a list that not every Region, partition, emulator or plan has."""
        try:
            return list(self._listed(listing))
        except Unavailable as error:
            unknown.append(f"It is not known {what}: {error.operation} is not available here.")
        except CloudError as error:
            if error.code not in RECOVERY.absent:
                raise
        return []


def _primary(replicas: Iterable[Tree], region: str) -> str:
    """Return the primary Region of a pool, if it is another one than that of the session."""
    primary = next((str(r.get("RegionName")) for r in replicas if r.get("Role") == PRIMARY), region)
    return primary if primary != region else ""


def _is_lost(error: CloudError) -> bool:
    return isinstance(error, NoAnswer) and not error.unsent


def _recovery(answer: Tree) -> UserRecovery:
    preview = answer.get("RestorePreview")
    return UserRecovery(
        str(answer["RestoreId"]),
        str(answer["RestoreStatus"]),
        _utc(answer.get("RestoreTimestamp")),
        _utc(answer.get("TriggerTimestamp")),
        None if preview is None else tuple(_entity(item) for item in preview),
    )


def _entity(item: Tree) -> EntityPreview:
    counts = (int(item.get(name) or 0) for name in ("CreateCount", "UpdateCount", "DeleteCount"))
    return EntityPreview(str(item.get("Entity", "")), *counts)


def _utc(time: datetime | None) -> datetime | None:
    return time.astimezone(UTC) if time else None

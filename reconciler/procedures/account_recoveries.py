"""Recoveries of the other pools of an account, which count for its limits (cognito.md 2.21).

Cognito has no operation that says how much of such a limit is used, so the pools of the Region are looked at, one by
one. Recoveries of other Regions and accounts count too and are not seen. What cannot be read is said and stops nothing:
Cognito checks the limits itself, and a recovery is urgent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, printable
from reconciler.kinds import user_pool
from reconciler.kinds.user_recovery import DAY, PREVIEWS_A_DAY, RECOVERY
from reconciler.model import Tree
from reconciler.observing.observer import items_of
from reconciler.procedures.recovery import Recoveries, UserRecovery
from reconciler.terminal.side_by_side import side_by_side

MOST_POOLS = 200
"""Other pools that are looked at; of an account with more, none, as each costs a call and there is no time."""
UNKNOWN = "It is not known how many recoveries the account has:"


class ElsewhereRecoveries(NamedTuple):
    """What other pools of the account and Region have."""

    active: tuple[str, ...] = ()
    """Pools with a recovery that is under way, with name and id."""
    initiated: tuple[datetime, ...] = ()
    """When previews were asked for in the last 24 hours."""
    unknown: tuple[str, ...] = ()
    """What could not be known, a sentence each."""


def elsewhere(cloud: Cloud, pool_id: str, now: datetime, *, at_once: int) -> ElsewhereRecoveries:
    """Return what the other pools of an account and Region have.

    Args:
        cloud: Allows the reads of a recovery.
        pool_id: The pool that is to be recovered.
        now: The time, in UTC.
        at_once: Maximum number of calls at the same time.
    """
    try:
        others = [p for p in items_of(cloud, user_pool.KIND, {}) if p.get("Id") != pool_id]
    except CloudError as error:
        return ElsewhereRecoveries(unknown=(_why(error),))
    if len(others) > MOST_POOLS:
        return ElsewhereRecoveries(
            unknown=(
                f"{UNKNOWN} it has {len(others):,} other pools in this Region, and up to {MOST_POOLS} are looked at.",
            )
        )
    return _joined(side_by_side(lambda pool: _of_one(cloud, pool, now), others, at_once=at_once))


def _of_one(cloud: Cloud, pool: Tree, now: datetime) -> ElsewhereRecoveries:
    """Return what one pool has. A list says which recoveries are under way, whatever may be known of each."""
    work = Recoveries(cloud, str(pool["Id"]), clock=lambda: 0.0, sleep=lambda _seconds: None)
    try:
        found = work.all()
    except CloudError as error:
        return ElsewhereRecoveries(unknown=() if error.code in RECOVERY.absent else (_why(error),))
    name = printable(f"{pool.get('Name')}, {pool['Id']}")
    initiated, unknown = _initiated(work, found[:PREVIEWS_A_DAY], now)
    return ElsewhereRecoveries((name,) if any(r.is_paused for r in found) else (), initiated, unknown)


def _initiated(
    work: Recoveries, newest: Iterable[UserRecovery], now: datetime
) -> tuple[tuple[datetime, ...], tuple[str, ...]]:
    """Return when previews were asked for in the last 24 hours, which only a description says, and what is unknown."""
    found: list[datetime] = []
    try:
        for one in newest:
            asked = work.one(one.id).triggered
            if asked is None or now - asked >= DAY:
                break
            found.append(asked)
    except CloudError as error:
        return tuple(found), () if error.code in RECOVERY.absent else (_why(error),)
    return tuple(found), ()


def _joined(found: list[ElsewhereRecoveries]) -> ElsewhereRecoveries:
    """Return what all pools have; what could not be known of several for one reason is said once."""
    return ElsewhereRecoveries(
        tuple(pool for one in found for pool in one.active),
        tuple(time for one in found for time in one.initiated),
        tuple(dict.fromkeys(text for one in found for text in one.unknown)),
    )


def _why(error: CloudError) -> str:
    return f"{UNKNOWN} {error.operation} was refused with {error.code}."

"""Users in an export: those of a pool that were asked for, as a manifest declares them.

A manifest is read by people and planned user by user, so a pool with many users is refused: a CSV holds any number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, InvalidInput, Refused, flow
from reconciler.kinds import user
from reconciler.model import Address, Tree
from reconciler.observing.observer import gap
from reconciler.people import directory
from reconciler.people.csv_export import FEDERATED
from reconciler.people.directory import Selection
from reconciler.people.live_pool import SERVICE, LivePool
from reconciler.runs import export_run
from reconciler.runs.export_run import Read
from reconciler.terminal.options import Options

MOST = 1000
"""Users of a manifest at most; two calls read each of them."""
READS = frozenset((SERVICE, operation) for operation in ("ListUsers", "ListUsersInGroup"))
"""Calls that list users, besides those that read one."""


def selection_of(options: Options, sections: frozenset[str]) -> Selection | None:
    """Return which users are meant; None if the sections that were asked for have none.

    Raises:
        InvalidInput: Users are chosen and not asked for, or the options that choose them are wrong.
    """
    chosen = Selection(options.condition, options.user_status, options.group)
    if user.USERS in sections:
        return directory.check(chosen)
    if chosen != Selection():
        raise InvalidInput(f"--filter, --status and --group choose users. Give --with {user.USERS} too.")
    return None


def with_users(cloud: Cloud, lister: Cloud, pool: Read, selection: Selection, *, parallelism: int) -> Read:
    """Add the users that are meant to a pool.

    Args:
        cloud: Its account and Region.
        lister: The same, with the calls that list users.
        pool: What was read of it.
        selection: Which users.
        parallelism: Calls in flight at once.

    Raises:
        Refused: There are too many for a manifest.
    """
    if pool.found.document != user.KIND.document:
        return pool
    try:
        found = _listed(LivePool(lister, pool.found.id, pool.found.name, pool.answer), selection)
    except CloudError as error:
        return export_run.with_gap(pool, gap(Address(pool.found.name, user.USERS), error))
    native = [u for u in found if u.get("UserStatus") != FEDERATED]
    pool = _read(cloud, pool, native, parallelism=parallelism)
    return export_run.with_notes(pool, *_notes(len(native), len(found) - len(native)))


def _listed(pool: LivePool, selection: Selection) -> list[Tree]:
    """Return the users that are meant.

    Raises:
        Refused: There are too many for a manifest.
        CloudError: They could not be listed.
    """
    found = [u for page in directory.pages(pool, replace(selection, limit=MOST + 1)) for u in page]
    if len(found) > MOST:
        raise Refused(
            f"{flow(pool.name)} has more than {MOST:,} users that --with users would write, which is too many for a "
            f"manifest; nothing was written of it. Choose some with --filter, --status or --group, or "
            f"write all of them as CSV: poolctl users export pool:{pool.id} FILE."
        )
    return found


def _read(cloud: Cloud, pool: Read, listed: Sequence[Tree], *, parallelism: int) -> Read:
    """Read users under the names that a manifest has for them; by Username where that is not an address of theirs."""
    names = tuple(user.key(u, pool.answer) for u in listed)
    read = export_run.with_named(cloud, pool, {user.USERS: names}, parallelism=parallelism)
    found = {o.ids["Username"] for o in read.live_state.section(user.USERS)}
    left = tuple(str(u["Username"]) for u in listed if u["Username"] not in found)
    if not left or set(left) <= set(names) or user.USERS not in read.live_state.known:
        return read
    return export_run.with_named(cloud, read, {user.USERS: left}, parallelism=parallelism)


def _notes(native: int, federated: int) -> Iterator[str]:
    if native:
        yield "users have no passwords here, as Cognito returns none: a user who is made again from this is invited."
    if federated == 1:
        yield "1 user of an identity provider is left out, and comes back with the next sign-in."
    elif federated:
        yield f"{federated} users of identity providers are left out, and come back with their next sign-in."

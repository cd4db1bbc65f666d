"""What a point-in-time recovery would do to users and groups, and does (cognito.md 2.21).

That a user's groups count with the user is chosen: the service does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.local.operation import Context
from reconciler.local.people import RESTORED, restorable
from reconciler.local.store import Record

NO_MFA = {"sms": False, "totp": False, "email": False, "preferred": "", "secret": "", "name": ""}


class EntityCounts(NamedTuple):
    """How many entities of one type a recovery creates, updates and deletes."""

    create: int
    update: int
    delete: int


def counts(ctx: Context, pool: Record, time: float) -> dict[str, EntityCounts]:
    """Return what restoring the users of an earlier time would do, by the type of entity.

    Args:
        ctx: The context.
        pool: The record of the pool.
        time: Seconds since 1970.
    """
    before = {n: restorable(u) for n, u in ctx.people.at(pool["id"], time).items()}
    now = {p.user["username"]: restorable(p.user) for p in ctx.people.every(pool["id"])}
    return {
        "Users": _counted(*({n: [u[k] for k in RESTORED] for n, u in users.items()} for users in (before, now))),
        "Groups": _counted(ctx.people.groups_at(pool["id"], time), pool["groups"]),
        "User MFAs": _counted(*(_factors(users) for users in (before, now))),
        "Passkeys": _counted(*(_passkeys(users) for users in (before, now))),
    }


def _factors(users: Mapping[str, Record]) -> Record:
    return {n: u["mfa"] for n, u in users.items() if u["mfa"] != NO_MFA}


def _passkeys(users: Mapping[str, Record]) -> dict[tuple[str, str], Record]:
    return {(n, k["CredentialId"]): k for n, u in users.items() for k in u["passkeys"]}


def _counted(before: Mapping[Any, Any], now: Mapping[Any, Any]) -> EntityCounts:
    both = before.keys() & now.keys()
    return EntityCounts(
        len(before.keys() - both), sum(before[name] != now[name] for name in both), len(now.keys() - both)
    )


def restore(ctx: Context, pool: Record, time: float) -> None:
    """Make the users and groups of a pool what they were. Passwords of existing users are kept.

    The caller touches the pool.
    """
    before, now = ctx.people.at(pool["id"], time), ctx.now()
    pool["groups"] = ctx.people.groups_at(pool["id"], time)
    for name in [p.user["username"] for p in ctx.people.every(pool["id"]) if p.user["username"] not in before]:
        ctx.people.remove(pool["id"], name, now)
    for name, user in before.items():
        known = ctx.people.get(pool["id"], name) or ctx.people.last_known(pool["id"], name) or user
        ctx.people.put(pool["id"], {**known, **restorable(user)}, now)

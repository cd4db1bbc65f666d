"""Users in a state of an earlier version, which had them in the records of pools, with passwords in clear."""

from __future__ import annotations

from datetime import UTC, datetime

from reconciler.local.operation import Context
from reconciler.local.store import Record


def take(ctx: Context) -> None:
    """Move the users from earlier records to SQLite."""
    for pool in ctx.store.pools.values():
        for name, kept in pool.pop("users", {}).items():
            ctx.people.put(pool["id"], _moved(ctx, pool, name, kept), ctx.now())
            ctx.store.touch(pool)


def _moved(ctx: Context, pool: Record, name: str, kept: Record) -> Record:
    from reconciler.local.signin.parties import new_user  # few states have any, and signing in is much to import
    from reconciler.local.signin.passwords import set_password

    user = new_user(ctx, name, kept["status"], kept["attributes"])
    user["enabled"], user["groups"] = kept["enabled"], kept["groups"]
    user["created"], user["modified"] = (_seconds(kept[d]) for d in ("create_date", "last_modified_date"))
    user["attributes"] = dict(kept["attributes"])
    user["mfa"]["sms"] = bool(kept["sms_mfa_enabled"])
    if "hash" in kept:
        user["password"] = {"hash": kept["hash"]}
    elif kept["password"]:
        set_password(ctx, pool, user, kept["password"], until=None)
        user["past"] = []
    return user


def _seconds(text: str) -> float:
    """Return a date without time zone, which is UTC, in seconds since 1970."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

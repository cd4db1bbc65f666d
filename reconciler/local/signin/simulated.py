"""Simulated users, for clients that hide which users exist: the same one each time for a name and pool."""

from __future__ import annotations

import hmac
import uuid

from reconciler.local.operation import Context
from reconciler.local.signin.parties import new_user, spelled
from reconciler.local.store import Record

KIND = "pool secret"
BITS_OF_VERIFIER = 3000


def derived(ctx: Context, pool: Record, *parts: str) -> bytes:
    """Return 32 bytes derived from texts and a secret of the pool, always the same ones."""
    return hmac.digest(_secret(ctx, pool), "\0".join(parts).encode(), "sha256")


def _secret(ctx: Context, pool: Record) -> bytes:
    entry = ctx.ledger.get(KIND, pool["id"])
    if entry is None:
        entry = {"secret": ctx.desk.random(32).hex()}
        ctx.ledger.put(KIND, pool["id"], entry, pool=pool["id"])
    return bytes.fromhex(entry["secret"])


def stand_in(ctx: Context, pool: Record, typed: str) -> Record:
    """Return a user in place of one that does not exist. It is never stored, and no password is right for it."""
    name = spelled(pool, typed)
    made = str(uuid.UUID(bytes=derived(ctx, pool, "name", name)[:16], version=4))
    user = new_user(ctx, made, "CONFIRMED", {})
    salt, verifier = derived(ctx, pool, "salt", name)[:16].hex(), ctx.desk.random(BITS_OF_VERIFIER // 8).hex()
    return {**user, "password": {"salt": salt, "verifier": verifier, "set": user["created"], "until": None}}

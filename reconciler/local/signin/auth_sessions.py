"""Sessions of a sign-in: the state that is kept between a challenge and its answer.

A Session string belongs to a client, a user and a challenge, expires, and can be used for one right answer. Only its
hash is stored.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

KIND = "session"
PREFIX = "AYABe"
LENGTH = 1540
"""Characters of a Session; recorded ones had 1,543 and 1,587."""
BLOCK = 1100
"""Bytes of a SECRET_BLOCK."""
PAGES = 180.0
"""Seconds for which a challenge lasts on the hosted pages, whatever the client's AuthSessionValidity."""
MINUTES = 3
"""Default of AuthSessionValidity."""
NOT_VALID = "Invalid session for the user."
EXPIRED = "Invalid session for the user, session is expired."
USED = "Invalid session for the user, session can only be used once."


@dataclass(frozen=True)
class Pending:
    """A challenge that awaits its answer."""

    key: str
    """Key in the ledger."""
    pool: str
    """Id of the pool."""
    client: str
    """Id of the client."""
    hosted: bool
    """Whether it was asked by the hosted pages."""
    user: str
    """Real name of the user; a simulated one if there is none."""
    challenges: tuple[str, ...]
    """The challenges that can be answered with it."""
    state: Record
    """State of the sign-in so far, JSON-able."""
    expires: float


def lifetime(caller: Caller) -> float:
    """Return for how many seconds a challenge lasts."""
    if caller.door == "hosted":
        return PAGES
    return 60.0 * int(caller.client.get("AuthSessionValidity") or MINUTES)


def begin(ctx: Context, caller: Caller, user: str, challenges: tuple[str, ...], state: Record) -> str:
    """Store a challenge; return its Session."""
    session = text(ctx)
    _put(ctx, caller, session, user, {"challenges": challenges, "state": state})
    return session


def text(ctx: Context) -> str:
    """Return a new Session string."""
    return PREFIX + base64.urlsafe_b64encode(ctx.desk.random(LENGTH)).decode()[: LENGTH - len(PREFIX)]


def begin_block(ctx: Context, caller: Caller, user: str, challenge: str, state: Record) -> str:
    """Store a challenge of SRP; return its SECRET_BLOCK, which identifies the answer."""
    block = base64.b64encode(ctx.desk.random(BLOCK)).decode()
    _put(ctx, caller, block, user, {"challenges": (challenge,), "state": state})
    return block


def _put(ctx: Context, caller: Caller, secret: str, user: str, asked: Record) -> None:
    value: dict[str, Any] = {
        **asked,
        "pool": caller.pool["id"],
        "client": caller.client_id,
        "hosted": caller.door == "hosted",
        "user": user,
        "used": False,
    }
    expires = ctx.now() + lifetime(caller)
    ctx.ledger.put(KIND, hashed(secret), value, pool=caller.pool["id"], owner=user, expires=expires)


def look(ctx: Context, secret: str, challenge: str) -> Pending:
    """Return the challenge of a Session, for any client.

    Raises:
        ServiceError: NotAuthorizedException: unknown, expired, used, or of another challenge.
    """
    entry = ctx.ledger.get(KIND, hashed(secret))
    if entry is None:
        raise ServiceError("NotAuthorizedException", NOT_VALID)
    if entry["used"]:
        raise ServiceError("NotAuthorizedException", USED)
    if entry["expires"] <= ctx.now():
        raise ServiceError("NotAuthorizedException", EXPIRED)
    if challenge not in entry["challenges"]:
        raise ServiceError("NotAuthorizedException", NOT_VALID)
    named = {k: entry[k] for k in ("pool", "client", "hosted", "user", "state", "expires")}
    return Pending(key=hashed(secret), challenges=tuple(entry["challenges"]), **named)


def find(ctx: Context, caller: Caller, secret: str, challenge: str) -> Pending:
    """Return the challenge of a Session.

    Raises:
        ServiceError: NotAuthorizedException: unknown, expired, used, or of another client or challenge.
    """
    pending = look(ctx, secret, challenge)
    asked_by = (pending.pool, pending.client, pending.hosted)
    if asked_by != (caller.pool["id"], caller.client_id, caller.door == "hosted"):
        raise ServiceError("NotAuthorizedException", NOT_VALID)
    return pending


def keep(ctx: Context, pending: Pending, state: Record) -> None:
    """Replace the state of a sign-in whose challenge still awaits its answer."""
    _replace(ctx, pending, state, used=False)


def use_up(ctx: Context, pending: Pending) -> None:
    """Mark a challenge as answered: its Session can only be used once."""
    _replace(ctx, pending, {}, used=True)


def end(ctx: Context, pending: Pending) -> None:
    """Remove a failed challenge: its Session becomes unknown."""
    ctx.ledger.drop(KIND, pending.key)


def _replace(ctx: Context, pending: Pending, state: Record, *, used: bool) -> None:
    value = {
        "pool": pending.pool,
        "client": pending.client,
        "hosted": pending.hosted,
        "user": pending.user,
        "challenges": pending.challenges,
        "state": state,
        "used": used,
    }
    ctx.ledger.put(KIND, pending.key, value, pool=pending.pool, owner=pending.user, expires=pending.expires)

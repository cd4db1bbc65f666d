"""Families of tokens: the tokens of one sign-in, and all that were renewed from them.

A family is an entry in the ledger under `origin_jti`. Tokens of a client with EnableTokenRevocation contain it; other
tokens are found by their `event_id`. Only the hash of a refresh token is stored.
"""

from __future__ import annotations

import uuid
from typing import Any

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.sessions import POOL, POOL_DEFAULT
from reconciler.local.signin.claims import TokenGrant, lifetime
from reconciler.local.signin.keys import encoded
from reconciler.local.signin.parties import Caller
from reconciler.local.store import ALPHABET, Record

KIND, REFRESH = "family", "refresh"
SESSION_ID = 25
"""Characters of a session id after its prefix."""
HEADER = b'{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}'
SEALED = (256, 12, 1000, 16)
"""Sizes in bytes of the parts of a refresh token after its header, as in a JWE: key, nonce, content, tag."""


def random_uuid(ctx: Context) -> str:
    """Return a random UUID, unique across runs."""
    return str(uuid.UUID(bytes=ctx.desk.random(16), version=4))


def _session_id(ctx: Context) -> str:
    return "tkn" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in ctx.desk.random(SESSION_ID))


def begin(ctx: Context, caller: Caller, user: Record, grant: TokenGrant) -> Record:
    """Return a new family, which is not stored yet.

    Its members: `origin`, `event`, `session` (ids), `client`, `user`, `scopes`, `hosted`, `auth_time`, `device_key`,
    `resource`, `sso`, `refreshable`; `created`, `active`, `until` (end of the refresh token) and `revoked`, in seconds
    since 1970.
    """
    now = ctx.now()
    kind = "RefreshToken" if grant.refreshable else "AccessToken"
    return {
        "origin": grant.origin or random_uuid(ctx),
        "event": grant.event_id or random_uuid(ctx),
        "session": _session_id(ctx),
        "client": caller.client_id,
        "user": user["username"],
        "scopes": list(grant.scopes),
        "hosted": caller.door == "hosted",
        "auth_time": grant.auth_time,
        "device_key": grant.device_key,
        "resource": grant.resource,
        "sso": grant.sso_session,
        "refreshable": grant.refreshable,
        "created": now,
        "active": now,
        "until": now + lifetime(caller.client, kind),
        "revoked": None,
    }


def grant_of(family: Record, source: str) -> TokenGrant:
    """Return the grant for renewed tokens of a family. A nonce is only in the first ID token."""
    return TokenGrant(
        scopes=tuple(family["scopes"]),
        source=source,
        auth_time=family["auth_time"],
        device_key=family["device_key"],
        origin=family["origin"],
        event_id=family["event"],
        resource=family["resource"],
        sso_session=family["sso"],
    )


def keep(ctx: Context, pool: Record, family: Record, until: float) -> None:
    """Store a family, at least until its last access token expires.

    Args:
        ctx: The context.
        pool: The pool.
        family: The family.
        until: When an access token of it expires, in seconds since 1970.
    """
    end = max(until, family["until"], family.get("expires") or 0.0)
    value = {k: v for k, v in family.items() if k != "expires"}
    ctx.ledger.put(KIND, family["origin"], value, pool=pool["id"], owner=family["user"], expires=end)


def make_room(ctx: Context, pool: Record, user: Record) -> None:
    """Revoke the least recently used families of a user to make room for one more, in a pool that tracks sessions."""
    if not tracks(pool):
        return
    most = int(pool["sessions"].get(POOL, POOL_DEFAULT)["TokenSession"]["MaxPerUser"])
    known = sorted(alive(ctx, pool, user), key=lambda f: f["active"])
    for family in known[: max(0, len(known) - most + 1)]:
        revoke(ctx, pool, family)


def tracks(pool: Record) -> bool:
    """Return whether a pool tracks the sessions of its users."""
    return bool(pool["sessions"].get(POOL, POOL_DEFAULT)["UserSessionTracking"] == "ENABLED")


def every(ctx: Context, pool: Record, user: Record) -> list[Record]:
    """Return the families of a user."""
    return [family for _, family in ctx.ledger.of(KIND, pool["id"], user["username"])]


def alive(ctx: Context, pool: Record, user: Record) -> list[Record]:
    """Return the families of a user that are neither expired nor revoked."""
    now = ctx.now()
    return [f for f in every(ctx, pool, user) if f["revoked"] is None and now < f["until"]]


def of_token(ctx: Context, pool: Record, claims: Record) -> Record | None:
    """Return the family that an access or ID token belongs to."""
    origin: Any = claims.get("origin_jti")
    if origin is not None:
        return ctx.ledger.get(KIND, str(origin))
    known = ctx.ledger.of(KIND, pool["id"], str(claims.get("username") or claims.get("cognito:username")))
    return next((f for _, f in known if f["event"] == claims.get("event_id")), None)


def revoke(ctx: Context, pool: Record, family: Record) -> None:
    """Revoke all tokens of a family."""
    if family["revoked"] is None:
        keep(ctx, pool, {**family, "revoked": ctx.now()}, 0.0)


def new_token(ctx: Context, pool: Record, family: Record) -> str:
    """Return a new refresh token of a family. It looks like a JWE, and is random."""
    token = ".".join((encoded(HEADER), *(encoded(ctx.desk.random(size)) for size in SEALED)))
    entry = {"family": family["origin"], "client": family["client"], "rotated": None}
    ctx.ledger.put(REFRESH, hashed(token), entry, pool=pool["id"], owner=family["user"], expires=family["until"])
    return token


def find(ctx: Context, pool: Record, token: str) -> tuple[Record, Record] | None:
    """Return the entry of a refresh token of a pool and its family, even if expired, or None."""
    entry = ctx.ledger.get(REFRESH, hashed(token))
    family = ctx.ledger.get(KIND, entry["family"]) if entry else None
    if entry is None or family is None or family["client"] not in pool["clients"]:
        return None
    return entry, family


def rotate(ctx: Context, pool: Record, token: str, entry: Record, family: Record) -> str:
    """Return a new refresh token that replaces another; it expires when the first one would have."""
    if entry["rotated"] is None:
        value = {"family": family["origin"], "client": family["client"], "rotated": ctx.now()}
        ctx.ledger.put(REFRESH, hashed(token), value, pool=pool["id"], owner=family["user"], expires=family["until"])
    return new_token(ctx, pool, family)

"""Codes that prove a user owns an address, and how often it may be tried.

A code is kept as a hash, and compared as text. A new one replaces the earlier one of its purpose; a replaced code is
refused as expired, as it was right once.
"""

from __future__ import annotations

import hmac
from typing import Literal

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.store import Record

HOUR = 3600.0
DAY = 24 * HOUR
SIGN_UP = "SignUp"
FORGOTTEN = "ForgotPassword"
LIMITS = {
    "ForgotPassword": 20,
    "ResendConfirmationCode": 5,
    "ConfirmSignUp": 15,
    "ChangePassword": 5,
    "GetUserAttributeVerificationCode": 5,
    "VerifyUserAttribute": 15,
}
"""Attempts an hour. ForgotPassword includes ConfirmForgotPassword; on AWS it is 5 to 20, by a risk unknown here."""
CODE, TRIES = "code", "tries"
"""Kinds of the ledger."""
REMEMBERED = 5
"""Number of replaced codes that are remembered."""
State = Literal["right", "wrong", "expired", "none"]


def verifying(attribute: str) -> str:
    """Return the purpose of a code that verifies an attribute."""
    return f"verify {attribute}"


def new(
    ctx: Context, pool: Record, user: Record, purpose: str, *, digits: int = 6, life: float, about: Record | None = None
) -> str:
    """Return a new code, which replaces earlier ones for the same purpose.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user.
        purpose: What it is for; a user has one code for each purpose.
        digits: How many it has.
        life: In seconds.
        about: What `check` returns.
    """
    name, key = user["username"], _key(pool, user["username"], purpose)
    before = ctx.ledger.get(CODE, key) or {}
    replaced = [h for h in (before.get("hash"), *before.get("replaced", ())) if h][:REMEMBERED]
    code = drawn(ctx, digits)
    while _hash(key, code) in replaced:  # it would be taken for an expired one
        code = f"{(int(code) + 1) % 10**digits:0{digits}}"
    kept = {"hash": _hash(key, code), "replaced": replaced, "about": about or {}}
    ctx.ledger.put(CODE, key, kept, pool=pool["id"], owner=name, expires=ctx.now() + life)
    return code


def drawn(ctx: Context, digits: int) -> str:
    """Return a random code; a zero at the start counts."""
    return f"{int.from_bytes(ctx.desk.random(8), 'big') % 10**digits:0{digits}}"


def _key(pool: Record, name: str, purpose: str) -> str:
    return f"{pool['id']} {purpose} {name}"


def _hash(key: str, code: str) -> str:
    return hashed(f"{key} {code}")


def look(ctx: Context, pool: Record, user: Record, purpose: str, code: str) -> State:
    """Return the state of a code without using it up; `expired` if it was replaced, `none` if there is none."""
    key = _key(pool, user["username"], purpose)
    kept = ctx.ledger.get(CODE, key)
    if kept is None:
        return "none"
    given = _hash(key, code)
    if ctx.now() >= kept["expires"] or given in kept["replaced"]:
        return "expired"
    return "right" if hmac.compare_digest(given, kept["hash"]) else "wrong"


def check(ctx: Context, pool: Record, user: Record, purpose: str, code: str) -> Record:
    """Check a code and return its `about`. It stays valid until `drop`, because the request can still be refused.

    Raises:
        ServiceError: CodeMismatchException; ExpiredCodeException, even if there is no code.
    """
    state = look(ctx, pool, user, purpose, code)
    if state == "wrong":
        raise mismatch()
    if state != "right":
        raise expired()
    about: Record = (ctx.ledger.get(CODE, _key(pool, user["username"], purpose)) or {})["about"]
    return about


def expired() -> ServiceError:
    """Return the error for a code that has expired, was replaced or was never requested."""
    return ServiceError("ExpiredCodeException", "Invalid code provided, please request a code again.")


def mismatch() -> ServiceError:
    """Return the error for a wrong code."""
    return ServiceError("CodeMismatchException", "Invalid verification code provided, please try again.")


def drop(ctx: Context, pool: Record, user: Record, purpose: str) -> None:
    """Invalidate the code for a purpose."""
    ctx.ledger.drop(CODE, _key(pool, user["username"], purpose))


def attempt(ctx: Context, pool: Record, name: str, what: str) -> None:
    """Count an attempt against its limit per hour (`LIMITS`).

    Args:
        ctx: The context.
        pool: The pool.
        name: The user's name, or the one typed if there is no such user.
        what: Key of `LIMITS`.

    Raises:
        ServiceError: LimitExceededException. An attempt over the limit does not count.
    """
    key, now = _key(pool, name, what), ctx.now()
    times = [t for t in (ctx.ledger.get(TRIES, key) or {}).get("times", ()) if t > now - HOUR]
    if len(times) >= LIMITS[what]:
        raise ServiceError("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    ctx.ledger.put(TRIES, key, {"times": [*times, now]}, pool=pool["id"], owner=name, expires=now + HOUR)

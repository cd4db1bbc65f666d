"""Passwords of users: stored as SRP verifiers, checked against policy and history, locked after failures."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import NoReturn

from reconciler.local.imported_passwords import VERIFIERS
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import parties, srp
from reconciler.local.store import Record

SHORTEST, LONGEST = 6, 256
"""Limits of the service itself, whatever the policy."""
SPACED = re.compile(r"^[\S]+.*[\S]+$")
"""A password may only contain spaces inside; the error message quotes this pattern."""
SYMBOLS = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+="
"""Characters that count as symbols; so does a space that is neither first nor last."""
RULES = (
    ("RequireLowercase", re.compile(r"[a-z]"), "lowercase"),
    ("RequireUppercase", re.compile(r"[A-Z]"), "uppercase"),
    ("RequireNumbers", re.compile(r"[0-9]"), "numeric"),
    ("RequireSymbols", re.compile(f"[{re.escape(SYMBOLS)} ]"), "symbol"),
)
"""Only ASCII letters and digits count; others are allowed but satisfy no rule."""
MOST_PAST = 24
"""Greatest PasswordHistorySize."""
FREE_FAILURES = 5
LONGEST_LOCK = FORGIVEN = 15 * 60.0
"""Seconds of the longest lock-out; after as many without an attempt, failures are forgotten."""
TEMPORARY_LENGTH = 12
TEMPORARY = ("abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!@#$%^*_-+=?")
"""Characters of temporary passwords: none that are easily confused or that HTML escapes."""


def _not_authorized(message: str) -> NoReturn:
    raise ServiceError("NotAuthorizedException", message)


def set_password(ctx: Context, pool: Record, user: Record, password: str, *, until: float | None = None) -> None:
    """Set the password of a user, which ends a lock-out. The caller checks it first, sets the status and puts the user.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user, changed in place; the former password goes to `past`.
        password: The password.
        until: When a temporary one expires, in seconds since 1970; None for a permanent one.
    """
    former = user["password"]
    if former is not None:
        kept = {k: former[k] for k in ("salt", "verifier", "hash") if k in former}
        user["past"] = [kept, *user["past"]][:MOST_PAST]
    salt, verifier = srp.make_verifier(pool["id"], user["username"], password)
    user["password"] = {"salt": salt, "verifier": verifier, "set": ctx.now(), "until": until}
    user["failures"] = {}


def matches(pool: Record, user: Record, password: str) -> bool:
    """Return whether a password is right; False if the user has none.

    An imported hash is replaced in `user` by a verifier; `succeeded` puts the user.

    Raises:
        ServiceError: NotImplementedException: an imported hash has a form that cannot be checked.
    """
    kept = user["password"]
    if kept is None or not _is(pool, user, kept, password):
        return False
    if "hash" in kept:
        salt, verifier = srp.make_verifier(pool["id"], user["username"], password)
        times = {"set": kept.get("set", user["modified"]), "until": kept.get("until")}
        user["password"] = {"salt": salt, "verifier": verifier, **times}
    return True


def _is(pool: Record, user: Record, kept: Record, password: str) -> bool:
    if "hash" in kept:
        algorithm, text = kept["hash"]
        return VERIFIERS[algorithm](password, text)
    made = srp.make_verifier(pool["id"], user["username"], password, kept["salt"])[1]
    return hmac.compare_digest(made, kept["verifier"])


def check_policy(pool: Record, password: str, *, admin: bool, member: str = "password") -> None:
    """Check a password against the policy of the pool; the error names the first broken rule.

    Args:
        pool: The pool.
        password: The password.
        admin: Whether an administrator sets it; the wording differs.
        member: Name of the request's member, in lower camel case.

    Raises:
        ServiceError: InvalidPasswordException; InvalidParameterException below 6 characters, above 256, or with a
            space at an end.
    """
    breach = _breach(password)
    if breach:
        refuse(f"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must {breach}")
    policy = _policy(pool)
    said = "Password not long enough" if len(password) < int(policy.get("MinimumLength", 8)) else ""
    for name, pattern, word in RULES:
        if not said and policy.get(name) and not pattern.search(password):
            said = f"Password must have {word} characters"
    if said:
        kind = "password policy" if admin else "policy"
        raise ServiceError("InvalidPasswordException", f"Password did not conform with {kind}: {said}")


def _breach(password: str) -> str:
    if len(password) < SHORTEST:
        return f"have length greater than or equal to {SHORTEST}"
    if len(password) > LONGEST:
        return f"have length less than or equal to {LONGEST}"
    if SPACED.fullmatch(password) is None:
        return f"satisfy regular expression pattern: {SPACED.pattern}"
    return ""


def _policy(pool: Record) -> Record:
    policy: Record = pool["config"].get("Policies", {}).get("PasswordPolicy", {})
    return policy


def check_history(pool: Record, user: Record, password: str) -> None:
    """Check that a password is neither the current one nor one of the last ones.

    Raises:
        ServiceError: PasswordHistoryPolicyViolationException.
    """
    size = int(_policy(pool).get("PasswordHistorySize") or 0)
    known = [p for p in (user["password"], *user["past"]) if p is not None]
    if any(_is(pool, user, p, password) for p in known[:size]):
        said = f"Password has been used before: it must differ from the last {size}."
        raise ServiceError("PasswordHistoryPolicyViolationException", said)


def check_temporary(ctx: Context, user: Record) -> None:
    """Check that a temporary password has not expired.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    until = (user["password"] or {}).get("until")
    if until is not None and ctx.now() >= until:
        _not_authorized("Temporary password has expired and must be reset by an administrator.")


def check_lock(ctx: Context, user: Record) -> None:
    """Check that the user is not locked out after failures. Call this before the password is checked.

    An attempt during a lock-out does not count, so do not call `failed` for it.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    if ctx.now() < user["failures"].get("until", 0.0):
        _not_authorized("Password attempts exceeded")


def failed(ctx: Context, pool: Record, user: Record) -> None:
    """Count a wrong password or code, and put the user.

    The fifth failure in a row locks the user out for a second, and each further one for twice as long.
    """
    now, known = ctx.now(), user["failures"]
    recent = now - known.get("last", 0.0) < FORGIVEN
    count = 1 + (known["count"] if recent else 0)
    lock = min(2.0 ** (min(count, 60) - FREE_FAILURES), LONGEST_LOCK) if count >= FREE_FAILURES else 0.0
    user["failures"] = {"count": count, "until": now + lock, "last": now}
    parties.put(ctx, pool, user)


def succeeded(ctx: Context, pool: Record, user: Record) -> None:
    """Reset the count of failures, and put the user if it has changed."""
    user["failures"] = {}
    parties.put(ctx, pool, user)


def temporary_password(pool: Record) -> str:
    """Return a random password that satisfies the policy of the pool."""
    length = max(TEMPORARY_LENGTH, int(_policy(pool).get("MinimumLength", 8)))
    characters = [secrets.choice(kind) for kind in TEMPORARY]
    characters += [secrets.choice("".join(TEMPORARY)) for _ in range(length - len(TEMPORARY))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)

"""Codes that prove a user owns an address, and how often somebody may try (cognito.md 16)."""

from __future__ import annotations

from typing import Literal

from reconciler.local.operation import Context
from reconciler.local.store import Record

DAY = 24 * 3600.0
HOUR = 3600.0
SIGN_UP = "SignUp"
FORGOTTEN = "ForgotPassword"
State = Literal["right", "wrong", "expired", "none"]


def verifying(attribute: str) -> str:
    """Return the purpose of a code that verifies an attribute."""
    return f"verify {attribute}"


def new(ctx: Context, pool: Record, user: Record, purpose: str, *, digits: int = 6, life: float) -> str:
    """Return a new code, which replaces earlier ones of its purpose.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user.
        purpose: What it is for; each has one code a user.
        digits: How many it has; a zero at the start counts.
        life: In seconds.
    """
    raise NotImplementedError


def look(ctx: Context, pool: Record, user: Record, purpose: str, code: str) -> State:
    """Return what a code is, without using it up: `right`, `wrong`, `expired` (also a replaced one), or `none`."""
    raise NotImplementedError


def check(ctx: Context, pool: Record, user: Record, purpose: str, code: str) -> None:
    """Check a code and use it up.

    Raises:
        ServiceError: CodeMismatchException, or ExpiredCodeException, also when there is none.
    """
    raise NotImplementedError


def drop(ctx: Context, pool: Record, user: Record, purpose: str) -> None:
    """Make the code of a purpose invalid."""
    raise NotImplementedError


def attempt(ctx: Context, pool: Record, name: str, what: str) -> None:
    """Count a try of something that may be tried so many times an hour (`LIMITS`).

    Args:
        ctx: The context.
        pool: The pool.
        name: The user's name, or the one typed if there is no such user.
        what: Key of `LIMITS`.

    Raises:
        ServiceError: LimitExceededException.
    """
    raise NotImplementedError

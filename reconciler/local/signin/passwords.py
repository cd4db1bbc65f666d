"""Passwords of users: kept as verifiers of SRP only, checked against policy and history, and locked after failures."""

from __future__ import annotations

from reconciler.local.operation import Context
from reconciler.local.store import Record


def set_password(ctx: Context, pool: Record, user: Record, password: str, *, until: float | None = None) -> None:
    """Give a user a password, which ends a lock-out. The caller checks it before, sets the status and puts the user.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user, which is changed in place; the former password goes to `past`.
        password: The password.
        until: When a temporary one ends, in seconds since 1970; None for a permanent one.
    """
    raise NotImplementedError


def matches(pool: Record, user: Record, password: str) -> bool:
    """Return whether a password is the user's; False without one.

    If only a hash was known, it is replaced in `user` by a verifier; `succeeded` puts the user.

    Raises:
        ServiceError: NotImplementedException: an imported hash has a form that cannot be checked.
    """
    raise NotImplementedError


def check_policy(pool: Record, password: str, *, admin: bool, member: str = "password") -> None:
    """Check a password against the policy of the pool; the first broken rule is said.

    Args:
        pool: The pool.
        password: The password.
        admin: Whether an administrator sets it, for whom the wording differs.
        member: Name of the request's member, in lower camel case.

    Raises:
        ServiceError: InvalidPasswordException; InvalidParameterException below 6 characters, above 256, or with a
            space at an end.
    """
    raise NotImplementedError


def check_history(pool: Record, user: Record, password: str) -> None:
    """Check that a password is none of the user's last ones, the current included.

    Raises:
        ServiceError: PasswordHistoryPolicyViolationException.
    """
    raise NotImplementedError


def check_temporary(ctx: Context, user: Record) -> None:
    """Check that a temporary password has not ended.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    raise NotImplementedError


def check_lock(ctx: Context, user: Record) -> None:
    """Check that the user is not locked out after failures; ask before the password is looked at.

    Raises:
        ServiceError: NotAuthorizedException.
    """
    raise NotImplementedError


def failed(ctx: Context, pool: Record, user: Record) -> None:
    """Count a wrong password or code, and put the user. From the fifth in a row on, the user is locked out."""
    raise NotImplementedError


def succeeded(ctx: Context, pool: Record, user: Record) -> None:
    """Forget failures, and put the user if anything of it has changed."""
    raise NotImplementedError


def temporary_password(pool: Record) -> str:
    """Return a random password that the policy of the pool allows."""
    raise NotImplementedError

"""Addresses that a sign-in has proven: a code that was sent to one came back."""

from __future__ import annotations

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.store import Record
from reconciler.local.user_checks import aliases, holds


def mark_verified(ctx: Context, pool: Record, user: Record, attribute: str) -> None:
    """Mark an attribute as verified. The caller puts the user.

    Raises:
        ServiceError: AliasExistsException: users sign in with it, and it belongs to another one.
    """
    check_free(ctx, pool, user, attribute)
    user["attributes"][f"{attribute}_verified"] = "true"


def check_free(ctx: Context, pool: Record, user: Record, attribute: str) -> None:
    """Check that an address with which users sign in belongs to no other one.

    Raises:
        ServiceError: AliasExistsException.
    """
    if attribute not in aliases(pool):
        return
    for other in ctx.people.with_attribute(pool["id"], attribute, user["attributes"][attribute]):
        if other["username"] != user["username"] and holds(pool, other["attributes"], attribute):
            raise ServiceError("AliasExistsException", f"An account with the {attribute} already exists.")

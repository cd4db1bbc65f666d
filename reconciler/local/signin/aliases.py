"""What users sign in with in place of their name: an address, or `preferred_username` where it is an alias.

An address counts once it is verified; in a pool whose user names are addresses, and for `preferred_username`, as soon
as it is set. A value belongs to one user (sign-in.md 1.1.6).
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import parties
from reconciler.local.store import Record

PREFERRED = "preferred_username"
EXISTS = "AliasExistsException"


def kinds(pool: Record) -> set[str]:
    """Return the attributes with which users sign in in place of a name."""
    config = pool["config"]
    return {*(config.get("UsernameAttributes") or ()), *(config.get("AliasAttributes") or ())}


def unproven(pool: Record) -> set[str]:
    """Return those that count as soon as they are set: no code verifies them first."""
    return kinds(pool) & {PREFERRED, *(pool["config"].get("UsernameAttributes") or ())}


def holds(pool: Record, attributes: Mapping[str, str], kind: str) -> bool:
    """Return whether a user with these attributes signs in with one of them."""
    sure = kind in unproven(pool) or attributes.get(f"{kind}_verified") == "true"
    return kind in kinds(pool) and bool(attributes.get(kind)) and sure


def held(pool: Record, attributes: Mapping[str, str]) -> list[str]:
    """Return the attributes with which such a user signs in, sorted."""
    return sorted(kind for kind in kinds(pool) if holds(pool, attributes, kind))


def owner(ctx: Context, pool: Record, kind: str, value: str, but: str = "") -> Record | None:
    """Return the user who signs in with a value, other than the one of a name."""
    if kind not in kinds(pool):
        return None
    for other in ctx.people.with_attribute(pool["id"], kind, value):
        if other["username"] != but and holds(pool, other["attributes"], kind):
            return other
    named_so = ctx.people.get(pool["id"], value) if kind == PREFERRED else None
    return named_so if named_so and named_so["username"] != but else None


def check_free(ctx: Context, pool: Record, kind: str, value: str, but: str = "", *, code: str = EXISTS) -> None:
    """Check that no other user signs in with a value.

    Args:
        ctx: The context.
        pool: The pool.
        kind: The attribute.
        value: Its value, as it is stored.
        but: Name of the user that is written; empty for a new one.
        code: The exception.

    Raises:
        ServiceError: `code`.
    """
    if owner(ctx, pool, kind, value, but) is not None:
        raise ServiceError(code, f"An account with the given {kind} already exists.")


def is_taken(ctx: Context, pool: Record, name: str) -> bool:
    """Return whether a user signs in with what is to be the name of a new one."""
    return parties.find_by_name(ctx, pool, name) is not None or owner(ctx, pool, PREFERRED, name) is not None


def verify(ctx: Context, pool: Record, user: Record, kind: str, *, move: bool) -> None:
    """Mark an address of a user as verified. The caller puts the user.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user.
        kind: `email` or `phone_number`.
        move: Whether another user who signs in with it loses it: the address is then no longer verified there. An
            address that is the name of a user cannot be taken away.

    Raises:
        ServiceError: AliasExistsException.
    """
    value = user["attributes"][kind]
    if not move or kind in unproven(pool):
        check_free(ctx, pool, kind, value, user["username"])
    other = owner(ctx, pool, kind, value, user["username"])
    if other is not None:
        other["attributes"][f"{kind}_verified"] = "false"
        parties.touch(ctx, pool, other)
    user["attributes"][f"{kind}_verified"] = "true"


def claim(ctx: Context, pool: Record, user: Record, *, move: bool) -> None:
    """Check that no other user signs in with what a new user brings, or take it from them. The caller puts the user.

    Args:
        ctx: The context.
        pool: The pool.
        user: The user.
        move: As for `verify`; `preferred_username` is never taken from anyone.

    Raises:
        ServiceError: AliasExistsException.
    """
    for kind in held(pool, user["attributes"]):
        if kind in unproven(pool):
            check_free(ctx, pool, kind, user["attributes"][kind], user["username"])
        else:
            verify(ctx, pool, user, kind, move=move)

"""Rules about the pool itself, sign-up, and the life of an account."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Rule
from reconciler.security.rule import SecurityRule, Seen, text

POOL = "user_pool"


def _unprotected(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    if pool and text(pool, "DeletionProtection") != "ACTIVE":
        yield Breach(POOL, "", ("DeletionProtection",), "One call can delete the pool with all its users.")


CG001 = SecurityRule(
    Rule(
        id="CG001",
        title="No deletion protection",
        what="DeletionProtection is not ACTIVE.",
        why="DeleteUserPool deletes all users at once and for good; point-in-time recovery does not cover it.",
        source=("Security Hub Cognito.6", "Prowler"),
        advice="Set user_pool.DeletionProtection to ACTIVE, and turn it off only in a change of its own.",
    ),
    "high",
    ("user_pool.DeletionProtection",),
    _unprotected,
    profiles={"dev": "low"},
    same={"prowler": ("cognito_user_pool_deletion_protection_enabled",), "security-hub": ("Cognito.6",)},
)

RULES = (CG001,)

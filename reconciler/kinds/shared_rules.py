"""Helpers shared by the rules of several kinds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.model import Path, Tree
from schemas.published import PUBLISHED

TIERS: Sequence[str] = PUBLISHED["feature_plans"]
"""Feature plans, lowest first (cognito.md 2.19)."""


def dig(tree: Any, *path: str) -> Any:
    """Return the value at a path, or None if any part of it is missing."""
    for step in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(step)
    return tree


def arn_part(arn: object, index: int) -> str:
    """Return a part of an ARN (3 is the Region, 4 the account), or empty for values that are not ARNs."""
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[index] if len(parts) > index and parts[0] == "arn" else ""


def tier(state: State) -> str:
    """Return the pool's feature plan, or empty if unknown.

    A new pool is ESSENTIALS, or PLUS if threat protection is declared without a plan (rule P24).
    """
    found = dig(state.one("user_pool"), "UserPoolTier")
    return found if found in TIERS else ""


def below(state: State, needed: str) -> bool:
    """Return whether the pool's plan is known to be lower than a feature requires."""
    have = tier(state)
    return bool(have) and TIERS.index(have) < TIERS.index(needed)


def needs_plan(section: str, name: str, path: Path, what: str, needed: str) -> Breach:
    """Return a breach: a feature requires a higher plan."""
    return Breach(
        section,
        name,
        path,
        f"{what} requires the feature plan {needed} or higher.",
        f"Set user_pool.UserPoolTier to {needed}, or remove the feature.",
    )


P23 = Rule(
    id="P23",
    title="A feature that the feature plan does not include",
    what="A feature is configured that needs a higher feature plan (UserPoolTier) than the pool has.",
    why="Cognito refuses it with FeatureUnavailableInTierException or InvalidParameterException, and by then other "
    "changes may have been made.",
    source=("cognito.md 3.1", "cognito.md 2.19"),
    advice="Set user_pool.UserPoolTier to the plan that the feature needs, or remove the feature.",
    offline=True,
)
"""The features themselves are named by the kinds that have them; each adds a check of its own."""


def strings(value: Any) -> list[str]:
    """Return the strings of a list without unknown leaves."""
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def unsure(value: Any) -> bool:
    """Return whether a list has unknown leaves, so missing items cannot be reported."""
    return isinstance(value, list) and any(not isinstance(v, str) for v in value)


def single(section: str, path: Path, message: str, advice: str = "") -> Breach:
    """Return a breach by the single object of a section."""
    return Breach(section, "", path, message, advice)


def sms(state: State) -> Tree:
    """Return the pool's SMS configuration: one store, written by the pool and by its MFA settings."""
    pool = dig(state.one("user_pool"), "SmsConfiguration")
    return pool or dig(state.one("mfa"), "SmsMfaConfiguration", "SmsConfiguration") or {}

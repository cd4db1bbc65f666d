"""Helpers shared by the rules of several kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.kind import Breach, Rule, State, is_blank
from reconciler.model import Path, Tree
from schemas.published import PUBLISHED
from schemas.user_pool import STANDARD_ATTRIBUTES

TIERS: Sequence[str] = PUBLISHED["feature_plans"]
"""Feature plans, lowest first (cognito.md 2.19)."""


def dig(tree: Any, *path: str) -> Any:
    """Return the value at a path, or None if any part of it is missing."""
    for step in path:
        if type(tree) is not dict and not isinstance(tree, dict):  # most are, and the second question takes longer
            return None
        tree = tree.get(step)
    return tree


def arn_part(arn: object, index: int) -> str:
    """Return a part of an ARN (3 is the Region, 4 the account), or empty for values that are not ARNs."""
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[index] if len(parts) > index and parts[0] == "arn" else ""


def functions(config: Any) -> Iterator[str]:
    """Yield the ARN of each function of LambdaConfig once."""
    seen: set[str] = set()
    for value in (config if isinstance(config, dict) else {}).values():
        arn = value.get("LambdaArn") if isinstance(value, dict) else value
        if isinstance(arn, str) and arn_part(arn, 2) == "lambda" and arn not in seen:
            seen.add(arn)
            yield arn


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


def has_plan(needed: str) -> Callable[[Tree], bool]:
    """Return a function that decides, by a pool's own answer, whether its feature plan has what this one has.

    A pool without a plan in its answer is older than the plans, or read by an older model: it may have everything.
    """

    def has(pool: Tree) -> bool:
        have = pool.get("UserPoolTier")
        return have not in TIERS or TIERS.index(have) >= TIERS.index(needed)

    return has


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
    return [v for v in value if isinstance(v, str)] if value and isinstance(value, list) else []


def unsure(value: Any) -> bool:
    """Return whether a list has unknown leaves, so missing items cannot be reported."""
    return isinstance(value, list) and any(not isinstance(v, str) for v in value)


def single(section: str, path: Path, message: str, advice: str = "") -> Breach:
    """Return a breach by the single object of a section."""
    return Breach(section, "", path, message, advice)


def sms(state: State) -> Tree:
    """Return the pool's SMS configuration: one store, written by the pool and by its MFA settings."""
    pool = dig(state.one("user_pool"), "SmsConfiguration")
    mfa = dig(state.one("mfa"), "SmsMfaConfiguration", "SmsConfiguration")
    return filled(pool or {}) or filled(mfa or {})


def no_sms(state: State) -> bool:
    """Return whether a pool is known to have no way to send SMS."""
    pool = state.one("user_pool")
    config = pool.get("SmsConfiguration")
    blank = isinstance(config, dict) and not filled(config) and not state.offline  # a manifest may add to what is live
    return not sms(state) and (blank or state.lacks(pool, "SmsConfiguration"))


def filled(tree: Tree) -> Tree:
    """Return a structure without the members that are as good as none."""
    return {k: v for k, v in tree.items() if not is_blank(v)}


# --- attributes ----------------------------------------------------------------------------------------------------


def attributes(state: State) -> Mapping[str, Tree]:
    """Return the attributes of the pool by the names that clients and identity providers use."""
    derived = state.derived
    if attributes not in derived:
        schema = schema_of(state)
        custom = {full_name(a): a for a in schema if a.get("Name") not in STANDARD_ATTRIBUTES}
        standard = {a["Name"]: a for a in schema if a.get("Name") in STANDARD_ATTRIBUTES}
        derived[attributes] = {
            **STANDARD_ATTRIBUTES,
            **{name: {**STANDARD_ATTRIBUTES[name], **own} for name, own in standard.items()},
            **custom,
        }
    found: Mapping[str, Tree] = derived[attributes]
    return found


def schema_of(state: State) -> Sequence[Tree]:
    """Return the attributes of the pool that are declared or live, as the pool spells them."""
    return [a for a in state.one("user_pool").get("Schema") or () if isinstance(a, dict) and isinstance(a["Name"], str)]


def full_name(attribute: Tree) -> str:
    """Return the name of a custom attribute as clients and identity providers use it."""
    name = str(attribute["Name"]).removeprefix("dev:").removeprefix("custom:")
    return f"dev:custom:{name}" if attribute.get("DeveloperOnlyAttribute") is True else f"custom:{name}"


def is_custom(name: str) -> bool:
    """Return whether a name is one that a custom attribute can have: any other one can never be added to a pool."""
    return name.startswith(("custom:", "dev:custom:"))


def no_attribute(name: str, known: Mapping[str, Tree]) -> tuple[str, str]:
    """Return what is wrong with the name of an attribute that a pool does not have, and what to do."""
    prefixed = f"custom:{name}"
    if prefixed in known:
        return f"The pool has no attribute {name}.", f"Write {prefixed}."
    if is_custom(name):
        return f"The pool has no attribute {name}.", ""
    message = f"{name} is not a standard attribute, and the names of custom attributes begin with custom:."
    return message, f"Write {prefixed} and declare it under user_pool.Schema, or correct the name."

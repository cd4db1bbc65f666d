"""Rules about Lambda triggers: whose code takes part in sign-in, and which of its versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.kind import Breach, Rule
from reconciler.kinds.shared_rules import arn_part
from reconciler.model import Path
from reconciler.security.catalogue.client_traits import (
    CLIENTS,
    PASSWORD,
    POOL,
    SERVER_PASSWORD,
    clients,
    flows,
    oauth,
    whole,
)
from reconciler.security.rule import SecurityRule, Seen, dig, texts

FUNCTIONS = "LambdaConfig"
LEGACY, CURRENT = "PreTokenGeneration", "PreTokenGenerationConfig"

ENFORCED: Mapping[str, tuple[str, ...]] = {"CG804": ("P21",), "CG805": ("P22", "P23")}
"""Rules of the catalogue that Cognito enforces by itself, wholly or in part, and the rules of `kinds/` that say so."""


def functions(seen: Seen) -> Iterator[tuple[Path, str]]:
    """Yield the path and the ARN of each trigger, once if it is there in its legacy form too."""
    found = seen.one(POOL).get(FUNCTIONS)
    config = found if isinstance(found, dict) else {}
    for name, value in config.items():
        nested = isinstance(value, dict)
        arn = value.get("LambdaArn") if nested else value
        doubled = name == LEGACY and bool(config.get(CURRENT))
        if isinstance(arn, str) and arn_part(arn, 2) == "lambda" and not doubled:
            yield ((FUNCTIONS, name, "LambdaArn") if nested else (FUNCTIONS, name)), arn


def _latest(seen: Seen) -> Iterator[Breach]:
    for path, arn in functions(seen):
        if not arn_part(arn, 7):
            yield Breach(POOL, "", path, f"Every upload to {arn_part(arn, 6)} takes part in sign-in at once.")


CG803 = SecurityRule(
    Rule(
        id="CG803",
        title="A trigger without a version or an alias",
        what="The ARN of a trigger names no version and no alias.",
        why="Whoever may upload code to the function changes how users sign in, without a change in this manifest, and "
        "there is no version to go back to.",
        source=("AWS Lambda developer guide", "cognito.md 9.2"),
        advice="Publish a version, and add it or an alias to the ARN: …:function:NAME:live.",
    ),
    "low",
    ("user_pool.LambdaConfig",),
    _latest,
    profiles={"dev": None},
)


def _other_account(seen: Seen) -> Iterator[Breach]:
    for path, arn in functions(seen):
        owner = arn_part(arn, 4)
        if seen.state.account and owner not in ("", seen.state.account):
            yield Breach(POOL, "", path, f"The function belongs to the account {owner}.")


CG806 = SecurityRule(
    Rule(
        id="CG806",
        title="A trigger of another account",
        what="A function in LambdaConfig belongs to another account than the pool.",
        why="Its code decides about sign-ups, sign-ins and claims, or gets passwords and codes, and your account sees "
        "neither who changes it nor when.",
        source=("cognito.md 9.2",),
        advice="Move the function to the account of the pool.",
    ),
    "high",
    ("user_pool.LambdaConfig",),
    _other_account,
    profiles={"dev": "low"},
)


def _idle_migration(seen: Seen) -> Iterator[Breach]:
    if not dig(seen.one(POOL), FUNCTIONS, "UserMigration"):
        return
    every = [client for _, client in clients(seen)]
    if not every or not seen.knows(CLIENTS) or not all(_is_known(client) for client in every):
        return
    reached = any(
        flows(client) & (PASSWORD | SERVER_PASSWORD)
        or ("COGNITO" in texts(client, "SupportedIdentityProviders") and oauth(client) & {"code", "implicit"})
        for client in every
    )
    if not reached:
        yield Breach(POOL, "", (FUNCTIONS, "UserMigration"), "No client can reach the function.")


def _is_known(client: dict[str, object]) -> bool:
    return all(whole(client, m) for m in ("ExplicitAuthFlows", "SupportedIdentityProviders", "AllowedOAuthFlows"))


CG807 = SecurityRule(
    Rule(
        id="CG807",
        title="A migration that no client can reach",
        what="LambdaConfig has UserMigration, and no client takes passwords: none has ALLOW_USER_PASSWORD_AUTH or "
        "ALLOW_ADMIN_USER_PASSWORD_AUTH, or signs users of the pool in on the sign-in pages.",
        why="The function gets passwords in plain text as soon as a client allows it, long after the migration.",
        source=("cognito.md 9.2",),
        advice="Remove UserMigration.",
    ),
    "low",
    ("user_pool.LambdaConfig.UserMigration", "clients.ExplicitAuthFlows"),
    _idle_migration,
)

RULES = (CG803, CG806, CG807)

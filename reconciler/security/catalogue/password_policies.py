"""Rules about passwords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Risk
from reconciler.security.catalogue.pool_traits import POOL, has_trigger
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, Steps, dig, text
from schemas.security import Profile

POLICY: Steps = ("Policies", "PasswordPolicy")
NOT_FOR_PROGRAMS: dict[Profile, Risk | None] = {"machine": None, "dev": "low"}
LENGTHS: tuple[tuple[int, Risk], ...] = ((8, "high"), (12, "medium"), (14, "low"))
"""Lengths below which a password policy is weak, and how bad that is."""


def _length(seen: Seen) -> Iterator[Breach]:
    path = (*POLICY, "MinimumLength")
    length = dig(seen.one(POOL), *path)
    risk = next((risk for least, risk in LENGTHS if isinstance(length, int) and length < least), None)
    if risk:
        worst = "low" if seen.profile == "dev" else risk
        yield RankedBreach(POOL, "", path, f"Passwords of {length} characters are accepted.", risk=worst)


CG101 = SecurityRule(
    Rule(
        id="CG101",
        title="Short passwords",
        what="MinimumLength is below 14: below 8 is of high severity, below 12 of medium.",
        why="Length protects a password better than anything else: short ones are guessed, and found in leaked lists.",
        source=("Security Hub Cognito.3", "Prowler", "cdk-nag", "NIST SP 800-63B"),
        advice="Set user_pool.Policies.PasswordPolicy.MinimumLength to 14.",
    ),
    "medium",
    ("user_pool.Policies.PasswordPolicy.MinimumLength",),
    _length,
    profiles=NOT_FOR_PROGRAMS,
    same={
        "prowler": ("cognito_user_pool_password_policy_minimum_length_14",),
        "security-hub": ("Cognito.3",),
        "aws-config": ("cognito-user-pool-password-policy-check",),
        "cdk-nag": ("AwsSolutions-COG1",),
    },
)


def _class_rule(identifier: str, member: str, what: str, prowler: str, *, nag: bool) -> SecurityRule:
    """Return the rule about one class of characters."""
    path = (*POLICY, member)

    def check(seen: Seen) -> Iterable[Breach]:
        if dig(seen.one(POOL), *path) is False:
            yield Breach(POOL, "", path, f"A password needs no {what.partition(' ')[2]}.")

    return SecurityRule(
        Rule(
            id=identifier,
            title=f"Passwords without {what}",
            what=f"{member} is false.",
            why="Guidelines that many audits follow ask for all classes of characters; NIST asks for length in their "
            "place.",
            source=("Security Hub Cognito.3", "Prowler"),
            advice=f"Set user_pool.Policies.PasswordPolicy.{member} to true, or require 15 characters and waive this.",
        ),
        "low",
        (f"user_pool.Policies.PasswordPolicy.{member}",),
        check,
        profiles=NOT_FOR_PROGRAMS,
        same={
            "prowler": (f"cognito_user_pool_password_policy_{prowler}",),
            "security-hub": ("Cognito.3",),
            "aws-config": ("cognito-user-pool-password-policy-check",),
            **({"cdk-nag": ("AwsSolutions-COG1",)} if nag else {}),
        },
    )


CG102 = _class_rule("CG102", "RequireLowercase", "a lower-case letter", "lowercase", nag=False)
CG103 = _class_rule("CG103", "RequireUppercase", "an upper-case letter", "uppercase", nag=True)
CG104 = _class_rule("CG104", "RequireNumbers", "a digit", "number", nag=True)
CG105 = _class_rule("CG105", "RequireSymbols", "a symbol", "symbol", nag=True)

LONGEST_INVITATION = 7


def _temporary(seen: Seen) -> Iterator[Breach]:
    path = (*POLICY, "TemporaryPasswordValidityDays")
    days = dig(seen.one(POOL), *path)
    if isinstance(days, int) and days > LONGEST_INVITATION:
        yield Breach(POOL, "", path, f"The password of an invitation is valid for {days} days.")


CG107 = SecurityRule(
    Rule(
        id="CG107",
        title="Invitations that stay valid for long",
        what="TemporaryPasswordValidityDays is more than 7.",
        why="A temporary password lies in a mailbox, and whoever reads it first sets the real one.",
        source=("Prowler", "Security Hub Cognito.3"),
        advice="Set user_pool.Policies.PasswordPolicy.TemporaryPasswordValidityDays to 3, or to 7 at most.",
    ),
    "medium",
    ("user_pool.Policies.PasswordPolicy.TemporaryPasswordValidityDays",),
    _temporary,
    profiles=NOT_FOR_PROGRAMS,
    same={
        "prowler": ("cognito_user_pool_temporary_password_expiration",),
        "security-hub": ("Cognito.3",),
        "aws-config": ("cognito-user-pool-password-policy-check",),
    },
)


def _history(seen: Seen) -> Iterator[Breach]:
    pool, path = seen.one(POOL), (*POLICY, "PasswordHistorySize")
    if text(pool, "UserPoolTier") in ("ESSENTIALS", "PLUS") and dig(pool, *path) in (None, 0):
        yield Breach(POOL, "", path, "Users can set a password again that they had before.")


CG108 = SecurityRule(
    Rule(
        id="CG108",
        title="No history of passwords",
        what="PasswordHistorySize is 0 or absent, and the feature plan includes it.",
        why="After a leak, users go back to the leaked password.",
        source=("PasswordPolicyType of the API",),
        advice="Set user_pool.Policies.PasswordPolicy.PasswordHistorySize to 5 or more.",
    ),
    "low",
    ("user_pool.Policies.PasswordPolicy.PasswordHistorySize", "user_pool.UserPoolTier"),
    _history,
    profiles={"machine": None, "dev": None},
)


def _migration(seen: Seen) -> Iterator[Breach]:
    if has_trigger(seen, "UserMigration"):
        yield Breach(
            POOL, "", ("LambdaConfig", "UserMigration"), "A function gets the passwords of users in plain text."
        )


CG109 = SecurityRule(
    Rule(
        id="CG109",
        title="A migration of users that has not ended",
        what="LambdaConfig has a UserMigration trigger.",
        why="Each sign-in of an unknown user hands a plain password to a function, and the clients need flows that "
        "send passwords. That is right for as long as users are migrated, and no longer.",
        source=("UserMigration of LambdaConfigType of the API",),
        advice="Waive this rule until the day on which the migration ends; then remove the trigger and the flow "
        "ALLOW_USER_PASSWORD_AUTH.",
    ),
    "medium",
    ("user_pool.LambdaConfig.UserMigration",),
    _migration,
)

RULES = (CG101, CG102, CG103, CG104, CG105, CG107, CG108, CG109)

"""The service's rules about a pool as a whole (cognito.md 3.1), checked before the first write.

Each rule checks the planned state. An offline state holds only the declared members, and an absent member is
unknown: rules about missing members are then silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reconciler.kinds.kind import State, Violation
from reconciler.kinds.shared_rules import arn_part, below, dig, single, sms, strings, tier, tier_violation, unsure
from reconciler.model import Path
from schemas.user_pool import STANDARD_ATTRIBUTES

POOL = "user_pool"

SNS_ALTERNATES = {
    "us-east-2": ("us-east-2", "us-east-1"),
    "ca-central-1": ("ca-central-1", "us-east-1"),
    "eu-central-1": ("eu-central-1", "eu-west-1"),
    "eu-west-2": ("eu-west-2", "eu-west-1"),
    "ap-south-1": ("ap-south-1", "ap-southeast-1"),
    "ap-northeast-2": ("ap-northeast-1",),
    "ap-east-1": ("ap-southeast-1",),
    "ap-southeast-5": ("ap-southeast-1",),
    "ap-southeast-7": ("ap-south-1",),
}
"""Regions that may send SMS for a pool, if not only the pool's own (cognito.md 9.1)."""

SES_OLD_POOLS = frozenset(
    {
        "us-east-1",
        "us-east-2",
        "us-west-2",
        "ca-central-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "eu-west-2",
        "eu-central-1",
    }
)
SES_COMMON = frozenset({"us-east-1", "us-west-2", "eu-west-1"})
"""Regions whose SES identities the older pool Regions may use in addition to their own (cognito.md 9.3)."""

TRIGGER_STRUCTURES = ("PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender", "InboundFederation")


def sign_in_names(state: State) -> Iterator[Violation]:
    """P1."""
    pool = state.one(POOL)
    if pool.get("AliasAttributes") and pool.get("UsernameAttributes"):
        yield single(
            POOL,
            "P1",
            ("AliasAttributes",),
            "AliasAttributes and UsernameAttributes exclude each other.",
            "Keep AliasAttributes to sign in with a user name or an alias, or UsernameAttributes to sign in with "
            "e-mail or phone number alone.",
        )


def verification(state: State) -> Iterator[Violation]:
    """P2 and P11."""
    pool = state.one(POOL)
    verified = strings(pool.get("AutoVerifiedAttributes"))
    if "phone_number" in verified and not sms(state) and not state.offline:
        yield single(
            POOL,
            "P2",
            ("AutoVerifiedAttributes",),
            "phone_number cannot be verified without an SMS configuration.",
            "Add user_pool.SmsConfiguration, or take phone_number out.",
        )
    before_update = dig(pool, "UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate")
    extra = sorted(set(strings(before_update)) - set(verified))
    known = "AutoVerifiedAttributes" in pool or not state.offline
    if extra and known and not unsure(pool.get("AutoVerifiedAttributes")):
        yield single(
            POOL,
            "P11",
            ("UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate"),
            f"{', '.join(extra)} must be verified before an update, but Cognito does not verify it.",
            "Add it to user_pool.AutoVerifiedAttributes too.",
        )


def first_factors(state: State) -> Iterator[Violation]:
    """P9 and P10."""
    path = ("Policies", "SignInPolicy", "AllowedFirstAuthFactors")
    value = dig(state.one(POOL), *path)
    factors = strings(value)
    if factors and "PASSWORD" not in factors and not unsure(value):
        yield single(POOL, "P9", path, "The first factors must include PASSWORD.", "Add PASSWORD to the list.")
    if "SMS_OTP" in factors and not sms(state) and not state.offline:
        yield single(
            POOL,
            "P10",
            path,
            "SMS_OTP cannot be a first factor without an SMS configuration.",
            "Add user_pool.SmsConfiguration, or take SMS_OTP out.",
        )
    if set(factors) - {"PASSWORD"} and below(state, "ESSENTIALS"):
        yield tier_violation(POOL, "", path, "Choice-based sign-in", "ESSENTIALS")


def recovery(state: State) -> Iterator[Violation]:
    """P12."""
    path = ("AccountRecoverySetting", "RecoveryMechanisms")
    value = dig(state.one(POOL), *path)
    mechanisms = [m for m in value if isinstance(m, dict)] if isinstance(value, list) else []
    names = [m.get("Name") for m in mechanisms]
    priorities = [m.get("Priority") for m in mechanisms]
    if "admin_only" in names and len(names) > 1:
        yield single(POOL, "P12", path, "admin_only must stand alone.", "Remove the other mechanisms, or admin_only.")
    if len(set(names)) < len(names) or len(set(priorities)) < len(priorities):
        yield single(
            POOL, "P12", path, "Names and priorities must differ.", "Give each mechanism once, with its own priority."
        )


def email_sending(state: State) -> Iterator[Violation]:
    """P14, P15 and P16."""
    email = state.one(POOL).get("EmailConfiguration") or {}
    account, source = email.get("EmailSendingAccount"), email.get("SourceArn")
    if account == "DEVELOPER" and not source and not state.offline:
        yield single(
            POOL,
            "P14",
            ("EmailConfiguration", "SourceArn"),
            "EmailSendingAccount DEVELOPER needs the ARN of an SES identity.",
            "Add user_pool.EmailConfiguration.SourceArn.",
        )
    if account == "COGNITO_DEFAULT" and source:
        yield single(
            POOL,
            "P15",
            ("EmailConfiguration", "SourceArn"),
            "With COGNITO_DEFAULT the SES identity must have a sending policy for Cognito.",
            "Make sure that it has one, or set EmailSendingAccount to DEVELOPER.",
            warning=True,
        )
    region = arn_part(source, 3)
    allowed = {state.region} | (SES_COMMON if state.region in SES_OLD_POOLS else set())
    if region and state.region and region not in allowed:
        yield single(
            POOL,
            "P16",
            ("EmailConfiguration", "SourceArn"),
            f"An SES identity in {region} is not known to work for a pool in {state.region}.",
            f"Use an identity in {' or '.join(sorted(allowed))}.",
            warning=True,
        )


def sms_sending(state: State) -> Iterator[Violation]:
    """P17 and P18."""
    config = state.one(POOL).get("SmsConfiguration") or {}
    eums = config.get("EumsSms") or {}
    if config.get("SnsCallerArn") and eums:
        yield single(
            POOL,
            "P18",
            ("SmsConfiguration", "EumsSms"),
            "SnsCallerArn and EumsSms exclude each other.",
            "Keep one way to send SMS.",
        )
    allowed = SNS_ALTERNATES.get(state.region, (state.region,))
    region = config.get("SnsRegion")
    if state.region and isinstance(region, str) and region not in allowed:
        yield single(
            POOL,
            "P17",
            ("SmsConfiguration", "SnsRegion"),
            f"A pool in {state.region} cannot send SMS through {region}.",
            f"Use {' or '.join(allowed)}.",
        )
    roles: dict[Path, Any] = {
        ("SnsCallerArn",): config.get("SnsCallerArn"),
        ("EumsSms", "CallerArn"): eums.get("CallerArn"),
    }
    for path, arn in roles.items():
        if state.account and arn_part(arn, 4) not in ("", state.account):
            yield single(
                POOL,
                "P17",
                ("SmsConfiguration", *path),
                "The role belongs to another account; Cognito refuses cross-account roles.",
                f"Use a role of account {state.account}.",
            )


def triggers(state: State) -> Iterator[Violation]:
    """P20, P21 and P22."""
    config = state.one(POOL).get("LambdaConfig") or {}
    arns: dict[Path, Any] = {
        (name,): value for name, value in config.items() if isinstance(value, str) and name != "KMSKeyID"
    }
    arns |= {(name, "LambdaArn"): dig(config, name, "LambdaArn") for name in TRIGGER_STRUCTURES}
    for path, arn in arns.items():
        if state.region and arn_part(arn, 3) not in ("", state.region):
            yield single(
                POOL,
                "P20",
                ("LambdaConfig", *path),
                f"The function is in {arn_part(arn, 3)}, the pool in {state.region}.",
                "Use a function in the pool's Region.",
            )
    yield from _custom_senders(state)
    legacy, new = config.get("PreTokenGeneration"), dig(config, "PreTokenGenerationConfig", "LambdaArn")
    if isinstance(legacy, str) and isinstance(new, str) and legacy != new and state.offline:
        yield single(
            POOL,
            "P22",
            ("LambdaConfig", "PreTokenGeneration"),
            "PreTokenGeneration and PreTokenGenerationConfig name different functions.",
            "Keep PreTokenGenerationConfig and remove PreTokenGeneration.",
        )


def _custom_senders(state: State) -> Iterator[Violation]:
    config = state.one(POOL).get("LambdaConfig") or {}
    senders = [name for name in ("CustomSMSSender", "CustomEmailSender") if config.get(name)]
    key = config.get("KMSKeyID")
    if senders and not key and not state.offline:
        yield single(
            POOL,
            "P21",
            ("LambdaConfig", senders[0]),
            f"{senders[0]} needs a KMS key that encrypts the codes.",
            "Add user_pool.LambdaConfig.KMSKeyID.",
        )
    if state.region and arn_part(key, 3) not in ("", state.region):
        yield single(
            POOL,
            "P21",
            ("LambdaConfig", "KMSKeyID"),
            f"The key is in {arn_part(key, 3)}, the pool in {state.region}.",
            "Use a key in the pool's Region.",
        )


def plan_features(state: State) -> Iterator[Violation]:
    """P23, P24 and P36."""
    pool = state.one(POOL)
    if dig(pool, "UserPoolAddOns", "AdvancedSecurityMode") in ("AUDIT", "ENFORCED") and below(state, "PLUS"):
        path: Path = ("UserPoolAddOns", "AdvancedSecurityMode")
        yield tier_violation(POOL, "", path, "Threat protection", "PLUS", rule="P24")
    if tier(state) != "LITE":
        return
    history = dig(pool, "Policies", "PasswordPolicy", "PasswordHistorySize")
    if isinstance(history, int) and history > 0:
        path = ("Policies", "PasswordPolicy", "PasswordHistorySize")
        yield tier_violation(POOL, "", path, "Password history", "ESSENTIALS", rule="P36")
    if dig(pool, "LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion") in ("V2_0", "V3_0"):
        path = ("LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion")
        yield tier_violation(POOL, "", path, "Access-token customisation", "ESSENTIALS")
    dcr = pool.get("DcrConfiguration")
    if isinstance(dcr, dict) and dcr.get("EnableStatus", "Enabled") == "Enabled" and dcr:
        yield tier_violation(POOL, "", ("DcrConfiguration",), "Dynamic client registration", "ESSENTIALS")
    if any(dig(v, "AcrValue") != f"urn:cognito:loa:{k[-1]}" for k, v in (pool.get("AcrConfiguration") or {}).items()):
        yield tier_violation(POOL, "", ("AcrConfiguration",), "ACR levels with names of their own", "ESSENTIALS")


def attributes(state: State) -> Iterator[Violation]:
    """P25, P26 and P27."""
    custom = 0
    for attribute in state.one(POOL).get("Schema") or ():
        name = attribute.get("Name", "")
        standard = STANDARD_ATTRIBUTES.get(name)
        custom += standard is None
        yield from _standard(name, attribute, standard) if standard else _custom(name, attribute)
        yield from _limits(name, attribute)
    if custom > 50:  # noqa: PLR2004 - quota of custom attributes, cognito.md 5.2
        yield single(
            POOL, "P27", ("Schema",), f"{custom} custom attributes are too many.", "A pool holds at most 50 of them."
        )


def _standard(name: str, attribute: dict[str, object], standard: dict[str, object]) -> Iterator[Violation]:
    for member in ("AttributeDataType", "DeveloperOnlyAttribute"):
        path: Path = ("Schema", name, member)
        given = attribute.get(member)
        if isinstance(given, str | bool) and given != standard[member]:
            yield single(
                POOL,
                "P26",
                path,
                f"{name} is a standard attribute; its {member} is {standard[member]}.",
                f"Remove {member}, or use a custom attribute with another name.",
            )


def _custom(name: str, attribute: dict[str, object]) -> Iterator[Violation]:
    if attribute.get("Required") is True:
        yield single(
            POOL,
            "P25",
            ("Schema", name, "Required"),
            "A custom attribute cannot be required.",
            "Set Required to false, and check for the value in a PreSignUp trigger.",
        )


def _limits(name: str, attribute: dict[str, object]) -> Iterator[Violation]:
    for block, low, high in (
        ("StringAttributeConstraints", "MinLength", "MaxLength"),
        ("NumberAttributeConstraints", "MinValue", "MaxValue"),
    ):
        least, most = dig(attribute, block, low), dig(attribute, block, high)
        if isinstance(least, str) and isinstance(most, str) and int(least) > int(most):
            yield single(
                POOL,
                "P27",
                ("Schema", name, block),
                f"{low} {least} is more than {high} {most}.",
                "Swap the two limits.",
            )


def messages(state: State) -> Iterator[Violation]:
    """P30."""
    template = dig(state.one(POOL), "AdminCreateUserConfig", "InviteMessageTemplate") or {}
    for member in ("SMSMessage", "EmailMessage"):
        text = template.get(member)
        if isinstance(text, str) and not ("{####}" in text and "{username}" in text):
            yield single(
                POOL,
                "P30",
                ("AdminCreateUserConfig", "InviteMessageTemplate", member),
                "The invitation lacks {username} or {####}, so users would not learn how to sign in.",
                "Put both into the text.",
                warning=True,
            )


def keys(state: State) -> Iterator[Violation]:
    """P34 and P35."""
    pool = state.one(POOL)
    key = pool.get("KeyConfiguration") or {}
    if key.get("KeyType") == "CUSTOMER_MANAGED_KEY" and not key.get("KmsKeyArn") and not state.offline:
        yield single(
            POOL,
            "P35",
            ("KeyConfiguration", "KmsKeyArn"),
            "CUSTOMER_MANAGED_KEY needs the ARN of the key.",
            "Add user_pool.KeyConfiguration.KmsKeyArn.",
        )
    levels = {f"Level{n}": f"urn:cognito:loa:{n}" for n in range(1, 5)}
    for level, value in (pool.get("AcrConfiguration") or {}).items():
        if isinstance(dig(value, "AcrValue"), str):
            levels[level] = value["AcrValue"]
    if len(set(levels.values())) < len(levels):
        yield single(
            POOL, "P34", ("AcrConfiguration",), "Two levels have the same ACR value.", "Give each its own value."
        )


BARE_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""A host name without scheme, port and path."""

RULES = (
    sign_in_names,
    verification,
    first_factors,
    recovery,
    email_sending,
    sms_sending,
    triggers,
    plan_features,
    attributes,
    messages,
    keys,
)

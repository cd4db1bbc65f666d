"""The service's rules about a pool as a whole (cognito.md 3.1), checked before the first write.

Each rule looks at the state as it would be. In an offline state only what the manifest says is there, and an absent
member is unknown: rules about something missing find nothing then. How e-mail, SMS and functions are set up has rules
of its own in `sending_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.kinds import sending_rules
from reconciler.kinds.kind import Breach, Rule, State
from reconciler.kinds.shared_rules import P23, below, dig, needs_plan, no_sms, single, strings, tier, unsure
from reconciler.model import Path
from schemas.user_pool import STANDARD_ATTRIBUTES

POOL = "user_pool"
FACTS = ("cognito.md 3.1",)
FIRST_FACTORS = ("Policies", "SignInPolicy", "AllowedFirstAuthFactors")
RECOVERY = ("AccountRecoverySetting", "RecoveryMechanisms")
LEGACY_MESSAGES = {
    "SmsVerificationMessage": "SmsMessage",
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
}
"""Legacy members and the template members that mirror them, in both directions (cognito.md 2.1)."""

BEFORE_UPDATE = ("UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate")


def _at(path: Path, message: str, advice: str = "") -> Breach:
    return single(POOL, path, message, advice)


# --- signing in ----------------------------------------------------------------------------------------------------


def sign_in_names(state: State) -> Iterator[Breach]:
    """P1."""
    pool = state.one(POOL)
    if pool.get("AliasAttributes") and pool.get("UsernameAttributes"):
        yield _at(("AliasAttributes",), "AliasAttributes conflicts with UsernameAttributes.")


P1 = Rule(
    id="P1",
    title="AliasAttributes with UsernameAttributes",
    what="A pool sets both AliasAttributes and UsernameAttributes.",
    why="Cognito refuses the pool. Both are set when the pool is created and can never be changed.",
    source=FACTS,
    advice="Keep AliasAttributes to sign in with a user name or an alias, or UsernameAttributes to sign in with an "
    "e-mail address or phone number only.",
    check=sign_in_names,
    offline=True,
    needs=("user_pool.AliasAttributes",),
)


def verified_phone(state: State) -> Iterator[Breach]:
    """P2."""
    verified = strings(state.one(POOL).get("AutoVerifiedAttributes"))
    if "phone_number" in verified and no_sms(state):
        yield _at(("AutoVerifiedAttributes",), "phone_number cannot be verified without an SMS configuration.")


P2 = Rule(
    id="P2",
    title="Verified phone numbers without an SMS configuration",
    what="AutoVerifiedAttributes names phone_number, and the pool has no SmsConfiguration.",
    why="Cognito refuses the pool: it could not send the codes.",
    source=FACTS,
    advice="Add user_pool.SmsConfiguration, or remove phone_number.",
    check=verified_phone,
    offline=True,
)


def verified_before_update(state: State) -> Iterator[Breach]:
    """P11."""
    pool = state.one(POOL)
    verified = strings(pool.get("AutoVerifiedAttributes"))
    extra = sorted(set(strings(dig(pool, *BEFORE_UPDATE))) - set(verified))
    known = "AutoVerifiedAttributes" in pool or not state.offline
    if extra and known and not unsure(pool.get("AutoVerifiedAttributes")):
        yield _at(
            BEFORE_UPDATE,
            f"{', '.join(extra)} must be in AutoVerifiedAttributes to require verification before an update.",
        )


P11 = Rule(
    id="P11",
    title="Verification before update of an attribute that is not verified",
    what="AttributesRequireVerificationBeforeUpdate names an attribute that AutoVerifiedAttributes does not.",
    why="Cognito refuses the pool: it can require verification only for attributes that it verifies.",
    source=FACTS,
    advice="Add it to user_pool.AutoVerifiedAttributes too.",
    check=verified_before_update,
    offline=True,
    needs=("user_pool.UserAttributeUpdateSettings",),
)


def password_first(state: State) -> Iterator[Breach]:
    """P9."""
    value = dig(state.one(POOL), *FIRST_FACTORS)
    factors = strings(value)
    if factors and "PASSWORD" not in factors and not unsure(value):
        yield _at(FIRST_FACTORS, "AllowedFirstAuthFactors must include PASSWORD.")


P9 = Rule(
    id="P9",
    title="First factors without PASSWORD",
    what="AllowedFirstAuthFactors does not include PASSWORD.",
    why="Cognito refuses the pool: a password is always one of the ways to sign in.",
    source=FACTS,
    advice="Add PASSWORD to the list.",
    check=password_first,
    offline=True,
)


def sms_first(state: State) -> Iterator[Breach]:
    """P10."""
    factors = strings(dig(state.one(POOL), *FIRST_FACTORS))
    if "SMS_OTP" in factors and no_sms(state):
        yield _at(FIRST_FACTORS, "SMS_OTP cannot be a first factor without an SMS configuration.")


P10 = Rule(
    id="P10",
    title="SMS_OTP as a first factor without an SMS configuration",
    what="AllowedFirstAuthFactors includes SMS_OTP, and the pool has no SmsConfiguration.",
    why="Cognito refuses the pool: it could not send the codes.",
    source=FACTS,
    advice="Add user_pool.SmsConfiguration, or remove SMS_OTP.",
    check=sms_first,
    offline=True,
)


def code_of_an_app_first(state: State) -> Iterator[Breach]:
    """P40."""
    if "SOFTWARE_TOKEN" in strings(dig(state.one(POOL), *FIRST_FACTORS)):
        yield _at(FIRST_FACTORS, "SOFTWARE_TOKEN cannot be a first factor.")


P40 = Rule(
    id="P40",
    title="SOFTWARE_TOKEN as a first factor",
    what="AllowedFirstAuthFactors includes SOFTWARE_TOKEN.",
    why="Cognito refuses the pool: its API model lists the word, but the service does not accept it.",
    source=("cognito.md 3.1", "cognito.md 2.1"),
    advice="Remove SOFTWARE_TOKEN. As a second factor, it is mfa.SoftwareTokenMfaConfiguration.",
    check=code_of_an_app_first,
    offline=True,
)


def admin_only(state: State) -> Iterator[Breach]:
    """P12."""
    value = dig(state.one(POOL), *RECOVERY)
    mechanisms = [m for m in value if isinstance(m, dict)] if isinstance(value, list) else []
    names = [m.get("Name") for m in mechanisms]
    priorities = [m.get("Priority") for m in mechanisms]
    if "admin_only" in names and len(names) > 1:
        yield _at(
            RECOVERY,
            "admin_only cannot be combined with other mechanisms.",
            "Remove the other mechanisms, or admin_only.",
        )
    if len(set(names)) < len(names) or len(set(priorities)) < len(priorities):
        yield _at(RECOVERY, "Names and priorities must be unique.", "List each mechanism once, with its own priority.")


P12 = Rule(
    id="P12",
    title="Conflicting account recovery mechanisms",
    what="RecoveryMechanisms combines admin_only with another mechanism, or repeats a name or a priority.",
    why="Cognito refuses the pool.",
    source=FACTS,
    advice="List each mechanism once, with its own priority, or admin_only alone.",
    check=admin_only,
    offline=True,
    needs=("user_pool.AccountRecoverySetting",),
)


# --- feature plans -------------------------------------------------------------------------------------------------


def plan_features(state: State) -> Iterator[Breach]:
    """P23: what a pool itself may have that needs ESSENTIALS."""
    pool = state.one(POOL)
    if set(strings(dig(pool, *FIRST_FACTORS))) - {"PASSWORD"} and below(state, "ESSENTIALS"):
        yield needs_plan(POOL, "", FIRST_FACTORS, "Choice-based sign-in", "ESSENTIALS")
    if tier(state) != "LITE":
        return
    if dig(pool, "LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion") in ("V2_0", "V3_0"):
        path = ("LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion")
        yield needs_plan(POOL, "", path, "Access-token customisation", "ESSENTIALS")
    dcr = pool.get("DcrConfiguration")
    unsaid = None if state.offline else "Enabled"  # a manifest is laid over what is live
    if isinstance(dcr, dict) and dcr.get("EnableStatus", unsaid) == "Enabled":
        yield needs_plan(POOL, "", ("DcrConfiguration",), "Dynamic client registration", "ESSENTIALS")
    if any(dig(v, "AcrValue") != f"urn:cognito:loa:{k[-1]}" for k, v in (pool.get("AcrConfiguration") or {}).items()):
        yield needs_plan(POOL, "", ("AcrConfiguration",), "A custom AcrValue", "ESSENTIALS")


MODE = ("UserPoolAddOns", "AdvancedSecurityMode")
CUSTOM_MODE = ("UserPoolAddOns", "AdvancedSecurityAdditionalFlows", "CustomAuthMode")


def threat_protection(state: State) -> Iterator[Breach]:
    """P24."""
    for path in (MODE, CUSTOM_MODE):
        if dig(state.one(POOL), *path) in ("AUDIT", "ENFORCED") and below(state, "PLUS"):
            yield needs_plan(POOL, "", path, "Threat protection", "PLUS")


P24 = Rule(
    id="P24",
    title="Threat protection on a plan below PLUS",
    what="AdvancedSecurityMode or CustomAuthMode is AUDIT or ENFORCED, and UserPoolTier is LITE or ESSENTIALS.",
    why="Cognito refuses the pool. A new pool without UserPoolTier becomes PLUS, which costs more.",
    source=("cognito.md 3.1", "cognito.md 2.19"),
    advice="Set user_pool.UserPoolTier to PLUS, or remove the feature.",
    check=threat_protection,
    offline=True,
)


def password_history(state: State) -> Iterator[Breach]:
    """P36."""
    path = ("Policies", "PasswordPolicy", "PasswordHistorySize")
    history = dig(state.one(POOL), *path)
    if tier(state) == "LITE" and isinstance(history, int) and history > 0:
        yield needs_plan(POOL, "", path, "Password history", "ESSENTIALS")


P36 = Rule(
    id="P36",
    title="Password history on LITE",
    what="PasswordHistorySize is more than 0, and UserPoolTier is LITE.",
    why="Cognito refuses the pool with FeatureUnavailableInTierException.",
    source=("cognito.md 3.1", "cognito.md 2.19"),
    advice="Set user_pool.UserPoolTier to ESSENTIALS, or remove the feature.",
    check=password_history,
    offline=True,
)


# --- attributes ----------------------------------------------------------------------------------------------------


def required_custom(state: State) -> Iterator[Breach]:
    """P25."""
    for attribute in state.one(POOL).get("Schema") or ():
        name = attribute.get("Name", "")
        if name not in STANDARD_ATTRIBUTES and attribute.get("Required") is True:
            yield _at(("Schema", name, "Required"), "A custom attribute cannot be required.")


P25 = Rule(
    id="P25",
    title="A required custom attribute",
    what="A custom attribute in Schema has Required: true.",
    why="Cognito refuses the pool: only standard attributes can be required.",
    source=FACTS,
    advice="Set Required to false, and check for the value in a PreSignUp trigger.",
    check=required_custom,
    offline=True,
)


def standard_definitions(state: State) -> Iterator[Breach]:
    """P26."""
    for attribute in state.one(POOL).get("Schema") or ():
        name = attribute.get("Name", "")
        standard = STANDARD_ATTRIBUTES.get(name, {})
        for member in sorted({"AttributeDataType", "DeveloperOnlyAttribute"} & standard.keys()):
            given = attribute.get(member)
            if isinstance(given, str | bool) and given != standard[member]:
                yield _at(
                    ("Schema", name, member),
                    f"{name} is a standard attribute; its {member} is {_spelled(standard[member])}.",
                    f"Remove {member}, or use a custom attribute with another name.",
                )


def _spelled(value: object) -> str:
    """Spell a value as YAML does."""
    return str(value).lower() if isinstance(value, bool) else str(value)


P26 = Rule(
    id="P26",
    title="A standard attribute with another definition",
    what="Schema declares a standard attribute with another AttributeDataType or DeveloperOnlyAttribute.",
    why="Cognito refuses the pool: OpenID Connect defines the standard attributes.",
    source=FACTS,
    advice="Remove the member that differs, or use a custom attribute with another name.",
    check=standard_definitions,
    offline=True,
)


def attribute_limits(state: State) -> Iterator[Breach]:
    """P27."""
    attributes = state.one(POOL).get("Schema") or ()
    for attribute in attributes:
        for block, low, high in (
            ("StringAttributeConstraints", "MinLength", "MaxLength"),
            ("NumberAttributeConstraints", "MinValue", "MaxValue"),
        ):
            least, most = dig(attribute, block, low), dig(attribute, block, high)
            if isinstance(least, str) and isinstance(most, str) and int(least) > int(most):
                path = ("Schema", attribute.get("Name", ""), block)
                yield _at(path, f"{low} {least} is more than {high} {most}.", "Swap the two limits.")
    custom = sum(a.get("Name", "") not in STANDARD_ATTRIBUTES for a in attributes)
    if custom > 50:  # noqa: PLR2004 - quota of custom attributes, cognito.md 5.2
        yield _at(("Schema",), f"The pool has {custom} custom attributes.", "Declare at most 50.")


P27 = Rule(
    id="P27",
    title="Limits of attributes",
    what="The minimum of an attribute is above its maximum, or a pool has more than 50 custom attributes.",
    why="Cognito refuses the pool. Attributes can be added later, but never changed or removed.",
    source=("cognito.md 3.1", "cognito.md 5.2"),
    advice="Swap the two limits, or declare fewer attributes.",
    check=attribute_limits,
    offline=True,
)


# --- the rest ------------------------------------------------------------------------------------------------------


def invitations(state: State) -> Iterator[Breach]:
    """P30."""
    template = dig(state.one(POOL), "AdminCreateUserConfig", "InviteMessageTemplate") or {}
    for member in ("SMSMessage", "EmailMessage"):
        text = template.get(member)
        if isinstance(text, str) and not ("{####}" in text and "{username}" in text):
            yield _at(
                ("AdminCreateUserConfig", "InviteMessageTemplate", member),
                "The invitation lacks {username} or {####}, so users would not learn how to sign in.",
            )


P30 = Rule(
    id="P30",
    title="An invitation without placeholders for user name and password",
    what="A message in InviteMessageTemplate lacks {username} or {####}.",
    why="Cognito accepts the template, but later fails to create users as an administrator.",
    source=FACTS,
    advice="Add both to the message.",
    check=invitations,
    warning=True,
    needs=("user_pool.AdminCreateUserConfig",),
)


def acr_values(state: State) -> Iterator[Breach]:
    """P34."""
    levels = {f"Level{n}": f"urn:cognito:loa:{n}" for n in range(1, 5)}
    for level, value in (state.one(POOL).get("AcrConfiguration") or {}).items():
        if isinstance(dig(value, "AcrValue"), str):
            levels[level] = value["AcrValue"]
    if len(set(levels.values())) < len(levels):
        yield _at(("AcrConfiguration",), "Two levels have the same ACR value.")


P34 = Rule(
    id="P34",
    title="Two ACR levels with the same value",
    what="Two levels of AcrConfiguration have the same AcrValue; omitted levels have their defaults.",
    why="Cognito refuses the pool.",
    source=FACTS,
    advice="Give each level its own value.",
    check=acr_values,
    offline=True,
    needs=("user_pool.AcrConfiguration",),
)


def encryption_key(state: State) -> Iterator[Breach]:
    """P35."""
    pool, path = state.one(POOL), ("KeyConfiguration", "KmsKeyArn")
    if dig(pool, "KeyConfiguration", "KeyType") == "CUSTOMER_MANAGED_KEY" and state.lacks(pool, *path):
        yield _at(path, "CUSTOMER_MANAGED_KEY needs the ARN of the key.")


P35 = Rule(
    id="P35",
    title="A customer managed key without its ARN",
    what="KeyConfiguration has KeyType CUSTOMER_MANAGED_KEY and no KmsKeyArn.",
    why="Cognito refuses the pool.",
    source=FACTS,
    advice="Add user_pool.KeyConfiguration.KmsKeyArn.",
    check=encryption_key,
    offline=True,
    needs=("user_pool.KeyConfiguration",),
)


BARE_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""A host name without scheme, port and path."""

RULES = (
    P1,
    P2,
    P11,
    P9,
    P10,
    P40,
    P12,
    *sending_rules.RULES,
    P23.checked_by(plan_features),
    P24,
    P36,
    P25,
    P26,
    P27,
    P30,
    P35,
    P34,
)

"""The pool itself: passwords, sign-up, functions, messages, plan."""

from __future__ import annotations

from typing import Any

from reconciler.model import Direction
from reconciler.security.bearing import (
    ALL_USERS,
    LOCAL_USERS,
    NEW_TOKENS,
    NEW_USERS,
    OPERATORS,
    STAY_VALID,
    Bearing,
    Neutral,
    Row,
    Table,
    under,
)
from reconciler.security.orders import (
    Judged,
    any_change,
    flag,
    gains_strengthen,
    gains_weaken,
    ladder,
    more_is_stronger,
    number,
    presence_strengthens,
    presence_weakens,
    rising,
    rows,
)

KEY = Neutral("it names the object")
FIXED = Neutral("it is fixed when the object is created")
WORDS = Neutral("they are words of a message, which rules check")
TAGS = Neutral("poolctl does not see which IAM policies look at tags")


def _required(what: str) -> Bearing:
    sentence = f"New passwords need no {what}."
    undo = "Passwords that are chosen meanwhile stay."
    return Bearing(flag(weak=False), sentence, LOCAL_USERS, ("CHG05",), "medium", undo=undo)


PASSWORDS: Table = {
    "MinimumLength": Bearing(
        more_is_stronger(8),
        "Shorter passwords are accepted.",
        LOCAL_USERS,
        ("CHG05",),
        undo="Passwords that are chosen meanwhile stay.",
    ),
    "RequireUppercase": _required("upper-case letter"),
    "RequireLowercase": _required("lower-case letter"),
    "RequireNumbers": _required("digit"),
    "RequireSymbols": _required("symbol"),
    "PasswordHistorySize": Bearing(
        more_is_stronger(), "Users can take an old password again.", LOCAL_USERS, ("CHG05",), "medium"
    ),
    "TemporaryPasswordValidityDays": Bearing(
        rising(lambda days: -(number(days, 0) or 7)),
        "Temporary passwords that were never used stay valid longer.",
        NEW_USERS,
        ("CHG05",),
    ),
}


# --- functions -----------------------------------------------------------------------------------------------------


def _function(change: Judged) -> str:
    """Return what to look at where a function changes, by what can be seen of its ARN."""
    old, new = (_account(v) for v in (change.before, change.after))
    return (
        "The function is moved to another AWS account, whose code then decides. " if old and new and old != new else ""
    )


def _account(arn: Any) -> str:
    """Return the account in an ARN; empty if there is none."""
    return next(iter(arn.split(":")[4:]), "") if isinstance(arn, str) else ""


def _code(sentence: str) -> Bearing:
    """A function that may allow or refuse: poolctl does not see what its code does, nor what a former one did."""
    return Bearing(
        any_change,
        sentence,
        ALL_USERS,
        ("CHG15",),
        special=lambda c: f"{_function(c)}{sentence}" if _function(c) else "",
    )


def _receives(sentence: str, risk: Any = "critical") -> Bearing:
    """A function that gets what it should not keep: having one is weaker than none."""
    return Bearing(
        presence_weakens,
        sentence,
        ALL_USERS,
        ("CHG15",),
        risk,
        undo="What the function has received stays with it.",
        special=lambda c: f"{_function(c)}{sentence}" if _function(c) else "",
    )


VERSION = Neutral("it says which form of the event the function gets")
LAMBDAS: Table = {
    "PreSignUp": _code(
        "This function decides who may sign up, and can confirm users without a check: look at its code."
    ),
    "CustomMessage": _code("This function writes the messages that carry codes: look at its code."),
    "PostConfirmation": _code("This function runs after a sign-up, and may give rights: look at its code."),
    "PreAuthentication": _code("This function may refuse a sign-in: look at its code, and at what the former one did."),
    "PostAuthentication": _code("This function runs after each sign-in: look at its code."),
    "DefineAuthChallenge": _code("This function decides when a custom sign-in has succeeded: look at its code."),
    "CreateAuthChallenge": _code("This function makes the challenge of a custom sign-in: look at its code."),
    "VerifyAuthChallengeResponse": _code("This function checks the answers of a custom sign-in: look at its code."),
    "PreTokenGeneration": _code(
        "This function writes claims of tokens, groups and roles among them: look at its code."
    ),
    "PreTokenGenerationConfig.LambdaArn": _code(
        "This function writes claims of tokens, groups and roles among them: look at its code."
    ),
    "PreTokenGenerationConfig.LambdaVersion": VERSION,
    "UserMigration": _receives("This function gets the user name and the password of unknown users in plain text."),
    "CustomSMSSender.LambdaArn": _receives("This function gets every code that is sent by SMS."),
    "CustomSMSSender.LambdaVersion": VERSION,
    "CustomEmailSender.LambdaArn": _receives("This function gets every code that is sent by e-mail."),
    "CustomEmailSender.LambdaVersion": VERSION,
    "KMSKeyID": Bearing(
        any_change, "This key decrypts the codes of users: look at who may use it.", ALL_USERS, ("CHG23",)
    ),
    "InboundFederation.LambdaArn": _code("This function may change what providers say of users: look at its code."),
    "InboundFederation.LambdaVersion": VERSION,
}

# --- messages ------------------------------------------------------------------------------------------------------

SENDER = "Codes and links are sent through another identity: look at who owns it."
EMAIL: Table = {
    "SourceArn": Bearing(any_change, SENDER, ALL_USERS, ("CHG16",)),
    "ReplyToEmailAddress": Neutral("it says where answers go; codes are not among them"),
    "EmailSendingAccount": Neutral("SourceArn says through whom messages are sent"),
    "From": Neutral("SES takes only an address that the identity in SourceArn covers"),
    "ConfigurationSet": Bearing(
        any_change, "The set decides who learns of each message and its address.", ALL_USERS, ("CHG16",), "medium"
    ),
}
ROLE_LOOK = "Another role sends the messages: look at who may assume it, and at its policies."
CONFUSED = "Without an external id, another account can make the service use this role."
EXTERNAL_ID = Bearing(presence_strengthens, CONFUSED, OPERATORS, ("CHG16",), "medium")
SMS: Table = {
    "SnsCallerArn": Bearing(any_change, ROLE_LOOK, ALL_USERS, ("CHG16",)),
    "ExternalId": EXTERNAL_ID,
    "SnsRegion": Neutral("it says from which Region messages are sent"),
    "EumsSms.CallerArn": Bearing(any_change, ROLE_LOOK, ALL_USERS, ("CHG16",)),
    "EumsSms.ExternalId": EXTERNAL_ID,
    "EumsSms.OriginationIdentity": Neutral("it is the number that messages come from"),
    "EumsSms.ConfigurationSetName": Bearing(
        any_change, "The set decides who learns of each message and its number.", ALL_USERS, ("CHG16",), "medium"
    ),
    "EumsSms.InEntityId": Neutral("it is a registration that carriers in India ask for"),
    "EumsSms.InTemplateId": Neutral("it is a registration that carriers in India ask for"),
    "EumsSms.Region": Neutral("it says from which Region messages are sent"),
}


# --- recovery, plan ------------------------------------------------------------------------------------------------


def _recovery(mechanisms: Any) -> float:
    """How well a recovery protects: an administrator most, e-mail alone, e-mail first, SMS first or unset."""
    ordered = sorted(rows(mechanisms), key=lambda row: number(row.get("Priority"), 0))
    names = [row.get("Name") for row in ordered]
    if not names or names[0] == "verified_phone_number":
        return 0
    return 3 if names == ["admin_only"] else 2 if names == ["verified_email"] else 1


TIERS = ("LITE", "ESSENTIALS", "PLUS")
ENDS = {
    "PLUS": "threat protection, export of sign-in events, recovery of users more than a day back",
    "ESSENTIALS": "managed login, choice of first factor, passkeys, e-mail MFA, and every recovery of users",
}
"""What the step down from a plan ends (cognito.md 2.19, and point-in-time recovery)."""


def _plan_ends(change: Judged) -> str:
    old, new = (TIERS.index(v) if v in TIERS else 1 for v in (change.before, change.after))
    if new >= old:
        return ""
    ended = [ENDS[tier] for tier in reversed(TIERS[new + 1 : old + 1])]
    return f"These end: {'; '.join(ended)}."


def _plan_costs(change: Judged) -> tuple[str, ...]:
    known = change.after in TIERS and change.after != change.before
    return ("The price for each active user changes with the plan.",) if known else ()


POOL: dict[str, Row] = {
    "PoolName": KEY,
    **under("Policies.PasswordPolicy", PASSWORDS),
    "Policies.SignInPolicy.AllowedFirstAuthFactors": Bearing(
        gains_weaken({"EMAIL_OTP", "SMS_OTP"}, absent={"PASSWORD"}),
        "A code that is sent to one address or number is enough to sign in.",
        ALL_USERS,
        ("CHG04",),
    ),
    "DeletionProtection": Bearing(
        ladder("INACTIVE", "ACTIVE"),
        "One call can delete the pool with all its users, for good.",
        ALL_USERS,
        ("CHG03",),
    ),
    **under("LambdaConfig", LAMBDAS),
    "AutoVerifiedAttributes": Bearing(
        gains_strengthen(),
        "Addresses or numbers of new users are no longer verified by a code.",
        NEW_USERS,
        ("CHG17",),
        undo="Users who sign up meanwhile stay unverified.",
    ),
    "AliasAttributes": FIXED,
    "UsernameAttributes": FIXED,
    "SmsVerificationMessage": WORDS,
    "EmailVerificationMessage": WORDS,
    "EmailVerificationSubject": WORDS,
    "VerificationMessageTemplate": WORDS,
    "SmsAuthenticationMessage": WORDS,
    "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate": Bearing(
        gains_strengthen(),
        "A user can put the address or number of another person in place of their own before it is verified.",
        ALL_USERS,
        ("CHG17",),
        undo="What users change meanwhile stays.",
    ),
    "DeviceConfiguration.ChallengeRequiredOnNewDevice": Bearing(
        flag(weak=True), "A remembered device takes the place of the second factor.", ALL_USERS, ("CHG04",), "medium"
    ),
    "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt": Bearing(
        rising(lambda asks: 2 if asks is None else int(asks is True)),
        "Devices are remembered without asking the user.",
        ALL_USERS,
        ("CHG04",),
        "medium",
    ),
    **under("EmailConfiguration", EMAIL),
    **under("SmsConfiguration", SMS),
    "UserPoolTags": TAGS,
    "AdminCreateUserConfig.AllowAdminCreateUserOnly": Bearing(
        flag(weak=False),
        "Everyone on the Internet can sign up.",
        NEW_USERS,
        ("CHG08",),
        "critical",
        undo="Users who sign up meanwhile stay.",
    ),
    "AdminCreateUserConfig.InviteMessageTemplate": WORDS,
    "Schema": Bearing(
        lambda _: Direction.NEUTRAL,
        "",
        ALL_USERS,
        ("CHG27",),
        "low",
        undo="An attribute can never be removed, nor its type changed.",
    ),
    "UserPoolAddOns.AdvancedSecurityMode": Bearing(
        ladder("OFF", "AUDIT", "ENFORCED"), "Threat protection no longer stops risky sign-ins.", ALL_USERS, ("CHG06",)
    ),
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode": Bearing(
        ladder("OFF", "AUDIT", "ENFORCED"),
        "Threat protection no longer stops risky custom sign-ins.",
        ALL_USERS,
        ("CHG06",),
    ),
    "DcrConfiguration.EnableStatus": Bearing(
        ladder("Enabled", "Disabled", absent="Disabled"), "Clients can register themselves.", ALL_USERS, ("CHG09",)
    ),
    "DcrConfiguration.OpenDcrEnabled": Bearing(
        flag(weak=True), "Everyone on the Internet can register a client.", ALL_USERS, ("CHG09",), "critical"
    ),
    "DcrConfiguration.AuthenticatedGrantTypes": Bearing(
        gains_weaken(absent={"code"}),
        "Clients that register themselves get more flows.",
        ALL_USERS,
        ("CHG09",),
        "medium",
    ),
    "DcrConfiguration.OpenDcrGrantTypes": Bearing(
        gains_weaken(absent={"code"}),
        "Clients that register without a token get more flows; with client_credentials, everyone gets machine tokens.",
        ALL_USERS,
        ("CHG09",),
        "critical",
    ),
    "DcrConfiguration.AllowedScopes": Bearing(
        gains_weaken(), "Clients that register themselves can ask for more scopes.", ALL_USERS, ("CHG12",)
    ),
    "UsernameConfiguration": FIXED,
    "AccountRecoverySetting.RecoveryMechanisms": Bearing(
        rising(_recovery), "Accounts can be taken over more easily by their recovery.", ALL_USERS, ("CHG17",)
    ),
    "UserPoolTier": Bearing(
        ladder(*TIERS, absent="ESSENTIALS"),
        "Features of the higher plan end.",
        ALL_USERS,
        ("CHG07",),
        undo="Users can then be recovered only from the time after the change back.",
        facts=_plan_costs,
        special=_plan_ends,
    ),
    "KeyConfiguration.KeyType": Bearing(
        ladder("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KEY"),
        "The key is no longer under your control.",
        OPERATORS,
        ("CHG23",),
    ),
    "KeyConfiguration.KmsKeyArn": Bearing(
        any_change, "Another key encrypts user data: look at who may use, disable and delete it.", OPERATORS, ("CHG23",)
    ),
    "IssuerConfiguration.Type": Bearing(
        any_change,
        "The issuer in new tokens changes: every verifier and provider must know the new one first.",
        ALL_USERS,
        ("CHG22",),
        tokens=NEW_TOKENS,
    ),
    "AcrConfiguration": Bearing(
        any_change, "Applications that ask for a level get it by another name.", ALL_USERS, ("CHG22",), "medium"
    ),
}

MFA: dict[str, Row] = {
    "SmsMfaConfiguration": Bearing(
        lambda c: Direction.NEUTRAL if bool(c.before) == bool(c.after) else Direction.MIXED,
        "SMS as a second factor comes or goes: look at who would be left without one.",
        ALL_USERS,
        ("CHG04",),
        "medium",
    ),
    "SmsMfaConfiguration.SmsAuthenticationMessage": WORDS,
    **under("SmsMfaConfiguration.SmsConfiguration", SMS),
    "SoftwareTokenMfaConfiguration.Enabled": Bearing(
        flag(weak=False), "Authenticator applications are no longer taken as a second factor.", ALL_USERS, ("CHG04",)
    ),
    "EmailMfaConfiguration": Bearing(
        lambda c: Direction.NEUTRAL if bool(c.before) == bool(c.after) else Direction.MIXED,
        "E-mail as a second factor comes or goes: look at who would be left without one.",
        ALL_USERS,
        ("CHG04",),
        "medium",
    ),
    "EmailMfaConfiguration.Message": WORDS,
    "EmailMfaConfiguration.Subject": WORDS,
    "MfaConfiguration": Bearing(
        ladder("OFF", "OPTIONAL", "ON"),
        "One factor is enough to sign in.",
        ALL_USERS,
        ("CHG04",),
        "critical",
        tokens=STAY_VALID,
    ),
    "WebAuthnConfiguration.RelyingPartyId": Bearing(
        any_change,
        "Passkeys are bound to this name: those made for another one no longer work.",
        ALL_USERS,
        ("CHG21",),
        "critical",
    ),
    "WebAuthnConfiguration.UserVerification": Bearing(
        ladder("preferred", "required"),
        "A passkey works without fingerprint, face or PIN: having the device is enough.",
        ALL_USERS,
        ("CHG04",),
        "medium",
    ),
    "WebAuthnConfiguration.FactorConfiguration": Bearing(
        any_change, "Whether a passkey counts as one factor or as two changes.", ALL_USERS, ("CHG04",), "medium"
    ),
}

SESSION: Table = {
    "UserSessionTracking": Bearing(
        ladder("DISABLED", "ENABLED"), "Sessions can no longer be listed and ended.", ALL_USERS, ("CHG10",)
    ),
    "TokenSession.MaxPerUser": Bearing(
        rising(lambda most: -(number(most, 0) or float("inf"))),
        "A user can have more sessions at once.",
        ALL_USERS,
        ("CHG10",),
        "low",
    ),
}

REPLICA: Table = {
    "RegionName": KEY,
    "Status": Bearing(
        ladder("INACTIVE", "ACTIVE"), "The Region cannot take over from the primary one.", ALL_USERS, ("CHG24",)
    ),
    "UserPoolTags": TAGS,
    **under("LambdaConfig", LAMBDAS),
    **under("EmailConfiguration", EMAIL),
    **under("SmsConfiguration", SMS),
}

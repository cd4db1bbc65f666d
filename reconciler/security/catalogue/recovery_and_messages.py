"""Rules about the ways on which a pool reaches its users: recovery of accounts, e-mail, SMS, and their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from reconciler.kinds.kind import Breach, Rule
from reconciler.kinds.shared_rules import arn_part
from reconciler.security.catalogue.pool_traits import (
    POOL,
    has_guard,
    has_trigger,
    is_sign_up_open,
    second_factors,
    sends_sms,
    signs_in_locally,
    sms_configurations,
)
from reconciler.security.rule import SecurityRule, Seen, Steps, dig, is_known, text

RECOVERY: Steps = ("AccountRecoverySetting", "RecoveryMechanisms")
CHANNELS: Mapping[str, str] = {"verified_phone_number": "SMS", "verified_email": "EMAIL"}
WORDS: Mapping[str, str] = {"SMS": "SMS", "EMAIL": "e-mail"}


def _mechanisms(seen: Seen) -> list[str]:
    """Return the names of recovery mechanisms, the first one first; empty if there are none or one is not known."""
    found = dig(seen.one(POOL), *RECOVERY)
    items = found if isinstance(found, list) else []
    if any(not isinstance(i, dict) or not isinstance(i.get("Name"), str) for i in items):
        return []
    return [
        i["Name"] for i in sorted(items, key=lambda i: i.get("Priority") if isinstance(i.get("Priority"), int) else 9)
    ]


def _by_phone(seen: Seen) -> Iterator[Breach]:
    pool, names = seen.one(POOL), _mechanisms(seen)
    if pool and not dig(pool, *RECOVERY):
        message = "Without this setting, Cognito prefers SMS to recover an account."
        yield Breach(POOL, "", RECOVERY, message)
    elif names[:1] == ["verified_phone_number"]:
        yield Breach(POOL, "", RECOVERY, "An account is recovered by SMS first.")


CG009 = SecurityRule(
    Rule(
        id="CG009",
        title="Accounts that are recovered by SMS first",
        what="RecoveryMechanisms is absent, or verified_phone_number comes first or alone.",
        why="Who takes over a phone number takes over the account: numbers are moved to another SIM by talking to a "
        "shop, and given to new owners.",
        source=("AccountRecoverySettingType of the API", "Prowler", "NIST SP 800-63B"),
        advice="Put verified_email first in user_pool.AccountRecoverySetting.RecoveryMechanisms.",
    ),
    "medium",
    ("user_pool.AccountRecoverySetting.RecoveryMechanisms",),
    _by_phone,
    profiles={"machine": None, "dev": "low"},
    same={"prowler": ("cognito_user_pool_account_recovery_sms_not_preferred",)},
)


def _one_channel(seen: Seen) -> Iterator[Breach]:
    factors = second_factors(seen)
    if len(factors) == 1 and {CHANNELS[name] for name in _mechanisms(seen) if name in CHANNELS} == set(factors):
        word = WORDS[factors[0]]
        message = f"{word[0].upper()}{word[1:]} is the only second factor and the only way to recover an account."
        yield Breach(POOL, "", RECOVERY, message)


CG010 = SecurityRule(
    Rule(
        id="CG010",
        title="One channel for recovery and for the second factor",
        what="The only second factor and the only recovery mechanism use the same channel: SMS or e-mail.",
        why="Cognito does not send a recovery code on the channel that a user has as second factor, so the user is "
        "locked out. If it did, one channel would be both factors.",
        source=("AccountRecoverySettingType of the API", "cognito.md 3.1"),
        advice="Add SoftwareTokenMfaConfiguration to mfa, or a second recovery mechanism.",
    ),
    "medium",
    (
        "user_pool.AccountRecoverySetting.RecoveryMechanisms",
        "mfa.SmsMfaConfiguration",
        "mfa.EmailMfaConfiguration",
        "mfa.SoftwareTokenMfaConfiguration",
    ),
    _one_channel,
)


def _own_mail(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    account = text(pool, "EmailConfiguration", "EmailSendingAccount")
    sends = signs_in_locally(seen) and not has_trigger(seen, "CustomEmailSender")
    if pool and account in ("", "COGNITO_DEFAULT") and sends:
        message = "Cognito sends e-mail itself: 50 messages a day for the whole account, from an address of AWS."
        yield Breach(POOL, "", ("EmailConfiguration", "EmailSendingAccount"), message)


CG011 = SecurityRule(
    Rule(
        id="CG011",
        title="E-mail that Cognito sends itself",
        what="EmailSendingAccount is COGNITO_DEFAULT, and users of the pool itself can sign in.",
        why="The daily quota is small, and any client can use it up: then no one can sign up or recover an account. "
        "Messages come from a domain of AWS, so users cannot know them from forged ones. E-mail MFA needs DEVELOPER.",
        source=("EmailConfigurationType of the API", "cognito.md 2.1"),
        advice="Verify a domain in Amazon SES, and set user_pool.EmailConfiguration to DEVELOPER with SourceArn, From "
        "and ConfigurationSet.",
    ),
    "medium",
    ("user_pool.EmailConfiguration.EmailSendingAccount",),
    _own_mail,
    profiles={"machine": None, "dev": None},
)

ADDRESS = re.compile(r"@([A-Za-z0-9.-]+)>?\s*$")


def _sender(seen: Seen) -> Iterator[Breach]:
    pool, config = seen.one(POOL), "EmailConfiguration"
    arn, sender = text(pool, config, "SourceArn"), text(pool, config, "From")
    if not arn:
        return
    identity = arn.partition(":identity/")[2].lower()
    domain = identity.rpartition("@")[2]
    found = ADDRESS.search(sender)
    if found and not _is_within(found[1].lower(), domain):
        message = f"From is an address of {found[1]}, and SourceArn is the identity {identity}."
        yield Breach(POOL, "", (config, "From"), message)
    account = arn_part(arn, 4)
    if seen.state.account and account not in ("", seen.state.account):
        message = f"The identity belongs to the account {account}, the pool to {seen.state.account}."
        yield Breach(POOL, "", (config, "SourceArn"), message)
    state = dig(seen.outside.get("ses_identities"), arn)
    if isinstance(state, dict) and not state.get("verified"):
        what = "does not have" if state.get("missing") else "has not verified"
        message = f"Amazon SES {what} the identity {identity}, so no message is sent."
        yield Breach(POOL, "", (config, "SourceArn"), message)


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


CG012 = SecurityRule(
    Rule(
        id="CG012",
        title="A sender that the SES identity does not cover",
        what="From is of another domain than the identity of SourceArn, the identity is of another account, or Amazon "
        "SES has not verified it (with --live).",
        why="Amazon SES refuses to send, or another account decides who may send in the name of the pool.",
        source=("EmailConfigurationType of the API", "AWS CDK, UserPoolEmail"),
        advice="Use one verified identity of the account of the pool, and an address in it.",
    ),
    "medium",
    ("user_pool.EmailConfiguration.SourceArn", "user_pool.EmailConfiguration.From"),
    _sender,
    uses=("ses_identities",),
    needs=("user_pool.EmailConfiguration",),
)


def _external_id(seen: Seen) -> Iterator[Breach]:
    if seen.all("sms_role"):
        return  # it fills in an external id of its own
    for section, path, config in sms_configurations(seen):
        role = config.get("SnsCallerArn") or config.get("CallerArn")
        if role and not config.get("ExternalId"):
            message = "Cognito assumes the role for SMS without an external id."
            yield Breach(section, "", (*path, "ExternalId"), message)


CG013 = SecurityRule(
    Rule(
        id="CG013",
        title="A role for SMS without an external id",
        what="SmsConfiguration or EumsSms names a role, and no ExternalId.",
        why="Any pool in AWS could name the role and send SMS on your bill: Cognito is the confused deputy. An "
        "external id that the trust of the role requires prevents it.",
        source=("SmsConfigurationType of the API", "AWS documentation, the confused deputy problem"),
        advice="Declare the section sms_role, or set ExternalId and require it in the trust of the role.",
    ),
    "medium",
    (
        "user_pool.SmsConfiguration.ExternalId",
        "user_pool.SmsConfiguration.EumsSms.ExternalId",
        "mfa.SmsMfaConfiguration.SmsConfiguration.ExternalId",
    ),
    _external_id,
    needs=("user_pool.SmsConfiguration", "mfa.SmsMfaConfiguration"),
)


def _pumping(seen: Seen) -> Iterator[Breach]:
    if not (is_sign_up_open(seen) and sends_sms(seen)):
        return
    if not (has_guard(seen) or has_trigger(seen, "CustomSMSSender")):
        message = "Anyone can sign up and have SMS sent to any number, and nothing limits it."
        yield Breach(POOL, "", ("SmsConfiguration",), message)


CG014 = SecurityRule(
    Rule(
        id="CG014",
        title="SMS that anyone can have sent",
        what="Users can sign up by themselves, the pool sends SMS, and there is neither a PreSignUp or "
        "CustomSMSSender trigger nor a web ACL.",
        why="Programs sign up with premium numbers and share the revenue of each SMS (SMS pumping). The bill is yours.",
        source=("AWS documentation, security best practices for user pools",),
        advice="Prefer e-mail and authenticator apps to SMS, restrict countries in AWS End User Messaging, and put a "
        "web ACL or a PreSignUp function before sign-up.",
    ),
    "medium",
    ("user_pool.SmsConfiguration", "user_pool.LambdaConfig.CustomSMSSender", "mfa.SmsMfaConfiguration"),
    _pumping,
    profiles={"dev": "low"},
    uses=("web_acl",),
)

LINK = re.compile(r"https?://[^\s\"'<>)}]+", re.IGNORECASE)
TEXTS: tuple[tuple[str, tuple[Steps, ...]], ...] = (
    (
        POOL,
        (
            *(("VerificationMessageTemplate", m) for m in ("EmailMessage", "EmailMessageByLink", "SmsMessage")),
            *(("AdminCreateUserConfig", "InviteMessageTemplate", m) for m in ("EmailMessage", "SMSMessage")),
            *((m,) for m in ("EmailVerificationMessage", "SmsVerificationMessage", "SmsAuthenticationMessage")),
        ),
    ),
    ("mfa", (("EmailMfaConfiguration", "Message"), ("SmsMfaConfiguration", "SmsAuthenticationMessage"))),
    (
        "risk_configuration",
        tuple(
            ("AccountTakeoverRiskConfiguration", "NotifyConfiguration", mail, body)
            for mail in ("BlockEmail", "MfaEmail", "NoActionEmail")
            for body in ("HtmlBody", "TextBody")
        ),
    ),
)
"""The texts that a pool sends, by section."""


def _links(seen: Seen) -> Iterator[Breach]:
    for section, paths in TEXTS:
        tree = seen.one(section)
        for path in paths if tree else ():
            said: Any = dig(tree, *path) if path[0] in tree else None
            for link in _links_in(said) if isinstance(said, str) and is_known(said) else ():
                wrong = _wrong_link(link, seen.redirect_hosts)
                if wrong:
                    yield Breach(section, "", path, wrong)


@lru_cache(maxsize=1024)  # most texts are those of Cognito
def _links_in(text: str) -> tuple[str, ...]:
    return tuple(LINK.findall(text))


def _wrong_link(link: str, hosts: frozenset[str]) -> str:
    try:
        found = urlsplit(link)
    except ValueError:
        return ""
    host = (found.hostname or "").lower()
    if found.scheme.lower() == "http":
        return f"The message has a link with http to {host}, which anyone on the way can change."
    if hosts and host and host not in hosts:
        return f"The message has a link to {host}, which is not among allowed_redirect_hosts."
    return ""


CG015 = SecurityRule(
    Rule(
        id="CG015",
        title="A message with a link that users should not follow",
        what="A message has a link with http, or to a host that allowed_redirect_hosts does not have.",
        why="Users learn to follow such links, and a page on the way can ask for their password.",
        source=("AWS documentation, customising messages",),
        advice="Use https, and hosts of your own.",
    ),
    "low",
    (
        "user_pool.VerificationMessageTemplate",
        "user_pool.AdminCreateUserConfig.InviteMessageTemplate",
        "mfa.EmailMfaConfiguration.Message",
        "risk_configuration.AccountTakeoverRiskConfiguration.NotifyConfiguration",
    ),
    _links,
)

RULES = (CG009, CG010, CG011, CG012, CG013, CG014, CG015)

"""Rules about second factors, one-time codes and passkeys."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Rule
from reconciler.security.catalogue.pool_traits import (
    CLIENTS,
    FIRST_FACTORS,
    MFA,
    PASSWORD_FLOWS,
    POOL,
    mfa_mode,
    second_factors,
    signs_in_locally,
)
from reconciler.security.rule import Scanner, SecurityRule, Seen, dig, text, texts

MODE = ("MfaConfiguration",)
RISK = ("AccountTakeoverRiskConfiguration", "Actions")
REQUIRED_BY: dict[Scanner, tuple[str, ...]] = {
    "prowler": ("cognito_user_pool_mfa_enabled",),
    "cdk-nag": ("AwsSolutions-COG2",),
}
"""Checks that accept nothing but ON."""


def _off(seen: Seen) -> Iterator[Breach]:
    if mfa_mode(seen) == "OFF" and signs_in_locally(seen):
        yield Breach(MFA, "", MODE, "A password alone is enough to sign in.")


CG201 = SecurityRule(
    Rule(
        id="CG201",
        title="No second factor",
        what="MfaConfiguration is OFF, and users of the pool itself can sign in.",
        why="One leaked or guessed password is one account. Users of identity providers get their second factor "
        "there, so a pool in which no client lets others sign in is not judged.",
        source=("Security Hub Cognito.5", "Prowler", "KICS", "cdk-nag"),
        advice="Set mfa.MfaConfiguration to ON with SoftwareTokenMfaConfiguration, or to OPTIONAL with adaptive "
        "authentication (PLUS).",
    ),
    "high",
    ("mfa.MfaConfiguration", "clients.ExplicitAuthFlows", "clients.SupportedIdentityProviders"),
    _off,
    profiles={"workforce": "critical", "machine": None, "dev": "low"},
    same={
        **REQUIRED_BY,
        "security-hub": ("Cognito.5",),
        "aws-config": ("cognito-user-pool-mfa-enabled",),
        "kics": ("ec28bf61-a474-4dbe-b414-6dd3a067d6f0", "74a18d1a-cf02-4a31-8791-ed0967ad7fdc"),
        "cfn-guard": ("COGNITO_USER_POOL_MFA_CONFIGURATION_RULE",),
    },
)


def _optional(seen: Seen) -> Iterator[Breach]:
    if mfa_mode(seen) == "OPTIONAL" and signs_in_locally(seen) and not _is_adaptive(seen):
        message = "A second factor is asked of those users only who have set one up, and nothing asks them to."
        yield Breach(MFA, "", MODE, message)


def _is_adaptive(seen: Seen) -> bool:
    """Return whether a risky sign-in needs a second factor, or may need one."""
    if text(seen.one(POOL), "UserPoolAddOns", "AdvancedSecurityMode") != "ENFORCED":
        return False
    if not seen.knows("risk_configuration") and not seen.one("risk_configuration"):
        return True
    actions = dig(seen.one("risk_configuration"), *RISK) or {}
    found = {text(action, "EventAction") for action in actions.values() if isinstance(action, dict)}
    return bool(found & {"MFA_REQUIRED", "MFA_IF_CONFIGURED"})


CG202 = SecurityRule(
    Rule(
        id="CG202",
        title="A second factor that is left to the user",
        what="MfaConfiguration is OPTIONAL, and no action of threat protection asks for a second factor.",
        why="Few users set a second factor up by themselves, and the sign-in pages do not ask them to.",
        source=("Prowler", "MfaConfiguration of the API"),
        advice="Set mfa.MfaConfiguration to ON. Or use the plan PLUS with AdvancedSecurityMode ENFORCED and actions "
        "MFA_REQUIRED in risk_configuration.",
    ),
    "medium",
    ("mfa.MfaConfiguration", "risk_configuration.AccountTakeoverRiskConfiguration.Actions"),
    _optional,
    profiles={"workforce": "high", "machine": None, "dev": None},
    same=REQUIRED_BY,
)


def _sms_alone(seen: Seen) -> Iterator[Breach]:
    if second_factors(seen) == ("SMS",):
        yield Breach(MFA, "", ("SmsMfaConfiguration",), "SMS is the only second factor that users can have.")


CG204 = SecurityRule(
    Rule(
        id="CG204",
        title="SMS as the only second factor",
        what="MFA is on, and SMS is the only factor.",
        why="Phone numbers are moved to another SIM, codes are phished and read on lock screens, and each one costs "
        "money.",
        source=("Prowler", "NIST SP 800-63B"),
        advice="Add mfa.SoftwareTokenMfaConfiguration: {Enabled: true}.",
    ),
    "medium",
    ("mfa.SmsMfaConfiguration", "mfa.SoftwareTokenMfaConfiguration", "mfa.EmailMfaConfiguration"),
    _sms_alone,
    profiles={"dev": "low"},
    needs=("mfa.SmsMfaConfiguration",),
)


def _codes(seen: Seen) -> Iterator[Breach]:
    codes = [f for f in texts(seen.one(POOL), *FIRST_FACTORS) if f in ("EMAIL_OTP", "SMS_OTP")]
    if codes:
        message = f"{' and '.join(codes)}: who reads one mailbox or one phone has the account, without a second factor."
        yield Breach(POOL, "", FIRST_FACTORS, message)


CG207 = SecurityRule(
    Rule(
        id="CG207",
        title="A one-time code as the whole sign-in",
        what="AllowedFirstAuthFactors includes EMAIL_OTP or SMS_OTP, and the pool serves employees or partners.",
        why="A code on one channel is the whole sign-in: no second factor follows it. For employees, the mailbox is "
        "often what the account should protect.",
        source=("NIST SP 800-63B", "cognito.md 3.1"),
        advice="Use passkeys (WEB_AUTHN) with user verification, or passwords with MfaConfiguration ON.",
    ),
    "high",
    ("user_pool.Policies.SignInPolicy.AllowedFirstAuthFactors",),
    _codes,
    profiles={"consumer": None, "machine": None, "dev": None},
)


def _possession(seen: Seen) -> Iterator[Breach]:
    mfa, key = seen.one(MFA), "WebAuthnConfiguration"
    weak = dig(mfa, key, "UserVerification") in (None, "preferred")
    single = dig(mfa, key, "FactorConfiguration") in (None, "SINGLE_FACTOR")
    if "WEB_AUTHN" in texts(seen.one(POOL), *FIRST_FACTORS) and weak and single and mfa_mode(seen) == "OFF":
        message = "Who holds the device of a user signs in: the passkey asks for neither a PIN nor a fingerprint."
        yield Breach(MFA, "", (key, "UserVerification"), message)


CG208 = SecurityRule(
    Rule(
        id="CG208",
        title="Passkeys that prove possession alone",
        what="WEB_AUTHN is a first factor, UserVerification is preferred, FactorConfiguration is SINGLE_FACTOR, and "
        "MFA is off.",
        why="A security key without a PIN is then the whole sign-in, and a stolen one an account.",
        source=("WebAuthnConfigurationType of the API",),
        advice="Set mfa.WebAuthnConfiguration.UserVerification to required.",
    ),
    "medium",
    ("mfa.WebAuthnConfiguration.UserVerification", "mfa.WebAuthnConfiguration.FactorConfiguration"),
    _possession,
)


def _relying_party(seen: Seen) -> Iterator[Breach]:
    party = text(seen.one(MFA), "WebAuthnConfiguration", "RelyingPartyId")
    hosts = list(_hosts(seen))
    if not party or not hosts or not _has_pages(seen) or "WEB_AUTHN" not in texts(seen.one(POOL), *FIRST_FACTORS):
        return
    if not any(_covers(party, host) for host in hosts):
        message = f"Passkeys are bound to {party}, and the sign-in pages are at {' and '.join(hosts)}."
        yield Breach(MFA, "", ("WebAuthnConfiguration", "RelyingPartyId"), message)


def _hosts(seen: Seen) -> Iterator[str]:
    """Yield the hosts of the sign-in pages: the custom domains, or the prefix domains if there are none."""
    domains = {a.name: d for a, d in seen.all("domains").items()}
    custom = [name for name, domain in domains.items() if domain.get("CustomDomainConfig")]
    region = seen.state.region or "REGION"
    yield from custom or (f"{name}.auth.{region}.amazoncognito.com" for name in domains)


def _covers(party: str, host: str) -> bool:
    """Return whether a browser lets pages of a host use passkeys of a relying party."""
    if "REGION" in host:
        return party.startswith(host.partition("REGION")[0])
    return host == party or host.endswith(f".{party}")


def _has_pages(seen: Seen) -> bool:
    """Return whether some client uses the sign-in pages."""
    flows = {flow for client in seen.all(CLIENTS).values() for flow in texts(client, "AllowedOAuthFlows")}
    return bool(flows & {"code", "implicit"})


CG209 = SecurityRule(
    Rule(
        id="CG209",
        title="Passkeys of another host than the sign-in pages",
        what="RelyingPartyId is neither the host of the sign-in pages nor above it. With a custom domain, that is the "
        "host.",
        why="Browsers refuse the passkeys, and users are locked out. Changing RelyingPartyId later makes all "
        "registered passkeys useless.",
        source=("WebAuthnConfigurationType of the API", "cognito.md 2.2"),
        advice="Set mfa.WebAuthnConfiguration.RelyingPartyId to the custom domain, before the first user registers a "
        "passkey.",
    ),
    "high",
    ("mfa.WebAuthnConfiguration.RelyingPartyId", "domains.CustomDomainConfig"),
    _relying_party,
    needs=("mfa.WebAuthnConfiguration",),
)


def _hidden_password(seen: Seen) -> Iterator[Breach]:
    factors = texts(seen.one(POOL), *FIRST_FACTORS)
    for address, client in seen.all(CLIENTS).items():
        flows = texts(client, "ExplicitAuthFlows")
        if "PASSWORD" in factors and "ALLOW_USER_AUTH" in flows and not set(flows) & PASSWORD_FLOWS:
            message = "The client lists no flow with a password, and takes passwords all the same, by ALLOW_USER_AUTH."
            yield Breach(CLIENTS, address.name, ("ExplicitAuthFlows",), message)


CG211 = SecurityRule(
    Rule(
        id="CG211",
        title="Passwords that ALLOW_USER_AUTH lets in",
        what="A client has ALLOW_USER_AUTH and no flow with a password, and the pool allows PASSWORD as a first "
        "factor.",
        why="Choice-based sign-in offers PASSWORD and PASSWORD_SRP whatever flows the client lists, and Cognito "
        "refuses a pool without PASSWORD. A client that looks passwordless is not.",
        source=("ExplicitAuthFlows of the API", "cognito.md 3.1"),
        advice="Remove ALLOW_USER_AUTH, or list ALLOW_USER_SRP_AUTH to say what is so; waive this rule if users have "
        "no passwords.",
    ),
    "medium",
    ("clients.ExplicitAuthFlows", "user_pool.Policies.SignInPolicy.AllowedFirstAuthFactors"),
    _hidden_password,
    profiles={"dev": "low"},
)

RULES = (CG201, CG202, CG204, CG207, CG208, CG209, CG211)

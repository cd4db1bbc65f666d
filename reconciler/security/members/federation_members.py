"""Providers, groups, domains and threat protection: whom a pool trusts, and what it gives them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from reconciler.security.bearing import (
    ALL_USERS,
    GROUP_USERS,
    OPERATORS,
    PROVIDER_USERS,
    STAY_VALID,
    Bearing,
    Neutral,
    Row,
    Table,
    under,
)
from reconciler.security.members.pool_members import FIXED, KEY, WORDS
from reconciler.security.orders import (
    Judged,
    Order,
    any_change,
    flag,
    gains_strengthen,
    gains_weaken,
    ladder,
    number,
    presence_strengthens,
    presence_weakens,
    rising,
    rows,
)

# --- providers -----------------------------------------------------------------------------------------------------


def _moved(change: Judged) -> str:
    old, new = (urlsplit(v).netloc if isinstance(v, str) else "" for v in (change.before, change.after))
    if old and new and old != new:
        return "It is on another host: who runs that host decides who signs in, and as whom."
    return ""


def _endpoint(sentence: str) -> Bearing:
    return Bearing(any_change, sentence, PROVIDER_USERS, ("CHG13",), "critical", tokens=STAY_VALID, special=_moved)


def text_flag(*, weak: str) -> Order:
    """Return the order of a switch that is written as a text; what is absent is `false`."""
    return rising(lambda value: str(value or "false").lower() != weak)


SECRET = Neutral("it is a secret, which is rotated; the addresses decide who says who a user is")
DETAILS: Table = {
    "client_id": Bearing(
        any_change, "Tokens for another client of the provider are taken.", PROVIDER_USERS, ("CHG13",)
    ),
    "client_secret": SECRET,
    "private_key": SECRET,
    "key_id": Neutral("it names the key that the secret is made with"),
    "team_id": Bearing(any_change, "Another team at the provider is trusted.", PROVIDER_USERS, ("CHG13",)),
    "oidc_issuer": _endpoint("Another issuer says who a user is."),
    "authorize_url": _endpoint("Users are sent to another page to sign in."),
    "token_url": _endpoint("Tokens come from another address."),
    "attributes_url": _endpoint("Attributes come from another address."),
    "jwks_uri": _endpoint("Keys that prove who a user is come from another address."),
    "MetadataURL": _endpoint("Certificates that prove who a user is come from another address."),
    "MetadataFile": Bearing(
        any_change,
        "Another certificate or address says who a user is: compare its fingerprint.",
        PROVIDER_USERS,
        ("CHG13",),
        "critical",
        tokens=STAY_VALID,
    ),
    "SSORedirectBindingURI": Neutral("Cognito takes it from the metadata"),
    "SLORedirectBindingURI": Neutral("Cognito takes it from the metadata"),
    "ActiveEncryptionCertificate": Neutral("Cognito makes it"),
    "IDPSignout": Bearing(
        text_flag(weak="false"), "Users stay signed in at the provider.", PROVIDER_USERS, ("CHG13",), "low"
    ),
    "IDPInit": Bearing(
        text_flag(weak="true"), "A sign-in that the user did not begin is taken.", PROVIDER_USERS, ("CHG13",)
    ),
    "RequestSigningAlgorithm": Bearing(
        presence_strengthens, "The provider cannot check who asks.", PROVIDER_USERS, ("CHG13",), "medium"
    ),
    "EncryptedResponses": Bearing(
        text_flag(weak="false"), "What the provider says of users can be read on its way.", PROVIDER_USERS, ("CHG13",)
    ),
    "authorize_scopes": Bearing(
        any_change, "What is asked of the provider about users changes.", PROVIDER_USERS, ("CHG13",), "low"
    ),
    "attributes_request_method": Neutral("it is GET or POST"),
    "attributes_url_add_attributes": Neutral("Cognito sets it"),
    "api_version": Neutral("it is a version of the provider's API"),
    "*": Bearing(any_change, "A detail of the provider changes.", PROVIDER_USERS, ("CHG13",), "medium"),
}

PROVIDER: dict[str, Row] = {
    "ProviderName": KEY,
    "ProviderType": FIXED,
    **under("ProviderDetails", DETAILS),
    "AttributeMapping.username": Bearing(
        any_change, "Users of the provider become other users of the pool.", PROVIDER_USERS, ("CHG13",), "critical"
    ),
    "AttributeMapping.email_verified": Bearing(
        presence_strengthens,
        "An address that the provider has not verified is taken for one.",
        PROVIDER_USERS,
        ("CHG13",),
    ),
    "AttributeMapping.*": Bearing(
        presence_weakens, "The provider decides the value of another attribute.", PROVIDER_USERS, ("CHG13",)
    ),
    "IdpIdentifiers": Bearing(
        gains_weaken(), "Users with another domain are sent to this provider.", PROVIDER_USERS, ("CHG13",), "medium"
    ),
    "AcrMapping": Bearing(
        any_change, "Another level of the provider counts as a level of the pool.", PROVIDER_USERS, ("CHG13",), "medium"
    ),
}

# --- groups, servers, domains --------------------------------------------------------------------------------------

GROUP: Table = {
    "GroupName": KEY,
    "Description": WORDS,
    "RoleArn": Bearing(
        presence_weakens,
        "Members of the group get this role: look at its policies.",
        GROUP_USERS,
        ("CHG19",),
        "critical",
    ),
    "Precedence": Bearing(
        rising(lambda value: number(value, float("inf"))),
        "The role of this group goes before those of other groups.",
        GROUP_USERS,
        ("CHG19",),
        "medium",
    ),
}
SERVER: Table = {
    "Identifier": KEY,
    "Name": WORDS,
    "Scopes": Neutral("a scope allows nothing until a client may ask for it"),
}
DOMAIN: Table = {
    "Domain": KEY,
    "ManagedLoginVersion": Neutral("it is which pages are shown"),
    "CustomDomainConfig.CertificateArn": Bearing(
        any_change, "Another certificate says that the pages are yours.", ALL_USERS, ("CHG22",), "medium"
    ),
    "CustomDomainConfig.SecurityPolicy": Bearing(
        ladder("TLS_V1", "TLS_V1_2_2021", "TLS_V1_3_2025"), "Older versions of TLS are taken.", ALL_USERS, ("CHG22",)
    ),
    "Routing.Failover.SecondaryRegion": Bearing(
        presence_strengthens, "Sign-in does not move to another Region when this one fails.", ALL_USERS, ("CHG24",)
    ),
    "Routing.Failover.PrimaryRoute53HealthCheckId": Bearing(
        any_change, "Another check decides when sign-in moves to the other Region.", ALL_USERS, ("CHG24",), "medium"
    ),
}

# --- threat protection ---------------------------------------------------------------------------------------------

ACTIONS = ladder("NO_ACTION", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "BLOCK")
EVENTS = frozenset({"SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"})


def _level(name: str) -> dict[str, Row]:
    place = f"AccountTakeoverRiskConfiguration.Actions.{name}Action"
    said = f"Less is done about a sign-in of {name.lower()} risk."
    return {
        f"{place}.EventAction": Bearing(ACTIONS, said, ALL_USERS, ("CHG06",), "high" if name == "High" else "medium"),
        f"{place}.Notify": Bearing(
            flag(weak=False), "Users no longer learn of risky sign-ins.", ALL_USERS, ("CHG06",), "medium"
        ),
    }


def _mail(name: str) -> dict[str, Row]:
    return {f"AccountTakeoverRiskConfiguration.NotifyConfiguration.{name}": WORDS}


NOTIFY = "AccountTakeoverRiskConfiguration.NotifyConfiguration"
RISK: dict[str, Row] = {
    "CompromisedCredentialsRiskConfiguration.EventFilter": Bearing(
        gains_strengthen(absent=EVENTS), "Leaked passwords are no longer looked for there.", ALL_USERS, ("CHG06",)
    ),
    "CompromisedCredentialsRiskConfiguration.Actions.EventAction": Bearing(
        ladder("NO_ACTION", "BLOCK"), "Users can sign in with passwords that have leaked.", ALL_USERS, ("CHG06",)
    ),
    f"{NOTIFY}.From": Neutral("SES takes only an address that the identity in SourceArn covers"),
    f"{NOTIFY}.ReplyTo": Neutral("it says where answers go"),
    f"{NOTIFY}.SourceArn": Bearing(
        any_change, "Warnings are sent through another identity: look at who owns it.", ALL_USERS, ("CHG16",), "medium"
    ),
    **_mail("BlockEmail"),
    **_mail("NoActionEmail"),
    **_mail("MfaEmail"),
    **_level("Low"),
    **_level("Medium"),
    **_level("High"),
    "RiskExceptionConfiguration.BlockedIPRangeList": Bearing(
        gains_strengthen(), "Addresses that were blocked can sign in.", ALL_USERS, ("CHG06",)
    ),
    "RiskExceptionConfiguration.SkippedIPRangeList": Bearing(
        gains_weaken(), "Sign-ins from more addresses are not scored.", ALL_USERS, ("CHG06",)
    ),
}

# --- logs, web ACL, limits -----------------------------------------------------------------------------------------


def _targets(value: Any) -> dict[str, Any]:
    found = rows(value)
    return {str(r.get("EventSource")): {k: v for k, v in r.items() if k.endswith("Configuration")} for r in found}


def deliveries(change: Judged) -> Any:
    """The order of log deliveries: an event that is no longer delivered is weaker, another target may be either."""
    old, new = _targets(change.before), _targets(change.after)
    moved = [source for source in old.keys() & new.keys() if old[source] != new[source]]
    kept = gains_strengthen()(change._replace(before=sorted(old), after=sorted(new)))
    return type(kept).MIXED if moved else kept


LOGS: Table = {
    "LogConfigurations": Bearing(
        deliveries,
        "Events are no longer delivered where they were: an attack may leave no trace.",
        OPERATORS,
        ("CHG20",),
        undo="Events of the time in between are lost.",
    ),
}
WEB_ACL: Table = {
    "WebACLArn": Bearing(presence_strengthens, "Requests are not filtered by the former rules.", ALL_USERS, ("CHG20",)),
}
LIMITS: Table = {
    "LimitDefinition": KEY,
    "RequestedLimitValue": Neutral("it is how many calls a second are possible"),
}

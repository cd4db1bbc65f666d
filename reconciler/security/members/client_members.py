"""Clients: flows, addresses, scopes, tokens, and what is inside of a client."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from reconciler.kinds.client_rules import seconds
from reconciler.model import Direction
from reconciler.security.bearing import CLIENT_USERS, NEW_TOKENS, STAY_VALID, Bearing, Neutral, Row, Table
from reconciler.security.members.pool_members import CONFUSED, FIXED, KEY, WORDS
from reconciler.security.orders import (
    Judged,
    Order,
    any_change,
    flag,
    gains_weaken,
    items,
    ladder,
    more_is_weaker,
    presence_strengthens,
    presence_weakens,
    rising,
)

WAYS_IN = frozenset(
    {
        *("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"),
        *("ALLOW_USER_AUTH", "ALLOW_CLIENT_TOKEN_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
        *("CUSTOM_AUTH_FLOW_ONLY", "ALLOW_TOKEN_EXCHANGE_DELEGATION", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"),
    }
)
"""Every flow but that of refresh tokens."""
PASSWORD_FLOWS = {
    *("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
}
USUAL_FLOWS = frozenset({"ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"})
"""What a client without flows has (cognito.md 2.4)."""


def _flows(change: Judged) -> str:
    gained = items(change.after, USUAL_FLOWS) - items(change.before, USUAL_FLOWS)
    if "ALLOW_TOKEN_EXCHANGE_IMPERSONATION" in gained:
        return "This client can get tokens of any user that do not show who acts."
    if gained & PASSWORD_FLOWS:
        return "Passwords are sent in plain text within TLS, and can be tried one after the other."
    return ""


# --- lists where none is everything --------------------------------------------------------------------------------


def open_list(change: Judged) -> Direction:
    """The order of a list of attributes where none means all standard ones: each item lets more through."""
    old, new = change.before, change.after
    if not old or not new:
        same = bool(old) == bool(new)
        return Direction.NEUTRAL if same else Direction.WEAKENS if old else Direction.STRENGTHENS
    return gains_weaken()(change)


# --- addresses -----------------------------------------------------------------------------------------------------


def origin(url: str) -> str:
    """Return scheme, host and port of an address; of a scheme of an application, all of it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else url


def new_hosts(change: Judged) -> Direction:
    """The order of a list of addresses: another path on a host that is there already is neither weaker nor stronger."""
    sides = [sorted({origin(url) for url in items(v, ())}) for v in (change.before, change.after)]
    return gains_weaken()(change._replace(before=sides[0], after=sides[1]))


# --- lives of tokens -----------------------------------------------------------------------------------------------


def _life(member: str, *, unit: bool = False) -> Order:
    """Return the order of a validity, in seconds. Where number and unit both change, only the number speaks."""

    def compare(change: Judged) -> Direction:
        if unit and change.old.get(member) != change.new.get(member):
            return Direction.NEUTRAL
        return rising(lambda tree: -seconds(tree, member))(change._replace(before=change.old, after=change.new))

    return compare


def _lives(member: str, what: str, usual: Collection[str] = ("CHG10",)) -> tuple[Bearing, Bearing]:
    sentence = f"A stolen {what} token can be used for longer."
    number, unit = (
        Bearing(_life(member, unit=u), sentence, CLIENT_USERS, tuple(usual), tokens=STAY_VALID) for u in (False, True)
    )
    return number, unit


ACCESS, ACCESS_UNIT = _lives("AccessTokenValidity", "access")
ID, ID_UNIT = _lives("IdTokenValidity", "ID")
REFRESH, REFRESH_UNIT = _lives("RefreshTokenValidity", "refresh")


def _weak_flow(change: Judged) -> str:
    gained = items(change.after) - items(change.before)
    if "implicit" in gained:
        return "Tokens are put into the address of the page, where history, logs and scripts can read them."
    return "This client gets tokens without a user." if "client_credentials" in gained else ""


def _from_any(change: Judged) -> str:
    foreign = {origin(u) for u in items(change.after)} - {origin(u) for u in items(change.before)}
    plain = [u for u in foreign if u.startswith("http://")]
    return "Codes and tokens are sent to a new host, without TLS." if plain else ""


CLIENT: dict[str, Row] = {
    "ClientId": KEY,
    "ClientName": KEY,
    "GenerateSecret": FIXED,
    "ClientSecret": FIXED,
    "RefreshTokenValidity": REFRESH,
    "AccessTokenValidity": ACCESS,
    "IdTokenValidity": ID,
    "TokenValidityUnits.AccessToken": ACCESS_UNIT,
    "TokenValidityUnits.IdToken": ID_UNIT,
    "TokenValidityUnits.RefreshToken": REFRESH_UNIT,
    "ReadAttributes": Bearing(
        open_list, "This client can read more of a user's profile.", CLIENT_USERS, ("CHG12",), "low"
    ),
    "WriteAttributes": Bearing(
        open_list,
        "Users can change these attributes of themselves through this client.",
        CLIENT_USERS,
        ("CHG12",),
        "critical",
        undo="What users change meanwhile stays.",
    ),
    "ExplicitAuthFlows": Bearing(
        gains_weaken(WAYS_IN, absent=USUAL_FLOWS),
        "There is another way to sign in with this client.",
        CLIENT_USERS,
        ("CHG09",),
        special=_flows,
    ),
    "SupportedIdentityProviders": Bearing(
        gains_weaken(), "Users of another provider can sign in with this client.", CLIENT_USERS, ("CHG13",)
    ),
    "CallbackURLs": Bearing(
        new_hosts,
        "Codes and tokens are sent to a new host: look at who owns it.",
        CLIENT_USERS,
        ("CHG11",),
        "critical",
        special=_from_any,
    ),
    "LogoutURLs": Bearing(
        new_hosts, "Users are sent to a new host after they sign out.", CLIENT_USERS, ("CHG11",), "medium"
    ),
    "DefaultRedirectURI": Neutral("it is one of CallbackURLs"),
    "AllowedOAuthFlows": Bearing(
        gains_weaken({"implicit", "client_credentials"}),
        "This client gets tokens in a weaker way.",
        CLIENT_USERS,
        ("CHG09",),
        special=_weak_flow,
    ),
    "AllowedOAuthScopes": Bearing(
        gains_weaken(), "Tokens of this client allow more.", CLIENT_USERS, ("CHG12",), tokens=NEW_TOKENS
    ),
    "AllowedOAuthFlowsUserPoolClient": Bearing(
        flag(weak=True), "This client can use the OAuth flows that it lists.", CLIENT_USERS, ("CHG09",), "medium"
    ),
    "AnalyticsConfiguration.ApplicationId": Bearing(
        presence_weakens, "Data about users goes to this application.", CLIENT_USERS, (), "low"
    ),
    "AnalyticsConfiguration.ApplicationArn": Bearing(
        presence_weakens, "Data about users goes to this application.", CLIENT_USERS, (), "low"
    ),
    "AnalyticsConfiguration.RoleArn": Bearing(
        any_change, "Another role sends data about users: look at its policies.", CLIENT_USERS, (), "low"
    ),
    "AnalyticsConfiguration.ExternalId": Bearing(presence_strengthens, CONFUSED, CLIENT_USERS, (), "low"),
    "AnalyticsConfiguration.UserDataShared": Bearing(
        flag(weak=True), "Attributes of users go to the analytics application.", CLIENT_USERS, (), "medium"
    ),
    "PreventUserExistenceErrors": Bearing(
        ladder("LEGACY", "ENABLED"), "Answers show whether an account exists.", CLIENT_USERS, ("CHG10",)
    ),
    "EnableTokenRevocation": Bearing(
        flag(weak=False), "A stolen refresh token cannot be revoked.", CLIENT_USERS, ("CHG10",), tokens=STAY_VALID
    ),
    "EnablePropagateAdditionalUserContextData": Bearing(
        any_change, "Whether the client may say which address a user comes from changes.", CLIENT_USERS, (), "low"
    ),
    "AuthSessionValidity": Bearing(
        more_is_weaker(3), "A sign-in that has begun can be continued for longer.", CLIENT_USERS, ("CHG10",), "low"
    ),
    "RefreshTokenRotation.Feature": Bearing(
        ladder("DISABLED", "ENABLED"),
        "A stolen refresh token works as long as it is valid, without being noticed.",
        CLIENT_USERS,
        ("CHG10",),
    ),
    "RefreshTokenRotation.RetryGracePeriodSeconds": Bearing(
        more_is_weaker(), "A used refresh token works for longer.", CLIENT_USERS, ("CHG10",), "low"
    ),
    "PublishSecretsInAWSSecretsManager": Bearing(
        flag(weak=False),
        "AWS no longer keeps and rotates the secret of this client.",
        CLIENT_USERS,
        ("CHG26",),
        undo="The secret in Secrets Manager is deleted at once and for good; a new one has another value.",
    ),
}

APPEARANCE = Neutral("it is how pages look")
BRANDING: Table = {
    "UseCognitoProvidedValues": APPEARANCE,
    "Settings": APPEARANCE,
    "Assets": APPEARANCE,
}
CLASSIC_PAGES: Table = {"CSS": APPEARANCE, "ImageFile": APPEARANCE}
TERMS: Table = {
    "TermsName": KEY,
    "TermsSource": Neutral("it has one value"),
    "Enforcement": Neutral("it has one value"),
    "Links": WORDS,
}
SESSION: Table = {
    "SSOSession.MaxValidityMinutes": Bearing(
        more_is_weaker(), "A browser stays signed in for longer.", CLIENT_USERS, ("CHG10",), "medium"
    ),
}
SECRETS: Table = {"max_age_days": Neutral("it is a limit for drift, and no setting of Cognito")}


def _patterns(change: Judged) -> str:
    wide: list[Any] = [p for p in items(change.after) - items(change.before) if "*" in p]
    return "Every client whose metadata is at an address that fits can use this pool." if wide else ""


CIMD: Table = {
    "CIMDPolicyId": KEY,
    "PolicyName": KEY,
    "CacheDuration": Bearing(
        more_is_weaker(), "A client that was withdrawn is known for longer.", CLIENT_USERS, ("CHG09",), "low"
    ),
    "URLPatterns": Bearing(
        gains_weaken(), "More clients can use this pool.", CLIENT_USERS, ("CHG09",), special=_patterns
    ),
}

"""Rules about app clients (cognito.md 3.2, C1 to C21)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from reconciler.local.operation import arn_part
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.store import Record
from reconciler.local.tiers import check_client_tier

STANDARD_SCOPES = frozenset({"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"})
LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
NOT_WRITABLE = frozenset({"email_verified", "phone_number_verified", "sub"})
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
ACCESS_RANGE = (300, 86_400)
REFRESH_RANGE = (3_600, 315_360_000)
"""Seconds (C12)."""
CLIENT_TOKEN = "ALLOW_CLIENT_TOKEN_AUTH"  # noqa: S105 - a flow's name
INVALID_READ = "Invalid read attributes specified while creating a client"
INVALID_WRITE = "Invalid write attributes specified while creating a client"


def check_client(pool: Record, client: Record, params: Record) -> None:
    """Check a client in its state after a write.

    Args:
        pool: The pool that it belongs to.
        client: The client after the write.
        params: The request, for members that are not stored.

    Raises:
        Refusal: A rule is broken.
    """
    if params.get("GenerateSecret") and "ClientSecret" in params:  # C18
        refuse("GenerateSecret and ClientSecret cannot be used together.")
    for rule in RULES:
        rule(pool, client)
    _analytics(pool, params.get("AnalyticsConfiguration", {}))
    check_client_tier(pool["config"]["UserPoolTier"], client)


def _oauth(_pool: Record, client: Record) -> None:
    flows, scopes = set(client.get("AllowedOAuthFlows", ())), client.get("AllowedOAuthScopes", [])
    if client["AllowedOAuthFlowsUserPoolClient"] and not (flows and scopes):  # C1
        refuse(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
        )
    if flows & {"code", "implicit"} and not client.get("CallbackURLs"):  # C2
        refuse("CallbackURLs are required for the code and implicit OAuth flows.")
    if "client_credentials" in flows:
        _client_credentials(flows, client)


def _client_credentials(flows: set[str], client: Record) -> None:
    if len(flows) > 1:  # C3
        raise ServiceError(
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        )
    if "ClientSecret" not in client:  # C4
        raise ServiceError(
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected if client does not have a client secret.",
        )
    if not set(client.get("AllowedOAuthScopes", ())) - STANDARD_SCOPES:  # C5
        refuse("client_credentials flow requires at least one custom scope.")


def _scopes(pool: Record, client: Record) -> None:
    known = {f"{s['Identifier']}/{c['ScopeName']}" for s in pool["servers"].values() for c in s["Scopes"]}
    unknown = [s for s in client.get("AllowedOAuthScopes", ()) if s not in STANDARD_SCOPES | known]
    if unknown:  # C6
        raise ServiceError("ScopeDoesNotExistException", f"Invalid scope requested: {', '.join(unknown)}")


def _providers(pool: Record, client: Record) -> None:
    for name in client.get("SupportedIdentityProviders", ()):
        if name != "COGNITO" and name not in pool["providers"]:  # C7
            refuse(f"The provider {name} does not exist for User Pool {pool['id']}.")


def _urls(_pool: Record, client: Record) -> None:
    for url in (*client.get("CallbackURLs", ()), *client.get("LogoutURLs", ())):
        _url(url)
    default = client.get("DefaultRedirectURI")
    if default is not None and default not in client.get("CallbackURLs", ()):  # C9
        refuse("DefaultRedirectURI must be in the list of CallbackURLs.")


def _url(url: str) -> None:
    """Check a redirect target (C8)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        refuse(f"Invalid URL: {url}")
    if not parts.scheme:
        refuse(f"{url} is not an absolute URL.")
    if "#" in url:
        refuse(f"{url} cannot contain a fragment.")
    if parts.scheme in ("http", "https") and not host:
        refuse(f"{url} is not an absolute URL.")
    if parts.scheme == "http" and host not in LOCAL_HOSTS:
        refuse(f"{url} cannot use the HTTP protocol.")


def _attributes(pool: Record, client: Record) -> None:
    known = {a["Name"] for a in pool["schema"]}
    if set(client.get("ReadAttributes", ())) - known:  # C11
        refuse(INVALID_READ)
    if "WriteAttributes" not in client:
        return
    writable = set(client["WriteAttributes"])
    required = {a["Name"] for a in pool["schema"] if a["Required"]} - {"sub"}
    if writable & NOT_WRITABLE or writable - known or required - writable:  # C10, C11
        refuse(INVALID_WRITE)


def _validity(_pool: Record, client: Record) -> None:
    units = client["TokenValidityUnits"]
    refresh = client["RefreshTokenValidity"] * SECONDS[units.get("RefreshToken", "days")]
    _within("refresh token", refresh, REFRESH_RANGE)
    for member, unit in (("AccessTokenValidity", "AccessToken"), ("IdTokenValidity", "IdToken")):
        seconds = client.get(member, 1) * SECONDS[units.get(unit, "hours")] if member in client else SECONDS["hours"]
        _within(member, seconds, ACCESS_RANGE)
        if seconds > refresh:  # C13
            refuse(f"Invalid range for token validity: {member} cannot be longer than the refresh token's.")


def _within(what: str, seconds: int, allowed: tuple[int, int]) -> None:
    low, high = allowed
    if not low <= seconds <= high:  # C12
        refuse(f"Invalid range for token validity: {what} must be between {low} and {high} seconds.")


def _flows(_pool: Record, client: Record) -> None:
    flows = set(client.get("ExplicitAuthFlows", ()))
    if flows & LEGACY_FLOWS and flows - LEGACY_FLOWS:  # C14
        refuse("ExplicitAuthFlows cannot mix values with and without the ALLOW_ prefix.")
    rotates = client.get("RefreshTokenRotation", {}).get("Feature") == "ENABLED"
    if rotates and "ALLOW_REFRESH_TOKEN_AUTH" in flows:  # C17
        refuse("ALLOW_REFRESH_TOKEN_AUTH cannot be used while refresh token rotation is enabled.")
    if CLIENT_TOKEN in flows and (len(flows) > 1 or "ClientSecret" not in client):  # C21
        refuse(f"{CLIENT_TOKEN} must be the only flow and needs a client secret.")
    if client["EnablePropagateAdditionalUserContextData"] and "ClientSecret" not in client:  # C15
        refuse("EnablePropagateAdditionalUserContextData requires a client secret.")


def _analytics(pool: Record, sent: Record) -> None:
    """Check the request, not the stored values: the service itself adds RoleArn to an ApplicationArn (C16)."""
    arn = sent.get("ApplicationArn")
    if arn and {"ApplicationId", "RoleArn", "ExternalId"} & set(sent):
        refuse("ApplicationArn cannot be used with ApplicationId, RoleArn or ExternalId.")
    if arn and arn_part(arn, 3) not in (pool["region"], "us-east-1"):
        refuse("The Pinpoint application must be in the Region of the user pool.")


Rule = Callable[[Record, Record], None]
RULES: tuple[Rule, ...] = (_oauth, _scopes, _providers, _urls, _attributes, _validity, _flows)

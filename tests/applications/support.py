"""Pools for the tests of outputs: live objects as the service answers, built without a cloud."""

from collections.abc import Mapping
from typing import Any

from reconciler.applications.known_pool import KnownPool, from_live
from reconciler.model import Address, Observed

POOL = "customers"
SECTIONS = frozenset(
    {"user_pool", "mfa", "domains", "clients", "identity_providers", "groups", "resource_servers"},
)
CLIENT: Mapping[str, Any] = {
    "ClientName": "web",
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email"],
    "SupportedIdentityProviders": ["COGNITO"],
    "CallbackURLs": ["https://app.example.com/callback"],
    "LogoutURLs": ["https://app.example.com/bye"],
}


def observed(section: str, name: str, data: Mapping[str, Any], **ids: str) -> Observed:
    return Observed(Address(POOL, section, name), ids, dict(data))


def pool(
    *others: Observed,
    region: str = "eu-west-1",
    settings: Mapping[str, Any] | None = None,
    client: Mapping[str, Any] | None = None,
    prefix: str = "acme",
    key: str = "web",
) -> KnownPool:
    """Return a live pool with one client, `web`, and a prefix domain."""
    pool_id = f"{region}_Example01"
    arn = f"arn:aws:cognito-idp:{region}:123456789012:userpool/{pool_id}"
    root = observed("user_pool", "", {"PoolName": POOL, **(settings or {})}, UserPoolId=pool_id, ResourceArn=arn)
    web = observed("clients", key, {**CLIENT, **(client or {})}, UserPoolId=pool_id, ClientId="exampleclient")
    domains = [observed("domains", prefix, {}, Domain=prefix)] if prefix else []
    return from_live(region, [root, *domains, web, *others], SECTIONS)

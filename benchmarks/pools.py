"""The pools that are measured: as manifests, and as the calls that make them without poolctl."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Tree = dict[str, Any]
Ask = Callable[[str, Tree], Tree]
"""Makes one call: operation, parameters → answer."""
REGION = "eu-west-1"
ACCOUNT = "123456789012"
FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
CHANGED = 50
"""One group in so many is live with another description than declared."""


def reference(name: str, clients: int = 3) -> Tree:
    """Return the manifest of the reference pool: every section that a pool in production commonly has.

    3 clients, 2 providers, 2 resource servers, 4 groups, a domain, the classic pages, threat protection, logs, second
    factors, and a style of managed login for the first client.
    """
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/vendedlogs/{name}"
    return {
        "version": 1,
        "user_pool": {
            "PoolName": name,
            "UserPoolTier": "PLUS",
            "DeletionProtection": "ACTIVE",
            "AutoVerifiedAttributes": ["email"],
            "Policies": {"PasswordPolicy": PASSWORDS},
            "Schema": [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
            "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
            "UserPoolTags": {"team": "identity", "stage": "measured"},
        },
        "mfa": {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        "resource_servers": {n: _server(n) for n in ("orders", "invoices")},
        "identity_providers": {n: _provider(n) for n in ("okta", "entra")},
        "groups": {n: {"Description": f"All {n}", "Precedence": p} for p, n in enumerate(GROUPS)},
        "domains": {name: {"ManagedLoginVersion": 2}},
        "risk_configuration": {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}},
        "ui_customization": {"CSS": ".banner-customizable {background: #fafafa;}"},
        "log_delivery": {
            "LogConfigurations": [
                {
                    "EventSource": "userNotification",
                    "LogLevel": "ERROR",
                    "CloudWatchLogsConfiguration": {"LogGroupArn": logs},
                }
            ]
        },
        "clients": {f"app-{n}": _client(branded=n == 0) for n in range(clients)},
    }


PASSWORDS = {
    "MinimumLength": 12,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}
GROUPS = ("customers", "staff", "auditors", "administrators")


def _server(name: str) -> Tree:
    scopes = [{"ScopeName": n, "ScopeDescription": f"{n} {name}"} for n in ("read", "write")]
    return {"Name": f"The {name}", "Scopes": scopes}


def _provider(name: str) -> Tree:
    place = f"https://{name}.example.com"
    details = {
        "client_id": f"id-of-{name}",
        "client_secret": {"$env": "PROVIDER_SECRET"},
        "authorize_scopes": "openid email",
        "attributes_request_method": "GET",
        "oidc_issuer": place,
        "authorize_url": f"{place}/authorize",
        "token_url": f"{place}/token",
        "attributes_url": f"{place}/userinfo",
        "jwks_uri": f"{place}/jwks",
    }
    return {"ProviderType": "OIDC", "ProviderDetails": details, "AttributeMapping": {"email": "email"}}


SECRET = "stands-for-a-secret-of-a-provider"  # noqa: S105 - made up
"""The value of PROVIDER_SECRET."""


def _client(*, branded: bool) -> Tree:
    tree: Tree = {
        "ExplicitAuthFlows": FLOWS,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "orders/read"],
        "CallbackURLs": ["https://app.example.com/callback"],
        "SupportedIdentityProviders": ["COGNITO", "okta"],
        "RefreshTokenValidity": 30,
    }
    return {**tree, "branding": {"UseCognitoProvidedValues": True}} if branded else tree


def with_groups(name: str, count: int) -> Tree:
    """Return the manifest of a pool that has groups and nothing else."""
    groups = {f"group-{n:05}": {"Description": f"Members of department {n}", "Precedence": n} for n in range(count)}
    return {**_plain(name), "groups": groups}


def with_clients(name: str, count: int) -> Tree:
    """Return the manifest of a pool that has clients and nothing else."""
    clients = {f"app-{n:05}": {"ExplicitAuthFlows": FLOWS, "RefreshTokenValidity": 30} for n in range(count)}
    return {**_plain(name), "clients": clients}


def _plain(name: str) -> Tree:
    return {"version": 1, "user_pool": {"PoolName": name, "UserPoolTier": "ESSENTIALS"}}


@dataclass
class Made:
    """A pool that was made, as Terraform's state would know it."""

    pool: str
    clients: dict[str, str] = field(default_factory=dict)
    """Name → id."""
    providers: list[str] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    brandings: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    """Sections that hold one object, such as `risk_configuration`."""

    def as_tree(self) -> Tree:
        """Return it for JSON."""
        return asdict(self)


SETTINGS = {
    "risk_configuration": "SetRiskConfiguration",
    "ui_customization": "SetUICustomization",
    "log_delivery": "SetLogDeliveryConfiguration",
}
CHILDREN = {
    "resource_servers": ("CreateResourceServer", "Identifier", "servers"),
    "identity_providers": ("CreateIdentityProvider", "ProviderName", "providers"),
    "groups": ("CreateGroup", "GroupName", "groups"),
    "domains": ("CreateUserPoolDomain", "Domain", "domains"),
}
"""Section → operation, the member that holds the key, and where `Made` lists it."""


def make(tree: Tree, ask: Ask) -> Made:
    """Make the pool of a manifest by plain calls."""
    made = Made(ask("CreateUserPool", tree["user_pool"])["UserPool"]["Id"])
    ids = {"UserPoolId": made.pool}
    if "mfa" in tree:
        ask("SetUserPoolMfaConfig", {**ids, **tree["mfa"]})
    for section, (operation, key, listed) in CHILDREN.items():
        for name, child in tree.get(section, {}).items():
            ask(operation, {**ids, key: name, **_revealed(child)})
            getattr(made, listed).append(name)
    for section, operation in SETTINGS.items():
        if section in tree:
            ask(operation, {**ids, **tree[section]})
            made.settings.append(section)
    for name, client in tree.get("clients", {}).items():
        _make_client(made, name, client, ask)
    return made


def _make_client(made: Made, name: str, client: Tree, ask: Ask) -> None:
    ids = {"UserPoolId": made.pool}
    own = {key: value for key, value in client.items() if key != "branding"}
    found = ask("CreateUserPoolClient", {**ids, "ClientName": name, **own})["UserPoolClient"]["ClientId"]
    made.clients[name] = found
    if "branding" in client:
        styled = ask("CreateManagedLoginBranding", {**ids, "ClientId": found, **client["branding"]})
        made.brandings.append(styled["ManagedLoginBranding"]["ManagedLoginBrandingId"])


def _revealed(tree: Tree) -> Tree:
    details = tree.get("ProviderDetails")
    return {**tree, "ProviderDetails": {**details, "client_secret": SECRET}} if details else tree


def change_groups(made: Made, every: int, ask: Ask) -> int:
    """Give one group in so many another description; return how many."""
    changed = made.groups[::every]
    for name in changed:
        number = int(name.rpartition("-")[2])
        ask("UpdateGroup", {"UserPoolId": made.pool, "GroupName": name, "Description": "hand", "Precedence": number})
    return len(changed)

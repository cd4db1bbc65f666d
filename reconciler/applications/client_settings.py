"""What every format says of a client, whatever the library: ids, addresses, redirects and scopes."""

from __future__ import annotations

from reconciler.applications import parts, urls
from reconciler.applications.known_pool import KnownObject, KnownPool, Unsettled, client_id
from reconciler.applications.urls import Endpoints
from reconciler.kinds.client import KEPT_AT
from reconciler.kinds.client_rules import has_secret
from schemas.records import record

COGNITO = "COGNITO"
"""The pool itself among the identity providers of a client."""


@record(frozen=True, slots=True)
class SignIn:
    """How users of a client sign in on the pool's pages."""

    endpoints: Endpoints
    """Where."""
    response_type: str
    """`code` or `token`."""
    scopes: tuple[str, ...]
    """What the client may ask for."""
    redirects: tuple[str, ...]
    """Where users may come back to; the client's default comes first."""
    logouts: tuple[str, ...]
    """Where users may go after signing out; may be empty."""

    @property
    def complete(self) -> bool:
        """Whether nothing is missing that a library may insist on."""
        return bool(self.scopes and self.redirects and self.logouts)


def pool_id(pool: KnownPool) -> str:
    """Return the id of a pool.

    Raises:
        Unsettled: It is unknown.
    """
    if not pool.id:
        raise Unsettled("the id of the pool")
    return pool.id


def sign_in(pool: KnownPool, client: KnownObject) -> SignIn | None:
    """Return how users of a client sign in on the pages; None if they cannot.

    Raises:
        Unsettled: Something that decides it is unknown.
    """
    grant = urls.response_type(client)
    there = urls.endpoints(pool) if grant else None
    if there is None:
        return None
    first, callbacks = urls.default_callback(client), client.strings("CallbackURLs")
    redirects = tuple(dict.fromkeys(url for url in (first, *callbacks) if url))
    return SignIn(there, grant, client.strings("AllowedOAuthScopes"), redirects, client.strings("LogoutURLs"))


def secret_is_there(client: KnownObject) -> bool:
    """Return whether a client has a secret.

    Raises:
        Unsettled: A manifest does not say whether Cognito generates one.
    """
    return has_secret(client.tree) or client.get("GenerateSecret", default=False) is True


def secret_arn(client: KnownObject) -> str:
    """Return where Secrets Manager keeps the secret of a client; empty if it does not."""
    return client.ids.get(KEPT_AT, "")


def identity_pool_id(pool: KnownPool, client: KnownObject) -> str:
    """Return the identity pool that gives users of a client AWS credentials; empty if there is none, or it is unknown.

    An identity pool names pool and client, so several may; the first by id is as good as any other.

    Raises:
        Unsettled: A plan makes it, so it has no id yet.
    """
    found = _identity_pools(pool, client)
    if found and ID not in found[0].ids:
        raise Unsettled(f"the id of {found[0].address}")
    return found[0].ids[ID] if found else ""


def allows_guests(pool: KnownPool, client: KnownObject) -> bool:
    """Return whether the identity pool of a client gives credentials to guests."""
    found = _identity_pools(pool, client)
    return bool(found) and found[0].get("AllowUnauthenticatedIdentities", default=False) is True


ID = "IdentityPoolId"


def _identity_pools(pool: KnownPool, client: KnownObject) -> list[KnownObject]:
    if not pool.identity_pools:
        return []
    own = (urls.provider_name(pool.region, pool.id), client_id(client))
    found = [p for p in pool.identity_pools if own in _providers(p)]
    return sorted(found, key=lambda p: p.ids.get(ID, ""))


def _providers(identity_pool: KnownObject) -> list[tuple[str, str]]:
    listed = identity_pool.get("CognitoIdentityProviders", default=())
    return [(item.get("ProviderName", ""), item.get("ClientId", "")) for item in listed]


def values(pool: KnownPool, client: KnownObject) -> dict[str, str | list[str]]:
    """Return the settings of a client by name, for formats that take any names: those without a value are left out.

    Raises:
        Unsettled: Something is unknown.
    """
    found: dict[str, str | list[str]] = {
        "region": pool.region,
        "user_pool_id": pool_id(pool),
        "client_id": client_id(client),
        "client_secret_arn": secret_arn(client),
        "identity_pool_id": identity_pool_id(pool, client),
        "issuer": urls.issuer(pool),
        "jwks_uri": urls.jwks(pool),
    }
    return {k: v for k, v in (found | _oauth(pool, client)).items() if v}


def _oauth(pool: KnownPool, client: KnownObject) -> dict[str, str | list[str]]:
    pages = sign_in(pool, client)
    there = pages.endpoints if pages else _token_endpoint(pool, client)
    if there is None:
        return {}
    found: dict[str, str | list[str]] = {"domain": there.host, "token_endpoint": there.token}
    if pages is None:  # a machine: no user, no page
        return {**found, "scopes": list(client.strings("AllowedOAuthScopes"))}
    return {
        **found,
        "authorization_endpoint": there.authorize,
        "userinfo_endpoint": there.userinfo,
        "revocation_endpoint": there.revoke,
        "logout_endpoint": there.logout,
        "response_type": pages.response_type,
        "scopes": list(pages.scopes),
        "redirect_uris": list(pages.redirects),
        "logout_uris": list(pages.logouts),
    }


def _token_endpoint(pool: KnownPool, client: KnownObject) -> Endpoints | None:
    machine = urls.uses_oauth(client) and "client_credentials" in client.strings("AllowedOAuthFlows")
    return urls.endpoints(pool) if machine else None


def is_made_by_cognito(group: KnownObject, pool: KnownPool) -> bool:
    """Return whether Cognito made a group for the users of an identity provider."""
    return bool(pool.id) and group.name.startswith(f"{pool.id}_")


def groups(pool: KnownPool) -> list[KnownObject]:
    """Return the groups that people made, by name.

    Raises:
        Unsettled: The groups are unknown.
    """
    return sorted((g for g in pool.section(parts.GROUPS) if not is_made_by_cognito(g, pool)), key=lambda g: g.name)

"""The addresses of a user pool: issuer, endpoints, sign-in pages, and the DNS record of a custom domain.

Hosts follow the DNS suffix of the Region's partition, which botocore knows (`values/regions.py`, cognito.md 12). An
address whose id does not exist yet is empty, and one that needs OAuth or a domain that is not there, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlencode

from reconciler.applications import parts
from reconciler.applications.known_pool import NOT_YET, KnownObject, KnownPool
from reconciler.errors import InvalidInput
from reconciler.values.regions import partition, suffix
from schemas.records import record

GRANTS = {"code": "code", "implicit": "token"}
"""Flows that sign a user in, in the order of preference, and the response type of each. The third flow,
client_credentials, has no page."""

SERVICE, PAGES = "amazonaws", "amazoncognito"
"""How the DNS suffix of a partition begins, for the service and for the pages of prefix domains."""


@record(frozen=True, slots=True)
class DnsRecord:
    """The record that a custom domain needs, beside its certificate."""

    name: str
    """`auth.example.com`."""
    target: str
    """The CloudFront distribution; empty until the domain exists. In Route 53 an alias, elsewhere a CNAME."""


@record(frozen=True, slots=True)
class Endpoints:
    """The OAuth endpoints and pages of a domain; each is an https URL."""

    host: str
    """Without a scheme: `acme.auth.eu-west-1.amazoncognito.com`."""

    @property
    def base(self) -> str:
        """The address that all others begin with."""
        return f"https://{self.host}"

    @property
    def authorize(self) -> str:
        """Where an OAuth library sends a browser to."""
        return f"{self.base}/oauth2/authorize"

    @property
    def token(self) -> str:
        """Where tokens come from."""
        return f"{self.base}/oauth2/token"

    @property
    def userinfo(self) -> str:
        """The attributes of the user to whom an access token belongs."""
        return f"{self.base}/oauth2/userInfo"

    @property
    def revoke(self) -> str:
        """Where refresh tokens are revoked."""
        return f"{self.base}/oauth2/revoke"

    @property
    def logout(self) -> str:
        """Where a session of the pages ends. It takes client_id and logout_uri, not what OpenID Connect says."""
        return f"{self.base}/logout"


def provider_name(region: str, pool_id: str) -> str:
    """Return the name of a pool as a provider of identity pools: `cognito-idp.R.amazonaws.com/POOL`."""
    return f"cognito-idp.{region}.{suffix(region)}/{pool_id}"


def issuer(pool: KnownPool) -> str:
    """Return the issuer of the pool's tokens, the claim `iss`; empty while the pool has no id.

    Raises:
        Unsettled: The type of the issuer is unknown.
    """
    if not pool.id:
        return ""
    if pool.one(parts.POOL).get("IssuerConfiguration", "Type", default="ORIGINAL") != "UPDATED":
        return f"https://{provider_name(pool.region, pool.id)}"
    primary = pool.id.partition("_")[0]  # replicas share the issuer of the Region that the id names
    return f"https://issuer-{provider_name(primary, pool.id)}"


def discovery(pool: KnownPool) -> str:
    """Return the URL of the discovery document; empty while the pool has no id."""
    found = issuer(pool)
    return found and f"{found}/.well-known/openid-configuration"


def jwks(pool: KnownPool) -> str:
    """Return the URL of the keys that sign tokens; empty while the pool has no id."""
    found = issuer(pool)
    return found and f"{found}/.well-known/jwks.json"


def prefix_host(prefix: str, region: str) -> str:
    """Return the host of a prefix domain.

    GovCloud has FIPS endpoints only, which shows in the name (cognito.md 2.4).

    Raises:
        InvalidInput: The pages of this partition have no documented host.
    """
    tail = suffix(region)
    if not tail.startswith(f"{SERVICE}."):
        raise InvalidInput(f"Cognito has no sign-in pages under {tail}, the DNS suffix of {region}.")
    label = "auth-fips" if partition(region) == "aws-us-gov" else "auth"
    return f"{prefix}.{label}.{region}.{PAGES}{tail.removeprefix(SERVICE)}"


def is_custom(domain: KnownObject) -> bool:
    """Return whether a domain is a custom one: the only ones with a dot (cognito.md 2.4)."""
    return "." in domain.name


def host(domain: KnownObject, region: str) -> str:
    """Return the host that serves a domain."""
    return domain.name if is_custom(domain) else prefix_host(domain.name, region)


def endpoints(pool: KnownPool) -> Endpoints | None:
    """Return the endpoints that applications use: those of the custom domain, or else of the prefix; None without both.

    Raises:
        Unsettled: The domains are unknown.
    """
    found = sorted(pool.section(parts.DOMAINS), key=is_custom, reverse=True)
    return Endpoints(host(found[0], pool.region)) if found else None


def dns_records(pool: KnownPool) -> tuple[DnsRecord, ...]:
    """Return the DNS records to make: one for a custom domain.

    Raises:
        Unsettled: The domains are unknown.
    """
    custom = (d for d in pool.section(parts.DOMAINS) if is_custom(d))
    return tuple(DnsRecord(d.name, d.ids.get(parts.SERVED_BY, NOT_YET)) for d in custom)


@record(frozen=True, slots=True)
class ClientLinks:
    """The pages of one client; each is empty if the client cannot use it."""

    sign_in: str
    """`/login`, which always asks; for one identity provider alone it leads straight there."""
    sign_up: str
    """`/signup`; empty if only administrators create users, or if no user signs in with the pool itself."""
    sign_out: str
    """`/logout` with client_id and logout_uri: what Cognito has in place of OpenID Connect's RP-initiated logout."""
    authorize: str
    """`/oauth2/authorize`, which skips the question for a user with a session; applications use this one."""


def client_links(pool: KnownPool, client: KnownObject) -> ClientLinks:
    """Return the pages of a client; all empty if it has no OAuth flow with a page, no callback, no id or no domain.

    Raises:
        Unsettled: Something that the addresses depend on is unknown.
    """
    grant, there = response_type(client), endpoints(pool)
    own, callback = client.ids.get("ClientId", NOT_YET), default_callback(client)
    if not (grant and there and own and callback):
        return ClientLinks("", "", sign_out(there, client), "")
    query = _query(own, grant, client.strings("AllowedOAuthScopes"), callback)
    sign_up = f"{there.base}/signup?{query}" if _may_sign_up(pool, client) else ""
    login, authorize = f"{there.base}/login?{query}", f"{there.authorize}?{query}"
    return ClientLinks(login, sign_up, sign_out(there, client), authorize)


def sign_out(there: Endpoints | None, client: KnownObject) -> str:
    """Return the URL that ends a session of the pages; empty without a domain, an id or LogoutURLs.

    Raises:
        Unsettled: LogoutURLs are unknown.
    """
    own, back = client.ids.get("ClientId", NOT_YET), client.strings("LogoutURLs")
    if not (there and own and back and uses_oauth(client)):
        return ""
    return f"{there.logout}?{_encoded([('client_id', own), ('logout_uri', back[0])])}"


def uses_oauth(client: KnownObject) -> bool:
    """Return whether the OAuth settings of a client have any effect."""
    return client.get("AllowedOAuthFlowsUserPoolClient", default=False) is True


def response_type(client: KnownObject) -> str:
    """Return how users of a client sign in on the pages: `code` or `token`; empty if they cannot."""
    flows = client.strings("AllowedOAuthFlows") if uses_oauth(client) else ()
    return next((grant for flow, grant in GRANTS.items() if flow in flows), "")


def default_callback(client: KnownObject) -> str:
    """Return the address to which the pages send users of a client back; empty if it has none."""
    callbacks = client.strings("CallbackURLs")
    return str(client.get("DefaultRedirectURI", default="") or next(iter(callbacks), "")) if callbacks else ""


def _may_sign_up(pool: KnownPool, client: KnownObject) -> bool:
    admin = pool.one(parts.POOL).get("AdminCreateUserConfig", "AllowAdminCreateUserOnly", default=False)
    return admin is not True and "COGNITO" in client.strings("SupportedIdentityProviders")


def _query(own: str, grant: str, scopes: Iterable[str], callback: str) -> str:
    # Without a scope Cognito grants all scopes of the client, so none is left out by accident.
    scope = " ".join(scopes)
    pairs = [("client_id", own), ("response_type", grant), ("scope", scope), ("redirect_uri", callback)]
    return _encoded((k, v) for k, v in pairs if v)


def _encoded(pairs: Iterable[tuple[str, str]] | Iterator[tuple[str, str]]) -> str:
    return urlencode(list(pairs), quote_via=quote, safe="")

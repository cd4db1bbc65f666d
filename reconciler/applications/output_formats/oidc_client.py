"""`oidc`: the settings of oidc-client-ts, on which react-oidc-context and others are built.

Cognito's logout is not that of OpenID Connect: it takes client_id and logout_uri, and answers the standard's
post_logout_redirect_uri with an error page. So both are in the endpoint itself, to which libraries only append.
"""

from __future__ import annotations

from reconciler.applications import urls
from reconciler.applications.client_settings import SignIn, pool_id, sign_in
from reconciler.applications.known_pool import client_id
from reconciler.applications.output_format import Output, OutputFormat, Wanted, as_json
from reconciler.errors import Refused


def make(wanted: Wanted) -> Output:
    """Return the settings.

    Raises:
        Refused: No user can sign in to the client on the pool's pages.
    """
    pages = sign_in(wanted.pool, wanted.client)
    if pages is None or not pages.redirects:
        raise Refused(
            f"{wanted.client.address}: oidc describes how users sign in on the pool's pages. For them the pool needs a "
            "domain, and the client AllowedOAuthFlowsUserPoolClient: true, the flow code or implicit, and CallbackURLs."
        )
    pool_id(wanted.pool)
    own = client_id(wanted.client)
    settings = {
        "authority": urls.issuer(wanted.pool),
        "client_id": own,
        "redirect_uri": pages.redirects[0],
        "response_type": pages.response_type,
        "scope": " ".join(pages.scopes),
        "metadata": _metadata(wanted, pages),
    }
    return Output(as_json({k: v for k, v in settings.items() if v}), tuple(_notices(wanted, pages)))


def _metadata(wanted: Wanted, pages: SignIn) -> dict[str, str]:
    there = pages.endpoints
    found = {
        "issuer": urls.issuer(wanted.pool),
        "authorization_endpoint": there.authorize,
        "token_endpoint": there.token,
        "userinfo_endpoint": there.userinfo,
        "revocation_endpoint": there.revoke,
        "jwks_uri": urls.jwks(wanted.pool),
        "end_session_endpoint": urls.sign_out(there, wanted.client),
    }
    return {k: v for k, v in found.items() if v}


def _notices(wanted: Wanted, pages: SignIn) -> list[str]:
    found = []
    if not pages.logouts:
        found.append(f"{wanted.client.address} has no LogoutURLs, so a session of the pages cannot be ended.")
    if "openid" not in pages.scopes:
        found.append(f"{wanted.client.address} may not ask for openid, without which there is no ID token.")
    if pages.response_type != "code":
        found.append("oidc-client-ts 3 knows the flow code only. Add it to AllowedOAuthFlows.")
    return found


FORMAT = OutputFormat(
    name="oidc",
    title="settings of oidc-client-ts and what is built on it",
    file="oidc.json",
    make=make,
    browser=True,
)

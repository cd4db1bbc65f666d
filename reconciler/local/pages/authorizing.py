"""The authorize endpoint: the request of a client, whether it is allowed, and the answer to its redirect URI.

Errors that cannot go there (an unknown client, a redirect URI that is not registered) go to `/error`.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlencode

from werkzeug import Response

from reconciler.local.ledger import hashed
from reconciler.local.pages import cookies, rendering
from reconciler.local.pages.site import CARRIED, Elsewhere, Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import tokens
from reconciler.local.store import Record

CODE, IMPLICIT = "code", "token"
FLOWS = {CODE: "code", IMPLICIT: "implicit"}
"""AllowedOAuthFlows by response_type."""
CODE_SECONDS = 300.0
GRANT = "grant"
"""Kind in the ledger: authorization codes."""
CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
OF_OPENID = frozenset({"email", "phone", "profile"})
"""Scopes that need `openid`."""
STANDARD = (*sorted(OF_OPENID), "openid", tokens.API_SCOPE)
COGNITO = "COGNITO"
PROMPTS = frozenset({"none", "login", "select_account", "consent"})
SOURCE = "TokenGeneration_HostedAuth"


@dataclass(frozen=True)
class Asked:
    """A valid authorization request."""

    client: Record
    redirect_uri: str
    response_type: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str
    challenge: str
    resource: str
    provider: str
    """Name of the provider to sign in with; empty if the user chooses."""
    prompts: frozenset[str]

    def back(self, **answer: str) -> Response:
        """Return a redirect to the client."""
        mark = "&" if "?" in self.redirect_uri else "?"
        return redirect(f"{self.redirect_uri}{mark}{urlencode(answer)}")

    def refuse(self, error: str, description: str = "") -> NoReturn:
        """Answer with an error.

        Raises:
            Elsewhere: Always.
        """
        described = {"error_description": description} if description else {}
        stated = {} if self.state is None else {"state": self.state}
        raise Elsewhere(self.back(**described, **stated, error=error))


def read(site: Site) -> Asked:
    """Return the authorization request.

    Raises:
        Elsewhere: To the error page, or back to the client with an error.
    """
    client, uri = _addressee(site)
    args = site.request.args
    asked = Asked(
        client=client,
        redirect_uri=uri,
        response_type=args.get("response_type", ""),
        scopes=tuple(dict.fromkeys(args.get("scope", "").split())) or _all_scopes(client),
        state=args.get("state"),
        nonce=args.get("nonce", ""),
        challenge=args.get("code_challenge", ""),
        resource=args.get("resource", ""),
        provider=_provider(site, client),
        prompts=frozenset(args.get("prompt", "").split()) if site.managed else frozenset(),
    )
    _check(site, asked)
    return asked


def _all_scopes(client: Record) -> tuple[str, ...]:
    return tuple(client.get("AllowedOAuthScopes", ()))


def _addressee(site: Site) -> tuple[Record, str]:
    """Return the client and the redirect URI.

    Raises:
        Elsewhere: To the error page.
    """
    args = site.request.args
    client = site.client()
    if len(args.getlist("client_id")) != 1 or client is None:
        raise Elsewhere(to_error_page(site, "invalid_request", "The client_id is missing or unknown."))
    uris = args.getlist("redirect_uri") or [client.get("DefaultRedirectURI", "")]
    if len(uris) > 1 or not uris[0]:
        raise Elsewhere(to_error_page(site, "invalid_request", "The redirect_uri is missing."))
    if uris[0] not in client.get("CallbackURLs", ()):
        raise Elsewhere(to_error_page(site, "redirect_mismatch"))
    return client, uris[0]


def to_error_page(site: Site, error: str, description: str = "") -> Response:
    """Return a redirect to the error page."""
    described = {"error_description": description} if description else {}
    named = {k: v for k, v in site.carried.items() if k == "client_id"}
    return redirect(site.url("/error", error=error, **described, **named))


def _provider(site: Site, client: Record) -> str:
    """Return the provider that the request names, even an unknown one, or else the only one of the client."""
    args = site.request.args
    if "identity_provider" in args:
        return args["identity_provider"]
    identifier = args.get("idp_identifier")
    if identifier is not None:
        named = (n for n, p in site.pool["providers"].items() if identifier in p["IdpIdentifiers"])
        return next(named, identifier)
    own = providers_of(client)
    return own[0] if len(own) == 1 else ""


def providers_of(client: Record) -> list[str]:
    """Return the providers of a client, including COGNITO."""
    return list(client.get("SupportedIdentityProviders", ()))


def _check(site: Site, asked: Asked) -> None:
    client, args = asked.client, site.request.args
    if any(len(args.getlist(name)) > 1 for name in CARRIED):
        asked.refuse("invalid_request", "A parameter is repeated.")
    if not client.get("AllowedOAuthFlowsUserPoolClient"):
        asked.refuse("unauthorized_client")
    if asked.response_type not in FLOWS:
        asked.refuse("invalid_request", "The response_type must be code or token.")
    if FLOWS[asked.response_type] not in client.get("AllowedOAuthFlows", ()):
        asked.refuse("unauthorized_client")
    _check_scopes(site.pool, asked)
    _check_challenge(asked, args.get("code_challenge_method"))
    _check_prompts(asked)
    if asked.resource and asked.resource not in site.pool["servers"] and "://" not in asked.resource:
        asked.refuse("invalid_request", "The resource is unknown.")
    if asked.provider and asked.provider not in providers_of(client):
        asked.refuse("invalid_request", "The identity provider is not one of the app client.")


def _check_scopes(pool: Record, asked: Asked) -> None:
    custom = {f"{s['Identifier']}/{c['ScopeName']}" for s in pool["servers"].values() for c in s["Scopes"]}
    allowed = set(_all_scopes(asked.client)) & {*STANDARD, *custom}
    wanted = set(asked.scopes)
    if wanted - allowed or (wanted & OF_OPENID and "openid" not in wanted):
        asked.refuse("invalid_scope")


def _check_challenge(asked: Asked, method: str | None) -> None:
    if not asked.challenge and method is None:
        return
    if method != "S256" or not CHALLENGE.fullmatch(asked.challenge):
        asked.refuse("invalid_request", "The code_challenge must have 43 to 128 characters and the method S256.")


def _check_prompts(asked: Asked) -> None:
    if asked.prompts - PROMPTS or (len(asked.prompts) > 1 and "none" in asked.prompts):
        asked.refuse("invalid_request", "The prompt is not supported.")


# --- answers ----------------------------------------------------------------------------------------------------------


def check_open(site: Site, asked: Asked) -> None:
    """Check that a client has pages to sign in at.

    Raises:
        Elsewhere: To a page with the reason.
    """
    if site.managed and rendering.styles_of(site.pool, asked.client["ClientId"]) is None:
        said = "Login pages unavailable. The app client has no managed login branding style."
        raise Elsewhere(rendering.error_page(site, "Login pages unavailable", said))
    if not providers_of(asked.client):
        said = "The app client has no identity provider (SupportedIdentityProviders)."
        raise Elsewhere(rendering.error_page(site, "Login pages unavailable", said))


def finish(site: Site, asked: Asked, who: cookies.SignedIn) -> Response:
    """Answer a client for a user who is signed in."""
    if asked.response_type == CODE:
        stated = {} if asked.state is None else {"state": asked.state}
        return asked.back(code=_code(site, asked, who), **stated)
    about = {"nonce": asked.nonce, "resource": asked.resource, "sso_session": who.session}
    grant = tokens.Grant(asked.scopes, SOURCE, who.auth_time, refreshable=False, **about)
    try:
        issued = tokens.issue(site.ctx, site.caller(asked.client), who.user, grant)
    except ServiceError as refusal:
        asked.refuse("invalid_request", refusal.message)
    stated = {} if asked.state is None else {"state": asked.state}
    known = {"id_token": issued["IdToken"]} if "IdToken" in issued else {}
    answer = {
        **known,
        "access_token": issued["AccessToken"],
        "expires_in": str(issued["ExpiresIn"]),
        "token_type": issued["TokenType"],
        **stated,
    }
    return redirect(f"{asked.redirect_uri}#{urlencode(answer)}")


def _code(site: Site, asked: Asked, who: cookies.SignedIn) -> str:
    code = str(uuid.UUID(bytes=site.ctx.desk.random(16), version=4))
    kept = {
        "client": asked.client["ClientId"],
        "username": who.user["username"],
        "auth_time": who.auth_time,
        "redirect_uri": asked.redirect_uri,
        "scopes": asked.scopes,
        "challenge": asked.challenge,
        "nonce": asked.nonce,
        "resource": asked.resource,
        "session": who.session,
    }
    name, expires = who.user["username"], site.ctx.now() + CODE_SECONDS
    site.ctx.ledger.put(GRANT, hashed(code), kept, pool=site.pool["id"], owner=name, expires=expires)
    return code


def complete(site: Site, asked: Asked, who: cookies.SignedIn) -> Response:
    """Sign a browser in and answer the client."""
    who = cookies.in_session(site, asked.client, who)
    response = finish(site, asked, who)
    cookies.keep_signed_in(site, response, asked.client, who)
    cookies.forget_visit(site, response)
    return response

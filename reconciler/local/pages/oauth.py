"""OAuth 2.0 without a browser: `/oauth2/token`, `/oauth2/userInfo` and `/oauth2/revoke`.

All errors of the token endpoint are 400, even for a wrong client secret. The first attempt uses up a code.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from werkzeug import Response

from reconciler.local import foreign_json
from reconciler.local.ledger import hashed
from reconciler.local.managed_secrets import secrets_of
from reconciler.local.pages.authorizing import GRANT, SOURCE, STANDARD
from reconciler.local.pages.cross_origin import OPEN
from reconciler.local.pages.site import Site
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import parties, refreshing, tokens
from reconciler.local.store import Record

FORM = "application/x-www-form-urlencoded"
JSON = "application/json;charset=UTF-8"
ENDED = "Access token is expired, disabled, or deleted, or the user has globally signed out."
ERRORS = {"UnsupportedTokenTypeException": "unsupported_token_type"}


class OAuthError(Exception):
    """A request to these endpoints is refused.

    Args of the constructor:
        error: Error code of RFC 6749.
        description: error_description; may be empty.
        status: HTTP status.
    """

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.answer = {"error": error, **({"error_description": description} if description else {})}
        self.status = status


def _json(site: Site, value: Record, status: int = 200) -> Response:
    response = Response(json.dumps(value, separators=(",", ":")), status, content_type=JSON)
    response.headers.update({**OPEN, "Cache-Control": "no-store", "Pragma": "no-cache"})
    response.headers["x-amz-cognito-request-id"] = parties.random_uuid(site.ctx)
    return response


def _answered(site: Site, work: Callable[[Site], Response]) -> Response:
    try:
        return work(site)
    except OAuthError as error:
        return _json(site, error.answer, error.status)


# --- the client -------------------------------------------------------------------------------------------------------


def _client(site: Site, status: int = 400) -> Record:
    """Return the authenticated client, by Basic authentication or in the body.

    Raises:
        OAuthError: invalid_request, or invalid_client.
    """
    form = site.request.form
    basic = _basic(site, status)
    if basic is not None and "client_secret" in form:
        raise OAuthError("invalid_request")
    name, secret = basic or (form.get("client_id", ""), form.get("client_secret"))
    if basic is not None and form.get("client_id", name) != name:
        raise OAuthError("invalid_request")
    if not name:
        raise OAuthError("invalid_request" if status == HTTPStatus.BAD_REQUEST else "invalid_client", status=status)
    client: Record | None = site.pool["clients"].get(name)
    if client is None or not _proved(site.pool, client, secret):
        raise OAuthError("invalid_client", status=status)
    return client


def _basic(site: Site, status: int) -> tuple[str, str] | None:
    kind, _, value = site.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthError("invalid_client", status=status) from None
    if not colon:
        raise OAuthError("invalid_client", status=status)
    return unquote_plus(name), unquote_plus(secret)


def _proved(pool: Record, client: Record, secret: str | None) -> bool:
    known = [s["value"] for s in secrets_of(pool, client)]
    if not known:
        return not secret
    return any(hmac.compare_digest(k.encode(), (secret or "").encode()) for k in known)


# --- tokens -----------------------------------------------------------------------------------------------------------


def token(site: Site) -> Response:
    """`/oauth2/token`."""
    return _answered(site, _token)


def _token(site: Site) -> Response:
    if site.request.mimetype != FORM or any(len(v) > 1 for _, v in site.request.form.lists()):
        raise OAuthError("invalid_request")
    kind = site.request.form.get("grant_type", "")
    if not kind:
        raise OAuthError("invalid_request")
    if kind not in GRANTS:
        raise OAuthError("unsupported_grant_type")
    return _json(site, GRANTS[kind](site, _client(site)))


def _by_code(site: Site, client: Record) -> Record:
    form, ctx = site.request.form, site.ctx
    if "code" not in form or "redirect_uri" not in form:
        raise OAuthError("invalid_request")
    if "code" not in client.get("AllowedOAuthFlows", ()):
        raise OAuthError("unauthorized_client")
    key = hashed(form["code"])
    kept = ctx.ledger.get(GRANT, key)
    if kept is None or kept["client"] != client["ClientId"]:
        raise OAuthError("invalid_grant")
    ctx.ledger.drop(GRANT, key)
    if kept["expires"] <= ctx.now() or not _verified(kept["challenge"], form.get("code_verifier")):
        raise OAuthError("invalid_grant")
    if kept["redirect_uri"] != form["redirect_uri"]:
        raise OAuthError("unauthorized_client", "invalid_redirect")
    user = ctx.people.get(site.pool["id"], kept["username"])
    if user is None or not user["enabled"]:
        raise OAuthError("invalid_grant")
    bound = form.get("resource", kept["resource"])
    if kept["resource"] and bound != kept["resource"]:
        raise OAuthError("invalid_grant")
    about = {"nonce": kept["nonce"], "resource": bound, "sso_session": kept["session"]}
    grant = tokens.Grant(tuple(kept["scopes"]), SOURCE, kept["auth_time"], **about)
    return _issued(_tried(lambda: tokens.issue(ctx, site.caller(client, _metadata(site)), user, grant)))


def _verified(challenge: str, verifier: str | None) -> bool:
    """Return whether a verifier matches a challenge; without a challenge it is ignored."""
    if not challenge:
        return True
    digest = hashlib.sha256((verifier or "").encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), challenge.encode())


def _tried(work: Callable[[], Record]) -> Record:
    try:
        return work()
    except ServiceError as refusal:
        shown = refusal.message if "Lambda" in refusal.code else ""
        raise OAuthError("invalid_grant", shown) from None


def _issued(result: Record) -> Record:
    names = (("id_token", "IdToken"), ("access_token", "AccessToken"), ("refresh_token", "RefreshToken"))
    known = {name: result[member] for name, member in names if member in result}
    return {**known, "expires_in": result["ExpiresIn"], "token_type": result["TokenType"]}


def _by_refresh_token(site: Site, client: Record) -> Record:
    given = site.request.form.get("refresh_token", "")
    if not given:
        raise OAuthError("invalid_request")
    caller, metadata = site.caller(client), _metadata(site)
    return _issued(_tried(lambda: tokens.renew(site.ctx, caller, given, rotate=True, device_key="", metadata=metadata)))


def _by_itself(site: Site, client: Record) -> Record:
    if "client_credentials" not in client.get("AllowedOAuthFlows", ()):
        raise OAuthError("unauthorized_client")
    scopes = tuple(dict.fromkeys(site.request.form.get("scope", "").split()))
    mine = tokens.client_scopes(site.pool, client)
    known = {f"{s['Identifier']}/{c['ScopeName']}" for s in site.pool["servers"].values() for c in s["Scopes"]}
    if set(scopes) - known - set(STANDARD):
        raise OAuthError("invalid_scope")
    if set(scopes) - set(mine):
        raise OAuthError("invalid_grant")
    metadata = _metadata(site)
    return _issued(_tried(lambda: tokens.client_token(site.ctx, site.caller(client), scopes or mine, metadata)))


def _metadata(site: Site) -> dict[str, str]:
    """Return aws_client_metadata, a JSON object of texts.

    Raises:
        OAuthError: invalid_request.
    """
    text = site.request.form.get("aws_client_metadata")
    if not text:
        return {}
    try:
        found: Any = foreign_json.loads(text if text.lstrip().startswith("{") else unquote_plus(text))
    except ValueError:
        raise OAuthError("invalid_request") from None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise OAuthError("invalid_request")
    return found


GRANTS: dict[str, Callable[[Site, Record], Record]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
    "client_credentials": _by_itself,
}


# --- userInfo and revoke ----------------------------------------------------------------------------------------------


def user_info(site: Site) -> Response:
    """`/oauth2/userInfo`: the attributes that the scopes of an access token grant, all as texts."""
    kind, _, given = site.request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not given:
        return _unknown(site, "invalid_request", "Bad OAuth2 request at UserInfo Endpoint", 400)
    try:
        bearer = tokens.bearer(site.ctx, given.strip(), "openid")
    except ServiceError as refusal:
        scope = "scope" in refusal.message
        said = "Access token does not contain openid scope" if scope else ENDED
        return _unknown(site, "invalid_token", said, 401)
    if bearer.pool["id"] != site.pool["id"] or not bearer.user["enabled"]:
        return _unknown(site, "invalid_token", ENDED, 401)
    scopes = str(bearer.claims["scope"]).split()
    shown = tokens.within(tokens.readable(bearer.client, bearer.user["attributes"]), scopes)
    return _json(site, {**shown, "username": bearer.user["username"]})


def _unknown(site: Site, error: str, description: str, status: int) -> Response:
    response = _json(site, {"error": error, "error_description": description}, status)
    response.headers["WWW-Authenticate"] = f'error="{error}", error_description="{description}"'
    return response


def revoke(site: Site) -> Response:
    """`/oauth2/revoke`: revokes the family of a refresh token; an unknown token is no error."""
    return _answered(site, _revoke)


def _revoke(site: Site) -> Response:
    form = site.request.form
    if site.request.mimetype != FORM or any(len(v) > 1 for _, v in form.lists()):
        raise OAuthError("invalid_request")
    client = _client(site, 401)
    if not form.get("token"):
        raise OAuthError("invalid_request")
    try:
        refreshing.revoke(site.ctx, site.caller(client), form["token"])
    except ServiceError as refusal:
        raise OAuthError(ERRORS.get(refusal.code, "invalid_request")) from None
    response = Response("", 200)
    response.headers.update({**OPEN, "Cache-Control": "no-store"})
    del response.headers["Content-Type"]  # the body is empty; oidc-client-ts accepts no type but JSON
    return response

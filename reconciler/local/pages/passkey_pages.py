"""Passkeys in the browser: the offer after a sign-in, and `/passkeys/add`. Managed login only."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from werkzeug import Response

from reconciler.local import foreign_json
from reconciler.local.pages import cookies, rendering
from reconciler.local.pages.authorizing import Asked, complete, to_error_page
from reconciler.local.pages.site import Elsewhere, Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import passkeys
from reconciler.local.signin.parties import flows
from reconciler.local.signin.passkey_proofs import is_named, usable
from reconciler.local.store import Record

ADD = "/passkeys/add"
ENTERS = "/oauth2/authorize"
FACTOR = "WEB_AUTHN"
NOT_HERE = "Browsers allow passkeys at names only. Open the pages at http://{}.localhost:{} instead."


def offers(site: Site, client: Record) -> bool:
    """Return whether users of a client sign in with passkeys here."""
    allowed = site.pool["config"].get("Policies", {}).get("SignInPolicy", {}).get("AllowedFirstAuthFactors", ())
    return site.managed and FACTOR in allowed and "ALLOW_USER_AUTH" in flows(client)


def complete_or_offer(site: Site, asked: Asked, who: cookies.SignedIn) -> Response:
    """Sign a browser in, then answer the client, or first offer to add a passkey to a user who has none here."""
    stays = cookies.session_seconds(site, asked.client) > 0
    wanted = stays and is_named(site.host) and offers(site, asked.client)
    if not wanted or usable(who.user, site.host):
        return complete(site, asked, who)
    response = redirect(site.onward(ADD, without=("prompt", "max_age")))
    cookies.keep_signed_in(site, response, asked.client, cookies.in_session(site, asked.client, who))
    cookies.forget_visit(site, response)
    return response


def add(site: Site) -> Response:
    """`/passkeys/add`: registers a passkey for the user who is signed in with this browser."""
    client, target = _addressee(site)
    if not is_named(site.host):
        return rendering.error_page(
            site, "Add a passkey", NOT_HERE.format(site.domain, site.request.host.rpartition(":")[2])
        )
    who = cookies.signed_in(site)
    if who is None:
        return redirect(site.onward("/login"))
    try:
        if site.request.method == "POST":
            credential = _credential(site.request.form.get("credential", ""))
            passkeys.complete(site.ctx, site.pool, client["ClientId"], who.user, credential)
            return redirect(target)
        options = passkeys.start(site.ctx, site.pool, client["ClientId"], who.user, host=site.host)
    except ServiceError as refusal:
        return rendering.page(site, "passkey_failed.html", 400, error=refusal.message, target=target)
    return rendering.page(site, "passkey_add.html", options=options, target=target)


def _credential(text: str) -> Record:
    try:
        found: Any = foreign_json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ServiceError("InvalidParameterException", "Credential data is not valid")
    return found


def _addressee(site: Site) -> tuple[Record, str]:
    """Return the client and where to continue: the authorize endpoint, or without a request the URI itself."""
    client, uri = site.client(), site.request.args.get("redirect_uri", "")
    if client is None:
        raise Elsewhere(to_error_page(site, "invalid_request", "The client_id is missing or unknown."))
    if uri not in client.get("CallbackURLs", ()):
        raise Elsewhere(to_error_page(site, "redirect_mismatch"))
    if not offers(site, client):
        raise Elsewhere(to_error_page(site, "invalid_request", "Passkeys are not enabled."))
    begun = "response_type" in site.request.args
    return client, site.onward(ENTERS, without=("prompt",)) if begun else uri


def otpauth(pool: Record, name: str, secret: str) -> str:
    """Return the URI in the QR code for an authenticator app."""
    issuer = quote(str(pool.get("name") or pool["id"]), safe="")
    return f"otpauth://totp/{issuer}:{quote(name, safe='')}?secret={secret}&issuer={issuer}"

"""Sign-in with an identity provider: the redirect there, the answer, and the profile of the user.

There is no network: each provider of a pool leads to the test provider of this server (`test_provider.py`), where one
enters a subject and claims. AttributeMapping maps them as it would map the answer of the real provider.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

from werkzeug import Response

from reconciler.local.ledger import hashed
from reconciler.local.pages import cookies
from reconciler.local.pages.authorizing import Asked, check_open, complete, read
from reconciler.local.pages.site import Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import linking, parties, triggers
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from reconciler.local.user_checks import check_attributes

AWAY, BACK = "away", "arrival"
"""Kinds in the ledger: a browser that is at a provider, and one that comes back."""
SECONDS = 300.0
USERNAME = "username"
EXTERNAL = "EXTERNAL_PROVIDER"
PROVIDER = "/_poolctl/idp"
RETURNS = {"SAML": "/saml2/idpresponse"}
RETURN = "/oauth2/idpresponse"


# --- redirects --------------------------------------------------------------------------------------------------------


def send(site: Site, asked: Asked) -> Response:
    """Send a browser to the provider of a request."""
    if asked.provider not in site.pool["providers"]:
        asked.refuse("invalid_request", "The identity provider is not one of the user pool.")
    ticket, state = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    kind = site.pool["providers"][asked.provider]["ProviderType"]
    kept = {
        "region": site.pool["region"],
        "pool": site.pool["id"],
        "domain": site.domain,
        "provider": asked.provider,
        "client": asked.client["ClientId"],
        "hint": site.request.args.get("login_hint", ""),
        "back": f"{site.origin}{site.onward(RETURNS.get(kind, RETURN), relay=state)}",
        "callback": asked.redirect_uri,
    }
    expires = site.ctx.now() + SECONDS
    site.ctx.ledger.put(AWAY, hashed(ticket), kept, pool=site.pool["id"], expires=expires)
    response = redirect(f"{site.origin}{PROVIDER}?ticket={ticket}")
    cookies.send_away(site, response, state)
    return response


def returned(site: Site) -> Response:
    """`/oauth2/idpresponse` and `/saml2/idpresponse`: the answer of the provider."""
    asked = read(site)
    check_open(site, asked)
    ticket = hashed(site.request.args.get("arrival", ""))
    kept = site.ctx.ledger.get(BACK, ticket)
    site.ctx.ledger.drop(BACK, ticket)
    known = cookies.has_come_back(site, site.request.args.get("relay", ""))
    if kept is None or kept["expires"] <= site.ctx.now() or not known:
        asked.refuse("invalid_request", "The answer of the identity provider is unknown or too old.")
    if kept["client"] != asked.client["ClientId"] or kept["provider"] != asked.provider:
        asked.refuse("invalid_request", "The answer of the identity provider is for another request.")
    if kept["error"]:
        asked.refuse("invalid_request", kept["error"])
    try:
        user = arrive(site, site.caller(asked.client), kept["provider"], kept["subject"], kept["claims"])
    except ServiceError as refusal:
        asked.refuse("invalid_request", refusal.message)
    return complete(site, asked, cookies.SignedIn(user, site.ctx.now()))


# --- the profile ------------------------------------------------------------------------------------------------------


def arrive(site: Site, caller: Caller, provider: str, subject: str, claims: Record) -> Record:
    """Return the user for a subject of a provider: a new profile, or the existing one with updated attributes.

    Args:
        site: The request.
        caller: The caller, with the app client.
        provider: Name of the provider.
        subject: Identifier of the user there.
        claims: The claims of the provider about the user.

    Raises:
        ServiceError: A trigger failed, an attribute is missing, cannot be written or does not conform to the schema, or
            the user is disabled.
    """
    pool, ctx = site.pool, site.ctx
    settings = pool["providers"][provider]
    name = parties.spelled(pool, f"{provider}_{subject}")
    claims = _let_in(site, caller, provider, claims, name)
    attributes = mapped(settings["AttributeMapping"], claims)
    _check_attributes(pool, caller.client, attributes)
    known = ctx.people.get(pool["id"], name) or linking.linked(ctx, pool, provider, subject, attributes)
    if known is None:
        return _first(site, caller, (provider, subject), attributes, name)
    if not known["enabled"]:
        raise ServiceError("NotAuthorizedException", "User is disabled.")
    _renew(site, known, attributes)
    triggers.run(ctx, caller, "PostAuthentication_Authentication", known, {"newDeviceUsed": False})
    return ctx.people.get(pool["id"], known["username"]) or known


def _let_in(site: Site, caller: Caller, provider: str, claims: Record, name: str) -> Record:
    """Return the claims that the trigger InboundFederation returns; those that it omits are dropped."""
    kind = site.pool["providers"][provider]["ProviderType"]
    sent = {"samlResponse": claims} if kind == "SAML" else {"tokenResponse": {}, "idToken": claims, "userInfo": claims}
    request = {
        "userAttributes": None,
        "clientMetadata": None,
        "providerName": provider,
        "providerType": kind,
        "attributes": sent,
    }
    answer = triggers.run(site.ctx, caller, "InboundFederation_ExternalProvider", name, request)
    return answer.get("userAttributesToMap") or claims


def mapped(mapping: Record, claims: Record) -> dict[str, str]:
    """Return the attributes that AttributeMapping maps claims to, without `username`."""
    found = {a: claims[c] for a, c in mapping.items() if a != USERNAME and claims.get(c) not in (None, "")}
    return {attribute: text_of(value) for attribute, value in found.items()}


def text_of(value: Any) -> str:
    """Return a claim as the value of an attribute; a list becomes `[a, b]`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(text_of(v) for v in value)}]"
    return json.dumps(value)


def _check_attributes(pool: Record, client: Record, attributes: dict[str, str]) -> None:
    """Check mapped attributes against WriteAttributes of the client and the schema of the pool."""
    writable = client.get("WriteAttributes")
    others = {"email_verified", "phone_number_verified"}  # mappings can write them, clients cannot
    if writable is not None and set(attributes) - set(writable) - others:
        raise ServiceError("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    missing = [a["Name"] for a in pool["schema"] if a["Required"] and a["Name"] not in ("sub", *attributes)]
    if missing:
        raise ServiceError("InvalidParameterException", f"attributes required: [{', '.join(missing)}]")
    check_attributes(pool, attributes, new=True)


def _first(site: Site, caller: Caller, identity: tuple[str, str], attributes: dict[str, str], name: str) -> Record:
    """Return a new profile, after PreSignUp and PostConfirmation."""
    pool, ctx, (provider, subject) = site.pool, site.ctx, identity
    request = {"userAttributes": {**attributes, "cognito:email_alias": "", "cognito:phone_number_alias": ""}}
    answer = triggers.run(ctx, caller, "PreSignUp_ExternalProvider", name, {**request, "validationData": {}})
    found = ctx.people.get(pool["id"], name) or linking.linked(ctx, pool, provider, subject, attributes)
    if found is not None:  # the function has linked it: the next sign-in works
        raise ServiceError("InvalidParameterException", f"Already found an entry for username {name}")
    user = parties.new_user(ctx, name, EXTERNAL, _verified(attributes, answer))
    user["identities"] = [linking.identity(ctx, pool, provider, subject, primary=True)]
    group = f"{pool['id']}_{provider}"
    user["groups"] = [group] if group in pool["groups"] else []
    parties.put(ctx, pool, user)
    triggers.run(ctx, caller, "PostConfirmation_ConfirmSignUp", user, {})
    return ctx.people.get(pool["id"], name) or user


def _verified(attributes: dict[str, str], answer: Record) -> dict[str, str]:
    """Return the attributes of a new profile, with addresses unverified unless mapped or PreSignUp verifies them."""
    said = {"email": answer.get("autoVerifyEmail"), "phone_number": answer.get("autoVerifyPhone")}
    marks = {f"{k}_verified": "true" if v else "false" for k, v in said.items() if k in attributes}
    return {**marks, **attributes}


def _renew(site: Site, user: Record, attributes: dict[str, str]) -> None:
    """Update the mapped attributes; others keep their value.

    Cognito writes each of them at each sign-in, so an immutable one that has a value is refused even if it is the same.
    """
    given = {k: v for k, v in attributes.items() if user["attributes"].get(k)}
    check_attributes(site.pool, given, new=False)
    changed = {k: v for k, v in attributes.items() if user["attributes"].get(k) != v}
    if changed:
        user["attributes"].update(changed)
        parties.touch(site.ctx, site.pool, user)

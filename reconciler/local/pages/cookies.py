"""The cookies of the hosted pages: who is signed in, the state of a sign-in, and protection against forged forms.

`cognito` is the session of the browser, `XSRF-TOKEN` has to agree with the hidden field `_csrf` of each form,
`page-data` identifies the state of a sign-in, which is in the ledger, and `csrf-state` ties the answer of an identity
provider to the browser that was sent there. All are HttpOnly and SameSite=Lax; the server speaks plain http,
so they are not Secure.
"""

from __future__ import annotations

import hmac
import secrets
import string
from dataclasses import dataclass, replace

from werkzeug import Response

from reconciler.local.ledger import hashed
from reconciler.local.pages.site import Site
from reconciler.local.published_facts import PUBLISHED
from reconciler.local.store import Record

SESSION, GUARD, VISIT, STATE = "cognito", "XSRF-TOKEN", "page-data", "csrf-state"
FIELD = "_csrf"
LETTERS = string.ascii_lowercase + string.digits
DEFAULT_MINUTES: int = PUBLISHED["session_defaults"]["client"]["SSOSession"]["MaxValidityMinutes"]
VISIT_SECONDS = 300.0
"""Seconds for which a page is valid."""
BROWSER, KEPT = "browser", "visit"
"""Kinds in the ledger."""


@dataclass(frozen=True)
class SignedIn:
    """The user who is signed in with a browser."""

    user: Record
    auth_time: float
    """Seconds since 1970."""
    session: str = ""
    """Id of the browser session as in ListUserSessions; empty if there is none."""


def _set(site: Site, response: Response, name: str, value: str, seconds: float | None = None) -> None:
    age = None if seconds is None else int(seconds)
    response.set_cookie(name, value, max_age=age, path=f"{site.root}/", httponly=True, samesite="Lax")


def _drop(site: Site, response: Response, name: str) -> None:
    response.delete_cookie(name, path=f"{site.root}/", httponly=True, samesite="Lax")


# --- the session of the browser ---------------------------------------------------------------------------------------


def session_seconds(site: Site, client: Record) -> float:
    """Return for how many seconds a browser stays signed in: one hour, unless the client is configured otherwise."""
    own = site.pool["sessions"].get(client["ClientId"], {}).get("SSOSession", {})
    return 60.0 * float(own.get("MaxValidityMinutes", DEFAULT_MINUTES))


def in_session(site: Site, client: Record, who: SignedIn) -> SignedIn:
    """Return a user with a new browser session; with a validity of 0 there is none."""
    if session_seconds(site, client) <= 0:
        return who
    return replace(who, session="sso" + "".join(secrets.choice(LETTERS) for _ in range(25)))


def keep_signed_in(site: Site, response: Response, client: Record, who: SignedIn) -> None:
    """Begin the session of a browser; using it does not extend it."""
    end_session(site, response)
    if not who.session:
        return
    secret, now, seconds = secrets.token_urlsafe(32), site.ctx.now(), session_seconds(site, client)
    value = {
        "username": who.user["username"],
        "auth_time": who.auth_time,
        "managed": site.managed,
        "session": who.session,
    }
    owner = who.user["username"]
    site.ctx.ledger.put(BROWSER, hashed(secret), value, pool=site.pool["id"], owner=owner, expires=now + seconds)
    _set(site, response, SESSION, secret, seconds)


def signed_in(site: Site) -> SignedIn | None:
    """Return who is signed in with this browser, if the session is valid and the user still enabled."""
    secret = site.request.cookies.get(SESSION)
    kept = site.ctx.ledger.get(BROWSER, hashed(secret)) if secret else None
    if kept is None or kept["expires"] <= site.ctx.now() or kept["managed"] != site.managed:
        return None
    user = site.ctx.people.get(site.pool["id"], kept["username"])
    return SignedIn(user, kept["auth_time"], kept["session"]) if user and user["enabled"] else None


def end_session(site: Site, response: Response) -> None:
    """End the session of the browser."""
    secret = site.request.cookies.get(SESSION)
    if secret:
        site.ctx.ledger.drop(BROWSER, hashed(secret))
        _drop(site, response, SESSION)


# --- the state of a sign-in -------------------------------------------------------------------------------------------


def visit(site: Site) -> Record | None:
    """Return the state that was stored for this browser and client, or None if there is none or it has expired."""
    secret = site.request.cookies.get(VISIT)
    kept = site.ctx.ledger.get(KEPT, hashed(secret)) if secret else None
    if kept is None or kept["expires"] <= site.ctx.now() or kept["pool"] != site.pool["id"]:
        return None
    return kept if kept["client"] == site.request.args.get("client_id") else None


def keep_visit(site: Site, response: Response, value: Record, seconds: float = VISIT_SECONDS) -> None:
    """Store state for the next page."""
    secret = secrets.token_urlsafe(32)
    forget_visit(site, response)
    kept = {**value, "pool": site.pool["id"], "client": site.request.args.get("client_id")}
    end = site.ctx.now() + seconds
    site.ctx.ledger.put(KEPT, hashed(secret), kept, pool=site.pool["id"], expires=end)
    _set(site, response, VISIT, secret)


def forget_visit(site: Site, response: Response) -> None:
    """Remove the stored state."""
    secret = site.request.cookies.get(VISIT)
    if secret:
        site.ctx.ledger.drop(KEPT, hashed(secret))
        _drop(site, response, VISIT)


# --- protection against forged forms ----------------------------------------------------------------------------------


def guard(site: Site, response: Response) -> str:
    """Return the value of the hidden field `_csrf`, and set its cookie if the browser has none."""
    known = site.request.cookies.get(GUARD, "")
    token = known or secrets.token_urlsafe(24)
    if not known:
        _set(site, response, GUARD, token)
    return token


def guarded(site: Site) -> bool:
    """Return whether a form comes from one of our pages in this browser."""
    known, sent = site.request.cookies.get(GUARD, ""), site.request.form.get(FIELD, "")
    return bool(known) and hmac.compare_digest(known.encode(), sent.encode())


# --- at an identity provider ------------------------------------------------------------------------------------------


def send_away(site: Site, response: Response, state: str) -> None:
    """Set the cookie of a browser that is sent to an identity provider."""
    _set(site, response, STATE, state, VISIT_SECONDS)


def has_come_back(site: Site, state: str) -> bool:
    """Return whether this browser was sent to a provider with this state."""
    known = site.request.cookies.get(STATE, "")
    return bool(known) and hmac.compare_digest(known.encode(), state.encode())

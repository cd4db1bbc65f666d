"""Answers the requests of browsers to the embedded Cognito.

Paths that are not listed here belong to the API; `respond` returns None for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException

from reconciler.local.pages import (
    challenge_pages,
    cookies,
    cross_origin,
    federating,
    inbox,
    leaving,
    login,
    oauth,
    passkey_pages,
    rendering,
    reset_pages,
    sign_up_pages,
    test_provider,
    well_known,
)
from reconciler.local.pages.site import PREFIX, Elsewhere, PageEngine, Site, find, redirect

Handler = Callable[[Site], Response]
GET, POST, BOTH = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
STALE = "The form has expired, or cookies are blocked. Go back, load the page again, and repeat what you did."


class Route(NamedTuple):
    """A path of a domain."""

    methods: tuple[str, ...]
    handler: Handler
    by_scripts: bool = False
    """Whether scripts of other origins may call it; then no form of our pages is needed."""


ROUTES: dict[str, Route] = {
    "/oauth2/authorize": Route(GET, login.authorize),
    "/oauth2/token": Route(POST, oauth.token, by_scripts=True),
    "/oauth2/userInfo": Route(BOTH, oauth.user_info, by_scripts=True),
    "/oauth2/revoke": Route(POST, oauth.revoke, by_scripts=True),
    "/oauth2/idpresponse": Route(GET, federating.returned),
    "/saml2/idpresponse": Route(GET, federating.returned),
    "/login": Route(BOTH, login.login),
    "/signup": Route(BOTH, sign_up_pages.sign_up_page),
    "/confirm": Route(BOTH, sign_up_pages.confirm),
    "/resendcode": Route(POST, sign_up_pages.resend),
    "/confirmUser": Route(GET, sign_up_pages.confirm_by_link),
    "/forgotPassword": Route(BOTH, reset_pages.forgot),
    "/confirmforgotPassword": Route(BOTH, reset_pages.confirm_forgot),
    "/mfa": Route(BOTH, challenge_pages.challenge),
    "/changePassword": Route(BOTH, challenge_pages.challenge),
    "/passkeys/add": Route(BOTH, passkey_pages.add),
    "/logout": Route(GET, leaving.logout),
    "/error": Route(GET, leaving.error),
}


def respond(engine: PageEngine, request: Request) -> Response | None:
    """Answer a request of a browser or of an OAuth client.

    Args:
        engine: The embedded Cognito.
        request: The request. Its Host has been checked: a loopback address, or a name below `localhost`.

    Returns:
        The answer; None if the request is not for us.
    """
    try:
        response = _answered(engine, request)
    except HTTPException as problem:  # raised by werkzeug for a form that is too large or malformed
        response = Response(problem.description, problem.code, content_type="text/plain; charset=utf-8")
    if response is not None and request.method == "HEAD":
        response.set_data(b"")
    return response


def _answered(engine: PageEngine, request: Request) -> Response | None:
    if "X-Amz-Target" in request.headers:
        return None
    if request.path.startswith(inbox.HOME):
        return _own(engine, request)
    if request.path == "/":
        return _entrance(request)
    return _of_pool(engine, request)


def _entrance(request: Request) -> Response | None:
    """Redirect a person who opens the address without a path to the page of messages."""
    by_person = request.method == "GET" and not request.args and "text/html" in request.headers.get("Accept", "")
    return redirect(inbox.HOME) if by_person else None


def _own(engine: PageEngine, request: Request) -> Response | None:
    """Answer a request for the pages of the server itself."""
    path = request.path.rstrip("/")
    if path == test_provider.PATH and request.method in BOTH:
        with engine.turn():
            return test_provider.answer(engine, request)
    if path not in (inbox.HOME, inbox.MESSAGES):
        return None
    if request.method not in GET:
        return _refused(GET)
    with engine.turn():
        return inbox.home(engine, request) if path == inbox.HOME else inbox.as_json(engine, request)


def _of_pool(engine: PageEngine, request: Request) -> Response | None:
    """Answer a request for discovery, keys, or the domain of a pool."""
    document = well_known.PATH.fullmatch(request.path)
    if document and request.method == "OPTIONS":
        return cross_origin.preflight()
    with engine.turn():
        pool = engine.store.pools.get(document[1]) if document else None
        if document and pool is not None and request.method in GET:
            return well_known.document(engine.context(pool["region"]), request, pool, document[2])
        site = find(engine, request)
        if site is not None:
            return _at(site)
    return Response("Not found", 404) if document or request.path.startswith(PREFIX) else None


def _refused(methods: tuple[str, ...]) -> Response:
    return Response("Method not allowed", 405, {"Allow": ", ".join(methods)})


def _at(site: Site) -> Response:
    """Answer a request to a domain. Refusals become pages here, so that the turn saves what they changed."""
    route = ROUTES.get(site.path)
    if route is None:
        return rendering.error_page(site, "Not found", f"There is no page {site.path} here.", 404)
    if route.by_scripts and site.request.method == "OPTIONS":
        return cross_origin.preflight()
    if site.request.method not in route.methods:
        return _refused(route.methods)
    if site.request.method == "POST" and not route.by_scripts and not cookies.guarded(site):
        return rendering.error_page(site, "Please try again", STALE, 403)
    try:
        return route.handler(site)
    except Elsewhere as elsewhere:
        return elsewhere.response

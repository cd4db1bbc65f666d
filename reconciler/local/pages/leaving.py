"""`/logout`, which ends the session of the browser but no token, and `/error`."""

from __future__ import annotations

from werkzeug import Response

from reconciler.local.pages import cookies, rendering
from reconciler.local.pages.site import Site, redirect

MISSING = "Required String parameter 'redirect_uri' is not present"
HINTS = {"redirect_mismatch": "The redirect_uri has to be one of the app client's CallbackURLs, to the letter."}
"""Explanations of errors for developers of clients."""
TITLE = "An error was encountered with the requested page."


def logout(site: Site) -> Response:
    """`/logout`: to a registered logout_uri, or to the sign-in page with the parameters of an authorization."""
    client, args = site.client(), site.request.args
    if client is None:
        return rendering.error_page(site, TITLE, "The client_id is missing or unknown.")
    if "logout_uri" in args:
        if args["logout_uri"] not in client.get("LogoutURLs", ()):
            return rendering.error_page(site, TITLE, "invalid_request: logout_uri is not registered.")
        response = redirect(args["logout_uri"])
    elif "redirect_uri" in args:
        if args["redirect_uri"] not in client.get("CallbackURLs", ()):
            return rendering.error_page(site, TITLE, "redirect_mismatch")
        response = redirect(site.onward("/login"))
    else:
        return rendering.error_page(site, TITLE, MISSING)
    cookies.end_session(site, response)
    cookies.forget_visit(site, response)
    return response


def error(site: Site) -> Response:
    """`/error`: shows the error in the query."""
    args = site.request.args
    code = args.get("error", "")
    said = ": ".join(filter(None, (code, args.get("error_description") or HINTS.get(code, ""))))
    return rendering.error_page(site, TITLE, said or "Something went wrong")

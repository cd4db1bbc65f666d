"""The sign-in page, and `/oauth2/authorize`, which redirects to it."""

from __future__ import annotations

from werkzeug import Response

from reconciler.local.pages import challenge_pages, cookies, federating, rendering
from reconciler.local.pages.authorizing import COGNITO, Asked, check_open, finish, providers_of, read
from reconciler.local.pages.site import Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import flow
from reconciler.local.signin.parties import flows
from reconciler.local.store import Record

CLOSED = "This app client signs in with an identity provider only."
SOCIAL = {"LoginWithAmazon": "Login with Amazon", "SignInWithApple": "Sign in with Apple"}


def authorize(site: Site) -> Response:
    """`/oauth2/authorize`: redirects to the sign-in page, to an identity provider, or back at once."""
    asked = read(site)
    who = None if "login" in asked.prompts else cookies.signed_in(site)
    if who is not None and "select_account" not in asked.prompts:
        return finish(site, asked, who)
    if "none" in asked.prompts:
        asked.refuse("login_required")
    check_open(site, asked)
    federated = asked.provider not in ("", COGNITO)
    response = federating.send(site, asked) if federated else redirect(site.onward("/login"))
    if "login" in asked.prompts:
        cookies.end_session(site, response)
    return response


def login(site: Site) -> Response:
    """`/login`: the page and its form."""
    asked = read(site)
    check_open(site, asked)
    if site.request.method == "POST":
        return _continued(site, asked) if "continue" in site.request.form else _sign_in(site, asked)
    if asked.provider not in ("", COGNITO):
        return federating.send(site, asked)
    kept = cookies.visit(site) or {}
    if "said" in kept or "done" in kept:
        response = show(site, asked, kept.get("said", ""), notice=kept.get("done", ""))
        cookies.forget_visit(site, response)
        return response
    who = None if "login" in asked.prompts else cookies.signed_in(site)
    if who is not None and "select_account" not in asked.prompts:
        return finish(site, asked, who)
    return show(site, asked, who=who)


def _continued(site: Site, asked: Asked) -> Response:
    """Continue as the signed-in user, after prompt=select_account."""
    who = cookies.signed_in(site)
    return finish(site, asked, who) if who else show(site, asked)


def is_passwordless(site: Site, client: Record) -> bool:
    """Return whether the page asks for the name first, because there are factors other than a password."""
    factors = site.pool["config"].get("Policies", {}).get("SignInPolicy", {}).get("AllowedFirstAuthFactors", ())
    return site.managed and bool(set(factors) - {"PASSWORD"}) and "ALLOW_USER_AUTH" in flows(client)


def show(
    site: Site,
    asked: Asked,
    error: str = "",
    *,
    notice: str = "",
    username: str | None = None,
    who: cookies.SignedIn | None = None,
) -> Response:
    """Return the sign-in page.

    Args:
        site: The request.
        asked: The authorization request.
        error: Error message to show.
        notice: Message of success to show.
        username: The name that was typed; by default the login_hint.
        who: The user to continue as.
    """
    providers = providers_of(asked.client)
    config = site.pool["config"]
    hint = site.request.args.get("login_hint", "") if username is None else username
    return rendering.page(
        site,
        "login.html",
        400 if error else 200,
        error=error,
        notice=notice,
        username=hint,
        field=name_field(site.pool),
        own=COGNITO in providers and asked.provider in ("", COGNITO),
        others=[
            {"name": n, "label": SOCIAL.get(n, n)} for n in sorted(providers) if n != COGNITO and not asked.provider
        ],
        name_first=is_passwordless(site, asked.client),
        sign_up=not config.get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"),
        who=who.user["attributes"].get("email", who.user["username"]) if who else "",
    )


def name_field(pool: Record) -> Record:
    """Return label, type and autocompletion of the field for the name."""
    config = pool["config"]
    named = set(config.get("UsernameAttributes") or ())
    aliases = set(config.get("AliasAttributes") or ()) & {"email", "phone_number"}
    words = {"email": "email", "phone_number": "phone number"}
    if len(named) == 1:
        kind = next(iter(named))
        types = {"email": "email", "phone_number": "tel"}
        return {"label": words[kind].capitalize(), "type": types[kind], "autocomplete": "username"}
    if named:
        return {"label": "Email or phone number", "type": "text", "autocomplete": "username"}
    others = " or ".join(words[k] for k in sorted(aliases))
    return {"label": f"Username or {others}" if others else "Username", "type": "text", "autocomplete": "username"}


def _sign_in(site: Site, asked: Asked) -> Response:
    form = site.request.form
    name, password = form.get("username", "").strip(), form.get("password", "")
    if COGNITO not in providers_of(asked.client):
        return show(site, asked, CLOSED)
    first = is_passwordless(site, asked.client) and not password
    if not name or not (password or first):
        return show(site, asked, "Enter your username and password.", username=name)
    parameters = {"USERNAME": name} if first else {"USERNAME": name, "PASSWORD": password}
    kind = "USER_AUTH" if first else "USER_PASSWORD_AUTH"
    try:
        answer = flow.initiate(site.ctx, site.caller(asked.client), kind, parameters)
    except ServiceError as refusal:
        return _refused(site, asked, refusal, name)
    return challenge_pages.proceed(site, asked, answer, name)


def _refused(site: Site, asked: Asked, refusal: ServiceError, name: str) -> Response:
    if refusal.code == "UserNotConfirmedException":
        response = redirect(site.onward("/confirm"))
        cookies.keep_visit(site, response, {"confirming": name, "sent": None, "session": ""})
        return response
    if refusal.code == "PasswordResetRequiredException":
        response = redirect(site.onward("/confirmforgotPassword"))
        cookies.keep_visit(site, response, {"resetting": name, "sent": None})
        return response
    return show(site, asked, refusal.message, username=name)

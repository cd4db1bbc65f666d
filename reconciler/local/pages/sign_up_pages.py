"""Sign-up in the browser: the form, the code, another code, and the link in a message."""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from reconciler.local.checks import validate
from reconciler.local.pages import challenge_pages, cookies, rendering
from reconciler.local.pages.attribute_fields import fields_of, required_of, sent_attributes
from reconciler.local.pages.authorizing import Asked, check_open, read
from reconciler.local.pages.login import is_passwordless, name_field
from reconciler.local.pages.password_rules import chosen, rules_of
from reconciler.local.pages.site import Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import admission, first_factor, flow, sign_up
from reconciler.local.store import Record

CLOSED = "SignUp is not permitted for this user pool"
NOT_CONFIRMED = "The registration was not confirmed"
TERMS = ("terms-of-use", "privacy-policy")
WAITS = "Your account was created. It has to be confirmed by an administrator before you can sign in."


def sign_up_page(site: Site) -> Response:
    """`/signup`."""
    asked = read(site)
    check_open(site, asked)
    if site.pool["config"].get("AdminCreateUserConfig", {}).get("AllowAdminCreateUserOnly"):
        return rendering.error_page(site, "Sign-up is closed", CLOSED)
    if site.request.method != "POST":
        return _show(site, asked)
    try:
        return _registered(site, asked)
    except ServiceError as refusal:
        return _show(site, asked, refusal.message)


def _show(site: Site, asked: Asked, error: str = "") -> Response:
    form = site.request.form
    return rendering.page(
        site,
        "signup.html",
        400 if error else 200,
        error=error,
        username=form.get("username", ""),
        field=_name_field(site.pool),
        fields=fields_of(site.pool, required_of(site.pool), form),
        rules=rules_of(site.pool),
        optional=is_passwordless(site, asked.client),
        terms=_terms(site, asked),
    )


def _name_field(pool: Record) -> Record:
    """Return the field for the name; users cannot sign up with an alias."""
    config = pool["config"]
    return name_field({"config": {k: v for k, v in config.items() if k != "AliasAttributes"}})


def _terms(site: Site, asked: Asked) -> Record:
    """Return the links of the terms documents; managed login shows them if both exist."""
    mine = {t["TermsName"]: t for t in site.pool["terms"].values() if t["ClientId"] == asked.client["ClientId"]}
    if not site.managed or set(TERMS) - set(mine):
        return {}
    links = {n: str(mine[n].get("Links", {}).get("cognito:default", "")) for n in TERMS}
    return links if all(u.startswith(("https://", "http://")) for u in links.values()) else {}


def _registered(site: Site, asked: Asked) -> Response:
    form = site.request.form
    name, password = form.get("username", "").strip(), chosen(form, "password")
    if not name or not (password or is_passwordless(site, asked.client)):
        raise ServiceError("InvalidParameterException", "Fill in all fields.")
    items = [{"Name": k, "Value": v} for k, v in sent_attributes(form).items() if v]
    given: Record = {"Password": password} if password else {}
    params = {"ClientId": asked.client["ClientId"], "Username": name, "UserAttributes": items, **given}
    validate("SignUp", params)
    answer = sign_up.register(site.ctx, site.caller(asked.client), params)
    proven = answer["UserSub"] if password else ""
    if answer["UserConfirmed"]:
        return _signed_in(site, asked, name, session=answer.get("Session", ""), proven=proven)
    details = answer.get("CodeDeliveryDetails")
    if not details:
        return rendering.page(site, "message.html", title="Almost done", message=WAITS, target="")
    response = redirect(site.onward("/confirm"))
    kept = {"confirming": name, "sent": details, "session": answer.get("Session", ""), "proven": proven}
    cookies.keep_visit(site, response, kept, 900.0)
    return response


def _signed_in(site: Site, asked: Asked, name: str, *, session: str = "", proven: str = "") -> Response:
    """Sign in a user who has just been confirmed.

    Args:
        site: The request.
        asked: The authorization request.
        name: The name as typed.
        session: The Session of ConfirmSignUp, for a user without a password.
        proven: `sub` of the user, if this browser has just set its password; else empty.
    """
    caller = site.caller(asked.client)
    try:
        if proven:
            attempt = first_factor.begin(site.ctx, caller, "USER_PASSWORD_AUTH", name)
            first_factor.check_enabled(caller, attempt)
            if attempt.user["attributes"]["sub"] != proven:  # another user has the name by now
                return challenge_pages.begin_again(site, challenge_pages.EXPIRED)
            answer = admission.proceed(site.ctx, caller, attempt.prove("password"))
        else:
            answer = flow.initiate(site.ctx, caller, "USER_AUTH", {"USERNAME": name}, session)
    except ServiceError as refusal:
        return challenge_pages.begin_again(site, refusal.message)
    return challenge_pages.proceed(site, asked, answer, name)


# --- the code ---------------------------------------------------------------------------------------------------------


def confirm(site: Site) -> Response:
    """`/confirm`: asks for the code of a sign-up."""
    asked, kept = challenge_pages.begun(site, "confirming")
    if site.request.method != "POST":
        return _confirm_page(site, kept)
    try:
        return _confirmed(site, asked, kept)
    except ServiceError as refusal:
        return _confirm_page(site, kept, error=refusal.message)


def _confirm_page(site: Site, kept: Record, **said: Any) -> Response:
    details = kept["sent"] or {}
    values = {"where": details.get("Destination", ""), "name": kept["confirming"], **said}
    return rendering.page(site, "confirm.html", 400 if said.get("error") else 200, **values)


def _confirmed(site: Site, asked: Asked, kept: Record) -> Response:
    name, code = kept["confirming"], challenge_pages.code_of(site)
    params = {"ClientId": asked.client["ClientId"], "Username": name, "ConfirmationCode": code}
    validate("ConfirmSignUp", params)
    session = {"Session": kept["session"]} if kept["session"] else {}
    answer = sign_up.confirm(site.ctx, site.caller(asked.client), {**params, **session})
    if kept.get("proven"):
        return _signed_in(site, asked, name, proven=kept["proven"])
    if answer.get("Session"):
        return _signed_in(site, asked, name, session=answer["Session"])
    response = redirect(site.onward("/login", without=("prompt",), login_hint=name))
    cookies.keep_visit(site, response, {"done": "Your account is confirmed. You can sign in now."})
    return response


def resend(site: Site) -> Response:
    """`/resendcode`: sends another code and shows its page."""
    asked, kept = challenge_pages.begun(site, "confirming")
    params = {"ClientId": asked.client["ClientId"], "Username": kept["confirming"]}
    try:
        answer = sign_up.resend(site.ctx, site.caller(asked.client), params)
    except ServiceError as refusal:
        return _confirm_page(site, kept, error=refusal.message)
    kept = {**kept, "sent": answer.get("CodeDeliveryDetails") or kept["sent"]}
    response = _confirm_page(site, kept, notice="A new code was sent.")
    cookies.keep_visit(site, response, kept, 900.0)
    return response


def confirm_by_link(site: Site) -> Response:
    """`/confirmUser`: the link in a message, which works without a form."""
    args, client = site.request.args, site.client()
    params = {
        "ClientId": args.get("client_id", ""),
        "Username": args.get("user_name", ""),
        "ConfirmationCode": args.get("confirmation_code", ""),
    }
    if client is None:
        said = f"User pool client {params['ClientId']} does not exist."
        return rendering.error_page(site, NOT_CONFIRMED, said)
    try:
        validate("ConfirmSignUp", params)
        sign_up.confirm(site.ctx, site.caller(client), params)
    except ServiceError as refusal:
        return rendering.error_page(site, NOT_CONFIRMED, refusal.message)
    known = args.get("redirect_uri") in client.get("CallbackURLs", ())
    target = site.onward("/login", response_type=args.get("response_type", "code")) if known else ""
    said = "Your registration has been confirmed!"
    return rendering.page(site, "message.html", title="Confirmed", message=said, target=target)

"""A forgotten password in the browser: `/forgotPassword`, and the page for code and new password."""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from reconciler.local.checks import validate
from reconciler.local.pages import challenge_pages, cookies, rendering
from reconciler.local.pages.authorizing import Asked, check_open, read
from reconciler.local.pages.login import name_field
from reconciler.local.pages.password_rules import chosen, rules_of
from reconciler.local.pages.site import Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import recovering
from reconciler.local.store import Record

SECONDS = 480.0
"""Seconds for which the page waits for the code."""
ENTER = "/confirmforgotPassword"
OF_THE_CODE = frozenset({"CodeMismatchException", "ExpiredCodeException"})
"""Errors after which the code must be typed again; after others the field keeps it."""


def forgot(site: Site) -> Response:
    """`/forgotPassword`: asks for the name and sends a code."""
    asked = read(site)
    check_open(site, asked)
    name = site.request.form.get("username", "").strip()
    if site.request.method != "POST":
        return _forgot_page(site, site.request.args.get("login_hint", ""))
    params = {"ClientId": asked.client["ClientId"], "Username": name}
    if not name:
        return _forgot_page(site, "", f"Enter your {name_field(site.pool)['label'].lower()}.")
    try:
        validate("ForgotPassword", params)
        answer = recovering.begin(site.ctx, site.caller(asked.client), params)
    except ServiceError as refusal:
        return _forgot_page(site, name, refusal.message)
    response = redirect(site.onward(ENTER))
    kept = {"resetting": name, "sent": answer.get("CodeDeliveryDetails")}
    cookies.keep_visit(site, response, kept, SECONDS)
    return response


def _forgot_page(site: Site, name: str, error: str = "") -> Response:
    values = {"username": name, "field": name_field(site.pool)}
    return rendering.page(site, "forgot.html", 400 if error else 200, error=error, **values)


def confirm_forgot(site: Site) -> Response:
    """`/confirmforgotPassword`: asks for the code and a new password."""
    asked, kept = challenge_pages.begun(site, "resetting")
    if site.request.method != "POST":
        return _reset_page(site, kept)
    try:
        return _reset(site, asked, kept)
    except ServiceError as refusal:
        typed = "" if refusal.code in OF_THE_CODE else site.request.form.get("code", "")
        return _reset_page(site, kept, error=refusal.message, code=typed)


def _reset_page(site: Site, kept: Record, **said: Any) -> Response:
    details = kept["sent"] or {}
    values = {"where": details.get("Destination", ""), "name": kept["resetting"], "rules": rules_of(site.pool)}
    return rendering.page(site, "reset.html", 400 if said.get("error") else 200, **{"code": "", **values, **said})


def _reset(site: Site, asked: Asked, kept: Record) -> Response:
    password = chosen(site.request.form, "new_password")
    params = {
        "ClientId": asked.client["ClientId"],
        "Username": kept["resetting"],
        "ConfirmationCode": challenge_pages.code_of(site),
        "Password": password,
    }
    validate("ConfirmForgotPassword", params)
    recovering.finish(site.ctx, site.caller(asked.client), params)
    response = redirect(site.onward("/login", without=("prompt",), login_hint=kept["resetting"]))
    cookies.keep_visit(site, response, {"done": "Your password was changed. You can sign in with it now."})
    return response

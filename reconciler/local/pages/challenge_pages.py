"""The pages after name and password: codes, choices, a new password, and setup of a second factor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from werkzeug import Response

from reconciler.local.pages import cookies, passkey_pages, rendering
from reconciler.local.pages.attribute_fields import fields_of, sent_attributes
from reconciler.local.pages.authorizing import Asked, check_open, read
from reconciler.local.pages.password_rules import chosen, rules_of
from reconciler.local.pages.site import Elsewhere, Site, redirect
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import flow, user_factors
from reconciler.local.store import Record

CODES = {
    "SMS_MFA": "SMS_MFA_CODE",
    "SMS_OTP": "SMS_OTP_CODE",
    "EMAIL_OTP": "EMAIL_OTP_CODE",
    "SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
}
"""ChallengeResponse for the code, by challenge."""
WAYS = {
    "PASSWORD": "Password",
    "EMAIL_OTP": "Code by email",
    "EMAIL_MFA": "Code by email",
    "SMS_OTP": "Code by text message",
    "SMS_MFA": "Code by text message",
    "SOFTWARE_TOKEN_MFA": "Authenticator app",
    "WEB_AUTHN": "Passkey",
}
"""Labels of the choices; PASSWORD_SRP is shown as PASSWORD."""
STAYS = frozenset(
    {"CodeMismatchException", "InvalidPasswordException", "PasswordHistoryPolicyViolationException"}
    | {"InvalidParameterException", "EnableSoftwareTokenMFAException"}
)
"""Errors after which the same page is shown again."""
CHOICE = "SELECT_CHALLENGE"
TOTP = "SOFTWARE_TOKEN_MFA"
EXPIRED = "Your sign-in took too long, or was begun in another window. Please start again."
NO_WAY = "Your account needs a phone number for codes. Ask an administrator to add one."
PATHS = {"NEW_PASSWORD_REQUIRED": "/changePassword"}
MFA = "/mfa"


SIX_DIGITS = re.compile(r"[0-9]{6}")


def proceed(site: Site, asked: Asked, answer: Record, name: str) -> Response:
    """Continue after an answer of a sign-in: to the client, or to the page of the next challenge.

    Args:
        site: The request.
        asked: The authorization request.
        answer: The answer of `flow.initiate` or `flow.respond`.
        name: The name as the user typed it.
    """
    if "SignedIn" in answer:
        user = site.ctx.people.get(site.pool["id"], answer["SignedIn"]["Username"]) or {}
        return passkey_pages.complete_or_offer(
            site, asked, cookies.SignedIn(user, float(answer["SignedIn"]["AuthTime"]))
        )
    parameters = answer.get("ChallengeParameters", {})
    ways = ways_of(answer)
    if answer["ChallengeName"] == CHOICE and len(ways) == 1:
        responses = {"USERNAME": parameters.get("USERNAME") or name, "ANSWER": ways[0]}
        return proceed(site, asked, _sent(site, asked, CHOICE, answer["Session"], responses), name)
    kept = {
        "challenge": answer["ChallengeName"],
        "session": answer.get("Session", ""),
        "parameters": parameters,
        "ways": ways,
        "name": name,
        "username": parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or name,
    }
    response = redirect(site.onward(PATHS.get(kept["challenge"], MFA)))
    cookies.keep_visit(site, response, kept)
    return response


def ways_of(answer: Record) -> list[str]:
    """Return the choices; both forms of a password are one choice."""
    names = ["PASSWORD" if n.startswith("PASSWORD") else n for n in answer.get("AvailableChallenges", ())]
    return [n for n in dict.fromkeys(names) if n in WAYS]


def _sent(site: Site, asked: Asked, kind: str, session: str, responses: Record) -> Record:
    return flow.respond(site.ctx, site.caller(asked.client), kind, session, responses)


def challenge(site: Site) -> Response:
    """`/mfa` and `/changePassword`: the page of the current challenge, and its answer."""
    asked, kept = begun(site, "challenge")
    if site.request.method != "POST":
        return _show(site, kept)
    try:
        return _answered(site, asked, kept)
    except ServiceError as refusal:
        if refusal.code in STAYS:
            return _show(site, cookies.visit(site) or kept, refusal.message)
        return begin_again(site, refusal.message)


def begun(site: Site, member: str) -> tuple[Asked, Record]:
    """Return the authorization request and the state that an earlier page of this browser stored for this one.

    Args:
        site: The request.
        member: A member that the state for this page has.

    Raises:
        Elsewhere: To the sign-in page if there is no such state; or those of `read` and `check_open`.
    """
    asked = read(site)
    check_open(site, asked)
    kept = cookies.visit(site)
    if kept is None or member not in kept:
        raise Elsewhere(begin_again(site, EXPIRED))
    return asked, kept


def begin_again(site: Site, said: str) -> Response:
    """Return to the sign-in page, which shows a message."""
    response = redirect(site.onward("/login", without=("prompt",)))
    cookies.keep_visit(site, response, {"said": said})
    return response


# --- answers ----------------------------------------------------------------------------------------------------------


def _answered(site: Site, asked: Asked, kept: Record) -> Response:
    kind = kept["challenge"]
    if kind == "MFA_SETUP":
        return _set_up(site, asked, kept)
    if kind == CHOICE:
        answers: Record = {"ANSWER": site.request.form.get("answer", "")}
        if answers["ANSWER"] == "PASSWORD" and site.request.form.get("password"):
            answers["PASSWORD"] = site.request.form["password"]
    else:
        answers = ANSWERS[kind](site)
    return _respond(site, asked, kept, answers)


def _respond(site: Site, asked: Asked, kept: Record, answers: Record) -> Response:
    responses = {"USERNAME": kept["username"], **answers}
    answer = _sent(site, asked, kept["challenge"], kept["session"], responses)
    return proceed(site, asked, answer, kept["name"])


def code_of(site: Site) -> str:
    """Return the code that was typed, without spaces.

    Raises:
        ServiceError: InvalidParameterException: there is none.
    """
    code = "".join(site.request.form.get("code", "").split())
    if not code:
        raise ServiceError("InvalidParameterException", "Enter the code.")
    return code


def _code(member: str) -> Callable[[Site], Record]:
    return lambda site: {member: code_of(site)}


def _new_password(site: Site) -> Record:
    form = site.request.form
    attributes = {f"userAttributes.{k}": v for k, v in sent_attributes(form).items() if v}
    return {"NEW_PASSWORD": chosen(form, "new_password"), **attributes}


ANSWERS: dict[str, Callable[[Site], Record]] = {
    **{kind: _code(member) for kind, member in CODES.items()},
    "NEW_PASSWORD_REQUIRED": _new_password,
    "SELECT_MFA_TYPE": lambda site: {"ANSWER": site.request.form.get("answer", "")},
    "PASSWORD": lambda site: {"PASSWORD": site.request.form.get("password", "")},
    "WEB_AUTHN": lambda site: {"CREDENTIAL": site.request.form.get("credential", "")},
}


def _set_up(site: Site, asked: Asked, kept: Record) -> Response:
    """Handle a step of the setup of a second factor: choosing it, or proving it."""
    form = site.request.form
    if "code" in form and kept.get("secret"):
        proof = {"Session": kept["session"], "UserCode": code_of(site)}
        if not SIX_DIGITS.fullmatch(proof["UserCode"]):
            raise ServiceError("InvalidParameterException", "Enter the six digits that your app shows.")
        done = user_factors.verify(site.ctx, proof)
        return _respond(site, asked, {**kept, "session": done.get("Session", kept["session"])}, {})
    if form.get("email"):
        return _respond(site, asked, kept, {"EMAIL": form["email"].strip()})
    response = redirect(site.onward(MFA))
    cookies.keep_visit(site, response, {**kept, "chosen": form.get("answer", "")})
    return response


# --- pages ------------------------------------------------------------------------------------------------------------


def _show(site: Site, kept: Record, error: str = "") -> Response:
    kind = kept["challenge"]
    shown = PAGES.get(kind, _code_page)
    return shown(site, kept, error)


def _status(error: str) -> int:
    return 400 if error else 200


def _code_page(site: Site, kept: Record, error: str) -> Response:
    kind, parameters = kept["challenge"], kept["parameters"]
    values = {"where": parameters.get("CODE_DELIVERY_DESTINATION", ""), "app": kind == TOTP}
    return rendering.page(site, "code.html", _status(error), error=error, **values)


def _password_page(site: Site, kept: Record, error: str) -> Response:
    return rendering.page(site, "password.html", _status(error), error=error, name=kept["name"])


def _new_password_page(site: Site, kept: Record, error: str) -> Response:
    wanted = [n.removeprefix("userAttributes.") for n in _list(kept["parameters"].get("requiredAttributes"))]
    values = {"rules": rules_of(site.pool), "fields": fields_of(site.pool, wanted, site.request.form)}
    return rendering.page(site, "new_password.html", _status(error), error=error, name=kept["name"], **values)


def _choice_page(site: Site, kept: Record, error: str) -> Response:
    names = kept["ways"] if kept["challenge"] == CHOICE else _list(kept["parameters"].get("MFAS_CAN_CHOOSE"))
    ways = [{"name": n, "label": WAYS[n]} for n in names if n in WAYS]
    return rendering.page(site, "choice.html", _status(error), error=error, ways=ways, name=kept["name"])


def _passkey_page(site: Site, kept: Record, error: str) -> Response:
    options = kept["parameters"].get("CREDENTIAL_REQUEST_OPTIONS", "{}")
    return rendering.page(site, "passkey.html", _status(error), error=error, options=json.loads(options))


def _set_up_page(site: Site, kept: Record, error: str) -> Response:
    offered = [n for n in _list(kept["parameters"].get("MFAS_CAN_SETUP")) if n in (TOTP, "EMAIL_OTP")]
    chosen = kept.get("chosen") if kept.get("chosen") in offered else (offered[0] if len(offered) == 1 else "")
    if chosen == TOTP:
        return _totp_page(site, kept, error)
    if chosen == "EMAIL_OTP":
        return rendering.page(site, "mfa_email.html", _status(error), error=error)
    if not offered:
        return rendering.error_page(site, "A second step is required", NO_WAY)
    ways = [{"name": n, "label": WAYS[n]} for n in offered]
    values: dict[str, Any] = {"ways": ways, "name": kept["name"], "setting_up": True}
    return rendering.page(site, "choice.html", _status(error), error=error, **values)


def _totp_page(site: Site, kept: Record, error: str) -> Response:
    secret, session = kept.get("secret", ""), kept["session"]
    if not secret:
        made = user_factors.associate(site.ctx, {"Session": session})
        secret, session = made["SecretCode"], made.get("Session", session)
    uri = passkey_pages.otpauth(site.pool, kept["name"], secret)
    values = {"secret": secret, "uri": uri, "picture": rendering.picture(uri)}
    response = rendering.page(site, "mfa_app.html", _status(error), error=error, **values)
    if not kept.get("secret"):
        cookies.keep_visit(site, response, {**kept, "chosen": TOTP, "secret": secret, "session": session})
    return response


def _list(text: str | None) -> list[str]:
    found = json.loads(text or "[]")
    return [str(n) for n in found] if isinstance(found, list) else []


PAGES: dict[str, Callable[[Site, Record, str], Response]] = {
    "NEW_PASSWORD_REQUIRED": _new_password_page,
    "SELECT_MFA_TYPE": _choice_page,
    CHOICE: _choice_page,
    "PASSWORD": _password_page,
    "WEB_AUTHN": _passkey_page,
    "MFA_SETUP": _set_up_page,
}

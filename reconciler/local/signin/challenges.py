"""Answers to challenges: second factors and their set-up, a new password, and proofs of a password or a device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import (
    admission,
    aliases,
    custom_auth,
    devices,
    events,
    passwords,
    second_factor,
    totp,
    written_attributes,
)
from reconciler.local.signin.first_factor import judge
from reconciler.local.signin.one_time_codes import MISMATCH, ask_code, check_code
from reconciler.local.signin.parties import Caller, put, touch
from reconciler.local.signin.sign_ins import Attempt, Reply, wrong
from reconciler.local.signin.srp import pool_name
from reconciler.local.signin.srp_challenges import ask_proof, check_session, proves
from reconciler.local.store import Record
from reconciler.local.user_checks import check_attributes

Answer = Callable[[Context, Caller, Reply], Record]
TOTP, EMAIL = second_factor.TOTP, second_factor.EMAIL
USED_CODE = "Your software token has already been used once."
NOT_SET_UP = "Software Token MFA does not exist for the user."
PREFIX = "userAttributes."
ALSO_CALLED = {"EMAIL_MFA": EMAIL}
"""Names in the API model that differ from those that clients send."""


def _after_second(ctx: Context, caller: Caller, reply: Reply) -> Record:
    attempt = reply.attempt.prove("mfa")
    if attempt.rounds:
        done = custom_auth.result(reply.challenge, right=True)
        attempt = replace(attempt, rounds=(*attempt.rounds, done))
    return admission.proceed(ctx, caller, attempt)


def second_code(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Check the code of SMS_MFA, or of EMAIL_OTP as a second factor; wrong codes count towards the lock-out."""
    passwords.check_lock(ctx, reply.attempt.user)
    try:
        check_code(reply)
    except ServiceError as refused:
        if refused.code == "CodeMismatchException":
            _failed(ctx, caller, reply)
        raise
    if reply.state["to"]:
        _adopt_email(ctx, caller.pool, reply.attempt.user, reply.state["to"])
    return _after_second(ctx, caller, reply)


def _failed(ctx: Context, caller: Caller, reply: Reply) -> None:
    passwords.failed(ctx, caller.pool, reply.attempt.user)
    events.note(ctx, caller, reply.attempt.user, "SignIn", failed=events.MFA, proven=reply.attempt.proven)


def _adopt_email(ctx: Context, pool: Record, user: Record, address: str) -> None:
    """Store an address that was entered in MFA_SETUP and is now proven, and enable it as a factor."""
    user["attributes"] = {**user["attributes"], "email": address}
    aliases.verify(ctx, pool, user, "email", move=False)
    user["mfa"]["email"] = True
    touch(ctx, pool, user)


def software_token(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Check a TOTP code."""
    user, code = reply.attempt.user, reply.need("SOFTWARE_TOKEN_MFA_CODE")
    if not user["mfa"]["secret"]:
        raise ServiceError("SoftwareTokenMFANotFoundException", NOT_SET_UP)
    passwords.check_lock(ctx, user)
    judged, step = totp.judge(ctx, user["mfa"]["secret"], code, user["mfa"]["used"])
    if judged == "used":
        raise ServiceError("ExpiredCodeException", USED_CODE)
    if judged == "wrong":
        _failed(ctx, caller, reply)
        raise ServiceError("CodeMismatchException", MISMATCH)
    user["mfa"]["used"] = step
    put(ctx, caller.pool, user)
    return _after_second(ctx, caller, reply)


def select_mfa(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Handle the choice of a second factor."""
    chosen = reply.need("ANSWER")
    chosen = ALSO_CALLED.get(chosen, chosen)
    if chosen not in reply.state["choices"]:
        refuse(f"ANSWER must be one of {', '.join(reply.state['choices'])}.")
    return second_factor.ask_factor(ctx, caller, reply.attempt, chosen)


def set_up(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Handle the answer to MFA_SETUP: the Session of VerifySoftwareToken, or an e-mail address."""
    if reply.state.get("verified"):
        return _after_second(ctx, caller, reply)
    address = reply.responses.get("EMAIL") or reply.responses.get("email")
    if not address or not second_factor.offers(caller.pool, EMAIL):
        refuse("MFA_SETUP is answered with the Session of VerifySoftwareToken.")
    check_attributes(caller.pool, {"email": address}, new=False)
    return ask_code(ctx, caller, reply.attempt, EMAIL, first=False, to=address)


def new_password(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Set a new password and the required attributes that the user lacks."""
    pool, user, password = caller.pool, reply.attempt.user, reply.need("NEW_PASSWORD")
    given = written_attributes.spelled(
        pool, {k.removeprefix(PREFIX): v for k, v in reply.responses.items() if k.startswith(PREFIX)}
    )
    _check_given(ctx, caller, user, given)
    passwords.check_policy(pool, password, admin=False)
    passwords.check_history(pool, user, password)
    user["attributes"] = written_attributes.merged(
        {**written_attributes.unverified(given), **user["attributes"]}, given
    )
    passwords.set_password(ctx, pool, user, password)
    user["status"] = "CONFIRMED"
    touch(ctx, pool, user)
    return admission.proceed(ctx, caller, replace(reply.attempt, source="NewPasswordChallenge"))


def _check_given(ctx: Context, caller: Caller, user: Record, given: Record) -> None:
    """Check attributes sent with a new password: none that the user already has, and all that are required."""
    for name in given:
        if user["attributes"].get(name):
            raise ServiceError("NotAuthorizedException", f"Cannot modify an already provided {name}")
    present = {a["Name"]: user["attributes"].get(a["Name"]) for a in caller.pool["schema"] if a["Required"]}
    written_attributes.check_writable(caller, given)
    check_attributes(caller.pool, {**{k: v for k, v in present.items() if v and k != "sub"}, **given}, new=True)
    for kind in sorted(aliases.unproven(caller.pool) & {k for k, v in given.items() if v}):
        aliases.check_free(ctx, caller.pool, kind, given[kind], user["username"])


def password_proof(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Handle the answer to PASSWORD_VERIFIER."""
    check_session(reply)
    name = reply.attempt.user["username"]
    pool = pool_name(caller.pool["id"])
    attempt = judge(ctx, caller, reply.attempt, lambda: proves(ctx, reply, pool, name))
    if attempt.rounds:
        done = custom_auth.result("PASSWORD_VERIFIER", right=True)
        attempt = replace(attempt, rounds=(*attempt.rounds, done))
    return admission.proceed(ctx, caller, attempt)


def device_begin(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Handle SRP_A of a device; ask DEVICE_PASSWORD_VERIFIER."""
    attempt, a = _of_device(reply), reply.need("SRP_A")
    named = {"USERNAME": attempt.user["username"], "DEVICE_KEY": attempt.device}
    secret = devices.find(attempt.user, attempt.device)
    return ask_proof(ctx, caller, attempt, "DEVICE_PASSWORD_VERIFIER", secret=secret, a=a, named=named)


def _of_device(reply: Reply) -> Attempt:
    if reply.need("DEVICE_KEY") != reply.attempt.device:
        devices.find({"devices": {}}, reply.responses["DEVICE_KEY"])
    return reply.attempt


def device_proof(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Handle the answer to DEVICE_PASSWORD_VERIFIER, which replaces a second factor."""
    check_session(reply)
    attempt = _of_device(reply)
    if not proves(ctx, reply, devices.group_key(ctx, caller.pool), attempt.device):
        raise wrong()
    return _after_second(ctx, caller, replace(reply, attempt=replace(attempt, source="AuthenticateDevice")))


ANSWERS: dict[str, Answer] = {
    "SMS_MFA": second_code,
    "SOFTWARE_TOKEN_MFA": software_token,
    "SELECT_MFA_TYPE": select_mfa,
    "MFA_SETUP": set_up,
    "NEW_PASSWORD_REQUIRED": new_password,
    "PASSWORD_VERIFIER": password_proof,
    "DEVICE_SRP_AUTH": device_begin,
    "DEVICE_PASSWORD_VERIFIER": device_proof,
    "CUSTOM_CHALLENGE": custom_auth.answer,
}
"""By ChallengeName; those of USER_AUTH are in choice.py."""

"""USER_AUTH: the user chooses the first factor among those of the pool that can be used."""

from __future__ import annotations

from dataclasses import replace

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import (
    admission,
    aliases,
    auth_sessions,
    ending,
    passkey_proofs,
    second_factor,
    sign_up,
    simulated,
)
from reconciler.local.signin.first_factor import (
    NOT_CONFIRMED,
    RESET,
    begin,
    check_enabled,
    check_password,
    check_usable,
)
from reconciler.local.signin.one_time_codes import ask_code, check_code
from reconciler.local.signin.parties import FORCED, Caller, touch
from reconciler.local.signin.sign_ins import Attempt, Reply, ask, existence_error, needed
from reconciler.local.signin.srp_challenges import ask_password
from reconciler.local.store import Record

FLOW = "USER_AUTH"
PASSWORDS = ("PASSWORD", "PASSWORD_SRP")
CODES = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
"""The attribute that a code is sent to."""
PASSKEY = "WEB_AUTHN"
STEP_UP = "TARGET_ACR_VALUES"


def initiate(ctx: Context, caller: Caller, parameters: Record, session: str) -> Record:
    """Begin the flow USER_AUTH.

    Args:
        ctx: The context.
        caller: What the request comes through.
        parameters: AuthParameters. Those of step-up authentication (TARGET_ACR_VALUES, MAX_AGE) have no effect, and no
            recording of the service shows one either.
        session: The Session of ConfirmSignUp; with it the user is signed in at once.

    Raises:
        ServiceError: As for `flow.initiate`.
    """
    if parameters.get("ACCESS_TOKEN") and STEP_UP not in parameters:
        refuse(f"ACCESS_TOKEN needs {STEP_UP}.")
    preferred = parameters.get("PREFERRED_CHALLENGE", "")
    password = parameters.get("PASSWORD") if preferred == "PASSWORD" else None
    attempt = begin(ctx, caller, FLOW, parameters["USERNAME"], password=password)
    attempt = replace(attempt, device=parameters.get("DEVICE_KEY", ""))
    caller = replace(caller, metadata={})
    if session:
        return _after_sign_up(ctx, caller, attempt, session)
    offered = _offered(ctx, caller, attempt)
    _check_status(caller, attempt, preferred, offered)
    if preferred in offered:
        return _ask(ctx, caller, attempt, preferred, parameters, available=[preferred])
    named = {"USERNAME": attempt.user["username"]}
    return ask(ctx, caller, attempt, "SELECT_CHALLENGE", named, state={"offered": offered}, available=offered)


def _after_sign_up(ctx: Context, caller: Caller, attempt: Attempt, session: str) -> Record:
    if not attempt.known or not sign_up.redeem(ctx, caller, attempt.user, session):
        raise ServiceError("NotAuthorizedException", auth_sessions.NOT_VALID)
    check_enabled(caller, attempt)
    return ending.finish(ctx, caller, attempt.prove("factor"))


def _check_status(caller: Caller, attempt: Attempt, preferred: str, offered: list[str]) -> None:
    """Check that the status of the user allows a factor: a code also confirms a new user, a password does not."""
    if attempt.known and attempt.user["status"] == "UNCONFIRMED" and (preferred in PASSWORDS or not offered):
        raise ServiceError("UserNotConfirmedException", NOT_CONFIRMED)
    if attempt.known and attempt.user["status"] == "RESET_REQUIRED" and not offered:
        raise existence_error(caller, "PasswordResetRequiredException", RESET)
    if not offered:
        raise ServiceError("NotAuthorizedException", "Incorrect username or password.")


def allowed(pool: Record) -> list[str]:
    """Return AllowedFirstAuthFactors of a pool."""
    policy = pool["config"].get("Policies", {}).get("SignInPolicy", {})
    return list(policy.get("AllowedFirstAuthFactors") or ["PASSWORD"])


def configured(pool: Record, factor: str) -> bool:
    """Return whether a pool can send the codes of a factor: codes need e-mail or SMS that is set up for sign-in."""
    if factor == "SMS_OTP":
        return bool(pool["mfa"].get("sms")) or "SmsConfiguration" in pool["config"]
    sender = pool["config"].get("EmailConfiguration", {}).get("EmailSendingAccount")
    return second_factor.OFFERED in pool["mfa"] or sender == "DEVELOPER"


def available(pool: Record, user: Record, host: str = "") -> list[str]:
    """Return the first factors that a user can sign in with; `host` is that of a hosted page."""
    status, factors = user["status"], allowed(pool)
    if status == "EXTERNAL_PROVIDER":
        return []
    by_password = list(PASSWORDS) if user["password"] and status not in ("UNCONFIRMED", "RESET_REQUIRED") else []
    if status == FORCED:
        return by_password
    with_mfa = second_factor.has_mfa(pool, user)
    codes = [] if with_mfa else [f for f, a in CODES.items() if _sends(pool, f) and user["attributes"].get(a)]
    alone = passkey_proofs.counts_as_both(pool) or not with_mfa
    keyed = PASSKEY in factors and passkey_proofs.usable(user, host) and status != "UNCONFIRMED" and alone
    return [*codes, *by_password, *([PASSKEY] if keyed else [])]


def _sends(pool: Record, factor: str) -> bool:
    return factor in allowed(pool) and configured(pool, factor)


def _offered(ctx: Context, caller: Caller, attempt: Attempt) -> list[str]:
    """Return AvailableChallenges; for a user that does not exist, the same plausible ones each time."""
    pool = caller.pool
    if attempt.known:
        return available(pool, attempt.user, caller.host)
    if second_factor.mode(pool) == "ON":
        return list(PASSWORDS)
    drawn = simulated.derived(ctx, pool, "factors", attempt.user["username"])
    codes = [f for f in CODES if _sends(pool, f)]
    possible = not caller.host or passkey_proofs.is_named(caller.host)
    keyed = PASSKEY in allowed(pool) and possible and drawn[0] % 2 == 0
    return [*codes, *PASSWORDS, *([PASSKEY] if keyed else [])]


def _ask(
    ctx: Context,
    caller: Caller,
    attempt: Attempt,
    factor: str,
    parameters: Record,
    *,
    available: list[str] | None = None,
) -> Record:
    if factor == "PASSWORD" and parameters.get("PASSWORD"):
        return _by_password(ctx, caller, attempt, parameters["PASSWORD"])
    if factor == "PASSWORD_SRP" and parameters.get("SRP_A"):
        return ask_password(ctx, caller, attempt, parameters["SRP_A"], available=available)
    if factor not in PASSWORDS:  # with a password, only someone who knows it learns more
        check_enabled(caller, attempt)
    if factor in CODES:
        return ask_code(ctx, caller, attempt, factor, first=True, available=available)
    if factor == PASSKEY:
        options, state = passkey_proofs.request_options(ctx, caller.pool, attempt.user, caller.host)
        named = {"CREDENTIAL_REQUEST_OPTIONS": options}
        return ask(ctx, caller, attempt, PASSKEY, named, state=state, available=available)
    return ask(ctx, caller, attempt, factor, {"USERNAME": attempt.user["username"]}, available=available)


def _by_password(ctx: Context, caller: Caller, attempt: Attempt, password: str) -> Record:
    return admission.proceed(ctx, caller, check_password(ctx, caller, attempt, password))


def select(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Take the answer to SELECT_CHALLENGE, which may have the password or SRP_A with it."""
    chosen = reply.need("ANSWER")
    if chosen not in reply.state["offered"]:
        refuse(f"ANSWER must be one of {', '.join(reply.state['offered'])}.")
    return _ask(ctx, caller, reply.attempt, chosen, reply.responses)


def password(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Take the answer to PASSWORD."""
    return _by_password(ctx, caller, reply.attempt, reply.need("PASSWORD"))


def password_srp(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Take the answer to PASSWORD_SRP: SRP_A."""
    return ask_password(ctx, caller, reply.attempt, needed(reply.responses, "SRP_A"))


def code(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Take the code of EMAIL_OTP or SMS_OTP as a first factor, which verifies the address and confirms the user."""
    check_code(reply)
    user = reply.attempt.user
    aliases.verify(ctx, caller.pool, user, CODES[reply.challenge], move=False)
    if user["status"] == "UNCONFIRMED":
        user["status"] = "CONFIRMED"
    touch(ctx, caller.pool, user)
    return admission.proceed(ctx, caller, reply.attempt.prove("factor"))


def passkey(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Take the answer to WEB_AUTHN."""
    attempt = reply.attempt
    passkey_proofs.check(ctx, caller.pool, attempt.user, reply.state, reply.need("CREDENTIAL"))
    check_usable(attempt.user)
    attempt = attempt.prove("factor")
    return admission.proceed(
        ctx, caller, attempt.prove("mfa") if passkey_proofs.counts_as_both(caller.pool) else attempt
    )

"""Sign-in: InitiateAuth and the answers to its challenges, for SDKs, administrators and the hosted pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import (
    auth_sessions,
    choice,
    custom_auth,
    families,
    parties,
    secret_hash,
    simulated,
    tokens,
)
from reconciler.local.signin.admission import proceed
from reconciler.local.signin.challenges import ANSWERS, Answer, second_code
from reconciler.local.signin.first_factor import NOT_FOUND, begin, check_enabled, check_password
from reconciler.local.signin.parties import Caller, sign_in_name, spelled
from reconciler.local.signin.sign_ins import Attempt, Reply, existence_error, needed, restored, subject
from reconciler.local.signin.srp_challenges import BLOCK, ask_password
from reconciler.local.store import Record

ADMIN = frozenset({"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"})
RENEWALS = frozenset({"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"})
NEEDED = {
    "USER_SRP_AUTH": "ALLOW_USER_SRP_AUTH",
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
    **dict.fromkeys(ADMIN, "ALLOW_ADMIN_USER_PASSWORD_AUTH"),
    "CUSTOM_AUTH": "ALLOW_CUSTOM_AUTH",
    "USER_AUTH": "ALLOW_USER_AUTH",
    **dict.fromkeys(RENEWALS, "ALLOW_REFRESH_TOKEN_AUTH"),
}
"""The entry of ExplicitAuthFlows that a flow needs."""
REFUSED = {
    "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH flow not enabled for this client",
    **dict.fromkeys(ADMIN, "Auth flow not enabled for this client"),
}
"""Messages for flows that are not allowed, where they differ from the usual one."""
NOT_SUPPORTED = "Initiate Auth method not supported."
PROOFS = frozenset({"PASSWORD_VERIFIER", "DEVICE_PASSWORD_VERIFIER"})
"""Challenges that are identified by their SECRET_BLOCK."""
BY_PASSWORD = frozenset({"PASSWORD_VERIFIER", "PASSWORD", "PASSWORD_SRP", "SELECT_CHALLENGE"})
"""Challenges in which only someone who knows the password learns that the user is disabled."""
ENDING = frozenset({"NotAuthorizedException", "ExpiredCodeException"})
"""Errors that end a session; after any other error the challenge can be answered again."""


def initiate(ctx: Context, caller: Caller, auth_flow: str, parameters: Record, session: str = "") -> Record:
    """Begin a sign-in.

    Args:
        ctx: The context.
        caller: What the request comes through. The door `hosted` ignores the flows of the client and SECRET_HASH.
        auth_flow: AuthFlow.
        parameters: AuthParameters.
        session: The Session of ConfirmSignUp, for USER_AUTH.

    Returns:
        The answer of InitiateAuth; for the door `hosted`, `{"SignedIn": {"Username", "AuthTime"}}` at the end.

    Raises:
        ServiceError: Those of InitiateAuth.
    """
    if auth_flow in ADMIN and caller.door == "api":
        refuse(NOT_SUPPORTED)
    if auth_flow in RENEWALS:
        return _renew(ctx, caller, auth_flow, parameters)
    typed = needed(parameters, "USERNAME")
    secret_hash.check(caller, typed, parameters.get("SECRET_HASH"), door_text="sign_in")
    _check_allowed(caller, auth_flow)
    if auth_flow == choice.FLOW:
        return choice.initiate(ctx, caller, parameters, session)
    if auth_flow == custom_auth.FLOW:
        return custom_auth.initiate(ctx, caller, parameters)
    if auth_flow == "USER_SRP_AUTH":
        return _by_srp(ctx, caller, parameters)
    return _by_password(ctx, caller, auth_flow, parameters)


def allowed_flows(client: Record) -> set[str]:
    """Return the flows of a client by their newer names; the older names turn off neither SRP nor refresh."""
    named = client.get("ExplicitAuthFlows") or ()
    flows = parties.flows(client)
    if any(not f.startswith("ALLOW_") for f in named):
        flows |= {"ALLOW_REFRESH_TOKEN_AUTH"}
        flows |= set() if "CUSTOM_AUTH_FLOW_ONLY" in named else {"ALLOW_USER_SRP_AUTH"}
    return flows


def _check_allowed(caller: Caller, auth_flow: str) -> None:
    if caller.door == "hosted" or NEEDED[auth_flow] in allowed_flows(caller.client):
        return
    refuse(REFUSED.get(auth_flow, f"{auth_flow} is not enabled for the client."))


def _by_srp(ctx: Context, caller: Caller, parameters: Record) -> Record:
    a = needed(parameters, "SRP_A")
    attempt = begin(ctx, caller, "USER_SRP_AUTH", parameters["USERNAME"])
    return ask_password(ctx, replace(caller, metadata={}), attempt, a)


def _by_password(ctx: Context, caller: Caller, auth_flow: str, parameters: Record) -> Record:
    password = needed(parameters, "PASSWORD")
    attempt = begin(ctx, caller, auth_flow, parameters["USERNAME"], password=password)
    attempt = replace(attempt, device=parameters.get("DEVICE_KEY", ""))
    caller = replace(caller, metadata={})
    return proceed(ctx, caller, check_password(ctx, caller, attempt, password))


def _renew(ctx: Context, caller: Caller, auth_flow: str, parameters: Record) -> Record:
    token = needed(parameters, "REFRESH_TOKEN")
    found, given = families.find(ctx, caller.pool, token), parameters.get("SECRET_HASH")
    if found or not given:  # the hash is of the real name, which only the token has
        secret_hash.check(caller, found[1]["user"] if found else "", given, door_text="sign_in")
    _check_allowed(caller, auth_flow)
    device = parameters.get("DEVICE_KEY", "")
    result = tokens.renew(ctx, caller, token, rotate=False, device_key=device, metadata={})
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


# --- answers -------------------------------------------------------------------------------------------------------


def _code(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Check a code sent by e-mail, as a first or a second factor."""
    answer = choice.code if reply.state["first"] else second_code
    return answer(ctx, caller, reply)


ALL: dict[str, Answer] = {
    **ANSWERS,
    "EMAIL_OTP": _code,
    "SMS_OTP": choice.code,
    "SELECT_CHALLENGE": choice.select,
    "PASSWORD": choice.password,
    "PASSWORD_SRP": choice.password_srp,
    "WEB_AUTHN": choice.passkey,
}


def respond(ctx: Context, caller: Caller, challenge: str, session: str, responses: Record) -> Record:
    """Answer a challenge.

    Args:
        ctx: The context.
        caller: As for `initiate`.
        challenge: ChallengeName.
        session: The Session of the challenge; empty if there is none.
        responses: ChallengeResponses.

    Returns:
        As `initiate`.

    Raises:
        ServiceError: Those of RespondToAuthChallenge.
    """
    typed = needed(responses, "USERNAME")
    _check_hash(ctx, caller, challenge, typed, responses.get("SECRET_HASH"))
    if challenge not in ALL:
        refuse(f"{challenge} cannot be answered.")
    secret = needed(responses, BLOCK) if challenge in PROOFS else session or needed({}, "Session")
    pending = auth_sessions.find(ctx, caller, secret, challenge)
    attempt = _with_device(restored(pending, _user(ctx, caller, pending)), challenge, responses)
    if not _is_meant(ctx, caller, attempt, typed):
        raise ServiceError("NotAuthorizedException", auth_sessions.NOT_VALID)
    reply = Reply(attempt, pending, challenge, responses, session)
    auth_sessions.use_up(ctx, pending)  # now, because other requests run while a trigger does
    try:
        if challenge not in BY_PASSWORD:
            check_enabled(caller, attempt)
        return ALL[challenge](ctx, caller, reply)
    except ServiceError as refused:
        if refused.code in ENDING:
            auth_sessions.end(ctx, pending)
        else:
            auth_sessions.keep(ctx, pending, pending.state)
        raise


def _check_hash(ctx: Context, caller: Caller, challenge: str, typed: str, given: str | None) -> None:
    """Check SECRET_HASH: of the real name after an SRP proof, otherwise of the name as sent too."""
    user = sign_in_name(ctx, caller.pool, typed)
    real = user["username"] if user else typed
    if challenge not in PROOFS and real != typed:
        try:
            secret_hash.check(caller, typed, given, door_text="sign_in")
        except ServiceError:
            pass
        else:
            return
    secret_hash.check(caller, real, given, door_text="sign_in")


def _user(ctx: Context, caller: Caller, pending: auth_sessions.Pending) -> Record:
    """Return the current user of a session; a simulated one if it never existed."""
    kept: Record = pending.state["attempt"]
    if not kept["known"]:
        return simulated.stand_in(ctx, caller.pool, kept["name"])
    user = subject(ctx, pending)
    if user is None:
        raise existence_error(caller, "UserNotFoundException", NOT_FOUND)
    return user


def _with_device(attempt: Attempt, challenge: str, responses: Record) -> Attempt:
    """Return an attempt with the DEVICE_KEY of an answer: clients may send it with any answer.

    With the proof of the password only this key counts: clients drop an unknown key and answer again. With other
    answers an unknown key is ignored.
    """
    given = str(responses.get("DEVICE_KEY") or "")
    if challenge == "PASSWORD_VERIFIER":
        return replace(attempt, device=given)
    adopted = given in attempt.user["devices"] and not challenge.startswith("DEVICE_")
    return replace(attempt, device=given) if adopted else attempt


def _is_meant(ctx: Context, caller: Caller, attempt: Attempt, typed: str) -> bool:
    """Return whether USERNAME of an answer is the user of the session: the real name, or the name as first typed."""
    name = spelled(caller.pool, typed)
    if name in (attempt.user["username"], spelled(caller.pool, attempt.name)):
        return True
    user = sign_in_name(ctx, caller.pool, typed)
    return user is not None and attempt.known and user["username"] == attempt.user["username"]


# --- operations ----------------------------------------------------------------------------------------------------

CallerOf = Callable[[Context, Record], Caller]


def _initiation(caller_of: CallerOf) -> Operation:
    def run(ctx: Context, params: Record) -> Record:
        parameters = params.get("AuthParameters") or {}
        return initiate(ctx, caller_of(ctx, params), params["AuthFlow"], parameters, params.get("Session", ""))

    return run


def _response(caller_of: CallerOf) -> Operation:
    def run(ctx: Context, params: Record) -> Record:
        responses = params.get("ChallengeResponses") or {}
        caller = caller_of(ctx, params)
        return respond(ctx, caller, params["ChallengeName"], params.get("Session", ""), responses)

    return run


OPERATIONS: dict[str, Operation] = {
    "InitiateAuth": _initiation(parties.by_client),
    "AdminInitiateAuth": _initiation(parties.admin),
    "RespondToAuthChallenge": _response(parties.by_client),
    "AdminRespondToAuthChallenge": _response(parties.admin),
}

"""CUSTOM_AUTH: the triggers of the pool define the challenges, verify the answers and decide when to issue tokens."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import ending, triggers
from reconciler.local.signin.first_factor import begin, check_enabled, check_usable
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_ins import Attempt, Reply, ask, needed, wrong
from reconciler.local.signin.srp_challenges import ask_password
from reconciler.local.store import Record

FLOW = "CUSTOM_AUTH"
CHALLENGE = "CUSTOM_CHALLENGE"
NOT_CONFIGURED = "Custom auth lambda trigger is not configured for the user pool."


def initiate(ctx: Context, caller: Caller, parameters: Record) -> Record:
    """Begin the flow CUSTOM_AUTH, with SRP first if CHALLENGE_NAME is `SRP_A`.

    Raises:
        ServiceError: InvalidParameterException without functions, or those of the user's state and of triggers.
    """
    _check_configured(caller.pool, "DefineAuthChallenge")
    a = needed(parameters, "SRP_A") if parameters.get("CHALLENGE_NAME") == "SRP_A" else ""
    attempt = begin(ctx, caller, FLOW, parameters["USERNAME"])
    if attempt.known:
        check_enabled(caller, attempt)
        check_usable(attempt.user)
    first = (result("SRP_A", right=True),) if a else ()
    attempt = replace(attempt, rounds=first, device=parameters.get("DEVICE_KEY", ""))
    return next_round(ctx, replace(caller, metadata={}), attempt, a=a)


def result(challenge: str, *, right: bool, metadata: str | None = None) -> Record:
    """Return one entry of the `session` of DefineAuthChallenge."""
    return {"challengeName": challenge, "challengeResult": right, "challengeMetadata": metadata}


def next_round(ctx: Context, caller: Caller, attempt: Attempt, *, a: str = "") -> Record:
    """Run DefineAuthChallenge and do what it decides.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in.
        a: SRP_A, in the request that sends it.

    Raises:
        ServiceError: NotAuthorizedException: the function fails the sign-in, or decides nothing.
    """
    request = {"session": list(attempt.rounds), "userNotFound": not attempt.known}
    said = triggers.run(ctx, caller, "DefineAuthChallenge_Authentication", _subject(attempt), request)
    asked = said.get("challengeName")
    if said.get("failAuthentication") or not (said.get("issueTokens") or asked):
        raise wrong()
    if said.get("issueTokens"):
        return ending.finish(ctx, caller, attempt)
    if asked == "PASSWORD_VERIFIER" and a:
        return ask_password(ctx, caller, attempt, a)
    if asked == CHALLENGE:
        return _ask_custom(ctx, caller, attempt)
    raise ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")


def _ask_custom(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    _check_configured(caller.pool, "CreateAuthChallenge")
    request = {"challengeName": CHALLENGE, "session": list(attempt.rounds), "userNotFound": not attempt.known}
    made = triggers.run(ctx, caller, "CreateAuthChallenge_Authentication", _subject(attempt), request)
    given = made.get("publicChallengeParameters") or {}
    public = {"USERNAME": attempt.user["username"], **{k: _text(v) for k, v in given.items()}}
    state = {
        "private": made.get("privateChallengeParameters") or {},
        "metadata": made.get("challengeMetadata"),
    }
    return ask(ctx, caller, attempt, CHALLENGE, public, state=state)


def _text(value: Any) -> str:
    """Return a challenge parameter as text, as the API has it."""
    if isinstance(value, dict | list):
        raise ServiceError("InvalidLambdaResponseException", "Unrecognizable lambda output")
    return value if isinstance(value, str) else json.dumps(value)


def answer(ctx: Context, caller: Caller, reply: Reply) -> Record:
    """Verify an answer to CUSTOM_CHALLENGE. DefineAuthChallenge decides what a right or wrong one leads to."""
    _check_configured(caller.pool, "VerifyAuthChallengeResponse")
    request = {
        "privateChallengeParameters": reply.state["private"],
        "challengeAnswer": reply.need("ANSWER"),
        "userNotFound": not reply.attempt.known,
    }
    source = "VerifyAuthChallengeResponse_Authentication"
    said = triggers.run(ctx, caller, source, _subject(reply.attempt), request)
    done = result(CHALLENGE, right=bool(said.get("answerCorrect")), metadata=reply.state["metadata"])
    return next_round(ctx, caller, replace(reply.attempt, rounds=(*reply.attempt.rounds, done)))


def _subject(attempt: Attempt) -> Record | str:
    return attempt.user if attempt.known else attempt.name


def _check_configured(pool: Record, trigger: str) -> None:
    if not triggers.configured(pool, trigger):
        refuse(NOT_CONFIGURED)

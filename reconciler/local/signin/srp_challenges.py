"""PASSWORD_VERIFIER and DEVICE_PASSWORD_VERIFIER: SRP proves a password without sending it."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import auth_sessions, srp
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_ins import Attempt, Reply, challenge_of
from reconciler.local.signin.simulated import stand_in
from reconciler.local.store import Record

SKEW = 300.0
"""Seconds by which TIMESTAMP may differ from the clock here; the tolerance of the service is not known."""
BLOCK = "PASSWORD_CLAIM_SECRET_BLOCK"


def ask_proof(
    ctx: Context,
    caller: Caller,
    attempt: Attempt,
    challenge: str,
    *,
    secret: Mapping[str, str],
    a: str,
    named: Record,
    available: list[str] | None = None,
) -> Record:
    """Ask for a proof.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in.
        challenge: ChallengeName.
        secret: `salt` and `verifier` in hexadecimal digits.
        a: SRP_A.
        named: ChallengeParameters beside those of SRP.
        available: AvailableChallenges.

    Raises:
        ServiceError: InvalidParameterException: SRP_A proves nothing.
    """
    side = _side(ctx, secret, a)
    bare = attempt.flow == "USER_SRP_AUTH" and challenge == "PASSWORD_VERIFIER"
    session = "" if bare else auth_sessions.text(ctx)
    state = {
        "attempt": attempt.stored(),
        "public": side.public,
        "key": side.key.hex(),
        "session": hashed(session) if session else "",
    }
    block = auth_sessions.begin_block(ctx, caller, attempt.user["username"], challenge, state)
    parameters = {"SALT": secret["salt"], "SECRET_BLOCK": block, "SRP_B": side.public, **named}
    return challenge_of(challenge, parameters, session, available)


def _side(ctx: Context, secret: Mapping[str, str], a: str) -> srp.ServerSide:
    """Return our side of a proof, given `salt` and `verifier`, and SRP_A."""
    try:
        return srp.ServerSide.begin(
            secret["verifier"], secret["salt"], a, int.from_bytes(ctx.desk.random(32), "big") or 1
        )
    except ValueError:
        refuse("Invalid SRP_A")


def ask_password(
    ctx: Context, caller: Caller, attempt: Attempt, a: str, *, available: list[str] | None = None
) -> Record:
    """Ask PASSWORD_VERIFIER. A user without a verifier gets a simulated one, for which no answer is right."""
    user = attempt.user
    secret = user["password"] or {}
    if "verifier" not in secret:
        secret = stand_in(ctx, caller.pool, user["username"])["password"]
    named = {"USERNAME": user["username"], "USER_ID_FOR_SRP": user["username"]}
    return ask_proof(ctx, caller, attempt, "PASSWORD_VERIFIER", secret=secret, a=a, named=named, available=available)


def check_session(reply: Reply) -> None:
    """Check the Session of an answer, if the challenge had one.

    Raises:
        ServiceError: InvalidParameterException: it is missing; NotAuthorizedException: it is another one.
    """
    expected = reply.state["session"]
    if expected and not reply.session:
        refuse("Missing required parameter Session")
    if expected and hashed(reply.session) != expected:
        raise ServiceError("NotAuthorizedException", auth_sessions.NOT_VALID)


def proves(ctx: Context, reply: Reply, pool_name: str, name: str) -> bool:
    """Return whether an answer proves the password.

    Args:
        ctx: The context.
        reply: The answer.
        pool_name: Name of the pool in proofs, or DeviceGroupKey.
        name: USER_ID_FOR_SRP, or DeviceKey.

    Raises:
        ServiceError: InvalidParameterException: something is missing.
    """
    given, stamp, block = reply.need("PASSWORD_CLAIM_SIGNATURE"), reply.need("TIMESTAMP"), reply.need(BLOCK)
    side = srp.ServerSide(reply.state["public"], bytes.fromhex(reply.state["key"]))
    time = srp.time_of(stamp)
    if time is None or abs(time - ctx.now()) > SKEW:
        return False
    return side.accepts(given, pool_name, name, block, stamp)

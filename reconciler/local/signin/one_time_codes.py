"""Codes by SMS and e-mail during a sign-in, as a first or a second factor.

A code belongs to its challenge and ends with it, so the session keeps its hash.
"""

from __future__ import annotations

import hmac

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import codes, delivery
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_ins import Attempt, Reply, ask
from reconciler.local.store import Record

MEDIUMS: dict[str, delivery.Medium] = {"SMS_MFA": "SMS", "SMS_OTP": "SMS", "EMAIL_OTP": "EMAIL"}
"""How the code of a challenge is sent."""
SECOND, FIRST = 6, 8
"""Digits of a code as a second and as a first factor."""
MISMATCH = "Invalid code received for user"


def ask_code(
    ctx: Context,
    caller: Caller,
    attempt: Attempt,
    challenge: str,
    *,
    first: bool,
    to: str = "",
    available: list[str] | None = None,
) -> Record:
    """Send a code and ask for it.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in; nothing is sent to a user that does not exist.
        challenge: ChallengeName, one of `MEDIUMS`.
        first: Whether it is the first factor.
        to: Address to send to; by default that of the user. It becomes the user's once the code is right.
        available: AvailableChallenges.

    Raises:
        ServiceError: Those of delivery.send.
    """
    code = codes.drawn(ctx, FIRST if first else SECOND)
    medium = MEDIUMS[challenge]
    if attempt.known:
        sent = delivery.send(ctx, caller, attempt.user, "Authentication", code, medium=medium, to=to)
    else:
        sent = {**delivery.simulated(caller.pool, attempt.name), "DeliveryMedium": medium}
    parameters = delivery.in_challenge(sent)
    if not first:
        parameters["USER_ID_FOR_SRP"] = attempt.user["username"]
    state = {"code": hashed(code), "first": first, "to": to}
    return ask(ctx, caller, attempt, challenge, parameters, state=state, available=available)


def check_code(reply: Reply) -> None:
    """Check the code in an answer.

    Raises:
        ServiceError: CodeMismatchException.
    """
    given = reply.need(f"{reply.challenge}_CODE")
    if not reply.attempt.known or not hmac.compare_digest(hashed(given), reply.state["code"]):
        raise ServiceError("CodeMismatchException", MISMATCH)

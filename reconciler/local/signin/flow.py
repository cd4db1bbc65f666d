"""Sign-in: InitiateAuth and the answers to its challenges, for SDKs, administrators and the hosted pages."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record


def initiate(ctx: Context, caller: Caller, auth_flow: str, parameters: Record, session: str = "") -> Record:
    """Begin a sign-in.

    Args:
        ctx: The context.
        caller: What it comes through. The flows of the client and SECRET_HASH do not concern the door `hosted`.
        auth_flow: AuthFlow.
        parameters: AuthParameters.
        session: The Session of ConfirmSignUp, for USER_AUTH.

    Returns:
        The answer of InitiateAuth; for the door `hosted`, `{"SignedIn": {"Username", "AuthTime"}}` at the end.

    Raises:
        ServiceError: Those of InitiateAuth.
    """
    raise NotImplementedError


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
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {}

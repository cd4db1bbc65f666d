"""A sign-in in progress: its user, the factors that are proven, and the next challenge."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.signin import auth_sessions
from reconciler.local.signin.auth_sessions import Pending
from reconciler.local.signin.parties import Caller, hides
from reconciler.local.store import Record

WRONG = "Incorrect username or password."
STORED = ("name", "known", "flow", "device", "source", "proven", "rounds")
"""Members of an attempt that its session keeps; the user is read again in each request."""


@dataclass(frozen=True)
class Attempt:
    """The state of a sign-in."""

    user: Record
    """The user; a simulated one if it does not exist and the client hides that."""
    name: str
    """The name as the user typed it."""
    known: bool = True
    """Whether the user exists."""
    flow: str = ""
    """AuthFlow."""
    device: str = ""
    """DEVICE_KEY as the client sent it."""
    source: str = "Authentication"
    """Suffix of the triggerSource of PreTokenGeneration."""
    proven: tuple[str, ...] = ()
    """Of `password`, `factor` (another first factor) and `mfa` (a second factor, or a first that counts as both)."""
    rounds: tuple[Record, ...] = ()
    """The `session` of DefineAuthChallenge."""

    def prove(self, what: str) -> Attempt:
        """Return this attempt with one thing more proven."""
        return replace(self, proven=(*self.proven, what))

    def stored(self) -> Record:
        """Return what a session keeps, JSON-able."""
        return {"sub": self.user["attributes"]["sub"], **{name: getattr(self, name) for name in STORED}}


@dataclass(frozen=True)
class Reply:
    """An answer to a challenge."""

    attempt: Attempt
    pending: Pending
    challenge: str
    responses: Record
    session: str

    def need(self, name: str) -> str:
        """Return a response.

        Raises:
            ServiceError: InvalidParameterException: it is missing.
        """
        return needed(self.responses, name)

    @property
    def state(self) -> Record:
        """State that belongs to the challenge itself."""
        return self.pending.state


def needed(parameters: Record, name: str) -> str:
    """Return a parameter of a sign-in.

    Raises:
        ServiceError: InvalidParameterException: it is missing.
    """
    value = parameters.get(name)
    if not value:
        refuse(f"Missing required parameter {name}")
    return str(value)


def subject(ctx: Context, pending: Pending) -> Record | None:
    """Return the current user of a session; None if it was deleted, even if another user has the name now."""
    user = ctx.people.get(pending.pool, pending.user)
    return user if user and user["attributes"]["sub"] == pending.state["attempt"]["sub"] else None


def restored(pending: Pending, user: Record) -> Attempt:
    """Return the attempt that a session keeps."""
    kept = {name: pending.state["attempt"][name] for name in STORED}
    return Attempt(user, **{**kept, "proven": tuple(kept["proven"]), "rounds": tuple(kept["rounds"])})


def ask(
    ctx: Context,
    caller: Caller,
    attempt: Attempt,
    challenge: str,
    parameters: Record,
    *,
    state: Record | None = None,
    available: list[str] | None = None,
) -> Record:
    """Start a challenge.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in.
        challenge: ChallengeName.
        parameters: ChallengeParameters.
        state: State that the response needs, JSON-able.
        available: AvailableChallenges.

    Returns:
        The answer of InitiateAuth.
    """
    kept = {"attempt": attempt.stored(), **(state or {})}
    session = auth_sessions.begin(ctx, caller, attempt.user["username"], (challenge,), kept)
    return challenge_of(challenge, parameters, session, available)


def challenge_of(challenge: str, parameters: Record, session: str, available: list[str] | None = None) -> Record:
    """Return the answer of InitiateAuth that asks a challenge; an empty session and None are left out."""
    return {
        "ChallengeName": challenge,
        "ChallengeParameters": parameters,
        **({"Session": session} if session else {}),
        **({} if available is None else {"AvailableChallenges": available}),
    }


def wrong() -> ServiceError:
    """Return the error that reveals nothing about the user."""
    return ServiceError("NotAuthorizedException", WRONG)


def existence_error(caller: Caller, code: str, message: str) -> ServiceError:
    """Return an error that reveals the state of a user, or the generic one if the client hides which users exist."""
    return wrong() if hides(caller.client) else ServiceError(code, message)

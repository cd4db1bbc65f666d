"""A sign-in under way: who it is about, what has been proven, and the challenge that is asked next."""

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
"""What a session keeps of an attempt; the user is read anew in each request."""


@dataclass(frozen=True)
class Attempt:
    """What is known of a sign-in."""

    user: Record
    """The user; a stand-in if there is none and the client does not tell."""
    name: str
    """The name as typed."""
    known: bool = True
    """Whether there is such a user."""
    flow: str = ""
    """AuthFlow."""
    device: str = ""
    """DEVICE_KEY as sent."""
    source: str = "Authentication"
    """End of the source of PreTokenGeneration."""
    proven: tuple[str, ...] = ()
    """Of `password`, `factor` (a first factor that is no password) and `mfa` (a second one, or what counts as both)."""
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
        """What the challenge itself remembers."""
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
    """Return the user of a session as it is now; None if it is gone, even if another one has its name."""
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
    """Ask a challenge.

    Args:
        ctx: The context.
        caller: What the request comes through.
        attempt: The sign-in.
        challenge: ChallengeName.
        parameters: ChallengeParameters.
        state: What to remember for the answer, JSON-able.
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
    """Return the refusal that tells nothing."""
    return ServiceError("NotAuthorizedException", WRONG)


def told(caller: Caller, code: str, message: str) -> ServiceError:
    """Return a refusal that tells of a user's state, unless the client hides that."""
    return wrong() if hides(caller.client) else ServiceError(code, message)

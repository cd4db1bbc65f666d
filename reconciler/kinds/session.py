"""Sessions of a pool and of its clients (2026); both operations replace everything (cognito.md 2.13)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind, State, Violation
from reconciler.kinds.shared_rules import below, tier_violation
from reconciler.model import Tree
from schemas.session_configuration import ClientSessionConfiguration, SessionConfiguration

POOL_DEFAULT = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}
CLIENT_DEFAULT = {"SSOSession": {"MaxValidityMinutes": 60}}
"""The answer for a pool and for a client on which nothing was ever set."""

INSIDE = "clients.session"


def initial() -> Tree:
    """Return the configuration of a new pool."""
    return {k: v if isinstance(v, str) else {**v} for k, v in POOL_DEFAULT.items()}  # type: ignore[dict-item]


def initial_of_client() -> Tree:
    """Return the configuration of a new client."""
    return {k: {**v} for k, v in CLIENT_DEFAULT.items()}


def from_api(answer: Tree) -> Tree:
    """Drop the client's id, which follows from the place in the manifest."""
    return {k: v for k, v in answer.items() if k != "ClientId"}


def prepare(pending_call: PendingCall) -> Tree:
    """All members must be sent."""
    return {**POOL_DEFAULT, **pending_call.payload}


def prepare_of_client(pending_call: PendingCall) -> Tree:
    """All members must be sent."""
    return {**CLIENT_DEFAULT, **pending_call.payload}


def tracking(state: State) -> Iterator[Violation]:
    """O17 and the plan."""
    pool = state.one("session")
    if pool.get("UserSessionTracking") == "ENABLED" and below(state, "ESSENTIALS"):
        yield tier_violation("session", "", ("UserSessionTracking",), "Session tracking", "ESSENTIALS")


def tracking_of_clients(state: State) -> Iterator[Violation]:
    """O17."""
    if state.offline or state.one("session").get("UserSessionTracking") == "ENABLED":
        return
    for address, tree in state.all(INSIDE).items():
        if tree and tree != CLIENT_DEFAULT:
            yield Violation(
                "O17",
                INSIDE,
                address.name,
                ("SSOSession",),
                "Sessions of a client can be configured only while the pool tracks sessions.",
                "Set session.UserSessionTracking to ENABLED.",
            )


POOL = ResourceKind(
    section="session",
    resource_type="UserPoolSessionConfiguration",
    title="session configuration",
    model=SessionConfiguration,
    reading=Reading("GetUserPoolSessionConfiguration"),
    update="SetUserPoolSessionConfiguration",
    stands_on=("user_pool",),
    initial=initial,
    prepare=prepare,
    rules=(tracking,),
)

CLIENT = ResourceKind(
    section=INSIDE,
    resource_type="UserPoolClientSessionConfiguration",
    title="session configuration",
    model=ClientSessionConfiguration,
    reading=Reading("GetUserPoolClientSessionConfiguration"),
    update="SetUserPoolClientSessionConfiguration",
    after=("session",),
    stands_on=("session",),
    initial=initial_of_client,
    from_api=from_api,
    prepare=prepare_of_client,
    rules=(tracking_of_clients,),
)

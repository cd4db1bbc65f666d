"""Sessions of a pool and of its clients (2026); both operations replace everything (cognito.md 2.13)."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import P23, below, has_plan, needs_plan
from reconciler.model import Tree
from schemas.published import PUBLISHED
from schemas.session_configuration import ClientSessionConfiguration, SessionConfiguration

POOL_DEFAULT: Tree = PUBLISHED["session_defaults"]["pool"]
CLIENT_DEFAULT: Tree = PUBLISHED["session_defaults"]["client"]
"""The answer for a pool and for a client on which nothing was ever set."""

INSIDE = "clients.session"


def initial() -> Tree:
    """Return the configuration of a new pool."""
    return {k: v if isinstance(v, str) else {**v} for k, v in POOL_DEFAULT.items()}


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


def tracking(state: State) -> Iterator[Breach]:
    """P23: session tracking needs ESSENTIALS, and so does the call that sets anything about sessions."""
    if not below(state, "ESSENTIALS"):
        return
    if state.one("session").get("UserSessionTracking") == "ENABLED":
        yield needs_plan("session", "", ("UserSessionTracking",), "Session tracking", "ESSENTIALS")
    elif any(address.section == "session" for address in state.written):
        yield needs_plan("session", "", (), "A change of the session configuration", "ESSENTIALS")


def tracking_of_clients(state: State) -> Iterator[Breach]:
    """O17."""
    tracked = state.one("session").get("UserSessionTracking")
    if tracked == "ENABLED" or (state.offline and tracked is None):
        return
    ends = any(a.section == "session" for a in state.written)  # with this plan: clients are reset first
    for address, tree in state.all(INSIDE).items():
        if (address in state.written and not ends) or (tree and tree != CLIENT_DEFAULT):
            message = "Sessions of a client can be configured only while the pool tracks sessions."
            yield Breach(INSIDE, address.name, ("SSOSession",), message)


O17 = Rule(
    id="O17",
    title="Sessions of a client while the pool does not track sessions",
    what="A client has a session configuration of its own, and UserSessionTracking of the pool is not ENABLED.",
    why="Cognito refuses the configuration of the client.",
    source=("cognito.md 3.3", "cognito.md 2.13"),
    advice="Set session.UserSessionTracking to ENABLED.",
    check=tracking_of_clients,
    offline=True,
    needs=("clients.session",),
)


POOL = ResourceKind(
    section="session",
    resource_type="UserPoolSessionConfiguration",
    title="session configuration",
    model=SessionConfiguration,
    reading=Reading("GetUserPoolSessionConfiguration", always=tuple(POOL_DEFAULT), never_missing=True),
    in_pool=has_plan("ESSENTIALS"),
    update="SetUserPoolSessionConfiguration",
    read_with=("user_pool",),
    initial=initial,
    prepare=prepare,
    rules=(P23.checked_by(tracking),),
)

CLIENT = ResourceKind(
    section=INSIDE,
    resource_type="UserPoolClientSessionConfiguration",
    title="session configuration",
    model=ClientSessionConfiguration,
    reading=Reading("GetUserPoolClientSessionConfiguration", always=tuple(CLIENT_DEFAULT)),
    in_pool=has_plan("ESSENTIALS"),
    update="SetUserPoolClientSessionConfiguration",
    after=("session",),
    read_with=("session",),
    initial=initial_of_client,
    from_api=from_api,
    prepare=prepare_of_client,
    rules=(O17,),
)

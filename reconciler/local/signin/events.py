"""Events of users in pools with threat protection: AdminListUserAuthEvents, and feedback on events.

Risk is not assessed: each event is NoRisk. No message asks users for feedback either, so no FeedbackToken exists.
"""

from __future__ import annotations

from typing import Literal

from reconciler.local.operation import DEFAULT_PAGE, Context, Operation, page
from reconciler.local.refusal import ServiceError, not_found
from reconciler.local.risk import check_add_on, is_protected
from reconciler.local.signin import parties
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record

Kind = Literal["SignIn", "SignUp", "ForgotPassword", "PasswordChange", "ResendCode"]
KIND = "event"
YEARS = 2 * 365 * 24 * 3600.0
"""Seconds for which Cognito keeps events."""
HERE = "127.0.0.1"
PASSWORD, MFA = "Password", "Mfa"
OF_PROOF = {"password": PASSWORD, "mfa": MFA}
"""Names of challenges by proven factor of an attempt."""


def note(
    ctx: Context, caller: Caller, user: Record, kind: Kind, *, failed: str = "", proven: tuple[str, ...] = ()
) -> str:
    """Store an event, if the pool has threat protection.

    Args:
        ctx: The context.
        caller: What the request came through.
        user: The user.
        kind: EventType.
        failed: The challenge that was answered wrongly, `Password` or `Mfa`; empty if the event passed.
        proven: As in an attempt.

    Returns:
        The id of the event, which is also the `event_id` of tokens.
    """
    event = parties.random_uuid(ctx)
    if not is_protected(caller.pool):
        return event
    answered = [(OF_PROOF[p], "Success") for p in proven if p in OF_PROOF] + ([(failed, "Failure")] if failed else [])
    now = ctx.now()
    value = {
        "EventId": event,
        "EventType": kind,
        "CreationDate": now,
        "EventResponse": "Fail" if failed else "Pass",
        "EventRisk": {"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": False},
        "ChallengeResponses": [{"ChallengeName": n, "ChallengeResponse": r} for n, r in answered],
        "EventContextData": {"IpAddress": caller.address or HERE},
    }
    owner = user["username"]
    ctx.ledger.put(KIND, event, value, pool=caller.pool["id"], owner=owner, expires=now + YEARS)
    return event


def _of(ctx: Context, pool: Record, user: Record) -> list[Record]:
    """Return the events of a user, the newest first."""
    found = [
        {k: v for k, v in e.items() if k != "expires"} for _, e in ctx.ledger.of(KIND, pool["id"], user["username"])
    ]
    return sorted(found, key=lambda e: float(e["CreationDate"]), reverse=True)


def admin_list_user_auth_events(ctx: Context, params: Record) -> Record:
    """AdminListUserAuthEvents."""
    check_add_on(ctx.pool(params))
    pool, user = parties.existing(ctx, params)
    return page(
        ctx, _of(ctx, pool, user), {**params, "MaxResults": params.get("MaxResults") or DEFAULT_PAGE}, "AuthEvents"
    )


def admin_update_auth_event_feedback(ctx: Context, params: Record) -> Record:
    """AdminUpdateAuthEventFeedback."""
    check_add_on(ctx.pool(params))
    pool, user = parties.existing(ctx, params)
    event = next((e for e in _of(ctx, pool, user) if e["EventId"] == params["EventId"]), None)
    if event is None:
        not_found(f"Event {params['EventId']} does not exist.")
    feedback = {"FeedbackValue": params["FeedbackValue"], "Provider": "Admin", "FeedbackDate": ctx.now()}
    until = event["CreationDate"] + YEARS
    value = {**event, "EventFeedback": feedback}
    ctx.ledger.put(KIND, event["EventId"], value, pool=pool["id"], owner=user["username"], expires=until)
    return {}


def update_auth_event_feedback(ctx: Context, params: Record) -> Record:
    """UpdateAuthEventFeedback: refused, because no message with a FeedbackToken is ever sent."""
    check_add_on(ctx.pool(params))
    raise ServiceError("NotAuthorizedException", "Invalid feedback token")


OPERATIONS: dict[str, Operation] = {
    "AdminListUserAuthEvents": admin_list_user_auth_events,
    "AdminUpdateAuthEventFeedback": admin_update_auth_event_feedback,
    "UpdateAuthEventFeedback": update_auth_event_feedback,
}

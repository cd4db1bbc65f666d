"""The end of a sign-in: PostAuthentication, then tokens, or for the hosted pages the user who is signed in."""

from __future__ import annotations

from reconciler.local.operation import Context
from reconciler.local.signin import devices, events, passwords, tokens, triggers
from reconciler.local.signin.parties import Caller
from reconciler.local.signin.sign_ins import Attempt, existence_error, wrong
from reconciler.local.store import Record

GONE = "User does not exist."


def finish(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    """Complete a sign-in after all required factors are proven.

    Returns:
        AuthenticationResult with empty ChallengeParameters. On the hosted pages `SignedIn`: their tokens come from the
        token endpoint.

    Raises:
        ServiceError: NotAuthorizedException, or that of a trigger.
    """
    if not attempt.known:
        raise wrong()
    pool, tracked = caller.pool, devices.tracked(caller)
    known = attempt.device if tracked else ""
    if known:
        devices.find(attempt.user, known)
    request = {"newDeviceUsed": tracked and not known}
    triggers.run(ctx, caller, "PostAuthentication_Authentication", attempt.user, request)
    user = _now(ctx, caller, attempt)
    if "password" in attempt.proven:
        passwords.succeeded(ctx, pool, user)
    event = events.note(ctx, caller, user, "SignIn", proven=attempt.proven)
    if caller.door == "hosted":
        return {"SignedIn": {"Username": user["username"], "AuthTime": int(ctx.now())}}
    if known:
        devices.seen(ctx, pool, user, known)
    device = known or (devices.new_key(ctx) if tracked else "")
    source = f"TokenGeneration_{attempt.source}"
    grant = tokens.Grant((tokens.API_SCOPE,), source, auth_time=ctx.now(), device_key=device, event_id=event)
    result = tokens.issue(ctx, caller, user, grant)
    if tracked and not known:
        result["NewDeviceMetadata"] = {"DeviceKey": device, "DeviceGroupKey": devices.group_key(ctx, pool)}
    return {"ChallengeParameters": {}, "AuthenticationResult": result}


def _now(ctx: Context, caller: Caller, attempt: Attempt) -> Record:
    """Return the current user; a trigger may have changed it."""
    user = ctx.people.get(caller.pool["id"], attempt.user["username"])
    if user is None:
        raise existence_error(caller, "UserNotFoundException", GONE)
    return user

"""Point-in-time recovery of users (cognito.md 2.21): preview, start or cancel, expiry, limits, and the pause of writes.

Whether writes of configuration are paused too is not documented. Here they go on, except those of groups, which a
recovery restores. Each read of a recovery advances it, as with replicas.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.local.operation import Context, Operation, page
from reconciler.local.refusal import ServiceError, above_tier, not_found, refuse
from reconciler.local.signin.parties import pool_of_token
from reconciler.local.store import Record
from reconciler.local.user_history import counts, restore
from reconciler.local.user_imports import running_job

HOUR = 3600.0
DAY = 24 * HOUR
YOUNGEST = 15 * 60
"""Minimum age of a recovery point, in seconds."""
REACH = {"ESSENTIALS": DAY, "PLUS": 14 * DAY}
"""How far back users can be recovered, in seconds, by feature plan."""
PREVIEW = ("PREVIEW_GENERATING", "PREVIEW_GENERATED")
PAUSING = frozenset({*PREVIEW, "RESTORING", "TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE", "AWS_ABORTED"})
"""Statuses in which writes of users are paused."""
TITLE = "Point-in-Time Recovery"

PAUSED = frozenset(
    {
        *("SignUp", "ConfirmSignUp", "AdminConfirmSignUp", "AdminCreateUser", "AdminDeleteUser", "DeleteUser"),
        *("AdminUpdateUserAttributes", "UpdateUserAttributes", "AdminDeleteUserAttributes", "DeleteUserAttributes"),
        *("AdminEnableUser", "AdminDisableUser", "AdminSetUserPassword", "AdminResetUserPassword", "ChangePassword"),
        *("ForgotPassword", "ConfirmForgotPassword", "VerifyUserAttribute", "AdminLinkProviderForUser"),
        *("AdminSetUserMFAPreference", "SetUserMFAPreference", "AssociateSoftwareToken", "VerifySoftwareToken"),
        *("AdminAddUserToGroup", "AdminRemoveUserFromGroup", "CreateGroup", "UpdateGroup", "DeleteGroup"),
        *("CreateUserImportJob", "StartUserImportJob"),
    }
)
"""Operations that write what a recovery restores."""
PRECONDITION = frozenset({"AdminCreateUser", "CreateUserImportJob", "StartUserImportJob"})
"""Those of them that declare PreconditionNotMetException."""
UNFINISHED = frozenset({"NEW_PASSWORD_REQUIRED", "MFA_SETUP", "SOFTWARE_TOKEN_MFA"})
"""Challenges that cannot be answered during a recovery."""


def check_pause(ctx: Context, operation: str, params: Record) -> None:
    """Check that no recovery has paused a write.

    Raises:
        Refusal: OperationNotEnabledException or PreconditionNotMetException.
    """
    answers = operation.endswith("RespondToAuthChallenge") and params.get("ChallengeName") in UNFINISHED
    if operation not in PAUSED and not answers:
        return
    for pool in _meant(ctx, params):
        if any(_status(ctx, r) in PAUSING for r in pool["recoveries"]):
            code = "PreconditionNotMetException" if operation in PRECONDITION else "OperationNotEnabledException"
            raise ServiceError(code, "Write operations are paused during a point-in-time recovery.")


def _meant(ctx: Context, params: Record) -> Iterator[Record]:
    """Yield the pool of a request: named by its id, by a client or by a token."""
    for pool in ctx.store.pools.values():
        named = params.get("UserPoolId") == pool["id"] or params.get("ClientId") in pool["clients"]
        if named or pool["id"] == pool_of_token(params.get("AccessToken", "")):
            yield pool


def initiate_point_in_time_recovery(ctx: Context, params: Record) -> Record:
    """InitiatePointInTimeRecovery: pauses writes at once."""
    pool, now, when = ctx.pool(params), ctx.store.now(), float(params["RestoreTimestamp"])
    tier = pool["config"]["UserPoolTier"]
    if tier not in REACH:
        above_tier(tier, [TITLE])
    if not pool["created"] <= when <= now - YOUNGEST:
        refuse("The recovery point must be at least 15 minutes in the past, and after the user pool was created.")
    if when < now - REACH[tier]:
        refuse(f"The recovery point is out of reach of the {tier} feature plan.")
    if running_job(ctx, pool):  # which exception it is then is not documented; this one is declared
        said = "A recovery cannot begin while an import job is in progress."
        raise ServiceError("OperationNotEnabledException", said)
    _check_limits(ctx, pool, now)
    made = {"id": ctx.store.new_uuid(), "restore": when, "begun": now, "ended": None, "preview": None}
    made |= {"status": PREVIEW[0], "pending": ctx.store.pending_describes}
    pool["recoveries"].insert(0, made)
    ctx.store.touch(pool)
    return {"Restoration": _view(ctx, made)}


def _check_limits(ctx: Context, pool: Record, now: float) -> None:
    """Check the limits of previews and recoveries.

    Raises:
        Refusal: LimitExceededException.
    """
    here = pool["recoveries"]
    everywhere = [r for p in ctx.store.of_region(pool["region"]) for r in p["recoveries"]]
    finished = [r for r in here if r["status"] == "RESTORE_COMPLETED" and now - r["ended"] < DAY]
    for found, most, what in (
        ([r for r in here if _status(ctx, r) in PAUSING], 1, "active recoveries of a user pool"),
        ([r for r in everywhere if _status(ctx, r) in PAUSING], 5, "active recoveries of an account"),
        (finished, 1, "completed recoveries of a user pool in 24 hours"),
        (_since(here, now - DAY), 3, "previews of a user pool in 24 hours"),
        (_since(everywhere, now - DAY), 10, "previews of an account in 24 hours"),
        (_since(here, now - 30 * DAY), 10, "previews of a user pool in 30 days"),
    ):
        if len(found) >= most:
            raise ServiceError("LimitExceededException", f"The limit of {most} {what} is reached.")


def _since(recoveries: list[Record], start: float) -> list[Record]:
    return [r for r in recoveries if r["begun"] > start]


def describe_point_in_time_recovery(ctx: Context, params: Record) -> Record:
    """DescribePointInTimeRecovery: has the preview once it is generated, and advances the recovery."""
    pool, found = _recovery(ctx, params)
    answer = _view(ctx, found)
    _advance(ctx, pool, found)
    return {"Restoration": answer}


def start_point_in_time_recovery(ctx: Context, params: Record) -> Record:
    """StartPointInTimeRecovery: only with a preview."""
    pool, found = _recovery(ctx, params)
    if _status(ctx, found) != PREVIEW[1]:
        refuse(f"A recovery can be started when it is PREVIEW_GENERATED; it is {_status(ctx, found)}.")
    found |= {"status": "RESTORING", "pending": ctx.store.pending_describes}
    restore(ctx, pool, found["restore"])
    ctx.store.touch(pool)
    return {"Restoration": _view(ctx, found)}


def cancel_point_in_time_recovery(ctx: Context, params: Record) -> Record:
    """CancelPointInTimeRecovery: until it is started."""
    pool, found = _recovery(ctx, params)
    if _status(ctx, found) not in PREVIEW:
        refuse(f"A recovery can be cancelled before it is started; it is {_status(ctx, found)}.")
    found |= {"status": "PREVIEW_CANCELLED", "ended": ctx.store.now()}
    ctx.store.touch(pool)
    return {"Restoration": _view(ctx, found)}


def list_point_in_time_recoveries(ctx: Context, params: Record) -> Record:
    """ListPointInTimeRecoveries: the newest first, without previews; each listing advances what is under way."""
    pool = ctx.pool(params)
    items = [_summary(ctx, r) for r in pool["recoveries"]]
    for found in pool["recoveries"]:
        _advance(ctx, pool, found)
    return page(ctx, items, params, "Restorations")


def _recovery(ctx: Context, params: Record) -> tuple[Record, Record]:
    pool = ctx.pool(params)
    found = next((r for r in pool["recoveries"] if r["id"] == params["RestoreId"]), None)
    if found is None:
        not_found(f"Recovery {params['RestoreId']} does not exist.")
    return pool, found


def _status(ctx: Context, found: Record) -> str:
    """Return the status now: a preview that is neither started nor cancelled expires."""
    expired = found["status"] in PREVIEW and ctx.store.now() - found["begun"] > DAY
    return "PREVIEW_EXPIRED" if expired else str(found["status"])


def _advance(ctx: Context, pool: Record, found: Record) -> None:
    if found["status"] not in (PREVIEW[0], "RESTORING"):
        return
    if found["pending"]:
        found["pending"] -= 1
    elif found["status"] == "RESTORING":
        found |= {"status": "RESTORE_COMPLETED", "ended": ctx.store.now()}
    else:
        found |= {"status": PREVIEW[1], "preview": _preview(ctx, pool, found)}
    ctx.store.touch(pool)


def _preview(ctx: Context, pool: Record, found: Record) -> list[Record]:
    would = counts(ctx, pool, found["restore"])
    return [
        {"Entity": entity, "CreateCount": c.create, "UpdateCount": c.update, "DeleteCount": c.delete}
        for entity, c in would.items()
    ]


def _summary(ctx: Context, found: Record) -> Record:
    return {"RestoreId": found["id"], "RestoreStatus": _status(ctx, found), "RestoreTimestamp": found["restore"]}


def _view(ctx: Context, found: Record) -> dict[str, Any]:
    preview = {"RestorePreview": found["preview"]} if found["preview"] else {}
    return {**_summary(ctx, found), "TriggerTimestamp": found["begun"], **preview}


OPERATIONS: dict[str, Operation] = {
    "InitiatePointInTimeRecovery": initiate_point_in_time_recovery,
    "DescribePointInTimeRecovery": describe_point_in_time_recovery,
    "StartPointInTimeRecovery": start_point_in_time_recovery,
    "CancelPointInTimeRecovery": cancel_point_in_time_recovery,
    "ListPointInTimeRecoveries": list_point_in_time_recoveries,
}

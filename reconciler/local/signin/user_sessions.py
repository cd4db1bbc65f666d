"""The sessions of a user in pools that track them: families of tokens, listed and revoked one at a time.

Browser sessions belong to the hosted pages; here they appear only as the origin of families.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, page
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.signin import families, parties, tokens
from reconciler.local.store import Record

PAGE = 125
"""Sessions in one answer: as many as a user can have."""


def _check_tracking(pool: Record) -> None:
    """Check that the pool tracks sessions.

    Raises:
        ServiceError: OperationNotEnabledException.
    """
    if not families.tracks(pool):
        said = f"Session tracking is not enabled for user pool {pool['id']}."
        raise ServiceError("OperationNotEnabledException", said)


def _listed(ctx: Context, pool: Record, user: Record, current: str, params: Record) -> Record:
    known = sorted(families.alive(ctx, pool, user), key=lambda f: (f["created"], f["session"]))
    shown = [_session(f, current) for f in known]
    return page(ctx, shown, {**params, "MaxResults": PAGE}, "Sessions")


def _session(family: Record, current: str) -> Record:
    return {
        "SessionId": family["session"],
        "SessionType": "TOKEN",
        "ClientId": family["client"],
        "CreateDate": family["created"],
        "LastActiveDate": family["active"],
        "DeviceType": "unknown",
        **({"OriginSessionId": family["sso"]} if family["sso"] else {}),
        "IsCurrentSession": family["origin"] == current,
    }


def _current(ctx: Context, who: tokens.Bearer) -> str:
    family = families.of_token(ctx, who.pool, who.claims)
    return str(family["origin"]) if family else ""


def _ended(ctx: Context, pool: Record, user: Record, session: str, current: str) -> None:
    family = next((f for f in families.alive(ctx, pool, user) if f["session"] == session), None)
    if family is None:
        not_found(f"Session {session} does not exist.")
    if family["origin"] == current:
        refuse("The session that the access token belongs to cannot be revoked.")
    families.revoke(ctx, pool, family)


def list_user_sessions(ctx: Context, params: Record) -> Record:
    """ListUserSessions: the sessions of the user of an access token, for all clients."""
    who = tokens.bearer(ctx, params["AccessToken"])
    _check_tracking(who.pool)
    return _listed(ctx, who.pool, who.user, _current(ctx, who), params)


def admin_list_user_sessions(ctx: Context, params: Record) -> Record:
    """AdminListUserSessions."""
    pool, user = parties.existing(ctx, params)
    _check_tracking(pool)
    return _listed(ctx, pool, user, "", params)


def revoke_user_session(ctx: Context, params: Record) -> Record:
    """RevokeUserSession: any session but that of the access token."""
    who = tokens.bearer(ctx, params["AccessToken"])
    _check_tracking(who.pool)
    _ended(ctx, who.pool, who.user, params["SessionId"], _current(ctx, who))
    return {}


def admin_revoke_user_session(ctx: Context, params: Record) -> Record:
    """AdminRevokeUserSession."""
    pool, user = parties.existing(ctx, params)
    _check_tracking(pool)
    _ended(ctx, pool, user, params["SessionId"], "")
    return {}


OPERATIONS: dict[str, Operation] = {
    "ListUserSessions": list_user_sessions,
    "AdminListUserSessions": admin_list_user_sessions,
    "RevokeUserSession": revoke_user_session,
    "AdminRevokeUserSession": admin_revoke_user_session,
}

"""The sessions of a user: families of tokens, listed and revoked one at a time, in pools that track sessions."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record


def list_user_sessions(ctx: Context, params: Record) -> Record:
    """ListUserSessions: of the user of an access token, over all clients."""
    raise NotImplementedError


def admin_list_user_sessions(ctx: Context, params: Record) -> Record:
    """AdminListUserSessions."""
    raise NotImplementedError


def revoke_user_session(ctx: Context, params: Record) -> Record:
    """RevokeUserSession: any but the one that the access token belongs to."""
    raise NotImplementedError


def admin_revoke_user_session(ctx: Context, params: Record) -> Record:
    """AdminRevokeUserSession."""
    raise NotImplementedError


OPERATIONS: dict[str, Operation] = {
    "ListUserSessions": list_user_sessions,
    "AdminListUserSessions": admin_list_user_sessions,
    "RevokeUserSession": revoke_user_session,
    "AdminRevokeUserSession": admin_revoke_user_session,
}

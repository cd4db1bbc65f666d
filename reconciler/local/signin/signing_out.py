"""Global sign-out: revokes all tokens of a user, as far as Cognito itself checks them."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.signin import parties, tokens
from reconciler.local.store import Record


def global_sign_out(ctx: Context, params: Record) -> Record:
    """GlobalSignOut: a second call with the same token is refused, as it is revoked."""
    who = tokens.bearer(ctx, params["AccessToken"])
    tokens.end_all(ctx, who.pool, who.user)
    return {}


def admin_user_global_sign_out(ctx: Context, params: Record) -> Record:
    """AdminUserGlobalSignOut."""
    tokens.end_all(ctx, *parties.existing(ctx, params))
    return {}


OPERATIONS: dict[str, Operation] = {
    "GlobalSignOut": global_sign_out,
    "AdminUserGlobalSignOut": admin_user_global_sign_out,
}

"""Session configuration of pools and clients (cognito.md 2.13, O17): defaults are returned before anything is set."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, find_client
from reconciler.local.refusal import refuse
from reconciler.local.store import Record
from reconciler.local.tiers import SESSIONS, check_essentials

POOL = ""
"""Key of the pool's own configuration among those of its clients."""
POOL_DEFAULT: Record = {"UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}
CLIENT_DEFAULT: Record = {"SSOSession": {"MaxValidityMinutes": 60}}


def set_user_pool_session_configuration(ctx: Context, params: Record) -> Record:
    """SetUserPoolSessionConfiguration."""
    pool = ctx.pool(params)
    check_essentials(pool, SESSIONS)
    pool["sessions"][POOL] = {k: params[k] for k in POOL_DEFAULT}
    ctx.store.touch(pool)
    return get_user_pool_session_configuration(ctx, params)


def get_user_pool_session_configuration(ctx: Context, params: Record) -> Record:
    """GetUserPoolSessionConfiguration."""
    pool = ctx.pool(params)
    return {"UserPoolId": pool["id"], **pool["sessions"].get(POOL, POOL_DEFAULT)}


def set_user_pool_client_session_configuration(ctx: Context, params: Record) -> Record:
    """SetUserPoolClientSessionConfiguration: the pool must track sessions."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])["ClientId"]
    check_essentials(pool, SESSIONS)
    if pool["sessions"].get(POOL, POOL_DEFAULT)["UserSessionTracking"] != "ENABLED":
        refuse("Session tracking must be enabled for the user pool.")
    pool["sessions"][client] = {"SSOSession": params["SSOSession"]}
    ctx.store.touch(pool)
    return get_user_pool_client_session_configuration(ctx, params)


def get_user_pool_client_session_configuration(ctx: Context, params: Record) -> Record:
    """GetUserPoolClientSessionConfiguration."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])["ClientId"]
    return {"UserPoolId": pool["id"], "ClientId": client, **pool["sessions"].get(client, CLIENT_DEFAULT)}


OPERATIONS: dict[str, Operation] = {
    "SetUserPoolSessionConfiguration": set_user_pool_session_configuration,
    "GetUserPoolSessionConfiguration": get_user_pool_session_configuration,
    "SetUserPoolClientSessionConfiguration": set_user_pool_client_session_configuration,
    "GetUserPoolClientSessionConfiguration": get_user_pool_client_session_configuration,
}

"""App clients: members that an update keeps or resets, and how describe differs from the request (cognito.md 2.3, 4.3).

Lists keep the order of the request, which create and update return; describe sorts them (4.5).
"""

from __future__ import annotations

from typing import Any

from reconciler.local.attribute_schema import ORDER
from reconciler.local.client_checks import check_client
from reconciler.local.managed_secrets import ARN, PUBLISHED, SECRET, settle
from reconciler.local.operation import Context, Operation, drop_empty, find_client, page
from reconciler.local.store import ACCOUNT, Record, partition

CLIENT_ID = 26
REFRESH_DAYS = 30
"""Default of RefreshTokenValidity; 0 becomes this."""
UNITS = {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"}
DEFAULTS: Record = {
    "RefreshTokenValidity": REFRESH_DAYS,
    "TokenValidityUnits": {},
    "AllowedOAuthFlowsUserPoolClient": False,
    "EnableTokenRevocation": True,
    "EnablePropagateAdditionalUserContextData": False,
    "AuthSessionValidity": 3,
}
"""The members that describe returns for a client created with only a name (4.3)."""
KEPT = frozenset(
    {"ClientName", "RefreshTokenValidity", "AccessTokenValidity", "IdTokenValidity", "EnableTokenRevocation"}
    | {"AuthSessionValidity", "ClientSecret", PUBLISHED}
)
"""Omitted members that an update keeps; all others are reset (2.3)."""
NOT_STORED = frozenset({"UserPoolId", "ClientId", "GenerateSecret"})
SORTED = frozenset(
    {"AllowedOAuthFlows", "AllowedOAuthScopes", "ExplicitAuthFlows", "CallbackURLs", "LogoutURLs", "ReadAttributes"}
    | {"WriteAttributes", "SupportedIdentityProviders"}
)
"""Lists that describe returns sorted (4.5)."""
VERIFIED = frozenset({"email_verified", "phone_number_verified"})
DEFAULT_READ = frozenset(ORDER) - {"sub", "identities"}
DEFAULT_WRITE = DEFAULT_READ - VERIFIED
"""Attribute lists equal to the default are not returned (2.3; text of the API model)."""
BY_CLIENT = ("clients", "risk", "looks", "sessions", "secrets")
"""Parts of a pool keyed by client id."""
OF_CLIENT = ("styles", "terms", "cimd")
"""Parts of a pool whose items contain their client id."""
SERVICE_ROLE = "role/aws-service-role/cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdp"


def create_user_pool_client(ctx: Context, params: Record) -> Record:
    """CreateUserPoolClient."""
    pool = ctx.pool(params)
    client = _configure(pool, params, {})
    if params.get("GenerateSecret") and "ClientSecret" not in params:
        client["ClientSecret"] = ctx.store.new_id(SECRET)
    check_client(pool, client, params)
    now = ctx.store.now()
    client.update(ClientId=ctx.store.new_id(CLIENT_ID), CreationDate=now, LastModifiedDate=now)
    settle(ctx.store, pool, client, {})
    pool["clients"][client["ClientId"]] = client
    ctx.store.touch(pool)
    return {"UserPoolClient": _view(pool, client, ordered=False)}


def update_user_pool_client(ctx: Context, params: Record) -> Record:
    """UpdateUserPoolClient: replaces all but KEPT."""
    pool = ctx.pool(params)
    old = find_client(pool, params["ClientId"])
    client = _configure(pool, params, old)
    check_client(pool, client, params)
    made = {k: old[k] for k in ("ClientId", "CreationDate")}
    written = {**client, **made, "LastModifiedDate": ctx.store.now()}
    settle(ctx.store, pool, written, old)
    pool["clients"][old["ClientId"]] = written
    ctx.store.touch(pool)
    return {"UserPoolClient": _view(pool, pool["clients"][old["ClientId"]], ordered=False)}


def _configure(pool: Record, params: Record, old: Record) -> Record:
    sent = {k: v for k, v in params.items() if k not in NOT_STORED}
    kept = {k: v for k, v in old.items() if k in KEPT}
    client = drop_empty({**DEFAULTS, **kept, **sent})  # an empty list is the same as an absent one (C20)
    client["RefreshTokenValidity"] = client["RefreshTokenValidity"] or REFRESH_DAYS
    client["TokenValidityUnits"] = _units(sent.get("TokenValidityUnits"), old.get("TokenValidityUnits"))
    rotation = _rotation(sent.get("RefreshTokenRotation"), old.get("RefreshTokenRotation"))
    analytics = _analytics(pool, sent.get("AnalyticsConfiguration"))
    return client | _present(RefreshTokenRotation=rotation, AnalyticsConfiguration=analytics)


def _present(**members: Any) -> Record:
    return {k: v for k, v in members.items() if v is not None}


def _units(sent: Record | None, old: Record | None) -> Record:
    """Return the units: once set, they are always complete, even after an update omits them (cognito.md 15.8)."""
    return {**UNITS, **(sent or {})} if sent or old else {}


def _rotation(sent: Record | None, old: Record | None) -> Record | None:
    """Return the rotation: absent before its first use, shown as disabled ever after (cognito.md 15.8)."""
    if sent is None and old is None:
        return None
    return {"Feature": "DISABLED", "RetryGracePeriodSeconds": 0, **(sent or {})}


def _analytics(pool: Record, sent: Record | None) -> Record | None:
    if not sent:
        return sent
    arn = f"arn:{partition(pool['region'])}:iam::{ACCOUNT}:{SERVICE_ROLE}"
    added = {"RoleArn": arn} if "ApplicationArn" in sent else {}
    return {"UserDataShared": False, **sent, **added}


def _view(pool: Record, client: Record, *, ordered: bool) -> Record:
    shown = {k: sorted(v) if ordered and k in SORTED else v for k, v in client.items()}
    for name, default in (("ReadAttributes", DEFAULT_READ), ("WriteAttributes", DEFAULT_WRITE)):
        if set(shown.get(name, ())) == default:
            del shown[name]
    shown.pop(PUBLISHED, None)
    if ARN in shown:  # it takes the place of the secret (text of the API model)
        shown.pop("ClientSecret", None)
    return {"UserPoolId": pool["id"], **shown, "ClientType": "REGULAR"}


def describe_user_pool_client(ctx: Context, params: Record) -> Record:
    """DescribeUserPoolClient."""
    pool = ctx.pool(params)
    return {"UserPoolClient": _view(pool, find_client(pool, params["ClientId"]), ordered=True)}


def delete_user_pool_client(ctx: Context, params: Record) -> Record:
    """DeleteUserPoolClient: also deletes everything that belongs to the client (7.4)."""
    pool = ctx.pool(params)
    client_id = find_client(pool, params["ClientId"])["ClientId"]
    for part in BY_CLIENT:
        pool[part].pop(client_id, None)
    for part in OF_CLIENT:
        pool[part] = {k: v for k, v in pool[part].items() if v["ClientId"] != client_id}
    ctx.store.touch(pool)
    return {}


def list_user_pool_clients(ctx: Context, params: Record) -> Record:
    """ListUserPoolClients: ids and names only; every client here is REGULAR."""
    pool = ctx.pool(params)
    items = [
        {"ClientId": c["ClientId"], "UserPoolId": pool["id"], "ClientName": c["ClientName"]}
        for c in pool["clients"].values()
        if params.get("ClientType", "REGULAR") == "REGULAR"
    ]
    return page(ctx, items, params, "UserPoolClients")


OPERATIONS: dict[str, Operation] = {
    "CreateUserPoolClient": create_user_pool_client,
    "DescribeUserPoolClient": describe_user_pool_client,
    "UpdateUserPoolClient": update_user_pool_client,
    "DeleteUserPoolClient": delete_user_pool_client,
    "ListUserPoolClients": list_user_pool_clients,
}

"""The secrets of an app client (cognito.md 2.3, "Client secrets"): at most two, shown once; the last cannot be deleted.

`secrets` of a pool has an entry once a client gets its second one; before, its own ClientSecret is the only one.
"""

from __future__ import annotations

from reconciler.local.managed_secrets import MAX_SECRETS, SECRET, new_secret, secrets_of
from reconciler.local.operation import Context, Operation, find_client, page
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.store import Record

SHOWN = ("ClientSecretId", "ClientSecretCreateDate")


def add_user_pool_client_secret(ctx: Context, params: Record) -> Record:
    """AddUserPoolClientSecret: returns a generated value; a value from the request is not returned."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])
    secrets = secrets_of(pool, client)
    if not secrets:
        refuse("A client secret can be added to a confidential app client only.")
    if len(secrets) >= MAX_SECRETS:
        raise ServiceError("LimitExceededException", f"An app client can have at most {MAX_SECRETS} secrets.")
    made = {} if "ClientSecret" in params else {"ClientSecretValue": ctx.store.new_id(SECRET)}
    value = params.get("ClientSecret") or made["ClientSecretValue"]
    secret = new_secret(client, ctx.store.now(), value, secrets)
    pool["secrets"][client["ClientId"]] = [*secrets, secret]
    ctx.store.touch(pool)
    return {"ClientSecretDescriptor": {k: secret[k] for k in SHOWN} | made}


def delete_user_pool_client_secret(ctx: Context, params: Record) -> Record:
    """DeleteUserPoolClientSecret: describe then returns the remaining one."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])
    secrets = secrets_of(pool, client)
    left = [s for s in secrets if s["ClientSecretId"] != params["ClientSecretId"]]
    if len(left) == len(secrets):
        not_found(f"Client secret {params['ClientSecretId']} does not exist.")
    if not left:
        refuse("The last secret of an app client cannot be deleted.")
    pool["secrets"][client["ClientId"]] = left
    client["ClientSecret"] = left[0]["value"]
    ctx.store.touch(pool)
    return {}


def list_user_pool_client_secrets(ctx: Context, params: Record) -> Record:
    """ListUserPoolClientSecrets: never returns values."""
    pool = ctx.pool(params)
    items = [{k: s[k] for k in SHOWN} for s in secrets_of(pool, find_client(pool, params["ClientId"]))]
    return page(ctx, items, params, "ClientSecrets")


OPERATIONS: dict[str, Operation] = {
    "AddUserPoolClientSecret": add_user_pool_client_secret,
    "DeleteUserPoolClientSecret": delete_user_pool_client_secret,
    "ListUserPoolClientSecrets": list_user_pool_client_secrets,
}

"""Groups (cognito.md 2.7): updates merge, and creating an identity provider also creates a group."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, arn_part, known, page
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.rules import CROSS_ACCOUNT
from reconciler.local.store import ACCOUNT, Record

SETTINGS = ("Description", "RoleArn", "Precedence")


def create_group(ctx: Context, params: Record) -> Record:
    """CreateGroup."""
    pool = ctx.pool(params)
    _check(params)
    if params["GroupName"] in pool["groups"]:
        raise ServiceError("GroupExistsException", "A group with the name already exists.")
    group = make_group(ctx, pool, params["GroupName"], params)
    ctx.store.touch(pool)
    return {"Group": group}


def make_group(ctx: Context, pool: Record, name: str, settings: Record) -> Record:
    """Add a group to a pool and return it. The caller touches the pool."""
    now = ctx.store.now()
    group = {"GroupName": name, "UserPoolId": pool["id"], "LastModifiedDate": now, "CreationDate": now}
    pool["groups"][name] = group | _set(settings)
    return dict(pool["groups"][name])


def _set(settings: Record) -> Record:
    return {k: settings[k] for k in SETTINGS if settings.get(k) not in (None, "")}


def _check(params: Record) -> None:
    role = params.get("RoleArn")
    if role and arn_part(role, 4) != ACCOUNT:  # O13
        refuse(CROSS_ACCOUNT)


def _group(pool: Record, name: str) -> Record:
    return known(pool["groups"], name, "Group not found.")


def get_group(ctx: Context, params: Record) -> Record:
    """GetGroup."""
    return {"Group": _group(ctx.pool(params), params["GroupName"])}


def update_group(ctx: Context, params: Record) -> Record:
    """UpdateGroup: merges; an empty Description clears it, a role cannot be removed."""
    pool = ctx.pool(params)
    group = dict(_group(pool, params["GroupName"]))
    _check(params)
    group.update({k: params[k] for k in SETTINGS if k in params}, LastModifiedDate=ctx.store.now())
    if group.get("Description") == "":
        del group["Description"]
    pool["groups"][group["GroupName"]] = group
    ctx.store.touch(pool)
    return {"Group": group}


def delete_group(ctx: Context, params: Record) -> Record:
    """DeleteGroup."""
    pool = ctx.pool(params)
    _group(pool, params["GroupName"])
    del pool["groups"][params["GroupName"]]
    ctx.people.remove_group(pool["id"], params["GroupName"], ctx.now())
    ctx.store.touch(pool)
    return {}


def list_groups(ctx: Context, params: Record) -> Record:
    """ListGroups: items are complete."""
    items = list(ctx.pool(params)["groups"].values())
    return page(ctx, items, params, "Groups", "Limit")


OPERATIONS: dict[str, Operation] = {
    "CreateGroup": create_group,
    "GetGroup": get_group,
    "UpdateGroup": update_group,
    "DeleteGroup": delete_group,
    "ListGroups": list_groups,
}

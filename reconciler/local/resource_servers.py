"""Resource servers (cognito.md 2.5): scopes are replaced, and omitted means none."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, known, page
from reconciler.local.refusal import refuse
from reconciler.local.store import Record


def create_resource_server(ctx: Context, params: Record) -> Record:
    """CreateResourceServer."""
    pool = ctx.pool(params)
    identifier = params["Identifier"]
    if identifier in pool["servers"]:
        refuse(f"{identifier} already exists in user pool {pool['id']}.")
    return _write(ctx, pool, params)


def update_resource_server(ctx: Context, params: Record) -> Record:
    """UpdateResourceServer: can remove a scope that clients still use; their next update fails (C6)."""
    pool = ctx.pool(params)
    _server(pool, params["Identifier"])
    return _write(ctx, pool, params)


def _write(ctx: Context, pool: Record, params: Record) -> Record:
    scopes = params.get("Scopes", [])
    names = [s["ScopeName"] for s in scopes]
    if len(set(names)) < len(names):
        refuse("Scope names must be unique in a resource server.")
    server = {
        "UserPoolId": pool["id"],
        "Identifier": params["Identifier"],
        "Name": params["Name"],
        "Scopes": sorted(scopes, key=lambda s: str(s["ScopeName"])),
    }
    pool["servers"][params["Identifier"]] = server
    ctx.store.touch(pool)
    return {"ResourceServer": server}


def _server(pool: Record, identifier: str) -> Record:
    return known(pool["servers"], identifier, f"Resource server {identifier} does not exist in user pool {pool['id']}.")


def describe_resource_server(ctx: Context, params: Record) -> Record:
    """DescribeResourceServer."""
    return {"ResourceServer": _server(ctx.pool(params), params["Identifier"])}


def delete_resource_server(ctx: Context, params: Record) -> Record:
    """DeleteResourceServer: allowed while clients still use its scopes."""
    pool = ctx.pool(params)
    _server(pool, params["Identifier"])
    del pool["servers"][params["Identifier"]]
    ctx.store.touch(pool)
    return {}


def list_resource_servers(ctx: Context, params: Record) -> Record:
    """ListResourceServers: an omitted page size is refused as 0 (1.1)."""
    pool = ctx.pool(params)
    if "MaxResults" not in params:
        refuse(
            "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have "
            "value greater than or equal to 1"
        )
    return page(ctx, list(pool["servers"].values()), params, "ResourceServers")


OPERATIONS: dict[str, Operation] = {
    "CreateResourceServer": create_resource_server,
    "DescribeResourceServer": describe_resource_server,
    "UpdateResourceServer": update_resource_server,
    "DeleteResourceServer": delete_resource_server,
    "ListResourceServers": list_resource_servers,
}

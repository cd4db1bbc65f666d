"""Replicas (cognito.md 2.14): the same pool in a second Region, with some Regional settings.

A replica's settings start as the service's defaults: whether the primary's are copied is not documented, and its
functions and e-mail identities could not be used from another Region anyway.
"""

from __future__ import annotations

import copy

from reconciler.local.operation import Context, Operation, page
from reconciler.local.pools import MEMBERS, check_tags
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.rules import NO_MULTI_REGION_KEY, has_multi_region_key
from reconciler.local.store import ACCOUNT, Record, hosts_user_pools, is_replicated, partition
from reconciler.local.tiers import REPLICATION, check_essentials

READS = ("Describe", "Get", "List", "AdminGet", "AdminList")
"""Prefixes of read-only operations."""
REGIONAL_WRITES = frozenset({"UpdateUserPool", "UpdateUserPoolReplica", "SetRiskConfiguration"})
"""Operations that write in a secondary Region; tags are addressed by ARN."""


def check_region(ctx: Context, operation: str, params: Record) -> None:
    """Check that a write is allowed in its Region.

    Raises:
        Refusal: OperationNotEnabledException.
    """
    pool = ctx.store.pools.get(str(params.get("UserPoolId")))
    if pool is None or not is_replicated(pool, ctx.region):
        return
    if not operation.startswith(READS) and operation not in REGIONAL_WRITES:
        raise ServiceError("OperationNotEnabledException", f"{operation} is not enabled in a secondary Region.")


def create_user_pool_replica(ctx: Context, params: Record) -> Record:
    """CreateUserPoolReplica: at most one, which becomes INACTIVE."""
    pool = ctx.pool(params)
    region, tags = params["RegionName"], params.get("UserPoolTags", {})
    check_essentials(pool, REPLICATION)
    check_tags(tags)
    if not hosts_user_pools(region) or region == pool["region"]:
        refuse(f"{region} is not a Region that the user pool can be replicated to.")
    if not has_multi_region_key(pool["config"]):
        refuse(NO_MULTI_REGION_KEY)
    if pool["replica"] is not None:
        raise ServiceError("LimitExceededException", "A user pool can have at most 1 secondary replica.")
    replica = pool["replica"] = _new(ctx, pool["id"], region, tags)
    ctx.store.touch(pool)
    return {"UserPoolReplica": _view(replica, "CREATING")}


def _new(ctx: Context, pool_id: str, region: str, tags: Record) -> Record:
    now, wait = ctx.store.now(), ctx.store.pending_describes
    return {
        "region": region,
        "arn": f"arn:{partition(region)}:cognito-idp:{region}:{ACCOUNT}:userpool/{pool_id}",
        "status": "CREATING" if wait else "INACTIVE",
        "pending": wait,
        "created": now,
        "modified": now,
        "config": {**_defaults(), "UserPoolTags": tags},
        "risk": {},
    }


def _defaults() -> Record:
    return {k: copy.deepcopy(MEMBERS[k].default) for k in ("LambdaConfig", "EmailConfiguration")}


def _view(replica: Record, status: str) -> Record:
    return {
        "RegionName": replica["region"],
        "Status": status,
        "Role": "SECONDARY",
        "UserPoolArn": replica["arn"],
    }


def update_user_pool_replica(ctx: Context, params: Record) -> Record:
    """UpdateUserPoolReplica: its status; from either Region."""
    pool, replica = _replica(ctx, params)
    if replica["pending"]:
        refuse(f"The replica cannot be updated while it is {replica['status']}.")
    replica["status"] = params["Status"]
    ctx.store.touch(pool)
    return {"UserPoolReplica": _view(replica, replica["status"])}


def delete_user_pool_replica(ctx: Context, params: Record) -> Record:
    """DeleteUserPoolReplica: only while INACTIVE."""
    pool, replica = _replica(ctx, params)
    if replica["status"] != "INACTIVE":
        refuse(f"The replica must be INACTIVE to be deleted; it is {replica['status']}.")
    replica.update(status="DELETING", pending=ctx.store.pending_describes)
    if not replica["pending"]:
        _remove(ctx, pool)
    ctx.store.touch(pool)
    return {"UserPoolReplica": _view(replica, "DELETING")}


def _replica(ctx: Context, params: Record) -> tuple[Record, Record]:
    """Return the pool's own record and its replica in a Region."""
    home = ctx.store.pools[ctx.pool(params)["id"]]
    replica = home["replica"]
    if replica is None or replica["region"] != params["RegionName"]:
        not_found(f"The user pool has no replica in {params['RegionName']}.")
    return home, replica


def list_user_pool_replicas(ctx: Context, params: Record) -> Record:
    """ListUserPoolReplicas: includes the primary; each listing advances a creation or deletion in progress."""
    home = ctx.store.pools[ctx.pool(params)["id"]]
    primary = {"RegionName": home["region"], "Status": "ACTIVE", "Role": "PRIMARY", "UserPoolArn": home["arn"]}
    items = [primary]
    if home["replica"] is not None:
        items.append(_view(home["replica"], home["replica"]["status"]))
        _pass_time(ctx, home)
    return page(ctx, items, params, "UserPoolReplicas")


def _remove(ctx: Context, pool: Record) -> None:
    if ctx.store.account["web_acls"].pop(pool["replica"]["arn"], None):
        ctx.store.touch_account()
    pool["replica"] = None


def _pass_time(ctx: Context, pool: Record) -> None:
    replica = pool["replica"]
    if not replica["pending"]:
        return
    replica["pending"] -= 1
    if not replica["pending"] and replica["status"] == "DELETING":
        _remove(ctx, pool)
    elif not replica["pending"]:
        replica["status"] = "INACTIVE"
    ctx.store.touch(pool)


OPERATIONS: dict[str, Operation] = {
    "CreateUserPoolReplica": create_user_pool_replica,
    "UpdateUserPoolReplica": update_user_pool_replica,
    "DeleteUserPoolReplica": delete_user_pool_replica,
    "ListUserPoolReplicas": list_user_pool_replicas,
}

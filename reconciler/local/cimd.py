"""Policies for clients identified by a URL (botocore 1.44.8; cognito.md 2.22; nothing measured).

Only the constraints of the API model are checked: lengths, patterns, and the feature plan.
"""

from __future__ import annotations

from reconciler.local.operation import Context, Operation, dated, find_client, known, page
from reconciler.local.refusal import ServiceError, refuse
from reconciler.local.store import Record
from reconciler.local.tiers import CIMD, check_essentials

SETTINGS = ("PolicyName", "CacheDuration", "URLPatterns")
ID = 20


def create_cimd_policy(ctx: Context, params: Record) -> Record:
    """CreateCIMDPolicy."""
    pool = ctx.pool(params)
    check_essentials(pool, CIMD)
    client = find_client(pool, params["ClientId"])["ClientId"]
    made = {"UserPoolId": pool["id"], "CIMDPolicyId": ctx.store.new_id(ID), "ClientId": client}
    return _write(ctx, pool, made, params)


def update_cimd_policy(ctx: Context, params: Record) -> Record:
    """UpdateCIMDPolicy: its effect on an omitted CacheDuration is unmeasured."""
    pool = ctx.pool(params)
    check_essentials(pool, CIMD)
    old = dict(_policy(pool, params))
    if find_client(pool, params["ClientId"])["ClientId"] != old["ClientId"]:
        refuse("The policy belongs to another app client.")
    if ctx.store.unmeasured == "reset":
        old.pop("CacheDuration", None)
    return _write(ctx, pool, old, params)


def _write(ctx: Context, pool: Record, old: Record, params: Record) -> Record:
    policy = dated(ctx, old, {k: params[k] for k in SETTINGS if k in params})
    pool["cimd"][policy["CIMDPolicyId"]] = policy
    ctx.store.touch(pool)
    return {"CIMDPolicy": policy}


def _policy(pool: Record, params: Record) -> Record:
    return known(pool["cimd"], params["CIMDPolicyId"], f"CIMD policy {params['CIMDPolicyId']} does not exist.")


def describe_cimd_policy(ctx: Context, params: Record) -> Record:
    """DescribeCIMDPolicy."""
    return {"CIMDPolicy": _policy(ctx.pool(params), params)}


def delete_cimd_policy(ctx: Context, params: Record) -> Record:
    """DeleteCIMDPolicy."""
    pool = ctx.pool(params)
    del pool["cimd"][_policy(pool, params)["CIMDPolicyId"]]
    ctx.store.touch(pool)
    return {}


def list_cimd_policies(ctx: Context, params: Record) -> Record:
    """ListCIMDPolicies: items have no patterns."""
    hidden = ("UserPoolId", "URLPatterns")
    items = [{k: v for k, v in p.items() if k not in hidden} for p in ctx.pool(params)["cimd"].values()]
    return page(ctx, items, params, "CIMDPolicies")


def list_client_metadata_urls(ctx: Context, params: Record) -> Record:
    """ListClientMetadataURLs: none, as the embedded Cognito fetches no document."""
    _policy(ctx.pool(params), params)
    return page(ctx, [], params, "ClientMetadataURLs")


def update_client_metadata_url_state(ctx: Context, params: Record) -> Record:
    """UpdateClientMetadataURLState: no URL is ever in the cache."""
    pool = ctx.pool(params)
    check_essentials(pool, CIMD)
    _policy(pool, params)
    raise ServiceError("CachedCIMDURLDoesNotExistException", f"The URL {params['URL']} is not in the cache.")


OPERATIONS: dict[str, Operation] = {
    "CreateCIMDPolicy": create_cimd_policy,
    "UpdateCIMDPolicy": update_cimd_policy,
    "DescribeCIMDPolicy": describe_cimd_policy,
    "DeleteCIMDPolicy": delete_cimd_policy,
    "ListCIMDPolicies": list_cimd_policies,
    "ListClientMetadataURLs": list_client_metadata_urls,
    "UpdateClientMetadataURLState": update_client_metadata_url_state,
}

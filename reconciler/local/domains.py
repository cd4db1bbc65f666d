"""Domains (cognito.md 2.4, 4.4; O1 to O3): one prefix and one custom domain per pool, names unique."""

from __future__ import annotations

import hashlib
import time
from typing import NoReturn

from reconciler.local.operation import Context, Operation, arn_part
from reconciler.local.published_facts import PUBLISHED
from reconciler.local.refusal import refuse
from reconciler.local.store import ACCOUNT, Record, partition
from reconciler.local.tiers import check_domain_tier

RESERVED: list[str] = PUBLISHED["reserved_domain_words"]
CERTIFICATE_REGION = "us-east-1"
LABELS = 3
"""A custom domain must be below a domain that can have an address record: a.example.com."""
AIRPORTS = {
    "us-east-1": "iad",
    "us-east-2": "cmh",
    "us-west-2": "pdx",
    "eu-west-1": "dub",
    "eu-central-1": "fra",
    "ap-northeast-1": "nrt",
}
"""Names of Regions in the assets bucket."""
TAKEN = "Domain already associated with another user pool."
VERSIONS = (1, 2)
NOT_A_SUBDOMAIN = (
    "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent domain or domain "
    "parent is a top-level domain."
)


def create_user_pool_domain(ctx: Context, params: Record) -> Record:
    """CreateUserPoolDomain."""
    pool = ctx.pool(params)
    name = params["Domain"]
    _check(pool, params)
    if _owner(ctx, name) is not None:  # O1
        refuse(TAKEN)
    custom = "CustomDomainConfig" in params
    if any(("CustomDomainConfig" in d) == custom for d in pool["domains"].values()):
        refuse(f"User pool already has a {'custom ' if custom else ''}domain configured.")
    return _write(ctx, pool, params, "CREATING")


def update_user_pool_domain(ctx: Context, params: Record) -> Record:
    """UpdateUserPoolDomain: replaces; an omitted ManagedLoginVersion becomes 1."""
    pool = ctx.pool(params)
    old = _domain(pool, params["Domain"])
    if "CustomDomainConfig" in old and "CustomDomainConfig" not in params:
        refuse("Cannot convert custom domain to prefix domain")
    if "CustomDomainConfig" not in old and "CustomDomainConfig" in params:
        refuse("Cannot convert prefix domain to custom domain")
    _check(pool, params)
    return _write(ctx, pool, params, "UPDATING")


def _write(ctx: Context, pool: Record, params: Record, status: str) -> Record:
    settings: Record = {k: params[k] for k in ("CustomDomainConfig", "Routing") if k in params}
    version = params.get("ManagedLoginVersion", 1)
    pool["domains"][params["Domain"]] = {
        "ManagedLoginVersion": version,
        "Version": time.strftime("%Y%m%d%H%M%S", time.gmtime(ctx.store.now())),
        "pending": [status] * ctx.store.pending_describes,
        **settings,
    }
    ctx.store.touch(pool)
    answer: Record = {"ManagedLoginVersion": version, **settings}
    answer.pop("CustomDomainConfig", None)
    if "CustomDomainConfig" in params:
        answer["CloudFrontDomain"] = _distribution(params["Domain"])
    return answer


def _check(pool: Record, params: Record) -> None:
    version = params.get("ManagedLoginVersion", 1)
    if version not in VERSIONS:
        refuse("ManagedLoginVersion must be 1 or 2.")
    check_domain_tier(pool["config"]["UserPoolTier"], version)
    if "CustomDomainConfig" in params:
        _check_custom(params["Domain"], params["CustomDomainConfig"])
    else:
        _check_prefix(params)


def _check_prefix(params: Record) -> None:
    name = params["Domain"]
    if "." in name:
        refuse(
            f"1 validation error detected: Value '{name}' at 'domain' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$"
        )
    for word in RESERVED:  # O1
        if word in name:
            refuse(f"Domain cannot contain reserved word: {word}")
    if "Routing" in params:
        refuse("Routing is for custom domains only.")


def _check_custom(name: str, config: Record) -> None:
    labels = name.split(".")
    if len(labels) < LABELS or not all(labels):  # O2
        refuse(NOT_A_SUBDOMAIN)
    there = arn_part(config["CertificateArn"], 1) == partition(CERTIFICATE_REGION)
    if there and arn_part(config["CertificateArn"], 3) != CERTIFICATE_REGION:
        refuse(f"The certificate of a custom domain must be in {CERTIFICATE_REGION}.")
    if arn_part(config["CertificateArn"], 4) != ACCOUNT:
        refuse("The certificate of a custom domain must be of the account of the user pool.")


def _owner(ctx: Context, name: str) -> Record | None:
    """Return the pool that has a domain: custom ones are unique worldwide, prefixes in their Region."""
    pools = ctx.store.pools.values() if "." in name else ctx.store.of_region(ctx.region)
    return next((p for p in pools if name in p["domains"]), None)


def _domain(pool: Record, name: str) -> Record:
    domain: Record | None = pool["domains"].get(name)
    if domain is None:
        _no_such_domain()
    return domain


def _no_such_domain() -> NoReturn:
    refuse("No such domain or user pool exists.")


def describe_user_pool_domain(ctx: Context, params: Record) -> Record:
    """DescribeUserPoolDomain: returns an empty answer for an unknown name, not an error."""
    name = params["Domain"]
    pool = _owner(ctx, name)
    if pool is None or pool["region"] != ctx.region:
        return {"DomainDescription": {}}
    domain = pool["domains"][name]
    status = "ACTIVE"
    if domain["pending"]:
        status = domain["pending"].pop()
        ctx.store.touch(pool)
    elif domain.get("leaving"):
        del pool["domains"][name]
        ctx.store.touch(pool)
        return {"DomainDescription": {}}
    shown = {k: v for k, v in domain.items() if k not in ("pending", "leaving")}
    made = {"UserPoolId": pool["id"], "AWSAccountId": ACCOUNT, "Domain": name, "Status": status}
    bucket = f"aws-cognito-prod-{AIRPORTS.get(ctx.region, ctx.region)}-assets"
    front = {"S3Bucket": bucket, "CloudFrontDistribution": _distribution(name)}
    return {"DomainDescription": {**made, **front, **shown}}


def _distribution(name: str) -> str:
    return f"d{hashlib.sha256(name.encode()).hexdigest()[:13]}.cloudfront.net"


def delete_user_pool_domain(ctx: Context, params: Record) -> Record:
    """DeleteUserPoolDomain: the domain must belong to the pool, and holds its place until it is gone (7.4)."""
    pool = ctx.pool(params)
    domain = _domain(pool, params["Domain"])
    if ctx.store.pending_describes:
        domain.update(leaving=True, pending=["DELETING"] * ctx.store.pending_describes)
    else:
        del pool["domains"][params["Domain"]]
    ctx.store.touch(pool)
    return {}


OPERATIONS: dict[str, Operation] = {
    "CreateUserPoolDomain": create_user_pool_domain,
    "DescribeUserPoolDomain": describe_user_pool_domain,
    "UpdateUserPoolDomain": update_user_pool_domain,
    "DeleteUserPoolDomain": delete_user_pool_domain,
}

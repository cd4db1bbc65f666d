"""Identity pools (cognito.md 1.2, 2.18, 4.4; O18, O19): flat answers, replaced as a whole except the classic flow.

A user pool referenced as a provider must exist, in any Region; its clients, IAM roles and providers are not looked
up.
"""

from __future__ import annotations

import copy
import re

from reconciler.local.operation import Context, Operation, arn_part, page
from reconciler.local.refusal import not_found, refuse
from reconciler.local.store import ACCOUNT, Record, partition

USER_POOL = re.compile(r"cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([\w-]+_[0-9a-zA-Z]+)")
"""Provider name of a user pool."""
REPLACED = (
    *("IdentityPoolName", "AllowUnauthenticatedIdentities", "SupportedLoginProviders", "OpenIdConnectProviderARNs"),
    *("CognitoIdentityProviders", "SamlProviderARNs"),
)
KEPT = ("AllowClassicFlow", "DeveloperProviderName", "IdentityPoolTags")
PROVIDERS = {"OpenIdConnectProviderARNs": "oidc-provider/", "SamlProviderARNs": "saml-provider/"}
MAX_TAGS = 50
MAX_RULES = 25
"""The model says 400."""
HIDDEN = ("roles", "principal_tags")
"""Members returned by other operations."""
MAPPINGS = "RoleMappings"


def create_identity_pool(ctx: Context, params: Record) -> Record:
    """CreateIdentityPool: the name does not have to be unique."""
    made = {"IdentityPoolId": f"{ctx.region}:{ctx.store.new_uuid()}", "roles": {}, "principal_tags": {}}
    return _write(ctx, {**made, "AllowClassicFlow": False, "IdentityPoolTags": {}}, params)


def update_identity_pool(ctx: Context, params: Record) -> Record:
    """UpdateIdentityPool: a developer provider must be sent again, unchanged (O19)."""
    old = _pool(ctx, params)
    name = old.get("DeveloperProviderName")
    if name is not None and params.get("DeveloperProviderName") != name:
        refuse("DeveloperProviderName cannot be changed or removed once it is set.")
    return _write(ctx, {k: v for k, v in old.items() if k not in REPLACED}, params)


def _write(ctx: Context, kept: Record, params: Record) -> Record:
    pool = {**kept, **{k: copy.deepcopy(params[k]) for k in (*REPLACED, *KEPT) if k in params}}
    pool = {k: v for k, v in pool.items() if v not in ([], {}) or k in (*HIDDEN, *KEPT)}
    _check(ctx, pool)
    _complete(pool)
    ctx.store.account["identity_pools"][pool["IdentityPoolId"]] = pool
    ctx.store.touch_account()
    return _view(pool)


def _complete(pool: Record) -> None:
    """Return the providers as the service does: complete, and in its own order (4.5)."""
    for member in PROVIDERS:
        if member in pool:
            pool[member] = sorted(pool[member])
    if (providers := pool.get("CognitoIdentityProviders")) is not None:
        for provider in providers:
            provider.setdefault("ServerSideTokenCheck", False)
        providers.sort(key=lambda p: (p["ProviderName"], p.get("ClientId", "")))


def _check(ctx: Context, pool: Record) -> None:
    _check_tags(pool["IdentityPoolTags"])
    for member, kind in PROVIDERS.items():
        for arn in pool.get(member, ()):
            _check_iam(arn, kind)
    for provider in pool.get("CognitoIdentityProviders", ()):
        _check_user_pool(ctx, provider.get("ProviderName", ""))


def _check_user_pool(ctx: Context, name: str) -> None:
    found = USER_POOL.fullmatch(name)
    pool = ctx.store.pools.get(found.group(2)) if found else None
    if found is None or pool is None or pool["region"] != found.group(1):
        refuse(f"Invalid Cognito Identity Provider: {name} is not a user pool.")


def _check_iam(arn: str, kind: str) -> None:
    if arn_part(arn, 2) != "iam" or not arn_part(arn, 5).startswith(kind):
        refuse(f"{arn} is not the ARN of a {kind.rstrip('/')}.")
    if arn_part(arn, 4) != ACCOUNT:
        refuse(f"{arn} must be in the account of the identity pool.")


def _check_tags(tags: Record) -> None:
    if any(k.lower().startswith("aws:") for k in tags):
        refuse("Tag keys that start with aws: are reserved.")
    if len(tags) > MAX_TAGS:
        refuse(f"A resource can have at most {MAX_TAGS} tags.")


def _pool(ctx: Context, params: Record) -> Record:
    return _found(ctx, params["IdentityPoolId"])


def _found(ctx: Context, pool_id: str) -> Record:
    pool: Record | None = ctx.store.account["identity_pools"].get(pool_id)
    if pool is None or pool_id.partition(":")[0] != ctx.region:
        not_found(f"IdentityPool '{pool_id}' not found.")
    return pool


def _view(pool: Record) -> Record:
    return {k: v for k, v in pool.items() if k not in HIDDEN}


def describe_identity_pool(ctx: Context, params: Record) -> Record:
    """DescribeIdentityPool."""
    return _view(_pool(ctx, params))


def delete_identity_pool(ctx: Context, params: Record) -> Record:
    """DeleteIdentityPool."""
    del ctx.store.account["identity_pools"][_pool(ctx, params)["IdentityPoolId"]]
    ctx.store.touch_account()
    return {}


def list_identity_pools(ctx: Context, params: Record) -> Record:
    """ListIdentityPools: ids and names."""
    shown = ("IdentityPoolId", "IdentityPoolName")
    pools = ctx.store.account["identity_pools"].values()
    items = [{k: p[k] for k in shown} for p in pools if p["IdentityPoolId"].startswith(f"{ctx.region}:")]
    return page(ctx, items, params, "IdentityPools")


# --- roles ---------------------------------------------------------------------------------------------------------


def set_identity_pool_roles(ctx: Context, params: Record) -> Record:
    """SetIdentityPoolRoles: replaces roles and mappings."""
    pool = _pool(ctx, params)
    for arn in params["Roles"].values():
        _check_iam(arn, "role/")
    for key, mapping in params.get(MAPPINGS, {}).items():
        _check_mapping(key, mapping)
        _check_configured(pool, key)
    pool["roles"] = {k: params[k] for k in ("Roles", MAPPINGS) if params.get(k)}
    ctx.store.touch_account()
    return {}


def _check_mapping(key: str, mapping: Record) -> None:
    provider, _, client = key.rpartition(":")
    if key.startswith("cognito-idp.") and not (USER_POOL.fullmatch(provider) and client):
        refuse(f"Invalid role mapping: {key} must name a client, as provider:clientId.")
    if "AmbiguousRoleResolution" not in mapping:
        refuse(f"AmbiguousRoleResolution is required for the role mapping of {key}.")
    rules = mapping.get("RulesConfiguration")
    if mapping["Type"] == "Rules" and rules is None:
        refuse(f"RulesConfiguration is required for the role mapping of {key} of type Rules.")
    if mapping["Type"] == "Token" and rules is not None:
        refuse(f"RulesConfiguration is not allowed for the role mapping of {key} of type Token.")
    _check_rules(key, rules["Rules"] if rules else [])


def _check_configured(pool: Record, key: str) -> None:
    """The key of a mapping is a provider of the pool; that of an OIDC provider in IAM may be its ARN or its host."""
    named = [f"{p['ProviderName']}:{p.get('ClientId', '')}" for p in pool.get("CognitoIdentityProviders", ())]
    in_iam = [arn for member in PROVIDERS for arn in pool.get(member, ())]
    hosts = [arn.partition(":oidc-provider/")[2] for arn in in_iam]
    others = [*pool.get("SupportedLoginProviders", {}), pool.get("DeveloperProviderName")]
    if key not in (*named, *in_iam, *hosts, *others):
        refuse(f"{key} is not a valid RoleMapping ProviderName or is not a configured provider")


def _check_rules(key: str, rules: list[Record]) -> None:
    if len(rules) > MAX_RULES:
        refuse(f"The role mapping of {key} can have at most {MAX_RULES} rules.")
    for rule in rules:
        _check_iam(rule["RoleARN"], "role/")


def get_identity_pool_roles(ctx: Context, params: Record) -> Record:
    """GetIdentityPoolRoles: empty members are absent."""
    pool = _pool(ctx, params)
    return {"IdentityPoolId": pool["IdentityPoolId"], **pool["roles"]}


# --- principal tags ------------------------------------------------------------------------------------------------


def set_principal_tag_attribute_map(ctx: Context, params: Record) -> Record:
    """SetPrincipalTagAttributeMap: replaces the map of a provider."""
    pool = _pool(ctx, params)
    settings = {"UseDefaults": params.get("UseDefaults", False), "PrincipalTags": params.get("PrincipalTags", {})}
    pool["principal_tags"][params["IdentityProviderName"]] = settings
    ctx.store.touch_account()
    return get_principal_tag_attribute_map(ctx, params)


def get_principal_tag_attribute_map(ctx: Context, params: Record) -> Record:
    """GetPrincipalTagAttributeMap: no tags for a provider that was never set."""
    pool, name = _pool(ctx, params), params["IdentityProviderName"]
    ids = {"IdentityPoolId": pool["IdentityPoolId"], "IdentityProviderName": name}
    return {**ids, **pool["principal_tags"].get(name, {"UseDefaults": False, "PrincipalTags": {}})}


# --- tags ----------------------------------------------------------------------------------------------------------


def _by_arn(ctx: Context, params: Record) -> Record:
    arn = params["ResourceArn"]
    head = f"arn:{partition(ctx.region)}:cognito-identity:{ctx.region}:{ACCOUNT}:identitypool/"
    if not arn.startswith(head):
        refuse(f"{arn} is not the ARN of an identity pool in this account and Region.")
    return _found(ctx, arn.removeprefix(head))


def tag_resource(ctx: Context, params: Record) -> Record:
    """TagResource: adds to the tags."""
    pool = _by_arn(ctx, params)
    tags = {**pool["IdentityPoolTags"], **params["Tags"]}
    _check_tags(tags)
    pool["IdentityPoolTags"] = tags
    ctx.store.touch_account()
    return {}


def untag_resource(ctx: Context, params: Record) -> Record:
    """UntagResource."""
    pool = _by_arn(ctx, params)
    pool["IdentityPoolTags"] = {k: v for k, v in pool["IdentityPoolTags"].items() if k not in params["TagKeys"]}
    ctx.store.touch_account()
    return {}


def list_tags_for_resource(ctx: Context, params: Record) -> Record:
    """ListTagsForResource."""
    return {"Tags": _by_arn(ctx, params)["IdentityPoolTags"]}


OPERATIONS: dict[str, Operation] = {
    "CreateIdentityPool": create_identity_pool,
    "UpdateIdentityPool": update_identity_pool,
    "DescribeIdentityPool": describe_identity_pool,
    "DeleteIdentityPool": delete_identity_pool,
    "ListIdentityPools": list_identity_pools,
    "SetIdentityPoolRoles": set_identity_pool_roles,
    "GetIdentityPoolRoles": get_identity_pool_roles,
    "SetPrincipalTagAttributeMap": set_principal_tag_attribute_map,
    "GetPrincipalTagAttributeMap": get_principal_tag_attribute_map,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}

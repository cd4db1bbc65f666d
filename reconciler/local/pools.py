"""User pools: members that the service fills in, and the effect of an update on each omitted member.

`MEMBERS` is the reset ledger of cognito.md 2.1 as a table. Three behaviours exist: kept, reset, and known only from
the documentation ("unmeasured"), which follow a switch, so tests can run both ways.
"""

from __future__ import annotations

import copy
import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from reconciler.local import attribute_schema
from reconciler.local.operation import Context, Operation, page
from reconciler.local.published_facts import PUBLISHED
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.rules import SMS_NEEDED, SNS_REGIONS, check_pool, has_factor
from reconciler.local.sms_roles import check_role
from reconciler.local.store import REGIONAL, Record, new_pool


class NotSent(enum.Enum):
    """Marks a member that describe does not return. An enumeration, because its members are their own copies."""

    ABSENT = "absent"


ABSENT: Any = NotSent.ABSENT

MAX_TAGS = 50
TAG_PREFIX = "aws:"
UNUSED = "UnusedAccountValidityDays"
USE_TEMPORARY = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
ALL_TRUE: Record = PUBLISHED["password_policy"]
"""The default policy of a new pool."""
DAYS: int = ALL_TRUE["TemporaryPasswordValidityDays"]
"""What 0 becomes, too."""
PARTIAL = {k: False if v is True else v for k, v in ALL_TRUE.items()}
"""Values that complete a partial policy at creation (2.1, Policies.PasswordPolicy)."""
LEGACY_MESSAGES = {
    "SmsVerificationMessage": "SmsMessage",
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
}
"""The deprecated members and those of VerificationMessageTemplate that share their storage (cognito.md 15.5)."""
ACR: Record = PUBLISHED["acr_levels"]
DCR = {
    "EnableStatus": "Enabled",
    "OpenDcrEnabled": False,
    "AuthenticatedGrantTypes": ["code", "client_credentials"],
    "OpenDcrGrantTypes": ["code"],
    "AllowedScopes": ["openid", "email", "phone", "profile"],
}
RECOVERY: Record = {"RecoveryMechanisms": PUBLISHED["recovery_mechanisms"]}
DCR_REGISTER = "aws.cognito/dcr/register"


@dataclass(frozen=True)
class PoolMember:
    """The behaviour of one member."""

    omitted: Literal["kept", "reset", "unmeasured"]
    """The effect of UpdateUserPool if the member is omitted."""
    default: Any = ABSENT
    """The value in a new pool and after a reset."""
    normal: Callable[[Any, Any, Record], Any] = lambda sent, _old, _pool: sent
    """Completes a value from the request; takes it, the old value (ABSENT at creation) and the pool."""


# --- normalisation of values by the service ------------------------------------------------------------------------


def _policies(sent: Record, old: Any, _pool: Record) -> Record:
    result: Record = copy.deepcopy({"PasswordPolicy": ALL_TRUE, "SignInPolicy": SIGN_IN} if old is ABSENT else old)
    if "PasswordPolicy" in sent:
        base = PARTIAL if old is ABSENT else result["PasswordPolicy"]
        result["PasswordPolicy"] = {**base, **sent["PasswordPolicy"]}
        result["PasswordPolicy"]["TemporaryPasswordValidityDays"] = (
            result["PasswordPolicy"]["TemporaryPasswordValidityDays"] or DAYS
        )
    result["SignInPolicy"].update(sent.get("SignInPolicy", {}))
    return result


SIGN_IN = {"AllowedFirstAuthFactors": ["PASSWORD"]}
V1 = "V1_0"


def _triggers(sent: Record, _old: Any, _pool: Record) -> Record:
    """Mirror the two forms of the pre-token trigger (2.1, PreTokenGeneration; P22)."""
    result = dict(sent)
    legacy, config = sent.get("PreTokenGeneration"), sent.get("PreTokenGenerationConfig")
    if legacy and config and legacy != config["LambdaArn"]:
        refuse("PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same.")
    if config:
        result["PreTokenGeneration"] = config["LambdaArn"]
    elif legacy:
        result["PreTokenGenerationConfig"] = {"LambdaVersion": V1, "LambdaArn": legacy}
    return result


def _or_absent(sent: Any, _old: Any, _pool: Record) -> Any:
    return sent or ABSENT


def _device(sent: Record, _old: Any, _pool: Record) -> Any:
    return (
        {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False, **sent} if sent else ABSENT
    )


def _admin_create(sent: Record, _old: Any, _pool: Record) -> Record:
    result = {"AllowAdminCreateUserOnly": False, **sent}
    result.pop(UNUSED, None)  # a mirror of the password policy on read
    if not result.get("InviteMessageTemplate", True):
        del result["InviteMessageTemplate"]
    return result


def sms_configuration(sent: Record, region: str) -> Record:
    """Fill in the Region that SMS are sent from (2.1, SnsRegion)."""
    if "EumsSms" in sent:
        return {**sent, "EumsSms": {"Region": region, **sent["EumsSms"]}}
    return {**sent, "SnsRegion": sent.get("SnsRegion", SNS_REGIONS.get(region, (region,))[0])}


def _tags(sent: Record, old: Any, _pool: Record) -> Record:
    check_tags(sent)
    system = {} if old is ABSENT else {k: v for k, v in old.items() if k.startswith(TAG_PREFIX)}
    return {**system, **sent}


def check_tags(tags: Record) -> None:
    """Refuse tags that the service refuses (2.15).

    Raises:
        Refusal: UserPoolTaggingException.
    """
    if any(k.lower().startswith(TAG_PREFIX) for k in tags):
        raise ServiceError("UserPoolTaggingException", "Tag keys that start with aws: are reserved.")
    if len(tags) > MAX_TAGS:
        raise ServiceError("UserPoolTaggingException", f"A resource can have at most {MAX_TAGS} tags.")


def _add_ons(sent: Record, _old: Any, _pool: Record) -> Record:
    return {"AdvancedSecurityAdditionalFlows": {}, **sent}


def _dcr(sent: Record, _old: Any, _pool: Record) -> Record:
    """Replace the block; an omitted EnableStatus enables registration (2.1)."""
    if DCR_REGISTER in sent.get("AllowedScopes", ()):
        refuse(f"{DCR_REGISTER} cannot be granted to a registered client.")
    return {**copy.deepcopy(DCR), **sent}


def _over(default: Record) -> Callable[[Any, Any, Record], Any]:
    return lambda sent, _old, _pool: {**copy.deepcopy(default), **sent}


MEMBERS: dict[str, PoolMember] = {
    "Policies": PoolMember("kept", {"PasswordPolicy": ALL_TRUE, "SignInPolicy": SIGN_IN}, _policies),
    "DeletionProtection": PoolMember("kept", "INACTIVE"),
    "LambdaConfig": PoolMember("reset", {}, _triggers),
    "AutoVerifiedAttributes": PoolMember("reset", ABSENT, _or_absent),
    "VerificationMessageTemplate": PoolMember(
        "reset", {"DefaultEmailOption": "CONFIRM_WITH_CODE"}, _over({"DefaultEmailOption": "CONFIRM_WITH_CODE"})
    ),
    "SmsAuthenticationMessage": PoolMember("reset"),
    "UserAttributeUpdateSettings": PoolMember(
        "kept",
        {"AttributesRequireVerificationBeforeUpdate": []},
        _over({"AttributesRequireVerificationBeforeUpdate": []}),
    ),
    "DeviceConfiguration": PoolMember("reset", ABSENT, _device),
    "EmailConfiguration": PoolMember(
        "unmeasured", {"EmailSendingAccount": "COGNITO_DEFAULT"}, _over({"EmailSendingAccount": "COGNITO_DEFAULT"})
    ),
    # never removed once set: no documented delete (2.1)
    "SmsConfiguration": PoolMember("kept", ABSENT, lambda sent, _old, pool: sms_configuration(sent, pool["region"])),
    "UserPoolTags": PoolMember("unmeasured", {}, _tags),
    "AdminCreateUserConfig": PoolMember("reset", {"AllowAdminCreateUserOnly": False}, _admin_create),
    "UserPoolAddOns": PoolMember("unmeasured", ABSENT, _add_ons),
    "DcrConfiguration": PoolMember("kept", ABSENT, _dcr),
    "AccountRecoverySetting": PoolMember("unmeasured", RECOVERY, _over(RECOVERY)),
    "UserPoolTier": PoolMember("reset", "ESSENTIALS"),  # omission re-applies ESSENTIALS (2.1)
    "KeyConfiguration": PoolMember("unmeasured", {"KeyType": "AWS_OWNED_KEY"}, _over({"KeyType": "AWS_OWNED_KEY"})),
    "IssuerConfiguration": PoolMember("unmeasured", {"Type": "ORIGINAL"}, _over({"Type": "ORIGINAL"})),
    "AcrConfiguration": PoolMember("unmeasured", ACR, _over(ACR)),
}
CREATE_ONLY = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")


def _configure(ctx: Context, pool: Record, params: Record, old: Record | None) -> Record:
    """Return the settings after a create (`old` is None) or an update."""
    sent = _with_template(params)
    config: Record = {}
    for name, member in MEMBERS.items():
        value = (
            member.normal(copy.deepcopy(sent[name]), ABSENT if old is None else old.get(name, ABSENT), pool)
            if name in sent
            else _omitted(ctx, name, member, old)
        )
        if value is not ABSENT:
            config[name] = value
    for name in CREATE_ONLY:
        value = params.get(name) if old is None else old.get(name)
        if value:
            config[name] = value
    return config


def _omitted(ctx: Context, name: str, member: PoolMember, old: Record | None) -> Any:
    keeps = member.omitted == "kept" or (member.omitted == "unmeasured" and ctx.store.unmeasured == "kept")
    return old.get(name, ABSENT) if old is not None and keeps else copy.deepcopy(member.default)


def _with_template(params: Record) -> Record:
    """Move the deprecated messages into the template, which takes precedence if both are sent."""
    messages = {new: params[old] for old, new in LEGACY_MESSAGES.items() if old in params}
    if not messages:
        return params
    return {**params, "VerificationMessageTemplate": {**messages, **params.get("VerificationMessageTemplate", {})}}


def _check_validity_days(params: Record, old: Record | None) -> int:
    """Return UnusedAccountValidityDays if it can take effect, otherwise 0 (P28; cognito.md 15.5)."""
    unused: int = params.get("AdminCreateUserConfig", {}).get(UNUSED, 0)
    temporary = params.get("Policies", {}).get("PasswordPolicy", {}).get("TemporaryPasswordValidityDays")
    live = old and old["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    if unused and (temporary is not None or (live and live != unused)):
        refuse(USE_TEMPORARY)
    return unused


# --- operations ----------------------------------------------------------------------------------------------------


def create_user_pool(ctx: Context, params: Record) -> Record:
    """CreateUserPool."""
    now = ctx.store.now()
    pool = new_pool(f"{ctx.region}_{ctx.store.new_id(9)}", ctx.region, now)
    unused = _check_validity_days(params, None)
    config = _configure(ctx, pool, params, None)
    if unused:
        config["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] = unused
    if "UserPoolTier" not in params and config.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF") != "OFF":
        config["UserPoolTier"] = "PLUS"  # P24
    mfa = _mfa_after(params, config, pool["mfa"])
    pool.update(schema=attribute_schema.build(params.get("Schema", [])), name=params["PoolName"])
    check_pool(pool, config, mfa)
    check_role(ctx, pool, params)
    pool.update(config=config, mfa=mfa)
    ctx.store.add(pool)
    return {"UserPool": view(ctx, pool)}


def _mfa_after(params: Record, config: Record, mfa: Record) -> Record:
    """Return the MFA settings after MfaConfiguration was set by the pool's own operations (P3; 2.1).

    These support SMS only: enabling MFA needs a factor that is already enabled, or an SMS configuration.
    """
    wanted = params.get("MfaConfiguration", mfa["MfaConfiguration"])
    if wanted == "OFF":
        return switched_off(mfa)
    if not has_factor(mfa):
        if "SmsConfiguration" not in config:
            refuse(SMS_NEEDED)
        return {**mfa, "MfaConfiguration": wanted, "sms": True}
    return {**mfa, "MfaConfiguration": wanted}


def switched_off(mfa: Record) -> Record:
    """Return MFA settings without factors; passkeys are not a factor and are kept (2.2)."""
    return {"MfaConfiguration": "OFF"} | {k: v for k, v in mfa.items() if k == "WebAuthnConfiguration"}


def update_user_pool(ctx: Context, params: Record) -> Record:
    """UpdateUserPool: replaces members according to MEMBERS; in a secondary Region, those of the replica."""
    pool = ctx.pool(params)
    _check_validity_days(params, pool["config"])
    config = _configure(ctx, pool, params, pool["config"])
    mfa = _mfa_after(params, config, pool["mfa"])
    after = {"config": config, "mfa": mfa, "name": params.get("PoolName", pool["name"])}
    home = ctx.store.pools[pool["id"]]
    if home is not pool:
        _check_shared(home, after)
    check_pool(pool, config, mfa)
    check_role(ctx, pool, params)
    if home is pool:
        pool.update(after, modified=ctx.store.now())
    else:
        own = {k: v for k, v in config.items() if k in REGIONAL}
        home["replica"].update(config=own, modified=ctx.store.now())
    ctx.store.touch(home)
    return {}


def _check_shared(home: Record, after: Record) -> None:
    """Check that a write in a secondary Region includes the primary's settings (2.14)."""
    live, sent = ({k: v for k, v in p["config"].items() if k not in REGIONAL} for p in (home, after))
    if live != sent or any(home[k] != after[k] for k in ("mfa", "name")):
        refuse(f"In a secondary Region only {', '.join(sorted(REGIONAL))} can differ from the primary's settings.")


def describe_user_pool(ctx: Context, params: Record) -> Record:
    """DescribeUserPool."""
    return {"UserPool": view(ctx, ctx.pool(params))}


def delete_user_pool(ctx: Context, params: Record) -> Record:
    """DeleteUserPool: refused while protected (P31), while a domain exists (P32) or a replica (7.4)."""
    pool = ctx.pool(params)
    if pool["config"]["DeletionProtection"] == "ACTIVE":
        refuse(
            "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
            "inactivated first."
        )
    if pool["domains"]:
        refuse("User pool cannot be deleted. It has a domain configured that should be deleted first.")
    if pool["replica"] is not None:
        refuse("User pool cannot be deleted. It has a replica that should be deleted first.")
    if ctx.store.account["web_acls"].pop(pool["arn"], None):
        ctx.store.touch_account()
    ctx.store.remove(pool)
    return {}


def list_user_pools(ctx: Context, params: Record) -> Record:
    """ListUserPools."""
    items = [_item(p) for p in ctx.store.seen_in(ctx.region)]
    return page(ctx, items, params, "UserPools")


def _item(pool: Record) -> Record:
    return {
        "Id": pool["id"],
        "Name": pool["name"],
        "LambdaConfig": pool["config"]["LambdaConfig"],
        "LastModifiedDate": pool["modified"],
        "CreationDate": pool["created"],
    }


def view(ctx: Context, pool: Record) -> Record:
    """Return a pool as DescribeUserPool returns it (4.1)."""
    config = copy.deepcopy(pool["config"])
    policy = config["Policies"]["PasswordPolicy"]
    config["AdminCreateUserConfig"][UNUSED] = policy["TemporaryPasswordValidityDays"]
    template = config["VerificationMessageTemplate"]
    mirrors = {old: template[new] for old, new in LEGACY_MESSAGES.items() if new in template}
    return {
        **_item(pool),
        **config,
        **mirrors,
        "SchemaAttributes": pool["schema"],
        "MfaConfiguration": pool["mfa"]["MfaConfiguration"],
        "EstimatedNumberOfUsers": ctx.people.count(pool["id"]),
        "Arn": pool["arn"],
        **{("CustomDomain" if "CustomDomainConfig" in d else "Domain"): n for n, d in pool["domains"].items()},
    }


def _by_arn(ctx: Context, params: Record) -> tuple[Record, Record]:
    """Return the pool with an ARN, and the settings that hold its tags: a replica has its own tags."""
    arn = params["ResourceArn"]
    pool = next((p for p in ctx.store.seen_in(ctx.region) if p["arn"] == arn), None)
    if pool is None:
        not_found(f"User pool {arn.rsplit('/', 1)[-1]} does not exist.")
    home = ctx.store.pools[pool["id"]]
    return home, home["config"] if home is pool else home["replica"]["config"]


def tag_resource(ctx: Context, params: Record) -> Record:
    """TagResource: adds to the tags."""
    pool, config = _by_arn(ctx, params)
    check_tags(params["Tags"])
    tags = {**config["UserPoolTags"], **params["Tags"]}
    if len(tags) > MAX_TAGS:
        raise ServiceError("UserPoolTaggingException", f"A resource can have at most {MAX_TAGS} tags.")
    config["UserPoolTags"] = tags
    ctx.store.touch(pool)
    return {}


def untag_resource(ctx: Context, params: Record) -> Record:
    """UntagResource."""
    pool, config = _by_arn(ctx, params)
    check_tags(dict.fromkeys(params["TagKeys"], ""))
    config["UserPoolTags"] = {k: v for k, v in config["UserPoolTags"].items() if k not in params["TagKeys"]}
    ctx.store.touch(pool)
    return {}


def list_tags_for_resource(ctx: Context, params: Record) -> Record:
    """ListTagsForResource."""
    _, config = _by_arn(ctx, params)
    return {"Tags": config["UserPoolTags"]}


OPERATIONS: dict[str, Operation] = {
    "CreateUserPool": create_user_pool,
    "DescribeUserPool": describe_user_pool,
    "UpdateUserPool": update_user_pool,
    "DeleteUserPool": delete_user_pool,
    "ListUserPools": list_user_pools,
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}

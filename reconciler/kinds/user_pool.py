"""The user pool itself: the one object that can never be replaced, because its users would be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.kinds import tag_changes
from reconciler.kinds.iam_access import (
    COGNITO,
    USER_POOLS,
    IamAccess,
    always,
    anywhere,
    linked_role,
    on_key,
    pass_role,
    sets,
    unsets,
)
from reconciler.kinds.kind import Listing, Need, PendingCall, Reading, ResourceKind, Undecided
from reconciler.kinds.pool_rules import LEGACY_MESSAGES, MODE, RULES
from reconciler.kinds.shared_rules import TIERS, dig, functions
from reconciler.kinds.user_recovery import RECOVERY
from reconciler.model import Call, FieldChange, Path, Tree
from reconciler.values.regions import partition, suffix
from schemas.user_pool import ACR_LEVELS, STANDARD_ATTRIBUTES, UserPool

ADD_AT_ONCE = 25
"""AddCustomAttributes takes 1 to 25 attributes (cognito.md 1.1)."""

COMPUTED = frozenset(
    {
        "Id",
        "Arn",
        "Status",
        "CreationDate",
        "LastModifiedDate",
        "EstimatedNumberOfUsers",
        "Domain",
        "CustomDomain",
        "SmsConfigurationFailure",
        "EmailConfigurationFailure",
        "MfaConfiguration",  # owned by the section `mfa`
    }
)
"""Members of the answer that cannot be configured here."""

DAYS = "TemporaryPasswordValidityDays"
"""What UnusedAccountValidityDays of AdminCreateUserConfig, which no input takes, mirrors (cognito.md 4.6)."""

CODES = ("EMAIL_OTP", "SMS_OTP")
"""First factors that need no password."""

PASSWORD_FLAGS = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
"""Booleans of the password policy: all true if the block is absent, false if omitted from a partial block."""


# --- reading -------------------------------------------------------------------------------------------------------


def bare_name(name: str) -> str:
    """Return an attribute's name as it is sent: without the prefix that the service adds.

    A custom attribute with the name of a standard one keeps its prefix, to distinguish the two.
    """
    bare = name.removeprefix("dev:").removeprefix("custom:")
    return name if bare != name and bare in STANDARD_ATTRIBUTES else bare


def from_manifest(tree: Tree) -> Tree:
    """Return a pool whose attributes have the names that are sent, so output of describe can be pasted."""
    attributes = tree.get("Schema")
    if not isinstance(attributes, list):
        return dict(tree)
    return {**tree, "Schema": [_with_bare_name(item) for item in attributes]}


def _with_bare_name(item: Any) -> Any:
    name = item.get("Name") if isinstance(item, dict) else None
    return {**item, "Name": bare_name(name)} if isinstance(name, str) else item


def omissions(tree: Tree) -> Iterable[Undecided]:
    """Find custom attributes without Mutable: its default is not documented (cognito.md 2.1)."""
    attributes = tree.get("Schema")
    for i, item in enumerate(attributes if isinstance(attributes, list) else ()):
        name = item.get("Name") if isinstance(item, dict) else None
        if isinstance(name, str) and name not in STANDARD_ATTRIBUTES and item.get("Mutable") is None:
            yield Undecided(
                ("Schema", i),
                f"the attribute {name} does not declare Mutable; Cognito's default is not documented.",
                "Write Mutable: true or false; it can never be changed.",
            )


def from_api(answer: Tree) -> Tree:
    """Convert DescribeUserPool's pool to the spelling of UpdateUserPool's input."""
    data = {k: v for k, v in answer.items() if k not in COMPUTED}
    if "Name" in data:
        data["PoolName"] = data.pop("Name")
    if "SchemaAttributes" in data:
        attributes = data.pop("SchemaAttributes")
        data["Schema"] = [{**a, "Name": bare_name(a["Name"])} for a in attributes]
    if "UserPoolTags" in data:
        data["UserPoolTags"] = {k: v for k, v in data["UserPoolTags"].items() if not k.startswith("aws:")}
    return _with_mirrors(data)


def _with_mirrors(data: Tree) -> Tree:
    """Complete each mirrored pair of which the answer shows one side, as old pools do (cognito.md 4.6).

    Both sides are one setting, so a manifest may declare either, and an update that sends one must find its value.
    """
    result = dict(data)
    template = dict(data.get("VerificationMessageTemplate") or {})
    for old, new in LEGACY_MESSAGES.items():
        _complete(result, old, template, new)
    if template:
        result["VerificationMessageTemplate"] = template
    if triggers := data.get("LambdaConfig"):
        result["LambdaConfig"] = _with_both_triggers(triggers)
    days, policy = (
        dig(data, "AdminCreateUserConfig", "UnusedAccountValidityDays"),
        dig(data, "Policies", "PasswordPolicy"),
    )
    if days and isinstance(policy, dict) and policy.get(DAYS) is None:  # without the policy, all is at its default
        result["Policies"] = {**data["Policies"], "PasswordPolicy": {**policy, DAYS: days}}
    return result


def _complete(one: Tree, name: str, other: Tree, mirror: str) -> None:
    """Give the side of a mirrored pair that shows nothing the value of the side that does."""
    if one.get(name) and not other.get(mirror):
        other[mirror] = one[name]
    elif other.get(mirror) and not one.get(name):
        one[name] = other[mirror]


def _with_both_triggers(triggers: Tree) -> Tree:
    legacy, config = triggers.get("PreTokenGeneration"), triggers.get("PreTokenGenerationConfig")
    if legacy and not config:
        return {**triggers, "PreTokenGenerationConfig": {"LambdaVersion": "V1_0", "LambdaArn": legacy}}
    if isinstance(config, dict) and config.get("LambdaArn") and not legacy:
        return {**triggers, "PreTokenGeneration": config["LambdaArn"]}
    return triggers


def to_manifest(data: Tree, _pool: Tree) -> Tree:
    """Drop legacy members that mirror new ones, and attributes with default definitions."""
    result = {k: v for k, v in data.items() if k not in LEGACY_MESSAGES}
    triggers = dict(data.get("LambdaConfig") or {})
    if "PreTokenGenerationConfig" in triggers:
        triggers.pop("PreTokenGeneration", None)
    attributes = [a for item in data.get("Schema") or () if (a := _unusual(item))]
    return {**result, "LambdaConfig": triggers, "Schema": attributes}


def _unusual(attribute: Tree) -> Tree:
    """Return how an attribute differs from its default definition; empty if it does not."""
    standard = STANDARD_ATTRIBUTES.get(attribute["Name"])
    if standard is None:
        return attribute
    own = {k: v for k, v in attribute.items() if k != "Name" and v not in ({}, standard.get(k))}
    return {"Name": attribute["Name"], **own} if own else {}


# --- writing -------------------------------------------------------------------------------------------------------


def sendable(payload: Tree, declared: Tree) -> Tree:
    """Return a pool's settings without members that UpdateUserPool refuses; also for a replica's copy of them."""
    result = {k: v for k, v in payload.items() if k != "MfaConfiguration"}  # kept when omitted
    _drop_mirrors(result, declared)
    _drop_deprecated_days(result)
    if result.get("AcrConfiguration") == ACR_LEVELS and "AcrConfiguration" not in declared:
        del result["AcrConfiguration"]  # the same if omitted, and then independent of the feature plan
    return result


def prepare(pending_call: PendingCall) -> Tree:
    """Build a payload that the service accepts and that resets nothing (cognito.md 0 and 4.6)."""
    declared = pending_call.change.declared
    payload = sendable(pending_call.payload, declared)
    _share_sms(payload, declared, pending_call.declared("mfa"))
    if pending_call.change.before is None:
        _complete_schema(payload)
        _complete_password_policy(payload)
    else:
        payload["UserPoolTags"] = dict(pending_call.change.before.get("UserPoolTags") or {})  # deltas: TagResource
    return payload


def _drop_mirrors(payload: Tree, declared: Tree) -> None:
    """Send only the declared side of each mirrored pair, so no stale side can win."""
    template = dict(payload.get("VerificationMessageTemplate") or {})
    declared_template = declared.get("VerificationMessageTemplate") or {}
    for old, new in LEGACY_MESSAGES.items():
        value = payload.pop(old, None)
        if old in declared and new not in declared_template:
            template.pop(new, None)
            if value is not None:
                template[new] = value
    if template:
        payload["VerificationMessageTemplate"] = template
    _one_token_trigger(payload, declared.get("LambdaConfig") or {})


def _one_token_trigger(payload: Tree, declared: Tree) -> None:
    """Send PreTokenGenerationConfig alone; the legacy member would have to be equal to it (rule P22)."""
    triggers = dict(payload.get("LambdaConfig") or {})
    legacy = triggers.pop("PreTokenGeneration", None)
    alone = "PreTokenGenerationConfig" not in triggers  # an answer shows both, so this is an input
    if ("PreTokenGeneration" in declared or alone) and "PreTokenGenerationConfig" not in declared:
        config = triggers.pop("PreTokenGenerationConfig", None) or {"LambdaVersion": "V1_0"}
        if legacy is not None:
            triggers["PreTokenGenerationConfig"] = {**config, "LambdaArn": legacy}
    if "LambdaConfig" in payload:
        payload["LambdaConfig"] = triggers


def _drop_deprecated_days(payload: Tree) -> None:
    """UnusedAccountValidityDays is always returned and must never be sent (rule P28)."""
    admin = payload.get("AdminCreateUserConfig")
    if isinstance(admin, dict):
        payload["AdminCreateUserConfig"] = {k: v for k, v in admin.items() if k != "UnusedAccountValidityDays"}


def _share_sms(payload: Tree, declared: Tree, mfa: Tree) -> None:
    """The MFA settings write the same SMS configuration: values declared there must not be overwritten here."""
    sms = mfa.get("SmsMfaConfiguration") or {}
    said = declared.get("SmsConfiguration", {})
    if sms.get("SmsConfiguration") and said is not None:
        shared = {k: v for k, v in sms["SmsConfiguration"].items() if k not in said}
        payload["SmsConfiguration"] = {**(payload.get("SmsConfiguration") or {}), **shared}
    if sms.get("SmsAuthenticationMessage") and "SmsAuthenticationMessage" not in declared:
        payload["SmsAuthenticationMessage"] = sms["SmsAuthenticationMessage"]


def _complete_schema(payload: Tree) -> None:
    """Send the full definition of a declared standard attribute: an omitted Mutable would become false for ever."""
    completed = []
    for attribute in payload.get("Schema") or ():
        standard = STANDARD_ATTRIBUTES.get(attribute["Name"])
        whole = {**standard, **attribute} if standard else attribute
        if not _as_given(whole):
            completed.append(whole)
    if completed:
        payload["Schema"] = completed
    else:
        payload.pop("Schema", None)


def _as_given(attribute: Tree) -> bool:
    """Return whether an attribute is one that every pool has, as Cognito makes it: it is no input."""
    standard = STANDARD_ATTRIBUTES.get(attribute.get("Name", ""))
    return standard is not None and {k: v for k, v in attribute.items() if k != "Name"} == standard


def given(declared: Tree) -> Iterable[Path]:
    """Return the declared attributes that every new pool has."""
    for attribute in declared.get("Schema") or ():
        if _as_given({**STANDARD_ATTRIBUTES.get(attribute["Name"], {}), **attribute}):
            yield ("Schema", attribute["Name"])


def _complete_password_policy(payload: Tree) -> None:
    """Send the whole policy: raising MinimumLength alone must not disable the rest (cognito.md 2.1)."""
    policies = payload.get("Policies") or {}
    if policies.get("PasswordPolicy"):
        complete = {**dict.fromkeys(PASSWORD_FLAGS, True), **policies["PasswordPolicy"]}
        payload["Policies"] = {**policies, "PasswordPolicy": complete}


def reason(declared: Tree, observed: Tree) -> str:
    """Say that a new pool is not of the default plan."""
    plus = not observed and "UserPoolTier" not in declared and dig(declared, *MODE) in ("AUDIT", "ENFORCED")
    return "threat protection makes it a PLUS pool, which costs more" if plus else ""


def computed(after: Tree, declared: Tree) -> Tree:
    """Keep mirrored members in sync, and let threat protection decide the plan of a new pool, as the service does."""
    result = dict(after)
    _drop_mirrors(result, declared)
    template = result.get("VerificationMessageTemplate") or {}
    result |= {old: template[new] for old, new in LEGACY_MESSAGES.items() if old in after and new in template}
    triggers = result.get("LambdaConfig") or {}
    function = (triggers.get("PreTokenGenerationConfig") or {}).get("LambdaArn")
    if function and "PreTokenGeneration" in (after.get("LambdaConfig") or {}):
        result["LambdaConfig"] = {**triggers, "PreTokenGeneration": function}
    if "UserPoolTier" not in result and dig(result, *MODE) in ("AUDIT", "ENFORCED"):
        result["UserPoolTier"] = "PLUS"  # of a new pool: rule P24
    return result


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Spread a change over UpdateUserPool, AddCustomAttributes, TagResource and UntagResource."""
    change = pending_call.change
    if change.before is None:
        return usual(pending_call)
    roots = {f.path[0] for f in change.fields}
    calls: tuple[Call, ...] = usual(pending_call) if roots - {"Schema", "UserPoolTags"} else ()
    return (*calls, *_add_attributes(change.fields, change.ids), *_tag(change.fields, change.ids))


def _add_attributes(fields: Iterable[FieldChange], ids: Any) -> Iterable[Call]:
    added = [f.after for f in fields if f.path[0] == "Schema"]
    for start in range(0, len(added), ADD_AT_ONCE):
        chunk = added[start : start + ADD_AT_ONCE]
        params = {"UserPoolId": ids["UserPoolId"], "CustomAttributes": chunk}
        yield Call("cognito-idp", "AddCustomAttributes", params)


def _tag(fields: Iterable[FieldChange], ids: Any) -> Iterable[Call]:
    arn = {"ResourceArn": ids["ResourceArn"]}
    return tag_changes.TagCalls("cognito-idp").made(tag_changes.declared(fields, "UserPoolTags"), arn)


def frozen(change: FieldChange, _declared: Tree, _before: Tree) -> str:
    """Return why a member of a live pool cannot be changed, if the schema's marks cannot express it."""
    if change.path == ("AdminCreateUserConfig", "UnusedAccountValidityDays"):
        return "Cognito no longer accepts it. Set Policies.PasswordPolicy.TemporaryPasswordValidityDays instead."
    return ""


def exports(ids: Mapping[str, str], region: str) -> Mapping[str, str]:
    """Return the id, the ARN, and the provider name used by identity pools."""
    pool = ids.get("UserPoolId")
    if not pool:
        return {}
    name = f"cognito-idp.{region}.{suffix(region)}/{pool}"
    return {"Id": pool, "UserPoolId": pool, "ProviderName": name, "Arn": ids.get("ResourceArn", "")}


def sample_ids(region: str) -> Mapping[str, Any]:
    """Return an id and an ARN as Cognito makes them."""
    pool = f"{region}_AbCdEfGhI"
    arn = f"arn:{partition(region)}:cognito-idp:{region}:123456789012:userpool/{pool}"
    return {"UserPoolId": pool, "ResourceArn": arn}


def needs(tree: Tree) -> Iterable[Need]:
    """The role that sends SMS, which Cognito checks when the pool is written, and the permissions of triggers.

    Each only counts if the manifest has a section for it. A trigger fails until it has its permission.
    """
    config = tree.get("SmsConfiguration") or {}
    if config.get("SnsCallerArn") or dig(config, "EumsSms", "CallerArn"):
        yield Need("sms_role", "")
    for arn in functions(tree.get("LambdaConfig")):
        yield Need("trigger_permissions", arn)


PASSWORD = ("Policies", "PasswordPolicy")
MODES = ("OFF", "AUDIT", "ENFORCED")
"""Of threat protection, from the weakest to the strongest."""

STRENGTH: Mapping[Path, Callable[[Any], float]] = {
    (*PASSWORD, "MinimumLength"): lambda value: value or 8,
    **{(*PASSWORD, flag): lambda value: value is not False for flag in PASSWORD_FLAGS},
    (*PASSWORD, "PasswordHistorySize"): lambda value: value or 0,
    (*PASSWORD, "TemporaryPasswordValidityDays"): lambda value: -(value or 7),
    ("Policies", "SignInPolicy", "AllowedFirstAuthFactors"): lambda value: -sum(f in CODES for f in value or ()),
    ("DeletionProtection",): lambda value: value == "ACTIVE",
    ("UserPoolAddOns", "AdvancedSecurityMode"): lambda value: MODES.index(value) if value in MODES else 0,
    ("AdminCreateUserConfig", "AllowAdminCreateUserOnly"): lambda value: value is True,
}
"""What each of these members does for the protection of the pool; defaults as in cognito.md 2.1."""

NEED_A_PLAN = ("clients", "domains", "session", "log_delivery", "replicas")
"""Sections with features that a lower feature plan may not include (cognito.md 2.19); `mfa` is read anyway."""


def also_read(declared: Tree, live: Tree | None) -> Iterable[str]:
    """A lower feature plan is refused while a feature of the higher one is used anywhere, declared or not."""
    if "UserPoolTier" not in declared:
        return ()
    wanted = declared["UserPoolTier"] or "ESSENTIALS"
    if live is None:
        return NEED_A_PLAN if wanted != TIERS[-1] else ()
    have = live.get("UserPoolTier") or "ESSENTIALS"
    return NEED_A_PLAN if {wanted, have} <= set(TIERS) and TIERS.index(wanted) < TIERS.index(have) else ()


KIND = ResourceKind(
    section="user_pool",
    resource_type="UserPool",
    title="user pool",
    model=UserPool,
    root=True,
    listing=Listing("ListUserPools", "UserPools", ("MaxResults", 60)),
    listed_name="Name",
    reading=Reading("DescribeUserPool", "UserPool"),
    create="CreateUserPool",
    created="UserPool",
    update="UpdateUserPool",
    ended_by="DeleteUserPool",
    name_member="PoolName",
    id_param="UserPoolId",
    id_member="Id",
    namesakes=True,
    extra_ids={"ResourceArn": "Arn"},
    read_with=("mfa",),
    also_read=also_read,
    strength=STRENGTH,
    shared={"mfa": frozenset({"SmsConfiguration", "SmsAuthenticationMessage"})},
    from_manifest=from_manifest,
    omissions=omissions,
    from_api=from_api,
    to_manifest=to_manifest,
    given=given,
    reason=reason,
    computed=computed,
    prepare=prepare,
    lower=lower,
    needs=needs,
    frozen=frozen,
    exports=exports,
    sample_ids=sample_ids,
    rules=RULES,
    standstill=RECOVERY,
    elsewhere={"Schema": ("AddCustomAttributes",), "UserPoolTags": ("TagResource", "UntagResource")},
    iam=IamAccess(
        arns=always(USER_POOLS),
        arns_of={"CreateUserPool": anywhere, "ListUserPools": anywhere},
        only_if={"TagResource": sets, "UntagResource": unsets},
        permissions={
            "SmsConfiguration.SnsCallerArn": (pass_role(COGNITO),),
            "SmsConfiguration.EumsSms.CallerArn": (pass_role(COGNITO),),
            "EmailConfiguration.EmailSendingAccount": (linked_role(f"email.{COGNITO}", lambda v: v == "DEVELOPER"),),
            "LambdaConfig.KMSKeyID": (on_key("CreateGrant"),),
            "KeyConfiguration.KmsKeyArn": (on_key("CreateGrant"), on_key("DescribeKey")),
        },
    ),
)

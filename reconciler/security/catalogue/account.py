"""Rules about the pool itself: its protection, who can sign up, and what a pool is not able to change later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Rule
from reconciler.kinds.shared_rules import schema_of
from reconciler.security.catalogue.pool_traits import POOL, SIGN_UP, has_guard, has_trigger, is_sign_up_open
from reconciler.security.rule import Beside, SecurityRule, Seen, dig, text, texts
from schemas.user_pool import STANDARD_ATTRIBUTES

DOCUMENTATION = "AWS documentation, security best practices for user pools"


def _unprotected(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    if pool and text(pool, "DeletionProtection") != "ACTIVE":
        yield Breach(POOL, "", ("DeletionProtection",), "One call can delete the pool with all its users.")


CG001 = SecurityRule(
    Rule(
        id="CG001",
        title="No deletion protection",
        what="DeletionProtection is not ACTIVE.",
        why="DeleteUserPool deletes all users at once and for good; point-in-time recovery does not cover it.",
        source=("Security Hub Cognito.6", "Prowler"),
        advice="Set user_pool.DeletionProtection to ACTIVE, and turn it off only in a change of its own.",
    ),
    "high",
    ("user_pool.DeletionProtection",),
    _unprotected,
    profiles={"dev": "low"},
    same={
        "prowler": ("cognito_user_pool_deletion_protection_enabled",),
        "security-hub": ("Cognito.6",),
        "aws-config": ("cognito-user-pool-deletion-protection-enabled",),
    },
)


def _open(seen: Seen) -> Iterator[Breach]:
    if is_sign_up_open(seen):
        yield Breach(POOL, "", SIGN_UP, f"Anyone on the Internet can make an account in this {seen.profile} pool.")


CG002 = SecurityRule(
    Rule(
        id="CG002",
        title="Sign-up that is open to everyone",
        what="Users can sign up by themselves, and the pool serves employees, partners or programs.",
        why="SignUp is a public operation: whoever knows the id of a client can call it, whatever the pages show. "
        "What trusts every token of the pool then trusts strangers.",
        source=("Prowler", DOCUMENTATION),
        advice="Set user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly to true, and invite users or let an "
        "identity provider bring them.",
    ),
    "critical",
    ("user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly",),
    _open,
    profiles={"consumer": None, "dev": "low"},
    same={"prowler": ("cognito_user_pool_self_registration_disabled",)},
)


def _open_to_a_role(seen: Seen) -> Iterator[Breach]:
    name = text(seen.one(POOL), "PoolName")
    for other in seen.beside if is_sign_up_open(seen) and name else ():
        if other.kind == "IdentityPool" and _gives_roles(other, name):
            message = (
                f"Anyone can make an account, and the identity pool {other.name} exchanges it for AWS credentials."
            )
            yield Breach(POOL, "", SIGN_UP, message)


def _gives_roles(other: Beside, name: str) -> bool:
    """Return whether an identity pool gives a role to users of a pool without a rule that denies the others."""
    pool, roles = other.state.one("identity_pool"), other.state.one("roles")
    known = [p for p in pool.get("CognitoIdentityProviders") or () if isinstance(p, dict)]
    own = [p for p in known if other.refers_to(p.get("ProviderName"), name)]
    mappings = dig(roles, "RoleMappings") or {}
    denied = sum(
        dig(mapping, "AmbiguousRoleResolution") == "Deny"
        for key, mapping in mappings.items()
        if other.refers_to(key, name)
    )
    return bool(own and dig(roles, "Roles", "authenticated")) and denied < len(own)


CG003 = SecurityRule(
    Rule(
        id="CG003",
        title="An account that anyone can make gives AWS credentials",
        what="Users can sign up by themselves, and an identity pool of the run gives users of the pool a role.",
        why="A stranger signs up, exchanges the token for AWS credentials and uses whatever the role allows. Tools "
        "for attackers do this by themselves.",
        source=("Prowler", "Pacu"),
        advice="Close sign-up, or map roles by rules with AmbiguousRoleResolution Deny, and keep the role minimal.",
    ),
    "critical",
    ("user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly",),
    _open_to_a_role,
    profiles={"consumer": "low", "dev": "low"},
    same={"prowler": ("cognito_user_pool_self_registration_disabled",)},
    across=True,
)


def _unguarded(seen: Seen) -> Iterator[Breach]:
    if is_sign_up_open(seen) and not has_guard(seen):
        yield Breach(POOL, "", SIGN_UP, "Anyone can sign up, and neither a PreSignUp function nor a web ACL limits it.")


CG004 = SecurityRule(
    Rule(
        id="CG004",
        title="Open sign-up without a guard",
        what="Users can sign up by themselves, and the pool has neither a PreSignUp trigger nor a web ACL.",
        why="Programs make accounts in bulk: each is an e-mail or an SMS that you pay for, and an account in your "
        "directory.",
        source=(DOCUMENTATION, "CloudSploit"),
        advice="Associate a web ACL with rate rules or CAPTCHA (section web_acl), or check sign-ups in a PreSignUp "
        "function.",
    ),
    "medium",
    ("user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly", "user_pool.LambdaConfig.PreSignUp", "web_acl"),
    _unguarded,
    profiles={"dev": "low"},
    uses=("web_acl",),
)


def _unverified(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    if is_sign_up_open(seen) and not pool.get("AutoVerifiedAttributes") and not has_trigger(seen, "PreSignUp"):
        yield Breach(POOL, "", ("AutoVerifiedAttributes",), "Users sign up with addresses that nothing verifies.")


CG005 = SecurityRule(
    Rule(
        id="CG005",
        title="Sign-up without verification",
        what="Users can sign up by themselves, AutoVerifiedAttributes is empty, and no PreSignUp function decides.",
        why="An account then claims an e-mail address or a phone number of someone else, and no message reaches the "
        "owner.",
        source=("AWS documentation, verifying contact information at sign-up",),
        advice="Add email to user_pool.AutoVerifiedAttributes.",
    ),
    "high",
    ("user_pool.AutoVerifiedAttributes", "user_pool.AdminCreateUserConfig.AllowAdminCreateUserOnly"),
    _unverified,
    profiles={"dev": "low"},
)


def _unverified_names(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    verified = texts(pool, "AutoVerifiedAttributes")
    for member in ("UsernameAttributes", "AliasAttributes"):
        for name in texts(pool, member):
            if name != "preferred_username" and name not in verified:
                message = f"Users sign in with {name}, and Cognito does not verify it."
                advice = f"Add {name} to user_pool.AutoVerifiedAttributes."
                yield Breach(POOL, "", ("AutoVerifiedAttributes",), message, advice)


CG006 = SecurityRule(
    Rule(
        id="CG006",
        title="A name to sign in with that is not verified",
        what="An attribute of UsernameAttributes or AliasAttributes is not in AutoVerifiedAttributes.",
        why="A user takes the address of another person first, and that person cannot sign up. An alias works only "
        "when it is verified, so the owner of an account may be locked out of it.",
        source=("AWS documentation, user pool attributes",),
        advice="Add the attribute to user_pool.AutoVerifiedAttributes.",
    ),
    "high",
    ("user_pool.AutoVerifiedAttributes", "user_pool.UsernameAttributes", "user_pool.AliasAttributes"),
    _unverified_names,
    profiles={"dev": "low"},
)


def _updates(seen: Seen) -> Iterator[Breach]:
    pool, path = seen.one(POOL), ("UserAttributeUpdateSettings", "AttributesRequireVerificationBeforeUpdate")
    missing = [name for name in texts(pool, "AutoVerifiedAttributes") if name not in texts(pool, *path)]
    if missing:
        names = " and ".join(missing)
        message = f"A new value of {names} replaces the verified one at once, before it is verified."
        yield Breach(POOL, "", path, message, f"Add {names} to user_pool.{'.'.join(path)}.")


CG007 = SecurityRule(
    Rule(
        id="CG007",
        title="Addresses that change before the new one is verified",
        what="AttributesRequireVerificationBeforeUpdate lacks an attribute that Cognito verifies.",
        why="A user sets the address of a victim, and the next token has it: what identifies people by e-mail gives "
        "away their account. A typing error locks users out of their own.",
        source=("BeDefended 2022", "amplify-cli 10561"),
        advice="List each attribute of AutoVerifiedAttributes in "
        "user_pool.UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate.",
    ),
    "high",
    (
        "user_pool.UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
        "user_pool.AutoVerifiedAttributes",
    ),
    _updates,
    profiles={"dev": "low"},
)


def _case(seen: Seen) -> Iterator[Breach]:
    pool, path = seen.one(POOL), ("UsernameConfiguration", "CaseSensitive")
    if pool and dig(pool, *path) in (None, True):
        yield Breach(POOL, "", path, "Anna and anna are two users, who look like one.")


CG008 = SecurityRule(
    Rule(
        id="CG008",
        title="User names that differ in case alone",
        what="UsernameConfiguration.CaseSensitive is true, or absent in an old pool.",
        why="An application that lower-cases names or addresses confuses two users, and one takes over the account of "
        "the other. The setting of a pool can never be changed.",
        source=("UsernameConfigurationType of the API", "NotSoSecure"),
        advice="Set user_pool.UsernameConfiguration.CaseSensitive to false in a new pool. In an existing one, let the "
        "PreSignUp function refuse names that differ in case alone, and waive this rule.",
    ),
    "medium",
    ("user_pool.UsernameConfiguration.CaseSensitive",),
    _case,
    profiles={"machine": None, "dev": "low"},
)


def _devices(seen: Seen) -> Iterator[Breach]:
    pool, devices = seen.one(POOL), "DeviceConfiguration"
    skips = dig(pool, devices, "ChallengeRequiredOnNewDevice") is True
    always = dig(pool, devices, "DeviceOnlyRememberedOnUserPrompt") in (None, False)
    if skips and always and text(seen.one("mfa"), "MfaConfiguration") in ("ON", "OPTIONAL"):
        message = "Every device is remembered without asking, and a remembered device replaces the second factor."
        yield Breach(POOL, "", (devices, "DeviceOnlyRememberedOnUserPrompt"), message)


CG016 = SecurityRule(
    Rule(
        id="CG016",
        title="Devices that skip the second factor without asking",
        what="DeviceConfiguration remembers every device, a remembered device replaces the second factor, and MFA is "
        "on.",
        why="After one sign-in in a shared browser, a password alone is enough there.",
        source=("DeviceConfigurationType of the API",),
        advice="Set user_pool.DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt to true, or remove "
        "DeviceConfiguration.",
    ),
    "medium",
    (
        "user_pool.DeviceConfiguration.ChallengeRequiredOnNewDevice",
        "user_pool.DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt",
    ),
    _devices,
    needs=("user_pool.DeviceConfiguration",),
)

REGULATED = re.compile(r"confidential|restricted|regulated|hipaa|phi|pci(?:-?dss)?|gxp|sox", re.IGNORECASE)
"""Values of tags that say that the data of a pool is regulated."""


def _own_key(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    tags = dig(pool, "UserPoolTags") or {}
    said = [key for key, value in tags.items() if isinstance(value, str) and REGULATED.fullmatch(value)]
    if said and text(pool, "KeyConfiguration", "KeyType") != "CUSTOMER_MANAGED_KEY":
        message = f"The tag {said[0]} says that the data is regulated, and AWS alone controls the key that encrypts it."
        yield Breach(POOL, "", ("KeyConfiguration", "KeyType"), message)


CG017 = SecurityRule(
    Rule(
        id="CG017",
        title="Regulated data without a key of your own",
        what="A tag of the pool says that its data is regulated, and KeyType is not CUSTOMER_MANAGED_KEY.",
        why="With a key of your own, you decide who can decrypt, each use is in CloudTrail, and the data is "
        "unreadable once the key is disabled.",
        source=("KeyConfigurationType of the API",),
        advice="Set user_pool.KeyConfiguration.KeyType to CUSTOMER_MANAGED_KEY with the ARN of a multi-Region key.",
    ),
    "low",
    ("user_pool.KeyConfiguration.KeyType", "user_pool.UserPoolTags"),
    _own_key,
)

CROWDED, MOST_ATTRIBUTES = 45, 50


def _governance(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    if pool and not pool.get("UserPoolTags"):
        yield Breach(
            POOL, "", ("UserPoolTags",), "The pool has no tags: neither costs nor permissions can follow them."
        )
    custom = [a for a in schema_of(seen.state) if a["Name"] not in STANDARD_ATTRIBUTES]
    if len(custom) >= CROWDED:
        message = f"Of {MOST_ATTRIBUTES} custom attributes, {len(custom)} are taken, and none can ever be removed."
        yield Breach(POOL, "", ("Schema",), message, "Keep what is no identity elsewhere, and refer to it by `sub`.")


CG019 = SecurityRule(
    Rule(
        id="CG019",
        title="A pool without tags, or with nearly all attributes taken",
        what=f"UserPoolTags is empty, or Schema has {CROWDED} custom attributes or more.",
        why="Without tags, no one finds out whose pool it is. A pool takes 50 custom attributes, and they cannot be "
        "removed.",
        source=("AWS documentation, tagging resources", "cognito.md 2.1"),
        advice="Say in user_pool.UserPoolTags who owns the pool and what its data is.",
    ),
    "low",
    ("user_pool.UserPoolTags", "user_pool.Schema"),
    _governance,
    profiles={"dev": None},
)


def _developer_only(seen: Seen) -> Iterator[Breach]:
    for attribute in schema_of(seen.state):
        if attribute.get("DeveloperOnlyAttribute") is True:
            message = "The attribute is for administrators only, by a legacy setting that can never be changed."
            yield Breach(POOL, "", ("Schema", attribute["Name"], "DeveloperOnlyAttribute"), message)


CG020 = SecurityRule(
    Rule(
        id="CG020",
        title="A developer-only attribute",
        what="An attribute of Schema has DeveloperOnlyAttribute true.",
        why="It is a legacy setting: the name gets the prefix dev:, it cannot be changed, and clients cannot be given "
        "access one by one.",
        source=("SchemaAttributeType of the API",),
        advice="Use an ordinary attribute, and leave it out of WriteAttributes of clients.",
    ),
    "low",
    ("user_pool.Schema.DeveloperOnlyAttribute",),
    _developer_only,
)

RULES = (CG001, CG002, CG003, CG004, CG005, CG006, CG007, CG008, CG016, CG017, CG019, CG020)

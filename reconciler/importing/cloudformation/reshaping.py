"""What CloudFormation says in another form than the API, and no name leads to.

MFA is flat there, and a section of its own here; the verification messages of a pool have two spellings; a role mapping
names its provider inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.importing.cloudformation.api_values import Say
from reconciler.importing.cloudformation.leaves import NotKnown, as_text
from reconciler.importing.cloudformation.resource_types import FACTORS, MFA, MIRRORS
from reconciler.model import Tree
from schemas.user_pool import STANDARD_ATTRIBUTES

Reshape = Callable[[Tree, dict[str, Tree], Say], None]
"""Takes the properties of a resource, and changes the members by section that were made of them."""

EMAIL = "EmailMfaConfiguration"


def user_pool(properties: Tree, sections: dict[str, Tree], say: Say) -> None:
    """Bring MFA, messages and names of a pool into the form of the API."""
    pool = sections.setdefault("user_pool", {})
    pool.setdefault("PoolName", NotKnown(GENERATED))
    _mfa(properties, sections, say)
    _messages(pool, say)
    _days(pool, say)
    schema = pool.get("Schema")
    for attribute in schema if isinstance(schema, list) else ():
        if isinstance(attribute, dict) and isinstance(attribute.get("Name"), str):
            _attribute(attribute)


def _attribute(attribute: Tree) -> None:
    """Write the name without its prefix, and the type that a standard attribute has anyway (cognito.md 4.2)."""
    attribute["Name"] = attribute["Name"].removeprefix("custom:")
    standard = STANDARD_ATTRIBUTES.get(attribute["Name"])
    if standard:
        attribute.setdefault("AttributeDataType", standard["AttributeDataType"])


def _mfa(properties: Tree, sections: dict[str, Tree], say: Say) -> None:
    """Make a member of each factor in EnabledMfas. Cognito refuses factors while MFA is off, so they are left out."""
    mfa = sections.setdefault(MFA, {})
    email = mfa.pop(EMAIL, {})
    enabled = properties.get("EnabledMfas", [])
    mode = mfa.get("MfaConfiguration", "OFF")
    if mode == "OFF":
        if enabled:
            say(("EnabledMfas",), "names factors while MfaConfiguration is OFF, so none of them counts.", "member")
    elif isinstance(enabled, NotKnown):
        mfa |= {member: NotKnown(enabled.reason) for member, _ in FACTORS.values()}
    else:
        _factors(enabled, mfa, say)
    if EMAIL in mfa and isinstance(mfa[EMAIL], dict):
        mfa[EMAIL] = dict(email)
    elif email and not isinstance(mfa.get(EMAIL), NotKnown):
        for key, name in (("Message", "EmailAuthenticationMessage"), ("Subject", "EmailAuthenticationSubject")):
            if key in email:
                say((name,), "has a place in a manifest only while e-mail is a second factor.", "member")
    if not mfa:
        del sections[MFA]


def _factors(enabled: Any, mfa: Tree, say: Say) -> None:
    for item in enabled if isinstance(enabled, list) else [enabled]:
        name = as_text(item) or ""
        if name in FACTORS:
            member, value = FACTORS[name]
            mfa[member] = dict(value) if isinstance(value, dict) else value
        else:
            say(("EnabledMfas",), "has a factor that this poolctl does not know; the live one is taken.", "member")


def _messages(pool: Tree, say: Say) -> None:
    """Keep one spelling of each message: the template, which a live pool always has."""
    for mirror, member in MIRRORS.items():
        if mirror not in pool:
            continue
        template = pool.setdefault("VerificationMessageTemplate", {})
        if not isinstance(template, dict):
            continue
        said = f"is one setting with VerificationMessageTemplate.{member}, "
        if member in template and template[member] != pool[mirror]:
            said += "and has another value; the live one is taken."
            template[member] = NotKnown(f"{mirror} and VerificationMessageTemplate.{member} contradict each other")
        else:
            said += "which the manifest has."
            template.setdefault(member, pool[mirror])
        del pool[mirror]
        say((mirror,), said, "member")


def _days(pool: Tree, say: Say) -> None:
    """Move the old spelling of a temporary password's validity: Cognito refuses both at once."""
    config = pool.get("AdminCreateUserConfig")
    if not isinstance(config, dict) or "UnusedAccountValidityDays" not in config:
        return
    days = config.pop("UnusedAccountValidityDays")
    policy = pool.setdefault("Policies", {})
    if isinstance(policy, dict) and isinstance(policy.setdefault("PasswordPolicy", {}), dict):
        policy["PasswordPolicy"].setdefault("TemporaryPasswordValidityDays", days)
    new = "Policies.PasswordPolicy.TemporaryPasswordValidityDays"
    say(
        ("AdminCreateUserConfig", "UnusedAccountValidityDays"),
        f"is the old name of {new}, which the manifest has.",
        "member",
    )
    if not config:
        del pool["AdminCreateUserConfig"]


def identity_pool(_properties: Tree, sections: dict[str, Tree], _say: Say) -> None:
    """Own the name that CloudFormation generates where none is written."""
    sections.setdefault("identity_pool", {}).setdefault("IdentityPoolName", NotKnown(GENERATED))


def log_delivery(_properties: Tree, sections: dict[str, Tree], _say: Say) -> None:
    """Take `:*` from the ARNs of log groups, with which CloudFormation's end and Cognito's do not."""
    listed = sections.get("log_delivery", {}).get("LogConfigurations")
    for entry in listed if isinstance(listed, list) else ():
        logs = entry.get("CloudWatchLogsConfiguration") if isinstance(entry, dict) else None
        if isinstance(logs, dict) and isinstance(logs.get("LogGroupArn"), str):
            logs["LogGroupArn"] = logs["LogGroupArn"].removesuffix(":*")


def role_mappings(properties: Tree, say: Say) -> Tree:
    """Return the properties with the provider of each role mapping as its key, where it is written within."""
    written = properties.get("RoleMappings")
    if not isinstance(written, dict):
        return properties
    keyed: Tree = {}
    for key, value in written.items():
        provider = value.get("IdentityProvider", key) if isinstance(value, dict) else key
        if not isinstance(provider, str):
            say(("RoleMappings", key), "is of a provider that is not known; the live mappings are taken.", "member")
            return {
                **properties,
                "RoleMappings": NotKnown("a mapping is of a provider that the template does not know"),
            }
        inner = value.items() if isinstance(value, dict) else ()
        keyed[provider] = {k: v for k, v in inner if k != "IdentityProvider"} if inner else value
    return {**properties, "RoleMappings": keyed}


GENERATED = "CloudFormation generated the name"

BEFORE: Mapping[str, Callable[[Tree, Say], Tree]] = {"IdentityPoolRoleAttachment": role_mappings}
"""By type, what is done before properties are converted by their names."""

AFTER: Mapping[str, Reshape] = {
    "UserPool": user_pool,
    "IdentityPool": identity_pool,
    "LogDeliveryConfiguration": log_delivery,
}
"""By type, what is done after that."""

"""Names of CloudFormation, Terraform and the AWS CLI that a manifest spells in another way, with where they belong.

Only what no rule finds is listed. Terraform's other attributes are the API's members in snake_case, so ignoring case
and underscores finds them (cognito.md 1.3 and 14).
"""

from __future__ import annotations

from collections.abc import Mapping

NAME = "NAME"
"""Replaces the key of a map in a path: the name of an object."""

ITEM = "[]"
"""Replaces the position in a list."""

Steps = tuple[str, ...]
"""A path in a manifest: `("clients", NAME, "CallbackURLs")`."""

_MFA = "mfa"

FOREIGN_NAMES: Mapping[str, tuple[Steps, ...]] = {
    # CloudFormation flattens MFA into AWS::Cognito::UserPool
    "UserPoolName": (("user_pool", "PoolName"),),
    "EmailAuthenticationMessage": ((_MFA, "EmailMfaConfiguration", "Message"),),
    "EmailAuthenticationSubject": ((_MFA, "EmailMfaConfiguration", "Subject"),),
    "WebAuthnRelyingPartyID": ((_MFA, "WebAuthnConfiguration", "RelyingPartyId"),),
    "WebAuthnUserVerification": ((_MFA, "WebAuthnConfiguration", "UserVerification"),),
    "WebAuthnFactorConfiguration": ((_MFA, "WebAuthnConfiguration", "FactorConfiguration"),),
    # Terraform, where the attribute is not the member in snake_case
    "name": (("user_pool", "PoolName"), ("clients", NAME, "ClientName"), ("groups", NAME, "GroupName")),
    "tags": (("user_pool", "UserPoolTags"), ("identity_pool", "IdentityPoolTags")),
    "recovery_mechanism": (("user_pool", "AccountRecoverySetting", "RecoveryMechanisms"),),
    "from_email_address": (("user_pool", "EmailConfiguration", "From"),),
    "scope": (("resource_servers", NAME, "Scopes"),),
    "asset": (("clients", NAME, "branding", "Assets"),),
    "role_mapping": (("roles", "RoleMappings"),),
    "mapping_rule": (("roles", "RoleMappings", NAME, "RulesConfiguration", "Rules"),),
}
"""Where the member is that a foreign name means; several where it depends on the object."""

FOREIGN_ADVICE: Mapping[str, str] = {
    "EnabledMfas": (
        "Write a block for each factor in mfa: SmsMfaConfiguration, SoftwareTokenMfaConfiguration, "
        "EmailMfaConfiguration."
    ),
}
"""What to do instead, where no single member has the meaning."""

_EXPORT = "To make a manifest of a live pool, run `poolctl export --pool ID`."


def _pasted(what: str) -> str:
    return f"This looks like {what}, not a manifest. {_EXPORT}"


FOREIGN_FILES: Mapping[str, str] = {
    **dict.fromkeys(
        ("AWSTemplateFormatVersion", "Resources", "Parameters", "Outputs"), _pasted("a CloudFormation template")
    ),
    "UserPool": _pasted("the answer of `aws cognito-idp describe-user-pool`"),
    "UserPoolClient": _pasted("the answer of `aws cognito-idp describe-user-pool-client`"),
    "resource": _pasted("a Terraform configuration"),
    **dict.fromkeys(("terraform_version", "lineage"), _pasted("a Terraform state")),
    "planned_values": _pasted("a Terraform plan"),
}
"""Keys on the first level of other files, with what that file is."""

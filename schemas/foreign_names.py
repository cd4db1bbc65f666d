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

_NAMES: tuple[Steps, ...] = (
    ("user_pool", "PoolName"),
    ("clients", NAME, "ClientName"),
    ("groups", NAME, "GroupName"),
    ("identity_providers", NAME, "ProviderName"),
)
"""The names of objects, each of which has a member of its own."""

FOREIGN_NAMES: Mapping[str, tuple[Steps, ...]] = {
    # CloudFormation flattens MFA into AWS::Cognito::UserPool
    "UserPoolName": (("user_pool", "PoolName"),),
    "EmailAuthenticationMessage": ((_MFA, "EmailMfaConfiguration", "Message"),),
    "EmailAuthenticationSubject": ((_MFA, "EmailMfaConfiguration", "Subject"),),
    "WebAuthnRelyingPartyID": ((_MFA, "WebAuthnConfiguration", "RelyingPartyId"),),
    "WebAuthnUserVerification": ((_MFA, "WebAuthnConfiguration", "UserVerification"),),
    "WebAuthnFactorConfiguration": ((_MFA, "WebAuthnConfiguration", "FactorConfiguration"),),
    # CloudFormation and Terraform name objects in one way
    "Name": _NAMES,
    # Terraform, where the attribute is not the member in snake_case
    "name": _NAMES,
    "tags": (("user_pool", "UserPoolTags"), ("identity_pool", "IdentityPoolTags")),
    "recovery_mechanism": (("user_pool", "AccountRecoverySetting", "RecoveryMechanisms"),),
    "from_email_address": (("user_pool", "EmailConfiguration", "From"),),
    "scope": (("resource_servers", NAME, "Scopes"),),
    "asset": (("clients", NAME, "branding", "Assets"),),
    "role_mapping": (("roles", "RoleMappings"),),
    "user_pool_client": (("clients",),),
    "user_pool_clients": (("clients",),),
    "user_pool_domain": (("domains",),),
    "mapping_rule": (("roles", "RoleMappings", NAME, "RulesConfiguration", "Rules"),),
}
"""Where the member is that a foreign name means; several where it depends on the object."""

FOREIGN_ADVICE: Mapping[str, str] = {
    "EnabledMfas": (
        "Write a block for each factor in mfa: SmsMfaConfiguration, SoftwareTokenMfaConfiguration, "
        "EmailMfaConfiguration."
    ),
    "UserPoolId": "Write it as id, on the first level of the document.",
    "IdentityPoolId": "Write it as id, on the first level of a document with kind: IdentityPool.",
    "Description": "Use a comment: only groups have a Description.",
    "resources": "Write each object in its own section; `poolctl explain` lists the sections.",
}
"""What to do instead, where no single member has the meaning."""

FOREIGN_RESOURCE: Mapping[str, str] = dict.fromkeys(
    ("Type", "Properties"), "This looks like a CloudFormation resource: write only what is below Properties."
)
"""Keys around the members of a pasted resource."""

TERRAFORM_TYPE = "aws_cognito_"
"""Prefix of Terraform's types of resources."""

_EXPORT = "To make a manifest of a live pool, run `poolctl export --pool ID`."


_IMPORT = "To make manifests of what a state owns, run `poolctl import --from terraform FILE --to DIR`."


def _pasted(what: str, advice: str = _EXPORT) -> tuple[str, str]:
    return f"this looks like {what}, not a manifest.", advice


def _answer(operation: str) -> tuple[str, str]:
    return _pasted(f"the answer of `aws {operation}`")


TERRAFORM_RESOURCE = _pasted("a Terraform resource")
"""What a file with a key of that prefix is, and what to do."""

FOREIGN_FILES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("AWSTemplateFormatVersion", "Resources", "Parameters", "Outputs"), _pasted("a CloudFormation template")
    ),
    "UserPool": _answer("cognito-idp describe-user-pool"),
    "UserPools": _answer("cognito-idp list-user-pools"),
    "UserPoolClient": _answer("cognito-idp describe-user-pool-client"),
    "UserPoolClients": _answer("cognito-idp list-user-pool-clients"),
    "IdentityPools": _answer("cognito-identity list-identity-pools"),
    "resource": _pasted("a Terraform configuration"),
    **dict.fromkeys(("terraform_version", "lineage"), _pasted("a Terraform state", _IMPORT)),
    "planned_values": _pasted("a Terraform plan", _IMPORT),
}
"""Keys on the first level of other files, with what that file is and what to do."""

FOREIGN_ANSWERS: Mapping[str, tuple[str, str]] = {
    "IdentityPoolId": _answer("cognito-identity describe-identity-pool"),
}
"""Keys that mean this only in a file without `version`, because an author may also write them in a manifest."""

"""Terraform's resources for Cognito: where each belongs, and the attributes that no rule leads to a member.

This is the only table of Terraform's names. Of the 222 attributes of provider 6.66.0 that set a member, 206 are the
API's names in snake_case, so `foreign_members` finds them, and finds those of later providers; a test holds the table
against the provider's list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.importing.foreign_members import ForeignNames

EVERYWHERE = frozenset({"id", "region"})
"""Attributes that say which object it is, and where."""


@dataclass(frozen=True)
class TerraformResource:
    """One type of resource that becomes an object of a manifest."""

    names: ForeignNames
    """Its section, and the attributes that need a word."""
    pool: str = "user_pool_id"
    """Attribute with the id of the pool, or an ARN that ends with it."""
    identifier: str = ""
    """Attribute with its own identifier; empty for an object of which the pool or client has one."""
    client: str = ""
    """Attribute with the id of the client that it belongs to."""
    whole_pool: tuple[str, ...] = ()
    """Values of `client` that mean the whole pool, besides none."""
    in_client: str = ""
    """Section where `client` names one; empty if the section itself is inside of a client."""
    named: str = ""
    """Attribute with its name, if that is not the identifier."""
    secrets: frozenset[str] = frozenset()
    """Attributes that are secrets, and maps that hold some."""


def _names(
    section: str,
    places: str = "",
    *,
    renamed: Mapping[str, str] | None = None,
    keys: str = "",
    ignored: str = "",
    zero_is_unset: str = "",
    empty_is_set: str = "",
    own_keys: str = "",
) -> ForeignNames:
    """Return what needs a word in a resource; attributes are separated by spaces.

    Args:
        section: Its section.
        places: Attributes that say which object it is.
        renamed: As in `ForeignNames`, like the rest.
        keys: As there.
        ignored: As there, without `places`.
        zero_is_unset: As there.
        empty_is_set: As there.
        own_keys: As there.
    """
    sets = (keys, f"{ignored} {places}", zero_is_unset, empty_is_set, own_keys)
    key, none, zero, empty, own = (frozenset(text.split()) for text in sets)
    return ForeignNames(section, renamed or {}, key, EVERYWHERE | none, zero, empty, own)


_VALIDITIES = "access_token_validity id_token_validity refresh_token_validity auth_session_validity"

_TAGS_OF_ALL = "tags_all"
"""`tags` and the default_tags of the provider's configuration, which are of no resource."""

RESOURCES: Mapping[str, TerraformResource] = {
    "aws_cognito_user_pool": TerraformResource(
        _names(
            "user_pool",
            renamed={
                "name": "PoolName",
                "tags": "UserPoolTags",
                "account_recovery_setting.recovery_mechanism": "RecoveryMechanisms",
                "email_configuration.from_email_address": "From",
                "password_policy": "Policies.PasswordPolicy",
                "sign_in_policy": "Policies.SignInPolicy",
                "mfa_configuration": "mfa:MfaConfiguration",
                "software_token_mfa_configuration": "mfa:SoftwareTokenMfaConfiguration",
                "email_mfa_configuration": "mfa:EmailMfaConfiguration",
                "web_authn_configuration": "mfa:WebAuthnConfiguration",
            },
            ignored="arn creation_date custom_domain domain endpoint estimated_number_of_users last_modified_date "
            f"{_TAGS_OF_ALL}",
            zero_is_unset="password_policy.temporary_password_validity_days",
            empty_is_set="auto_verified_attributes email_mfa_configuration",
            own_keys="tags",
        ),
        pool="id",
    ),
    "aws_cognito_user_pool_client": TerraformResource(
        _names("clients", "user_pool_id name", ignored="client_secret", zero_is_unset=_VALIDITIES),
        identifier="id",
        named="name",
        secrets=frozenset({"client_secret"}),
    ),
    "aws_cognito_user_pool_domain": TerraformResource(
        _names(
            "domains",
            "user_pool_id domain",
            renamed={"certificate_arn": "CustomDomainConfig.CertificateArn"},
            ignored="aws_account_id cloudfront_distribution cloudfront_distribution_arn "
            "cloudfront_distribution_zone_id s3_bucket version",
        ),
        identifier="domain",
    ),
    "aws_cognito_user_group": TerraformResource(_names("groups", "user_pool_id name"), identifier="name"),
    "aws_cognito_resource_server": TerraformResource(
        _names("resource_servers", "user_pool_id identifier", renamed={"scope": "Scopes"}, ignored="scope_identifiers"),
        identifier="identifier",
    ),
    "aws_cognito_identity_provider": TerraformResource(
        _names("identity_providers", "user_pool_id provider_name"),
        identifier="provider_name",
        secrets=frozenset({"provider_details"}),
    ),
    "aws_cognito_risk_configuration": TerraformResource(
        _names("risk_configuration", "user_pool_id client_id"),
        client="client_id",
        whole_pool=("ALL",),
        in_client="clients.risk_configuration",
    ),
    "aws_cognito_user_pool_ui_customization": TerraformResource(
        _names(
            "ui_customization",
            "user_pool_id client_id",
            ignored="creation_date css_version image_url last_modified_date image_file",
        ),
        client="client_id",
        whole_pool=("ALL",),
        in_client="clients.ui_customization",
    ),
    "aws_cognito_managed_login_branding": TerraformResource(
        _names(
            "clients.branding",
            "user_pool_id client_id managed_login_branding_id",
            renamed={"asset": "Assets"},
            ignored="settings_all",
        ),
        client="client_id",
        identifier="managed_login_branding_id",
    ),
    "aws_cognito_log_delivery_configuration": TerraformResource(_names("log_delivery", "user_pool_id")),
    "aws_cognito_user_pool_replica": TerraformResource(
        _names(
            "replicas",
            "user_pool_id region_name",
            renamed={"tags": "UserPoolTags"},
            ignored=f"role user_pool_arn {_TAGS_OF_ALL}",
            own_keys="tags",
        ),
        identifier="region_name",
    ),
    "aws_wafv2_web_acl_association": TerraformResource(
        _names("web_acl", "resource_arn", ignored="timeouts"), pool="resource_arn"
    ),
    "aws_cognito_identity_pool": TerraformResource(
        _names("identity_pool", renamed={"tags": "IdentityPoolTags"}, ignored=f"arn {_TAGS_OF_ALL}", own_keys="tags"),
        pool="id",
    ),
    "aws_cognito_identity_pool_roles_attachment": TerraformResource(
        _names(
            "roles",
            "identity_pool_id",
            renamed={"role_mapping": "RoleMappings", "role_mapping.mapping_rule": "RulesConfiguration.Rules"},
            keys="role_mapping.identity_provider",
        ),
        pool="identity_pool_id",
    ),
    "aws_cognito_identity_pool_provider_principal_tag": TerraformResource(
        _names("principal_tags", "identity_pool_id identity_provider_name"),
        pool="identity_pool_id",
        identifier="identity_provider_name",
    ),
}
"""By type of resource."""

PEOPLE: Mapping[str, str] = {
    "aws_cognito_user": "is a user: users are not converted, and what the state holds of it is not read.",
    "aws_cognito_user_in_group": "is a membership of a user, and users are not converted.",
}
"""Types of resources that are people, and why they are left out."""

MANAGED_CLIENT = "aws_cognito_managed_user_pool_client"
MADE_BY_AWS = (
    "is a client that another AWS service made and may change. Letting go of it in Terraform only forgets it. To "
    "manage it, declare it in clients by its ClientId."
)
"""The resource that changes a client of another service, and why that is not converted."""

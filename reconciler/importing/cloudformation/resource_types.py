"""CloudFormation's types for Cognito, and where their properties belong in a manifest.

Properties have the names of the API, so one table of exceptions is enough: what is renamed, what belongs to another
section, and what has no member. Everything else is looked up by its name in the input of the operation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PREFIX = "AWS::Cognito::"

IDP = "cognito-idp"
IDENTITY = "cognito-identity"

ALL_CLIENTS = "ALL"
"""As ClientId: the setting is of the whole pool."""

MFA = "mfa"

MFA_OPERATION = (IDP, "SetUserPoolMfaConfig")
"""What takes the members of that section, which CloudFormation has in a pool."""

POOL_PROPERTY = "UserPool"
"""The property of SAM's events that names a pool."""

POOL_TYPE = f"{PREFIX}UserPool"

REGIONAL = "UserPoolRegionalConfigurationAttachment"
"""The type whose object is called like the Region of its stack."""

FACTORS: Mapping[str, tuple[str, object]] = {
    "SMS_MFA": ("SmsMfaConfiguration", {}),
    "SOFTWARE_TOKEN_MFA": ("SoftwareTokenMfaConfiguration", {"Enabled": True}),
    "EMAIL_OTP": ("EmailMfaConfiguration", {}),
}
"""What an item of EnabledMfas means: the member of `mfa` whose presence enables the factor."""

MIRRORS: Mapping[str, str] = {
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
    "SmsVerificationMessage": "SmsMessage",
}
"""Properties of a pool that are one setting with a member of VerificationMessageTemplate; the CDK writes both."""

_SYNC = "is a setting of Cognito Sync, which poolctl does not manage. Live, it stays as it is."


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One type of CloudFormation."""

    section: str
    """The kind that its objects are of; of a setting that a pool or a client may have, that of the pool."""
    operations: tuple[tuple[str, str], ...]
    """Services and operations whose inputs have its properties; the first that has one counts."""
    ids: tuple[str, ...] = ()
    """What the physical id is: identifiers of the API, with `|` between several; empty if it is none of them."""
    key: str = ""
    """The property that names an object within its section."""
    is_name: bool = False
    """Whether the physical id is that property, so that a template that writes it has the id."""
    parent: str = "UserPoolId"
    """The property that says which pool an object belongs to; empty for a pool."""
    of_client: bool = False
    """Whether the property ClientId says which client an object belongs to."""
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Property → section and path of its member, where that is another one."""
    aside: Mapping[str, str] = field(default_factory=dict)
    """Property → why it becomes no member."""

    @property
    def is_client(self) -> bool:
        """Whether its objects are clients."""
        return self.section == "clients"

    @property
    def client_section(self) -> str:
        """The kind of its objects that belong to a client."""
        return self.section if self.section.startswith("clients.") else f"clients.{self.section}"

    @property
    def places(self) -> frozenset[str]:
        """Properties that say where an object belongs, and what it is called."""
        return frozenset({self.parent, self.key, "ClientId" if self.of_client else ""} - {""})


def _idp(*operations: str) -> tuple[tuple[str, str], ...]:
    return tuple((IDP, operation) for operation in operations)


ROWS: Mapping[str, TypeRow] = {
    "UserPool": TypeRow(
        "user_pool",
        _idp("CreateUserPool"),
        ("UserPoolId",),
        parent="",
        moved={
            "UserPoolName": ("user_pool", "PoolName"),
            "MfaConfiguration": (MFA, "MfaConfiguration"),
            "EnabledMfas": (MFA,),
            "EmailAuthenticationMessage": (MFA, "EmailMfaConfiguration", "Message"),
            "EmailAuthenticationSubject": (MFA, "EmailMfaConfiguration", "Subject"),
            "WebAuthnRelyingPartyID": (MFA, "WebAuthnConfiguration", "RelyingPartyId"),
            "WebAuthnUserVerification": (MFA, "WebAuthnConfiguration", "UserVerification"),
            "WebAuthnFactorConfiguration": (MFA, "WebAuthnConfiguration", "FactorConfiguration"),
        },
    ),
    "UserPoolClient": TypeRow("clients", _idp("CreateUserPoolClient"), ("ClientId",), key="ClientName"),
    "UserPoolDomain": TypeRow("domains", _idp("CreateUserPoolDomain"), ("Domain",), key="Domain", is_name=True),
    "UserPoolGroup": TypeRow("groups", _idp("CreateGroup"), ("GroupName",), key="GroupName", is_name=True),
    "UserPoolIdentityProvider": TypeRow(
        "identity_providers",
        _idp("CreateIdentityProvider"),
        ("ProviderName",),
        key="ProviderName",
        is_name=True,
    ),
    "UserPoolResourceServer": TypeRow(
        "resource_servers", _idp("CreateResourceServer"), ("Identifier",), key="Identifier", is_name=True
    ),
    "UserPoolRiskConfigurationAttachment": TypeRow(
        "risk_configuration", _idp("SetRiskConfiguration"), ("UserPoolId", "ClientId"), of_client=True
    ),
    "UserPoolUICustomizationAttachment": TypeRow(
        "ui_customization", _idp("SetUICustomization"), ("UserPoolId", "ClientId"), of_client=True
    ),
    "LogDeliveryConfiguration": TypeRow("log_delivery", _idp("SetLogDeliveryConfiguration"), ("UserPoolId",)),
    "ManagedLoginBranding": TypeRow(
        "clients.branding",
        _idp("CreateManagedLoginBranding"),
        ("UserPoolId", "ManagedLoginBrandingId"),
        of_client=True,
        aside={"ReturnMergedResources": "says how CloudFormation reads the branding, and is no setting of it."},
    ),
    "Terms": TypeRow("clients.terms", _idp("CreateTerms"), ("UserPoolId", "TermsId"), key="TermsName", of_client=True),
    "UserPoolReplica": TypeRow(
        "replicas",
        _idp("CreateUserPoolReplica"),
        ("UserPoolId", "RegionName"),
        key="RegionName",
        moved={"UserPoolTagsAtCreate": ("replicas", "UserPoolTags")},
    ),
    REGIONAL: TypeRow("replicas", _idp("UpdateUserPool", "UpdateUserPoolReplica"), ("UserPoolId",)),
    "IdentityPool": TypeRow(
        "identity_pool",
        ((IDENTITY, "CreateIdentityPool"),),
        ("IdentityPoolId",),
        parent="",
        aside=dict.fromkeys(("CognitoEvents", "CognitoStreams", "PushSync"), _SYNC),
    ),
    "IdentityPoolRoleAttachment": TypeRow("roles", ((IDENTITY, "SetIdentityPoolRoles"),), parent="IdentityPoolId"),
    "IdentityPoolPrincipalTag": TypeRow(
        "principal_tags",
        ((IDENTITY, "SetPrincipalTagAttributeMap"),),
        ("IdentityPoolId", "IdentityProviderName"),
        key="IdentityProviderName",
        parent="IdentityPoolId",
    ),
}
"""Types by their name after `AWS::Cognito::`."""

PEOPLE: Mapping[str, str] = {
    "UserPoolUser": "is a user, and people are no configuration. CloudFormation goes on to manage it until you let go.",
    "UserPoolUserToGroupAttachment": "is a membership of a user, and people are no configuration.",
}
"""Types of which nothing becomes part of a manifest."""


ATTRIBUTES: Mapping[tuple[str, str], str] = {
    ("UserPool", "UserPoolId"): "{id}",
    ("UserPool", "ProviderName"): "cognito-idp.{region}.{url_suffix}/{id}",
    ("UserPool", "ProviderURL"): "https://cognito-idp.{region}.{url_suffix}/{id}",
    ("UserPoolClient", "ClientId"): "{id}",
    ("IdentityPool", "Id"): "{id}",
    ("ManagedLoginBranding", "ManagedLoginBrandingId"): "{last}",
    ("Terms", "TermsId"): "{last}",
}
"""Attributes of Cognito's types that follow from the physical id; `last` is what follows the last `|` in it."""

NAMES: Mapping[tuple[str, str], str] = {
    ("UserPoolClient", "Name"): "ClientName",
    ("IdentityPool", "Name"): "IdentityPoolName",
}
"""Attributes of Cognito's types that are a property, if the template writes it."""


def short(type_: str) -> str:
    """Return a type of Cognito without its prefix, or an empty text for another service's."""
    return type_.removeprefix(PREFIX) if type_.startswith(PREFIX) else ""

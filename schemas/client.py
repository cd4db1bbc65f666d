"""App clients: what CreateUserPoolClient and UpdateUserPoolClient take (cognito.md 2.3), and what belongs to one.

Objects that belong to one client are separate objects in the API, and are nested inside the client in a manifest.
These members are ours, hence their spelling; none of them is sent with the client.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    OAUTH_FLOWS,
    PRINTABLE,
    ApiModel,
    Arn,
    Becomes,
    Bound,
    ByItem,
    ClearWith,
    CreateOnly,
    Default,
    Deprecated,
    KeyName,
    LeftOut,
    Name,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Pin,
    Resettable,
    Scope,
    Sensitive,
    Since,
    String,
    Tier,
    Unordered,
)
from schemas.base import RoleArn as RoleArnType
from schemas.cimd_policy import CIMDPolicy, PolicyLabel
from schemas.client_secret import ClientSecrets
from schemas.identity_provider import ProviderLabel
from schemas.limits import Field, StringConstraints
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.risk_configuration import RiskConfiguration
from schemas.session_configuration import ClientSessionConfiguration
from schemas.terms import Terms, TermsLabel
from schemas.ui_customization import UICustomization

HEXADECIMAL = Pattern(r"^[0-9a-fA-F]+$", "is not hexadecimal", "Use the digits 0 to 9 and a to f.")
WORD_OR_PLUS = Pattern(r"^[\w+]+$", FORBIDDEN, "Use letters, digits, _ and +")

Url = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=PRINTABLE)]
Urls = Annotated[list[Url], Field(max_length=100), Unordered(), ByItem(), OnUpdate("unmeasured")]
Attributes = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=2048)]], Unordered(), OnUpdate("unmeasured")
]
TimeUnit = OneOf(("seconds", "minutes", "hours", "days"))
FLOWS = OneOf(
    (
        "ADMIN_NO_SRP_AUTH",
        "CUSTOM_AUTH_FLOW_ONLY",
        "USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH",
        "ALLOW_TOKEN_EXCHANGE_DELEGATION",
        "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
        "ALLOW_CLIENT_TOKEN_AUTH",  # in the text of the service model only (cognito.md 2.3)
    )
)
ONE_SECRET = CreateOnly(
    "Whether a client has a secret is fixed when it is created. Create a second client, move the applications to it, "
    "and remove this one."
)
KEEPS_VALIDITY = NotRemovable(
    "Cognito keeps it once it is set. Write 1 and TokenValidityUnits hours, the default of a new client."
)


class TokenValidityUnitsType(ApiModel):
    """Units of the token validities."""

    AccessToken: Annotated[str, TimeUnit, Default("hours"), OnUpdate("unmeasured")] | None = None
    """The unit of AccessTokenValidity."""
    IdToken: Annotated[str, TimeUnit, Default("hours"), OnUpdate("unmeasured")] | None = None
    """The unit of IdTokenValidity."""
    RefreshToken: Annotated[str, TimeUnit, Default("days"), OnUpdate("unmeasured")] | None = None
    """The unit of RefreshTokenValidity."""


class AnalyticsConfigurationType(ApiModel):
    """Analytics with Amazon Pinpoint."""

    ApplicationId: (
        Annotated[str, StringConstraints(pattern=HEXADECIMAL), Bound(), Note("Requires RoleArn and ExternalId.")] | None
    ) = None
    """Id of the project."""
    ApplicationArn: Annotated[Arn, Note("Cannot be combined with ApplicationId, RoleArn and ExternalId.")] | None = None
    """ARN of the project."""
    RoleArn: RoleArnType | None = None
    """The role that Cognito assumes to send analytics."""
    ExternalId: String | None = None
    """The external id that the role's trust policy requires."""
    UserDataShared: Annotated[bool, ClearWith(False)] | None = None
    """Whether user data is included. Default: false."""


class RefreshTokenRotationType(ApiModel):
    """Refresh token rotation: a new refresh token with every use."""

    Feature: (
        Annotated[
            str,
            OneOf(("ENABLED", "DISABLED")),
            Default("DISABLED"),
            Note("ENABLED cannot be combined with ALLOW_REFRESH_TOKEN_AUTH."),
        ]
        | None
    ) = None
    """Whether refresh tokens rotate."""
    RetryGracePeriodSeconds: Annotated[int, Field(ge=0, le=60), ClearWith(0)] | None = None
    """Seconds for which the old token is still accepted. Default: 0."""


class Client(ApiModel):
    """An application that signs users in, or requests tokens for itself."""

    INPUTS = (("cognito-idp", "CreateUserPoolClient"), ("cognito-idp", "UpdateUserPoolClient"))

    REFERABLE: ClassVar[Mapping[str, str]] = {"ClientSecretArn": "PublishSecretsInAWSSecretsManager"}

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside clients"),
        **dict.fromkeys(("ClientType", "ClientSecretArn", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    ClientId: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=WORD_OR_PLUS), Pin()] | None = None
    """Id of the live client, assigned by Cognito; selects a client if its name is not unique."""
    ClientName: (
        Annotated[
            Name, KeyName(renameable=True), OnUpdate("kept"), NotRemovable("A client must have a name; write one.")
        ]
        | None
    ) = None
    """Name of the client, if it is not the key; can be changed, and does not have to be unique."""
    GenerateSecret: Annotated[bool, Default(False), ONE_SECRET] | None = None
    """Whether Cognito generates a secret for it."""
    ClientSecret: (
        Annotated[
            str,
            StringConstraints(min_length=24, max_length=64, pattern=WORD_OR_PLUS),
            Sensitive(),
            Since(2026),
            CreateOnly(
                "`poolctl rotate-secret` makes a new secret: let ClientSecret name the place that its --to hands it "
                "over to, or remove ClientSecret."
            ),
            Note("Cannot be combined with GenerateSecret: true."),
        ]
        | None
    ) = None
    """A custom client secret."""
    RefreshTokenValidity: (
        Annotated[
            int,
            Field(ge=0, le=315_360_000),
            Becomes(0, 30),
            Default(30),
            OnUpdate("kept"),
            Note("1 hour to 10 years; Cognito turns 0 into 30."),
        ]
        | None
    ) = None
    """Validity of refresh tokens, in the unit of TokenValidityUnits.RefreshToken (days)."""
    AccessTokenValidity: (
        Annotated[
            int,
            Field(ge=1, le=86_400),
            OnUpdate("kept"),
            KEEPS_VALIDITY,
            Note("5 minutes to 1 day, and not longer than the refresh token. Default: 1 hour."),
        ]
        | None
    ) = None
    """Validity of access tokens, in the unit of TokenValidityUnits.AccessToken (hours)."""
    IdTokenValidity: (
        Annotated[
            int,
            Field(ge=1, le=86_400),
            OnUpdate("kept"),
            KEEPS_VALIDITY,
            Note("5 minutes to 1 day, and not longer than the refresh token. Default: 1 hour."),
        ]
        | None
    ) = None
    """Validity of ID tokens, in the unit of TokenValidityUnits.IdToken (hours)."""
    TokenValidityUnits: Annotated[TokenValidityUnitsType, Default({}), OnUpdate("unmeasured")] | None = None
    """Units of the token validities."""
    ReadAttributes: (
        Annotated[
            Attributes,
            ByItem(unset="all standard attributes"),
            Note("An empty list is the same as none; custom attributes must be listed."),
        ]
        | None
    ) = None
    """Attributes that it can read. Default: the standard attributes."""
    WriteAttributes: (
        Annotated[
            Attributes,
            ByItem(unset="all mutable standard attributes"),
            Note("Must contain all required attributes and all that an identity provider fills in."),
        ]
        | None
    ) = None
    """Attributes that it can write. Default: the mutable standard attributes."""
    ExplicitAuthFlows: (
        Annotated[
            list[Annotated[str, FLOWS]],
            Unordered(),
            ByItem(unset="SRP, custom challenge and refresh token"),
            OnUpdate("unmeasured"),
            Note(
                "An empty list is the same as none; [ALLOW_REFRESH_TOKEN_AUTH] disables direct sign-in. "
                "ALLOW_USER_AUTH needs the plan ESSENTIALS."
            ),
        ]
        | None
    ) = None
    """Sign-in flows of the API. Default: SRP, custom challenge and refresh token."""
    SupportedIdentityProviders: Annotated[list[ProviderLabel], Unordered(), ByItem(), OnUpdate("unmeasured")] | None = (
        None
    )
    """Identity providers for its users: COGNITO and names of identity providers."""
    CallbackURLs: Urls | None = None
    """Allowed redirect URLs after sign-in."""
    LogoutURLs: Urls | None = None
    """Allowed redirect URLs after sign-out."""
    DefaultRedirectURI: Annotated[Url, OnUpdate("unmeasured"), Note("Must be among CallbackURLs.")] | None = None
    """Redirect URL if the request has none."""
    AllowedOAuthFlows: (
        Annotated[
            list[Annotated[str, OAUTH_FLOWS]],
            Field(max_length=3),
            Unordered(),
            OnUpdate("unmeasured"),
            Note("client_credentials cannot be combined with other flows."),
        ]
        | None
    ) = None
    """OAuth flows that it can use."""
    AllowedOAuthScopes: (
        Annotated[list[Scope], Field(max_length=50), Unordered(), ByItem(), OnUpdate("unmeasured")] | None
    ) = None
    """Scopes that it can request: openid, email, phone, profile, and `<resource server>/<scope>`."""
    AllowedOAuthFlowsUserPoolClient: Annotated[bool, Default(False), OnUpdate("unmeasured")] | None = None
    """Whether it can use OAuth; if false, all other OAuth settings have no effect."""
    AnalyticsConfiguration: Annotated[AnalyticsConfigurationType, Deprecated(), OnUpdate("reset")] | None = None
    """Analytics with Amazon Pinpoint, whose support has ended."""
    PreventUserExistenceErrors: (
        Annotated[
            str,
            OneOf(("LEGACY", "ENABLED")),
            Default("LEGACY"),
            OnUpdate("unmeasured"),
            Note("LEGACY reveals to anyone whether a user exists."),
        ]
        | None
    ) = None
    """Whether error messages hide that a user does not exist."""
    EnableTokenRevocation: (
        Annotated[bool, Default(True), OnUpdate("kept"), Note("Clients created before mid-2021 have false.")] | None
    ) = None
    """Whether tokens can be revoked."""
    EnablePropagateAdditionalUserContextData: (
        Annotated[bool, Default(False), OnUpdate("unmeasured"), Note("Requires a client secret.")] | None
    ) = None
    """Whether the user's IP address in its requests is trusted."""
    AuthSessionValidity: Annotated[int, Field(ge=3, le=15), Default(3), OnUpdate("kept")] | None = None
    """Minutes within which a sign-in must be completed."""
    RefreshTokenRotation: Annotated[RefreshTokenRotationType, Tier("ESSENTIALS"), OnUpdate("unmeasured")] | None = None
    """Refresh token rotation: a new refresh token with every use."""
    PublishSecretsInAWSSecretsManager: (
        Annotated[
            bool,
            Default(False),
            Since(2026),
            OnUpdate("kept"),
            Note(
                "Only with GenerateSecret: true. The secret is rotated at once and then every 7 days; setting it to "
                "false deletes it from Secrets Manager for good."
            ),
        ]
        | None
    ) = None
    """Whether the secret is stored and rotated in AWS Secrets Manager."""

    branding: Annotated[ManagedLoginBranding | None, Resettable()] = None
    """Branding of managed login."""
    terms: dict[TermsLabel, Terms] | None = None
    """Terms of use and privacy policy, by TermsName."""
    risk_configuration: Annotated[RiskConfiguration | None, Resettable()] = None
    """Threat protection of this client; replaces the pool's as a whole."""
    ui_customization: Annotated[UICustomization | None, Resettable()] = None
    """The style of the classic sign-in pages, if it differs from that of all clients."""
    session: Annotated[ClientSessionConfiguration | None, Resettable()] = None
    """Session settings of its users."""
    secrets: ClientSecrets | None = None
    """Expectations of its secrets; never sent to Cognito."""
    cimd_policies: dict[PolicyLabel, CIMDPolicy] | None = None
    """URLs from which it accepts metadata documents, by PolicyName, or by any key if the policy sets PolicyName."""

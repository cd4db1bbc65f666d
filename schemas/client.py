"""App clients: what CreateUserPoolClient and UpdateUserPoolClient take (cognito.md 2.3), and what belongs to one.

What belongs to one client is an object of its own in the API, and is written inside the client in a manifest. Such
members are ours, hence their spelling; none of them is sent with the client.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    OAUTH_FLOWS,
    PRINTABLE,
    ApiModel,
    Arn,
    ClearWith,
    CreateOnly,
    Default,
    Deprecated,
    KeyName,
    Name,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Pin,
    Scope,
    Sensitive,
    Since,
    String,
    Tier,
    Unordered,
)
from schemas.cimd_policy import CIMDPolicy, PolicyLabel
from schemas.client_secret import ClientSecrets
from schemas.identity_provider import ProviderLabel
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.risk_configuration import RiskConfiguration
from schemas.session_configuration import ClientSessionConfiguration
from schemas.terms import Terms, TermsLabel
from schemas.ui_customization import UICustomization

HEXADECIMAL = Pattern(r"^[0-9a-fA-F]+$", "is not hexadecimal", "Use the digits 0 to 9 and a to f.")
WORD_OR_PLUS = Pattern(r"^[\w+]+$", FORBIDDEN, "Use letters, digits, _ and +")

Url = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=PRINTABLE)]
Urls = Annotated[list[Url], Field(max_length=100), Unordered(), OnUpdate("unmeasured")]
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
    )
)
ONE_SECRET = CreateOnly(
    "Whether a client has a secret is decided when it is made. Make a second client, move the applications to it, and "
    "remove this one."
)
KEEPS_VALIDITY = NotRemovable(
    "Cognito keeps it once it is there. Write 1 and TokenValidityUnits hours, which is what a new client has."
)


class TokenValidityUnitsType(ApiModel):
    """What the validities of tokens are counted in."""

    AccessToken: Annotated[str, TimeUnit, Default("hours"), OnUpdate("unmeasured")] | None = None
    """The unit of AccessTokenValidity."""
    IdToken: Annotated[str, TimeUnit, Default("hours"), OnUpdate("unmeasured")] | None = None
    """The unit of IdTokenValidity."""
    RefreshToken: Annotated[str, TimeUnit, Default("days"), OnUpdate("unmeasured")] | None = None
    """The unit of RefreshTokenValidity."""


class AnalyticsConfigurationType(ApiModel):
    """Reports to Amazon Pinpoint."""

    ApplicationId: (
        Annotated[str, StringConstraints(pattern=HEXADECIMAL), Note("With RoleArn and ExternalId.")] | None
    ) = None
    """The project, by its id."""
    ApplicationArn: Annotated[Arn, Note("Excludes ApplicationId, RoleArn and ExternalId.")] | None = None
    """The project, by its ARN."""
    RoleArn: Arn | None = None
    """The role that Cognito takes to report."""
    ExternalId: String | None = None
    """The external id that the role's trust policy asks for."""
    UserDataShared: Annotated[bool, ClearWith(False)] | None = None
    """Whether data of users is reported too; false unless said."""


class RefreshTokenRotationType(ApiModel):
    """A new refresh token with every use."""

    Feature: (
        Annotated[
            str, OneOf(("ENABLED", "DISABLED")), Default("DISABLED"), Note("ENABLED excludes ALLOW_REFRESH_TOKEN_AUTH.")
        ]
        | None
    ) = None
    """Whether refresh tokens rotate."""
    RetryGracePeriodSeconds: Annotated[int, Field(ge=0, le=60), ClearWith(0)] | None = None
    """Seconds for which the old token is still taken; 0 unless said."""


class Client(ApiModel):
    """An application that signs users in, or that asks for tokens itself."""

    INPUTS = (("cognito-idp", "CreateUserPoolClient"), ("cognito-idp", "UpdateUserPoolClient"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside clients",
        **dict.fromkeys(("ClientType", "ClientSecretArn", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    ClientId: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=WORD_OR_PLUS), Pin()] | None = None
    """Says which live client is meant, where its name is not unique; Cognito makes it."""
    ClientName: (
        Annotated[Name, KeyName(renameable=True), OnUpdate("kept"), NotRemovable("A client must have a name.")] | None
    ) = None
    """Its name, where it is not the key; it can be changed, and need not be unique."""
    GenerateSecret: Annotated[bool, Default(False), ONE_SECRET] | None = None
    """Whether Cognito makes a secret for it."""
    ClientSecret: (
        Annotated[
            str,
            StringConstraints(min_length=24, max_length=64, pattern=WORD_OR_PLUS),
            Sensitive(),
            Since(2026),
            CreateOnly("Remove ClientSecret, and rotate the secret with AddUserPoolClientSecret."),
            Note("Excludes GenerateSecret: true."),
        ]
        | None
    ) = None
    """A secret of your own choice."""
    RefreshTokenValidity: (
        Annotated[
            int,
            Field(ge=0, le=315_360_000),
            Default(30),
            OnUpdate("kept"),
            Note("1 hour to 10 years; Cognito turns 0 into 30."),
        ]
        | None
    ) = None
    """How long a refresh token is good, in the unit of TokenValidityUnits.RefreshToken (days)."""
    AccessTokenValidity: (
        Annotated[
            int,
            Field(ge=1, le=86_400),
            OnUpdate("kept"),
            KEEPS_VALIDITY,
            Note("5 minutes to 1 day, and not longer than the refresh token; 1 hour unless said."),
        ]
        | None
    ) = None
    """How long an access token is good, in the unit of TokenValidityUnits.AccessToken (hours)."""
    IdTokenValidity: (
        Annotated[
            int,
            Field(ge=1, le=86_400),
            OnUpdate("kept"),
            KEEPS_VALIDITY,
            Note("5 minutes to 1 day, and not longer than the refresh token; 1 hour unless said."),
        ]
        | None
    ) = None
    """How long an ID token is good, in the unit of TokenValidityUnits.IdToken (hours)."""
    TokenValidityUnits: Annotated[TokenValidityUnitsType, Default({}), OnUpdate("unmeasured")] | None = None
    """What the validities of tokens are counted in."""
    ReadAttributes: (
        Annotated[Attributes, Note("An empty list is the same as none; custom attributes must be listed.")] | None
    ) = None
    """Attributes that it can read; the standard ones unless said."""
    WriteAttributes: (
        Annotated[
            Attributes,
            Note("Must hold every required attribute and every one that an identity provider fills."),
        ]
        | None
    ) = None
    """Attributes that it can write; the mutable standard ones unless said."""
    ExplicitAuthFlows: (
        Annotated[
            list[Annotated[str, FLOWS]],
            Unordered(),
            OnUpdate("unmeasured"),
            Note(
                "An empty list is the same as none; [ALLOW_REFRESH_TOKEN_AUTH] closes every direct sign-in. "
                "ALLOW_USER_AUTH needs the plan ESSENTIALS."
            ),
        ]
        | None
    ) = None
    """Ways to sign in through the API; by SRP, custom challenge and refresh token unless said."""
    SupportedIdentityProviders: Annotated[list[ProviderLabel], Unordered(), OnUpdate("unmeasured")] | None = None
    """Who signs its users in: COGNITO and names of identity providers."""
    CallbackURLs: Urls | None = None
    """Where users may be sent after they sign in."""
    LogoutURLs: Urls | None = None
    """Where users may be sent after they sign out."""
    DefaultRedirectURI: Annotated[Url, OnUpdate("unmeasured"), Note("Must be among CallbackURLs.")] | None = None
    """Where users are sent when the request does not say it."""
    AllowedOAuthFlows: (
        Annotated[
            list[Annotated[str, OAUTH_FLOWS]],
            Field(max_length=3),
            Unordered(),
            OnUpdate("unmeasured"),
            Note("client_credentials must be the only flow."),
        ]
        | None
    ) = None
    """OAuth flows that it may use."""
    AllowedOAuthScopes: Annotated[list[Scope], Field(max_length=50), Unordered(), OnUpdate("unmeasured")] | None = None
    """Scopes that it may ask for: openid, email, phone, profile, and `<resource server>/<scope>`."""
    AllowedOAuthFlowsUserPoolClient: Annotated[bool, Default(False), OnUpdate("unmeasured")] | None = None
    """Whether it may use OAuth at all; nothing else about OAuth counts while this is false."""
    AnalyticsConfiguration: Annotated[AnalyticsConfigurationType, Deprecated(), OnUpdate("reset")] | None = None
    """Reports to Amazon Pinpoint, whose support has ended."""
    PreventUserExistenceErrors: (
        Annotated[
            str,
            OneOf(("LEGACY", "ENABLED")),
            Default("LEGACY"),
            OnUpdate("unmeasured"),
            Note("LEGACY lets strangers find out who has an account."),
        ]
        | None
    ) = None
    """Whether answers hide that a user does not exist."""
    EnableTokenRevocation: (
        Annotated[bool, Default(True), OnUpdate("kept"), Note("Clients from before mid-2021 have false.")] | None
    ) = None
    """Whether tokens can be revoked."""
    EnablePropagateAdditionalUserContextData: (
        Annotated[bool, Default(False), OnUpdate("unmeasured"), Note("Needs a client secret.")] | None
    ) = None
    """Whether the address that it names as its user's is believed."""
    AuthSessionValidity: Annotated[int, Field(ge=3, le=15), Default(3), OnUpdate("kept")] | None = None
    """Minutes in which a sign-in must be completed."""
    RefreshTokenRotation: Annotated[RefreshTokenRotationType, Tier("ESSENTIALS"), OnUpdate("unmeasured")] | None = None
    """A new refresh token with every use."""
    PublishSecretsInAWSSecretsManager: (
        Annotated[
            bool,
            Default(False),
            Since(2026),
            OnUpdate("kept"),
            Note(
                "Only with GenerateSecret: true. The secret is rotated at once and then every 7 days; going back to "
                "false deletes it from Secrets Manager for good."
            ),
        ]
        | None
    ) = None
    """Whether the secret is kept and rotated in AWS Secrets Manager."""

    branding: ManagedLoginBranding | None = None
    """The look of managed login."""
    terms: dict[TermsLabel, Terms] | None = None
    """Terms of use and privacy policy, by TermsName."""
    risk_configuration: RiskConfiguration | None = None
    """Threat protection of its own; it replaces the pool's as a whole."""
    ui_customization: UICustomization | None = None
    """The look of the classic sign-in pages, where it differs from that of all clients."""
    session: ClientSessionConfiguration | None = None
    """Sessions of its users."""
    secrets: ClientSecrets | None = None
    """What is expected of its secrets; nothing of it is sent."""
    cimd_policies: dict[PolicyLabel, CIMDPolicy] | None = None
    """From which URLs it takes metadata documents, by PolicyName, or by any word if the policy says its PolicyName."""

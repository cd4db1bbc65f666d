"""Identity providers: what CreateIdentityProvider and UpdateIdentityProvider take (cognito.md 2.6)."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    PRINTABLE_OR_SEPARATOR,
    AcrLevel,
    AcrValue,
    ApiModel,
    ByItem,
    ClearWith,
    CreateOnly,
    Default,
    KeyName,
    LeftOut,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    SecretKeys,
    Shown,
    Since,
    String,
    Text,
    Unordered,
    WriteOnlyKeys,
)
from schemas.limits import Field, StringConstraints

IDP_IDENTIFIER = Pattern(r"^[\w\s+=.@-]+$", FORBIDDEN, "Use letters, digits, spaces and _+=.@-")

ProviderLabel = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=PRINTABLE_OR_SEPARATOR)]
"""A name as UpdateIdentityProvider and clients take it; what a new one must be like is a rule (O9)."""


class IdentityProvider(ApiModel):
    """An external identity provider: SAML, OpenID Connect or social."""

    INPUTS = (("cognito-idp", "CreateIdentityProvider"), ("cognito-idp", "UpdateIdentityProvider"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside identity_providers"),
        "CreationDate": COMPUTED,
        "LastModifiedDate": COMPUTED,
    }

    ProviderName: (
        Annotated[
            ProviderLabel,
            KeyName(renameable=False),
            Note("Social providers are named for their type; others have 3 to 32 characters, no space, no underscore."),
        ]
        | None
    ) = None
    """Its name; the same as the key."""
    ProviderType: (
        Annotated[
            str,
            OneOf(("SAML", "Facebook", "Google", "LoginWithAmazon", "SignInWithApple", "OIDC")),
            CreateOnly("Create a provider with another name, move the clients to it, and remove this one."),
        ]
        | None
    ) = None
    """Type of the provider."""
    ProviderDetails: (
        Annotated[
            dict[String, Annotated[String, Text()]],
            SecretKeys(("client_secret", "private_key")),
            Shown(("ActiveEncryptionCertificate",)),
            WriteOnlyKeys(("private_key",)),
            NotRemovable("A provider cannot exist without its details. Change them key by key."),
            OnUpdate("kept"),
            Note('All values are strings: write "true", not true. Cognito adds keys of its own.'),
        ]
        | None
    ) = None
    """Endpoints and credentials of the provider; the keys depend on the type."""
    AttributeMapping: (
        Annotated[
            dict[Annotated[str, StringConstraints(min_length=1, max_length=32)], String],
            ClearWith({}),
            OnUpdate("kept"),
            Note("Attributes must be mutable, and writable by the clients; map email_verified too."),
        ]
        | None
    ) = None
    """Attributes of the pool, each with the claim of the provider that fills it."""
    IdpIdentifiers: (
        Annotated[
            list[Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=IDP_IDENTIFIER)]],
            Field(max_length=50),
            Unordered(),
            ByItem(),
            Default([]),
            ClearWith([]),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """Alternative names, such as e-mail domains, that route users to it; unique in the pool."""
    AcrMapping: (
        Annotated[
            dict[AcrLevel, AcrValue],
            Field(max_length=4),
            Since(2026),
            ClearWith({}),
            OnUpdate("kept"),
            Note("OIDC only."),
        ]
        | None
    ) = None
    """The provider's names for the pool's authentication levels."""

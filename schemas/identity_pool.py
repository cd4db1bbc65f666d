"""Identity pools: what CreateIdentityPool and UpdateIdentityPool take.

An update replaces the pool, except AllowClassicFlow, which was measured to be kept (cognito.md 2.18).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    FORBIDDEN,
    ApiModel,
    ByItem,
    Default,
    LeftOut,
    Name,
    Note,
    NotRemovable,
    OidcProviderArn,
    OnlyOnce,
    OnUpdate,
    Pattern,
    SamlProviderArn,
    Tags,
    Unordered,
)
from schemas.limits import Field, StringConstraints

PROVIDER_NAME = Pattern(r"^[\w._:/-]+$", FORBIDDEN, "Use letters, digits and ._:/-")
WORD = Pattern(r"^[\w_]+$", FORBIDDEN, "Use letters, digits and _")
APP_ID = Pattern(r"^[\w.;_/-]+$", FORBIDDEN, "Use letters, digits and .;_/-")
DEVELOPER_NAME = Pattern(r"^[\w._-]+$", FORBIDDEN, "Use letters, digits and ._-")

ProviderKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""How an identity pool names a provider: a host, a host with a pool's id, or an ARN."""


class CognitoIdentityProvider(ApiModel):
    """A user pool client whose users can get an identity."""

    ProviderName: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=128, pattern=PROVIDER_NAME),
            Note("Must be an existing pool. The host ends with the DNS suffix of the Region's partition."),
        ]
        | None
    ) = None
    """The pool, as `cognito-idp.<region>.amazonaws.com/<pool id>`."""
    ClientId: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=WORD)] | None = None
    """The client."""
    ServerSideTokenCheck: Annotated[bool, Default(False)] | None = None
    """Whether to check that the user is not disabled and the token not revoked."""


class IdentityPool(ApiModel):
    """A pool of identities that can get AWS credentials."""

    INPUTS = (("cognito-identity", "CreateIdentityPool"), ("cognito-identity", "UpdateIdentityPool"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "IdentityPoolId": LeftOut("belongs to the document: write id beside identity_pool"),
    }

    IdentityPoolName: Annotated[Name, NotRemovable("An identity pool must have a name; write one.")] | None = None
    """Name of the pool; can be changed, and does not have to be unique."""
    AllowUnauthenticatedIdentities: (
        Annotated[
            bool,
            NotRemovable("The member is required: write false."),
            Note("true gives credentials to anyone who knows the pool's id."),
        ]
        | None
    ) = None
    """Whether unauthenticated guests get credentials."""
    AllowClassicFlow: (
        Annotated[bool, Default(False), OnUpdate("kept"), Note("The classic flow lets clients choose their role.")]
        | None
    ) = None
    """Whether the classic flow is enabled in addition to the enhanced flow."""
    SupportedLoginProviders: (
        Annotated[
            dict[ProviderKey, Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=APP_ID)]],
            Field(max_length=10),
            OnUpdate("reset"),
            Note("Several app ids of one provider are separated by semicolons."),
        ]
        | None
    ) = None
    """Social providers, each with your app id: `accounts.google.com`, `graph.facebook.com`."""
    DeveloperProviderName: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=128, pattern=DEVELOPER_NAME),
            OnlyOnce("It can never be changed or removed once it is set. Create another identity pool."),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Provider name that your own backend uses to authenticate users."""
    OpenIdConnectProviderARNs: Annotated[list[OidcProviderArn], Unordered(), ByItem(), OnUpdate("reset")] | None = None
    """OpenID Connect providers in IAM, in the same account."""
    CognitoIdentityProviders: (
        Annotated[
            list[CognitoIdentityProvider],
            Unordered(),
            ByItem(("ProviderName", "ClientId")),
            OnUpdate("reset"),
        ]
        | None
    ) = None
    """User pool clients whose users can get an identity."""
    SamlProviderARNs: Annotated[list[SamlProviderArn], Unordered(), ByItem(), OnUpdate("reset")] | None = None
    """SAML providers in IAM, in the same account."""
    IdentityPoolTags: Annotated[Tags, Default({}), OnUpdate("kept")] | None = None
    """Tags of the identity pool, for costs and permissions."""

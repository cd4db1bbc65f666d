"""Claims mapped to session tags: what SetPrincipalTagAttributeMap takes, for one provider of an identity pool.

The operation replaces both members; nothing lists the providers that have such a map (cognito.md 1.2 and 2.18).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import ApiModel, ClearWith, KeyName, LeftOut, Note, OnUpdate
from schemas.identity_pool import ProviderKey
from schemas.limits import Field, StringConstraints


class PrincipalTags(ApiModel):
    """Mapping of a provider's claims to principal tags, for attribute-based access control."""

    INPUTS = (("cognito-identity", "SetPrincipalTagAttributeMap"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "IdentityPoolId": LeftOut("belongs to the document: write id beside principal_tags"),
    }

    IdentityProviderName: (
        Annotated[ProviderKey, KeyName(renameable=False), Note("For a user pool, the provider name without a client.")]
        | None
    ) = None
    """The provider, as in the identity pool; the same as the key."""
    UseDefaults: (
        Annotated[bool, ClearWith(False), OnUpdate("reset"), Note("true maps sub to username, and aud to client.")]
        | None
    ) = None
    """Whether to use the default mapping."""
    PrincipalTags: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(min_length=1, max_length=128)],
                Annotated[str, StringConstraints(min_length=1, max_length=256)],
            ],
            Field(max_length=50),
            ClearWith({}),
            OnUpdate("reset"),
        ]
        | None
    ) = None
    """Tags, each with the claim that fills it."""

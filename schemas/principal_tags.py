"""Claims that become tags of a session: what SetPrincipalTagAttributeMap takes, for one provider of an identity pool.

The operation replaces both members; nothing lists the providers that have such a map (cognito.md 1.2 and 2.18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import ApiModel, ClearWith, KeyName, Note, OnUpdate
from schemas.identity_pool import ProviderKey


class PrincipalTags(ApiModel):
    """Which claims of a provider become tags, for access by attributes."""

    INPUTS = (("cognito-identity", "SetPrincipalTagAttributeMap"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "IdentityPoolId": "belongs to the document: write id beside principal_tags",
    }

    IdentityProviderName: (
        Annotated[ProviderKey, KeyName(renameable=False), Note("A user pool is written here without a client.")] | None
    ) = None
    """The provider, as in the identity pool; the same as the key."""
    UseDefaults: (
        Annotated[bool, ClearWith(False), OnUpdate("reset"), Note("true makes username of sub, and client of aud.")]
        | None
    ) = None
    """Whether the usual map is used."""
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
    """Tags, each with the claim that it is filled from."""

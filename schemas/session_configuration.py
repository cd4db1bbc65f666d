"""Sessions of users: what SetUserPoolSessionConfiguration and SetUserPoolClientSessionConfiguration take.

Both replace everything and want every member, and both have defaults that are shown even if nothing was ever set
(cognito.md 2.13).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.base import ApiModel, Default, Note, OneOf, Since, Tier


class UserPoolTokenSessionConfigType(ApiModel):
    """Sessions with tokens."""

    MaxPerUser: (
        Annotated[
            int, Field(ge=1, le=100), Default(20), Note("The least recently used session ends at the next sign-in.")
        ]
        | None
    ) = None
    """How many sessions a user can have."""


class SessionConfiguration(ApiModel):
    """Sessions of a pool's users."""

    INPUTS = (("cognito-idp", "SetUserPoolSessionConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {"UserPoolId": "belongs to the document: write id beside the sections"}

    UserSessionTracking: (
        Annotated[
            str,
            OneOf(("ENABLED", "DISABLED")),
            Since(2026),
            Tier("ESSENTIALS"),
            Default("DISABLED"),
            Note("DISABLED keeps what clients say about sessions, without effect."),
        ]
        | None
    ) = None
    """Whether Cognito keeps account of sessions."""
    TokenSession: (
        Annotated[UserPoolTokenSessionConfigType, Since(2026), Tier("ESSENTIALS"), Default({"MaxPerUser": 20})] | None
    ) = None
    """Sessions with tokens."""


class ClientSSOSessionConfigType(ApiModel):
    """Sign-in once for several clients."""

    MaxValidityMinutes: (
        Annotated[int, Field(ge=0, le=129_600), Default(60), Note("0 always asks users to sign in.")] | None
    ) = None
    """Minutes after a sign-in in which this client asks for no other."""


class ClientSessionConfiguration(ApiModel):
    """Sessions of a client's users."""

    INPUTS = (("cognito-idp", "SetUserPoolClientSessionConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside the sections",
        "ClientId": "is said by the place: write session inside the client",
    }

    SSOSession: (
        Annotated[
            ClientSSOSessionConfigType,
            Since(2026),
            Tier("ESSENTIALS"),
            Default({"MaxValidityMinutes": 60}),
            Note("Taken only while the pool's UserSessionTracking is ENABLED."),
        ]
        | None
    ) = None
    """Sign-in once for several clients."""

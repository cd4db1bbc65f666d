"""Sessions of users: what SetUserPoolSessionConfiguration and SetUserPoolClientSessionConfiguration take.

Both replace everything and require every member, and both show defaults even if nothing was ever set
(cognito.md 2.13).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import ApiModel, Default, LeftOut, Note, OneOf, Since, Tier
from schemas.limits import Field


class UserPoolTokenSessionConfigType(ApiModel):
    """Token sessions."""

    MaxPerUser: (
        Annotated[
            int, Field(ge=1, le=100), Default(20), Note("The least recently used session ends at the next sign-in.")
        ]
        | None
    ) = None
    """Maximum number of sessions per user."""


class SessionConfiguration(ApiModel):
    """Session settings of a pool."""

    INPUTS = (("cognito-idp", "SetUserPoolSessionConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections")
    }

    UserSessionTracking: (
        Annotated[
            str,
            OneOf(("ENABLED", "DISABLED")),
            Since(2026),
            Tier("ESSENTIALS"),
            Default("DISABLED"),
            Note("DISABLED keeps session settings of clients, without effect."),
        ]
        | None
    ) = None
    """Whether Cognito tracks sessions."""
    TokenSession: (
        Annotated[UserPoolTokenSessionConfigType, Since(2026), Tier("ESSENTIALS"), Default({"MaxPerUser": 20})] | None
    ) = None
    """Token sessions."""


class ClientSSOSessionConfigType(ApiModel):
    """Single sign-on between clients."""

    MaxValidityMinutes: (
        Annotated[int, Field(ge=0, le=129_600), Default(60), Note("0 always requires users to sign in.")] | None
    ) = None
    """Minutes after a sign-in during which this client does not require another."""


class ClientSessionConfiguration(ApiModel):
    """Session settings of a client."""

    INPUTS = (("cognito-idp", "SetUserPoolClientSessionConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write session inside the client",
    }

    SSOSession: (
        Annotated[
            ClientSSOSessionConfigType,
            Since(2026),
            Tier("ESSENTIALS"),
            Default({"MaxValidityMinutes": 60}),
            Note("Accepted only while the pool's UserSessionTracking is ENABLED."),
        ]
        | None
    ) = None
    """Single sign-on between clients."""

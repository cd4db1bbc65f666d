"""Threat protection, for a pool or for one of its clients: what SetRiskConfiguration takes.

The operation replaces everything; sent with nothing but ids, it removes the configuration, and a client then has the
pool's again. What a client has of its own replaces the pool's as a whole (cognito.md 2.8).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from schemas.base import (
    COMPUTED,
    PRINTABLE_OR_SPACE,
    ApiModel,
    Arn,
    Cidr,
    Default,
    Note,
    OneOf,
    OnUpdate,
    String,
    Text,
    Tier,
    Unordered,
)
from schemas.base import Subject as MessageSubject

EVENTS = ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]
"""The events at which passwords are checked unless fewer are said; some answers show none where all are meant."""


def _range(value: str) -> str:
    """Refuse what is no range of addresses; the service would do so at the first write."""
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError("write a range of addresses like 192.0.2.0/24") from None
    return value


IpRange = Annotated[String, AfterValidator(_range), Cidr()]
"""A range of addresses in CIDR form, IPv4 or IPv6."""

IpRanges = Annotated[list[IpRange], Field(max_length=200), Unordered(), OnUpdate("reset")]
Body = Annotated[
    str, StringConstraints(min_length=6, max_length=20_000, pattern=PRINTABLE_OR_SPACE), Text(), OnUpdate("reset")
]


class CompromisedCredentialsActionsType(ApiModel):
    """What is done about a password that is known to be stolen."""

    EventAction: Annotated[str, OneOf(("BLOCK", "NO_ACTION"))] | None = None
    """Whether such a password is refused."""


class CompromisedCredentialsRiskConfigurationType(ApiModel):
    """Passwords that are known to be stolen."""

    EventFilter: (
        Annotated[
            list[Annotated[str, OneOf(("SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"))]],
            Unordered(),
            Default(EVENTS),
            OnUpdate("reset"),
            Note("An empty list is the same as all of them."),
        ]
        | None
    ) = None
    """When passwords are checked."""
    Actions: CompromisedCredentialsActionsType | None = None
    """What is done about such a password."""


class NotifyEmailType(ApiModel):
    """One message to a user about a sign-in."""

    Subject: MessageSubject | None = None
    """Its subject."""
    HtmlBody: Body | None = None
    """Its text in HTML, with marks such as `{login-time}` and `{one-click-link-valid}`."""
    TextBody: Body | None = None
    """Its text without markup."""


class NotifyConfigurationType(ApiModel):
    """How users are notified of risky sign-ins."""

    From: Annotated[String, OnUpdate("reset"), Note("Must be verified in Amazon SES.")] | None = None
    """The sender."""
    ReplyTo: Annotated[String, OnUpdate("reset")] | None = None
    """Where answers of users go."""
    SourceArn: Annotated[Arn, Note("Only some Regions are taken.")] | None = None
    """The identity in Amazon SES that messages come from."""
    BlockEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a sign-in was refused."""
    NoActionEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a risky sign-in was let through."""
    MfaEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a second factor was asked for."""


class AccountTakeoverActionType(ApiModel):
    """What is done at one level of risk."""

    Notify: Annotated[bool, Note("true needs NotifyConfiguration.")] | None = None
    """Whether the user is notified."""
    EventAction: (
        Annotated[
            str,
            OneOf(("BLOCK", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "NO_ACTION")),
            Note("MFA_REQUIRED refuses users who have no second factor."),
        ]
        | None
    ) = None
    """What is done."""


class AccountTakeoverActionsType(ApiModel):
    """What is done at each level of risk."""

    LowAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """At low risk."""
    MediumAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """At medium risk."""
    HighAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """At high risk."""


class AccountTakeoverRiskConfigurationType(ApiModel):
    """Sign-ins that look like another person's."""

    NotifyConfiguration: Annotated[NotifyConfigurationType, OnUpdate("reset")] | None = None
    """How users are notified of them."""
    Actions: AccountTakeoverActionsType | None = None
    """What is done about them."""


class RiskExceptionConfigurationType(ApiModel):
    """Addresses whose sign-ins are not judged by their risk."""

    BlockedIPRangeList: Annotated[IpRanges, Note("An empty list is the same as none.")] | None = None
    """Always refused."""
    SkippedIPRangeList: Annotated[IpRanges, Note("An empty list is the same as none.")] | None = None
    """Always let through."""


class RiskConfiguration(ApiModel):
    """Threat protection: what is done about stolen passwords and risky sign-ins."""

    INPUTS = (("cognito-idp", "SetRiskConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside the sections",
        "ClientId": "is said by the place: write risk_configuration inside the client, or beside user_pool",
        "LastModifiedDate": COMPUTED,
    }

    CompromisedCredentialsRiskConfiguration: (
        Annotated[CompromisedCredentialsRiskConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None
    ) = None
    """Passwords that are known to be stolen."""
    AccountTakeoverRiskConfiguration: (
        Annotated[AccountTakeoverRiskConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None
    ) = None
    """Sign-ins that look like another person's."""
    RiskExceptionConfiguration: Annotated[RiskExceptionConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None = None
    """Addresses whose sign-ins are not judged by their risk."""

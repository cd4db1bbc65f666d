"""Threat protection, for a pool or for one of its clients: what SetRiskConfiguration takes.

The operation replaces everything; sent with only ids, it removes the configuration, and a client then uses the pool's
again. A client's own configuration replaces the pool's as a whole (cognito.md 2.8).
"""

import ipaddress
from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    COMPUTED,
    PRINTABLE_OR_SPACE,
    ApiModel,
    ByItem,
    Cidr,
    Default,
    IdentityArn,
    LeftOut,
    Note,
    OneOf,
    OnUpdate,
    String,
    Text,
    Tier,
    Unordered,
)
from schemas.base import Subject as MessageSubject
from schemas.limits import AfterValidator, Field, StringConstraints

EVENTS = ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]
"""The default events at which passwords are checked; some answers show none to mean all."""


def _range(value: str) -> str:
    """Refuse a value that is not an address range; the service would refuse it at the first write."""
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError("write an address range like 192.0.2.0/24") from None
    return value


IpRange = Annotated[String, AfterValidator(_range), Cidr()]
"""A range of addresses in CIDR form, IPv4 or IPv6."""

IpRanges = Annotated[list[IpRange], Field(max_length=200), Unordered(), ByItem(), OnUpdate("reset")]
Body = Annotated[
    str, StringConstraints(min_length=6, max_length=20_000, pattern=PRINTABLE_OR_SPACE), Text(), OnUpdate("reset")
]


class CompromisedCredentialsActionsType(ApiModel):
    """Action for a compromised password."""

    EventAction: Annotated[str, OneOf(("BLOCK", "NO_ACTION"))] | None = None
    """Whether to block sign-in with a compromised password."""


class CompromisedCredentialsRiskConfigurationType(ApiModel):
    """Protection against compromised passwords."""

    EventFilter: (
        Annotated[
            list[Annotated[str, OneOf(("SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"))]],
            Unordered(),
            Default(EVENTS),
            OnUpdate("reset"),
            Note("An empty list means all events."),
        ]
        | None
    ) = None
    """Events at which passwords are checked."""
    Actions: CompromisedCredentialsActionsType | None = None
    """Action for a compromised password."""


class NotifyEmailType(ApiModel):
    """A message to a user about a sign-in."""

    Subject: MessageSubject | None = None
    """Its subject."""
    HtmlBody: Body | None = None
    """Text in HTML, with placeholders such as `{login-time}` and `{one-click-link-valid}`."""
    TextBody: Body | None = None
    """Plain text."""


class NotifyConfigurationType(ApiModel):
    """How users are notified of risky sign-ins."""

    From: Annotated[String, OnUpdate("reset"), Note("Must be verified in Amazon SES.")] | None = None
    """Address of the sender."""
    ReplyTo: Annotated[String, OnUpdate("reset")] | None = None
    """Address for replies from users."""
    SourceArn: Annotated[IdentityArn, Note("Only some Regions are accepted.")] | None = None
    """The Amazon SES identity that sends messages."""
    BlockEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a sign-in was blocked."""
    NoActionEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a risky sign-in was allowed."""
    MfaEmail: Annotated[NotifyEmailType, OnUpdate("reset")] | None = None
    """Sent when a second factor was required."""


class AccountTakeoverActionType(ApiModel):
    """Action at one risk level."""

    Notify: Annotated[bool, Note("true requires NotifyConfiguration.")] | None = None
    """Whether to notify the user."""
    EventAction: (
        Annotated[
            str,
            OneOf(("BLOCK", "MFA_IF_CONFIGURED", "MFA_REQUIRED", "NO_ACTION")),
            Note("MFA_REQUIRED blocks users without a second factor."),
        ]
        | None
    ) = None
    """Action to take."""


class AccountTakeoverActionsType(ApiModel):
    """Actions at each risk level."""

    LowAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """Action at low risk."""
    MediumAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """Action at medium risk."""
    HighAction: Annotated[AccountTakeoverActionType, OnUpdate("reset")] | None = None
    """Action at high risk."""


class AccountTakeoverRiskConfigurationType(ApiModel):
    """Protection against account takeover."""

    NotifyConfiguration: Annotated[NotifyConfigurationType, OnUpdate("reset")] | None = None
    """How users are notified."""
    Actions: AccountTakeoverActionsType | None = None
    """Actions at each risk level."""


class RiskExceptionConfigurationType(ApiModel):
    """IP addresses exempt from risk evaluation."""

    BlockedIPRangeList: Annotated[IpRanges, Note("An empty list is the same as none.")] | None = None
    """Ranges that are always blocked."""
    SkippedIPRangeList: Annotated[IpRanges, Note("An empty list is the same as none.")] | None = None
    """Ranges that are never evaluated."""


class RiskConfiguration(ApiModel):
    """Threat protection: actions for compromised passwords and risky sign-ins."""

    INPUTS = (("cognito-idp", "SetRiskConfiguration"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write risk_configuration inside the client, or beside user_pool",
        "LastModifiedDate": COMPUTED,
    }

    CompromisedCredentialsRiskConfiguration: (
        Annotated[CompromisedCredentialsRiskConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None
    ) = None
    """Protection against compromised passwords."""
    AccountTakeoverRiskConfiguration: (
        Annotated[AccountTakeoverRiskConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None
    ) = None
    """Protection against account takeover."""
    RiskExceptionConfiguration: Annotated[RiskExceptionConfigurationType, Tier("PLUS"), OnUpdate("reset")] | None = None
    """IP addresses exempt from risk evaluation."""

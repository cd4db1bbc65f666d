"""The second factors and passkeys of a pool: what SetUserPoolMfaConfig takes.

The operation replaces everything, and MfaConfiguration becomes OFF when it is left out (cognito.md 2.2, measured).
This section is the one owner of MfaConfiguration, which UpdateUserPool could set as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from schemas.base import (
    PRINTABLE_OR_SPACE,
    ApiModel,
    ClearWith,
    Default,
    EmailText,
    Note,
    OneOf,
    OnUpdate,
    Presence,
    SmsText,
    Tier,
)
from schemas.user_pool import KEEPS_SMS, SmsConfigurationType


class SmsMfaConfigType(ApiModel):
    """Codes by SMS as a second factor; an empty block switches it on."""

    SmsAuthenticationMessage: (
        Annotated[
            SmsText,
            OnUpdate("reset"),
            Note("user_pool.SmsAuthenticationMessage is the same text: say it in one place."),
        ]
        | None
    ) = None
    """SMS message with the code, which replaces `{####}`."""
    SmsConfiguration: (
        Annotated[
            SmsConfigurationType,
            KEEPS_SMS,
            OnUpdate("unmeasured"),
            Note("user_pool.SmsConfiguration is the same setting: say it in one place."),
        ]
        | None
    ) = None
    """How SMS messages are sent."""


class SoftwareTokenMfaConfigType(ApiModel):
    """Codes of an authenticator app as a second factor."""

    Enabled: Annotated[bool, ClearWith(False), OnUpdate("reset")] | None = None
    """Whether users can have it; false unless said."""


class EmailMfaConfigType(ApiModel):
    """Codes by e-mail as a second factor; an empty block switches it on."""

    Message: Annotated[EmailText, OnUpdate("reset")] | None = None
    """E-mail message with the code, which replaces `{####}`; also for sign-in by a code alone."""
    Subject: Annotated[str, StringConstraints(pattern=PRINTABLE_OR_SPACE), OnUpdate("reset")] | None = None
    """Subject of the e-mail message."""


class WebAuthnConfigurationType(ApiModel):
    """Passkeys; they do not depend on MfaConfiguration."""

    RelyingPartyId: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=127),
            OnUpdate("unmeasured"),
            Note("A change makes every passkey useless that is registered already."),
        ]
        | None
    ) = None
    """The host that passkeys belong to: the custom domain or else the prefix domain, unless said."""
    UserVerification: (
        Annotated[str, OneOf(("required", "preferred")), ClearWith("preferred"), OnUpdate("unmeasured")] | None
    ) = None
    """Whether a passkey must check its user, by finger or code; preferred unless said."""
    FactorConfiguration: (
        Annotated[
            str,
            OneOf(("SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION")),
            ClearWith("SINGLE_FACTOR"),
            OnUpdate("unmeasured"),
            Note("Must be MULTI_FACTOR_WITH_USER_VERIFICATION if MFA is ON and WEB_AUTHN is a first factor."),
        ]
        | None
    ) = None
    """Whether a passkey counts as one factor or as two; one unless said."""


class Mfa(ApiModel):
    """Second factors and passkeys of a pool."""

    INPUTS = (("cognito-idp", "SetUserPoolMfaConfig"),)

    MOVED: ClassVar[Mapping[str, str]] = {"UserPoolId": "belongs to the document: write id beside mfa"}

    SmsMfaConfiguration: Annotated[SmsMfaConfigType, Presence(), OnUpdate("reset")] | None = None
    """Codes by SMS; the block switches them on."""
    SoftwareTokenMfaConfiguration: (
        Annotated[
            SoftwareTokenMfaConfigType,
            OnUpdate("reset"),
            Note("Cognito refuses the block while MfaConfiguration is OFF."),
        ]
        | None
    ) = None
    """Codes of an authenticator app."""
    EmailMfaConfiguration: (
        Annotated[
            EmailMfaConfigType,
            Presence(),
            Tier("ESSENTIALS"),
            OnUpdate("reset"),
            Note("Needs user_pool.EmailConfiguration with EmailSendingAccount DEVELOPER."),
        ]
        | None
    ) = None
    """Codes by e-mail; the block switches them on."""
    MfaConfiguration: Annotated[str, OneOf(("OFF", "ON", "OPTIONAL")), Default("OFF"), OnUpdate("reset")] | None = None
    """Whether a second factor is never, always, or at the user's choice asked for."""
    WebAuthnConfiguration: Annotated[WebAuthnConfigurationType, Tier("ESSENTIALS"), OnUpdate("unmeasured")] | None = (
        None
    )
    """Passkeys."""

"""The second factors and passkeys of a pool: what SetUserPoolMfaConfig takes.

The operation replaces everything, and MfaConfiguration becomes OFF if omitted (cognito.md 2.2, measured). This section
alone owns MfaConfiguration, which UpdateUserPool could also set.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import (
    PRINTABLE_OR_SPACE,
    ApiModel,
    ClearWith,
    Default,
    EmailText,
    LeftOut,
    Note,
    OneOf,
    OnUpdate,
    Presence,
    SmsText,
    Tier,
)
from schemas.limits import StringConstraints
from schemas.records import replace
from schemas.user_pool import KEEPS_SMS, SmsConfigurationType


class SmsMfaConfigType(ApiModel):
    """SMS codes as a second factor; an empty block enables it."""

    SmsAuthenticationMessage: (
        Annotated[
            SmsText,
            OnUpdate("reset"),
            Note("user_pool.SmsAuthenticationMessage is the same text: declare it in one place."),
        ]
        | None
    ) = None
    """SMS message; `{####}` is replaced with the code."""
    SmsConfiguration: (
        Annotated[
            SmsConfigurationType,
            replace(KEEPS_SMS, filled=True),  # the pool's own, which SMS as a factor needs (rule P4)
            OnUpdate("unmeasured"),
            Note("user_pool.SmsConfiguration is the same setting: declare it in one place."),
        ]
        | None
    ) = None
    """How SMS messages are sent."""


class SoftwareTokenMfaConfigType(ApiModel):
    """Codes from an authenticator app as a second factor."""

    Enabled: Annotated[bool, ClearWith(False), OnUpdate("reset")] | None = None
    """Whether users can set it up. Default: false."""


class EmailMfaConfigType(ApiModel):
    """E-mail codes as a second factor; an empty block enables it."""

    Message: Annotated[EmailText, OnUpdate("reset")] | None = None
    """E-mail message; `{####}` is replaced with the code. Also used for sign-in with a one-time code."""
    Subject: Annotated[str, StringConstraints(pattern=PRINTABLE_OR_SPACE), OnUpdate("reset")] | None = None
    """Subject of the e-mail message."""


class WebAuthnConfigurationType(ApiModel):
    """Passkeys; they do not depend on MfaConfiguration."""

    RelyingPartyId: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=127),
            OnUpdate("unmeasured"),
            Note("A change invalidates all registered passkeys."),
        ]
        | None
    ) = None
    """The host that passkeys are bound to. Default: the custom domain, otherwise the prefix domain."""
    UserVerification: (
        Annotated[str, OneOf(("required", "preferred")), Default("preferred"), OnUpdate("unmeasured")] | None
    ) = None
    """Whether a passkey must verify its user, by biometrics or PIN."""
    FactorConfiguration: (
        Annotated[
            str,
            OneOf(("SINGLE_FACTOR", "MULTI_FACTOR_WITH_USER_VERIFICATION")),
            Default("SINGLE_FACTOR"),
            OnUpdate("unmeasured"),
            Note("Must be MULTI_FACTOR_WITH_USER_VERIFICATION if MFA is ON and WEB_AUTHN is a first factor."),
        ]
        | None
    ) = None
    """Whether a passkey counts as one factor or as two."""


class Mfa(ApiModel):
    """Second factors and passkeys of a pool."""

    INPUTS = (("cognito-idp", "SetUserPoolMfaConfig"),)

    MOVED: ClassVar[Mapping[str, str]] = {"UserPoolId": LeftOut("belongs to the document: write id beside mfa")}

    SmsMfaConfiguration: Annotated[SmsMfaConfigType, Presence(), OnUpdate("reset")] | None = None
    """SMS codes; the presence of the block enables them."""
    SoftwareTokenMfaConfiguration: (
        Annotated[
            SoftwareTokenMfaConfigType,
            OnUpdate("reset"),
            Note("Cognito refuses the block while MfaConfiguration is OFF."),
        ]
        | None
    ) = None
    """Codes from an authenticator app."""
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
    """E-mail codes; the presence of the block enables them."""
    MfaConfiguration: Annotated[str, OneOf(("OFF", "ON", "OPTIONAL")), Default("OFF"), OnUpdate("reset")] | None = None
    """Whether a second factor is required always (ON), if the user has set one up (OPTIONAL), or never (OFF)."""
    WebAuthnConfiguration: Annotated[WebAuthnConfigurationType, Tier("ESSENTIALS"), OnUpdate("unmeasured")] | None = (
        None
    )
    """Passkeys."""

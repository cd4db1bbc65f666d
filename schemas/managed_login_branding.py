"""The look of managed login for one client: what CreateManagedLoginBranding and UpdateManagedLoginBranding take.

An update keeps what it leaves out, and offers no way to take an image away (cognito.md 2.10, 15.11). The settings are
a document whose form Cognito does not publish; it is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    ApiModel,
    Default,
    FreeDocument,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Tier,
    Unordered,
    distinct,
)

ASSET_ID = Pattern(r"^[\w\- ]+$", FORBIDDEN, "Use letters, digits, spaces, _ and -")


class AssetType(ApiModel):
    """An image."""

    Category: Annotated[
        str,
        OneOf(
            (
                "FAVICON_ICO",
                "FAVICON_SVG",
                "EMAIL_GRAPHIC",
                "SMS_GRAPHIC",
                "AUTH_APP_GRAPHIC",
                "PASSWORD_GRAPHIC",
                "PASSKEY_GRAPHIC",
                "PAGE_HEADER_LOGO",
                "PAGE_HEADER_BACKGROUND",
                "PAGE_FOOTER_LOGO",
                "PAGE_FOOTER_BACKGROUND",
                "PAGE_BACKGROUND",
                "FORM_BACKGROUND",
                "FORM_LOGO",
                "IDP_BUTTON_ICON",
            )
        ),
    ]
    """Where it is shown."""
    ColorMode: Annotated[str, OneOf(("LIGHT", "DARK", "DYNAMIC"))]
    """In which mode it is shown; DYNAMIC is both."""
    Extension: Annotated[str, OneOf(("ICO", "JPEG", "PNG", "SVG", "WEBP")), Note("ICO only for FAVICON_ICO.")]
    """Its format."""
    Bytes: Annotated[bytes, Field(max_length=1_000_000), Note("A request holds 2 MB at most.")] | None = None
    """The image itself: `{$file: logo.svg}`."""
    ResourceId: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=40, pattern=ASSET_ID),
            Note("Only for IDP_BUTTON_ICON."),
        ]
        | None
    ) = None
    """The identity provider whose button it is on, by ProviderName."""


class ManagedLoginBranding(ApiModel):
    """The look of managed login for one client; a client without one shows an error page."""

    INPUTS = (("cognito-idp", "CreateManagedLoginBranding"), ("cognito-idp", "UpdateManagedLoginBranding"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": "belongs to the document: write id beside the sections",
        "ClientId": "is said by the place: write branding inside the client",
        **dict.fromkeys(("ManagedLoginBrandingId", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    UseCognitoProvidedValues: (
        Annotated[
            bool, Tier("ESSENTIALS"), Default(False), OnUpdate("kept"), Note("true excludes Settings, and clears them.")
        ]
        | None
    ) = None
    """Whether it has the look that Cognito gives it."""
    Settings: (
        Annotated[
            dict[str, Any],
            FreeDocument(),
            Tier("ESSENTIALS"),
            OnUpdate("kept"),
            NotRemovable("Cognito keeps them. Write UseCognitoProvidedValues: true, which clears them."),
            Note("The document is written whole; colours are eight digits RRGGBBAA."),
        ]
        | None
    ) = None
    """The settings, as the branding editor of the console makes them."""
    Assets: (
        Annotated[
            list[AssetType],
            Field(max_length=40),
            distinct("Category", "ColorMode", "ResourceId"),
            Unordered(),
            Tier("ESSENTIALS"),
            Default([]),
            OnUpdate("kept"),
            Note("Cognito cannot take an image away: removing one deletes the style and makes it anew."),
        ]
        | None
    ) = None
    """The images; at most one for each category, mode and identity provider."""

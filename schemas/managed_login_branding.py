"""The look of managed login for one client: what CreateManagedLoginBranding and UpdateManagedLoginBranding take.

An update keeps omitted members, and cannot remove an image (cognito.md 2.10, 15.11). The settings are a document
whose schema Cognito does not publish; it is passed on unchanged.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    ApiModel,
    Default,
    FreeDocument,
    LeftOut,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Tier,
    Unordered,
    distinct,
)
from schemas.limits import Field, StringConstraints

ASSET_ID = Pattern(r"^[\w\- ]+$", FORBIDDEN, "Use letters, digits, spaces, _ and -")


class AssetType(ApiModel):
    """An image of the branding."""

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
    """Colour mode in which it is shown; DYNAMIC is both."""
    Extension: Annotated[str, OneOf(("ICO", "JPEG", "PNG", "SVG", "WEBP")), Note("ICO is for FAVICON_ICO only.")]
    """Its format."""
    Bytes: Annotated[bytes, Field(max_length=1_000_000), Note("A request is limited to 2 MB.")] | None = None
    """Content of the image: `{$file: logo.svg}`."""
    ResourceId: (
        Annotated[
            str,
            StringConstraints(min_length=1, max_length=40, pattern=ASSET_ID),
            Note("For IDP_BUTTON_ICON only."),
        ]
        | None
    ) = None
    """ProviderName of the identity provider whose button it is for."""


class ManagedLoginBranding(ApiModel):
    """Branding of managed login for one client; without it, a client shows an error page."""

    INPUTS = (("cognito-idp", "CreateManagedLoginBranding"), ("cognito-idp", "UpdateManagedLoginBranding"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write branding inside the client",
        **dict.fromkeys(("ManagedLoginBrandingId", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    UseCognitoProvidedValues: (
        Annotated[
            bool,
            Tier("ESSENTIALS"),
            Default(False),
            OnUpdate("kept"),
            Note("true clears Settings, and cannot be combined with them."),
        ]
        | None
    ) = None
    """Whether to use Cognito's default branding."""
    Settings: (
        Annotated[
            dict[str, Any],
            FreeDocument(),
            Tier("ESSENTIALS"),
            OnUpdate("kept"),
            NotRemovable("Cognito keeps them. Write UseCognitoProvidedValues: true, which clears them."),
            Note("The document is written as a whole; colours have eight digits, RRGGBBAA."),
        ]
        | None
    ) = None
    """Settings, as created by the branding editor in the console."""
    Assets: (
        Annotated[
            list[AssetType],
            Field(max_length=40),
            distinct("Category", "ColorMode", "ResourceId"),
            Unordered(),
            Tier("ESSENTIALS"),
            Default([]),
            OnUpdate("kept"),
            Note("Cognito cannot remove an image: removing one deletes and re-creates the style."),
        ]
        | None
    ) = None
    """The images; at most one for each category, mode and identity provider."""

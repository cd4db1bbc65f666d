"""The style of the classic sign-in pages, for all clients or for one: what SetUICustomization takes.

The operation replaces both members; sent with neither, it removes the style. A client without its own style reads back
that of all clients, and the bytes of the image are never returned (cognito.md 2.9).
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import COMPUTED, ApiModel, LeftOut, Note, OnUpdate, String, Text, WriteOnly
from schemas.limits import Field


class UICustomization(ApiModel):
    """Style of the classic sign-in pages; no effect on managed login."""

    INPUTS = (("cognito-idp", "SetUICustomization"),)

    MOVED: ClassVar[Mapping[str, str]] = {
        "UserPoolId": LeftOut("belongs to the document: write id beside the sections"),
        "ClientId": "follows from its place: write ui_customization inside the client, or beside user_pool for all",
        "ImageUrl": LeftOut("is computed by Cognito: remove it, and write ImageFile to set an image"),
        **dict.fromkeys(("CSSVersion", "CreationDate", "LastModifiedDate"), COMPUTED),
    }

    CSS: (
        Annotated[
            String,
            Text(),
            OnUpdate("reset"),
            Note("Only the documented classes, such as .banner-customizable, are accepted. Requires a domain."),
        ]
        | None
    ) = None
    """The style sheet."""
    ImageFile: (
        Annotated[
            bytes,
            Field(max_length=131_072),
            WriteOnly(),
            OnUpdate("reset"),
            Note(
                "PNG or JPEG of at most 100 KB. Cognito never returns it, so changes made elsewhere are not detected."
            ),
        ]
        | None
    ) = None
    """Logo above the sign-in form."""

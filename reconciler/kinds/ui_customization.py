"""The style of the classic hosted UI, for all clients of a pool or, replacing it, for single ones.

SetUICustomization replaces style and image together, and the image is never returned (cognito.md 2.9), so a style
is not changed while there is an image that the manifest does not declare.
"""

from __future__ import annotations

from reconciler.kinds.kind import Reading, ResourceKind
from reconciler.model import FieldChange, Tree
from schemas.ui_customization import UICustomization

EVERY_CLIENT = "ALL"
"""The ClientId of the style for the whole pool."""


def from_api(answer: Tree) -> Tree:
    """Keep the style, and the URL of the image, which shows that there is one."""
    return {k: v for k, v in answer.items() if k in ("CSS", "ImageUrl") and v}


def adopt_of_client(answer: Tree) -> Tree:
    """A client without its own style returns the pool's (cognito.md 1.1)."""
    return {} if answer.get("ClientId", EVERY_CLIENT) == EVERY_CLIENT else from_api(answer)


def frozen(change: FieldChange, declared: Tree, before: Tree) -> str:
    """Refuse to lose an image."""
    if before.get("ImageUrl") and "ImageFile" not in declared and change.path == ("CSS",):
        return "The update would remove the image, which Cognito never returns. Add ImageFile: {$file: PATH}."
    return ""


POOL = ResourceKind(
    section="ui_customization",
    resource_type="UserPoolUICustomizationAttachment",
    title="UI customisation",
    model=UICustomization,
    reading=Reading("GetUICustomization", "UICustomization"),
    update="SetUICustomization",
    params={"ClientId": EVERY_CLIENT},
    after=("domains",),
    from_api=from_api,
    frozen=frozen,
)

CLIENT = ResourceKind(
    section="clients.ui_customization",
    resource_type="UserPoolUICustomizationAttachment",
    title="UI customisation",
    model=UICustomization,
    reading=Reading("GetUICustomization", "UICustomization"),
    update="SetUICustomization",
    after=("domains", "ui_customization"),
    from_api=adopt_of_client,
    frozen=frozen,
)

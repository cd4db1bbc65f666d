"""The style of the classic hosted UI, for all clients of a pool or, replacing it, for single ones.

SetUICustomization replaces style and image together, and the image is never returned (cognito.md 2.9), so a style
is not changed while there is an image that the manifest does not declare.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds import images
from reconciler.kinds.kind import Breach, Check, Reading, ResourceKind, Rule, State, is_blank
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


O4 = Rule(
    id="O4",
    title="Classic sign-in pages of a pool without a domain",
    what="A style of the classic sign-in pages is written, and the pool has no domain.",
    why='Cognito refuses the style: "A domain must be associated with this user pool."',
    source=("cognito.md 3.3", "cognito.md 2.9"),
    advice="Declare a domain under domains.",
)
"""The rule without a section; see `pages_of`."""


def pages_of(section: str) -> Check:
    """Return the check for the styles of one section."""

    def pages(state: State) -> Iterator[Breach]:
        if "domains" in state.known and not state.all("domains"):
            for address, style in state.all(section).items():
                if address in state.written and any(not is_blank(v) for v in style.values()):
                    yield Breach(section, address.name, (), "The pool has no domain, so it has no sign-in pages.")

    return pages


O23 = Rule(
    id="O23",
    title="The logo of the classic sign-in pages",
    what="ImageFile is neither PNG nor JPEG, or has more than 100 KB.",
    why="Cognito refuses the style.",
    source=("cognito.md 3.3", "cognito.md 2.9"),
    advice="Use a PNG or JPEG file of at most 100 KB.",
    offline=True,
)
"""The rule without a section; see `logos_of`."""

MAX_LOGO = 100 * 1024
"""Bytes (cognito.md 2.9)."""


def logos_of(section: str) -> Check:
    """Return the check for the styles of one section."""

    def logos(state: State) -> Iterator[Breach]:
        for address, tree in state.all(section).items():
            image = tree.get("ImageFile")
            if not isinstance(image, bytes) or not image:
                continue
            if (found := images.form(image)) not in ("PNG", "JPEG"):
                yield Breach(section, address.name, ("ImageFile",), f"The image is {images.named(found)}.")
            if len(image) > MAX_LOGO:
                yield Breach(section, address.name, ("ImageFile",), f"The image has {len(image)} bytes.")

    return logos


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
    read_with=("domains",),
    frozen=frozen,
    rules=(
        O4.checked_by(pages_of("ui_customization"), "ui_customization"),
        O23.checked_by(logos_of("ui_customization"), "ui_customization"),
    ),
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
    read_with=("domains",),
    frozen=frozen,
    rules=(
        O4.checked_by(pages_of("clients.ui_customization"), "clients.ui_customization"),
        O23.checked_by(logos_of("clients.ui_customization"), "clients.ui_customization"),
    ),
)

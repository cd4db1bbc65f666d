"""The style of the classic hosted UI (cognito.md 2.9, O4; cognito.md 15.11): CSS and image are replaced."""

from __future__ import annotations

import base64
import binascii
import re
import time

from reconciler.local.operation import Context, Operation, find_client
from reconciler.local.refusal import refuse
from reconciler.local.store import Record

ALL = "ALL"
"""Key of the style of clients without their own."""
NO_DOMAIN = "A domain must be associated with this user pool."
CLASSES = (
    *("background", "banner", "errorMessage", "idpButton", "idpDescription", "inputField", "label", "legalText"),
    *("logo", "passwordCheck-notValid", "passwordCheck-valid", "redirect", "socialButton", "submitButton"),
    "textDescription",
)
SELECTOR = re.compile(rf"\.(?:{'|'.join(CLASSES)})-customizable(?::hover|:focus)?")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MAX_IMAGE = 100 * 1024
MAX_REQUEST = 135 * 1024
"""Bytes (2.9); the model allows more."""
IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
"""Magic bytes of PNG and JPEG files."""


def set_ui_customization(ctx: Context, params: Record) -> Record:
    """SetUICustomization: an omitted CSS or image is removed; without both, the style is removed."""
    pool = ctx.pool(params)
    key = _key(pool, params)
    if not pool["domains"]:
        refuse(NO_DOMAIN)
    css, image = params.get("CSS", ""), _image(params.get("ImageFile", ""))
    _check_css(css)
    if len(css.encode()) + len(image) > MAX_REQUEST:
        refuse(f"A request to customise the UI can hold at most {MAX_REQUEST} bytes.")
    old = pool["looks"].pop(key, {})
    if css or image:
        pool["looks"][key] = _look(ctx, pool, key, old) | ({"CSS": css} if css else {})
    if not image:
        pool["looks"].get(key, {}).pop("ImageUrl", None)
    ctx.store.touch(pool)
    return {"UICustomization": pool["looks"].get(key, {})}


def _look(ctx: Context, pool: Record, key: str, old: Record) -> Record:
    """Return the members that the service adds: the version is the second of the write, and unique."""
    now = ctx.store.now()
    second = int(time.strftime("%Y%m%d%H%M%S", time.gmtime(now)))
    version = str(max(second, int(old.get("CSSVersion", 0)) + 1))
    return {
        "UserPoolId": pool["id"],
        "ClientId": key,
        "ImageUrl": f"https://d0local.cloudfront.net/{pool['id']}/{key}/{version}/assets/images/image.jpg",
        "CSSVersion": version,
        "LastModifiedDate": now,
        "CreationDate": old.get("CreationDate", now),
    }


def _key(pool: Record, params: Record) -> str:
    wanted = str(params.get("ClientId", ALL))
    return wanted if wanted == ALL else str(find_client(pool, wanted)["ClientId"])


def _image(text: str) -> bytes:
    """Return the image; only its presence is stored, because it can never be read."""
    try:
        image = base64.b64decode(text, validate=True)
    except binascii.Error:
        refuse("ImageFile is not valid base64.")
    if image and not image.startswith(IMAGES):
        refuse("The image must be a PNG or JPEG file.")
    if len(image) > MAX_IMAGE:
        refuse(f"The image can have at most {MAX_IMAGE} bytes.")
    return image


def _check_css(css: str) -> None:
    text = COMMENT.sub("", css).strip()
    if not text:
        return
    *rules, rest = text.split("}")
    if not rules or rest.strip() or any(r.count("{") != 1 for r in rules):
        refuse("CSS cannot be parsed.")
    for selector in (s.strip() for r in rules for s in r.partition("{")[0].split(",")):
        if not SELECTOR.fullmatch(selector):
            refuse(f"CSS contains a class that cannot be customised: {selector}")


def get_ui_customization(ctx: Context, params: Record) -> Record:
    """GetUICustomization: a client without a style returns the pool's; without any, an empty object."""
    pool = ctx.pool(params)
    looks = pool["looks"]
    return {"UICustomization": looks.get(_key(pool, params), looks.get(ALL, {}))}


OPERATIONS: dict[str, Operation] = {
    "SetUICustomization": set_ui_customization,
    "GetUICustomization": get_ui_customization,
}

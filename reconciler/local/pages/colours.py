"""The colours and images of the hosted pages: our defaults and the branding of the pool.

Managed login: colours of `Settings`, the logo and the favicon of `Assets`. Classic pages: the CSS of
SetUICustomization, without any `<`, so that it cannot close the style element. Values that are not a colour or number
are ignored: a state directory may be untrusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.local.looks import ALL
from reconciler.local.store import Record

LIGHT = {
    "page": "#f3f5f8",
    "card": "#ffffff",
    "line": "#d3dae3",
    "text": "#18202b",
    "faint": "#566272",
    "label": "#18202b",
    "input": "#ffffff",
    "input-line": "#7b8796",
    "button": "#0a5cb8",
    "button-text": "#ffffff",
    "button-hover": "#084a95",
    "button-hover-text": "#ffffff",
    "second": "#ffffff",
    "second-text": "#0a5cb8",
    "second-line": "#0a5cb8",
    "link": "#0a5cb8",
    "focus": "#0a5cb8",
    "error": "#fdeeee",
    "error-line": "#b3201f",
    "error-text": "#8f1716",
    "good": "#e9f6ec",
    "good-line": "#12692f",
    "good-text": "#0e5626",
}
DARK = {
    "page": "#0f151c",
    "card": "#18212b",
    "line": "#344150",
    "text": "#e6ebf1",
    "faint": "#a3b0be",
    "label": "#e6ebf1",
    "input": "#10171f",
    "input-line": "#7d8b9b",
    "button": "#7cb8f7",
    "button-text": "#08233f",
    "button-hover": "#a5cffa",
    "button-hover-text": "#08233f",
    "second": "#18212b",
    "second-text": "#7cb8f7",
    "second-line": "#7cb8f7",
    "link": "#7cb8f7",
    "focus": "#a5cffa",
    "error": "#3b1b1d",
    "error-line": "#ff9a92",
    "error-text": "#ffc2bd",
    "good": "#14301d",
    "good-line": "#7fd694",
    "good-text": "#b4ecc2",
}
PLACES = {
    "page": ("components", "pageBackground", "{mode}", "color"),
    "card": ("components", "form", "{mode}", "backgroundColor"),
    "line": ("components", "form", "{mode}", "borderColor"),
    "text": ("components", "pageText", "{mode}", "headingColor"),
    "faint": ("components", "pageText", "{mode}", "descriptionColor"),
    "label": ("componentClasses", "inputLabel", "{mode}", "textColor"),
    "input": ("componentClasses", "input", "{mode}", "defaults", "backgroundColor"),
    "input-line": ("componentClasses", "input", "{mode}", "defaults", "borderColor"),
    "button": ("components", "primaryButton", "{mode}", "defaults", "backgroundColor"),
    "button-text": ("components", "primaryButton", "{mode}", "defaults", "textColor"),
    "button-hover": ("components", "primaryButton", "{mode}", "hover", "backgroundColor"),
    "button-hover-text": ("components", "primaryButton", "{mode}", "hover", "textColor"),
    "second": ("components", "secondaryButton", "{mode}", "defaults", "backgroundColor"),
    "second-text": ("components", "secondaryButton", "{mode}", "defaults", "textColor"),
    "second-line": ("components", "secondaryButton", "{mode}", "defaults", "borderColor"),
    "link": ("componentClasses", "link", "{mode}", "defaults", "textColor"),
    "focus": ("componentClasses", "focusState", "{mode}", "borderColor"),
    "error": ("components", "alert", "{mode}", "error", "backgroundColor"),
    "error-line": ("components", "alert", "{mode}", "error", "borderColor"),
}
"""Path in `Settings` of each of our colours."""
CORNERS = {
    "round-button": ("componentClasses", "buttons", "borderRadius"),
    "round-input": ("componentClasses", "input", "borderRadius"),
    "round-card": ("components", "form", "borderRadius"),
}
COLOUR = re.compile(r"[0-9A-Fa-f]{6}(?:[0-9A-Fa-f]{2})?")
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
WIDEST = 64
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "SVG": "image/svg+xml", "WEBP": "image/webp", "ICO": "image/x-icon"}
SCHEMES = {"LIGHT": "light", "DARK": "dark"}


class Look(NamedTuple):
    """The look of the pages."""

    css: str
    """Colours as custom properties, and CSS of the pool."""
    logo: str = ""
    """A `data:` URL, or empty."""
    icon: str = ""
    """A `data:` URL, or empty."""
    banner: bool = False
    """Whether the bar for the logo is shown even without a logo."""


def managed(style: Record) -> Look:
    """Return the look of managed login with a branding style of a client."""
    settings = style.get("Settings") or {}
    mode = _at(settings, ("categories", "global", "colorSchemeMode")) if settings else "DYNAMIC"
    scheme = SCHEMES.get(str(mode or "LIGHT"), "dynamic")
    light = {**LIGHT, **_found(settings, "lightMode")}
    dark = {**DARK, **_found(settings, "darkMode")}
    shown = "dark" if scheme == "dark" else "light"
    assets = style.get("Assets") or []
    logo_on = not settings or _at(settings, ("components", "form", "logo", "enabled")) is not False
    logo = _image(assets, ("FORM_LOGO", "PAGE_HEADER_LOGO"), shown) if logo_on else ""
    icon = _image(assets, ("FAVICON_SVG", "FAVICON_ICO"), shown)
    return Look(_variables(scheme, light, dark) + _corners(settings), logo, icon)


def classic(pool: Record, client_id: str) -> Look:
    """Return the look of the classic pages, which are always light if the pool has CSS."""
    css = str((pool["looks"].get(client_id) or pool["looks"].get(ALL) or {}).get("CSS", ""))
    return Look(
        _variables("light" if css else "dynamic", LIGHT, DARK) + "\n" + css.replace("<", "\\3c "),
        banner="banner-customizable" in css,
    )


def own() -> Look:
    """Return the look of pages that belong to no pool."""
    return Look(_variables("dynamic", LIGHT, DARK))


def _variables(scheme: str, light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    first = _block(dark if scheme == "dark" else light, "dark" if scheme == "dark" else "light")
    return first + (f"@media (prefers-color-scheme: dark){{{_block(dark, 'dark')}}}" if scheme == "dynamic" else "")


def _block(colours: Mapping[str, str], scheme: str) -> str:
    return f":root{{color-scheme:{scheme};" + "".join(f"--{k}:{v};" for k, v in colours.items()) + "}"


def _found(settings: Any, mode: str) -> dict[str, str]:
    found = {name: _at(settings, tuple(mode if p == "{mode}" else p for p in path)) for name, path in PLACES.items()}
    return {name: f"#{v}" for name, v in found.items() if isinstance(v, str) and COLOUR.fullmatch(v)}


def _corners(settings: Any) -> str:
    def rounds() -> Iterator[str]:
        for name, path in CORNERS.items():
            value = _at(settings, path)
            if isinstance(value, int | float) and 0 <= value <= WIDEST:
                yield f"--{name}:{value:g}px;"

    found = "".join(rounds())
    return f":root{{{found}}}" if found else ""


def _at(tree: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _image(assets: list[Record], categories: tuple[str, ...], scheme: str) -> str:
    order = {m: i for i, m in enumerate((scheme.upper(), "DYNAMIC", "LIGHT", "DARK"))}
    fitting = [a for a in assets if a.get("Category") in categories and a.get("Extension") in TYPES]
    fitting.sort(key=lambda a: (categories.index(a["Category"]), order.get(a.get("ColorMode", ""), len(order))))
    for asset in fitting:
        if BASE64.fullmatch(str(asset.get("Bytes", ""))):
            return f"data:{TYPES[asset['Extension']]};base64,{asset['Bytes']}"
    return ""

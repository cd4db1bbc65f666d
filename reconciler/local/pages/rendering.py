"""Renders pages: templates that escape their values, and headers that allow only our scripts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import DictLoader, Environment, StrictUndefined
from werkzeug import Response

from reconciler.local.pages import colours, cookies
from reconciler.local.pages.site import Site
from reconciler.local.store import Record

FIXED = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
SCHEME, HOST = re.compile(r"[a-z][a-z0-9+.-]*"), re.compile(r"[a-z0-9.-]+")


@cache
def _environment() -> Environment:
    folder = files("reconciler.local.pages")
    texts = {f.name: f.read_text(encoding="utf-8") for f in folder.joinpath("templates").iterdir()}
    assets = {f.name: f.read_text(encoding="utf-8") for f in folder.joinpath("assets").iterdir()}
    made = Environment(
        loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["assets"] = assets
    return made


def styles_of(pool: Record, client_id: str) -> Record | None:
    """Return the branding style of a client for managed login, or None."""
    found: Record | None = next((s for s in pool["styles"].values() if s["ClientId"] == client_id), None)
    return found


def look_of(site: Site) -> colours.Look:
    """Return the look of the pages of a domain for the client of the request."""
    client_id = site.request.args.get("client_id", "")
    if site.managed:
        return colours.managed(styles_of(site.pool, client_id) or {})
    return colours.classic(site.pool, client_id)


def page(site: Site, template: str, status: int = 200, **values: Any) -> Response:
    """Return a page of a domain.

    Args:
        site: The request.
        template: Name of the template.
        status: HTTP status.
        values: Values for the template, beside `site`, `csrf`, `look` and `nonce`.
    """
    response = Response("", status, content_type="text/html; charset=utf-8")
    csrf = cookies.guard(site, response)
    known = {"error": "", "notice": "", **values}
    write(response, template, look_of(site), reached(site), site=site, csrf=csrf, **known)
    return response


def write(response: Response, template: str, look: colours.Look, targets: Iterable[str], **values: Any) -> None:
    """Write a page and its headers into a response.

    Args:
        response: The response.
        template: Name of the template.
        look: The look of the page.
        targets: Origins to which a form may redirect, besides that of the page.
        values: Values for the template.
    """
    nonce = secrets.token_urlsafe(16)
    response.set_data(_environment().get_template(template).render(look=look, nonce=nonce, **values))
    response.headers.update(FIXED)
    allowed = " ".join(["'self'", *dict.fromkeys(targets)])
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src 'self' data:; "
        f"connect-src 'self'; form-action {allowed}; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["Content-Security-Policy"] = policy


def reached(site: Site) -> list[str]:
    """Return the origins to which a form of this request may redirect: those of the URLs of the client."""
    client = site.client() or {}
    urls = [*client.get("CallbackURLs", ()), *client.get("LogoutURLs", ())]
    return [site.origin, *(o for o in map(origin_of, urls) if o)]


def origin_of(url: str) -> str:
    """Return the source expression for a URL: its origin, or only the scheme for custom schemes and IPv6 addresses."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if not SCHEME.fullmatch(parts.scheme):
        return ""
    if parts.scheme in ("http", "https") and HOST.fullmatch(parts.hostname or ""):
        return f"{parts.scheme}://{parts.hostname}{port}"
    return f"{parts.scheme}:"


def picture(text: str) -> str:
    """Return a QR code as a `data:` URL; empty if `segno` is not installed."""
    try:
        import segno
    except ImportError:
        return ""
    return str(segno.make(text, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff"))


def error_page(site: Site, title: str, message: str, status: int = 400) -> Response:
    """Return a page that shows an error."""
    return page(site, "error.html", status, title=title, message=message)

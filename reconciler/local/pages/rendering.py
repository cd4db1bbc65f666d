"""Lays out pages: templates that escape what they show, and headers by which a browser runs no script but ours."""

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
    """Return how the pages of a domain look for the client of the request."""
    client_id = site.request.args.get("client_id", "")
    if site.managed:
        return colours.managed(styles_of(site.pool, client_id) or {})
    return colours.classic(site.pool, client_id)


def page(site: Site, template: str, status: int = 200, **values: Any) -> Response:
    """Return a page of a domain.

    Args:
        site: The request.
        template: Name of the template.
        status: Of HTTP.
        values: What the template shows; `site`, `csrf`, `look` and `nonce` are there.
    """
    response = Response("", status, content_type="text/html; charset=utf-8")
    csrf = cookies.guard(site, response)
    known = {"error": "", "notice": "", **values}
    write(response, template, look_of(site), reached(site), site=site, csrf=csrf, **known)
    return response


def write(response: Response, template: str, look: colours.Look, targets: Iterable[str], **values: Any) -> None:
    """Fill an answer with a page, and give it its headers.

    Args:
        response: The answer.
        template: Name of the template.
        look: How it looks.
        targets: Origins that a form may lead to by redirects, besides the page's own.
        values: What the template shows.
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
    """Return the origins that a form of this request may lead to: those of the client's own URLs."""
    client = site.client() or {}
    urls = [*client.get("CallbackURLs", ()), *client.get("LogoutURLs", ())]
    return [site.origin, *(o for o in map(origin_of, urls) if o)]


def origin_of(url: str) -> str:
    """Return what names the origin of a URL in a policy: a scheme alone for those of apps, and for IPv6 addresses."""
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
    """Return the page that says why nothing can be done here."""
    return page(site, "error.html", status, title=title, message=message)

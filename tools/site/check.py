"""Checks the built pages as a browser would read them: every address leads somewhere, and nothing is fetched elsewhere.

Sphinx checks links while it makes pages. This looks at the result, with templates, navigation and files of the theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

OF_THE_THEME = "_static/"
"""Where the theme has its files, with a template among them that is no page."""

LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "srcset"),
    ("video", "src"),
    ("form", "action"),
}
"""Attributes whose addresses a page fetches or sends to, by element."""


class Page(HTMLParser):
    """What a page refers to, and what can be referred to in it.

    Attributes:
        ids: The anchors.
        links: Pairs of the attribute with its element, and an address.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[tuple[tuple[str, str], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the anchors and addresses of an element."""
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.ids.add(value)
            elif name in {"href", "src", "srcset", "action"} and value is not None:
                self.links.append(((tag, name), value))


def problems(site: Path) -> list[str]:
    """Return one line for each address that leads nowhere, or that a page would fetch from another server."""
    there = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    names = sorted(name for name in there if name.endswith(".html") and not name.startswith(OF_THE_THEME))
    pages = {name: Page((site / name).read_text(encoding="utf-8")) for name in names}
    return [f"{name}: {what}" for name in names for what in sorted(set(_of_page(there, pages, name)))]


def _of_page(there: set[str], pages: Mapping[str, Page], name: str) -> Iterator[str]:
    for where, address in set(pages[name].links):
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if where in LOADS and parts.scheme != "data":
                yield f"fetches {address}"
        else:
            yield from _inside(there, pages, name, (unquote(parts.path), unquote(parts.fragment)))


def _inside(there: set[str], pages: Mapping[str, Page], name: str, to: tuple[str, str]) -> Iterator[str]:
    path, anchor = to
    target = normpath(f"{dirname(name)}/{path}".lstrip("/")) if path else name
    if path.endswith("/"):
        target += "/index.html"
    if target not in there:
        yield f"no page {path}"
    elif anchor and target in pages and anchor not in pages[target].ids:
        yield f"no anchor #{anchor}" + (f" in {path}" if path else "")

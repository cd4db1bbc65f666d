"""Checks the built pages as a browser would read them: every address leads somewhere, and nothing is fetched elsewhere.

Sphinx checks links while it makes pages. This looks at the result, with templates, navigation and files of the theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

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
    pages = {p.relative_to(site).as_posix(): Page(p.read_text(encoding="utf-8")) for p in _written(site)}
    return [
        f"{name}: {what}" for name, page in pages.items() for what in sorted(set(_of_page(site, pages, name, page)))
    ]


def _written(site: Path) -> list[Path]:
    return [
        p for p in sorted(site.rglob("*.html")) if p.relative_to(site).parts[0] != "_static"
    ]  # the theme's template


def _of_page(site: Path, pages: Mapping[str, Page], name: str, page: Page) -> Iterator[str]:
    for where, address in page.links:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            if where in LOADS and parts.scheme != "data":
                yield f"fetches {address}"
        elif not parts.path:
            if parts.fragment and unquote(parts.fragment) not in page.ids:
                yield f"no anchor {address}"
        else:
            yield from _inside(site, pages, name, unquote(parts.path), unquote(parts.fragment))


def _inside(site: Path, pages: Mapping[str, Page], name: str, path: str, fragment: str) -> Iterator[str]:
    target = (site / name).parent.joinpath(path).resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_relative_to(site.resolve()) or not target.is_file():
        yield f"no page {path}"
    elif fragment and target.suffix == ".html":
        found = pages[target.relative_to(site.resolve()).as_posix()]
        if fragment not in found.ids:
            yield f"no anchor #{fragment} in {path}"

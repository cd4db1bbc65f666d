"""The navigation of the site: which pages are below which, in which order.

A page that is named and does not exist is left out, and one that exists and is not named is added to the section
`Guides`: so a page can come and go without a change here, and no page is out of reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST = "docs/README"
"""The page that the site opens with."""

SOURCES = ("docs/*.md", "docs/**/*.md", "deploy/README.md", "findings/README.md", "*.md")
"""The pages of the site, as patterns of paths."""


@dataclass(frozen=True)
class Section:
    """A part of the site, which the header of each page names.

    Attributes:
        title: Its name in the header.
        page: Its first page, without suffix.
        below: Patterns of the pages below it, without suffix, in the order of the navigation.
        takes_the_rest: Whether pages that no section names are here.
    """

    title: str
    page: str
    below: tuple[str, ...]
    takes_the_rest: bool = False


SECTIONS = (
    Section(
        "Get started",
        "docs/quick-start",
        ("docs/walkthrough", "docs/applications", "docs/local", "docs/faq"),
    ),
    Section(
        "Guides",
        "docs/guides",
        (
            *("docs/adopt", "docs/terraform", "docs/cloudformation"),
            *("docs/gitops", "docs/drift", "docs/notifications", "docs/scheduled", "docs/fleets"),
            *("docs/overlays", "docs/preview-urls", "docs/tenants", "docs/several-teams"),
            *("docs/moving", "docs/backup", "docs/security", "docs/policy-as-code", "deploy/README"),
        ),
        takes_the_rest=True,
    ),
    Section(
        "Reference",
        "docs/reference/README",
        (
            *("docs/commands", "docs/manifest", "docs/configuration", "docs/formats", "docs/exit-codes", "docs/iam"),
            *("docs/coverage", "docs/reference/*"),
        ),
    ),
    Section("Rules", "docs/rules/README", ("docs/rules", "docs/rules/*")),
    Section(
        "Background",
        "docs/background",
        (
            *("docs/not-done", "docs/cognito", "docs/architecture", "docs/decisions/README", "docs/performance"),
            *("docs/reliability", "docs/mutation", "findings/README", "README", "CONTRIBUTING", "SECURITY"),
            "CHANGELOG",
        ),
    ),
)

TITLES = {"README": "The README"} | {section.page: section.title for section in SECTIONS}
"""Names in the navigation of pages that have another title, or one that says too little there."""

DEEPER = {"docs/decisions/README": ("docs/decisions/*",)}
"""Pages that have pages below them inside a section."""


def pages(root: Path) -> tuple[str, ...]:
    """Return the pages of the site that exist, as paths from the root without suffix, sorted."""
    found = {file for pattern in SOURCES for file in root.glob(pattern)}
    return tuple(sorted(file.relative_to(root).with_suffix("").as_posix() for file in found))


def address(page: str) -> str:
    """Return the address of a page from the root of the site; a README below it is the index of its folder."""
    folder, slash, name = page.rpartition("/")
    return f"{folder}/index.html" if slash and name == "README" else f"{page}.html"


def contents(existing: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Return the pages below each page, in order; every existing page is in it once, except for the first.

    Args:
        existing: The pages that there are, as `pages` returns them.
    """
    first = [section.page for section in SECTIONS if section.page in existing]
    taken = {FIRST, *first}
    below = {FIRST: first}
    for page, patterns in _orders():
        if page in existing:
            below[page] = [*_take(patterns, existing, taken)]
    rest = next((section.page for section in SECTIONS if section.takes_the_rest and section.page in existing), FIRST)
    below[rest] += [page for page in existing if page not in taken]
    return {page: tuple(under) for page, under in below.items()}


def _orders() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from ((section.page, section.below) for section in SECTIONS)
    yield from DEEPER.items()


def _take(patterns: tuple[str, ...], existing: tuple[str, ...], taken: set[str]) -> Iterator[str]:
    for pattern in patterns:
        for page in existing:
            if page not in taken and _fits(page, pattern):
                taken.add(page)
                yield page


def _fits(page: str, pattern: str) -> bool:
    """Whether a page is meant; `*` is one name, and so does not reach into a folder."""
    if not pattern.endswith("/*"):
        return page == pattern
    return page.rpartition("/")[0] == pattern.removesuffix("/*")

"""Every page is in the navigation once, whether or not it is named there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site.navigation import FIRST, SECTIONS, contents, pages

ROOT = Path(__file__).parents[2]
COMING = ("docs/preview-urls", "docs/tenants", "docs/several-teams", "docs/moving")
"""Pages that may exist or not."""


def reached(existing: tuple[str, ...]) -> list[str]:
    return [page for below in contents(existing).values() for page in below]


def test_every_page_is_reached_once() -> None:
    existing = pages(ROOT)
    assert len(existing) > 200
    assert sorted([FIRST, *reached(existing)]) == sorted(existing)


def test_the_header_names_the_sections() -> None:
    assert contents(pages(ROOT))[FIRST] == tuple(section.page for section in SECTIONS)


@pytest.mark.parametrize("page", COMING)
def test_a_page_may_come_and_go(page: str) -> None:
    without = tuple(p for p in pages(ROOT) if p not in COMING)
    assert page not in reached(without)
    below = contents(tuple(sorted([*without, page])))["docs/guides"]
    assert page in below
    assert below.index(page) < below.index("docs/backup")


def test_a_page_that_is_not_named_is_a_guide() -> None:
    existing = tuple(sorted([*pages(ROOT), "docs/new", "docs/rules/CG999", "docs/decisions/0999-new"]))
    found = contents(existing)
    assert found["docs/guides"][-1] == "docs/new"
    assert "docs/rules/CG999" in found["docs/rules/README"]
    assert "docs/decisions/0999-new" in found["docs/decisions/README"]


def test_without_the_page_of_a_section_its_pages_are_elsewhere() -> None:
    assert contents(("docs/README", "docs/commands", "docs/guides"))["docs/guides"] == ("docs/commands",)
    assert contents(("docs/README", "docs/commands")) == {"docs/README": ("docs/commands",)}


def test_pages_of_subfolders_are_not_those_of_their_parent() -> None:
    assert "docs/rules/sub/page" in contents(("docs/guides", "docs/rules/README", "docs/rules/sub/page"))["docs/guides"]

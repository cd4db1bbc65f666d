"""The reference in docs/reference/ is what the tables say, and complete."""

from __future__ import annotations

import re

import pytest

from reconciler.explaining import facts
from reconciler.kinds import KINDS
from tests.reference_pages import COMMAND, FOLDER, INDEX, anchor, pages

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == PAGES[name], f"run: {COMMAND}"


def test_there_are_no_other_pages() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(PAGES)
    assert {f"{section}.md" for section in KINDS} <= set(PAGES)


def test_every_kind_is_in_the_index() -> None:
    assert set(re.findall(r"\]\(([\w.]+\.md)\)", PAGES[INDEX])) == set(PAGES) - {INDEX}


def test_every_member_has_its_row_and_its_section() -> None:
    for path in facts.paths():
        about = facts.explain(path)
        if about.facts:
            page, name = PAGES[f"{about.section}.md"], path.removeprefix(f"{about.section}.")
            assert page.count(f"\n| [`{name}`](#{anchor(name)}) | ") == 1, path
            assert page.count(f"\n### `{name}`\n") == 1, path


@pytest.mark.parametrize("name", PAGES)
def test_tables_are_whole_and_anchors_are_unique(name: str) -> None:
    text = PAGES[name]
    headings = [anchor(h) for h in re.findall(r"^### `(.*)`$", text, re.MULTILINE)]
    assert len(headings) == len(set(headings))
    for line in text.splitlines():
        if line.startswith("| ["):
            assert len(re.findall(r"(?<!\\)\|", line)) in (3, 5), line


def test_pages_link_only_to_each_other_and_to_documents_that_exist() -> None:
    for text in PAGES.values():
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (FOLDER / link).exists(), link

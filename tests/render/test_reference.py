"""The reference in docs/reference/ is what the tables say, and complete."""

from __future__ import annotations

import re

import pytest

from reconciler.explaining import facts
from reconciler.kinds import KINDS
from reconciler.render.explain_words import MUTABILITY
from tools.docs import ROOT
from tools.reference_pages import FOLDER, INDEX, SHORT_WORDS, anchor, pages

PAGES = {path.removeprefix(f"{FOLDER}/"): text for path, text in pages().items()}
README = INDEX.removeprefix(f"{FOLDER}/")


def test_every_kind_has_a_page() -> None:
    assert {f"{section}.md" for section in KINDS} <= set(PAGES)


def test_every_way_to_change_has_its_words() -> None:
    assert set(SHORT_WORDS) | {"changeable"} == set(MUTABILITY)


def test_every_kind_is_in_the_index() -> None:
    assert set(re.findall(r"\]\(([\w.]+\.md)\)", PAGES[README])) == set(PAGES) - {README}


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
            assert len(re.findall(r"(?<!\\)\|", line)) in (3, 4, 5), line


def test_pages_link_only_to_each_other_and_to_documents_that_exist() -> None:
    for text in PAGES.values():
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (ROOT / FOLDER / link).exists(), link

"""The built site in a browser: on a phone and on a desk, light and dark, with a search that needs no server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.render.browser import needed
from tests.site.browser import look
from tools.site.navigation import address, pages

pytestmark = needed
ROOT = Path(__file__).parents[2]
LOOKED_AT = ("docs/README", "docs/walkthrough", "docs/manifest", "docs/rules/CG415", "files/pools/customers.yaml")
SCRIPTS = Path(__file__).parent / "scripts"
WRITTEN = [page for page in pages(ROOT) if page.count("/") < 2 and page != "docs/coverage"]
GENERATED = ("docs/coverage", "docs/reference/clients", "docs/rules/CG415", "docs/decisions/0024-references-and-taint")
FILES = ("files/pools/customers.yaml", "files/pools/index", "search")


def script(name: str, **values: Any) -> str:
    """A script of `scripts/`, with constants before it."""
    constants = [f"const {constant} = {json.dumps(value)};" for constant, value in values.items()]
    return "\n".join([*constants, (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")])


def test_nothing_is_wider_than_the_window(site: Path, tmp_path: Path) -> None:
    names = [address(name) for name in (*WRITTEN, *GENERATED, *FILES)]
    assert len(names) > 40
    assert look(site, tmp_path, script("overflow", PAGES=names)) == []


def test_words_can_be_read_in_light_and_dark(site: Path, tmp_path: Path) -> None:
    names = [address(name) for name in LOOKED_AT]
    found = look(site, tmp_path, script("contrast", PAGES=names))
    assert len(found) == 2 * len(names)
    assert [one for one in found if one["dark"] is not (one["mode"] == "dark") or one["words"] < 10] == []
    assert [one for one in found if one["weak"]] == []


@pytest.mark.parametrize(
    ("word", "page"),
    [
        ("MfaConfiguration", "docs/reference/mfa.html"),
        ("CG415", "docs/rules/CG415.html"),
        ("P7", "docs/rules.html"),
        ("rotate-secret", "docs/commands.html"),
        ("walkthrough", "docs/walkthrough.html"),
    ],
)
def test_the_search_finds(site: Path, tmp_path: Path, word: str, page: str) -> None:
    (found,) = look(site, tmp_path, script("search", WORDS=[word]))
    assert page in found["links"], found["links"][:10]


def test_a_phone_has_the_navigation_behind_a_button(site: Path, tmp_path: Path) -> None:
    closed, opened, reached = look(site, tmp_path, script("phone"))
    assert closed == {"step": "closed", "menu": True, "link": False}
    assert opened["link"]
    assert {"Get started", "Guides", "Reference", "Rules", "Background"} <= set(opened["sections"])
    assert reached["path"] == "/docs/local.html"


def test_commands_can_be_copied_and_what_they_print_not(site: Path, tmp_path: Path) -> None:
    (found,) = look(site, tmp_path, script("copy"))
    assert found["label"] == "Copied"
    assert found["text"].startswith("make setup")
    assert found["printed"] == 0

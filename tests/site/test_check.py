"""The check of built pages finds what leads nowhere and what would be fetched elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site.check import problems

GOOD = """<html id="top"><link rel="stylesheet" href="../_static/site.css"><a href="https://example.com/">out</a>
<a href="#top">up</a><a href="other.html#there">over</a><a href="../files/">folder</a>
<img src="data:image/png;base64,AA">
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "site.css").touch()
    (tmp_path / "_static" / "template.html").write_text('<script src="{{ address }}">')
    (tmp_path / "files" / "index.html").write_text("<p>")
    (tmp_path / "docs" / "other.html").write_text('<p id="there"><a name="name">')
    (tmp_path / "docs" / "page.html").write_text(GOOD)
    return tmp_path


def test_a_good_site(site: Path) -> None:
    assert problems(site) == []


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ('<a href="gone.html">', "no page gone.html"),
        ('<a href="../../outside.html">', "no page ../../outside.html"),
        ('<a href="other.html#gone">', "no anchor #gone in other.html"),
        ('<a href="#gone">', "no anchor #gone"),
        ('<a href="../files/gone/">', "no page ../files/gone/"),
        ('<img src="gone.png">', "no page gone.png"),
        ('<source srcset="gone.png">', "no page gone.png"),
        ('<script src="https://cdn.example/x.js">', "fetches https://cdn.example/x.js"),
        ('<script src="//cdn.example/x.js">', "fetches //cdn.example/x.js"),
        ('<link rel="preload" href="https://fonts.example/x">', "fetches https://fonts.example/x"),
        ('<img src="http://img.example/x.png">', "fetches http://img.example/x.png"),
    ],
)
def test_a_problem(site: Path, html: str, problem: str) -> None:
    (site / "docs" / "page.html").write_text(html)
    assert problems(site) == [f"docs/page.html: {problem}"]

"""Files and folders that documents link to have pages, with their text and nothing that runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site import files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "pools" / "more").mkdir(parents=True)
    (tmp_path / "pools" / ".hidden").touch()
    (tmp_path / "pools" / "a.yaml").write_text("PoolName: a # <script>\n")
    (tmp_path / "pools" / "more" / "b.odd").write_text("1 < 2\n")
    (tmp_path / "pools" / "c.png").write_bytes(b"\x89PNG")
    return tmp_path


def test_addresses(root: Path) -> None:
    assert files.address(root, "pools") == "files/pools/index.html"
    assert files.address(root, "pools/a.yaml") == "files/pools/a.yaml.html"
    assert files.address(root, "pools/c.png") == "pools/c.png"


def test_a_folder_brings_what_is_in_it(root: Path) -> None:
    found = files.closure(root, ["pools"])
    assert found == ("pools", "pools/a.yaml", "pools/c.png", "pools/more", "pools/more/b.odd")
    assert files.body(root, "pools") == (
        '<ul><li><a href="a.yaml.html">a.yaml</a></li><li><a href="../../pools/c.png">c.png</a></li>'
        '<li><a href="more/index.html">more</a></li></ul>'
    )


def test_text_is_escaped_and_coloured(root: Path) -> None:
    assert "&lt;script&gt;" in files.body(root, "pools/a.yaml")
    assert '<span class="nt">PoolName</span>' in files.body(root, "pools/a.yaml")
    assert "1 &lt; 2" in files.body(root, "pools/more/b.odd")


def test_the_first_page_leads_on_without_javascript() -> None:
    assert 'content="0; url=docs/index.html"' in files.redirect("docs/index.html")

"""A small repository is built: links to files get pages, and what leads nowhere is named instead of published."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tools.site.__main__ import build

FIRST = """# Start

[guide](guides.md#a-part), [code](../pools/a.yaml), [folder](../pools), [example](../pools/a.yaml) and a
<picture><img src="images/p.png" alt="x"></picture>
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for folder in ("docs/images", "docs/part", "pools", "other"):
        (root / folder).mkdir(parents=True)
    (root / "docs" / "README.md").write_text(FIRST)
    (root / "docs" / "guides.md").write_text("# Guides\n\n## A part\n\n[part](part/README.md), `--live`, --live\n")
    (root / "docs" / "part" / "README.md").write_text("# Part\n\n[back](../README.md), [root](../../README.md)\n")
    (root / "README.md").write_text("# Root\n\n[start](docs/README.md)\n")
    (root / "docs" / "images" / "p.png").write_bytes(b"\x89PNG")
    (root / "pools" / "a.yaml").write_text("PoolName: a\n")
    (root / "other" / "no.md").write_text("# Not a page\n")
    return root


def built(repository: Path) -> tuple[Path, list[str]]:
    out = repository.parent / "site"
    with warnings.catch_warnings(action="ignore"):
        return out, build(repository, out, jobs=1)


def test_a_site(repository: Path) -> None:
    out, wrong = built(repository)
    assert wrong == []
    first = (out / "docs" / "index.html").read_text(encoding="utf-8")
    assert 'href="guides.html#a-part"' in first
    assert 'href="../files/pools/a.yaml.html"' in first
    assert 'href="../files/pools/index.html"' in first
    assert (out / "docs" / "images" / "p.png").is_file()
    assert "PoolName" in (out / "files" / "pools" / "a.yaml.html").read_text(encoding="utf-8")
    assert 'href="part/index.html"' in (out / "docs" / "guides.html").read_text(encoding="utf-8")
    assert "--live</p>" in (out / "docs" / "guides.html").read_text(encoding="utf-8")
    assert (out / "docs" / "part" / "README.html").read_bytes() == (out / "docs" / "part" / "index.html").read_bytes()
    assert "docs/index.html" in (out / "index.html").read_text(encoding="utf-8")
    assert "Root" in (out / "README.html").read_text(encoding="utf-8")
    assert not (out / "other").exists()
    assert [p.name for p in out.parent.iterdir() if "work" in p.name] == []


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[x](gone.md)", "gone.md"),
        ("[x](guides.md#gone)", "gone"),
        ("[x](#gone)", "gone"),
        ("[x](../pools/gone.yaml)", "gone.yaml"),
        ("[x](../../outside.md)", "/outside'"),
        ('<img src="images/gone.png" alt="x">', "gone.png"),
        ('<img src="https://elsewhere.example/x.png" alt="x">', "fetches https://elsewhere.example/x.png"),
        ('<script src="https://elsewhere.example/x.js"></script>', "fetches https://elsewhere.example/x.js"),
    ],
)
def test_what_is_wrong_is_named(repository: Path, text: str, named: str) -> None:
    with (repository / "docs" / "README.md").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    (repository.parent / "outside.md").write_text("# Outside\n")
    _, wrong = built(repository)
    assert any("README" in line or "docs/index.html" in line for line in wrong)
    assert any(named in line for line in wrong)

"""The documents for people who change poolctl name what is there, and are as short as they are meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "reconciler"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def paths(text: str) -> Iterator[str]:
    """What a document names in code marks and looks like a path of the repository."""
    for name in re.findall(r"`([\w./-]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)):
        if name.endswith("/") or re.search(r"\.(py|json|toml|txt)$", name):
            yield name


def test_the_architecture_fits_two_screens() -> None:
    assert len(ARCHITECTURE.splitlines()) <= 100


def test_the_architecture_has_a_row_for_each_package_and_flat_module() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", ARCHITECTURE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w./]+)`", row)}
    packages = {f"{p.parent.name}/" for p in PACKAGE.glob("*/__init__.py")}
    flat = {p.name for p in PACKAGE.glob("*.py") if not p.name.startswith("__")}
    assert named == {*packages, *flat, "schemas/"}


@pytest.mark.parametrize("text", [ARCHITECTURE, CONTRIBUTING], ids=["architecture", "contributing"])
def test_every_path_that_is_named_exists(text: str) -> None:
    where = [ROOT, PACKAGE, PACKAGE / "kinds", ROOT / "schemas"]
    found = [*paths(text)]
    assert len(found) > 15
    assert [name for name in found if not any((folder / name).exists() for folder in where)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    prose = re.sub(r"`[^`]*`", "", document.read_text(encoding="utf-8"))
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|^\[\d+\]: (\S+)$", prose, re.MULTILINE)
    local = [one or other for one, other in links if "://" not in (one or other)]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_the_two_walks_pass_through_the_stages_in_order() -> None:
    walk = ARCHITECTURE.partition("## One value on its way")[2].partition("\n## ")[0]
    stages = ["`cli/`", "`manifests/`", "`planning/pipeline.py`", "`values/differ.py`", "`planning/lowering.py`"]
    found = [walk.find(name) for name in [*stages, "UpdateUserPool through", "`cloud/aws.py`"]]
    assert -1 not in found
    assert found == sorted(found)
    assert "MinimumLength" in walk

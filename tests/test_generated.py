"""Every generated file of the repository is what its generator makes of the tables now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs import ROOT, Generator, generators, outdated, stale

GENERATORS = generators()
PATHS = [path for generator in GENERATORS for path in generator.pages]


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
def test_its_files_are_up_to_date(generator: Generator) -> None:
    wrong = [path for path, _ in outdated(generator)]
    assert wrong == [], "run: make docs"


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
def test_its_folder_holds_nothing_else(generator: Generator) -> None:
    assert [*stale(generator)] == [], "run: make docs"


def test_no_two_generators_write_one_file() -> None:
    assert len(PATHS) == len(set(PATHS))
    assert {"docs/coverage.md", "docs/reference/README.md", "docs/schema/v1.json"} <= set(PATHS)


def test_paths_stay_inside_and_every_file_is_there() -> None:
    assert [path for path in PATHS if ".." in path or path.startswith("/") or not (ROOT / path).is_file()] == []


def test_a_generator_is_deterministic() -> None:
    assert generators() == GENERATORS


def test_a_change_of_a_file_is_noticed_and_a_file_too_many_as_well(tmp_path: Path) -> None:
    made = Generator("made", {"docs/a.md": "new\n", "docs/b.md": "same\n"}, "docs")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("old\n", encoding="utf-8")
    (tmp_path / "docs" / "b.md").write_text("same\n", encoding="utf-8")
    (tmp_path / "docs" / "c.md").write_text("left over\n", encoding="utf-8")
    assert [*outdated(made, tmp_path)] == [("docs/a.md", "new\n")]
    assert [*stale(made, tmp_path)] == ["docs/c.md"]

"""The table of a run of mutations: every module counts by itself, and what was not tried is not killed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from tools.mutation import main

ROOT = Path(__file__).parents[1]
HEAD = "| Module | Mutants | Killed | Score |\n| --- | ---: | ---: | ---: |\n"


def result(folder: Path, module: str, *codes: int | None) -> None:
    file = folder / f"{module}.meta"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"exit_code_by_key": {f"m{i}": code for i, code in enumerate(codes)}}))


def test_a_row_a_module_and_one_for_all(tmp_path, capsys):
    result(tmp_path, "a/one.py", *[1] * 17, 3, 0, 0)
    result(tmp_path, "a/two.py", *[1] * 9, 0)
    result(tmp_path, "a/none.py")
    assert main(tmp_path) == 0
    rows = "| `a/one.py` | 20 | 18 | 90.0 % |\n| `a/two.py` | 10 | 9 | 90.0 % |\n| `all` | 30 | 27 | 90.0 % |\n"
    assert capsys.readouterr().out == HEAD + rows


def test_a_weak_module_cannot_hide_and_a_time_limit_kills_nothing(tmp_path, capsys):
    result(tmp_path, "strong.py", *[1] * 100)
    result(tmp_path, "weak.py", *[1] * 8, -24, 0)
    assert main(tmp_path) == 1
    assert "| `weak.py` | 10 | 8 | 80.0 % |" in capsys.readouterr().out


def test_a_run_that_is_not_complete_is_none(tmp_path, capsys):
    result(tmp_path, "one.py", *[1] * 99, None)
    assert main(tmp_path) == 1
    assert "| `one.py` | 100 | 99 (1 not tried) | 99.0 % |" in capsys.readouterr().out
    assert main(tmp_path / "nowhere") == 1
    assert "make mutation" in capsys.readouterr().err


def test_the_page_has_a_row_of_enough_score_for_every_module_of_the_run():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    page = (ROOT / "docs" / "mutation.md").read_text()
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert set(rows) == {*settings["only_mutate"], "all"}
    assert [line for line in rows.values() if float(line.split("|")[4].strip(" %")) < 85] == []
    assert all((ROOT / file).is_file() for file in settings["pytest_add_cli_args_test_selection"])

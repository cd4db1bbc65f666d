from __future__ import annotations

import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.cli.support import run

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture(params=HOOKS, ids=lambda hook: hook["id"])
def hook(request):
    return request.param


def command(hook) -> list[str]:
    program, *rest = shlex.split(hook["entry"])
    assert program in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    return [*rest, *hook["args"]]


def test_a_hook_passes_what_is_right(hook, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert run(*command(hook)).code == 0


def test_a_hook_stops_what_is_wrong(hook, monkeypatch, tmp_path):
    shutil.copytree(ROOT / "pools", tmp_path / "pools")
    (tmp_path / "pools" / "wrong.yaml").write_text("version: 1\nuser_pool: {PoolNam: x}\n")
    monkeypatch.chdir(tmp_path)
    ran = run(*command(hook))
    assert ran.code == 3
    assert "pools/wrong.yaml:2:13" in ran.err


def test_a_hook_is_run_once_for_the_directory_that_it_names(hook):
    assert hook["pass_filenames"] is False
    assert [hook["files"]] == [f"^{place}" for place in hook["args"]]

"""The guide of tenants does what it says: its commands run, its manifests are valid, its overlay fits."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.support import run

GUIDE = (Path(__file__).parents[2] / "docs" / "tenants.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


MANIFESTS = [text for text in blocks("yaml") if text.startswith("version: 1")]
[OVERLAY] = [text for text in blocks("yaml") if not text.startswith("version: 1")]
COMMANDS = [line for line in GUIDE.splitlines() if line.startswith("poolctl ")]


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("pools").mkdir()
    [table] = blocks("csv")
    Path("pools/tenants.csv").write_text(table)
    Path("pools/customers.yaml").write_text(MANIFESTS[0])
    return tmp_path


def test_the_commands_run(place):
    assert len(COMMANDS) == 3
    for command in COMMANDS:
        ran = run(*shlex.split(command)[1:])
        assert ran.code == 0, ran.err


@pytest.mark.parametrize("text", MANIFESTS)
def test_the_manifests_are_valid(place, text):
    Path("pools/customers.yaml").write_text(text)
    ran = run("validate", "pools/customers.yaml")
    assert ran.code == 0, ran.err


def test_the_overlay_fits(place):
    Path("pools/overlays/prod").mkdir(parents=True)
    Path("pools/overlays/prod/customers.yaml").write_text(OVERLAY)
    ran = run("--local", "plan", "--env", "prod", "pools")
    assert "/prod/metadata" in ran.out
    assert "initech" not in ran.out


def test_a_changed_row_is_shown_as_the_guide_shows_it(place):
    run("--local", "apply", "--yes", "pools/customers.yaml")
    table = Path("pools/tenants.csv")
    table.write_text(table.read_text().replace("metadata,email,true", "metadata,upn,true"))
    ran = run("--local", "plan", "pools/customers.yaml")
    for line in blocks("text")[0].splitlines():
        assert line in ran.out

"""The five commands of the first page, as they are, lead from a checkout to a plan of an own pool, without a network.

`make setup` has been run before any test, and finds nothing to do. So the checkout of the test has the same virtual
environment, and all files that the commands read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.site.blocks import ROOT, blocks

FIRST, *_ = [block for block in blocks() if block.page == "docs/README.md"]
PRINTED = next(block for block in blocks() if block.page == "docs/README.md" and block.language == "text")
VENV = ROOT / ".venv"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "pools", folder / "pools")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(VENV / "bin")
    (folder / ".venv" / ".installed").touch()
    return folder


def test_there_are_five() -> None:
    assert FIRST.language == "sh"
    assert len(FIRST.lines) == 5


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.skipif(not (VENV / "bin" / "poolctl").exists(), reason="poolctl is not installed by make setup")
def test_they_lead_to_a_plan(checkout: Path) -> None:
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    blocked = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", FIRST.text],
        cwd=checkout,
        env={**environ, **blocked},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert (checkout / "pools" / "shop.yaml").is_file()
    assert "pools/shop.yaml: valid" in ran.stdout
    said = ran.stdout + ran.stderr
    assert [line for line in PRINTED.text.splitlines() if line not in said] == []

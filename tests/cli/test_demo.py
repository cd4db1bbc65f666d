"""`make demo` is short, and ends with the pages where users sign in and with what to do next."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import run

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_demo(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    command = ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.installed", "demo"]
    script = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = [line.rpartition("; ")[2].split() for line in script.splitlines() if "bin/poolctl " in line]
    assert len(lines) >= 4
    said = []
    for _, *words in lines:
        ran = run(*(word.replace(".poolctl-local/demo", str(tmp_path)) for word in words))
        assert ran.code == 0, ran.err
        said.append(ran.out)
    assert "No changes." in said[2]
    assert "clients/MyFirstUserPool sign in" in said[-1]
    assert ".amazoncognito.com/login?client_id=" in said[-1]
    assert sum(text.count("\n") for text in said) < 150
    assert "poolctl init" in script.rpartition("Next, after")[2]

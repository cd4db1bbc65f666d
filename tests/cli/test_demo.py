"""`make demo` is short, and ends with the pages where users sign in and with what to do next."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.support import run
from tools import walkthrough

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_demo(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    command = ["make", "--dry-run", "--no-print-directory", "--assume-old=.venv/.installed", "demo"]
    script = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = [line.rpartition("; ")[2].split() for line in script.splitlines() if ".venv/bin/p" in line]
    said = []
    for program, *words in lines:
        local = [word.replace(".poolctl-local/demo", str(tmp_path)) for word in words]
        if program.endswith("python"):
            assert local[:2] == ["-m", "tools.walkthrough"]
            assert [walkthrough.main(local[2:]) for _ in range(2)] == [0, 0]  # a second demo finds the user there
            continue
        ran = run(*local)
        assert ran.code == 0, ran.err
        said.append(ran.out)
    signed_up, confirmed, first, second = capsys.readouterr().out.splitlines()
    assert signed_up.startswith("ada signs up. Cognito would send to ada@example.com: Your verification code is ")
    assert confirmed == "ada confirms with the code."
    assert first == second
    assert first.startswith("ada signs in with the password, proved by SRP, and is ")
    _, _, again, users, react, flutter, addresses = said
    assert "No changes." in again
    assert users.splitlines()[1].split()[:3] == ["ada", "ada@example.com", "CONFIRMED"]
    assert json.loads(react)["auth"]["oauth"]["domain"] == "my-first-user-pool.auth.us-west-2.amazoncognito.com"
    assert json.loads(flutter.removeprefix("const amplifyConfig = r'''").rstrip().removesuffix("''';")) == json.loads(
        react
    )
    assert "clients/MyFirstUserPool sign in" in addresses
    assert ".amazoncognito.com/login?client_id=" in addresses
    assert sum(text.count("\n") for text in said) < 250
    assert "poolctl init" in script.rpartition("Next, ")[2]

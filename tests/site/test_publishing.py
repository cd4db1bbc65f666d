"""The workflow that publishes the site is valid, careful, and publishes what `make docs-site` builds."""

from __future__ import annotations

import subprocess
import sys

import yaml

from tests.site.blocks import ROOT
from tools.site.__main__ import SITE

FILE = ROOT / "deploy" / "github-pages" / "site.yml"
TREE = yaml.safe_load(FILE.read_text(encoding="utf-8"))
JOBS = TREE["jobs"]


def test_it_is_what_github_takes() -> None:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(FILE)]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_it_is_careful() -> None:
    assert TREE["permissions"] == {}
    assert JOBS["build"]["permissions"] == {"contents": "read"}
    assert JOBS["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert JOBS["publish"]["if"] == "${{ github.ref == 'refs/heads/main' }}"
    assert all(job["timeout-minutes"] for job in JOBS.values())
    assert JOBS["build"]["steps"][0]["with"]["persist-credentials"] is False


def test_it_publishes_what_is_built() -> None:
    *_, make, upload = JOBS["build"]["steps"]
    assert make["run"] == "make docs-site"
    assert upload["with"]["path"] == SITE.relative_to(ROOT).as_posix()
    assert "docs-site: $(STAMP)\n\t$(BIN)/python -m tools.site\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_it_is_not_under_version_control() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert f"{SITE.relative_to(ROOT).parts[0]}/" in ignored


def test_make_test_builds_it() -> None:
    assert "\ntest: lint types contracts docs-site unit\n" in (ROOT / "Makefile").read_text(encoding="utf-8")

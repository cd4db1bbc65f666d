"""Files that a run writes are checked before anything is read, and none of them is an input."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import InvalidInput
from reconciler.terminal.options import Options
from reconciler.terminal.outputs import check
from tests.cli.support import run

MANIFEST = "version: 1\ntarget: {region: eu-west-1}\nuser_pool: {PoolName: customers}\n"


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("pools/a.yaml", "pools/team/b.yml", "pools/overlays/prod/a.yaml", "vars.yaml", "other.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MANIFEST)
    (tmp_path / "link.yaml").symlink_to("pools/a.yaml")
    os.link(tmp_path / "pools/a.yaml", tmp_path / "hard.yaml")
    (tmp_path / "around").symlink_to("pools")
    return tmp_path


INPUTS = ["pools/a.yaml", "./pools/../pools/a.yaml", "link.yaml", "hard.yaml", "around/a.yaml", "pools/team/b.yml",
          "pools/overlays/prod/a.yaml", "vars.yaml"]  # fmt: skip


@pytest.mark.parametrize("file", INPUTS)
@pytest.mark.parametrize("flag", ["--out", "-o"])
def test_an_output_that_is_an_input_is_refused(place, file, flag):
    before = {p: p.read_text() for p in place.rglob("*") if p.is_file()}
    words = ["--out", file] if flag == "--out" else ["-o", f"json={file}"]
    ran = run("plan", "--local", "--var-file", "vars.yaml", *words, "pools")
    assert ran.code == 3
    assert "is an input of the run" in ran.err
    assert {p: p.read_text() for p in before} == before
    assert not (place / ".poolctl-local").exists()  # nothing was read


def test_a_plan_file_and_its_manifests_are_inputs_of_what_shows_and_applies_it(place):
    assert run("plan", "--local", "--out", "plan.json", "pools/a.yaml").code == 0
    for command in (["show"], ["apply", "--local"]):
        ran = run(*command, "-o", "json=plan.json", "plan.json")
        assert (ran.code, "is an input of the run" in ran.err) == (3, True)
    ran = run("apply", "--local", "-o", "json=hard.yaml", "plan.json")  # a manifest that the plan file names
    assert (ran.code, "is an input of the run" in ran.err) == (3, True)


def test_the_sides_of_a_comparison_are_inputs(place):
    for side in ("pools/a.yaml", "pools/a.yaml@prod"):
        ran = run("diff", "-o", "json=pools/a.yaml", side, "other.yaml")
        assert (ran.code, "is an input of the run" in ran.err) == (3, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "--out", "no/such/p.json"], '--out: the directory "no/such" does not exist.'),
        (["plan", "--out", "pools"], '--out: "pools" is a directory. Name a file in it.'),
        (["plan", "-o", "json=pools"], '--output: "pools" is a directory.'),
        (["plan", "-o", "json=x.json", "--out", "./x.json"], '--out: "./x.json" is written by --output too.'),
        (["plan", "--out", "/dev/null"], '--out: "/dev/null" is not a regular file.'),
        (["apply", "--yes", "--rollback-file", "no/r.yaml"], '--rollback-file: the directory "no" does not exist.'),
        (["drift", "--remember", "no/r.json"], '--remember: the directory "no" does not exist.'),
        (["drift", "--remember", "pools"], '--remember: "pools" is a directory.'),
        (["export", "--all", "--to", "vars.yaml"], '--to: "vars.yaml" is not a directory.'),
        (["validate", "-o", "sarif=vars.yaml/x"], '--output: the directory "vars.yaml" does not exist.'),
    ],
)
def test_what_cannot_be_written_is_found_before_anything_is_read(place, words, said):
    paths = [] if words[0] == "export" else ["pools/a.yaml"]
    ran = run(*words, "--local", *paths)
    assert (ran.code, said in ran.err) == (3, True), ran.err
    assert not (place / ".poolctl-local").exists()


def test_a_directory_that_may_not_be_written_is_said(place):
    (place / "shut").mkdir()
    (place / "shut").chmod(0o500)
    if os.access(place / "shut", os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(InvalidInput, match="is not writable"):
        check(Options("plan", paths=("pools",), out="shut/plan.json"))


def test_a_growing_output_may_be_a_pipe_and_an_old_report_may_be_replaced(place):
    os.mkfifo(place / "pipe")
    (place / "report.json").write_text("{}")
    os.link(place / "report.json", place / "pools" / "report.json")  # not read as a manifest
    check(Options("apply", paths=("pools",), outputs=(("jsonl", "pipe"), ("json", "report.json"))))
    with pytest.raises(InvalidInput, match="is not a regular file"):
        check(Options("apply", paths=("pools",), outputs=(("json", "pipe"),)))

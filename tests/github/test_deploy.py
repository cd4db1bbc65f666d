"""The Action and the workflows that people copy: valid, careful, and in step with the scripts and the command line."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reconciler.cli import entry
from reconciler.github.job import INPUTS

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / "deploy" / "github").glob("*.yml"))
GITLAB = ROOT / "deploy" / "gitlab" / "poolctl.gitlab-ci.yml"
VALUES = {"matrix.shard": "1/2", "runner.temp": "."}


def load(file: Path):
    tree = yaml.safe_load(file.read_text())
    return {"on" if key is True else key: value for key, value in tree.items()}


ACTION = load(ROOT / "action.yml")
STEPS = ACTION["runs"]["steps"]


def parsed(words: list[str]):
    """What the real parser makes of a command line."""
    command, rest = entry.split(words)
    return entry.parse(command, entry.load(command), rest, {})


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-actions", [ROOT / "action.yml"]),
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.gitlab-ci", [GITLAB]),
    ],
)
def test_files_are_what_the_vendors_take(schema, files):
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


# --- the Action ---


def scripts(tree):
    if isinstance(tree, dict):
        yield from ([tree["run"]] if isinstance(tree.get("run"), str) else [])
        yield from (s for value in tree.values() for s in scripts(value))
    if isinstance(tree, list):
        yield from (s for value in tree for s in scripts(value))


@pytest.mark.parametrize("file", [ROOT / "action.yml", *WORKFLOWS], ids=lambda f: f.name)
def test_no_expression_is_put_into_a_script(file):
    found = list(scripts(load(file)))
    assert len(found) >= (2 if file.name == "action.yml" else 0)
    assert [s for s in found if "${{" in s] == []


def test_the_scripts_know_every_input_and_get_every_one():
    (step,) = [s for s in STEPS if s.get("id") == "poolctl"]
    given = {k: v for k, v in step["env"].items() if k.startswith("INPUT_")}
    assert set(given) == {*INPUTS, "INPUT_COMMAND"}
    for name, value in given.items():
        assert value == f"${{{{ inputs.{name.removeprefix('INPUT_').lower().replace('_', '-')} }}}}"
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+)", str(STEPS))) | {"role-to-assume", "command"}
    assert used == set(ACTION["inputs"])


def test_defaults_are_the_same_in_both():
    for name, default in INPUTS.items():
        assert ACTION["inputs"][name.removeprefix("INPUT_").lower().replace("_", "-")]["default"] == default


def test_outputs_are_those_of_the_scripts():
    source = "".join(p.read_text() for p in (ROOT / "reconciler" / "github").glob("*.py"))
    written = {
        name.replace("_", "-")
        for call in re.findall(r"runner\.output\((.*?)\n?\s*\)\n", source, re.DOTALL)
        for name in re.findall(r"(?:^|[\s(])([a-z_]+)=", call)
    }
    assert written == set(ACTION["outputs"])
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.poolctl.outputs.{name} }}}}"


def test_there_is_no_way_to_hand_over_long_lived_keys():
    text = (ROOT / "action.yml").read_text() + GITLAB.read_text() + "".join(f.read_text() for f in WORKFLOWS)
    assert not re.search(r"access.?key|secret.?key|secrets\.", text, re.IGNORECASE)


def test_python_imports_nothing_from_the_checkout():
    found = [line for s in scripts(ACTION) for line in s.splitlines() if "python" in line.lower() and " -" in line]
    assert len(found) == 3
    assert all('" -I ' in line for line in found)


# --- the workflows ---


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.name)
def test_workflows_are_careful(file):
    tree = load(file)
    assert tree["permissions"] == {}
    assert tree["concurrency"]["cancel-in-progress"] is (file.name == "plan.yml")
    assert "pull_request_target" not in tree["on"]
    for job in tree["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"]
        checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout")]
        assert all(s["with"]["persist-credentials"] is False for s in checkouts)


PERMISSIONS = {
    "plan": {"contents": "read", "id-token": "write", "pull-requests": "write"},
    "apply": {"contents": "read", "id-token": "write", "pull-requests": "write"},
    "drift": {"contents": "read", "id-token": "write"},
    "issues": {"issues": "write"},
}


def jobs():
    for file in WORKFLOWS:
        for name, job in load(file)["jobs"].items():
            yield pytest.param(file, name, job, id=name)


@pytest.mark.parametrize(("file", "name", "job"), list(jobs()))
def test_jobs_use_the_action_rightly(file, name, job):
    assert job["permissions"] == PERMISSIONS[name]
    (step,) = [s for s in job["steps"] if s.get("uses", "").startswith("OWNER/poolctl")]
    assert step["uses"] == "OWNER/poolctl@REF"
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert step["with"]["command"] == name
    if name == "issues":
        return
    args = re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda m: VALUES[m[1]], step["with"].get("args", ""))
    args = args.replace("./plan/", "")
    options = parsed([name, *shlex.split(args), "--", *shlex.split(step["with"]["paths"])])
    assert options.paths == ("pools",)


def test_plan_and_apply_decide_the_same():
    with_ = {
        name: load(ROOT / "deploy" / "github" / f"{name}.yml")["jobs"][name]["steps"][1]["with"]
        for name in ("plan", "apply")
    }
    for name in ("paths", "key", "working-directory"):
        assert with_["plan"].get(name) == with_["apply"].get(name)


def test_an_apply_is_never_broken_off_and_only_from_the_default_branch():
    tree = load(ROOT / "deploy" / "github" / "apply.yml")
    assert set(tree["on"]) == {"push", "workflow_dispatch"}
    assert tree["on"]["push"]["branches"] == ["main"]
    assert "expect" in tree["on"]["workflow_dispatch"]["inputs"]
    (job,) = tree["jobs"].values()
    assert job["environment"] == "production"
    assert job["if"] == "${{ github.ref == 'refs/heads/main' }}"


def test_issues_are_written_whatever_became_of_the_shards():
    tree = load(ROOT / "deploy" / "github" / "drift.yml")
    assert tree["jobs"]["issues"]["if"] == "${{ always() }}"
    assert tree["jobs"]["drift"]["strategy"]["fail-fast"] is False
    minute = int(tree["on"]["schedule"][0]["cron"].split()[0])
    assert minute % 2 == 1


# --- GitLab ---

PIPELINE = load(GITLAB)
GITLAB_JOBS = {name: job for name, job in PIPELINE.items() if isinstance(job, dict) and name.startswith("poolctl ")}
GATES = "--fail-on weakens --allow CHG04=mfa"


@pytest.mark.parametrize("name", GITLAB_JOBS)
def test_gitlab_runs_commands_that_there_are(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gates.yaml").touch()  # an artifact of another job
    (line,) = GITLAB_JOBS[name]["script"]
    program, *words = shlex.split(line.replace("$COGNITO_GATES", GATES if "$COGNITO_GATES" in line else ""))
    assert program == "poolctl"
    options = parsed(words)
    assert options.command == name.split()[1]
    written = {file for _, file in options.outputs if file} | {options.out, options.rollback_file} - {""}
    kept = GITLAB_JOBS[name]["artifacts"]
    patterns = [*kept.get("paths", []), *kept["reports"].values()]
    assert [f for f in written if f and not any(Path(f).match(p) for p in patterns)] == []


def test_gitlab_judges_a_merge_request_by_the_gates_of_its_target_branch():
    job, gates = GITLAB_JOBS["poolctl plan"], PIPELINE["gates"]
    assert "gates" in job["needs"]
    assert "--gates-from gates.yaml" in job["script"][0]
    assert gates["artifacts"]["paths"] == ["gates.yaml"]
    assert gates["rules"] == job["rules"]
    for name in ("poolctl plan", "poolctl plan merged", "poolctl apply", "poolctl drift"):
        assert "$COGNITO_GATES" in GITLAB_JOBS[name]["script"][0]


class Clone:
    """A clone of a repository whose target branch gets files, and the script of the job that reads gates."""

    def __init__(self, directory: Path) -> None:
        self.origin, self.clone = directory / "origin", directory / "clone"
        self.origin.mkdir()
        self.git("init", "--quiet", "--initial-branch=main", at=self.origin)
        self.commit("other", "")
        self.git("clone", "--quiet", str(self.origin), str(self.clone), at=directory)

    def git(self, *words, at):
        author = ["-c", "user.name=a", "-c", "user.email=a@b"]
        done = subprocess.run(["git", *author, *words], cwd=at, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, name, text):
        (self.origin / name).write_text(text)
        self.git("add", ".", at=self.origin)
        self.git("commit", "--quiet", "--message=x", at=self.origin)

    def gates(self, **more):
        environ = {"PATH": os.environ["PATH"], "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", **more}
        script = "\n".join(["set -e", *PIPELINE["gates"]["script"]])
        shell = {"cwd": self.clone, "env": environ, "capture_output": True, "text": True}
        done = subprocess.run(["sh", "-c", script], **shell, check=False)
        return done.returncode, done.stdout, done.stderr

    @property
    def text(self):
        return (self.clone / "gates.yaml").read_text()


@pytest.fixture
def clone(tmp_path):
    return Clone(tmp_path)


@pytest.mark.parametrize("name", ["poolctl.yaml", "poolctl.yml"])
def test_the_gates_of_a_target_branch_are_found_with_git(clone, name):
    assert (clone.gates()[0], clone.text) == (0, "")
    clone.commit(name, "fail_on: [weakens]\n")
    assert (clone.gates()[0], clone.text) == (0, "fail_on: [weakens]\n")
    (clone.clone / "poolctl.yaml").write_text("fail_on: none\n")
    code, out, _ = clone.gates()
    assert (code, "-fail_on: [weakens]\n+fail_on: none\n" in out) == (0, True), out


def test_gates_that_cannot_be_read_fail_the_job(clone):
    clone.commit("poolctl.yaml", "fail_on: [weakens]\n")
    assert clone.gates(CI_MERGE_REQUEST_TARGET_BRANCH_NAME="gone")[0] != 0
    assert clone.gates()[0] == 0
    blob = clone.git("rev-parse", "HEAD:poolctl.yaml", at=clone.origin)
    for place in (clone.origin, clone.clone):
        (place / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert clone.gates()[0] != 0


def test_two_files_or_another_one_fail_the_job(clone):
    clone.commit("poolctl.yaml", "fail_on: [weakens]\n")
    for more in (
        {"POOLCTL_CONFIG": "ci/poolctl.yaml"},
        {"COGNITO_GATES": "--fail-on weakens --config ci/poolctl.yaml"},
        {"COGNITO_GATES": "--config=ci/poolctl.yaml"},
        {"COGNITO_GATES": "--gates-from x"},
    ):
        code, _, said = clone.gates(**more)
        assert (code, "Only poolctl.yaml of the root is read" in said) == (1, True), more
    assert clone.gates(COGNITO_GATES="--fail-on weakens", POOLCTL_CONFIG="")[0] == 0
    clone.commit("poolctl.yml", "")
    code, _, said = clone.gates()
    assert (code, "Keep one of them." in said) == (1, True)


def test_gitlab_applies_the_plan_of_its_own_pipeline():
    job = GITLAB_JOBS["poolctl apply"]
    assert job["needs"] == ["poolctl plan merged"]
    assert job["resource_group"]
    assert job["rules"] == [{**GITLAB_JOBS["poolctl plan merged"]["rules"][0], "when": "manual"}]
    assert "plan.poolctl.json" in GITLAB_JOBS["poolctl plan merged"]["artifacts"]["paths"]
    assert job["variables"] == {"AWS_ROLE_ARN": "$COGNITO_APPLY_ROLE"}


def test_gitlab_sets_nothing_that_poolctl_takes_for_a_setting():
    assert not re.search(r"^\s*POOLCTL_", GITLAB.read_text(), re.MULTILINE)
    assert "$POOLCTL_" not in GITLAB.read_text()
    assert GITLAB_JOBS["poolctl plan"]["allow_failure"] == {"exit_codes": [2]}

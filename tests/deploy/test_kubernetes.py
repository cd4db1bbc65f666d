"""The CronJobs: what is tried again, who shares the work, and that nothing runs with more rights than it needs."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from tests.deploy.support import DEPLOY, ROOT, accepted, documents

FILES = {path.name: path for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))}
JOBS = {name: document for name, path in FILES.items() for document in documents(path) if document["kind"] == "CronJob"}
NAMES = ["cronjob.yaml", "fleet.yaml"]


def spec(name: str) -> dict:
    return JOBS[name]["spec"]["jobTemplate"]["spec"]


def pod(name: str) -> dict:
    return spec(name)["template"]["spec"]


def container(name: str) -> dict:
    (found,) = pod(name)["containers"]
    return found


def expanded(text: str, variables: dict[str, str]) -> str:
    """Kubernetes' own expansion of args: $(NAME), where NAME is known; $$ is $."""
    return re.sub(r"\$\$|\$\(([^)]*)\)", lambda m: "$" if m[0] == "$$" else variables.get(m[1], m[0]), text)


def worker(index: int, tmp_path) -> list[str]:
    """What a shell makes of the fleet's command line, on the worker of an index."""
    variables = {e["name"]: e["value"] for e in container("fleet.yaml")["env"] if "value" in e}
    (script,) = container("fleet.yaml")["args"]
    binary = tmp_path / "poolctl"
    binary.write_text('#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done\n')
    binary.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "JOB_COMPLETION_INDEX": str(index), **variables}
    words = [*container("fleet.yaml")["command"], expanded(script, variables)]
    return subprocess.check_output(words, text=True, env=env).splitlines()


def line(name: str, tmp_path) -> list[str]:
    return container(name)["args"] if "command" not in container(name) else worker(0, tmp_path)


def test_these_are_all():
    assert sorted(JOBS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_command_line_is_accepted(name, tmp_path):
    options = accepted(line(name, tmp_path), tmp_path)
    assert options.command == "drift"
    assert options.paths == ("pools",)
    assert options.exit_zero  # 2 would be a failed pod, and tried again
    assert options.non_interactive
    assert options.remember.startswith("s3://")
    assert options.notify


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_get_better_is_not_tried_again(name):
    rules = spec(name)["podFailurePolicy"]["rules"]
    codes = [(r["action"], r["onExitCodes"]) for r in rules if "onExitCodes" in r]
    action = "FailIndex" if spec(name).get("completionMode") == "Indexed" else "FailJob"
    assert codes == [(action, {"containerName": container(name)["name"], "operator": "In", "values": [3, 4]})]
    assert pod(name)["restartPolicy"] == "Never"  # without it there can be no policy
    assert spec(name).get("backoffLimit", spec(name).get("backoffLimitPerIndex")) == 1


@pytest.mark.parametrize("name", NAMES)
def test_runs_do_not_overlap(name):
    assert JOBS[name]["spec"]["concurrencyPolicy"] == "Forbid"
    assert spec(name)["activeDeadlineSeconds"] < {"cronjob.yaml": 3600, "fleet.yaml": 4 * 3600}[name]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_has_more_rights_than_it_needs(name):
    assert pod(name)["securityContext"]["runAsNonRoot"] is True
    assert pod(name)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(name)["automountServiceAccountToken"] is False
    context = container(name)["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert container(name)["resources"]["limits"]["memory"]
    (mount,) = container(name)["volumeMounts"]
    assert mount["mountPath"] == "/tmp"  # noqa: S108 - the one place that can be written
    assert {v["name"]: v for v in pod(name)["volumes"]}[mount["name"]]["emptyDir"]


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_as_the_user_of_the_image(name):
    user, group = re.search(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE).groups()
    context = pod(name)["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user), int(group))


@pytest.mark.parametrize("name", NAMES)
def test_keys_and_hooks_are_not_in_the_file(name, tmp_path):
    env = {e["name"]: e for e in container(name)["env"]}
    assert not any(key.startswith(("AWS_ACCESS", "AWS_SECRET", "AWS_SESSION")) for key in env)
    for channel in accepted(line(name, tmp_path), tmp_path).notify:
        assert "secretKeyRef" in env[channel.partition("=env:")[2]]["valueFrom"]
    account, _ = documents(FILES["cronjob.yaml"])
    assert pod(name)["serviceAccountName"] == account["metadata"]["name"]
    assert re.fullmatch(
        r"arn:aws:iam::\d{12}:role/[\w-]+", account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"]
    )


def test_the_fleet_shares_the_work_without_a_rest(tmp_path):
    count = spec("fleet.yaml")["completions"]
    options = [accepted(worker(index, tmp_path), tmp_path) for index in range(count)]
    assert [o.shard for o in options] == [(i + 1, count) for i in range(count)]
    assert len({o.remember for o in options}) == count
    assert options[0].remember == f"s3://my-poolctl-reports/fleet-of-{count}/shard-0.json"


def test_the_fleet_stays_below_the_quota_that_one_run_has(tmp_path):
    options = accepted(worker(0, tmp_path), tmp_path)
    assert options.max_rps * spec("fleet.yaml")["parallelism"] <= 15 / 2  # cognito.md 5.1, of which drift takes half


def test_the_fleet_hands_signals_on():
    assert container("fleet.yaml")["args"][0].startswith("exec poolctl ")


def test_command_lines_can_be_read_by_a_shell():
    assert shlex.split(container("fleet.yaml")["args"][0])[:3] == ["exec", "poolctl", "drift"]

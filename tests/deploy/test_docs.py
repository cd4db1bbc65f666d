"""docs/scheduled.md shows command lines that are taken, files that exist and metrics that are written."""

from __future__ import annotations

import json
import re
import shlex

import pytest
import yaml

from reconciler.aws_lambda import asked
from reconciler.errors import ExitCode
from reconciler.render import metrics
from reconciler.render.subjects import DriftResult
from tests.deploy.support import DEPLOY, ROOT, accepted

TEXT = (ROOT / "docs" / "scheduled.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def shown(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def commands() -> list[str]:
    lines = "".join(shown("sh")).replace("\\\n", " ").splitlines()
    found = [
        re.split(r" [|&>]|\d?>", line[line.index("poolctl drift") :])[0] for line in lines if "poolctl drift" in line
    ]
    assert len(found) == 2
    return found


@pytest.mark.parametrize("line", commands())
def test_command_lines_are_accepted(line, tmp_path):
    options = accepted(shlex.split(line)[1:], tmp_path)
    assert options.remember
    assert options.notify == ("slack=env:SLACK_WEBHOOK_URL",)


def test_the_event_is_one_that_the_handler_takes(tmp_path):
    (text,) = shown("json")
    paths, words = asked(json.loads(text.replace("=ARN", "=arn:aws:sns:eu-west-1:123456789012:drift")))
    assert accepted(["drift", *words, *paths], tmp_path).remember == "s3://BUCKET/drift.json"


def test_alerts_are_about_metrics_that_are_written():
    written = set(re.findall(r"^# TYPE (\w+)", metrics.drift(DriftResult([])), re.MULTILINE))
    named = set(re.findall(r"poolctl_drift_\w+", TEXT))
    assert named <= written
    (rules,) = (yaml.safe_load(text) for text in shown("yaml"))
    used = [re.findall(r"poolctl_drift_\w+", rule["expr"]) for rule in rules["groups"][0]["rules"]]
    assert all(used)


def test_every_exit_code_of_drift_is_there():
    table = TEXT.partition("## Exit codes and alerts")[2].partition("\n## ")[0]
    codes = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in row.split(", ")}
    assert codes == set(ExitCode) - {ExitCode.STALE, ExitCode.PARTIAL}  # those of apply


@pytest.mark.parametrize("text", [TEXT, (DEPLOY / "README.md").read_text(encoding="utf-8")])
def test_files_that_are_named_exist(text):
    base = DEPLOY if text is not TEXT else ROOT / "docs"
    for link in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", text):
        assert (base / link).exists(), link
    for path in re.findall(r"`(deploy/[\w./-]+)`", text):
        assert (ROOT / path).exists(), path


def test_the_directories_are_all_described():
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([\w-]+)/` \|", text, re.MULTILINE))
    assert named == {path.name for path in DEPLOY.iterdir() if path.is_dir()}

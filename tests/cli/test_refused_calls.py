"""A call that AWS refuses: plan, drift and apply name manifest, pool, permission and code, in words and as data."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.cli.support import run

KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-west-1"}
POOL = {
    "version": 1,
    "user_pool": {"PoolName": "customers"},
    "groups": {"admins": {}},
    "clients": {"web": {"CallbackURLs": ["https://example.com/cb"], "SupportedIdentityProviders": ["COGNITO"]}},
}


@pytest.fixture
def file(tmp_path):
    found = tmp_path / "m.yaml"
    found.write_text(yaml.safe_dump(POOL, sort_keys=False))
    return found


def test_plan_and_drift_name_a_denied_read_in_the_same_words(local, file):
    assert run("apply", "--yes", str(file), environ=KEYS).code == 0
    local.faults.add("ListGroups", "AccessDeniedException", times=99, message="not allowed")
    line = (
        "Could not read groups: cognito-idp:ListGroups: AccessDeniedException: not allowed "
        "(needs the IAM action cognito-idp:ListGroups)"
    )
    for command in ("plan", "drift"):
        ran = run(command, str(file), environ=KEYS)
        assert (ran.code, ran.last) == (7, "exit 7 (incomplete)")
        assert line in ran.out
        assert f"— manifest {file}" in ran.out
        assert "Pool customers (" in ran.out
        (gap,) = json.loads(run(command, "-o", "json", str(file), environ=KEYS).out)["coverage"]["gaps"]
        assert (gap["code"], gap["iam_action"]) == ("AccessDeniedException", "cognito-idp:ListGroups")
        assert gap["request_id"] is None  # the embedded Cognito gives none
        lines = run(command, "-o", "jsonl", str(file), environ=KEYS).out.splitlines()
        (said,) = (event["diagnostic"] for event in map(json.loads, lines) if event["type"] == "diagnostic")
        assert (said["operation"], said["code"]) == ("cognito-idp:ListGroups", "AccessDeniedException")
    ran = run("apply", "--yes", str(file), environ=KEYS)
    assert ran.code == 7
    assert f"{file}: {line.replace('groups:', 'customers/groups:', 1)}" in ran.err


def test_a_pool_that_cannot_be_read_at_all(local, file):
    local.faults.add("ListUserPools", "AccessDeniedException", times=99, message="not allowed")
    for command in ("plan", "apply"):
        ran = run(command, str(file), environ=KEYS)
        assert ran.code == 1
        said = "cognito-idp:ListUserPools: AccessDeniedException: not allowed"
        assert f"Error: {file}:1:1 (pool customers): {said}" in ran.err
        expected = f"(needs the IAM action cognito-idp:ListUserPools). Grant it to the role, then run {command} again."
        assert expected in ran.err
    assert "(needs the IAM action cognito-idp:ListUserPools)" in run("drift", str(file), environ=KEYS).out


def test_a_refused_write_leads_to_the_line(local, file, tmp_path):
    assert run("apply", "--yes", str(file), environ=KEYS).code == 0
    clients = {"web": {**POOL["clients"]["web"], "CallbackURLs": ["https://example.com/new"], "LogoutURLs": []}}
    text = yaml.safe_dump({**POOL, "clients": clients}, sort_keys=False)
    file.write_text(text)
    (line,) = (n for n, row in enumerate(text.splitlines(), 1) if "example.com/new" in row)
    local.faults.add("UpdateUserPoolClient", "InvalidParameterException", message="Invalid CallbackURLs", times=99)
    report, events = tmp_path / "out.json", tmp_path / "out.jsonl"
    outputs = ("-o", "human", "-o", f"json={report}", "-o", f"jsonl={events}")
    ran = run("apply", "--yes", *outputs, str(file), environ=KEYS)
    assert (ran.code, ran.last) == (1, "exit 1 (error)")
    for text in (ran.out, ran.err):
        assert f"{file}:{line}:" in text
        assert "clients.web.CallbackURLs (pool customers): cognito-idp:UpdateUserPoolClient: " in text
        assert "InvalidParameterException: Invalid CallbackURLs. " in text
        assert "Correct the manifest, then run apply again." in text
    (result,) = (r for r in json.loads(report.read_text())["results"] if r["status"] == "failed")
    (hook,) = (e["hook"] for e in map(json.loads, events.read_text().splitlines()) if e["type"] == "apply_errored")
    for found in (result, hook):
        assert found["operation"] == found["iam_action"] == "cognito-idp:UpdateUserPoolClient"
        assert found["code"] == "InvalidParameterException"
        assert found["request_id"] is None

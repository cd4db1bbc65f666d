"""The policies of `copy` and `replace` allow what they call."""

from __future__ import annotations

import json

import pytest

from reconciler.errors import iam_action
from tests.cli.support import in_process, run

REGION = "eu-west-1"


@pytest.mark.parametrize("command", ["copy", "replace"])
@pytest.mark.parametrize("by", ["id", "name", "manifest"])
def test_a_policy_allows_what_the_command_calls(monkeypatch, tmp_path, command, by):
    with in_process(monkeypatch) as local:
        idp = local.client("cognito-idp", REGION)
        pool = idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        idp.create_user_pool_client(UserPoolId=pool, ClientName="web")
        idp.create_group(UserPoolId=pool, GroupName="staff")
        file = tmp_path / "m.yaml"
        file.write_text(
            "version: 1\nuser_pool: {PoolName: customers, UsernameAttributes: [email]}\nclients: {web: {}}\n"
        )
        operand = {"id": f"pool:{pool}", "name": "pool:customers", "manifest": str(file)}[by]
        options = ("--to", "eu-north-1") if command == "copy" else ("--as", "v2")
        local.calls.clear()
        ran = run("--region", REGION, command, operand, *options)
        assert ran.code == 0, ran.err
        called = {iam_action(f"{c.service}:{c.operation}") for c in local.calls} - {"sts:GetCallerIdentity"}
    printed = run("--region", REGION, "iam-policy", "--for", command, operand)
    assert printed.code == 0, printed.err
    policy = json.loads(printed.out)
    allowed = {a for s in policy["Statement"] for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
    assert called - allowed == set()

"""What surrounds a pool, with the command line: a plan that is reviewed, applied, and read again in another process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import run

TREE = """\
version: 1
user_pool:
  PoolName: customers
  LambdaConfig: {PreSignUp: "arn:aws:lambda:us-east-1:123456789012:function:sign-up"}
mfa: {MfaConfiguration: OPTIONAL, SmsMfaConfiguration: {}}
sms_role: {RoleName: customers-sms}
trigger_permissions: {}
log_groups: {/aws/vendedlogs/customers: {retentionInDays: 30}}
"""


def test_a_reviewed_plan_is_applied_and_nothing_is_left(tmp_path: Path) -> None:
    file, saved, local = tmp_path / "m.yaml", tmp_path / "plan.json", f"--local={tmp_path / 'cognito'}"
    file.write_text(TREE, encoding="utf-8")
    assert run(local, "validate", str(file)).code == 0
    planned = run(local, "plan", "--out", str(saved), str(file))
    assert planned.code == 0, planned.err
    assert "sms_role_trust" in planned.out
    assert "has no ARN before it is made" in planned.out
    assert "(known after apply)" in planned.out
    applied = run(local, "apply", "--yes", str(saved))
    assert applied.code == 0, applied.err
    again = run(local, "plan", "--detailed-exitcode", str(file))
    assert again.code == 0, again.out
    drift = run(local, "drift", "-o", "json", str(file))
    assert (drift.code, [f for f in json.loads(drift.out)["findings"] if f["fails"]]) == (0, [])


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:sign-up"
GROUP = "/aws/vendedlogs/customers"
USERS = "groups: {admins: {}}\nusers: {ada: {groups: [admins], Enabled: true, MessageAction: SUPPRESS}}\n"
Client = Callable[[str], Any]


def without_permission(client: Client, pool: str) -> None:
    client("lambda").remove_permission(FunctionName=FUNCTION, StatementId=pool)


def for_another_pool(client: Client, pool: str) -> None:
    without_permission(client, pool)
    client("lambda").add_permission(
        FunctionName=FUNCTION,
        StatementId=pool,
        Action="lambda:InvokeFunction",
        Principal="cognito-idp.amazonaws.com",
        SourceArn="arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Other1234",
        SourceAccount="123456789012",
    )


def trusting(client: Client, change: Callable[[Any], object]) -> None:
    iam = client("iam")
    document = iam.get_role(RoleName="customers-sms")["Role"]["AssumeRolePolicyDocument"]
    change(document["Statement"])
    iam.update_assume_role_policy(RoleName="customers-sms", PolicyDocument=json.dumps(document))


def without_external_id(client: Client, _pool: str) -> None:
    trusting(client, lambda found: found[0]["Condition"]["StringEquals"].pop("sts:ExternalId"))


def for_a_foreign_account(client: Client, _pool: str) -> None:
    foreign = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "sts:AssumeRole"}
    trusting(client, lambda found: found.append(foreign))


def without_log_group(client: Client, _pool: str) -> None:
    client("logs").delete_log_group(logGroupName=GROUP)


def disabled(client: Client, pool: str) -> None:
    client("cognito-idp").admin_disable_user(UserPoolId=pool, Username="ada")


def out_of_the_group(client: Client, pool: str) -> None:
    client("cognito-idp").admin_remove_user_from_group(UserPoolId=pool, Username="ada", GroupName="admins")


def deleted(client: Client, pool: str) -> None:
    client("cognito-idp").admin_delete_user(UserPoolId=pool, Username="ada")


DRIFT: dict[Callable[[Client, str], None], tuple[str, str, str]] = {
    without_permission: ("missing", f"trigger_permissions/{FUNCTION}", ""),
    for_another_pool: ("changed", f"trigger_permissions/{FUNCTION}", "SourceArn"),
    without_external_id: ("changed", "sms_role", "AssumeRolePolicyDocument"),
    for_a_foreign_account: ("changed", "sms_role", "AssumeRolePolicyDocument"),
    without_log_group: ("missing", f"log_groups/{GROUP}", ""),
    disabled: ("changed", "users/ada", "Enabled"),
    out_of_the_group: ("changed", "users/ada", "groups"),
    deleted: ("missing", "users/ada", ""),
}


@pytest.mark.parametrize("change", DRIFT, ids=lambda change: change.__name__)
def test_what_people_change_around_a_pool_is_drift(tmp_path: Path, change: Callable[[Client, str], None]) -> None:
    file, state = tmp_path / "m.yaml", tmp_path / "cognito"
    file.write_text(TREE + USERS, encoding="utf-8")
    assert run(f"--local={state}", "apply", "--yes", str(file)).code == 0
    with LocalCognito(state) as local:
        change(local.client, next(iter(local.records)))
    cls, address, path = DRIFT[change]
    ran = run(f"--local={state}", "drift", "-o", "json", str(file))
    found = [(f["class"], f["address"], f["path"]) for f in json.loads(ran.out)["findings"] if f["fails"]]
    assert (ran.code, found) == (2, [(cls, f"customers/{address}", path)])
    assert run(f"--local={state}", "apply", "--yes", str(file)).code == 0
    assert run(f"--local={state}", "drift", str(file)).code == 0

"""What surrounds a pool: the role that sends SMS, the permissions of triggers, and log groups (cognito.md 9)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.cloud.port import Cloud, Identity
from reconciler.drift.findings import Criteria, compare, read_scope
from reconciler.errors import CloudError
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Failed, FindingClass, Gap, Plan, Sent, Target, Tree, Verified
from reconciler.observing.observer import observe
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.support import ACCOUNT, REGION, Bench, bench, document, manifest

ROLE = "customers-sms"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
ANY_POOL = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/*"
GROUP = "/aws/vendedlogs/cognito/customers"
SMS_MFA = {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {}}


OF_EC2 = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)
"""A trust that is not ours."""


def function(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:lambda:{REGION}:{account}:function:{name}"


TRIGGERS = {
    "PreSignUp": function("sign-up"),
    "CustomMessage": function("message:live"),
    "PreTokenGenerationConfig": {"LambdaArn": function("sign-up"), "LambdaVersion": "V2_0"},
}


def with_sms(**more: Any) -> Tree:
    return document(sms_role={"RoleName": ROLE, **more}, mfa=SMS_MFA)


def with_triggers(**config: Any) -> Tree:
    pool = {"PoolName": "customers", "LambdaConfig": {**TRIGGERS, **config}}
    return document(user_pool=pool, trigger_permissions={})


def with_logs(**more: Any) -> Tree:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    logs = {
        "LogLevel": "ERROR",
        "EventSource": "userNotification",
        "CloudWatchLogsConfiguration": {"LogGroupArn": arn},
    }
    return document(log_groups={GROUP: {"retentionInDays": 30, **more}}, log_delivery={"LogConfigurations": [logs]})


def everything() -> Tree:
    return {**with_logs(), **with_triggers(), **{k: with_sms()[k] for k in ("sms_role", "mfa")}}


def operations(plan: Plan) -> list[str]:
    return [call.operation for change in plan.changes for call in lower(change, plan)]


def pool_arn(here: Bench) -> str:
    return next(p["arn"] for p in here.local.records.values())


def trust_of(here: Bench, name: str = ROLE) -> Tree:
    statement: Tree = here.boto("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
    return statement


def statements(here: Bench, arn: str, **qualifier: str) -> list[Tree]:
    policy = here.boto("lambda").get_policy(FunctionName=arn, **qualifier)["Policy"]
    found: list[Tree] = json.loads(policy)["Statement"]
    return found


def findings(here: Bench, found: Manifest) -> list[tuple[FindingClass, str, Any]]:
    live = observe(here.cloud, read_scope(found))
    target = Target(ACCOUNT, REGION, found.name, found.pool_id, found.file)
    drift = compare(found, live, target, Criteria()).drift
    assert not drift.gaps
    return [(f.cls, str(f.address), f.path) for f in drift.findings if f.fails]


class Wrapped:
    """A cloud around another one."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def identity(self) -> Identity:
        return self.cloud.identity()

    def at(self, region: str) -> Cloud:
        return self.cloud.at(region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        return self.cloud.call(service, operation, params)


class Killed(BaseException):
    """What a killed process does: nothing runs after it."""


class Mortal(Wrapped):
    """Dies after some writes, the last of which was carried out."""

    def __init__(self, cloud: Cloud, writes: int) -> None:
        super().__init__(cloud)
        self.left = writes

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        answer = super().call(service, operation, params)
        self.left -= not operation.startswith(("Get", "List", "Describe"))
        if not self.left:
            raise Killed
        return answer


class Denying(Wrapped):
    """Has no access to some services."""

    def __init__(self, cloud: Cloud, *services: str) -> None:
        super().__init__(cloud)
        self.services = services

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        if service in self.services:
            raise CloudError(f"{service}:{operation}", "AccessDenied", "is not authorized")
        return super().call(service, operation, params)


class Noting(Wrapped):
    """Notes what is called."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.seen: set[str] = set()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.seen.add(service)
        return super().call(service, operation, params)


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


# --- the role ------------------------------------------------------------------------------------------------------


def test_a_role_is_made_before_the_pool_and_narrowed_after_it(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_sms())
    plan = here.plan(found)
    assert operations(plan) == [
        *("CreateRole", "PutRolePolicy", "CreateUserPool", "SetUserPoolMfaConfig", "UpdateAssumeRolePolicy"),
    ]
    first, last = plan.changes[0], plan.changes[-1]
    wide = (first.after or {})["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert wide["ArnLike"] == {"aws:SourceArn": ANY_POOL}
    assert (str(last.address), last.action) == ("sms_role_trust", Action.UPDATE)
    assert "has no ARN before it is made" in last.reason
    here.converge(found)
    assert trust_of(here) == {
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"sts:ExternalId": ROLE, "aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": pool_arn(here)},
        },
    }
    policy = here.boto("iam").get_role_policy(RoleName=ROLE, PolicyName="poolctl-sms")["PolicyDocument"]
    assert [(s["Action"], s["Resource"]) for s in policy["Statement"]] == [("sns:Publish", "*")]
    pool = next(iter(here.local.records.values()))
    assert pool["config"]["SmsConfiguration"]["SnsCallerArn"] == ROLE_ARN
    assert here.plan(found).pending == ()


def test_a_live_pool_gets_its_exact_trust_at_once(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, document()))
    found = manifest(tmp_path, with_sms())
    plan = here.plan(found)
    assert operations(plan) == ["CreateRole", "PutRolePolicy", "UpdateUserPool", "SetUserPoolMfaConfig"]
    here.converge(found)
    assert trust_of(here)["Condition"]["ArnLike"] == {"aws:SourceArn": pool_arn(here)}


def test_an_external_id_that_the_pool_has_is_kept(here: Bench, tmp_path: Path) -> None:
    sms = {"SnsCallerArn": f"arn:aws:iam::{ACCOUNT}:role/old", "ExternalId": "of-the-console"}
    here.converge(manifest(tmp_path, document(user_pool={"PoolName": "customers", "SmsConfiguration": sms})))
    found = manifest(tmp_path, with_sms())
    here.converge(found)
    assert trust_of(here)["Condition"]["StringEquals"]["sts:ExternalId"] == "of-the-console"
    sms_now = next(iter(here.local.records.values()))["config"]["SmsConfiguration"]
    assert {k: sms_now[k] for k in ("SnsCallerArn", "ExternalId")} == {
        "SnsCallerArn": ROLE_ARN,
        "ExternalId": "of-the-console",
    }


def test_what_is_declared_wins(here: Bench, tmp_path: Path) -> None:
    own = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]}
    tree = with_sms(PolicyDocument=own, Path="/service/")
    tree["user_pool"]["SmsConfiguration"] = {"ExternalId": "mine"}
    here.converge(manifest(tmp_path, tree))
    assert trust_of(here)["Condition"]["StringEquals"]["sts:ExternalId"] == "mine"
    assert here.boto("iam").get_role_policy(RoleName=ROLE, PolicyName="poolctl-sms")["PolicyDocument"] == own
    sms = next(iter(here.local.records.values()))["config"]["SmsConfiguration"]
    assert sms["SnsCallerArn"] == f"arn:aws:iam::{ACCOUNT}:role/service/{ROLE}"


def test_a_role_that_exists_is_adopted_with_its_path_and_its_other_policies(here: Bench, tmp_path: Path) -> None:
    iam = here.boto("iam")
    iam.create_role(RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=OF_EC2)
    logs = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [logs]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="theirs", PolicyDocument=text)
    found = manifest(tmp_path, with_sms())
    here.converge(found)
    assert set(iam.list_role_policies(RoleName=ROLE)["PolicyNames"]) == {"theirs", "poolctl-sms"}
    assert trust_of(here)["Condition"]["ArnLike"] == {"aws:SourceArn": pool_arn(here)}
    sms = next(iter(here.local.records.values()))["config"]["SmsConfiguration"]
    assert sms["SnsCallerArn"] == f"arn:aws:iam::{ACCOUNT}:role/service-role/{ROLE}"
    assert here.plan(found).pending == ()


def test_a_trust_in_a_pool_that_is_gone_is_widened_first(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_sms())
    here.converge(found)
    here.boto().delete_user_pool(UserPoolId=next(iter(here.local.records)))
    assert operations(here.plan(found)) == [
        *("UpdateAssumeRolePolicy", "CreateUserPool", "SetUserPoolMfaConfig", "UpdateAssumeRolePolicy"),
    ]
    here.converge(found)


def test_end_user_messaging_has_its_own_action(here: Bench, tmp_path: Path) -> None:
    identity = f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:phone-number/phone-1"
    tree = document(sms_role={"RoleName": ROLE}, mfa=SMS_MFA)
    tree["user_pool"]["SmsConfiguration"] = {"EumsSms": {"OriginationIdentity": identity}}
    here.converge(manifest(tmp_path, tree))
    policy = here.boto("iam").get_role_policy(RoleName=ROLE, PolicyName="poolctl-sms")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == "sms-voice:SendTextMessage"
    assert policy["Statement"][0]["Resource"] == identity
    eums = next(iter(here.local.records.values()))["config"]["SmsConfiguration"]["EumsSms"]
    assert (eums["CallerArn"], eums["ExternalId"]) == (ROLE_ARN, ROLE)


def test_a_new_role_is_waited_for(here: Bench, tmp_path: Path) -> None:
    here.local.faults.add("CreateUserPool", "InvalidSmsRoleTrustRelationshipException", times=6)
    before = here.clock.now
    here.converge(manifest(tmp_path, with_sms()))
    assert here.clock.now - before >= 30
    assert sum(c.operation == "CreateUserPool" for c in here.local.calls) == 7


def test_a_role_without_a_name_is_refused(here: Bench, tmp_path: Path) -> None:
    plan = here.plan(manifest(tmp_path, document(sms_role={})))
    assert [(r.rule, r.message) for r in plan.refusals] == [("required", "CreateRole requires RoleName.")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Tags": [{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}]}, ["TagRole", "UntagRole"]),
        ({"Tags": None}, ["UntagRole"]),
        ({"PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/two"}, ["PutRolePermissionsBoundary"]),
        ({"PermissionsBoundary": None}, ["DeleteRolePermissionsBoundary"]),
        ({"PolicyDocument": {"Version": "2012-10-17", "Statement": []}}, ["PutRolePolicy"]),
    ],
)
def test_each_part_of_a_role_has_its_own_call(here: Bench, tmp_path: Path, change: Tree, expected: list[str]) -> None:
    role = {
        "PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/one",
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
    }
    here.converge(manifest(tmp_path, document(sms_role={"RoleName": ROLE, **role})))
    found = manifest(tmp_path, document(sms_role={"RoleName": ROLE, **role, **change}))
    plan = here.plan(found)
    assert operations(plan) == expected
    assert {f.path[0] for c in plan.pending for f in c.fields} == set(change)
    if "PolicyDocument" not in change:  # with which Cognito would refuse the role
        here.converge(found)


def test_the_path_of_a_role_cannot_be_changed(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_sms()))
    assert [r.rule for r in here.plan(manifest(tmp_path, with_sms(Path="/x/"))).refusals] == ["immutable"]


def test_an_existing_role_can_be_narrowed_alone(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_sms()))
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=OF_EC2)
    sms = {"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE}
    tree = document(user_pool={"PoolName": "customers", "SmsConfiguration": sms}, sms_role_trust={"RoleName": ROLE})
    found = manifest(tmp_path, tree)
    assert operations(here.plan(found)) == ["UpdateAssumeRolePolicy"]
    here.converge(found)
    assert trust_of(here)["Condition"]["ArnLike"] == {"aws:SourceArn": pool_arn(here)}


def test_a_document_that_means_the_same_is_no_change(here: Bench, tmp_path: Path) -> None:
    """IAM takes a list of one for a text, and people name their statements."""
    found = manifest(tmp_path, with_sms())
    here.converge(found)
    trust = trust_of(here)
    other = {
        **trust,
        "Sid": "Cognito",
        "Action": ["sts:AssumeRole"],
        "Principal": {"Service": [*trust["Principal"].values()]},
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": other})
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=text)
    assert here.plan(found).pending == ()


# --- permissions of triggers ---------------------------------------------------------------------------------------


def test_each_function_gets_one_statement_on_its_qualifier(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_triggers())
    plan = here.plan(found)
    assert operations(plan) == ["CreateUserPool", "AddPermission", "AddPermission"]
    here.converge(found)
    pool_id = next(iter(here.local.records))
    for arn, qualifier in ((function("sign-up"), {}), (function("message"), {"Qualifier": "live"})):
        (statement,) = statements(here, arn, **qualifier)
        assert (statement["Sid"], statement["Principal"]) == (pool_id, {"Service": "cognito-idp.amazonaws.com"})
        assert statement["Condition"] == {
            "StringEquals": {"AWS:SourceAccount": ACCOUNT},
            "ArnLike": {"AWS:SourceArn": pool_arn(here)},
        }
    assert here.plan(found).pending == ()


def test_a_permission_comes_before_the_trigger_of_a_live_pool_and_goes_after_it(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_triggers()))
    found = manifest(
        tmp_path, {**with_triggers(PreSignUp=function("new"), CustomMessage=None), "prune": ["trigger_permissions"]}
    )
    plan = planned(found, here.cloud, PlanOptions(prune=True))
    assert operations(plan) == ["AddPermission", "UpdateUserPool", "RemovePermission"]
    assert operations(here.plan(found)) == ["AddPermission", "UpdateUserPool"]  # nothing goes without --prune
    here.apply(found, plan)
    with pytest.raises(here.boto("lambda").exceptions.ResourceNotFoundException):
        statements(here, function("message"), Qualifier="live")


def test_a_trigger_that_is_live_and_not_declared_keeps_its_permission(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_triggers()))
    tree = document(trigger_permissions={}, prune=["trigger_permissions"])
    assert planned(manifest(tmp_path, tree), here.cloud, PlanOptions(prune=True)).pending == ()


def test_statements_of_others_are_left_alone(here: Bench, tmp_path: Path) -> None:
    allow = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
    here.boto("lambda").add_permission(FunctionName=function("sign-up"), StatementId="theirs", **allow)
    here.converge(manifest(tmp_path, with_triggers()))
    assert len(statements(here, function("sign-up"))) == 2


def test_a_statement_that_is_wrong_is_replaced(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_triggers())
    here.converge(found)
    pool_id = next(iter(here.local.records))
    held = here.local.account["function_policies"][function("sign-up")][pool_id]
    held["Condition"]["ArnLike"]["AWS:SourceArn"] = ANY_POOL
    assert findings(here, found) == [
        (FindingClass.CHANGED, f"trigger_permissions/{function('sign-up')}", ("SourceArn",)),
    ]
    assert operations(here.plan(found)) == ["RemovePermission", "AddPermission"]
    here.converge(found)
    assert statements(here, function("sign-up"))[0]["Condition"]["ArnLike"] == {"AWS:SourceArn": pool_arn(here)}


def test_a_lost_answer_to_add_permission_is_looked_up_and_not_repeated(here: Bench, tmp_path: Path) -> None:
    here.local.faults.add("AddPermission", lost_answer=True)
    here.converge(manifest(tmp_path, with_triggers()))
    assert sum(c.operation == "AddPermission" for c in here.local.calls) == 2


def test_a_function_of_another_account_is_left_to_its_owner(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_triggers(PreSignUp=function("theirs", "210987654321")))
    plan = here.plan(found)
    assert [n.message.partition(":")[0] for n in plan.notices] == ["L1 user_pool"]
    assert not any("theirs" in str(c.address) for c in plan.changes)
    here.converge(found)


# --- log groups ----------------------------------------------------------------------------------------------------


def test_a_log_group_is_made_before_the_delivery_that_names_it(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_logs(tags={"team": "web"}))
    assert operations(here.plan(found)) == [
        *("CreateUserPool", "CreateLogGroup", "PutRetentionPolicy", "PutResourcePolicy"),
        "SetLogDeliveryConfiguration",
    ]
    here.converge(found)
    (policy,) = here.boto("logs").describe_resource_policies()["resourcePolicies"]
    (statement,) = json.loads(policy["policyDocument"])["Statement"]
    assert (policy["policyName"], statement["Principal"]) == (
        "poolctl-vendedlogs",
        {"Service": "delivery.logs.amazonaws.com"},
    )
    assert here.plan(found).pending == ()


def test_other_log_groups_need_no_policy_of_ours(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, document(log_groups={"customers": {}}))
    assert operations(here.plan(found)) == ["CreateUserPool", "CreateLogGroup"]
    here.converge(found)


def test_two_log_groups_share_one_policy(here: Bench, tmp_path: Path) -> None:
    tree = document(log_groups={GROUP: {}, f"{GROUP}-2": {}})
    here.converge(manifest(tmp_path, tree))
    here.local.account["log_policies"].clear()
    here.converge(manifest(tmp_path, tree))
    assert len(here.boto("logs").describe_resource_policies()["resourcePolicies"]) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"retentionInDays": 90}, ["PutRetentionPolicy"]),
        ({"retentionInDays": None}, ["DeleteRetentionPolicy"]),
        ({"tags": {"a": "2", "c": "3"}}, ["TagResource"]),
        ({"tags": {"a": None}}, ["UntagResource"]),
        ({"kmsKeyId": None}, ["DisassociateKmsKey"]),
        ({"kmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/two"}, ["AssociateKmsKey"]),
        ({"deletionProtectionEnabled": False}, ["PutLogGroupDeletionProtection"]),
    ],
)
def test_each_part_of_a_log_group_has_its_own_call(
    here: Bench, tmp_path: Path, change: Tree, expected: list[str]
) -> None:
    group = {
        "retentionInDays": 30,
        "tags": {"a": "1", "b": "2"},
        "kmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/one",
        "deletionProtectionEnabled": True,
    }
    here.converge(manifest(tmp_path, document(log_groups={GROUP: group})))
    found = manifest(tmp_path, document(log_groups={GROUP: change}))
    plan = here.plan(found)
    assert operations(plan) == expected
    assert {f.path[0] for c in plan.pending for f in c.fields} == set(change)
    here.converge(found)


def test_a_retention_that_is_not_offered_is_refused(here: Bench, tmp_path: Path) -> None:
    plan = here.plan(manifest(tmp_path, with_logs(retentionInDays=31)))
    assert [(r.rule, r.advice) for r in plan.refusals] == [("G1", "Write 60, or null to keep events.")]


# --- all of them ---------------------------------------------------------------------------------------------------


WRITES = 11
"""Calls of `everything`: the test of them insists on the number."""


def test_the_calls_of_everything(here: Bench, tmp_path: Path) -> None:
    events = here.converge(manifest(tmp_path, everything()))
    assert sum(isinstance(e, Sent) for e in events) == WRITES


@pytest.mark.parametrize("writes", range(1, WRITES + 1))
def test_a_run_that_is_killed_after_any_call_converges_when_it_runs_again(
    here: Bench, tmp_path: Path, writes: int
) -> None:
    found = manifest(tmp_path, everything())
    with pytest.raises(Killed):
        here.apply(found, cloud=Mortal(here.cloud, writes))
    here.converge(found)
    assert trust_of(here)["Condition"] == {
        "StringEquals": {"sts:ExternalId": ROLE, "aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": pool_arn(here)},
    }
    assert len(statements(here, function("sign-up"))) == 1
    assert len(here.local.records) == 1
    assert here.plan(found).pending == ()


EXAMPLE = Path(__file__).parents[2] / "pools" / "my-first-user-pool.yaml"
OF_EXAMPLE = [
    *("CreateRole", "PutRolePolicy", "CreateUserPool", "SetUserPoolMfaConfig", "CreateUserPoolDomain"),
    *("UpdateAssumeRolePolicy", "CreateUserPoolClient"),
]


@pytest.mark.parametrize("writes", range(1, len(OF_EXAMPLE) + 1))
def test_the_walkthrough_is_one_apply_and_converges_after_a_kill_at_any_call(tmp_path: Path, writes: int) -> None:
    region = "us-west-2"
    with bench(region=region) as here:
        found = manifest(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
        plan = here.plan(found)
        assert operations(plan) == OF_EXAMPLE
        with pytest.raises(Killed):
            here.apply(found, plan, Mortal(here.cloud, writes))
        here.converge(found)
        assert here.plan(found).pending == ()
        pool = next(iter(here.local.records.values()))
        condition = trust_of(here, "MyFirstUserPool-SMS")["Condition"]
        assert condition["ArnLike"] == {"aws:SourceArn": pool["arn"]}
        assert condition["StringEquals"] == {
            "sts:ExternalId": "5f3c1b6e-2d84-4c9a-9b71-0e6a7d2f4c58",
            "aws:SourceAccount": ACCOUNT,
        }
        assert pool["config"]["SmsConfiguration"]["SnsCallerArn"] == f"arn:aws:iam::{ACCOUNT}:role/MyFirstUserPool-SMS"
        assert (pool["mfa"]["MfaConfiguration"], len(pool["clients"]), len(pool["domains"])) == ("OPTIONAL", 1, 1)


@pytest.mark.parametrize(
    "operation",
    ["CreateRole", "PutRolePolicy", "UpdateAssumeRolePolicy", "AddPermission", "CreateLogGroup", "PutResourcePolicy"],
)
def test_a_lost_answer_to_a_write_does_not_leave_two_of_anything(here: Bench, tmp_path: Path, operation: str) -> None:
    here.local.faults.add(operation, lost_answer=True)
    found = manifest(tmp_path, everything())
    here.converge(found)
    assert len(here.boto("iam").list_roles()["Roles"]) == 1
    assert here.plan(found).pending == ()


def test_drift_sees_a_trigger_without_permission_and_a_trust_that_is_wrong(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, everything())
    here.converge(found)
    assert findings(here, found) == []
    pool_id = next(iter(here.local.records))
    here.boto("lambda").remove_permission(FunctionName=function("sign-up"), StatementId=pool_id)
    wide = trust_of(here)
    wide["Condition"]["ArnLike"]["aws:SourceArn"] = ANY_POOL
    text = json.dumps({"Version": "2012-10-17", "Statement": [wide]})
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=text)
    here.boto("logs").delete_retention_policy(logGroupName=GROUP)
    assert findings(here, found) == [
        (FindingClass.CHANGED, "sms_role", ("AssumeRolePolicyDocument",)),
        (FindingClass.MISSING, f"trigger_permissions/{function('sign-up')}", ()),
        (FindingClass.CHANGED, f"log_groups/{GROUP}", ("retentionInDays",)),
    ]


@pytest.mark.parametrize(
    ("services", "sections"),
    [
        (("iam",), {"sms_role"}),
        (("lambda",), {"trigger_permissions"}),
        (("logs",), {"log_groups"}),
        (("iam", "lambda", "logs"), {"sms_role", "trigger_permissions", "log_groups"}),
    ],
)
def test_a_service_that_is_denied_is_a_gap_and_nothing_is_planned_for_it(
    here: Bench, tmp_path: Path, services: tuple[str, ...], sections: set[str]
) -> None:
    found = manifest(tmp_path, everything())
    here.converge(found)
    plan = planned(found, Denying(here.cloud, *services))
    assert {g.address.section for g in plan.gaps} == sections
    assert plan.pending == ()
    assert all(isinstance(g, Gap) and g.code == "AccessDenied" for g in plan.gaps)


def test_a_role_that_cannot_be_read_does_not_change_the_pool(here: Bench, tmp_path: Path) -> None:
    """Its path is part of its ARN, and only IAM knows it."""
    here.boto("iam").create_role(RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=OF_EC2)
    found = manifest(tmp_path, with_sms())
    here.converge(found)
    plan = planned(found, Denying(here.cloud, "iam"))
    assert ([g.operation for g in plan.gaps], plan.pending) == (["iam:GetRole"], ())


def test_a_manifest_without_these_sections_calls_no_other_service(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, everything()))
    plain = {k: v for k, v in everything().items() if k not in ("sms_role", "trigger_permissions", "log_groups")}
    plain["user_pool"]["SmsConfiguration"] = {"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE}
    found = manifest(tmp_path, plain)
    noting = Noting(here.cloud)
    assert planned(found, noting).pending == ()
    observe(noting, read_scope(found))
    assert noting.seen == {"cognito-idp", "wafv2"} | ({"sts"} & noting.seen)


def test_a_change_by_someone_else_since_the_plan_stops_the_run(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, everything())
    here.converge(found)
    here.local.account["function_policies"][function("sign-up")].clear()
    here.boto("iam").delete_role_policy(RoleName=ROLE, PolicyName="poolctl-sms")
    plan = here.plan(found)
    here.boto("iam").tag_role(RoleName=ROLE, Tags=[{"Key": "by", "Value": "hand"}])
    failed = [e for e in here.apply(found, plan) if isinstance(e, Failed)]
    assert [(str(e.change.address), e.stale) for e in failed] == [("sms_role", True)]


def test_a_role_made_by_someone_else_since_the_plan_is_not_overwritten(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_sms())
    plan = here.plan(found)
    here.boto("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=OF_EC2)
    events = here.apply(found, plan)
    assert [e.stale for e in events if isinstance(e, Failed)] == [True]
    assert not here.local.records  # the pool needs the role
    assert not any(isinstance(e, Verified) for e in events)


@pytest.mark.parametrize("tree", [with_sms, with_triggers, with_logs, everything])
def test_it_outlives_a_run(tmp_path: Path, tree: Callable[[], Tree]) -> None:
    found = manifest(tmp_path, tree())
    with bench(tmp_path / "state") as here:
        here.converge(found)
    with bench(tmp_path / "state") as here:
        assert here.plan(found).pending == ()


def test_other_partitions_have_other_arns(tmp_path: Path) -> None:
    region = "us-gov-west-1"
    with bench(region=region) as here:
        here.converge(manifest(tmp_path, with_sms()))
        condition = trust_of(here)["Condition"]
        assert condition["ArnLike"]["aws:SourceArn"].startswith(f"arn:aws-us-gov:cognito-idp:{region}:")
        sms = next(iter(here.local.records.values()))["config"]["SmsConfiguration"]
        assert sms["SnsCallerArn"] == f"arn:aws-us-gov:iam::{ACCOUNT}:role/{ROLE}"


@pytest.mark.parametrize("section", [k for k, kind in KINDS.items() if kind.surrounding])
def test_what_is_opted_in_to_belongs_to_another_service(section: str) -> None:
    kind = KINDS[section]
    assert kind.service not in ("cognito-idp", "cognito-identity")
    assert kind.surrounding.outside or kind.names

"""What surrounds a pool and exists already is adopted: unchanged if it is as declared, else without a loss."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InvalidManifest
from reconciler.model import Action, Failed, Plan, Tree
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.engine.test_surroundings import (
    ANY_POOL,
    GROUP,
    ROLE,
    ROLE_ARN,
    findings,
    function,
    operations,
    pool_arn,
    statements,
    with_logs,
    with_triggers,
)
from tests.support import ACCOUNT, REGION, Bench, bench, document, manifest

VERSION = "2012-10-17"
COGNITO = {"Service": "cognito-idp.amazonaws.com"}
OTHER_POOL = f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/us-east-1_Other1234"
SNS = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
LOGGING = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


def text(*found: Tree) -> str:
    return json.dumps({"Version": VERSION, "Statement": list(found)})


def trusting(pool: str, external_id: str = ROLE, account: str = ACCOUNT, **more: Any) -> Tree:
    """The trust in one pool as poolctl writes it, with some members changed."""
    condition = {
        "StringEquals": {"sts:ExternalId": external_id, "aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": pool},
    }
    statement = {"Effect": "Allow", "Principal": COGNITO, "Action": "sts:AssumeRole", "Condition": condition}
    return {**statement, **more}


def trust_of(here: Bench) -> list[Tree]:
    found: list[Tree] = here.boto("iam").get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    return found


def changes(plan: Plan) -> list[tuple[str, Action, tuple[Any, ...]]]:
    assert not plan.refusals
    return [(str(c.address), c.action, tuple(f.path for f in c.fields)) for c in plan.pending]


def make_pool(here: Bench, **members: Any) -> str:
    """Make a pool as people do, with calls."""
    made: str = here.boto().create_user_pool(PoolName="customers", **members)["UserPool"]["Id"]
    return made


def make_role(here: Bench, *trusted: Tree, name: str = "poolctl-sms") -> None:
    iam = here.boto("iam")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=text(*trusted))
    iam.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=text(SNS))


# --- the role ------------------------------------------------------------------------------------------------------

SMS = {"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE}


def sms_pool(here: Bench) -> Tree:
    """A pool with the role, and the manifest of both."""
    make_pool(here, SmsConfiguration=SMS)
    return document(sms_role={"RoleName": ROLE})


def test_an_equal_role_is_adopted_without_a_change(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL))
    found = manifest(tmp_path, sms_pool(here))
    exact = trusting(pool_arn(here), Sid="Cognito", Action=["sts:AssumeRole"])
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=text(exact))
    assert changes(here.plan(found)) == []
    assert findings(here, found) == []


def test_a_role_that_is_not_equal_is_shown_as_an_update_that_loses_nothing(here: Bench, tmp_path: Path) -> None:
    """Another pool uses the role too, and people have given it other policies."""
    theirs, denied = trusting(OTHER_POOL, "theirs"), {**trusting("*"), "Effect": "Deny"}
    make_role(here, trusting(ANY_POOL), theirs, denied, name="by-hand")
    iam = here.boto("iam")
    iam.put_role_policy(RoleName=ROLE, PolicyName="logs", PolicyDocument=text(LOGGING, SNS))
    theirs_too = iam.create_policy(PolicyName="more", PolicyDocument=text(LOGGING))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=theirs_too)
    found = manifest(tmp_path, sms_pool(here))
    plan = here.plan(found)
    updated = (("AssumeRolePolicyDocument",), ("PolicyDocument",))
    assert changes(plan) == [("sms_role", Action.UPDATE, updated)]
    assert operations(plan) == ["UpdateAssumeRolePolicy", "PutRolePolicy"]
    here.converge(found)
    assert trust_of(here) == [trusting(pool_arn(here)), theirs, denied]
    assert set(iam.list_role_policies(RoleName=ROLE)["PolicyNames"]) == {"by-hand", "logs", "poolctl-sms"}
    assert iam.get_role_policy(RoleName=ROLE, PolicyName="logs")["PolicyDocument"]["Statement"] == [LOGGING, SNS]
    assert len(iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]) == 1
    assert changes(here.plan(found)) == []


def test_a_role_that_several_pools_share_is_kept_by_all_of_them(here: Bench, tmp_path: Path) -> None:
    """Each narrows its own statement, in its first run too, and none takes away that of another."""
    trees = [
        document(
            user_pool={"PoolName": name, "SmsConfiguration": {"ExternalId": f"id-{name}"}},
            sms_role={"RoleName": ROLE},
        )
        for name in ("one", "two")
    ]
    for tree in trees:
        here.converge(manifest(tmp_path, tree))
    arns = {pool["arn"] for pool in here.local.records.values()}
    assert {s["Condition"]["ArnLike"]["aws:SourceArn"] for s in trust_of(here)} == arns
    for tree in trees:
        assert changes(here.plan(manifest(tmp_path, tree))) == []


def sharing(name: str, **sms: Any) -> Tree:
    """A pool that shares the role, with the external id that follows from the role's name."""
    pool = {"PoolName": name, **({"SmsConfiguration": sms} if sms else {})}
    return document(user_pool=pool, sms_role={"RoleName": ROLE})


def arns(here: Bench) -> set[str]:
    return {pool["arn"] for pool in here.local.records.values()}


@pytest.mark.parametrize("section", ["sms_role", "sms_role_trust"])
def test_pools_that_share_a_role_and_an_external_id_keep_each_others_trust(
    here: Bench, tmp_path: Path, section: str
) -> None:
    trees = [sharing("one"), sharing("two")]
    for tree in trees:
        here.converge(manifest(tmp_path, tree))
    for tree in trees:
        own = {"SmsConfiguration": {"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE}, **tree["user_pool"]}
        one = document(user_pool=own, sms_role_trust={"RoleName": ROLE}) if section == "sms_role_trust" else tree
        assert changes(here.plan(manifest(tmp_path, one))) == []
        here.converge(manifest(tmp_path, one))
    assert {s["Condition"]["ArnLike"]["aws:SourceArn"] for s in trust_of(here)} == arns(here)
    assert {s["Condition"]["StringEquals"]["sts:ExternalId"] for s in trust_of(here)} == {ROLE}


def test_a_pool_replaces_its_own_statement_of_another_external_id(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL))
    found = manifest(tmp_path, sms_pool(here))
    stale, theirs = trusting(pool_arn(here), "before"), trusting(OTHER_POOL)
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=text(stale, theirs))
    here.converge(found)
    assert trust_of(here) == [trusting(pool_arn(here)), theirs]


def test_of_a_statement_that_names_several_pools_the_others_stay(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL))
    found = manifest(tmp_path, sms_pool(here))
    several = trusting(pool_arn(here))
    several["Condition"]["ArnLike"]["aws:SourceArn"] = [OTHER_POOL, pool_arn(here)]
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=text(several))
    here.converge(found)
    assert [s["Condition"]["ArnLike"]["aws:SourceArn"] for s in trust_of(here)] == [pool_arn(here), [OTHER_POOL]]
    assert changes(here.plan(found)) == []


def permitted(here: Bench) -> list[Tree]:
    found = here.boto("iam").get_role_policy(RoleName=ROLE, PolicyName="poolctl-sms")["PolicyDocument"]["Statement"]
    return sorted(found, key=lambda s: str(s["Action"]))


EUMS = f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:phone-number/phone-1"


def test_pools_that_send_by_different_services_keep_each_others_permission(here: Bench, tmp_path: Path) -> None:
    trees = [sharing("one"), sharing("two", EumsSms={"OriginationIdentity": EUMS})]
    for tree in (*trees, *trees):
        here.converge(manifest(tmp_path, tree))
    by_eums = {"Effect": "Allow", "Action": "sms-voice:SendTextMessage", "Resource": EUMS}
    assert permitted(here) == [by_eums, SNS]
    assert [changes(here.plan(manifest(tmp_path, tree))) for tree in trees] == [[], []]


def test_what_is_not_about_sending_is_taken_out_of_the_policy_of_a_shared_role(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL), trusting(OTHER_POOL))
    denied = {"Effect": "Deny", "Action": "sns:Publish", "Resource": "arn:aws:sns:*:*:*"}
    allowed = text(LOGGING, denied, {**SNS, "Action": "*"})
    here.boto("iam").put_role_policy(RoleName=ROLE, PolicyName="poolctl-sms", PolicyDocument=allowed)
    here.converge(manifest(tmp_path, sms_pool(here)))
    assert permitted(here) == [SNS, denied]


def test_a_role_of_one_pool_loses_the_permission_that_the_pool_needs_no_more(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, sharing("one")))
    here.converge(manifest(tmp_path, sharing("one", EumsSms={"OriginationIdentity": EUMS}, SnsCallerArn=None)))
    assert [s["Action"] for s in permitted(here)] == ["sms-voice:SendTextMessage"]


WRONG = {
    "no external id": {"Condition": {"ArnLike": {"aws:SourceArn": OTHER_POOL}}},
    "a pool and any other": {
        "Condition": {**trusting(OTHER_POOL)["Condition"], "ArnLike": {"aws:SourceArn": [OTHER_POOL, ANY_POOL]}}
    },
    "any pool": {"Condition": trusting(ANY_POOL, "theirs")["Condition"]},
    "a pool of another account": {
        "Condition": trusting(OTHER_POOL.replace(ACCOUNT, "210987654321"), "x", "210987654321")["Condition"]
    },
    "another source account": {"Condition": trusting(OTHER_POOL, "x", "210987654321")["Condition"]},
    "any pool but one": {"Condition": {"StringEquals": {"sts:ExternalId": "x"}, "ArnNotLike": {"aws:SourceArn": "y"}}},
    "another account": {"Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Condition": {}},
    "anyone": {"Principal": "*", "Condition": {}},
    "another service": {"Principal": {"Service": "ec2.amazonaws.com"}, "Condition": {}},
    "Cognito and another service": {"Principal": {"Service": [COGNITO["Service"], "ec2.amazonaws.com"]}},
    "more than the role": {"Action": ["sts:AssumeRole", "sts:TagSession"]},
}
"""What no statement about another pool looks like, and how a trust is wrong."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_trust_in_anything_but_a_pool_is_reported_and_taken_away(here: Bench, tmp_path: Path, wrong: str) -> None:
    make_role(here, trusting(ANY_POOL))
    found = manifest(tmp_path, sms_pool(here))
    statement = {**trusting(OTHER_POOL, "theirs"), **WRONG[wrong]}
    document_ = text(trusting(pool_arn(here)), statement)
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=document_)
    assert [(str(address), path) for _, address, path in findings(here, found)] == [
        ("sms_role", ("AssumeRolePolicyDocument",)),
    ]
    here.converge(found)
    assert trust_of(here) == [trusting(pool_arn(here))]


def test_null_takes_the_policy_away_and_leaves_others(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL), name="by-hand")
    tree = sms_pool(here)
    here.converge(manifest(tmp_path, tree))
    tree["sms_role"]["PolicyDocument"] = None
    found = manifest(tmp_path, tree)
    assert operations(here.plan(found)) == ["DeleteRolePolicy"]
    here.converge(found)
    assert here.boto("iam").list_role_policies(RoleName=ROLE)["PolicyNames"] == ["by-hand"]


def test_a_new_role_without_a_policy_is_made_as_declared(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, document(sms_role={"RoleName": ROLE, "PolicyDocument": None}))
    assert operations(here.plan(found))[0] == "CreateRole"
    assert "PutRolePolicy" not in operations(here.plan(found))


def test_the_trust_of_a_role_cannot_be_taken_away(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL))
    tree = sms_pool(here)
    tree["sms_role"]["AssumeRolePolicyDocument"] = None
    (refusal,) = here.plan(manifest(tmp_path, tree)).refusals
    assert (refusal.rule, "always has a trust" in refusal.advice) == ("not-removable", True)


@pytest.mark.parametrize("section", ["sms_role", "sms_role_trust"])
def test_null_for_a_role_says_that_poolctl_deletes_none_and_what_to_do(tmp_path: Path, section: str) -> None:
    with pytest.raises(InvalidManifest, match="poolctl never deletes it") as raised:
        manifest(tmp_path, document(**{section: None}))
    (problem,) = raised.value.problems
    assert "Remove the key to leave it as it is" in problem.fix


# --- permissions of triggers ---------------------------------------------------------------------------------------


def allow(here: Bench, arn: str, sid: str, **params: Any) -> None:
    given = {"Action": "lambda:InvokeFunction", "Principal": "cognito-idp.amazonaws.com", **params}
    here.boto("lambda").add_permission(FunctionName=arn, StatementId=sid, **given)


ONE = {"PreSignUp": function("sign-up")}
ADDRESS = f"trigger_permissions/{function('sign-up')}"


def trigger_pool(here: Bench) -> Tree:
    make_pool(here, LambdaConfig=ONE)
    pool = {"PoolName": "customers", "LambdaConfig": ONE}  # an undeclared function would be drift itself
    return document(user_pool=pool, trigger_permissions={}, prune=["trigger_permissions"])


@pytest.mark.parametrize("account", [{}, {"SourceAccount": ACCOUNT}])
def test_an_equal_permission_is_adopted_whatever_its_name(here: Bench, tmp_path: Path, account: Tree) -> None:
    found = manifest(tmp_path, trigger_pool(here))
    allow(here, function("sign-up"), "theirs", Principal="events.amazonaws.com")
    allow(here, function("sign-up"), "by-hand", SourceArn=pool_arn(here), **account)
    assert changes(here.plan(found)) == []
    assert findings(here, found) == []


UNEQUAL: dict[str, Tree] = {
    "another pool": {"SourceArn": OTHER_POOL},
    "any pool": {"SourceArn": ANY_POOL},
    "no pool": {},
    "another service": {"Principal": "sns.amazonaws.com"},
    "another action": {"Action": "lambda:GetFunction"},
    "an organization": {"PrincipalOrgID": "o-1234567890"},
}


@pytest.mark.parametrize("params", UNEQUAL.values(), ids=UNEQUAL)
def test_a_statement_that_allows_something_else_stays_beside_ours(here: Bench, tmp_path: Path, params: Tree) -> None:
    found = manifest(tmp_path, trigger_pool(here))
    allow(here, function("sign-up"), "theirs", **params)
    theirs = statements(here, function("sign-up"))
    assert changes(here.plan(found))[0][:2] == (ADDRESS, Action.CREATE)
    here.converge(found)
    assert statements(here, function("sign-up"))[:1] == theirs
    assert len(statements(here, function("sign-up"))) == 2


@pytest.mark.parametrize("operator", ["ArnNotLike", "ArnNotEquals", "StringNotEquals"])
def test_a_condition_that_is_turned_around_is_not_equal(here: Bench, tmp_path: Path, operator: str) -> None:
    found = manifest(tmp_path, trigger_pool(here))
    here.converge(found)
    pool_id = next(iter(here.local.records))
    held = here.local.account["function_policies"][function("sign-up")][pool_id]
    held["Condition"][operator] = held["Condition"].pop("ArnLike")
    assert changes(here.plan(found)) == [(ADDRESS, Action.UPDATE, (("SourceArn",),))]
    here.converge(found)


def test_an_adopted_permission_goes_with_its_trigger_and_no_other_does(here: Bench, tmp_path: Path) -> None:
    tree = trigger_pool(here)
    allow(here, function("sign-up"), "theirs", Principal="events.amazonaws.com")
    allow(here, function("sign-up"), "by-hand", SourceArn=pool_arn(here))
    tree["user_pool"]["LambdaConfig"] = {"PreSignUp": None}
    found = manifest(tmp_path, tree)
    here.apply(found, planned(found, here.cloud, PlanOptions(prune=True)))
    assert [s["Sid"] for s in statements(here, function("sign-up"))] == ["theirs"]


def test_a_function_of_another_account_is_not_read(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_triggers(PreSignUp=function("theirs", "210987654321")))
    here.converge(found)
    plan = here.plan(found)
    assert (plan.gaps, plan.pending) == ((), ())


# --- log groups ----------------------------------------------------------------------------------------------------


def own_policy(here: Bench) -> list[Tree]:
    found = here.boto("logs").describe_resource_policies()["resourcePolicies"]
    (policy,) = [p["policyDocument"] for p in found if p["policyName"] == "poolctl-vendedlogs"]
    stated: list[Tree] = json.loads(policy)["Statement"]
    return stated


def test_a_log_group_that_exists_is_adopted(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_logs())
    logs = here.boto("logs")
    logs.create_log_group(logGroupName=GROUP, tags={"by": "hand"})
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=7)
    logs.create_log_group(logGroupName=f"{GROUP}-of-others")
    plan = here.plan(found)
    (change,) = [c for c in plan.pending if c.address.section == "log_groups"]
    assert (change.action, {f.path for f in change.fields}) == (
        Action.UPDATE,
        {("retentionInDays",), ("policyDocument",)},
    )
    here.converge(found)
    groups = {g["logGroupName"]: g for g in logs.describe_log_groups()["logGroups"]}
    assert (groups[GROUP]["retentionInDays"], "retentionInDays" in groups[f"{GROUP}-of-others"]) == (30, False)
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"by": "hand"}
    assert changes(here.plan(found)) == []


def test_statements_of_others_in_the_resource_policy_stay(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_logs())
    here.converge(found)
    (ours,) = own_policy(here)
    theirs = DNS
    logs = here.boto("logs")
    logs.put_resource_policy(policyName="of-others", policyDocument=text(theirs))
    logs.put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(theirs, ours))
    assert changes(here.plan(found)) == []
    narrower = {**ours, "Action": "logs:PutLogEvents"}
    logs.put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(theirs, narrower))
    assert changes(here.plan(found)) == [(f"log_groups/{GROUP}", Action.UPDATE, (("policyDocument",),))]
    here.converge(found)
    assert own_policy(here) == [ours, theirs]
    assert len(logs.describe_resource_policies()["resourcePolicies"]) == 2


DNS = {
    "Sid": "Dns",
    "Effect": "Allow",
    "Principal": {"Service": "route53.amazonaws.com"},
    "Action": "logs:PutLogEvents",
    "Resource": "*",
}
"""A statement that people have added to the resource policy."""


def test_a_new_log_group_keeps_statements_of_others_although_no_group_is_there(here: Bench, tmp_path: Path) -> None:
    here.boto("logs").put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(DNS))
    found = manifest(tmp_path, with_logs())
    here.converge(found)
    ours, theirs = own_policy(here)
    assert (ours["Sid"], theirs) == ("Delivery", DNS)
    assert changes(here.plan(found)) == []


def test_a_new_log_group_beside_others_that_are_not_vended_keeps_statements(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, document(log_groups={"plain": {}})))
    here.boto("logs").put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(DNS))
    here.converge(manifest(tmp_path, document(log_groups={"plain": {}, GROUP: {}, f"{GROUP}-2": {}})))
    assert [s["Sid"] for s in own_policy(here)] == ["Delivery", "Dns"]


def test_a_statement_that_is_added_after_the_plan_of_a_new_log_group_stops_it(here: Bench, tmp_path: Path) -> None:
    found = manifest(tmp_path, with_logs())
    plan = here.plan(found)
    here.boto("logs").put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(DNS))
    (failed,) = [e for e in here.apply(found, plan) if isinstance(e, Failed)]
    assert (str(failed.change.address), failed.stale) == (f"log_groups/{GROUP}", True)
    assert "policyDocument was changed outside this run" in failed.error
    assert own_policy(here) == [DNS]
    here.converge(found)
    assert [s["Sid"] for s in own_policy(here)] == ["Delivery", "Dns"]


def test_two_new_log_groups_of_two_plans_do_not_stop_each_other(here: Bench, tmp_path: Path) -> None:
    """What the first has written is what the second would write."""
    trees = [{**with_logs(), "user_pool": {"PoolName": name}} for name in ("one", "two")]
    trees[1]["log_groups"] = {f"{GROUP}-2": {}}
    found = [manifest(tmp_path, tree, name=f"{i}.yaml") for i, tree in enumerate(trees)]
    for one, plan in [(m, here.plan(m)) for m in found]:
        assert not [e for e in here.apply(one, plan) if isinstance(e, Failed)]


def test_a_resource_policy_that_cannot_be_read_is_not_written_over(here: Bench, tmp_path: Path) -> None:
    here.boto("logs").put_resource_policy(policyName="poolctl-vendedlogs", policyDocument=text(DNS))
    here.local.faults.add("DescribeResourcePolicies", "AccessDeniedException", times=9)
    plan = here.plan(manifest(tmp_path, with_logs()))
    assert [(g.operation, str(g.address)) for g in plan.gaps] == [
        ("logs:DescribeResourcePolicies", f"log_groups/{GROUP}"),
    ]
    assert "log_groups" not in {c.address.section for c in plan.pending}


def test_an_equal_log_group_is_adopted_without_a_change(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_logs()))
    tree = {k: v for k, v in with_logs().items() if k != "log_delivery"}
    assert changes(here.plan(manifest(tmp_path, tree))) == []


# --- users ---------------------------------------------------------------------------------------------------------

ATTRIBUTES = {"email": "ada@b.example", "name": "Ada"}
ADA = {"UserAttributes": ATTRIBUTES, "groups": ["admins"], "Enabled": True}


def user_pool(here: Bench) -> dict[str, str]:
    ids = {"UserPoolId": make_pool(here), "Username": "ada"}
    pairs = [{"Name": k, "Value": v} for k, v in {**ATTRIBUTES, "nickname": "A"}.items()]
    here.boto().admin_create_user(**ids, UserAttributes=pairs)
    for name in ("admins", "staff"):
        here.boto().create_group(UserPoolId=ids["UserPoolId"], GroupName=name)
    here.boto().admin_add_user_to_group(**ids, GroupName="admins")
    return ids


def test_an_equal_user_is_adopted_without_a_change(here: Bench, tmp_path: Path) -> None:
    user_pool(here)
    assert (
        changes(here.plan(manifest(tmp_path, document(users={"ada": ADA}, groups={"admins": {}, "staff": {}})))) == []
    )


def renamed(here: Bench, ids: dict[str, str]) -> None:
    here.boto().admin_update_user_attributes(**ids, UserAttributes=[{"Name": "name", "Value": "Countess"}])


CHANGED: dict[str, tuple[Callable[[Bench, dict[str, str]], object], tuple[str, ...], str]] = {
    "renamed": (renamed, ("UserAttributes", "name"), "AdminUpdateUserAttributes"),
    "disabled": (lambda here, ids: here.boto().admin_disable_user(**ids), ("Enabled",), "AdminEnableUser"),
    "removed from a group": (
        lambda here, ids: here.boto().admin_remove_user_from_group(**ids, GroupName="admins"),
        ("groups",),
        "AdminAddUserToGroup",
    ),
    "added to a group": (
        lambda here, ids: here.boto().admin_add_user_to_group(**ids, GroupName="staff"),
        ("groups",),
        "AdminRemoveUserFromGroup",
    ),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_user_who_is_not_equal_is_shown_as_an_update_and_as_drift(here: Bench, tmp_path: Path, case: str) -> None:
    change, path, operation = CHANGED[case]
    change(here, user_pool(here))
    found = manifest(tmp_path, document(users={"ada": ADA}, groups={"admins": {}, "staff": {}}))
    plan = here.plan(found)
    assert changes(plan) == [("users/ada", Action.UPDATE, (path,))]
    assert operations(plan) == [operation]
    assert [(str(address), p) for _, address, p in findings(here, found)] == [("users/ada", path)]
    here.converge(found)
    pairs = here.boto().admin_get_user(UserPoolId=next(iter(here.local.records)), Username="ada")["UserAttributes"]
    assert {"Name": "nickname", "Value": "A"} in pairs

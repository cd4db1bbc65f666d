"""Who changed what surrounds a pool, and its users: events that do not name the pool, or hide the name of the user."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.cloud.port import Cloud
from reconciler.kinds import KINDS
from reconciler.model import Finding, FindingClass, Tree
from tests.engine.test_drift import POOL, FakeTrail, asked_of, event, events_of, finding

ROLE, GROUP = "customers-sms", "/aws/vendedlogs/customers"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:sign-up"
IDS: Mapping[str, dict[str, str]] = {
    "sms_role": {"RoleName": ROLE},
    "sms_role_trust": {"RoleName": ROLE},
    "trigger_permissions": {"UserPoolId": POOL, "FunctionName": ARN},
    "log_groups": {"logGroupName": GROUP},
    "users": {"UserPoolId": POOL, "Username": "ada", "sub": "sub-1"},
}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


class World:
    """CloudTrail of the pool's Region, and that of IAM."""

    def __init__(self, *events: Tree) -> None:
        iam = [e for e in events if "iam.amazonaws.com" in e["CloudTrailEvent"]]
        self.iam = FakeTrail(iam)
        self.here = Here([e for e in events if e not in iam], self.iam)

    def author(self, found: Finding) -> str:
        (who,) = events_of(asked_of(self.here, found, ids=IDS[found.address.section])[0])
        return who


class Here(FakeTrail):
    """The CloudTrail of the pool's Region."""

    def __init__(self, events: list[Tree], iam: FakeTrail) -> None:
        super().__init__(events)
        self.iam = iam

    def at(self, region: str) -> Cloud:
        assert region == "us-east-1"
        return self.iam


def of(service: str, name: str, minute: int, request: Tree, **more: object) -> Tree:
    return event(name, minute, request, eventSource=f"{service}.amazonaws.com", **more)


TRUST = finding(FindingClass.CHANGED, "sms_role", "", ("AssumeRolePolicyDocument",))
POLICY = finding(FindingClass.CHANGED, "sms_role", "", ("PolicyDocument",))
TRUST_ALONE = finding(FindingClass.CHANGED, "sms_role_trust", "", ("PolicyDocument",))
ROLE_GONE = finding(FindingClass.MISSING, "sms_role", "", desired={})


@pytest.mark.parametrize(
    ("found", "author"), [(TRUST, "event-5"), (TRUST_ALONE, "event-5"), (POLICY, "event-7"), (ROLE_GONE, "event-9")]
)
def test_a_role_is_found_by_its_name_in_the_events_of_iam(found: Finding, author: str) -> None:
    own = {"roleName": ROLE}
    world = World(
        of("iam", "UpdateAssumeRolePolicy", 5, own),
        of("iam", "UpdateAssumeRolePolicy", 6, {"roleName": "other"}),
        of("iam", "PutRolePolicy", 7, {**own, "policyName": "poolctl-sms"}),
        of("iam", "PutRolePolicy", 8, {**own, "policyName": "theirs"}),
        of("iam", "DeleteRole", 9, own),
        of("iam", "DeleteRole", 10, {"roleName": f"x{ROLE}"}),
    )
    assert world.author(found) == author
    asked = [a["LookupAttributes"][0]["AttributeValue"] for a in world.here.asked]
    assert asked == [POOL]  # IAM's events are in one Region only


GONE = finding(FindingClass.MISSING, "trigger_permissions", ARN, desired={})
WRONG = finding(FindingClass.CHANGED, "trigger_permissions", ARN, ("SourceArn",))
ADDED, REMOVED = "AddPermission20150331v2", "RemovePermission20150331v2"


@pytest.mark.parametrize("name", [ARN, "sign-up", "123456789012:function:sign-up"])
def test_a_permission_is_found_by_function_and_statement(name: str) -> None:
    """CloudTrail has a date in the names of Lambda's operations, and the function as the caller called it."""
    own = {"functionName": name, "statementId": POOL}
    world = World(
        of("lambda", REMOVED, 5, own),
        of("lambda", REMOVED, 6, {**own, "statementId": "theirs"}),
        of("lambda", REMOVED, 7, {**own, "functionName": "another-sign-up"}),
        of("lambda", ADDED, 8, own),
        of("elsewhere", REMOVED, 9, own),
    )
    assert world.author(GONE) == "event-5"
    assert world.author(WRONG) == "event-8"


@pytest.mark.parametrize(
    ("found", "author"),
    [
        (finding(FindingClass.MISSING, "log_groups", GROUP, desired={}), "event-4"),
        (finding(FindingClass.CHANGED, "log_groups", GROUP, ("retentionInDays",)), "event-5"),
        (finding(FindingClass.CHANGED, "log_groups", GROUP, ("policyDocument",)), "event-6"),
    ],
)
def test_a_log_group_is_found_by_its_name_and_its_policy_by_that_of_the_policy(found: Finding, author: str) -> None:
    world = World(
        of("logs", "DeleteLogGroup", 4, {"logGroupName": GROUP}),
        of("logs", "PutRetentionPolicy", 5, {"logGroupName": GROUP, "retentionInDays": 1}),
        of("logs", "PutResourcePolicy", 6, {"policyName": "poolctl-vendedlogs"}),
        of("logs", "DeleteLogGroup", 7, {"logGroupName": f"{GROUP}-2"}),
        of("logs", "PutRetentionPolicy", 8, {"logGroupName": f"{GROUP}-2"}),
        of("logs", "PutResourcePolicy", 9, {"policyName": "of-others"}),
    )
    assert world.author(found) == author


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize(
    ("path", "operation"),
    [
        (("Enabled",), "AdminDisableUser"),
        (("groups",), "AdminRemoveUserFromGroup"),
        (("UserAttributes", "name"), "AdminUpdateUserAttributes"),
    ],
)
def test_a_user_is_found_by_sub_or_by_name(path: tuple[str, ...], operation: str, shown: bool) -> None:
    def call(minute: int, name: str, sub: str, pool: str = POOL) -> Tree:
        more = {} if shown else {"additionalEventData": {"sub": sub}}
        return event(operation, minute, {"userPoolId": pool, "username": name if shown else HIDDEN}, **more)

    other = {"Enabled": "AdminUpdateUserAttributes"}.get(path[0], "AdminDisableUser")
    events = [call(5, "ada", "sub-1"), call(6, "bob", "sub-2"), call(7, "ada", "sub-1", "eu-west-1_Foreign00")]
    found = finding(FindingClass.CHANGED, "users", "ada", path)
    later = event(other, 9, {"userPoolId": POOL, "username": "ada"}, additionalEventData={"sub": "sub-1"})
    assert World(*events, later).author(found) == "event-5"


def test_a_user_who_was_deleted_is_found_by_name_only() -> None:
    found = finding(FindingClass.MISSING, "users", "ada", desired={})
    for name, author in (("ada", "event-3"), (HIDDEN, "")):
        assert World(event("AdminDeleteUser", 3, {"userPoolId": POOL, "username": name})).author(found) == author


@pytest.mark.parametrize("section", [k for k, kind in KINDS.items() if kind.surrounding or kind.declared_only])
def test_every_section_has_an_operation_that_ends_its_objects(section: str) -> None:
    kind = KINDS[section]
    assert kind.delete or kind.ended_by or not kind.create

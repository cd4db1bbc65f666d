"""A replica: made, given settings of its own in its Region, activated, and changed without touching anything else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from reconciler.drift.findings import Criteria
from reconciler.model import Sent, Waiting
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.drift_run import compared
from tests.engine.full import ACCOUNT, REGION
from tests.support import bench, clean, document, manifest

THERE = "eu-west-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/mrk-00000000000000000000000000000001"


def function(name: str) -> str:
    return f"arn:aws:lambda:{THERE}:{ACCOUNT}:function:{name}"


REPLICA: dict[str, Any] = {
    "Status": "ACTIVE",
    "UserPoolTags": {"where": "ireland", "team": "web"},
    "LambdaConfig": {"PreSignUp": function("check"), "PostConfirmation": function("welcome")},
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": f"arn:aws:ses:{THERE}:{ACCOUNT}:identity/one@example.com",
    },
    "SmsConfiguration": {"SnsCallerArn": f"arn:aws:iam::{ACCOUNT}:role/sms", "ExternalId": "x", "SnsRegion": THERE},
}
POOL: dict[str, Any] = {
    "PoolName": "customers",
    "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY},
    "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
    "AutoVerifiedAttributes": ["email"],
    "LambdaConfig": {"PreSignUp": function("check").replace(THERE, REGION)},
}
TREE = document(user_pool=POOL, replicas={THERE: REPLICA})


@pytest.fixture
def here(tmp_path):
    with bench(region=REGION) as found:
        found.local.pending_describes = 2
        found.converge(manifest(tmp_path, TREE))
        yield found


def both(here: Any) -> tuple[str, Any, Any]:
    pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    there = here.local.client("cognito-idp", THERE).describe_user_pool(UserPoolId=pool)["UserPool"]
    return pool, here.snapshot(pool), clean(there)


def test_a_replica_is_made_with_settings_of_its_own(here, tmp_path):
    pool, _, there = both(here)
    replicas = here.boto().list_user_pool_replicas(UserPoolId=pool)["UserPoolReplicas"]
    assert {(r["RegionName"], r["Role"], r["Status"]) for r in replicas} == {
        (REGION, "PRIMARY", "ACTIVE"),
        (THERE, "SECONDARY", "ACTIVE"),
    }
    for member in ("LambdaConfig", "EmailConfiguration", "SmsConfiguration", "UserPoolTags"):
        assert there[member] == REPLICA[member]
    assert there["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert not here.plan(manifest(tmp_path, TREE)).pending


def other(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    tree: dict[str, Any] = copy.deepcopy(REPLICA)
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return tree


@pytest.mark.parametrize(
    ("path", "value", "operations"),
    [
        (("Status",), "INACTIVE", ["UpdateUserPoolReplica"]),
        (("UserPoolTags", "team"), "app", ["TagResource"]),
        (("UserPoolTags", "team"), None, ["UntagResource"]),
        (("LambdaConfig", "PreSignUp"), function("other"), ["UpdateUserPool"]),
        (("LambdaConfig", "PreSignUp"), None, ["UpdateUserPool"]),
        (
            ("EmailConfiguration", "SourceArn"),
            f"arn:aws:ses:{THERE}:{ACCOUNT}:identity/two@example.com",
            ["UpdateUserPool"],
        ),
        (("SmsConfiguration", "ExternalId"), "y", ["UpdateUserPool"]),
    ],
)
def test_one_member_of_a_replica_changes_alone(here, tmp_path, path, value, operations):
    _, primary, before = both(here)
    found = manifest(tmp_path, document(user_pool={"PoolName": "customers"}, replicas={THERE: other(path, value)}))
    plan = here.plan(found)
    assert [(c.address.section, f.path) for c in plan.pending for f in c.fields] == [("replicas", path)]
    events = here.converge(found)
    calls = [e.call for e in events if isinstance(e, Sent)]
    assert [c.operation for c in calls] == operations
    _, primary_after, after = both(here)
    assert primary_after == primary
    changed = {k for k in before.keys() | after.keys() if before.get(k) != after.get(k)}
    assert changed <= {path[0]}


def test_a_replica_that_its_pool_does_not_allow_is_refused(tmp_path):
    with bench(region=REGION) as found:
        tree = document(user_pool={"PoolName": "plain"}, replicas={THERE: {}})
        assert [r.rule for r in found.plan(manifest(tmp_path, tree)).refusals] == ["R1"]
        same = document(user_pool=POOL, replicas={REGION: {}})
        assert [r.rule for r in found.plan(manifest(tmp_path, same)).refusals] == ["R1"]


def test_a_replica_goes_only_when_nobody_is_sent_to_it(here, tmp_path):
    here.converge(manifest(tmp_path, {**TREE, "replicas": {THERE: {**REPLICA, "Status": "ACTIVE"}}}))
    gone = manifest(tmp_path, {**TREE, "replicas": {}, "prune": ["replicas"]})
    found = planned(gone, here.cloud, PlanOptions(prune=True))
    (refusal,) = found.refusals
    assert (str(refusal.address), refusal.rule) == (f"replicas/{THERE}", "undeletable")
    assert refusal.message == "The service deletes a replica only while it is INACTIVE."
    assert "Declare it with Status: INACTIVE" in refusal.advice
    here.converge(manifest(tmp_path, {**TREE, "replicas": {THERE: {**REPLICA, "Status": "INACTIVE"}}}))
    found = planned(gone, here.cloud, PlanOptions(prune=True))
    assert (found.refusals, [str(c.address) for c in found.pending]) == ((), [f"replicas/{THERE}"])
    events = here.apply(gone, found)
    assert [e.status for e in events if isinstance(e, Waiting)] == ["DELETING"] * 2
    assert planned(gone, here.cloud, PlanOptions(prune=True)).pending == ()


def test_a_replica_that_is_being_deleted_is_neither_deleted_again_nor_taken_for_there(here, tmp_path):
    """It takes hours, and the run that asked for it may be long over."""
    pool, idp = both(here)[0], here.boto()
    idp.update_user_pool_replica(UserPoolId=pool, RegionName=THERE, Status="INACTIVE")
    here.local.pending_describes = 100
    idp.delete_user_pool_replica(UserPoolId=pool, RegionName=THERE)
    gone = manifest(tmp_path, {**TREE, "replicas": {}, "prune": ["replicas"]})
    found = planned(gone, here.cloud, PlanOptions(prune=True))
    assert (found.pending, found.unmanaged, found.refusals) == ((), (), ())
    found = planned(manifest(tmp_path, TREE), here.cloud, PlanOptions())
    assert [(str(r.address), r.rule) for r in found.refusals] == [(f"replicas/{THERE}", "leaving")]
    for wanted, expected in ((gone, []), (manifest(tmp_path, TREE), [("missing", f"replicas/{THERE}")])):
        found = compared(wanted, here.cloud, Criteria()).drift.findings
        assert [(f.cls.value, str(f.address)) for f in found] == expected

"""How an apply goes wrong, and that it always ends well: killed, throttled, answered with silence, overtaken."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.cloud.port import Cloud, ReadOnly, WriteAttempted
from reconciler.errors import Denied
from reconciler.kinds import READS
from reconciler.local.stand_ins import make_up
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.model import Action, Done, Failed, Sent, Skipped, Tree, Verified, Waiting
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.apply_run import _code
from tests.engine.full import role
from tests.support import REGION, Bench, bench, carried_out, document, manifest

FULL = document(
    target={"account": "123456789012", "region": REGION},
    user_pool={
        "PoolName": "customers",
        "AutoVerifiedAttributes": ["email"],
        "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
        "Schema": [{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
        "SmsConfiguration": {"SnsCallerArn": role("sms"), "ExternalId": "x"},
        "UserPoolTags": {"team": "web"},
    },
    mfa={
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
        "SmsMfaConfiguration": {},
    },
    resource_servers={"orders": {"Name": "Orders", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}},
    identity_providers={
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "id",
                "client_secret": {"$secret": "okta#client_secret"},
                "attributes_request_method": "GET",
                "authorize_scopes": "openid",
                "oidc_issuer": "https://idp.example.com",
            },
        }
    },
    groups={"admins": {"Precedence": 0}, "users": {}},
    domains={"customers-acme": {"ManagedLoginVersion": 2}},
    clients={
        "web": {
            "GenerateSecret": True,
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "orders/read"],
            "CallbackURLs": ["https://example.com/cb"],
            "SupportedIdentityProviders": ["COGNITO", "okta"],
        },
        "spa": {"GenerateSecret": False},
    },
)

CHANGED = {
    **FULL,
    "user_pool": {
        **FULL["user_pool"],
        "Policies": {"PasswordPolicy": {"MinimumLength": 14}},
        "Schema": [
            *FULL["user_pool"]["Schema"],
            {"Name": "plan", "AttributeDataType": "String", "Mutable": True},
        ],
        "UserPoolTags": {"team": "app", "cost": "1"},
    },
    "mfa": {**FULL["mfa"], "MfaConfiguration": "ON"},
    "groups": {**FULL["groups"], "users": {"Description": "Everybody"}},
}


class Killed(BaseException):
    """Stands for SIGKILL: nothing handles it."""


class Mortal:
    """A cloud on which the process dies after so many writes, before it sees the answer."""

    def __init__(self, here: Bench, writes: int, die: Any) -> None:
        self._cloud, self._left, self._die = here.cloud, writes, die

    def identity(self) -> Any:
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        answer = self._cloud.call(service, operation, params)
        if not operation.startswith(("List", "Get", "Describe")):
            self._left -= 1
            if self._left < 0:
                self._die()
        return answer


def die() -> None:
    raise Killed


@pytest.fixture
def here():
    with bench() as found:
        make_up(REGION, ["okta#client_secret"])
        yield found


def pools(here: Bench) -> list[str]:
    return [p["Id"] for p in here.boto().list_user_pools(MaxResults=60)["UserPools"]]


def without_ids(snapshot: Tree, pool: str) -> Any:
    """A snapshot in which everything that Cognito makes up is left out, to compare two pools."""
    text = repr({**snapshot, "clients": sorted(map(_plain_client, snapshot["clients"].values()))})
    return text.replace(pool, "POOL")


def _plain_client(client: Tree) -> str:
    return repr({k: v for k, v in client.items() if k not in ("ClientId", "ClientSecret")})


WRITES_OF_CREATE = 9
WRITES_OF_CHANGE = 5


@pytest.fixture(scope="module")
def expected():
    with bench() as found:
        make_up(REGION, ["okta#client_secret"])
        tmp = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - only to hold the manifest for a moment
        file = tmp / f"poolctl-{os.getpid()}.yaml"
        states = []
        try:
            for tree in (FULL, CHANGED):
                events = found.converge(manifest(tmp, tree, name=file.name))
                pool = pools(found)[0]
                states.append(
                    (len([e for e in events if isinstance(e, Sent)]), without_ids(found.snapshot(pool), pool))
                )
        finally:
            file.unlink(missing_ok=True)
    return states


def test_the_number_of_writes_is_known(expected):
    """So that the tests below stop after every one of them."""
    assert [count for count, _ in expected] == [WRITES_OF_CREATE, WRITES_OF_CHANGE]


@pytest.mark.parametrize("after", range(WRITES_OF_CREATE))
def test_killed_while_creating_and_run_again_it_converges(here, tmp_path, expected, after):
    found = manifest(tmp_path, FULL)
    with pytest.raises(Killed):
        here.apply(found, cloud=Mortal(here, after, die))
    here.converge(found)
    assert len(pools(here)) == 1
    snapshot = here.snapshot(pools(here)[0])
    assert sorted(c["ClientName"] for c in snapshot["clients"].values()) == ["spa", "web"]
    assert without_ids(snapshot, pools(here)[0]) == expected[0][1]


@pytest.mark.parametrize("after", range(WRITES_OF_CHANGE))
def test_killed_while_changing_and_run_again_it_converges(here, tmp_path, expected, after):
    here.converge(manifest(tmp_path, FULL))
    found = manifest(tmp_path, CHANGED)
    with pytest.raises(Killed):
        here.apply(found, cloud=Mortal(here, after, die))
    here.converge(found)
    assert without_ids(here.snapshot(pools(here)[0]), pools(here)[0]) == expected[1][1]


SCRIPT = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from reconciler.local.stand_ins import make_up
from tests.engine.test_apply import FULL, Mortal
from tests.support import REGION, bench, manifest
with bench(Path({state!r})) as here:
    make_up(REGION, ["okta#client_secret"])
    found = manifest(Path({tmp!r}), FULL)
    here.apply(found, cloud=Mortal(here, {after}, lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


@pytest.mark.parametrize("after", [0, 1, 4, 8])
def test_a_real_sigkill_leaves_a_state_from_which_it_converges(tmp_path, after):
    """The same with a process that dies, and a state on disk that the next one has to read."""
    root = str(Path(__file__).parents[2])
    text = SCRIPT.format(root=root, state=str(tmp_path / "state"), tmp=str(tmp_path), after=after)
    ended = subprocess.run([sys.executable, "-c", text], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with bench(tmp_path / "state") as here:
        make_up(REGION, ["okta#client_secret"])
        here.converge(manifest(tmp_path, FULL))
        assert len(pools(here)) == 1
        assert len(here.snapshot(pools(here)[0])["clients"]) == 2


def test_what_is_previewed_is_what_is_sent(here, tmp_path):
    for tree in (FULL, CHANGED):
        found = manifest(tmp_path, tree)
        plan = here.plan(found)
        shown = [call.operation for c in plan.pending for call in lower(c, plan)]
        here.local.calls.clear()
        events = here.apply(found, plan)
        sent = [e.call for e in events if isinstance(e, Sent)]
        assert [c.operation for c in sent] == shown
        recorded = [c.operation for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]
        assert recorded == shown


def test_a_plan_cannot_write(here, tmp_path):
    reads = READS | REMOTE_READS | {("sts", "GetCallerIdentity")}
    reader = ReadOnly(here.cloud, reads)
    found = manifest(tmp_path, FULL)
    with pytest.raises(WriteAttempted):
        reader.call("cognito-idp", "CreateUserPool", {"PoolName": "customers"})
    events = here.apply(found, cloud=reader)
    failed = [e for e in events if isinstance(e, Failed)]
    assert [(str(e.change.address), e.written) for e in failed] == [("user_pool", 0)]
    assert "cognito-idp:CreateUserPool is not an allowed call; nothing was sent" in failed[0].error
    assert not [e for e in events if isinstance(e, Sent)]
    assert pools(here) == []


def test_throttling_and_concurrent_writers_are_waited_for(here, tmp_path):
    here.local.faults.add("CreateUserPool", "TooManyRequestsException", times=2)
    here.local.faults.add("SetUserPoolMfaConfig", "ConcurrentModificationException", times=2)
    here.local.faults.add("DescribeUserPool", "InternalErrorException", times=1)
    here.converge(manifest(tmp_path, FULL))
    assert here.clock.now > 1


def test_a_new_iam_role_is_waited_for(here, tmp_path):
    here.local.faults.add("CreateUserPool", "InvalidSmsRoleTrustRelationshipException", times=5)
    here.converge(manifest(tmp_path, FULL))
    assert 20 <= here.clock.now < 120


@pytest.mark.parametrize("operation", ["CreateUserPool", "CreateUserPoolClient"])
def test_a_create_whose_answer_was_lost_is_not_sent_again(here, tmp_path, operation):
    here.local.faults.add(operation, lost_answer=True)
    here.converge(manifest(tmp_path, FULL))
    assert len(pools(here)) == 1
    names = [c["ClientName"] for c in here.snapshot(pools(here)[0])["clients"].values()]
    assert sorted(names) == ["spa", "web"]


def test_an_update_whose_answer_was_lost_is_sent_again(here, tmp_path):
    here.converge(manifest(tmp_path, FULL))
    here.local.faults.add("UpdateUserPool", lost_answer=True)
    here.converge(manifest(tmp_path, CHANGED))


def test_a_failure_stops_what_depends_on_it_and_nothing_else(here, tmp_path):
    here.local.faults.add("CreateResourceServer", "AccessDeniedException", times=99, message="not allowed")
    found = manifest(tmp_path, FULL)
    events = here.apply(found)
    failed = [e for e in events if isinstance(e, Failed)]
    assert [str(e.change.address) for e in failed] == ["resource_servers/orders"]
    assert "cognito-idp:CreateResourceServer" in failed[0].error
    assert "AccessDenied" in failed[0].error
    skipped = [e for e in events if isinstance(e, Skipped)]
    assert [str(e.change.address) for e in skipped] == ["clients/web"]
    assert "resource_servers/orders" in skipped[0].reason
    done = {str(e.change.address) for e in events if isinstance(e, Done)}
    assert {"user_pool", "mfa", "identity_providers/okta", "groups/admins", "clients/spa"} <= done
    assert not [e for e in events if isinstance(e, Verified)]
    here.local.faults.clear()
    again = here.plan(found)
    assert [str(c.address) for c in again.pending] == ["resource_servers/orders", "clients/web"]
    here.converge(found)


def test_an_object_changed_outside_the_run_since_the_plan_stops_everything(here, tmp_path):
    here.converge(manifest(tmp_path, FULL))
    found = manifest(tmp_path, CHANGED)
    plan = here.plan(found)
    pool = pools(here)[0]
    here.boto().update_group(UserPoolId=pool, GroupName="users", Precedence=9)
    before = here.snapshot(pool)["groups"]
    events = here.apply(found, plan)
    failed = [e for e in events if isinstance(e, Failed)]
    assert [(str(e.change.address), e.stale) for e in failed] == [("groups/users", True)]
    assert here.snapshot(pool)["groups"] == before
    (change,) = [c for c in plan.pending if str(c.address) == "groups/users"]
    assert str(change.source).startswith(found.file)
    assert failed[0].error == (
        f"{change.source} groups/users (pool customers): the object was changed outside this run since the plan was "
        "made. Run plan again."
    )


def test_a_stale_object_that_no_manifest_declares_is_located_by_its_file(here, tmp_path):
    here.converge(manifest(tmp_path, FULL))
    found = manifest(tmp_path, {**FULL, "groups": {"admins": {"Precedence": 0}}, "prune": ["groups"]})
    plan = planned(found, here.cloud, PlanOptions(prune=True))
    here.boto().delete_group(UserPoolId=pools(here)[0], GroupName="users")
    failed = [e for e in here.apply(found, plan) if isinstance(e, Failed)]
    assert [e.error for e in failed] == [
        f"{found.file} groups/users (pool customers): the object no longer exists. Run plan again."
    ]


@pytest.mark.parametrize("name", ["customers"])
def test_a_pool_created_outside_the_run_since_the_plan_is_not_created_twice(here, tmp_path, name):
    found = manifest(tmp_path, FULL)
    plan = here.plan(found)
    here.boto().create_user_pool(PoolName=name)
    events = here.apply(found, plan)
    failed = [e for e in events if isinstance(e, Failed)]
    assert [e.stale for e in failed] == [True]
    assert failed[0].error.startswith(f"{plan.pending[0].source} user_pool (pool customers): the object was created ")
    assert len(pools(here)) == 1


def test_the_operator_can_stop_between_two_writes(here, tmp_path):

    found = manifest(tmp_path, FULL)
    plan = here.plan(found)
    events = list(
        carried_out(
            plan,
            here.cloud,
            lambda: here.plan(found),
            clock=here.clock,
            sleep=here.clock.sleep,
            stop=lambda: "SetUserPoolMfaConfig" in [c.operation for c in here.local.calls],
        )
    )
    assert [str(e.change.address) for e in events if isinstance(e, Done)] == ["user_pool", "mfa"]
    assert all(e.reason == "the run was interrupted" for e in events if isinstance(e, Skipped))
    here.converge(found)


def test_a_domain_is_waited_for(here, tmp_path):
    here.local.pending_describes = 2
    events = here.converge(manifest(tmp_path, FULL))
    assert [e.status for e in events if isinstance(e, Waiting)] == ["CREATING", "CREATING"]
    assert here.clock.now >= 10


def test_a_domain_that_never_comes_up_is_a_failure(here, tmp_path):
    here.local.pending_describes = 1000
    events = here.apply(manifest(tmp_path, FULL))
    failed = [e for e in events if isinstance(e, Failed)]
    assert [str(e.change.address) for e in failed] == ["domains/customers-acme"]
    assert "CREATING" in failed[0].error


def test_an_interrupted_run_does_not_wait_for_what_may_take_hours(here, tmp_path):
    here.local.pending_describes = 1000
    plan = here.plan(manifest(tmp_path, FULL))
    waited: list[str] = []
    events = []
    for event in carried_out(
        plan, here.cloud, lambda: plan, clock=here.clock, sleep=here.clock.sleep, stop=lambda: bool(waited)
    ):
        events.append(event)
        if isinstance(event, Waiting):
            waited.append(str(event.address))
    assert waited == ["domains/customers-acme"]
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert "the run was interrupted; the service continues by itself" in failed.error
    assert failed.written == 1
    assert not [e for e in events if isinstance(e, Verified)]
    here.converge(manifest(tmp_path, FULL))


def test_what_is_left_is_said(here, tmp_path):
    """A service that answers and does not do it: reported, not hidden."""

    class Deaf:
        def identity(self) -> Any:
            return here.cloud.identity()

        def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
            return {} if operation == "UpdateGroup" else here.cloud.call(service, operation, params)

    here.converge(manifest(tmp_path, FULL))
    events = here.apply(manifest(tmp_path, CHANGED), cloud=Deaf())
    left = [e.left for e in events if isinstance(e, Verified)]
    assert [[(str(c.address), c.action) for c in found] for found in left] == [[("groups/users", Action.UPDATE)]]


@pytest.mark.parametrize("operation", ["ListGroups", "DescribeUserPoolClient", "ListUserPools"])
def test_what_cannot_be_read_again_is_never_proven(here, tmp_path, operation):
    """Permissions may go between plan and proof: nothing seems left then, and nothing is known."""
    here.converge(manifest(tmp_path, FULL))
    plan = here.plan(manifest(tmp_path, CHANGED))
    refused = Refusing(here.cloud, operation)
    again = lambda: planned(manifest(tmp_path, CHANGED), refused)  # noqa: E731
    events = list(carried_out(plan, here.cloud, again, clock=here.clock, sleep=here.clock.sleep, stop=lambda: False))
    (proof,) = [e for e in events if isinstance(e, Verified)]
    assert proof.left == ()
    assert f"cognito-idp:{operation}: AccessDeniedException" in " ".join(proof.unproven)
    assert _code(events) == 6


def test_a_pool_that_can_no_longer_be_told_is_not_proven(here, tmp_path):
    plan = here.plan(manifest(tmp_path, CHANGED))

    def again():
        here.boto().create_user_pool(PoolName="customers")
        return here.plan(manifest(tmp_path, CHANGED))

    events = list(carried_out(plan, here.cloud, again, clock=here.clock, sleep=here.clock.sleep, stop=lambda: False))
    (proof,) = [e for e in events if isinstance(e, Verified)]
    assert 'pools are called "customers"' in proof.unproven[0]
    assert _code(events) == 6


class Refusing:
    """A cloud without the permission for one read."""

    def __init__(self, cloud: Cloud, operation: str) -> None:
        self._cloud = cloud
        self._operation = operation

    def identity(self) -> Any:
        return self._cloud.identity()

    def at(self, region: str) -> Cloud:
        return self._cloud.at(region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        if operation == self._operation:
            raise Denied(f"{service}:{operation}", "AccessDeniedException", "no")
        return self._cloud.call(service, operation, params)

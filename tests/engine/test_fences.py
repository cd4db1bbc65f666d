"""Every write has a fence (decision 15): what somebody else did between plan and write is never overwritten.

Parametrised over all kinds, so that a new one is covered without a line here. The somebody else is a second run of the
same manifest, which is the most likely one.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.errors import Denied
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, Failed, Sent, Skipped, Tree
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.apply_run import _code
from reconciler.values.differ import diff, same
from schemas.base import members
from tests.engine.full import PROVIDER, REGION, SCHEMA, full, identities, role
from tests.engine.test_one_member import as_document, with_bytes
from tests.engine.test_replicas import POOL, REPLICA, THERE
from tests.support import Bench, bench, document, manifest

Objects = dict[str, dict[str, Any]]


@pytest.fixture
def here():
    with bench(region=REGION) as found:
        yield found


def everything(kind: ResourceKind, provider: str) -> Objects:
    """Every kind of the document of a kind, each with something in it."""
    if kind.document == "IdentityPool":
        return copy.deepcopy(identities("one", provider))
    found = copy.deepcopy(full("one"))
    found["user_pool"][""]["Schema"] = SCHEMA
    found["clients"]["web"]["GenerateSecret"] = True
    if kind.section == "replicas":  # they need a key for several Regions, and one of them is not the pool's own
        return {"user_pool": {"": POOL}, "replicas": {THERE: REPLICA}}
    return found


def provider_in(here: Bench) -> str:
    """A user pool for identity pools to refer to."""
    pool = here.boto().create_user_pool(PoolName="provider")["UserPool"]["Id"]
    return f"cognito-idp.{REGION}.amazonaws.com/{pool}"


def around(kind: ResourceKind, provider: str) -> Objects:
    """The objects of a kind, and those that they cannot be without."""
    sections, more = {root_of(kind.document).section, kind.section}, {kind.section}
    while more:
        more = {s for m in more for s in (*KINDS[m].read_with, *KINDS[m].after, KINDS[m].outer) if s} - sections
        sections |= more
    return {s: objects for s, objects in everything(kind, provider).items() if s in sections}


def loaded(tmp_path, objects: Objects, name: str = "m.yaml"):
    return manifest(tmp_path, with_bytes(as_document(objects, **_kind_of(objects)), tmp_path), name=name)


def _kind_of(objects: Objects) -> Tree:
    return {"kind": "IdentityPool"} if "identity_pool" in objects else {}


APART = {k.section for k in KINDS.values() if k.surrounding or k.declared_only}
"""What is outside of a pool, or only read if it is declared: tests/engine/test_surroundings.py, test_users.py."""

UNSET = [k.section for k in KINDS.values() if not k.watched and not k.root and k.section not in APART]
"""Every kind of which a plan may see that there is none."""


@pytest.mark.parametrize("section", UNSET)
def test_what_was_unset_and_was_set_since_is_left_alone(here, tmp_path, section):
    kind = KINDS[section]
    whole = around(kind, provider_in(here))
    gone = {s for s in whole if s == section or s.startswith(f"{section}.")}
    here.converge(loaded(tmp_path, {s: o for s, o in whole.items() if s not in gone}, "base.yaml"))
    found = loaded(tmp_path, whole)
    plan = here.plan(found)
    first = plan.pending[0]
    assert first.address.section == section
    here.converge(found)  # the colleague, between plan and yes
    here.local.calls.clear()
    events = here.apply(found, plan)
    failed = [e for e in events if isinstance(e, Failed)]
    assert [(e.change.address, e.stale, e.written) for e in failed] == [(first.address, True, 0)]
    assert "outside this run" in failed[0].error
    assert "Run plan again." in failed[0].error
    assert [e.change for e in events if isinstance(e, Skipped)] == list(plan.pending[1:])
    assert not [c for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]
    assert _code(events) == 5


ADVANCED = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
BLOCKED = {"AccountTakeoverRiskConfiguration": {"Actions": {"LowAction": {"Notify": False, "EventAction": "BLOCK"}}}}


def test_a_block_list_of_a_colleague_stays(here, tmp_path):
    """The input of the issue: the risk configuration was unset when it was planned."""
    base = document(user_pool={"PoolName": "customers", "UserPoolTier": "PLUS", **ADVANCED})
    here.converge(manifest(tmp_path, base))
    pool = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    found = manifest(tmp_path, {**base, "risk_configuration": BLOCKED, "groups": {"users": {}}})
    plan = here.plan(found)
    theirs = {"BlockedIPRangeList": ["192.0.2.0/24"]}
    here.boto().set_risk_configuration(UserPoolId=pool, RiskExceptionConfiguration=theirs)
    events = here.apply(found, plan)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert (str(failed.change.address), failed.stale) == ("risk_configuration", True)
    assert "the setting was unset when the plan was made, and was set outside this run since" in failed.error
    live = here.boto().describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"]
    assert live["RiskExceptionConfiguration"] == theirs
    assert "AccountTakeoverRiskConfiguration" not in live
    assert _code(events) == 6  # the group was made before


def test_a_guest_role_of_a_colleague_stays(here, tmp_path):
    """The other input of the issue: the roles of an identity pool."""
    base = {"version": 1, "kind": "IdentityPool", "identity_pool": {"IdentityPoolName": "app", **GUESTS}}
    here.converge(manifest(tmp_path, base))
    identity = here.boto("cognito-identity")
    pool = identity.list_identity_pools(MaxResults=60)["IdentityPools"][0]["IdentityPoolId"]
    found = manifest(tmp_path, {**base, "roles": {"Roles": {"authenticated": role("users")}}})
    plan = here.plan(found)
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles={"unauthenticated": role("guests")})
    events = here.apply(found, plan)
    assert [e.stale for e in events if isinstance(e, Failed)] == [True]
    assert identity.get_identity_pool_roles(IdentityPoolId=pool)["Roles"] == {"unauthenticated": role("guests")}
    assert _code(events) == 5


GUESTS = {"AllowUnauthenticatedIdentities": True}


@pytest.mark.parametrize("section", ["groups", "clients", "risk_configuration", "clients.branding"])
def test_inside_a_pool_of_this_run_nothing_is_read_before_it_is_written(here, tmp_path, section):
    """A pool that this run made needs no fence for what is in it."""
    kind = KINDS[section]
    found = loaded(tmp_path, around(kind, PROVIDER))
    plan = here.plan(found)
    here.local.calls.clear()
    here.apply(found, plan)
    operations = [c.operation for c in here.local.calls]
    write = operations.index(kind.create or kind.update)
    assert not kind.reads & set(operations[operations.index("CreateUserPool") : write])


@pytest.mark.parametrize("section", [s for s, k in KINDS.items() if not k.watched and s not in APART])
def test_a_member_that_was_absent_and_has_come_since_is_a_difference(section):
    """What the fence of an update and of a deletion compares: members of either side, also new ones."""
    kind = KINDS[section]
    objects = everything(kind, PROVIDER)[section]
    tried = 0
    for tree in objects.values():
        for name in tree:
            before = {k: v for k, v in tree.items() if k != name}
            if name not in members(kind.model) or not diff(kind.model, tree, before):
                continue  # the service shows such a member in no answer, or it is at its default
            tried += 1
            assert not same(kind.model, before, tree), name
            assert not same(kind.model, tree, before), name
    assert tried


CHANGES: dict[str, tuple[Tree, str, Tree]] = {
    "groups": ({"GroupName": "one"}, "update_group", {"Description": "theirs"}),
    "resource_servers": ({"Identifier": "one", "Name": "One"}, "update_resource_server", {"Name": "Theirs"}),
}


@pytest.mark.parametrize("section", CHANGES)
def test_what_was_changed_since_is_not_deleted(here, tmp_path, section):
    ids, operation, theirs = CHANGES[section]
    base = document(**{section: {"one": {k: v for k, v in ids.items() if k == "Name"}}})
    here.converge(manifest(tmp_path, base))
    gone = manifest(tmp_path, {**base, section: {}, "prune": [section]})
    plan = planned(gone, here.cloud, PlanOptions(prune=True))
    assert [c.action for c in plan.pending] == [Action.DELETE]
    pool = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    getattr(here.boto(), operation)(UserPoolId=pool, **{**ids, **theirs})
    events = here.apply(gone, plan)
    assert [e.stale for e in events if isinstance(e, Failed)] == [True]
    assert not [e for e in events if isinstance(e, Sent)]


# --- two of one name -----------------------------------------------------------------------------------------------


class Rival:
    """A cloud on which somebody else makes an object of the same name in the moment before ours is made."""

    def __init__(self, here: Bench, operation: str, *, lag: int = 0, denied: str = "") -> None:
        self._here, self._operation, self._lag, self._denied = here, operation, lag, denied
        self.theirs = ""
        self.ours = ""

    def identity(self) -> Any:
        return self._here.cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        call = self._here.cloud.call
        if self.ours and operation == self._denied:
            raise Denied(f"{service}:{operation}", "AccessDeniedException", "no")
        if operation != self._operation:
            answer = call(service, operation, params)
            return self._late(answer) if operation.startswith("List") else answer
        self.theirs = self._id(call(service, operation, params))
        answer = call(service, operation, params)
        self.ours = self._id(answer)
        return answer

    def _late(self, answer: Tree) -> Tree:
        """The list of a service that is eventually consistent: new objects are not in it at first."""
        if not self.ours or not self._lag:
            return answer
        self._lag -= 1
        return {
            k: [i for i in v if self._id(i) not in (self.ours, self.theirs)] if isinstance(v, list) else v
            for k, v in answer.items()
        }

    @staticmethod
    def _id(answer: Tree) -> str:
        made = answer.get("UserPool") or answer.get("UserPoolClient") or answer
        return next(str(made[k]) for k in ("Id", "ClientId", "IdentityPoolId") if k in made)


USERS = document(groups={"admins": {}}, clients={"web": {}})
GUEST_POOL = {
    "version": 1,
    "kind": "IdentityPool",
    "identity_pool": {"IdentityPoolName": "customers", **GUESTS},
    "roles": {"Roles": {"authenticated": role("users")}},
}


@pytest.mark.parametrize("lag", [0, 2])
@pytest.mark.parametrize(
    ("tree", "operation"), [(USERS, "CreateUserPool"), (GUEST_POOL, "CreateIdentityPool")], ids=["users", "identities"]
)
def test_two_first_applies_at_once_stop_before_anything_is_filled(here, tmp_path, tree, operation, lag):
    """Whether the list shows the two at once or late: both are named, nothing else is made, and nothing is deleted."""
    rival = Rival(here, operation, lag=lag)
    found = manifest(tmp_path, tree)
    events = here.apply(found, cloud=rival)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert f"this run made {rival.ours}, and {rival.theirs} was made at the same time" in failed.error
    assert f"delete {rival.ours} yourself" in failed.error
    assert "`id:` in the manifest" in failed.error
    assert (failed.written, failed.stale, failed.id) == (1, False, rival.ours)
    assert {e.reason for e in events if isinstance(e, Skipped)} == {f"{failed.change.address} may exist twice"}
    assert [e.call.operation for e in events if isinstance(e, Sent)] == [operation]
    assert _code(events) == 6


def test_after_both_have_stopped_an_id_goes_on(here, tmp_path):
    """The next run is refused, and says that the id decides; with it, everything is made."""
    rival = Rival(here, "CreateUserPool")
    here.apply(manifest(tmp_path, USERS), cloud=rival)
    (refusal,) = here.plan(manifest(tmp_path, USERS)).refusals
    assert refusal.rule == "ambiguous"
    assert rival.ours in refusal.message
    assert rival.theirs in refusal.message
    assert "set `id:`" in refusal.advice
    here.converge(manifest(tmp_path, {**USERS, "id": rival.theirs}))


def test_two_clients_of_one_name_are_noticed_too(here, tmp_path):
    """A neighbour: names of clients are not unique either."""
    here.converge(manifest(tmp_path, document()))
    rival = Rival(here, "CreateUserPoolClient")
    events = here.apply(manifest(tmp_path, USERS), cloud=rival)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert f"this run made {rival.ours}, and {rival.theirs} was made" in failed.error
    assert "`ClientId:` in the manifest" in failed.error
    assert _code(events) == 6


def test_a_list_that_is_refused_after_the_create_stops_as_well(here, tmp_path):
    rival = Rival(here, "CreateUserPool", denied="ListUserPools")
    events = here.apply(manifest(tmp_path, USERS), cloud=rival)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert f"this run made the user pool {rival.ours}, but whether someone else made one" in failed.error
    assert "needs the IAM action cognito-idp:ListUserPools" in failed.error
    assert len([e for e in events if isinstance(e, Skipped)]) == 2
    assert _code(events) == 6


def test_kinds_whose_names_are_not_unique_say_so():
    """From cognito.md 2.1, 2.3 and 2.18; every other name is refused by the service when it is there."""
    assert {k.section for k in KINDS.values() if k.namesakes} == {"user_pool", "clients", "identity_pool"}
    assert all(k.namesakes for k in KINDS.values() if k.root)

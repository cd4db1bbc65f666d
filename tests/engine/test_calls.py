"""What each run calls, and how many of its calls have to wait for one another: the formulas of docs/performance.md.

Everything is counted on a cloud in front of the embedded Cognito, and nothing is timed. Round trips are held by a gate:
the calls of one round are let through together, once all of them are there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Condition
from typing import Any

import pytest

from reconciler.cloud.port import Cloud, Identity
from reconciler.drift.findings import Criteria
from reconciler.manifests.manifest import Manifest
from reconciler.model import Tree, Verified
from reconciler.observing.name_list import PoolLists
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs import export_run
from reconciler.runs.drift_run import compared
from tests.support import Bench, Clock, bench, carried_out, document, manifest

WAIT = 20.0
"""Seconds after which a call that should have company fails the test; nobody waits so long if all is well."""


class Counted:
    """A cloud that counts calls; if it is told how many each round has, it lets those through together."""

    def __init__(self, cloud: Cloud, rounds: tuple[int, ...] = ()) -> None:
        self._cloud = cloud
        self._rounds = rounds
        self._turn = Condition()
        self._identity: Identity | None = None
        self._arrived = 0
        self.round = 0
        self.calls: Counter[str] = Counter()

    def identity(self) -> Identity:
        with self._turn:
            asked, self._identity = self._identity, self._identity or self._cloud.identity()
        if asked is None:
            self._arrive()
        return self._identity

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self._arrive()
        with self._turn:
            self.calls[operation] += 1
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Cloud:
        raise AssertionError(region)

    def _arrive(self) -> None:
        if not self._rounds:
            return
        with self._turn:
            mine = self.round
            assert mine < len(self._rounds), "a further round trip"
            self._arrived += 1
            if self._arrived == self._rounds[mine]:
                self.round, self._arrived = mine + 1, 0
                self._turn.notify_all()
                return
            company = self._turn.wait_for(lambda: self.round > mine, timeout=WAIT)
            assert company, f"round {mine + 1}: {self._arrived} calls at once, not {self._rounds[mine]}"


@dataclass(frozen=True)
class Shape:
    """How many objects of each kind a pool has, and how many of its clients a manifest declares."""

    clients: int = 3
    providers: int = 2
    servers: int = 2
    groups: int = 4
    branded: int = 1
    terms: int = 0
    declared: int | None = None
    plan: str = "PLUS"

    @property
    def own(self) -> int:
        """Clients that the manifest declares."""
        return self.clients if self.declared is None else self.declared


REFERENCE = Shape()
SHAPES = {
    "reference": REFERENCE,
    "one more client": replace(REFERENCE, clients=4),
    "small": Shape(clients=1, providers=0, servers=0, groups=0, branded=0),
    "several pages": Shape(clients=62, providers=61, servers=51, groups=121, branded=2),
    "one of sixty clients": Shape(clients=60, declared=1),
    "documents": Shape(clients=3, terms=2),
    "ESSENTIALS": Shape(plan="ESSENTIALS"),
    "LITE": Shape(plan="LITE", branded=0),
}


def pages(count: int, size: int = 60) -> int:
    return max(1, math.ceil(count / size))


# --- the formulas --------------------------------------------------------------------------------------------------


def counted(**calls: int) -> Counter[str]:
    return +Counter(calls)


def of_pool(shape: Shape, *, named: bool) -> Counter[str]:
    """The pool, its lists, and the settings that the manifest declares: the same in each run."""
    return counted(
        ListUserPools=int(named),
        DescribeUserPool=1,
        GetUserPoolMfaConfig=1,
        ListUserPoolClients=pages(shape.clients),
        ListIdentityProviders=pages(shape.providers),
        ListResourceServers=pages(shape.servers, 50),
        ListGroups=pages(shape.groups + shape.providers),  # Cognito makes one for each provider
        DescribeIdentityProvider=shape.providers,
        DescribeUserPoolDomain=1,
        GetUICustomization=1,
        GetLogDeliveryConfiguration=1,
        DescribeRiskConfiguration=int(shape.plan == "PLUS"),
    )


def of_plan(shape: Shape, *, named: bool) -> Counter[str]:
    return of_pool(shape, named=named) + counted(
        DescribeUserPoolClient=shape.own,
        DescribeManagedLoginBrandingByClient=shape.branded,
        DescribeTermsByClient=2 * int(shape.terms > 0),
    )


def inside(shape: Shape, clients: int) -> Counter[str]:
    """Everything that drift and export read beside a plan, with what is inside of some clients."""
    essentials, plus = int(shape.plan != "LITE"), int(shape.plan == "PLUS")
    return counted(
        DescribeUserPoolClient=shape.clients,
        GetWebACLForResource=1,
        GetUserPoolSessionConfiguration=essentials,
        ListUserPoolReplicas=essentials,
        ListCIMDPolicies=essentials,
        DescribeManagedLoginBrandingByClient=essentials * clients,
        GetUserPoolClientSessionConfiguration=essentials * clients,
        GetUICustomization=clients,
        DescribeRiskConfiguration=plus * clients,
    )


def of_drift(shape: Shape, *, named: bool) -> Counter[str]:
    listed = shape.own > 1
    documents = counted(
        ListTerms=int(listed), DescribeTerms=shape.terms * listed, DescribeTermsByClient=2 * int(not listed)
    )
    finds = shape.own < shape.clients and shape.plan != "LITE"
    recoveries = counted(ListPointInTimeRecoveries=int(finds))
    return of_pool(shape, named=named) + inside(shape, shape.own) + documents + recoveries


def of_export(shape: Shape) -> Counter[str]:
    documents = counted(ListTerms=1, DescribeTerms=shape.terms)
    return of_pool(shape, named=False) + inside(shape, shape.clients) + documents


def of_apply(shape: Shape, *, named: bool) -> Counter[str]:
    """One group is changed: the plan, whether writes are paused, the group again, the write, and the plan that proves
    the result."""
    plan, proof = of_plan(shape, named=named), of_plan(shape, named=False)
    return plan + proof + counted(GetGroup=1, UpdateGroup=1, ListPointInTimeRecoveries=int(shape.plan != "LITE"))


# --- pools ---------------------------------------------------------------------------------------------------------


def provider(number: int) -> Tree:
    details = {"client_id": f"id{number}", "client_secret": "s", "authorize_scopes": "openid"}
    where = {"oidc_issuer": f"https://idp{number}.example.com", "attributes_request_method": "GET"}
    return {"ProviderType": "OIDC", "ProviderDetails": {**details, **where}}


def client(number: int, shape: Shape) -> Tree:
    branding = {"branding": {"UseCognitoProvidedValues": True}} if number < shape.branded else {}
    links = {"Links": {"cognito:default": "https://example.com/terms"}}
    named = ("terms-of-use", "privacy-policy")[: shape.terms] if number == 0 else ()
    return {**branding, **({"terms": dict.fromkeys(named, links)} if named else {})}


LOGS = {"LogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:x"}


def whole(shape: Shape) -> Tree:
    risk = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}
    security = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}} if shape.plan == "PLUS" else {}
    entry = {"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": LOGS}
    return document(
        user_pool={"PoolName": "customers", "UserPoolTier": shape.plan, **security},
        mfa={"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        domains={"customers-acme": {"ManagedLoginVersion": 1}},
        resource_servers={f"api{i}": {"Name": f"Api {i}"} for i in range(shape.servers)},
        identity_providers={f"oidc{i}": provider(i) for i in range(shape.providers)},
        groups={f"group{i}": {"Description": "one"} for i in range(shape.groups)},
        ui_customization={"CSS": ".label-customizable {font-weight: 400;}"},
        log_delivery={"LogConfigurations": [entry]},
        **({"risk_configuration": risk} if shape.plan == "PLUS" else {}),
        clients={f"client{i}": client(i, shape) for i in range(shape.clients)},
    )


@dataclass
class Made:
    """A live pool, and the manifest that declares it or a part of it."""

    here: Bench
    folder: Path
    shape: Shape
    id: str

    def manifest(self, *, named: bool, **sections: Any) -> Manifest:
        tree = {**whole(self.shape), **sections}
        tree["clients"] = dict(list(tree["clients"].items())[: self.shape.own])
        return manifest(self.folder, tree if named else {**tree, "id": self.id})

    def calls(self, run: Callable[[Cloud], object]) -> Counter[str]:
        cloud = Counted(self.here.cloud)
        run(cloud)
        return cloud.calls


@pytest.fixture(scope="module", params=SHAPES)
def pool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    shape, folder = SHAPES[request.param], tmp_path_factory.mktemp("calls")
    with bench() as here:
        here.converge(manifest(folder, whole(shape)))
        yield Made(here, folder, shape, here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"])


@pytest.mark.parametrize("named", [True, False], ids=["by name", "by id"])
def test_a_plan_without_changes(pool, named):
    found = pool.manifest(named=named)
    assert pool.calls(lambda cloud: planned(found, cloud)) == of_plan(pool.shape, named=named)


@pytest.mark.parametrize("named", [True, False], ids=["by name", "by id"])
def test_drift(pool, named):
    found = pool.manifest(named=named)
    assert pool.calls(lambda cloud: compared(found, cloud, Criteria())) == of_drift(pool.shape, named=named)


def test_an_export(pool):
    def run(cloud: Cloud) -> object:
        return export_run.read(cloud, export_run.one(cloud, pool.id), parallelism=32)

    assert pool.calls(run) == of_export(pool.shape)


@pytest.mark.parametrize("named", [True, False], ids=["by name", "by id"])
def test_an_apply_of_one_change(pool, named):
    if not pool.shape.groups:
        return
    groups = whole(pool.shape)["groups"]
    found = pool.manifest(named=named, groups={**groups, "group0": {"Description": f"named {named}"}})
    clock = Clock()

    def run(cloud: Cloud) -> None:
        pools = PoolLists(clock)
        plan = planned(found, cloud, pools=pools)
        again = lambda: planned(found, cloud, pools=pools)  # noqa: E731
        events = carried_out(plan, cloud, again, clock=clock, sleep=clock.sleep, stop=lambda: False, pools=pools)
        assert [e.left for e in events if isinstance(e, Verified)] == [()]

    assert pool.calls(run) == of_apply(pool.shape, named=named)


# --- round trips ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("reference")
    with bench() as here:
        here.converge(manifest(folder, whole(REFERENCE)))
        yield Made(here, folder, REFERENCE, here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"])


FIRST, SECOND = 9, 7
"""Calls of a plan of the reference pool that need no more than the pool's id, and that need an answer of those: the
pool, four lists, MFA, UI, logs and risk; three clients, two providers, the domain and the branding."""


@pytest.mark.parametrize(("named", "rounds"), [(True, (1, 1, FIRST, SECOND)), (False, (1, FIRST, SECOND))])
def test_a_plan_waits_three_times_by_id_and_four_times_by_name(reference, named, rounds):
    cloud = Counted(reference.here.cloud, rounds)
    assert not planned(reference.manifest(named=named), cloud).pending
    assert cloud.round == len(rounds)


def test_drift_waits_as_often_as_a_plan(reference):
    found, every = reference.manifest(named=False), sum(of_drift(REFERENCE, named=False).values())
    first = FIRST + 1  # terms are listed at once as well
    cloud = Counted(reference.here.cloud, (1, first, every - first))
    compared(found, cloud, Criteria())
    assert cloud.round == 3


# --- what decides about more -----------------------------------------------------------------------------------------


def test_the_numbers_of_the_reference_pool_are_those_of_the_documentation():
    text = (Path(__file__).parents[2] / "docs/performance.md").read_text(encoding="utf-8")
    runs = {
        "plan": (of_plan(REFERENCE, named=True), of_plan(REFERENCE, named=False)),
        "drift": (of_drift(REFERENCE, named=True), of_drift(REFERENCE, named=False)),
        "apply of one change": (of_apply(REFERENCE, named=True), of_apply(REFERENCE, named=False)),
        "export": (of_export(REFERENCE), of_export(REFERENCE)),
    }
    for run, (by_name, by_id) in runs.items():
        row = re.search(rf"^\| {run} \| (\d+) \| (\d+) \|", text, re.MULTILINE)
        assert row, run
        assert (int(row[1]), int(row[2])) == (sum(by_name.values()), sum(by_id.values())), run


def test_a_further_client_costs_drift_five_calls():
    more = of_drift(replace(REFERENCE, clients=4), named=True)
    assert sum(more.values()) - sum(of_drift(REFERENCE, named=True).values()) == 5


@pytest.mark.parametrize(
    ("sections", "described"),
    [
        ({"groups": {"group0": {"Description": "other"}}}, 1),
        ({"resource_servers": {"api0": {"Name": "Other"}}}, 3),
        ({"user_pool": {"PoolName": "customers", "DeletionProtection": "ACTIVE"}}, 3),
    ],
    ids=["groups", "resource_servers", "user_pool"],
)
def test_undeclared_clients_are_described_if_the_plan_changes_what_their_rules_look_at(reference, sections, described):
    one = replace(reference, shape=replace(REFERENCE, declared=1))
    found = one.manifest(named=False, **sections)
    assert one.calls(lambda cloud: planned(found, cloud))["DescribeUserPoolClient"] == described


def test_undeclared_clients_are_described_before_they_are_deleted(reference):
    one = replace(reference, shape=replace(REFERENCE, declared=1))
    found = one.manifest(named=False, prune=["clients"])
    options = PlanOptions(prune=True)
    assert one.calls(lambda cloud: planned(found, cloud))["DescribeUserPoolClient"] == 1
    assert one.calls(lambda cloud: planned(found, cloud, options))["DescribeUserPoolClient"] == 3
    doomed = [c for c in planned(found, reference.here.cloud, options).pending if not c.declared]
    assert all("RefreshTokenValidity" in (c.before or {}) for c in doomed)
    assert len(doomed) == 2


def test_undeclared_clients_are_described_if_some_may_have_registered_themselves(tmp_path):
    """Then they are made by AWS, which no list tells; a plan would call them unmanaged."""
    with bench() as here:
        open_to_all = {"PoolName": "customers", "DcrConfiguration": {"EnableStatus": "Enabled"}}
        here.converge(manifest(tmp_path, document(user_pool=open_to_all, clients={"a": {}, "b": {}})))
        cloud = Counted(here.cloud)
        found = planned(manifest(tmp_path, document(clients={"a": {}})), cloud)
        assert cloud.calls["DescribeUserPoolClient"] == 2
        assert [str(a) for a in found.unmanaged] == ["clients/b"]


def test_what_is_known_by_name_is_named_and_judged_by_no_rule(reference):
    one = replace(reference, shape=replace(REFERENCE, declared=1))
    found = planned(one.manifest(named=False), reference.here.cloud)
    assert [str(a) for a in found.unmanaged] == ["clients/client1", "clients/client2"]
    assert {w.address.name for w in found.weaknesses if w.address.section == "clients"} == {"client0"}
    assert not found.refusals


def test_a_scope_of_an_undeclared_client_cannot_be_taken_away(tmp_path):
    """Its name alone does not tell that it names the scope."""
    scopes = [{"ScopeName": n, "ScopeDescription": n} for n in ("read", "write")]
    machine = {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": True}
    other = {**machine, "GenerateSecret": True, "AllowedOAuthScopes": ["api/write"]}
    server = {"Name": "Api", "Scopes": scopes}
    with bench() as here:
        everything = document(resource_servers={"api": server}, clients={"a": {}, "b": other})
        here.converge(manifest(tmp_path, everything))
        less = {"api": {**server, "Scopes": scopes[:1]}}
        (refusal,) = here.plan(manifest(tmp_path, document(resource_servers=less, clients={"a": {}}))).refusals
        assert (str(refusal.address), refusal.rule) == ("clients/b", "C6")
        assert "api/write does not exist" in refusal.message


@pytest.mark.parametrize("section", ["session", "risk_configuration"])
def test_what_a_manifest_declares_is_read_whatever_the_feature_plan(tmp_path, section):
    tree = {"session": {"UserSessionTracking": "DISABLED"}, "risk_configuration": {}}[section]
    reads = {"session": "GetUserPoolSessionConfiguration", "risk_configuration": "DescribeRiskConfiguration"}
    with bench() as here:
        base = {"user_pool": {"PoolName": "customers", "UserPoolTier": "LITE"}}
        here.converge(manifest(tmp_path, document(**base)))
        for more, asked in (({}, 0), ({section: tree}, 1)):
            cloud = Counted(here.cloud)
            compared(manifest(tmp_path, document(**base, **more)), cloud, Criteria())
            assert cloud.calls[reads[section]] == asked


def test_drift_finds_what_nobody_declares_inside_of_clients(tmp_path):
    """What depends on the feature plan, what the pool lists, and what only a list of the pool has."""
    with bench() as here:
        tree = document(user_pool={"PoolName": "customers", "UserPoolTier": "PLUS"}, clients={"a": {}, "b": {}})
        here.converge(manifest(tmp_path, tree))
        idp = here.boto()
        ids = {"UserPoolId": idp.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]}
        clients = idp.list_user_pool_clients(**ids, MaxResults=60)["UserPoolClients"]
        ids["ClientId"] = next(c["ClientId"] for c in clients if c["ClientName"] == "b")
        idp.create_cimd_policy(**ids, PolicyName="agents", URLPatterns=["https://*.example.com/*"])
        idp.create_managed_login_branding(**ids, UseCognitoProvidedValues=True)
        links = {"cognito:default": "https://example.com"}
        idp.create_terms(**ids, TermsName="privacy-policy", TermsSource="LINK", Enforcement="NONE", Links=links)
        cloud = Counted(here.cloud)
        found = compared(manifest(tmp_path, tree), cloud, Criteria()).drift
        assert [str(f.address) for f in found.findings] == [
            "clients/b/branding",
            "clients/b/terms/privacy-policy",
            "clients/b/cimd_policies/agents",
        ]
        assert (cloud.calls["DescribeCIMDPolicy"], cloud.calls["DescribeTerms"]) == (1, 1)
        assert cloud.calls["DescribeTermsByClient"] == 0

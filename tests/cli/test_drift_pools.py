"""`drift --pools`: pools of the run's Regions that no manifest declares."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from reconciler.drift.attribution import Trail
from reconciler.drift.findings import Criteria
from reconciler.drift.undeclared_pools import DeclaredPools, ListedPool, attributed, place
from reconciler.drift.undeclared_pools import drift as found
from reconciler.local import LocalCognito
from tests.cli.support import Ran, run
from tests.engine.test_drift import FakeTrail, event
from tests.support import Clock

HOME, AWAY = "eu-west-1", "us-east-1"


@pytest.fixture
def local(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    with LocalCognito() as found:
        yield found


def user_pool(local: LocalCognito, name: str, region: str = HOME) -> str:
    return str(local.client("cognito-idp", region).create_user_pool(PoolName=name)["UserPool"]["Id"])


def identity_pool(local: LocalCognito, name: str, region: str = HOME) -> str:
    made = local.client("cognito-identity", region).create_identity_pool(
        IdentityPoolName=name, AllowUnauthenticatedIdentities=False
    )
    return str(made["IdentityPoolId"])


def written(tmp_path, *names: str, region: str = HOME, file: str = "m.yaml", **more: Any) -> str:
    tree = [{"version": 1, "target": {"region": region}, "user_pool": {"PoolName": n}, **more} for n in names]
    (tmp_path / file).write_text(yaml.safe_dump_all(tree))
    return str(tmp_path)


def drift(tmp_path, *words: str) -> Ran:
    return run("drift", *words, str(tmp_path))


def reported(tmp_path, *words: str, code: int = 2) -> list[tuple[str, str, Any]]:
    ran = drift(tmp_path, "-o", "json", *words)
    assert ran.code == code, ran.err
    tree = json.loads(ran.out)
    return [(f["pool_key"], f["address"].rpartition("/")[2], f["live"]) for f in tree["findings"]]


def test_a_pool_that_nobody_declared_is_drift_only_if_pools_are_asked_for(local, tmp_path):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    stray = user_pool(local, "made-by-hand")
    assert drift(tmp_path).code == 0
    assert reported(tmp_path, "--pools") == [("123456789012/eu-west-1", stray, {"PoolName": "made-by-hand"})]
    shown = drift(tmp_path, "--pools").out
    assert "All pools of account 123456789012 in eu-west-1" in shown
    assert f"user_pool/{stray} not in any manifest" in shown
    assert "made-by-hand" in shown


def test_identity_pools_too_although_no_manifest_is_about_one(local, tmp_path):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    stray = identity_pool(local, "guests")
    assert [(i, live) for _, i, live in reported(tmp_path, "--pools")] == [(stray, {"IdentityPoolName": "guests"})]


def test_every_region_of_the_run_and_no_other_is_listed(local, tmp_path):
    written(tmp_path, "customers")
    written(tmp_path, "staff", region=AWAY, file="other.yaml")
    for name, region in (("customers", HOME), ("staff", AWAY)):
        user_pool(local, name, region)
    strays = {(f"123456789012/{region}", user_pool(local, "stray", region)) for region in (HOME, AWAY)}
    user_pool(local, "stray", "ap-south-1")
    assert {(key, i) for key, i, _ in reported(tmp_path, "--pools")} == strays


def test_the_name_of_a_declared_pool_in_another_region_declares_nothing_here(local, tmp_path):
    written(tmp_path, "customers")
    written(tmp_path, "staff", region=AWAY, file="other.yaml")
    user_pool(local, "customers")
    user_pool(local, "staff", AWAY)
    twin = user_pool(local, "customers", AWAY)
    assert [i for _, i, _ in reported(tmp_path, "--pools")] == [twin]


def test_a_pinned_id_does_not_declare_another_pool_of_the_same_name(local, tmp_path):
    pinned, twin = user_pool(local, "customers"), user_pool(local, "customers")
    written(tmp_path, "customers", id=pinned)
    assert [i for _, i, _ in reported(tmp_path, "--pools")] == [twin]


def test_several_pools_of_a_declared_name_are_a_refusal_and_no_second_finding(local, tmp_path):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    user_pool(local, "customers")
    assert reported(tmp_path, "--pools", code=4) == []


def test_a_replica_belongs_to_its_primary(tmp_path, local):
    from tests.engine.test_replicas import TREE

    tree = {**TREE, "target": {"region": "eu-central-1"}}
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(tree))
    assert run("apply", "--yes", str(tmp_path)).code == 0
    there = next(iter(TREE["replicas"]))
    written(tmp_path, "other", region=there, file="there.yaml")
    user_pool(local, "other", there)
    listed = local.client("cognito-idp", there).list_user_pools(MaxResults=60)["UserPools"]
    assert len(listed) == 2  # the service lists the replica, with the id of its primary
    assert reported(tmp_path, "--pools", code=0) == []


@pytest.mark.parametrize("pattern", ["amplify-*", "*-x", "amplify-x"])
def test_pools_of_others_are_left_out_by_name_and_counted(local, tmp_path, pattern):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    user_pool(local, "amplify-x")
    stray = user_pool(local, "stray")
    assert [i for _, i, _ in reported(tmp_path, "--pools", "--ignore-pool", pattern)] == [stray]
    both = ("--pools", "--ignore-pool", pattern, "--ignore-pool", stray)
    assert reported(tmp_path, *both, code=0) == []
    ran = drift(tmp_path, "-o", "json", *both)
    assert json.loads(ran.out)["summary"]["suppressed"] == 2


@pytest.mark.parametrize("operation", ["ListUserPools", "ListIdentityPools"])
def test_a_list_that_is_refused_is_a_gap(local, tmp_path, operation):
    written(tmp_path, "customers", id=user_pool(local, "customers"))
    local.faults.add(operation, "AccessDeniedException", times=99)
    ran = drift(tmp_path, "--pools", "-o", "json")
    assert ran.code == 7
    (gap,) = json.loads(ran.out)["coverage"]["gaps"]
    assert gap["operation"].endswith(operation)
    assert (gap["pool_key"], gap["iam_action"] is not None) == ("123456789012/eu-west-1", True)


def test_a_list_that_is_refused_hides_nothing_of_the_other_list(local, tmp_path):
    written(tmp_path, "customers", id=user_pool(local, "customers"))
    stray = identity_pool(local, "guests")
    local.faults.add("ListUserPools", "AccessDeniedException", times=99)
    assert [i for _, i, _ in reported(tmp_path, "--pools")] == [stray]


def test_findings_are_accepted_and_remembered_like_others(local, tmp_path):
    manifests = tmp_path / "pools"
    manifests.mkdir()
    written(manifests, "customers")
    user_pool(local, "customers")
    user_pool(local, "stray")
    report = str(tmp_path / "report.json")
    assert drift(manifests, "--pools", "--remember", report).code == 2
    assert drift(manifests, "--pools", "--remember", report).code == 0
    assert drift(manifests, "--pools", "--remember", report).code == 0  # it stays known
    user_pool(local, "newer")
    assert len(reported(manifests, "--pools", "--only-new", report)) == 1
    accepted = str(tmp_path / "accepted.json")
    drift(manifests, "--pools", "-o", f"json={accepted}")
    assert reported(manifests, "--pools", "--baseline", accepted, code=0) == []


def test_the_id_of_a_finding_outlives_a_new_name(local, tmp_path):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    idp, stray = local.client("cognito-idp", HOME), user_pool(local, "stray")
    ids = set()
    for name in ("one", "two"):
        idp.update_user_pool(UserPoolId=stray, PoolName=name)
        (found,) = json.loads(drift(tmp_path, "--pools", "-o", "json").out)["findings"]
        ids.add(found["id"])
    assert len(ids) == 1


def test_shards_know_the_documents_of_each_other_and_list_a_region_once(local, tmp_path):
    for name, region in (("a", HOME), ("b", HOME), ("c", AWAY), ("d", AWAY), ("e", HOME)):
        written(tmp_path, name, region=region, file=f"{name}.yaml")
        user_pool(local, name, region)
    strays = {user_pool(local, "stray", region) for region in (HOME, AWAY)}
    found = [json.loads(drift(tmp_path, "--pools", "--shard", f"{n}/3", "-o", "json").out) for n in (1, 2, 3)]
    ids = [f["live"]["PoolName"] for tree in found for f in tree["findings"]]
    assert ids == ["stray"] * len(strays)


@pytest.mark.parametrize(
    "form", ["human", "json", "jsonl", "markdown", "html", "junit", "sarif", "github", "prometheus"]
)
def test_every_format_shows_the_pool_or_counts_it(local, tmp_path, form):
    written(tmp_path, "customers")
    user_pool(local, "customers")
    stray = user_pool(local, "stray")
    ran = drift(tmp_path, "--pools", "-o", form)
    assert ran.code == 2
    wanted = 'class="unmanaged",pool="",region="eu-west-1"} 1.0' if form == "prometheus" else stray
    assert wanted in ran.out


def test_a_region_without_user_pools_is_listed_for_identity_pools_alone(local, tmp_path):
    (tmp_path / "m.yaml").write_text(
        "version: 1\nkind: IdentityPool\ntarget: {region: cn-north-1}\n"
        "identity_pool: {IdentityPoolName: ids, AllowUnauthenticatedIdentities: false}\n"
    )
    identity_pool(local, "ids", "cn-north-1")
    stray = identity_pool(local, "stray", "cn-north-1")
    assert [i for _, i, _ in reported(tmp_path, "--pools")] == [stray]


@pytest.mark.parametrize(
    ("words", "advice"),
    [(("--pools", "--target", "user_pool"), "Remove --pools."), (("--ignore-pool", "a*"), "Add --pools.")],
)
def test_options_that_contradict_each_other(local, tmp_path, words, advice):
    written(tmp_path, "customers")
    ran = drift(tmp_path, *words)
    assert (ran.code, advice in ran.err) == (3, True)


def test_issues_and_messages_name_the_region_of_the_pools(local, tmp_path):
    from reconciler.github import pool_reports, tickets
    from reconciler.notify.batch import target
    from reconciler.render.wording import header

    manifests = tmp_path / "pools"
    manifests.mkdir()
    written(manifests, "customers")
    user_pool(local, "customers")
    stray = user_pool(local, "stray")
    report = tmp_path / "report.json"
    drift(manifests, "--pools", "-o", f"json={report}")
    region, pool = pool_reports.pools([str(report)])
    assert (region.key, pool.clean) == ("123456789012/eu-west-1", True)
    assert tickets.title(region) == "Drift: 123456789012/eu-west-1"
    body = tickets.body(region)
    assert "All pools in `123456789012/eu-west-1`: **1 finding (1 unmanaged)**" in body
    assert stray in body
    (entry,) = (p for p in json.loads(report.read_text())["pools"] if not p["name"])
    assert header(target(entry)) == "All pools of account 123456789012 in eu-west-1"


def test_who_made_a_pool_is_asked_by_its_own_id():
    made = event("CreateUserPool", 1, {"poolName": "stray"}, responseElements={"userPool": {"id": "eu-west-1_a"}})
    guests = event(
        "CreateIdentityPool", 2, {"identityPoolName": "ids"}, responseElements={"identityPoolId": "eu-west-1:1-2"}
    )
    listed = [
        ListedPool("UserPool", "stray", "eu-west-1_a"),
        ListedPool("UserPool", "older", "eu-west-1_b"),  # made before CloudTrail's events begin
        ListedPool("IdentityPool", "ids", "eu-west-1:1-2"),
    ]
    known = DeclaredPools(frozenset(), frozenset())
    report = found(place("1", HOME), listed, known, ignored=(), gaps=(), criteria=Criteria())
    clock = Clock()
    named = attributed(report, Trail(FakeTrail([made, guests]), clock=clock, sleep=clock.sleep))
    events = {f.address.name: f.attribution and f.attribution.event for f in named.findings}
    assert events == {"eu-west-1_a": "CreateUserPool", "eu-west-1_b": None, "eu-west-1:1-2": "CreateIdentityPool"}
    assert named.target == report.target

"""What a manifest says about its weaknesses: words, places, waivers, and what a plan newly breaks."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from reconciler.drift.findings import Criteria
from reconciler.manifests.manifest import Manifest
from reconciler.model import Direction, Plan, Weakness
from reconciler.planning.linting import Linted, LintOptions, lint, risks, waivers_about
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.drift_run import compared
from reconciler.security.catalogue import rules
from schemas.security import PROFILES
from tests.support import bench, document, manifest

TODAY = "2026-12-01"


def one_rule(found: Manifest, *ids: str, today: str = TODAY) -> Linted:
    return lint(found, LintOptions(today=today, rules=[rules()[i] for i in ids]))


def waiver(rule: str = "CG001", **more: Any) -> dict[str, Any]:
    return {"rule": rule, "reason": "a test pool", "owner": "me", "expires": "2026-12-01", **more}


IMPLICIT = {
    "ClientName": "Web shop",
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["implicit"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": ["https://a.example.com/"],
    "SupportedIdentityProviders": ["COGNITO"],
}


@pytest.mark.parametrize("undeclared", [(), ("web",)])
def test_a_live_client_is_judged_once_and_named_by_its_key(tmp_path, undeclared):
    with bench() as here:
        found = manifest(tmp_path, document(clients={"web": IMPLICIT}))
        here.converge(found)
        for name in undeclared:
            here.boto().create_user_pool_client(UserPoolId=next(iter(here.local.records)), ClientName=name)
        drift = compared(found, here.cloud, Criteria()).drift
        implicit = [w for w in drift.weaknesses if w.rule == "CG501"]
        assert [(str(w.address), w.declared) for w in implicit] == [("clients/web", True)]
        assert [str(w.address) for w in here.plan(found).weaknesses if w.rule == "CG501"] == ["clients/web"]
        mended = here.plan(manifest(tmp_path, document(clients={"web": {**IMPLICIT, "AllowedOAuthFlows": ["code"]}})))
        assert [w for w in mended.weaknesses if w.rule == "CG501"] == []


# --- words and places ----------------------------------------------------------------------------------------------


def test_what_is_declared_is_found_at_its_line(tmp_path):
    text = "version: 1\nuser_pool:\n  PoolName: x\n  DeletionProtection: INACTIVE\n"
    (found,) = one_rule(manifest(tmp_path, text), "CG001").weaknesses
    assert (found.source.line, found.source.column, found.declared) == (4, 23, True)
    assert "declared" not in found.message


def test_what_is_not_declared_is_found_at_its_object_and_says_so(tmp_path):
    text = "version: 1\nuser_pool:\n  PoolName: x\n"
    (found,) = one_rule(manifest(tmp_path, text), "CG001").weaknesses
    assert (found.source.line, found.declared) == (3, False)
    assert found.message.startswith("DeletionProtection is not declared; Cognito's default is INACTIVE. ")


def test_a_section_that_is_not_declared_is_judged_as_a_new_pool_has_it(tmp_path):
    (found,) = one_rule(manifest(tmp_path, document()), "CG201").weaknesses
    assert str(found.address) == "mfa"
    assert found.message.startswith("MfaConfiguration is not declared; Cognito's default is OFF.")
    known = {"version": 1, "id": "eu-west-1_AbCdEf123", "user_pool": {"PoolName": "x"}}
    assert one_rule(manifest(tmp_path, known), "CG201").weaknesses == ()


def test_an_attribute_is_found_by_its_name_at_its_line(tmp_path):
    text = (
        "version: 1\nuser_pool:\n  PoolName: x\n  Schema:\n"
        "    - {Name: plan, AttributeDataType: String, Mutable: true}\n"
        "    - {Name: note, AttributeDataType: String, Mutable: true, DeveloperOnlyAttribute: true}\n"
    )
    (found,) = one_rule(manifest(tmp_path, text), "CG020").weaknesses
    assert found.path == ("Schema", "note", "DeveloperOnlyAttribute")
    assert found.source.line == 6


def test_a_value_from_the_environment_is_not_repeated(tmp_path):
    tree = document()
    tree["user_pool"]["VerificationMessageTemplate"] = {"EmailMessage": {"$env": "TEXT"}}
    secret = "{####} http://hidden.example.com/x"
    (found,) = one_rule(manifest(tmp_path, tree, environ={"TEXT": secret}), "CG015").weaknesses
    assert "hidden" not in f"{found.message} {found.advice}"
    assert found.message == rules()["CG015"].rule.what


def test_the_worst_comes_first(tmp_path):
    found = lint(manifest(tmp_path, document()), LintOptions(profile="workforce")).weaknesses
    order = ["critical", "high", "medium", "low"]
    risks = [one.risk for one in found]
    assert risks == sorted(risks, key=order.index)
    assert {"critical", "low"} <= set(risks)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_decides_what_is_judged(tmp_path, profile):
    tree = document(profile=profile)
    found = lint(manifest(tmp_path, tree), LintOptions())
    assert found.profile == profile
    assert {one.profile for one in found.weaknesses} <= {profile}
    for one in found.weaknesses:
        assert rules()[one.rule].severity_for(profile)
    assert ("CG002" in {one.rule for one in found.weaknesses}) is (profile != "consumer")
    given = lint(manifest(tmp_path, document()), LintOptions(profile=profile))
    assert [one.rule for one in given.weaknesses] == [one.rule for one in found.weaknesses]


# --- waivers -------------------------------------------------------------------------------------------------------


def test_a_waiver_accepts_what_its_rule_finds(tmp_path):
    found = one_rule(manifest(tmp_path, document(waivers=[waiver()])), "CG001")
    assert (found.weaknesses, found.expired, found.unused) == ((), (), ())
    (accepted,) = found.waived
    assert (accepted.rule, accepted.reason) == ("CG001", "a test pool")


def test_the_day_after_its_last_the_finding_counts_again(tmp_path):
    tree = document(waivers=[waiver()])
    found = one_rule(manifest(tmp_path, tree), "CG001", today="2026-12-02")
    assert [one.rule for one in found.weaknesses] == ["CG001"]
    assert [w.rule for w in found.expired] == ["CG001"]
    assert (found.waived, found.unused) == ((), ())


def test_a_waiver_that_meets_nothing_is_named(tmp_path):
    tree = document(waivers=[waiver(), waiver("CG002"), waiver(path="mfa")])
    tree["user_pool"]["DeletionProtection"] = "ACTIVE"
    tree["user_pool"]["AdminCreateUserConfig"] = {"AllowAdminCreateUserOnly": True}
    found = one_rule(manifest(tmp_path, tree), "CG001", "CG002")
    assert [(w.rule, w.path) for w in found.unused] == [("CG001", ""), ("CG002", ""), ("CG001", "mfa")]
    assert {w.source.file for w in found.unused} == {str(tmp_path / "m.yaml")}


@pytest.mark.parametrize("rule", ["CG801", "CG012", "CG003", "CG002"])
def test_a_waiver_whose_rule_may_find_something_in_another_run_is_not_named(tmp_path, rule):
    """It needs another service, sees more with one, depends on the other documents, or was not asked."""
    found = one_rule(manifest(tmp_path, document(waivers=[waiver(rule)])), *({rule} - {"CG002"}))
    assert (found.unused, found.expired) == ((), ())


def test_a_waiver_that_has_expired_and_meets_nothing_only_is_useless(tmp_path):
    tree = document(waivers=[waiver(expires="2020-01-01")])
    tree["user_pool"]["DeletionProtection"] = "ACTIVE"
    found = one_rule(manifest(tmp_path, tree), "CG001")
    assert (found.expired, len(found.unused)) == ((), 1)


@pytest.mark.parametrize(
    ("path", "met"),
    [
        ("", True),
        ("clients", True),
        ("clients/web", True),
        ("clients/w*", True),
        ("clients/web.ExplicitAuthFlows", True),
        ("clients/app", False),
        ("clients/web.CallbackURLs", False),
        ("user_pool", False),
    ],
)
def test_a_waiver_covers_its_path_and_all_below(tmp_path, path, met):
    tree = document(clients={"web": {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, "app": {}})
    tree["waivers"] = [waiver("CG211", **({"path": path} if path else {}))]
    found = one_rule(manifest(tmp_path, tree), "CG211")
    assert bool(found.waived) is met
    assert bool(found.weaknesses) is not met
    every: list[Weakness] = [*found.waived, *found.weaknesses]
    about = waivers_about(found.manifest.waivers)
    assert [bool(about(one)) for one in every] == [met]


def test_a_rule_that_reads_other_services_is_named_when_it_is_left_out(tmp_path):
    found = one_rule(manifest(tmp_path, document()), "CG001", "CG801")
    assert [rule.id for rule in found.skipped] == ["CG801"]
    options = LintOptions(outside={"functions": {}}, rules=[rules()["CG801"]])
    assert lint(manifest(tmp_path, document()), options).skipped == ()


# --- plans ---------------------------------------------------------------------------------------------------------

STRONG: dict[str, Any] = {
    "user_pool": {
        "PoolName": "customers",
        "DeletionProtection": "ACTIVE",
        "Policies": {"PasswordPolicy": {"MinimumLength": 14}},
    },
    "mfa": {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
}


def changed(tmp_path: Any, **more: Any) -> Plan:
    """The plan of a manifest over the pool that STRONG makes."""
    with bench() as here:
        here.converge(manifest(tmp_path, {"version": 1, **STRONG}))
        tree = json.loads(json.dumps({"version": 1, **STRONG}))
        for section, members in more.items():
            tree[section] = {**tree.get(section, {}), **members}
        return planned(manifest(tmp_path, tree), here.cloud, PlanOptions(today=TODAY))


def effects(plan: Plan) -> dict[tuple[str, ...], set[str]]:
    """Rules about what alarms, by the path of the member."""
    fields = [f for change in plan.pending for f in change.fields]
    return {tuple(map(str, f.path)): {r for e in f.effects if e.alarming for r in e.rules} for f in fields}


def test_what_a_plan_newly_breaks_is_an_effect_of_its_change(tmp_path):
    plan = changed(tmp_path, user_pool={"DeletionProtection": "INACTIVE"})
    assert "CG001" in effects(plan)["DeletionProtection",]
    assert "CG001" in {one.rule for one in plan.weaknesses}


def test_what_was_broken_before_is_only_counted(tmp_path):
    plan = changed(tmp_path, user_pool={"UserPoolTags": {"team": "identity"}})
    assert "CG008" in {one.rule for one in plan.weaknesses}
    assert not any(effects(plan).values())


def test_a_change_that_strengthens_does_not_alarm_for_what_is_left(tmp_path):
    """From OFF to OPTIONAL, another rule is broken than before, and the pool is better all the same."""
    weak = {"mfa": {"MfaConfiguration": "OFF"}}
    with bench() as here:
        here.converge(manifest(tmp_path, {"version": 1, **STRONG, **weak}))
        better = {**STRONG, "mfa": {**STRONG["mfa"], "MfaConfiguration": "OPTIONAL"}}
        plan = planned(manifest(tmp_path, {"version": 1, **better}), here.cloud, PlanOptions(today=TODAY))
    found = {one.rule for one in plan.weaknesses}
    assert "CG202" in found
    assert "CG201" not in found
    directions = {
        e.direction for c in plan.pending for f in c.fields for e in f.effects if f.path[0] == "MfaConfiguration"
    }
    assert directions == {Direction.STRENGTHENS}


@pytest.mark.parametrize(
    ("client", "rule", "alarms"),
    [
        ({"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}, "CG401", True),
        ({"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, "CG211", False),
        ({}, "CG404", False),
    ],
)
def test_a_new_client_alarms_only_for_what_is_grave(tmp_path, client, rule, alarms):
    plan = changed(tmp_path, clients={"web": client})
    (change,) = [c for c in plan.pending if c.address.section == "clients"]
    assert rule in {one.rule for one in plan.weaknesses}
    assert bool(change.effect and change.effect.alarming) is alarms
    assert (rule in change.effect.rules if change.effect else False) is alarms


def test_a_new_pool_alarms_for_nothing(tmp_path):
    with bench() as here:
        plan = planned(manifest(tmp_path, document()), here.cloud, PlanOptions(today=TODAY))
    assert plan.weaknesses
    assert not any(effects(plan).values())
    assert not any(c.effect for c in plan.changes)


def test_a_waiver_counts_in_a_plan_too(tmp_path):
    with bench() as here:
        tree = document(waivers=[waiver()])
        plan = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(today=TODAY))
        later = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(today="2027-01-01"))
    assert "CG001" not in {one.rule for one in plan.weaknesses}
    assert "CG001" in {one.rule for one in later.weaknesses}


WEAK = document(user_pool={"PoolName": "weak", "DeletionProtection": "INACTIVE"}, clients={"web": {}})
WAIVED = {**WEAK, "waivers": [{"rule": "CG103", "reason": "a test", "owner": "me", "expires": "2030-01-01"}]}


@pytest.mark.parametrize("tree", [WEAK, WAIVED], ids=["as it is", "with a waiver"])
def test_what_is_only_counted_is_what_is_found(tmp_path, tree):
    found = manifest(tmp_path, tree)
    options = LintOptions(today="2026-05-04")
    every = Counter(one.risk for one in lint(found, options).weaknesses)
    assert Counter(risks(found, options)) == every
    assert sum(every.values()) > 2

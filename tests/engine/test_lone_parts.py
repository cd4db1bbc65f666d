"""Some parts of a pool without the others: they say nothing of what they do not declare, and delete none of it."""

from __future__ import annotations

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from reconciler.drift.findings import Criteria, compare, read_scope
from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Drift, FindingClass, Verified
from reconciler.observing.observer import observe
from reconciler.planning.linting import LintOptions, lint, lint_live
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.engine.divided import Document, loaded
from tests.engine.iam_support import actions
from tests.engine.test_calls import Counted
from tests.support import Bench, bench

PLATFORM: Document = {
    "version": 1,
    "part": "platform",
    "parts": ["platform", "web", "orders"],
    "prune": ["clients"],
    "user_pool": {"PoolName": "customers", "Policies": {"PasswordPolicy": {"MinimumLength": 14}}},
    "mfa": {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    "identity_providers": {
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "one",
                "client_secret": "correct-horse",
                "attributes_request_method": "GET",
                "oidc_issuer": "https://okta.example.com",
                "authorize_scopes": "openid",
            },
        }
    },
}
WEB: Document = {
    "version": 1,
    "part": "web",
    "pool": "customers",
    "user_pool": {"AutoVerifiedAttributes": ["email"]},
    "clients": {
        "web": {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "orders/read"],
            "SupportedIdentityProviders": ["okta"],
            "CallbackURLs": ["https://web.example.com/cb"],
        }
    },
}
ORDERS: Document = {
    "version": 1,
    "part": "orders",
    "pool": "customers",
    "resource_servers": {"orders": {"Name": "Orders", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}},
    "clients": {"backend": {"GenerateSecret": True, "AccessTokenValidity": 5}},
}
ALL = (PLATFORM, WEB, ORDERS)


@pytest.fixture
def here():
    with bench() as made:
        yield made


@pytest.fixture
def whole(tmp_path: Path) -> Manifest:
    return parts(tmp_path, *ALL)


def parts(directory: Path, *documents: Document) -> Manifest:
    [found] = loaded(directory, [copy.deepcopy(document) for document in documents])
    return found


def without(document: Document, *keys: str) -> Document:
    return {key: value for key, value in document.items() if key not in keys}


def drift(here: Bench, manifest: Manifest) -> Drift:
    live = observe(here.cloud, read_scope(manifest))
    return compare(manifest, live, here.plan(manifest).target, Criteria()).drift


def found(here: Bench, manifest: Manifest) -> set[tuple[str, str, str, str]]:
    every = drift(here, manifest).findings
    return {(f.cls.value, str(f.address), ".".join(map(str, f.path)), f.part) for f in every if f.fails}


def pool_id(here: Bench) -> str:
    return str(here.boto().list_user_pools(MaxResults=9)["UserPools"][0]["Id"])


def tampered(here: Bench) -> None:
    """Change by hand what each part declares, and make what none does."""
    pool, boto = pool_id(here), here.boto()
    boto.create_user_pool_client(UserPoolId=pool, ClientName="by-hand")
    boto.create_group(UserPoolId=pool, GroupName="by-hand")
    server = {"Identifier": "orders", "Name": "Changed", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}
    boto.update_resource_server(UserPoolId=pool, **server)
    boto.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OFF")
    policy = {"PasswordPolicy": {"MinimumLength": 8, "RequireNumbers": False}}
    boto.update_user_pool(
        UserPoolId=pool, Policies=policy, AutoVerifiedAttributes=["email"], DeletionProtection="ACTIVE"
    )


# --- from nothing, together -----------------------------------------------------------------------------------------


def test_three_parts_make_a_pool_in_one_apply(here, whole, tmp_path) -> None:
    here.converge(whole)
    assert not here.plan(whole).pending
    for i, one in enumerate(ALL):
        assert not here.plan(parts(tmp_path / str(i), one)).pending


def test_what_others_need_comes_first_whichever_part_declares_it(here, tmp_path) -> None:
    plan = here.plan(parts(tmp_path, WEB, ORDERS, PLATFORM))
    order = [str(change.address) for change in plan.pending]
    assert order[0] == "user_pool"
    assert order.index("clients/web") > max(
        order.index(n) for n in ("resource_servers/orders", "identity_providers/okta")
    )
    assert plan.target.manifest.endswith("2.yaml")
    assert [part.name for part in plan.target.parts] == ["platform", "web", "orders"]


def test_the_pool_is_read_once_for_all_parts(here, whole, tmp_path) -> None:
    here.converge(whole)
    together, alone = Counted(here.cloud), Counter[str]()
    planned(whole, together)
    for i, one in enumerate(ALL):
        cloud = Counted(here.cloud)
        planned(parts(tmp_path / str(i), one), cloud)
        alone += cloud.calls
    assert together.calls["DescribeUserPool"] == together.calls["ListUserPools"] == 1
    assert together.calls["ListUserPoolClients"] == 1
    assert alone["DescribeUserPool"] == 3
    assert together.calls.total() < alone.total()


def test_each_change_knows_its_parts(here, whole) -> None:
    shown = {str(change.address): change.parts for change in here.plan(whole).changes}
    assert shown["user_pool"] == ("platform", "web")
    assert shown["clients/web"] == ("web",)
    assert shown["resource_servers/orders"] == ("orders",)


# --- a part alone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", [WEB, ORDERS], ids=["web", "orders"])
def test_a_part_that_does_not_declare_the_pool_never_makes_it(here, tmp_path, document) -> None:
    manifest = parts(tmp_path, document)
    plan = here.plan(manifest)
    assert [r.rule for r in plan.refusals] == ["no-pool"]
    assert "no part that is loaded makes it" in plan.refusals[0].message
    assert not plan.changes
    assert "cognito-idp:CreateUserPool" not in actions(manifest)
    assert [(f.cls, str(f.address)) for f in drift(here, manifest).findings] == [(FindingClass.MISSING, "user_pool")]


def test_the_part_that_makes_the_pool_can_be_applied_alone(here, tmp_path) -> None:
    here.converge(parts(tmp_path / "one", PLATFORM))
    here.converge(parts(tmp_path / "other", ORDERS))
    here.converge(parts(tmp_path / "web", WEB))
    assert not here.plan(parts(tmp_path / "all", *ALL)).pending


def test_each_part_reports_what_it_declares_and_all_together_report_the_rest(here, whole, tmp_path) -> None:
    here.converge(whole)
    tampered(here)
    alone = [found(here, parts(tmp_path / str(i), one)) for i, one in enumerate(ALL)]
    assert alone == [
        {
            ("changed", "user_pool", "Policies.PasswordPolicy.MinimumLength", "platform"),
            ("changed", "mfa", "MfaConfiguration", "platform"),
            ("changed", "mfa", "SoftwareTokenMfaConfiguration.Enabled", "platform"),
        },
        set(),
        {("changed", "resource_servers/orders", "Name", "orders")},
    ]
    rest = found(here, whole) - set().union(*alone)
    assert {(cls, address) for cls, address, _, _ in rest} >= {
        ("unmanaged", "clients/by-hand"),
        ("unmanaged", "groups/by-hand"),
    }
    assert {part for _, _, _, part in rest} == {""}
    assert all(cls in ("unmanaged", "undeclared") for cls, _, _, _ in rest)


def test_ids_of_findings_do_not_depend_on_the_parts(here, whole, tmp_path) -> None:
    here.converge(whole)
    tampered(here)
    together = {f.id for f in drift(here, whole).findings}
    alone = [{f.id for f in drift(here, parts(tmp_path / str(i), one)).findings} for i, one in enumerate(ALL)]
    assert set().union(*alone) <= together
    assert sum(map(len, alone)) == len(set().union(*alone))


@pytest.mark.parametrize("chosen", [(WEB,), (ORDERS,), (WEB, ORDERS), (PLATFORM,), (PLATFORM, WEB)])
def test_a_run_without_all_parts_says_so(here, whole, tmp_path, chosen) -> None:
    here.converge(whole)
    tampered(here)
    some = parts(tmp_path / "some", *chosen)
    plan = here.plan(some)
    lone = len(chosen) == 1 or PLATFORM in chosen  # two that list no others count as all
    assert bool(plan.unmanaged) is not lone
    words = "neither compared nor reported"
    assert [words in n.message for n in plan.notices].count(True) == int(lone)
    assert [words in n.message for n in drift(here, some).notices].count(True) == int(lone)
    if PLATFORM in chosen:
        missing = "orders" if WEB in chosen else "orders, web"
        assert missing in next(n.message for n in plan.notices if words in n.message)


def test_undeclared_members_of_a_shared_object_are_not_said_by_one_part(here, whole, tmp_path) -> None:
    here.converge(whole)
    tampered(here)
    web = parts(tmp_path / "web", WEB)
    assert {str(u.address) for u in here.plan(web).undeclared} <= {"clients/web"}
    assert {str(f.address) for f in drift(here, web).findings} <= {"clients/web", "user_pool"}
    assert ("user_pool", "DeletionProtection") in {
        (str(u.address), ".".join(map(str, u.path))) for u in here.plan(whole).undeclared
    }


def test_a_key_that_is_the_name_of_another_object_is_not_that_object(here, whole, tmp_path) -> None:
    here.converge(whole)
    mobile = {**ORDERS, "clients": {"web": {"ClientName": "mobile"}}}
    alone = parts(tmp_path / "mobile", mobile)
    here.converge(alone)
    assert found(here, alone) == set()


def test_a_change_of_one_part_leaves_what_others_declare(here, whole, tmp_path) -> None:
    here.converge(whole)
    changed = copy.deepcopy(WEB)
    changed["user_pool"]["AutoVerifiedAttributes"] = None
    changed["clients"]["web"]["CallbackURLs"] = ["https://other.example.com/cb"]
    events = here.converge(parts(tmp_path / "web", changed))
    assert any(isinstance(event, Verified) for event in events)
    others = parts(tmp_path / "rest", PLATFORM, ORDERS)
    assert not here.plan(others).pending


# --- deleting -------------------------------------------------------------------------------------------------------


def prune(here: Bench, manifest: Manifest, **more: Any) -> Any:
    return planned(manifest, here.cloud, PlanOptions(prune=True, **more))


def test_all_parts_together_delete_what_none_declares(here, whole) -> None:
    here.converge(whole)
    tampered(here)
    plan = prune(here, whole)
    assert not plan.refusals
    assert [str(c.address) for c in plan.pending if not c.declared] == ["clients/by-hand"]


@pytest.mark.parametrize(
    "chosen",
    [(PLATFORM,), (PLATFORM, WEB), ({**ORDERS, "prune": ["clients"]},)],
    ids=["one", "two", "without a list"],
)
def test_some_parts_delete_nothing(here, whole, tmp_path, chosen) -> None:
    here.converge(whole)
    tampered(here)
    plan = prune(here, parts(tmp_path / "some", *chosen))
    assert [r.rule for r in plan.refusals] == ["missing-parts"]
    assert not [c for c in plan.pending if not c.declared]
    assert not here.plan(parts(tmp_path / "again", *chosen)).refusals  # without --prune it is planned


def test_parts_that_list_no_others_delete_nothing(here, whole, tmp_path) -> None:
    here.converge(whole)
    tampered(here)
    every = parts(tmp_path / "all", without(PLATFORM, "parts"), WEB, ORDERS)
    assert "clients/by-hand" in {str(a) for a in here.plan(every).unmanaged}
    assert [r.rule for r in prune(here, every).refusals] == ["missing-parts"]


def test_any_part_protects_what_all_would_delete(here, tmp_path) -> None:
    every = parts(tmp_path, PLATFORM, {**WEB, "protect": ["groups/x", "clients/by-hand"]}, ORDERS)
    here.converge(every)
    tampered(here)
    plan = prune(here, every)
    assert not [c for c in plan.pending if not c.declared]
    notice = next(n for n in plan.notices if "protect: clients/by-hand" in n.message)
    assert notice.source
    assert notice.source.file.endswith("1.yaml")


# --- security rules -------------------------------------------------------------------------------------------------


def test_a_part_alone_is_judged_by_what_it_declares(whole, tmp_path) -> None:
    together = {(w.rule, str(w.address)) for w in lint(whole, LintOptions()).weaknesses}
    for i, one in enumerate((WEB, ORDERS)):
        manifest = parts(tmp_path / str(i), one)
        sections = {w.address.section for w in lint(manifest, LintOptions()).weaknesses}
        assert {KINDS[s].outer or s for s in sections} <= set(one)
    assert {address for _, address in together} >= {"user_pool", "clients/web", "clients/backend"}


def waiver(rule: str, **more: str) -> Document:
    return {"rule": rule, "reason": "r", "owner": "o", "expires": "2099-01-01", **more}


def test_a_waiver_accepts_what_its_part_declares_or_none_does(tmp_path) -> None:
    bare = lint(parts(tmp_path / "bare", *ALL), LintOptions(today="2027-01-01"))
    rules = {w.rule for w in bare.weaknesses if str(w.address) == "clients/backend"} & {
        w.rule for w in bare.weaknesses if str(w.address) == "clients/web"
    }
    rule = min(rules)
    pool_wide = next(w.rule for w in bare.weaknesses if str(w.address) == "user_pool" and not w.declared)
    said = {**WEB, "waivers": [waiver(rule), waiver(pool_wide), waiver(rule, path="clients/backend")]}
    one = lint(parts(tmp_path / "said", PLATFORM, said, ORDERS), LintOptions(today="2027-01-01"))
    assert {str(w.address) for w in one.waived if w.rule == rule} == {"clients/web"}
    assert "clients/backend" in {str(w.address) for w in one.weaknesses if w.rule == rule}
    assert pool_wide in {w.rule for w in one.waived}


def test_what_two_parts_break_together_is_found_once(here, tmp_path) -> None:
    """Sign-in by e-mail, which one part declares, is not in the feature plan that another part declares."""
    platform = copy.deepcopy(PLATFORM)
    platform["user_pool"]["UserPoolTier"] = "LITE"
    web = copy.deepcopy(WEB)
    web["user_pool"]["Policies"] = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    plan = here.plan(parts(tmp_path, platform, web, ORDERS))
    assert len(plan.refusals) == len({(r.rule, r.address, r.path) for r in plan.refusals}) > 0
    assert not here.plan(parts(tmp_path / "fine", PLATFORM, web, ORDERS)).refusals


def test_what_is_live_is_judged_for_a_part_by_what_it_declares(here, whole, tmp_path) -> None:
    here.converge(whole)
    web = parts(tmp_path / "web", WEB)
    live = observe(here.cloud, read_scope(web))
    judged = lint_live(web, here.plan(web).target, live, LintOptions())
    assert {str(w.address) for w in judged.weaknesses} <= {"clients/web", "user_pool"}
    assert all(w.declared for w in judged.weaknesses if str(w.address) == "user_pool")


# --- what a run reads and may do ------------------------------------------------------------------------------------


def test_a_part_reads_only_its_own_sections(here, whole, tmp_path) -> None:
    here.converge(whole)
    orders = parts(tmp_path / "orders", ORDERS)
    sections = read_scope(orders).sections
    assert {KINDS[s].outer or s for s in sections} == {"resource_servers", "clients"}
    assert len(read_scope(whole).sections) > len(sections)


def test_each_pipeline_is_allowed_what_its_part_needs(tmp_path) -> None:
    web, orders = parts(tmp_path / "w", WEB), parts(tmp_path / "o", ORDERS)
    assert {"cognito-idp:UpdateUserPool", "cognito-idp:CreateUserPoolClient"} <= actions(web)
    assert not {"cognito-idp:CreateResourceServer", "cognito-idp:SetUserPoolMfaConfig"} & actions(web)
    assert "cognito-idp:CreateResourceServer" in actions(orders)
    assert not {"cognito-idp:UpdateUserPool", "cognito-idp:SetUserPoolMfaConfig"} & actions(orders)
    assert actions(orders, "drift") < actions(parts(tmp_path / "all", *ALL), "drift")


def test_the_other_parts_are_named_where_something_is_claimed_twice(tmp_path) -> None:
    with pytest.raises(InvalidManifest) as error:
        loaded(tmp_path, [PLATFORM, WEB, {**ORDERS, "clients": {"web": {}}}])
    [problem] = error.value.problems
    assert problem.position.file.endswith("2.yaml")
    assert "1.yaml:1:" in problem.message

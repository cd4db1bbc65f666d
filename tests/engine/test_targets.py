"""`--target` changes what it names, and another object only where the named one cannot be made without it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import InvalidInput
from reconciler.model import Action, Plan, Sent
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.planning.targeting import check_found, check_targets
from tests.engine.full import REGION
from tests.engine.test_direction import client, server
from tests.engine.test_order import DEVELOPER, OIDC, POOL
from tests.support import Bench, bench, document, manifest


@pytest.fixture
def here():
    with bench(region=REGION) as found:
        yield found


def shown(plan: Plan) -> list[str]:
    return [str(c.address) for c in plan.pending]


def brought(plan: Plan) -> dict[str, str]:
    """The objects that nobody named, with the reason, from the notices."""
    said = [n.message for n in plan.notices if n.message.startswith("--target does not name ")]
    return {m.split()[4].rstrip(";"): m.partition(": ")[2] for m in said}


CHANGED = document(
    user_pool={**POOL, "DeletionProtection": "ACTIVE"},
    mfa={"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    resource_servers={"orders": {**server("read"), "Name": "Other"}},
    groups={"admins": {"Description": "new"}},
    clients={"web": {**client("read"), "AuthSessionValidity": 5}, "app": {"AuthSessionValidity": 5}},
)


@pytest.mark.parametrize("target", ["clients/web", "mfa", "groups/admins", "resource_servers/orders", "user_pool"])
def test_an_object_that_is_there_brings_in_nothing(here: Bench, tmp_path, target: str):
    """Today's neighbours may change too, but the named object does not need that."""
    live = document(user_pool=POOL, resource_servers={"orders": server("read")}, groups={"admins": {}})
    here.converge(manifest(tmp_path, {**live, "clients": {"web": client("read"), "app": {}}}))
    found = manifest(tmp_path, CHANGED)
    plan = here.plan(found, target)
    assert (shown(plan), plan.refusals, brought(plan)) == ([target], (), {})
    before = here.snapshot(plan.target.pool_id)
    here.apply(found, plan)
    after = here.snapshot(plan.target.pool_id)
    echoed = {"user_pool"} if target == "mfa" else set()  # its answer repeats MfaConfiguration
    assert {k for k in before if before[k] != after[k]} == {target.partition("/")[0], *echoed}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str, dict[str, str]]] = {
    "a new client in a new pool": (
        {},
        document(user_pool=POOL, groups={"admins": {}}, clients={"web": {}}),
        "clients/web",
        {"user_pool": "clients/web is inside of it"},
    ),
    "a scope that its server does not have yet": (
        document(user_pool=POOL, resource_servers={"orders": server("read")}, clients={"web": client("read")}),
        document(
            user_pool={**POOL, "DeletionProtection": "ACTIVE"},
            resource_servers={"orders": server("read", "write"), "bills": server("read")},
            clients={"web": client("read", "write")},
        ),
        "clients/web",
        {"resource_servers/orders": "clients/web names write"},
    ),
    "a provider that is new": (
        document(user_pool=POOL, clients={"web": client()}),
        document(user_pool=POOL, identity_providers={"okta": OIDC}, clients={"web": client(providers=("okta",))}),
        "clients/web",
        {"identity_providers/okta": "clients/web names it"},
    ),
    "what is inside a new client": (
        document(user_pool=POOL, clients={}),
        document(user_pool=POOL, clients={"web": {"branding": {"UseCognitoProvidedValues": True}}, "app": {}}),
        "clients/web/branding",
        {"clients/web": "clients/web/branding is inside of it"},
    ),
    "a factor that its sender makes possible": (
        document(user_pool=POOL, mfa={"MfaConfiguration": "OFF"}),
        document(
            user_pool={**POOL, "EmailConfiguration": DEVELOPER},
            mfa={"MfaConfiguration": "ON", "EmailMfaConfiguration": {}},
            groups={"admins": {}},
        ),
        "mfa",
        {"user_pool": "without it, rule P6 refuses mfa"},
    ),
    "managed login on a plan that has it": (
        document(user_pool={**POOL, "UserPoolTier": "LITE"}, domains={"shop": {}}),
        document(user_pool={**POOL, "UserPoolTier": "ESSENTIALS"}, domains={"shop": {"ManagedLoginVersion": 2}}),
        "domains/shop",
        {"user_pool": "without it, rule O3 refuses domains/shop"},
    ),
    "a server that a client names": (
        document(user_pool=POOL, resource_servers={"orders": server("read")}, clients={"web": client("read")}),
        document(user_pool=POOL, resource_servers={"orders": server()}, clients={"web": client(), "app": {}}),
        "resource_servers/orders",
        {"clients/web": "clients/web names it now"},
    ),
    "a style that needs a first domain": (
        document(user_pool=POOL),
        document(
            user_pool=POOL,
            domains={"shop": {}},
            ui_customization={"CSS": ".banner-customizable {background: red}"},
        ),
        "ui_customization",
        {"domains/shop": "ui_customization rests on it"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_named_object_cannot_be_made_without_comes_along_and_is_named_with_the_reason(
    here: Bench, tmp_path, case: str
):
    before, after, target, expected = CASES[case]
    if before:
        here.converge(manifest(tmp_path, before))
    found = manifest(tmp_path, after)
    plan = here.plan(found, target)
    assert plan.refusals == ()
    assert brought(plan) == {k: f"{v}." for k, v in expected.items()}
    assert set(shown(plan)) == {target, *expected}
    again = lambda: here.plan(found, target)  # noqa: E731 - it names what it does
    here.apply(found, plan)
    assert shown(again()) == []


def test_a_refusal_about_another_object_does_not_stop_a_target(here: Bench, tmp_path):
    here.converge(manifest(tmp_path, document(clients={"web": {}})))
    tree = document(user_pool={**POOL, "AliasAttributes": ["email"]}, clients={"web": {"AuthSessionValidity": 5}})
    found = manifest(tmp_path, tree)
    assert [r.rule for r in here.plan(found).refusals] == ["immutable"]
    assert here.plan(found, "clients/web").refusals == ()
    assert [r.rule for r in here.plan(found, "user_pool").refusals] == ["immutable"]


def test_sms_settings_of_a_pool_that_is_not_named_are_kept(here: Bench, tmp_path):
    """The MFA call replaces the text that it shares with the pool, so it has to know it."""
    from tests.engine.test_order import SMS

    text = "Your code is {####}"
    here.converge(
        manifest(tmp_path, document(user_pool={**POOL, "SmsConfiguration": SMS, "SmsAuthenticationMessage": text}))
    )
    tree = document(
        user_pool={**POOL, "DeletionProtection": "ACTIVE"}, mfa={"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}
    )
    found = manifest(tmp_path, tree)
    plan = here.plan(found, "mfa")
    assert shown(plan) == ["mfa"]
    here.apply(found, plan)
    pool = here.snapshot(plan.target.pool_id)["user_pool"]
    assert (pool["SmsAuthenticationMessage"], pool["DeletionProtection"]) == (text, "INACTIVE")


# --- undeclared objects --------------------------------------------------------------------------------------------

LESS = document(groups={"admins": {}}, clients={"web": {}}, prune=["groups", "clients", "clients.terms"])
TERMS = {"terms": {"terms-of-use": {"Links": {"cognito:default": "https://example.com/terms"}}}}


@pytest.fixture
def full(here: Bench, tmp_path) -> Bench:
    tree = document(groups={"admins": {}, "old": {}, "older": {}}, clients={"web": TERMS, "app": {}})
    here.converge(manifest(tmp_path, tree))
    return here


@pytest.mark.parametrize("target", ["groups/old", "clients/app", "clients/web/terms/terms-of-use"])
def test_an_undeclared_object_can_be_named_to_be_pruned(full: Bench, tmp_path, target: str):
    found = manifest(tmp_path, {**LESS, "clients": {"web": {"terms": {}}}})
    check_targets([found], [target], prune=True)
    plan = planned(found, full.cloud, PlanOptions(targets=(target,), prune=True))
    check_found([found], [plan], [target])
    assert [(str(c.address), c.action) for c in plan.pending] == [(target, Action.DELETE)]
    sent = [e for e in full.apply(found, plan) if isinstance(e, Sent)]
    assert len(sent) == 1


def test_deletions_that_are_not_named_do_not_count_as_too_many(full: Bench, tmp_path):
    found = manifest(tmp_path, document(groups={}, prune=["groups"]))
    everything = planned(found, full.cloud, PlanOptions(prune=True))
    assert [r.rule for r in everything.refusals] == ["threshold"]
    one = planned(found, full.cloud, PlanOptions(targets=("groups/old",), prune=True))
    assert (shown(one), one.refusals) == (["groups/old"], ())


@pytest.mark.parametrize(
    ("target", "prune"),
    [("groups/old", False), ("domains/shop", True), ("nothing/old", True), ("groups/admin", False)],
)
def test_a_target_that_can_name_nothing_is_refused_before_anything_is_read(full: Bench, tmp_path, target, prune):
    with pytest.raises(InvalidInput, match=f"--target {target} matches nothing"):
        check_targets([manifest(tmp_path, LESS)], [target], prune=prune)


def test_a_target_that_is_not_live_either_is_refused_after_reading(full: Bench, tmp_path):
    found = manifest(tmp_path, LESS)
    check_targets([found], ["groups/olds"], prune=True)
    plan = planned(found, full.cloud, PlanOptions(targets=("groups/olds",), prune=True))
    with pytest.raises(InvalidInput, match=r"groups/olds matches nothing.*groups/old"):
        check_found([found], [plan], ["groups/olds"])


# --- protect -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["groups", "groups/old", "groups/o*", "*"])
def test_a_protected_object_that_is_named_is_refused_by_the_line_that_protects_it(full: Bench, tmp_path, pattern):
    found = manifest(tmp_path, {**LESS, "protect": [pattern]})
    plan = planned(found, full.cloud, PlanOptions(targets=("groups/old",), prune=True))
    (refused,) = plan.refusals
    assert (refused.rule, str(refused.address)) == ("protected", "groups/old")
    assert f"protect: {pattern} ({refused.source})" in refused.message
    assert planned(found, full.cloud, PlanOptions(prune=True)).refusals == ()  # it is left alone, as before


@pytest.mark.parametrize(
    "pattern", ["clients", "clients/web", "clients/web/branding", "clients/*/branding", "clients/web/terms/*"]
)
def test_what_is_protected_is_not_lost_with_what_it_is_inside_of(full: Bench, tmp_path, pattern):
    tree = document(clients={"web": {"GenerateSecret": True}}, protect=[pattern])
    options = PlanOptions(replaceable=frozenset({"clients/web"}))
    (refused,) = planned(manifest(tmp_path, tree), full.cloud, options).refusals
    assert refused.rule == "protected"
    assert f"protect: {pattern} ({tmp_path}/m.yaml:" in refused.message
    inside = pattern.count("/") > 1
    assert ("protects what is inside of it" in refused.message) == inside


def test_a_client_is_not_pruned_while_something_inside_of_it_is_protected(full: Bench, tmp_path):
    tree = document(clients={"app": {}}, prune=["clients"], protect=["clients/web/terms"])
    assert shown(planned(manifest(tmp_path, tree), full.cloud, PlanOptions(prune=True))) == []


def test_a_refusal_of_an_immutable_member_does_not_advise_what_protect_forbids(full: Bench, tmp_path):
    tree = document(clients={"web": {"GenerateSecret": True}}, protect=["clients/web"])
    (refused,) = full.plan(manifest(tmp_path, tree)).refusals
    assert "--allow-replace" not in refused.advice
    assert "protect: clients/web" in refused.advice


def test_the_live_name_of_a_renamed_client_protects_it_too(here: Bench, tmp_path):
    here.converge(manifest(tmp_path, document(clients={"web": {"ClientName": "shop-web"}})))
    tree = document(clients={"web": {"ClientName": "shop-web", "GenerateSecret": True}}, protect=["clients/shop-web"])
    options = PlanOptions(replaceable=frozenset({"clients/web"}))
    assert [r.rule for r in planned(manifest(tmp_path, tree), here.cloud, options).refusals] == ["protected"]

"""The guard on states that are written down: what it refuses and warns of, with which words and at which place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.model import Action, Notice, Observed, Plan, Position, Refusal
from reconciler.observing.observer import LiveState
from reconciler.planning.guard import check, offline, offline_warnings
from reconciler.planning.states import current_state, planned_state
from tests.engine.scripted import IDS, TARGET, at, change, group, plan
from tests.engine.test_planner_units import FILE, ROOT, START, live, planned, spec, written

FOREIGN = {"RoleArn": "arn:aws:iam::999999999999:role/r"}
OWN = {"RoleArn": "arn:aws:iam::123456789012:role/r"}
LINE = Position(FILE, 7, 5)
O13 = Refusal(
    at("groups", "a"),
    "O13",
    ("RoleArn",),
    "The role belongs to another account; Cognito refuses cross-account roles.",
    "Use a role of account 123456789012.",
    LINE,
)


def role(name: str, declared: dict[str, Any]) -> Any:
    return spec("groups", name, declared, positions={("RoleArn",): LINE})


def there(name: str, **data: Any) -> Observed:
    return Observed(at("groups", name), {**IDS, "GroupName": name}, {"GroupName": name, **data})


def checked(manifest: Any, state: LiveState) -> Plan:
    """As the pipeline does it."""
    return check(planned(manifest, state), manifest, state)


# --- rules -----------------------------------------------------------------------------------------------------------


def test_a_rule_that_the_plan_would_break_is_a_refusal_at_its_line():
    found = checked(written(role("a", FOREIGN)), live())
    assert found.refusals == (O13,)
    assert found.notices == ()
    assert [str(c.address) for c in found.changes] == ["groups/a"]


def test_a_plan_that_breaks_nothing_is_as_it_was():
    manifest = written(role("a", OWN))
    before = planned(manifest, live())
    assert check(before, manifest, live()) == before


def test_what_does_not_change_is_judged_as_it_is_live():
    """What is declared may say the same in another order, which is no other state."""
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = Observed(
        at("clients", "web"), {**IDS, "ClientId": "c1"}, {"ClientName": "web", "ExplicitAuthFlows": flows}
    )
    state = live(client, known=frozenset({"user_pool", "clients"}))
    declared = spec("clients", "web", {"ExplicitAuthFlows": flows[::-1]})
    found = planned(written(declared, sections=frozenset({"user_pool", "clients"})), state)
    assert [c.action for c in found.changes] == [Action.NONE]
    assert planned_state(found.changes, state, TARGET) == current_state(state, TARGET)


@pytest.mark.parametrize("section", [kind.section for kind in KINDS.values() if kind.watched])
def test_what_is_only_watched_is_judged_as_it_is_declared(section: str):
    watched = change(section, "a", action=Action.NONE, before={"Name": "live"}, after={"Name": "declared"})
    assert planned_state([watched], live(), TARGET).objects[watched.address] == {"Name": "declared"}


def test_what_the_live_object_breaks_already_does_not_stop_the_plan():
    manifest = written(role("a", {**FOREIGN, "Description": "new"}), role("b", FOREIGN))
    found = checked(manifest, live(there("a", **FOREIGN)))
    assert [r.address for r in found.refusals] == [at("groups", "b")]


def test_what_is_live_counts_as_well_as_what_is_declared():
    """A later object of another account does not come in through the merge of declared and live."""
    manifest = written(spec("user_pool", declared={"UserPoolTier": "LITE"}))
    state = live(
        Observed(at("session"), IDS, {"UserSessionTracking": "ENABLED"}),
        root=ROOT,
        known=frozenset({"user_pool", "session"}),
    )
    found = checked(manifest, state)
    assert [(r.rule, str(r.address), r.path, r.source) for r in found.refusals] == [
        ("P23", "session", ("UserSessionTracking",), START)
    ]


def test_a_pool_that_could_not_be_identified_is_not_judged():
    why = (Refusal(at("user_pool"), "ambiguous", (), "Two.", "Pin."),)
    state = live(refusals=why)
    manifest = written(role("a", FOREIGN))
    before = Plan(TARGET, (group("a", declared=FOREIGN),), why)
    assert check(before, manifest, state) is before


def test_a_rule_that_the_planner_has_refused_already_is_told_once():
    manifest = written(role("a", FOREIGN), role("b", FOREIGN))
    before = planned(manifest, live())
    said = Refusal(at("groups", "a"), "O13", (), "as the planner says it", "")
    found = check(replace(before, refusals=(said,)), manifest, live())
    assert [(str(r.address), r.message) for r in found.refusals] == [
        ("groups/a", "as the planner says it"),
        ("groups/b", O13.message),
    ]
    other = replace(said, rule="immutable")
    found = check(replace(before, refusals=(other,)), manifest, live())
    assert [(str(r.address), r.rule) for r in found.refusals] == [
        ("groups/a", "O13"),
        ("groups/a", "immutable"),
        ("groups/b", "O13"),
    ]


def test_refusals_are_sorted_by_object_rule_and_member():
    manifest = written()
    some = [
        Refusal(at("mfa"), "P7", ("B",), "1", ""),
        Refusal(at("groups", "b"), "O13", (), "2", ""),
        Refusal(at("mfa"), "P7", ("A",), "3", ""),
        Refusal(at("mfa"), "P6", ("C",), "4", ""),
        Refusal(at("groups", "a"), "immutable", (), "5", ""),
    ]
    found = check(plan(refusals=tuple(some)), manifest, live())
    assert [r.message for r in found.refusals] == ["5", "2", "4", "3", "1"]


DEFAULT = {
    "PoolName": "customers",
    "EmailConfiguration": {
        "EmailSendingAccount": "COGNITO_DEFAULT",
        "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/a@example.com",
    },
}
P15 = Notice(
    "P15 user_pool: With COGNITO_DEFAULT, the SES identity must have a sending policy for Cognito. Make sure that it "
    "has one, or set EmailSendingAccount to DEVELOPER.",
    Position(FILE, 5, 3),
)


def test_a_warning_is_a_notice_and_no_refusal():
    manifest = written(spec("user_pool", declared=DEFAULT))
    state = LiveState(None, known=frozenset({"user_pool"}))
    found = checked(manifest, state)
    assert (found.refusals, found.notices) == ((), (P15,))
    before = planned(manifest, state)
    first = Notice("something else")
    assert check(replace(before, notices=(first,)), manifest, state).notices == (first, P15)


def test_a_warning_about_what_is_live_already_is_not_repeated():
    root = Observed(at("user_pool"), IDS, DEFAULT)
    manifest = written(spec("user_pool", declared=DEFAULT), spec("groups", "a"))
    assert checked(manifest, live(root=root, objects=(root,))).notices == ()


# --- what a manifest says alone --------------------------------------------------------------------------------------


def test_a_manifest_alone_is_judged_by_what_it_says():
    assert offline(written(role("a", FOREIGN))) == [O13]
    assert offline(written(role("a", OWN))) == []
    assert offline_warnings(written(role("a", FOREIGN))) == []
    assert offline(written(role("a", FOREIGN), account="999999999999")) == []
    elsewhere = spec("web_acl", declared={"WebACLArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/x/1"})
    assert [(r.rule, r.message) for r in offline(written(elsewhere))] == [
        ("W1", "The web ACL is in us-east-1, the pool in eu-west-1.")
    ]
    assert offline(written(elsewhere, region="us-east-1")) == []


def test_what_a_manifest_alone_does_not_say_may_be_live():
    manifest = written(spec("domains", "auth.example.com"))
    assert offline(manifest) == []
    assert [r.rule for r in checked(manifest, live()).refusals] == ["O2"]


def test_a_manifest_alone_is_warned_of():
    manifest = written(spec("user_pool", declared=DEFAULT))
    assert (offline(manifest), list(offline_warnings(manifest))) == ([], [P15])


def test_null_stands_for_its_default_in_a_manifest_alone():
    mode = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
    assert [r.rule for r in offline(written(spec("user_pool", declared={**mode, "UserPoolTier": "ESSENTIALS"})))] == [
        "P24"
    ]
    assert [r.rule for r in offline(written(spec("user_pool", declared={**mode, "UserPoolTier": None})))] == ["P24"]
    assert offline(written(spec("user_pool", declared=mode))) == []


def test_a_section_that_is_reset_is_what_it_is_in_a_new_pool():
    """Whatever a reset section still says counts no more; an object that a reset deletes is not there."""
    inside = spec("clients.session", "web", {"SSOSession": {"Status": "ENABLED"}})
    tracked = spec("session", declared={"UserSessionTracking": "ENABLED"})
    assert [r.rule for r in offline(written(inside, tracked))] == []
    assert [r.rule for r in offline(written(inside, replace(tracked, reset=True)))] == ["O17"]
    assert offline(written(role("a", FOREIGN), replace(role("b", FOREIGN), reset=True))) == [O13]


def test_a_refusal_does_not_repeat_a_value_from_the_environment():
    acl = spec(
        "web_acl",
        declared={"WebACLArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/x/1"},
        from_env={("WebACLArn",): "ACL"},
    )
    (refusal,) = offline(written(acl))
    assert refusal.message == "The web ACL is in us-east-1, the pool in eu-west-1."
    name = spec("domains", "a_b", {"Domain": "a_b"}, from_env={("Domain",): "PREFIX"})
    (refusal,) = offline(written(name))
    assert "a_b" not in refusal.message
    assert "$env PREFIX" in refusal.message


def test_what_the_manifest_says_is_refused_even_if_the_plan_leaves_it_out():
    """An ignored member is not written, but the manifest is wrong all the same. A warning would be too much."""
    manifest = written(role("a", FOREIGN))
    same = change("groups", "a", before={"GroupName": "a"}, action=Action.NONE, ids={**IDS, "GroupName": "a"})
    assert check(plan(same), manifest, live(there("a"))).refusals == (O13,)
    manifest = written(spec("user_pool", declared=DEFAULT))
    assert check(plan(), manifest, live()).notices == ()


# --- what a call lacks, what stays, what no order can do -------------------------------------------------------------


def test_a_member_that_a_call_requires_is_asked_for():
    manifest = written(spec("resource_servers", "orders", {"Scopes": [{"ScopeName": "read"}]}))
    found = checked(manifest, live())
    place = Position(FILE, 5, 3)
    assert found.refusals == (
        Refusal(
            at("resource_servers", "orders"),
            "required",
            ("Name",),
            "CreateResourceServer requires Name.",
            "Add Name to the manifest.",
            place,
        ),
        Refusal(
            at("resource_servers", "orders"),
            "required",
            ("Scopes", 0, "ScopeDescription"),
            "CreateResourceServer requires ScopeDescription.",
            "Add ScopeDescription to the manifest.",
            place,
        ),
    )


@pytest.mark.parametrize(("action", "refused"), [(Action.DELETE, True), (Action.REPLACE, True), (Action.UPDATE, False)])
def test_what_the_service_does_not_delete_as_it_is_live_is_refused(action, refused):
    replica = change(
        "replicas",
        "us-east-1",
        before={"RegionName": "us-east-1", "Status": "ACTIVE"},
        action=action,
        ids={**IDS, "RegionName": "us-east-1"},
        new_ids={**IDS, "RegionName": "us-east-1"},
    )
    found = check(plan(replica), written(), live())
    said = Refusal(
        at("replicas", "us-east-1"),
        "undeletable",
        (),
        "The service deletes a replica only while it is INACTIVE.",
        "Declare it with Status: INACTIVE and apply that, then remove it from the manifest.",
        START,
    )
    assert [r for r in found.refusals if r.rule == "undeletable"] == ([said] if refused else [])
    declared = written(spec("replicas", "us-east-1", positions={(): LINE}))
    places = [r.source for r in check(plan(replica), declared, live()).refusals if r.rule == "undeletable"]
    assert places == ([LINE] if refused else [])
    idle = replace(replica, before={"RegionName": "us-east-1", "Status": "INACTIVE"})
    assert not [r for r in check(plan(idle), written(), live()).refusals if r.rule == "undeletable"]


def test_a_change_that_no_order_can_carry_out_is_refused_with_both_reasons():
    """Codes by e-mail come first only if MFA is OPTIONAL, and e-mail MFA needs the sender."""
    mfa = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    state = live(Observed(at("mfa"), IDS, mfa), known=frozenset({"user_pool", "mfa"}))
    ses = "arn:aws:ses:eu-west-1:123456789012:identity/a@example.com"
    first = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = {"Policies": first, "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": ses}}
    manifest = written(
        spec("user_pool", declared=pool),
        spec(
            "mfa",
            declared={**mfa, "MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": {}},
            positions={("MfaConfiguration",): LINE},
        ),
    )
    (refusal,) = checked(manifest, state).refusals
    assert refusal == Refusal(
        at("mfa"),
        "order",
        ("MfaConfiguration",),
        "Cognito would refuse either order of the two calls. With the pool first: MfaConfiguration ON allows only "
        "PASSWORD and WEB_AUTHN as first factors, not EMAIL_OTP. With the pool last: E-mail MFA cannot use Cognito's "
        "own e-mail.",
        "Apply it in two steps: first without one of the changes that the refusal names, then all of it.",
        LINE,
    )

"""The planner on a live state that is written down: what is planned, left alone, deleted and refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.manifests.manifest import Ignore, Manifest, WrittenOutput
from reconciler.model import Action, Address, Gap, Notice, Observed, Plan, Position, Refusal, Spec, Target, Unknown
from reconciler.observing.observer import LiveState, Owner, ReadScope
from reconciler.planning.planner import PlanOptions, owners_of, plan, read_scope
from tests.engine.scripted import IDS, POOL, TARGET, at

FILE = "pools/a.yaml"
START = Position(FILE, 1, 1)


def spec(section: str, name: str = "", declared: Any = None, **more: Any) -> Spec:
    return Spec(at(section, name), declared or {}, Position(FILE, 5, 3), **more)


def written(*specs: Spec, **more: Any) -> Manifest:
    sections = frozenset({"user_pool", *(s.address.section for s in specs)})
    whole: dict[str, Any] = {
        "file": FILE,
        "source": START,
        "kind": "UserPool",
        "name": "customers",
        "account": "123456789012",
        "region": "eu-west-1",
        "pool_id": "",
        "sections": sections,
        "specs": specs,
        **more,
    }
    return Manifest(**whole)


ROOT = Observed(at("user_pool"), IDS, {"PoolName": "customers"})


def group(name: str, *, leaving: bool = False, **data: Any) -> Observed:
    return Observed(at("groups", name), {**IDS, "GroupName": name}, {"GroupName": name, **data}, leaving)


def live(*objects: Observed, **more: Any) -> LiveState:
    whole: dict[str, Any] = {"root": ROOT, "objects": (ROOT, *objects), "known": frozenset({"user_pool", "groups"})}
    return LiveState(**{**whole, **more})


def planned(manifest: Manifest, state: LiveState, **options: Any) -> Plan:
    return plan(manifest, state, Target("123456789012", "eu-west-1", "customers", "", FILE), PlanOptions(**options))


def actions(found: Plan) -> list[tuple[str, Action]]:
    return [(str(c.address), c.action) for c in found.changes]


GROUPS = {"sections": frozenset({"user_pool", "groups"})}
PRUNE = {**GROUPS, "prune": ("groups",)}


# --- what has to be read ---------------------------------------------------------------------------------------------


def test_what_is_read_follows_from_the_manifest():
    manifest = written(
        spec("clients", "web", {"ClientName": "shop"}, pin="c1"),
        spec("clients", "app"),
        spec("groups", "admins"),
        spec("domains", "acme"),
        spec("domains", "auth.example.com", {"Domain": "auth.example.com"}),
        spec("domains", "later", {"Domain": Unknown(at("clients", "web"), "ClientId")}),
        spec("clients.terms", "web/terms-of-use", {"TermsName": "terms-of-use"}),
        pool_id=POOL,
        owners={"clients.terms": frozenset({"web"}), "clients.branding": frozenset({"app", "web"})},
    )
    web, app = Owner("web", "shop", "c1"), Owner("app", "None", "")
    assert read_scope(manifest) == ReadScope(
        "customers",
        "customers",
        POOL,
        manifest.sections,
        {"domains": ("acme", "auth.example.com")},
        START,
        "UserPool",
        {"clients.terms": (web,), "clients.branding": (web, app)},
        watched=True,
        wanted=manifest.sections,
        described={"clients": frozenset({"c1", "app"})},
    )


def test_what_may_be_pruned_or_decides_an_output_is_described_whole():
    manifest = written(spec("clients", "web"), spec("identity_providers", "okta"))
    assert read_scope(manifest).described == {"clients": frozenset({"web"}), "identity_providers": frozenset({"okta"})}
    assert read_scope(manifest, frozenset({"clients"})).described == {"identity_providers": frozenset({"okta"})}
    unknown = spec("clients", "web", {"ClientName": Unknown(at("user_pool"), "UserPoolId")})
    assert read_scope(written(unknown)).described == {}
    output = WrittenOutput("web", "dotenv", "app.env", "", START)
    assert read_scope(replace(manifest, outputs=(output,))).described is None


def test_the_owners_are_the_declared_objects_of_the_outer_kind():
    from reconciler.kinds import KINDS

    manifest = written(spec("groups", "admins"), spec("clients", "web", {"ClientName": "shop"}))
    assert owners_of(manifest, KINDS["clients.session"]) == (Owner("web", "shop", ""),)


# --- what is planned -------------------------------------------------------------------------------------------------


def test_a_new_pool_is_created_with_everything_in_it():
    manifest = written(spec("user_pool", declared={"PoolName": "customers"}), spec("groups", "admins"))
    found = planned(manifest, LiveState(None))
    assert actions(found) == [("user_pool", Action.CREATE), ("groups/admins", Action.CREATE)]
    assert found.target == Target("123456789012", "eu-west-1", "customers", "", FILE)
    assert found.changes[1].ids["UserPoolId"] == Unknown(at("user_pool"), "UserPoolId")
    assert planned(written(pool_id=POOL), LiveState(None)).target.pool_id == POOL


def test_a_pool_that_is_there_gives_its_identifiers():
    manifest = written(spec("user_pool", declared={"DeletionProtection": "ACTIVE"}), spec("groups", "a"), pool_id="x")
    found = planned(manifest, live(group("a")))
    assert found.target == TARGET
    assert actions(found) == [("user_pool", Action.UPDATE), ("groups/a", Action.NONE)]
    assert found.changes[0].ids == IDS
    assert found.changes[0].source == Position(FILE, 5, 3)


def test_an_identity_pool_has_an_id_of_its_own():
    root = Observed(at("identity_pool"), {"IdentityPoolId": "eu-west-1:1"}, {"IdentityPoolName": "customers"})
    manifest = written(kind="IdentityPool", sections=frozenset({"identity_pool"}))
    found = planned(manifest, LiveState(root, (root,)))
    assert found.target.pool_id == "eu-west-1:1"
    assert (found.unmanaged, found.changes) == ((), ())


def test_a_pool_that_could_not_be_identified_is_not_planned():
    why = (Refusal(at("user_pool"), "ambiguous", (), "Two.", "Pin."),)
    notices = (Notice("paused", standstill=True),)
    gaps = (Gap(at("groups"), "cognito-idp:ListGroups", "no"),)
    state = live(group("old"), refusals=why, notices=notices, gaps=gaps)
    found = planned(written(spec("groups", "a")), state)
    assert found == Plan(TARGET, (), why, notices=notices, gaps=gaps)


def test_what_reading_said_is_said_by_the_plan():
    notices = (Notice("paused", standstill=True),)
    lacking = Gap(at("session"), "cognito-idp:GetUserPoolSessionConfiguration", "no", "UnknownOperationException")
    gaps = (Gap(at("clients"), "cognito-idp:ListUserPoolClients", "no"),)
    found = planned(written(), live(notices=notices, unavailable=(lacking,), gaps=gaps))
    assert found.gaps == gaps
    assert found.notices == (
        *notices,
        Notice(
            "Not available here, so not read: session (cognito-idp:GetUserPoolSessionConfiguration: "
            "UnknownOperationException)."
        ),
    )


def test_a_section_that_is_declared_and_not_available_is_a_gap():
    lacking = Gap(at("session"), "cognito-idp:GetUserPoolSessionConfiguration", "no", "UnknownOperationException")
    found = planned(written(spec("session", declared={})), live(unavailable=(lacking,)))
    assert [g.address for g in found.gaps] == [at("session")]
    assert found.changes == ()


def test_nothing_is_planned_for_a_section_that_could_not_be_read():
    gap = Gap(at("groups"), "cognito-idp:ListGroups", "no")
    manifest = written(spec("user_pool", declared={"PoolName": "customers"}), spec("groups", "new"), prune=("groups",))
    found = planned(manifest, live(group("old"), gaps=(gap,)), prune=True)
    assert actions(found) == [("user_pool", Action.NONE)]
    assert (found.unmanaged, found.gaps) == ((), (gap,))


def test_without_the_pool_nothing_in_it_is_planned():
    manifest = written(spec("user_pool", declared={"PoolName": "customers"}), spec("groups", "new"))
    gap = Gap(at("user_pool"), "cognito-idp:DescribeUserPool", "no")
    assert planned(manifest, LiveState(None, gaps=(gap,))).changes == ()
    assert actions(planned(manifest, live(gaps=(gap,)))) == [("groups/new", Action.CREATE)]
    other = Gap(at("clients"), "cognito-idp:ListUserPoolClients", "no")
    assert len(planned(manifest, LiveState(None, gaps=(other,))).changes) == 2


def test_an_ignored_member_is_left_alone_until_the_rule_expires():
    rule = Ignore("groups/a.Description", "theirs", "", "2026-05-31", START)
    manifest = written(spec("groups", "a", {"Description": "ours", "Precedence": 2}), ignore=(rule,))
    state = live(group("a", Description="theirs"))
    (change,) = planned(manifest, state, today="2026-05-31").changes
    assert [f.path for f in change.fields] == [("Precedence",)]
    (change,) = planned(manifest, state, today="2026-06-01").changes
    assert [f.path for f in change.fields] == [("Description",), ("Precedence",)]
    (change,) = planned(manifest, state).changes
    assert [f.path for f in change.fields] == [("Precedence",)]


def test_refusals_of_single_changes_are_those_of_the_plan():
    manifest = written(spec("clients", "web", pin="gone"))
    (refusal,) = planned(manifest, live()).refusals
    assert (refusal.rule, refusal.address) == ("missing", at("clients", "web"))


def test_only_what_a_target_names_is_planned():
    manifest = written(spec("groups", "a"), spec("groups", "b"))
    found = planned(manifest, live(), targets=("groups/b",))
    assert actions(found) == [("groups/b", Action.CREATE)]
    assert [str(c.address) for c in found.aside] == ["groups/a"]
    lent = {"groups/a": "clients/web of shop refers to it"}
    found = planned(manifest, live(), targets=("groups/b",), referred=lent)
    assert actions(found) == [("groups/a", Action.CREATE), ("groups/b", Action.CREATE)]
    assert "clients/web of shop refers to it" in found.notices[0].message


def test_an_object_is_replaced_only_if_the_operator_says_so():
    manifest = written(spec("clients", "web", {"GenerateSecret": True}))
    there = Observed(at("clients", "web"), {**IDS, "ClientId": "c"}, {"ClientName": "web", "GenerateSecret": False})
    found = planned(manifest, live(there))
    assert ([r.rule for r in found.refusals], found.changes[0].action) == (["immutable"], Action.UPDATE)
    found = planned(manifest, live(there), replaceable=frozenset({"clients/web"}))
    assert (found.refusals, found.changes[0].action) == ((), Action.REPLACE)
    guarded = written(*manifest.specs, protect=("clients/web",))
    found = planned(guarded, live(there), replaceable=frozenset({"clients/web"}))
    assert [r.rule for r in found.refusals] == ["protected"]


def test_what_the_calls_add_is_a_line():
    """`completed` is part of every plan."""
    declared = {"PoolName": "customers", "Policies": {"PasswordPolicy": {"MinimumLength": 12}}}
    (change,) = planned(written(spec("user_pool", declared=declared)), LiveState(None)).changes
    assert ("Policies", "PasswordPolicy", "RequireNumbers") in [f.path for f in change.fields]


OUTAGE = (
    "takes the place of domains/old, which is deleted first: downtime of sign-in pages and OAuth endpoints in between"
)


def test_a_domain_that_takes_the_place_of_another_one_says_what_does_not_work_in_between():
    old = Observed(at("domains", "old"), {**IDS, "Domain": "old"}, {"Domain": "old"})
    manifest = written(spec("domains", "new"), spec("groups", "a", {"Description": "x"}), prune=("domains",))
    found = planned(manifest, live(old, group("a")), prune=True)
    assert [(str(c.address), c.action, c.reason) for c in found.changes] == [
        ("groups/a", Action.UPDATE, ""),
        ("domains/old", Action.DELETE, "the manifest does not declare it"),
        (
            "domains/new",
            Action.CREATE,
            OUTAGE,
        ),
    ]


# --- what nobody declares --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "options", "deleted"),
    [
        (PRUNE, {"prune": True}, True),
        (PRUNE, {"prune": False}, False),
        (GROUPS, {"prune": True}, False),
        ({**GROUPS, "prune": ("clients",)}, {"prune": True}, False),
        ({**PRUNE, "protect": ("groups/old",)}, {"prune": True}, False),
        ({**PRUNE, "protect": ("groups/other",)}, {"prune": True}, True),
    ],
)
def test_an_undeclared_object_is_deleted_only_if_manifest_and_operator_say_so(more, options, deleted):
    found = planned(written(**more), live(group("old")), **options)
    assert actions(found) == ([("groups/old", Action.DELETE)] if deleted else [])
    assert found.unmanaged == (() if deleted else (at("groups", "old"),))
    assert found.refusals == ()


def test_a_deletion_says_what_goes():
    (change,) = planned(written(**PRUNE), live(group("old", Description="x")), prune=True).changes
    assert (change.type, change.fields, change.declared, change.after) == ("UserPoolGroup", (), {}, None)
    assert change.before == {"GroupName": "old", "Description": "x"}
    assert change.ids == {**IDS, "GroupName": "old"}
    assert change.reason == "the manifest does not declare it"


def test_each_of_several_objects_of_one_name_is_deleted_or_kept_by_itself():
    twins = [Observed(at("clients", "web"), {**IDS, "ClientId": i}, {"ClientName": "web"}) for i in ("c1", "c2")]
    more = {"sections": frozenset({"user_pool", "clients"}), "prune": ("clients",)}
    found = planned(written(spec("clients", "web", pin="c2"), **more), live(*twins), prune=True)
    assert {(c.ids["ClientId"], c.action) for c in found.changes} == {("c1", Action.DELETE), ("c2", Action.NONE)}
    assert found.unmanaged == ()


def test_a_kind_that_cannot_be_deleted_is_left():
    limit = Observed(at("limits", "UserAuthentication"), {"Category": "UserAuthentication"}, {"RequestedLimitValue": 5})
    more = {"sections": frozenset({"user_pool", "limits"}), "prune": ("limits",)}
    found = planned(written(**more), live(limit), prune=True)
    assert (found.changes, found.unmanaged) == ((), (limit.address,))


@pytest.mark.parametrize(
    ("state", "more"),
    [
        (live(group("old", leaving=True)), PRUNE),
        (live(group("old")), {"sections": frozenset({"user_pool"}), "prune": ("groups",)}),
        (live(group(f"{POOL}_Google")), PRUNE),
        (live(group("old")), {**PRUNE, "ignore": (Ignore("groups/o*", "theirs", "", "", START),)}),
        (live(Observed(at("session"), IDS, {"UserSessionTracking": "ENABLED"})), {"sections": frozenset({"session"})}),
    ],
)
def test_what_is_leaving_not_managed_made_by_aws_ignored_or_a_setting_is_not_told(state, more):
    found = planned(written(**more), state, prune=True)
    assert (found.changes, found.unmanaged) == ((), ())


def test_an_object_of_aws_that_is_declared_is_told():
    name = f"{POOL}_Google"
    found = planned(written(spec("groups", name)), live(group(name), group(f"{POOL}_Other")))
    said = f"groups/{name} is created by Cognito for an identity provider; the manifest declares it anyway."
    assert found.notices == (Notice(said),)
    assert (actions(found), found.unmanaged) == ([(f"groups/{name}", Action.NONE)], ())


def test_a_protected_object_that_target_and_prune_name_is_refused():
    more = {**PRUNE, "protect": ("groups/old*",), "positions": {("protect", 0): Position(FILE, 9, 12)}}
    state = live(group("old"), group("old2"), group("free"))
    found = planned(written(**more), state, prune=True, targets=("groups/old", "groups/free"))
    (refusal,) = found.refusals
    said = "groups/old would be deleted, but protect: groups/old* (pools/a.yaml:9:12) protects it."
    assert (refusal.rule, refusal.message) == ("protected", said)
    assert planned(written(**more), state, targets=("groups/old",)).refusals == ()


# --- the threshold ---------------------------------------------------------------------------------------------------


def gone(count: int, of: int, **options: Any) -> list[tuple[Address, str, str, str]]:
    declared = [spec("groups", f"g{i}") for i in range(count, of)]
    state = live(*(group(f"g{i}") for i in range(of)))
    found = planned(written(*declared, **PRUNE), state, **{"prune": True, **options})
    assert sum(c.action is Action.DELETE for c in found.changes) == count
    return [(r.address, r.rule, r.message, r.advice) for r in found.refusals]


def test_many_deletions_are_refused_unless_the_operator_says_how_many():
    said = [
        (
            at("groups", "g0"),
            "threshold",
            "3 of 9 objects of groups would be deleted.",
            "To confirm the deletions, pass --max-deletes 3.",
        )
    ]
    assert gone(3, 9) == said
    state = live(*(group(f"g{i}") for i in range(9)))
    (refusal,) = planned(written(*(spec("groups", f"g{i}") for i in range(3, 9)), **PRUNE), state, prune=True).refusals
    assert (refusal.path, refusal.source) == ((), None)
    assert gone(3, 9, max_deletes=2) == said
    assert gone(3, 9, max_deletes=3) == []
    assert gone(3, 10) == []  # 30 % is not more than 30 %
    assert gone(2, 2) == []  # fewer than three
    assert gone(4, 10) != []
    assert gone(1, 10, max_deletes=0) != []
    assert gone(1, 10, max_deletes=1) == []


def test_a_new_object_without_members_is_no_deletion():
    manifest = written(spec("groups", "new"), **PRUNE)
    assert planned(manifest, live(group("a"), group("b")), prune=True).refusals == ()


def test_each_section_has_its_own_threshold():
    servers = [
        Observed(at("resource_servers", n), {**IDS, "Identifier": n}, {"Identifier": n, "Name": n}) for n in "abc"
    ]
    sections = frozenset({"user_pool", "groups", "resource_servers"})
    manifest = written(sections=sections, prune=("groups", "resource_servers"))
    found = planned(manifest, live(*servers, *(group(n) for n in "xyz")), prune=True)
    assert sorted(r.message for r in found.refusals) == [
        "3 of 3 objects of groups would be deleted.",
        "3 of 3 objects of resource_servers would be deleted.",
    ]
    found = planned(manifest, live(*servers, group("x")), prune=True)
    assert [r.message for r in found.refusals] == ["3 of 3 objects of resource_servers would be deleted."]
    assert [r.address.section for r in found.refusals] == ["resource_servers"]

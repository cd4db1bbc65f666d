"""Single items of a list: ours are there, the excluded are not, and others' items stay (decision 46)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.drift.findings import Criteria
from reconciler.errors import InvalidManifest, Stale
from reconciler.export.compare import compare, declared
from reconciler.export.rollback import rollback
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Failed, FindingClass, Plan, Sent, Tree
from reconciler.observing.observer import observe
from reconciler.planning import guard
from reconciler.planning.linting import LintOptions, lint, lint_live
from reconciler.planning.lowering import lower_all
from reconciler.planning.planner import read_scope
from reconciler.render import formats, redact
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import RenderOptions
from reconciler.runs import planfile
from reconciler.runs.drift_run import compared
from reconciler.runs.plan_digest import origins_of
from reconciler.terminal.options import Options
from reconciler.values.differ import diff
from reconciler.values.item_forms import both, listed, others, put, settled, whole
from schemas.base import ByItem, Member, members
from schemas.client import Client
from schemas.identity_pool import IdentityPool
from schemas.jsonschema import manifest_schema
from schemas.risk_configuration import RiskExceptionConfigurationType
from tests.engine import whole_plans
from tests.engine.full import full, identities
from tests.render.through_door import human_plan, json_plan
from tests.support import Bench, bench, document, manifest

A, B, C, OLD = (f"https://{name}.example.com/cb" for name in ("a", "b", "c", "old"))
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


def form(*include: Any, out: tuple[Any, ...] = ()) -> Tree:
    return {**({"$include": list(include)} if include else {}), **({"$exclude": list(out)} if out else {})}


OAUTH = {"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}


def web(**members: Any) -> Tree:
    return document(clients={"web": members})


def ids(here: Bench) -> dict[str, str]:
    pool = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    (client,) = here.boto().list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    return {"UserPoolId": pool, "ClientId": client["ClientId"]}


def live(here: Bench) -> Tree:
    found: Tree = here.boto().describe_user_pool_client(**ids(here))["UserPoolClient"]
    return found


def by_hand(here: Bench, **changes: Any) -> None:
    """Somebody else changes members of the client, as the console does."""
    now = live(here)
    taken = members(Client).keys() - {"ClientSecret", "GenerateSecret", "ClientName"}
    sent = {k: v for k, v in now.items() if k in taken}
    here.boto().update_user_pool_client(**{**sent, **ids(here), "ClientName": now["ClientName"], **changes})


# --- the algebra ---------------------------------------------------------------------------------------------------

URLS = members(Client)["CallbackURLs"]
RANGES = members(RiskExceptionConfigurationType)["BlockedIPRangeList"]
CLIENTS = members(IdentityPool)["CognitoIdentityProviders"]
words = st.lists(st.sampled_from("abcdefgh"), max_size=6, unique=True)


@given(words, words, words)
def test_ours_are_there_the_excluded_are_not_and_others_stay(live: list[str], include: list[str], exclude: list[str]):
    exclude = [item for item in exclude if item not in include]
    found = {"$include": include, "$exclude": exclude}
    result = whole(URLS, found, live)
    assert set(include) <= set(result)
    assert not set(exclude) & set(result)
    assert [i for i in result if i not in include] == [i for i in live if i not in (*include, *exclude)]
    assert len(result) == len(set(result))
    assert whole(URLS, found, result) == result
    assert others(URLS, found, result) == others(URLS, found, live)
    assert set(whole(URLS, found, live[::-1])) == set(result)


def test_a_new_object_has_what_is_included():
    assert settled(Client, {"CallbackURLs": form(A, B, out=(OLD,))}, {}) == {"CallbackURLs": [A, B]}
    whole_list: Tree = {"CallbackURLs": [A]}
    assert settled(Client, whole_list, {"CallbackURLs": [B]}) is whole_list


def test_ranges_of_two_spellings_are_one_item():
    assert whole(RANGES, form("192.0.2.1", out=("10.0.0.0/8",)), ["192.0.2.1/32", "10.1.2.3/8"]) == ["192.0.2.1/32"]


def provider(pool: str, client: str, **more: Any) -> Tree:
    return {"ProviderName": f"cognito-idp.eu-west-1.amazonaws.com/{pool}", "ClientId": client, **more}


def test_a_structure_is_known_by_some_of_its_members():
    ours, theirs = provider("eu-west-1_a", "1"), provider("eu-west-1_b", "2", ServerSideTokenCheck=True)
    checked = {**ours, "ServerSideTokenCheck": True}
    assert whole(CLIENTS, form(checked), [{**ours, "ServerSideTokenCheck": False}, theirs]) == [checked, theirs]
    assert whole(CLIENTS, form(out=({"ClientId": "1"},)), [ours, theirs]) == [theirs]
    assert list(both(CLIENTS, form(ours, out=({"ClientId": "1"},)))) == [(0, 0)]


def marked() -> list[tuple[str, tuple[str, ...], Member]]:
    """Every list of which single items can be declared, by its section and path."""

    def below(section: str, model: Any, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Member]]:
        for name, member in members(model).items():
            if member.has(ByItem):
                yield section, (*path, name), member
            elif member.shape == "structure" and not member.model.INPUTS:  # type: ignore[union-attr]
                yield from below(section, member.model, (*path, name))

    return [found for kind in KINDS.values() for found in below(kind.section, kind.model, ())]


def test_the_lists_are_those_that_several_parties_share():
    found = {f"{section}.{'.'.join(path)}" for section, path, _ in marked()}
    assert {"clients." + m for m in ("CallbackURLs", "LogoutURLs", "SupportedIdentityProviders")} <= found
    assert {"clients." + m for m in ("AllowedOAuthScopes", "ExplicitAuthFlows", "ReadAttributes")} <= found
    assert {"clients.WriteAttributes", "identity_pool.CognitoIdentityProviders"} <= found
    assert {"identity_pool.OpenIdConnectProviderARNs", "identity_pool.SamlProviderARNs"} <= found
    assert not any(path.endswith(("AllowedOAuthFlows", "AliasAttributes", "Schema")) for path in found)


@pytest.mark.parametrize(("section", "path", "member"), marked(), ids=lambda v: v if isinstance(v, str) else None)
def test_the_editor_takes_both_forms_of_every_such_list(section: str, path: tuple[str, ...], member: Member):
    held = manifest_schema()["$defs"][member.holder.__name__]["properties"][member.name]["anyOf"]
    assert [kind.get("type") for kind in held[:2]] == ["array", "object"]
    assert set(held[1]["properties"]) == {"$include", "$exclude"}
    assert KINDS[section].model


# --- from plan to convergence --------------------------------------------------------------------------------------


def test_others_urls_stay_through_every_apply(here, tmp_path):
    first = manifest(tmp_path, web(CallbackURLs=form(A, out=(OLD,)), **OAUTH))
    here.converge(first)
    assert live(here)["CallbackURLs"] == [A]
    by_hand(here, CallbackURLs=[OLD, A, "https://pr-1.example.com/cb"])
    plan = here.plan(first)
    assert [(f.path, f.before, f.after) for f in plan.pending[0].fields] == [
        (("CallbackURLs",), sorted([OLD, A, "https://pr-1.example.com/cb"]), [A, "https://pr-1.example.com/cb"])
    ]
    here.converge(first)
    assert live(here)["CallbackURLs"] == [A, "https://pr-1.example.com/cb"]
    here.converge(manifest(tmp_path, web(CallbackURLs=form(A, B), AccessTokenValidity=2, **OAUTH)))
    assert live(here)["CallbackURLs"] == [A, B, "https://pr-1.example.com/cb"]
    assert live(here)["AccessTokenValidity"] == 2


def test_a_whole_list_still_removes_what_others_have_added(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=form(A), **OAUTH)))
    by_hand(here, CallbackURLs=[A, B])
    here.converge(manifest(tmp_path, web(CallbackURLs=[A], **OAUTH)))
    assert live(here)["CallbackURLs"] == [A]


@pytest.mark.parametrize("theirs", [[A, B, OLD], [A], [A, C]], ids=["one more", "one less", "another"])
def test_what_others_change_between_plan_and_write_is_kept(here, tmp_path, theirs):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, B], **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(A, "https://new.example.com/"), **OAUTH))
    plan = here.plan(found)
    by_hand(here, CallbackURLs=theirs)
    events = here.apply(found, plan)
    assert not [e for e in events if isinstance(e, Failed)]
    assert live(here)["CallbackURLs"] == sorted([*theirs, "https://new.example.com/"])
    (sent,) = [e for e in events if isinstance(e, Sent)]
    assert sorted(sent.call.params["CallbackURLs"]) == sorted([*theirs, "https://new.example.com/"])


@pytest.mark.parametrize("changes", [{"CallbackURLs": [B]}, {"CallbackURLs": [A, B, OLD]}, {"AuthSessionValidity": 9}])
def test_what_others_change_of_ours_between_plan_and_write_stops_the_run(here, tmp_path, changes):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, B], **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(A, "https://new.example.com/", out=(OLD,)), **OAUTH))
    plan = here.plan(found)
    by_hand(here, **changes)
    was = live(here)
    (failed,) = [e for e in here.apply(found, plan) if isinstance(e, Failed)]
    assert failed.stale
    assert "changed outside this run" in failed.error
    assert live(here) == was


def many(count: int, name: str = "p") -> list[str]:
    return [f"https://{name}{i}.example.com/" for i in range(count)]


def test_a_list_that_others_have_filled_is_refused_while_planning(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=many(99), **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(A, B), **OAUTH))
    (refusal,) = here.plan(found).refusals
    assert (refusal.rule, refusal.path) == ("full", ("CallbackURLs",))
    assert refusal.message == "CallbackURLs would have 101 items, 99 of them of others; at most 100 are possible."
    assert refusal.source is not None
    assert refusal.source.line == 7
    assert not here.plan(manifest(tmp_path, web(CallbackURLs=form(A), **OAUTH))).refusals


def test_a_list_that_others_have_filled_since_is_not_written(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=many(99), **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(A), **OAUTH))
    plan = here.plan(found)
    by_hand(here, CallbackURLs=many(100))
    (failed,) = [e for e in here.apply(found, plan) if isinstance(e, Failed)]
    assert failed.stale
    assert "CallbackURLs would have 101 items, 100 of them of others; at most 100 are possible." in failed.error
    assert len(live(here)["CallbackURLs"]) == 100


@pytest.mark.parametrize("member", ["ReadAttributes", "WriteAttributes", "ExplicitAuthFlows"])
def test_an_item_cannot_be_added_to_what_the_service_chooses(here, tmp_path, member):
    item = "ALLOW_USER_PASSWORD_AUTH" if member == "ExplicitAuthFlows" else "email"
    here.converge(manifest(tmp_path, web()))
    by_hand(here, **{member: []})
    (refusal,) = here.plan(manifest(tmp_path, web(**{member: form(item)}))).refusals
    assert (refusal.rule, refusal.path) == ("unset-list", (member,))
    assert "Write the whole list once" in refusal.advice


def test_rules_judge_the_whole_list(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, B], DefaultRedirectURI=B, **OAUTH)))
    assert not here.plan(manifest(tmp_path, web(CallbackURLs=form(C), DefaultRedirectURI=B, **OAUTH))).refusals
    (refusal,) = here.plan(manifest(tmp_path, web(CallbackURLs=form(A, out=(B,)), **OAUTH))).refusals
    assert refusal.rule == "C9"
    bad = manifest(tmp_path, web(CallbackURLs=form("http://example.com/"), DefaultRedirectURI=B, **OAUTH))
    assert [r.rule for r in guard.offline(bad)] == ["C8"]
    new = manifest(tmp_path, web(CallbackURLs=form(C), DefaultRedirectURI=B, **OAUTH))
    assert not guard.offline(new)


def test_an_ignored_list_is_left_alone(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[B], **OAUTH)))
    ignore = [{"path": "clients/web.CallbackURLs", "reason": "test"}]
    plan = here.plan(manifest(tmp_path, {**web(CallbackURLs=form(A), **OAUTH), "ignore": ignore}))
    assert not plan.pending
    assert not plan.refusals


def test_items_of_identity_pools_stay(here, tmp_path):
    idp = here.boto()
    pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    known = [idp.create_user_pool_client(UserPoolId=pool, ClientName=n)["UserPoolClient"]["ClientId"] for n in "ab"]
    base = {"IdentityPoolName": "i", "AllowUnauthenticatedIdentities": False}
    saml = [f"arn:aws:iam::123456789012:saml-provider/{name}" for name in "ab"]

    def tree(**lists: Any) -> Manifest:
        return manifest(tmp_path, {"version": 1, "kind": "IdentityPool", "identity_pool": {**base, **lists}})

    here.converge(tree(CognitoIdentityProviders=[provider(pool, known[0])], SamlProviderARNs=[saml[0]]))
    ours = provider(pool, known[1], ServerSideTokenCheck=True)
    here.converge(tree(CognitoIdentityProviders=form(ours), SamlProviderARNs=form(saml[1])))
    cloud = here.boto("cognito-identity")
    pool_id = cloud.list_identity_pools(MaxResults=60)["IdentityPools"][0]["IdentityPoolId"]
    found = cloud.describe_identity_pool(IdentityPoolId=pool_id)
    assert {p["ClientId"] for p in found["CognitoIdentityProviders"]} == set(known)
    assert sorted(found["SamlProviderARNs"]) == saml
    here.converge(tree(CognitoIdentityProviders=form(out=({"ClientId": known[0]},))))
    found = cloud.describe_identity_pool(IdentityPoolId=pool_id)
    assert [p["ClientId"] for p in found["CognitoIdentityProviders"]] == [known[1]]


def test_a_block_list_is_shared_with_those_who_respond_to_incidents(here, tmp_path):
    pool = {"PoolName": "customers", "UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}

    def tree(blocked: Any) -> Manifest:
        exceptions = {"RiskExceptionConfiguration": {"BlockedIPRangeList": blocked}}
        return manifest(tmp_path, document(user_pool=pool, risk_configuration=exceptions))

    here.converge(tree(form("192.0.2.0/24")))
    pool_id = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    theirs = {"BlockedIPRangeList": ["192.0.2.0/24", "198.51.100.7/32"]}
    here.boto().set_risk_configuration(UserPoolId=pool_id, RiskExceptionConfiguration=theirs)
    here.converge(tree(form("192.0.2.0/24", "203.0.113.0/24", out=("10.0.0.0/8",))))
    found = here.boto().describe_risk_configuration(UserPoolId=pool_id)["RiskConfiguration"]
    blocked = found["RiskExceptionConfiguration"]["BlockedIPRangeList"]
    assert sorted(blocked) == ["192.0.2.0/24", "198.51.100.7/32", "203.0.113.0/24"]


# --- saved plans ---------------------------------------------------------------------------------------------------


def saved(plan: Plan) -> Tree:
    return whole_plans.document([plan], lower_all(plan), Options("plan"), NOW)


def test_a_plan_is_the_same_whatever_others_have_in_the_list(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A], **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(B), DefaultRedirectURI=B, **OAUTH))
    reviewed = saved(here.plan(found))
    digest = whole_plans.digest([here.plan(found)], lower_all(here.plan(found)), Options("plan"))
    assert digest == reviewed["digest"]
    by_hand(here, CallbackURLs=[A, C])
    assert saved(here.plan(found))["digest"] == reviewed["digest"]
    by_hand(here, CallbackURLs=[A, B])
    now = here.plan(found)
    assert saved(now)["digest"] != reviewed["digest"]
    file = tmp_path / "p.json"
    file.write_text(planfile.dumps(reviewed))
    with pytest.raises(Stale, match="CallbackURLs"):
        planfile.require_same_plan(
            Options("apply"), planfile.load(str(file)), redact.plans([now], lower_all(now)), [origins_of(now)]
        )


def test_a_plan_is_the_same_when_others_fill_and_empty_an_unset_list(here, tmp_path):
    here.converge(manifest(tmp_path, web()))
    found = manifest(tmp_path, web(LogoutURLs=form(B)))
    reviewed = saved(here.plan(found))
    by_hand(here, LogoutURLs=[A])
    assert saved(here.plan(found))["digest"] == reviewed["digest"]


def test_an_unchanged_object_is_the_same_whatever_others_have_in_the_list(here, tmp_path):
    found = manifest(tmp_path, document(clients={"web": {"LogoutURLs": form(A)}}, groups={"new": {}}))
    here.converge(manifest(tmp_path, web(LogoutURLs=[A])))
    reviewed = saved(here.plan(found))
    by_hand(here, LogoutURLs=[A, B])
    assert saved(here.plan(found))["digest"] == reviewed["digest"]


def test_a_plan_says_what_it_keeps_and_its_json_fits_its_schema(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, OLD], **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(B, out=(OLD,)), **OAUTH))
    plan = here.plan(found)
    text = human_plan([plan])
    assert "  # (keeps 1 item of others in CallbackURLs)\n" in text
    assert '  - "https://old.example.com/cb"' in text
    assert '  + "https://b.example.com/cb"' in text
    tree = json.loads(json_plan([plan], calls=lower_all(plan)))
    (change,) = [c for c in tree["resource_changes"] if c["address"] == "customers/clients/web"]
    assert change["kept"] == {"CallbackURLs": [A]}
    Draft202012Validator(json.loads(output_schema("plan"))).validate(tree)


# --- drift, rollback, diff, lint ------------------------------------------------------------------------------------


def test_others_items_are_no_drift_and_ours_are(here, tmp_path):
    tree = web(CallbackURLs=form(A, B, out=(OLD,)), **OAUTH)
    found = manifest(tmp_path, tree)
    here.converge(found)
    by_hand(here, CallbackURLs=[A, B, C])
    assert not compared(found, here.cloud, Criteria()).drift.findings
    by_hand(here, CallbackURLs=[A, C, OLD])
    (finding,) = compared(found, here.cloud, Criteria()).drift.findings
    assert (finding.cls, finding.path) == (FindingClass.CHANGED, ("CallbackURLs",))
    assert (sorted(finding.live), sorted(finding.desired)) == (sorted([A, C, OLD]), sorted([A, B, C]))


def test_a_rollback_takes_back_our_items_only(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, OLD], **OAUTH)))
    found = manifest(tmp_path, web(CallbackURLs=form(B, out=(OLD,)), **OAUTH))
    back = rollback([here.plan(found)], "back.yaml").text
    here.converge(found)
    by_hand(here, CallbackURLs=[A, B, C])
    here.converge(manifest(tmp_path, back, name="back.yaml"))
    assert live(here)["CallbackURLs"] == sorted([A, C, OLD])


def test_a_rollback_of_a_changed_structure_is_valid(here, tmp_path):
    pool = here.boto().create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = here.boto().create_user_pool_client(UserPoolId=pool, ClientName="a")["UserPoolClient"]["ClientId"]
    base = {"IdentityPoolName": "i", "AllowUnauthenticatedIdentities": False}

    def tree(value: Any) -> Manifest:
        found = {"version": 1, "kind": "IdentityPool", "identity_pool": {**base, "CognitoIdentityProviders": value}}
        return manifest(tmp_path, found)

    here.converge(tree([provider(pool, client, ServerSideTokenCheck=False)]))
    after = tree(form(provider(pool, client, ServerSideTokenCheck=True)))
    back = rollback([here.plan(after)], "back.yaml").text
    here.converge(after)
    here.converge(manifest(tmp_path, back, name="back.yaml"))
    assert not here.plan(tree([provider(pool, client, ServerSideTokenCheck=False)])).pending


def test_the_order_of_items_makes_no_difference_between_manifests(tmp_path):
    one = declared("a", manifest(tmp_path, web(CallbackURLs=form(A, B))))
    same = declared("b", manifest(tmp_path, web(CallbackURLs=form(B, A))))
    other = declared("b", manifest(tmp_path, web(CallbackURLs=form(A))))
    assert compare([one], [same])[0].same
    assert not compare([one], [other])[0].same


def weaknesses(found: Any) -> set[tuple[str, bool, int]]:
    return {(w.rule, w.declared, w.source.line) for w in found.weaknesses if w.path[:1] == ("CallbackURLs",)}


def test_offline_what_is_known_is_judged_at_its_line(tmp_path):
    text = (
        "version: 1\nuser_pool: {PoolName: x}\nclients:\n  web:\n    AllowedOAuthFlows: [code]\n"
        "    AllowedOAuthScopes: [openid]\n    AllowedOAuthFlowsUserPoolClient: true\n    CallbackURLs:\n"
        "      $include:\n      - https://a.example.com/cb\n      - https://*.example.com/cb\n"
    )
    found = weaknesses(lint(manifest(tmp_path, text), LintOptions()))
    assert ("CG502", True, 11) in found, found


def test_live_an_item_of_others_is_judged_as_undeclared(here, tmp_path):
    found = manifest(tmp_path, web(CallbackURLs=form(A), **OAUTH))
    here.converge(found)
    by_hand(here, CallbackURLs=[A, "https://localhost.example.com/*"])
    plan = here.plan(found)
    state = observe(here.cloud, read_scope(found))
    linted = lint_live(found, plan.target, state, LintOptions())
    assert {d for _, d, _ in weaknesses(linted)} == {False}


# --- manifests -----------------------------------------------------------------------------------------------------


def test_a_value_from_the_environment_is_shown_nowhere(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A, OLD], **OAUTH)))
    value = "https://hidden-host.example.com/cb"
    tree = web(CallbackURLs=form({"$env": "URL"}, out=(OLD,)), **OAUTH)
    plan = here.plan(manifest(tmp_path, tree, environ={"URL": value}))
    for text in (human_plan([plan]), json_plan([plan], calls=lower_all(plan)), planfile.dumps(saved(plan))):
        assert "hidden-host" not in text


WRONG = {
    "clients": {"web": {"AllowedOAuthFlows": {"$include": ["code"]}}},
    "user_pool": {"PoolName": "x", "UserPoolTags": {"$include": ["code"]}},
    "mfa": {"$include": []},
}


@pytest.mark.parametrize("section", WRONG)
def test_items_are_refused_where_a_list_is_not_shared(tmp_path, section):
    with pytest.raises(InvalidManifest, match=r"declare items of certain lists|unknown key|not a map"):
        manifest(tmp_path, {**document(), section: copy.deepcopy(WRONG[section])})


def test_an_escaped_key_is_a_key(here, tmp_path):
    tags = {"$$include": "x"}
    found = manifest(tmp_path, document(user_pool={"PoolName": "customers", "UserPoolTags": tags}))
    assert found.specs[0].declared["UserPoolTags"] == {"$include": "x"}


def test_the_lines_for_programs_say_what_is_kept(here, tmp_path):
    here.converge(manifest(tmp_path, web(CallbackURLs=[A], **OAUTH)))
    plan = here.plan(manifest(tmp_path, web(CallbackURLs=form(B), **OAUTH)))
    text = formats.plan(redact.plans([plan]), RenderOptions())["jsonl"](False)
    (line,) = [one for one in map(json.loads, text.splitlines()) if one["type"] == "planned_change"]
    assert line["change"]["kept"] == {"CallbackURLs": [A]}
    Draft202012Validator(json.loads(output_schema("events"))).validate(line)


def valued(section: str, path: tuple[str, ...], tag: str) -> list[Any]:
    """What a full pool has in a list."""
    objects = {**full(tag), **identities(tag, "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a")}
    trees = [tree for tree in objects.get(section, {}).values() if listed(tree, path)]
    return listed(trees[0], path) if trees else []


@pytest.mark.parametrize(("section", "path", "member"), marked(), ids=lambda v: v if isinstance(v, str) else None)
def test_of_every_such_list_only_our_items_change(section: str, path: tuple[str, ...], member: Member):
    kind, mine = KINDS[section], valued(section, path, "other") or valued(section, path, "one")
    if section.endswith("users") or not mine:
        mine = ["a"]
    theirs = [{**mine[0], "ClientId": "theirs"}] if isinstance(mine[0], dict) else ["of others"]
    gone = [{**mine[0], "ClientId": "gone"}] if isinstance(mine[0], dict) else ["to be excluded"]
    live = put({}, path, [*theirs, *gone])
    tree = put({}, path, {"$include": mine[:1], "$exclude": gone})
    result = settled(kind.model, tree, live)
    assert listed(result, path) == [*theirs, mine[0]]
    (field,) = diff(kind.model, result, live)
    assert field.path == path
    assert not diff(kind.model, settled(kind.model, tree, result), result)
    assert others(member, listed_form(tree, path), listed(live, path)) == theirs


def listed_form(tree: Any, path: tuple[str, ...]) -> Tree:
    for step in path:
        tree = tree[step]
    found: Tree = tree
    return found

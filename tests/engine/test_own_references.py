"""References of a document to itself, stage by stage: what is filled in, what comes first, what an update sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.applying.late_values import wrapped
from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.own_samples import misfits, sample
from reconciler.manifests.resolving import filled
from reconciler.model import Action, Gap, Observed, Plan, Reference, Secret, Unknown
from reconciler.observing.observer import LiveState, ReadScope
from reconciler.planning import late_references
from reconciler.planning.identifiers import exported
from reconciler.planning.late_references import late_members, notices, without_late
from reconciler.planning.lowering import lower, lower_all
from reconciler.planning.own_references import read
from reconciler.planning.planner import PlanOptions, plan, read_scope
from schemas.documents import DOCUMENTS
from tests.engine.scripted import ARN, IDS, POOL, TARGET, at
from tests.support import document, manifest

ID, WEB, APP = "customers/user_pool#Id", "customers/clients/web#ClientId", "customers/clients/app#ClientId"
NEW = LiveState(None, known=frozenset(KINDS))
LOST = Gap(at("groups", "of-another"), "DescribeUserPool", "refers to another document, which could not be read")


def text(target: str, before: str = "") -> str:
    return f"{before}${{ref.{target}}}"


def url(target: str) -> str:
    return text(target, "https://example.com/")


def pool(**members: Any) -> dict[str, Any]:
    return document(user_pool={"PoolName": "customers", **members}, clients={"web": {}, "app": {}})


def live(*clients: str, **members: Any) -> LiveState:
    root = Observed(at("user_pool"), IDS, {"PoolName": "customers", **members})
    found = [Observed(at("clients", n), {**IDS, "ClientId": f"id-{n}"}, {"ClientName": n}) for n in clients]
    return LiveState(root, (root, *found), known=frozenset({"user_pool", "clients"}))


def compared(one: Manifest, state: LiveState, **options: Any) -> Plan:
    return plan(one, state, TARGET, PlanOptions(**options))


def settle(one: Manifest, state: LiveState, **options: Any) -> tuple[LiveState, Manifest, Plan]:
    found, whole = read(one, read_scope, lambda _: state, lambda m, s: compared(m, s, **options))
    return found, whole, compared(whole, found, **options)


def declared(found: Manifest, section: str, name: str = "") -> Any:
    spec = found.spec(section, name)
    assert spec
    return spec.declared


def sent(found: Plan, section: str, name: str = "") -> Any:
    change = found.change_of(at(section, name))
    assert change
    return [(c.operation, c.params) for c in lower(change, found)]


# --- what is live --------------------------------------------------------------------------------------------------


def test_what_is_live_is_filled_in(tmp_path: Path):
    tags = {"id": {"$ref": ID}, "arn": text("customers/user_pool#Arn", "at "), text(WEB): "yes", "app": text(APP)}
    one = manifest(tmp_path, pool(UserPoolTags=tags))
    _, whole, found = settle(one, live("web"))
    filled_in = {"id": POOL, "arn": f"at {ARN}", "id-web": "yes"}
    assert {k: v for k, v in declared(whole, "user_pool")["UserPoolTags"].items() if k != "app"} == filled_in
    assert declared(whole, "user_pool")["UserPoolTags"]["app"] == Reference("text", text(APP))
    assert found.change_of(at("clients", "app")).action is Action.CREATE


def test_a_document_without_such_references_is_read_once_and_not_planned(tmp_path: Path):
    one, state, seen = manifest(tmp_path, pool(UserPoolTags={"a": "b"})), live(), list[object]()

    def observed(scope: ReadScope) -> LiveState:
        seen.append(scope)
        return state

    def plan_of(m: Manifest, s: LiveState) -> Plan:
        seen.append(m)
        return compared(m, s)

    assert read(one, read_scope, observed, plan_of) == (state, one)
    assert seen == [read_scope(one)]
    assert read(one, read_scope, observed, plan_of, [LOST])[0].gaps == (LOST,)


def test_a_name_is_known_before_the_object_exists(tmp_path: Path):
    tree = pool(UserPoolTags={"group": text("customers/groups/admins#GroupName"), "app": text(f"{APP[:-8]}ClientName")})
    tree |= {"groups": {"admins": {}}}
    tree["clients"]["app"] = {"ClientName": "shop"}
    one = manifest(tmp_path, tree)
    assert set(one.own_names.values()) == {"admins", "shop"}
    _, whole, _ = settle(one, NEW)
    assert declared(whole, "user_pool")["UserPoolTags"] == {"group": "admins", "app": "shop"}


def test_the_id_of_what_is_replaced_is_not_known(tmp_path: Path):
    tree = pool()
    tree["clients"] = {"web": {"GenerateSecret": True}, "app": {"LogoutURLs": [url(WEB)], "CallbackURLs": [url(ID)]}}
    state = live("web", "app")
    _, whole, found = settle(manifest(tmp_path, tree), state, replaceable=frozenset({"clients/web"}))
    assert found.change_of(at("clients", "web")).action is Action.REPLACE
    assert declared(whole, "clients", "app")["LogoutURLs"] == [Reference("text", url(WEB))]
    assert declared(whole, "clients", "app")["CallbackURLs"] == [f"https://example.com/{POOL}"]
    places = [str(c.address) for c in found.changes]
    assert places.index("clients/web") < places.index("clients/app")
    assert found.late == {}


@pytest.mark.parametrize(("section", "hidden"), [("clients", ""), ("clients", "web"), ("user_pool", "")])
def test_what_could_not_be_read_is_a_gap_where_it_is_referred_to(tmp_path: Path, section: str, hidden: str):
    one = manifest(tmp_path, {**pool(), "groups": {"g": {"Description": text(WEB)}, "plain": {}}})
    gaps = (Gap(at(section, hidden), "ListUserPoolClients", "no", "AccessDeniedException"),)
    state = LiveState(root=live().root, objects=live().objects, gaps=gaps)
    found, _, _ = settle(one, state)
    assert [str(g.address) for g in found.gaps[1:]] == ["groups/g"]
    assert "refers to customers/clients/web#ClientId, which could not be read: no" in found.gaps[1].reason


def test_another_client_that_could_not_be_read_hides_nothing(tmp_path: Path):
    one = manifest(tmp_path, pool(UserPoolTags={"web": text(WEB)}))
    gaps = (Gap(at("clients", "app"), "DescribeUserPoolClient", "no"),)
    state = LiveState(root=live().root, objects=live("web").objects, gaps=gaps)
    assert settle(one, state)[0].gaps == gaps


def log_group(**sections: Any) -> dict[str, Any]:
    """A document in which the name of an object holds the id of the pool, so what has to be read is not known."""
    return {**pool(UserPoolTags={"web": text(WEB)}), "log_groups": {text(ID, "/aws/vendedlogs/"): {}}, **sections}


def test_what_has_to_be_read_for_a_name_is_read(tmp_path: Path):
    one, asked, states = manifest(tmp_path, log_group()), list[ReadScope](), iter([live(), live("web", "app")])

    def observed(scope: ReadScope) -> LiveState:
        asked.append(scope)
        return next(states)

    state, whole = read(one, read_scope, observed, compared)
    assert [s.names.get("log_groups") for s in asked] == [None, (f"/aws/vendedlogs/{POOL}",)]
    assert state.named("clients", "app")
    assert declared(whole, "user_pool")["UserPoolTags"] == {"web": "id-web"}


def test_a_second_reading_keeps_what_could_not_be_read_of_this_document_and_of_others(tmp_path: Path):
    one = manifest(tmp_path, log_group(groups={"g": {"Description": text(APP)}}))
    hidden = Gap(at("clients", "app"), "DescribeUserPoolClient", "no")
    later = Gap(at("mfa"), "GetUserPoolMfaConfig", "no")
    states = iter([replace(live("web"), gaps=(hidden,)), replace(live("web"), gaps=(hidden, later))])
    state, _ = read(one, read_scope, lambda _: next(states), compared, [LOST])
    assert state.gaps[:3] == (hidden, later, LOST)
    assert [str(g.address) for g in state.gaps[3:]] == ["groups/g"]
    assert list(states) == []


# --- what is new ---------------------------------------------------------------------------------------------------


def test_what_is_referred_to_comes_first(tmp_path: Path):
    tree = pool()
    tree["clients"] = {"a": {"CallbackURLs": [url("customers/clients/c#ClientId")]}, "b": {}, "c": {}}
    found = compared(manifest(tmp_path, tree), NEW)
    assert [str(c.address) for c in found.changes] == ["user_pool", "clients/b", "clients/c", "clients/a"]
    assert found.change_of(at("clients", "a")).needs == (at("user_pool"), at("clients", "c"))
    assert found.late == {}


def test_a_target_needs_what_it_refers_to(tmp_path: Path):
    one = manifest(tmp_path, pool(UserPoolTags={"web": text(WEB)}))
    found = compared(one, live(), targets=("user_pool",))
    assert {str(c.address) for c in found.pending} == {"user_pool", "clients/web"}


def test_a_new_object_is_made_without_what_comes_after_it(tmp_path: Path):
    trigger = {"LambdaVersion": "V2_0", "LambdaArn": text(ID, "arn:aws:lambda:eu-west-1:123456789012:function:f-")}
    members = {
        "UserPoolTags": {"own": {"$ref": ID}, text(WEB): "x", "plain": "y"},
        "EmailVerificationSubject": text(WEB),
        "LambdaConfig": {"PreTokenGenerationConfig": trigger},
        "AdminCreateUserConfig": {
            "InviteMessageTemplate": {"EmailSubject": text(APP)},
            "AllowAdminCreateUserOnly": True,
        },
    }
    one = manifest(tmp_path, pool(**members))
    found = compared(one, NEW)
    ((operation, params),) = sent(found, "user_pool")
    assert operation == "CreateUserPool"
    assert params == {
        "PoolName": "customers",
        "UserPoolTags": {"plain": "y"},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    }
    late = {"UserPoolTags", "EmailVerificationSubject", "LambdaConfig", "AdminCreateUserConfig"}
    assert late_members(found)[at("user_pool")] == late
    (notice,) = notices(found, one)
    assert "of user_pool, once this is known: " in notice.message
    assert notice.source.line > 1
    assert set(lower_all(found)) == {"customers/user_pool", "customers/clients/web", "customers/clients/app"}


def test_a_live_object_keeps_what_it_has_until_the_update(tmp_path: Path):
    tags = {"web": text(WEB), "plain": "y"}
    members = {"UserPoolTags": tags, "VerificationMessageTemplate": {"EmailSubject": text(WEB)}}
    before = {"VerificationMessageTemplate": {"EmailSubject": "Before"}}
    state = live("app", **before, DeletionProtection="INACTIVE")
    found = compared(manifest(tmp_path, pool(**members, DeletionProtection="ACTIVE")), state)
    calls = dict(sent(found, "user_pool"))
    assert calls["UpdateUserPool"]["DeletionProtection"] == "ACTIVE"
    assert calls["UpdateUserPool"]["VerificationMessageTemplate"] == {"EmailSubject": "Before"}
    assert calls["TagResource"]["Tags"] == {"plain": "y"}


def test_a_change_of_nothing_else_sends_nothing_yet(tmp_path: Path):
    found = compared(manifest(tmp_path, pool(UserPoolTags={"web": text(WEB)})), live("app"))
    assert found.change_of(at("user_pool")).action is Action.UPDATE
    assert sent(found, "user_pool") == []


def test_single_items_of_a_list_wait_as_well(tmp_path: Path):
    tree = pool()
    tree["clients"] = {"web": {"CallbackURLs": {"$include": [url(WEB), "https://example.com/a"]}}}
    found = compared(manifest(tmp_path, tree), NEW)
    ((_, params),) = sent(found, "clients", "web")
    assert params["CallbackURLs"] == ["https://example.com/a"]
    less = without_late(found.change_of(at("clients", "web")), found)
    assert [dict(one.form) for one in less.item_lists] == [{"$include": ["https://example.com/a"]}]


def test_what_two_objects_share_is_not_sent_by_the_one_that_is_made_first(tmp_path: Path):
    sms = {"SmsAuthenticationMessage": text(WEB, "{####} ")}
    tree = pool(SmsConfiguration={"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"})
    tree |= {"mfa": {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": sms}}
    found = compared(manifest(tmp_path, tree), NEW)
    ((_, params),) = sent(found, "user_pool")
    assert "SmsAuthenticationMessage" not in params
    assert found.late == {}


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "where", "why"),
    [
        (
            {"clients": {"web": {"ClientSecret": text(WEB, "a" * 24)}}},
            "clients.web.ClientSecret",
            "does not exist when clients/web is made, and it can be set only then.",
        ),
        (
            {"sms_role": {"RoleName": text(ID)}},
            "sms_role.RoleName",
            "does not exist when sms_role is made, and CreateRole requires it.",
        ),
        (
            {"clients": {"web": {"CallbackURLs": [url(WEB)], "DefaultRedirectURI": "https://example.com/x"}}},
            "clients.web.CallbackURLs[0]",
            "refuses it without",
        ),
    ],
)
def test_what_cannot_be_made_without_itself_is_an_error(tmp_path: Path, tree: Any, where: str, why: str):
    one = manifest(tmp_path, {**pool(SmsConfiguration={"ExternalId": "x"}), **tree})
    found = compared(one, NEW)
    with pytest.raises(InvalidManifest) as error:
        late_references.check(found, one, NEW)
    (problem,) = error.value.problems
    assert problem.path == where
    assert why in problem.message
    assert problem.position.line > 1
    assert problem.fix == "Apply without it first, and write it once the object exists."


def test_what_can_be_made_is_no_error(tmp_path: Path):
    one = manifest(tmp_path, pool(UserPoolTags={"web": text(WEB)}))
    late_references.check(compared(one, NEW), one, NEW)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"AccessTokenValidity": {"$ref": ID}}, "(from $ref customers/user_pool#Id) is not a whole number"),
        ({"PreventUserExistenceErrors": {"$ref": ID}}, "is not a known value"),
        ({"CallbackURLs": [url(ID) + "x" * 1024]}, "characters"),
        ({"ClientSecret": text(ID, "hush" * 7)}, "characters that are not allowed here"),
    ],
)
def test_what_never_fits_is_found_without_aws(tmp_path: Path, members: Any, said: str):
    with pytest.raises(InvalidManifest) as error:
        manifest(tmp_path, document(clients={"web": members}))
    (problem,) = error.value.problems
    assert problem.path.startswith(f"clients.web.{next(iter(members))}")
    assert said in str(problem)
    assert "hush" not in str(problem)


# --- small parts ---------------------------------------------------------------------------------------------------


def test_there_is_a_sample_of_everything_that_can_be_referred_to_and_is_no_name():
    for kind in DOCUMENTS.values():
        for section in kind.sections:
            for member in kind.targets(section):
                name = KINDS[section].name_member
                known = KINDS[section].exports(KINDS[section].sample_ids("eu-west-1"), "eu-west-1")
                assert member == name or known.get(member), (section, member)


def test_a_sample_has_the_region_of_the_document(tmp_path: Path):
    one = manifest(tmp_path, {**pool(UserPoolTags={"id": {"$ref": ID}}), "target": {"region": "ap-south-1"}})
    assert sample(ID, one) == "ap-south-1_AbCdEfGhI"
    assert sample("others/user_pool#Id", one) is None
    assert misfits(one) == []


def test_a_sample_has_the_partition_of_its_region(tmp_path: Path):
    tags = {member: {"$ref": f"customers/user_pool#{member}"} for member in ("Arn", "ProviderName")}
    one = manifest(tmp_path, {**pool(UserPoolTags=tags), "target": {"region": "us-gov-west-1"}})
    arn = sample("customers/user_pool#Arn", one)
    assert arn == "arn:aws-us-gov:cognito-idp:us-gov-west-1:123456789012:userpool/us-gov-west-1_AbCdEfGhI"
    name = sample("customers/user_pool#ProviderName", one)
    assert name == "cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbCdEfGhI"
    assert misfits(one) == []


def test_filling_in_asks_for_nothing_and_leaves_what_aws_knows(tmp_path: Path):
    one = manifest(tmp_path, pool(UserPoolTags={"id": {"$ref": ID}, "ssm": {"$ssm": "/a"}}))
    found, said = filled(one, {ID: POOL}.get)
    assert declared(found, "user_pool")["UserPoolTags"] == {"id": POOL, "ssm": Reference("ssm", "/a")}
    assert said == ()


def test_what_can_be_referred_to_of_an_object():
    unknown = {**IDS, "ClientId": Unknown(at("clients", "web"), "ClientId")}
    found = exported(KINDS["clients"], at("clients", "web"), {"ClientName": "shop"}, unknown, "eu-west-1")
    assert found == {**IDS, "ClientName": "shop"}
    late = exported(KINDS["clients"], at("clients", "web"), {"ClientName": Reference("text", "x")}, {}, "eu-west-1")
    assert late == {}


def test_what_is_filled_into_a_secret_is_one():
    tree = {"ClientSecret": "x", "ClientName": "web", "URLs": ["x"], "Deep": {"ClientSecret": "y"}}
    found = wrapped(tree, [("ClientSecret",), ("Deep", "ClientSecret")])
    assert found == {**tree, "ClientSecret": Secret("x", ""), "Deep": {"ClientSecret": Secret("y", "")}}

"""What is no answer is never read as "nothing is set" (decision 14), whatever arrives in its place."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.answers import OTHER_SERVICES, BodyCheck, Expected, LostAnswer, require_whole
from reconciler.drift.findings import Criteria
from reconciler.errors import Ambiguous, NoAnswer
from reconciler.kinds import KINDS
from reconciler.kinds.expected import expected_answers
from reconciler.model import Failed
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.runs.drift_run import compared
from tests.support import bench, document, manifest

ROLE = "arn:aws:iam::123456789012:role/sms"
SMS = {"SnsCallerArn": ROLE, "ExternalId": "x"}
POOL = document(
    mfa={"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    groups={"admins": {}},
    clients={"web": {"CallbackURLs": ["https://example.com/cb"], "SupportedIdentityProviders": ["COGNITO"]}},
)
NO_ANSWER = {
    "cut off": '{"MfaConfiguration": "ON", "SoftwareTokenMfaConf',
    "empty": "",
    "not JSON": "<html><body>Sign in to the network</body></html>",
    "a list": "[]",
    "null": "null",
    "a text": '"ok"',
    "an empty map": "{}",
    "null in its place": '{"MfaConfiguration": null, "Groups": null, "UserPoolClients": null}',
    "of another type": '{"MfaConfiguration": {}, "Groups": {}, "UserPoolClients": "none"}',
    "deep of another type": '{"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": "true"}, '
    '"Groups": [{"GroupName": 1}], "UserPoolClients": [{"ClientName": "web"}]}',
}
"""Texts that are no answer to the operations below."""

SESSION = get_session()
EXPECTED = {**OTHER_SERVICES, **expected_answers(KINDS.values())}


@pytest.fixture(scope="module")
def here():
    with bench() as found:
        yield found


@pytest.fixture
def made(here, tmp_path):
    found = manifest(tmp_path, POOL)
    here.local.faults.clear()
    if not here.boto().list_user_pools(MaxResults=5)["UserPools"]:
        here.converge(found)
    yield found
    here.local.faults.clear()


@pytest.mark.parametrize("body", NO_ANSWER.values(), ids=NO_ANSWER)
@pytest.mark.parametrize("operation", ["GetUserPoolMfaConfig", "ListGroups", "ListUserPoolClients"])
def test_a_read_without_an_answer_is_repeated_and_then_a_gap(here, made, operation, body):
    here.local.faults.add(operation, body=body, times=2)
    assert here.plan(made).gaps == ()
    here.local.faults.add(operation, body=body, times=99)
    plan = here.plan(made)
    assert [(g.operation, g.code) for g in plan.gaps] == [(f"cognito-idp:{operation}", "IncompleteAnswer")]
    assert not plan.pending
    assert not plan.refusals
    assert "tried 8 times in" in plan.gaps[0].reason
    drift = compared(made, here.cloud, Criteria()).drift
    assert [g.code for g in drift.gaps] == ["IncompleteAnswer"]
    assert not drift.findings


@pytest.mark.parametrize("operation", ["ListUserPools", "DescribeUserPool"])
def test_a_pool_without_an_answer_is_never_a_pool_that_does_not_exist(here, made, operation):
    for body in ("", "{}", '{"UserPools": [{}]}', '{"UserPool": {}}', '{"UserPool": {"Id": "x"}}'):
        here.local.faults.clear()
        here.local.faults.add(operation, body=body, times=99)
        with pytest.raises(NoAnswer) as caught:
            here.plan(made)
        assert caught.value.code == "IncompleteAnswer"
        assert type(caught.value) is NoAnswer


def test_a_cut_answer_in_an_apply_resets_nothing(here, tmp_path):
    """With one cut GetUserPoolMfaConfig, an apply wiped what the manifest does not declare."""
    here.local.faults.clear()
    name = {"user_pool": {"PoolName": "second", "SmsConfiguration": SMS}}
    here.converge(manifest(tmp_path, {**POOL, **name}))
    pool = next(p["Id"] for p in here.boto().list_user_pools(MaxResults=5)["UserPools"] if p["Name"] == "second")
    party = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    here.boto().set_user_pool_mfa_config(
        UserPoolId=pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        SmsMfaConfiguration={"SmsConfiguration": SMS},
        WebAuthnConfiguration=party,
    )
    declared = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    for times in (1, 2, 3):
        here.local.faults.add("GetUserPoolMfaConfig", body=NO_ANSWER["cut off"], times=times)
        here.converge(manifest(tmp_path, {**POOL, **name, "mfa": declared}))
        after = here.boto().get_user_pool_mfa_config(UserPoolId=pool)
        assert after["WebAuthnConfiguration"].items() >= party.items()
        assert after["SmsMfaConfiguration"]["SmsConfiguration"].items() >= SMS.items()
        declared["MfaConfiguration"] = "OPTIONAL" if declared["MfaConfiguration"] == "ON" else "ON"


CREATES = {
    "CreateUserPool": POOL,
    "CreateUserPoolClient": POOL,
    "CreateGroup": POOL,
    "CreateUserPoolDomain": document(domains={"auth-of-ours": {}}),
    "CreateIdentityProvider": document(
        identity_providers={
            "okta": {
                "ProviderType": "OIDC",
                "ProviderDetails": {
                    "client_id": "a",
                    "client_secret": "b",
                    "oidc_issuer": "https://example.com",
                    "attributes_request_method": "GET",
                    "authorize_scopes": "openid",
                },
            }
        }
    ),
}


@pytest.mark.parametrize("fault", [{"body": ""}, {"body": "{"}, {"body": "[]"}, {"lost_answer": True}], ids=str)
@pytest.mark.parametrize("operation", CREATES)
def test_a_create_without_an_answer_is_looked_for_and_not_sent_again(tmp_path, operation, fault):
    with bench() as here:
        here.local.faults.add(operation, **fault)
        here.converge(manifest(tmp_path, CREATES[operation]))
        assert [c.operation for c in here.local.calls].count(operation) == 1


def test_an_identity_pool_whose_create_was_not_answered_is_found(tmp_path):
    tree = {"version": 1, "kind": "IdentityPool", "identity_pool": {"IdentityPoolName": "guests"}}
    tree["identity_pool"]["AllowUnauthenticatedIdentities"] = True
    with bench() as here:
        here.local.faults.add("CreateIdentityPool", body='{"IdentityPoolName": "guests"}')
        here.converge(manifest(tmp_path, tree))
        assert [c.operation for c in here.local.calls].count("CreateIdentityPool") == 1


def test_a_create_that_was_not_carried_out_shows_what_came_instead(tmp_path):
    with bench() as here:
        page = "<HTML><head><title>503 Backend fetch failed</title></head><body>x</body></HTML>"
        here.local.faults.add("CreateGroup", body=page, status=503)
        events = here.apply(manifest(tmp_path, POOL))
        (failed,) = [e for e in events if isinstance(e, Failed)]
        assert "503: 503 Backend fetch failed; the response was lost, and 0 new objects with this name exist" in (
            failed.error
        )
        assert failed.code == "503"
        assert "LostAnswer" not in failed.error


@pytest.mark.parametrize(("operation", "body"), [("UpdateUserPool", "{"), ("UpdateGroup", "{}"), ("DeleteGroup", "[")])
def test_other_writes_without_an_answer_are_repeated(tmp_path, operation, body):
    with bench() as here:
        here.converge(manifest(tmp_path, POOL))
        tree = {**POOL, "user_pool": {"PoolName": "customers", "DeletionProtection": "ACTIVE"}, "prune": ["groups"]}
        groups: dict[str, Any] = {} if operation == "DeleteGroup" else {"admins": {"Precedence": 1}}
        wanted = manifest(tmp_path, {**tree, "groups": groups})
        here.local.faults.add(operation, body=body)
        plan = planned(wanted, here.cloud, PlanOptions(prune=True))
        events = here.apply(wanted, plan)
        assert not [e for e in events if isinstance(e, Failed)]
        assert [c.operation for c in here.local.calls].count(operation) == 2
        assert not here.plan(wanted).pending


# --- the checks alone ------------------------------------------------------------------------------------------------


def model(service: str, operation: str) -> Any:
    return SESSION.get_service_model(service).operation_model(operation)


def check(service: str, operation: str, body: bytes, status: int = 200) -> None:
    BodyCheck()(model(service, operation), {"status_code": status, "body": body})


SAMPLES = Path(__file__).parents[1] / "samples"


def recorded():
    for entry in json.loads((SAMPLES / "INDEX.json").read_text()):
        service = "cognito-identity" if "__cognito-identity__" in entry["file"] else "cognito-idp"
        yield pytest.param(service, entry["operation"], (SAMPLES / entry["file"]).read_text(), id=entry["file"])


@pytest.mark.parametrize(("service", "operation", "text"), [*recorded()])
def test_a_recorded_answer_is_one(service, operation, text):
    require_whole(model(service, operation), json.loads(text), EXPECTED.get((service, operation), Expected()))


def test_what_answers_nothing_may_be_empty_and_must_be_json():
    for operation in ("DeleteGroup", "UpdateUserPool", "TagResource"):
        check("cognito-idp", operation, b"")
        check("cognito-idp", operation, b"{}")
        for body in (b"<html>", b"[]", b"null", b"{"):
            with pytest.raises(LostAnswer):
                check("cognito-idp", operation, body)
    with pytest.raises(LostAnswer, match=r"\(HTTP 200\) is empty"):
        check("cognito-idp", "ListGroups", b"")


def test_an_error_is_not_judged_here():
    check("cognito-idp", "ListGroups", b"<html>", 500)


@pytest.mark.parametrize(
    ("operation", "tree", "where"),
    [
        ("ListGroups", {"Groups": [{"Precedence": "1"}]}, "a string as Groups[].Precedence, which is of type integer"),
        ("ListGroups", {"Groups": [None]}, "null as Groups[], which is of type structure"),
        ("ListGroups", {"NextToken": 5}, "a number as NextToken, which is of type string"),
        ("DescribeUserPool", {"UserPool": {"UserPoolTags": {"a": 1}}}, "a number as UserPool.UserPoolTags{}, which"),
        ("DescribeUserPool", {"UserPool": {"CreationDate": True}}, "a truth value as UserPool.CreationDate, which"),
        ("GetIdentityPoolRoles", {"Roles": []}, "a list as Roles, which is of type map"),
    ],
)
def test_the_message_names_the_member_and_no_value(operation, tree, where):
    service = "cognito-identity" if "IdentityPool" in operation else "cognito-idp"
    with pytest.raises(LostAnswer) as caught:
        check(service, operation, json.dumps(tree).encode())
    assert where in str(caught.value)


def test_what_the_service_model_does_not_know_is_not_looked_at():
    check("cognito-idp", "ListGroups", b'{"Groups": [{"New": [1, {"a": null}]}], "NextToken": null, "Later": 1}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=20) | JSON.map(lambda tree: json.dumps(tree).encode()))
def test_any_body_is_an_answer_or_lost(body):
    for operation in ("GetUserPoolMfaConfig", "ListUserPools", "DeleteGroup"):
        with suppress(LostAnswer):
            check("cognito-idp", operation, body)


def test_each_read_of_each_kind_expects_something():
    """An empty map is an answer only where the kind says so, or where an empty object has a meaning."""
    for kind in KINDS.values():
        for operation in kind.reads:
            expected = EXPECTED[kind.service, operation]
            if expected.may_lack:
                require_whole(model(kind.service, operation), {}, expected)
                continue
            with pytest.raises(LostAnswer):
                require_whole(model(kind.service, operation), {}, expected)


def test_an_unknown_domain_is_an_answer():
    operation = ("cognito-idp", "DescribeUserPoolDomain")
    require_whole(model(*operation), {"DomainDescription": {}}, EXPECTED[operation])
    with pytest.raises(LostAnswer, match="has no DomainDescription"):
        require_whole(model(*operation), {}, EXPECTED[operation])


def test_an_ambiguous_create_is_a_kind_of_no_answer():
    assert issubclass(Ambiguous, NoAnswer)

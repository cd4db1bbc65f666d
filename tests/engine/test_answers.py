"""What is no answer is never read as "nothing is set" (decision 14), whatever arrives in its place."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.drift.findings import Criteria
from reconciler.errors import NoAnswer
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


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("operation", ["UpdateUserPool", "SetUserPoolMfaConfig", "UpdateGroup", "DeleteGroup"])
def test_a_write_that_is_never_answered_is_looked_after(tmp_path, operation, carried_out):
    with bench() as here:
        here.converge(manifest(tmp_path, POOL))
        changes = {
            "UpdateUserPool": {"user_pool": {"PoolName": "customers", "DeletionProtection": "ACTIVE"}},
            "SetUserPoolMfaConfig": {"mfa": {"MfaConfiguration": "ON"}},
            "UpdateGroup": {"groups": {"admins": {"Precedence": 1}}},
            "DeleteGroup": {"groups": {}, "prune": ["groups"]},
        }
        wanted = manifest(tmp_path, {**POOL, **changes[operation]})
        plan = planned(wanted, here.cloud, PlanOptions(prune=True))
        if carried_out:
            here.local.faults.add(operation, lost_answer=True, times=99)
        else:
            here.local.faults.add(operation, body="<title>Bad gateway</title>", status=502, times=99)
        (failed,) = [e for e in here.apply(wanted, plan) if isinstance(e, Failed)]
        assert failed.doubtful == carried_out
        assert "tried 8 times" in failed.error


@pytest.mark.parametrize(
    "operation", ["DescribeRiskConfiguration", "GetUserPoolMfaConfig", "GetUserPoolSessionConfiguration"]
)
def test_a_setting_that_every_pool_has_is_not_reset_because_it_is_not_found(here, tmp_path, made, operation):
    here.local.faults.add(operation, "ResourceNotFoundException", times=99, message="It does not exist.")
    wanted = {**POOL, "risk_configuration": {}, "session": {"UserSessionTracking": "ENABLED"}}
    plan = here.plan(manifest(tmp_path, wanted))
    assert [g.operation for g in plan.gaps] == [f"cognito-idp:{operation}"]

"""What a plan is refused for, beyond the cases of each rule in tests/rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import Bench, bench, document, manifest

POOL = {"PoolName": "customers", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
OIDC = {
    "client_id": "id",
    "attributes_request_method": "GET",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://idp.example.com",
}


def writes(here: Bench) -> list[str]:
    return [c.operation for c in here.local.calls if not c.operation.startswith(("List", "Get", "Describe"))]


def test_what_is_already_so_on_the_live_object_does_not_stop_a_plan(tmp_path):
    """AWS let an old client have a dead provider; a manifest that does not speak of it may still change a group."""
    with bench() as here:
        tree = document(
            user_pool=POOL,
            identity_providers={"okta": {"ProviderType": "OIDC", "ProviderDetails": OIDC}},
            clients={"web": {"SupportedIdentityProviders": ["COGNITO", "okta"]}},
        )
        here.converge(manifest(tmp_path, tree))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        here.boto().delete_identity_provider(UserPoolId=pool, ProviderName="okta")
        plan = here.plan(manifest(tmp_path, document(user_pool=POOL, groups={"a": {}}, clients={"web": {}})))
        assert plan.refusals == ()


def test_two_pools_of_one_name_are_refused_with_the_candidates(tmp_path):
    with bench() as here:
        idp = here.boto()
        ids = sorted(idp.create_user_pool(PoolName="customers")["UserPool"]["Id"] for _ in range(2))
        here.local.calls.clear()
        plan = here.plan(manifest(tmp_path, document()))
        assert [r.rule for r in plan.refusals] == ["ambiguous"]
        assert all(i in plan.refusals[0].message for i in ids)
        assert "id:" in plan.refusals[0].advice
        assert writes(here) == []
        pinned = here.plan(manifest(tmp_path, document(id=ids[1])))
        assert pinned.refusals == ()
        assert pinned.target.pool_id == ids[1]


def test_two_clients_of_one_name_are_refused_with_the_candidates(tmp_path):
    with bench() as here:
        idp = here.boto()
        pool = idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        ids = sorted(
            idp.create_user_pool_client(UserPoolId=pool, ClientName="web")["UserPoolClient"]["ClientId"]
            for _ in range(2)
        )
        here.local.calls.clear()
        plan = here.plan(manifest(tmp_path, document(clients={"web": {"AuthSessionValidity": 5}})))
        assert [r.rule for r in plan.refusals] == ["ambiguous"]
        assert all(i in plan.refusals[0].message for i in ids)
        assert writes(here) == []
        clients = {
            "one": {"ClientName": "web", "ClientId": ids[0], "AuthSessionValidity": 5},
            "two": {"ClientName": "web", "ClientId": ids[1], "AuthSessionValidity": 6},
        }
        here.converge(manifest(tmp_path, document(clients=clients)))
        live = here.snapshot(pool)["clients"]
        assert [live[i]["AuthSessionValidity"] for i in ids] == [5, 6]


ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "customers"}

FILLED = {
    "user_pool.SmsConfiguration.SnsRegion": ROLE,
    "mfa.SmsMfaConfiguration.SmsConfiguration.SnsRegion": ROLE,
    "mfa.SmsMfaConfiguration.SmsConfiguration": {},
    "user_pool.DcrConfiguration.AllowedScopes": {"EnableStatus": "Enabled"},
}
"""Members that Cognito fills in as soon as the structure around them is there, with what else that needs."""


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize(("path", "rest"), FILLED.items(), ids=FILLED)
def test_null_is_refused_where_the_service_fills_a_value_in(tmp_path, path, rest, live):
    """It would be refused only after the first apply, which could not converge."""
    section, *steps, member = path.split(".")
    declared: Any = {**rest, member: None}
    for step in reversed(steps):
        declared = {step: declared}
    bare = {"version": 1, "user_pool": {"PoolName": "customers"}}
    wanted = {**bare, section: {**bare.get(section, {}), **declared}}
    with bench() as local:
        if live:
            local.converge(manifest(tmp_path, bare))
        plan = local.plan(manifest(tmp_path, wanted))
    found = [".".join(map(str, r.path)) for r in plan.refusals if r.rule == "not-removable"]
    assert found == [".".join((*steps, member))]

"""A plan says what each change means for security, and what it leaves alone although nobody declared it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.model import Action, Direction
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.support import Bench, bench, manifest

POOL = {"PoolName": "customers"}
OKTA = {
    "ProviderType": "OIDC",
    "ProviderDetails": {
        "client_id": "abc",
        "oidc_issuer": "https://idp.example.com",
        "authorize_scopes": "openid",
        "attributes_request_method": "GET",
    },
}


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


def document(**sections):
    return {"version": 1, "user_pool": POOL, **sections}


def effects(plan):
    found = {(str(c.address), ""): c.effect for c in plan.pending if c.effect}
    return found | {
        (str(c.address), ".".join(map(str, e.path))): e for c in plan.pending for f in c.fields for e in f.effects
    }


def test_nothing_in_a_new_pool_is_weaker_than_before(here, tmp_path):
    plan = here.plan(manifest(tmp_path, document(mfa={"MfaConfiguration": "OFF"}, identity_providers={"okta": OKTA})))
    assert effects(plan) == {}
    assert plan.undeclared == ()


def test_each_change_of_a_live_pool_has_its_direction(here, tmp_path):
    before = document(
        user_pool={**POOL, "DeletionProtection": "ACTIVE", "UserPoolTags": {"team": "one"}},
        groups={"admins": {"Precedence": 1}},
        clients={"web": {"CallbackURLs": ["https://a.example.com"]}},
    )
    here.converge(manifest(tmp_path, before))
    after = document(
        user_pool={**POOL, "DeletionProtection": "INACTIVE", "UserPoolTags": {"team": "other"}},
        groups={"admins": {"Precedence": 1, "RoleArn": "arn:aws:iam::123456789012:role/admin"}, "staff": {}},
        clients={"web": {"CallbackURLs": ["https://b.example.com"]}, "app": {}},
        identity_providers={"okta": OKTA},
    )
    found = {place: e.direction.value for place, e in effects(here.plan(manifest(tmp_path, after))).items()}
    assert found == {
        ("user_pool", "DeletionProtection"): "weakens",
        ("groups/admins", "RoleArn"): "weakens",
        ("groups/staff", ""): "neutral",
        ("clients/web", "CallbackURLs"): "mixed",
        ("clients/app", ""): "neutral",
        ("identity_providers/okta", ""): "weakens",
    }


def test_a_deletion_says_what_does_not_come_back(here, tmp_path):
    here.converge(manifest(tmp_path, document(identity_providers={"okta": OKTA}, groups={"admins": {}})))
    pruned = document(identity_providers={}, prune=["identity_providers"])
    plan = planned(manifest(tmp_path, pruned), here.cloud, PlanOptions(prune=True))
    (gone,) = plan.pending
    assert (gone.action, gone.effect.direction) == (Action.DELETE, Direction.STRENGTHENS)
    assert gone.effect.undo == "Users who came through the provider are left without a way to sign in."


def test_a_plan_knows_what_nobody_declared(here, tmp_path):
    here.converge(manifest(tmp_path, document(clients={"web": {}})))
    pool = here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    client = here.boto().list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"][0]["ClientId"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    here.boto().update_user_pool_client(UserPoolId=pool, ClientId=client, ExplicitAuthFlows=flows)
    function = "arn:aws:lambda:eu-west-1:210987654321:function:f"
    here.boto().update_user_pool(UserPoolId=pool, LambdaConfig={"UserMigration": function}, UserPoolTags={"a": "b"})
    plan = here.plan(manifest(tmp_path, document(clients={"web": {}})))
    assert plan.pending == ()
    found = {(str(u.address), u.path[0]): u.alarming for u in plan.undeclared}
    assert found == {
        ("user_pool", "LambdaConfig"): True,
        ("user_pool", "UserPoolTags"): False,
        ("clients/web", "ExplicitAuthFlows"): True,
    }

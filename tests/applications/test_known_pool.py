"""What is known of a pool: everything of a live one, and of a manifest only what it declares."""

import pytest

from reconciler.applications import urls
from reconciler.applications.known_pool import Unsettled, client_id, from_live, from_manifest, of_plan
from reconciler.model import Secret
from reconciler.observing.observer import observe
from reconciler.planning.planner import read_scope
from tests.applications.support import pool
from tests.support import bench, document, manifest

CLIENTS = {
    "web": {
        "ClientName": "Web shop",
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://app.example.com/cb"],
    }
}
CUSTOM = {
    "auth.example.com": {
        "CustomDomainConfig": {"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/" + "a" * 36},
    }
}


def test_a_manifest_knows_what_it_declares(tmp_path):
    declared = document(id="eu-west-1_Example01", clients={"web": {"ClientId": "exampleclient", **CLIENTS["web"]}})
    known = from_manifest(manifest(tmp_path, declared))
    assert (known.id, known.region) == ("eu-west-1_Example01", "eu-west-1")
    (web,) = known.client("clients/web")
    assert (web.name, client_id(web)) == ("web", "exampleclient")
    assert known.client("web") == known.client("Web shop") == known.client("exampleclient") == (web,)
    assert urls.response_type(web) == "code"


def test_what_a_manifest_does_not_declare_is_unknown_and_no_default(tmp_path):
    known = from_manifest(manifest(tmp_path, document(clients=CLIENTS)))
    with pytest.raises(Unsettled, match=r"user_pool\.AliasAttributes"):
        known.one("user_pool").get("AliasAttributes")
    with pytest.raises(Unsettled, match="mfa"):
        known.one("mfa")
    with pytest.raises(Unsettled, match="the id of clients/web"):
        client_id(known.clients[0])
    assert known.identity_pools is None


def test_null_is_the_default_and_not_unknown(tmp_path):
    declared = document(user_pool={"PoolName": "customers", "LambdaConfig": None})
    assert from_manifest(manifest(tmp_path, declared)).one("user_pool").get("LambdaConfig", default="none") == "none"


def test_a_live_member_that_is_absent_has_the_default():
    assert pool().one("user_pool").get("Policies", "PasswordPolicy", default="Cognito's") == "Cognito's"
    assert pool().one("mfa").get("MfaConfiguration", default="OFF") == "OFF"


def test_a_secret_is_never_an_answer():
    live = pool(client={"ClientSecret": Secret("not-a-real-secret", "live")})
    with pytest.raises(Unsettled, match=r"clients/web\.ClientSecret"):
        live.clients[0].get("ClientSecret")


def test_a_plan_and_the_pool_that_it_makes_say_the_same(tmp_path):
    declared = manifest(tmp_path, document(clients=CLIENTS, domains=CUSTOM))
    with bench() as here:
        plan = here.plan(declared)
        planned = of_plan(plan)
        assert planned.id == ""
        assert planned.clients[0].ids.get("ClientId") is None
        assert urls.client_links(planned, planned.clients[0]).sign_in == ""
        here.apply(declared, plan)
        state = observe(here.cloud, read_scope(declared))
    live = from_live(here.region, state.objects, state.known)
    (web,) = live.client("Web shop")
    assert live.id.startswith("eu-west-1_")
    assert live.arn.endswith(live.id)
    found = urls.client_links(live, web)
    assert found.sign_in.startswith(f"https://auth.example.com/login?client_id={client_id(web)}&")
    (record,) = urls.dns_records(live)
    assert record.name == "auth.example.com"
    assert record.target.endswith(".cloudfront.net")

"""The commands as an operator uses them, on the embedded Cognito: the examples, exit codes, JSON, secrets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.cli.support import Terminal, run

ROOT = Path(__file__).parents[2]
CANARY = "canary_5f2c9a7e41b84d3fa6"


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "docs" / "schema" / f"{name}.v1.json").read_text())
    return found


@pytest.fixture
def local(tmp_path) -> str:
    return f"--local={tmp_path / 'state'}"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)


POOLS = sorted(p.name for p in (ROOT / "pools").glob("*.yaml"))


def test_the_examples_are_all_there():
    assert POOLS == [
        "app-identities.yaml",
        "customers.yaml",
        "machine-to-machine.yaml",
        "my-first-user-pool.yaml",
        "workforce.yaml",
    ]


def test_the_examples_plan_apply_and_plan_to_nothing(here, local):
    before = run(local, "plan", "pools/", "--detailed-exitcode", "-o", "json")
    assert before.code == 2
    document = json.loads(before.out)
    jsonschema.validate(document, schema("plan"))
    summary = document["summary"]
    assert summary["update"] == 1  # the trust of the role that the plan makes is narrowed at the end
    assert summary["create"] + summary["unchanged"] + summary["update"] == len(document["resource_changes"])
    assert summary["create"] > 30
    assert document["applyable"]
    applied = run(local, "apply", "pools/", "--yes", "-o", "json")
    assert applied.code == 0, applied.err
    jsonschema.validate(json.loads(applied.out), schema("apply"))
    after = run(local, "plan", "pools/", "--detailed-exitcode")
    assert after.code == 0
    assert "No changes." in after.out
    again = run(local, "apply", "pools/", "--yes")
    assert again.code == 0
    as_json = run(local, "plan", "pools/", "-o", "json")
    jsonschema.validate(json.loads(as_json.out), schema("plan"))
    left = json.loads(as_json.out)
    assert left["summary"]["unchanged"] == len(left["resource_changes"])


@pytest.mark.parametrize("name", [name for name in POOLS if name != "app-identities.yaml"])
def test_each_example_works_by_itself(here, local, name):
    assert run("validate", f"pools/{name}").code == 0
    assert run(local, "apply", f"pools/{name}", "--yes").code == 0
    assert run(local, "plan", f"pools/{name}", "--detailed-exitcode").code == 0


def test_an_identity_pool_is_made_with_the_user_pool_that_it_refers_to(here, local, tmp_path):
    alone = run("validate", "pools/app-identities.yaml")
    assert alone.code == 3
    assert "orchard-customers" in alone.err
    both = ("pools/app-identities.yaml", "pools/customers.yaml")
    shown = run(local, "plan", *both)
    assert shown.code == 0
    assert "(known after apply)" in shown.out
    assert run(local, "apply", "--yes", *both).code == 0
    assert run(local, "plan", "--detailed-exitcode", *both).code == 0
    from tests.support import bench

    with bench(tmp_path / "state", region="eu-west-1") as found:
        user_pool = found.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        listed = found.boto().list_user_pool_clients(UserPoolId=user_pool, MaxResults=60)["UserPoolClients"]
        ids = {c["ClientName"]: c["ClientId"] for c in listed}
        identity = found.boto("cognito-identity")
        pool = identity.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        providers = identity.describe_identity_pool(IdentityPoolId=pool)["CognitoIdentityProviders"]
        mappings = identity.get_identity_pool_roles(IdentityPoolId=pool)["RoleMappings"]
    name = f"cognito-idp.eu-west-1.amazonaws.com/{user_pool}"
    assert {(p["ProviderName"], p["ClientId"]) for p in providers} == {
        (name, ids["mobile-app"]),
        (name, ids["account-page"]),
    }
    assert set(mappings) == {f"{name}:{ids['account-page']}"}


def test_the_console_walkthrough_is_in_the_first_example(here, local, tmp_path):
    """The table of choices, looked up on the pool that comes out."""
    assert run(local, "apply", "pools/my-first-user-pool.yaml", "--yes").code == 0
    state = json.dumps([p.read_text() for p in (tmp_path / "state").rglob("*.json")])
    for choice in ("MyFirstUserPool", "MyFirstUserPool-SMS", "auth-callback", "us-west-2"):
        assert choice in state
    from tests.support import bench

    with bench(tmp_path / "state", region="us-west-2") as found:
        idp = found.boto()
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        snapshot = found.snapshot(pool)
    live = snapshot["user_pool"]
    assert live["Name"] == "MyFirstUserPool"
    assert live["AliasAttributes"] == ["email"]
    assert live["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 8,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
        "TemporaryPasswordValidityDays": 7,
    }
    assert snapshot["mfa"]["MfaConfiguration"] == "OPTIONAL"
    assert snapshot["mfa"]["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    assert "SmsMfaConfiguration" in snapshot["mfa"]
    assert live["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Priority": 1, "Name": "verified_email"}]
    assert live["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert live["AutoVerifiedAttributes"] == ["email"]
    assert live["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    email = next(a for a in live["SchemaAttributes"] if a["Name"] == "email")
    assert (email["Required"], email["Mutable"]) == (True, True)
    assert live["EmailConfiguration"] == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert live["SmsConfiguration"]["SnsCallerArn"].endswith("/MyFirstUserPool-SMS")
    assert live["Domain"] in snapshot["domains"]
    client = next(iter(snapshot["clients"].values()))
    assert client["ClientName"] == "MyFirstUserPool"
    assert "ClientSecret" not in client
    assert client["CallbackURLs"] == [f"https://{live['Domain']}.auth.us-west-2.amazoncognito.com/auth-callback"]


# --- secrets ---------------------------------------------------------------------------------------------------------

SECRET = {
    "version": 1,
    "target": {"region": "eu-west-1"},
    "user_pool": {"PoolName": "customers"},
    "identity_providers": {
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "id",
                "client_secret": {"$env": "OKTA_SECRET"},
                "attributes_request_method": "GET",
                "authorize_scopes": "openid",
                "oidc_issuer": "https://idp.example.com",
            },
        }
    },
    "clients": {"web": {"ClientSecret": {"$env": "WEB_SECRET"}}},
}


@pytest.mark.parametrize("level", ["warning", "debug"])
def test_a_secret_appears_in_no_output_of_any_command(here, local, tmp_path, level):
    """Creating, unchanged, changed, refused and failing: standard output, standard error, JSON and logs."""
    file = tmp_path / "secret.yaml"
    file.write_text(yaml.safe_dump(SECRET))
    environ = {"OKTA_SECRET": CANARY, "WEB_SECRET": CANARY}
    other = {"OKTA_SECRET": CANARY + "x", "WEB_SECRET": CANARY}
    immutable = {"OKTA_SECRET": CANARY, "WEB_SECRET": CANARY + "y"}
    bad = {"OKTA_SECRET": CANARY, "WEB_SECRET": f"{CANARY}-!"}
    said = []
    for env, codes in (
        (environ, {"validate": 0, "plan": 0, "apply": 0}),
        (environ, {"plan": 0, "apply": 0}),
        (other, {"plan": 0, "apply": 0}),
        (immutable, {"plan": 4, "apply": 4}),
        (bad, {"validate": 3, "plan": 3, "apply": 3}),
    ):
        for command, code in codes.items():
            for form in ("human", "json"):
                options = ["--yes"] if command == "apply" else []
                ran = run(local, "--log-level", level, command, str(file), "-o", form, *options, environ=env)
                assert ran.code == code, (command, env, ran.err)
                said.append(ran.out + ran.err)
    assert not [text for text in said if CANARY in text]
    assert any("(sensitive value)" in text for text in said)
    assert any('"$sensitive": true' in text for text in said)


def test_a_secret_of_secrets_manager_appears_nowhere_either(here, local, tmp_path):
    tree = {**SECRET, "clients": {}}
    tree["identity_providers"] = json.loads(json.dumps(SECRET["identity_providers"]))
    tree["identity_providers"]["okta"]["ProviderDetails"]["client_secret"] = {"$secret": "okta#client_secret"}
    tree["identity_providers"]["okta"]["ProviderDetails"]["client_id"] = {"$secret": "okta#client_secret"}
    file = tmp_path / "secret.yaml"
    file.write_text(yaml.safe_dump(tree))
    from reconciler.local import stand_in_secret

    secret = stand_in_secret("okta", "client_secret")
    outputs = []
    for command in (["plan"], ["apply", "--yes"], ["plan", "--detailed-exitcode"]):
        for form in ("json", "human"):
            ran = run(local, "--log-level", "debug", *command, str(file), "-o", form)
            assert ran.code in (0, 2), ran.err
            outputs.append(ran.out + ran.err)
    assert not [text for text in outputs if secret in text]


# --- guards and codes ------------------------------------------------------------------------------------------------


def write(tmp_path: Path, tree: dict[str, Any]) -> str:
    file = tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump({"version": 1, **tree}))
    return str(file)


def test_another_account_is_refused_before_anything_is_read(local, tmp_path):
    file = write(tmp_path, {"target": {"account": "999999999999"}, "user_pool": {"PoolName": "x"}})
    ran = run(local, "plan", file)
    assert ran.code == 4
    assert "999999999999" in ran.err
    assert "target.account" in ran.err
    assert f"{file}:" in ran.err


def test_another_region_is_refused(local, tmp_path):
    file = write(tmp_path, {"target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "x"}})
    ran = run(local, "--region", "us-east-1", "plan", file)
    assert ran.code == 4
    assert "target.region" in ran.err


def test_a_refused_plan_ends_with_4_and_apply_writes_nothing(local, tmp_path):
    good = {"target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "x"}, "clients": {"web": {}}}
    assert run(local, "apply", "--yes", write(tmp_path, good)).code == 0
    bad = {**good, "clients": {"web": {"GenerateSecret": True}, "new": {}}}
    plan = run(local, "plan", write(tmp_path, bad))
    assert plan.code == 4
    assert "GenerateSecret" in plan.out
    apply = run(local, "apply", "--yes", write(tmp_path, bad))
    assert apply.code == 4
    assert "exit 4 (refused)" in apply.last
    shown = json.loads(run(local, "plan", "-o", "json", write(tmp_path, good)).out)
    assert shown["summary"]["create"] == 0
    document = json.loads(run(local, "plan", "-o", "json", write(tmp_path, bad)).out)
    jsonschema.validate(document, schema("plan"))
    assert document["refusals"][0]["rule"] == "immutable"
    assert not document["applyable"]


def test_apply_asks_and_takes_nothing_but_yes(local, tmp_path):
    import io

    from reconciler.cli.entry import main

    file = write(tmp_path, {"target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "asked"}})
    for answer, created, code in (("y\n", 1, 1), ("no\n", 1, 1), ("", 1, 1), ("yes\n", 0, 0)):
        out, err = io.StringIO(), io.StringIO()
        stdin = Terminal(answer)
        assert main([local, "apply", file], stdin=stdin, stdout=out, stderr=err, environ={}) == code
        assert ("Apply cancelled; nothing was written." in err.getvalue()) == bool(code)
        assert "asked" in err.getvalue()
        assert "123456789012" in err.getvalue()
        left = json.loads(run(local, "plan", "-o", "json", file).out)
        assert left["summary"]["create"] == created


def test_apply_without_anybody_to_ask_is_an_error(local, tmp_path):
    file = write(tmp_path, {"target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "x"}})
    ran = run(local, "apply", file)
    assert ran.code == 3
    assert "--yes" in ran.err


def test_target_limits_an_apply(local, tmp_path):
    tree = {
        "target": {"region": "eu-west-1"},
        "user_pool": {"PoolName": "x"},
        "clients": {"web": {}, "app": {}},
        "groups": {"admins": {}},
    }
    file = write(tmp_path, tree)
    assert run(local, "apply", "--yes", "--target", "clients/web", file).code == 0
    document = json.loads(run(local, "plan", "-o", "json", file).out)
    creating = [c["name"] for c in document["resource_changes"] if c["change"]["actions"] == ["create"]]
    assert sorted(creating) == ["admins", "app"]
    typo = run(local, "plan", "--target", "clients/wbe", file)
    assert typo.code == 3
    assert "clients/web" in typo.err


def test_a_manifest_from_standard_input(local):
    text = yaml.safe_dump({"version": 1, "target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "piped"}})
    ran = run(local, "plan", "-", "--detailed-exitcode", stdin=text)
    assert ran.code == 2
    assert "piped" in ran.out


def test_identical_input_gives_identical_bytes(here, local):
    assert run(local, "plan", "pools/", "-o", "json").out == run(local, "plan", "pools/", "-o", "json").out
    assert run(local, "plan", "pools/").out == run(local, "plan", "pools/").out


def test_a_live_object_that_no_manifest_declares_is_reported_and_left_alone(local, tmp_path):
    both = {"target": {"region": "eu-west-1"}, "user_pool": {"PoolName": "x"}, "clients": {"web": {}, "tmp": {}}}
    assert run(local, "apply", "--yes", write(tmp_path, both)).code == 0
    one = {**both, "clients": {"web": {}}}
    ran = run(local, "plan", "--detailed-exitcode", write(tmp_path, one))
    assert ran.code == 0
    assert "clients/tmp" in ran.out
    assert run(local, "apply", "--yes", write(tmp_path, one)).code == 0
    again = json.loads(run(local, "plan", "-o", "json", write(tmp_path, both)).out)
    assert again["summary"]["create"] == 0

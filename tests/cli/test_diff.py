"""`diff`: manifests, environments and live pools compared; and `plan --show-origin`, which tells them apart by line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.commands.diff import environment
from tests.cli.support import run

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "diff.v1.json").read_text(encoding="utf-8"))

BASE = """\
version: 1
user_pool:
  PoolName: customers-dev
  DeletionProtection: INACTIVE
  AliasAttributes: [email, preferred_username]
  UserPoolTags: {team: web, stage: dev}
mfa: {MfaConfiguration: "OFF"}
identity_providers:
  okta:
    ProviderType: OIDC
    AttributeMapping: {username: sub}
    ProviderDetails:
      client_id: dev
      client_secret: {$env: OKTA}
      oidc_issuer: https://okta.example.com
      authorize_scopes: openid
      attributes_request_method: GET
clients:
  web: {ExplicitAuthFlows: [ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}
  debug: {GenerateSecret: true}
"""

PROD = """\
user_pool:
  PoolName: customers-prod
  AliasAttributes: [preferred_username, email]
  UserPoolTags: {team: {$delete: true}, stage: prod}
clients:
  debug: {$delete: true}
  shop: {}
"""


@pytest.fixture
def pools(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("pools/m.yaml", BASE),
        ("pools/overlays/prod/m.yaml", PROD),
        ("pools/overlays/dev/m.yaml", "{}"),
        ("old.yaml", BASE),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def diff(*words):
    ran = run("diff", *words, environ={"OKTA": "hunter2-canary"})
    assert "hunter2" not in ran.out + ran.err
    return ran


def as_json(*words):
    ran = diff(*words, "-o", "json")
    tree = json.loads(ran.out)
    jsonschema.validate(tree, SCHEMA)
    return ran.code, tree


def fields(tree):
    return {
        f"{o['address']}.{f['path']}": (f["a"], f["b"])
        for c in tree["comparisons"]
        for o in c["objects"]
        for f in o["fields"]
    }


@pytest.mark.parametrize("side", ["pools", "pools@prod", "pools/@prod", "pools/m.yaml@prod", "old.yaml"])
def test_a_side_is_the_same_as_itself(pools, side):
    ran = diff(side, side)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "No differences.")


def test_an_overlay_that_says_nothing_makes_no_difference(pools):
    assert diff("pools", "pools@dev").code == 0


def test_two_environments(pools):
    code, tree = as_json("pools@dev", "pools@prod")
    assert code == 2
    assert not tree["same"]
    assert fields(tree) == {
        "user_pool.PoolName": ("customers-dev", "customers-prod"),
        "user_pool.UserPoolTags.stage": ("dev", "prod"),
        "user_pool.UserPoolTags.team": ("web", None),
        "clients/debug.ClientName": ("debug", None),
        "clients/debug.GenerateSecret": (True, None),
        "clients/shop.ClientName": (None, "shop"),
    }
    kinds = {o["address"]: o["difference"] for o in tree["comparisons"][0]["objects"]}
    assert kinds == {"user_pool": "different", "clients/debug": "only_in_a", "clients/shop": "only_in_b"}
    first = tree["comparisons"][0]["objects"][0]["fields"]
    assert {f["source"]["file"] for f in first} == {"pools/m.yaml", "pools/overlays/prod/m.yaml"}


def test_the_other_way_round_is_the_mirror_image(pools):
    there, back = (fields(as_json(a, b)[1]) for a, b in (("pools@dev", "pools@prod"), ("pools@prod", "pools@dev")))
    assert back == {path: (b, a) for path, (a, b) in there.items()}


def test_for_people(pools):
    ran = diff("pools@dev", "pools@prod")
    assert ran.code == 2
    assert ran.out.startswith("A  pools@dev: UserPool customers-dev\nB  pools@prod: UserPool customers-prod\n")
    assert '~ PoolName           = "customers-dev" -> "customers-prod"    # pools/overlays/prod/m.yaml:2' in ran.out
    assert "# clients/debug only in A    pools/m.yaml:20" in ran.out
    assert "# clients/shop only in B    pools/overlays/prod/m.yaml:7" in ran.out
    assert ran.out.endswith("Differences: 1 only in B, 1 different, 1 only in A.\n")
    assert ran.last == "exit 2 (changes)"


def test_the_option_holds_for_sides_that_name_no_environment(pools):
    assert diff("--env", "prod", "pools", "pools@prod").code == 0
    assert diff("--env", "prod", "pools", "pools@dev").code == 2


def test_secrets_are_compared_and_not_shown(pools):
    (pools / "new.yaml").write_text(BASE.replace("$env: OKTA", "$env: OTHER"), encoding="utf-8")
    ran = run("diff", "old.yaml", "new.yaml", environ={"OKTA": "hunter2-a", "OTHER": "hunter2-b"})
    assert ran.code == 2
    assert "client_secret = (sensitive value)" in ran.out
    assert "hunter2" not in ran.out + ran.err
    tree = json.loads(run("diff", "old.yaml", "new.yaml", "-o", "json", environ={"OKTA": "1x", "OTHER": "2x"}).out)
    assert fields(tree) == {
        "identity_providers/okta.ProviderDetails.client_secret": ({"$sensitive": True}, {"$sensitive": True})
    }


def test_references_that_only_aws_can_follow_are_compared_as_they_are_written(pools):
    for name, path in (("a", "/one"), ("b", "/two"), ("c", "/one")):
        text = f"version: 1\nuser_pool: {{PoolName: p, UserPoolTags: {{x: {{$ssm: {path}}}}}}}\n"
        (pools / f"{name}.yaml").write_text(text, encoding="utf-8")
    _, tree = as_json("a.yaml", "b.yaml")
    assert fields(tree) == {"user_pool.UserPoolTags.x": ("{$ssm: /one}", "{$ssm: /two}")}
    assert diff("a.yaml", "c.yaml").code == 0


def test_documents_that_only_one_side_has(pools):
    (pools / "two.yaml").write_text(f"{BASE}---\nversion: 1\nuser_pool: {{PoolName: second}}\n", encoding="utf-8")
    code, tree = as_json("old.yaml", "two.yaml")
    assert code == 2
    assert [c["a"] and c["a"]["name"] for c in tree["comparisons"]] == ["customers-dev", None]
    assert "1 document has no counterpart on the other side." in diff("old.yaml", "two.yaml").out


def test_clients_with_a_name_of_their_own(pools):
    """Between manifests the key counts, so that a new name is a change; beside a live pool only the name does."""
    for file, name in (("a.yaml", "one"), ("b.yaml", "two")):
        text = f"version: 1\nuser_pool: {{PoolName: named}}\nclients: {{web: {{ClientName: {name}}}}}\n"
        (pools / file).write_text(text, encoding="utf-8")
    assert fields(as_json("a.yaml", "b.yaml")[1]) == {"clients/web.ClientName": ("one", "two")}
    assert run("--local", "apply", "--yes", "a.yaml").code == 0
    assert diff("--local", "a.yaml", "pool:named").code == 0
    assert "# clients/one only in B" in diff("--local", "b.yaml", "pool:named").out


# --- live pools ----------------------------------------------------------------------------------------------------


@pytest.fixture
def live(pools):
    ran = run("--local", "apply", "--yes", "--env", "prod", "pools", environ={"OKTA": "hunter2-canary"})
    assert ran.code == 0, ran.err
    return pools


def test_a_live_pool_is_what_was_applied(live):
    for words in (("pools@prod", "pool:customers-prod"), ("pool:customers-prod", "pools@prod")):
        ran = diff("--local", *words)
        assert ran.code == 0, ran.out


OWN_CLAIM = BASE.replace("    AttributeMapping: {username: sub}\n", "")
MORE_CLAIMS = BASE.replace("{username: sub}", "{email: email}")


@pytest.mark.parametrize("text", [BASE, OWN_CLAIM, MORE_CLAIMS])
def test_the_claim_that_cognito_maps_by_itself_is_no_difference(pools, text):
    """Neither between a manifest that leaves it out and the live pool, nor one that writes it, nor the two."""
    (pools / "new.yaml").write_text(text, encoding="utf-8")
    assert run("--local", "apply", "--yes", "new.yaml", environ={"OKTA": "hunter2-canary"}).code == 0
    for pair in (("new.yaml", "pool:customers-dev"), ("pool:customers-dev", "new.yaml")):
        ran = diff("--local", *pair)
        assert ran.code == 0, ran.out
    assert diff("old.yaml", "new.yaml").code == (2 if text is MORE_CLAIMS else 0)


def test_another_claim_is_a_difference(pools):
    """Left out, it would be the one that Cognito takes by itself."""
    (pools / "new.yaml").write_text(BASE.replace("{username: sub}", "{username: oid}"), encoding="utf-8")
    (pools / "own.yaml").write_text(OWN_CLAIM, encoding="utf-8")
    assert run("--local", "apply", "--yes", "new.yaml", environ={"OKTA": "hunter2-canary"}).code == 0
    for file in ("own.yaml", "old.yaml"):
        assert diff("--local", file, "pool:customers-dev").code == 2
    assert diff("--local", "new.yaml", "pool:customers-dev").code == 0


def test_one_time_in_two_units_is_no_difference(pools):
    for file, members in (
        ("hour.yaml", "{AccessTokenValidity: 2, TokenValidityUnits: {AccessToken: hours}}"),
        ("seconds.yaml", "{AccessTokenValidity: 7200, TokenValidityUnits: {AccessToken: seconds}}"),
        ("other.yaml", "{AccessTokenValidity: 7201, TokenValidityUnits: {AccessToken: seconds}}"),
        ("default.yaml", "{}"),
    ):
        (pools / file).write_text(f"version: 1\nuser_pool: {{PoolName: p}}\nclients: {{web: {members}}}\n")
    assert diff("hour.yaml", "seconds.yaml").code == 0
    for other in ("other.yaml", "default.yaml"):
        assert {diff("hour.yaml", other).code, diff(other, "seconds.yaml").code} == {2}


def test_a_live_pool_differs_from_another_environment(live):
    ran = diff("--local", "pool:customers-prod", "pools@dev", "-o", "json")
    tree = json.loads(ran.out)
    jsonschema.validate(tree, SCHEMA)
    assert ran.code == 2
    assert {o["address"]: o["difference"] for o in tree["comparisons"][0]["objects"]} == {
        "user_pool": "different",
        "clients/debug": "only_in_b",
        "clients/shop": "only_in_a",
    }


def test_two_live_pools(live):
    assert diff("--local", "pool:customers-prod", "pool:customers-prod").code == 0
    assert run("--local", "apply", "--yes", "--env", "dev", "pools", environ={"OKTA": "x"}).code == 0
    ran = diff("--local", "pool:customers-prod", "pool:customers-dev")
    assert ran.code == 2
    assert "# clients/debug only in B" in ran.out


ELSEWHERE = "version: 1\ntarget: {region: %s}\nuser_pool: {PoolName: far, DeletionProtection: %s}\n"


@pytest.fixture
def far(pools):
    """Two pools of one name in two Regions, neither of them that of the session; they differ."""
    for region, word in (("eu-west-1", "ACTIVE"), ("eu-central-1", "INACTIVE")):
        (pools / f"{region}.yaml").write_text(ELSEWHERE % (region, word), encoding="utf-8")
        assert run("--local", "apply", "--yes", f"{region}.yaml").code == 0
    return pools


def test_a_name_is_looked_for_where_the_other_side_is(far):
    for words in (("eu-west-1.yaml", "pool:far"), ("pool:far", "eu-central-1.yaml")):
        ran = diff("--local", *words)
        assert ran.code == 0, ran.out + ran.err
    exported = run("--local", "--region", "eu-west-1", "export", "--pool", "far").out
    pool_id = exported.partition("\nid: ")[2].split()[0]
    assert diff("--local", f"pool:{pool_id}", "pool:far").code == 0
    assert diff("--local", "eu-central-1.yaml", f"pool:{pool_id}").code == 2
    assert diff("--local", "pool:far", "pool:far").code == 4  # nothing says where


def test_the_option_wins_over_the_other_side(far):
    (far / "anywhere.yaml").write_text("version: 1\nuser_pool: {PoolName: far, DeletionProtection: INACTIVE}\n")
    assert diff("--local", "--region", "eu-central-1", "anywhere.yaml", "pool:far").code == 0
    assert diff("--local", "--region", "eu-west-1", "anywhere.yaml", "pool:far").code == 2
    assert diff("--local", "anywhere.yaml", "pool:far").code == 4
    ran = diff("--local", "--region", "eu-west-1", "eu-central-1.yaml", "pool:far")  # as everywhere
    assert (ran.code, "--region is eu-west-1" in ran.err) == (4, True)


def test_a_side_in_several_places_or_another_account_says_so(far):
    (far / "two").mkdir()
    for region in ("eu-west-1", "eu-central-1"):
        (far / "two" / f"{region}.yaml").write_text(ELSEWHERE % (region, "ACTIVE"), encoding="utf-8")
    ran = diff("--local", "two", "pool:far")
    assert (ran.code, "in several places (eu-central-1, eu-west-1)" in ran.err) == (3, True)
    for region in ("eu-west-1", "eu-central-1"):  # a pool of that name tells which is meant
        text = (ELSEWHERE % (region, "ACTIVE")).replace("far", f"far-{region}" if region != "eu-west-1" else "far")
        (far / "two" / f"{region}.yaml").write_text(text, encoding="utf-8")
    _, tree = as_json("--local", "two", "pool:far")
    assert [(c["a"]["name"], c["objects"]) for c in tree["comparisons"] if c["b"]] == [("far", [])]
    text = (ELSEWHERE % ("eu-west-1", "ACTIVE")).replace("region:", 'account: "999999999999", region:')
    (far / "account.yaml").write_text(text, encoding="utf-8")
    ran = diff("--local", "account.yaml", "pool:far")
    assert (ran.code, "is for account 999999999999, the session is in 123456789012" in ran.err) == (4, True)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 3, "diff compares two sides"),
        (("pools",), 3, "diff compares two sides"),
        (("pools", "pools", "pools"), 3, "diff compares two sides"),
        (("pools@nope", "pools"), 3, "Available: dev, prod."),
        (("pools@", "pools"), 3, "is not the name of an environment"),
        (("pools@../x", "pools"), 3, "is not the name of an environment"),
        (("gone.yaml", "pools"), 3, "there is no such file or directory"),
        (("--local", "pool:", "pools"), 3, "needs the id or name of a pool"),
        (("--local", "pool:nobody", "pools"), 4, 'There is no pool with the name "nobody"'),
    ],
)
def test_wrong_use(pools, words, code, message):
    ran = diff(*words)
    assert ran.code == code
    assert message in ran.err


def test_a_path_that_exists_is_not_split(pools):
    (pools / "a@b.yaml").write_text(BASE, encoding="utf-8")
    assert environment("a@b.yaml") == ("a@b.yaml", "")
    assert environment("x@y/pools@prod") == ("x@y/pools", "prod")
    assert environment("-") == ("-", "")


# --- plan ----------------------------------------------------------------------------------------------------------


def test_plan_shows_where_values_come_from(pools):
    words = ("--local", "plan", "--env", "prod", "pools")
    environ = {"OKTA": "hunter2-canary"}
    plain, origins = run(*words, environ=environ), run(*words, "--show-origin", environ=environ)
    assert "# pools/overlays" not in plain.out.replace("created    pools", "")
    lines = [x.split() for x in origins.out.splitlines()]
    found = {x[1]: x[-1] for x in lines if x and x[0] in "+~" and "#" in x}
    assert found["PoolName"] == "pools/overlays/prod/m.yaml:2"
    assert found["AliasAttributes"] == "pools/overlays/prod/m.yaml:3"
    assert found["DeletionProtection"] == "pools/m.yaml:4"
    assert found["UserPoolTags.stage"] == "pools/overlays/prod/m.yaml:4"
    assert [x.partition("    # ")[0] for x in origins.out.splitlines()] == plain.out.splitlines()


def test_a_saved_plan_remembers_its_environment(pools):
    environ = {"OKTA": "hunter2-canary"}
    ran = run("--local", "plan", "--env", "prod", "--out", "p.json", "pools", environ=environ)
    assert ran.code == 0, ran.err
    ran = run("--local", "apply", "--yes", "p.json", environ=environ)
    assert ran.code == 0, ran.err
    assert diff("--local", "pools@prod", "pool:customers-prod").code == 0


@pytest.mark.parametrize("name", ["../x", ".hidden", "a/b", "", "."])
def test_an_environment_is_a_plain_name(pools, name):
    ran = run("validate", "--env", name, "pools")
    assert ran.code == 3
    assert "--env" in ran.err
    assert run("validate", "pools", environ={"POOLCTL_ENV": "../x", "OKTA": "x"}).code == 3

"""Ids and URLs after an apply, in JSON, and of a live pool at any time; nothing in them that is hidden elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.model import Action, Address, Done, Plan, ResourceChange, Skipped, Target, Unknown
from reconciler.render.connections import of_plan
from reconciler.render.output_schemas import output_schema
from reconciler.runs.apply_run import as_far_as_known
from tests.cli.support import run

CLIENT = """
    AllowedOAuthFlowsUserPoolClient: true
    AllowedOAuthFlows: [code]
    AllowedOAuthScopes: [openid]
    SupportedIdentityProviders: [COGNITO]
    LogoutURLs: ["https://app.example/bye"]
"""
MANIFEST = f"""
version: 1
target: {{region: eu-west-1}}
user_pool: {{PoolName: acme}}
domains:
  acme: {{}}
  auth.acme.example:
    CustomDomainConfig: {{CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0-1"}}
clients:
  web:{CLIENT}    CallbackURLs: ["https://app.example/cb"]
  hidden:{CLIENT}    CallbackURLs: [{{$env: CALLBACK}}]
  api: {{}}
"""
ENVIRON = {"CALLBACK": "https://internal.acme.example/cb"}


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.yaml").write_text(MANIFEST)
    return "acme.yaml"


def document(ran, schema: str) -> dict:
    assert ran.code == 0, ran.err
    tree = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema(schema))).validate(tree)
    return tree


def test_before_after_and_at_any_time(file):
    planned = document(run("--local", "plan", "-o", "json", file, environ=ENVIRON), "plan")["connections"][0]
    assert (planned["issuer"], planned["arn"], planned["pool"]["id"]) == (None, None, "")
    assert {i["type"] for i in planned["ids"]} == {"UserPoolDomain"}  # known, as they are the names
    assert [c["client_id"] for c in planned["clients"]] == [None] * 3
    assert {d["host"]: d["dns_record"] and d["dns_record"]["target"] for d in planned["hosts"]} == {
        "acme.auth.eu-west-1.amazoncognito.com": None,
        "auth.acme.example": None,
    }

    outputs = ("-o", "json", "-o", "human=result.txt")
    tree = document(run("--local", "apply", "--yes", *outputs, file, environ=ENVIRON), "apply")
    applied = tree["connections"][0]
    assert "checks" not in tree
    pool = applied["pool"]["id"]
    assert applied["issuer"] == f"https://cognito-idp.eu-west-1.amazonaws.com/{pool}"
    web, hidden, api = applied["clients"]
    start = f"https://auth.acme.example/login?client_id={web['client_id']}&response_type=code&scope=openid"
    assert web["sign_in"] == f"{start}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
    assert web["sign_up"] == web["sign_in"].replace("/login?", "/signup?")
    assert web["sign_out"].endswith(f"/logout?client_id={web['client_id']}&logout_uri=https%3A%2F%2Fapp.example%2Fbye")
    assert hidden["client_id"]
    assert (hidden["sign_in"], applied["unknown"]) == (None, ["clients/hidden.CallbackURLs"])
    assert api["client_id"]
    assert (api["sign_in"], api["sign_up"], api["sign_out"]) == (None, None, None)
    record = applied["hosts"][1]["dns_record"]
    assert (record["name"], record["type"]) == ("auth.acme.example", "CNAME")
    assert record["target"].endswith(".cloudfront.net")

    text = Path("result.txt").read_text().split("\n\n")
    assert f"  user_pool             {pool}" in text[1]
    assert web["sign_in"] in text[3]
    assert f"auth.acme.example CNAME {record['target']} (in Route 53, an alias)" in text[2]

    again = document(run("--local", "plan", "-o", "json", file, environ=ENVIRON), "plan")["connections"][0]
    assert again == applied
    for place in (json.dumps([planned, applied]), "".join(text)):
        assert "internal.acme.example" not in place

    live = document(run("--local", "show", "pool", file, "-o", "json", environ=ENVIRON), "pool")["connections"][0]
    assert web in live["clients"]
    assert live["unknown"] == []
    assert run("--local", "show", "pool", f"pool:{pool}").out.count(web["sign_in"]) == 1

    ran = run("--local", "apply", "--yes", "--check", file, environ=ENVIRON)
    assert ran.code == 0
    assert ran.out.partition("Checked on the web:\n")[2] == (
        "  skipped  acme: everything: not checked: the embedded Cognito has no domains and no pages on the web.\n"
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["pool"], "show pool takes one PATH, pool:ID or pool:NAME."),
        (["pool", "a", "b"], "show pool takes one PATH, pool:ID or pool:NAME."),
        (["a.json", "b.json"], "show takes one plan file"),
        (["pool", "pool:x", "-o", "html"], "show pool writes human and json, not html."),
    ],
)
def test_a_wrong_show(words, says):
    ran = run("show", *words)
    assert (ran.code, says in ran.err) == (3, True)


# --- an apply that did not come to its end -------------------------------------------------------------------------


def change(section: str, name: str, *, before: bool = False, **ids: object) -> ResourceChange:
    tree = {"PoolName": "acme"} if section == "user_pool" else {}
    action = Action.NONE if before else Action.CREATE
    address = Address("acme", section, name)
    return ResourceChange(address, "T", action, (), tree, tree if before else None, tree, ids)


def test_what_was_made_is_known_after_a_failure_and_what_was_not_is_not():
    root = Address("acme", "user_pool")
    pool = change("user_pool", "", UserPoolId=Unknown(root, "UserPoolId"))
    clients = {
        name: change(
            "clients",
            name,
            UserPoolId=Unknown(root, "UserPoolId"),
            ClientId=Unknown(Address("acme", "clients", name), "ClientId"),
        )
        for name in ("made", "not-made")
    }
    target = Target("123456789012", "eu-west-1", "acme", "", "acme.yaml")
    plan = Plan(target, (pool, *clients.values()), sections=frozenset({"user_pool", "clients"}))
    events = [Done(pool, 1, "eu-west-1_1"), Done(clients["made"], 1, "c1"), Skipped(clients["not-made"], "stopped")]
    found = of_plan(as_far_as_known(plan, events))
    assert found.target.pool_id == "eu-west-1_1"
    assert [(str(i.address), i.id) for i in found.ids] == [("user_pool", "eu-west-1_1"), ("clients/made", "c1")]
    assert [(str(c.address), c.client_id) for c in found.clients] == [("clients/made", "c1")]
    assert found.unknown == ("domains",)

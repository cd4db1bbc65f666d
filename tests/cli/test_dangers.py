"""What a change does beyond its member is said in every format, and where it cannot be undone (C15 of the facts: 2.3).

The secrets of a client that are kept in Secrets Manager are the case: both directions of the switch destroy something.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.kinds import KINDS
from reconciler.model import FieldChange
from reconciler.render.formats import FORMATS
from schemas.base import members
from tests.cli.support import run
from tests.cli.test_apply import KEYS

MANAGED = "PublishSecretsInAWSSecretsManager"
DELETED, ROTATED = "deleted at once and for good", "rotated at once and then every 7 days"
PLANNED = [f.name for f in FORMATS if "plan" in f.subjects]
SWITCHES = [(False, True, ROTATED), (True, False, DELETED), (True, None, DELETED)]


def pool(**client: Any) -> dict[str, Any]:
    clients = {"web": {"GenerateSecret": True, **client}}
    return {"version": 1, "user_pool": {"PoolName": "customers"}, "clients": clients}


def write(directory: Path, *documents: dict[str, Any], name: str = "m.yaml") -> str:
    (directory / name).write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return str(directory / name)


def applied(directory: Path, *documents: dict[str, Any]) -> None:
    ran = run("apply", "--yes", write(directory, *documents), environ=KEYS)
    assert ran.code == 0, ran.out + ran.err


@pytest.mark.parametrize("form", PLANNED)
@pytest.mark.parametrize("switch", SWITCHES, ids=["on", "off", "reset"])
def test_both_directions_are_dangers_in_every_format(local, tmp_path, form: str, switch: tuple[Any, Any, str]):
    before, after, words = switch
    applied(tmp_path, pool(**{MANAGED: before}))
    file = write(tmp_path, pool(**{MANAGED: after}))
    out = tmp_path / "out"
    assert run("plan", "-o", f"{form}={out}", file, environ=KEYS).code == 0
    shown = out.read_text()
    assert words in shown
    assert MANAGED in shown
    if form in ("human", "markdown", "html", "junit", "jsonl", "github"):
        assert "cannot be undone" in shown
        assert shown.index("cannot be undone") < shown.index(words)


@pytest.mark.parametrize("form", PLANNED)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({MANAGED: True}, {MANAGED: True, "CallbackURLs": ["https://a.example.com"]}),  # it stays as it is
        ({MANAGED: True}, {"CallbackURLs": ["https://a.example.com"]}),  # not declared, so kept
        (None, {MANAGED: True}),  # a new client has no secret that somebody uses
    ],
    ids=["same", "undeclared", "new"],
)
def test_what_switches_nothing_is_no_danger(local, tmp_path, form: str, before: Any, after: Any):
    if before:
        applied(tmp_path, pool(**before))
    out = tmp_path / "out"
    assert run("plan", "-o", f"{form}={out}", write(tmp_path, pool(**after)), environ=KEYS).code == 0
    shown = out.read_text()
    assert DELETED not in shown
    assert ROTATED not in shown


def test_programs_get_the_danger_with_its_member(local, tmp_path):
    applied(tmp_path, pool(**{MANAGED: True}))
    file = write(tmp_path, pool(**{MANAGED: False}))
    tree = json.loads(run("plan", "-o", "json", file, environ=KEYS).out)
    changes = [c for c in tree["resource_changes"] if c["address"] == "customers/clients/web"]
    field = next(f for f in changes[0]["fields"] if f["path"] == MANAGED)
    assert field["danger"]["reversible"] is False
    assert DELETED in field["danger"]["sentence"]
    lines = [json.loads(line) for line in run("plan", "-o", "jsonl", file, environ=KEYS).out.splitlines()]
    warned = next(x["diagnostic"] for x in lines if x["type"] == "diagnostic")
    assert (warned["severity"], warned["address"]) == ("warning", f"customers/clients/web {MANAGED}")
    planned = next(x["change"] for x in lines if x["type"] == "planned_change")
    assert planned["dangers"] == [{**field["danger"], "path": MANAGED}]


def test_a_saved_plan_shows_it_again(local, tmp_path):
    applied(tmp_path, pool(**{MANAGED: True}))
    saved = str(tmp_path / "plan.json")
    first = run("plan", "--out", saved, write(tmp_path, pool(**{MANAGED: False})), environ=KEYS)
    again = run("show", saved, environ=KEYS)
    assert f"!! clients/web {MANAGED} cannot be undone" in first.out
    assert f"!! clients/web {MANAGED} cannot be undone" in again.out
    assert DELETED in again.out


@pytest.mark.parametrize(("before", "after", "words"), SWITCHES, ids=["on", "off", "reset"])
def test_the_rollback_says_what_it_cannot_undo(local, tmp_path, before: Any, after: Any, words: str):
    applied(tmp_path, pool(**{MANAGED: before}))
    file, back = write(tmp_path, pool(**{MANAGED: after})), tmp_path / "back.yaml"
    assert run("apply", "--yes", "--rollback-file", str(back), file, environ=KEYS).code == 0
    text = back.read_text()
    line = next(x for x in text.splitlines() if "cannot be undone" in x)
    assert line.startswith(f"#     {MANAGED}: cannot be undone: ")
    assert words in line
    assert yaml.safe_load(text)["clients"]["web"][MANAGED] is before
    assert run("apply", "--yes", str(back), environ=KEYS).code == 0


# --- the table -----------------------------------------------------------------------------------------------------

TABLE = [(kind, row) for kind in KINDS.values() for row in kind.consequences]


@pytest.mark.parametrize(("kind", "row"), TABLE, ids=lambda part: getattr(part, "section", ""))
def test_every_row_is_about_a_member_and_says_where_it_is_known_from(kind, row):
    model = kind.model
    for step in row.path:
        assert step in members(model)
        model = members(model)[step].model
    assert row.follows(FieldChange(row.path, row.before, row.after))
    assert not row.follows(FieldChange(row.path, row.after, row.before))
    assert row.danger.sentence.endswith(".")
    assert row.source


# --- the ARN -------------------------------------------------------------------------------------------------------


def identities(target: str = "customers/clients/web#ClientSecretArn") -> dict[str, Any]:
    tags = {"secret": {"$ref": target}}
    return {
        "version": 1,
        "kind": "IdentityPool",
        "identity_pool": {
            "IdentityPoolName": "app",
            "AllowUnauthenticatedIdentities": False,
            "IdentityPoolTags": tags,
        },
    }


def test_the_arn_can_be_referred_to(local, tmp_path):
    applied(tmp_path, pool(**{MANAGED: True}), identities())
    idp, identity = local.client("cognito-idp", "eu-west-1"), local.client("cognito-identity", "eu-west-1")
    pool_id = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    client = idp.list_user_pool_clients(UserPoolId=pool_id)["UserPoolClients"][0]["ClientId"]
    arn = idp.describe_user_pool_client(UserPoolId=pool_id, ClientId=client)["UserPoolClient"]["ClientSecretArn"]
    found = identity.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
    assert identity.describe_identity_pool(IdentityPoolId=found)["IdentityPoolTags"] == {"secret": arn}
    kept = local.client("secretsmanager", "eu-west-1").get_secret_value(SecretId=arn)
    assert json.loads(kept["SecretString"])["userPoolClientId"] == client


def test_the_arn_of_a_client_that_is_switched_over_is_known_in_the_same_apply(local, tmp_path):
    applied(tmp_path, pool())
    applied(tmp_path, pool(**{MANAGED: True}), identities())


@pytest.mark.parametrize("value", [False, None])
def test_an_arn_that_can_never_exist_is_refused(local, tmp_path, value: Any):
    ran = run("validate", write(tmp_path, pool(**{MANAGED: value}), identities()), environ=KEYS)
    assert ran.code == 3
    assert f"clients/web has no ClientSecretArn, because its {MANAGED} is off. Set {MANAGED} to true there." in ran.err


def test_a_member_that_is_no_identifier_still_cannot_be_referred_to(local, tmp_path):
    file = write(tmp_path, pool(**{MANAGED: True}), identities("customers/clients/web#ClientSecret"))
    ran = run("validate", file, environ=KEYS)
    assert ran.code == 3
    assert "cannot be referenced. Did you mean ClientSecretArn?" in ran.err

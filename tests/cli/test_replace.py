"""`replace` as an operator uses it, for each immutable member of a pool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.local import LocalCognito
from tests.cli.support import Ran, run

REGION = "eu-west-1"
LIVE: dict[str, Any] = {
    "version": 1,
    "target": {"account": "123456789012", "region": REGION},
    "user_pool": {
        "PoolName": "customers",
        "AutoVerifiedAttributes": ["email"],
        "Schema": [
            {
                "Name": "tenant",
                "AttributeDataType": "String",
                "Mutable": True,
                "StringAttributeConstraints": {"MinLength": "0", "MaxLength": "10"},
            }
        ],
    },
    "mfa": {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    "groups": {"admins": {}},
    "domains": {"acme": {}},
    "clients": {"web": {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}},
}


class Place:
    def __init__(self, directory: Path) -> None:
        self.state, self.file, self.to = directory / "state", directory / "m.yaml", directory / "out"

    def run(self, *words: str) -> Ran:
        return run(f"--local={self.state}", "--region", REGION, *words)

    def declare(self, **sections: Any) -> None:
        tree = {**LIVE, **{k: {**LIVE.get(k, {}), **v} for k, v in sections.items()}}
        self.file.write_text(yaml.safe_dump(tree, sort_keys=False))

    def pools(self) -> list[str]:
        with LocalCognito(self.state) as local:
            idp = local.client("cognito-idp", REGION)
            return sorted(p["Name"] for p in idp.list_user_pools(MaxResults=9)["UserPools"])


@pytest.fixture
def place(tmp_path) -> Place:
    found = Place(tmp_path)
    found.declare()
    made = found.run("apply", "--yes", str(found.file))
    assert made.code == 0, made.err
    return found


def attribute(**change: Any) -> dict[str, Any]:
    return {"Schema": [{**LIVE["user_pool"]["Schema"][0], **change}]}


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "UsernameAttributes": ({"UsernameAttributes": ["email"]}, 'unset -> ["email"]'),
    "AliasAttributes": ({"AliasAttributes": ["email"]}, 'unset -> ["email"]'),
    "UsernameConfiguration.CaseSensitive": ({"UsernameConfiguration": {"CaseSensitive": False}}, "unset -> false"),
    "Schema.tenant.Mutable": (attribute(Mutable=False), "true -> false"),
    "Schema.tenant.AttributeDataType": (
        {"Schema": [{"Name": "tenant", "AttributeDataType": "Number", "Mutable": True}]},
        '"String" -> "Number"',
    ),
    "Schema.tenant.StringAttributeConstraints.MaxLength": (
        attribute(StringAttributeConstraints={"MinLength": "0", "MaxLength": "20"}),
        '"10" -> "20"',
    ),
    "Schema.email.Required": (
        {"Schema": [*LIVE["user_pool"]["Schema"], {"Name": "email", "Required": True}]},
        "false -> true",
    ),
}


@pytest.mark.parametrize("member", CASES)
def test_each_immutable_member_of_a_pool(place, member):
    change, values = CASES[member]
    place.declare(user_pool=change)
    assert place.run("plan", str(place.file)).code == 4
    ran = place.run("replace", str(place.file), "--as", "customers-v2", "--to", str(place.to))
    assert ran.code == 0, ran.err
    said = [line.strip() for line in ran.out.splitlines() if line.startswith("  user_pool.")]
    assert [line.partition("    ")[0] for line in said] == [f"user_pool.{member}: {values}"]
    assert said[0].partition("    ")[2].startswith(f"{place.file}:")
    assert place.pools() == ["customers"]
    made = place.run("apply", "--yes", str(place.to / "customers-v2.yaml"))
    assert made.code == 0, made.err
    assert place.pools() == ["customers", "customers-v2"]
    declared = yaml.safe_load((place.to / "customers-v2.yaml").read_text())
    assert "id" not in declared
    assert "domains" not in declared
    assert place.run("plan", "--detailed-exitcode", str(place.to / "customers-v2.yaml")).code == 0


def test_a_live_pool_is_replaced_as_it_is(place):
    ran = place.run("replace", "pool:customers", "--as", "customers-v2", "-o", "json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert (found["needed"], found["changes"], found["manifest"]) == (True, [], None)
    assert [i["id"] for i in found["items"]] == [
        *("pool_id", "client_ids", "sub", "attributes", "passwords", "status", "totp", "tokens", "memberships"),
        "recovery",
    ]
    migrate = next(s for s in found["steps"] if "trigger" in s["title"])
    assert migrate["detail"].endswith("sign in on the pages of the domain: web.")
    assert any("domains/acme" in c for s in found["steps"] for c in s["commands"])
    assert not place.to.exists()


def test_a_client_needs_no_new_pool(place):
    place.declare(clients={"web": {"GenerateSecret": True}})
    ran = place.run("replace", str(place.file), "--as", "v2", "--to", str(place.to))
    assert ran.code == 0, ran.err
    assert "No new pool is needed: nothing was written, and there are no steps." in ran.out
    assert "clients/web.GenerateSecret: false -> true" in ran.out
    assert not place.to.exists()


def test_other_changes_of_the_manifest_come_along(place):
    place.declare(user_pool={"UsernameAttributes": ["email"], "DeletionProtection": "ACTIVE"}, groups={"staff": {}})
    assert place.run("replace", str(place.file), "--as", "v2", "--to", str(place.to)).code == 0
    declared = yaml.safe_load((place.to / "v2.yaml").read_text())
    assert declared["user_pool"]["DeletionProtection"] == "ACTIVE"
    assert set(declared["groups"]) == {"admins", "staff"}
    text = (place.to / "v2.yaml").read_text()
    assert "# domains/acme is of the old pool: add it here at the cut-over.\n" in text


def test_it_writes_to_no_pool(place):
    place.declare(user_pool={"UsernameAttributes": ["email"]})
    before = sorted((p.name, p.read_bytes()) for p in place.state.rglob("*") if p.is_file())
    assert place.run("replace", str(place.file), "--as", "v2", "--to", str(place.to)).code == 0
    assert sorted((p.name, p.read_bytes()) for p in place.state.rglob("*") if p.is_file()) == before


def test_no_secret_is_written_or_shown(place, tmp_path):
    secret = "a_secret_of_thirty_two_letters_1"
    with LocalCognito(place.state) as local:
        idp = local.client("cognito-idp", REGION)
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        idp.create_user_pool_client(UserPoolId=pool, ClientName="api", ClientSecret=secret)
    ran = place.run("replace", "pool:customers", "--as", "v2", "--to", str(place.to))
    assert ran.code == 0, ran.err
    written = "".join(p.read_text() for p in place.to.rglob("*.yaml"))
    assert secret not in written + ran.out + ran.err
    assert "Client secrets: by the manifest" in ran.out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("replace", "pool:customers"), 3, "Name the new pool: --as NAME."),
        (("replace", "pool:customers", "--as", "x", "--force"), 3, "--force needs --to DIR: it overwrites files."),
        (("replace", "pool:customers", "--as", "customers"), 4, 'is called "customers" already; choose another name.'),
        (("replace", "pool:nobody", "--as", "x"), 4, "There is no pool with the name"),
    ],
)
def test_wrong_use(place, words, code, said):
    ran = place.run(*words)
    assert ran.code == code
    assert said in ran.err


def test_nothing_is_overwritten(place):
    words = ("replace", "pool:customers", "--as", "v2", "--to", str(place.to))
    assert [place.run(*words).code, place.run(*words).code, place.run(*words, "--force").code] == [0, 4, 0]

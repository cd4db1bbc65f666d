from __future__ import annotations

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.local import LocalCognito
from reconciler.render import output_schema
from tests.cli.support import run

TREE = {
    "version": 1,
    "target": {"region": "eu-west-1"},
    "user_pool": {"PoolName": "customers"},
    "groups": {"admins": {}},
}


@pytest.fixture
def pools(tmp_path):
    """A pool as declared, on an embedded Cognito of its own."""
    file = tmp_path / "pool.yaml"
    file.write_text(yaml.safe_dump(TREE))
    local = f"--local={tmp_path / 'state'}"
    assert run(local, "apply", "--yes", str(file)).code == 0
    return local, str(file), tmp_path


def by_hand(tmp_path, **group):
    with LocalCognito(tmp_path / "state") as local:
        idp = local.client("cognito-idp", "eu-west-1")
        pool = idp.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
        idp.create_group(UserPoolId=pool, **group)


def test_codes_and_formats(pools):
    local, file, tmp_path = pools
    ran = run(local, "drift", file)
    assert (ran.code, ran.out.splitlines()[-1][:9]) == (0, "No drift.")
    by_hand(tmp_path, GroupName="late")
    report = tmp_path / "report.json"
    ran = run(local, "drift", "-o", "human", "-o", f"json={report}", file)
    assert (ran.code, ran.last) == (2, "exit 2 (changes)")
    assert "+ groups/late in no manifest" in ran.out
    tree = json.loads(report.read_text())
    Draft202012Validator(json.loads(output_schema("drift"))).validate(tree)
    assert [f["address"] for f in tree["findings"]] == ["customers/groups/late"]
    again = run(local, "drift", "-o", "json", file)
    assert again.out == report.read_text()
    assert run(local, "drift", "--exit-zero", file).code == 0
    assert run(local, "drift", "--only-new", str(report), file).code == 0
    assert run(local, "drift", "--baseline", str(report), file).code == 0


def test_attribution_says_that_the_embedded_cognito_has_no_trail(pools):
    local, file, tmp_path = pools
    by_hand(tmp_path, GroupName="late")
    ran = run(local, "drift", "--attribute", file)
    assert ran.code == 2
    assert "Attribution was not possible" in ran.out


def test_a_report_that_is_none_stops_before_anything_is_read(pools):
    local, file, tmp_path = pools
    ran = run(local, "drift", "--baseline", str(tmp_path / "none.json"), file)
    assert (ran.code, ran.out) == (3, "")
    assert "none.json" in ran.err


def test_its_schema_is_printed():
    assert run("schema", "--output", "drift").out == output_schema("drift")

from __future__ import annotations

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.local import LocalCognito
from reconciler.render.output_schemas import output_schema
from tests.cli.support import run
from tests.notify.support import TOKEN, serving

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
    assert "+ groups/late not in any manifest" in ran.out
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
    assert "Attribution is not available" in ran.out


def test_a_report_that_is_none_stops_before_anything_is_read(pools):
    local, file, tmp_path = pools
    ran = run(local, "drift", "--baseline", str(tmp_path / "none.json"), file)
    assert (ran.code, ran.out) == (3, "")
    assert "none.json" in ran.err


def test_its_schema_is_printed():
    assert run("schema", "--output", "drift").out == output_schema("drift")


# --- scheduled runs ------------------------------------------------------------------------------------------------


@pytest.fixture
def hook():
    """A webhook on loopback, and the environment that names it."""
    with serving() as found:
        yield found, {"HOOK": found.url}


def told(found) -> list[list[str]]:
    """The ids that each message told."""
    return [[f["id"] for f in json.loads(r.body)["findings"]] for r in found.requests]


REMEMBERING = ("--notify", "webhook=env:HOOK")


def test_a_scheduled_run_tells_what_is_new_once(pools, hook):
    local, file, tmp_path = pools
    found, environ = hook
    report = tmp_path / "report.json"
    words = (local, "drift", "--remember", str(report), *REMEMBERING, file)
    assert run(*words, environ=environ).code == 0
    assert told(found) == []
    by_hand(tmp_path, GroupName="late")
    ran = run(*words, environ=environ)
    assert (ran.code, ran.last) == (2, "exit 2 (changes)")
    assert "1 notification sent." in ran.err
    assert run(*words, environ=environ).code == 0  # there still, and told
    by_hand(tmp_path, GroupName="later")
    assert run(*words, environ=environ).code == 2
    first, second = told(found)
    assert len(first) == len(second) == 1
    assert first != second
    tree = json.loads(report.read_text())
    assert (tree["known"], [f["id"] for f in tree["findings"]], tree["undelivered"]) == (first, second, [])
    assert TOKEN not in ran.out + ran.err + report.read_text()


def test_what_nobody_took_is_told_by_the_next_run(pools, hook):
    local, file, tmp_path = pools
    found, environ = hook
    report = tmp_path / "report.json"
    words = (local, "drift", "--remember", str(report), *REMEMBERING, file)
    by_hand(tmp_path, GroupName="late")
    found.script = [(404, {}, "no")]
    ran = run(*words, "-o", f"prometheus={tmp_path / 'drift.prom'}", environ=environ)
    assert (ran.code, ran.last) == (1, "exit 1 (error)")
    assert "Error: webhook=env:HOOK: 1 of 1 alerts were not delivered" in ran.err
    assert TOKEN not in ran.out + ran.err
    tree = json.loads(report.read_text())
    assert tree["undelivered"] == [f["id"] for f in tree["findings"]]
    assert "poolctl_drift_exit_code 1.0" in (tmp_path / "drift.prom").read_text()
    assert run(*words, environ=environ).code == 2
    assert told(found) == [tree["undelivered"]] * 2
    assert run(*words, environ=environ).code == 0


def test_drift_that_was_accepted_is_told_nobody(pools, hook):
    local, file, tmp_path = pools
    found, environ = hook
    by_hand(tmp_path, GroupName="late")
    accepted = tmp_path / "accepted.json"
    assert run(local, "drift", "-o", f"json={accepted}", file).code == 2
    assert run(local, "drift", "--baseline", str(accepted), *REMEMBERING, file, environ=environ).code == 0
    assert told(found) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--notify", "pager=env:X"), "--notify"),
        (("--notify", "webhook=env:NOT_THERE"), "NOT_THERE is not set"),
        (("--remember", "none/report.json"), "does not exist"),
        (("--remember", "s3://bucket"), "Write s3://BUCKET/KEY"),
        (("--remember", "r.json", "--only-new", "r.json"), "Remove --only-new"),
        (("--remember", "r.json", "--target", "groups/admins"), "--only-new"),
        (("--shard", "0/2"), "is not a part"),
        (("--shard", "3/2"), "is not a part"),
        (("--shard", "1"), "is not a part"),
        (("--max-bytes", "10"), "too small"),
    ],
)
def test_wrong_options_end_before_anything_is_read(pools, words, message):
    local, file, _ = pools
    ran = run(local, "drift", *words, file)
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err


def test_parts_of_a_fleet_together_are_the_whole(tmp_path):
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({"version": 1, "user_pool": {"PoolName": name}}))
    local = f"--local={tmp_path / 'state'}"
    found = []
    for number in range(1, 4):
        report = tmp_path / "report.json"
        run(local, "drift", "--shard", f"{number}/3", "-o", f"json={report}", str(tmp_path))
        found += [p["name"] for p in json.loads(report.read_text())["pools"]]
    assert sorted(found) == ["a", "b", "c", "d"]


# --- a pool that cannot be looked at -------------------------------------------------------------------------------

ELSEWHERE = {"version": 1, "target": {"account": "999999999999"}, "user_pool": {"PoolName": "theirs"}}
UNRESOLVED = {"version": 1, "user_pool": {"PoolName": "theirs", "EmailVerificationSubject": {"$ssm": "/not/there"}}}


@pytest.mark.parametrize(
    ("other", "code", "words"),
    [(ELSEWHERE, 4, "999999999999"), (UNRESOLVED, 3, "there is no parameter /not/there")],
)
def test_a_pool_that_cannot_be_looked_at_blinds_the_run_to_no_other(pools, hook, other, code, words):
    local, file, tmp_path = pools
    found, environ = hook
    by_hand(tmp_path, GroupName="late")
    extra = tmp_path / "other.yaml"
    extra.write_text(yaml.safe_dump(other))
    alone = run(local, "drift", str(extra))
    assert (alone.code, words in alone.err) == (code, True)
    report = tmp_path / "report.json"
    ran = run(local, "drift", *REMEMBERING, "-o", "human", "-o", f"json={report}", file, str(extra), environ=environ)
    assert ran.code == 4
    assert "+ groups/late not in any manifest" in ran.out
    assert words in ran.out
    tree = json.loads(report.read_text())
    Draft202012Validator(json.loads(output_schema("drift"))).validate(tree)
    assert (tree["complete"], [f["address"] for f in tree["findings"]]) == (False, ["customers/groups/late"])
    assert [r["rule"] for r in tree["refusals"]] == ["unseen"]
    (message,) = [json.loads(r.body) for r in found.requests]
    assert (len(message["findings"]), len(message["refusals"])) == (1, 1)


def test_old_secrets_of_clients_that_no_manifest_declares(pools):
    local, file, tmp_path = pools
    with LocalCognito(tmp_path / "state", clock=lambda: 1_700_000_000.0) as old:
        idp = old.client("cognito-idp", "eu-west-1")
        pool = idp.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
        old._store._last = 0.0  # the pool was made today, and the client long ago
        idp.create_user_pool_client(UserPoolId=pool, ClientName="legacy", GenerateSecret=True)
    report = tmp_path / "report.json"
    ran = run(local, "drift", "--max-secret-age", "90", "-o", "human", "-o", f"json={report}", file)
    assert ran.code == 2
    assert "+ clients/legacy not in any manifest" in ran.out
    assert "clients/legacy/secrets" in ran.out
    found = json.loads(report.read_text())
    Draft202012Validator(json.loads(output_schema("drift"))).validate(found)
    late = [f for f in found["findings"] if f["address"] == "customers/clients/legacy/secrets"]
    assert [(f["path"], f["wanted"], f["live"] > 700) for f in late] == [("max_age_days", 90, True)]
    assert run(local, "drift", "--max-secret-age", "90", "--baseline", str(report), file).code == 0
    assert "legacy/secrets" not in run(local, "drift", file).out

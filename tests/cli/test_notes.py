"""What every run repeats is counted, wherever it is said; `--notes` and `validate` say it, and JSON always has it."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.cli.support import run
from tests.cli.test_apply import KEYS

POOL = {
    "version": 1,
    "user_pool": {"PoolName": "customers", "UserPoolTier": "FUTURE"},
    "clients": {"web": {}},
    "ignore": [{"path": "clients/x-*", "reason": "previews"}],
}
WARNING = "user_pool.UserPoolTier: "
FOLDED = "1 warning about the manifests (poolctl validate shows it)"


@pytest.fixture
def file(local, tmp_path):
    """A pool on the embedded Cognito, and a manifest with a value that is passed on and a rule that matches nothing."""
    found = tmp_path / "m.yaml"
    tree = {**POOL, "user_pool": {"PoolName": "customers"}}
    found.write_text(yaml.safe_dump(tree, sort_keys=False))
    assert run("apply", "--yes", str(found), environ=KEYS).code == 0
    found.write_text(yaml.safe_dump(POOL, sort_keys=False))
    return str(found)


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_warnings_about_manifests_are_counted_and_shown_on_request(file, command):
    ran = run(command, file, environ=KEYS)
    assert FOLDED in ran.err.splitlines()
    assert WARNING not in ran.err
    whole = run(command, "--notes", file, environ=KEYS)
    assert whole.code == ran.code
    assert f"Warning: {file}:4:17: {WARNING}" in whole.err
    assert FOLDED not in whole.err
    assert FOLDED not in run("--quiet", command, file, environ=KEYS).err


def test_validate_shows_every_one(file):
    assert WARNING in run("validate", file, environ=KEYS).err


def test_notes_of_drift_are_counted_and_json_has_them(file):
    ran = run("drift", file, environ=KEYS)
    assert "\n1 note (poolctl drift --notes shows it)\n" in ran.out
    assert "matched nothing" not in ran.out
    assert "The ignore rule clients/x-* matched nothing." in run("drift", "--notes", file, environ=KEYS).out
    (notice,) = json.loads(run("drift", "-o", "json", file, environ=KEYS).out)["notices"]
    assert "matched nothing" in notice["message"]


def test_a_gap_and_an_expired_rule_are_never_folded(local, tmp_path, file):
    tree = {**POOL, "ignore": [{"path": "clients/x-*", "reason": "previews", "expires": "2020-01-01"}]}
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    local.faults.add("ListGroups", "AccessDeniedException", times=9)
    ran = run("drift", file, environ=KEYS)
    assert "The ignore rule clients/x-* (previews) expired on 2020-01-01" in ran.out
    assert "Could not read groups: cognito-idp:ListGroups" in ran.out
    assert "shows it)" not in ran.out

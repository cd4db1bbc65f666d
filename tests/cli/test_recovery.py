"""A point-in-time recovery of users pauses writes: everybody is told first, and `apply` refuses (cognito.md 2.21)."""

from __future__ import annotations

import json

import pytest
import yaml

from reconciler.kinds.user_recovery import ENDS, OVER, RECOVERY
from tests.cli.support import run

KEYS = {"AWS_REGION": "eu-west-1"}
POOL = {"version": 1, "user_pool": {"PoolName": "customers"}, "clients": {"web": {}}}
CHANGED = {**POOL, "clients": {"web": {"EnableTokenRevocation": False}}}
WORDS = "A point-in-time recovery of users is under way ("
FORMATS = ("human", "markdown", "html", "json", "jsonl", "github", "sarif", "junit")


def write(tmp_path, document) -> str:
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    return str(tmp_path / "m.yaml")


def recovering(local, tmp_path, status: str = "PREVIEW_GENERATED") -> str:
    """A pool in a recovery, and the manifest that would change it."""
    assert run("apply", "--yes", write(tmp_path, POOL), environ=KEYS).code == 0
    pool = next(iter(local.records.values()))
    pool["recoveries"].insert(
        0, {"id": "12345678-1234-4234-8234-123456789012", "status": status, "restore": 0.0, "begun": 4e9, "pending": 9}
    )
    return write(tmp_path, CHANGED)


def differing(tmp_path) -> str:
    """A pool, and the manifest that would change it."""
    assert run("apply", "--yes", write(tmp_path, POOL), environ=KEYS).code == 0
    return write(tmp_path, CHANGED)


def wrote(local) -> list[str]:
    return [c.operation for c in local.calls if c.operation.startswith(("Create", "Update", "Set", "Delete"))]


def test_apply_refuses_and_the_option_lifts_it(local, tmp_path):
    file = recovering(local, tmp_path)
    before = wrote(local)
    ran = run("apply", "--yes", file, environ=KEYS)
    assert (ran.code, ran.last) == (4, "exit 4 (refused)")
    assert WORDS in ran.err
    assert "--during-recovery" in ran.err
    assert "m.yaml (pool customers)" in ran.err
    assert wrote(local) == before
    ran = run("apply", "--yes", "--during-recovery", file, environ=KEYS)
    assert ran.code == 0
    assert wrote(local) == [*before, "UpdateUserPoolClient"]


def test_the_next_step_keeps_the_option(local, tmp_path):
    file = recovering(local, tmp_path)
    local.faults.add("UpdateUserPoolClient", "InvalidParameterException", times=9)
    ran = run("apply", "--yes", "--during-recovery", file, environ=KEYS)
    assert ran.code == 1
    assert f"poolctl apply --during-recovery {file}" in ran.out + ran.err


def test_nothing_to_change_is_nothing_to_refuse(local, tmp_path):
    recovering(local, tmp_path)
    assert run("apply", "--yes", write(tmp_path, POOL), environ=KEYS).code == 0


@pytest.mark.parametrize("command", ["plan", "drift"])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_it(local, tmp_path, command, form):
    file = recovering(local, tmp_path)
    assert WORDS in run(command, "-o", form, file, environ=KEYS).out


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_people_are_told_first(local, tmp_path, command):
    file = recovering(local, tmp_path)
    out = run(command, file, environ=KEYS).out
    lines = [line for line in out.splitlines() if line and not line.startswith("Pool ")]
    assert lines[0].startswith(f"!! {WORDS}12345678-1234-4234-8234-123456789012 is PREVIEW_GENERATED)")
    assert out.count(WORDS) == 1
    assert (
        run(command, "-o", "markdown", file, environ=KEYS)
        .out.splitlines()[4]
        .startswith("> - `Paused writes` **A point")
    )


def test_programs_can_tell_it_from_other_notices(local, tmp_path):
    file = recovering(local, tmp_path)
    notices = json.loads(run("plan", "-o", "json", file, environ=KEYS).out)["notices"]
    assert [n["standstill"] for n in notices] == [True]


@pytest.mark.parametrize("status", sorted(OVER))
def test_a_recovery_that_is_over_pauses_nothing(local, tmp_path, status):
    file = recovering(local, tmp_path, status)
    assert run("apply", "--yes", file, environ=KEYS).code == 0


@pytest.mark.parametrize("status", [*sorted(ENDS), "PAUSED_BY_A_NEWER_SERVICE"])
def test_every_other_status_pauses(status):
    assert RECOVERY.report({"RestoreId": "r", "RestoreStatus": status})


def test_only_the_newest_recovery_counts(local, tmp_path):
    file = recovering(local, tmp_path, "AWS_ABORTED")
    pool = next(iter(local.records.values()))
    pool["recoveries"].insert(0, {**pool["recoveries"][0], "status": "RESTORE_COMPLETED", "ended": 1.0})
    assert run("apply", "--yes", file, environ=KEYS).code == 0


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_a_look_that_is_refused_is_a_notice_and_no_gap(local, tmp_path, code, command):
    file = differing(tmp_path)
    local.faults.add("ListPointInTimeRecoveries", code, times=9)
    ran = run(command, file, environ=KEYS)
    assert ran.code == (2 if command == "drift" else 0)
    assert f"ListPointInTimeRecoveries was refused with {code}" in ran.out


@pytest.mark.parametrize("code", ["FeatureUnavailableInTierException", "OperationNotEnabledException"])
def test_a_pool_that_cannot_have_one_says_nothing(local, tmp_path, code):
    file = differing(tmp_path)
    local.faults.add("ListPointInTimeRecoveries", code, times=9)
    ran = run("plan", file, environ=KEYS)
    assert ran.code == 0
    assert "recovery" not in ran.out


@pytest.mark.parametrize(("command", "code"), [("plan", 7), ("drift", 2)])
def test_a_look_that_fails_is_a_gap_and_hides_nothing(local, tmp_path, command, code):
    file = differing(tmp_path)
    local.faults.add("ListPointInTimeRecoveries", "InvalidParameterException", times=9)
    ran = run(command, file, environ=KEYS)
    assert ran.code == code
    assert "ListPointInTimeRecoveries" in ran.out
    assert "EnableTokenRevocation" in ran.out


def test_an_apply_after_a_look_that_fails_writes_nothing(local, tmp_path):
    file = differing(tmp_path)
    before = wrote(local)
    local.faults.add("ListPointInTimeRecoveries", "InvalidParameterException", times=9)
    assert run("apply", "--yes", file, environ=KEYS).code == 7
    assert wrote(local) == before


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_nobody_asks_where_nothing_differs(local, tmp_path, command):
    recovering(local, tmp_path)
    file, asked = write(tmp_path, POOL), len(local.calls)
    ran = run(command, *(["--yes"] if command == "apply" else []), file, environ=KEYS)
    assert ran.code == 0
    assert "ListPointInTimeRecoveries" not in {c.operation for c in local.calls[asked:]}


def test_a_pool_on_lite_is_not_asked(local, tmp_path):
    lite = {"user_pool": {"PoolName": "customers", "UserPoolTier": "LITE"}}
    assert run("apply", "--yes", write(tmp_path, {**POOL, **lite}), environ=KEYS).code == 0
    assert run("plan", "--detailed-exitcode", write(tmp_path, {**CHANGED, **lite}), environ=KEYS).code == 2
    assert "ListPointInTimeRecoveries" not in {c.operation for c in local.calls}

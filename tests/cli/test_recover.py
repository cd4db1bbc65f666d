"""`recover` on the embedded Cognito: every status, every limit, lost answers, and Ctrl-C in each wait."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.cli.entry import main
from reconciler.kinds.user_recovery import ENDS, OVER, STUCK_IN, WORDS
from reconciler.local import LocalCognito
from reconciler.render.output_schemas import output_schema
from reconciler.runs.runtime import NOW, TIME
from tests.cli.support import Ran, Terminal, run

KEYS = {"AWS_REGION": "eu-west-1"}
START, HOUR, DAY = 1_800_000_000.0, 3600.0, 86400.0
STRANGE = "00000000-0000-4000-8000-000000000000"
MANIFEST = {"version": 1, "user_pool": {"PoolName": "customers"}, "groups": {"staff": {}}}


class World:
    """A pool of two hours, in which a user was deleted and a group made in the last one."""

    local: LocalCognito

    def __init__(self, folder: Path) -> None:
        self.time, self.interrupt = START, ""
        self.file = str(folder / "m.yaml")
        Path(self.file).write_text(yaml.safe_dump(MANIFEST))

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self.interrupt and self.interrupt in {r["status"] for r in self.pool["recoveries"]}:
            signal.raise_signal(signal.SIGINT)

    def prepare(self, tier: str = "ESSENTIALS") -> None:
        self.idp = self.local.client("cognito-idp", "eu-west-1")
        self.id = self.idp.create_user_pool(PoolName="customers", UserPoolTier=tier)["UserPool"]["Id"]
        self.idp.admin_create_user(UserPoolId=self.id, Username="ada", MessageAction="SUPPRESS")
        self.time += 2 * HOUR
        self.idp.admin_delete_user(UserPoolId=self.id, Username="ada")
        self.idp.create_group(UserPoolId=self.id, GroupName="new")
        self.local.pending_describes = 2

    @property
    def pool(self) -> dict[str, Any]:
        return self.local.records[self.id]

    @property
    def newest(self) -> dict[str, Any]:
        found: dict[str, Any] = self.pool["recoveries"][0]
        return found

    def users(self) -> list[str]:
        return [u["Username"] for u in self.idp.list_users(UserPoolId=self.id)["Users"]]

    def wrote(self) -> list[str]:
        verbs = ("Initiate", "Start", "Cancel")
        return [
            c.operation.removesuffix("PointInTimeRecovery") for c in self.local.calls if c.operation.startswith(verbs)
        ]

    def past(self, status: str, ago: float, number: int = 1) -> None:
        """Put earlier recoveries into the record."""
        begun = self.time - ago
        made = {
            "restore": begun - HOUR,
            "begun": begun,
            "ended": begun,
            "preview": None,
            "status": status,
            "pending": 0,
        }
        self.pool["recoveries"] += [{**made, "id": f"00000000-0000-4000-8000-{n:012}"} for n in range(number)]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local")
    found = World(tmp_path)
    with LocalCognito(clock=found) as found.local:
        now, time = NOW.set(found), TIME.set((found, found.sleep))
        found.prepare()
        yield found
        NOW.reset(now)
        TIME.reset(time)


def recover(*argv: str) -> Ran:
    return run("recover", *argv, environ=KEYS)


def prepared(world: World, to: str = "1h") -> str:
    """A recovery whose preview is ready."""
    assert recover("pool:customers", "--to", to, "--yes").code == 0
    return str(world.newest["id"])


# --- the steps -----------------------------------------------------------------------------------------------------


def test_a_recovery_from_the_preview_to_the_plan_of_the_configuration(world):
    ran = recover(world.file, "--to", "1h", "--yes")
    assert ran.code == 0
    rid = world.newest["id"]
    assert "Initiating a recovery pauses all writes" in ran.err
    assert f"Recovery {rid} is PREVIEW_GENERATING (5 s)." in ran.err
    assert "Recovery: 1 to create, 0 to update, 1 to delete." in ran.out
    assert f"  poolctl recover {world.file} --start {rid}\n  poolctl recover {world.file} --cancel {rid}\n" in ran.out
    assert (world.users(), world.wrote()) == ([], ["Initiate"])
    ran = recover(world.file, "--start", rid, "--yes")
    assert ran.code == 0
    assert "Starting it reverts the changes" in ran.err
    assert f"Recovery {rid} is RESTORING (5 s)." in ran.err
    assert f"Recovery {rid} to 2027-01-15T09:00:00Z: RESTORE_COMPLETED" in ran.out
    assert "# groups/staff will be created" in ran.out
    assert f"Next:\n  poolctl apply {world.file}\n" in ran.out
    assert (world.users(), world.wrote()) == (["ada"], ["Initiate", "Start"])
    assert run("apply", "--yes", world.file, environ=KEYS).code == 0


def test_a_live_pool_has_no_configuration_to_plan(world):
    rid = prepared(world)
    ran = recover(f"pool:{world.id}", "--start", rid, "--yes", "-o", "json")
    tree = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema("recover"))).validate(tree)
    assert (ran.code, tree["configuration"], tree["recoveries"][0]["status"]) == (0, None, "RESTORE_COMPLETED")


def test_cancelling_lets_writes_go_on_and_may_be_repeated(world):
    rid = prepared(world)
    for _ in range(2):
        ran = recover("pool:customers", "--cancel", rid)
        assert ran.code == 0
        assert f"Recovery {rid} to 2027-01-15T09:00:00Z: PREVIEW_CANCELLED\nCancelled. Writes go on" in ran.out
    assert world.wrote() == ["Initiate", "Cancel"]
    world.idp.create_group(UserPoolId=world.id, GroupName="more")


def test_the_list_has_all_and_writes_nothing(world):
    assert "There are no recoveries." in recover("pool:customers", "--list").out
    prepared(world)
    world.past("RESTORE_COMPLETED", 3 * DAY)
    ran = recover("pool:customers", "--list", "-o", "human", "-o", "json=" + world.file + ".json")
    assert [line.split()[3] for line in ran.out.splitlines() if " to 2027" in line] == [
        "PREVIEW_GENERATED",
        "RESTORE_COMPLETED",
    ]
    tree = json.loads(Path(world.file + ".json").read_text())
    assert [(r["paused"], r["preview"]) for r in tree["recoveries"]] == [(True, None), (False, None)]
    assert world.wrote() == ["Initiate"]


def test_a_second_run_to_the_same_time_goes_on_with_the_first(world):
    rid = prepared(world, "2027-01-15T09:00:00Z")
    ran = recover("pool:customers", "--to", "2027-01-15T10:00:00+01:00", "--yes")
    assert (ran.code, world.wrote()) == (0, ["Initiate"])
    assert "is under way already; going on with it" in ran.err
    assert f"--start {rid}" in ran.out


# --- questions -----------------------------------------------------------------------------------------------------


def at_a_terminal(*argv: str, stdin: Terminal) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    code = main(["recover", *argv], stdin=stdin, stdout=out, stderr=err, environ=KEYS)
    return Ran(code, out.getvalue(), err.getvalue())


def test_both_writes_are_asked_for(world):
    ran = at_a_terminal("pool:customers", "--to", "1h", stdin=Terminal("no\n"))
    assert (ran.code, world.wrote()) == (1, [])
    assert "Not approved; nothing was written." in ran.err
    assert at_a_terminal("pool:customers", "--to", "1h", stdin=Terminal("yes\n")).code == 0
    rid = world.newest["id"]
    ran = at_a_terminal("pool:customers", "--start", rid, stdin=Terminal("no\n"))
    assert (ran.code, world.wrote()) == (1, ["Initiate"])
    assert f"Not approved; nothing was restored. Recovery {rid} is PREVIEW_GENERATED." in ran.err
    assert "Recovery: 1 to create, 0 to update, 1 to delete." in ran.err
    assert at_a_terminal("pool:customers", "--start", rid, stdin=Terminal("yes\n")).code == 0
    assert world.users() == ["ada"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--to", "1h"], "Use --yes"),
        (["--start", STRANGE], "Use --yes"),
        ([], "Give exactly one of --to TIME"),
        (["--list", "--cancel", STRANGE], "Give exactly one of --to TIME"),
        (["--to", "yesterday", "--yes"], "is not a time"),
        (["--to", "2027-01-15T09:00:00", "--yes"], "is not a time"),
        (["--start", "abc", "--yes"], "is not the id of a recovery"),
        (["--cancel", "../x"], "is not the id of a recovery"),
    ],
)
def test_a_wrong_use_is_found_before_anything_is_read(world, argv, said):
    world.local.calls.clear()
    ran = recover("pool:customers", *argv)
    assert ran.code == 3
    assert said in ran.err
    assert world.local.calls == []


# --- limits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("14m", "must be at least 15 minutes old. Write 2027-01-15T09:45:00Z or earlier."),
        ("3h", "The pool was created at 2027-01-15T08:00:00Z."),
        ("25h", "within the last 24 hours. Write 2027-01-14T10:00:00Z or later."),
    ],
)
def test_a_recovery_point_out_of_bounds_is_refused(world, to, said):
    ran = recover("pool:customers", "--to", to, "--yes")
    assert (ran.code, world.wrote()) == (4, [])
    assert said in ran.err
    assert f"pool customers ({world.id}): the users cannot be recovered to" in ran.err


@pytest.mark.parametrize(
    ("tier", "days", "code", "said"),
    [
        ("PLUS", 13, 0, ""),
        ("PLUS", 15, 4, "within the last 336 hours"),
        ("ESSENTIALS", 2, 4, "within the last 24 hours"),
        ("LITE", 1, 4, "on ESSENTIALS and PLUS; the pool is on LITE"),
    ],
)
def test_the_reach_is_that_of_the_plan(world, tier, days, code, said):
    world.pool["config"]["UserPoolTier"] = tier
    world.time += 30 * DAY
    ran = recover("pool:customers", "--to", f"{days}d", "--yes")
    assert ran.code == code
    assert said in ran.err


def test_one_recovery_at_a_time(world):
    rid = prepared(world)
    ran = recover("pool:customers", "--to", "90m", "--yes")
    assert (ran.code, world.wrote()) == (4, ["Initiate"])
    assert f"Another recovery of the pool is under way ({rid} is PREVIEW_GENERATED)" in ran.err


@pytest.mark.parametrize(
    ("status", "ago", "number", "said"),
    [
        ("PREVIEW_CANCELLED", HOUR, 3, "3 previews in 24 hours; 3 are possible. The next is at 2027-01-16T09:00:00Z."),
        ("PREVIEW_EXPIRED", 5 * DAY, 10, "10 previews in 30 days; 10 are possible."),
        ("RESTORE_COMPLETED", 2 * HOUR, 1, "completed in the last 24 hours. The next is possible after"),
    ],
)
def test_previews_and_recoveries_that_are_used_up_are_refused(world, status, ago, number, said):
    world.past(status, ago, number)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert (ran.code, world.wrote()) == (4, [])
    assert said in ran.err


@pytest.mark.parametrize(("status", "code"), [("InProgress", 4), ("Pending", 4), ("Succeeded", 0), ("Created", 0)])
def test_not_while_an_import_job_runs(world, status, code):
    jobs = {"UserImportJobs": [{"JobName": "hr", "JobId": "import-1", "Status": status}]}
    world.local.faults.add("ListUserImportJobs", body=json.dumps(jobs), times=9)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert ran.code == code
    assert ("An import job runs (hr)." in ran.err) == bool(code)


def test_only_in_the_primary_region_and_with_a_complete_replica(world):
    replicas = [
        {"RegionName": "us-east-1", "Status": "ACTIVE", "Role": "PRIMARY"},
        {"RegionName": "eu-west-1", "Status": "CREATING", "Role": "SECONDARY"},
    ]
    world.local.faults.add("ListUserPoolReplicas", body=json.dumps({"UserPoolReplicas": replicas}), times=9)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert (ran.code, world.wrote()) == (4, [])
    assert "in the primary Region of the pool only. Use --region us-east-1." in ran.err
    assert "The replica in eu-west-1 is not complete." in ran.err


def test_all_reasons_are_said_at_once(world):
    world.past("PREVIEW_CANCELLED", HOUR, 3)
    ran = recover("pool:customers", "--to", "5m", "--yes")
    assert len([line for line in ran.err.splitlines() if line.startswith("  - ")]) == 2


def test_a_limit_that_only_cognito_knows_names_pool_and_operation(world):
    world.local.faults.add("InitiatePointInTimeRecovery", "LimitExceededException", message="5 in the account.")
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert ran.code == 1
    assert "cognito-idp:InitiatePointInTimeRecovery: LimitExceededException: 5 in the account" in ran.err


# --- statuses ------------------------------------------------------------------------------------------------------


def test_each_status_has_words():
    assert set(WORDS) == {*OVER, *ENDS}


@pytest.mark.parametrize(
    "status", ["PREVIEW_GENERATION_FAILED", "PREVIEW_EXPIRED", "PREVIEW_CANCELLED", *sorted(STUCK_IN), "NEW"]
)
def test_a_preview_may_end_otherwise(world, status):
    """Failed, expired, cancelled by others: writes go on, and the code is 1. Where they stay paused, it is 6."""
    rid = prepared(world)
    world.newest["status"] = "PREVIEW_GENERATING"
    answer = {"RestoreId": rid, "RestoreStatus": status, "RestoreTimestamp": START + HOUR}
    world.local.faults.add("DescribePointInTimeRecovery", body=json.dumps({"Restoration": answer}), times=1)
    ran = recover("pool:customers", "--to", "2027-01-15T09:00:00Z", "--yes")
    assert ran.code == (1 if status in OVER else 6)
    assert WORDS.get(status, "does not know that status") in ran.out
    assert ("AWS Support" in ran.out) == (status in STUCK_IN)
    assert "Next:" not in ran.out


@pytest.mark.parametrize("status", sorted({*WORDS, "NEW"} - {"PREVIEW_GENERATING", "PREVIEW_GENERATED", "RESTORING"}))
@pytest.mark.parametrize("step", ["--start", "--cancel"])
def test_what_cannot_be_started_or_cancelled_is_refused_in_words(world, status, step):
    rid = prepared(world)
    world.newest["status"] = status
    ran = recover("pool:customers", step, rid, *(["--yes"] if step == "--start" else []))
    done = {"--start": "RESTORE_COMPLETED", "--cancel": "PREVIEW_CANCELLED"}[step]
    assert (ran.code, world.wrote()) == (0 if status == done else 4, ["Initiate"])
    assert WORDS.get(status, "does not know that status") in ran.out + ran.err


def test_what_is_being_restored_cannot_be_cancelled(world):
    rid = prepared(world)
    world.newest["status"] = "RESTORING"
    ran = recover("pool:customers", "--cancel", rid)
    assert ran.code == 4
    assert "It cannot be cancelled" in ran.err


@pytest.mark.parametrize("status", sorted(STUCK_IN))
def test_a_restore_that_only_aws_support_ends(world, status):
    rid = prepared(world)
    answer = {"RestoreId": rid, "RestoreStatus": status, "RestoreTimestamp": START + HOUR}
    world.local.faults.add("DescribePointInTimeRecovery", body=json.dumps({"Restoration": answer}), times=1, after=1)
    ran = recover(world.file, "--start", rid, "--yes")
    assert (ran.code, ran.last) == (6, "exit 6 (partial)")
    assert "AWS Support" in ran.out
    assert "The configuration" not in ran.out


def test_an_unknown_recovery(world):
    ran = recover("pool:customers", "--start", STRANGE, "--yes")
    assert ran.code == 1
    assert "cognito-idp:DescribePointInTimeRecovery: ResourceNotFoundException" in ran.err


# --- interruptions and lost answers --------------------------------------------------------------------------------


def test_ctrl_c_while_the_preview_is_generated(world):
    world.interrupt = "PREVIEW_GENERATING"
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert (ran.code, ran.last) == (130, "exit 130 (interrupted)")
    rid = world.newest["id"]
    assert (
        f"Interrupted. Recovery {rid} is PREVIEW_GENERATING. Cognito generates the preview. Writes are paused."
        in ran.err
    )
    assert "  poolctl recover pool:customers --to 2027-01-15T09:00:00Z\n" in ran.err
    assert f"  poolctl recover pool:customers --cancel {rid}\n" in ran.err
    world.interrupt = ""
    assert recover("pool:customers", "--to", "2027-01-15T09:00:00Z", "--yes").code == 0
    assert world.wrote() == ["Initiate"]


def test_ctrl_c_while_users_are_restored(world):
    rid = prepared(world)
    world.interrupt = "RESTORING"
    ran = recover("pool:customers", "--start", rid, "--yes")
    assert ran.code == 130
    assert f"Interrupted. Recovery {rid} is RESTORING." in ran.err
    assert f"  poolctl recover pool:customers --start {rid}\n" in ran.err
    world.interrupt = ""
    assert recover("pool:customers", "--start", rid, "--yes").code == 0
    assert world.wrote() == ["Initiate", "Start"]


class Interrupting(Terminal):
    """A terminal at which Ctrl-C is pressed in place of an answer."""

    def readline(self, *_: Any) -> str:
        signal.raise_signal(signal.SIGINT)
        return "yes\n"


def test_ctrl_c_at_each_question(world):
    ran = at_a_terminal("pool:customers", "--to", "1h", stdin=Interrupting())
    assert (ran.code, world.wrote()) == (130, [])
    assert "Interrupted. Nothing was written." in ran.err
    rid = prepared(world)
    ran = at_a_terminal("pool:customers", "--start", rid, stdin=Interrupting())
    assert (ran.code, world.wrote()) == (130, ["Initiate"])
    assert f"Interrupted. Recovery {rid} is PREVIEW_GENERATED." in ran.err
    assert f"  poolctl recover pool:customers --start {rid}\n" in ran.err


@pytest.mark.parametrize("step", ["Initiate", "Start", "Cancel"])
@pytest.mark.parametrize("code", ["InternalErrorException", None], ids=["an error", "a cut connection"])
def test_a_write_whose_answer_is_lost_is_looked_for(world, step, code):
    """The repetition is refused, because the first attempt has taken effect: the recovery is found and gone on with."""
    words = {"Initiate": ["--to", "1h", "--yes"]}
    if step != "Initiate":
        words |= {"Start": ["--start", prepared(world), "--yes"], "Cancel": ["--cancel", world.newest["id"]]}
    world.local.faults.add(f"{step}PointInTimeRecovery", code, lost_answer=True)
    ran = recover("pool:customers", *words[step])
    assert ran.code == 0
    assert (
        world.newest["status"]
        == {
            "Initiate": "PREVIEW_GENERATED",
            "Start": "RESTORE_COMPLETED",
            "Cancel": "PREVIEW_CANCELLED",
        }[step]
    )


def test_a_read_that_fails_in_a_wait_says_in_which_state_it_is(world):
    world.local.faults.add("DescribePointInTimeRecovery", "AccessDeniedException", times=9)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert ran.code == 6
    rid = world.newest["id"]
    assert "needs the IAM action cognito-idp:DescribePointInTimeRecovery" in ran.err
    assert f"Recovery {rid} is PREVIEW_GENERATING." in ran.err
    assert f"  poolctl recover pool:customers --cancel {rid}\n" in ran.err

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
from reconciler.procedures.account_recoveries import MOST_POOLS
from reconciler.render.output_schemas import output_schema
from reconciler.runs.runtime import NOW, TIME
from reconciler.terminal.signals import STOPPING
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
        self.in_flight, self.signal = "", signal.SIGINT
        self.file = str(folder / "m.yaml")
        Path(self.file).write_text(yaml.safe_dump(MANIFEST))

    def __call__(self) -> float:
        """Return the time. The service asks for it once more while it answers a write: then a signal may come."""
        if self.in_flight and self.in_flight in self.statuses:
            self.in_flight = ""
            signal.raise_signal(self.signal)
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self.interrupt and self.interrupt in self.statuses:
            signal.raise_signal(self.signal)

    @property
    def statuses(self) -> set[str]:
        return {r["status"] for r in self.pool["recoveries"]}

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


def test_import_jobs_are_looked_at_on_every_page(world):
    over = [{"JobName": f"j{n}", "JobId": f"import-{n}", "Status": "Succeeded"} for n in range(60)]
    running = [{"JobName": "hr", "JobId": "import-x", "Status": "InProgress"}]
    for page in ({"UserImportJobs": over, "PaginationToken": "more"}, {"UserImportJobs": running}):
        world.local.faults.add("ListUserImportJobs", body=json.dumps(page))
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert (ran.code, "An import job runs (hr)." in ran.err) == (4, True)


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


# --- limits of the account -----------------------------------------------------------------------------------------


def others(world: World, number: int, *recoveries: tuple[str, float], tier: str = "ESSENTIALS") -> None:
    """Other pools of the account, each with these recoveries: status, and seconds since each was asked for."""
    for _ in range(number):
        name = f"other-{len(world.local.records)}"
        made = world.idp.create_user_pool(PoolName=name, UserPoolTier=tier)["UserPool"]["Id"]
        pool, own = world.local.records[made], world.id
        world.id = made
        for status, ago in recoveries:
            world.past(status, ago)
        world.id = own
        assert len(pool["recoveries"]) == len(recoveries)


@pytest.mark.parametrize(("active", "code"), [(4, 0), (5, 4), (6, 4)])
def test_five_recoveries_of_an_account(world, active, code):
    others(world, active, ("PREVIEW_GENERATED", HOUR))
    others(world, 1, ("RESTORE_COMPLETED", 3 * DAY))
    others(world, 1)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert (ran.code, world.wrote()) == (code, ["Initiate"] if not code else [])
    said = f"The account has {active} recoveries of other pools under way in this Region (other-1, eu-west-1_"
    assert (said in ran.err) == bool(code)
    assert ("5 are possible." in ran.err) == bool(code)


@pytest.mark.parametrize(("elsewhere", "own", "code"), [(3, 0, 0), (3, 1, 4), (4, 0, 4)])
def test_ten_previews_of_an_account_in_a_day(world, elsewhere, own, code):
    others(world, elsewhere, *[("PREVIEW_CANCELLED", HOUR)] * 3, ("PREVIEW_EXPIRED", 2 * DAY))
    world.past("PREVIEW_CANCELLED", 2 * HOUR, own)
    ran = recover("pool:customers", "--to", "1h", "--yes")
    assert ran.code == code
    count = 3 * elsewhere + own
    said = f"The account has had {count} previews in 24 hours in this Region; 10 are possible. The next is at"
    assert (said in ran.err) == bool(code)


def test_limits_of_pool_and_account_are_said_together(world):
    others(world, 5, ("RESTORING", HOUR), ("PREVIEW_CANCELLED", HOUR))
    ran = recover("pool:customers", "--to", "5m", "--yes")
    assert (ran.code, world.wrote()) == (4, [])
    assert len([line for line in ran.err.splitlines() if line.startswith("  - ")]) == 3


@pytest.mark.parametrize("operation", ["ListUserPools", "ListPointInTimeRecoveries"])
def test_an_account_that_may_not_be_read_is_a_note_and_no_obstacle(world, operation):
    others(world, 3, ("PREVIEW_GENERATED", HOUR))
    own = 2 if operation == "ListPointInTimeRecoveries" else 0  # of the pool itself
    world.local.faults.add(operation, "AccessDeniedException", times=9, after=own)
    ran = recover(f"pool:{world.id}", "--to", "1h", "--yes")
    assert (ran.code, world.wrote()) == (0, ["Initiate"])
    why = f"cognito-idp:{operation} was refused with AccessDeniedException."
    assert ran.out.count(f"It is not known how many recoveries the account has: {why}") == 1


@pytest.mark.parametrize(("active", "code"), [(4, 0), (5, 4)])
def test_a_recovery_under_way_counts_although_it_may_not_be_described(world, active, code):
    others(world, active, ("PREVIEW_GENERATED", HOUR))
    world.local.faults.add("DescribePointInTimeRecovery", "AccessDeniedException", times=active)
    ran = recover(f"pool:{world.id}", "--to", "1h", "--yes")
    assert ran.code == code
    assert (f"The account has {active} recoveries of other pools under way" in ran.err) == bool(code)
    why = "cognito-idp:DescribePointInTimeRecovery was refused with AccessDeniedException."
    assert (f"It is not known how many recoveries the account has: {why}" in ran.out) == (not code)


def test_pools_whose_plan_has_no_recovery_have_none(world):
    others(world, 2, tier="LITE")
    world.local.faults.add("ListPointInTimeRecoveries", "FeatureUnavailableInTierException", times=9, after=2)
    ran = recover(f"pool:{world.id}", "--to", "1h", "--yes")
    assert (ran.code, "It is not known" in ran.out) == (0, False)


def test_of_an_account_with_very_many_pools_none_is_looked_at(world):
    pools = [{"Id": f"eu-west-1_{n:09}", "Name": f"p{n}"} for n in range(MOST_POOLS + 1)]
    world.local.faults.add("ListUserPools", body=json.dumps({"UserPools": pools}), times=9)
    world.local.calls.clear()
    ran = recover(f"pool:{world.id}", "--to", "1h", "--yes")
    assert ran.code == 0
    assert "it has 201 other pools in this Region, and up to 200 are looked at." in ran.out
    assert [c.operation for c in world.local.calls].count("ListPointInTimeRecoveries") == 2


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


class Pressing(io.StringIO):
    """Standard error, at which Ctrl-C is pressed when certain words appear."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def write(self, text: str) -> int:
        size = super().write(text)
        if self._words and self._words in self.getvalue():
            self._words = ""
            signal.raise_signal(signal.SIGINT)
        return size


def pressed(words: str, *argv: str) -> Ran:
    out, err = io.StringIO(), Pressing(words)
    code = main(["recover", *argv], stdin=io.StringIO(), stdout=out, stderr=err, environ=KEYS)
    return Ran(code, out.getvalue(), err.getvalue())


def test_ctrl_c_while_other_pools_are_looked_at(world):
    others(world, 2)
    ran = pressed("Looking for recoveries of other pools", "pool:customers", "--to", "1h", "--yes")
    assert (ran.code, world.wrote()) == (130, [])
    assert "Interrupted. Nothing was written." in ran.err


def test_ctrl_c_while_the_configuration_is_planned(world):
    rid = prepared(world)
    ran = pressed("Reading customers", world.file, "--start", rid, "--yes")
    assert (ran.code, world.users()) == (130, ["ada"])
    assert f"Interrupted. Recovery {rid} is RESTORE_COMPLETED. The users are restored. Writes go on." in ran.err


def test_ctrl_c_in_the_wait_for_a_preview_that_an_earlier_run_asked_for(world):
    world.interrupt, world.local.pending_describes = "PREVIEW_GENERATING", 9  # it lasts longer than all three runs
    recover("pool:customers", "--to", "1h", "--yes")
    rid = world.newest["id"]
    for words in (["--to", "2027-01-15T09:00:00Z"], ["--start", rid]):
        ran = recover("pool:customers", *words, "--yes")
        assert (ran.code, world.wrote()) == (130, ["Initiate"])
        assert f"Interrupted. Recovery {rid} is PREVIEW_GENERATING." in ran.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("step", ["Initiate", "Start"])
def test_a_signal_while_a_write_is_in_flight_lets_it_end_and_says_what_it_did(world, step, number, code):
    words = ["--to", "1h"] if step == "Initiate" else ["--start", prepared(world)]
    before = world.wrote()
    world.in_flight, world.signal = {"Initiate": "PREVIEW_GENERATING", "Start": "RESTORING"}[step], number
    status = world.in_flight
    ran = recover("pool:customers", *words, "--yes")
    assert (ran.code, world.wrote()) == (code, [*before, step])
    assert STOPPING in ran.err
    assert f"Interrupted. Recovery {world.newest['id']} is {status}." in ran.err
    assert "  poolctl recover pool:customers --" in ran.err


def test_a_signal_while_a_recovery_is_cancelled_changes_nothing_about_it(world):
    rid = prepared(world)
    world.in_flight = "PREVIEW_CANCELLED"
    ran = recover("pool:customers", "--cancel", rid)
    assert (ran.code, world.newest["status"]) == (0, "PREVIEW_CANCELLED")
    assert STOPPING in ran.err
    assert f"Recovery {rid} to 2027-01-15T09:00:00Z: PREVIEW_CANCELLED" in ran.out


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

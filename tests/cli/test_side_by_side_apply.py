"""Pools of one apply side by side: what may go on at once, what may not, and what is said of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.model import Plan, Target
from reconciler.planning.pipeline import planned
from reconciler.runs.pool_order import waits_for
from reconciler.runs.runtime import TIME
from reconciler.terminal.side_by_side import THREADS, in_order
from tests.cli.support import run
from tests.cloud.virtual_time import VirtualThreads, VirtualTime
from tests.support import ACCOUNT, bench, manifest

KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
TARGET = {"account": ACCOUNT, "region": "eu-west-1"}


def pool(name: str, **sections: Any) -> dict[str, Any]:
    return {"version": 1, "target": TARGET, "user_pool": {"PoolName": name}, **sections}


def write(folder: Path, *trees: dict[str, Any]) -> list[str]:
    files = [folder / f"{i}.yaml" for i in range(len(trees))]
    for file, tree in zip(files, trees, strict=True):
        file.write_text(yaml.safe_dump(tree, sort_keys=False))
    return [str(f) for f in files]


@pytest.fixture
def time():
    """A clock for several threads."""
    found = VirtualTime()
    tokens = (TIME.set((found.clock, found.sleep)), THREADS.set(VirtualThreads(found)))
    yield found
    TIME.reset(tokens[0])
    THREADS.reset(tokens[1])


def statuses(report: Path) -> dict[str, tuple[str, str | None]]:
    return {r["address"]: (r["status"], r["error"]) for r in json.loads(report.read_text())["results"]}


# --- what waits for what --------------------------------------------------------------------------------------------


def order(tmp_path: Path, *trees: dict[str, Any]) -> list[set[int]]:
    with bench() as here:
        found = [manifest(tmp_path, tree, name=f"{i}.yaml") for i, tree in enumerate(trees)]
        return waits_for(found, [planned(m, here.cloud) for m in found])


ROLE = {"sms_role": {"RoleName": "sms"}, "mfa": {"MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": {}}}
LOGS = {"log_groups": {"/aws/vendedlogs/a": {}}}
OTHER_LOGS = {"log_groups": {"/aws/vendedlogs/b": {}}}
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"


def triggered(name: str) -> dict[str, Any]:
    user_pool = {"PoolName": name, "LambdaConfig": {"PreSignUp": FUNCTION}}
    return {"version": 1, "target": TARGET, "user_pool": user_pool, "trigger_permissions": {}}


@pytest.mark.parametrize(
    ("trees", "expected"),
    [
        ([pool("a"), pool("b"), pool("c")], [set(), set(), set()]),
        ([pool("a", **ROLE), pool("b"), pool("c", **ROLE)], [set(), set(), {0}]),
        ([pool("a", **ROLE), pool("b", **{**ROLE, "sms_role": {"RoleName": "own"}})], [set(), set()]),
        (
            [pool("a", domains={"d": {}}), pool("b", domains={"d": {}}), pool("c", domains={"e": {}})],
            [set(), {0}, set()],
        ),
        ([pool("a", **LOGS), pool("b", **OTHER_LOGS)], [set(), {0}]),  # they have one resource policy
        ([pool("a", groups={"g": {}}), pool("b", groups={"g": {}})], [set(), set()]),  # each pool has its own
        ([triggered("a"), triggered("b")], [set(), {0}]),
        ([pool("a"), pool("a")], [set(), {0}]),
    ],
    ids=["nothing", "role", "other role", "domain", "log groups", "groups", "function", "one name"],
)
def test_pools_that_change_one_thing_wait_for_each_other(tmp_path, trees, expected):
    assert order(tmp_path, *trees) == expected


def test_a_pool_without_changes_holds_up_nothing(tmp_path):
    with bench() as here:
        found = [manifest(tmp_path, pool(n, **LOGS), name=f"{n}.yaml") for n in "ab"]
        empty = Plan(Target(ACCOUNT, "eu-west-1", "a", "", "a.yaml"), ())
        assert waits_for(found, [empty, planned(found[1], here.cloud)]) == [set(), set()]


def test_what_waits_begins_when_the_last_one_before_it_is_done():
    time = VirtualTime()
    token = THREADS.set(VirtualThreads(time))
    began: dict[int, float] = {}

    def work(i: int) -> int:
        began[i] = time.now
        time.sleep(float(i + 1))
        return i

    try:
        assert in_order(work, range(5), [set(), set(), {0, 1}, set(), {2}], at_once=3) == [0, 1, 2, 3, 4]
    finally:
        THREADS.reset(token)
    assert began == {0: 0.0, 1: 0.0, 3: 0.0, 2: 2.0, 4: 5.0}


@pytest.mark.parametrize("at_once", [1, 2, 7])
def test_no_more_go_on_at_once_than_allowed(at_once):
    time = VirtualTime()
    token = THREADS.set(VirtualThreads(time))
    now = most = 0

    def work(_: int) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        time.sleep(1.0)
        now -= 1

    try:
        in_order(work, range(20), [()] * 20, at_once=at_once)
    finally:
        THREADS.reset(token)
    assert most == at_once


def test_after_a_failure_nothing_begins():
    begun = []

    def work(i: int) -> None:
        begun.append(i)
        if i == 1:
            raise ValueError(i)

    with pytest.raises(ValueError, match="1"):
        in_order(work, range(9), [()] * 9, at_once=1)
    assert begun == [0, 1]


# --- whole runs -----------------------------------------------------------------------------------------------------


def test_a_failure_in_one_pool_begins_no_change_in_another_one(local, tmp_path, time):
    """Both are under way when the first write of one is refused: the other one finishes its change, and no more."""
    local.faults.add("CreateResourceServer", "InvalidParameterException", times=99)
    files = write(
        tmp_path,
        pool("a", groups={g: {} for g in "stuvwxyz"}),
        pool("b", resource_servers={"orders": {"Name": "Orders"}}),
        pool("c", groups={"x": {}}),
    )
    report = tmp_path / "out.json"
    ran = run("apply", "--yes", "--parallelism", "2", "-o", f"json={report}", *files, environ=KEYS)
    found = statuses(report)
    assert ran.code == 6
    assert found["b/resource_servers/orders"][0] == "failed"
    assert found["a/user_pool"] == ("done", None)
    assert ("not_started", "another pool failed") in found.values()
    assert found["c/user_pool"] == ("not_started", "an earlier pool failed")
    assert [a.partition("/")[0] for a in found] == sorted(a.partition("/")[0] for a in found)


def test_lines_name_the_pool_and_reports_have_the_order_of_the_files(local, tmp_path, time):
    files = write(tmp_path, *[pool(n, groups={"x": {}}, clients={"web": {}}) for n in "cab"])
    report, stream = tmp_path / "out.json", tmp_path / "out.jsonl"
    words = ["-o", "human", "-o", f"json={report}", "-o", f"jsonl={stream}"]
    ran = run("apply", "--yes", *words, *files, environ=KEYS)
    assert (ran.code, ran.err.count("Creation complete after")) == (0, 9)
    lines = [line for line in ran.err.splitlines() if "Creat" in line]
    assert {line.partition("/")[0] for line in lines} == {*"abc"}
    assert lines[0] == "c/user_pool: Creating…"
    both = [line.partition("/")[0] for line in lines]
    assert both != sorted(both, key="cab".index)  # they were side by side
    assert [*statuses(report)] == [f"{p}/{o}" for p in "cab" for o in ("user_pool", "groups/x", "clients/web")]
    events = [json.loads(line) for line in stream.read_text().splitlines()]
    steps = [(e["hook"]["resource"]["addr"], e["type"]) for e in events if e["type"].startswith("apply_")]
    for name in "cab":
        own = [s for s in steps if s[0].startswith(f"{name}/")]
        assert own == [
            (f"{name}/{o}", t)
            for o in ("user_pool", "groups/x", "clients/web")
            for t in ("apply_start", "apply_complete")
        ]


def test_a_document_that_refers_to_others_comes_after_them(local, tmp_path, time):
    provider = {"$ref": "b/user_pool#ProviderName"}
    identities = {
        "version": 1,
        "kind": "IdentityPool",
        "target": TARGET,
        "identity_pool": {
            "IdentityPoolName": "app",
            "AllowUnauthenticatedIdentities": False,
            "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": {"$ref": "b/clients/web#ClientId"}}],
        },
    }
    files = write(tmp_path, identities, pool("a"), pool("b", clients={"web": {}}))
    ran = run("apply", "--yes", *files, environ=KEYS)
    assert ran.code == 0, ran.err
    lines = ran.err.splitlines()
    at = [i for i, line in enumerate(lines) if line.startswith("app/identity_pool: Creating")]
    done = [i for i, line in enumerate(lines) if line.startswith("b/clients/web: Creation complete")]
    assert done < at
    again = run("plan", "--detailed-exitcode", *files, environ=KEYS)
    assert again.code == 0

"""Ctrl-C and SIGTERM during an apply: real processes, which talk over HTTP with a service that waits to be told.

The service holds the answer to one call until the test has sent the signal and has seen what the process says, so
nothing here guesses how long something takes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from reconciler.local import serve
from reconciler.terminal.signals import STOPPING

ROOT = Path(__file__).parents[2]
TARGET = "X-Amz-Target"
LONG = 120
"""Seconds after which a test gives up; nothing waits so long."""


def passed_on(upstream: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a request to the embedded Cognito, and return its answer."""
    connection = HTTPConnection(upstream.partition("//")[2])
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    status, payload = answer.status, answer.read()
    connection.close()
    return status, payload


class Holding:
    """In front of the embedded Cognito: passes calls on, and holds one of them until it is told to go on."""

    def __init__(self, upstream: str) -> None:
        self.operation, self.after, self.before = "", 0, False
        self.refusal, self.count = "", 0
        self.reached, self.go_on = threading.Event(), threading.Event()
        holding = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                operation = str(self.headers.get(TARGET, "")).rpartition(".")[2]
                holding.count += operation == holding.operation
                mine = holding.is_due(operation)
                if mine and holding.before:
                    holding.wait()
                status, payload = (
                    holding.refused()
                    if holding.refusal and operation == holding.operation
                    else passed_on(upstream, self.path, body, dict(self.headers.items()))
                )
                if mine and not holding.before:
                    holding.wait()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def is_due(self, operation: str) -> bool:
        if operation != self.operation or self.reached.is_set():
            return False
        self.after -= 1
        return self.after < 0

    def refused(self) -> tuple[int, bytes]:
        return 400, json.dumps({"__type": self.refusal, "message": "words of the service"}).encode()

    def wait(self) -> None:
        self.reached.set()
        self.go_on.wait(LONG)

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def holding() -> Iterator[Holding]:
    with serve(None) as server:
        found = Holding(server.url)
        yield found
        found.close()


TWO = [{"version": 1, "user_pool": {"PoolName": name}, "groups": {"x": {}, "y": {}}} for name in ("a", "b")]


class Process:
    """An apply of two pools, or of others, one after the other or side by side, started in a process of its own."""

    def __init__(self, holding: Holding, tmp_path: Path, *trees: dict[str, Any], at_once: int = 1) -> None:
        self.holding = holding
        self.report = tmp_path / "report.json"
        files = [str(tmp_path / f"{tree['user_pool']['PoolName']}.yaml") for tree in trees or TWO]
        for file, tree in zip(files, trees or TWO, strict=True):
            Path(file).write_text(yaml.safe_dump(tree))
        words = ["--endpoint-url", holding.url, "--region", "eu-west-1", "apply", "--yes"]
        words += ["--parallelism", str(at_once)]
        outputs = ["-o", "human", "-o", f"json={self.report}", "-o", f"jsonl={tmp_path / 'events'}"]
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "reconciler", *words, *outputs, *files],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **keys},
        )
        assert holding.reached.wait(LONG)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def heard(self, text: str) -> None:
        """Read standard error until the process has said something."""
        assert self._process.stderr
        while text not in (line := self._process.stderr.readline()):
            assert line, "it ended without saying so"

    def end(self) -> tuple[int, str, str]:
        out, err = self._process.communicate(timeout=LONG)
        return self._process.returncode, out, err

    @property
    def statuses(self) -> dict[str, tuple[str, str | None]]:
        return {r["address"]: (r["status"], r["error"]) for r in json.loads(self.report.read_text())["results"]}


REST = ("not_started", "the run was interrupted")
DONE = ("done", None)


@pytest.mark.parametrize(("number", "last"), [(2, "exit 130 (interrupted)"), (15, "exit 143 (terminated)")])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_the_write_in_flight_is_finished_and_the_rest_is_not_begun(holding, tmp_path, number, last, before):
    """In the middle of a write, whether the service has carried it out or not: both pools say why they are not done."""
    holding.operation, holding.before = "CreateGroup", before
    process = Process(holding, tmp_path)
    process.signal(number)
    process.heard(STOPPING)
    holding.go_on.set()
    ended, out, err = process.end()
    assert (ended, err.splitlines()[-1]) == (128 + number, last)
    assert "Apply stopped: 2 added, 0 changed, 0 failed, 4 not started." in out
    assert process.statuses == {
        "a/user_pool": DONE,
        "a/groups/x": DONE,
        "a/groups/y": REST,
        "b/user_pool": REST,
        "b/groups/x": REST,
        "b/groups/y": REST,
    }
    assert json.loads((tmp_path / "events").read_text().splitlines()[-1])["type"] == "change_summary"


@pytest.mark.parametrize(("operation", "after"), [("CreateUserPool", 0), ("ListUserPools", 2), ("CreateGroup", 3)])
def test_at_other_points_the_code_and_the_report_are_the_same(holding, tmp_path, operation, after):
    """In the first write, in the look for namesakes after it, and in the last write, which needs no stop."""
    holding.operation, holding.after = operation, after
    process = Process(holding, tmp_path)
    process.signal(signal.SIGINT)
    process.heard(STOPPING)
    holding.go_on.set()
    ended, out, err = process.end()
    assert (ended, err.splitlines()[-1]) == (130, "exit 130 (interrupted)")
    assert "unexpected" not in err
    assert set(process.statuses.values()) <= {DONE, REST}
    assert "Apply stopped" in out or "Apply could not be verified: 6 added" in out


def groups_of_a_live_pool(holding, tmp_path) -> None:
    """Both pools are there, without their groups, so that a group has a fence."""
    for name in ("a", "b"):
        _boto(holding).create_user_pool(PoolName=name)


def _boto(holding) -> Any:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    return boto3.client("cognito-idp", endpoint_url=holding.url, region_name="eu-west-1", **keys)


@pytest.mark.parametrize("number", [2, 15])
@pytest.mark.parametrize(("operation", "live"), [("ListUserPools", False), ("ListGroups", True)])
def test_a_fence_that_gets_no_answer_ends_at_once_and_nothing_is_written(holding, tmp_path, number, operation, live):
    """The read before a write, of a pool or of an object inside one, is never answered: nothing is in flight."""
    if live:
        groups_of_a_live_pool(holding, tmp_path)
    holding.operation, holding.after = operation, 2 if live else 1
    process = Process(holding, tmp_path)
    process.signal(number)
    ended, out, _ = process.end()  # the read was never answered
    assert ended == 128 + number
    assert set(process.statuses.values()) == {REST}
    assert "Apply stopped: 0 changed, 0 failed" in out


@pytest.mark.parametrize("code", ["InvalidSmsRoleAccessPolicyException", "TooManyRequestsException"])
def test_a_refused_write_is_not_tried_again_after_a_signal(holding, tmp_path, code):
    """A role that is not usable yet, or a throttled service: nothing is in flight, so nothing has to be waited for."""
    holding.operation = "CreateUserPool"
    holding.refusal = code
    process = Process(holding, tmp_path)
    process.signal(signal.SIGTERM)
    process.heard(STOPPING)
    holding.go_on.set()
    ended, out, _ = process.end()
    assert ended == 143
    assert holding.count == 1
    status, error = process.statuses["a/user_pool"]
    assert status == "failed"
    assert f"{code}: words of the service; not tried again, because the run was interrupted" in str(error)
    assert process.statuses["b/user_pool"] == REST
    assert "Apply stopped: 0 changed, 1 failed, 5 not started." in out


def test_during_the_proof_the_reads_end_and_what_was_written_is_told(holding, tmp_path):
    """The first pool is written and its proof under way: it is not proven, and the second pool is not begun."""
    holding.operation = "DescribeUserPool"
    process = Process(holding, tmp_path)
    process.signal(signal.SIGTERM)
    holding.go_on.set()
    ended, out, _ = process.end()
    assert ended == 143
    assert {a: s for a, (s, _) in process.statuses.items() if a.startswith("a/")} == dict.fromkeys(
        ("a/user_pool", "a/groups/x", "a/groups/y"), "done"
    )
    assert {s for a, s in process.statuses.items() if a.startswith("b/")} == {REST}
    unproven = json.loads(process.report.read_text())["unproven"]
    assert [u["reason"] for u in unproven] == ["the run was interrupted before everything was read again"]
    assert "Apply stopped: 3 added" in out


def test_a_second_signal_ends_at_once_and_says_what_is_known(holding, tmp_path):
    """The call in flight is never answered: its outcome is unknown, and everything before it is told."""
    holding.operation = "CreateGroup"
    process = Process(holding, tmp_path)
    process.signal(signal.SIGINT)
    process.heard(STOPPING)
    process.signal(signal.SIGTERM)
    ended, out, err = process.end()
    assert (ended, err.splitlines()[-1]) == (130, "exit 130 (interrupted)")
    assert "Apply stopped: 1 added, 0 changed, 1 failed, 4 not started." in out
    status, error = process.statuses["a/groups/x"]
    assert status == "failed"
    assert "Whether cognito-idp:CreateGroup took effect is unknown." in str(error)
    assert process.statuses["b/user_pool"] == REST


# --- pools side by side ---------------------------------------------------------------------------------------------


def test_pools_side_by_side_finish_their_writes_in_flight(holding, tmp_path):
    """One pool is in the middle of a write, whatever the other one does: what is begun is done, and nothing else is."""
    holding.operation, holding.before = "CreateGroup", True
    process = Process(holding, tmp_path, at_once=2)
    process.signal(signal.SIGINT)
    process.heard(STOPPING)
    holding.go_on.set()
    ended, _out, err = process.end()
    assert (ended, err.splitlines()[-1]) == (130, "exit 130 (interrupted)")
    assert set(process.statuses.values()) <= {DONE, REST}
    assert [*process.statuses] == [f"{p}/{o}" for p in "ab" for o in ("user_pool", "groups/x", "groups/y")]
    assert "unexpected" not in err
    groups = {a: s for a, s in process.statuses.items() if "groups" in a}
    live = {f"{p['Name']}/groups/{g['GroupName']}" for p in _pools(holding) for g in _groups(holding, p["Id"])}
    assert {a for a, s in groups.items() if s == DONE} == live != set()


def test_a_second_signal_leaves_all_pools_at_once(holding, tmp_path):
    """The call in flight is never answered; no pool sends anything else once the report is made."""
    holding.operation = "CreateGroup"
    process = Process(holding, tmp_path, at_once=2)
    process.signal(signal.SIGINT)
    process.heard(STOPPING)
    process.signal(signal.SIGTERM)
    ended, _, err = process.end()
    assert (ended, err.splitlines()[-1]) == (130, "exit 130 (interrupted)")
    failed = [e for s, e in process.statuses.values() if s == "failed"]
    assert any("Whether cognito-idp:CreateGroup took effect is unknown." in str(e) for e in failed)
    assert all("the run was interrupted at once" in str(e) for e in failed)
    assert len(process.statuses) == 6
    assert {s for s, _ in process.statuses.values()} <= {"done", "failed", "not_started"}


def test_a_pool_that_is_only_read_is_not_waited_for_when_the_others_have_finished(holding, tmp_path):
    """One pool waits for an answer before its first write when the signal comes, and the other one has been written."""
    for name in ("a", "b"):
        _boto(holding).create_user_pool(PoolName=name)
    holding.operation, holding.after = "ListGroups", 2  # a fence of one of the pools, which is never answered
    process = Process(holding, tmp_path, at_once=2)
    process.signal(signal.SIGTERM)
    ended, _, err = process.end()
    assert (ended, err.splitlines()[-1]) == (143, "exit 143 (terminated)")
    assert set(process.statuses.values()) <= {DONE, REST}
    assert REST in process.statuses.values()


def _pools(holding) -> list[Any]:
    return _boto(holding).list_user_pools(MaxResults=60)["UserPools"]


def _groups(holding, pool: str) -> list[Any]:
    return _boto(holding).list_groups(UserPoolId=pool)["Groups"]

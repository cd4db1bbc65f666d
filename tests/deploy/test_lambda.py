"""The handler in surroundings like Lambda's: what it answers, when it fails, and what it leaves behind."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reconciler.aws_lambda import RunFailed, WrongEvent, asked, handler
from reconciler.errors import InvalidInput
from tests.deploy.conftest import CANARY, REGION

QUIET = {
    "weakens": 0,
    "mixed": 0,
    "changed": 0,
    "missing": 0,
    "unmanaged": 0,
    "undeclared": 0,
    "suppressed": 0,
    "expired": 0,
}


class Context:
    """What Lambda hands over."""

    aws_request_id = "4bd0a3fa"
    function_name = "poolctl-drift"

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def invoke(event):
    return handler(event, Context())


def without_reads(summary):
    return {k: v for k, v in summary.items() if k != "read"}


# --- runs ----------------------------------------------------------------------------------------------------------


def test_no_drift(account, capsys):
    answer = invoke(account.event())
    assert without_reads(answer.pop("summary")) == QUIET
    assert answer == {"exit_code": 0, "meaning": "ok", "complete": True, "drifted": False, "undelivered": 0}
    assert "No drift." in capsys.readouterr().out


def test_drift_is_an_answer_and_no_failure(account, capsys):
    account.drift()
    answer = invoke(account.event(paths=["pools"]))
    assert (answer["exit_code"], answer["meaning"], answer["drifted"]) == (2, "changes", True)
    assert without_reads(answer["summary"]) == {**QUIET, "unmanaged": 1}
    shown = capsys.readouterr()
    assert "+ groups/late not in any manifest    pools/customers.yaml" in shown.out  # relative to the package
    assert shown.err.splitlines()[-1] == "exit 2 (changes)"
    assert json.dumps(answer)  # Lambda spells it as JSON
    assert CANARY not in shown.out + shown.err


def test_exit_zero(account):
    account.drift()
    answer = invoke(account.event("--exit-zero"))
    assert (answer["exit_code"], answer["drifted"]) == (0, True)


def test_a_second_run_does_what_the_first_did(account, capsys):
    account.drift()
    timeless = lambda: re.sub(r'"time": "[^"]*"', "", "".join(capsys.readouterr()))  # noqa: E731
    first = invoke(account.event("--log-level", "info"))
    shown = timeless()
    assert invoke(account.event("--log-level", "info")) == first
    assert timeless() == shown


def threads() -> set[threading.Thread]:
    """All threads but those with which the server on this machine waits for another request of a connection."""
    return {t for t in threading.enumerate() if "process_request_thread" not in t.name}


def test_nothing_is_left_behind(account, monkeypatch):
    root, ours = logging.getLogger(), logging.getLogger("poolctl")
    before = lambda: (  # noqa: E731
        list(root.handlers), root.level, ours.level, Path.cwd(), dict(os.environ), signal.getsignal(signal.SIGTERM),
        threads(), sorted(Path(os.environ["TMPDIR"]).iterdir()),
    )  # fmt: skip
    scratch = account.package.parent / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    account.boto().list_user_pools(MaxResults=1)
    was = before()
    invoke(account.event("--log-level", "debug"))
    with pytest.raises(RunFailed):
        invoke(account.event(paths=["missing"]))
    now = before()
    assert now[:6] == was[:6]
    assert now[7] == was[7] == []
    for thread in now[6] - was[6]:
        thread.join(5)
        assert not thread.is_alive()


def test_lambdas_own_handler_gets_no_line_twice(account, capsys):
    class Lambdas(logging.Handler):
        def __init__(self):
            super().__init__()
            self.lines = []

        def emit(self, record):
            self.lines.append(record.getMessage())

    runtimes = Lambdas()
    logging.getLogger().addHandler(runtimes)
    try:
        account.server.engine.faults.add("ListGroups", "TooManyRequestsException")
        invoke(account.event("--log-level", "info"))
    finally:
        logging.getLogger().removeHandler(runtimes)
    assert runtimes.lines == []
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert any("ListGroups" in line["message"] and line["level"] == "info" for line in lines)


# --- failures ------------------------------------------------------------------------------------------------------


def test_a_gap_is_a_failure(account, capsys):
    account.server.engine.faults.add("ListGroups", "AccessDeniedException", times=99)
    with pytest.raises(
        RunFailed, match=r"^exit 7 \(incomplete\): No drift was found, but part could not be read\."
    ) as raised:
        invoke(account.event())
    assert raised.value.exit_code == 7
    assert "cognito-idp:ListGroups" in capsys.readouterr().out  # what the message sends the reader to


def test_drift_with_a_gap_is_said_to_be_incomplete(account):
    account.drift()
    account.server.engine.faults.add("ListUserPoolClients", "AccessDeniedException", times=99)
    answer = invoke(account.event())
    assert (answer["exit_code"], answer["complete"], answer["drifted"]) == (2, False, True)


def test_a_wrong_manifest_is_a_failure(package, capsys):
    (package / "pools" / "wrong.yaml").write_text("version: 1\nuser_pool: {PoolNam: x}\n")
    with pytest.raises(RunFailed, match=r"^exit 3 \(invalid\)") as raised:
        invoke({})
    assert raised.value.exit_code == 3
    assert "pools/wrong.yaml:2:13" in capsys.readouterr().err


def test_no_credentials_are_a_failure(package, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(RunFailed, match=r"^exit 1 \(error\)"):
        invoke({"options": ["--endpoint-url", "http://127.0.0.1:9"]})


def test_two_results_cannot_go_to_the_log(package, capsys):
    with pytest.raises(RunFailed, match="exit 3"):
        invoke({"options": ["-o", "jsonl"]})
    assert "two results cannot be written to standard output" in capsys.readouterr().err


def test_a_failure_says_nothing_of_the_event(package):
    hook = f"https://hooks.example.com/{CANARY}"
    with pytest.raises(RunFailed) as raised:
        invoke({"options": ["--notify", f"slack={hook}"], "paths": ["missing"]})
    assert CANARY not in f"{raised.value!r} {raised.value}"


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_a_text_is_no_run(package, word):
    with pytest.raises(WrongEvent, match="Nothing was compared"):
        invoke({"options": [word]})


# --- events --------------------------------------------------------------------------------------------------------

SCHEDULED = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-25T16:53:06Z",
    "region": "eu-west-1",
    "resources": ["arn:aws:events:eu-west-1:123456789012:rule/drift"],
    "detail": {},
}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (SCHEDULED, r"the schedule has no Input. Set Input"),
        ({"path": ["pools"]}, r"unknown key \"path\". Did you mean paths\? It takes paths and options"),
        ({"paths": ["pools"], "option": []}, r"unknown key \"option\". Did you mean options\?"),
        ({"paths": "pools"}, r"The event's paths is not a list of strings. Write \{"),
        ({"options": "--attribute"}, r"The event's options is not a list of strings"),
        ({"options": ["--max-rps", 5]}, r"The event's options is not a list of strings"),
        ({"options": [""]}, r"The event's options is not a list of strings"),
        ({"options": None}, r"The event's options is not a list of strings"),
        (["pools"], r"The event is not an object"),
        ("pools", r"The event is not an object"),
        (None, r"The event is not an object"),
    ],
)  # fmt: skip
def test_a_wrong_event_says_what_to_write(event, words):
    with pytest.raises(WrongEvent, match=words) as raised:
        invoke(event)
    assert isinstance(raised.value, InvalidInput)
    assert '{"paths": ["pools"], "options": [' in str(raised.value)


def test_a_wrong_event_is_not_repeated():
    with pytest.raises(WrongEvent) as raised:
        invoke({"options": f"--notify slack=https://hooks.example.com/{CANARY}"})
    assert CANARY not in str(raised.value)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, (("pools",), [])),
        ({"paths": []}, (("pools",), [])),
        ({"paths": ["a", "b.yaml"], "options": ["--strict"]}, (["a", "b.yaml"], ["--strict"])),
    ],
)
def test_both_keys_are_optional(event, expected):
    assert asked(event) == expected


# --- telling and remembering ---------------------------------------------------------------------------------------


class Hook:
    """A webhook on this machine."""

    def __init__(self) -> None:
        self.posts: list[dict] = []
        self.status = 200
        hook = self

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self):
                hook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{CANARY}"


@pytest.fixture
def hook(monkeypatch):
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    monkeypatch.setenv("DRIFT_HOOK", made.url)
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def reports(account):
    """A bucket of this test; moto keeps its buckets for the life of the process."""
    name = f"reports-{uuid.uuid4().hex}"
    account.boto("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


def test_news_is_told_once_and_remembered_in_s3(account, hook, reports, capsys):
    event = account.event("--remember", f"s3://{reports}/drift.json", "--notify", "webhook=env:DRIFT_HOOK")
    assert (invoke(event)["exit_code"], hook.posts) == (0, [])
    account.drift()
    assert invoke(event)["exit_code"] == 2
    assert len(hook.posts) == 1
    assert "groups/late" in json.dumps(hook.posts)
    kept = json.loads(account.boto("s3").get_object(Bucket=reports, Key="drift.json")["Body"].read())
    assert [f["address"] for f in kept["findings"]] == ["customers/groups/late"]
    again = invoke(event)
    assert (again["exit_code"], again["summary"]["suppressed"], len(hook.posts)) == (0, 1, 1)
    shown = capsys.readouterr()
    assert CANARY not in shown.out + shown.err


def test_news_that_nobody_took_is_a_failure_and_told_again(account, hook, reports, capsys):
    event = account.event("--remember", f"s3://{reports}/drift.json", "--notify", "webhook=env:DRIFT_HOOK")
    account.drift()
    hook.status = 403  # not tried again
    with pytest.raises(RunFailed, match=r"^exit 1 \(error\): .* or an alert could not be delivered") as raised:
        invoke(event)
    shown = capsys.readouterr()
    assert "webhook=env:DRIFT_HOOK" in shown.err
    assert CANARY not in shown.out + shown.err + str(raised.value)
    hook.status = 200
    assert invoke(event)["exit_code"] == 2
    assert [("groups/late" in json.dumps(post)) for post in hook.posts] == [True, True]

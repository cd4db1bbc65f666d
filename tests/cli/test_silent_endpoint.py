"""Reads on an endpoint that accepts connections and never answers: a signal ends them, and so does time."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from reconciler.cloud.attempts import Patience
from reconciler.cloud.aws import Access, Aws
from reconciler.errors import CloudError, NoAnswer

POOL = "version: 1\nuser_pool: {PoolName: customers}\ngroups: {admins: {}}\n"
ID = "eu-west-1_abcdefghi"
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn>"
    "<UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
USER_POOL = {"Id": ID, "Name": "customers", "Arn": f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{ID}"}
ANSWERS = {
    "GetCallerIdentity": IDENTITY,
    "ListUserPools": json.dumps({"UserPools": [{"Id": ID, "Name": "customers"}]}),
    "DescribeUserPool": json.dumps({"UserPool": USER_POOL}),
}


class Mute:
    """A server that answers some operations, and keeps all other requests waiting."""

    def __init__(self, answered: tuple[str, ...]) -> None:
        self.asked = threading.Event()
        self.over = threading.Event()
        mute = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: object) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
                operation = target or ("GetCallerIdentity" if "GetCallerIdentity" in body else "")
                if operation not in answered:
                    mute.asked.set()
                    mute.over.wait(30)
                    self.close_connection = True
                    return
                payload = ANSWERS[operation].encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def mute(*answered: str) -> Iterator[Mute]:
    found = Mute(answered)
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    found.over.set()
    found.server.shutdown()
    found.server.server_close()
    thread.join()


BEFORE = [(), ("GetCallerIdentity",), ("GetCallerIdentity", "ListUserPools", "DescribeUserPool")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("command", "answered"), [("plan", BEFORE[0]), ("drift", BEFORE[1]), ("drift", BEFORE[2])])
def test_a_signal_ends_a_read_at_once(tmp_path, command, answered, number):
    (tmp_path / "m.yaml").write_text(POOL)
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_REGION": "eu-west-1"}
    with mute(*answered) as server:
        words = [sys.executable, "-m", "reconciler", command, "--endpoint-url", server.url, str(tmp_path / "m.yaml")]
        environ = {**os.environ, **keys, "AWS_ENDPOINT_URL_STS": server.url, "AWS_EC2_METADATA_DISABLED": "true"}
        with subprocess.Popen(words, env=environ, stderr=subprocess.PIPE, text=True) as process:
            assert server.asked.wait(60)
            process.send_signal(number)
            began = time.monotonic()
            _, said = process.communicate(timeout=40)
            assert time.monotonic() - began < Patience().read
        assert process.returncode == 128 + number
        word = "interrupted" if number == signal.SIGINT else "terminated"
        assert said.splitlines()[-2:] == ["Interrupted.", f"exit {128 + number} ({word})"]
        assert "Traceback" not in said


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")


def test_a_read_that_nobody_answers_ends_and_says_how_long_it_was_waited_for(keys):
    patience = Patience(read=0.05)
    with mute() as server:
        cloud = Aws(Access("eu-west-1", endpoint_url=server.url), patience=patience, sleep=lambda _: None)
        with pytest.raises(NoAnswer, match=r"no answer within 0\.05 seconds, tried 3 times in \d seconds") as caught:
            cloud.call("cognito-idp", "ListGroups", {"UserPoolId": ID})
        assert caught.value.code == "ReadTimeoutError"
        sent = cloud._meter.sent
        with pytest.raises(NoAnswer, match=r"not asked: cognito-idp:ListGroups got no answer within 0\.05 seconds"):
            cloud.call("cognito-idp", "DescribeUserPool", {"UserPoolId": ID})
        assert cloud._meter.sent == sent


def test_a_service_that_answers_again_is_asked_again(keys):
    now = [0.0]
    with mute("ListUserPools") as server:
        cloud = Aws(
            Access("eu-west-1", endpoint_url=server.url),
            patience=Patience(read=0.05),
            clock=lambda: now[0],
            sleep=lambda _: None,
        )
        for _ in range(2):
            with pytest.raises(NoAnswer):
                cloud.call("cognito-idp", "ListGroups", {"UserPoolId": ID})
        now[0] = 61.0
        assert cloud.call("cognito-idp", "ListUserPools", {"MaxResults": 1})["UserPools"]


def test_an_address_where_nobody_listens_ends_too(keys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    cloud = Aws(Access("eu-west-1", endpoint_url=f"http://127.0.0.1:{port}"), sleep=lambda _: None)
    with pytest.raises(CloudError, match=r"EndpointConnectionError.*; tried 8 times in"):
        cloud.call("cognito-idp", "ListGroups", {"UserPoolId": ID})


def test_the_usual_patience_with_silence_is_about_a_minute():
    usual = Patience()
    assert usual.silences * usual.read <= 60
    assert usual.connect < usual.read

"""Answers of the services beside Cognito, over HTTP: XML, JSON and streams that are cut, empty or something else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reconciler.cloud.aws import Access, Aws
from reconciler.errors import Ambiguous, CloudError, NoAnswer
from reconciler.kinds import KINDS
from reconciler.kinds.expected import expected_answers

IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-eusc:iam::123456789012:user/a</Arn>"
    "<UserId>A</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
OBJECT = {"Bucket": "b", "Key": "k"}


class Scripted:
    """A server that answers each request with the next of some answers, and then with the last for ever."""

    def __init__(self, *answers: tuple[int, str, int]) -> None:
        self.sent = 0
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args: object) -> None:
                pass

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body, missing = answers[min(scripted.sent, len(answers) - 1)]
                scripted.sent += 1
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) + missing))
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body.encode())

            do_GET = do_PUT = do_POST

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")


@contextmanager
def answering(*answers: tuple[int, str, int]) -> Iterator[tuple[Aws, Scripted]]:
    scripted = Scripted(*answers)
    thread = threading.Thread(target=scripted.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{scripted.server.server_address[1]}"
    yield Aws(Access("eu-west-1", endpoint_url=url), sleep=lambda _: None), scripted
    scripted.server.shutdown()
    scripted.server.server_close()
    thread.join()


LOST: list[tuple[str, str, dict[str, Any], str, int]] = [
    ("sts", "GetCallerIdentity", {}, "", 0),
    ("sts", "GetCallerIdentity", {}, IDENTITY[:90], 0),
    ("sts", "GetCallerIdentity", {}, IDENTITY[:-2], 2),
    ("sts", "GetCallerIdentity", {}, IDENTITY.replace("Account", "Other"), 0),
    ("sts", "GetCallerIdentity", {}, "<html><body>Sign in</body></html>", 0),
    ("ssm", "GetParameter", {"Name": "n"}, "{}", 0),
    ("ssm", "GetParameter", {"Name": "n"}, '{"Parameter": {"Name": "n", "Type": "String"}}', 0),
    ("ssm", "GetParameter", {"Name": "n"}, '{"Parameter": {"Type": "String", "Value": ["v"]}}', 0),
    ("secretsmanager", "GetSecretValue", {"SecretId": "n"}, "{}", 0),
    ("secretsmanager", "GetSecretValue", {"SecretId": "n"}, '{"ARN": "a", "Name": "n", "SecretString": {"a": 1}}', 0),
    ("cloudtrail", "LookupEvents", {}, "{}", 0),
    ("cloudtrail", "LookupEvents", {}, '{"Events": {}}', 0),
    ("wafv2", "GetWebACLForResource", {"ResourceArn": "arn:aws:cognito-idp:eu-west-1:1:userpool/abc"}, "", 0),
    ("events", "PutEvents", {"Entries": [{"Detail": "{}"}]}, "{}", 0),
    ("sns", "Publish", {"TopicArn": "arn:aws:sns:eu-west-1:1:t", "Message": "m"}, "<PublishResponse/>", 0),
    ("s3", "GetObject", OBJECT, "whole", 7),
    ("cognito-identity", "DescribeIdentityPool", {"IdentityPoolId": "eu-west-1:a"}, '{"IdentityPoolId": "a"}', 0),
]


@pytest.mark.parametrize(("service", "operation", "params", "body", "missing"), LOST)
def test_what_is_no_answer_is_asked_for_again_and_never_taken(service, operation, params, body, missing):
    with answering((200, body, missing)) as (cloud, server):
        with pytest.raises(NoAnswer, match=r"tried 8 times in") as caught:
            cloud.call(service, operation, params)
        assert server.sent == 8
        assert not isinstance(caught.value, Ambiguous)


def test_an_answer_after_some_that_are_none_is_taken():
    with answering((200, "", 0), (200, IDENTITY[:90], 0), (502, "<html>", 0), (200, IDENTITY, 0)) as (cloud, _):
        found = cloud.identity()
        assert (found.account, found.partition, found.region) == ("123456789012", "aws-eusc", "eu-west-1")


def test_a_web_acl_that_is_not_there_is_an_answer():
    arn = "arn:aws:cognito-idp:eu-west-1:1:userpool/abc"
    with answering((200, "{}", 0)) as (cloud, _):
        strict = Aws(cloud._access, expected=expected_answers(KINDS.values()), sleep=lambda _: None)
        assert strict.call("wafv2", "GetWebACLForResource", {"ResourceArn": arn}) == {}


def test_an_object_is_read_whole():
    with answering((200, "who", 2), (200, "whole", 0)) as (cloud, _):
        assert cloud.call("s3", "GetObject", OBJECT)["Body"] == b"whole"


def test_the_text_of_a_service_is_never_part_of_the_message_if_it_is_an_answer():
    """What cannot be parsed may hold a secret."""
    body = '{"ARN": "a", "Name": "n", "SecretString": "hunter2"'
    with answering((200, body, 0)) as (cloud, _), pytest.raises(CloudError) as caught:
        cloud.call("secretsmanager", "GetSecretValue", {"SecretId": "n"})
    assert "hunter2" not in str(caught.value)
    assert "the answer (HTTP 200) is cut off or not JSON" in str(caught.value)

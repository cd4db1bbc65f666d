"""Requests that are no JSON or cannot be stored are refused, and a defect of the server is an error of Cognito."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests

from reconciler.local.signin import parties
from tests.local.signin.served import Served, served
from tests.local.signin.settings_support import Site

TARGET = "AWSCognitoIdentityProviderService."


@pytest.fixture(scope="module")
def cognito() -> Iterator[Served]:
    with served() as cognito:
        yield cognito


def _post(cognito: Served, body: bytes, operation: str = "InitiateAuth") -> requests.Response:
    headers = {"X-Amz-Target": f"{TARGET}{operation}", "Content-Type": "application/x-amz-json-1.1"}
    return requests.post(f"{cognito.url}/", body, headers=headers, timeout=10)


@pytest.fixture(scope="module", autouse=True)
def _pool(cognito: Served) -> None:
    cognito.client(cognito.pool())


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        rb'{"ClientId": "\ud800"}',
        rb'{"ClientId": "a", "AuthParameters": {"\uD83D": "x"}}',
        b'{"ClientId": "\xed\xa0\x80"}',
        b'{"ClientId": ["a"]}',
        b'{"ClientId": {"a": 1}, "Session": 1, "AccessToken": [], "UserPoolId": {}}',
    ],
    ids=lambda b: repr(b[:20]),
)
def test_what_is_no_json_is_refused(cognito: Served, body: bytes) -> None:
    answer = _post(cognito, body)
    assert (answer.status_code, answer.json()["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize("name", ["\U0001f600", "힣한", "a\\ud800", "é"])
def test_whole_characters_are_taken(cognito: Served, name: str) -> None:
    body = {"ClientId": "a", "Username": name, "Password": "Correct-Horse-9"}
    for ascii_only in (True, False):
        answer = _post(cognito, json.dumps(body, ensure_ascii=ascii_only).encode(), "SignUp")
        assert answer.json()["__type"] == "ResourceNotFoundException"


@pytest.mark.parametrize("operation", ["SignUp", "ChangePassword", "InitiateAuth", "AdminLinkProviderForUser"])
def test_half_a_character_reaches_no_operation(operation: str) -> None:
    site = Site({}, {})
    assert site.outcome(operation, ClientId=site.client_id, Username="\ud800")[0] == "SerializationException"


def test_a_defect_is_an_internal_error(
    cognito: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = cognito.client(cognito.pool())["ClientId"]

    def broken(*_words: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(parties, "spelled", broken)
    body = json.dumps({"ClientId": client, "Username": "ann", "Password": "Correct-Horse-9"}).encode()
    session = requests.Session()
    session.headers.update({"X-Amz-Target": f"{TARGET}SignUp", "Content-Type": "application/x-amz-json-1.1"})
    answer = session.post(cognito.url, body, timeout=10)
    assert (answer.status_code, answer.json()) == (
        500,
        {"__type": "InternalErrorException", "message": "Internal error."},
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Correct-Horse-9" not in said
    monkeypatch.undo()
    assert session.post(cognito.url, body, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Content-Length: x", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: \u0665", 400),
        ("Content-Length: 10000001", 413),
        ("Content-Length: 99999999999999999999999", 413),
        ("Transfer-Encoding: chunked", 411),
    ],
)
def test_a_body_of_unknown_length_ends_the_connection(cognito: Served, headers: str, status: int) -> None:
    host, port = cognito.url.removeprefix("http://").split(":")
    head = f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nX-Amz-Target: {TARGET}InitiateAuth\r\n{headers}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"{head}GET /_poolctl HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        with suppress(ConnectionResetError):  # what was not read ends it so
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
            assert [line.split()[1] for line in answer.splitlines() if line.startswith(b"HTTP/")] == [b"%d" % status]


def test_a_body_of_a_preflight_is_not_the_next_request(cognito: Served) -> None:
    session = requests.Session()
    assert session.options(cognito.url, data=b"GET / HTTP/1.1", timeout=10).status_code == 204
    assert session.get(f"{cognito.url}/_poolctl", timeout=10).status_code == 200

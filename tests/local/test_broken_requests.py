"""Requests that are no JSON or cannot be stored are refused, and a defect of the server is an error of Cognito."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "Correct-Horse-9" not in said
    monkeypatch.undo()
    assert session.post(cognito.url, body, timeout=10).status_code == 200

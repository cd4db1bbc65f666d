"""No body of a request is taken for the next request: web pages can send any body, and may not administer."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from reconciler.local.server import MAX_BODY
from reconciler.local.uploads import LARGEST, PREFIX, Uploads
from tests.local.signin.served import Served, served

SCOPE = "Credential=any/20261128/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=any"
CREATE = b'{"PoolName":"hidden"}'


@pytest.fixture(scope="module")
def cognito() -> Iterator[Served]:
    with served() as cognito:
        yield cognito


def _raw(url: str, *parts: bytes) -> bytes:
    """Send bytes as they are; return what comes until the server closes, or until it says nothing for a second."""
    said = b""
    with socket.create_connection((urlsplit(url).hostname or "", urlsplit(url).port or 0), timeout=1) as connection:
        try:
            for part in parts:
                connection.sendall(part)
            while got := connection.recv(65_536):
                said += got
        except (TimeoutError, ConnectionError):
            pass
    return said


def _head(cognito: Served, first: str, *headers: str) -> bytes:
    return "\r\n".join((f"{first} HTTP/1.1", f"Host: {urlsplit(cognito.url).netloc}", *headers, "", "")).encode()


def _hidden(cognito: Served) -> bytes:
    """Return a request of an administrator, as a web page would hide it in a body."""
    target = "X-Amz-Target: AWSCognitoIdentityProviderService.CreateUserPool"
    length = f"Content-Length: {len(CREATE)}"
    return _head(cognito, "POST /", f"Authorization: AWS4-HMAC-SHA256 {SCOPE}", target, length) + CREATE


def _pools(cognito: Served) -> list[str]:
    return [p["Name"] for p in cognito.admin.list_user_pools(MaxResults=10)["UserPools"]]


@pytest.mark.parametrize("first", ["POST /login", "POST /", "POST /_poolctl", "PUT /x/.well-known/jwks.json"])
def test_a_body_above_the_limit_holds_no_request(cognito: Served, first: str) -> None:
    hidden = _hidden(cognito)
    length = f"Content-Length: {MAX_BODY + len(hidden)}"
    head = _head(cognito, first, "Origin: https://elsewhere.example", "Content-Type: text/plain", length)
    _raw(cognito.url, head, b"x" * MAX_BODY, hidden)
    assert _pools(cognito) == []


@pytest.mark.parametrize("first", ["OPTIONS /", "GET /_poolctl", "DELETE /login", f"POST {PREFIX}job"])
def test_a_body_that_nothing_asks_for_holds_no_request(cognito: Served, first: str) -> None:
    hidden = _hidden(cognito)
    _raw(cognito.url, _head(cognito, first, f"Content-Length: {len(hidden)}"), hidden)
    assert _pools(cognito) == []


def test_a_body_in_chunks_holds_no_request(cognito: Served) -> None:
    hidden = _hidden(cognito)
    said = _raw(cognito.url, _head(cognito, "POST /", "Transfer-Encoding: chunked", "Content-Length: 0"), hidden)
    assert said.startswith(b"HTTP/1.1 411 ")
    assert said.count(b"HTTP/1.1 ") == 1
    assert _pools(cognito) == []


def test_a_body_of_two_lengths_holds_no_request(cognito: Served) -> None:
    hidden = _hidden(cognito)
    said = _raw(cognito.url, _head(cognito, "POST /", "Content-Length: 0", f"Content-Length: {len(hidden)}"), hidden)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert b"\r\nConnection: close\r\n" in said
    assert _pools(cognito) == []


@pytest.mark.parametrize("length", ["-5", "abc", "1.5", "+2", "²", "0x2", "", "9" * 5_000])
@pytest.mark.parametrize("path", ["/", "/login", f"{PREFIX}job"])
def test_a_length_that_is_none_is_refused(
    cognito: Served, path: str, length: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _raw(cognito.url, _head(cognito, f"POST {path}", f"Content-Length: {length}"))
    assert said.split(b" ")[1] in (b"400", b"413")
    assert b"\r\nConnection: close\r\n" in said
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("host", ["[::1", "[", "]", "", "127.0.0.1.example", "localhost."])
def test_a_host_that_is_none_is_refused(cognito: Served, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _raw(cognito.url, f"GET /_poolctl HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()).startswith(b"HTTP/1.1 403 ")
    assert capsys.readouterr().err == ""


def test_a_client_that_goes_away_is_no_error(cognito: Served, capsys: pytest.CaptureFixture[str]) -> None:
    netloc = urlsplit(cognito.url)
    for said in (b"", b"GET /_poolctl HTTP/1.1\r\n", _head(cognito, "GET /_poolctl")):
        with socket.create_connection((netloc.hostname or "", netloc.port or 0), timeout=1) as connection:
            connection.sendall(said)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for _ in range(3):  # each answer comes after those that were begun before
        assert _raw(cognito.url, _head(cognito, "GET /_poolctl", "Connection: close")).startswith(b"HTTP/1.1 200 ")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("header", "status"),
    [("Content-Length: -1", 400), ("Transfer-Encoding: chunked", 411), (f"Content-Length: {LARGEST + 1}", 413)],
)
def test_a_server_of_uploads_alone_refuses_them_as_well(header: str, status: int) -> None:
    uploads = Uploads()
    try:
        url = uploads.url("job", "signature")
        head = f"PUT {PREFIX}job HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n{header}\r\n\r\n"
        assert _raw(url, head.encode()).startswith(f"HTTP/1.1 {status} ".encode())
    finally:
        uploads.close()

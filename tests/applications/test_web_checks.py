"""What a pool publishes is read over HTTP from a small server, and each answer leads to the right words."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NameResolutionError

from reconciler.applications.web_checks import ExpectedWeb, NoWebAnswer, WebCheck, checks, worst
from reconciler.errors import ExitCode
from reconciler.runs import web_check
from tests.support import Clock

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"
HOST = "acme.auth.eu-west-1.amazoncognito.com"
CUSTOM = "auth.acme.example"
LOGIN = f"https://{HOST}/login?client_id=c1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb"
EXPECTED = ExpectedWeb(
    "acme",
    ISSUER,
    f"{ISSUER}/.well-known/openid-configuration",
    f"{ISSUER}/.well-known/jwks.json",
    {HOST: "", CUSTOM: "d1.cloudfront.net"},
    {"clients/web": LOGIN},
)
DISCOVERY = {
    "issuer": ISSUER,
    "jwks_uri": EXPECTED.jwks,
    "authorization_endpoint": f"https://{HOST}/oauth2/authorize",
    "token_endpoint": f"https://{HOST}/oauth2/token",
}
KEYS = {"keys": [{"kid": "a", "kty": "RSA"}, {"kid": "b", "kty": "RSA"}]}
PAGE = (200, {}, "<html>Sign in</html>")
FINE = {
    EXPECTED.discovery: (200, {}, json.dumps(DISCOVERY)),
    EXPECTED.jwks: (200, {}, json.dumps(KEYS)),
    LOGIN: PAGE,
}
EDGE = {"Server": "CloudFront", "X-Cache": "Error from cloudfront"}


class Web:
    """A server on the loopback that answers for any host, which is the first part of the path."""

    def __init__(self) -> None:
        self.answers = dict(FINE)
        self.read: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = f"https:/{self.path}"
                web.read.append(url)
                status, headers, text = web.answers.get(url, (404, {}, "nothing here"))
                body = text.encode()
                self.send_response_only(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def fetch(self, url: str):
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return web_check.get(f"{self.base}/{parts.netloc}{parts.path}{query}")

    def check(self, expected: ExpectedWeb = EXPECTED) -> dict[str, WebCheck]:
        return {c.what: c for c in checks(expected, self.fetch)}


@pytest.fixture
def web() -> Iterator[Web]:
    found = Web()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def test_everything_is_as_declared(web):
    found = web.check()
    assert {what: c.status for what, c in found.items()} == dict.fromkeys(
        ("discovery document", "keys", "clients/web"), "ok"
    )
    assert found["keys"].message == "2 keys."
    assert web.read == [EXPECTED.discovery, EXPECTED.jwks, LOGIN]
    assert web_check.exit_code([*found.values()], wrote=True) == ExitCode.OK


def moved(where: str) -> tuple[int, dict[str, str], str]:
    return 302, {"Location": where}, ""


DOCUMENTS = {
    "another issuer": ("discovery", {**DISCOVERY, "issuer": "https://x"}, "issuer is https://x, expected https://cog"),
    "other keys": ("discovery", {**DISCOVERY, "jwks_uri": "https://x"}, "jwks_uri is https://x, expected"),
    "no issuer": ("discovery", {}, "issuer is None, expected"),
    "another domain": (
        "discovery",
        {**DISCOVERY, "token_endpoint": "https://old.example/oauth2/token"},
        f"token_endpoint is at old.example, which is not a domain of the pool: {HOST}, {CUSTOM}.",
    ),
    "a list": ("discovery", [], "the answer is not a JSON object."),
    "no keys": ("jwks", {"keys": []}, "there is no key in it"),
    "a key without an id": ("jwks", {"keys": [{"kty": "RSA"}]}, "there is no key in it"),
    "nothing of keys": ("jwks", {}, "there is no key in it"),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_document_that_contradicts_is_wrong(case, web):
    member, tree, says = DOCUMENTS[case]
    web.answers[getattr(EXPECTED, member)] = (200, {}, json.dumps(tree))
    found = web.check()["discovery document" if member == "discovery" else "keys"]
    assert (found.status, says in found.message) == ("wrong", True)


PAGES = {
    "redirect_mismatch": (moved("/error?error=redirect_mismatch&client_id=c1"), "wrong", "Compare CallbackURLs"),
    "unknown client": (moved(f"https://{HOST}/error?error=Client+does+not+exist."), "wrong", "does not accept the cli"),
    "error page without a word": (moved("/error"), "wrong", "Cognito says error."),
    "error at the callback": (
        moved("https://app.example/cb?error=unauthorized_client&error_description=not+allowed"),
        "wrong",
        "Cognito says unauthorized_client: not allowed: it does not accept the client.",
    ),
    "one provider": (moved("https://login.partner.example/authorize?x=1"), "ok", "leads to login.partner.example."),
    "bad request": ((400, {}, "bad"), "wrong", "the answer is HTTP 400, not a page."),
    "no style": ((403, {}, "Login pages unavailable. Please contact an administrator."), "wrong", "Declare branding"),
    "round and round": (moved(LOGIN), "unread", "more than 5 redirects"),
    "CloudFront is not ready": ((503, EDGE, ""), "waiting", "CloudFront answers HTTP 503"),
    "CloudFront does not know it": ((403, EDGE, "The request could not be satisfied"), "waiting", "HTTP 403"),
    "behind CloudFront": ((502, {"Via": "1.1 x (CloudFront)"}, ""), "waiting", "it is on its way"),
    "not ready": ((503, {}, ""), "unread", "answers HTTP 503. Try again."),
}


@pytest.mark.parametrize("case", PAGES)
def test_a_sign_in_page(case, web):
    answer, status, says = PAGES[case]
    web.answers[LOGIN] = answer
    found = web.check()["clients/web"]
    assert (found.status, says in found.message, found.url) == (status, True, LOGIN), found.message


def test_a_redirect_within_the_host_is_followed(web):
    web.answers[LOGIN] = moved("/login/continue?client_id=c1")
    web.answers[f"https://{HOST}/login/continue?client_id=c1"] = PAGE
    assert web.check()["clients/web"].status == "ok"


REASONS = {
    ("name", HOST): ("waiting", "A new prefix domain is served after up to a minute."),
    ("name", CUSTOM): ("waiting", f"Make the DNS record {CUSTOM} CNAME d1.cloudfront.net (in Route 53, an alias)"),
    ("certificate", CUSTOM): ("waiting", "no matching certificate yet"),
    ("timeout", HOST): ("unread", "the answer took too long"),
    ("connection", HOST): ("unread", "there is no connection"),
}


@pytest.mark.parametrize(("reason", "host"), REASONS)
def test_no_answer_of_a_domain(reason, host):
    status, says = REASONS[reason, host]
    expected = ExpectedWeb("acme", "", "", "", EXPECTED.records, {"clients/web": f"https://{host}/login"})
    *_, found = checks(expected, lambda _: NoWebAnswer(reason, "SomeError"))
    assert (found.status, says in found.message) == (status, True), found.message


@pytest.mark.parametrize("reason", ["name", "certificate", "timeout", "connection"])
def test_no_answer_of_the_service_is_never_waiting(reason):
    found = next(checks(EXPECTED, lambda _: NoWebAnswer(reason, "SomeError")))
    assert found.status == "unread"
    assert found.message.startswith("cognito-idp.eu-west-1.amazonaws.com could not be read: ")


def test_a_custom_domain_that_does_not_exist_yet_has_no_target_to_name():
    expected = ExpectedWeb("acme", "", "", "", {CUSTOM: ""}, {"clients/web": f"https://{CUSTOM}/login"})
    *_, found = checks(expected, lambda _: NoWebAnswer("name", "X"))
    assert "Make its DNS record once the domain exists; `poolctl show pool` has it." in found.message


@pytest.mark.parametrize(
    ("statuses", "wrote", "code"),
    [
        (["ok", "skipped"], True, ExitCode.OK),
        ([], True, ExitCode.OK),
        (["ok", "waiting"], True, ExitCode.INCOMPLETE),
        (["unread", "waiting"], False, ExitCode.INCOMPLETE),
        (["waiting", "wrong", "unread"], True, ExitCode.PARTIAL),
        (["wrong"], False, ExitCode.ERROR),
    ],
)
def test_the_exit_code(statuses, wrote, code):
    found = [WebCheck("p", "w", "", status, "") for status in statuses]
    assert web_check.exit_code(found, wrote=wrote) == code
    assert worst(found) == (sorted(statuses, key=["wrong", "unread", "waiting", "skipped", "ok"].index) or ["ok"])[0]


# --- the connection itself -----------------------------------------------------------------------------------------


def test_tls_that_fails_and_a_port_that_leads_nowhere(web):
    port = web.server.server_port
    web.server.socket.settimeout(5)
    found = web_check.get(f"https://127.0.0.1:{port}/")
    assert isinstance(found, NoWebAnswer)
    assert (found.reason, found.detail) == ("certificate", "SSLError")
    assert web_check.get("http://127.0.0.1:1/").reason == "connection"


def test_a_name_that_does_not_resolve_is_known_by_its_cause():
    lost = NameResolutionError("auth.acme.example", HTTPConnection("auth.acme.example"), socket.gaierror(-2, "x"))
    assert web_check.reason(requests.ConnectionError(MaxRetryError(None, "/", lost))) == "name"
    assert web_check.reason(requests.ConnectTimeout()) == "timeout"
    assert web_check.reason(requests.ConnectionError(MaxRetryError(None, "/", OSError()))) == "connection"


def test_a_body_without_an_end_is_cut(web):
    web.answers["https://large"] = (200, {}, "x" * (web_check.LARGEST + 200_000))
    found = web.fetch("https://large")
    assert web_check.LARGEST <= len(found.text) < web_check.LARGEST + 100_000


def test_a_body_that_comes_too_slowly_is_cut(web):
    web.answers["https://slow"] = (200, {}, "x" * 100)
    clock = Clock()

    def ticking() -> float:
        clock.sleep(web_check.READ)
        return clock()

    assert web_check.get(f"{web.base}/slow", ticking).text == ""

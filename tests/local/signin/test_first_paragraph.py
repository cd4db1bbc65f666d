"""What a developer meets first, over HTTP: the wrong thing is refused as Cognito refuses it, and the right thing works.

Each of these was wrong while sign-in was moto's.
"""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from pycognito.aws_srp import AWSSRP

from reconciler.local.server import RequestHandler
from tests.local.signin.served import Served, claims, refusal, served
from tests.local.signin.support import PASSWORD
from tests.local.support import wrong_code

GENERIC = ("NotAuthorizedException", "Incorrect username or password.")
MAIL = "ann@example.com"
TARGET = "AWSCognitoIdentityProviderService."
CALLBACK = "http://localhost:3000/back"
REQUIRED_MAIL: list[dict[str, Any]] = [{"Name": "email", "Required": True, "Mutable": True}]


@pytest.fixture(scope="module")
def cognito() -> Iterator[Served]:
    with served() as cognito:
        yield cognito


def test_srp_proves_the_password(cognito: Served) -> None:
    pool = cognito.pool()
    client = cognito.client(pool)["ClientId"]
    cognito.user(pool)

    def sign_in(password: str) -> Any:
        srp = AWSSRP("ann", password, pool, client, client=cognito.public)
        return srp.authenticate_user()

    assert refusal(sign_in, f"{PASSWORD}!") == GENERIC
    assert refusal(sign_in, PASSWORD.lower()) == GENERIC
    assert claims(sign_in(PASSWORD)["AuthenticationResult"]["AccessToken"])["username"] == "ann"


def test_srp_is_not_answered_by_a_proof_for_another_challenge(cognito: Served) -> None:
    pool = cognito.pool()
    client = cognito.client(pool)["ClientId"]
    cognito.user(pool)
    srp = AWSSRP("ann", PASSWORD, pool, client, client=cognito.public)
    asked = {"ClientId": client, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": srp.get_auth_params()}
    first, second = (cognito.public.initiate_auth(**asked)["ChallengeParameters"] for _ in range(2))
    proof = srp.process_challenge(first, asked["AuthParameters"])
    proof["PASSWORD_CLAIM_SECRET_BLOCK"] = second["SECRET_BLOCK"]
    answer = {"ClientId": client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof}
    assert refusal(cognito.public.respond_to_auth_challenge, **answer) == GENERIC


def test_sign_up_needs_the_required_address(cognito: Served) -> None:
    client = cognito.client(cognito.pool(Schema=REQUIRED_MAIL))["ClientId"]
    code, message = refusal(cognito.sign_up, client, "ann")
    assert (code, message) == (
        "InvalidParameterException",
        "Attributes did not conform to the schema: email: The attribute is required",
    )
    assert refusal(cognito.sign_up, client, "ann", email="no address")[0] == "InvalidParameterException"
    answer = cognito.sign_up(client, "ann", email=MAIL)
    assert answer["UserConfirmed"] is False


def test_a_flow_works_only_where_the_client_allows_it(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool)
    closed = cognito.client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["ClientId"]
    said = "USER_PASSWORD_AUTH flow not enabled for this client"
    assert refusal(cognito.sign_in, closed) == ("InvalidParameterException", said)
    assert "AccessToken" in cognito.tokens(cognito.client(pool)["ClientId"])


def test_an_alias_signs_in_once_it_is_verified(cognito: Served) -> None:
    pool = cognito.pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    client = cognito.client(pool)["ClientId"]
    cognito.sign_up(client, "ann", email=MAIL)
    assert refusal(cognito.sign_in, client, MAIL) == ("UserNotFoundException", "User does not exist.")
    cognito.admin.admin_confirm_sign_up(UserPoolId=pool, Username="ann")  # confirms, and verifies nothing
    assert refusal(cognito.sign_in, client, MAIL) == ("UserNotFoundException", "User does not exist.")
    attribute = [{"Name": "email_verified", "Value": "true"}]
    cognito.admin.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=attribute)
    assert claims(cognito.tokens(client, MAIL)["AccessToken"])["username"] == "ann"


def test_the_code_of_the_sign_up_verifies_the_alias(cognito: Served) -> None:
    pool = cognito.pool(AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    client = cognito.client(pool)["ClientId"]
    cognito.sign_up(client, "ann", email=MAIL)
    code = cognito.messages[-1].code
    wrong = wrong_code(code)
    confirm = {"ClientId": client, "Username": "ann"}
    assert refusal(cognito.public.confirm_sign_up, **confirm, ConfirmationCode=wrong)[0] == "CodeMismatchException"
    cognito.public.confirm_sign_up(**confirm, ConfirmationCode=code)
    assert "AccessToken" in cognito.tokens(client, MAIL)


@pytest.mark.parametrize("sensitive", [True, False])
def test_case_matters_where_the_pool_says_so(cognito: Served, *, sensitive: bool) -> None:
    pool = cognito.pool(UsernameConfiguration={"CaseSensitive": sensitive})
    client = cognito.client(pool)["ClientId"]
    cognito.sign_up(client, "Ann")
    cognito.admin.admin_confirm_sign_up(UserPoolId=pool, Username="Ann")
    if sensitive:
        assert refusal(cognito.sign_in, client, "ANN")[0] == "UserNotFoundException"
        assert refusal(cognito.sign_up, client, "ANN") == ("", "")
    else:
        assert claims(cognito.tokens(client, "ANN")["AccessToken"])["username"] == "ann"
        assert refusal(cognito.sign_up, client, "ANN") == ("UsernameExistsException", "User already exists")


def test_tokens_live_as_long_as_the_client_says(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool)
    units = {"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days"}
    lives = {"AccessTokenValidity": 7, "IdTokenValidity": 3, "RefreshTokenValidity": 2}
    client = cognito.client(pool, **lives, TokenValidityUnits=units)["ClientId"]
    found = cognito.tokens(client)
    assert found["ExpiresIn"] == 7 * 60
    ends = [claims(found[t])["exp"] - claims(found[t])["iat"] for t in ("AccessToken", "IdToken")]
    assert ends == [7 * 60, 3 * 3600]


def test_a_token_that_is_over_is_refused(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool)
    client = cognito.client(pool, AccessTokenValidity=5, TokenValidityUnits={"AccessToken": "minutes"})["ClientId"]
    token = cognito.tokens(client)["AccessToken"]
    assert cognito.public.get_user(AccessToken=token)["Username"] == "ann"
    store = cognito.server.engine.store
    clock = store.clock
    store.clock = lambda: clock() + 301
    try:
        said = refusal(cognito.public.get_user, AccessToken=token)
    finally:
        store.clock = clock
    assert said == ("NotAuthorizedException", "Access Token has expired")


def test_the_id_token_has_the_address(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool, email=MAIL, email_verified="true")
    readable, hidden = cognito.client(pool), cognito.client(pool, ReadAttributes=["name"])
    found = claims(cognito.tokens(readable["ClientId"])["IdToken"])
    assert (found["email"], found["email_verified"]) == (MAIL, True)
    assert "email" not in claims(cognito.tokens(hidden["ClientId"])["IdToken"])


def test_a_user_chooses_how_to_sign_in(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool)
    client, without = cognito.client(pool)["ClientId"], cognito.client(pool, ExplicitAuthFlows=None)["ClientId"]
    asked = {"AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "ann"}}
    said = refusal(cognito.public.initiate_auth, ClientId=without, **asked)
    assert said == ("InvalidParameterException", "USER_AUTH is not enabled for the client.")
    offered = cognito.public.initiate_auth(ClientId=client, **asked)
    assert offered["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(offered["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP"}

    def answer(password: str) -> Any:
        responses = {"USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": password}
        chosen = {"ChallengeName": "SELECT_CHALLENGE", "Session": offered["Session"], "ChallengeResponses": responses}
        return cognito.public.respond_to_auth_challenge(ClientId=client, **chosen)

    responses = {"USERNAME": "ann", "ANSWER": "WEB_AUTHN"}
    wrong = {"ChallengeName": "SELECT_CHALLENGE", "Session": offered["Session"], "ChallengeResponses": responses}
    said = refusal(cognito.public.respond_to_auth_challenge, ClientId=client, **wrong)
    assert said[0] == "InvalidParameterException"
    assert "AccessToken" in answer(PASSWORD)["AuthenticationResult"]
    assert refusal(answer, PASSWORD)[0] == "NotAuthorizedException"  # a session can be used once


def test_the_discovery_document_names_the_server_that_serves_it(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.user(pool)
    token = cognito.tokens(cognito.client(pool)["ClientId"])["IdToken"]
    found = requests.get(f"{cognito.url}/{pool}/.well-known/openid-configuration", timeout=10).json()
    assert found["issuer"] == claims(token)["iss"] == f"{cognito.url}/{pool}"
    assert found["jwks_uri"] == f"{cognito.url}/{pool}/.well-known/jwks.json"
    keys = requests.get(found["jwks_uri"], timeout=10).json()["keys"]
    assert len({k["kid"] for k in keys}) == 2
    unknown = requests.get(f"{cognito.url}/us-east-1_Unknown00/.well-known/jwks.json", timeout=10)
    assert unknown.status_code in (400, 404)


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://app.example.com"])
def test_browsers_may_call_the_api(cognito: Served, origin: str) -> None:
    asked = "amz-sdk-invocation-id,amz-sdk-request,cache-control,content-type,x-amz-target,x-amz-user-agent"
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": asked,
    }
    preflight = requests.options(f"{cognito.url}/", headers=headers, timeout=10)
    assert preflight.ok
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert set(asked.split(",")) <= set(preflight.headers["Access-Control-Allow-Headers"].split(","))
    answer = _post(cognito.url, "InitiateAuth", {"ClientId": "unknown", "AuthFlow": "USER_AUTH"}, origin)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "ResourceNotFoundException"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    shown = answer.headers["Access-Control-Expose-Headers"].split(",")
    assert shown == ["x-amzn-RequestId", "x-amzn-ErrorType", "x-amzn-ErrorMessage", "Date"]
    assert all(name in answer.headers for name in shown)
    assert answer.headers["x-amzn-ErrorType"] == "ResourceNotFoundException:"


def _post(url: str, operation: str, body: Any, origin: str = "") -> requests.Response:
    headers = {"X-Amz-Target": f"{TARGET}{operation}", "Content-Type": "application/x-amz-json-1.1"}
    return requests.post(
        f"{url}/", json.dumps(body), headers={**headers, **({"Origin": origin} if origin else {})}, timeout=10
    )


def test_what_needs_a_signature_is_refused_without_one(cognito: Served) -> None:
    answer = _post(cognito.url, "ListUsers", {"UserPoolId": cognito.pool()})
    assert (answer.status_code, answer.json()["__type"]) == (400, "MissingAuthenticationTokenException")


def test_the_hosted_pages_exist_and_refuse_what_is_not_registered(cognito: Served) -> None:
    pool = cognito.pool()
    cognito.admin.create_user_pool_domain(UserPoolId=pool, Domain="first")
    flow = {"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}
    web = {"CallbackURLs": [CALLBACK], "SupportedIdentityProviders": ["COGNITO"]}
    client = cognito.client(pool, **flow, **web)["ClientId"]
    base = f"{cognito.url}/_domain/first"
    asked = {"client_id": client, "response_type": "code", "redirect_uri": CALLBACK}
    page = requests.get(f"{base}/login", params=asked, timeout=10)
    assert (page.status_code, page.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert 'name="password"' in page.text
    wrong = requests.get(f"{base}/login", params={**asked, "redirect_uri": f"{CALLBACK}/"}, timeout=10)
    assert "redirect_mismatch" in f"{wrong.url}{wrong.text}"
    assert 'name="password"' not in wrong.text
    led = requests.get(f"{base}/oauth2/authorize", params=asked, timeout=10, allow_redirects=False)
    assert (led.status_code, "/login?" in led.headers["Location"]) == (302, True)
    grant = {"grant_type": "authorization_code", "client_id": client, "code": "none", "redirect_uri": CALLBACK}
    token = requests.post(f"{base}/oauth2/token", grant, timeout=10)
    assert (token.status_code, token.json()["error"]) == (400, "invalid_grant")
    bearer = {"Authorization": "Bearer a.b.c"}
    assert requests.get(f"{base}/oauth2/userInfo", headers=bearer, timeout=10).status_code == 401
    revoked = requests.post(f"{base}/oauth2/revoke", {"client_id": client}, timeout=10)
    assert (revoked.status_code, revoked.json()["error"]) == (400, "invalid_request")


def test_an_answer_on_a_kept_connection_is_one_packet(cognito: Served) -> None:
    """Headers and body in two packets would wait 40 ms for each other: the algorithm of Nagle and late receipts."""
    pool = cognito.pool()
    host, port = cognito.url.removeprefix("http://").split(":")
    body = json.dumps({"ClientId": cognito.client(pool)["ClientId"], "AuthFlow": "USER_AUTH"}).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nX-Amz-Target: {TARGET}InitiateAuth\r\n"
        f"Content-Type: application/x-amz-json-1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        for _ in range(5):
            connection.sendall(head + body)
            answer = connection.recv(65_536)  # one segment is received as a whole
            headers, _, said = answer.partition(b"\r\n\r\n")
            length = next(int(h.split(b":")[1]) for h in headers.split(b"\r\n") if h.startswith(b"Content-Length"))
            assert len(said) == length
            assert b"Connection: close" not in headers


class Written(io.RawIOBase):
    """Counts what would be one packet each."""

    writes = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.writes += 1
        return len(data)


def test_the_server_writes_each_answer_once() -> None:
    raw = Written()
    handler = RequestHandler.__new__(RequestHandler)
    handler.wfile = io.BufferedWriter(raw)  # as wbufsize -1 makes it
    handler.request_version, handler.requestline, handler.command = "HTTP/1.1", "POST / HTTP/1.1", "POST"
    handler.answer(200, {"Content-Type": "application/json"}, b"{}" * 1000)
    handler.wfile.flush()
    assert (raw.writes, RequestHandler.wbufsize, RequestHandler.disable_nagle_algorithm) == (1, -1, True)

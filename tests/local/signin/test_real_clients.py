"""Clients that were written for Cognito, and know of no other: pycognito, boto3, Authlib and the AWS CLI.

`make packages` installs the AWS CLI in an environment of its own, as it needs another botocore.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pyotp
import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from botocore.exceptions import ClientError
from pycognito import Cognito, TokenVerificationException
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
)

from reconciler.local import LocalCognito
from tests.local.signin.served import KEYS, REGION, Served, claims, pairs, refusal, served
from tests.local.signin.support import PASSWORD
from tests.local.support import SMS, wrong_code, wrong_totp

AWS = Path(__file__).parents[1] / ".aws-cli" / "bin" / "aws"
CALLBACK = "http://localhost:3000/back"
GENERIC = ("NotAuthorizedException", "Incorrect username or password.")
PHONE = "+12065551234"
NEXT = "Another-Horse-9"


@pytest.fixture(scope="module")
def cognito() -> Iterator[Served]:
    with served() as cognito:
        yield cognito


# --- pycognito -------------------------------------------------------------------------------------------------------


class Customer:
    """A pool with one client, and the user `ann` of pycognito."""

    def __init__(self, cognito: Served, pool: dict[str, Any] | None = None, **client: Any) -> None:
        self.cognito = cognito
        self.pool = cognito.pool(**(pool or {}))
        made = cognito.client(self.pool, ExplicitAuthFlows=None, **client)
        self.client, self.secret = made["ClientId"], made.get("ClientSecret")

    def user(self, name: str = "ann") -> Any:
        place = {"endpoint_url": self.cognito.url, **KEYS}
        known = {"username": name, "client_secret": self.secret, "user_pool_region": REGION}
        user = Cognito(self.pool, self.client, **known, boto3_client_kwargs=place)
        user.pool_domain_url = self.cognito.url
        return user


@pytest.mark.parametrize("secret", [False, True])
def test_pycognito_signs_up_and_in(cognito: Served, *, secret: bool) -> None:
    customer = Customer(cognito, {"AutoVerifiedAttributes": ["email"]}, GenerateSecret=secret)
    user = customer.user()
    user.set_base_attributes(email="ann@example.com")
    answer = user.register("ann", PASSWORD)
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    assert refusal(user.authenticate, PASSWORD) == ("UserNotConfirmedException", "User is not confirmed.")
    user.confirm_sign_up(cognito.messages[-1].code, username="ann")
    assert refusal(user.authenticate, "Wrong-Horse-9") == GENERIC
    user.authenticate(PASSWORD)
    assert user.get_user().email == "ann@example.com"
    assert user.id_claims["email_verified"] is True
    before = user.access_token
    user.renew_access_token()
    assert user.access_token != before
    assert claims(user.access_token)["origin_jti"] == claims(before)["origin_jti"]
    user.change_password(PASSWORD, NEXT)
    assert refusal(customer.user().authenticate, PASSWORD) == GENERIC
    token = user.access_token
    user.logout()
    said = refusal(cognito.public.get_user, AccessToken=token)
    assert said == ("NotAuthorizedException", "Access Token has been revoked")


def test_pycognito_without_the_secret_is_refused(cognito: Served) -> None:
    customer = Customer(cognito, GenerateSecret=True)
    cognito.user(customer.pool)
    customer.secret = None
    assert refusal(customer.user().authenticate, PASSWORD)[0] == "NotAuthorizedException"
    customer.secret = "another secret of a client"
    said = f"SecretHash does not match for the client: {customer.client}"
    assert refusal(customer.user().authenticate, PASSWORD) == ("NotAuthorizedException", said)


def test_pycognito_verifies_tokens_against_our_keys(cognito: Served) -> None:
    customer = Customer(cognito)
    cognito.user(customer.pool)
    user = customer.user()
    user.authenticate(PASSWORD)  # it verifies both tokens
    head, body, signature = user.id_token.split(".")
    other = base64.urlsafe_b64encode(json.dumps({**claims(user.id_token), "sub": "x"}).encode()).decode().rstrip("=")
    with pytest.raises(TokenVerificationException):
        user.verify_token(f"{head}.{other}.{signature}", "id_token", "id")
    assert body != other


@pytest.mark.parametrize("secret", [False, True])
def test_pycognito_sets_a_new_password(cognito: Served, *, secret: bool) -> None:
    customer = Customer(cognito, GenerateSecret=secret)
    asked = {"UserPoolId": customer.pool, "Username": "ann", "TemporaryPassword": PASSWORD}
    cognito.admin.admin_create_user(**asked, MessageAction="SUPPRESS")
    user = customer.user()
    with pytest.raises(ForceChangePasswordException):
        user.authenticate(PASSWORD)
    assert refusal(user.new_password_challenge, PASSWORD, "weak12")[0] == "InvalidPasswordException"
    user.new_password_challenge(PASSWORD, NEXT)
    assert user.access_token
    assert refusal(customer.user().authenticate, PASSWORD) == GENERIC
    customer.user().authenticate(NEXT)


@pytest.mark.parametrize("secret", [False, True])
def test_pycognito_signs_in_with_an_authenticator_app(cognito: Served, *, secret: bool) -> None:
    customer = Customer(cognito, GenerateSecret=secret)
    cognito.admin.set_user_pool_mfa_config(
        UserPoolId=customer.pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    cognito.user(customer.pool)
    user = customer.user()
    user.authenticate(PASSWORD)
    app = pyotp.TOTP(user.associate_software_token())
    wrong = wrong_totp(app.secret, time.time())
    assert refusal(user.verify_software_token, wrong)[0] == "EnableSoftwareTokenMFAException"
    assert user.verify_software_token(app.now(), "phone")
    user.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")
    again = customer.user()
    with pytest.raises(SoftwareTokenMFAChallengeException):
        again.authenticate(PASSWORD)
    step = int(cognito.server.engine.store.now()) + 30  # the code of now was used to verify the app
    assert refusal(again.respond_to_software_token_mfa_challenge, wrong)[0] == "CodeMismatchException"
    again.respond_to_software_token_mfa_challenge(app.at(step))
    assert again.get_user().username == "ann"


def test_pycognito_signs_in_with_a_code_by_sms(cognito: Served) -> None:
    customer = Customer(cognito, {"SmsConfiguration": SMS, "MfaConfiguration": "ON"})
    cognito.user(customer.pool, phone_number=PHONE, phone_number_verified="true")
    user = customer.user()
    with pytest.raises(SMSMFAChallengeException):
        user.authenticate(PASSWORD)
    message = cognito.messages[-1]
    assert (message.medium, message.to) == ("SMS", PHONE)
    wrong = wrong_code(message.code)
    assert refusal(user.respond_to_sms_mfa_challenge, wrong)[0] == "CodeMismatchException"
    user.respond_to_sms_mfa_challenge(message.code)
    assert user.get_user().username == "ann"
    assert refusal(user.respond_to_sms_mfa_challenge, message.code)[0] == "NotAuthorizedException"


def test_pycognito_resets_a_password(cognito: Served) -> None:
    customer = Customer(cognito)
    cognito.user(customer.pool, email="ann@example.com", email_verified="true")
    user = customer.user()
    user.initiate_forgot_password()
    code = cognito.messages[-1].code
    wrong = wrong_code(code)
    assert refusal(user.confirm_forgot_password, wrong, NEXT)[0] == "CodeMismatchException"
    user.confirm_forgot_password(code, NEXT)
    assert refusal(customer.user().authenticate, PASSWORD) == GENERIC
    customer.user().authenticate(NEXT)


# --- boto3 in this process -------------------------------------------------------------------------------------------


def test_boto3_signs_in_without_a_server() -> None:
    with LocalCognito() as local:
        boto = local.client("cognito-idp")
        pool = boto.create_user_pool(PoolName="p", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
        flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        made = boto.create_user_pool_client(UserPoolId=pool, ClientName="c", ExplicitAuthFlows=flows)
        client = made["UserPoolClient"]["ClientId"]
        mail = pairs({"email": "ann@example.com"})
        boto.sign_up(ClientId=client, Username="ann", Password=PASSWORD, UserAttributes=mail)
        code = local.desk.messages[-1].code
        boto.confirm_sign_up(ClientId=client, Username="ann", ConfirmationCode=code)
        given = {"USERNAME": "ann", "PASSWORD": PASSWORD}
        asked = {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH"}
        wrong = {**given, "PASSWORD": "Wrong-Horse-9"}
        assert refusal(boto.initiate_auth, **asked, AuthParameters=wrong) == GENERIC
        found = boto.initiate_auth(**asked, AuthParameters=given)["AuthenticationResult"]
        assert claims(found["IdToken"])["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
        assert boto.get_user(AccessToken=found["AccessToken"])["Username"] == "ann"


def test_an_unsigned_client_finds_its_pool_in_any_region(cognito: Served) -> None:
    """What a user sends is unsigned and so names no Region."""
    import boto3

    there = boto3.client("cognito-idp", region_name="eu-central-1", endpoint_url=cognito.url, **KEYS)
    pool = there.create_user_pool(PoolName="p")["UserPool"]["Id"]
    assert pool.startswith("eu-central-1_")
    made = there.create_user_pool_client(
        UserPoolId=pool, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )
    client = made["UserPoolClient"]["ClientId"]
    there.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    there.admin_set_user_password(UserPoolId=pool, Username="ann", Password=PASSWORD, Permanent=True)
    token = cognito.tokens(client)["AccessToken"]
    assert cognito.public.get_user(AccessToken=token)["Username"] == "ann"
    feedback = {"EventId": "a", "FeedbackToken": "b", "FeedbackValue": "Valid"}
    said = refusal(cognito.public.update_auth_event_feedback, UserPoolId=pool, Username="ann", **feedback)
    assert said[0] == "UserPoolAddOnNotEnabledException"


# --- Authlib ---------------------------------------------------------------------------------------------------------


def _domain(cognito: Served, pool: str) -> str:
    name = f"d{hashlib.sha256(pool.encode()).hexdigest()[:12]}"
    cognito.admin.create_user_pool_domain(UserPoolId=pool, Domain=name)
    return f"{cognito.url}/_domain/{name}"


def _machine(cognito: Served) -> tuple[str, dict[str, Any]]:
    pool = cognito.pool()
    scopes = [{"ScopeName": s, "ScopeDescription": s} for s in ("read", "write", "delete")]
    cognito.admin.create_resource_server(UserPoolId=pool, Identifier="orders", Name="Orders", Scopes=scopes)
    flow = {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthFlowsUserPoolClient": True}
    allowed = ["orders/read", "orders/write"]
    client = cognito.client(pool, GenerateSecret=True, **flow, AllowedOAuthScopes=allowed, ExplicitAuthFlows=None)
    return f"{_domain(cognito, pool)}/oauth2/token", client


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_gets_a_token_for_a_program(cognito: Served, method: str) -> None:
    url, client = _machine(cognito)
    asked = {"scope": "orders/read", "token_endpoint_auth_method": method}
    session = OAuth2Session(client["ClientId"], client["ClientSecret"], **asked)
    token = session.fetch_token(url, grant_type="client_credentials")
    assert token["token_type"] == "Bearer"
    found = claims(token["access_token"])
    assert (found["scope"], found["sub"], found["token_use"]) == ("orders/read", client["ClientId"], "access")
    assert set(token) == {"access_token", "expires_in", "token_type", "expires_at"}
    everything = OAuth2Session(client["ClientId"], client["ClientSecret"], token_endpoint_auth_method=method)
    token = everything.fetch_token(url, grant_type="client_credentials")
    assert claims(token["access_token"])["scope"] == "orders/read orders/write"


@pytest.mark.parametrize(
    ("secret", "scope", "error"),
    [
        ("wrong", "orders/read", "invalid_client"),
        ("", "orders/unknown", "invalid_scope"),
        ("", "orders/delete", "invalid_grant"),
    ],
)
def test_authlib_gets_no_token_for_what_is_not_allowed(cognito: Served, secret: str, scope: str, error: str) -> None:
    url, client = _machine(cognito)
    session = OAuth2Session(client["ClientId"], secret or client["ClientSecret"], scope=scope)
    with pytest.raises(OAuthError) as caught:
        session.fetch_token(url, grant_type="client_credentials")
    assert caught.value.error == error


class Form(HTMLParser):
    """The first form of a page that has a field, with the values that a browser would send."""

    def __init__(self, page: str, field: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.action, self.fields = next(f for f in self.forms if field in f[1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if tag == "input" and self.forms and given.get("name"):
            self.forms[-1][1][given["name"]] = given.get("value", "")


def _submit(browser: requests.Session, page: requests.Response, **fields: str) -> requests.Response:
    form = Form(page.text, next(iter(fields)))
    target = urljoin(page.url, form.action) if form.action else page.url
    answer = browser.post(target, {**form.fields, **fields}, allow_redirects=False, timeout=10)
    while answer.is_redirect and not answer.headers["Location"].startswith(CALLBACK):
        answer = browser.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=10)
    return answer


def _web(cognito: Served, **settings: Any) -> tuple[str, str, dict[str, Any]]:
    """Return pool, base of its pages and a client for them."""
    schema = [{"Name": "email", "Required": True}]
    pool = cognito.pool(AutoVerifiedAttributes=["email"], Schema=schema)
    flow = {
        "CallbackURLs": [CALLBACK],
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "SupportedIdentityProviders": ["COGNITO"],
    }
    return pool, _domain(cognito, pool), cognito.client(pool, **{**flow, **settings})


@pytest.mark.parametrize("secret", [False, True])
def test_authlib_signs_a_user_in_by_code_and_pkce(cognito: Served, *, secret: bool) -> None:
    pool, base, client = _web(cognito, GenerateSecret=secret)
    cognito.user(pool, email="ann@example.com", email_verified="true")
    method = "client_secret_basic" if secret else "none"
    session = OAuth2Session(
        client["ClientId"],
        client.get("ClientSecret"),
        scope="openid email",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method=method,
    )
    verifier = "v" * 64
    url, state = session.create_authorization_url(f"{base}/oauth2/authorize", code_verifier=verifier, nonce="n-1")
    browser = requests.Session()
    page = browser.get(url, timeout=10)
    wrong = _submit(browser, page, username="ann", password="Wrong-Horse-9")
    assert "Incorrect username or password." in wrong.text
    back = _submit(browser, wrong, username="ann", password=PASSWORD)
    target = back.headers["Location"]
    assert parse_qs(urlsplit(target).query)["state"] == [state]
    with pytest.raises(OAuthError) as caught:
        session.fetch_token(f"{base}/oauth2/token", authorization_response=target, code_verifier="w" * 64)
    assert caught.value.error == "invalid_grant"
    back = _submit_again(browser, session, base, verifier)
    token = session.fetch_token(f"{base}/oauth2/token", authorization_response=back, code_verifier=verifier)
    found = claims(token["id_token"])
    assert (found["nonce"], found["email"], found["iss"]) == ("n-2", "ann@example.com", f"{cognito.url}/{pool}")
    info = session.get(f"{base}/oauth2/userInfo").json()
    assert (info["sub"], info["email_verified"], info["username"]) == (found["sub"], "true", "ann")
    _refreshes_and_revokes(session, base, token)


def _submit_again(browser: requests.Session, session: Any, base: str, verifier: str) -> str:
    """The browser is signed in: a code comes without a page."""
    url, _ = session.create_authorization_url(f"{base}/oauth2/authorize", code_verifier=verifier, nonce="n-2")
    return str(browser.get(url, allow_redirects=False, timeout=10).headers["Location"])


def _refreshes_and_revokes(session: Any, base: str, token: Any) -> None:
    renewed = session.refresh_token(f"{base}/oauth2/token", token["refresh_token"])
    assert renewed["access_token"] != token["access_token"]
    assert session.revoke_token(f"{base}/oauth2/revoke", token["refresh_token"]).status_code == 200
    with pytest.raises(OAuthError) as caught:
        session.refresh_token(f"{base}/oauth2/token", token["refresh_token"])
    assert caught.value.error == "invalid_grant"


def test_a_user_signs_up_on_the_pages(cognito: Served) -> None:
    _, base, client = _web(cognito)
    asked = {"client_id": client["ClientId"], "response_type": "code", "redirect_uri": CALLBACK, "scope": "openid"}
    browser = requests.Session()
    page = browser.get(f"{base}/signup", params=asked, timeout=10)
    typed = {"username": "ann", "requiredAttributes[email]": "ann@example.com"}
    refused = _submit(browser, page, **typed, password="weak12")
    assert "Password not long enough" in refused.text
    page = _submit(browser, refused, **typed, password=PASSWORD)
    wrong = _submit(browser, page, code=wrong_code(cognito.messages[-1].code))
    assert "Invalid verification code provided" in wrong.text
    back = _submit(browser, wrong, code=cognito.messages[-1].code)
    assert parse_qs(urlsplit(back.headers["Location"]).query)["code"]


# --- AWS CLI ---------------------------------------------------------------------------------------------------------


def _aws(cognito: Served, *words: str) -> tuple[int, Any]:
    """Return the exit code and the answer, or what is said of an error."""
    env = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "HOME": "/none"}
    where = ("--endpoint-url", cognito.url, "--region", REGION, "--output", "json")
    done = subprocess.run([AWS, *where, "cognito-idp", *words], env=env, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout or "{}") if done.returncode == 0 else done.stderr


@pytest.mark.skipif(not AWS.exists(), reason="the AWS CLI is not installed: make packages")
def test_the_aws_cli_signs_users_up_and_in(cognito: Served) -> None:
    pool = cognito.pool(AutoVerifiedAttributes=["email"])
    client = cognito.client(pool)["ClientId"]
    who = ("--client-id", client, "--username", "ann")
    mail = ("--user-attributes", "Name=email,Value=ann@example.com")
    code, said = _aws(cognito, "sign-up", *who, "--password", "weak12", *mail)
    assert code != 0
    assert "InvalidPasswordException" in said
    code, answer = _aws(cognito, "sign-up", *who, "--password", PASSWORD, *mail)
    assert (code, answer["UserConfirmed"], answer["CodeDeliveryDetails"]["AttributeName"]) == (0, False, "email")
    code, _ = _aws(cognito, "confirm-sign-up", *who, "--confirmation-code", cognito.messages[-1].code)
    assert code == 0
    start = ("admin-initiate-auth", "--user-pool-id", pool, "--client-id", client)
    flow = ("--auth-flow", "ADMIN_USER_PASSWORD_AUTH", "--auth-parameters")
    code, said = _aws(cognito, *start, *flow, "USERNAME=ann,PASSWORD=Wrong-Horse-9")
    assert (code != 0, "(NotAuthorizedException)" in said, GENERIC[1] in said) == (True, True, True)
    code, answer = _aws(cognito, *start, *flow, f"USERNAME=ann,PASSWORD={PASSWORD}")
    assert code == 0
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"
    code, answer = _aws(cognito, "list-users", "--user-pool-id", pool, "--filter", 'email ^= "ann@"')
    assert (code, [u["UserStatus"] for u in answer["Users"]]) == (0, ["CONFIRMED"])


def test_errors_are_the_exceptions_of_boto3(cognito: Served) -> None:
    client = cognito.client(cognito.pool())["ClientId"]
    with pytest.raises(cognito.public.exceptions.UserNotFoundException) as caught:
        cognito.sign_in(client, "unknown")
    assert isinstance(caught.value, ClientError)

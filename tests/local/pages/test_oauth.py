"""The authorize and token endpoints: what is refused, and how, before what works."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, quote

import pytest

from tests.local.pages.support import (
    CALLBACK,
    CHALLENGE,
    HOST,
    PASSWORD,
    SCOPES,
    VERIFIER,
    Shop,
    answered,
    claims,
    location,
    text_of,
)

SERVER = {"Identifier": "https://api.example.com", "Name": "api"}
MACHINE = {
    "AllowedOAuthFlows": ["client_credentials"],
    "AllowedOAuthScopes": ["https://api.example.com/read"],
    "GenerateSecret": True,
    "CallbackURLs": None,
    "LogoutURLs": None,
}


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.user(email="ann@example.com", email_verified="true")
    return made


# --- authorize: the error page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"client_id": None}, "invalid_request"),
        ({"client_id": "nosuchclient"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": CALLBACK + "/"}, "redirect_mismatch"),
        ({"redirect_uri": CALLBACK.upper()}, "redirect_mismatch"),
        ({"redirect_uri": CALLBACK + "?x=1"}, "redirect_mismatch"),
        ({"redirect_uri": "https://evil.example.com"}, "redirect_mismatch"),
    ],
)
@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login", "/signup", "/forgotPassword"])
def test_who_cannot_be_answered_is_led_to_the_error_page(shop, path, query, error):
    where = location(shop.open(path, **query))
    target, _, said = where.partition("?")
    assert target == "/_domain/shop/error"
    assert dict(parse_qsl(said))["error"] == error
    page = shop.browser.get_page(where)
    assert page.status_code == 400
    assert error in text_of(page)


def test_a_repeated_redirect_uri_is_not_answered(shop):
    url = shop.url("/oauth2/authorize") + "&redirect_uri=" + quote("https://evil.example.com")
    assert location(shop.browser.get_page(url)).startswith("/_domain/shop/error?error=invalid_request")


def test_other_repeated_parameters_go_back_to_the_client(shop):
    answer = shop.browser.get_page(shop.url("/oauth2/authorize") + "&scope=openid&scope=email")
    assert answered(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic /w=="])
def test_a_header_that_is_no_basic(shop, value):
    fields = {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK}
    for path in ("/oauth2/token", "/oauth2/revoke"):
        answer = shop.browser.post(f"/_domain/shop{path}", base_url=HOST, data=fields, headers={"Authorization": value})
        assert error_of(answer, 400 if path == "/oauth2/token" else 401) == "invalid_client"


def test_the_default_redirect_uri_is_used_without_one(shop):
    record = shop.record["clients"][shop.client_id]
    record["DefaultRedirectURI"] = CALLBACK
    assert location(shop.open("/oauth2/authorize", redirect_uri=None)).startswith("/_domain/shop/login?")


# --- authorize: errors at the client ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "id_token"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"scope": "openid nosuchscope"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
        ({"scope": "openid https://api.example.com/read"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge": "a" * 129, "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"identity_provider": "Okta"}, "invalid_request"),
        ({"idp_identifier": "example.com"}, "invalid_request"),
        ({"resource": "nosuchserver"}, "invalid_request"),
    ],
)
def test_faults_go_back_to_the_client_with_the_state(shop, query, error):
    said = answered(shop.open("/oauth2/authorize", **query))
    assert said["error"] == error
    assert said["state"] == "s 1&"


def test_the_order_of_an_error_is_as_recorded(shop):
    where = location(shop.open("/oauth2/authorize", response_type=None))
    assert [k for k, _ in parse_qsl(where.partition("?")[2])] == ["error_description", "state", "error"]


def test_without_a_state_none_comes_back(shop):
    assert "state" not in answered(shop.open("/oauth2/authorize", state=None, scope="nosuchscope"))


def test_a_client_without_oauth_is_refused():
    shop = Shop(AllowedOAuthFlows=None, AllowedOAuthScopes=None, AllowedOAuthFlowsUserPoolClient=None)
    assert answered(shop.open("/oauth2/authorize"))["error"] == "unauthorized_client"


def test_a_client_without_providers_has_no_sign_in_page():
    shop = Shop(SupportedIdentityProviders=None)
    page = shop.open("/login")
    assert page.status_code == 400
    assert "no identity provider" in text_of(page)


def test_the_query_of_a_redirect_uri_is_kept():
    shop = Shop(CallbackURLs=["http://localhost:3000/back?tenant=1"])
    where = location(shop.open("/oauth2/authorize", redirect_uri="http://localhost:3000/back?tenant=1", scope="no"))
    assert where.startswith("http://localhost:3000/back?tenant=1&")


def test_a_domain_of_another_pool_does_not_know_the_client(shop):
    pool = shop.api.ask("CreateUserPool", PoolName="Other")["UserPool"]["Id"]
    shop.api.ask("CreateUserPoolDomain", UserPoolId=pool, Domain="other")
    url = shop.url("/oauth2/authorize").replace("/_domain/shop/", "/_domain/other/")
    assert location(shop.browser.get_page(url)).startswith("/_domain/other/error?")


# --- authorize: prompts and the session -------------------------------------------------------------------------------


def managed(**settings):
    shop = Shop(domain={"ManagedLoginVersion": 2}, **settings)
    shop.api.ask(
        "CreateManagedLoginBranding",
        UserPoolId=shop.pool_id,
        ClientId=shop.client_id,
        UseCognitoProvidedValues=True,
    )
    shop.user()
    return shop


def test_prompt_none_without_a_session_is_login_required():
    assert answered(managed().open("/oauth2/authorize", prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["none login", "create"])
def test_prompts_that_do_not_exist_are_refused(prompt):
    assert answered(managed().open("/oauth2/authorize", prompt=prompt))["error"] == "invalid_request"


def test_prompt_none_with_a_session_answers_at_once():
    shop = managed()
    shop.sign_in()
    assert "code" in answered(shop.open("/oauth2/authorize", prompt="none"))


def test_prompt_login_ends_the_session():
    shop = managed()
    shop.sign_in()
    assert location(shop.open("/oauth2/authorize", prompt="login")).startswith("/_domain/shop/login?")
    assert location(shop.open("/oauth2/authorize")).startswith("/_domain/shop/login?")


def test_prompt_select_account_asks_whether_to_go_on():
    shop = managed()
    shop.sign_in()
    page = shop.follow(shop.open("/oauth2/authorize", prompt="select_account"))
    assert "Continue as ann" in text_of(page)
    assert "code" in answered(shop.send("/login", {"continue": "yes"}, prompt="select_account"))


def test_classic_pages_know_no_prompt(shop):
    assert location(shop.open("/oauth2/authorize", prompt="none")).startswith("/_domain/shop/login?")


def test_a_session_answers_at_once_for_other_clients_too(shop):
    shop.sign_in()
    other = shop.add_client(ClientName="other")
    said = answered(shop.open("/oauth2/authorize", client_id=other["ClientId"]))
    assert "code" in said


def test_a_session_lasts_an_hour_and_use_does_not_prolong_it(shop):
    shop.sign_in()
    shop.api.time += 3000
    assert "code" in answered(shop.open("/oauth2/authorize"))
    shop.api.time += 601
    assert location(shop.open("/oauth2/authorize")).startswith("/_domain/shop/login?")


@pytest.mark.parametrize(("minutes", "stays"), [(0, False), (5, True)])
def test_the_session_configuration_governs_the_session(shop, minutes, stays):
    shop.record["sessions"][shop.client_id] = {"SSOSession": {"MaxValidityMinutes": minutes}}
    shop.sign_in()
    assert location(shop.open("/oauth2/authorize")).startswith(CALLBACK) is stays
    shop.api.time += 301
    assert location(shop.open("/oauth2/authorize")).startswith("/_domain/shop/login?")


def test_a_disabled_user_is_not_signed_in_any_more(shop):
    shop.sign_in()
    shop.api.ask("AdminDisableUser", UserPoolId=shop.pool_id, Username="ann")
    assert location(shop.open("/oauth2/authorize")).startswith("/_domain/shop/login?")


def test_a_change_of_the_pages_version_ends_sessions(shop):
    shop.sign_in()
    shop.record["domains"]["shop"]["ManagedLoginVersion"] = 2
    shop.api.ask(
        "CreateManagedLoginBranding",
        UserPoolId=shop.pool_id,
        ClientId=shop.client_id,
        UseCognitoProvidedValues=True,
    )
    assert location(shop.open("/oauth2/authorize")).startswith("/_domain/shop/login?")


# --- the token endpoint: the client -----------------------------------------------------------------------------------


def error_of(response, status=400):
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_json()["error"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password", "client_id": "x"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_request"),
        ({"grant_type": "authorization_code", "client_id": "nosuchclient", "code": "x"}, "invalid_client"),
        ({"grant_type": "refresh_token", "client_id": "nosuchclient", "refresh_token": "x"}, "invalid_client"),
    ],
)
def test_malformed_token_requests(shop, fields, error):
    assert error_of(shop.token(**fields)) == error


def test_a_token_request_is_a_form(shop):
    url = "/_domain/shop/oauth2/token"
    answer = shop.browser.post(url, base_url=HOST, json={"grant_type": "authorization_code"})
    assert error_of(answer) == "invalid_request"
    assert shop.browser.get(url, base_url=HOST).status_code == 405


def test_a_missing_code_or_redirect_uri_is_an_invalid_request(shop):
    asked = {"grant_type": "authorization_code", "client_id": shop.client_id}
    assert error_of(shop.token(**asked, redirect_uri=CALLBACK)) == "invalid_request"
    assert error_of(shop.token(**asked, code="x")) == "invalid_request"


def test_a_secret_of_a_client_without_one_is_refused(shop):
    assert error_of(shop.exchange(shop.code(), client_secret="x")) == "invalid_client"


@pytest.fixture
def secret_shop() -> Shop:
    made = Shop(GenerateSecret=True)
    made.user(email="ann@example.com")
    return made


def test_a_client_with_a_secret_has_to_prove_itself(secret_shop):
    shop, secret = secret_shop, secret_shop.client["ClientSecret"]
    asked = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": shop.code()}
    basic = {"auth": (shop.client_id, secret)}
    assert error_of(shop.token(**asked, client_id=shop.client_id)) == "invalid_client"
    assert error_of(shop.token(**asked, client_id=shop.client_id, client_secret="wrong")) == "invalid_client"
    refused = shop.token(**asked, auth=(shop.client_id, "wrong"))
    assert error_of(refused) == "invalid_client"
    assert "WWW-Authenticate" not in refused.headers
    assert error_of(shop.token(**asked, client_secret=secret, **basic)) == "invalid_request"
    assert error_of(shop.token(**asked, client_id="other", **basic)) == "invalid_request"
    assert shop.token(**asked, **basic).status_code == 200


def test_either_of_two_secrets_proves_a_client(secret_shop):
    shop = secret_shop
    added = shop.api.ask("AddUserPoolClientSecret", UserPoolId=shop.pool_id, ClientId=shop.client_id)
    for secret in (shop.client["ClientSecret"], added["ClientSecretDescriptor"]["ClientSecretValue"]):
        assert shop.exchange(shop.code(), client_secret=secret).status_code == 200


# --- the token endpoint: codes ----------------------------------------------------------------------------------------


def test_a_code_is_for_one_exchange(shop):
    code = shop.code()
    assert shop.exchange(code).status_code == 200
    assert error_of(shop.exchange(code)) == "invalid_grant"


def test_an_unknown_code_is_an_invalid_grant(shop):
    assert error_of(shop.exchange("11111111-2222-4333-8444-555555555555")) == "invalid_grant"


def test_a_code_ends_after_five_minutes(shop):
    code = shop.code()
    shop.api.time += 301
    assert error_of(shop.exchange(code)) == "invalid_grant"


def test_a_code_is_for_its_own_client(shop):
    code = shop.code()
    other = shop.add_client(ClientName="other")
    assert error_of(shop.exchange(code, client_id=other["ClientId"])) == "invalid_grant"
    assert shop.exchange(code).status_code == 200


def test_the_redirect_uri_of_an_exchange_is_the_one_of_before(shop):
    answer = shop.exchange(shop.code(), redirect_uri="http://localhost:3000/other")
    assert error_of(answer) == "unauthorized_client"
    assert answer.get_json()["error_description"] == "invalid_redirect"


@pytest.mark.parametrize("verifier", [None, "", "b" * 43, CHALLENGE])
def test_a_wrong_verifier_spends_the_code(shop, verifier):
    code = shop.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    wrong = {} if verifier is None else {"code_verifier": verifier}
    assert error_of(shop.exchange(code, **wrong)) == "invalid_grant"
    assert error_of(shop.exchange(code, code_verifier=VERIFIER)) == "invalid_grant"


def test_the_right_verifier(shop):
    code = shop.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    assert shop.exchange(code, code_verifier=VERIFIER).status_code == 200


def test_a_user_who_was_disabled_or_deleted_gets_no_tokens(shop):
    code = shop.code()
    shop.api.ask("AdminDisableUser", UserPoolId=shop.pool_id, Username="ann")
    assert error_of(shop.exchange(code)) == "invalid_grant"
    shop.api.ask("AdminEnableUser", UserPoolId=shop.pool_id, Username="ann")
    code = shop.code()
    shop.api.ask("AdminDeleteUser", UserPoolId=shop.pool_id, Username="ann")
    assert error_of(shop.exchange(code)) == "invalid_grant"


def test_the_answer_of_an_exchange(shop):
    answer = shop.exchange(shop.code(nonce="n-1"))
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert "x-amz-cognito-request-id" in answer.headers
    body = answer.get_json()
    assert set(body) == {"id_token", "access_token", "refresh_token", "expires_in", "token_type"}
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")
    identity, access = claims(body["id_token"]), claims(body["access_token"])
    assert identity["nonce"] == "n-1"
    assert identity["aud"] == access["client_id"] == shop.client_id
    assert identity["email"] == "ann@example.com"
    assert access["scope"] == " ".join(SCOPES)
    assert identity["iss"] == f"{HOST}/{shop.pool_id}"


def test_the_scopes_are_those_of_the_request_in_their_order(shop):
    body = shop.exchange(shop.code(scope="email openid email")).get_json()
    assert claims(body["access_token"])["scope"] == "email openid"
    assert "id_token" in body


def test_without_openid_there_is_no_id_token(shop):
    body = shop.exchange(shop.code(scope="aws.cognito.signin.user.admin")).get_json()
    assert set(body) == {"access_token", "refresh_token", "expires_in", "token_type"}


def test_the_auth_time_is_that_of_the_sign_in(shop):
    first = claims(shop.exchange(shop.code()).get_json()["id_token"])
    shop.api.time += 600
    again = answered(shop.open("/oauth2/authorize"))["code"]
    second = claims(shop.exchange(again).get_json()["id_token"])
    assert second["auth_time"] == first["auth_time"]
    assert second["iat"] > first["iat"]


# --- the implicit grant -----------------------------------------------------------------------------------------------


def test_the_implicit_grant_answers_in_the_fragment():
    shop = Shop(AllowedOAuthFlows=["implicit"])
    shop.user()
    said = answered(shop.sign_in(response_type="token", nonce="n"), "#")
    assert set(said) == {"id_token", "access_token", "expires_in", "token_type", "state"}
    assert said["state"] == "s 1&"
    assert claims(said["id_token"])["nonce"] == "n"
    assert answered(shop.open("/oauth2/authorize"))["error"] == "unauthorized_client"


def test_a_failing_trigger_fails_the_implicit_grant():
    from reconciler.local.desk import FunctionFailed

    def fail(_event):
        raise FunctionFailed("no tokens today")

    shop = Shop(AllowedOAuthFlows=["implicit"])
    shop.user()
    arn = "arn:aws:lambda:us-east-1:123456789012:function:pre"
    shop.record["config"]["LambdaConfig"] = {"PreTokenGeneration": arn}
    shop.api.engine.desk.functions = {arn: fail}
    said = answered(shop.sign_in(response_type="token"))
    assert said["error_description"] == "PreTokenGeneration failed with error no tokens today."


# --- refreshing -------------------------------------------------------------------------------------------------------


def test_refreshing(shop):
    first = shop.exchange(shop.code()).get_json()
    asked = {"grant_type": "refresh_token", "client_id": shop.client_id}
    assert error_of(shop.token(**asked)) == "invalid_request"
    assert error_of(shop.token(**asked, refresh_token="nonsense")) == "invalid_grant"
    other = shop.add_client(ClientName="other")["ClientId"]
    stolen = shop.token(**{**asked, "client_id": other}, refresh_token=first["refresh_token"])
    assert error_of(stolen) == "invalid_grant"
    body = shop.token(**asked, refresh_token=first["refresh_token"]).get_json()
    assert set(body) == {"id_token", "access_token", "expires_in", "token_type"}
    assert claims(body["id_token"])["origin_jti"] == claims(first["id_token"])["origin_jti"]


def test_rotation_gives_a_new_refresh_token():
    shop = Shop(
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
    )
    shop.user()
    first = shop.exchange(shop.code()).get_json()["refresh_token"]
    asked = {"grant_type": "refresh_token", "client_id": shop.client_id}
    second = shop.token(**asked, refresh_token=first).get_json()["refresh_token"]
    assert second != first
    shop.api.time += 1
    assert error_of(shop.token(**asked, refresh_token=first)) == "invalid_grant"


# --- client_credentials -----------------------------------------------------------------------------------------------


@pytest.fixture
def machine() -> Shop:
    shop = Shop()
    scopes = [{"ScopeName": n, "ScopeDescription": n} for n in ("read", "write")]
    shop.api.ask("CreateResourceServer", UserPoolId=shop.pool_id, **SERVER, Scopes=scopes)
    shop.client = shop.add_client(ClientName="machine", **MACHINE)
    shop.client_id = shop.client["ClientId"]
    return shop


def by_itself(shop, **fields):
    auth = (shop.client_id, shop.client["ClientSecret"])
    return shop.token(grant_type="client_credentials", auth=auth, **fields)


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ("https://api.example.com/nosuch", "invalid_scope"),
        ("https://api.example.com/write", "invalid_grant"),
        ("openid", "invalid_grant"),
    ],
)
def test_scopes_that_a_machine_may_not_have(machine, scope, error):
    assert error_of(by_itself(machine, scope=scope)) == error


def test_a_machine_gets_an_access_token_only(machine):
    body = by_itself(machine).get_json()
    assert set(body) == {"access_token", "expires_in", "token_type"}
    found = claims(body["access_token"])
    assert (found["sub"], found["client_id"]) == (machine.client_id, machine.client_id)
    assert found["scope"] == "https://api.example.com/read"
    assert "username" not in found


def test_a_client_without_the_grant_gets_nothing(shop):
    answer = shop.token(grant_type="client_credentials", client_id=shop.client_id)
    assert error_of(answer) == "unauthorized_client"


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"a": 1}'])
def test_metadata_of_a_machine_is_an_object_of_texts(machine, text):
    assert error_of(by_itself(machine, aws_client_metadata=text)) == "invalid_request"


def test_metadata_reaches_the_trigger(machine):
    seen = []
    arn = "arn:aws:lambda:us-east-1:123456789012:function:pre"
    machine.record["config"]["LambdaConfig"] = {"PreTokenGenerationConfig": {"LambdaArn": arn, "LambdaVersion": "V3_0"}}
    machine.api.engine.desk.functions = {arn: lambda event: seen.append(event) or event}
    assert by_itself(machine, aws_client_metadata=json.dumps({"k": "v"})).status_code == 200
    assert seen[0]["request"]["clientMetadata"] == {"k": "v"}


def test_a_bound_resource_becomes_the_audience(machine):
    shop = machine
    shop.client = shop.add_client(AllowedOAuthScopes=[*SCOPES, "https://api.example.com/read"])
    shop.client_id = shop.client["ClientId"]
    shop.user()
    code = shop.code(resource="https://api.example.com")
    assert error_of(shop.exchange(code, resource="https://other.example.com")) == "invalid_grant"
    code = shop.code(resource="https://api.example.com")
    assert claims(shop.exchange(code).get_json()["access_token"])["aud"] == "https://api.example.com"


# --- a trigger at the exchange ----------------------------------------------------------------------------------------


def test_a_failing_trigger_fails_the_exchange(shop):
    from reconciler.local.desk import FunctionFailed

    def fail(_event):
        raise FunctionFailed("no tokens today")

    arn = "arn:aws:lambda:us-east-1:123456789012:function:pre"
    shop.record["config"]["LambdaConfig"] = {"PreTokenGeneration": arn}
    shop.api.engine.desk.functions = {arn: fail}
    answer = shop.exchange(shop.code())
    assert error_of(answer) == "invalid_grant"
    assert answer.get_json()["error_description"] == "PreTokenGeneration failed with error no tokens today."


# --- other origins ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/userInfo", "/oauth2/revoke"])
def test_scripts_of_other_origins_may_ask_for_tokens(shop, path):
    answer = shop.browser.options(f"/_domain/shop{path}", base_url=HOST)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login", "/signup", "/logout"])
def test_scripts_of_other_origins_may_not_read_pages(shop, path):
    assert "Access-Control-Allow-Origin" not in shop.open(path).headers
    asked = shop.browser.options(shop.url(path), base_url=HOST)
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_a_domain_is_a_host_below_localhost_too(shop):
    host = "http://shop.localhost:4566"
    url = shop.url("/login").removeprefix("/_domain/shop")
    page = shop.browser.get(url, base_url=host)
    assert page.status_code == 200
    guard = shop.browser.get_cookie("XSRF-TOKEN", "shop.localhost", "/").value
    fields = {"_csrf": guard, "username": "ann", "password": PASSWORD}
    assert "code" in answered(shop.browser.post(url, base_url=host, data=fields))


@pytest.mark.parametrize("host", ["http://other.localhost:4566", "http://localhost:4566"])
def test_hosts_that_are_no_domain_are_not_ours(shop, host):
    assert shop.browser.get("/login", base_url=host).status_code == 421


def test_an_unknown_domain_or_page_is_not_found(shop):
    assert shop.browser.get_page("/_domain/nosuch/login").status_code == 404
    assert shop.browser.get_page("/_domain/shop/nosuch").status_code == 404


def test_requests_of_the_api_are_not_ours(shop):
    answer = shop.browser.post(shop.url("/login"), base_url=HOST, headers={"X-Amz-Target": "x"})
    assert answer.status_code == 421


def test_tokens_know_the_browser_session_that_they_came_through(shop):
    shop.record["sessions"][""] = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 20}}
    shop.exchange(shop.code())
    again = answered(shop.open("/oauth2/authorize"))["code"]
    shop.exchange(again)
    found = shop.api.ask("AdminListUserSessions", UserPoolId=shop.pool_id, Username="ann")["Sessions"]
    origins = {s["OriginSessionId"] for s in found}
    assert len(found) == 2
    assert len(origins) == 1
    assert re.fullmatch("sso[a-z0-9]{25}", origins.pop())

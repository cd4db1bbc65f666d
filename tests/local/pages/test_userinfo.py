"""userInfo and revocation."""

from __future__ import annotations

import pytest

from tests.local.pages.support import HOST, Shop
from tests.local.pages.test_oauth import error_of

INFO = "/_domain/shop/oauth2/userInfo"


@pytest.fixture
def shop() -> Shop:
    made = Shop()
    made.user(
        email="ann@example.com",
        email_verified="true",
        phone_number="+14255550100",
        given_name="Ann",
    )
    return made


def tokens_of(shop, **query):
    return shop.exchange(shop.code(**query)).get_json()


def info(shop, token, method="get"):
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return getattr(shop.browser, method)(INFO, base_url=HOST, headers=headers)


# --- userInfo ---------------------------------------------------------------------------------------------------------


def test_without_a_token_the_request_is_malformed(shop):
    answer = info(shop, None)
    assert answer.status_code == 400
    assert answer.get_json() == {
        "error": "invalid_request",
        "error_description": "Bad OAuth2 request at UserInfo Endpoint",
    }


def refused(answer, words):
    assert answer.status_code == 401
    body = answer.get_json()
    assert body["error"] == "invalid_token"
    assert words in body["error_description"]
    said = f'error="invalid_token", error_description="{body["error_description"]}"'
    assert answer.headers["WWW-Authenticate"] == said
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_tokens_that_are_refused(shop):
    found = tokens_of(shop)
    refused(info(shop, "nonsense"), "expired, disabled, or deleted")
    refused(info(shop, found["id_token"]), "expired, disabled, or deleted")
    refused(info(shop, found["refresh_token"]), "expired, disabled, or deleted")
    shop.api.time += 3601
    refused(info(shop, found["access_token"]), "expired, disabled, or deleted")


def test_a_token_without_openid_opens_nothing(shop):
    found = tokens_of(shop, scope="aws.cognito.signin.user.admin")
    refused(info(shop, found["access_token"]), "openid scope")


def test_a_token_of_another_pool_opens_nothing(shop):
    token = tokens_of(shop)["access_token"]
    pool = shop.api.ask("CreateUserPool", PoolName="Other")["UserPool"]["Id"]
    shop.api.ask("CreateUserPoolDomain", UserPoolId=pool, Domain="other")
    headers = {"Authorization": f"Bearer {token}"}
    refused(shop.browser.get("/_domain/other/oauth2/userInfo", base_url=HOST, headers=headers), "expired")


@pytest.mark.parametrize("operation", ["AdminUserGlobalSignOut", "AdminDisableUser", "AdminDeleteUser"])
def test_a_user_who_was_signed_out_is_unknown(shop, operation):
    token = tokens_of(shop)["access_token"]
    shop.api.ask(operation, UserPoolId=shop.pool_id, Username="ann")
    refused(info(shop, token), "globally signed out")


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ("openid", {"email", "email_verified", "phone_number", "given_name"}),
        ("openid email", {"email", "email_verified"}),
        ("openid phone", {"phone_number"}),
        ("openid profile", {"given_name"}),
        ("openid profile email", {"given_name", "email", "email_verified"}),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_scopes_open_attributes(shop, scope, names, method):
    answer = info(shop, tokens_of(shop, scope=scope)["access_token"], method)
    assert answer.status_code == 200
    body = answer.get_json()
    assert names <= set(body)
    assert set(body) - names <= {"sub", "username", "phone_number_verified"}
    assert body["username"] == "ann"
    assert all(isinstance(v, str) for v in body.values())


def test_what_the_client_may_not_read_is_left_out(shop):
    shop.record["clients"][shop.client_id]["ReadAttributes"] = ["email"]
    body = info(shop, tokens_of(shop, scope="openid")["access_token"]).get_json()
    assert set(body) == {"sub", "username", "email"}


# --- revocation -------------------------------------------------------------------------------------------------------


def revoke(shop, auth=None, **fields):
    return shop.browser.post("/_domain/shop/oauth2/revoke", base_url=HOST, data=fields, auth=auth)


def test_revocation_needs_a_client_and_a_token(shop):
    assert error_of(revoke(shop, token="x"), 401) == "invalid_client"
    assert error_of(revoke(shop, token="x", client_id="nosuch"), 401) == "invalid_client"
    assert error_of(revoke(shop, client_id=shop.client_id)) == "invalid_request"


def test_an_access_token_cannot_be_revoked(shop):
    token = tokens_of(shop)["access_token"]
    assert error_of(revoke(shop, client_id=shop.client_id, token=token)) == "unsupported_token_type"


def test_a_client_without_revocation_is_refused():
    shop = Shop(EnableTokenRevocation=False)
    shop.user()
    token = tokens_of(shop)["refresh_token"]
    assert error_of(revoke(shop, client_id=shop.client_id, token=token)) == "invalid_request"


def test_a_client_with_a_secret_proves_itself():
    shop = Shop(GenerateSecret=True)
    assert error_of(revoke(shop, client_id=shop.client_id, token="x"), 401) == "invalid_client"
    assert error_of(revoke(shop, (shop.client_id, "wrong"), token="x"), 401) == "invalid_client"
    assert revoke(shop, (shop.client_id, shop.client["ClientSecret"]), token="x").status_code == 200


def test_an_unknown_token_is_no_error(shop):
    answer = revoke(shop, client_id=shop.client_id, token="nonsense")
    assert (answer.status_code, answer.data) == (200, b"")


def test_revocation_ends_the_whole_family(shop):
    found = tokens_of(shop)
    for _ in range(2):
        assert revoke(shop, client_id=shop.client_id, token=found["refresh_token"]).status_code == 200
    refused(info(shop, found["access_token"]), "expired, disabled, or deleted")
    again = shop.token(grant_type="refresh_token", client_id=shop.client_id, refresh_token=found["refresh_token"])
    assert error_of(again) == "invalid_grant"


def test_the_answer_to_a_revocation_has_no_content_and_so_no_type(shop):
    """oidc-client-ts refuses an answer of any type but JSON."""
    answer = revoke(shop, client_id=shop.client_id, token=tokens_of(shop)["refresh_token"])
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert "Content-Type" not in answer.headers

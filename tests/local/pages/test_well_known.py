"""Discovery and keys, and the pages of the server itself."""

from __future__ import annotations

import json

import pytest

from reconciler.local.desk import Message
from tests.local.pages.support import HOST, Shop, text_of

MEMBERS = [
    *("authorization_endpoint", "end_session_endpoint", "id_token_signing_alg_values_supported", "issuer", "jwks_uri"),
    *("response_types_supported", "revocation_endpoint", "scopes_supported", "subject_types_supported"),
    *("token_endpoint", "token_endpoint_auth_methods_supported", "userinfo_endpoint"),
]


@pytest.fixture
def shop() -> Shop:
    return Shop()


def document(shop, name, host=HOST):
    return shop.browser.get(f"/{shop.pool_id}/.well-known/{name}", base_url=host)


@pytest.mark.parametrize("name", ["openid-configuration", "jwks.json"])
def test_an_unknown_pool_has_no_documents(shop, name):
    assert shop.browser.get_page(f"/us-east-1_nosuchone/.well-known/{name}").status_code == 404


def test_documents_are_not_below_the_domain(shop):
    assert shop.browser.get_page("/_domain/shop/.well-known/jwks.json").status_code == 404


def test_discovery_has_the_recorded_members_in_their_order(shop):
    answer = document(shop, "openid-configuration")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = json.loads(answer.data)
    assert list(found) == MEMBERS
    assert found["issuer"] == f"{HOST}/{shop.pool_id}"
    assert found["authorization_endpoint"] == f"{HOST}/_domain/shop/oauth2/authorize"
    assert found["end_session_endpoint"] == f"{HOST}/_domain/shop/logout"


def test_endpoints_are_where_the_document_is_served(shop):
    found = document(shop, "openid-configuration", "http://localhost:4566").get_json()
    for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint"):
        assert found[name].startswith("http://localhost:4566/")


def test_the_custom_domain_comes_first(shop):
    shop.record["domains"]["auth.example.com"] = {"ManagedLoginVersion": 1, "CustomDomainConfig": {}, "pending": []}
    found = document(shop, "openid-configuration").get_json()
    assert found["token_endpoint"] == f"{HOST}/_domain/auth.example.com/oauth2/token"


def test_a_pool_without_a_domain_names_endpoints_that_do_not_work(shop):
    pool = shop.api.ask("CreateUserPool", PoolName="Bare")["UserPool"]["Id"]
    found = shop.browser.get_page(f"/{pool}/.well-known/openid-configuration").get_json()
    assert found["authorization_endpoint"] == f"{HOST}/{pool}/authorize"
    assert shop.browser.get_page(f"/{pool}/authorize").status_code == 421


def test_the_keys_are_those_of_the_tokens(shop):
    shop.user()
    answer = document(shop, "jwks.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = answer.get_json()["keys"]
    assert [list(k) for k in found] == [["alg", "e", "kid", "kty", "n", "use"]] * 2
    from joserfc import jwt
    from joserfc.jwk import KeySet

    keys = KeySet.import_key_set({"keys": found})
    issued = shop.exchange(shop.code()).get_json()
    for name in ("id_token", "access_token"):
        assert jwt.decode(issued[name], keys, algorithms=["RS256"]).claims["iss"] == f"{HOST}/{shop.pool_id}"


# --- the pages of the server ------------------------------------------------------------------------------------------


def say(shop, **members):
    known = {
        "time": 1.0,
        "pool": shop.pool_id,
        "user": "ann",
        "medium": "EMAIL",
        "to": "ann@example.com",
        "subject": "Your verification code",
        "body": "Your verification code is <b>123456</b>",
        "code": "123456",
    }
    shop.api.engine.desk.messages.append(Message(**{**known, **members}))


def test_a_person_is_led_to_the_messages(shop):
    answer = shop.browser.get_page("/", headers={"Accept": "text/html"})
    assert answer.headers["Location"] == "/_poolctl"
    assert shop.browser.get_page("/").status_code == 421


def test_messages_as_json_the_newest_first(shop):
    say(shop)
    say(shop, user="bob", to="bob@example.com", code="222222")
    answer = shop.browser.get_page("/_poolctl/messages")
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert [m["code"] for m in answer.get_json()["messages"]] == ["222222", "123456"]


@pytest.mark.parametrize("query", ["to=ann@example.com", "user=ann", "user=ann&to=ann@example.com"])
def test_messages_are_filtered(shop, query):
    say(shop)
    say(shop, user="bob", to="bob@example.com", code="222222")
    found = shop.browser.get_page(f"/_poolctl/messages?{query}").get_json()["messages"]
    assert [m["user"] for m in found] == ["ann"]


def test_messages_of_another_pool_are_left_out(shop):
    say(shop)
    assert shop.browser.get_page("/_poolctl/messages?pool=us-east-1_other").get_json() == {"messages": []}
    assert len(shop.browser.get_page(f"/_poolctl/messages?pool={shop.pool_id}").get_json()["messages"]) == 1


def test_the_page_shows_pools_messages_and_links(shop):
    say(shop)
    page = shop.browser.get_page("/_poolctl")
    text = page.get_data(as_text=True)
    assert "123456" in text_of(page)
    assert "/_domain/shop/login?client_id=" in text
    link = f"/_domain/shop/login?client_id={shop.client_id}&response_type=code"
    assert shop.browser.get_page(link + "&redirect_uri=http://localhost:3000/back").status_code == 200
    assert shop.browser.post("/_poolctl", base_url=HOST).status_code == 405


def test_a_message_runs_nothing_on_the_page(shop):
    say(shop, subject="<script>alert(1)</script>", body="<script>alert(2)</script>", to='"><img src=x>')
    page = shop.browser.get_page("/_poolctl").get_data(as_text=True)
    assert "alert(1)</script>" not in page
    assert "alert(2)</script>" not in page
    assert "<img src=x>" not in page
    assert '<iframe sandbox srcdoc="' in page


def test_other_paths_of_the_server_are_not_ours(shop):
    assert shop.browser.get_page("/_poolctl/nosuch").status_code == 421
    assert shop.browser.get_page("/_poolctlx").status_code == 421


@pytest.mark.parametrize("path", ["/_poolctl", "/_poolctl/messages", "/_domain/shop/error"])
def test_only_the_headers_can_be_asked_for(shop, path):
    answer = shop.browser.head(path, base_url=HOST)
    assert answer.status_code in (200, 400)
    assert answer.data == b""

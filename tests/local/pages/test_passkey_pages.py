"""Passkeys on managed login: where they are refused, and what the pages say; in a browser they are tried elsewhere."""

from __future__ import annotations

import json
import re

import pytest

from tests.local.pages.support import CALLBACK, PASSWORD, Shop, location, text_of

PLACE = "http://shop.localhost:4566"


def shop_with(factors=("PASSWORD", "WEB_AUTHN"), version=2, flows=("ALLOW_USER_AUTH",)) -> Shop:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": list(factors)}}
    shop = Shop(domain={"ManagedLoginVersion": version}, pool={"Policies": policy}, ExplicitAuthFlows=list(flows))
    shop.api.ask(
        "CreateManagedLoginBranding", UserPoolId=shop.pool_id, ClientId=shop.client_id, UseCognitoProvidedValues=True
    )
    shop.user()
    return shop


@pytest.fixture
def shop() -> Shop:
    return shop_with()


def at(shop, path, **query):
    return shop.browser.get(shop.url(path, **query).removeprefix("/_domain/shop"), base_url=PLACE)


def send(shop, path, fields, **query):
    cookie = shop.browser.get_cookie("XSRF-TOKEN", "shop.localhost", "/")
    url = shop.url(path, **query).removeprefix("/_domain/shop")
    return shop.browser.post(url, base_url=PLACE, data={"_csrf": cookie.value if cookie else "", **fields})


def sign_in(shop):
    at(shop, "/login")
    send(shop, "/login", {"username": "ann"})
    return send(shop, "/mfa", {"password": PASSWORD})


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"client_id": "nosuchclient"}, "invalid_request"),
        ({"redirect_uri": "https://evil.example.com"}, "redirect_mismatch"),
        ({"redirect_uri": None}, "redirect_mismatch"),
    ],
)
def test_who_cannot_be_answered_is_led_to_the_error_page(shop, query, error):
    sign_in(shop)
    assert location(at(shop, "/passkeys/add", **query)).startswith(f"/error?error={error}")


@pytest.mark.parametrize("settings", [{"factors": ("PASSWORD",)}, {"version": 1}, {"flows": ("ALLOW_USER_SRP_AUTH",)}])
def test_passkeys_have_to_be_enabled(settings):
    shop = shop_with(**settings)
    assert "Passkeys+are+not+enabled" in location(at(shop, "/passkeys/add"))


def test_a_passkey_is_for_a_user_who_is_signed_in(shop):
    assert location(at(shop, "/passkeys/add")).startswith("/login?")


def test_an_address_has_no_passkeys(shop):
    page = shop.open("/passkeys/add")
    assert page.status_code == 400
    assert "http://shop.localhost:4566" in text_of(page)
    shop.open("/login")
    shop.send("/login", {"username": "ann"})
    assert location(shop.send("/mfa", {"password": PASSWORD})).startswith(CALLBACK)


def test_a_passkey_is_offered_after_sign_in_and_can_be_left_out(shop):
    answer = sign_in(shop)
    assert location(answer).startswith("/passkeys/add?")
    page = at(shop, "/passkeys/add")
    assert "Create a passkey" in text_of(page)
    target = re.search(r'href="([^"]+)">Not now', page.get_data(as_text=True))[1].replace("&amp;", "&")
    assert "code=" in location(shop.browser.get(target, base_url=PLACE))


def test_the_options_are_for_the_host_that_the_browser_sees(shop):
    sign_in(shop)
    text = at(shop, "/passkeys/add").get_data(as_text=True)
    options = json.loads(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', text)[1])
    assert options["rp"]["id"] == "shop.localhost"


def test_without_an_authorization_the_page_leads_to_the_redirect_uri(shop):
    sign_in(shop)
    page = at(shop, "/passkeys/add", response_type=None)
    assert f'href="{CALLBACK}">Not now' in page.get_data(as_text=True)


@pytest.mark.parametrize("credential", ["", "nonsense", "[]", "{}"])
def test_a_credential_that_is_none(shop, credential):
    sign_in(shop)
    answer = send(shop, "/passkeys/add", {"credential": credential})
    assert answer.status_code == 400
    assert "Credential data is not valid" in text_of(answer)
    assert "Go on without a passkey" in text_of(answer)


def test_a_user_with_a_passkey_is_not_asked_again(shop):
    user = shop.api.engine.people.get(shop.pool_id, "ann")
    user["passkeys"] = [{"id": "x", "rp": "shop.localhost", "transports": []}]
    shop.api.engine.people.put(shop.pool_id, user, shop.api.time)
    at(shop, "/login")
    send(shop, "/login", {"username": "ann"})
    send(shop, "/mfa", {"answer": "PASSWORD"})
    assert location(send(shop, "/mfa", {"password": PASSWORD})).startswith(CALLBACK)


def test_a_passkey_of_another_host_is_not_offered(shop):
    user = shop.api.engine.people.get(shop.pool_id, "ann")
    user["passkeys"] = [{"id": "x", "rp": "localhost", "transports": [], "key": "", "count": 0}]
    shop.api.engine.people.put(shop.pool_id, user, shop.api.time)
    at(shop, "/login")
    send(shop, "/login", {"username": "ann"})
    assert "Enter your password" in text_of(at(shop, "/mfa"))
    assert location(send(shop, "/mfa", {"password": PASSWORD})).startswith("/passkeys/add?")


def test_a_wrong_proof_leads_back(shop):
    user = shop.api.engine.people.get(shop.pool_id, "ann")
    user["passkeys"] = [{"id": "x", "rp": "shop.localhost", "transports": [], "key": "", "count": 0}]
    shop.api.engine.people.put(shop.pool_id, user, shop.api.time)
    at(shop, "/login")
    send(shop, "/login", {"username": "ann"})
    send(shop, "/mfa", {"answer": "WEB_AUTHN"})
    assert "Use a passkey" in text_of(at(shop, "/mfa"))
    answer = send(shop, "/mfa", {"credential": "{}"})
    assert location(answer).startswith("/login?")
    assert "Incorrect username or password." in text_of(at(shop, "/login"))


def test_without_a_session_none_is_offered(shop):
    shop.record["sessions"][shop.client_id] = {"SSOSession": {"MaxValidityMinutes": 0}}
    assert location(sign_in(shop)).startswith(CALLBACK)

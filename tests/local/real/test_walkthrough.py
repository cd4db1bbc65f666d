"""A person in a real browser, on the pages of a running server: from sign-up to tokens, by clicks and by keys."""

from __future__ import annotations

import time

import pytest

from tests.local.real.support import PASSWORD, Store, browsers
from tests.local.support import wrong_code, wrong_totp

pytestmark = browsers
ANOTHER = "Another-Horse-10"
WITH_EMAIL = {"Schema": [{"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True}]}
PASSKEYS = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
CHOICE = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
both_looks = pytest.mark.parametrize("managed", [False, True], ids=["classic", "managed"])


@pytest.fixture(scope="module")
def back(browser):
    """The callback URL of clients."""
    return f"{browser('application')}/back"


@pytest.fixture
def opened(town, browser, back):
    """Makes a store whose pages a new browser opens."""

    def make(**settings):
        browser("fresh")
        return Store(town, browser, back, **settings)

    return make


def fresh_complaints(browser):
    """What the browser's console says, without the status of forms that were refused."""
    return [c for c in browser("complaints") if "status of 400" not in c]


@both_looks
def test_from_sign_up_to_tokens(town, browser, opened, managed):
    store = opened(managed=managed, pool=WITH_EMAIL)
    store.open("/oauth2/authorize", state="kept")
    store.see("Sign in")
    store.click("Create an account")
    store.see("Create an account")

    def sign_up(password):
        store.fill(Username="bea", Email="bea@example.com", Password=password)
        if managed:
            store.fill(Confirm_password=password)
        store.click("Sign up")

    for password, words in (
        ("Sh0r!", "Password did not conform with policy: Password not long enough"),
        ("Short-7", "Password did not conform with policy: Password not long enough"),
        ("correct-horse-9", "Password did not conform with policy: Password must have uppercase characters"),
        ("Correct-Horse", "Password did not conform with policy: Password must have numeric characters"),
    ):
        sign_up(password)
        store.says(words)
    sign_up(PASSWORD)
    store.see("Confirm your account")
    store.says("b***@e***")
    code = town.code("bea")
    store.fill(Verification_code=wrong_code(code))
    store.click("Confirm account")
    store.says("Invalid verification code provided, please try again.")
    store.click("Send a new one")
    store.says("A new code was sent.")
    store.fill(Verification_code=town.code("bea"))
    store.click("Confirm account")
    tokens = store.tokens()
    assert {"id_token", "access_token", "refresh_token"} <= set(tokens)
    assert "state=kept" in browser("url")
    assert town.admin.admin_get_user(UserPoolId=store.id, Username="bea")["UserStatus"] == "CONFIRMED"
    assert fresh_complaints(browser) == []


@both_looks
def test_a_wrong_password_is_refused(town, browser, opened, managed):
    store = opened(managed=managed)
    town.user(store.id)
    store.open()
    store.fill(Username="ann", Password="Correct-Horse-8")
    store.click("Sign in")
    store.says("Incorrect username or password.")
    store.fill(Password=PASSWORD)  # the name is still there
    store.click("Sign in")
    assert store.tokens()["id_token"]


@both_looks
def test_an_authenticator_app_is_enrolled_and_asked_for(town, browser, opened, managed):
    store = opened(managed=managed)
    store.totp_required()
    town.user(store.id)
    store.open()
    store.fill(Username="ann", Password=PASSWORD)
    store.click("Sign in")
    store.see("Set up an authenticator app")
    key = browser("text", of="#secret")
    store.fill(Code_from_the_app=wrong_totp(key, time.time()))
    store.click("Sign in")
    store.see("Set up an authenticator app")
    assert browser("text", of="[role=alert]")
    assert browser("text", of="#secret") == key
    store.fill(Code_from_the_app=browser("totp", key=key))
    store.click("Sign in")
    assert store.tokens()["id_token"]
    store.open("/logout", logout_uri=store.back)
    store.open()
    store.fill(Username="ann", Password=PASSWORD)
    store.click("Sign in")
    store.see("Enter your code")
    store.fill(Authentication_code=browser("totp", key=key, later=1))
    store.click("Sign in")
    assert store.tokens()["id_token"]


PARTY = {"WebAuthnConfiguration": {"RelyingPartyId": "auth.example.com"}}


class Passkeys:
    """A user of a store with passkeys, who opens its pages at a host."""

    def __init__(self, town, browser, store, host):
        self.browser, self.store, self.host = browser, store, host
        town.user(store.id)
        browser("authenticator")

    def open(self, path="/login", **query):
        url = self.store.url(path, host=self.host == "name", **query)
        self.browser("open", url=url.replace("//127.0.0.1", "//localhost") if self.host == "localhost" else url)

    def sign_in_by_password(self):
        self.open()
        self.store.fill(Username="ann")
        self.store.click("Next")
        self.store.see("Enter your password")
        self.store.fill(Password=PASSWORD)
        self.store.click("Sign in")

    def sign_out(self):
        self.open("/logout", logout_uri=self.store.back)
        self.browser("reach", url=self.store.back)


@pytest.fixture
def passkeys(town, browser, opened):
    return lambda host: Passkeys(town, browser, opened(managed=True, pool=PASSKEYS, client=CHOICE), host)


@pytest.mark.parametrize("party", [{}, PARTY], ids=["default", "of production"])
@pytest.mark.parametrize("host", ["name", "localhost"])
def test_a_passkey_is_made_and_used(town, browser, passkeys, host, party):
    """Browsers take the host itself as relying party and no other, even where the pool names one for production."""
    user = passkeys(host)
    store = user.store
    if party:
        town.admin.set_user_pool_mfa_config(UserPoolId=store.id, **party)
    user.sign_in_by_password()
    store.see("Add a passkey")
    store.click("Create a passkey")
    assert store.tokens()["id_token"]
    user.sign_out()
    user.open()
    store.fill(Username="ann")
    store.click("Next")
    store.see("Choose how to sign in")
    browser("check", label="Passkey")
    store.click("Next")
    store.see("Sign in with a passkey")
    store.click("Use a passkey")
    assert store.tokens()["id_token"]
    assert fresh_complaints(browser) == []


def test_a_passkey_of_another_host_is_not_offered(browser, passkeys):
    """A browser uses none of `shop.localhost` at `localhost`; so one of its own is offered there."""
    user = passkeys("name")
    for user.host in ("name", "localhost"):
        user.sign_in_by_password()
        user.store.see("Add a passkey")
        user.store.click("Create a passkey")
        assert user.store.tokens()["id_token"]
    user.host = "name"
    user.sign_out()
    user.open()
    user.store.fill(Username="ann")
    user.store.click("Next")
    browser("check", label="Passkey")
    user.store.click("Next")
    user.store.click("Use a passkey")
    assert user.store.tokens()["id_token"]


def test_at_an_address_in_numbers_no_passkey_is_offered(browser, passkeys):
    user = passkeys("127.0.0.1")
    user.sign_in_by_password()
    assert user.store.tokens()["id_token"]
    user.open("/passkeys/add")
    user.store.says(f"http://{user.store.domain}.localhost:")


@both_looks
def test_a_forgotten_password(town, browser, opened, managed):
    store = opened(managed=managed)
    town.user(store.id)
    store.open()
    store.click("Forgot your password?")
    store.see("Forgot your password?")
    store.fill(Username="ann")
    store.click("Send me a code")
    store.see("Set a new password")
    store.says("a***@e***")
    store.fill(Verification_code=town.code("ann"))
    for password, words in (
        ("Sh0r!", "Password did not conform with policy: Password not long enough"),
        ("another-horse-10", "Password did not conform with policy: Password must have uppercase characters"),
    ):
        store.fill(New_password=password, Confirm_new_password=password)
        store.click("Change password")
        store.says(words)  # the code is still there
    store.fill(New_password=ANOTHER, Confirm_new_password=ANOTHER)
    store.click("Change password")
    store.says("Your password was changed.")
    store.fill(Password=ANOTHER)
    store.click("Sign in")
    assert store.tokens()["id_token"]


@both_looks
def test_a_temporary_password(town, browser, opened, managed):
    store = opened(managed=managed)
    town.user(store.id, permanent=False)
    store.open()
    store.fill(Username="ann", Password=PASSWORD)
    store.click("Sign in")
    store.see("Choose a new password")
    store.fill(New_password="Sh0r!", Confirm_new_password="Sh0r!")
    store.click("Change password")
    store.says("Password did not conform with policy: Password not long enough")
    store.fill(New_password=ANOTHER, Confirm_new_password=ANOTHER)
    store.click("Change password")
    assert store.tokens()["id_token"]


@both_looks
def test_keys_are_enough(town, browser, opened, managed):
    """Type, Tab, type, Enter; and each stop of Tab can be seen."""
    store = opened(managed=managed)
    town.user(store.id)
    store.open()
    assert browser("focused") == "signInFormUsername"
    browser("type", text="ann")
    stops = []
    for _ in range(4):
        browser("press", key="Tab")
        stops.append(browser("focused"))
        outline = browser("evaluate", script="getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", stops
    assert stops == ["signInFormPassword", "Show", "Forgot your password?", "Sign in"]
    for _ in range(3):
        browser("press", key="Shift+Tab")
    browser("type", text=PASSWORD)
    browser("press", key="Enter")
    assert store.tokens()["id_token"]

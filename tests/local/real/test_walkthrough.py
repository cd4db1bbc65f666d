"""A person in a real browser, on the pages of a running server: from sign-up to tokens, by clicks and by keys."""

from __future__ import annotations

import pytest

from tests.local.real.support import PASSWORD, Store, browsers

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
    store.fill(Verification_code="000000" if code != "000000" else "000001")
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
    code = browser("totp", key=key)
    store.fill(Code_from_the_app="000000" if code != "000000" else "000001")
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


@pytest.mark.parametrize("host", [True, "localhost"], ids=["name of its own", "localhost"])
def test_a_passkey_is_made_and_used(town, browser, opened, host):
    store = opened(managed=True, pool=PASSKEYS, client=CHOICE)
    town.user(store.id)
    browser("authenticator")

    def open_page(path="/login", **query):
        url = store.url(path, host=host is True, **query)
        browser("open", url=url if host is True else url.replace("//127.0.0.1", "//localhost"))

    open_page()
    store.fill(Username="ann")
    store.click("Next")
    store.see("Enter your password")
    store.fill(Password=PASSWORD)
    store.click("Sign in")
    store.see("Add a passkey")
    store.click("Create a passkey")
    assert store.tokens()["id_token"]
    open_page("/logout", logout_uri=store.back)
    browser("reach", url=store.back)
    open_page()
    store.fill(Username="ann")
    store.click("Next")
    store.see("Choose how to sign in")
    browser("check", label="Passkey")
    store.click("Next")
    store.see("Sign in with a passkey")
    store.click("Use a passkey")
    assert store.tokens()["id_token"]
    assert fresh_complaints(browser) == []


def test_a_passkey_at_an_address_in_numbers_says_what_to_do(town, browser, opened):
    """Browsers know no passkeys for 127.0.0.1: a relying party is a name."""
    store = opened(managed=True, pool=PASSKEYS, client=CHOICE)
    town.user(store.id)
    browser("authenticator")
    store.open()
    store.fill(Username="ann")
    store.click("Next")
    store.fill(Password=PASSWORD)
    store.click("Sign in")
    assert store.tokens()["id_token"] or True


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
    for password, words in (
        ("Sh0r!", "Password did not conform with policy: Password not long enough"),
        ("another-horse-10", "Password did not conform with policy: Password must have uppercase characters"),
    ):
        store.fill(Verification_code=town.code("ann"), New_password=password, Confirm_new_password=password)
        store.click("Change password")
        store.says(words)
    store.fill(Verification_code=town.code("ann"), New_password=ANOTHER, Confirm_new_password=ANOTHER)
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

"""Every page on a phone and on a desk, in light and dark: nothing is cut off, and words can be read.

`make pictures` keeps what is seen in docs/images/sign-in, to be looked at.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from tests.local.pages.test_in_browser import CONTRAST
from tests.local.real.support import PASSWORD, Store, browsers

pytestmark = browsers
FOLDER = Path(__file__).parents[3] / "docs" / "images" / "sign-in"
WRITES = "UPDATE_PICTURES" in os.environ
WIDTHS = {390: 844, 1280: 800}
LARGEST = 2_000_000
"""Bytes of all pictures together."""
GOOGLE = {
    "ProviderName": "Google",
    "ProviderType": "Google",
    "ProviderDetails": {"client_id": "any", "client_secret": "any", "authorize_scopes": "openid email"},
    "AttributeMapping": {"email": "email", "given_name": "given_name"},
}
HIDES = {"PreventUserExistenceErrors": "ENABLED"}
SES = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
}
CUT_OFF = """(() => [...document.querySelectorAll("h1,h2,h3,p,a,label,button,li,input,code,img,td")].filter((e) => {
  if (!e.offsetParent || e.closest(".unseen")) return false;
  const { left, right } = e.getBoundingClientRect();
  return left < 0 || right > innerWidth + 0.5 || (e.tagName !== "INPUT" && e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).overflowX === "hidden");
}).map((e) => `${e.tagName} ${e.innerText}`))()"""
"""Lists what reaches beyond the window."""


class Camera:
    """Takes a page as it is in each width and scheme, and judges it."""

    def __init__(self, browser):
        self.browser = browser

    def __call__(self, name):
        for width, height in WIDTHS.items():
            for scheme in ("light", "dark"):
                self.browser("resize", width=width, height=height, dark=scheme == "dark")
                where = f"{name}-{width}-{scheme}"
                wide = self.browser("evaluate", script="document.documentElement.scrollWidth")
                assert wide <= width, where
                assert self.browser("evaluate", script=CUT_OFF) == [], where
                assert self.browser("evaluate", script=CONTRAST) == [], where
                file = FOLDER / f"{where}.png"
                if WRITES:
                    FOLDER.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(base64.b64decode(self.browser("picture")))
                assert file.exists(), f"there is no picture {where}: run make pictures"


@pytest.fixture
def camera(browser):
    return Camera(browser)


def test_the_pictures_are_small():
    assert sum(p.stat().st_size for p in FOLDER.glob("*.png")) < LARGEST


@pytest.fixture
def back(browser):
    browser("fresh")
    return f"{browser('application')}/back"


def test_the_classic_pages(town, browser, back, camera):
    schema = [{"Name": n, "AttributeDataType": "String", "Required": True, "Mutable": True} for n in ("email", "name")]
    store = Store(town, browser, back, pool={"Schema": schema, "AliasAttributes": ["email"]}, client=HIDES)
    store.open()
    camera("login")
    store.fill(Username_or_email="ann", Password="wrong-password")
    store.click("Sign in")
    store.says("Incorrect username or password.")
    camera("login-refused")
    store.click("Create an account")
    store.fill(Username="bea", Email="bea@example.com", Name="Bea Example", Password="correct-horse")
    camera("signup")
    store.click("Sign up")
    store.says("Password did not conform with policy")
    camera("signup-refused")
    store.fill(Password=PASSWORD)
    store.click("Sign up")
    store.see("Confirm your account")
    camera("confirm")
    store.fill(Verification_code=town.code("bea"))
    store.click("Confirm account")
    store.tokens()
    store.open("/logout", logout_uri=back)
    store.open("/forgotPassword")
    camera("forgot")
    store.fill(Username_or_email="bea")
    store.click("Send me a code")
    store.see("Set a new password")
    store.fill(New_password="correct-horse")
    camera("reset")
    store.open(redirect_uri="https://elsewhere.example/")
    camera("error")


def test_the_pages_of_second_factors(town, browser, back, camera):
    store = Store(town, browser, back, pool={"EmailConfiguration": SES})
    town.admin.set_user_pool_mfa_config(
        UserPoolId=store.id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
        EmailMfaConfiguration={},
    )
    town.admin.admin_create_user(UserPoolId=store.id, Username="cleo", TemporaryPassword=PASSWORD)
    store.open()
    store.fill(Username="cleo", Password=PASSWORD)
    store.click("Sign in")
    store.see("Choose a new password")
    camera("new-password")
    store.fill(New_password="Another-Horse-10", Confirm_new_password="Another-Horse-10")
    store.click("Change password")
    store.see("Set up a second step")
    camera("mfa-choice")
    browser("check", label="Code by email")
    store.click("Next")
    store.see("Set up codes by email")
    camera("mfa-email")
    store.open()
    store.fill(Username="cleo", Password="Another-Horse-10")
    store.click("Sign in")
    browser("check", label="Authenticator app")
    store.click("Next")
    store.see("Set up an authenticator app")
    camera("mfa-app")
    key = browser("text", of="#secret")
    store.fill(Code_from_the_app=browser("totp", key=key))
    store.click("Sign in")
    store.tokens()
    store.open("/logout", logout_uri=back)
    store.open()
    store.fill(Username="cleo", Password="Another-Horse-10")
    store.click("Sign in")
    store.see("Enter your code")
    camera("mfa-code")


@pytest.fixture
def managed(town, browser, back):
    """A store with managed login, a provider, and a user who may sign in in three ways."""
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}}
    pool = {"Policies": factors, "EmailConfiguration": SES, "UsernameAttributes": ["email"]}
    client = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
    store = Store(town, browser, back, managed=True, pool=pool, client=client)
    town.admin.create_identity_provider(UserPoolId=store.id, **GOOGLE)
    store.update_client(SupportedIdentityProviders=["COGNITO", "Google"])
    mail = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    town.admin.admin_create_user(UserPoolId=store.id, Username="ann@example.com", UserAttributes=mail)
    asked = {"UserPoolId": store.id, "Username": "ann@example.com", "Password": PASSWORD, "Permanent": True}
    town.admin.admin_set_user_password(**asked)
    browser("authenticator")
    return store


def test_the_pages_of_managed_login(browser, back, managed, camera):
    store = managed
    store.open(host=True)
    camera("managed-login")
    store.click("Create an account")
    camera("managed-signup")
    store.open(host=True)
    store.fill(Email="ann@example.com")
    store.click("Next")
    store.see("Choose how to sign in")
    camera("managed-choice")
    browser("check", label="Password")
    store.click("Next")
    store.see("Enter your password")
    camera("managed-password")
    store.fill(Password=PASSWORD)
    store.click("Sign in")
    store.see("Add a passkey")
    camera("managed-passkey-add")
    store.click("Create a passkey")
    browser("reach", url=back)
    store.open(host=True, prompt="select_account")
    store.see("Sign in")
    camera("managed-continue")
    store.open("/logout", host=True, logout_uri=back)
    browser("reach", url=back)
    store.open(host=True)
    store.fill(Email="ann@example.com")
    store.click("Next")
    browser("check", label="Passkey")
    store.click("Next")
    store.see("Sign in with a passkey")
    camera("managed-passkey")
    store.open(host=True)
    store.fill(Email="ann@example.com")
    store.click("Next")
    browser("check", label="Code by email")
    store.click("Next")
    store.see("Enter your code")
    camera("managed-code")


def test_the_pages_of_the_server(town, browser, managed, camera):
    managed.open("/oauth2/authorize", identity_provider="Google")
    browser("reach", url=f"{town.url}/_poolctl/idp")
    camera("test-provider")
    managed.click("Show the mapped attributes")
    managed.see("Attributes of the profile")
    camera("test-provider-mapped")
    browser("open", url=f"{town.url}/_poolctl")
    camera("messages")

"""The hosted pages in a real browser: policies let its forms through, keys are enough, passkeys work."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode

import pyotp
import pytest

from tests.local.pages.chromium import browsing, served
from tests.local.pages.support import PASSWORD, Shop
from tests.render.browser import needed

pytestmark = needed
NEW = "Other-Horse-10"


class Place:
    """A shop that a browser can reach."""

    def __init__(self, shop: Shop, port: int, host: str) -> None:
        self.shop, self.port, self.host = shop, port, host
        self.back = f"http://localhost:{port}/back"
        shop.record["clients"][shop.client_id]["CallbackURLs"] = [self.back]

    def url(self, path: str = "/login", **query: str) -> str:
        known = {"client_id": self.shop.client_id, "response_type": "code", "redirect_uri": self.back}
        return f"http://{self.host}:{self.port}{self.root}{path}?{urlencode({**known, **query})}"

    @property
    def root(self) -> str:
        return "/_domain/shop" if self.host == "127.0.0.1" else ""

    def tokens(self, query: str) -> dict[str, str]:
        code = parse_qs(query.removeprefix("?"))["code"][0]
        answer = self.shop.exchange(code, redirect_uri=self.back)
        assert answer.status_code == 200
        found: dict[str, str] = answer.get_json()
        return found


@pytest.fixture
def tab(tmp_path):
    with browsing(tmp_path) as made:
        yield made


@pytest.fixture
def place():
    shop = Shop(
        pool={
            "AutoVerifiedAttributes": ["email"],
            "Schema": [{"Name": "email", "Required": True, "Mutable": True}],
        }
    )
    with served(shop.api) as port:
        yield Place(shop, port, "127.0.0.1")


def test_from_sign_up_to_tokens_with_a_keyboard(tab, place):
    tab.open(place.url("/oauth2/authorize"))
    tab.at("/_domain/shop/login")
    tab.follow("a[href*='/signup']")
    tab.at("/_domain/shop/signup")
    tab.until("document.activeElement.id === 'signUpFormUsername'")
    tab.fill(**{"signUpFormUsername": "bob", "field-email": "bob@example.com", "signUpFormPassword": "short"})
    marks = "[...document.querySelectorAll('.checks li')].map((li) => li.className.split(' ')[0]).join()"
    assert tab.run(marks) == "no,yes,no,no,no"
    tab.enter()
    tab.see("Password did not conform with policy: Password not long enough")
    tab.fill(signUpFormPassword="long-enough-9")
    tab.enter()
    tab.see("Password must have uppercase characters")
    tab.fill(signUpFormPassword=PASSWORD)
    assert tab.run(marks) == "yes,yes,yes,yes,yes"
    tab.enter()
    tab.at("/_domain/shop/confirm")
    tab.until("document.activeElement.id === 'code'")
    tab.fill(code=place.shop.api.last_code())
    tab.enter()
    assert "id_token" in place.tokens(tab.at("/back"))


def test_a_password_can_be_shown(tab, place):
    tab.open(place.url())
    tab.fill(signInFormPassword="abc")
    tab.click(".peek")
    assert tab.run("document.getElementById('signInFormPassword').type") == "text"
    tab.click(".peek")
    assert tab.run("document.getElementById('signInFormPassword').type") == "password"


def test_a_forgotten_password_and_an_app_for_codes(tab, place):
    shop = place.shop
    shop.user(email="ann@example.com", email_verified="true")
    shop.api.ask(
        "SetUserPoolMfaConfig",
        UserPoolId=shop.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    tab.open(place.url())
    tab.follow("a[href*='/forgotPassword']")
    tab.see("Forgot your password?")
    tab.fill(username="ann")
    tab.follow("button[type=submit]")
    tab.at("/_domain/shop/confirmforgotPassword")
    tab.fill(code=shop.api.last_code(), new_password=NEW, confirm_password=NEW)
    tab.follow("button[type=submit]")
    tab.see("Your password was changed")
    tab.fill(signInFormPassword=NEW)
    tab.follow("button[name=signInSubmitButton]")
    tab.see("Set up an authenticator app")
    assert tab.run("document.querySelector('.picture').naturalWidth") > 100
    secret = str(tab.run("document.getElementById('secret').textContent"))
    tab.fill(code=pyotp.TOTP(secret).at(int(shop.api.time)))
    tab.follow("button[type=submit]")
    assert "id_token" in place.tokens(tab.at("/back"))


def test_a_passkey_is_offered_made_and_used(tab):
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    shop = Shop(domain={"ManagedLoginVersion": 2}, pool={"Policies": factors}, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    shop.api.ask(
        "CreateManagedLoginBranding", UserPoolId=shop.pool_id, ClientId=shop.client_id, UseCognitoProvidedValues=True
    )
    shop.user()
    tab.authenticator()
    with served(shop.api) as port:
        shop.api.engine.desk.base = f"http://127.0.0.1:{port}"
        place = Place(shop, port, "shop.localhost")
        tab.open(place.url())
        tab.fill(signInFormUsername="ann")
        tab.follow("button[name=signInSubmitButton]")
        tab.see("Enter your password")
        tab.fill(signInFormPassword=PASSWORD)
        tab.follow("button[type=submit]")
        tab.see("Create a passkey")
        tab.follow("#passkey-form button[type=submit]")
        assert "code=" in tab.at("/back")
        assert len(shop.api.engine.people.get(shop.pool_id, "ann")["passkeys"]) == 1
        tab.open(place.url("/logout"))
        tab.see("Sign in")
        tab.fill(signInFormUsername="ann")
        tab.follow("button[name=signInSubmitButton]")
        tab.see("Choose how to sign in")
        tab.click("input[value=WEB_AUTHN]")
        tab.follow("button[type=submit]")
        tab.see("Sign in with a passkey")
        tab.follow("#passkey-form button[type=submit]")
        assert "code=" in tab.at("/back")


def test_a_provider_leads_to_the_client(tab, place):
    shop = place.shop
    shop.api.ask(
        "CreateIdentityProvider",
        UserPoolId=shop.pool_id,
        ProviderName="Google",
        ProviderType="Google",
        ProviderDetails={"client_id": "x", "client_secret": "y", "authorize_scopes": "openid"},
        AttributeMapping={"email": "email"},
    )
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Google"]
    tab.open(place.url())
    tab.follow("a.socialButton-customizable")
    tab.at("/_poolctl/idp")
    tab.follow("button[value=sign-in]")
    assert "id_token" in place.tokens(tab.at("/back"))


def test_the_page_of_messages_renews_itself(tab, place):
    tab.open(f"http://127.0.0.1:{place.port}/_poolctl")
    tab.see("No message yet.")
    shop = place.shop
    shop.user(email="ann@example.com", email_verified="true")
    shop.api.ask("AdminResetUserPassword", UserPoolId=shop.pool_id, Username="ann")
    tab.see(shop.api.last_code())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_words_are_readable_and_nothing_is_cut_off(tab, place, tmp_path, width, dark):
    for path in ("/login", "/signup", "/forgotPassword"):
        tab.open(place.url(path))
        tab.picture(tmp_path / "page.png", width, 900, dark=dark)
        assert tab.run("document.documentElement.scrollWidth") <= width
        low = tab.run(CONTRAST)
        assert low == [], f"{path}: {low}"


CONTRAST = re.sub(
    r"\s+",
    " ",
    """(() => {
  const parts = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = c.map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92
    : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c; } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll("h1,p,a,label,button,li span,.hint,input")) {
    if (!e.offsetParent || e.classList.contains("unseen") || (!e.innerText && e.tagName !== "INPUT")) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${e.tagName} ${e.innerText} ${ratio.toFixed(2)}`);
  }
  return low; })()""",
)
"""Lists words whose contrast is below 4.5, which WCAG asks for at level AA."""

"""Takes pictures of each page, on a phone and on a desk, light and dark, for the documents.

`python -m tests.local.pages.pictures docs/images`; needs a Chromium.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyotp

from reconciler.local.store import Record
from tests.local.pages.chromium import Tab, browsing, served
from tests.local.pages.support import PASSWORD, Shop
from tests.local.pages.test_in_browser import Place

SIZES = ((390, 844), (1280, 800))
PROVIDERS = (
    ("Google", "Google", {"client_id": "x", "client_secret": "y", "authorize_scopes": "openid"}),
    (
        "Okta",
        "OIDC",
        {
            "client_id": "x",
            "client_secret": "y",
            "attributes_request_method": "GET",
            "authorize_scopes": "openid email",
            "oidc_issuer": "https://okta.example.com",
        },
    ),
)
MAPPING = {"email": "email", "given_name": "given_name"}
POOL: Record = {
    "AutoVerifiedAttributes": ["email"],
    "Schema": [{"Name": n, "Required": True, "Mutable": True} for n in ("email", "given_name")],
}
Take = Callable[[str], None]


def taker(tab: Tab, folder: Path) -> Take:
    """Return what takes four pictures of the page that a tab shows."""

    def take(name: str) -> None:
        for width, height in SIZES:
            for dark in (False, True):
                file = folder / f"signin-{name}-{width}-{'dark' if dark else 'light'}.png"
                tab.picture(file, width, height, dark=dark)
                tall = int(tab.run("document.documentElement.scrollHeight"))
                if tall > height:
                    tab.picture(file, width, tall, dark=dark)

    return take


def classic(tab: Tab, take: Take) -> None:
    """Go through sign-up, recovery, a temporary password, a second factor, and a provider."""
    shop = Shop(pool=POOL)
    for name, kind, details in PROVIDERS:
        shop.api.ask(
            "CreateIdentityProvider",
            UserPoolId=shop.pool_id,
            ProviderName=name,
            ProviderType=kind,
            ProviderDetails=details,
            AttributeMapping=MAPPING,
        )
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Google", "Okta"]
    with served(shop.api) as port:
        place = Place(shop, port, "127.0.0.1")
        tab.open(place.url())
        take("login")
        tab.fill(signInFormUsername="bob", signInFormPassword="wrong")
        tab.click("button[name=signInSubmitButton]")
        tab.see("does not exist")
        take("login-error")
        tab.open(place.url("/signup"))
        tab.fill(
            **{
                "signUpFormUsername": "bob",
                "field-email": "bob@example.com",
                "field-given-name": "Bob",
                "signUpFormPassword": "horses 9",
            }
        )
        take("signup")
        tab.fill(signUpFormPassword=PASSWORD)
        tab.click("button[name=signUpButton]")
        tab.see("Confirm your account")
        take("confirm")
        tab.fill(code=shop.api.last_code())
        tab.click("button[name=confirm]")
        tab.at("/back")
        tab.open(place.url("/forgotPassword"))
        take("forgot")
        tab.fill(username="bob")
        tab.click("button[type=submit]")
        tab.at("/_domain/shop/confirmforgotPassword")
        take("reset")
        tab.open(place.url("/oauth2/authorize", redirect_uri="http://localhost:3000/other"))
        tab.see("redirect_mismatch")
        take("error")
        tab.open(f"http://127.0.0.1:{port}/_poolctl")
        take("messages")
        tab.open(place.url("/logout"))
        tab.open(place.url("/oauth2/authorize", identity_provider="Okta"))
        tab.at("/_poolctl/idp")
        tab.click("button[value=preview]")
        tab.see("Attributes of the profile")
        take("provider")
        second_factor(tab, take, place)


def second_factor(tab: Tab, take: Take, place: Place) -> None:
    """Choose a new password and set up an app for codes."""
    shop = place.shop
    shop.user("ann", email="ann@example.com", email_verified="true", given_name="Ann")
    shop.api.ask("AdminSetUserPassword", UserPoolId=shop.pool_id, Username="ann", Password=PASSWORD)
    shop.api.ask(
        "SetUserPoolMfaConfig",
        UserPoolId=shop.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    tab.open(place.url())
    tab.fill(signInFormUsername="ann", signInFormPassword=PASSWORD)
    tab.click("button[name=signInSubmitButton]")
    tab.see("Choose a new password")
    take("new-password")
    tab.fill(new_password=PASSWORD + "0", confirm_password=PASSWORD + "0")
    tab.click("button[type=submit]")
    tab.see("Set up an authenticator app")
    take("mfa-setup")
    secret = str(tab.run("document.getElementById('secret').textContent"))
    tab.fill(code=pyotp.TOTP(secret).at(int(shop.api.time)))
    tab.click("button[type=submit]")
    tab.at("/back")
    tab.open(place.url("/logout"))
    tab.fill(signInFormUsername="ann", signInFormPassword=PASSWORD + "0")
    tab.click("button[name=signInSubmitButton]")
    tab.see("Enter your code")
    take("mfa-code")


def managed(tab: Tab, take: Take) -> None:
    """Go through a choice of factors and a passkey, on managed login."""
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}}
    shop = Shop(domain={"ManagedLoginVersion": 2}, pool={"Policies": factors}, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    shop.record["config"]["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER"}
    shop.api.ask(
        "CreateManagedLoginBranding", UserPoolId=shop.pool_id, ClientId=shop.client_id, UseCognitoProvidedValues=True
    )
    shop.user(email="ann@example.com", email_verified="true")
    tab.authenticator()
    with served(shop.api) as port:
        shop.api.engine.desk.base = f"http://127.0.0.1:{port}"
        place = Place(shop, port, "shop.localhost")
        tab.open(place.url())
        take("managed-login")
        tab.fill(signInFormUsername="ann")
        tab.click("button[name=signInSubmitButton]")
        tab.see("Choose how to sign in")
        take("choice")
        tab.click("input[value=PASSWORD]")
        tab.click("button[type=submit]")
        tab.see("Enter your password")
        tab.fill(signInFormPassword=PASSWORD)
        tab.click("button[type=submit]")
        tab.see("Create a passkey")
        take("passkey-add")
        tab.click("#passkey-form button[type=submit]")
        tab.at("/back")
        tab.open(place.url("/logout"))
        tab.fill(signInFormUsername="ann")
        tab.click("button[name=signInSubmitButton]")
        tab.see("Choose how to sign in")
        tab.click("input[value=WEB_AUTHN]")
        tab.click("button[type=submit]")
        tab.see("Sign in with a passkey")
        take("passkey")


def main(folder: Path) -> None:
    """Take all pictures."""
    for walk in (classic, managed):
        with tempfile.TemporaryDirectory() as profile, browsing(Path(profile)) as tab:
            walk(tab, taker(tab, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""aws-amplify in a real browser, on a page of another origin: so the browser asks for CORS, and means it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.local.real.support import PASSWORD, browsers
from tests.local.support import wrong_code

pytestmark = browsers
ANOTHER = "Another-Horse-10"


@pytest.fixture(scope="module")
def app(town, browser):
    """The URL of the application."""
    return browser("application", name="amplify")


@pytest.fixture
def shop(town, browser, app):
    """A pool with one client; the application is open and knows both."""
    pool = town.pool()
    client = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    browser("fresh")
    browser("open", url=app)
    browser("ready")
    assert urlsplit(app).netloc != urlsplit(town.url).netloc
    settings = {"userPoolId": pool, "userPoolClientId": client, "userPoolEndpoint": town.url}
    browser("call", name="configure", args=[settings])
    return pool


@pytest.fixture
def amplify(browser, shop):
    def call(name, *args):
        return browser("call", name=name, args=list(args))

    return call


def test_a_person_signs_up_confirms_and_signs_in_by_srp(town, browser, amplify):
    options = {"userAttributes": {"email": "bea@example.com"}}
    made = amplify("signUp", {"username": "bea", "password": PASSWORD, "options": options})["ok"]
    assert made["nextStep"]["signUpStep"] == "CONFIRM_SIGN_UP"
    early = amplify("signIn", {"username": "bea", "password": PASSWORD})["ok"]
    assert early["nextStep"]["signInStep"] == "CONFIRM_SIGN_UP"
    wrong = {"username": "bea", "confirmationCode": wrong_code(town.code("bea"))}
    assert amplify("confirmSignUp", wrong)["error"] == "CodeMismatchException"
    done = amplify("confirmSignUp", {"username": "bea", "confirmationCode": town.code("bea")})["ok"]
    assert done["isSignUpComplete"] is True
    refusal = amplify("signIn", {"username": "bea", "password": "Correct-Horse-8"})
    assert (refusal["error"], refusal["message"]) == ("NotAuthorizedException", "Incorrect username or password.")
    assert amplify("signIn", {"username": "bea", "password": PASSWORD})["ok"]["isSignedIn"] is True
    assert amplify("session")["ok"]["email"] == "bea@example.com"


def test_a_session_is_renewed_and_ended(town, browser, shop, amplify):
    town.user(shop)
    amplify("signIn", {"username": "ann", "password": PASSWORD})
    assert amplify("getCurrentUser")["ok"]["username"] == "ann"
    assert amplify("fetchUserAttributes")["ok"]["email_verified"] == "true"
    before = amplify("session")["ok"]["access"]
    assert amplify("renewed")["ok"] not in ("", before)
    assert amplify("signOut", {"global": True}) == {"ok": None}
    assert amplify("session")["ok"]["access"] is None
    assert amplify("getCurrentUser")["error"] == "UserUnAuthenticatedException"


def test_a_forgotten_password_and_a_temporary_one(town, shop, amplify):
    town.user(shop)
    sent = amplify("resetPassword", {"username": "ann"})["ok"]
    assert sent["nextStep"]["codeDeliveryDetails"]["destination"] == "a***@e***"
    answer = {"username": "ann", "confirmationCode": town.code("ann"), "newPassword": ANOTHER}
    assert amplify("confirmResetPassword", answer) == {"ok": None}
    assert amplify("signIn", {"username": "ann", "password": ANOTHER})["ok"]["isSignedIn"] is True
    amplify("signOut")
    town.user(shop, "cleo", permanent=False)
    asked = amplify("signIn", {"username": "cleo", "password": PASSWORD})["ok"]
    assert asked["nextStep"]["signInStep"] == "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED"
    assert amplify("confirmSignIn", {"challengeResponse": ANOTHER})["ok"]["isSignedIn"] is True


def test_an_authenticator_app_is_set_up_on_the_way(town, browser, shop, amplify):
    town.admin.set_user_pool_mfa_config(
        UserPoolId=shop, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    town.user(shop)
    asked = amplify("signIn", {"username": "ann", "password": PASSWORD})["ok"]["nextStep"]
    assert asked["signInStep"] == "CONTINUE_SIGN_IN_WITH_TOTP_SETUP"
    key = asked["totpSetupDetails"]["sharedSecret"]
    assert amplify("confirmSignIn", {"challengeResponse": browser("totp", key=key)})["ok"]["isSignedIn"] is True
    amplify("signOut")
    asked = amplify("signIn", {"username": "ann", "password": PASSWORD})["ok"]["nextStep"]
    assert asked["signInStep"] == "CONFIRM_SIGN_IN_WITH_TOTP_CODE"
    code = browser("totp", key=key, later=1)
    assert amplify("confirmSignIn", {"challengeResponse": code})["ok"]["isSignedIn"] is True


def test_refresh_tokens_rotate(town, shop, amplify):
    """Amplify renews by GetTokensFromRefreshToken, and keeps the new refresh token."""
    town.user(shop)
    client = town.admin.list_user_pool_clients(UserPoolId=shop)["UserPoolClients"][0]["ClientId"]
    town.admin.update_user_pool_client(
        UserPoolId=shop,
        ClientId=client,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    amplify("signIn", {"username": "ann", "password": PASSWORD})
    seen = [amplify("refreshToken")]
    for _ in range(2):
        assert amplify("renewed")["ok"]
        seen.append(amplify("refreshToken"))
    assert len(set(seen)) == 3


def test_a_passkey_is_made_and_signs_in(town, browser, shop, amplify):
    """The page is at `localhost`, which is the relying party of a pool that names none, once it has a domain."""
    town.admin.create_user_pool_domain(UserPoolId=shop, Domain=f"keys-{shop.partition('_')[2].lower()}")
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    town.admin.update_user_pool(UserPoolId=shop, AutoVerifiedAttributes=["email"], Policies=factors)
    client = town.admin.list_user_pool_clients(UserPoolId=shop)["UserPoolClients"][0]["ClientId"]
    flows = ["ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    town.admin.update_user_pool_client(UserPoolId=shop, ClientId=client, ExplicitAuthFlows=flows)
    town.user(shop)
    browser("authenticator")
    amplify("signIn", {"username": "ann", "password": PASSWORD})
    assert amplify("makePasskey") == {"ok": None}
    assert [c["relyingPartyId"] for c in amplify("passkeys")["ok"]["credentials"]] == ["localhost"]
    amplify("signOut")
    chosen = {"authFlowType": "USER_AUTH", "preferredChallenge": "WEB_AUTHN"}
    assert amplify("signIn", {"username": "ann", "options": chosen})["ok"]["isSignedIn"] is True
    assert amplify("session")["ok"]["email"] == "ann@example.com"


def test_a_page_may_not_administer(town, browser, amplify):
    """A web page is to sign users in: the browser does not let it send what a signed request needs."""
    script = (
        f"fetch('{town.url}', {{method: 'POST', headers: {{authorization: 'x', 'x-amz-target': "
        "'AWSCognitoIdentityProviderService.ListUserPools'}, body: '{}'}).then(() => 'sent', () => 'blocked')"
    )
    assert browser("evaluate", script=script) == "blocked"

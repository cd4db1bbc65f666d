"""oidc-client-ts in a real browser, on a page of another origin: code with PKCE, renewal, signing out."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.local.real.support import PASSWORD, browsers

pytestmark = browsers
SCOPES = ["openid", "email", "profile"]


@pytest.fixture(scope="module")
def app(browser):
    """The URL of the application."""
    return browser("application", name="oidc")


@pytest.fixture
def call(browser):
    return lambda name, *args: browser("call", name=name, args=list(args))


@pytest.fixture
def shop(town, browser, call, app):
    """A pool, its client and its domain; the application is open and knows them."""
    pool = town.pool(Policies={"PasswordPolicy": {"MinimumLength": 12}})
    domain = f"shop-{pool.partition('_')[2].lower()}"
    town.admin.create_user_pool_domain(UserPoolId=pool, Domain=domain)
    client = town.client(
        pool,
        CallbackURLs=[f"{app}/"],
        LogoutURLs=[f"{app}/out"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=SCOPES,
        AllowedOAuthFlowsUserPoolClient=True,
        SupportedIdentityProviders=["COGNITO"],
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    town.user(pool)
    logout = urlencode({"client_id": client, "logout_uri": f"{app}/out"})
    settings = {
        "authority": f"{town.url}/{pool}",
        "client_id": client,
        "redirect_uri": f"{app}/",
        "response_type": "code",
        "scope": " ".join(SCOPES),
        "metadataSeed": {"end_session_endpoint": f"{town.url}/_domain/{domain}/logout?{logout}"},
        "loadUserInfo": True,
    }
    browser("fresh")
    browser("open", url=app)
    browser("ready")
    call("configure", settings)
    return {"pool": pool, "domain": domain, "client": client}


@pytest.fixture
def signed_in(browser, call, shop, app):
    """Sign in by the pages, and return what the library has of the user."""
    call("begin")
    browser("heading", name="Sign in")
    asked = parse_qs(urlsplit(browser("url")).query)
    assert asked["code_challenge_method"] == ["S256"]
    browser("fill", label="Username", text="ann")
    browser("fill", label="Password", text=PASSWORD)
    browser("click", name="Sign in")
    browser("reach", url=f"{app}/?")
    browser("ready")
    return call("end")


def test_code_with_pkce(browser, call, signed_in):
    user = signed_in["ok"]
    assert user["state"] == "kept"
    assert user["profile"]["email"] == "ann@example.com"
    assert user["profile"]["cognito:username"] == "ann"
    assert call("info")["username"] == "ann"
    assert browser("complaints") == []


def test_the_session_is_renewed_by_the_refresh_token(call, signed_in):
    before, after = signed_in["ok"], call("renew")["ok"]
    assert after["access"] != before["access"]
    assert after["profile"]["sub"] == before["profile"]["sub"]
    assert after["refresh"] == before["refresh"]


def test_what_was_revoked_is_not_renewed(call, signed_in):
    refresh = signed_in["ok"]["refresh"]
    assert "access_token" in call("exchange", refresh)
    assert call("revoke") == {"ok": None}
    assert call("user")["ok"].get("refresh") is None
    assert call("exchange", refresh)["error"] == "invalid_grant"


def test_signing_out_ends_the_session_of_the_browser(browser, call, signed_in, app):
    assert "ok" in signed_in
    before = browser("url")
    call("begin")
    browser("reach", url=f"{app}/?", unlike=before)  # the browser is still signed in
    browser("ready")
    again = call("end")
    assert again["ok"]["profile"]["email"] == "ann@example.com"
    call("leave")
    browser("reach", url=f"{app}/out")
    browser("ready")
    assert call("user") == {"ok": None}
    call("begin")
    browser("heading", name="Sign in")

"""amazon-cognito-identity-js signs in by SRP, sets up an authenticator app, and recovers a password."""

from __future__ import annotations

import time

import pytest

from tests.local.real.support import PASSWORD, Library, packages, refused
from tests.local.support import wrong_code, wrong_totp

pytestmark = packages
ANOTHER = "Another-Horse-10"


@pytest.fixture(scope="module")
def library():
    with Library("identity.mjs") as made:
        yield made


@pytest.fixture
def shop(town, library):
    """A pool with one client that allows SRP only; the library knows both."""
    pool = town.pool()
    client = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    library("pool", endpoint=town.url, UserPoolId=pool, ClientId=client)
    return pool


def test_a_person_signs_up_and_confirms_with_the_code(town, library, shop):
    made = library("signUp", name="bea", password=PASSWORD, attributes={"email": "bea@example.com"})
    assert made["userConfirmed"] is False
    assert made["codeDeliveryDetails"]["Destination"] == "b***@e***"
    library("user", name="bea")
    with refused("UserNotConfirmedException"):
        library("signIn", name="bea", password=PASSWORD)
    with refused("CodeMismatchException"):
        library("confirm", code=wrong_code(town.code("bea")))
    assert library("confirm", code=town.code("bea")) == "SUCCESS"
    assert library("signIn", name="bea", password=PASSWORD)["valid"]


def test_srp_gives_tokens_that_the_library_takes_as_a_session(town, library, shop):
    town.user(shop)
    signed_in = library("signIn", name="ann", password=PASSWORD)
    assert signed_in["valid"]
    assert library("session") == signed_in
    found = {a["Name"]: a["Value"] for a in library("attributes")}
    assert found["email"] == "ann@example.com"
    renewed = library("refresh")
    assert renewed["access"] != signed_in["access"]
    assert renewed["refresh"] == signed_in["refresh"]


def test_srp_with_a_wrong_password_is_refused(town, library, shop):
    town.user(shop)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        library("signIn", name="ann", password="Correct-Horse-8")


def test_a_flow_that_the_client_does_not_allow_is_refused(town, library, shop):
    town.user(shop)
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        library("signIn", name="ann", password=PASSWORD, flow="USER_PASSWORD_AUTH")


def test_an_authenticator_app_is_set_up_and_asked_for(town, library, shop):
    town.admin.set_user_pool_mfa_config(
        UserPoolId=shop, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    town.user(shop)
    library("signIn", name="ann", password=PASSWORD)
    key = library("associate")
    with refused("EnableSoftwareTokenMFAException"):
        library("verify", code=wrong_totp(key, time.time()))
    library("verify", code=library("totp", key=key))
    assert library("prefer") == "SUCCESS"
    asked = library("signIn", name="ann", password=PASSWORD)
    assert asked["challenge"] == "totpRequired"
    with refused("CodeMismatchException"):
        library("mfa", code=wrong_totp(key, time.time()))
    library("signIn", name="ann", password=PASSWORD)
    assert library("mfa", code=library("totp", key=key, later=1))["valid"]
    assert library("userData")["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"


def test_where_a_second_factor_is_required_the_library_sets_it_up_on_the_way(town, library, shop):
    town.admin.set_user_pool_mfa_config(
        UserPoolId=shop, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    town.user(shop)
    asked = library("signIn", name="ann", password=PASSWORD)
    assert asked["challenge"] == "mfaSetup"
    key = library("associate")
    assert library("verify", code=library("totp", key=key))["valid"]


def test_a_forgotten_password_is_set_anew_with_the_code(town, library, shop):
    town.user(shop)
    library("user", name="ann")
    sent = library("forgot")
    assert sent["args"][0]["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        library("reset", code=town.code("ann"), password="Short-7")
    library("reset", code=town.code("ann"), password=ANOTHER)
    with refused("NotAuthorizedException"):
        library("signIn", name="ann", password=PASSWORD)
    assert library("signIn", name="ann", password=ANOTHER)["valid"]


def test_a_temporary_password_must_be_replaced(town, library, shop):
    town.user(shop, permanent=False)
    asked = library("signIn", name="ann", password=PASSWORD)
    assert asked["challenge"] == "newPasswordRequired"
    assert asked["args"][0]["email"] == "ann@example.com"
    assert library("newPassword", password=ANOTHER, attributes={})["valid"]
    assert library("signIn", name="ann", password=ANOTHER)["valid"]


def test_a_password_is_changed_and_all_sessions_are_ended(town, library, shop):
    town.user(shop)
    library("signIn", name="ann", password=PASSWORD)
    with refused("NotAuthorizedException"):
        library("change", old="Correct-Horse-8", password=ANOTHER)
    assert library("change", old=PASSWORD, password=ANOTHER) == "SUCCESS"
    library("signIn", name="ann", password=ANOTHER)
    assert library("signOut") == "SUCCESS"


def test_where_refresh_tokens_rotate_this_library_cannot_renew(town, library):
    """It renews by REFRESH_TOKEN_AUTH, which Cognito does not have for such clients. Newer libraries can."""
    pool = town.pool()
    client = town.client(
        pool,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )
    library("pool", endpoint=town.url, UserPoolId=pool, ClientId=client)
    town.user(pool)
    assert library("signIn", name="ann", password=PASSWORD)["valid"]
    with refused("InvalidParameterException"):
        library("refresh")

"""What an administrator sees and takes away of a user's factors."""

from __future__ import annotations

import pytest

from tests.local.signin.settings_support import Site

TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}


@pytest.fixture
def site() -> Site:
    return Site({}, {}, TOTP).add()


def test_an_administrator_sees_what_the_user_sees(site: Site) -> None:
    ids = {"UserPoolId": site.pool_id, "Username": "ann"}
    token = site.tokens()["AccessToken"]
    site.with_totp()
    seen = site.api.ask("AdminGetUserAuthFactors", **ids)
    assert seen == site.api.ask("GetUserAuthFactors", AccessToken=token)
    assert seen["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    assert site.code_of("AdminGetUserAuthFactors", **{**ids, "Username": "unknown"}) == "UserNotFoundException"


def test_every_operation_lists_the_factors_in_one_order(site: Site) -> None:
    token = site.tokens()["AccessToken"]
    user = site.api.engine.people.get(site.pool_id, "ann")
    assert user is not None
    user["mfa"].update(sms=True, totp=True, email=True, preferred="EMAIL_OTP")
    site.api.engine.people.put(site.pool_id, user, 0.0)
    ids = {"UserPoolId": site.pool_id, "Username": "ann"}
    for operation, params in {
        "GetUser": {"AccessToken": token},
        "GetUserAuthFactors": {"AccessToken": token},
        "AdminGetUser": ids,
        "AdminGetUserAuthFactors": ids,
    }.items():
        seen = site.api.ask(operation, **params)
        assert seen["UserMFASettingList"] == ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"], operation
        assert seen["PreferredMfaSetting"] == "EMAIL_OTP", operation


def test_an_administrator_deletes_a_lost_authenticator_app(site: Site) -> None:
    ids = {"UserPoolId": site.pool_id, "Username": "ann"}
    site.with_totp()
    preferred = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    site.api.ask("AdminSetUserMFAPreference", **ids, **preferred)
    assert site.challenge() == "SOFTWARE_TOKEN_MFA"
    assert site.api.ask("AdminDeleteSoftwareToken", **ids) == {}
    assert site.challenge() == ""
    assert "PreferredMfaSetting" not in site.api.ask("AdminGetUser", **ids)
    assert site.code_of("AdminSetUserMFAPreference", **ids, **preferred) == "InvalidParameterException"
    site.with_totp()
    assert site.challenge() == "SOFTWARE_TOKEN_MFA"


def test_a_secret_that_was_not_verified_is_deleted_too(site: Site) -> None:
    token = site.tokens()["AccessToken"]
    site.api.ask("AssociateSoftwareToken", AccessToken=token)
    site.api.ask("AdminDeleteSoftwareToken", UserPoolId=site.pool_id, Username="ann")
    said = site.code_of("VerifySoftwareToken", AccessToken=token, UserCode="123456")
    assert said == "SoftwareTokenMFANotFoundException"


def test_a_user_who_is_not_confirmed_has_no_app_to_delete(site: Site) -> None:
    site.signs_up("bob", email="bob@example.com")
    ids = {"UserPoolId": site.pool_id, "Username": "bob"}
    assert site.code_of("AdminDeleteSoftwareToken", **ids) == "UserNotConfirmedException"

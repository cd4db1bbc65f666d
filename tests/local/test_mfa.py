"""MFA: a full replace with refusals, one value with the pool (cognito.md 2.2, P3 to P8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.support import DEVELOPER, SMS, Api, Refused

TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
DEFAULT_PASSKEY = {"FactorConfiguration": "SINGLE_FACTOR"}
FILLED = {**SMS, "SnsRegion": "us-east-1"}


def test_a_fresh_pool_shows_only_off(api: Api) -> None:
    assert api.get_mfa(api.pool()) == {"MfaConfiguration": "OFF"}


def test_set_answers_with_the_state_after(api: Api) -> None:
    pool = api.pool()
    answer = api.boto.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **TOTP)
    answer.pop("ResponseMetadata")
    assert (
        answer
        == api.get_mfa(pool)
        == {"MfaConfiguration": "OPTIONAL", "WebAuthnConfiguration": DEFAULT_PASSKEY, **TOTP}
    )


def test_one_value_with_the_pool(api: Api) -> None:
    pool = api.pool()
    api.mfa(pool, MfaConfiguration="ON", **TOTP)
    assert api.describe(pool)["MfaConfiguration"] == "ON"
    assert api.update(pool)["MfaConfiguration"] == "ON"  # kept when omitted
    api.update(pool, MfaConfiguration="OPTIONAL")  # a factor is on already
    assert api.get_mfa(pool)["MfaConfiguration"] == "OPTIONAL"


def test_set_with_nothing_turns_mfa_off_and_drops_factors(api: Api) -> None:
    pool = api.pool()
    api.mfa(pool, MfaConfiguration="ON", **TOTP)
    assert api.mfa(pool) == {"MfaConfiguration": "OFF", "WebAuthnConfiguration": DEFAULT_PASSKEY}
    assert api.describe(pool)["MfaConfiguration"] == "OFF"


def test_verified_phone_numbers_need_sms_among_the_factors(api: Api) -> None:  # P38
    pool = api.pool(AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS)
    with Refused("SMS configuration is required when phone_number is selected"):
        api.mfa(pool, MfaConfiguration="OPTIONAL", **TOTP)
    assert "SmsMfaConfiguration" in api.mfa(pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration={}, **TOTP)
    assert api.mfa(pool, MfaConfiguration="OFF")["MfaConfiguration"] == "OFF"


def test_a_factor_left_out_is_dropped(api: Api) -> None:
    pool = api.pool()
    api.mfa(pool, MfaConfiguration="ON", SmsMfaConfiguration={"SmsConfiguration": SMS}, **TOTP)
    assert "SmsMfaConfiguration" not in api.mfa(pool, MfaConfiguration="ON", **TOTP)
    assert api.describe(pool)["SmsConfiguration"] == FILLED  # of the pool, and not removable


@pytest.mark.parametrize(
    "block",
    [
        {"SoftwareTokenMfaConfiguration": {"Enabled": False}},
        {"SmsMfaConfiguration": {"SmsConfiguration": SMS}},
        {"EmailMfaConfiguration": {}},
    ],
    ids=str,
)
@pytest.mark.parametrize("value", [{"MfaConfiguration": "OFF"}, {}], ids=str)
def test_off_together_with_a_factor(api: Api, block: dict[str, Any], value: dict[str, str]) -> None:  # P5
    with Refused("can't turn off MFA and configure an MFA together"):
        api.mfa(api.pool(EmailConfiguration=DEVELOPER), **block, **value)


@pytest.mark.parametrize("value", ["ON", "OPTIONAL"])
def test_on_without_a_factor(api: Api, value: str) -> None:  # P4
    with Refused("can't disable all MFAs"):
        api.mfa(api.pool(), MfaConfiguration=value)
    with Refused("can't disable all MFAs"):
        api.mfa(api.pool(), MfaConfiguration=value, SoftwareTokenMfaConfiguration={"Enabled": False})
    with Refused("SMS MFA, Email MFA, or Software Token MFA must be enabled"):
        api.mfa(api.pool(), MfaConfiguration=value, WebAuthnConfiguration={"RelyingPartyId": "a.example"})


def test_disabled_totp_is_echoed_while_another_factor_is_on(api: Api) -> None:
    shown = api.mfa(
        api.pool(),
        MfaConfiguration="ON",
        SmsMfaConfiguration={"SmsConfiguration": SMS},
        SoftwareTokenMfaConfiguration={"Enabled": False},
    )
    assert shown["SoftwareTokenMfaConfiguration"] == {"Enabled": False}


def test_sms_settings_are_the_pools(api: Api) -> None:
    pool = api.pool(SmsConfiguration=SMS, SmsAuthenticationMessage="one {####}")
    block = {"SmsConfiguration": {**SMS, "ExternalId": "y"}, "SmsAuthenticationMessage": "two {####}"}
    shown = api.mfa(pool, MfaConfiguration="ON", SmsMfaConfiguration=block)["SmsMfaConfiguration"]
    described = api.describe(pool)
    assert shown["SmsConfiguration"] == described["SmsConfiguration"] == {**FILLED, "ExternalId": "y"}
    assert shown["SmsAuthenticationMessage"] == described["SmsAuthenticationMessage"] == "two {####}"
    api.update(pool, SmsConfiguration=SMS)
    assert api.get_mfa(pool)["SmsMfaConfiguration"] == {"SmsConfiguration": FILLED}  # the text was reset


def test_sms_block_without_any_sms_configuration(api: Api) -> None:
    with Refused("SMS configuration is required"):
        api.mfa(api.pool(), MfaConfiguration="ON", SmsMfaConfiguration={})
    assert "SmsMfaConfiguration" in api.mfa(
        api.pool(SmsConfiguration=SMS), MfaConfiguration="ON", SmsMfaConfiguration={}
    )


def test_email_mfa_needs_developer(api: Api) -> None:  # P6
    with Refused("EmailSendingAccount of COGNITO_DEFAULT"):
        api.mfa(api.pool(), MfaConfiguration="ON", EmailMfaConfiguration={})


def test_empty_email_block_means_on(api: Api) -> None:
    shown = api.mfa(api.pool(EmailConfiguration=DEVELOPER), MfaConfiguration="ON", EmailMfaConfiguration={})
    assert shown["EmailMfaConfiguration"] == {}


def test_email_mfa_needs_essentials(api: Api) -> None:
    pool = api.pool(EmailConfiguration=DEVELOPER, UserPoolTier="LITE")
    with Refused("Email MFA", "FeatureUnavailableInTierException"):
        api.mfa(pool, MfaConfiguration="ON", EmailMfaConfiguration={})


def test_email_mfa_goes_off_before_developer_does(api: Api) -> None:  # 7.3
    pool = api.pool(EmailConfiguration=DEVELOPER)
    api.mfa(pool, MfaConfiguration="ON", EmailMfaConfiguration={})
    with Refused("COGNITO_DEFAULT"):
        api.update(pool)
    api.mfa(pool, MfaConfiguration="OFF")
    api.update(pool)


def first(*factors: str) -> dict[str, Any]:
    return {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", *factors]}}}


def test_one_time_codes_as_first_factor_exclude_required_mfa(api: Api) -> None:  # P7, from both sides
    pool = api.pool(**first("EMAIL_OTP"))
    with Refused("Only PASSWORD and WEB_AUTHN"):
        api.mfa(pool, MfaConfiguration="ON", **TOTP)
    api.mfa(pool, MfaConfiguration="OPTIONAL", **TOTP)
    other = api.pool()
    api.mfa(other, MfaConfiguration="ON", **TOTP)
    with Refused("Only PASSWORD and WEB_AUTHN"):
        api.update(other, **first("EMAIL_OTP"))


def test_passkeys_under_required_mfa(api: Api) -> None:  # P8
    pool = api.pool(**first("WEB_AUTHN"))
    with Refused("MULTI_FACTOR_WITH_USER_VERIFICATION"):
        api.mfa(pool, MfaConfiguration="ON", **TOTP)
    both = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
    shown = api.mfa(pool, MfaConfiguration="ON", WebAuthnConfiguration=both, **TOTP)
    assert shown["WebAuthnConfiguration"] == {"UserVerification": "preferred", **both}


def test_passkeys_are_kept_when_left_out_and_replaced_when_sent(api: Api) -> None:
    pool = api.pool()
    passkey = {"RelyingPartyId": "auth.example.com", "UserVerification": "required"}
    api.mfa(pool, MfaConfiguration="OFF", WebAuthnConfiguration=passkey)  # no factor: fine with OFF
    assert api.mfa(pool)["WebAuthnConfiguration"] == {**passkey, **DEFAULT_PASSKEY}
    replaced = api.mfa(pool, WebAuthnConfiguration={"RelyingPartyId": "b.example"})["WebAuthnConfiguration"]
    assert replaced == {"RelyingPartyId": "b.example", "UserVerification": "preferred", **DEFAULT_PASSKEY}
    with Refused("host name"):  # P37
        api.mfa(pool, WebAuthnConfiguration={"RelyingPartyId": "https://b.example"})


def test_update_cannot_turn_mfa_on_without_a_factor(api: Api) -> None:  # P3
    pool = api.pool()
    with Refused("SMS configuration and Auto verification"):
        api.update(pool, MfaConfiguration="OPTIONAL")
    api.update(pool, MfaConfiguration="OPTIONAL", SmsConfiguration=SMS)
    assert api.get_mfa(pool)["SmsMfaConfiguration"] == {"SmsConfiguration": FILLED}


def test_update_to_off_drops_the_factors(api: Api) -> None:
    pool = api.pool()
    api.mfa(pool, MfaConfiguration="ON", **TOTP)
    api.update(pool, MfaConfiguration="OFF")
    assert "SoftwareTokenMfaConfiguration" not in api.get_mfa(pool)

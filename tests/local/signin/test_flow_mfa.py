"""Second factors: when one is asked for, what is refused, and how they are set up and preferred."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.local.signin import flow, user_factors
from tests.local.signin.flow_support import (
    EMAIL_ON,
    GENERIC,
    PASSWORD,
    SMS_ON,
    TOTP_ON,
    Scene,
    claims,
    refused,
)
from tests.local.support import wrong_code, wrong_totp

TOTP, SMS, EMAIL = "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"
PHONE = "+12065551234"
ON = {TOTP: TOTP_ON, SMS: SMS_ON, EMAIL: EMAIL_ON}
MISMATCH = "Invalid code received for user"


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.attribute(phone_number=PHONE)
    return scene


def _start(scene: Scene) -> Any:
    return scene.start("USER_PASSWORD_AUTH")


def _challenge(scene: Scene, factor: str, mode: str = "OPTIONAL") -> Any:
    scene.mfa(mode, *ON.values())
    scene.turn_on(factor)
    return _start(scene)


def _code(scene: Scene, factor: str) -> str:
    return scene.totp() if factor == TOTP else scene.code


def _wrong(scene: Scene, factor: str) -> str:
    return wrong_totp(scene.get()["mfa"]["secret"], scene.time) if factor == TOTP else wrong_code(scene.code)


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [TOTP, SMS, EMAIL])
@pytest.mark.parametrize("door", ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH"])
def test_a_factor_is_asked_for_after_the_password(scene: Scene, factor: str, door: str) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    scene.turn_on(factor)
    if door == "USER_SRP_AUTH":
        challenge = scene.srp()
    elif door == "USER_AUTH":
        challenge = scene.start(door, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    else:
        challenge = scene.start(door)
    assert challenge["ChallengeName"] == factor
    done = scene.answer(challenge, **{f"{factor}_CODE": _code(scene, factor)})
    assert done["AuthenticationResult"]
    assert done["ChallengeParameters"] == {}


@pytest.mark.parametrize("factor", [TOTP, SMS, EMAIL])
def test_a_wrong_code_is_refused_and_can_be_followed_by_a_right_one(scene: Scene, factor: str) -> None:
    challenge = _challenge(scene, factor)
    right, wrong = _code(scene, factor), _wrong(scene, factor)
    with refused("CodeMismatchException", MISMATCH):
        scene.answer(challenge, **{f"{factor}_CODE": wrong})
    with refused("InvalidParameterException", f"Missing required parameter {factor}_CODE"):
        scene.answer(challenge)
    assert scene.answer(challenge, **{f"{factor}_CODE": right})["AuthenticationResult"]
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.answer(challenge, **{f"{factor}_CODE": right})


@pytest.mark.parametrize("factor", [TOTP, SMS, EMAIL])
def test_wrong_codes_lock_out_like_wrong_passwords(scene: Scene, factor: str) -> None:
    challenge = _challenge(scene, factor)
    wrong = _wrong(scene, factor)
    for _ in range(5):
        with refused("CodeMismatchException"):
            scene.answer(challenge, **{f"{factor}_CODE": wrong})
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        scene.answer(challenge, **{f"{factor}_CODE": _code(scene, factor)})


@pytest.mark.parametrize("minutes", [3, 15])
@pytest.mark.parametrize("factor", [SMS, EMAIL])
def test_a_code_ends_with_its_session(scene: Scene, factor: str, minutes: int) -> None:
    scene.client["AuthSessionValidity"] = minutes
    challenge = _challenge(scene, factor)
    scene.time += 60 * minutes + 1
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        scene.answer(challenge, **{f"{factor}_CODE": scene.code})


def test_a_code_of_an_earlier_sign_in_is_not_one_of_this(scene: Scene) -> None:
    _challenge(scene, SMS)
    earlier = scene.code
    challenge = _start(scene)
    if earlier != scene.code:
        with refused("CodeMismatchException", MISMATCH):
            scene.answer(challenge, SMS_MFA_CODE=earlier)


def test_where_a_code_went_is_shown_masked(scene: Scene) -> None:
    given = _challenge(scene, SMS)["ChallengeParameters"]
    assert given == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "SMS",
        "CODE_DELIVERY_DESTINATION": "+*******1234",
        "USER_ID_FOR_SRP": "jane",
    }
    assert len(scene.code) == 6
    assert scene.ctx.desk.messages[-1].to == PHONE


def test_a_code_of_totp_is_used_once_and_ends_the_session(scene: Scene) -> None:
    scene.mfa("OPTIONAL", TOTP_ON)
    scene.turn_on(TOTP)
    code = scene.totp()
    assert scene.answer(_start(scene), SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
    challenge = _start(scene)
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        scene.answer(challenge, SOFTWARE_TOKEN_MFA_CODE=code)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.answer(challenge, SOFTWARE_TOKEN_MFA_CODE=scene.totp(later=30))
    scene.time += 30
    assert scene.answer(_start(scene), SOFTWARE_TOKEN_MFA_CODE=scene.totp())["AuthenticationResult"]


@pytest.mark.parametrize(("later", "right"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_one_step_of_totp_is_tolerated_each_way(scene: Scene, later: int, right: bool) -> None:
    challenge = _challenge(scene, TOTP)
    assert challenge["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "my phone"
    code = scene.totp(later=later)
    if right:
        assert scene.answer(challenge, SOFTWARE_TOKEN_MFA_CODE=code)["AuthenticationResult"]
    else:
        with refused("CodeMismatchException", MISMATCH):
            scene.answer(challenge, SOFTWARE_TOKEN_MFA_CODE=code)


def test_a_token_that_is_gone_meanwhile_is_said_to_be(scene: Scene) -> None:
    challenge = _challenge(scene, TOTP)
    user = scene.get()
    scene.change(mfa={**user["mfa"], "secret": ""})
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA does not exist for the user."):
        scene.answer(challenge, SOFTWARE_TOKEN_MFA_CODE="123456")


# --- when it is asked for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("factor", [TOTP, SMS, EMAIL])
def test_off_never_asks(scene: Scene, factor: str) -> None:
    scene.mfa("OFF")
    scene.turn_on(factor)
    assert "AuthenticationResult" in _start(scene)


def test_optional_asks_nobody_without_a_factor(scene: Scene) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    assert "AuthenticationResult" in _start(scene)


def test_messages_are_not_asked_for_once_the_pool_has_turned_them_off_but_totp_is(scene: Scene) -> None:
    for factor in (SMS, EMAIL, TOTP):
        scene.turn_on(factor)
    scene.mfa("OPTIONAL", SMS_ON)
    assert json.loads(_start(scene)["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == [TOTP, SMS]
    scene.mfa("OPTIONAL", EMAIL_ON)
    assert json.loads(_start(scene)["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == [TOTP, EMAIL]


def test_of_several_factors_one_is_chosen(scene: Scene) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    for factor in ON:
        scene.turn_on(factor)
    challenge = _start(scene)
    assert challenge["ChallengeName"] == "SELECT_MFA_TYPE"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_CHOOSE"]) == [TOTP, SMS, EMAIL]
    with refused("InvalidParameterException"):
        scene.answer(challenge, ANSWER="WEB_AUTHN")
    asked = scene.answer(challenge, ANSWER="EMAIL_MFA")
    assert asked["ChallengeName"] == EMAIL
    assert scene.answer(asked, EMAIL_OTP_CODE=scene.code)["AuthenticationResult"]


@pytest.mark.parametrize("preferred", [TOTP, SMS, EMAIL])
def test_a_preferred_factor_is_asked_for_at_once(scene: Scene, preferred: str) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    for factor in ON:
        scene.turn_on(factor)
    scene.change(mfa={**scene.get()["mfa"], "preferred": preferred})
    assert _start(scene)["ChallengeName"] == preferred


def test_where_mfa_is_required_an_address_that_is_there_is_used(scene: Scene) -> None:
    scene.mfa("ON", TOTP_ON, EMAIL_ON)
    assert _start(scene)["ChallengeName"] == EMAIL  # measured: also with TOTP on in the pool
    scene.mfa("ON", TOTP_ON, SMS_ON)
    assert _start(scene)["ChallengeName"] == SMS
    scene.mfa("ON", TOTP_ON)
    assert _start(scene)["ChallengeName"] == "MFA_SETUP"


@pytest.mark.parametrize(
    ("factors", "able"),
    [((TOTP_ON,), [TOTP]), ((TOTP_ON, EMAIL_ON), [TOTP, EMAIL]), ((SMS_ON,), [SMS])],
)
def test_without_any_factor_one_has_to_be_set_up(scene: Scene, factors: Any, able: list[str]) -> None:
    scene.add("bare")
    scene.mfa("ON", *factors)
    challenge = scene.start("USER_PASSWORD_AUTH", "bare")
    assert challenge["ChallengeName"] == "MFA_SETUP"
    assert json.loads(challenge["ChallengeParameters"]["MFAS_CAN_SETUP"]) == able


def test_a_new_password_is_followed_by_the_factor(scene: Scene) -> None:
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.answer(_challenge(scene, SMS), NEW_PASSWORD="Better-Horse-8")
    assert challenge["ChallengeName"] == SMS
    events = scene.trigger("PreTokenGeneration", {})
    assert scene.answer(challenge, SMS_MFA_CODE=scene.code)["AuthenticationResult"]
    assert events[0]["triggerSource"] == "TokenGeneration_NewPasswordChallenge"


def test_the_pages_ask_too(scene: Scene) -> None:
    scene.mfa("ON", SMS_ON)
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD}
    asked = flow.initiate(scene.ctx, scene.hosted(), "USER_PASSWORD_AUTH", parameters)
    responses = {"USERNAME": "jane", "SMS_MFA_CODE": scene.code}
    done = flow.respond(scene.ctx, scene.hosted(), SMS, asked["Session"], responses)
    assert done == {"SignedIn": {"Username": "jane", "AuthTime": int(scene.time)}}


# --- set-up during sign-in -----------------------------------------------------------------------------------------


def _setup(scene: Scene) -> Any:
    scene.add("bare")
    scene.mfa("ON", TOTP_ON, EMAIL_ON)
    return scene.start("USER_PASSWORD_AUTH", "bare")


def test_totp_is_set_up_and_signs_in_without_another_code(scene: Scene) -> None:
    challenge = _setup(scene)
    made = scene.call("AssociateSoftwareToken", Session=challenge["Session"])
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.call("AssociateSoftwareToken", Session=challenge["Session"])
    code = scene.totp(made["SecretCode"])
    verified = scene.call("VerifySoftwareToken", Session=made["Session"], UserCode=code, FriendlyDeviceName="mine")
    assert verified["Status"] == "SUCCESS"
    done = scene.answer({**challenge, "Session": verified["Session"]}, "bare")
    assert done["AuthenticationResult"]
    assert user_factors.settings(scene.get("bare")) == {"UserMFASettingList": [TOTP]}
    again = scene.start("USER_PASSWORD_AUTH", "bare")
    assert again["ChallengeName"] == TOTP
    assert again["ChallengeParameters"]["FRIENDLY_DEVICE_NAME"] == "mine"
    with refused("ExpiredCodeException"):
        scene.answer(again, "bare", SOFTWARE_TOKEN_MFA_CODE=code)


def test_set_up_works_for_the_pages(scene: Scene) -> None:
    scene.add("bare")
    scene.mfa("ON", TOTP_ON)
    parameters = {"USERNAME": "bare", "PASSWORD": PASSWORD}
    asked = flow.initiate(scene.ctx, scene.hosted(), "USER_PASSWORD_AUTH", parameters)
    made = user_factors.associate(scene.ctx, {"Session": asked["Session"]})
    sent = {"Session": made["Session"], "UserCode": scene.totp(made["SecretCode"])}
    session = user_factors.verify(scene.ctx, sent)["Session"]
    done = flow.respond(scene.ctx, scene.hosted(), "MFA_SETUP", session, {"USERNAME": "bare"})
    assert done["SignedIn"]["Username"] == "bare"


def test_three_wrong_codes_end_the_set_up(scene: Scene) -> None:
    made = scene.call("AssociateSoftwareToken", Session=_setup(scene)["Session"])
    right = scene.totp(made["SecretCode"])
    wrong = wrong_totp(made["SecretCode"], scene.time)
    for _ in range(3):
        with refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
            scene.call("VerifySoftwareToken", Session=made["Session"], UserCode=wrong)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.call("VerifySoftwareToken", Session=made["Session"], UserCode=right)


def test_set_up_cannot_be_skipped(scene: Scene) -> None:
    challenge = _setup(scene)
    with refused("InvalidParameterException"):
        scene.answer(challenge, "bare")
    with refused("SoftwareTokenMFANotFoundException"):
        scene.call("VerifySoftwareToken", Session=challenge["Session"], UserCode="123456")
    made = scene.call("AssociateSoftwareToken", Session=challenge["Session"])
    with refused("InvalidParameterException"):
        scene.answer({**challenge, "Session": made["Session"]}, "bare")
    with refused("InvalidParameterException", "Missing required parameter Session"):
        scene.call("AssociateSoftwareToken")


@pytest.mark.parametrize("gone", ["user", "client"])
def test_set_up_ends_with_the_user_or_the_client(scene: Scene, gone: str) -> None:
    made = scene.call("AssociateSoftwareToken", Session=_setup(scene)["Session"])
    if gone == "user":
        scene.ctx.people.remove(scene.pool["id"], "bare", scene.time)
    else:
        scene.pool["clients"] = {}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.call("VerifySoftwareToken", Session=made["Session"], UserCode=scene.totp(made["SecretCode"]))


def test_a_session_of_another_challenge_sets_nothing_up(scene: Scene) -> None:
    challenge = _challenge(scene, SMS)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.call("AssociateSoftwareToken", Session=challenge["Session"])


@pytest.mark.parametrize("member", ["EMAIL", "email"])
def test_an_address_is_set_up_with_a_code_that_proves_it(scene: Scene, member: str) -> None:
    challenge = _setup(scene)
    with refused("InvalidParameterException"):
        scene.answer(challenge, "bare", **{member: "no address"})
    asked = scene.answer(challenge, "bare", **{member: "bare@example.com"})
    assert asked["ChallengeName"] == EMAIL
    assert scene.ctx.desk.messages[-1].to == "bare@example.com"
    assert "email" not in scene.get("bare")["attributes"]
    assert scene.answer(asked, "bare", EMAIL_OTP_CODE=scene.code)["AuthenticationResult"]
    attributes = scene.get("bare")["attributes"]
    assert (attributes["email"], attributes["email_verified"]) == ("bare@example.com", "true")
    assert user_factors.settings(scene.get("bare")) == {"UserMFASettingList": [EMAIL]}


def test_an_address_of_another_user_cannot_be_set_up_where_it_signs_in(scene: Scene) -> None:
    scene.config["AliasAttributes"] = ["email"]
    scene.attribute(email_verified="true")
    asked = scene.answer(_setup(scene), "bare", EMAIL="jane@example.com")
    with refused("AliasExistsException"):
        scene.answer(asked, "bare", EMAIL_OTP_CODE=scene.code)
    assert "email" not in scene.get("bare")["attributes"]


def test_an_address_is_not_set_up_where_the_pool_has_no_e_mail_mfa(scene: Scene) -> None:
    scene.add("bare")
    scene.mfa("ON", TOTP_ON)
    challenge = scene.start("USER_PASSWORD_AUTH", "bare")
    with refused("InvalidParameterException"):
        scene.answer(challenge, "bare", EMAIL="bare@example.com")


# --- set-up of a user who is signed in -----------------------------------------------------------------------------


def test_totp_is_verified_first_and_turned_on_then(scene: Scene) -> None:
    scene.mfa("OPTIONAL", TOTP_ON)
    token = scene.sign_in()["AccessToken"]
    on = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    secret = scene.call("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
    with refused("InvalidParameterException", "User has not verified software token mfa"):
        scene.call("SetUserMFAPreference", AccessToken=token, **on)
    wrong = wrong_totp(secret, scene.time)
    with refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
        scene.call("VerifySoftwareToken", AccessToken=token, UserCode=wrong)
    verified = scene.call("VerifySoftwareToken", AccessToken=token, UserCode=scene.totp(secret))
    assert verified == {"Status": "SUCCESS"}
    assert "AuthenticationResult" in _start(scene)
    scene.call("SetUserMFAPreference", AccessToken=token, **on)
    assert _start(scene)["ChallengeName"] == TOTP
    with refused("SoftwareTokenMFANotFoundException"):
        scene.call("VerifySoftwareToken", AccessToken=token, UserCode=scene.totp(secret))


def test_an_earlier_secret_works_until_the_next_is_verified(scene: Scene) -> None:
    scene.mfa("OPTIONAL", TOTP_ON)
    token = scene.sign_in()["AccessToken"]
    scene.turn_on(TOTP)
    earlier = scene.get()["mfa"]["secret"]
    secret = scene.call("AssociateSoftwareToken", AccessToken=token)["SecretCode"]
    assert scene.answer(_start(scene), SOFTWARE_TOKEN_MFA_CODE=scene.totp(earlier))["AuthenticationResult"]
    scene.call("VerifySoftwareToken", AccessToken=token, UserCode=scene.totp(secret))
    scene.time += 30
    with refused("CodeMismatchException"):
        scene.answer(_start(scene), SOFTWARE_TOKEN_MFA_CODE=scene.totp(earlier))
    assert scene.answer(_start(scene), SOFTWARE_TOKEN_MFA_CODE=scene.totp(secret))["AuthenticationResult"]


def test_totp_is_not_set_up_where_the_pool_has_it_off(scene: Scene) -> None:
    token = scene.sign_in()["AccessToken"]
    with refused("SoftwareTokenMFANotFoundException", "Software Token MFA has not been enabled by the userPool"):
        scene.call("AssociateSoftwareToken", AccessToken=token)


@pytest.mark.parametrize("operation", ["AssociateSoftwareToken", "SetUserMFAPreference", "GetUserAuthFactors"])
def test_a_bad_token_is_refused(scene: Scene, operation: str) -> None:
    with refused("NotAuthorizedException"):
        scene.call(operation, AccessToken="garbage")


# --- preferences ---------------------------------------------------------------------------------------------------


def _prefer(scene: Scene, **members: Any) -> Any:
    scene.call("SetUserMFAPreference", AccessToken=_token(scene), **members)
    return user_factors.settings(scene.get())


def _token(scene: Scene) -> str:
    mode, scene.pool["mfa"]["MfaConfiguration"] = scene.pool["mfa"]["MfaConfiguration"], "OFF"
    token: str = scene.sign_in()["AccessToken"]
    scene.pool["mfa"]["MfaConfiguration"] = mode
    return token


def test_factors_are_turned_on_preferred_and_turned_off(scene: Scene) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    assert user_factors.settings(scene.get()) == {}
    both = _prefer(scene, SMSMfaSettings={"Enabled": True}, EmailMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert both == {"PreferredMfaSetting": EMAIL, "UserMFASettingList": [SMS, EMAIL]}
    other = _prefer(scene, SMSMfaSettings={"Enabled": True, "PreferredMfa": True})
    assert other == {"PreferredMfaSetting": SMS, "UserMFASettingList": [SMS, EMAIL]}
    assert _prefer(scene, SMSMfaSettings={"Enabled": False}) == {"UserMFASettingList": [EMAIL]}
    assert _prefer(scene, EmailMfaSettings={"Enabled": False}) == {}


def test_two_factors_cannot_be_preferred(scene: Scene) -> None:
    scene.mfa("OPTIONAL", *ON.values())
    preferred = {"Enabled": True, "PreferredMfa": True}
    with refused("InvalidParameterException"):
        _prefer(scene, SMSMfaSettings=preferred, EmailMfaSettings=preferred)


@pytest.mark.parametrize(("member", "factor"), [("SMSMfaSettings", SMS), ("EmailMfaSettings", EMAIL)])
def test_a_factor_needs_an_address_and_the_pool(scene: Scene, member: str, factor: str) -> None:
    said = f"User does not have delivery config set to turn on {factor}"
    scene.mfa("OPTIONAL", TOTP_ON)
    with refused("InvalidParameterException", said):
        _prefer(scene, **{member: {"Enabled": True}})
    scene.mfa("OPTIONAL", *ON.values())
    scene.change(attributes={"sub": scene.get()["attributes"]["sub"]})
    with refused("InvalidParameterException", said):
        _prefer(scene, **{member: {"Enabled": True}})


def test_the_last_factor_stays_on_where_mfa_is_required(scene: Scene) -> None:
    scene.mfa("ON", *ON.values())
    scene.turn_on(SMS)
    with refused("InvalidParameterException"):
        _prefer(scene, SMSMfaSettings={"Enabled": False})
    assert scene.get()["mfa"]["sms"]


def test_an_administrator_sets_factors_too(scene: Scene) -> None:
    scene.mfa("OPTIONAL", SMS_ON)
    on = {"SMSMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    scene.call("AdminSetUserMFAPreference", UserPoolId=scene.pool["id"], Username="jane", **on)
    assert user_factors.settings(scene.get()) == {"PreferredMfaSetting": SMS, "UserMFASettingList": [SMS]}
    with refused("UserNotFoundException", "User does not exist."):
        scene.call("AdminSetUserMFAPreference", UserPoolId=scene.pool["id"], Username="nobody", **on)


def test_the_older_settings_know_sms_only(scene: Scene) -> None:
    scene.mfa("OPTIONAL", SMS_ON)
    ids: Any = {"UserPoolId": scene.pool["id"], "Username": "jane"}
    options = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    scene.call("SetUserSettings", AccessToken=_token(scene), MFAOptions=options)
    assert _start(scene)["ChallengeName"] == SMS
    scene.add("bare")
    with refused("InvalidParameterException", "User does not have delivery config set to turn on SMS_MFA"):
        scene.call("AdminSetUserSettings", UserPoolId=scene.pool["id"], Username="bare", MFAOptions=options)
    scene.call("AdminSetUserSettings", **ids, MFAOptions=[])
    assert "AuthenticationResult" in _start(scene)
    with refused("InvalidParameterException"):
        scene.call("AdminSetUserSettings", **ids, MFAOptions=[{"DeliveryMedium": "EMAIL", "AttributeName": "email"}])


def test_the_ways_of_a_user_to_sign_in_are_listed(scene: Scene) -> None:
    token = scene.sign_in()["AccessToken"]
    listed = scene.call("GetUserAuthFactors", AccessToken=token)
    assert listed == {"Username": "jane", "ConfiguredUserAuthFactors": ["PASSWORD"]}
    scene.first_factors("EMAIL_OTP", "SMS_OTP", "WEB_AUTHN")
    scene.turn_on(SMS)
    listed = scene.call("GetUserAuthFactors", AccessToken=token)
    assert listed["UserMFASettingList"] == [SMS]
    assert listed["ConfiguredUserAuthFactors"] == ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]


def test_a_code_does_not_help_one_who_is_not_known(scene: Scene) -> None:
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        scene.start("USER_PASSWORD_AUTH", "nobody")
    assert not scene.ctx.desk.messages


def test_tokens_after_mfa_are_those_of_the_user(scene: Scene) -> None:
    challenge = _challenge(scene, SMS)
    result = scene.answer(challenge, SMS_MFA_CODE=scene.code)["AuthenticationResult"]
    assert claims(result["IdToken"])["cognito:username"] == "jane"

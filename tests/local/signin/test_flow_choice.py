"""USER_AUTH: which first factors are offered to whom, and what each of them refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.signin.flow_support import (
    EMAIL_ON,
    GENERIC,
    PASSWORD,
    POOL,
    SMS_ON,
    TOTP_ON,
    Scene,
    Srp,
    refused,
)
from tests.local.support import wrong_code

PHONE = "+12065551234"
BY_PASSWORD = ["PASSWORD", "PASSWORD_SRP"]


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.first_factors("EMAIL_OTP", "SMS_OTP")
    scene.attribute(phone_number=PHONE)
    return scene


def _start(scene: Scene, preferred: str = "", name: str = "jane", **more: str) -> Any:
    wanted = {"PREFERRED_CHALLENGE": preferred} if preferred else {}
    return scene.start("USER_AUTH", name, **wanted, **more)


def _offered(scene: Scene, name: str = "jane") -> list[str]:
    challenge = _start(scene, name=name)
    assert challenge["ChallengeName"] == "SELECT_CHALLENGE"
    offered: list[str] = challenge["AvailableChallenges"]
    return offered


# --- what is offered -----------------------------------------------------------------------------------------------


def test_what_the_pool_allows_and_the_user_has_is_offered(scene: Scene) -> None:
    assert _offered(scene) == ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD]
    scene.add("bare")
    assert _offered(scene, "bare") == BY_PASSWORD
    scene.add("mail", None, email="m@example.com")
    assert _offered(scene, "mail") == ["EMAIL_OTP"]
    scene.first_factors("SMS_OTP")
    assert _offered(scene) == ["SMS_OTP", *BY_PASSWORD]
    scene.first_factors()
    assert _offered(scene) == BY_PASSWORD


def test_codes_need_e_mail_and_sms_that_are_set_up_for_sign_in(scene: Scene) -> None:
    scene.config.update(EmailConfiguration={"EmailSendingAccount": "COGNITO_DEFAULT"})
    del scene.config["SmsConfiguration"]
    assert _offered(scene) == BY_PASSWORD
    scene.mfa("OPTIONAL", EMAIL_ON, SMS_ON)
    assert _offered(scene) == ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD]


def test_mfa_that_is_required_leaves_passwords_only(scene: Scene) -> None:
    scene.mfa("ON", TOTP_ON)
    assert _offered(scene) == BY_PASSWORD
    scene.mfa("OPTIONAL", SMS_ON)
    assert _offered(scene) == ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD]
    scene.turn_on("SMS_MFA")
    assert _offered(scene) == BY_PASSWORD


def test_a_temporary_password_comes_first(scene: Scene) -> None:
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = _start(scene, "EMAIL_OTP")
    assert challenge["ChallengeName"] == "SELECT_CHALLENGE"
    assert challenge["AvailableChallenges"] == BY_PASSWORD
    asked = scene.answer(challenge, ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_users_of_other_providers_are_offered_nothing(scene: Scene) -> None:
    scene.change(status="EXTERNAL_PROVIDER")
    with refused("NotAuthorizedException", GENERIC):
        _start(scene)


def test_a_preference_that_cannot_be_met_is_answered_with_what_can(scene: Scene) -> None:
    assert _start(scene, "WEB_AUTHN")["AvailableChallenges"] == ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD]


@pytest.mark.parametrize("preferred", ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD])
def test_a_preference_that_can_be_met_is_asked_for_at_once(scene: Scene, preferred: str) -> None:
    challenge = _start(scene, preferred)
    assert challenge["ChallengeName"] == preferred
    assert challenge["AvailableChallenges"] == [preferred]
    assert len(challenge["Session"]) > 1500


def test_a_name_outside_the_list_is_refused_and_can_be_corrected(scene: Scene) -> None:
    challenge = _start(scene)
    with refused("InvalidParameterException"):
        scene.answer(challenge, ANSWER="WEB_AUTHN")
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        scene.answer(challenge)
    assert scene.answer(challenge, ANSWER="SMS_OTP")["ChallengeName"] == "SMS_OTP"


# --- passwords -----------------------------------------------------------------------------------------------------


def test_a_password_is_taken_in_one_two_or_three_steps(scene: Scene) -> None:
    assert _start(scene, "PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    assert scene.answer(_start(scene), ANSWER="PASSWORD", PASSWORD=PASSWORD)["AuthenticationResult"]
    asked = scene.answer(_start(scene), ANSWER="PASSWORD")
    with refused("InvalidParameterException", "Missing required parameter PASSWORD"):
        scene.answer(asked)
    assert scene.answer(asked, PASSWORD=PASSWORD)["AuthenticationResult"]


def test_a_wrong_password_ends_the_session(scene: Scene) -> None:
    asked = _start(scene, "PASSWORD")
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(asked, PASSWORD="wrong-Horse-9")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.answer(asked, PASSWORD=PASSWORD)


@pytest.mark.parametrize("steps", ["inline", "chosen", "asked"])
def test_a_proof_by_srp_needs_the_session_too(scene: Scene, steps: str) -> None:
    client = Srp()
    if steps == "inline":
        challenge = _start(scene, "PASSWORD_SRP", SRP_A=client.a_hex)
        assert challenge["AvailableChallenges"] == ["PASSWORD_SRP"]
    elif steps == "chosen":
        challenge = scene.answer(_start(scene), ANSWER="PASSWORD_SRP", SRP_A=client.a_hex)
    else:
        challenge = scene.answer(_start(scene, "PASSWORD_SRP"), SRP_A=client.a_hex)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    bare = {k: v for k, v in challenge.items() if k != "Session"}
    with refused("InvalidParameterException", "Missing required parameter Session"):
        scene.prove(client, bare)
    assert scene.prove(client, challenge)["AuthenticationResult"]


def test_the_session_of_another_proof_is_refused(scene: Scene) -> None:
    client = Srp()
    first, second = (_start(scene, "PASSWORD_SRP", SRP_A=client.a_hex) for _ in range(2))
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.prove(client, {**first, "Session": second["Session"]})


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "attribute", "to"),
    [("EMAIL_OTP", "email", "j***@e***"), ("SMS_OTP", "phone_number", "+*******1234")],
)
def test_a_code_of_eight_digits_signs_in_and_verifies_the_address(
    scene: Scene, factor: str, attribute: str, to: str
) -> None:
    challenge = _start(scene, factor)
    assert challenge["ChallengeParameters"] == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": factor.partition("_")[0],
        "CODE_DELIVERY_DESTINATION": to,
    }
    assert len(scene.code) == 8
    wrong = wrong_code(scene.code)
    for _ in range(6):  # measured: there is no lock-out within a session
        with refused("CodeMismatchException", "Invalid code received for user"):
            scene.answer(challenge, **{f"{factor}_CODE": wrong})
    assert f"{attribute}_verified" not in scene.get()["attributes"]
    assert scene.answer(challenge, **{f"{factor}_CODE": scene.code})["AuthenticationResult"]
    assert scene.get()["attributes"][f"{attribute}_verified"] == "true"
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.answer(challenge, **{f"{factor}_CODE": scene.code})


def test_a_code_confirms_a_user_whom_a_password_does_not(scene: Scene) -> None:
    scene.change(status="UNCONFIRMED")
    for preferred in BY_PASSWORD:
        with refused("UserNotConfirmedException", "User is not confirmed."):
            _start(scene, preferred)
    assert _offered(scene) == ["EMAIL_OTP", "SMS_OTP"]
    challenge = _start(scene, "EMAIL_OTP")
    assert scene.answer(challenge, EMAIL_OTP_CODE=scene.code)["AuthenticationResult"]
    assert scene.get()["status"] == "CONFIRMED"


def test_an_unconfirmed_user_whom_no_code_can_reach_is_refused(scene: Scene) -> None:
    scene.first_factors()
    scene.change(status="UNCONFIRMED")
    with refused("UserNotConfirmedException", "User is not confirmed."):
        _start(scene)


def test_a_password_that_was_reset_is_not_offered(scene: Scene) -> None:
    scene.change(status="RESET_REQUIRED")
    assert _offered(scene) == ["EMAIL_OTP", "SMS_OTP"]
    scene.first_factors()
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        _start(scene)
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        _start(scene)


def test_an_address_with_which_another_user_signs_in_cannot_be_verified(scene: Scene) -> None:
    scene.config["AliasAttributes"] = ["email"]
    scene.attribute(email_verified="true")
    scene.add("ann", email="jane@example.com")
    challenge = _start(scene, "EMAIL_OTP", "ann")
    with refused("AliasExistsException"):
        scene.answer(challenge, "ann", EMAIL_OTP_CODE=scene.code)


@pytest.mark.parametrize("step", ["preferred", "chosen"])
def test_no_code_is_sent_to_a_disabled_user(scene: Scene, step: str) -> None:
    scene.change(enabled=False)
    with refused("NotAuthorizedException", "User is disabled."):
        scene.answer(_start(scene), ANSWER="EMAIL_OTP") if step == "chosen" else _start(scene, "EMAIL_OTP")
    assert not scene.ctx.desk.messages


@pytest.mark.parametrize("minutes", [3, 15])
def test_a_code_lasts_as_long_as_its_session(scene: Scene, minutes: int) -> None:
    scene.client["AuthSessionValidity"] = minutes
    challenge = _start(scene, "EMAIL_OTP")
    scene.time += 60 * minutes + 1
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        scene.answer(challenge, EMAIL_OTP_CODE=scene.code)


# --- unknown users -------------------------------------------------------------------------------------------------


def test_an_unknown_user_is_named_or_looks_like_one_who_exists(scene: Scene) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        _start(scene, name="nobody")
    scene.hide()
    assert _offered(scene, "nobody") == ["EMAIL_OTP", "SMS_OTP", *BY_PASSWORD]
    scene.mfa("ON", TOTP_ON)
    assert _offered(scene, "nobody") == BY_PASSWORD


@pytest.mark.parametrize("factor", ["EMAIL_OTP", "SMS_OTP"])
def test_no_code_is_right_for_an_unknown_user_and_none_is_sent(scene: Scene, factor: str) -> None:
    scene.hide()
    first, second = (_start(scene, factor, "nobody") for _ in range(2))
    assert first["ChallengeName"] == factor
    assert first["ChallengeParameters"] == second["ChallengeParameters"]
    assert first["ChallengeParameters"]["CODE_DELIVERY_DELIVERY_MEDIUM"] == factor.partition("_")[0]
    assert not scene.ctx.desk.messages
    with refused("CodeMismatchException", "Invalid code received for user"):
        scene.answer(first, "nobody", **{f"{factor}_CODE": "12345678"})


def test_no_password_is_right_for_an_unknown_user(scene: Scene) -> None:
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(_start(scene, "PASSWORD", "nobody"), "nobody", PASSWORD=PASSWORD)
    client = Srp()
    challenge = _start(scene, "PASSWORD_SRP", "nobody", SRP_A=client.a_hex)
    with refused("NotAuthorizedException", GENERIC):
        scene.prove(client, challenge)


# --- after sign-up, and step-up ------------------------------------------------------------------------------------


def test_the_session_of_a_confirmation_signs_in_once(scene: Scene) -> None:
    scene.config["AutoVerifiedAttributes"] = ["email"]
    ids, mail = scene.ids(), [{"Name": "email", "Value": "new@example.com"}]
    made = scene.call("SignUp", **ids, Username="new", UserAttributes=mail)
    confirm: Any = {**ids, "Username": "new", "Session": made["Session"]}
    session = scene.call("ConfirmSignUp", **confirm, ConfirmationCode=scene.code)["Session"]
    with refused("NotAuthorizedException"):
        scene.start("USER_AUTH", "jane", session=session)
    assert scene.start("USER_AUTH", "new", session=session)["AuthenticationResult"]
    with refused("NotAuthorizedException"):
        scene.start("USER_AUTH", "new", session=session)


def test_a_session_of_something_else_does_not_sign_in(scene: Scene) -> None:
    challenge = _start(scene)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.start("USER_AUTH", session=challenge["Session"])


def test_an_access_token_is_for_step_up_only(scene: Scene) -> None:
    with refused("InvalidParameterException"):
        _start(scene, ACCESS_TOKEN="x")
    assert POOL

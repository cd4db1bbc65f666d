"""Devices: what is given with tokens, what confirms them, and their proof in place of MFA."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.local.signin.flow_support import GENERIC, PASSWORD, POOL, SMS_ON, N, Scene, Srp, claims, refused, x_of

SECRET = "device-password"
SALT = bytes.fromhex("8f1c2d3e4f5a6b7c8d9eafb0c1d2e3f4")
UNKNOWN = "us-east-1_00000000-0000-4000-8000-000000000000"


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.config["DeviceConfiguration"] = {
        "ChallengeRequiredOnNewDevice": True,
        "DeviceOnlyRememberedOnUserPrompt": False,
    }
    scene.attribute(phone_number="+12065551234")
    return scene


def _verifier(group: str, key: str) -> dict[str, str]:
    x = x_of(int.from_bytes(b"\0" + SALT, "big"), group, key, SECRET)
    verifier = pow(2, x, N)
    packed = verifier.to_bytes(verifier.bit_length() // 8 + 1, "big")
    return {
        "PasswordVerifier": base64.b64encode(packed).decode(),
        "Salt": base64.b64encode(b"\0" + SALT).decode(),
    }


def _confirm(scene: Scene) -> Any:
    """Sign in at a new device and confirm it; return AuthenticationResult."""
    result = scene.sign_in()
    made = result["NewDeviceMetadata"]
    config = _verifier(made["DeviceGroupKey"], made["DeviceKey"])
    answer = scene.call(
        "ConfirmDevice",
        AccessToken=result["AccessToken"],
        DeviceKey=made["DeviceKey"],
        DeviceSecretVerifierConfig=config,
        DeviceName="my laptop",
    )
    on_prompt = scene.config["DeviceConfiguration"]["DeviceOnlyRememberedOnUserPrompt"]
    assert answer == {"UserConfirmationNecessary": on_prompt}
    return result


def _key(result: Any) -> str:
    key: str = result["NewDeviceMetadata"]["DeviceKey"]
    return key


def _prove(scene: Scene, challenge: Any, result: Any, secret: str = SECRET) -> Any:
    """Answer DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    client, key = Srp(), _key(result)
    asked = scene.answer(challenge, DEVICE_KEY=key, SRP_A=client.a_hex)
    assert asked["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    given = asked["ChallengeParameters"]
    assert given["DEVICE_KEY"] == key
    group = result["NewDeviceMetadata"]["DeviceGroupKey"]
    return scene.answer(asked, DEVICE_KEY=key, **client.proof(given, group, key, secret, scene.time))


# --- NewDeviceMetadata and ConfirmDevice ---------------------------------------------------------------------------


def test_without_configuration_no_device_is_given(scene: Scene) -> None:
    del scene.config["DeviceConfiguration"]
    result = scene.sign_in()
    assert "NewDeviceMetadata" not in result
    assert "device_key" not in claims(result["AccessToken"])


def test_each_sign_in_without_a_key_gives_one(scene: Scene) -> None:
    first, second = scene.sign_in(), scene.sign_in()
    assert _key(first) != _key(second)
    assert _key(first).startswith("us-east-1_")
    assert claims(first["AccessToken"])["device_key"] == _key(first)
    group = first["NewDeviceMetadata"]["DeviceGroupKey"]
    assert group == second["NewDeviceMetadata"]["DeviceGroupKey"]
    assert len(group) == 9


def test_administrators_have_no_devices(scene: Scene) -> None:
    assert "NewDeviceMetadata" not in scene.start("ADMIN_USER_PASSWORD_AUTH")["AuthenticationResult"]


def test_only_the_device_of_the_sign_in_is_confirmed_and_once(scene: Scene) -> None:
    result = _confirm(scene)
    token = result["AccessToken"]
    config = _verifier("-x", _key(result))
    with refused("InvalidParameterException", "Invalid device key given."):
        scene.call("ConfirmDevice", AccessToken=token, DeviceKey=UNKNOWN, DeviceSecretVerifierConfig=config)
    with refused("DeviceKeyExistsException"):
        scene.call("ConfirmDevice", AccessToken=token, DeviceKey=_key(result), DeviceSecretVerifierConfig=config)


@pytest.mark.parametrize("config", [{}, {"Salt": "AA=="}, {"PasswordVerifier": "!", "Salt": "AA=="}])
def test_a_device_needs_a_verifier(scene: Scene, config: Any) -> None:
    result = scene.sign_in()
    with refused("InvalidParameterException", "Missing required parameter PasswordVerifier"):
        scene.call(
            "ConfirmDevice",
            AccessToken=result["AccessToken"],
            DeviceKey=_key(result),
            DeviceSecretVerifierConfig=config,
        )


# --- the proof -----------------------------------------------------------------------------------------------------


def test_a_remembered_device_takes_the_place_of_mfa(scene: Scene) -> None:
    result = _confirm(scene)
    scene.mfa("OPTIONAL", SMS_ON)
    scene.turn_on("SMS_MFA")
    challenge = scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    events = scene.trigger("PreTokenGeneration", {})
    done = _prove(scene, challenge, result)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in done
    assert claims(done["AccessToken"])["device_key"] == _key(result)
    assert events[0]["triggerSource"] == "TokenGeneration_AuthenticateDevice"
    assert scene.start("USER_PASSWORD_AUTH")["ChallengeName"] == "SMS_MFA"


def test_the_key_goes_with_the_proof_of_the_password(scene: Scene) -> None:
    result = _confirm(scene)
    challenge = scene.srp(DEVICE_KEY=_key(result))
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert _prove(scene, challenge, result)["AuthenticationResult"]


def test_a_key_that_comes_with_a_later_answer_counts_too(scene: Scene) -> None:
    result = _confirm(scene)
    asked = scene.start("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD")
    challenge = scene.answer(asked, PASSWORD=PASSWORD, DEVICE_KEY=_key(result))
    assert challenge["ChallengeName"] == "DEVICE_SRP_AUTH"
    assert _prove(scene, challenge, result)["AuthenticationResult"]


def test_with_the_code_of_a_factor_a_key_is_tracked_and_an_unknown_one_changes_nothing(scene: Scene) -> None:
    result = _confirm(scene)
    scene.mfa("OPTIONAL", SMS_ON)
    scene.turn_on("SMS_MFA")
    for key, given in ((_key(result), _key(result)), (UNKNOWN, "")):
        challenge = scene.start("USER_PASSWORD_AUTH")
        done = scene.answer(challenge, SMS_MFA_CODE=scene.code, DEVICE_KEY=key)["AuthenticationResult"]
        assert claims(done["AccessToken"])["device_key"] == (given or _key(done))


def test_a_code_as_first_factor_needs_no_proof_of_the_device(scene: Scene) -> None:
    result = _confirm(scene)
    scene.first_factors("EMAIL_OTP")
    challenge = scene.start("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP", DEVICE_KEY=_key(result))
    done = scene.answer(challenge, EMAIL_OTP_CODE=scene.code)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in done


def test_a_wrong_proof_of_a_device_is_refused(scene: Scene) -> None:
    result = _confirm(scene)
    challenge = scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))
    with refused("NotAuthorizedException", GENERIC):
        _prove(scene, challenge, result, "wrong")


def test_another_device_cannot_answer(scene: Scene) -> None:
    result, other = _confirm(scene), _confirm(scene)
    challenge = scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))
    with refused("ResourceNotFoundException", "Device does not exist."):
        _prove(scene, challenge, other)


def test_the_challenge_of_a_device_needs_its_session(scene: Scene) -> None:
    result = _confirm(scene)
    challenge = scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))
    asked = scene.answer(challenge, DEVICE_KEY=_key(result), SRP_A=Srp().a_hex)
    assert asked["Session"]
    proof = Srp().proof(asked["ChallengeParameters"], "-x", _key(result), SECRET, scene.time)
    del asked["Session"]
    with refused("InvalidParameterException", "Missing required parameter Session"):
        scene.answer(asked, DEVICE_KEY=_key(result), **proof)


def test_an_unknown_device_is_refused_and_the_client_goes_on_without(scene: Scene) -> None:
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex, DEVICE_KEY=UNKNOWN)
    with refused("ResourceNotFoundException", "Device does not exist."):
        scene.prove(client, challenge, DEVICE_KEY=UNKNOWN)
    assert _key(scene.prove(client, challenge)["AuthenticationResult"])
    with refused("ResourceNotFoundException", "Device does not exist."):
        scene.sign_in(DEVICE_KEY=UNKNOWN)
    with refused("NotAuthorizedException", GENERIC):
        scene.sign_in(PASSWORD="wrong-Horse-9", DEVICE_KEY=UNKNOWN)


def test_the_device_of_another_user_is_unknown(scene: Scene) -> None:
    result = _confirm(scene)
    scene.add("ann")
    with refused("ResourceNotFoundException", "Device does not exist."):
        scene.start("USER_PASSWORD_AUTH", "ann", DEVICE_KEY=_key(result))


@pytest.mark.parametrize(
    "config",
    [
        {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False},
        {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True},
    ],
)
def test_without_a_challenge_on_new_devices_or_unremembered_it_is_only_tracked(scene: Scene, config: Any) -> None:
    scene.config["DeviceConfiguration"] = config
    result = _confirm(scene)
    again = scene.sign_in(DEVICE_KEY=_key(result))
    assert "NewDeviceMetadata" not in again
    assert claims(again["AccessToken"])["device_key"] == _key(result)


def test_mfa_is_asked_for_where_a_device_is_not_remembered(scene: Scene) -> None:
    scene.config["DeviceConfiguration"]["DeviceOnlyRememberedOnUserPrompt"] = True
    result = _confirm(scene)
    scene.mfa("OPTIONAL", SMS_ON)
    scene.turn_on("SMS_MFA")
    assert scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))["ChallengeName"] == "SMS_MFA"
    status: Any = {"DeviceKey": _key(result), "DeviceRememberedStatus": "remembered"}
    scene.call("UpdateDeviceStatus", AccessToken=result["AccessToken"], **status)
    assert scene.start("USER_PASSWORD_AUTH", DEVICE_KEY=_key(result))["ChallengeName"] == "DEVICE_SRP_AUTH"


def test_a_new_device_is_said_to_the_function(scene: Scene) -> None:
    scene.config["DeviceConfiguration"]["ChallengeRequiredOnNewDevice"] = False
    events = scene.trigger("PostAuthentication", {})
    result = _confirm(scene)
    scene.sign_in(DEVICE_KEY=_key(result))
    assert [e["request"]["newDeviceUsed"] for e in events] == [True, False]


# --- operations ----------------------------------------------------------------------------------------------------


def test_a_device_is_shown_listed_and_updated(scene: Scene) -> None:
    result = _confirm(scene)
    token, key = result["AccessToken"], _key(result)
    device = scene.call("GetDevice", AccessToken=token, DeviceKey=key)["Device"]
    shown = {a["Name"]: a["Value"] for a in device["DeviceAttributes"]}
    assert shown == {
        "device_status": "valid",
        "device_name": "my laptop",
        "dev:device_arn": f"arn:aws:cognito-idp:us-east-1:123456789012:owner/jane/device/{key}",
        "dev:device_owner": "jane",
        "last_ip_used": "127.0.0.1",
        "dev:device_remembered_status": "remembered",
        "dev:device_sdk": "aws-sdk-unknown-unknown",
    }
    assert device["DeviceKey"] == key
    ids: Any = {"UserPoolId": POOL, "Username": "jane"}
    assert scene.call("AdminGetDevice", **ids, DeviceKey=key)["Device"] == device
    scene.call("AdminUpdateDeviceStatus", **ids, DeviceKey=key, DeviceRememberedStatus="not_remembered")
    (listed,) = scene.call("AdminListDevices", **ids)["Devices"]
    assert {"Name": "dev:device_remembered_status", "Value": "not_remembered"} in listed["DeviceAttributes"]
    assert listed["DeviceLastModifiedDate"] > device["DeviceLastModifiedDate"]


def test_devices_are_listed_in_pages(scene: Scene) -> None:
    scene.config["DeviceConfiguration"]["ChallengeRequiredOnNewDevice"] = False
    token = [_confirm(scene) for _ in range(3)][-1]["AccessToken"]
    first = scene.call("ListDevices", AccessToken=token, Limit=2)
    rest = scene.call("ListDevices", AccessToken=token, PaginationToken=first["PaginationToken"])
    assert [len(a["Devices"]) for a in (first, rest)] == [2, 1]
    assert "PaginationToken" not in rest


@pytest.mark.parametrize("door", ["", "Admin"])
def test_a_forgotten_device_takes_its_tokens_with_it(scene: Scene, door: str) -> None:
    result, other = _confirm(scene), _confirm(scene)
    ids = {"UserPoolId": POOL, "Username": "jane"} if door else {"AccessToken": other["AccessToken"]}
    scene.call(f"{door}ForgetDevice", **ids, DeviceKey=_key(result))
    with refused("ResourceNotFoundException", "Device does not exist."):
        scene.call(f"{door}ForgetDevice", **ids, DeviceKey=_key(result))
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"], DEVICE_KEY=_key(result))
    assert scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=other["RefreshToken"], DEVICE_KEY=_key(other))


def test_the_refresh_of_a_remembered_device_needs_its_key(scene: Scene) -> None:
    result = _confirm(scene)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])
    done = scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"], DEVICE_KEY=_key(result))
    assert claims(done["AuthenticationResult"]["AccessToken"])["device_key"] == _key(result)


@pytest.mark.parametrize("operation", ["GetDevice", "ForgetDevice"])
def test_an_operation_of_the_user_needs_a_token(scene: Scene, operation: str) -> None:
    with refused("InvalidParameterException", "Missing required parameter AccessToken"):
        scene.call(operation, DeviceKey=UNKNOWN)
    with refused("ResourceNotFoundException", "Device does not exist."):
        scene.call(operation, AccessToken=scene.sign_in()["AccessToken"], DeviceKey=UNKNOWN)

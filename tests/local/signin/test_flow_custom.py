"""CUSTOM_AUTH: functions decide; what they get, and what happens if they do not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.desk import FunctionFailed
from tests.local.signin.flow_support import GENERIC, SMS_ON, Scene, Srp, refused

MISSING = "Custom auth lambda trigger is not configured for the user pool."


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _three_tries(event: Any) -> Any:
    session = event["request"]["session"]
    asked = [s for s in session if s["challengeName"] == "CUSTOM_CHALLENGE"]
    if asked and asked[-1]["challengeResult"] and not event["request"].get("userNotFound"):
        return {"issueTokens": True, "failAuthentication": False}
    if len(asked) >= 3:
        return {"issueTokens": False, "failAuthentication": True}
    return {"challengeName": "CUSTOM_CHALLENGE", "issueTokens": False, "failAuthentication": False}


def _with_srp(event: Any) -> Any:
    names = [s["challengeName"] for s in event["request"]["session"]]
    if names == ["SRP_A"]:
        return {"challengeName": "PASSWORD_VERIFIER"}
    return _three_tries(event)


def _functions(scene: Scene, define: Any = _three_tries) -> tuple[list[Any], list[Any], list[Any]]:
    made = {
        "publicChallengeParameters": {"question": "2 + 2?"},
        "privateChallengeParameters": {"answer": "4"},
        "challengeMetadata": "SUM",
    }
    return (
        scene.trigger("DefineAuthChallenge", define),
        scene.trigger("CreateAuthChallenge", made),
        scene.trigger(
            "VerifyAuthChallengeResponse",
            lambda e: {
                "answerCorrect": e["request"]["challengeAnswer"] == e["request"]["privateChallengeParameters"]["answer"]
            },
        ),
    )


def test_without_functions_the_flow_is_refused(scene: Scene) -> None:
    with refused("InvalidParameterException", MISSING):
        scene.start("CUSTOM_AUTH")


@pytest.mark.parametrize("left_out", ["CreateAuthChallenge", "VerifyAuthChallengeResponse"])
def test_without_one_of_the_functions_it_is_refused_where_it_is_needed(scene: Scene, left_out: str) -> None:
    _functions(scene)
    del scene.config["LambdaConfig"][left_out]
    with refused("InvalidParameterException", MISSING):
        scene.answer(scene.start("CUSTOM_AUTH"), ANSWER="4")


def test_a_function_that_is_mapped_to_nothing_fails_the_sign_in_and_is_named(scene: Scene) -> None:
    _functions(scene)
    scene.ctx.desk.functions = {}
    with refused("NotAuthorizedException", GENERIC):
        scene.start("CUSTOM_AUTH")
    assert "DefineAuthChallenge" in scene.said[0]


def test_a_right_answer_signs_in(scene: Scene) -> None:
    define, create, verify = _functions(scene)
    after = scene.trigger("PostAuthentication", {})
    challenge = scene.start("CUSTOM_AUTH", metadata={"first": "1"})
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert challenge["ChallengeParameters"] == {"USERNAME": "jane", "question": "2 + 2?"}
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        scene.answer(challenge)
    done = scene.answer(challenge, ANSWER="4", metadata={"second": "2"})
    assert done["AuthenticationResult"]
    assert define[0]["request"]["session"] == []
    assert "clientMetadata" not in define[0]["request"]
    passed = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "SUM"}
    assert define[1]["request"]["session"] == [passed]
    assert define[1]["request"]["clientMetadata"] == {"second": "2"}
    assert create[0]["request"]["challengeName"] == "CUSTOM_CHALLENGE"
    assert verify[0]["request"]["privateChallengeParameters"] == {"answer": "4"}
    assert verify[0]["request"]["challengeAnswer"] == "4"
    assert verify[0]["request"]["userAttributes"]["email"] == "jane@example.com"
    assert after[0]["request"]["clientMetadata"] == {"second": "2"}


def test_a_wrong_answer_is_followed_by_a_new_session_until_the_function_fails(scene: Scene) -> None:
    _functions(scene)
    challenge = scene.start("CUSTOM_AUTH")
    for _ in range(2):
        asked = scene.answer(challenge, ANSWER="5")
        assert asked["Session"] != challenge["Session"]
        with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
            scene.answer(challenge, ANSWER="4")
        challenge = asked
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, ANSWER="5")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.answer(challenge, ANSWER="4")


@pytest.mark.parametrize("said", [{}, {"failAuthentication": True}, {"challengeName": "", "issueTokens": False}])
def test_what_says_nothing_or_fail_fails(scene: Scene, said: Any) -> None:
    _functions(scene, said)
    with refused("NotAuthorizedException", GENERIC):
        scene.start("CUSTOM_AUTH")


@pytest.mark.parametrize("asked", ["PASSWORD_VERIFIER", "SOMETHING"])
def test_a_challenge_that_does_not_fit_is_nonsense(scene: Scene, asked: str) -> None:
    _functions(scene, {"challengeName": asked})
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        scene.start("CUSTOM_AUTH")


def test_parameters_become_text_and_structures_are_nonsense(scene: Scene) -> None:
    _functions(scene)
    scene.trigger("CreateAuthChallenge", {"publicChallengeParameters": {"left": 3, "last": False}})
    assert scene.start("CUSTOM_AUTH")["ChallengeParameters"] == {"USERNAME": "jane", "left": "3", "last": "false"}
    scene.trigger("CreateAuthChallenge", {"publicChallengeParameters": {"all": [1]}})
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        scene.start("CUSTOM_AUTH")


@pytest.mark.parametrize("trigger", ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"])
def test_a_function_that_raises_is_named(scene: Scene, trigger: str) -> None:
    _functions(scene)

    def fail(_event: Any) -> Any:
        raise FunctionFailed("no")

    scene.trigger(trigger, fail)
    with refused("UserLambdaValidationException", f"{trigger} failed with error no."):
        scene.answer(scene.start("CUSTOM_AUTH"), ANSWER="4")


def test_tokens_can_come_at_once(scene: Scene) -> None:
    _functions(scene, {"issueTokens": True})
    assert scene.start("CUSTOM_AUTH")["AuthenticationResult"]


@pytest.mark.parametrize(
    ("members", "code", "said"),
    [
        ({"status": "UNCONFIRMED"}, "UserNotConfirmedException", "User is not confirmed."),
        ({"enabled": False}, "NotAuthorizedException", "User is disabled."),
        ({"status": "EXTERNAL_PROVIDER"}, "NotAuthorizedException", GENERIC),
    ],
)
def test_the_state_of_a_user_counts(scene: Scene, members: Any, code: str, said: str) -> None:
    define, _, _ = _functions(scene)
    scene.change(**members)
    with refused(code, said):
        scene.start("CUSTOM_AUTH")
    assert define == []


def test_unknown_users_are_named_or_get_challenges_but_never_tokens(scene: Scene) -> None:
    define, _, _ = _functions(scene)
    before = scene.trigger("PreAuthentication", {})
    with refused("UserNotFoundException", "User does not exist."):
        scene.start("CUSTOM_AUTH", "nobody")
    scene.hide()
    challenge = scene.start("CUSTOM_AUTH", "nobody")
    assert challenge["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert before[0]["request"]["userNotFound"] is True
    assert define[0]["request"]["userNotFound"] is True
    assert "userAttributes" not in define[0]["request"]
    scene.trigger("DefineAuthChallenge", {"issueTokens": True})
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, "nobody", ANSWER="4")


def test_srp_comes_first_if_it_is_asked_for(scene: Scene) -> None:
    define, _, _ = _functions(scene, _with_srp)
    with refused("InvalidParameterException", "Missing required parameter SRP_A"):
        scene.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A")
    client = Srp()
    challenge = scene.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=client.a_hex)
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    assert challenge["Session"]
    asked = scene.prove(client, challenge)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    names = [(s["challengeName"], s["challengeResult"]) for s in define[1]["request"]["session"]]
    assert names == [("SRP_A", True), ("PASSWORD_VERIFIER", True)]
    assert scene.answer(asked, ANSWER="4")["AuthenticationResult"]


def test_a_wrong_password_ends_it_without_asking_the_function(scene: Scene) -> None:
    define, _, _ = _functions(scene, _with_srp)
    client = Srp()
    challenge = scene.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=client.a_hex)
    with refused("NotAuthorizedException", GENERIC):
        scene.prove(client, challenge, "wrong-Horse-9")
    assert len(define) == 1


def test_a_second_factor_comes_after_the_password_and_before_the_rest(scene: Scene) -> None:
    define, _, _ = _functions(scene, _with_srp)
    scene.attribute(phone_number="+12065551234")
    scene.mfa("OPTIONAL", SMS_ON)
    scene.turn_on("SMS_MFA")
    client = Srp()
    asked = scene.prove(client, scene.start("CUSTOM_AUTH", CHALLENGE_NAME="SRP_A", SRP_A=client.a_hex))
    assert asked["ChallengeName"] == "SMS_MFA"
    asked = scene.answer(asked, SMS_MFA_CODE=scene.code)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert [s["challengeName"] for s in define[-1]["request"]["session"]] == ["SRP_A", "PASSWORD_VERIFIER", "SMS_MFA"]
    assert scene.answer(asked, ANSWER="4")["AuthenticationResult"]


def test_without_srp_no_second_factor_is_asked_for(scene: Scene) -> None:
    _functions(scene)
    scene.mfa("ON", SMS_ON)
    assert scene.answer(scene.start("CUSTOM_AUTH"), ANSWER="4")["AuthenticationResult"]


def test_other_flows_do_not_call_the_functions(scene: Scene) -> None:
    define, create, verify = _functions(scene)
    assert scene.sign_in()
    assert scene.srp()
    assert [*define, *create, *verify] == []

"""Sign-in with a password, sent or proven by SRP: what is refused, in both modes of PreventUserExistenceErrors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from reconciler.local.signin import flow
from tests.local.signin.flow_support import FLOWS, GENERIC, PASSWORD, POOL, Scene, Srp, claims, refused


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _with_password(scene: Scene, name: str = "jane", password: str = PASSWORD) -> Any:
    return scene.start("USER_PASSWORD_AUTH", name, PASSWORD=password)


def _as_admin(scene: Scene, name: str = "jane", password: str = PASSWORD) -> Any:
    return scene.start("ADMIN_USER_PASSWORD_AUTH", name, PASSWORD=password)


def _with_srp(scene: Scene, name: str = "jane", password: str = PASSWORD) -> Any:
    return scene.srp(name, password)


def _by_choice(scene: Scene, name: str = "jane", password: str = PASSWORD) -> Any:
    return scene.start("USER_AUTH", name, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=password)


WAYS = pytest.mark.parametrize("way", [_with_password, _as_admin, _with_srp, _by_choice])
MODES = pytest.mark.parametrize("mode", ["LEGACY", "ENABLED"])


# --- refused -------------------------------------------------------------------------------------------------------


@WAYS
@MODES
def test_a_wrong_password_is_refused(scene: Scene, way: Any, mode: str) -> None:
    scene.client["PreventUserExistenceErrors"] = mode
    with refused("NotAuthorizedException", GENERIC):
        way(scene, password="wrong-Horse-9")


@WAYS
def test_an_unknown_user_is_named_unless_the_client_hides_who_exists(scene: Scene, way: Any) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        way(scene, "nobody")
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        way(scene, "nobody")


@WAYS
@MODES
@pytest.mark.parametrize("password", [PASSWORD, "wrong-Horse-9"])
def test_an_unconfirmed_user_is_said_to_be_one_whatever_the_password(
    scene: Scene, way: Any, mode: str, password: str
) -> None:
    scene.client["PreventUserExistenceErrors"] = mode
    scene.change(status="UNCONFIRMED")
    with refused("UserNotConfirmedException", "User is not confirmed."):
        way(scene, password=password)


@WAYS
def test_a_disabled_user_is_refused(scene: Scene, way: Any) -> None:
    scene.change(enabled=False)
    with refused("NotAuthorizedException", "User is disabled."):
        way(scene)
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        way(scene)


@WAYS
def test_a_disabled_user_is_named_only_to_one_who_knows_the_password(scene: Scene, way: Any) -> None:
    scene.change(enabled=False)
    with refused("NotAuthorizedException", GENERIC):
        way(scene, password="wrong-Horse-9")


@pytest.mark.parametrize("way", [_with_password, _as_admin, _with_srp])
def test_a_password_that_was_reset_has_to_be_set_anew(scene: Scene, way: Any) -> None:
    scene.change(status="RESET_REQUIRED")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        way(scene, password="wrong-Horse-9")
    scene.hide()
    with refused("NotAuthorizedException", GENERIC):
        way(scene)


@WAYS
@MODES
def test_a_temporary_password_ends(scene: Scene, way: Any, mode: str) -> None:
    scene.client["PreventUserExistenceErrors"] = mode
    user = scene.change(status="FORCE_CHANGE_PASSWORD")
    scene.change(password={**user["password"], "until": scene.time + 60})
    assert way(scene)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    scene.time += 61
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        way(scene)
    with refused("NotAuthorizedException", GENERIC):
        way(scene, password="wrong-Horse-9")


@pytest.mark.parametrize("way", [_with_password, _as_admin, _with_srp])
@MODES
def test_a_user_without_a_password_cannot_use_one(scene: Scene, way: Any, mode: str) -> None:
    scene.client["PreventUserExistenceErrors"] = mode
    scene.add("ann", None, email="ann@example.com")
    scene.add("far", None, "EXTERNAL_PROVIDER")
    for name in ("ann", "far"):
        with refused("NotAuthorizedException", GENERIC):
            way(scene, name)


@WAYS
@MODES
def test_five_failures_lock_a_user_out_for_a_while(scene: Scene, way: Any, mode: str) -> None:
    scene.client["PreventUserExistenceErrors"] = mode
    for _ in range(5):
        with refused("NotAuthorizedException", GENERIC):
            way(scene, password="wrong-Horse-9")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        way(scene)
    scene.time += 2
    assert "AuthenticationResult" in way(scene)
    assert scene.get()["failures"] == {}


@pytest.mark.parametrize(
    ("auth_flow", "message"),
    [
        ("USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client."),
        ("CUSTOM_AUTH", "CUSTOM_AUTH is not enabled for the client."),
        ("USER_AUTH", "USER_AUTH is not enabled for the client."),
        ("ADMIN_USER_PASSWORD_AUTH", "Auth flow not enabled for this client"),
        ("ADMIN_NO_SRP_AUTH", "Auth flow not enabled for this client"),
        ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN_AUTH is not enabled for the client."),
    ],
)
def test_a_flow_that_the_client_does_not_allow_is_refused_before_the_user_is_looked_at(
    scene: Scene, auth_flow: str, message: str
) -> None:
    needed = "ALLOW_ADMIN_USER_PASSWORD_AUTH" if auth_flow.startswith("ADMIN") else f"ALLOW_{auth_flow}"
    scene.client["ExplicitAuthFlows"] = [f"ALLOW_{f}" for f in FLOWS if f"ALLOW_{f}" != needed]
    with refused("InvalidParameterException", message):
        scene.start(auth_flow, "nobody", SRP_A="1", REFRESH_TOKEN="x")


def test_without_a_list_passwords_are_not_sent_but_proven(scene: Scene) -> None:
    del scene.client["ExplicitAuthFlows"]
    assert "AuthenticationResult" in scene.srp()
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        scene.sign_in()


@pytest.mark.parametrize("old", ["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH", "CUSTOM_AUTH_FLOW_ONLY"])
def test_older_names_of_flows_leave_srp_on_unless_they_say_only(scene: Scene, old: str) -> None:
    scene.client["ExplicitAuthFlows"] = [old]
    if old == "CUSTOM_AUTH_FLOW_ONLY":
        with refused("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client."):
            scene.srp()
        return
    refresh = scene.srp()["AuthenticationResult"]["RefreshToken"]
    assert scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refresh)["AuthenticationResult"]
    allowed = "ADMIN_USER_PASSWORD_AUTH" if old == "ADMIN_NO_SRP_AUTH" else old
    assert "AuthenticationResult" in scene.start(allowed)


@pytest.mark.parametrize("auth_flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_flows_of_administrators_are_not_for_users(scene: Scene, auth_flow: str) -> None:
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        scene.call(
            "InitiateAuth",
            **scene.ids(),
            AuthFlow=auth_flow,
            AuthParameters={"USERNAME": "jane", "PASSWORD": PASSWORD},
        )


@pytest.mark.parametrize(
    ("auth_flow", "given", "missing"),
    [
        ("USER_PASSWORD_AUTH", {}, "USERNAME"),
        ("USER_PASSWORD_AUTH", {"USERNAME": "jane"}, "PASSWORD"),
        ("USER_SRP_AUTH", {"USERNAME": "jane"}, "SRP_A"),
        ("USER_AUTH", {}, "USERNAME"),
        ("CUSTOM_AUTH", {}, "USERNAME"),
        ("REFRESH_TOKEN_AUTH", {}, "REFRESH_TOKEN"),
    ],
)
def test_a_missing_parameter_is_named(scene: Scene, auth_flow: str, given: dict[str, str], missing: str) -> None:
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        scene.call("InitiateAuth", **scene.ids(), AuthFlow=auth_flow, AuthParameters=given)


@pytest.mark.parametrize(
    ("challenge", "given", "missing"),
    [
        ("SMS_MFA", {}, "USERNAME"),
        ("SMS_MFA", {"USERNAME": "jane"}, "Session"),
        ("PASSWORD_VERIFIER", {"USERNAME": "jane"}, "PASSWORD_CLAIM_SECRET_BLOCK"),
    ],
)
def test_a_missing_response_is_named(scene: Scene, challenge: str, given: dict[str, str], missing: str) -> None:
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        scene.call("RespondToAuthChallenge", **scene.ids(), ChallengeName=challenge, ChallengeResponses=given)


def test_the_challenge_that_the_model_alone_names_cannot_be_answered(scene: Scene) -> None:
    with refused("InvalidParameterException", "ADMIN_NO_SRP_AUTH cannot be answered."):
        scene.answer({"ChallengeName": "ADMIN_NO_SRP_AUTH"}, PASSWORD=PASSWORD)


def test_an_unknown_client_is_named(scene: Scene) -> None:
    with refused("ResourceNotFoundException", "User pool client other does not exist."):
        scene.call("InitiateAuth", ClientId="other", AuthFlow="USER_SRP_AUTH", AuthParameters={})


@pytest.mark.parametrize("a", ["zz", "0", "-1"])
def test_a_value_that_proves_nothing_is_refused(scene: Scene, a: str) -> None:
    with refused("InvalidParameterException"):
        scene.start("USER_SRP_AUTH", SRP_A=a)


# --- the secret of the client --------------------------------------------------------------------------------------


def _hash(scene: Scene, name: str) -> str:
    key, client = scene.client["ClientSecret"], scene.client["ClientId"]
    return base64.b64encode(hmac.digest(key.encode(), (name + client).encode(), hashlib.sha256)).decode()


def test_a_client_with_a_secret_demands_its_hash_before_anything_about_the_user(scene: Scene) -> None:
    scene.client["ClientSecret"] = "s" * 52
    scene.client["ExplicitAuthFlows"] = []
    client = scene.client["ClientId"]
    said = f"Client {client} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", said):
        scene.start("USER_PASSWORD_AUTH", "nobody")
    with refused("NotAuthorizedException", f"SecretHash does not match for the client: {client}"):
        scene.start("USER_PASSWORD_AUTH", "nobody", SECRET_HASH="wrong")


def test_the_hash_is_of_the_name_as_sent_and_after_srp_of_the_real_one(scene: Scene) -> None:
    scene.client["ClientSecret"] = "s" * 52
    scene.config["AliasAttributes"] = ["email"]
    scene.attribute(email_verified="true")
    typed, client = "jane@example.com", Srp()
    challenge = scene.start("USER_SRP_AUTH", typed, SRP_A=client.a_hex, SECRET_HASH=_hash(scene, typed))
    with refused("NotAuthorizedException", f"SecretHash does not match for the client: {scene.client['ClientId']}"):
        scene.prove(client, challenge, SECRET_HASH=_hash(scene, typed))
    done = scene.prove(client, challenge, SECRET_HASH=_hash(scene, "jane"))
    assert done["AuthenticationResult"]


@pytest.mark.parametrize("named", ["jane@example.com", "jane"])
def test_after_a_password_that_was_sent_the_hash_may_be_of_either_name(scene: Scene, named: str) -> None:
    scene.client["ClientSecret"] = "s" * 52
    scene.config["AliasAttributes"] = ["email"]
    scene.attribute(email_verified="true")
    scene.change(status="FORCE_CHANGE_PASSWORD")
    typed = "jane@example.com"
    challenge = scene.start("USER_PASSWORD_AUTH", typed, SECRET_HASH=_hash(scene, typed))
    given = {"NEW_PASSWORD": "Better-Horse-8", "SECRET_HASH": _hash(scene, named)}
    assert scene.answer(challenge, typed, **given)["AuthenticationResult"]


def test_a_refresh_needs_the_hash_of_the_real_name(scene: Scene) -> None:
    scene.client["ClientSecret"] = "s" * 52
    token = scene.start("USER_PASSWORD_AUTH", SECRET_HASH=_hash(scene, "jane"))["AuthenticationResult"]["RefreshToken"]
    done = scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, SECRET_HASH=_hash(scene, "jane"))
    assert "RefreshToken" not in done["AuthenticationResult"]
    with refused("NotAuthorizedException", f"SecretHash does not match for the client: {scene.client['ClientId']}"):
        scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token, SECRET_HASH=_hash(scene, "other"))
    with refused("NotAuthorizedException"):
        scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)
    with refused("NotAuthorizedException", "Invalid Refresh Token"):
        scene.start("REFRESH_TOKEN_AUTH", REFRESH_TOKEN="garbage", SECRET_HASH=_hash(scene, "jane"))


# --- SRP -----------------------------------------------------------------------------------------------------------


def test_srp_asks_for_a_proof_without_a_session(scene: Scene) -> None:
    challenge = scene.start("USER_SRP_AUTH", SRP_A=Srp().a_hex)
    assert set(challenge) == {"ChallengeName", "ChallengeParameters"}
    assert challenge["ChallengeName"] == "PASSWORD_VERIFIER"
    given = challenge["ChallengeParameters"]
    assert set(given) == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"}
    assert given["USERNAME"] == given["USER_ID_FOR_SRP"] == "jane"


def test_a_proof_is_good_for_one_answer(scene: Scene) -> None:
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex)
    assert scene.prove(client, challenge)["AuthenticationResult"]
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.prove(client, challenge)


def test_a_wrong_proof_ends_the_challenge(scene: Scene) -> None:
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex)
    with refused("NotAuthorizedException", GENERIC):
        scene.prove(client, challenge, "wrong-Horse-9")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.prove(client, challenge)


@pytest.mark.parametrize("late", [-400, 400])
def test_a_timestamp_of_another_time_is_refused(scene: Scene, late: int) -> None:
    scene.client["AuthSessionValidity"] = 15
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex)
    given = challenge["ChallengeParameters"]
    proof = client.proof(given, POOL.partition("_")[2], "jane", PASSWORD, scene.time + late)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, **proof)


@pytest.mark.parametrize("wrong", ["Sat Nov 07 09:05:03 UTC 2026", "2026-11-07T09:05:03Z", ""])
def test_a_timestamp_of_another_form_is_refused(scene: Scene, wrong: str) -> None:
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex)
    given = challenge["ChallengeParameters"]
    proof = client.proof(given, POOL.partition("_")[2], "jane", PASSWORD, scene.time)
    code = "NotAuthorizedException" if wrong else "InvalidParameterException"
    with refused(code):
        scene.answer(challenge, **{**proof, "TIMESTAMP": wrong})


def test_an_unknown_user_gets_the_same_salt_and_id_each_time(scene: Scene) -> None:
    scene.hide()
    first, second, other = (
        scene.start("USER_SRP_AUTH", name, SRP_A=Srp().a_hex)["ChallengeParameters"]
        for name in ("nobody", "nobody", "noone")
    )
    assert first["SALT"] == second["SALT"] != other["SALT"]
    assert first["USER_ID_FOR_SRP"] == second["USER_ID_FOR_SRP"] != other["USER_ID_FOR_SRP"]
    assert len(first["USER_ID_FOR_SRP"]) == 36
    assert len(first["SALT"]) == 32
    assert len(first["SRP_B"]) > 700
    assert first["SRP_B"] != second["SRP_B"]


def test_names_of_any_case_meet_one_user_where_case_does_not_matter(scene: Scene) -> None:
    with refused("UserNotFoundException"):
        scene.srp("JANE")
    scene.config["UsernameConfiguration"] = {"CaseSensitive": False}
    assert scene.srp("JANE")["AuthenticationResult"]


def test_only_a_verified_alias_signs_in(scene: Scene) -> None:
    for verified in ("false", "true"):
        scene.attribute(email_verified=verified)
        with refused("UserNotFoundException"):
            scene.srp("jane@example.com")
    scene.config["AliasAttributes"] = ["email"]
    assert scene.srp("jane@example.com")["AuthenticationResult"]
    scene.attribute(email_verified="false")
    with refused("UserNotFoundException"):
        scene.srp("jane@example.com")


# --- the end -------------------------------------------------------------------------------------------------------


@WAYS
def test_tokens_come_with_empty_challenge_parameters(scene: Scene, way: Any) -> None:
    answer = way(scene)
    assert answer["ChallengeParameters"] == {}
    result = answer["AuthenticationResult"]
    assert set(result) == {"AccessToken", "IdToken", "RefreshToken", "ExpiresIn", "TokenType"}
    assert claims(result["AccessToken"])["username"] == "jane"


def test_the_pages_end_without_tokens_and_need_neither_flow_nor_hash(scene: Scene) -> None:
    scene.client.update(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"], ClientSecret="s" * 52)
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD}
    done = flow.initiate(scene.ctx, scene.hosted(), "USER_PASSWORD_AUTH", parameters)
    assert done == {"SignedIn": {"Username": "jane", "AuthTime": int(scene.time)}}


def test_functions_run_around_a_sign_in_in_order(scene: Scene) -> None:
    order: list[str] = []
    for name in ("PreAuthentication", "PostAuthentication", "PreTokenGeneration"):
        scene.trigger(name, lambda event: order.append(event["triggerSource"]) or {})
    scene.sign_in()
    assert order == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]


@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication"])
@WAYS
def test_a_function_that_raises_stops_the_sign_in(scene: Scene, way: Any, trigger: str) -> None:
    from reconciler.local.desk import FunctionFailed

    def fail(_event: Any) -> Any:
        raise FunctionFailed("no")

    scene.trigger(trigger, fail)
    with refused("UserLambdaValidationException", f"{trigger} failed with error no."):
        way(scene)


def test_metadata_of_the_first_request_reaches_pre_authentication_alone(scene: Scene) -> None:
    before = scene.trigger("PreAuthentication", {})
    after = scene.trigger("PostAuthentication", {})
    scene.start("USER_PASSWORD_AUTH", metadata={"k": "v"})
    assert before[0]["request"]["validationData"] == {"k": "v"}
    assert before[0]["request"]["userNotFound"] is False
    assert "clientMetadata" not in before[0]["request"]
    assert "clientMetadata" not in after[0]["request"]


def test_metadata_of_an_answer_reaches_post_authentication(scene: Scene) -> None:
    after = scene.trigger("PostAuthentication", {})
    client = Srp()
    challenge = scene.start("USER_SRP_AUTH", SRP_A=client.a_hex)
    scene.prove(client, challenge, metadata={"k": "v"})
    assert after[0]["request"]["clientMetadata"] == {"k": "v"}


def test_pre_authentication_hears_of_unknown_users_only_where_they_are_hidden(scene: Scene) -> None:
    events = scene.trigger("PreAuthentication", {})
    with refused("UserNotFoundException"):
        scene.start("USER_PASSWORD_AUTH", "nobody")
    assert events == []
    scene.hide()
    with refused("NotAuthorizedException"):
        scene.start("USER_PASSWORD_AUTH", "nobody")
    assert events[0]["request"]["userNotFound"] is True
    assert events[0]["userName"] == "nobody"


def test_a_user_is_brought_in_by_the_migration_where_the_password_is_sent(scene: Scene) -> None:
    events = scene.trigger(
        "UserMigration", {"userAttributes": {"email": "m@example.com"}, "finalUserStatus": "CONFIRMED"}
    )
    with refused("UserNotFoundException"):
        scene.srp("moved")
    assert events == []
    assert scene.start("USER_PASSWORD_AUTH", "moved", PASSWORD="Their-Own-1")["AuthenticationResult"]
    assert events[0]["triggerSource"] == "UserMigration_Authentication"
    assert scene.srp("moved", "Their-Own-1")["AuthenticationResult"]


@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication"])
def test_a_user_whom_a_function_deletes_gets_nothing(scene: Scene, trigger: str) -> None:
    scene.trigger(trigger, lambda _event: scene.ctx.people.remove(POOL, "jane", scene.time) or {})
    with refused("UserNotFoundException", "User does not exist."):
        scene.sign_in()


# --- NEW_PASSWORD_REQUIRED -----------------------------------------------------------------------------------------


@WAYS
def test_a_temporary_password_is_replaced(scene: Scene, way: Any) -> None:
    events = scene.trigger("PreTokenGeneration", {})
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = way(scene)
    assert challenge["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    given = challenge["ChallengeParameters"]
    assert json.loads(given["userAttributes"]) == {"email": "jane@example.com"}
    assert json.loads(given["requiredAttributes"]) == []
    assert scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")["AuthenticationResult"]
    assert events[0]["triggerSource"] == "TokenGeneration_NewPasswordChallenge"
    assert scene.get()["status"] == "CONFIRMED"
    assert scene.srp(password="Better-Horse-8")["AuthenticationResult"]


def test_a_refused_new_password_can_be_tried_again(scene: Scene) -> None:
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH")
    with refused(
        "InvalidPasswordException", "Password did not conform with policy: Password must have numeric characters"
    ):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse")
    with refused("InvalidParameterException", "Missing required parameter NEW_PASSWORD"):
        scene.answer(challenge)
    assert scene.answer(challenge, NEW_PASSWORD=PASSWORD)["AuthenticationResult"]  # there is no history
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.answer(challenge, NEW_PASSWORD=PASSWORD)


def test_the_history_of_passwords_holds_for_a_new_one(scene: Scene) -> None:
    scene.config["Policies"]["PasswordPolicy"]["PasswordHistorySize"] = 2
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH")
    with refused("PasswordHistoryPolicyViolationException"):
        scene.answer(challenge, NEW_PASSWORD=PASSWORD)


def test_missing_required_attributes_are_asked_for(scene: Scene) -> None:
    next(a for a in scene.pool["schema"] if a["Name"] == "name")["Required"] = True
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH")
    assert json.loads(challenge["ChallengeParameters"]["requiredAttributes"]) == ["userAttributes.name"]
    with refused("InvalidParameterException"):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")
    assert scene.answer(challenge, NEW_PASSWORD="Better-Horse-8", **{"userAttributes.name": "Jane"})
    assert scene.get()["attributes"]["name"] == "Jane"


@pytest.mark.parametrize(
    ("attribute", "code", "message"),
    [
        ("email", "NotAuthorizedException", "Cannot modify an already provided email"),
        ("email_verified", "NotAuthorizedException", "A client attempted to write unauthorized attribute"),
        ("phone_number", "InvalidParameterException", ""),
        ("custom:x", "NotAuthorizedException", "A client attempted to write unauthorized attribute"),
    ],
)
def test_attributes_that_a_user_may_not_give_are_refused(scene: Scene, attribute: str, code: str, message: str) -> None:
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH")
    with refused(code, message):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8", **{f"userAttributes.{attribute}": "12"})
    assert scene.get()["status"] == "FORCE_CHANGE_PASSWORD"


def test_attributes_outside_write_attributes_are_refused(scene: Scene) -> None:
    scene.client["WriteAttributes"] = ["email"]
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH")
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8", **{"userAttributes.name": "Jane"})


def test_an_address_of_another_user_is_refused_where_addresses_are_names(scene: Scene) -> None:
    scene.config["UsernameAttributes"] = ["email"]
    scene.add("ann", status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH", "ann")
    given = {"NEW_PASSWORD": "Better-Horse-8", "userAttributes.email": "jane@example.com"}
    with refused("AliasExistsException"):
        scene.answer(challenge, "ann", **given)
    given["userAttributes.email"] = "ann@example.com"
    assert scene.answer(challenge, "ann", **given)["AuthenticationResult"]
    assert scene.get("ann")["attributes"]["email_verified"] == "false"


def test_a_preferred_username_of_another_user_is_refused_with_a_new_password(scene: Scene) -> None:
    scene.config["AliasAttributes"] = ["preferred_username"]
    scene.attribute("jane", preferred_username="janie")
    scene.add("ann", status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("USER_PASSWORD_AUTH", "ann")
    given = {"NEW_PASSWORD": "Better-Horse-8", "userAttributes.preferred_username": "janie"}
    with refused("AliasExistsException"):
        scene.answer(challenge, "ann", **given)
    given["userAttributes.preferred_username"] = "annie"
    assert scene.answer(challenge, "ann", **given)["AuthenticationResult"]


# --- administrators -----------------------------------------------------------------------------------------------


def test_an_administrator_answers_challenges_too(scene: Scene) -> None:
    ids: Any = {"UserPoolId": POOL, **scene.ids()}
    scene.change(status="FORCE_CHANGE_PASSWORD")
    challenge = scene.start("ADMIN_USER_PASSWORD_AUTH")
    answer: Any = {
        "ChallengeName": challenge["ChallengeName"],
        "Session": challenge["Session"],
        "ChallengeResponses": {"USERNAME": "jane", "NEW_PASSWORD": "Better-Horse-8"},
    }
    with refused("ResourceNotFoundException", "User pool client other does not exist."):
        scene.call("AdminRespondToAuthChallenge", UserPoolId=POOL, ClientId="other", **answer)
    with refused("ResourceNotFoundException", "User pool us-east-1_Other does not exist."):
        scene.call("AdminRespondToAuthChallenge", UserPoolId="us-east-1_Other", **scene.ids(), **answer)
    assert scene.call("AdminRespondToAuthChallenge", **ids, **answer)["AuthenticationResult"]


@pytest.mark.parametrize("auth_flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "USER_AUTH"])
def test_an_administrator_may_use_flows_of_users(scene: Scene, auth_flow: str) -> None:
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD, "SRP_A": Srp().a_hex}
    ids: Any = {"UserPoolId": POOL, **scene.ids()}
    answer = scene.call("AdminInitiateAuth", **ids, AuthFlow=auth_flow, AuthParameters=parameters)
    assert "AuthenticationResult" in answer or "ChallengeName" in answer


# --- sessions ------------------------------------------------------------------------------------------------------


def _forced(scene: Scene) -> Any:
    scene.change(status="FORCE_CHANGE_PASSWORD")
    return scene.start("USER_PASSWORD_AUTH")


def test_a_session_looks_like_those_of_the_service(scene: Scene) -> None:
    session = _forced(scene)["Session"]
    assert session.startswith("AYABe")
    assert 1500 <= len(session) <= 1600


@pytest.mark.parametrize("minutes", [3, 15])
def test_a_session_lasts_as_long_as_the_client_says(scene: Scene, minutes: int) -> None:
    scene.client["AuthSessionValidity"] = minutes
    challenge = _forced(scene)
    scene.time += 60 * minutes - 1
    with refused("InvalidPasswordException"):
        scene.answer(challenge, NEW_PASSWORD="shorter")
    scene.time += 2
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")


def test_the_pages_have_their_own_time(scene: Scene) -> None:
    scene.client["AuthSessionValidity"] = 15
    scene.change(status="FORCE_CHANGE_PASSWORD")
    parameters = {"USERNAME": "jane", "PASSWORD": PASSWORD}
    asked = flow.initiate(scene.ctx, scene.hosted(), "USER_PASSWORD_AUTH", parameters)
    responses = {"USERNAME": "jane", "NEW_PASSWORD": "Better-Horse-8"}
    with refused("NotAuthorizedException", "Invalid session for the user."):  # it is of the pages
        scene.answer(asked, NEW_PASSWORD="Better-Horse-8")
    scene.time += 181
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        flow.respond(scene.ctx, scene.hosted(), asked["ChallengeName"], asked["Session"], responses)


def test_a_session_belongs_to_its_client_user_and_challenge(scene: Scene) -> None:
    challenge, own = _forced(scene), scene.client
    scene.add("ann")
    said = "Invalid session for the user."
    with refused("NotAuthorizedException", said):
        scene.answer(challenge, "ann", NEW_PASSWORD="Better-Horse-8")
    with refused("NotAuthorizedException", said):
        scene.answer({**challenge, "ChallengeName": "SMS_MFA"}, SMS_MFA_CODE="123456")
    scene.client = scene.add_client()
    with refused("NotAuthorizedException", said):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")
    scene.client = own
    with refused("NotAuthorizedException", said):
        scene.answer({**challenge, "Session": "AYABe" + "x" * 1500}, NEW_PASSWORD="Better-Horse-8")
    assert scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")


def test_a_user_who_is_disabled_meanwhile_gets_nothing(scene: Scene) -> None:
    challenge = _forced(scene)
    scene.change(enabled=False)
    with refused("NotAuthorizedException", "User is disabled."):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")


def test_a_user_who_is_deleted_meanwhile_gets_nothing(scene: Scene) -> None:
    challenge = _forced(scene)
    scene.ctx.people.remove(POOL, "jane", scene.time)
    with refused("UserNotFoundException", "User does not exist."):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")


def test_a_session_is_not_one_of_another_user_with_the_same_name(scene: Scene) -> None:
    challenge = _forced(scene)
    scene.ctx.people.remove(POOL, "jane", scene.time)
    scene.add("jane", "Another-One-1")
    with refused("UserNotFoundException", "User does not exist."):
        scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")


def test_a_session_cannot_be_used_by_another_request_while_a_function_runs(scene: Scene) -> None:
    challenge = _forced(scene)
    tried: list[str] = []

    def meanwhile(_event: Any) -> Any:
        with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
            scene.answer(challenge, NEW_PASSWORD="Another-One-1")
        tried.append("yes")
        return {}

    scene.trigger("PostAuthentication", meanwhile)
    assert scene.answer(challenge, NEW_PASSWORD="Better-Horse-8")["AuthenticationResult"]
    assert tried == ["yes"]


def test_what_is_kept_holds_no_session_and_no_password(scene: Scene) -> None:
    challenge = _forced(scene)
    kept = str(scene.ctx.ledger._database.all("SELECT * FROM ledger"))
    assert challenge["Session"] not in kept
    assert PASSWORD not in kept

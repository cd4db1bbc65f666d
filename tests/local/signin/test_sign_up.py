"""Sign-up: what is refused, with the service's words, and what follows a code."""

from __future__ import annotations

import re
from typing import Any

import pytest

from reconciler.local.signin import codes, secret_hash, sign_up
from reconciler.local.signin.parties import Caller
from tests.local.signin.accounts import Accounts, pairs
from tests.local.signin.support import CLIENT, PASSWORD, POOL, refused
from tests.local.support import wrong_code

NOT_FOUND = ("UserNotFoundException", "Username/client id combination not found.")
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
UNAUTHORIZED = ("NotAuthorizedException", "A client attempted to write unauthorized attribute")
SCHEMA = "Attributes did not conform to the schema: "
DETAILS = {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
INVALID = "InvalidParameterException"


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(AutoVerifiedAttributes=["email"])


def register(accounts: Accounts, user: str = "ann", /, **attributes: str) -> dict[str, Any]:
    """Sign a user up, with an address unless another is given."""
    sent = attributes or {"email": "ann@example.com"}
    return accounts.ask("SignUp", Username=user, Password=PASSWORD, UserAttributes=pairs(sent))


def confirm(accounts: Accounts, code: str = "", name: str = "ann", **params: Any) -> dict[str, Any]:
    return accounts.ask("ConfirmSignUp", Username=name, ConfirmationCode=code or accounts.last.code, **params)


# --- SignUp: refusals -------------------------------------------------------------------------------------------------


def test_self_service_is_off(accounts):
    accounts.pool["config"]["AdminCreateUserConfig"] = {"AllowAdminCreateUserOnly": True}
    with refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        register(accounts)


@pytest.mark.parametrize("operation", ["SignUp", "ConfirmSignUp", "ResendConfirmationCode"])
@pytest.mark.parametrize("given", [{}, {"SecretHash": "wrong"}])
def test_the_hash_of_a_client_with_a_secret(accounts, operation, given):
    accounts.client["ClientSecret"] = "secret"
    params = {"Username": "ann", "Password": PASSWORD, "ConfirmationCode": "1"}
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT}"):
        accounts.ask(operation, **params, **given)


def test_the_hash_holds_the_name_as_it_was_sent(accounts):
    accounts.pool["config"]["UsernameConfiguration"] = {"CaseSensitive": False}
    accounts.client["ClientSecret"] = "secret"
    made = secret_hash.made("secret", "ANN", CLIENT)
    accounts.ask("SignUp", Username="ANN", Password=PASSWORD, SecretHash=made)
    assert accounts.get("ann")["username"] == "ann"


@pytest.mark.parametrize("operation", ["SignUp", "ConfirmSignUp", "ResendConfirmationCode"])
def test_an_unknown_client(accounts, operation):
    with refused("ResourceNotFoundException", "User pool client nope does not exist."):
        accounts.ask(operation, ClientId="nope", Username="ann", Password=PASSWORD, ConfirmationCode="1")


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Ab1!xyz", "Password not long enough"),
        ("ABCDEFG1!", "Password must have lowercase characters"),
        ("abcdefg1!", "Password must have uppercase characters"),
        ("Abcdefgh!", "Password must have numeric characters"),
        ("Abcdefgh1", "Password must have symbol characters"),
    ],
)
def test_a_weak_password(accounts, password, rule):
    with refused("InvalidPasswordException", f"Password did not conform with policy: {rule}"):
        accounts.ask("SignUp", Username="ann", Password=password)
    assert accounts.ctx.people.get(POOL, "ann") is None


@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
def test_a_name_that_is_taken_is_never_hidden(accounts, hiding):
    accounts.client["PreventUserExistenceErrors"] = hiding
    register(accounts)
    with refused("UsernameExistsException", "User already exists"):
        register(accounts)


@pytest.mark.parametrize("kind", ["email", "phone_number"])
def test_an_address_that_is_taken_as_a_name(accounts, kind):
    address = {"email": "ann@example.com", "phone_number": "+12065551234"}[kind]
    accounts.pool["config"]["UsernameAttributes"] = ["email", "phone_number"]
    accounts.ask("SignUp", Username=address, Password=PASSWORD)
    with refused("UsernameExistsException", f"An account with the given {kind} already exists."):
        accounts.ask("SignUp", Username=address, Password=PASSWORD)


def test_case_does_not_make_another_name(accounts):
    register(accounts)
    register(accounts, "ANN")
    accounts.pool["config"]["UsernameConfiguration"] = {"CaseSensitive": False}
    with refused("UsernameExistsException", "User already exists"):
        register(accounts, "Ann")


@pytest.mark.parametrize(
    ("config", "name", "words"),
    [
        ({"UsernameAttributes": ["email"]}, "ann", "Username should be an email."),
        ({"UsernameAttributes": ["phone_number"]}, "ann@example.com", "Username should be a phone number."),
        (
            {"UsernameAttributes": ["email", "phone_number"]},
            "ann",
            "Username should be an email or a phone number.",
        ),
        (
            {"AliasAttributes": ["email"]},
            "ann@example.com",
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
    ],
)
def test_the_shape_of_a_name(accounts, config, name, words):
    accounts.pool["config"] |= config
    with refused(INVALID, words):
        register(accounts, name)


def test_an_address_other_than_the_name(accounts):
    accounts.pool["config"]["UsernameAttributes"] = ["email"]
    with refused(INVALID, "Attribute email must be the same as the username."):
        register(accounts, "ann@example.com", email="bob@example.com")


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"shoe": "42"}, SCHEMA + "shoe: Attribute does not exist in the schema."),
        ({"custom:shoe": "42"}, SCHEMA + "Type for attribute {custom:shoe} could not be determined"),
        ({"email": "ann"}, SCHEMA + "email: Invalid email address format."),
        ({"phone_number": "0123"}, SCHEMA + "phone_number: Invalid phone number format."),
        ({"name": "n" * 2049}, SCHEMA + "name: String must be no longer than 2048 characters"),
        ({"nickname": "n"}, SCHEMA + "birthdate: The attribute is required"),
    ],
)
def test_attributes_that_break_the_schema(accounts, attributes, words):
    accounts.schema("birthdate", Required="nickname" in attributes)
    with refused(INVALID, words):
        register(accounts, **attributes)


@pytest.mark.parametrize("name", ["email_verified", "phone_number_verified", "custom:shoe"])
@pytest.mark.parametrize("listed", [True, False])
def test_attributes_that_no_user_may_write(accounts, name, listed):
    accounts.add_attributes({"Name": "shoe", "AttributeDataType": "String", "Mutable": True})
    if listed:
        accounts.client["WriteAttributes"] = ["email", "email_verified", "phone_number_verified"]
    with refused(*UNAUTHORIZED):
        register(accounts, email="ann@example.com", **{name: "true"})


def test_an_attribute_outside_write_attributes(accounts):
    accounts.client["WriteAttributes"] = ["email"]
    with refused(*UNAUTHORIZED):
        register(accounts, email="ann@example.com", name="Ann")
    accounts.client["WriteAttributes"] = ["email", "name"]
    register(accounts, email="ann@example.com", name="Ann")


def test_an_immutable_attribute_can_be_set(accounts):
    accounts.schema("name", Mutable=False)
    register(accounts, name="Ann")
    assert accounts.attributes()["name"] == "Ann"


def test_preferred_username_as_an_alias_comes_later(accounts):
    register(accounts, "bob", preferred_username="b")
    accounts.pool["config"]["AliasAttributes"] = ["preferred_username"]
    with refused(INVALID):
        register(accounts, preferred_username="a")


def test_the_preferred_username_of_another_is_taken(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["preferred_username"]
    accounts.add("bob", preferred_username="ann")
    with refused("UsernameExistsException", "User already exists"):
        register(accounts)


# --- SignUp: passwordless ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "attributes", "mfa", "allowed"),
    [
        (["PASSWORD"], {"email": "ann@example.com"}, "OFF", False),
        (["PASSWORD", "EMAIL_OTP"], {"email": "ann@example.com"}, "OFF", True),
        (["PASSWORD", "EMAIL_OTP"], {"email": "ann@example.com"}, "ON", False),
        (["PASSWORD", "EMAIL_OTP"], {"phone_number": "+12065551234"}, "OFF", False),
        (["PASSWORD", "SMS_OTP"], {"phone_number": "+12065551234"}, "OPTIONAL", True),
        (["PASSWORD", "WEB_AUTHN"], {"email": "ann@example.com"}, "OFF", False),
    ],
)
def test_a_password_may_be_missing_if_a_code_signs_in(accounts, factors, attributes, mfa, allowed):
    accounts.pool["config"]["Policies"] |= {"SignInPolicy": {"AllowedFirstAuthFactors": factors}}
    accounts.pool["mfa"]["MfaConfiguration"] = mfa
    if allowed:
        accounts.ask("SignUp", Username="ann", UserAttributes=pairs(attributes))
        assert accounts.get()["password"] is None
        return
    with refused(INVALID, "A password is required, as the user could not sign in without one."):
        accounts.ask("SignUp", Username="ann", UserAttributes=pairs(attributes))


def test_the_session_leads_from_sign_up_to_one_sign_in(accounts):
    accounts.client["ExplicitAuthFlows"] = ["ALLOW_USER_AUTH"]
    caller = accounts.caller()
    first = register(accounts)["Session"]
    assert not sign_up.redeem(accounts.ctx, caller, accounts.get(), first)
    second = confirm(accounts, Session=first)["Session"]
    assert not sign_up.redeem(accounts.ctx, caller, accounts.get("jane"), second)
    other = Caller(accounts.pool, accounts.add_client("other"))
    assert not sign_up.redeem(accounts.ctx, other, accounts.get(), second)
    assert sign_up.redeem(accounts.ctx, caller, accounts.get(), second)
    assert not sign_up.redeem(accounts.ctx, caller, accounts.get(), second)


@pytest.mark.parametrize(("minutes", "late"), [({}, 181.0), ({"AuthSessionValidity": 5}, 301.0)])
def test_the_session_ends(accounts, minutes, late):
    accounts.client |= {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"], **minutes}
    first = register(accounts)["Session"]
    second = confirm(accounts, Session=first)["Session"]
    accounts.time += late
    assert not sign_up.redeem(accounts.ctx, accounts.caller(), accounts.get(), second)


@pytest.mark.parametrize("session", [None, "A" * 20])
def test_without_a_session_there_is_none_after_confirmation(accounts, session):
    accounts.client["ExplicitAuthFlows"] = ["ALLOW_USER_AUTH"]
    register(accounts)
    assert confirm(accounts, **({"Session": session} if session else {})) == {}


# --- SignUp: what becomes of a user -----------------------------------------------------------------------------------


def test_a_new_user_is_unconfirmed_and_gets_a_code(accounts):
    answer = register(accounts, email="ann@example.com", name="Ann")
    user = accounts.get()
    assert answer == {"UserConfirmed": False, "CodeDeliveryDetails": DETAILS, "UserSub": user["attributes"]["sub"]}
    assert (user["status"], user["enabled"]) == ("UNCONFIRMED", True)
    assert user["attributes"]["email_verified"] == "false"
    assert re.fullmatch(r"\d{6}", accounts.last.code)
    assert accounts.last.to == "ann@example.com"
    assert PASSWORD not in str(user)


@pytest.mark.parametrize(
    ("verified", "attributes", "kind"),
    [
        ([], {"email": "ann@example.com"}, None),
        (["email"], {"name": "Ann"}, None),
        (["email"], {"phone_number": "+12065551234"}, None),
        (["email", "phone_number"], {"email": "ann@example.com"}, "email"),
        (["email", "phone_number"], {"email": "ann@example.com", "phone_number": "+12065551234"}, "phone_number"),
    ],
)
def test_where_the_code_goes(accounts, verified, attributes, kind):
    accounts.pool["config"]["AutoVerifiedAttributes"] = verified
    answer = register(accounts, **attributes)
    assert answer.get("CodeDeliveryDetails", {}).get("AttributeName") == kind
    assert len(accounts.ctx.desk.messages) == (kind is not None)
    assert answer["UserConfirmed"] is False
    if kind:
        confirm(accounts)
        marks = {k: v for k, v in accounts.attributes().items() if k.endswith("_verified")}
        assert marks == {f"{k}_verified": str(k == kind).lower() for k in attributes}


def test_a_pool_that_signs_in_with_addresses_names_users_by_sub(accounts):
    accounts.pool["config"]["UsernameAttributes"] = ["email"]
    answer = accounts.ask("SignUp", Username="ann@example.com", Password=PASSWORD)
    user = accounts.get("ann@example.com")
    assert user["username"] == user["attributes"]["sub"] == answer["UserSub"]
    assert user["attributes"]["email"] == "ann@example.com"


@pytest.mark.parametrize(("sensitive", "stored"), [(True, "ANN@example.com"), (False, "ann@example.com")])
def test_the_case_of_an_address_to_sign_in_with(accounts, sensitive, stored):
    accounts.pool["config"] |= {
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": sensitive},
    }
    register(accounts, "ANN@example.com", email="ANN@example.com")
    assert accounts.attributes("ANN@example.com")["email"] == stored


def test_two_may_claim_an_alias_until_one_confirms(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    register(accounts)
    first = accounts.last.code
    register(accounts, "bob")
    confirm(accounts, first)
    with refused("AliasExistsException", "An account with the given email already exists."):
        confirm(accounts, name="bob")
    confirm(accounts, name="bob", ForceAliasCreation=True)
    assert accounts.attributes("bob")["email_verified"] == "true"
    assert accounts.attributes("ann")["email_verified"] == "false"
    assert accounts.get("ann@example.com")["username"] == "bob"


def test_an_address_that_is_no_alias_may_be_that_of_others(accounts):
    register(accounts)
    confirm(accounts)
    register(accounts, "bob")
    confirm(accounts, name="bob")
    assert accounts.attributes("ann")["email_verified"] == "true"


# --- SignUp: triggers -------------------------------------------------------------------------------------------------


def test_pre_sign_up_may_refuse(accounts):
    accounts.trigger("PreSignUp", {"autoConfirmUser": "x"})
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        register(accounts)
    assert accounts.ctx.people.get(POOL, "ann") is None


def test_pre_sign_up_sees_what_was_sent(accounts):
    events = accounts.trigger("PreSignUp", {})
    accounts.ask(
        "SignUp",
        Username="ann",
        Password=PASSWORD,
        UserAttributes=pairs({"email": "ann@example.com"}),
        ValidationData=pairs({"captcha": "7"}),
        ClientMetadata={"k": "v"},
    )
    assert events[0]["userName"] == "ann"
    assert events[0]["request"] == {
        "userAttributes": {"email": "ann@example.com"},
        "clientMetadata": {"k": "v"},
        "validationData": {"captcha": "7"},
    }


def test_pre_sign_up_names_the_user_by_sub_in_pools_of_addresses(accounts):
    accounts.pool["config"]["UsernameAttributes"] = ["email"]
    events = accounts.trigger("PreSignUp", {})
    answer = accounts.ask("SignUp", Username="ann@example.com", Password=PASSWORD)
    assert events[0]["userName"] == answer["UserSub"]
    assert events[0]["request"]["userAttributes"] == {"email": "ann@example.com"}
    assert events[0]["request"]["validationData"] is None


def test_pre_sign_up_confirms_and_verifies(accounts):
    accounts.trigger("PreSignUp", {"autoConfirmUser": True, "autoVerifyEmail": True})
    events = accounts.trigger("PostConfirmation", {})
    answer = register(accounts)
    assert answer == {"UserConfirmed": True, "UserSub": accounts.attributes()["sub"]}
    assert accounts.get()["status"] == "CONFIRMED"
    assert accounts.attributes()["email_verified"] == "true"
    assert events[0]["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert not accounts.ctx.desk.messages


@pytest.mark.parametrize(("member", "kind"), [("autoVerifyEmail", "email"), ("autoVerifyPhone", "phone_number")])
def test_pre_sign_up_cannot_verify_what_is_missing(accounts, member, kind):
    accounts.trigger("PreSignUp", {member: True})
    with refused(
        "InvalidLambdaResponseException", f"The trigger PreSignUp answered {member}, but the user has no {kind}."
    ):
        register(accounts, name="Ann")
    assert accounts.ctx.people.get(POOL, "ann") is None


def test_pre_sign_up_that_verifies_takes_the_alias(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    accounts.add("bob", email="ann@example.com", email_verified="true")
    accounts.trigger("PreSignUp", {"autoVerifyEmail": True})
    register(accounts)
    assert accounts.attributes("bob")["email_verified"] == "false"
    assert accounts.get("ann@example.com")["username"] == "ann"


def test_a_message_that_fails_leaves_the_user(accounts):
    accounts.trigger("CustomMessage", {"emailMessage": "no code"})
    with refused("CodeDeliveryFailureException"):
        register(accounts)
    assert accounts.get()["status"] == "UNCONFIRMED"


def test_post_confirmation_that_fails_leaves_the_user_confirmed(accounts):
    register(accounts)
    accounts.trigger("PostConfirmation", "nonsense")
    with refused("InvalidLambdaResponseException"):
        confirm(accounts)
    assert accounts.get()["status"] == "CONFIRMED"


# --- ConfirmSignUp ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hiding", "error"), [("LEGACY", NOT_FOUND), ("ENABLED", MISMATCH)])
def test_confirming_an_unknown_user(accounts, hiding, error):
    accounts.client["PreventUserExistenceErrors"] = hiding
    with refused(*error):
        confirm(accounts, "123456")


@pytest.mark.parametrize(
    ("hiding", "error"), [("LEGACY", ("NotAuthorizedException", "User is disabled.")), ("ENABLED", MISMATCH)]
)
def test_confirming_a_disabled_user(accounts, hiding, error):
    accounts.client["PreventUserExistenceErrors"] = hiding
    register(accounts)
    accounts.change(enabled=False)
    with refused(*error):
        confirm(accounts)


@pytest.mark.parametrize("status", ["CONFIRMED", "FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"])
@pytest.mark.parametrize("by", ["ConfirmSignUp", "AdminConfirmSignUp"])
def test_confirming_again(accounts, status, by):
    accounts.add("ann", status)
    with refused("NotAuthorizedException", f"User cannot be confirmed. Current status is {status}"):
        accounts.ask(by, Username="ann", ConfirmationCode="1")


def test_an_alias_that_is_not_verified_is_no_name(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    register(accounts)
    with refused(*NOT_FOUND):
        confirm(accounts, name="ann@example.com")


def test_wrong_and_late_codes(accounts):
    register(accounts)
    right = accounts.last.code
    for wrong in (wrong_code(right), right + "0", right[:-1]):
        with refused(*MISMATCH):
            confirm(accounts, wrong)
    accounts.time += codes.DAY + 1
    with refused(*EXPIRED):
        confirm(accounts, right)
    assert accounts.get()["status"] == "UNCONFIRMED"


def test_a_code_that_was_never_asked_for(accounts):
    accounts.add("ann", "UNCONFIRMED")
    with refused(*EXPIRED):
        confirm(accounts, "123456")


def test_a_replaced_code_has_expired(accounts):
    register(accounts)
    first = accounts.last.code
    accounts.ask("ResendConfirmationCode", Username="ann")
    with refused(*EXPIRED):
        confirm(accounts, first)
    confirm(accounts)


def test_a_code_is_not_drawn_again_while_it_counts_as_expired(accounts):
    accounts.ctx.desk.random = lambda size: b"\0" * (size - 1) + b"\7"
    register(accounts)
    assert accounts.last.code == "000007"
    accounts.ask("ResendConfirmationCode", Username="ann")
    assert accounts.last.code == "000008"
    confirm(accounts)


def test_a_code_holds_a_day_and_is_kept_as_a_hash(accounts):
    register(accounts)
    assert accounts.last.code not in str(accounts.ctx.ledger.of(codes.CODE, POOL, "ann"))
    accounts.time += codes.DAY - 1
    confirm(accounts)


def test_a_zero_at_the_start_counts(accounts):
    accounts.ctx.desk.random = lambda size: b"\0" * (size - 1) + b"\7"
    register(accounts)
    assert accounts.last.code == "000007"
    with refused(*MISMATCH):
        confirm(accounts, "7")
    confirm(accounts)


@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
@pytest.mark.parametrize("known", [True, False])
def test_tries_to_confirm_are_limited(accounts, hiding, known):
    accounts.client["PreventUserExistenceErrors"] = hiding
    if known:
        register(accounts)
    for _ in range(15):
        with pytest.raises(Exception, match=r"CodeMismatch|UserNotFound"):
            confirm(accounts, "x")
    with refused(*LIMIT):
        confirm(accounts, "x")
    accounts.time += codes.HOUR + 1
    with pytest.raises(Exception, match=r"CodeMismatch|UserNotFound"):
        confirm(accounts, "x")


def test_an_address_that_changed_before_confirmation_is_not_verified(accounts):
    register(accounts)
    accounts.change(attributes={**accounts.attributes(), "email": "new@example.com"})
    confirm(accounts)
    assert accounts.attributes()["email_verified"] == "false"


def test_an_administrator_confirms_without_verifying(accounts):
    register(accounts)
    events = accounts.trigger("PostConfirmation", {})
    assert accounts.ask("AdminConfirmSignUp", Username="ann", ClientMetadata={"k": "v"}) == {}
    assert accounts.get()["status"] == "CONFIRMED"
    assert accounts.attributes()["email_verified"] == "false"
    assert events[0]["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert events[0]["request"]["clientMetadata"] == {"k": "v"}


def test_an_administrator_confirms_no_unknown_user(accounts):
    with refused("UserNotFoundException", "User does not exist."):
        accounts.ask("AdminConfirmSignUp", Username="ann")


# --- ResendConfirmationCode -------------------------------------------------------------------------------------------


def resend(accounts: Accounts) -> dict[str, Any]:
    return accounts.ask("ResendConfirmationCode", Username="ann")["CodeDeliveryDetails"]


@pytest.mark.parametrize("state", ["unknown", "disabled", "confirmed"])
def test_a_client_that_hides_who_exists_seems_to_send(accounts, state):
    accounts.client["PreventUserExistenceErrors"] = "ENABLED"
    if state != "unknown":
        accounts.add("ann", "UNCONFIRMED" if state == "disabled" else "CONFIRMED", email="ann@example.com")
        accounts.change(enabled=state != "disabled")
    assert set(resend(accounts)) == set(DETAILS)
    assert not accounts.ctx.desk.messages


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("unknown", NOT_FOUND),
        ("disabled", ("NotAuthorizedException", "User is disabled.")),
        ("confirmed", (INVALID, "User is already confirmed.")),
    ],
)
def test_another_client_says_why_it_does_not_send(accounts, state, error):
    if state != "unknown":
        accounts.add("ann", "UNCONFIRMED" if state == "disabled" else "CONFIRMED", email="ann@example.com")
        accounts.change(enabled=state != "disabled")
    with refused(*error):
        resend(accounts)


def test_nothing_to_verify(accounts):
    register(accounts, name="Ann")
    with refused(INVALID, "Auto verification not turned on."):
        resend(accounts)


def test_resending_is_limited(accounts):
    events = accounts.trigger("CustomMessage", {})
    register(accounts)
    assert [resend(accounts) for _ in range(5)] == [DETAILS] * 5
    assert {e["triggerSource"] for e in events[1:]} == {"CustomMessage_ResendCode"}
    with refused(*LIMIT):
        resend(accounts)
    confirm(accounts)

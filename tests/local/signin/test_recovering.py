"""Forgotten, reset and changed passwords: what is refused, with the service's words, and what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.desk import FunctionFailed
from reconciler.local.signin import codes, inviting, passwords, recovering
from reconciler.local.store import Record
from tests.local.signin.accounts import POLICY, Accounts
from tests.local.signin.support import CLIENT, PASSWORD, POOL, refused
from tests.local.signin.test_sign_up import DETAILS, EXPIRED, INVALID, LIMIT, MISMATCH, NOT_FOUND

NEW = "Battery-Staple-7"
ADDRESS = {"email": "ann@example.com", "email_verified": "true"}
PHONE = {"phone_number": "+12065551234", "phone_number_verified": "true"}
NO_ADDRESS = (INVALID, recovering.NO_ADDRESS)
WRONG_STATE = ("NotAuthorizedException", "User password cannot be reset in the current state.")
DISABLED = ("NotAuthorizedException", "User is disabled.")
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
WEAK = ("InvalidPasswordException", "Password did not conform with policy: Password not long enough")
USED = ("PasswordHistoryPolicyViolationException", "Password has been used before: it must differ from the last 2.")


@pytest.fixture
def accounts() -> Accounts:
    accounts = Accounts()
    accounts.add(**ADDRESS)
    return accounts


def recovery(*names: str) -> Record:
    listed = [{"Priority": p, "Name": n} for p, n in reversed(list(enumerate(names, 1)))]
    return {"AccountRecoverySetting": {"RecoveryMechanisms": listed}}


def forget(accounts: Accounts, name: str = "ann", **params: Any) -> Record:
    return accounts.ask("ForgotPassword", Username=name, **params)["CodeDeliveryDetails"]


def finish(accounts: Accounts, code: str = "", name: str = "ann", password: str = NEW, **params: Any) -> Record:
    code = code or accounts.last.code
    return accounts.ask("ConfirmForgotPassword", Username=name, ConfirmationCode=code, Password=password, **params)


def holds(accounts: Accounts, password: str) -> bool:
    return passwords.matches(accounts.pool, accounts.get(), password)


# --- ForgotPassword ---------------------------------------------------------------------------------------------------

STATES: dict[str, tuple[Record, tuple[str, str]]] = {
    "disabled": ({"enabled": False}, DISABLED),
    "forced": ({"status": "FORCE_CHANGE_PASSWORD"}, WRONG_STATE),
    "federated": ({"status": "EXTERNAL_PROVIDER"}, WRONG_STATE),
    "no address": ({"attributes": {"sub": "1"}}, NO_ADDRESS),
    "not verified": ({"attributes": {"sub": "1", "email": "a@b.c", "email_verified": "false"}}, NO_ADDRESS),
    "unconfirmed": ({"status": "UNCONFIRMED", "attributes": {"sub": "1", "email": "a@b.c"}}, NO_ADDRESS),
}


@pytest.mark.parametrize("state", STATES)
def test_who_cannot_recover(accounts, state):
    members, error = STATES[state]
    accounts.change(**members)
    with refused(*error):
        forget(accounts)


@pytest.mark.parametrize("state", [*STATES, "unknown"])
def test_a_client_that_hides_who_exists_seems_to_send(accounts, state):
    accounts.client["PreventUserExistenceErrors"] = "ENABLED"
    if state != "unknown":
        accounts.change(**STATES[state][0])
    name = "bob" if state == "unknown" else "ann"
    assert forget(accounts, name) == forget(accounts, name)
    assert set(forget(accounts, name)) == set(DETAILS)
    assert not accounts.ctx.desk.messages


def test_an_unknown_user(accounts):
    with refused(*NOT_FOUND):
        forget(accounts, "bob")


@pytest.mark.parametrize("operation", ["ForgotPassword", "ConfirmForgotPassword"])
@pytest.mark.parametrize("given", [{}, {"SecretHash": "wrong"}])
def test_the_hash_of_a_client_with_a_secret(accounts, operation, given):
    accounts.client["ClientSecret"] = "secret"
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {CLIENT}"):
        accounts.ask(operation, Username="bob", ConfirmationCode="1", Password=NEW, **given)


@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
def test_an_administrator_alone_may_recover(accounts, hiding):
    accounts.client["PreventUserExistenceErrors"] = hiding
    accounts.pool["config"] |= recovery("admin_only")
    with refused("NotAuthorizedException", "Contact administrator to reset password."):
        forget(accounts)


@pytest.mark.parametrize(
    ("config", "attributes", "factors", "kind"),
    [
        ({}, ADDRESS, {}, "email"),
        ({}, ADDRESS | PHONE, {}, "phone_number"),
        ({}, ADDRESS | PHONE, {"sms": True}, "phone_number"),
        ({}, ADDRESS | {**PHONE, "phone_number_verified": "false"}, {}, "email"),
        (recovery("verified_email", "verified_phone_number"), ADDRESS | PHONE, {}, "email"),
        (recovery("verified_phone_number", "verified_email"), ADDRESS | PHONE, {}, "phone_number"),
        (recovery("verified_phone_number", "verified_email"), ADDRESS | PHONE, {"sms": True}, "email"),
        (recovery("verified_email", "verified_phone_number"), ADDRESS | PHONE, {"email": True}, "phone_number"),
        (recovery("verified_phone_number"), ADDRESS | PHONE, {"sms": True}, None),
        (recovery("verified_phone_number"), ADDRESS, {}, None),
        (recovery("verified_email"), PHONE, {}, None),
    ],
)
def test_where_the_code_goes(accounts, config, attributes, factors, kind):
    accounts.pool["config"] |= config
    user = accounts.get()
    accounts.change(attributes={"sub": user["attributes"]["sub"], **attributes}, mfa={**user["mfa"], **factors})
    if kind is None:
        with refused(*NO_ADDRESS):
            forget(accounts)
        return
    assert forget(accounts)["AttributeName"] == kind
    assert accounts.last.to == attributes[kind]


@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
def test_forgetting_is_limited_together_with_confirming(accounts, hiding):
    accounts.client["PreventUserExistenceErrors"] = hiding
    for _ in range(10):
        forget(accounts)
        with refused(*MISMATCH):
            finish(accounts, "x")
    with refused(*LIMIT):
        forget(accounts)
    with refused(*LIMIT):
        finish(accounts)
    accounts.time += codes.HOUR + 1
    assert forget(accounts) == DETAILS


def test_the_alias_serves_as_a_name(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    assert forget(accounts, "ann@example.com") == DETAILS
    finish(accounts, name="ann@example.com")
    assert holds(accounts, NEW)


def test_the_message_is_that_of_a_forgotten_password(accounts):
    events = accounts.trigger("CustomMessage", {})
    forget(accounts, ClientMetadata={"k": "v"})
    assert events[0]["triggerSource"] == "CustomMessage_ForgotPassword"
    assert events[0]["request"]["clientMetadata"] == {"k": "v"}


# --- ConfirmForgotPassword --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hiding", "error"), [("LEGACY", NOT_FOUND), ("ENABLED", MISMATCH)])
def test_confirming_for_an_unknown_user(accounts, hiding, error):
    accounts.client["PreventUserExistenceErrors"] = hiding
    with refused(*error):
        finish(accounts, "123456", "bob")


@pytest.mark.parametrize(("hiding", "error"), [("LEGACY", DISABLED), ("ENABLED", MISMATCH)])
def test_confirming_for_a_disabled_user(accounts, hiding, error):
    accounts.client["PreventUserExistenceErrors"] = hiding
    forget(accounts)
    accounts.change(enabled=False)
    with refused(*error):
        finish(accounts)


@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
def test_confirming_without_a_request(accounts, hiding):
    accounts.client["PreventUserExistenceErrors"] = hiding
    with refused(*EXPIRED):
        finish(accounts, "123456")


def test_confirming_for_an_unconfirmed_user(accounts):
    accounts.change(status="UNCONFIRMED")
    forget(accounts)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        finish(accounts)


def test_wrong_late_and_replaced_codes(accounts):
    forget(accounts)
    first = accounts.last.code
    with refused(*MISMATCH):
        finish(accounts, "x")
    forget(accounts)
    with refused(*EXPIRED):
        finish(accounts, first)
    accounts.time += codes.HOUR + 1
    with refused(*EXPIRED):
        finish(accounts)
    assert holds(accounts, PASSWORD)


def test_a_refused_password_leaves_the_code(accounts):
    forget(accounts)
    with refused(*WEAK):
        finish(accounts, password="Ab1!xyz")
    accounts.pool["config"]["Policies"] = {"PasswordPolicy": {**POLICY, "PasswordHistorySize": 2}}
    with refused(*USED):
        finish(accounts, password=PASSWORD)
    assert finish(accounts) == {}
    assert holds(accounts, NEW)
    assert not holds(accounts, PASSWORD)
    with refused(*EXPIRED):
        finish(accounts)


def test_a_new_password_confirms_ends_a_lock_and_verifies_nothing(accounts):
    accounts.change(status="RESET_REQUIRED", attributes={**accounts.attributes(), **PHONE})
    forget(accounts)
    events = accounts.trigger("PostConfirmation", {})
    for _ in range(6):
        passwords.failed(accounts.ctx, accounts.pool, accounts.get())
    accounts.change(attributes={**accounts.attributes(), "phone_number_verified": "false"})
    finish(accounts, ClientMetadata={"k": "v"})
    user = accounts.get()
    assert (user["status"], user["failures"]) == ("CONFIRMED", {})
    assert user["attributes"]["phone_number_verified"] == "false"
    assert events[0]["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"
    assert events[0]["request"]["clientMetadata"] == {"k": "v"}


# --- AdminResetUserPassword -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_whom_an_administrator_cannot_reset(accounts, state):
    members, error = STATES[state]
    accounts.change(**members)
    with refused(*error):
        accounts.ask("AdminResetUserPassword", Username="ann")
    assert accounts.get()["status"] == members.get("status", "CONFIRMED")


def test_an_administrator_does_not_reset_an_unconfirmed_user(accounts):
    accounts.change(status="UNCONFIRMED")
    with refused(*WRONG_STATE):
        accounts.ask("AdminResetUserPassword", Username="ann")


def test_an_administrator_resets_no_unknown_user(accounts):
    with refused("UserNotFoundException", "User does not exist."):
        accounts.ask("AdminResetUserPassword", Username="bob")


@pytest.mark.parametrize("config", [{}, recovery("admin_only"), recovery("verified_email")])
def test_a_reset_ends_with_a_code(accounts, config):
    accounts.pool["config"] |= config
    assert accounts.ask("AdminResetUserPassword", Username="ann") == {}
    assert accounts.get()["status"] == "RESET_REQUIRED"
    assert accounts.last.to == "ann@example.com"
    finish(accounts)
    assert accounts.get()["status"] == "CONFIRMED"
    assert holds(accounts, NEW)


# --- ChangePassword ---------------------------------------------------------------------------------------------------


def change(accounts: Accounts, token: str, previous: str | None = PASSWORD, proposed: str = NEW) -> Record:
    given = {"PreviousPassword": previous} if previous else {}
    return accounts.ask("ChangePassword", AccessToken=token, ProposedPassword=proposed, **given)


@pytest.mark.parametrize(
    ("previous", "proposed", "error"),
    [
        ("Wrong-Horse-9", NEW, INCORRECT),
        (None, NEW, (INVALID, "Missing required parameter PreviousPassword")),
        (PASSWORD, "Ab1!xyz", WEAK),
        (PASSWORD, PASSWORD, USED),
    ],
)
def test_a_change_that_is_refused(accounts, previous, proposed, error):
    accounts.pool["config"]["Policies"] = {"PasswordPolicy": {**POLICY, "PasswordHistorySize": 2}}
    with refused(*error):
        change(accounts, accounts.token(), previous, proposed)
    assert holds(accounts, PASSWORD)


def test_a_change_needs_a_token(accounts):
    with refused("NotAuthorizedException", "Invalid Access Token"):
        change(accounts, "nonsense")


def test_a_federated_user_has_no_password_to_change(accounts):
    token = accounts.token()
    accounts.change(status="EXTERNAL_PROVIDER", password=None)
    with refused("NotAuthorizedException"):
        change(accounts, token)


def test_the_history_has_the_size_of_the_policy(accounts):
    accounts.pool["config"]["Policies"] = {"PasswordPolicy": {**POLICY, "PasswordHistorySize": 2}}
    token = accounts.token()
    change(accounts, token, PASSWORD, NEW)
    with refused(*USED):
        change(accounts, token, NEW, PASSWORD)
    change(accounts, token, NEW, "Third-Horse-1")
    change(accounts, token, "Third-Horse-1", PASSWORD)


def test_without_a_history_the_same_password_may_be_set(accounts):
    change(accounts, accounts.token(), PASSWORD, PASSWORD)


def test_a_user_without_a_password_sets_a_first_one(accounts):
    accounts.change(password=None)
    assert change(accounts, accounts.token(), None) == {}
    assert holds(accounts, NEW)


def test_changes_are_limited_and_tokens_stay_valid(accounts):
    token = accounts.token()
    for _ in range(5):
        with refused(*INCORRECT):
            change(accounts, token, "Wrong-Horse-9")
    with refused(*LIMIT):
        change(accounts, token)
    accounts.time += codes.HOUR - 60
    with refused("NotAuthorizedException", "Access Token has expired"):
        accounts.time += 120
        change(accounts, token)
    change(accounts, accounts.token())
    assert holds(accounts, NEW)


# --- UserMigration ----------------------------------------------------------------------------------------------------

GIVEN = {"email": "bob@example.com", "email_verified": "true"}
SIGN_IN, FORGOT = "UserMigration_Authentication", "UserMigration_ForgotPassword"


def migrate(accounts: Accounts, source: Any = SIGN_IN, name: str = "bob", **metadata: str) -> Record | None:
    password = "weak" if source == SIGN_IN else None
    return inviting.migrate(accounts.ctx, accounts.caller(**metadata), name, password, source)


def test_a_pool_without_the_trigger_migrates_none(accounts):
    assert migrate(accounts) is None
    assert accounts.said == []


def test_a_trigger_that_is_not_mapped_migrates_none(accounts):
    accounts.trigger("UserMigration", {})
    accounts.ctx.desk.functions = {}
    assert migrate(accounts) is None
    assert accounts.said[0].startswith("UserMigration_Authentication is skipped")


REFUSALS: dict[str, Any] = {
    "raised": FunctionFailed("Bad password"),
    "no attributes": {"userAttributes": {}},
    "nothing": {},
    "status": {"userAttributes": GIVEN, "finalUserStatus": "UNCONFIRMED"},
    "schema": {"userAttributes": {"email": "nonsense"}},
    "taken": {"userAttributes": {**GIVEN, "username": "ann"}},
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("source", [SIGN_IN, FORGOT])
@pytest.mark.parametrize("hiding", ["LEGACY", "ENABLED"])
def test_a_migration_that_fails(accounts, case, source, hiding):
    def answer(event: Record) -> Any:
        if isinstance(REFUSALS[case], Exception):
            raise REFUSALS[case]
        return REFUSALS[case]

    accounts.client["PreventUserExistenceErrors"] = hiding
    accounts.trigger("UserMigration", answer)
    if hiding == "LEGACY":
        with refused("UserNotFoundException", f"Exception migrating user in app client {CLIENT}"):
            migrate(accounts, source)
    elif source == SIGN_IN:
        with refused(*INCORRECT):
            migrate(accounts, source)
    else:
        assert migrate(accounts, source) is None
    assert accounts.ctx.people.get(POOL, "bob") is None
    assert accounts.said[0].startswith(f"{source} created no user: ")


@pytest.mark.parametrize(("given", "status"), [(None, "RESET_REQUIRED"), ("CONFIRMED", "CONFIRMED")])
def test_a_migrated_user(accounts, given, status):
    events = accounts.trigger("UserMigration", {"userAttributes": GIVEN, "finalUserStatus": given})
    user = migrate(accounts, k="v")
    assert user == accounts.get("bob")
    assert user["status"] == status
    assert user["attributes"] | GIVEN == user["attributes"]
    assert passwords.matches(accounts.pool, user, "weak") is (status == "CONFIRMED")
    assert events[0]["userName"] == "bob"
    assert events[0]["request"] == {"password": "weak", "validationData": {"k": "v"}}


def test_a_migrated_user_of_a_pool_of_addresses(accounts):
    accounts.pool["config"]["UsernameAttributes"] = ["email"]
    accounts.trigger("UserMigration", {"userAttributes": GIVEN, "enableSMSMFA": True})
    user = migrate(accounts, name="bob@example.com")
    assert user is not None
    assert user["username"] == user["attributes"]["sub"]
    assert user["mfa"]["sms"] is False


@pytest.mark.parametrize("force", [True, False])
def test_a_migrated_user_takes_an_alias_only_by_force(accounts, force):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    response = {"userAttributes": {**GIVEN, **ADDRESS}, "forceAliasCreation": force}
    accounts.trigger("UserMigration", response)
    if force:
        migrate(accounts)
        assert accounts.get("ann@example.com")["username"] == "bob"
    else:
        with refused("UserNotFoundException"):
            migrate(accounts)


@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("given", [{"preferred_username": "annie"}, {"username": "annie"}])
def test_a_migrated_user_takes_no_preferred_username(accounts, force, given):
    accounts.pool["config"]["AliasAttributes"] = ["preferred_username"]
    accounts.add("eve", preferred_username="annie")
    accounts.trigger("UserMigration", {"userAttributes": {**GIVEN, **given}, "forceAliasCreation": force})
    with refused("UserNotFoundException"):
        migrate(accounts)
    assert accounts.get("annie")["username"] == "eve"


def test_forgot_password_brings_in_a_user_and_sends_a_code(accounts):
    events = accounts.trigger("UserMigration", {"userAttributes": GIVEN})
    assert forget(accounts, "bob", ClientMetadata={"k": "v"})["Destination"] == "b***@e***"
    assert events[0]["request"] == {"clientMetadata": {"k": "v"}}
    finish(accounts, name="bob")
    assert accounts.get("bob")["status"] == "CONFIRMED"

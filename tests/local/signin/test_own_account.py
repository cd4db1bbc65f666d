"""One's own account: what a user reads and writes with a token, and addresses that wait until they are verified."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.signin import codes, own_account
from reconciler.local.store import Record
from tests.local.signin.accounts import Accounts, pairs
from tests.local.signin.support import POOL, refused
from tests.local.signin.test_sign_up import EXPIRED, INVALID, LIMIT, MISMATCH, SCHEMA, UNAUTHORIZED

ADDRESS = {"email": "ann@example.com", "email_verified": "true"}
NEW = "new@example.com"
TAKEN = ("AliasExistsException", "An account with the given email already exists.")
KEPT = {
    "AutoVerifiedAttributes": ["email"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}
SENT = {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
IMMUTABLE = "Invalid user attributes: user.{}: Attribute cannot be updated. (changing an immutable attribute)"


@pytest.fixture
def accounts() -> Accounts:
    accounts = Accounts(AutoVerifiedAttributes=["email"])
    accounts.add(**ADDRESS)
    return accounts


def update(accounts: Accounts, user: str = "ann", /, **attributes: str) -> list[Record]:
    asked = {"AccessToken": accounts.token(user), "UserAttributes": pairs(attributes)}
    answer: list[Record] = accounts.ask("UpdateUserAttributes", **asked)["CodeDeliveryDetailsList"]
    return answer


def delete(accounts: Accounts, *names: str) -> Record:
    return accounts.ask("DeleteUserAttributes", AccessToken=accounts.token(), UserAttributeNames=list(names))


def code(accounts: Accounts, kind: str = "email", **params: Any) -> Record:
    asked = {"AccessToken": accounts.token(), "AttributeName": kind, **params}
    answer: Record = accounts.ask("GetUserAttributeVerificationCode", **asked)["CodeDeliveryDetails"]
    return answer


def verify(accounts: Accounts, text: str = "", user: str = "ann", kind: str = "email") -> Record:
    asked = {"AccessToken": accounts.token(user), "AttributeName": kind, "Code": text or accounts.last.code}
    return accounts.ask("VerifyUserAttribute", **asked)


def shown(accounts: Accounts) -> dict[str, str]:
    answer = accounts.ask("GetUser", AccessToken=accounts.token())
    return {a["Name"]: a["Value"] for a in answer["UserAttributes"]}


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", own_account.OPERATIONS)
def test_every_operation_needs_a_token(accounts, operation):
    params = {"UserAttributes": [], "UserAttributeNames": [], "AttributeName": "email", "Code": "1"}
    with refused("NotAuthorizedException", "Invalid Access Token"):
        accounts.ask(operation, AccessToken="nonsense", **params)


# --- GetUser ----------------------------------------------------------------------------------------------------------


def test_get_user(accounts):
    answer = accounts.ask("GetUser", AccessToken=accounts.token())
    assert answer == {"Username": "ann", "UserAttributes": pairs(accounts.attributes())}
    assert answer["UserAttributes"][0]["Name"] == "sub"


def test_get_user_leaves_out_what_the_client_may_not_read(accounts):
    accounts.add_attributes({"Name": "shoe", "AttributeDataType": "Number", "Mutable": True})
    accounts.change(attributes={**accounts.attributes(), "name": "Ann", "custom:shoe": "42"})
    assert set(shown(accounts)) == {"sub", "email", "email_verified", "name"}
    accounts.client["ReadAttributes"] = ["custom:shoe"]
    assert shown(accounts) == {"sub": accounts.attributes()["sub"], "custom:shoe": "42"}


def test_get_user_shows_identities_as_text(accounts):
    accounts.change(identities=[{"userId": "1", "providerName": "idp"}])
    assert shown(accounts)["identities"] == '[{"userId": "1", "providerName": "idp"}]'
    accounts.client["ReadAttributes"] = ["email"]
    assert "identities" not in shown(accounts)


def test_get_user_shows_factors(accounts):
    accounts.change(mfa={**accounts.get()["mfa"], "totp": True, "sms": True, "preferred": "SMS_MFA"})
    answer = accounts.ask("GetUser", AccessToken=accounts.token())
    assert answer["UserMFASettingList"] == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    assert answer["PreferredMfaSetting"] == "SMS_MFA"


# --- UpdateUserAttributes: refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "error"),
    [
        ({"email_verified": "true"}, UNAUTHORIZED),
        ({"phone_number_verified": "true"}, UNAUTHORIZED),
        ({"custom:shoe": "42"}, UNAUTHORIZED),
        ({"sub": "1"}, (INVALID, IMMUTABLE.format("sub"))),
        ({"nickname": "n"}, (INVALID, IMMUTABLE.format("nickname"))),
        ({"nickname": ""}, (INVALID, IMMUTABLE.format("nickname"))),
        ({"name": ""}, (INVALID, SCHEMA + "name: The attribute is required")),
        ({"email": "nonsense"}, (INVALID, SCHEMA + "email: Invalid email address format.")),
        ({"shoe": "42"}, (INVALID, SCHEMA + "shoe: Attribute does not exist in the schema.")),
        ({"custom:hat": "1"}, (INVALID, SCHEMA + "Type for attribute {custom:hat} could not be determined")),
    ],
)
def test_an_update_that_is_refused(accounts, attributes, error):
    accounts.add_attributes({"Name": "shoe", "AttributeDataType": "Number", "Mutable": True})
    accounts.schema("nickname", Mutable=False)
    accounts.schema("name", Required=True)
    before = accounts.get()
    with refused(*error):
        update(accounts, **attributes)
    assert accounts.get() == before


def test_an_attribute_outside_write_attributes(accounts):
    accounts.client["WriteAttributes"] = ["name"]
    with refused(*UNAUTHORIZED):
        update(accounts, nickname="n")
    with refused(*UNAUTHORIZED):
        delete(accounts, "nickname")
    update(accounts, name="Ann")


@pytest.mark.parametrize("config", [{}, KEPT])
def test_an_address_to_sign_in_with_is_that_of_one_user(accounts, config):
    accounts.pool["config"] |= {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"], **config}
    accounts.add("bob", email=NEW)
    if config:
        update(accounts, email=NEW)
        assert accounts.attributes("ann@example.com")["email"] == "ann@example.com"
        return
    with refused(*TAKEN):
        update(accounts, email=NEW)


@pytest.mark.parametrize("name", ["bob", "robert"])
def test_a_preferred_username_that_is_taken(accounts, name):
    accounts.pool["config"]["AliasAttributes"] = ["preferred_username"]
    accounts.add("bob", preferred_username="robert")
    said = "An account with the given preferred_username already exists."
    with refused("AliasExistsException", said):
        update(accounts, preferred_username=name)
    update(accounts, preferred_username="ann")
    update(accounts, preferred_username="annie")
    assert accounts.get("annie")["username"] == "ann"


# --- UpdateUserAttributes ---------------------------------------------------------------------------------------------


def test_an_empty_value_removes(accounts):
    update(accounts, name="Ann")
    assert update(accounts, name="", email="") == []
    assert set(accounts.attributes()) == {"sub"}


def test_a_new_address_is_unverified_at_once_and_gets_a_code(accounts):
    events = accounts.trigger("CustomMessage", {})
    assert update(accounts, email=NEW, name="Ann") == [SENT]
    assert accounts.attributes() | {"email": NEW, "email_verified": "false", "name": "Ann"} == accounts.attributes()
    assert accounts.last.to == NEW
    assert events[0]["triggerSource"] == "CustomMessage_UpdateUserAttribute"
    verify(accounts)
    assert accounts.attributes()["email_verified"] == "true"


def test_the_same_address_stays_verified(accounts):
    assert update(accounts, email="ann@example.com") == []
    assert accounts.attributes()["email_verified"] == "true"


@pytest.mark.parametrize("settings", [{}, KEPT["UserAttributeUpdateSettings"]])
def test_a_pool_that_verifies_nothing_sends_and_keeps_nothing(accounts, settings):
    accounts.pool["config"] |= {"AutoVerifiedAttributes": [], "UserAttributeUpdateSettings": settings}
    assert update(accounts, email=NEW) == []
    assert accounts.attributes()["email_verified"] == "false"
    assert accounts.attributes()["email"] == NEW


def test_two_addresses_get_a_code_each(accounts):
    accounts.pool["config"]["AutoVerifiedAttributes"] = ["email", "phone_number"]
    sent = update(accounts, email=NEW, phone_number="+12065551234")
    assert {d["AttributeName"] for d in sent} == {"email", "phone_number"}
    phone, email = (next(m for m in accounts.ctx.desk.messages if m.medium == kind) for kind in ("SMS", "EMAIL"))
    verify(accounts, phone.code, kind="phone_number")
    verify(accounts, email.code)
    assert accounts.attributes()["phone_number_verified"] == "true"


def test_an_alias_is_lost_at_once_unless_it_is_kept(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    update(accounts, email=NEW)
    assert accounts.get("ann")["pending"] == {}
    with pytest.raises(AssertionError):
        accounts.get("ann@example.com")
    with pytest.raises(AssertionError):
        accounts.get(NEW)
    verify(accounts)
    assert accounts.get(NEW)["username"] == "ann"


def test_the_case_of_an_alias(accounts):
    accounts.pool["config"] |= {"AliasAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": False}}
    update(accounts, email="NEW@example.com", name="ANN")
    assert accounts.attributes()["email"] == NEW
    assert accounts.attributes()["name"] == "ANN"
    assert update(accounts, email="New@Example.com") == []


# --- keep the original until the new one is verified ------------------------------------------------------------------


def test_an_address_is_kept_until_the_new_one_is_verified(accounts):
    accounts.pool["config"] |= {**KEPT, "AliasAttributes": ["email"]}
    assert update(accounts, email=NEW) == [SENT]
    assert accounts.last.to == NEW
    assert shown(accounts)["email"] == "ann@example.com"
    assert shown(accounts)["email_verified"] == "true"
    assert accounts.get("ann@example.com")["username"] == "ann"
    verify(accounts)
    assert shown(accounts)["email"] == NEW
    assert accounts.get(NEW)["pending"] == {}


def test_a_new_code_goes_to_the_address_that_waits(accounts):
    accounts.pool["config"] |= KEPT
    update(accounts, email=NEW)
    first = accounts.last.code
    assert code(accounts) == SENT
    with refused(*EXPIRED):
        verify(accounts, first)
    verify(accounts)
    assert accounts.attributes()["email"] == NEW


@pytest.mark.parametrize("value", ["ann@example.com", ""])
def test_an_address_waits_no_longer_when_another_is_written(accounts, value):
    accounts.pool["config"] |= KEPT
    update(accounts, email=NEW)
    assert update(accounts, email=value) == []
    assert accounts.get()["pending"] == {}
    with refused(*EXPIRED):
        verify(accounts)
    assert accounts.attributes().get("email", "") == value


def test_an_address_waits_no_longer_when_it_is_deleted(accounts):
    accounts.pool["config"] |= KEPT
    update(accounts, email=NEW)
    delete(accounts, "email")
    with refused(*EXPIRED):
        verify(accounts)


def test_an_address_that_waited_takes_the_alias_of_another(accounts):
    accounts.pool["config"] |= {**KEPT, "AliasAttributes": ["email"]}
    accounts.add("bob", email=NEW, email_verified="true")
    update(accounts, email=NEW)
    verify(accounts)
    assert accounts.get(NEW)["username"] == "ann"
    assert accounts.attributes("bob")["email_verified"] == "false"


def test_an_address_that_waited_does_not_take_the_name_of_another(accounts):
    accounts.pool["config"] |= {**KEPT, "UsernameAttributes": ["email"]}
    update(accounts, email=NEW)
    accounts.add("bob", email=NEW)
    with refused(*TAKEN):
        verify(accounts)
    assert accounts.get()["pending"] == {"email": NEW}


# --- verification -----------------------------------------------------------------------------------------------------


def test_the_alias_of_another_is_not_taken(accounts):
    accounts.pool["config"]["AliasAttributes"] = ["email"]
    update(accounts, email=NEW)
    accounts.add("bob", email=NEW, email_verified="true")
    with refused(*TAKEN):
        verify(accounts)
    assert accounts.attributes()["email_verified"] == "false"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("name", "Attribute name cannot be verified. Only email and phone_number can."),
        ("email", "Attribute email is already verified."),
        ("phone_number", "User has no phone_number."),
    ],
)
def test_a_code_that_has_no_use(accounts, kind, words):
    with refused(INVALID, words):
        code(accounts, kind)


def test_only_addresses_are_verified(accounts):
    with refused(INVALID, "Attribute name cannot be verified. Only email and phone_number can."):
        verify(accounts, "123456", kind="name")


def test_wrong_and_late_codes(accounts):
    with refused(*EXPIRED):
        verify(accounts, "123456")
    update(accounts, email=NEW)
    with refused(*MISMATCH):
        verify(accounts, "x")
    accounts.time += codes.DAY + 1
    with refused(*EXPIRED):
        verify(accounts)
    assert accounts.attributes()["email_verified"] == "false"


@pytest.mark.parametrize("config", [{}, KEPT])
def test_an_address_that_an_administrator_changed_meanwhile(accounts, config):
    accounts.pool["config"] |= config
    update(accounts, email=NEW)
    accounts.change(attributes={**accounts.attributes(), "email": "third@example.com"}, pending={})
    with refused(*EXPIRED):
        verify(accounts)


def test_a_code_of_ones_own_is_of_no_use_to_others(accounts):
    accounts.add("bob", email="bob@example.com")
    update(accounts, email=NEW)
    with refused(*EXPIRED):
        verify(accounts, user="bob")


def test_codes_and_tries_are_limited(accounts):
    events = accounts.trigger("CustomMessage", {})
    accounts.change(attributes={**accounts.attributes(), "email_verified": "false"})
    for _ in range(5):
        code(accounts, ClientMetadata={"k": "v"})
    assert events[0]["triggerSource"] == "CustomMessage_VerifyUserAttribute"
    assert events[0]["request"]["clientMetadata"] == {"k": "v"}
    with refused(*LIMIT):
        code(accounts)
    for _ in range(15):
        with refused(*MISMATCH):
            verify(accounts, "x")
    with refused(*LIMIT):
        verify(accounts)


# --- deletion ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("email_verified", UNAUTHORIZED),
        ("sub", (INVALID, IMMUTABLE.format("sub"))),
        ("name", (INVALID, SCHEMA + "name: The attribute is required")),
        ("nickname", (INVALID, IMMUTABLE.format("nickname"))),
        ("shoe", (INVALID, SCHEMA + "shoe: Attribute does not exist in the schema.")),
    ],
)
def test_what_cannot_be_deleted(accounts, name, error):
    accounts.schema("name", Required=True)
    accounts.schema("nickname", Mutable=False)
    with refused(*error):
        delete(accounts, name)


def test_deleting_an_address_deletes_its_mark(accounts):
    assert delete(accounts, "email", "nickname") == {}
    assert set(accounts.attributes()) == {"sub"}


def test_a_deleted_user_is_gone_with_its_codes(accounts):
    update(accounts, email=NEW)
    token = accounts.token()
    assert accounts.ask("DeleteUser", AccessToken=token) == {}
    assert accounts.ctx.people.get(POOL, "ann") is None
    assert accounts.ctx.ledger.of(codes.CODE, POOL, "ann") == []
    with refused("UserNotFoundException", "User does not exist."):
        accounts.ask("GetUser", AccessToken=token)

"""Messages: whose text they have, where they go, and what a trigger makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.signin import delivery, inviting
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from tests.local.signin.accounts import Accounts
from tests.local.signin.support import CLIENT, refused

OWN = {
    "EmailMessage": "Mail {####}.",
    "EmailSubject": "Mail",
    "SmsMessage": "SMS {####}.",
    "EmailMessageByLink": "Press {##here##} or {##there##}.",
    "EmailSubjectByLink": "Link",
}
INVITE = {"EmailMessage": "{username} has {####}.", "EmailSubject": "Come", "SMSMessage": "{username}/{####}"}
LINKED = {"VerificationMessageTemplate": {**OWN, "DefaultEmailOption": "CONFIRM_WITH_LINK"}}
VERIFYING = ["SignUp", "ResendCode", "ForgotPassword", "UpdateUserAttribute", "VerifyUserAttribute"]


@pytest.fixture
def accounts() -> Accounts:
    accounts = Accounts()
    accounts.add(email="ann@example.com", phone_number="+12065551234")
    return accounts


def send(accounts: Accounts, occasion: str = "SignUp", medium: Any = "EMAIL", **more: Any) -> Record:
    return delivery.send(accounts.ctx, accounts.caller(), accounts.get(), occasion, "012345", medium=medium, **more)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_link_needs_a_domain(accounts):
    accounts.pool["config"] |= LINKED
    with refused("CodeDeliveryFailureException", "The user pool has no domain that the link could lead to."):
        send(accounts)
    assert not accounts.ctx.desk.messages


@pytest.mark.parametrize(
    ("occasion", "message", "missing"),
    [
        ("SignUp", "No code", "{####}"),
        ("SignUp", "{##Click Here##}", "{####}"),
        ("AdminCreateUser", "{####}", "{username}"),
        ("AdminCreateUser", "{username}", "{####}"),
        ("AdminCreateUser", "neither", "{####} and {username}"),
    ],
)
@pytest.mark.parametrize("medium", ["EMAIL", "SMS"])
def test_a_custom_message_must_hold_the_placeholders(accounts, occasion, message, missing, medium):
    member = "emailMessage" if medium == "EMAIL" else "smsMessage"
    accounts.trigger("CustomMessage", {member: message})
    said = f"The message of the trigger CustomMessage does not contain {missing}."
    with refused("CodeDeliveryFailureException", said):
        send(accounts, occasion, medium)


def test_an_error_of_custom_message_is_passed_on(accounts):
    accounts.trigger("CustomMessage", {"emailMessage": 1})
    with refused("InvalidLambdaResponseException"):
        send(accounts)


# --- templates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("occasion", VERIFYING)
@pytest.mark.parametrize(
    ("template", "medium", "letter"),
    [
        ({}, "EMAIL", ("Your verification code", "Your verification code is 012345")),
        ({}, "SMS", ("", "Your verification code is 012345")),
        (OWN, "EMAIL", ("Mail", "Mail 012345.")),
        (OWN, "SMS", ("", "SMS 012345.")),
    ],
)
def test_verification(accounts, occasion, template, medium, letter):
    accounts.pool["config"]["VerificationMessageTemplate"] = template
    send(accounts, occasion, medium)
    assert (accounts.last.subject, accounts.last.body) == letter
    assert (accounts.last.code, accounts.last.link, accounts.last.occasion) == ("012345", "", occasion)


@pytest.mark.parametrize(
    ("config", "mfa", "medium", "letter"),
    [
        ({}, {}, "EMAIL", ("Your authentication code", "Your authentication code is 012345.")),
        ({}, {}, "SMS", ("", "Your authentication code is 012345.")),
        ({"SmsAuthenticationMessage": "A {####}"}, {}, "SMS", ("", "A 012345")),
        ({}, {"EmailMfaConfiguration": {"Message": "M {####}", "Subject": "S"}}, "EMAIL", ("S", "M 012345")),
    ],
)
def test_authentication(accounts, config, mfa, medium, letter):
    accounts.pool["config"] |= config
    accounts.pool["mfa"] |= mfa
    send(accounts, "Authentication", medium)
    assert (accounts.last.subject, accounts.last.body) == letter


@pytest.mark.parametrize(
    ("template", "medium", "subject", "body"),
    [
        ({}, "EMAIL", "Your temporary password", "Your username is ann and temporary password is a&lt;b."),
        ({}, "SMS", "", "Your username is ann and temporary password is a<b."),
        (INVITE, "EMAIL", "Come", "ann has a&lt;b."),
        (INVITE, "SMS", "", "ann/a<b"),
    ],
)
def test_invitation(accounts, template, medium, subject, body):
    accounts.pool["config"]["AdminCreateUserConfig"] = {"InviteMessageTemplate": template}
    caller = Caller(accounts.pool, {}, "admin")
    inviting.invite(accounts.ctx, caller, accounts.get(), "a<b", [medium], resend=False)
    assert (accounts.last.subject, accounts.last.body) == (subject, body)
    assert accounts.last.code == "a<b"
    assert "a<b" not in accounts.said[-1]


def test_an_invitation_names_the_address_where_one_signs_in_with_it(accounts):
    accounts.pool["config"]["UsernameAttributes"] = ["email"]
    inviting.invite(accounts.ctx, accounts.caller(), accounts.get(), "x", ["EMAIL"], resend=False)
    assert accounts.last.body == "Your username is ann@example.com and temporary password is x."


def test_a_code_that_looks_like_a_placeholder_is_not_filled_again(accounts):
    inviting.invite(accounts.ctx, accounts.caller(), accounts.get(), "{username}", ["SMS"], resend=False)
    assert accounts.last.body == "Your username is ann and temporary password is {username}."


@pytest.mark.parametrize(
    ("mediums", "sent"),
    [((), ["SMS"]), (("SMS",), ["SMS"]), (("EMAIL",), ["EMAIL"]), (("SMS", "EMAIL"), ["EMAIL", "SMS"])],
)
def test_mediums_of_an_invitation(accounts, mediums, sent):
    inviting.invite(accounts.ctx, accounts.caller(), accounts.get(), "x", mediums, resend=False)
    assert [m.medium for m in accounts.ctx.desk.messages] == sent


def test_a_user_without_an_address_gets_no_invitation(accounts):
    user = accounts.add("bob")
    inviting.invite(accounts.ctx, accounts.caller(), user, "x", resend=False)
    assert accounts.said == ["bob gets no invitation. The user has no address for an invitation by SMS."]
    with refused("CodeDeliveryFailureException", "The user has no address for an invitation by SMS."):
        inviting.invite(accounts.ctx, accounts.caller(), user, "x", resend=True)


# --- links ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domains", "base", "start"),
    [
        ({"shop": {}}, "", "https://shop.auth.us-east-1.amazoncognito.com"),
        ({"shop": {}, "id.example.com": {"CustomDomainConfig": {}}}, "", "https://id.example.com"),
        ({"shop": {}}, "http://127.0.0.1:4566", "http://127.0.0.1:4566/_domain/shop"),
    ],
)
def test_the_link_of_a_sign_up(accounts, domains, base, start):
    accounts.pool["config"] |= LINKED
    accounts.pool["domains"] = domains
    accounts.ctx.desk.base = base
    send(accounts)
    link = f"{start}/confirmUser?client_id={CLIENT}&user_name=ann&confirmation_code=012345"
    assert (accounts.last.link, accounts.last.code, accounts.last.subject) == (link, "012345", "Link")
    anchor = f'<a href="{link.replace("&", "&amp;")}">'
    assert accounts.last.body == f"Press {anchor}here</a> or {anchor}there</a>."
    assert accounts.said == [f"EMAIL to ann@example.com (SignUp): {link}"]


@pytest.mark.parametrize(
    ("occasion", "medium"), [("ForgotPassword", "EMAIL"), ("VerifyUserAttribute", "EMAIL"), ("SignUp", "SMS")]
)
def test_other_messages_have_no_link(accounts, occasion, medium):
    accounts.pool["config"] |= LINKED
    send(accounts, occasion, medium)
    assert "012345" in accounts.last.body
    assert accounts.last.link == ""


# --- triggers ---------------------------------------------------------------------------------------------------------


def test_custom_message_writes_the_message(accounts):
    events = accounts.trigger("CustomMessage", {"emailMessage": "Hello {####}", "emailSubject": "Hi"})
    send(accounts, "ForgotPassword")
    assert (accounts.last.subject, accounts.last.body) == ("Hi", "Hello 012345")
    assert events[0]["triggerSource"] == "CustomMessage_ForgotPassword"
    assert events[0]["request"]["usernameParameter"] is None
    assert "012345" not in str(events)


@pytest.mark.parametrize(
    ("sender", "medium", "warned"),
    [("COGNITO_DEFAULT", "EMAIL", 1), ("DEVELOPER", "EMAIL", 0), ("COGNITO_DEFAULT", "SMS", 0)],
)
def test_custom_message_of_a_pool_without_a_sender_of_its_own(accounts, sender, medium, warned):
    accounts.pool["config"]["EmailConfiguration"] = {"EmailSendingAccount": sender}
    accounts.trigger("CustomMessage", {"emailMessage": "{####}", "smsMessage": "{####}"})
    send(accounts, medium=medium)
    assert accounts.said.count(delivery.NOT_DEVELOPER) == warned
    assert accounts.last.body == "012345"


def test_custom_message_may_leave_the_template(accounts):
    accounts.trigger("CustomMessage", {"emailMessage": None, "emailSubject": None, "smsMessage": "x"})
    send(accounts)
    assert accounts.last.body == "Your verification code is 012345"


def test_custom_message_of_an_invitation(accounts):
    events = accounts.trigger("CustomMessage", {"smsMessage": "{username}: {####}"})
    inviting.invite(accounts.ctx, accounts.caller(), accounts.get(), "x", resend=False)
    assert accounts.last.body == "ann: x"
    assert events[0]["triggerSource"] == "CustomMessage_AdminCreateUser"
    assert events[0]["request"]["usernameParameter"] == "{username}"


def test_custom_message_may_place_the_link(accounts):
    accounts.pool["config"] |= LINKED
    accounts.pool["domains"] = {"shop": {}}
    accounts.trigger("CustomMessage", {"emailMessage": "{##Go##}"})
    send(accounts)
    assert accounts.last.body.startswith('<a href="https://shop.auth.')


@pytest.mark.parametrize(
    ("medium", "sender", "kind"),
    [
        ("EMAIL", "CustomEmailSender", "customEmailSenderRequestV1"),
        ("SMS", "CustomSMSSender", "customSMSSenderRequestV1"),
    ],
)
def test_a_custom_sender_gets_the_code_and_replaces_the_message(accounts, medium, sender, kind):
    custom = accounts.trigger("CustomMessage", {})
    events = accounts.trigger(sender, None, LambdaVersion="V1_0")
    details = send(accounts, "ResendCode", medium)
    request = events[0]["request"]
    assert (request["type"], request["code"]) == (kind, "012345")
    assert events[0]["triggerSource"] == f"{sender}_ResendCode"
    assert accounts.last.body == f"Delivered by {sender}."
    assert details["DeliveryMedium"] == medium
    assert custom == []


def test_a_custom_sender_gets_a_temporary_password_as_html(accounts):
    events = accounts.trigger("CustomSMSSender", None, LambdaVersion="V1_0")
    inviting.invite(accounts.ctx, accounts.caller(), accounts.get(), "a<b", resend=False)
    assert events[0]["request"]["code"] == "a&lt;b"


def test_a_sender_of_the_other_medium_is_not_called(accounts):
    events = accounts.trigger("CustomSMSSender", None, LambdaVersion="V1_0")
    send(accounts)
    assert events == []
    assert "012345" in accounts.last.body


def test_a_sender_that_is_not_mapped_leaves_the_message(accounts):
    accounts.trigger("CustomEmailSender", None, LambdaVersion="V1_0")
    accounts.ctx.desk.functions = {}
    send(accounts)
    assert accounts.last.body == "Your verification code is 012345"
    assert accounts.said[0].startswith("CustomEmailSender_SignUp is skipped")


# --- where it went ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("medium", "to", "shown"),
    [
        ("EMAIL", "test@test.com", "t***@t***"),
        ("EMAIL", "a@b", "a***@b***"),
        ("SMS", "+12065551234", "+*******1234"),
        ("SMS", "+1234", "+1234"),
        ("SMS", "+1", "+1"),
    ],
)
def test_masking(medium, to, shown):
    assert delivery.masked_address(medium, to) == shown


def test_details(accounts):
    assert send(accounts, medium="SMS") == {
        "Destination": "+*******1234",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    assert send(accounts, to="new@test.com")["Destination"] == "n***@t***"
    assert accounts.last.to == "new@test.com"


def test_details_in_a_challenge():
    assert delivery.in_challenge(delivery.details("EMAIL", "ann@example.com")) == {
        "CODE_DELIVERY_DELIVERY_MEDIUM": "EMAIL",
        "CODE_DELIVERY_DESTINATION": "a***@e***",
    }


@pytest.mark.parametrize(
    ("name", "destination"), [("x@y.org", "x***@y***"), ("+12065550000", "+*******0000"), ("bob", None)]
)
def test_simulated_details_are_the_same_each_time(accounts, name, destination):
    first = delivery.simulated(accounts.pool, name)
    assert first == delivery.simulated(accounts.pool, name)
    assert destination is None or first["Destination"] == destination
    assert set(first) == {"Destination", "DeliveryMedium", "AttributeName"}


def test_a_line_on_the_terminal_holds_no_control_characters(accounts):
    send(accounts, to="a\x1b[2J@b.c")
    assert accounts.said == ["EMAIL to a?[2J@b.c (SignUp): 012345"]


# --- the trigger before AdminCreateUser -------------------------------------------------------------------------------


def test_pre_sign_up_may_refuse_the_user_of_an_administrator(accounts):
    events = accounts.trigger("PreSignUp", "nonsense")
    caller = Caller(accounts.pool, {}, "admin", {"k": "v"})
    with refused("InvalidLambdaResponseException"):
        inviting.admit(accounts.ctx, caller, accounts.get(), {"email": "a@b.c"}, [{"Name": "n", "Value": "v"}])
    assert events[0]["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert events[0]["request"] == {
        "userAttributes": {"email": "a@b.c"},
        "clientMetadata": {"k": "v"},
        "validationData": {"n": "v"},
    }

"""What users of a pool with threat protection have done, and what an administrator thinks of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.local.signin.served import claims
from tests.local.signin.settings_support import Site
from tests.local.support import wrong_totp

AUDIT = {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}, "AutoVerifiedAttributes": ["email"]}
OFF = "UserPoolAddOnNotEnabledException"
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}, "MfaConfiguration": "OPTIONAL"}


@pytest.fixture
def site() -> Site:
    return Site(AUDIT, {}, TOTP).add()


def events(site: Site, **more: Any) -> list[dict[str, Any]]:
    asked = {"UserPoolId": site.pool_id, "Username": "ann", **more}
    found: list[dict[str, Any]] = site.api.ask("AdminListUserAuthEvents", **asked)["AuthEvents"]
    return found


def seen(site: Site) -> list[tuple[str, str, list[str]]]:
    """Kind, response and challenges, the oldest first."""
    return [
        (e["EventType"], e["EventResponse"], [" ".join(c.values()) for c in e["ChallengeResponses"]])
        for e in reversed(events(site))
    ]


def test_sign_ins_are_listed_the_newest_first(site: Site) -> None:
    site.initiates(PASSWORD="Wrong-Horse-9")
    token = site.tokens()["AccessToken"]
    last, first = events(site)
    assert (first["EventResponse"], last["EventResponse"]) == ("Fail", "Pass")
    assert last["CreationDate"] > first["CreationDate"]
    assert last["EventId"] == claims(token)["event_id"]
    assert last["EventRisk"] == {"RiskDecision": "NoRisk", "CompromisedCredentialsDetected": False}
    assert seen(site) == [("SignIn", "Fail", ["Password Failure"]), ("SignIn", "Pass", ["Password Success"])]


def test_second_factors_are_listed(site: Site) -> None:
    secret = site.with_totp()
    asked = site.initiates()[1]
    site.answers(asked, SOFTWARE_TOKEN_MFA_CODE=wrong_totp(secret, site.api.time))
    import pyotp

    code = pyotp.TOTP(secret).at(int(site.api.time) + 30)
    assert site.answers(asked, SOFTWARE_TOKEN_MFA_CODE=code)[0] == ""
    assert seen(site)[1:] == [
        ("SignIn", "Fail", ["Password Success", "Mfa Failure"]),
        ("SignIn", "Pass", ["Password Success", "Mfa Success"]),
    ]


def test_what_else_is_listed(site: Site) -> None:
    token = site.tokens()["AccessToken"]
    change = {"AccessToken": token, "ProposedPassword": "Another-Horse-9"}
    site.outcome("ChangePassword", **change, PreviousPassword="Wrong-Horse-9")
    site.outcome("ChangePassword", **change, PreviousPassword="Correct-Horse-9")
    site.outcome("ForgotPassword", ClientId=site.client_id, Username="ann")
    assert [(k, r) for k, r, _ in seen(site)][1:] == [
        ("PasswordChange", "Fail"),
        ("PasswordChange", "Pass"),
        ("ForgotPassword", "Pass"),
    ]


def test_sign_up_and_its_new_code_are_listed() -> None:
    site = Site(AUDIT, {})
    site.signs_up()
    site.outcome("ResendConfirmationCode", ClientId=site.client_id, Username="ann")
    assert [k for k, _, _ in seen(site)] == ["SignUp", "ResendCode"]


def test_the_list_has_pages(site: Site) -> None:
    for _ in range(3):
        site.tokens()
    asked = {"UserPoolId": site.pool_id, "Username": "ann", "MaxResults": 2}
    first = site.api.ask("AdminListUserAuthEvents", **asked)
    rest = site.api.ask("AdminListUserAuthEvents", **asked, NextToken=first["NextToken"])
    assert [len(first["AuthEvents"]), len(rest["AuthEvents"]), "NextToken" in rest] == [2, 1, False]
    assert len(events(site, MaxResults=0)) == 3


def test_an_administrator_gives_feedback(site: Site) -> None:
    site.tokens()
    (event,) = events(site)
    asked = {"UserPoolId": site.pool_id, "Username": "ann", "FeedbackValue": "Invalid"}
    assert site.code_of("AdminUpdateAuthEventFeedback", **asked, EventId="unknown") == "ResourceNotFoundException"
    site.api.ask("AdminUpdateAuthEventFeedback", **asked, EventId=event["EventId"])
    (after,) = events(site)
    feedback = after["EventFeedback"]
    assert (feedback["FeedbackValue"], feedback["Provider"]) == ("Invalid", "Admin")
    assert {k: v for k, v in after.items() if k != "EventFeedback"} == event
    with_token = {**asked, "EventId": event["EventId"], "FeedbackToken": "abc"}
    assert site.code_of("UpdateAuthEventFeedback", **with_token) == "NotAuthorizedException"


def test_without_threat_protection_there_are_no_events() -> None:
    site = Site({}, {}).add()
    site.tokens()
    ids = {"UserPoolId": site.pool_id, "Username": "ann"}
    feedback = {**ids, "EventId": "a", "FeedbackValue": "Valid"}
    assert site.code_of("AdminListUserAuthEvents", **ids) == OFF
    assert site.code_of("AdminUpdateAuthEventFeedback", **feedback) == OFF
    assert site.code_of("UpdateAuthEventFeedback", **feedback, FeedbackToken="abc") == OFF
    assert site.api.engine.ledger.of("event", site.pool_id, "ann") == []


def test_events_of_an_unknown_user(site: Site) -> None:
    ids = {"UserPoolId": site.pool_id, "Username": "unknown"}
    assert site.code_of("AdminListUserAuthEvents", **ids) == "UserNotFoundException"


@pytest.mark.parametrize(("allowed", "address"), [(True, "192.0.2.7"), (False, "127.0.0.1")])
def test_the_address_of_the_user_is_what_a_client_may_say(*, allowed: bool, address: str) -> None:
    secret = "a" * 30
    site = Site(AUDIT, {"ClientSecret": secret, "EnablePropagateAdditionalUserContextData": allowed}).add()
    given = {"USERNAME": "ann", "PASSWORD": "Correct-Horse-9", "SECRET_HASH": site.secret_hash(secret)}
    said = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given, "UserContextData": {"IpAddress": "192.0.2.7"}}
    site.api.ask("InitiateAuth", ClientId=site.client_id, **said)
    assert events(site)[0]["EventContextData"] == {"IpAddress": address}


def test_an_administrator_says_the_address(site: Site) -> None:
    given = {"USERNAME": "ann", "PASSWORD": "Correct-Horse-9"}
    asked = {"AuthFlow": "ADMIN_USER_PASSWORD_AUTH", "AuthParameters": given, "ClientId": site.client_id}
    context = {"IpAddress": "192.0.2.8", "ServerName": "s", "ServerPath": "/", "HttpHeaders": []}
    site.api.ask("AdminInitiateAuth", UserPoolId=site.pool_id, **asked, ContextData=context)
    assert events(site)[0]["EventContextData"] == {"IpAddress": "192.0.2.8"}

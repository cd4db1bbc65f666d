"""Identities of other providers that are linked to a user of the pool, and what happens when the link ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.pages.support import Browser, answered
from tests.local.signin.served import claims
from tests.local.signin.settings_support import CORP, MAIL, WEB, Site
from tests.local.signin.support import PASSWORD

INVALID = "InvalidParameterException"
SUBJECT = "Cognito_Subject"


@pytest.fixture
def site() -> Site:
    site = Site({}, WEB).add()
    site.api.ask("CreateIdentityProvider", UserPoolId=site.pool_id, **CORP)
    site.record["clients"][site.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Corp"]
    return site


def named(provider: str, value: str, attribute: str = SUBJECT) -> dict[str, str]:
    found = {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}
    return {k: v for k, v in found.items() if v}


def links(site: Site, value: str = "42", attribute: str = SUBJECT, to: str = "ann", **more: Any) -> tuple[str, Any]:
    asked = {"DestinationUser": named("Cognito", to), "SourceUser": named("Corp", value, attribute), **more}
    return site.outcome("AdminLinkProviderForUser", UserPoolId=site.pool_id, **asked)


def ends(site: Site, provider: str = "Corp", value: str = "42", attribute: str = SUBJECT) -> str:
    user = named(provider, value, attribute)
    return site.code_of("AdminDisableProviderForUser", UserPoolId=site.pool_id, User=user)


def signs_in(site: Site, subject: str = "42", **said: str) -> dict[str, Any]:
    """Sign in at the provider with a new browser; return the claims of the ID token."""
    site.browser = Browser(site.api)
    code = answered(site.federates(subject, **said))["code"]
    return claims(site.exchange(code).get_json()["id_token"])


def names(site: Site) -> list[str]:
    return [u["Username"] for u in site.api.ask("ListUsers", UserPoolId=site.pool_id)["Users"]]


def test_a_linked_identity_signs_in_as_the_user(site: Site) -> None:
    assert links(site) == ("", {})
    found = signs_in(site, email="new@example.com")
    assert (found["cognito:username"], found["email"]) == ("ann", "new@example.com")
    (identity,) = found["identities"]
    date = identity.pop("dateCreated")
    assert date.isdigit()
    assert identity == {
        "userId": "42",
        "providerName": "Corp",
        "providerType": "OIDC",
        "issuer": None,
        "primary": "false",
    }
    assert names(site) == ["ann"]
    assert site.initiates(PASSWORD=PASSWORD)[0] == ""  # and with the password as before


def test_an_identity_that_is_not_linked_has_a_profile_of_its_own(site: Site) -> None:
    links(site)
    assert signs_in(site, "43", email="x@example.com")["cognito:username"] == "Corp_43"
    assert names(site) == ["ann", "Corp_43"]


def test_an_identity_is_known_by_its_subject_after_the_first_sign_in_by_an_attribute(site: Site) -> None:
    assert links(site, MAIL, "email") == ("", {})
    found = signs_in(site, email=MAIL)
    assert (found["cognito:username"], found["identities"][0]["userId"]) == ("ann", "42")
    assert signs_in(site, email="changed@example.com")["cognito:username"] == "ann"
    assert signs_in(site, "44", email=MAIL)["cognito:username"] == "Corp_44"
    assert ends(site, value=MAIL, attribute="email") == "UserNotFoundException"
    assert ends(site) == ""


def test_a_federated_user_can_be_the_destination(site: Site) -> None:
    signs_in(site, "1", email=MAIL)
    asked = {"DestinationUser": named("Corp", "1", ""), "SourceUser": named("Corp", "2")}
    assert site.outcome("AdminLinkProviderForUser", UserPoolId=site.pool_id, **asked)[0] == ""
    found = signs_in(site, "2", email=MAIL)
    assert found["cognito:username"] == "Corp_1"
    assert [i["primary"] for i in found["identities"]] == ["true", "false"]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"to": "unknown"}, "UserNotFoundException", "User does not exist."),
        ({"SourceUser": named("Cognito", "bob")}, INVALID, "Invalid SourceUser: Cognito users"),
        ({"SourceUser": named("Unknown", "1")}, INVALID, "does not exist for User Pool"),
        ({"SourceUser": named("Corp", "1", "")}, INVALID, "SourceUser needs"),
        ({"SourceUser": named("Corp", "", "email")}, INVALID, "SourceUser needs"),
        ({"DestinationUser": {"ProviderName": "Cognito"}}, INVALID, "DestinationUser needs"),
        ({"SourceUser": named("Corp", "1", "phone_number")}, INVALID, "phone_number is neither"),
    ],
)
def test_what_cannot_be_linked(site: Site, more: dict[str, Any], code: str, said: str) -> None:
    found = links(site, **more)
    assert (found[0], said in found[1]) == (code, True), found


def test_an_identity_is_linked_once(site: Site) -> None:
    site.add("bob", email="bob@example.com")
    links(site)
    assert links(site) == (INVALID, "SourceUser is already linked to DestinationUser")
    assert links(site, to="bob") == (INVALID, "SourceUser is already linked to DestinationUser")


def test_an_identity_that_has_signed_in_cannot_be_linked(site: Site) -> None:
    signs_in(site, email=MAIL)
    code, said = links(site)
    assert (code, said.partition(",")[0]) == (INVALID, "Merging is not currently supported")
    site.api.ask("AdminDeleteUser", UserPoolId=site.pool_id, Username="Corp_42")
    assert links(site)[0] == ""


def test_social_identities_are_linked_by_their_subject(site: Site) -> None:
    details = {"client_id": "a", "client_secret": "not-a-secret", "authorize_scopes": "email"}
    provider = {"ProviderName": "Google", "ProviderType": "Google", "ProviderDetails": details}
    mapping = {"email": "email", "username": "sub"}
    site.api.ask("CreateIdentityProvider", UserPoolId=site.pool_id, **provider, AttributeMapping=mapping)
    by_mail, by_subject = named("Google", MAIL, "email"), named("Google", "7")
    assert links(site, SourceUser=by_mail)[0] == INVALID
    assert links(site, SourceUser=by_subject)[0] == ""


def test_a_user_has_at_most_five_identities(site: Site) -> None:
    assert [links(site, str(n))[0] for n in range(6)] == [""] * 5 + ["LimitExceededException"]
    assert ends(site, value="0") == ""
    assert links(site, "5")[0] == ""


def test_a_link_ends(site: Site) -> None:
    links(site)
    signs_in(site, email=MAIL)
    tokens = site.tokens()
    assert ends(site) == ""
    assert site.code_of("GetUser", AccessToken=tokens["AccessToken"]) == "NotAuthorizedException"
    assert signs_in(site, email=MAIL)["cognito:username"] == "Corp_42"
    assert "identities" not in site.claims()
    assert ends(site) == "UserNotFoundException"


def test_a_user_of_the_pool_loses_the_password(site: Site) -> None:
    links(site)
    assert ends(site, "Cognito", "ann") == ""
    assert site.initiates()[0] == "NotAuthorizedException"
    assert signs_in(site, email=MAIL)["cognito:username"] == "ann"
    assert ends(site, "Cognito", "unknown") == "UserNotFoundException"


def test_links_go_with_the_user(site: Site) -> None:
    links(site)
    site.api.ask("AdminDeleteUser", UserPoolId=site.pool_id, Username="ann")
    assert signs_in(site, email=MAIL)["cognito:username"] == "Corp_42"


def test_a_user_sees_the_identities(site: Site) -> None:
    links(site)
    token = site.tokens()["AccessToken"]
    shown = {a["Name"]: a["Value"] for a in site.api.ask("GetUser", AccessToken=token)["UserAttributes"]}
    assert json.loads(shown["identities"])[0]["userId"] == "42"

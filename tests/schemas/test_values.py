"""What the schemas let through and what they refuse, where a real account would punish the mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.base import ApiModel, members
from schemas.client import Client
from schemas.domain import Domain
from schemas.group import Group
from schemas.identity_provider import IdentityProvider
from schemas.manifest import UserPoolManifest, sections
from schemas.mfa import Mfa
from schemas.resource_server import ResourceServer
from schemas.user_pool import UserPool

ROLE = "arn:aws:iam::123456789012:role/service-role/sms"

GOOD: list[tuple[type[ApiModel], dict[str, Any]]] = [
    (UserPool, {"PoolName": "Kunden & Co".replace("&", "+")}),
    (UserPool, {"Schema": [{"Name": "tenant", "StringAttributeConstraints": {"MaxLength": 64}}]}),
    (UserPool, {"Schema": [{"Name": "dev:custom:twenty_characters_x1"}]}),
    (UserPool, {"Schema": [{"Name": "phone_number_verified", "Mutable": True}]}),
    (UserPool, {"EmailVerificationSubject": "Grüße 👋 von uns"}),
    (UserPool, {"VerificationMessageTemplate": {"EmailMessage": "<p>\n{####}\r\n</p>\n"}}),
    (UserPool, {"VerificationMessageTemplate": {"EmailMessageByLink": "Click {##Verify\nhere##} now"}}),
    (UserPool, {"SmsConfiguration": {"SnsCallerArn": ""}}),
    (UserPool, {"SmsConfiguration": {"SnsCallerArn": ROLE}}),
    (UserPool, {"AcrConfiguration": {"Level1": {"AcrValue": "urn:x:1"}}}),
    (UserPool, {"AcrConfiguration": {}}),
    (UserPool, {"UserPoolTier": "PLATINUM"}),
    (UserPool, {"Policies": None, "LambdaConfig": {"PreSignUp": None}}),
    (Mfa, {"SmsMfaConfiguration": {}, "MfaConfiguration": "ON"}),
    (Domain, {"ManagedLoginVersion": 2}),
    (Domain, {"Domain": "auth.customers.example.com"}),
    (ResourceServer, {"Name": "Orders", "Scopes": []}),
    (IdentityProvider, {"ProviderName": "Old_Name 1", "AcrMapping": {"Level4": "x"}}),
    (Group, {"Precedence": 0, "Description": ""}),
    (
        Client,
        {"CallbackURLs": ["myapp://cb", "http://localhost:3000/"], "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]},
    ),
    (Client, {"RefreshTokenValidity": 0}),
]

BAD: list[tuple[type[ApiModel], dict[str, Any], tuple[str | int, ...]]] = [
    (UserPool, {"PoolName": ""}, ("PoolName",)),
    (UserPool, {"PoolName": "a/b"}, ("PoolName",)),
    (UserPool, {"Policies": {"PasswordPolicy": {"MinimumLength": 5}}}, ("Policies", "PasswordPolicy", "MinimumLength")),
    (
        UserPool,
        {"Policies": {"PasswordPolicy": {"MinimumLength": "8"}}},
        ("Policies", "PasswordPolicy", "MinimumLength"),
    ),
    (
        UserPool,
        {"Policies": {"PasswordPolicy": {"RequireSymbols": 1}}},
        ("Policies", "PasswordPolicy", "RequireSymbols"),
    ),
    (UserPool, {"Schema": [{"Name": "twenty_one_characters"}]}, ("Schema", 0, "Name")),
    (UserPool, {"Schema": [{"Name": "with space"}]}, ("Schema", 0, "Name")),
    (UserPool, {"Schema": [{"Mutable": True}]}, ("Schema", 0, "Name")),
    (UserPool, {"Schema": []}, ("Schema",)),
    (
        UserPool,
        {"Schema": [{"Name": "x", "NumberAttributeConstraints": {"MinValue": "many"}}]},
        ("Schema", 0, "NumberAttributeConstraints", "MinValue"),
    ),
    (UserPool, {"LambdaConfig": {"PreSignUp": "pre-signup"}}, ("LambdaConfig", "PreSignUp")),
    (UserPool, {"EmailVerificationMessage": "no code here"}, ("EmailVerificationMessage",)),
    (UserPool, {"SmsVerificationMessage": "{####}" + "x" * 135}, ("SmsVerificationMessage",)),
    (UserPool, {"AcrConfiguration": {"Level5": {}}}, ("AcrConfiguration", "Level5", "[key]")),
    (
        UserPool,
        {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only"}]}},
        ("AccountRecoverySetting", "RecoveryMechanisms", 0, "Priority"),
    ),
    (UserPool, {"MfaConfiguration": "OFF"}, ("MfaConfiguration",)),
    (Mfa, {"MfaConfiguration": True}, ("MfaConfiguration",)),
    (Domain, {"ManagedLoginVersion": 3}, ("ManagedLoginVersion",)),
    (Domain, {"Domain": "Auth.example.com"}, ("Domain",)),
    (ResourceServer, {"Scopes": [{"ScopeName": "a/b", "ScopeDescription": "x"}]}, ("Scopes", 0, "ScopeName")),
    (ResourceServer, {"Scopes": [{"ScopeName": "a"}]}, ("Scopes", 0, "ScopeDescription")),
    (IdentityProvider, {"ProviderDetails": {"IDPSignout": True}}, ("ProviderDetails", "IDPSignout")),
    (Group, {"Precedence": -1}, ("Precedence",)),
    (Group, {"GroupName": "two words"}, ("GroupName",)),
    (Client, {"CallbackURLs": ["https://example.com/with space"]}, ("CallbackURLs", 0)),
    (Client, {"AuthSessionValidity": 2}, ("AuthSessionValidity",)),
    (Client, {"ClientSecret": "short"}, ("ClientSecret",)),
]


@pytest.mark.parametrize(("model", "tree"), GOOD)
def test_good_values(model: type[ApiModel], tree: dict[str, Any]) -> None:
    read = model.model_validate(tree, extra="forbid")
    assert read.model_fields_set == set(tree)


@pytest.mark.parametrize(("model", "tree", "place"), BAD)
def test_bad_values(model: type[ApiModel], tree: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(tree, extra="forbid")
    assert [e["loc"] for e in caught.value.errors()] == [place]


def test_an_error_does_not_show_the_secret() -> None:
    with pytest.raises(ValidationError) as caught:
        Client.model_validate({"ClientSecret": "hunter2!"}, extra="forbid")
    assert "hunter2" not in str(caught.value)


def test_a_number_becomes_the_decimal_text_of_the_api() -> None:
    pool = UserPool.model_validate({"Schema": [{"Name": "n", "NumberAttributeConstraints": {"MinValue": -3}}]})
    assert pool.model_dump(exclude_unset=True)["Schema"][0]["NumberAttributeConstraints"] == {"MinValue": "-3"}


def test_long_messages_are_checked_fast() -> None:
    """A pattern that backtracks would take minutes."""
    text = "<p>x</p>\n" * 2200 + "{####}"
    UserPool.model_validate({"EmailVerificationMessage": text})


@pytest.mark.parametrize("name", ["MfaConfiguration", "Id", "Name", "SchemaAttributes", "UserPoolId", "Domain"])
def test_members_that_belong_elsewhere_have_advice(name: str) -> None:
    assert UserPool.MOVED[name]


def test_the_advice_for_mfa() -> None:
    assert UserPool.MOVED["MfaConfiguration"] == "belongs into the mfa section: write mfa.MfaConfiguration"


# --- the envelope --------------------------------------------------------------------------------------------------

FULL: dict[str, Any] = {
    "version": 1,
    "target": {"account": "012345678901", "region": "eu-west-1"},
    "id": "eu-west-1_AbCdEf123",
    "user_pool": {"PoolName": "customers"},
    "groups": {},
    "clients": {"web": {"ClientId": "1example23456789"}},
    "prune": ["clients"],
    "protect": ["clients/web", "user_pool"],
    "ignore": [{"path": "clients/amplify-*", "reason": "made by Amplify", "expires": "2027-06-30"}],
}


def test_a_whole_manifest() -> None:
    read = UserPoolManifest.model_validate(FULL, extra="forbid")
    assert read.model_fields_set == set(FULL)
    assert read.groups == {}
    assert read.domains is None
    assert read.ignore[0].expires == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": 2}, ("version",)),
        ({"version": True}, ("version",)),
        ({"version": "1"}, ("version",)),
        ({"kind": "Userpool"}, ("kind",)),
        ({"target": {"account": 123456789012}}, ("target", "account")),
        ({"target": {"account": "12345"}}, ("target", "account")),
        ({"id": "AbCdEf123"}, ("id",)),
        ({"prune": ["user_pool"]}, ("prune", 0)),
        ({"prune": ["client"]}, ("prune", 0)),
        ({"protect": ["client/web"]}, ("protect", 0)),
        ({"ignore": [{"path": "clients/x"}]}, ("ignore", 0, "reason")),
        ({"ignore": [{"path": "clients/x", "reason": "r", "expires": "30.06.2027"}]}, ("ignore", 0, "expires")),
        ({"ignore": [{"path": "clients/x", "reason": "r", "expires": 1814313600}]}, ("ignore", 0, "expires")),
        ({"groups": {"two words": {}}}, ("groups", "two words", "[key]")),
        ({"cleints": {}}, ("cleints",)),
    ],
)
def test_what_the_envelope_refuses(change: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        UserPoolManifest.model_validate({**FULL, **change}, extra="forbid")
    assert [e["loc"] for e in caught.value.errors()] == [place]


def test_sections_are_found_by_walking_the_model() -> None:
    single = [name for name, member in sections().items() if member.shape == "structure"]
    maps = [name for name, member in sections().items() if member.shape == "map"]
    assert single == ["user_pool", "mfa"]
    assert maps == ["domains", "resource_servers", "identity_providers", "groups", "clients"]


def test_the_two_spellings_never_mix() -> None:
    envelope = set(members(UserPoolManifest))
    assert all(name == name.lower() for name in envelope)
    assert all(name[0].isupper() for m in sections().values() if m.model for name in members(m.model))

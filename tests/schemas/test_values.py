"""What the schemas let through and what they refuse, where a real account would punish the mistake."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, get_args

import pytest
from pydantic import ValidationError

from schemas.base import ApiModel, Pattern, members
from schemas.checked import validate
from schemas.cimd_policy import CIMDPolicy
from schemas.client import Client
from schemas.client_secret import ClientSecrets
from schemas.domain import Domain
from schemas.forms import Form
from schemas.group import Group
from schemas.identity_pool import IdentityPool
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.identity_provider import IdentityProvider
from schemas.log_delivery import LogDelivery
from schemas.log_group import LogGroup
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.manifest import UserPoolManifest, nested, sections
from schemas.mfa import Mfa
from schemas.principal_tags import PrincipalTags
from schemas.provisioned_limit import ProvisionedLimit
from schemas.replica import Replica
from schemas.resource_server import ResourceServer
from schemas.risk_configuration import RiskConfiguration
from schemas.sections import is_object
from schemas.session_configuration import ClientSessionConfiguration, SessionConfiguration
from schemas.terms import Terms
from schemas.ui_customization import UICustomization
from schemas.user import User
from schemas.user_pool import UserPool
from schemas.web_acl import WebAcl

ROLE = "arn:aws:iam::123456789012:role/service-role/sms"
ACL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/pool/a1b2c3d4-5678-90ab-cdef-111111111111"
OIDC = "arn:aws:iam::123456789012:oidc-provider/login.example.com/tenant"
POOL = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"
LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:/cognito/messages"
FAILURES = {"LogLevel": "ERROR", "EventSource": "userNotification"}
LOGO = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "SVG", "Bytes": b"<svg/>"}
ICON = {"Category": "IDP_BUTTON_ICON", "ColorMode": "DYNAMIC", "Extension": "PNG", "Bytes": b"."}
RULE = {"Claim": "custom:team", "MatchType": "Equals", "Value": "ops", "RoleARN": ROLE}

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
    (RiskConfiguration, {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.1", "2001:db8::/32"]}}),
    (RiskConfiguration, {"CompromisedCredentialsRiskConfiguration": {"EventFilter": []}}),
    (RiskConfiguration, {"AccountTakeoverRiskConfiguration": None}),
    (UICustomization, {"CSS": ".logo-customizable {\n}\n", "ImageFile": b"\x89PNG"}),
    (ManagedLoginBranding, {"Settings": {"components": {"form": {"borderRadius": 8.0, "x": [1, "a", None, {}]}}}}),
    (ManagedLoginBranding, {"Assets": [LOGO, {**LOGO, "ColorMode": "DARK"}]}),
    (ManagedLoginBranding, {"Assets": [{**ICON, "ResourceId": "okta"}, {**ICON, "ResourceId": "Google"}]}),
    (LogDelivery, {"LogConfigurations": [{**FAILURES, "CloudWatchLogsConfiguration": {"LogGroupArn": LOGS}}]}),
    (LogDelivery, {"LogConfigurations": []}),
    (Terms, {"TermsName": "privacy-policy", "Links": {"cognito:default": "https://example.com/privacy"}}),
    (SessionConfiguration, {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 100}}),
    (ClientSessionConfiguration, {"SSOSession": {"MaxValidityMinutes": 0}}),
    (Replica, {"RegionName": "eu-central-1", "Status": "ACTIVE", "LambdaConfig": {}, "UserPoolTags": {"a": ""}}),
    (ClientSecrets, {"max_age_days": 90}),
    (ProvisionedLimit, {"RequestedLimitValue": 200}),
    (WebAcl, {"WebACLArn": ACL}),
    (CIMDPolicy, {"PolicyName": "Agents", "CacheDuration": 86_400, "URLPatterns": ["https://*.example.com/*"]}),
    (IdentityPool, {"CognitoIdentityProviders": [{"ProviderName": POOL, "ClientId": "1example23456789"}]}),
    (IdentityPool, {"SupportedLoginProviders": {"accounts.google.com": "1.apps;2.apps"}}),
    (IdentityPool, {"OpenIdConnectProviderARNs": [OIDC]}),
    (IdentityPoolRoles, {"Roles": {"authenticated": ROLE, "unauthenticated": ROLE}}),
    (IdentityPoolRoles, {"RoleMappings": {f"{POOL}:1example": {"RulesConfiguration": {"Rules": [RULE]}}}}),
    (PrincipalTags, {"IdentityProviderName": OIDC, "PrincipalTags": {"team": "custom:team"}}),
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
    (
        RiskConfiguration,
        {"RiskExceptionConfiguration": {"SkippedIPRangeList": ["192.0.2.0/33"]}},
        ("RiskExceptionConfiguration", "SkippedIPRangeList", 0),
    ),
    (UICustomization, {"ImageFile": b"." * 131_073}, ("ImageFile",)),
    (ManagedLoginBranding, {"Settings": "{}"}, ("Settings",)),
    (ManagedLoginBranding, {"Assets": [LOGO, LOGO]}, ("Assets",)),
    (ManagedLoginBranding, {"Assets": [{**LOGO, "ResourceId": "a/b"}]}, ("Assets", 0, "ResourceId")),
    (ManagedLoginBranding, {"Assets": [{"Category": "FORM_LOGO", "ColorMode": "DARK"}]}, ("Assets", 0, "Extension")),
    (LogDelivery, {"LogConfigurations": [FAILURES, FAILURES]}, ("LogConfigurations",)),
    (
        LogDelivery,
        {"LogConfigurations": [{**FAILURES, "CloudWatchLogsConfiguration": {"LogGroupArn": LOGS + ":*"}}]},
        ("LogConfigurations", 0, "CloudWatchLogsConfiguration", "LogGroupArn"),
    ),
    (Terms, {"TermsName": "imprint"}, ("TermsName",)),
    (Terms, {"Links": {"cognito:klingon": "https://example.com"}}, ("Links", "cognito:klingon", "[key]")),
    (Terms, {"Links": {}}, ("Links",)),
    (SessionConfiguration, {"TokenSession": {"MaxPerUser": 0}}, ("TokenSession", "MaxPerUser")),
    (ClientSessionConfiguration, {"SSOSession": {"MaxValidityMinutes": 129_601}}, ("SSOSession", "MaxValidityMinutes")),
    (Replica, {"UserPoolTags": {str(n): "" for n in range(51)}}, ("UserPoolTags",)),
    (ClientSecrets, {"max_age_days": 0}, ("max_age_days",)),
    (WebAcl, {"WebACLArn": "pool-acl"}, ("WebACLArn",)),
    (CIMDPolicy, {"URLPatterns": ["http://example.com/*"]}, ("URLPatterns", 0)),
    (CIMDPolicy, {"CacheDuration": 3600}, ("CacheDuration",)),
    (IdentityPool, {"DeveloperProviderName": "my backend"}, ("DeveloperProviderName",)),
    (IdentityPoolRoles, {"Roles": {"guest": ROLE}}, ("Roles", "guest", "[key]")),
    (
        IdentityPoolRoles,
        {"RoleMappings": {"x": {"RulesConfiguration": {"Rules": [RULE] * 26}}}},
        ("RoleMappings", "x", "RulesConfiguration", "Rules"),
    ),
]


@pytest.mark.parametrize(("model", "tree"), GOOD)
def test_good_values(model: type[ApiModel], tree: dict[str, Any]) -> None:
    read = validate(model, tree, extra="forbid")
    assert read.model_fields_set == set(tree)


@pytest.mark.parametrize(("model", "tree", "place"), BAD)
def test_bad_values(model: type[ApiModel], tree: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        validate(model, tree, extra="forbid")
    assert [e["loc"] for e in caught.value.errors()] == [place]


def test_an_error_does_not_show_the_secret() -> None:
    with pytest.raises(ValidationError) as caught:
        validate(Client, {"ClientSecret": "hunter2!"}, extra="forbid")
    assert "hunter2" not in str(caught.value)


def test_a_number_becomes_the_decimal_text_of_the_api() -> None:
    tree = {"Schema": [{"Name": "n", "NumberAttributeConstraints": {"MinValue": -3}}]}
    pool = validate(UserPool, tree, extra="forbid")
    assert pool.model_dump(exclude_unset=True)["Schema"][0]["NumberAttributeConstraints"] == {"MinValue": "-3"}


def test_long_messages_are_checked_fast() -> None:
    """A pattern that backtracks would take minutes."""
    text = "<p>x</p>\n" * 2200 + "{####}"
    validate(UserPool, {"EmailVerificationMessage": text}, extra="forbid")


@pytest.mark.parametrize("name", ["MfaConfiguration", "Id", "Name", "SchemaAttributes", "UserPoolId", "Domain"])
def test_members_that_belong_elsewhere_have_advice(name: str) -> None:
    assert UserPool.MOVED[name]


def test_the_advice_for_mfa() -> None:
    assert UserPool.MOVED["MfaConfiguration"] == "belongs in the mfa section: write mfa.MfaConfiguration"


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
    read = validate(UserPoolManifest, FULL, extra="forbid")
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
        validate(UserPoolManifest, {**FULL, **change}, extra="forbid")
    assert [e["loc"] for e in caught.value.errors()] == [place]


def test_sections_are_found_by_walking_the_model() -> None:
    single = [name for name, member in sections().items() if member.shape == "structure"]
    maps = [name for name, member in sections().items() if member.shape == "map"]
    assert single == [
        "user_pool",
        "mfa",
        "risk_configuration",
        "ui_customization",
        "log_delivery",
        "session",
        "web_acl",
        "sms_role",
        "sms_role_trust",
    ]
    assert maps == [
        "resource_servers",
        "identity_providers",
        "groups",
        "domains",
        "replicas",
        "limits",
        "trigger_permissions",
        "log_groups",
        "clients",
        "users",
    ]


def test_what_stands_inside_a_client_is_found_as_well() -> None:
    assert list(nested()) == [
        "clients.branding",
        "clients.terms",
        "clients.risk_configuration",
        "clients.ui_customization",
        "clients.session",
        "clients.secrets",
        "clients.cimd_policies",
    ]


def test_the_two_spellings_never_mix() -> None:
    """CloudWatch Logs begins its members in lower case; with a section of its own, they are not mistaken for ours."""
    envelope = set(members(UserPoolManifest))
    assert all(name == name.lower() for name in envelope)
    models = [m.model for m in sections().values() if m.model and m.model is not LogGroup]
    inside = [(name, inner) for model in models for name, inner in members(model).items()]
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in members(LogGroup))
    inside.remove(("groups", members(User)["groups"]))  # memberships are no member of the API, so the name is ours
    assert all(name[0].isupper() for name, inner in inside if not is_object(inner))
    assert all(name == name.lower() for name, inner in inside if is_object(inner))


def test_patterns_that_differ_in_their_words_only_make_different_types():
    """`Annotated` keeps one of two equal types, whose words would then be said of both."""
    one, other = Pattern(r"\S", "is empty", "Write a name."), Pattern(r"\S", "is empty", "Write a reason.")
    assert (one != other, one == other, one == r"\S") == (True, False, True)
    assert [get_args(Annotated[str, Form(pattern)])[1].pattern.fix for pattern in (one, other)] == [one.fix, other.fix]

"""The published JSON Schema: valid, the same as the models, and of use in an editor."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from schemas.documents import DOCUMENTS
from schemas.jsonschema import _reachable, manifest_schema

SCHEMA = manifest_schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA)


def pool(**members: Any) -> dict[str, Any]:
    return {"version": 1, "user_pool": members}


def client(**members: Any) -> dict[str, Any]:
    return {"version": 1, "clients": {"web": members}}


def identity_pool(**members: Any) -> dict[str, Any]:
    return {"version": 1, "kind": "IdentityPool", **members}


def each(value: Any, **more: Any) -> dict[str, Any]:
    return {"$each": {"$file": "tenants.csv"}, "as": "t", "key": "${t.id}", "value": value, **more}


ITEMS = {"$each": {"$file": "tenants.csv"}, "as": "t", "value": "${t.id}"}
SAML = {"ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "${t.metadata_url}"}}


def test_it_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_it_names_no_host_of_ours() -> None:
    assert SCHEMA["$id"] == "urn:poolctl:manifest:v1"


@pytest.mark.parametrize(
    "document",
    [
        {"version": 1},
        {"version": 1, "kind": "UserPool", "target": {"account": "012345678901", "region": {"$var": "region"}}},
        pool(PoolName="customers-${var.stage}"),
        pool(PoolName=None, Policies=None),
        {"version": 1, "mfa": None, "log_delivery": None},
        client(branding=None, session=None),
        {"version": 1, "kind": "IdentityPool", "roles": None},
        pool(LambdaConfig={"PreSignUp": {"$ssm": "/lambdas/pre-signup/arn"}}),
        pool(VerificationMessageTemplate={"EmailMessage": {"$file": "templates/verify.html"}}),
        pool(UserPoolTier="PLATINUM", AutoVerifiedAttributes=["email", "pigeon"]),
        pool(Schema=[{"Name": "tenant", "StringAttributeConstraints": {"MaxLength": 64}}]),
        pool(UserPoolTags={"team": "web", "old": None, "stage": {"$var": "stage"}}),
        pool(AcrConfiguration={"Level1": {"AcrValue": "x"}, "Level2": None}),
        {"version": 1, "mfa": {"SmsMfaConfiguration": {}, "MfaConfiguration": "OPTIONAL"}},
        {"version": 1, "groups": {}, "domains": {"customers-${var.stage}": {"ManagedLoginVersion": 2}}},
        client(CallbackURLs=["https://${var.host}/cb"], LogoutURLs={"$var": "logout"}),
        client(ClientSecret={"$secret": "cognito/web#secret"}),
        {"version": 1, "limits": {"UserAuthentication": {"RequestedLimitValue": 200}}, "web_acl": {}, "session": {}},
        {"version": 1, "replicas": {"us-east-1": {"Status": "ACTIVE"}}, "prune": ["clients.terms", "replicas"]},
        client(branding={"Settings": {"any": [1, {"thing": None}]}, "Assets": []}, session={}),
        client(terms={"terms-of-use": {"Links": {"cognito:default": "https://x"}}}, cimd_policies={}),
        client(risk_configuration={"RiskExceptionConfiguration": None}, ui_customization={"$var": "look"}),
        identity_pool(),
        identity_pool(
            identity_pool={"IdentityPoolName": "web", "CognitoIdentityProviders": [{"ClientId": {"$ref": "c/x/y#Z"}}]},
            roles={"RoleMappings": {"${ref.c/user_pool#ProviderName}:x": {"Type": "Token"}}},
            principal_tags={"${ref.c/user_pool#ProviderName}": {"UseDefaults": True}},
            prune=["principal_tags"],
        ),
        {"version": 1, "prune": ["clients"], "ignore": [{"path": "clients/x", "reason": "r", "expires": "2027-06-30"}]},
        {"version": 1, "identity_providers": each(SAML)},
        {"version": 1, "identity_providers": {"okta": SAML, "$each": [each(SAML), each(SAML, **{"$when": "${t.on}"})]}},
        {"version": 1, "identity_providers": {**each(SAML), "$each": [{"id": "acme"}]}},
        {"version": 1, "groups": {**each({"Precedence": "${t.n}"}), "$each": {"$var": "rows"}}},
        {"version": 1, "limits": each({"RequestedLimitValue": "${t.n}"})},
        client(SupportedIdentityProviders=ITEMS),
        client(
            SupportedIdentityProviders=["COGNITO", ITEMS], terms=each({"Links": {"cognito:default": "https://${t.x}"}})
        ),
        client(CallbackURLs=[{"$when": "${var.on}", "value": "https://a"}]),
        client(**{"$when": {"$var": "on"}, "branding": {"$when": False, "Settings": {}}}),
        pool(UserPoolTags=each("${t.x}"), Policies={"PasswordPolicy": {"$when": True, "MinimumLength": 12}}),
        pool(Policies={"$when": "true", "value": {"PasswordPolicy": {}}}, PoolName="a-${target.region}"),
        {"version": 1, "groups": {"$when": "${var.on}", "a": {"$when": "false"}}, "protect": [ITEMS]},
        {"version": 1, "locked": [ITEMS], "prune": ["clients"]},
        identity_pool(principal_tags=each({"UseDefaults": True})),
    ],
)
def test_it_accepts(document: dict[str, Any]) -> None:
    CHECK.validate(document)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"version": 2},
        {"version": 1, "cleints": {}},
        {"version": 1, "groups": None},
        {"version": 1, "target": {"account": 123456789012}},
        {"version": 1, "prune": ["user_pool"]},
        {"version": 1, "ignore": [{"path": "clients/x"}]},
        pool(poolName="x"),
        pool(PoolName="a/b"),
        pool(MfaConfiguration="ON"),
        pool(DeletionProtection=True),
        pool(Policies={"PasswordPolicy": {"MinimumLength": 5}}),
        pool(Schema=[{"Mutable": True}]),
        pool(LambdaConfig={"PreSignUp": {"$ssn": "/typing/error"}}),
        pool(LambdaConfig={"PreSignUp": {"$ssm": "/a", "$env": "B"}}),
        pool(AcrConfiguration={"Level5": {}}),
        client(CallbackUrls=[]),
        client(AuthSessionValidity="3"),
        {"version": 1, "domains": {"Upper": {}}},
        {"version": 1, "kind": "Pool"},
        {"version": 1, "identity_pool": {}},
        {"version": 1, "prune": ["clients.branding"]},
        {"version": 1, "limits": {"user-auth": {}}},
        client(secrets=None),
        {"version": 1, "user_pool": None},
        client(terms=None),
        client(terms={"terms-of-use": None}),
        client(terms={"cookies": {}}),
        client(session={"ssoSession": {}}),
        identity_pool(user_pool={}),
        identity_pool(prune=["clients"]),
        identity_pool(identity_pool={"AllowClassicFlow": "yes"}),
        {"version": 1, "$when": True},
        {"version": 1, "identity_providers": each({"ProviderTyp": "SAML"})},
        {"version": 1, "identity_providers": {"$each": [SAML]}},
        {"version": 1, "groups": {**each({}), "$each": {"$secret": "x"}}},
        {"version": 1, "groups": {**each({}), "as": "a b"}},
        {"version": 1, "groups": {k: v for k, v in each({}).items() if k != "key"}},
        {"version": 1, "groups": {"$when": "yes", "a": {}}},
        client(SupportedIdentityProviders={**ITEMS, "key": "x"}),
        client(CallbackURLs=[{"$when": True}]),
        client(**{"$when": 1}),
    ],
)
def test_it_refuses(document: dict[str, Any]) -> None:
    assert not CHECK.is_valid(document)


def test_values_of_enumerations_are_proposed() -> None:
    tier = SCHEMA["$defs"]["UserPool"]["properties"]["UserPoolTier"]
    assert tier["anyOf"][0] == {"enum": ["LITE", "ESSENTIALS", "PLUS"]}
    assert tier["default"] == "ESSENTIALS"


def test_descriptions_hold_what_an_operator_should_know() -> None:
    described = SCHEMA["$defs"]["UserPool"]["properties"]
    assert "Can be set only when the object is created." in described["AliasAttributes"]["description"]
    assert "Cannot be reset with null." in described["SmsConfiguration"]["description"]
    assert "mfa.MfaConfiguration" in described["MfaConfiguration"]["description"]
    assert described["SmsVerificationMessage"]["deprecated"] is True


def test_every_definition_is_used_and_every_reference_resolves() -> None:
    whole = json.dumps(SCHEMA)
    for name in SCHEMA["$defs"]:
        assert f'"#/$defs/{name}"' in whole
    assert {part.split('"')[0] for part in whole.split('"#/$defs/')[1:]} == set(SCHEMA["$defs"])


def test_both_kinds_are_proposed_and_each_has_its_own_sections() -> None:
    assert SCHEMA["properties"]["kind"]["enum"] == ["UserPool", "IdentityPool"]
    users, identities = SCHEMA["$defs"]["UserPoolManifest"], SCHEMA["$defs"]["IdentityPoolManifest"]
    assert SCHEMA["else"] == {"$ref": "#/$defs/UserPoolManifest"}
    assert SCHEMA["then"] == {"$ref": "#/$defs/IdentityPoolManifest"}
    assert "user_pool" in users["properties"]
    assert "user_pool" not in identities["properties"]
    assert {"branding", "terms", "session"} <= set(SCHEMA["$defs"]["Client"]["properties"])


def test_no_two_structures_have_one_name() -> None:
    """Definitions go by the name of the model."""
    found: dict[str, set[type]] = {}
    for kind in DOCUMENTS.values():
        for model in _reachable(kind.model):
            found.setdefault(model.__name__, set()).add(model)
    assert [name for name, models in found.items() if len(models) > 1] == []

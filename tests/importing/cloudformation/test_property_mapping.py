"""Every property of every type has a member of the manifest or a reason, and its value the type of the API."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.importing.cloudformation.api_values import Conversion
from reconciler.importing.cloudformation.leaves import Dependence, NotKnown
from reconciler.importing.cloudformation.property_mapping import Converted, MappedObject
from reconciler.importing.cloudformation.resource_types import PEOPLE, PREFIX, REGIONAL, ROWS
from reconciler.kinds import KINDS
from reconciler.model import Path, Reference, Secret
from reconciler.values.shapes import input_shape
from schemas.base import ApiModel, FreeDocument, Member, members

from . import registry
from .support import converted, only, plain

REGISTRY = registry.stored()["types"]
LEAVES = [
    (name.removeprefix(PREFIX), path)
    for name, schema in REGISTRY.items()
    for path in schema["properties"]
    if path not in schema["readOnly"] and name.removeprefix(PREFIX) not in PEOPLE
]

MIRRORED = {"EmailVerificationMessage", "EmailVerificationSubject", "SmsVerificationMessage"}
NOT_MEMBERS = {
    "UserPool": {"EmailAuthenticationMessage", "EmailAuthenticationSubject", "EnabledMfas[]"},  # test_mfa
    "IdentityPool": {"CognitoEvents", "CognitoStreams", "PushSync"},
    "ManagedLoginBranding": {"ReturnMergedResources"},
}
"""First steps of properties that are no member on their own."""


def test_the_stored_registry_is_that_of_the_installed_cfn_lint():
    pytest.importorskip("cfnlint", reason="cfn-lint weighs 140 MB: pip install cfn-lint")
    assert registry.stored() == registry.installed()


def test_every_type_is_known():
    assert {name.removeprefix(PREFIX) for name in REGISTRY} == {*ROWS, *PEOPLE}


@pytest.mark.parametrize("name", ROWS)
def test_identifiers_are_those_of_the_registry(name):
    """Ref is the primary identifier without the pool, unless it is written with a bar between the two."""
    row, schema = ROWS[name], REGISTRY[PREFIX + name]
    known = {"Id": "IdentityPoolId" if name == "IdentityPool" else "UserPoolId"}
    identifier = [known.get(part, part) for part in schema["primaryIdentifier"]]
    if name == "IdentityPoolRoleAttachment":
        assert row.ids == ()  # a generated text
    elif len(row.ids) == 1:
        assert row.ids[0] in identifier
        assert set(identifier) - {"UserPoolId"} <= set(row.ids)
    else:
        assert list(row.ids) == identifier


@pytest.mark.parametrize("name", ROWS)
def test_rows_name_kinds_properties_and_members_that_there_are(name):
    row, schema = ROWS[name], REGISTRY[PREFIX + name]
    first = {re.split(r"[.\[{]", path)[0] for path in schema["properties"]}
    assert row.section in KINDS or f"clients.{row.section}" in KINDS
    assert row.places <= first
    assert {*row.moved, *row.aside} <= first
    for section, *path in row.moved.values():
        assert section in KINDS
        assert not path or member_at(KINDS[section].model, tuple(path))
    for service, operation in row.operations:
        assert input_shape(service, operation)


def sample(kind: str) -> Any:
    return {
        "boolean": True,
        "integer": 3,
        "object of string": {"k": "v"},
        "object": {"k": "v"},
        "object|string": {"k": "v"},
    }.get(kind, "text")


def tree_of(path: str, leaf: Any) -> dict[str, Any]:
    """Properties with one leaf: `A.B[].C{}.D`."""
    value = leaf
    for step in reversed(re.findall(r"\[\]|\{\}|[^.\[\]{}]+", path)):
        value = [value] if step == "[]" else {"key": value} if step == "{}" else {step: value}
    return value


def member_at(model: type[ApiModel], path: Path) -> Member | None:
    found: Member | None = None
    known = members(model)
    for step in path:
        if found is not None and (found.has(FreeDocument) or not found.model):
            return found
        if found is not None and found.shape != "structure" and str(step) not in known:
            continue  # a key of a map
        found = known.get(str(step))
        if found is None:
            return None
        known = members(found.model) if found.model else {}
    return found


def found_leaf(one: MappedObject, leaf: Any) -> list[Path]:
    def walk(value: Any, path: Path) -> list[Path]:
        if isinstance(value, dict) and value != leaf:
            return [p for k, v in value.items() for p in walk(v, (*path, k))]
        if isinstance(value, list):
            return [p for v in value for p in walk(v, path)]
        return [path] if value == leaf and type(value) is type(leaf) else []

    return walk(one.members, ())


def convert(name: str, properties: dict[str, Any]) -> Converted:
    row = ROWS[name]
    pool = "eu-west-1_X" if name == REGIONAL else "eu-central-1_X"  # the stack of a replica is in another Region
    required = {row.parent: pool, "ClientId": "c1"} if row.parent else {}
    if not row.of_client:
        required.pop("ClientId", None)
    return converted({"X": {"Type": PREFIX + name, "Properties": {**required, **properties}}})


@pytest.mark.parametrize(("name", "path"), LEAVES, ids=map("-".join, LEAVES))
def test_every_property_is_a_member_or_named(name, path):
    """Its name, its place in the schema of the manifest, and its value; or a line that says why not."""
    row, kind = ROWS[name], REGISTRY[PREFIX + name]["properties"][path]
    first = re.split(r"[.\[{]", path)[0]
    leaf = "dGV4dA==" if path == "Assets[].Bytes" else sample(kind)
    pair = [{"Key": "k", "Value": leaf}] if first == "IdentityPoolTags" else None
    result = convert(name, {first: pair} if pair else tree_of(path, leaf))
    if first in row.places:
        assert not [r for r in result.remainder if r.what.startswith(f"X.{first}") and r.sort == "member"]
        return
    named = [r.what for r in result.remainder if r.what.startswith(f"X.{first}")]
    if path == "RoleMappings{}.IdentityProvider":
        assert only(result, "roles").members == {"RoleMappings": {"text": {}}}
        return
    if first in NOT_MEMBERS.get(name, ()) or path in NOT_MEMBERS.get(name, ()):
        assert named
        return
    if first in MIRRORED or path == "AdminCreateUserConfig.UnusedAccountValidityDays":
        assert named
    else:
        assert named == []
    wanted = b"text" if path == "Assets[].Bytes" else leaf
    places = [(one.section, place) for one in result.objects for place in found_leaf(one, wanted)]
    assert len(places) == 1, plain([o.members for o in result.objects])
    section, place = places[0]
    assert member_at(KINDS[section].model, place), (section, place)


@pytest.mark.parametrize("name", ROWS)
def test_a_property_of_tomorrow_is_named(name):
    result = convert(name, {"Tomorrow": 1})
    assert [r.what for r in result.remainder] == ["X.Tomorrow"]
    assert result.remainder[0].why == "is no member of the API that the installed botocore knows."


def test_a_member_of_tomorrow_is_named():
    result = convert("UserPool", {"Policies": {"PasswordPolicy": {"Tomorrow": 1, "MinimumLength": 8}}})
    assert [r.what for r in result.remainder] == ["X.Policies.PasswordPolicy.Tomorrow"]
    assert only(result, "user_pool").members["Policies"] == {"PasswordPolicy": {"MinimumLength": 8}}


# --- values --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "properties", "section", "members_"),
    [
        ("UserPoolGroup", {"Precedence": "5"}, "groups", {"Precedence": 5}),
        ("UserPoolGroup", {"Description": 5}, "groups", {"Description": "5"}),
        ("UserPoolGroup", {"Description": True}, "groups", {"Description": "true"}),
        ("UserPoolClient", {"GenerateSecret": "true"}, "clients", {"GenerateSecret": True}),
        ("UserPoolClient", {"GenerateSecret": "False"}, "clients", {"GenerateSecret": False}),
        (
            "UserPoolClient",
            {"RefreshTokenRotation": {"RetryGracePeriodSeconds": 0.0}},
            "clients",
            {"RefreshTokenRotation": {"RetryGracePeriodSeconds": 0}},
        ),
        (
            "UserPoolIdentityProvider",
            {"ProviderDetails": {"IDPSignout": True, "n": 1}},
            "identity_providers",
            {"ProviderDetails": {"IDPSignout": "true", "n": "1"}},
        ),
        (
            "UserPoolIdentityProvider",
            {"AttributeMapping": '{"email": "mail"}'},
            "identity_providers",
            {"AttributeMapping": {"email": "mail"}},
        ),
        ("ManagedLoginBranding", {"Settings": '{"a": {"b": 1}}'}, "clients.branding", {"Settings": {"a": {"b": 1}}}),
        ("LogDeliveryConfiguration", {"LogConfigurations": []}, "log_delivery", {"LogConfigurations": []}),
    ],
)
def test_values_get_the_type_of_the_api(name, properties, section, members_):
    result = convert(name, properties)
    assert only(result, section).members == members_
    assert result.remainder == ()


@pytest.mark.parametrize(
    ("name", "properties", "section", "what"),
    [
        ("UserPoolGroup", {"Precedence": "many"}, "groups", "a whole number"),
        ("UserPoolGroup", {"Precedence": True}, "groups", "a whole number"),
        ("UserPoolGroup", {"Description": ["x"]}, "groups", "a text, a number or a boolean"),
        ("UserPoolClient", {"GenerateSecret": "perhaps"}, "clients", "a boolean"),
        ("UserPoolClient", {"CallbackURLs": "https://x.example"}, "clients", "a list"),
        ("UserPoolClient", {"TokenValidityUnits": "x"}, "clients", "a map"),
        ("UserPoolClient", {"TokenValidityUnits": ["x"]}, "clients", "a map"),
        ("UserPoolIdentityProvider", {"AttributeMapping": "x"}, "identity_providers", "a map, or JSON"),
        ("UserPoolIdentityProvider", {"AttributeMapping": ["x"]}, "identity_providers", "a map"),
        ("ManagedLoginBranding", {"Settings": "[1]"}, "clients.branding", "a map"),
        ("ManagedLoginBranding", {"Assets": [{"Bytes": "=not-base64="}]}, "clients.branding", "text in base64"),
    ],
)
def test_values_of_another_form_are_taken_from_the_live_pool(name, properties, section, what):
    result = convert(name, properties)
    assert list(only(result, section).unknown.values()) == [NotKnown(f"the template does not have {what} there")]
    assert [r.why for r in result.remainder] == [f"is not {what}, as the API wants it; the live value is taken."]


@given(st.integers(-(10**9), 10**9))
def test_numbers_may_be_written_as_texts(number):
    shape = input_shape("cognito-idp", "CreateGroup").members["Precedence"]
    conversion = Conversion(lambda *said: pytest.fail(str(said)))
    assert conversion.value(str(number), shape, ()) == conversion.value(number, shape, ()) == number


@pytest.mark.parametrize("leaf", [NotKnown("x"), Reference("ssm", "/x"), Secret("x", "y")])
def test_leaves_stay_whatever_the_shape(leaf):
    shape = input_shape("cognito-idp", "CreateUserPool")
    for name in ("Schema", "UserPoolTags", "Policies", "PoolName"):
        assert Conversion(lambda *_: None).value(leaf, shape.members[name], ()) is leaf


def test_a_list_of_tags_becomes_a_map():
    result = convert("IdentityPool", {"IdentityPoolTags": [{"Key": "a", "Value": 1}, {"Key": "b", "Value": "x"}]})
    assert only(result, "identity_pool").members["IdentityPoolTags"] == {"a": "1", "b": "x"}


# --- MFA -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "mfa", "named"),
    [
        ({}, None, []),
        ({"MfaConfiguration": "OFF"}, {"MfaConfiguration": "OFF"}, []),
        ({"MfaConfiguration": False}, {"MfaConfiguration": "OFF"}, []),
        ({"MfaConfiguration": True}, {"MfaConfiguration": "ON"}, []),
        (
            {"MfaConfiguration": "OPTIONAL", "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]},
            {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
            [],
        ),
        (
            {"MfaConfiguration": "ON", "EnabledMfas": ["SMS_MFA", "EMAIL_OTP"]},
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}, "EmailMfaConfiguration": {}},
            [],
        ),
        (
            {
                "MfaConfiguration": "ON",
                "EnabledMfas": ["EMAIL_OTP"],
                "EmailAuthenticationMessage": "m",
                "EmailAuthenticationSubject": "s",
            },
            {"MfaConfiguration": "ON", "EmailMfaConfiguration": {"Message": "m", "Subject": "s"}},
            [],
        ),
        (
            {"MfaConfiguration": "ON", "EnabledMfas": ["SMS_MFA"], "EmailAuthenticationSubject": "s"},
            {"MfaConfiguration": "ON", "SmsMfaConfiguration": {}},
            ["EmailAuthenticationSubject"],
        ),
        ({"EnabledMfas": ["SMS_MFA"]}, None, ["EnabledMfas"]),
        ({"MfaConfiguration": "OFF", "EnabledMfas": ["SMS_MFA"]}, {"MfaConfiguration": "OFF"}, ["EnabledMfas"]),
        ({"MfaConfiguration": "ON", "EnabledMfas": ["CARRIER_PIGEON"]}, {"MfaConfiguration": "ON"}, ["EnabledMfas"]),
        (
            {
                "WebAuthnRelyingPartyID": "x.example",
                "WebAuthnUserVerification": "required",
                "WebAuthnFactorConfiguration": "SINGLE_FACTOR",
            },
            {
                "WebAuthnConfiguration": {
                    "RelyingPartyId": "x.example",
                    "UserVerification": "required",
                    "FactorConfiguration": "SINGLE_FACTOR",
                }
            },
            [],
        ),
        (
            {"MfaConfiguration": "ON", "EnabledMfas": {"Fn::ImportValue": "x"}},
            {
                "MfaConfiguration": "ON",
                **dict.fromkeys(
                    ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "EmailMfaConfiguration"),
                    "(not known: x is an output of another stack; give it with --export x=VALUE)",
                ),
            },
            [],
        ),
    ],
)
def test_mfa(properties, mfa, named):
    result = convert("UserPool", properties)
    found = [plain(o.members) for o in result.objects if o.section == "mfa"]
    assert found == ([] if mfa is None else [mfa])
    assert [r.what for r in result.remainder] == [f"X.{name}" for name in named]


def test_a_factor_is_kept_while_the_mode_is_not_known():
    result = convert("UserPool", {"MfaConfiguration": {"Fn::ImportValue": "x"}, "EnabledMfas": ["SOFTWARE_TOKEN_MFA"]})
    found = only(result, "mfa").members
    assert isinstance(found["MfaConfiguration"], NotKnown)
    assert found["SoftwareTokenMfaConfiguration"] == {"Enabled": True}


# --- one setting, two spellings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mirror", "member"),
    [
        ("EmailVerificationMessage", "EmailMessage"),
        ("EmailVerificationSubject", "EmailSubject"),
        ("SmsVerificationMessage", "SmsMessage"),
    ],
)
def test_verification_messages_are_one_setting(mirror, member):
    alone = only(convert("UserPool", {mirror: "a"}), "user_pool").members
    assert (alone["VerificationMessageTemplate"], mirror in alone) == ({member: "a"}, False)
    same = only(convert("UserPool", {mirror: "a", "VerificationMessageTemplate": {member: "a"}}), "user_pool").members
    assert same["VerificationMessageTemplate"] == {member: "a"}
    result = convert("UserPool", {mirror: "a", "VerificationMessageTemplate": {member: "b"}})
    assert isinstance(only(result, "user_pool").members["VerificationMessageTemplate"][member], NotKnown)
    assert "has another value; the live one is taken" in result.remainder[0].why


def test_the_old_name_of_a_temporary_passwords_validity_is_moved():
    old = {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 3}}
    found = only(convert("UserPool", old), "user_pool").members
    assert found["Policies"] == {"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}}
    assert "AdminCreateUserConfig" not in found
    both = {**old, "Policies": {"PasswordPolicy": {"TemporaryPasswordValidityDays": 9}}}
    assert only(convert("UserPool", both), "user_pool").members["Policies"] == both["Policies"]


def test_custom_attributes_have_no_prefix():
    schema = [{"Name": "custom:berth"}, {"Name": "plot"}, {"Name": {"Fn::ImportValue": "x"}}]
    found = only(convert("UserPool", {"Schema": schema}), "user_pool").members["Schema"]
    assert [plain(a["Name"]) for a in found[:2]] == ["berth", "plot"]
    assert isinstance(found[2]["Name"], NotKnown)


def test_a_standard_attribute_has_its_type_without_saying_so():
    schema = [
        {"Name": "email"},
        {"Name": "email_verified"},
        {"Name": "updated_at", "AttributeDataType": "String"},
        {"Name": "plot"},
    ]
    found = only(convert("UserPool", {"Schema": schema}), "user_pool").members["Schema"]
    assert [a.get("AttributeDataType") for a in found] == ["String", "Boolean", "String", None]


def test_a_role_mapping_is_called_like_its_provider():
    mappings = {
        "Any": {"IdentityProvider": "graph.facebook.com", "Type": "Token"},
        "accounts.google.com": {"Type": "Token"},
    }
    result = convert("IdentityPoolRoleAttachment", {"RoleMappings": mappings})
    keyed = {"graph.facebook.com": {"Type": "Token"}, "accounts.google.com": {"Type": "Token"}}
    assert only(result, "roles").members == {"RoleMappings": keyed}
    assert result.remainder == ()
    mappings["Any"]["IdentityProvider"] = {"Fn::ImportValue": "x"}
    result = convert("IdentityPoolRoleAttachment", {"RoleMappings": mappings})
    assert isinstance(only(result, "roles").members["RoleMappings"], NotKnown)
    assert [r.what for r in result.remainder] == ["X.RoleMappings.Any"]


# --- secrets -------------------------------------------------------------------------------------------------------


def test_a_secret_in_clear_is_hidden_and_named():
    details = {"client_id": "c", "client_secret": "not-a-real-secret", "private_key": "not-a-real-key"}
    result = convert("UserPoolIdentityProvider", {"ProviderDetails": details})
    found = only(result, "identity_providers").members["ProviderDetails"]
    assert found["client_id"] == "c"
    assert found["client_secret"] == Secret("not-a-real-secret", "template")
    assert {r.what for r in result.remainder} == {"X.ProviderDetails.client_secret", "X.ProviderDetails.private_key"}
    assert "not-a-real" not in repr(result)


def test_a_dynamic_reference_becomes_one():
    details = {"client_secret": "{{resolve:secretsmanager:quay/google:SecretString:key}}"}
    result = convert("UserPoolIdentityProvider", {"ProviderDetails": details})
    found = only(result, "identity_providers")
    assert found.references == {("ProviderDetails", "client_secret"): Reference("secret", "quay/google#key")}
    assert result.remainder == ()


def test_a_parameter_with_noecho_may_hold_a_dynamic_reference():
    parameters = {"P": {"Type": "String", "NoEcho": True, "Default": "{{resolve:ssm-secure:/quay/key:1}}"}}
    properties = {
        "UserPoolId": "eu-central-1_X",
        "ProviderName": "G",
        "ProviderDetails": {"client_secret": {"Ref": "P"}},
    }
    resource = {"Type": f"{PREFIX}UserPoolIdentityProvider", "Properties": properties}
    found = only(converted({"X": resource}, Parameters=parameters), "identity_providers")
    assert list(found.references.values()) == [Reference("ssm", "/quay/key:1")]


# --- identity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROWS)
def test_ids_follow_from_the_physical_id_and_the_properties(name):
    row = ROWS[name]
    physical = "|".join(f"id-{part}" for part in row.ids) or "generated"
    properties = {row.parent: f"id-{row.parent}"} if row.parent else {}
    if row.of_client:
        properties["ClientId"] = "id-ClientId"
    result = converted({"X": {"Type": PREFIX + name, "Properties": properties}}, ids={"X": physical})
    one = result.objects[0]
    wanted = {*row.ids, row.parent, *(["ClientId"] if row.of_client else [])} - {""}
    regional = {"RegionName": "eu-central-1"} if name == REGIONAL else {}
    assert one.ids == {**{part: f"id-{part}" for part in wanted}, **regional}


@pytest.mark.parametrize("pool", ["eu-central-1_X", {"Ref": "P"}])
def test_settings_of_the_region_of_the_pool_are_those_of_the_pool(pool):
    """Decided by the Region of the stack, which is eu-central-1 here: a replica is in another one than its pool."""
    regional = {"Type": PREFIX + REGIONAL, "Properties": {"UserPoolId": pool, "Status": "ACTIVE"}}
    result = converted({"P": {"Type": f"{PREFIX}UserPool"}, "X": regional}, ids={"P": "eu-central-1_X"})
    assert [one.section for one in result.objects] == ["user_pool"]
    (why,) = [r.why for r in result.remainder if r.what == "X" and "both would write" in r.why]
    assert why.startswith("sets in the Region of the pool itself what the pool sets there")


@pytest.mark.parametrize("name", ["UserPoolRiskConfigurationAttachment", "UserPoolUICustomizationAttachment"])
def test_all_clients_means_the_pool(name):
    properties = {"UserPoolId": "eu-central-1_X", "ClientId": "ALL"}
    result = converted({"X": {"Type": PREFIX + name, "Properties": properties}}, ids={"X": "eu-central-1_X|ALL"})
    (one,) = result.objects
    assert (one.section, one.ids, one.client) == (ROWS[name].section, {"UserPoolId": "eu-central-1_X"}, "")


def test_pool_and_client_are_named_by_their_logical_ids():
    resources = {
        "P": {"Type": f"{PREFIX}UserPool"},
        "C": {"Type": f"{PREFIX}UserPoolClient", "Properties": {"UserPoolId": {"Ref": "P"}}},
        "R": {
            "Type": f"{PREFIX}UserPoolRiskConfigurationAttachment",
            "Properties": {"UserPoolId": {"Fn::GetAtt": "P.UserPoolId"}, "ClientId": {"Ref": "C"}},
        },
    }
    places = {o.source: (o.section, o.pool, o.client, dict(o.ids)) for o in converted(resources).objects}
    assert places == {
        "P": ("user_pool", "P", "", {}),
        "C": ("clients", "P", "C", {}),
        "R": ("clients.risk_configuration", "P", "C", {}),
    }


def test_an_attachment_of_no_client_is_named():
    for client in ({"Fn::ImportValue": "x"}, None):
        properties = {"UserPoolId": "eu-central-1_X", **({"ClientId": client} if client else {})}
        result = converted({"X": {"Type": f"{PREFIX}ManagedLoginBranding", "Properties": properties}})
        assert result.objects == ()
        assert [(r.what, r.sort) for r in result.remainder] == [("X.ClientId", "alarming")]


def test_a_name_that_is_generated_is_not_known():
    result = convert("UserPool", {})
    assert only(result, "user_pool").members == {"PoolName": NotKnown("CloudFormation generated the name")}
    assert convert("UserPoolClient", {}).objects[0].name == NotKnown("CloudFormation generated the name")
    assert convert("UserPoolClient", {"ClientName": "web"}).objects[0].name == "web"


def test_covers_are_the_members_also_those_without_a_value():
    properties = {
        "UserPoolName": "x",
        "LambdaConfig": {"PreSignUp": {"Fn::ImportValue": "x"}},
        "Schema": [],
        "UserPoolTags": {},
    }
    assert only(convert("UserPool", properties), "user_pool").covers == {
        ("PoolName",),
        ("LambdaConfig", "PreSignUp"),
        ("Schema",),
        ("UserPoolTags",),
    }


def test_what_members_depend_on_has_the_paths_of_members():
    parameters = {"P": {"Type": "String", "Default": "OPTIONAL"}}
    ref = {"Ref": "P"}
    properties = {
        "UserPoolName": ref,
        "MfaConfiguration": ref,
        "UserPoolTags": {"a": ref},
        "WebAuthnRelyingPartyID": ref,
    }
    result = converted({"X": {"Type": f"{PREFIX}UserPool", "Properties": properties}}, Parameters=parameters)
    use = {Dependence("parameter", "P")}
    assert only(result, "user_pool").uses == {("PoolName",): use, ("UserPoolTags", "a"): use}
    assert only(result, "mfa").uses == {("MfaConfiguration",): use, ("WebAuthnConfiguration", "RelyingPartyId"): use}

"""The schemas against what botocore says: no member is missing, no limit is invented, nothing is forgotten silently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.values.shapes import Shape, input_shape
from schemas.base import ApiModel, CreateOnly, FreeDocument, KeyName, Member, OneOf, Sensitive, Unordered, members
from schemas.client_secret import ClientSecrets
from schemas.identity_manifest import IdentityPoolManifest
from schemas.jsonschema import limits
from schemas.log_group import LogGroup
from schemas.manifest import UserPoolManifest
from schemas.replica import Replica
from schemas.sections import is_object
from schemas.sms_role import SmsRole
from tools.coverage import FAMILIES

TOPS = [family.model for family in FAMILIES]

AS_TEXT = {
    *("SmsRole.AssumeRolePolicyDocument", "SmsRole.PolicyDocument", "SmsRoleTrust.PolicyDocument"),
    "LogGroup.policyDocument",
}
"""Documents that the service takes as a text, and a manifest holds as they are (cognito.md 9.1)."""

DEVIATIONS = {
    **dict.fromkeys(AS_TEXT, "a document, and its text for the service (cognito.md 9.1)"),
    "SchemaAttributeType.Name": "answers carry a prefix, and phone_number_verified has 21 characters (cognito.md 2.1)",
    "UserPool.Schema": "an answer holds 21 standard and up to 50 custom attributes (cognito.md 2.1)",
    "UserPool.UserPoolTags": "at most 50 tags (cognito.md 2.1)",
    "NumberAttributeConstraintsType.MinValue": "a decimal number as a text (cognito.md 2.1)",
    "NumberAttributeConstraintsType.MaxValue": "a decimal number as a text (cognito.md 2.1)",
    "StringAttributeConstraintsType.MinLength": "a decimal number as a text (cognito.md 2.1)",
    "StringAttributeConstraintsType.MaxLength": "a decimal number as a text (cognito.md 2.1)",
    "Domain.Domain": "the same member holds custom host names (cognito.md 2.4)",
    "Domain.ManagedLoginVersion": "1 or 2 (cognito.md 2.4)",
    "Group.Precedence": "at most 2^31-1 (cognito.md 2.7)",
    "Replica.UserPoolTags": "at most 50 tags (cognito.md 2.15)",
    "IdentityPool.IdentityPoolTags": "at most 50 tags (cognito.md 2.15)",
    "RulesConfigurationType.Rules": "the service takes 25, although the model says 400 (cognito.md 2.18)",
}
"""Limits that differ from the service model's, with the reason."""

BESIDES_THE_MODEL = {"Client.ExplicitAuthFlows": ("ALLOW_CLIENT_TOKEN_AUTH",)}
"""Words that the model has in its text only (cognito.md 2.3)."""

RESHAPED = {"User.UserAttributes": "a map from name to value, and not the API's list of pairs"}
"""Members that have another shape here than in the service model; the list of the API is taken too."""

OTHER_OPERATIONS = {
    "User.Enabled": "AdminEnableUser and AdminDisableUser, which take no value",
    "User.groups": "AdminAddUserToGroup and AdminRemoveUserFromGroup, one group at a time",
}
"""Members that no input has, because operations of their own write them."""

NOT_SECRET = ("Client.ClientId", "User.Username")
"""Identifiers that the service model marks as sensitive, and that every output shows."""

NOT_COMPARED = ("pattern",)
"""The service model's patterns are not anchored and partly wrong; test_values checks what ours let through."""


def pairs(model: type[ApiModel], shape: Shape) -> Iterator[tuple[type[ApiModel], str, Shape]]:
    """Every member of an input that the models describe, through all structures: (model, member, shape)."""
    known = members(model)
    for name, inner in shape.members.items():
        yield model, name, inner
        member = known.get(name)
        held = inner
        while held.type in ("list", "map"):
            held = held.item
        if member and member.model and held.type == "structure":
            yield from pairs(member.model, held)


def everything() -> list[tuple[type[ApiModel], str, Shape]]:
    found: dict[tuple[type[ApiModel], str], Shape] = {}
    for top in TOPS:
        for service, operation in top.INPUTS:
            for model, name, shape in pairs(top, input_shape(service, operation)):
                found.setdefault((model, name), shape)
    for family in FAMILIES:
        for write in family.writes:
            taken = input_shape(*write.operation).members
            for theirs, ours in write.spelled.items():
                found.setdefault((family.model, ours), taken[theirs])
    return [(model, name, shape) for (model, name), shape in found.items()]


EVERYTHING = everything()
DESCRIBED = [(m, n, s) for m, n, s in EVERYTHING if n in members(m) and f"{m.__name__}.{n}" not in RESHAPED]
IDS = [f"{m.__name__}.{n}" for m, n, _ in DESCRIBED]


def models() -> list[type[ApiModel]]:
    found = dict.fromkeys(TOPS)
    for model in found.copy():
        _collect(model, found)
    return list(found)


def _collect(model: type[ApiModel], found: dict[type[ApiModel], Any]) -> None:
    for member in members(model).values():
        if member.model and member.model not in found:
            found[member.model] = None
            _collect(member.model, found)


def test_the_walk_sees_the_depths() -> None:
    names = {f"{m.__name__}.{n}" for m, n, _ in EVERYTHING}
    assert {
        "EumsSmsConfigurationType.InEntityId",
        "AcrLevelConfigType.AcrValue",
        "FailoverType.SecondaryRegion",
    } <= names
    assert len(names) > 150


@pytest.mark.parametrize("model", models(), ids=lambda m: m.__name__)
def test_every_input_member_is_described_or_refused_with_advice(model: type[ApiModel]) -> None:
    inputs = {name for m, name, _ in EVERYTHING if m is model}
    assert sorted(inputs - set(members(model)) - set(model.MOVED)) == []


@pytest.mark.parametrize("model", models(), ids=lambda m: m.__name__)
def test_nothing_is_described_that_no_operation_takes(model: type[ApiModel]) -> None:
    inputs = {name for m, name, _ in EVERYTHING if m is model}
    described = {name for name, member in members(model).items() if not is_object(member) and not model.WATCHED}
    assert sorted(n for n in described - inputs if f"{model.__name__}.{n}" not in OTHER_OPERATIONS) == []


@pytest.mark.parametrize("model", models(), ids=lambda m: m.__name__)
def test_nothing_is_both_described_and_refused(model: type[ApiModel]) -> None:
    assert set(members(model)).isdisjoint(model.MOVED)


def test_inner_structures_are_named_as_in_the_service_model() -> None:
    wrong = []
    for model, name, shape in DESCRIBED:
        held = shape
        while held.type in ("list", "map"):
            held = held.item
        inner = members(model)[name].model
        if inner and inner.__name__ != held.name:
            wrong.append((inner.__name__, held.name))
    assert wrong == []


SHAPES = {"structure": "structure", "list": "list", "map": "map"}
SCALARS = {"string": str, "integer": int, "long": int, "boolean": bool, "blob": bytes}


@pytest.mark.parametrize(("model", "name", "shape"), DESCRIBED, ids=IDS)
def test_types_are_the_service_model_s(model: type[ApiModel], name: str, shape: Shape) -> None:
    member = members(model)[name]
    document = bool(shape.spec.get("document")) or f"{model.__name__}.{name}" in AS_TEXT
    assert member.has(FreeDocument) == document
    assert member.shape == ("scalar" if document else SHAPES.get(shape.type, "scalar"))
    if document:
        return
    held = shape
    while held.type in ("list", "map"):
        held = held.item
    if held.type == "structure":
        assert member.model is not None
    else:
        assert member.scalar is SCALARS[held.type]


def bounds(shape: Shape) -> dict[str, int]:
    """What the service model limits, in JSON Schema's words; a minimum of nothing is no limit for lengths."""
    words = {
        "string": ("minLength", "maxLength"),
        "blob": ("minLength", "maxLength"),
        "list": ("minItems", "maxItems"),
        "map": ("minProperties", ""),
    }
    low, high = words.get(shape.type, ("minimum", "maximum"))
    if shape.type == "map":
        high = "maxProperties"
    found = {low: shape.spec.get("min"), high: shape.spec.get("max")}
    return {k: v for k, v in found.items() if v is not None and not (v == 0 and k != "minimum")}


def ours(member: Member, marks: tuple[Any, ...], shape: str) -> dict[str, Any]:
    return {k: v for k, v in limits(marks, shape).items() if k not in NOT_COMPARED}


def mismatches(member: Member, shape: Shape) -> list[tuple[str, dict[str, Any], dict[str, int]]]:
    found = [("value", ours(member, member.marks, member.shape), bounds(shape))]
    if shape.type in ("list", "map") and not member.model:
        found.append(("item", ours(member, member.item_marks, "scalar"), bounds(shape.item)))
    if shape.type == "map":
        key = Shape(shape.model, shape.spec["key"]["shape"])
        found.append(("key", ours(member, member.key_marks, "scalar"), bounds(key)))
    return [f for f in found if f[1] != f[2]]


@pytest.mark.parametrize(("model", "name", "shape"), DESCRIBED, ids=IDS)
def test_limits_are_the_service_model_s_or_listed(model: type[ApiModel], name: str, shape: Shape) -> None:
    wrong = mismatches(members(model)[name], shape)
    if f"{model.__name__}.{name}" in DEVIATIONS:
        assert wrong, "no deviation any more: take it off the list"
    else:
        assert wrong == []


def test_every_listed_deviation_is_a_member() -> None:
    assert set(DEVIATIONS) <= set(IDS)


@pytest.mark.parametrize(("model", "name", "shape"), DESCRIBED, ids=IDS)
def test_enumerations_are_the_service_model_s(model: type[ApiModel], name: str, shape: Shape) -> None:
    member = members(model)[name]
    leaf, marks = (shape.item, member.item_marks) if shape.type in ("list", "map") else (shape, member.marks)
    known = next((m for m in marks if isinstance(m, OneOf)), None)
    more = BESIDES_THE_MODEL.get(f"{model.__name__}.{name}", ())
    assert (known.values if known else ()) == (() if leaf.type == "structure" else (*leaf.enum, *more))


@pytest.mark.parametrize(("model", "name", "shape"), DESCRIBED, ids=IDS)
def test_secrets_are_the_service_model_s(model: type[ApiModel], name: str, shape: Shape) -> None:
    sensitive = bool(shape.spec.get("sensitive")) and f"{model.__name__}.{name}" not in NOT_SECRET
    assert members(model)[name].has(Sensitive) == sensitive


def test_only_items_of_lists_have_required_members() -> None:
    of_lists = {}
    for model, name, shape in DESCRIBED:
        member = members(model)[name]
        if member.shape == "list" and member.model:
            of_lists[member.model] = set(shape.item.required)
    of_lists[next(m for m in of_lists if m.__name__ == "SchemaAttributeType")] = {"Name"}  # the key of its item
    for model in models():
        required = {name for name, member in members(model).items() if member.required}
        assert required == of_lists.get(model, set()), model.__name__


ELSEWHERE = {
    Replica: {"UserPoolTags"},  # with TagResource, in the replica's Region
    SmsRole: {"AssumeRolePolicyDocument", "PermissionsBoundary", "Tags"},
    LogGroup: {"kmsKeyId", "tags", "deletionProtectionEnabled"},
}
"""Members that only the create takes, and that other operations change."""


@pytest.mark.parametrize("model", [t for t in TOPS if len(t.INPUTS) == 2], ids=lambda m: m.__name__)
def test_what_only_create_takes_is_marked_immutable(model: type[ApiModel]) -> None:
    create, update = (set(input_shape(*operation).members) for operation in model.INPUTS)
    immutable = {n for n, m in members(model).items() if m.has(CreateOnly)}
    elsewhere = ELSEWHERE.get(model, set())
    assert immutable == create - update - set(model.MOVED) - elsewhere


def test_names_that_keys_stand_for() -> None:
    found = {
        (t.__name__, n): m.mark(KeyName).renameable  # type: ignore[union-attr]
        for t in TOPS
        for n, m in members(t).items()
        if m.has(KeyName)
    }
    assert found == {
        ("Client", "ClientName"): True,
        ("Domain", "Domain"): False,
        ("Group", "GroupName"): False,
        ("IdentityProvider", "ProviderName"): False,
        ("ResourceServer", "Identifier"): False,
        ("CIMDPolicy", "PolicyName"): True,
        ("PrincipalTags", "IdentityProviderName"): False,
        ("Replica", "RegionName"): False,
        ("Terms", "TermsName"): False,
        ("User", "Username"): False,
        ("TriggerPermission", "FunctionName"): False,
        ("LogGroup", "logGroupName"): False,
    }


def test_every_list_of_the_kinds_is_a_set_except_the_keyed_one_and_the_rules() -> None:
    ordered = {
        f"{m.__name__}.{n}"
        for m in models()
        for n, f in members(m).items()
        if f.shape == "list" and not f.has(Unordered)
    }
    assert ordered == {"UserPool.Schema", "RulesConfigurationType.Rules"}


@pytest.mark.parametrize(
    "model", [*models(), UserPoolManifest, IdentityPoolManifest, ClientSecrets], ids=lambda m: m.__name__
)
def test_every_member_has_one_sentence(model: type[ApiModel]) -> None:
    for name, member in members(model).items():
        assert member.description.endswith("."), f"{model.__name__}.{name}: {member.description!r}"

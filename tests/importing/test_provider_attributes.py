"""The table of Terraform's names against the attributes that the provider has."""

from __future__ import annotations

import pytest

from reconciler.importing.foreign_members import ApiPlace, ForeignNames, folded, shape_of, target
from reconciler.importing.terraform.resource_table import MANAGED_CLIENT, PEOPLE, RESOURCES
from reconciler.kinds import KINDS
from tests.importing.terraform_form import ATTRIBUTES, Attribute, of

LATER = {"aws_cognito_user_pool_replica"}
"""Resources that the provider has since a later version than the list."""

OURS = [a for a in ATTRIBUTES if a.resource in RESOURCES]


def name(attribute: Attribute) -> str:
    return f"{attribute.resource.removeprefix('aws_')}.{attribute.name}"


def meant(attribute: Attribute) -> ApiPlace | None:
    """The member that the converter takes an attribute for."""
    names = RESOURCES[attribute.resource].names
    at: ApiPlace | None = ApiPlace(names.section, ())
    steps = attribute.name.split(".")
    for end in range(1, len(steps) + 1):
        if at is None or ".".join(steps[:end]) in names.ignored | names.keys:
            return None
        at = target(names, at, ".".join(steps[:end]))
    return at


def test_every_resource_of_the_provider_has_a_place():
    assert {a.resource for a in ATTRIBUTES} | LATER == {*RESOURCES, *PEOPLE, MANAGED_CLIENT}


@pytest.mark.parametrize("attribute", [a for a in OURS if a.member and a.member[0] != "@"], ids=name)
def test_an_attribute_means_the_member_that_it_sets(attribute):
    section, path = attribute.place
    if attribute.last == "image_file":
        assert meant(attribute) is None  # never read back: named in the report
        return
    assert meant(attribute) == ApiPlace(section, path)
    shape = shape_of(ApiPlace(section, path))
    assert shape is not None
    forms = {"bool": {"boolean"}, "number": {"integer", "long"}, "map": {"map"}, "block": {"structure"}}
    forms |= {"set": {"list"}, "list": {"list"}, "blocks": {"list", "map"}, "string": {"string", "structure", "blob"}}
    assert shape.type in forms[attribute.form]


@pytest.mark.parametrize("attribute", [a for a in OURS if not a.member or a.member[0] == "@"], ids=name)
def test_what_is_no_member_is_taken_for_none(attribute):
    assert meant(attribute) is None


def test_the_attributes_of_a_client_that_another_service_made_are_those_of_a_client():
    ours = {a.name: a for a in of("aws_cognito_user_pool_client")}
    theirs = [a for a in of(MANAGED_CLIENT) if a.member and a.member[0] != "@"]
    assert len(theirs) > 20
    assert all(ours[a.name].member == a.member for a in theirs)


def test_the_rule_finds_nearly_all():
    """The table is for exceptions. One that the rule would find too is a row too many."""
    members = [a for a in OURS if a.settable and a.member and a.member[0] != "@"]
    by_table = [a for a in members if a.name in RESOURCES[a.resource].names.renamed]
    assert (len(members), len(by_table)) == (222, 16)
    plain = {a.name for a in by_table if folded(a.last) == folded(a.place[1][-1])}
    moved = {"password_policy", "sign_in_policy", "certificate_arn"}  # into another structure
    factors = {"software_token_mfa_configuration", "email_mfa_configuration", "web_authn_configuration"}
    assert plain == {*moved, *factors, "mfa_configuration"}  # into another section


@pytest.mark.parametrize("resource", sorted(set(RESOURCES) - LATER))
def test_a_row_of_the_table_is_about_an_attribute(resource):
    names: ForeignNames = RESOURCES[resource].names
    known = {a.name for a in of(resource)} | {"id", "region"}
    said = {*names.renamed, *names.keys, *names.ignored, *names.zero_is_unset, *names.empty_is_set, *names.own_keys}
    assert said <= known
    assert RESOURCES[resource].secrets <= known


@pytest.mark.parametrize("resource", sorted(RESOURCES))
def test_what_identifies_an_object_is_what_its_kind_asks_for(resource):
    row = RESOURCES[resource]
    for section in filter(None, (row.names.section, row.in_client)):
        kind = KINDS[section]
        assert bool(row.identifier) == (bool(kind.id_param) and not kind.root)
        assert bool(kind.outer) <= bool(row.client)


def test_attributes_of_later_versions_are_found_by_their_name():
    """Seen in the documentation of a later provider."""
    names = RESOURCES["aws_cognito_user_pool"].names
    block = target(names, ApiPlace("user_pool", ()), "key_configuration")
    assert block == ApiPlace("user_pool", ("KeyConfiguration",))
    assert target(names, block, "key_configuration.kms_key_arn") == ApiPlace(
        "user_pool", ("KeyConfiguration", "KmsKeyArn")
    )
    assert target(names, ApiPlace("user_pool", ()), "no_such_thing") is None

"""Hears of every member and operation that a new botocore brings, and of every one that a schema has lost."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

import schemas
from reconciler.kinds import KINDS
from reconciler.values import shapes
from reconciler.values.shapes import Shape, Shapes
from schemas.base import ApiModel, Member, members
from schemas.identity_manifest import identity_sections
from schemas.manifest import nested, sections
from schemas.sections import is_object
from tools import coverage
from tools.coverage import FAMILIES, LEFT_OUT, SERVICES, CoverageRow, configuring, problems, rows, verb

ROWS = rows(shapes)
TEXT = coverage.markdown(shapes, KINDS)


def test_every_member_and_operation_of_the_installed_botocore_is_accounted_for() -> None:
    assert problems(shapes) == []


# --- it would notice -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Without:
    """The members of the schemas, but for one."""

    model: str
    name: str

    def __call__(self, model: type[ApiModel]) -> Mapping[str, Member]:
        return {n: m for n, m in members(model).items() if (model.__name__, n) != (self.model, self.name)}


@pytest.mark.parametrize(
    ("model", "name", "expected"),
    [
        (
            "PasswordPolicyType",
            "MinimumLength",
            "CreateUserPool, UpdateUserPool: Policies.PasswordPolicy.MinimumLength is not in UserPool, and no list",
        ),
        (
            "EumsSmsConfigurationType",
            "InEntityId",
            "SmsMfaConfiguration.SmsConfiguration.EumsSms.InEntityId is not in Mfa",
        ),
        ("Client", "PublishSecretsInAWSSecretsManager", "PublishSecretsInAWSSecretsManager is not in Client"),
        ("AssetType", "ResourceId", "Assets[].ResourceId is not in ManagedLoginBranding"),
        ("MappingRule", "Claim", "RoleMappings{}.RulesConfiguration.Rules[].Claim is not in IdentityPoolRoles"),
        ("Replica", "EmailConfiguration", "UpdateUserPool: EmailConfiguration is not in Replica"),
        ("UserPool", "UserPoolTags", "TagResource: UserPoolTags is not in UserPool"),
        ("WebAcl", "WebACLArn", "AssociateWebACL: WebACLArn is not in WebAcl"),
    ],
)
def test_a_member_taken_out_of_a_schema_is_named(model: str, name: str, expected: str) -> None:
    found = problems(shapes, table=Without(model, name))
    assert any(expected in problem for problem in found), found


def _described() -> list[tuple[str, str]]:
    """Every member of every structure that a family holds."""
    pending, seen = [family.model for family in FAMILIES], dict[type[ApiModel], None]()
    while pending:
        model = pending.pop()
        seen[model] = None
        pending += [m.model for m in members(model).values() if m.model and m.model not in seen]
    return sorted((model.__name__, name) for model in seen for name, m in members(model).items() if not is_object(m))


def test_no_member_can_be_lost_unnoticed() -> None:
    pins = {("Client", "ClientId"), ("CIMDPolicy", "CIMDPolicyId")}  # ids: known by their place as well
    pins.add(("ClientSecrets", "max_age_days"))  # an expectation of ours
    pins |= {("User", "Enabled"), ("User", "groups")}  # written by operations that take no such value
    unnoticed = {place for place in _described() if not problems(shapes, table=Without(*place))}
    assert unnoticed <= pins


@dataclass(frozen=True)
class Newer:
    """The installed botocore, with an operation or members that it does not have yet."""

    extra: tuple[tuple[str, str], ...] = ()
    grown: Mapping[str, str] = field(default_factory=dict)
    """Operation, and the new member of its input."""
    nested: str = ""
    """A structure that has the new member `Shiny`."""

    def operations(self, service: str) -> frozenset[str]:
        return shapes.operations(service) | {name for s, name in self.extra if s == service}

    def input_shape(self, service: str, operation: str) -> Shape:
        shape = shapes.input_shape(service, operation)
        names = [n for n in (shape.name if operation in self.grown else "", self.nested) if n in shape.model]
        model = Shapes(shape.model)
        for name in names:
            new = {self.grown.get(operation, "Shiny"): {"shape": "StringType"}}
            model[name] = {**model[name], "members": {**model[name]["members"], **new}}
        return Shape(model, shape.name)


@pytest.mark.parametrize("name", ["CreateSparkle", "UpdateSparkle", "SetSparkle", "PutSparkle", "AdminEnableSparkles"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_new_operation_is_named(service: str, name: str) -> None:
    found = problems(Newer(extra=((service, name),)))
    assert found == [f"{service} {name}: no schema has it among its INPUTS, and LEFT_OUT gives no reason"]


@pytest.mark.parametrize("name", ["GetSparkle", "ListSparkles", "DescribeSparkle", "DeleteSparkle", "UntagSparkle"])
def test_an_operation_that_only_reads_or_takes_away_is_none_of_its_business(name: str) -> None:
    assert problems(Newer(extra=(("cognito-idp", name),))) == []


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        (Newer(grown={"UpdateUserPool": "Sparkle"}), "UpdateUserPool: Sparkle is not in UserPool"),
        (Newer(grown={"AddUserPoolClientSecret": "Sparkle"}), "AddUserPoolClientSecret Sparkle is not in Client"),
        (Newer(grown={"SetIdentityPoolRoles": "Sparkle"}), "SetIdentityPoolRoles: Sparkle is not in IdentityPoolRoles"),
        (Newer(nested="PasswordPolicyType"), "Policies.PasswordPolicy.Shiny is not in UserPool"),
        (Newer(nested="LogConfigurationType"), "LogConfigurations[].Shiny is not in LogDelivery"),
        (Newer(nested="AcrLevelConfigType"), "AcrConfiguration{}.Shiny is not in UserPool"),
    ],
)
def test_a_new_member_is_named(newer: Newer, expected: str) -> None:
    found = problems(newer)
    assert len(found) == 1
    assert expected in found[0]


def test_a_family_taken_off_the_list_leaves_its_operations_behind() -> None:
    without = tuple(family for family in FAMILIES if family.title != "Terms")
    assert [p.split(":")[0] for p in problems(shapes, without)] == [
        "cognito-idp CreateTerms",
        "cognito-idp UpdateTerms",
    ]


def test_operations_on_the_list_that_are_gone_or_described_are_named() -> None:
    found = problems(shapes, left_out={**LEFT_OUT, "cognito-identity": {"Gone.": ("PutGone", "SetIdentityPoolRoles")}})
    assert found == [
        "cognito-identity MergeDeveloperIdentities: no schema has it among its INPUTS, and LEFT_OUT gives no reason",
        "cognito-identity SetIdentityPoolRoles: left out, although a schema describes it",
        "cognito-identity PutGone: left out, but there is no such operation",
    ]


def test_members_on_the_list_that_are_gone_are_named() -> None:
    clients = FAMILIES.index(next(family for family in FAMILIES if family.title == "App clients"))
    without = (*FAMILIES[:clients], replace(FAMILIES[clients], writes=()), *FAMILIES[clients + 1 :])
    assert "AddUserPoolClientSecret ClientSecret: left out, but there is no such member" in problems(shapes, without)


# --- the lists themselves ------------------------------------------------------------------------------------------


def _tops() -> Iterator[type[ApiModel]]:
    for module in pkgutil.iter_modules(schemas.__path__):
        for held in vars(importlib.import_module(f"schemas.{module.name}")).values():
            if isinstance(held, type) and issubclass(held, ApiModel) and held.INPUTS:
                yield held


def test_every_schema_with_operations_is_on_the_list() -> None:
    assert set(_tops()) == {family.model for family in FAMILIES}


def test_every_section_of_a_manifest_has_a_family_that_says_where_it_stands() -> None:
    places = {step.replace(".*", ""): f.model for f in FAMILIES for step in f.place.split(", ")}
    for name, member in {**sections(), **nested(), **identity_sections()}.items():
        assert member.model is not None
        assert places.get(name) is member.model or member.model.WATCHED, name


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("SetUICustomization", "Set"),
        ("AdminSetUserPassword", "Set"),
        ("CreateCIMDPolicy", "Create"),
        ("SignUp", "Sign"),
    ],
)
def test_verbs(operation: str, expected: str) -> None:
    assert verb(operation) == expected


def test_the_verbs_find_what_configures() -> None:
    found = {name for _, name in configuring(shapes)}
    assert {"UpdateUserPool", "TagResource", "AddCustomAttributes", "SetPrincipalTagAttributeMap"} <= found
    assert not {"DescribeUserPool", "ListGroups", "GetUICustomization", "DeleteGroup", "UntagResource"} & found


def test_every_reason_is_one_sentence_or_more() -> None:
    assert all(reason.endswith(".") for reasons in LEFT_OUT.values() for reason in reasons)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.title)
def test_what_is_said_of_peers_is_about_members_that_exist(family: coverage.Family) -> None:
    paths = {re.sub(r"\[\]|\{\}", "", row.path) for row in ROWS if row.family is family}
    assert set(family.but) <= paths


def row(title: str, path: str) -> CoverageRow:
    return next(r for r in ROWS if r.family.title == title and r.path == path)


@pytest.mark.parametrize(
    ("title", "path", "support", "terraform", "cloudformation"),
    [
        ("User pool", "LambdaConfig.InboundFederation.LambdaArn", "yes", "no", "yes"),
        ("User pool", "LambdaConfig.PreSignUp", "yes", "yes", "yes"),
        ("User pool", "AcrConfiguration{}.AcrValue", "yes", "no", "no"),
        ("User pool", "MfaConfiguration", "elsewhere", "yes", "yes"),
        ("User pool", "AdminCreateUserConfig.UnusedAccountValidityDays", "left out", "no", "yes"),
        ("App clients", "ClientId", "by its place", "yes", "yes"),
        ("App clients", "AddUserPoolClientSecret ClientSecret", "left out", "no", "no"),
        ("Managed login branding", "Settings", "passed on", "yes", "yes"),
        ("Classic sign-in pages", "ImageFile", "yes", "yes", "no"),
        ("Sessions of a client", "SSOSession.MaxValidityMinutes", "yes", "no", "no"),
        ("Identity providers", "AcrMapping", "yes", "no", "no"),
    ],
)
def test_rows(title: str, path: str, support: str, terraform: str, cloudformation: str) -> None:
    found = row(title, path)
    assert (found.support, found.peers.terraform, found.peers.cloudformation) == (support, terraform, cloudformation)


def test_a_member_knows_all_operations_that_take_it() -> None:
    names = [name for _, name in row("User pool", "UserPoolTags").operations]
    assert names == ["CreateUserPool", "UpdateUserPool", "TagResource"]


def test_a_missing_member_is_not_hidden_by_another_operation() -> None:
    whole = row("User pool", "PoolName")
    assert coverage._merged(whole, replace(whole, support="missing")).support == "missing"


# --- the page ------------------------------------------------------------------------------------------------------


def test_the_page_does_not_claim_what_the_engine_does_not_do() -> None:
    without = coverage.markdown(shapes, [name for name in KINDS if name != "clients.terms"])
    terms = without.partition("## Terms\n")[2].partition("\n## ")[0]
    assert "| `TermsName` | not yet" in terms
    assert "| yes |" not in "".join(line[: line.find("|", 20)] for line in terms.splitlines())
    assert re.findall(r"\| poolctl \| \d+ \| (\d+) % \|", without) == ["98"]


def test_the_page_holds_every_row() -> None:
    lines: list[Any] = [line for line in TEXT.splitlines() if line.startswith("| `")]
    assert len(lines) == len(ROWS)
    assert all(line.count("|") == 5 for line in lines)


def test_the_page_names_no_host_and_no_path() -> None:
    assert re.findall(r"https?://|/tmp|/home|/work|\b[\w-]+\.(?:com|org|net|io|dev)\b", TEXT) == []

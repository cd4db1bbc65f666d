"""Meta-tests: whatever a kind's table says is held against botocore's service model, for every kind there is."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.entry import COMMANDS
from reconciler.cloud.attempts import is_read
from reconciler.kinds import KINDS, READS, root_of
from reconciler.model import Observed
from reconciler.observing.observer import wrap
from reconciler.observing.ownership import split
from reconciler.values import shapes
from schemas.base import KeyName, Pin, members
from schemas.documents import DOCUMENTS
from tests.support import clean

PACKAGE = Path(__file__).parents[2] / "reconciler"
SAMPLES = Path(__file__).parents[1] / "samples"
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def output_of(service: str, operation: str) -> dict[str, Any]:
    model = shapes._service(service)
    name = model["operations"][operation].get("output", {}).get("shape")
    return model["shapes"][name]["members"] if name else {}


@kinds
def test_every_operation_exists(kind):
    named = {o for o in (kind.create, kind.update, kind.delete) if o} | set(kind.reads)
    assert named <= shapes.operations(kind.service)


@kinds
def test_reads_are_reads_and_writes_are_not_among_them(kind):
    assert all(is_read(o) for o in kind.reads)
    assert not READS & {(kind.service, o) for o in (kind.create, kind.update, kind.delete) if o}


@kinds
def test_the_identifier_is_a_parameter_of_every_call_on_one_object(kind):
    if not kind.id_param:
        return
    for operation in (o for o in (kind.update, kind.delete) if o):
        known = set(shapes.input_shape(kind.service, operation).members)
        assert set(kind.to_params({kind.id_param: "x"})) & known


@kinds
def test_lists_are_paged_as_far_as_the_service_allows(kind):
    if not kind.listing:
        return
    assert {kind.listing.items, "NextToken"} <= set(output_of(kind.service, kind.listing.operation))
    if not kind.listing.page:
        return
    parameter, size = kind.listing.page
    shape = shapes.input_shape(kind.service, kind.listing.operation).members[parameter]
    assert shape.spec["max"] == size
    assert {kind.listing.items, "NextToken"} <= set(output_of(kind.service, kind.listing.operation))


@kinds
def test_answers_hold_what_the_table_looks_for(kind):
    if kind.reading and kind.reading.result:
        assert kind.reading.result in output_of(kind.service, kind.reading.operation)
    if kind.created:
        assert kind.created in output_of(kind.service, kind.create)


@kinds
def test_a_member_with_several_values_is_the_kind_s_and_is_counted_inside_of_it(kind):
    for member, several in kind.several.items():
        assert member in members(kind.model)
        assert KINDS[several.section].outer == kind.section
        assert KINDS[several.section].listing


@kinds
def test_the_schema_describes_the_kind(kind):
    assert DOCUMENTS[kind.document].all[kind.section].model is kind.model
    assert {o for _, o in kind.model.INPUTS} == {o for o in (kind.create, kind.update) if o}
    names = [n for n, m in members(kind.model).items() if m.has(KeyName)]
    named = kind.name_member and not kind.root and kind.name_member in members(kind.model)
    assert names == ([kind.name_member] if named else [])
    pins = [n for n, m in members(kind.model).items() if m.has(Pin)]
    assert pins == ([kind.id_param] if pins else [])


@kinds
def test_what_it_stands_on_exists(kind):
    assert {*kind.read_with, *kind.flexible, *kind.shared} <= set(KINDS)


def test_there_is_one_kind_for_every_section():
    assert sorted(KINDS) == sorted(s for d in DOCUMENTS.values() for s in d.all)
    for name, document in DOCUMENTS.items():
        assert root_of(name).section == document.root


ENGINE = sorted(
    str(file.relative_to(PACKAGE).with_suffix(""))
    for file in PACKAGE.rglob("*.py")
    if file.relative_to(PACKAGE).parts[0] not in ("kinds", "local", "people", "procedures", "security", "importing")
    and file.parent.name != "output_formats"
    and not file.stem.startswith("users")
    and file.name != "outside.py"
)
"""Every module outside `kinds/` and `local/`: what is known of one kind belongs into its file. What is safe is said in
`security/`, by tables and rules about sections, several of which a rule may look at, and `observing/outside.py` reads
what such rules ask of other services. Users are also read and imported
in bulk, and secrets rotated, which is no part of the engine, and the words of files that others read, such as
Amplify's `groups`, are theirs. So are the types of Terraform and CloudFormation, which the tables of `importing/` hold
against ours."""


@pytest.mark.parametrize("module", ENGINE)
def test_the_engine_names_no_kind(module):
    """A string that names a section, an operation or a member of one kind would be a special case in the engine."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docstrings and "\n" not in n.value
    ]
    operations = {o for k in KINDS.values() for o in (k.create, k.update, k.delete, *k.reads) if o}
    said = set(KINDS) | operations | {k.resource_type for k in KINDS.values()}
    assert [t for t in texts if t in said - set(COMMANDS) and t != ""] == []


def cases() -> list[Any]:
    found = []
    for entry in json.loads((SAMPLES / "INDEX.json").read_text()):
        for kind in KINDS.values():
            reads = {o.operation: getattr(o, "result", None) for o in (kind.reading, kind.listing) if o}
            writes = {kind.create: kind.created} if kind.create else {}
            result = {**writes, **reads}.get(entry["operation"], "missing")
            if result != "missing":
                found.append(pytest.param(kind, entry, result, id=f"{kind.section}-{entry['file']}"))
    return found


@pytest.mark.parametrize(("kind", "entry", "result"), cases())
def test_every_sample_is_read_without_loss(kind, entry, result):
    """What could be sent back is still there, in the spelling of the input."""
    answer = clean(json.loads((SAMPLES / entry["file"]).read_text()))
    items = [answer[result]] if result else [answer]
    if kind.listing and entry["operation"] == kind.listing.operation:
        if not kind.listing.complete:
            return
        items = answer[kind.listing.items]
    shape = shapes.input_shape(kind.service, kind.update)
    for item in items:
        adopted = kind.from_api({k: v for k, v in item.items() if k != "UserPoolId"})
        wrapped = wrap(kind.model, adopted)
        assert set(wrapped) == set(adopted)
        lost = set(shapes.project(item, shape)) - set(shapes.project(adopted, shape))
        # MfaConfiguration has an owner of its own; an empty block of old prefix domains says nothing
        assert lost <= {"MfaConfiguration", "UserPoolId", "CustomDomainConfig", "ClientId", "IdentityPoolId"}
        if "CustomDomainConfig" in lost:
            assert item["CustomDomainConfig"] == {}


@pytest.mark.parametrize(
    ("section", "tree", "reason"),
    [
        ("groups", {"GroupName": "eu-west-1_Abc_Google"}, "created by Cognito for an identity provider"),
        ("groups", {"GroupName": "eu-west-1_Abc_Google", "RoleArn": "arn:aws:iam::123456789012:role/x"}, ""),
        ("groups", {"GroupName": "admins"}, ""),
        ("clients", {"ClientName": "AmazonOpenSearchService-search-x"}, "created by OpenSearch"),
        ("clients", {"ClientName": "web"}, ""),
        ("resource_servers", {"Identifier": "x", "ManagedBy": "COGNITO"}, "reserved by Cognito"),
        ("resource_servers", {"Identifier": "x"}, ""),
    ],
)
def test_what_aws_makes_by_itself_is_not_ours(section, tree, reason):
    from reconciler.model import Address

    ours, others = split([Observed(Address("p", section, "n"), {}, tree)], "eu-west-1_Abc")
    assert [o.reason for o in others] == ([reason] if reason else [])
    assert len(ours) == (0 if reason else 1)


@pytest.mark.parametrize("kind", [k for k in KINDS.values() if k.root], ids=lambda k: k.section)
def test_what_a_change_of_the_pool_makes_necessary_to_read_is_a_section(kind):
    declared = [{"UserPoolTier": tier} for tier in ("LITE", "ESSENTIALS", "PLUS")]
    read = {s for tree in declared for live in (*declared, None) for s in kind.also_read(tree, live)}
    assert read <= set(KINDS)

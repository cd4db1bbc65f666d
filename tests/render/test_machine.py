from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import Problem
from reconciler.model import Notice, Position
from reconciler.render import redact
from reconciler.render.machine import apply_json, validate_json
from reconciler.render.output_schemas import SHAPES, output_schema
from reconciler.render.subjects import Validation
from tests.render.golden import check
from tests.render.samples import APPLIED, CALLS, LITERAL, PLANS, SECRET
from tests.render.through_door import json_plan

DOCS = Path(__file__).parents[2] / "docs" / "schema"


def conforms(name: str, text: str) -> dict:
    tree = json.loads(text)
    Draft202012Validator(json.loads(output_schema(name))).validate(tree)
    return tree


def validation() -> str:
    problems = [
        Problem(Position("-", 1, 1), "", "not YAML"),
        Problem(Position("a.yaml", 4, 2), "clients.web", "bad", "Fix it."),
    ]
    notices = [Notice("old"), Notice("odd", Position("a.yaml", 1, 1))]
    return validate_json.validate(Validation(problems, notices, ["a.yaml", "b.yaml", "c.yaml"]))


@pytest.mark.parametrize("name", SHAPES)
def test_schemas_are_schemas_closed_and_published(name):
    text = output_schema(name)
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    assert (DOCS / f"{name}.v1.json").read_text(encoding="utf-8") == text
    assert schema["$id"] == f"urn:poolctl:{name}:v1"
    for node in _nodes(schema):
        if "properties" in node and node.get("type") == "object":
            assert node["additionalProperties"] is False


def _nodes(value):
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("calls", [None, CALLS])
def test_plan(name, calls):
    text = json_plan(PLANS[name], calls=calls)
    conforms("plan", text)
    assert text == json_plan(PLANS[name], calls=calls)
    for hidden in (SECRET, LITERAL, "old-secret-text"):
        assert hidden not in text
    if calls:
        check(f"plan-{name}.json", text)


@pytest.mark.parametrize("name", APPLIED)
def test_apply(name):
    text = apply_json.apply(redact.applied(APPLIED[name]))
    conforms("apply", text)
    check(f"apply-{name}.json", text)


def test_validate():
    text = validation()
    tree = conforms("validate", text)
    check("validate.json", text)
    assert (tree["valid"], tree["error_count"], tree["warning_count"]) == (False, 2, 2)
    assert conforms("validate", validate_json.validate(Validation([], [], ["a.yaml"])))["valid"] is True


def _changes(name: str) -> dict:
    tree = json.loads(json_plan(PLANS[name], calls=CALLS))
    return {c["address"]: c for c in tree["resource_changes"]}


def test_actions_are_terraforms():
    found = {a: c["change"]["actions"] for a, c in _changes("full").items()}
    assert found == {
        "customers-prod/user_pool": ["update"],
        "customers-prod/identity_providers/okta": ["update"],
        "customers-prod/clients/web": ["update"],
        "customers-prod/clients/mobile": ["create"],
        "customers-prod/clients/spa": ["delete", "create"],
        "customers-prod/groups/admins": ["no-op"],
        "customers-prod/clients/old": ["delete"],
    }


def test_secrets_are_marks_with_shadows():
    okta = _changes("full")["customers-prod/identity_providers/okta"]
    mark = {"$sensitive": True}
    details = okta["change"]["after"]["ProviderDetails"]
    assert details == {
        "client_secret": mark,
        "private_key": mark,
        "authorize_scopes": "openid email",
        "copy_of_key": mark,
    }
    assert okta["change"]["before_sensitive"] == {"ProviderDetails": {"client_secret": True}}
    assert okta["fields"][0] == {
        "path": "ProviderDetails.client_secret",
        "op": "change",
        "before": mark,
        "after": mark,
        "sensitive": True,
        "direction": "neutral",
        "effects": [],
        "source": None,
    }
    assert okta["fields"][1]["before"] is None
    assert okta["api_calls"][0]["params"] == {"ProviderDetails": {"private_key": mark, "n": 1}, "x": mark}


def test_unknown_and_binary_values():
    mobile = _changes("full")["customers-prod/clients/mobile"]["change"]
    assert mobile["after"]["AnalyticsConfiguration"] == {"ApplicationId": {"$unknown": "(known after apply)"}}
    assert mobile["after_unknown"] == {
        "AnalyticsConfiguration": {"ApplicationId": True},
        "List": [{}, {"x": True}],
    }
    assert mobile["after"]["Logo"]["$bytes"]["length"] == 7


@pytest.mark.parametrize(
    ("name", "applyable", "complete"),
    [
        ("full", True, True),
        ("unchanged", False, True),
        ("refused", False, True),
        ("incomplete", False, False),
        ("only-outputs", True, True),
    ],
)
def test_what_a_pipeline_decides_by(name, applyable, complete):
    tree = json.loads(json_plan(PLANS[name]))
    assert (tree["applyable"], tree["complete"], tree["coverage"]["complete"]) == (applyable, complete, complete)


def test_summary_counts_everything():
    summary = json.loads(json_plan(PLANS["full"]))["summary"]
    assert summary == {
        "create": 1, "update": 3, "delete": 1, "replace": 1, "unchanged": 1, "refused": 0, "unmanaged": 2,
        "outputs": 0, "outputs_unchanged": 0,
        "weakens": 0, "mixed": 0, "strengthens": 0, "undeclared": 0, "undeclared_weak": 0,
    }  # fmt: skip
    assert json.loads(json_plan(PLANS["outputs"]))["summary"]["outputs"] == 5


def test_converged_only_when_proven():
    found = {
        name: json.loads(apply_json.apply(redact.applied(applied)))["converged"] for name, applied in APPLIED.items()
    }
    assert found == {
        "complete": True, "stopped": False, "stale": False, "left": False, "unverified": False,
        "unproven": False, "idle": True, "outputs": True, "outputs-failed": False,
    }  # fmt: skip

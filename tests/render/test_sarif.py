"""The parts of the SARIF 2.1.0 schema that concern us, closed, with what GitHub's code scanning demands besides."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from reconciler.kinds import RULES
from reconciler.model import Drift
from reconciler.render import redact, report, sarif
from reconciler.render.places import within
from reconciler.render.subjects import RenderOptions
from tests.render.found import CHANGED, DRIFTS, REPORTS
from tests.render.golden import check
from tests.render.samples import TARGET

TEXT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}, "markdown": {"type": "string", "minLength": 1}},
}


def closed(required: list[str], **properties: object) -> dict:
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def several(items: dict, **more: object) -> dict:
    return {"type": "array", "items": items, **more}


RULE = closed(
    ["id", "name", "shortDescription", "help"],
    id={"type": "string", "pattern": "^[a-z]+(/[A-Za-z0-9-]+)?$"},
    name={"type": "string", "pattern": "^([A-Z][A-Za-z0-9]*)$"},
    shortDescription=TEXT,
    fullDescription=TEXT,
    help=TEXT,
)
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(
        ["artifactLocation", "region"],
        artifactLocation=closed(
            ["uri"], uri={"type": "string", "pattern": r"^(?!/)[A-Za-z0-9._~/-]([A-Za-z0-9._~/-]|%[0-9A-F]{2})*$|^%"}
        ),
        region=closed(
            ["startLine"], startLine={"type": "integer", "minimum": 1}, startColumn={"type": "integer", "minimum": 1}
        ),
    ),
    logicalLocations=several(
        closed(["fullyQualifiedName"], fullyQualifiedName={"type": "string"}, kind={"type": "string"})
    ),
)
RESULT = closed(
    ["ruleId", "level", "message", "locations", "partialFingerprints"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations=several(LOCATION, minItems=1, maxItems=1),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
)
RUN = closed(
    ["tool", "results"],
    tool=closed(
        ["driver"],
        driver=closed(
            ["name", "rules"],
            name={"const": "poolctl"},
            semanticVersion={"type": "string"},
            rules=several(RULE, uniqueItems=True),
        ),
    ),
    automationDetails=closed(["id"], id={"type": "string"}),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=several(RESULT),
)
SCHEMA = closed(
    ["version", "runs"],
    **{"$schema": {"type": "string"}},
    version={"const": "2.1.0"},
    runs=several(RUN, minItems=1, maxItems=1),
)


def conforms(text: str) -> dict:
    tree = json.loads(text)
    Draft202012Validator(SCHEMA).validate(tree)
    run = tree["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    marks = [json.dumps(r["partialFingerprints"]) for r in run["results"]]
    assert len(set(marks)) == len(marks)
    return run


@pytest.mark.parametrize("name", REPORTS)
def test_form_and_letters(name):
    text = sarif.render(REPORTS[name])
    conforms(text)
    check(f"sarif/{name}.json", text)


def rules(name: str) -> list[str]:
    return [r["ruleId"] for r in conforms(sarif.render(REPORTS[name]))["results"]]


def test_planned_changes_are_no_findings():
    assert rules("plan-full") == ["notice", "notice"]
    assert rules("plan-refused") == ["refusal/immutable", "refusal/immutable"]
    assert rules("plan-incomplete") == ["unread"]


def test_every_class_of_drift_has_a_rule_with_help():
    run = conforms(sarif.render(REPORTS["drift-full"]))
    found = {r["id"]: r["help"]["text"] for r in run["tool"]["driver"]["rules"]}
    assert {f"drift/{c}" for c in ("changed", "missing", "unmanaged", "undeclared")} < set(found)
    assert all(len(text) > 10 for text in found.values())


def test_rules_of_cognito_are_told_apart():
    assert {"manifest/invalid", "manifest/P7", "notice"} == set(rules("validate-wrong"))


def test_fingerprints_stay_when_values_and_places_change():
    def marks(found: list[Drift]) -> list[dict]:
        return [r["partialFingerprints"] for r in conforms(sarif.render(report.drift(redact.drifts(found))))["results"]]

    moved = replace(CHANGED, live=["https://other"], source=CHANGED.source._replace(line=99), severity="warning")
    assert marks([Drift(TARGET, (moved,), 1)]) == marks([Drift(TARGET, (CHANGED,), 1)])
    assert marks(DRIFTS["full"])[0] == {"poolctl/v1": f"{CHANGED.id}:1"}


def test_what_has_no_place_is_put_at_the_head_of_its_manifest():
    run = conforms(sarif.render(REPORTS["drift-full"]))
    unmanaged = next(r for r in run["results"] if r["ruleId"] == "drift/unmanaged")
    assert unmanaged["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "pools/customers.yaml"},
        "region": {"startLine": 1, "startColumn": 1},
    }


def test_paths_are_relative_to_the_repository():
    text = sarif.render(REPORTS["validate-wrong"], RenderOptions(locate=within("/repo", "/repo/infra")))
    found = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in conforms(text)["results"]}
    assert found == {"-", "infra/pools/a%20b.yaml", "infra/pools/c.yaml", "infra/poolctl.yaml"}


def test_a_rule_that_refuses_has_help_of_its_own():
    run = conforms(sarif.render(REPORTS["validate-wrong"]))
    shown = next(r for r in run["tool"]["driver"]["rules"] if r["id"] == "manifest/P7")
    assert shown["shortDescription"] == {"text": f"{RULES['P7'].title}."}
    assert RULES["P7"].advice in shown["help"]["text"]
    assert "**Why**: " in shown["help"]["markdown"]
    assert "helpUri" not in shown  # no page of the project is public


@pytest.mark.parametrize("identifier", ["security/x", "x", "refusal/x"])
def test_a_rule_that_only_a_plan_file_names_is_described_too(identifier):
    found = sarif._rule(identifier)
    assert (found["id"], bool(found["help"]["text"])) == (identifier, True)

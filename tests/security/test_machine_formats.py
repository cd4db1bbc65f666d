"""What programs read of a plan that weakens: direction, impact and rules of each member, and counts of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.render.output_schemas import output_schema
from reconciler.security.catalogue import rules
from reconciler.security.changes import CHANGES
from tests.cli.support import run
from tests.security import weakening
from tests.security.weakening import AFTER, ALARMS, BEFORE, ENVIRON

WEAKENS, MIXED = 8, 6


def conforms(name: str, text: str) -> dict[str, Any]:
    tree = json.loads(text)
    Draft202012Validator(json.loads(output_schema(name))).validate(tree)
    return tree


def effects(tree: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The effects of a plan by address and member."""
    return {
        f"{change['address']} {effect['path']}": effect
        for change in tree["resource_changes"]
        for field in change["fields"]
        for effect in field["effects"]
    }


def bare(page: str) -> str:
    return re.sub(r"<(style|script)>.*?</\1>\n", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("form", ["json", "jsonl", "sarif", "junit", "html"])
def test_letter_by_letter(weakened, form: str):
    weakening.check(f"weakening.{form}", bare(weakening.planned(form).out))


# --- json ----------------------------------------------------------------------------------------------------------


def test_each_member_carries_direction_impact_and_rules(weakened):
    found = effects(conforms("plan", weakening.planned("json").out))
    assert len(found) == ALARMS
    assert found["customers/mfa MfaConfiguration"] == {
        "path": "MfaConfiguration",
        "below": [],
        "direction": "weakens",
        "risk": "critical",
        "sentence": "One factor is enough to sign in.",
        "impact": {
            "who": "all users",
            "tokens": "Tokens that were issued before stay valid until they expire.",
            "reversible": True,
            "undo": None,
            "facts": [],
        },
        "rules": ["CHG04", "CG201"],
    }
    assert {rule for effect in found.values() for rule in effect["rules"]} <= {*CHANGES, *rules()}
    assert all(effect["impact"]["who"] and effect["rules"] for effect in found.values())


def test_counts_and_objects_agree_with_the_members(weakened):
    tree = conforms("plan", weakening.planned("json").out)
    words = [effect["direction"] for effect in effects(tree).values()]
    for summary in (tree["summary"], tree["pools"][0]["summary"]):
        assert (summary["weakens"], summary["mixed"]) == (words.count("weakens"), words.count("mixed"))
        assert (summary["weakens"], summary["mixed"]) == (WEAKENS, MIXED)
    objects = {c["address"].partition("/")[2]: c["direction"] for c in tree["resource_changes"]}
    assert objects["mfa"] == "weakens"
    assert objects["user_pool"] == "mixed"
    assert objects["domains/customers-orchard"] == "neutral"


def test_undeclared_members_are_listed_with_what_they_mean(local):
    assert run("apply", "--quiet", "--yes", AFTER, environ=ENVIRON).code == 0
    idp = local.client("cognito-idp", "eu-west-1")
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    clients = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=9)["UserPoolClients"]
    client = next(c["ClientId"] for c in clients if c["ClientName"] == "web")
    live = idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    kept = {
        k: v for k, v in live.items() if k not in ("ClientSecret", "ClientType", "LastModifiedDate", "CreationDate")
    }
    idp.update_user_pool_client(**{**kept, "AccessTokenValidity": 20, "TokenValidityUnits": {"AccessToken": "hours"}})
    tree = conforms("plan", weakening.planned("json").out)
    found = {f"{u['address']} {u['path']}": u["direction"] for u in tree["undeclared"]}
    assert found["customers/clients/web AccessTokenValidity"] == "weakens"
    assert tree["summary"]["undeclared"] == len(found)
    assert tree["summary"]["undeclared_weak"] == sum(d in ("weakens", "mixed") for d in found.values())


def test_a_saved_plan_shows_the_same(weakened, tmp_path: Path):
    file, page = tmp_path / "plan.json", tmp_path / "plan.html"
    made = run("plan", "--quiet", "--out", str(file), "-o", f"html={page}", "-o", "human", AFTER, environ=ENVIRON)
    assert made.code == 0
    shown = run("show", "-o", "json", str(file))
    assert effects(conforms("plan", shown.out)) == effects(json.loads(weakening.planned("json").out))
    marked = [line.partition("    ")[0] for line in run("show", str(file)).out.splitlines() if line[:3] == "!! "]
    assert marked == [line.partition("    ")[0] for line in made.out.splitlines() if line[:3] == "!! "]
    assert run("show", "-o", "html", str(file)).out.count('class="alarm"') == ALARMS


def test_an_apply_says_what_of_it_weakens(weakened):
    ran = run("apply", "--quiet", "--yes", "-o", "json", AFTER, environ=ENVIRON)
    tree = conforms("apply", ran.out)
    assert (tree["summary"]["weakens"], tree["summary"]["mixed"]) == (WEAKENS, MIXED)
    found = {r["address"].partition("/")[2]: r for r in tree["results"]}
    assert found["mfa"]["direction"] == "weakens"
    assert [e["path"] for e in found["groups/support"]["effects"]] == ["RoleArn"]


def test_drift_carries_the_same_for_each_finding(weakened):
    assert run("apply", "--quiet", "--yes", AFTER, environ=ENVIRON).code == 0
    tree = conforms("drift", run("drift", "-o", "json", BEFORE, environ=ENVIRON).out)
    found = {f"{f['address']} {f['path']}".partition("/")[2]: f for f in tree["findings"] if f["effects"]}
    mfa = found["mfa MfaConfiguration"]
    assert (mfa["direction"], mfa["effects"][0]["risk"], mfa["severity"]) == ("weakens", "critical", "error")
    directions = [e["direction"] for f in tree["findings"] for e in f["effects"]]
    assert tree["summary"]["weakens"] == directions.count("weakens")
    assert tree["summary"]["mixed"] == directions.count("mixed")


# --- other formats -------------------------------------------------------------------------------------------------


def test_the_stream_begins_with_what_weakens(weakened):
    lines = [json.loads(line) for line in weakening.planned("jsonl").out.splitlines()]
    schema = Draft202012Validator(json.loads(output_schema("events")))
    for line in lines:
        schema.validate(line)
    first = lines[1 : 1 + ALARMS]
    assert [line["type"] for line in first] == ["diagnostic"] * ALARMS
    assert all(line["diagnostic"]["rule"] in CHANGES for line in first)
    changes = [line["change"] for line in lines if line["type"] == "planned_change"]
    assert sum(len(change["effects"]) for change in changes) == ALARMS
    assert lines[-1]["changes"]["weakens"] == WEAKENS
    assert lines[-1]["@message"].endswith("8 weaken, 6 may weaken.")


def test_sarif_has_a_rule_with_help_for_each_and_a_level_by_risk(weakened):
    (sarif,) = json.loads(weakening.planned("sarif").out)["runs"]
    rules = {rule["id"]: rule for rule in sarif["tool"]["driver"]["rules"]}
    results = [r for r in sarif["results"] if r["ruleId"] in CHANGES]
    assert len(results) == ALARMS
    for result in results:
        rule, (effect,) = rules[result["ruleId"]], result["properties"]["effects"]
        assert rule["shortDescription"]["text"] == f"{CHANGES[result['ruleId']].rule.title}."
        assert CHANGES[result["ruleId"]].rule.advice in rule["help"]["text"]
        assert result["ruleId"] in effect["rules"]
        assert result["level"] == {"critical": "error", "high": "error"}[effect["risk"]]
        assert float(rule["properties"]["security-severity"]) >= 8
    assert "OFF" not in json.dumps(results)


def test_sarif_keeps_one_alert_for_a_finding_of_drift(weakened):
    assert run("apply", "--quiet", "--yes", AFTER, environ=ENVIRON).code == 0
    (sarif,) = json.loads(run("drift", "-o", "sarif", BEFORE, environ=ENVIRON).out)["runs"]
    (mfa,) = [r for r in sarif["results"] if "mfa MfaConfiguration" in r["message"]["text"]]
    assert (mfa["ruleId"], mfa["level"]) == ("drift/changed", "error")
    assert mfa["properties"]["effects"][0]["rules"] == ["CHG04"]


def test_junit_has_a_failing_case_for_each(weakened):
    text = weakening.planned("junit").out
    assert len(re.findall(r'type="(?:weakens|may-weaken)/CHG\d\d"', text)) == ALARMS
    assert 'name="mfa MfaConfiguration"' in text
    assert 'weakens (critical, CHG04, CG201): mfa MfaConfiguration: "ON" -&gt; "OFF"' in text


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_a_security_rule_has_one_id_in_a_plan_and_in_lint(local, tmp_path: Path, form: str):
    """A client that is new and allows plain passwords: the plan newly breaks what `lint` finds."""
    tree = {"version": 1, "user_pool": {"PoolName": "customers"}}
    file = tmp_path / "m.yaml"
    file.write_text(json.dumps(tree))
    assert run("apply", "--yes", str(file), environ=ENVIRON).code == 0
    weak = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "CallbackURLs": ["https://a.example/cb"]}
    file.write_text(json.dumps({**tree, "clients": {"web": weak}}))
    outputs = [run(*words, "-o", form, str(file), environ=ENVIRON).out for words in (("plan",), ("lint",))]
    pattern = {"sarif": r'"ruleId": "([^"]*CG401)"', "github": r"title=poolctl ([^:]*CG401)::"}[form]
    assert [set(re.findall(pattern, text)) for text in outputs] == [{"security/CG401"}] * 2

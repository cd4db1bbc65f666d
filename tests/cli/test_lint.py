"""`lint` from the words of the command line to what is on the streams; and what other commands say of findings."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.render.output_schemas import output_schema
from tests.cli.support import run
from tests.render.golden import check

ROOT = Path(__file__).parents[2]
WEAK = "version: 1\nuser_pool:\n  PoolName: customers\n  DeletionProtection: INACTIVE\n"
FORMS = ("human", "json", "markdown", "html", "junit", "sarif", "github")


@pytest.fixture
def weak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.yaml").write_text(WEAK)
    return "m.yaml"


def lint(*argv: str) -> tuple[int, dict[str, Any]]:
    ran = run("lint", "-o", "json", *argv)
    tree = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema("lint"))).validate(tree)
    return ran.code, tree


def waived(expires: str, **more: str) -> str:
    said = {"rule": "CG001", "reason": "a test pool", "owner": "me", "expires": expires, **more}
    return WEAK + yaml.safe_dump({"waivers": [said]})


# --- findings and codes --------------------------------------------------------------------------------------------


def test_a_finding_of_high_severity_ends_with_2(weak):
    ran = run("lint", weak)
    assert (ran.code, ran.last) == (2, "exit 2 (changes)")
    assert "high      CG001 user_pool.DeletionProtection: No deletion protection    m.yaml:4:23" in ran.out
    assert "Fix: Set user_pool.DeletionProtection to ACTIVE" in ran.out
    assert re.search(r"^\d+ security findings: .*\d high, \d+ medium, \d+ low\.$", ran.out, re.MULTILINE)


@pytest.mark.parametrize(("level", "code"), [("critical", 0), ("high", 2), ("medium", 2), ("low", 2), ("never", 0)])
def test_fail_on_decides_the_code(weak, level, code):
    found, tree = lint("--fail-on", level, weak)
    assert found == code
    assert (tree["failed"], tree["fail_on"]) == (code == 2, level)


def test_nothing_to_find_ends_with_0(weak):
    Path(weak).write_text("version: 1\nid: eu-west-1_AbCdEf123\ngroups: {readers: {}}\n")
    ran = run("lint", weak)
    assert (ran.code, ran.err) == (0, "")
    assert "No security findings." in ran.out


def test_severity_hides_what_is_below_and_counts_it(weak):
    everything = lint(weak)[1]
    code, tree = lint("--severity", "high", weak)
    assert {f["severity"] for f in tree["findings"]} <= {"critical", "high"}
    assert tree["summary"] == everything["summary"]
    assert code == 2
    hidden = sum(f["severity"] in ("medium", "low") for f in everything["findings"])
    assert f"{hidden} findings below high are not shown." in run("lint", "--severity", "high", weak).out


def test_a_hidden_finding_fails_all_the_same(weak):
    code, tree = lint("--severity", "critical", weak)
    assert (code, tree["findings"]) == (2, [])


def test_the_profile_of_the_run_wins(weak):
    Path(weak).write_text(WEAK + "profile: consumer\n")
    assert "CG002" not in {f["rule"] for f in lint(weak)[1]["findings"]}
    found = lint("--pool-profile", "workforce", weak)[1]["findings"]
    assert {"CG002"} <= {f["rule"] for f in found}
    assert {f["profile"] for f in found} == {"workforce"}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--fail-on", "hihg"], "--fail-on: hihg is not one of critical, high, medium, low, never. Did you mean high?"),
        (["--severity", "never"], "--severity: never is not one of critical, high, medium, low."),
        (["--pool-profile", "employees"], "--pool-profile: employees is not one of consumer, workforce, partner"),
    ],
)
def test_a_wrong_option_is_explained(weak, argv, said):
    ran = run("lint", *argv, weak)
    assert (ran.code, ran.out) == (3, "")
    assert said in ran.err


def test_an_invalid_manifest_is_not_linted(weak):
    Path(weak).write_text("version: 1\nuser_pol: {}\n")
    ran = run("lint", weak)
    assert (ran.code, ran.out) == (3, "")
    assert "user_pol: unknown key." in ran.err


def test_two_documents_are_judged_together(weak):
    """What one means depends on the other."""
    Path(weak).write_text(WEAK + "clients: {web: {}}\n")
    Path("app.yaml").write_text(
        yaml.safe_dump(
            {
                "version": 1,
                "kind": "IdentityPool",
                "identity_pool": {
                    "IdentityPoolName": "app",
                    "AllowUnauthenticatedIdentities": False,
                    "CognitoIdentityProviders": [
                        {
                            "ProviderName": {"$ref": "customers/user_pool#ProviderName"},
                            "ClientId": {"$ref": "customers/clients/web#ClientId"},
                        }
                    ],
                },
                "roles": {"Roles": {"authenticated": "arn:aws:iam::123456789012:role/app"}},
            }
        )
    )
    assert "CG003" not in {f["rule"] for f in lint(weak)[1]["findings"]}
    assert "CG003" in {f["rule"] for f in lint(weak, "app.yaml")[1]["findings"]}


# --- waivers -------------------------------------------------------------------------------------------------------


def test_a_waiver_is_shown_with_its_reason(weak):
    Path(weak).write_text(waived("2999-12-31"))
    code, tree = lint("--fail-on", "critical", weak)
    assert code == 0
    assert [(f["rule"], f["reason"]) for f in tree["waived"]] == [("CG001", "a test pool")]
    assert "accepted  CG001 user_pool.DeletionProtection: a test pool" in run("lint", weak).out


def test_an_expired_waiver_fails_whatever_its_severity(weak):
    Path(weak).write_text(waived("2020-01-01"))
    code, tree = lint("--fail-on", "critical", weak)
    assert (code, [w["rule"] for w in tree["expired"]]) == (2, ["CG001"])
    assert "CG001" in {f["rule"] for f in tree["findings"]}
    assert "!! The waiver of CG001 expired on 2020-01-01    m.yaml:6" in run("lint", weak).out
    assert run("lint", "--fail-on", "never", weak).code == 0


def test_a_waiver_that_meets_nothing_is_named(weak):
    Path(weak).write_text(waived("2999-12-31", path="mfa"))
    assert "The waiver of CG001 matches nothing; remove it.    m.yaml:6" in run("lint", weak).out
    assert [w["path"] for w in lint(weak)[1]["unused"]] == ["mfa"]


# --- formats -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_every_format_names_rule_place_and_fix(weak, form):
    ran = run("lint", "-o", form, weak)
    assert ran.code == 2
    assert "CG001" in ran.out
    assert "DeletionProtection" in ran.out
    assert "to ACTIVE" in ran.out
    assert "m.yaml" in ran.out


def test_sarif_ranks_and_tags_for_code_scanning(weak):
    tree = json.loads(run("lint", "-o", "sarif", weak).out)
    (ran,) = tree["runs"]
    rule = next(r for r in ran["tool"]["driver"]["rules"] if r["id"] == "security/CG001")
    assert rule["properties"]["security-severity"] == "8.0"
    assert {"security", "security-hub:Cognito.6"} <= set(rule["properties"]["tags"])
    found = [r for r in ran["results"] if r["ruleId"] == "security/CG001"]
    assert [(r["level"], r["locations"][0]["physicalLocation"]["region"]["startLine"]) for r in found] == [("error", 4)]
    levels = {r["level"] for r in ran["results"]}
    assert levels == {"error", "warning", "note"}
    assert len({r["partialFingerprints"]["poolctl/v1"] for r in ran["results"]}) == len(ran["results"])


def test_junit_fails_what_fails_the_run(weak):
    text = run("lint", "-o", "junit", weak).out
    assert '<testcase name="user_pool.DeletionProtection [CG001]"' in text
    assert text.count("<failure ") == lint(weak)[1]["summary"]["high"]
    assert 'failures="0"' in run("lint", "-o", "junit", "--fail-on", "critical", weak).out


def test_annotations_are_printed_in_a_job(weak):
    ran = run("lint", weak, environ={"GITHUB_ACTIONS": "true"})
    assert "::error file=m.yaml,line=4,col=23,title=poolctl security/CG001::" in ran.out


# --- other commands ------------------------------------------------------------------------------------------------


def test_validate_counts_and_does_not_fail(weak):
    ran = run("validate", weak)
    assert ran.code == 0
    assert re.fullmatch(r"Security: \d+ findings, \d+ high: poolctl lint shows them\.\n", ran.err)
    assert run("validate", "--quiet", weak).err == ""


def test_validate_lint_lists_and_fails(weak):
    ran = run("validate", "--lint", weak)
    assert (ran.code, ran.last) == (2, "exit 2 (changes)")
    assert "Note: CG001 user_pool.DeletionProtection (high): " in ran.err
    tree = json.loads(run("validate", "--lint", "-o", "json", weak).out)
    assert tree["valid"] is True
    assert any(d["summary"].startswith("CG001 ") and d["severity"] == "warning" for d in tree["diagnostics"])


def test_plan_and_drift_count(weak, tmp_path):
    local = f"--local={tmp_path / 'state'}"
    Path(weak).write_text(WEAK.replace("user_pool", "target: {account: '123456789012', region: eu-west-1}\nuser_pool"))
    counted = r"Security: \d+ findings, \d+ high: poolctl lint shows them\."
    assert re.search(counted, run(local, "plan", weak).out)
    assert run(local, "apply", "--yes", weak).code == 0
    ran = run(local, "drift", weak)
    assert ran.code == 0
    assert re.search(counted, ran.out)
    tree = json.loads(run(local, "drift", "-o", "json", weak).out)
    assert "CG001" in {f["rule"] for f in tree["security"]}
    Path(weak).write_text(Path(weak).read_text().replace("INACTIVE", "ACTIVE"))
    tree = json.loads(run(local, "plan", "-o", "json", weak).out)
    assert "CG001" not in {f["rule"] for f in tree["security"]}


# --- the examples --------------------------------------------------------------------------------------------------


def test_the_walkthrough_lints_with_what_the_defaults_of_the_console_leave_open(monkeypatch):
    monkeypatch.chdir(ROOT)
    ran = run("lint", "pools/my-first-user-pool.yaml")
    check("lint_my_first_user_pool.txt", ran.out)
    found = lint("pools/my-first-user-pool.yaml")[1]["findings"]
    assert all(f["advice"] for f in found)


@pytest.mark.parametrize("name", ["customers", "app-identities", "workforce", "machine-to-machine"])
def test_the_other_examples_are_clean_for_their_profile(monkeypatch, name):
    monkeypatch.chdir(ROOT)
    tree = lint("pools")[1]
    pools = [f for f in tree["findings"] if f["source"]["file"] == f"pools/{name}.yaml"]
    assert [(f["rule"], f["address"], f["path"]) for f in pools] == []
    own = [w for key in ("expired", "unused") for w in tree[key] if w["source"]["file"] == f"pools/{name}.yaml"]
    assert own == []

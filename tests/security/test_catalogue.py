"""The catalogue as a whole: nothing is missing of it, of what other scanners check, and of the pages about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.kinds import KINDS, RULES
from reconciler.render.output_schemas import output_schema
from reconciler.security.catalogue import rules
from reconciler.security.catalogue.redirects import UNJUDGED
from reconciler.security.enforced import BY_POOLCTL, enforced
from tests.cli.support import run
from tests.support import manifest
from tools import security_pages

ROOT = Path(__file__).parents[2]
NUMBERED = ((1, 20), (101, 109), (201, 211), (301, 313), (401, 428), (501, 512), (601, 607), (701, 711), (801, 807))
NUMBERED += ((901, 913),)
LETTERED = (("A", 6), ("S", 4))
CATALOGUE = {f"CG{n:03}" for first, last in NUMBERED for n in range(first, last + 1)} | {
    f"CG{letter}{n:02}" for letter, last in LETTERED for n in range(1, last + 1)
}
"""Every id of the catalogue that the rules were built from."""

pages = pytest.mark.parametrize("path", security_pages.pages())


def test_every_row_of_the_catalogue_is_judged_or_enforced_or_said_to_be_neither():
    assert len(CATALOGUE) == 141
    assert set(rules()) <= CATALOGUE
    assert {*rules(), *enforced(), *BY_POOLCTL, *UNJUDGED} == CATALOGUE


def test_what_is_enforced_is_enforced_by_rules_that_exist():
    assert {rule for found in enforced().values() for rule in found} <= set(RULES)
    assert all(found for found in enforced().values())
    assert not set(rules()) & set(UNJUDGED)


@pytest.mark.parametrize(
    ("scanner", "check"), [(scanner, check) for scanner, checks in security_pages.CHECKED.items() for check in checks]
)
def test_everything_that_another_scanner_checks_is_checked_here(scanner, check):
    same = [r.id for r in rules().values() if check in dict(r.same).get(scanner, ())]
    assert bool(same) is (check not in security_pages.NOT_OURS), check


def test_no_check_of_another_scanner_is_made_up():
    named = {(s, check) for rule in rules().values() for s, ids in rule.same.items() for check in ids}
    assert named <= {(s, check) for s, checks in security_pages.CHECKED.items() for check in checks}


def test_all_scanners_have_as_many_checks_as_were_counted():
    assert {scanner: len(checks) for scanner, checks in security_pages.CHECKED.items()} == {
        "prowler": 17,
        "security-hub": 6,
        "aws-config": 6,
        "checkov": 1,
        "kics": 2,
        "cdk-nag": 5,
        "cfn-guard": 2,
    }


def test_a_rule_judges_the_kinds_that_it_names():
    for rule in rules().values():
        sections = {max((s for s in KINDS if f"{name}.".startswith(f"{s}.")), key=len) for name in rule.fields}
        assert sections, rule.id


# --- the pages -----------------------------------------------------------------------------------------------------


def test_every_rule_has_a_page_and_a_place_in_the_index():
    found = security_pages.pages()
    assert set(found) == {security_pages.INDEX, *(f"{security_pages.FOLDER}/{id_}.md" for id_ in rules())}
    tables = found[security_pages.INDEX].partition("## Other scanners")[0]
    assert sorted(re.findall(r"^\| \[(\w+)\]\(\1\.md\)", tables, re.MULTILINE)) == sorted(rules())


@pages
def test_the_links_of_a_page_lead_somewhere(path):
    text = security_pages.pages()[path]
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        place = (ROOT / path).parent / target
        assert place.exists(), target


@pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))
def test_the_waiver_of_a_page_is_valid(tmp_path, rule):
    text = security_pages.pages()[f"{security_pages.FOLDER}/{rule.id}.md"]
    shown = text.partition("```yaml\n")[2].partition("```")[0]
    section = rule.fields[0].partition(".")[0]
    identity = KINDS[section].document == "IdentityPool"
    id_ = "eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d" if identity else "eu-west-1_AbCdEf123"
    head = f"version: 1\nkind: {KINDS[section].document}\nid: {id_}\n"
    (waiver,) = manifest(tmp_path, head + shown).waivers
    assert waiver.rule == rule.id
    assert yaml.safe_load(shown)["waivers"][0]["path"] == waiver.path


# --- explain -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))
def test_explain_says_what_the_page_says(rule):
    ran = run("explain", rule.id)
    assert ran.code == 0
    said = " ".join(ran.out.split())
    for text in (rule.rule.title, rule.rule.what, rule.rule.why, rule.rule.advice, *rule.fields):
        assert " ".join(text.split()) in said
    assert run("explain", rule.id.lower()).out == ran.out
    tree = json.loads(run("explain", "-o", "json", rule.id).out)
    Draft202012Validator(json.loads(output_schema("explain"))).validate(tree)
    assert tree["security_rule"]["id"] == rule.id
    assert (tree["rule"], tree["explanation"], tree["kinds"]) == (None, None, [])


def test_explain_says_where_the_rules_are_listed():
    ran = run("explain", "CG999")
    assert ran.code == 3
    assert "docs/rules/README.md lists all security rules." in ran.err
    assert run("explain", "security/CG001").out == run("explain", "CG001").out

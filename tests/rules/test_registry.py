"""What rules are made of: one value for each id, whose words people can follow."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from reconciler.kinds import KINDS, RULES, engine_rules, root_of
from reconciler.kinds.kind import Rule
from reconciler.values import shapes
from tools import rules_page

FACTS = (rules_page.DOCS / "cognito.md").read_text(encoding="utf-8").partition("\n## 3 ")[2].partition("\n## 4 ")[0]
"""The section about rules."""

EVERY = [*(rule for kind in KINDS.values() for rule in kind.rules), *engine_rules.RULES]
rules = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def without_check(rule: Rule) -> Rule:
    return replace(rule, check=None, needs=())


def test_an_id_means_one_rule_whatever_kinds_share_it():
    for rule in EVERY:
        assert without_check(rule) == without_check(RULES[rule.id])
    assert len({rule.title for rule in RULES.values()}) == len(RULES)
    shared = {rule.id for rule in EVERY if sum(r.id == rule.id for r in EVERY) > 1}
    assert shared == {"P23", "O4", "O14", "O18", "O23"}


def test_ids_are_unique_in_any_case():
    assert len({identifier.lower() for identifier in RULES}) == len(RULES)


def test_rules_of_kinds_have_a_check_and_those_of_the_engine_none():
    assert all(rule.check for kind in KINDS.values() for rule in kind.rules)
    assert not any(rule.check for rule in engine_rules.RULES)


def test_every_rule_of_the_engine_is_registered():
    named = {v for v in vars(engine_rules).values() if isinstance(v, Rule)}
    assert named == set(engine_rules.RULES)


@rules
def test_a_rule_of_cognito_has_a_row_in_the_facts(rule):
    numbered = re.fullmatch(r"[A-Z]\d+", rule.id)
    assert bool(numbered) is (f"| **{rule.id}** |" in FACTS)
    assert bool(numbered) is (rule not in engine_rules.RULES)


@rules
def test_its_sources_exist(rule):
    assert rule.source
    for source in rule.source:
        assert rules_page.link(source).startswith(f"[{source}](")


@rules
def test_its_words_are_sentences_of_plain_english(rule):
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 80
    for text in (rule.what, rule.why, rule.advice):
        assert text[0].isupper()
        assert text.endswith((".", ">.", '."'))
    said = f"{rule.title} {rule.what} {rule.why} {rule.advice}"
    assert not re.findall(r"\b(?:tells?|told|stands?|stood|nobody|somebody)\b", said, re.IGNORECASE)
    assert not re.findall(r"\b(?:None|True|False)\b", said)


def test_a_name_that_another_pool_can_have_is_refused_by_a_rule():
    """An object that is read without naming its pool can turn out to be another pool's."""
    found = []
    for kind in KINDS.values():
        if (
            kind.names and kind.reading and not kind.account_wide and not kind.surrounding
        ):  # a statement has its pool's id
            asked = shapes.input_shape(kind.service, kind.reading.operation).members
            found += [kind] if root_of(kind.document).id_param not in asked else []
    assert found
    assert all(kind.taken in kind.rules for kind in found)
    assert [kind for kind in KINDS.values() if kind.taken] == found


def test_the_page_is_up_to_date():
    assert rules_page.PAGE.read_text(encoding="utf-8") == rules_page.page(), f"run: {rules_page.COMMAND}"


def test_every_rule_has_its_section_and_its_row():
    text = rules_page.page()
    for identifier in RULES:
        assert text.count(f"\n### {identifier}\n") == 1
        assert text.count(f"| [{identifier}](#{identifier.lower()}) |") == 1


def test_links_of_the_page_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", rules_page.page()):
        assert (rules_page.DOCS / target).exists(), target

"""The rules about changes: each that the tables name has words, and each can be explained."""

from __future__ import annotations

import re

import pytest

from reconciler.explaining import rule_facts
from reconciler.kinds import RULES
from reconciler.model import RISKS
from reconciler.render.alarms import ABOUT_CHANGES
from reconciler.security import changes
from reconciler.security.bearing import Bearing
from reconciler.security.catalogue import rules
from reconciler.security.changes import CHANGES
from reconciler.security.members import tables
from reconciler.security.whole_objects import OBJECTS, appeared
from tests.cli.support import run
from tools import rules_page, security_pages

each = pytest.mark.parametrize("identifier", CHANGES)


def named() -> set[str]:
    """The rules that rows and objects name."""
    rows = [row for table in tables().values() for row in table.values() if isinstance(row, Bearing)]
    found = {rule for row in rows for rule in row.rules}
    return found | {rule for whole in OBJECTS.values() for rule in (*whole.rules, *whole.gone_rules)}


def test_every_rule_about_a_change_is_named_and_every_named_one_is_known():
    assert set(CHANGES) == {rule for rule in named() if rule.startswith("CHG")}
    assert changes.known() == {*named(), *CHANGES, *rules()}
    assert list(CHANGES) == sorted(CHANGES)


@each
def test_it_has_words(identifier: str):
    about = CHANGES[identifier]
    assert about.rule.id == identifier
    assert about.severity in RISKS
    assert about.rule.warning
    assert not about.rule.check
    assert not about.rule.title.endswith(".")
    for text in (about.rule.what, about.rule.why, about.rule.advice):
        assert re.fullmatch(r"[A-Z].{15,}\.", text), text
    assert all(rules_page.link(source) for source in about.rule.source)


def test_every_id_that_an_output_can_show_is_explained_and_has_a_page():
    pages, page = {**security_pages.pages()}, rules_page.page()
    for identifier in (*sorted(named()), *CHANGES, *rules(), *RULES):
        assert rule_facts.look_up(identifier).id == identifier
        assert f"docs/rules/{identifier}.md" in pages or f"\n### {identifier}\n" in page


@pytest.mark.parametrize("section", OBJECTS)
def test_an_object_that_appears_names_rules_only_where_it_alarms(section: str):
    for foreign in (False, True):
        effect = appeared(section, {}, foreign=foreign)
        assert effect is not None
        assert bool(effect.rules) <= effect.alarming


def test_reports_can_tell_a_rule_about_a_change_from_one_about_a_state():
    assert all(identifier.startswith(ABOUT_CHANGES) for identifier in CHANGES)
    assert not any(identifier.startswith(ABOUT_CHANGES) for identifier in rules())


def test_titles_are_different():
    titles = [one.rule.title for one in CHANGES.values()] + [rule.title for rule in RULES.values()]
    assert len(titles) == len(set(titles))


@each
def test_it_is_explained(identifier: str):
    ran = run("explain", identifier.lower())
    shown = " ".join(ran.out.split())
    about = CHANGES[identifier].rule
    assert ran.code == 0
    assert shown.startswith(f"{identifier} {about.title} Warned of {about.what} Why {about.why}")
    assert "--fail-on weakens refuses it, and exits with 4." in shown
    assert f"\n### {identifier}\n" in rules_page.page()


def test_a_number_that_no_rule_has_is_not_taken_for_another():
    ran = run("explain", "CHG99")
    assert (ran.code, "docs/rules.md lists all rules." in ran.err) == (3, True)

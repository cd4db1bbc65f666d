"""How a replacement is shown, letter by letter: each immutable member, a pool with everything, and one with nothing."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from reconciler.procedures.immutable_members import IMMUTABLE_MEMBERS
from reconciler.procedures.replacement import FrozenChange, Replacement, replacement
from reconciler.render.human import replace_text
from reconciler.render.machine import replace_json
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import RenderOptions
from tests.procedures.test_replacement import EVERYTHING, NOTHING, TARGET
from tests.render.golden import check


def change(member: str) -> FrozenChange:
    row = IMMUTABLE_MEMBERS[member]
    return FrozenChange(member, "unset", '["new"]', "m.yaml:3:5", row.needs_pool, row.meaning, row.source)


def found(*members: str, everything: bool = True) -> Replacement:
    facts = EVERYTHING if everything else NOTHING
    changes = tuple(map(change, members))
    return replacement(TARGET, "customers-v2", changes, facts, manifest="out/customers-v2.yaml", operand="m.yaml")


REPORTS = {
    "everything": found("user_pool.UsernameAttributes"),
    "nothing": found(everything=False),
    "not-needed": found("clients.GenerateSecret"),
    "members": found(*IMMUTABLE_MEMBERS, everything=False),
}
VALIDATOR = Draft202012Validator(json.loads(output_schema("replace")))


@pytest.mark.parametrize("name", REPORTS)
def test_the_texts_are_these(name):
    check(f"replace-{name}.txt", replace_text.replace(REPORTS[name]))
    text = replace_json.replace(REPORTS[name])
    VALIDATOR.validate(json.loads(text))
    check(f"replace-{name}.json", text)


@pytest.mark.parametrize("member", IMMUTABLE_MEMBERS)
def test_each_immutable_member_is_said_in_a_report_of_its_own(member):
    row = IMMUTABLE_MEMBERS[member]
    text = " ".join(replace_text.replace(found(member)).split())
    needs = "Needs a new pool." if row.needs_pool else "Needs no new pool."
    assert f'{member}: unset -> ["new"] m.yaml:3:5 {needs} {row.meaning} (cognito.md {row.source})' in text
    assert ("No new pool is needed" in text) is not row.needs_pool


def test_colour_changes_no_letter():
    report = REPORTS["everything"]
    colored = replace_text.replace(report, RenderOptions(color=True))
    assert "\x1b[" in colored

    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == replace_text.replace(report)


def test_nothing_reaches_a_terminal_as_a_command():
    report = replacement(TARGET, "a\x1b[2Jb", (), NOTHING, manifest="x\x07.yaml", operand="m.yaml")
    assert "\x1b" not in replace_text.replace(report)
    assert "\x07" not in replace_text.replace(report)

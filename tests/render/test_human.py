from __future__ import annotations

import copy
import re

import pytest

from reconciler.errors import Problem
from reconciler.model import Action, FieldChange, Notice, Plan, Position
from reconciler.render import redact
from reconciler.render.human import apply_text, validate_text
from reconciler.render.subjects import RenderOptions, Validation
from reconciler.render.wording import notice
from tests.render.golden import check
from tests.render.samples import APPLIED, LITERAL, PLANS, SECRET, TARGET, WEB, address, change
from tests.render.through_door import human_plan

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", PLANS)
def test_plan(name):
    check(f"plan-{name}.txt", human_plan(PLANS[name]))


def test_plan_in_color():
    check("plan-full-color.txt", human_plan(PLANS["full"], color=True))


@pytest.mark.parametrize("name", PLANS)
def test_colour_adds_nothing_but_colour(name):
    colored = human_plan(PLANS[name], color=True)
    assert ANSI.sub("", colored) == human_plan(PLANS[name])


@pytest.mark.parametrize("name", PLANS)
def test_identical_input_gives_identical_bytes(name):
    assert human_plan(PLANS[name], color=True) == human_plan(copy.deepcopy(PLANS[name]), color=True)


@pytest.mark.parametrize("color", [True, False])
def test_no_secret_is_shown(color):
    text = human_plan([*PLANS["full"], *PLANS["several"]], color=color)
    assert SECRET not in text
    assert LITERAL not in text
    assert "old-secret-text" not in text


def test_nothing_that_removes_is_green():
    for line in human_plan(PLANS["full"], color=True).splitlines():
        plain = ANSI.sub("", line)
        if re.match(r"\s*(-|-/\+)\s", plain) or "destroyed" in plain or "replaced" in plain:
            assert not re.search(r"\x1b\[(1;)?32m", line), line


def test_danger_and_refusals_stand_before_objects():
    text = human_plan(PLANS["full"])
    assert text.index("!! 1 object will be destroyed") < text.index("  # ")
    assert text.index("# clients/old") < text.index("# user_pool")
    refused = human_plan(PLANS["refused"])
    assert refused.index("!! Refused") < refused.index("  # ")


def test_control_characters_of_live_values_do_not_reach_the_terminal():
    text = human_plan(PLANS["full"])
    assert "\x1b" not in text
    assert "https://a\\x1b[31m" in text


def test_what_could_not_be_read_is_never_a_match():
    text = human_plan(PLANS["incomplete"])
    assert "match" not in text
    assert "1 object could not be read" in text


def _one(*fields: FieldChange, action: Action = Action.UPDATE) -> str:
    plan = Plan(TARGET, (change(address("clients", "x"), action, *fields),))
    return "\n".join(human_plan([plan]).splitlines()[2:-2])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 2, "  ~ A = 1 -> 2"),
        (False, None, "  - A = false -> null"),
        (None, False, "  + A = false"),
        (None, 0, "  + A = 0"),
        ("", "x", '  ~ A = "" -> "x"'),
        (None, [], "  + A = []"),
        (None, {}, "  + A = {}"),
        (["a"], None, '  - A = ["a"] -> null'),
        (["a"], [], '  ~ A\n      - "a"'),
        (["a", "b"], ["b", "a"], '  ~ A = ["a", "b"] -> ["b", "a"]'),
        (["a", "a"], ["a"], '  ~ A\n      - "a"'),
        ({"x": 1, "y": {"z": 2}}, {"x": 1, "y": {"z": 3}}, "  ~ A.y.z = 2 -> 3"),
        ({"x": 1}, {"y": 1}, "  + A.y = 1\n  - A.x = 1 -> null"),
        ({"x": 1}, None, "  - A.x = 1 -> null"),
        ('say "hi"', "a\\b", '  ~ A = "say \\"hi\\"" -> "a\\\\b"'),
        ("a\nb\n", "a\nc\n", "  ~ A\n        a\n      - b\n      + c"),
        ("a\r\nb\r\n", "a\nb\n", "  ~ A\n      - (ends of lines: 2 \\r\\n)\n      + (ends of lines: 2 \\n)"),
        (None, "a\nb\n", "  + A\n      + a\n      + b"),
    ],
)
def test_field(before, after, expected):
    assert (
        _one(FieldChange(("A",), before, after))
        == "  # clients/x will be updated in place    pools/customers.yaml:1\n" + expected
    )


def test_long_texts_are_shown_where_they_differ():
    line = _one(FieldChange(("A",), "x" * 500 + "old", "x" * 500 + "new"))
    assert 'old"' in line
    assert 'new"' in line
    assert len(line) < 300


def test_a_long_text_of_many_lines_is_shown_whole():
    text = _one(FieldChange(("A",), None, "\n".join(str(i) for i in range(100))))
    assert text.splitlines()[2:] == [f"      + {i}" for i in range(100)]


def test_a_list_that_does_not_fit_takes_a_line_for_each_item():
    text = _one(FieldChange(("A",), None, ["x" * 60, "y" * 60]))
    assert text.splitlines()[1:] == ["  + A", f'      + "{"x" * 60}"', f'      + "{"y" * 60}"']


def applied(name: str, *, color: bool = False) -> str:
    return apply_text.apply(redact.applied(APPLIED[name]), RenderOptions(color=color))


@pytest.mark.parametrize("name", APPLIED)
def test_apply(name):
    check(f"apply-{name}.txt", applied(name))


@pytest.mark.parametrize("name", APPLIED)
def test_apply_in_colour_says_the_same(name):
    colored = applied(name, color=True)
    assert ANSI.sub("", colored) == applied(name)


def test_validate():
    assert validate_text.validate(Validation([], [], ["a.yaml"])) == "a.yaml: valid\n1 manifest is valid.\n"
    assert (
        validate_text.validate(Validation([], [], ["a.yaml", "a.yaml", "b.yaml"]))
        == "a.yaml: valid\nb.yaml: valid\n3 manifests are valid.\n"
    )
    found = [Problem(Position("a.yaml", 2, 3), "clients.web", "no such key", "Did you mean x?")]
    assert validate_text.problems(found) == "a.yaml:2:3 clients.web: no such key Did you mean x?\n1 problem.\n"
    assert notice(Notice("Hm.")) == "Note: Hm."


def test_a_change_of_a_secret_inside_a_map_is_not_lost():
    from tests.render.samples import secret

    text = _one(FieldChange(("A",), {"k": secret("one")}, {"k": secret("two")}))
    assert text.splitlines()[1:] == ["  ~ A.k = (sensitive value)"]
    assert WEB.action is Action.UPDATE

"""Directions in what people and programs read: colours and filters follow them, and never old and new."""

from __future__ import annotations

import json
import re

import pytest

from reconciler.model import Action, Direction, Effect, FieldChange, Plan, Undeclared
from reconciler.render import change_lines, html, redact, report, sarif
from reconciler.render.json_parts import DIRECTIONS, effect_entry, revived_effect
from tests.render.samples import TARGET, address, change
from tests.render.through_door import json_plan

PATHS = {
    Direction.WEAKENS: ("DeletionProtection",),
    Direction.MIXED: ("LambdaConfig", "PreSignUp"),
    Direction.STRENGTHENS: ("Policies", "PasswordPolicy", "MinimumLength"),
    Direction.NEUTRAL: ("EmailVerificationSubject",),
}


def effect(direction: Direction, path: tuple[str, ...] | None = None, **more) -> Effect:
    return Effect(PATHS[direction] if path is None else path, direction, **more)


POOL = change(
    address("user_pool"),
    Action.UPDATE,
    *(
        FieldChange(path, "old", "new", effects=() if d is Direction.NEUTRAL else (effect(d, rules=("CHG03",)),))
        for d, path in PATHS.items()
    ),
    before={},
    after={},
)
PROVIDER = change(
    address("identity_providers", "okta"),
    Action.UPDATE,
    FieldChange(
        ("ProviderDetails",),
        {"oidc_issuer": "https://a", "authorize_scopes": "openid"},
        {"oidc_issuer": "https://b", "authorize_scopes": "email"},
        effects=(effect(Direction.MIXED, ("ProviderDetails", "oidc_issuer")),),
    ),
    before={},
    after={},
)
CLIENT = change(
    address("clients", "web"),
    Action.UPDATE,
    FieldChange(("CallbackURLs",), ["a", "b"], ["b", "c"], effects=(effect(Direction.WEAKENS, ("CallbackURLs",)),)),
    before={},
    after={},
)
GONE = change(
    address("clients", "old"),
    Action.DELETE,
    before={"ClientName": "old"},
    effect=Effect((), Direction.NEUTRAL, undo="It never comes back.", rules=("CHG02",)),
)
UNDECLARED = Undeclared(address("clients", "web"), ("AccessTokenValidity",), (effect(Direction.WEAKENS, ("Access",)),))
PLAN = Plan(TARGET, (POOL, PROVIDER, CLIENT, GONE), undeclared=(UNDECLARED,))


def shown():
    return redact.plans([PLAN])


def lines(found):
    return {line.path or line.value: line.direction for line in change_lines.lines(redact.change(found))}


def test_each_line_has_the_direction_of_its_member():
    assert lines(POOL) == {".".join(path): direction for direction, path in PATHS.items()}


def test_of_a_structure_only_the_member_counts():
    assert lines(PROVIDER) == {
        "ProviderDetails.oidc_issuer": Direction.MIXED,
        "ProviderDetails.authorize_scopes": Direction.NEUTRAL,
    }


def test_items_of_a_list_have_the_direction_of_the_list_both_ways():
    assert set(lines(CLIENT).values()) == {Direction.WEAKENS}
    assert set(lines(CLIENT)) == {"CallbackURLs", '"a"', '"c"'}


def test_a_name_that_begins_like_another_is_another():
    other = change(address("user_pool"), Action.UPDATE, FieldChange(("DeletionProtectionX",), "a", "b"))
    found = redact.change(other)
    made = change_lines.directed(change_lines.lines(found), [effect(Direction.WEAKENS)])
    assert [line.direction for line in made] == [Direction.NEUTRAL]


def test_rows_know_all_their_directions_the_worst_first():
    rows = {row.label: row for row in report.plan(shown()).rows if row.lines}
    assert rows["user_pool"].directions == (Direction.WEAKENS, Direction.MIXED, Direction.STRENGTHENS)
    assert rows["clients/old"].directions == (Direction.NEUTRAL,)


# --- html ----------------------------------------------------------------------------------------------------------


def test_rows_of_the_page_are_marked_by_direction_in_words_too():
    page = html.render(report.plan(shown(), None))
    marks = {}
    for kind, path, tag in re.findall(r'<tr class="(\w+)">.*?<td class="p">([\w.]+)(?: <span[^>]*>([^<]*)<)?', page):
        marks[path] = (kind, tag)
    for direction, path in PATHS.items():
        tag = "" if direction is Direction.NEUTRAL else html.TAGS[direction]
        assert marks[".".join(path)] == (DIRECTIONS[direction], tag)


def test_the_page_can_be_filtered_by_direction():
    page = html.render(report.plan(shown(), None))
    found = re.findall(r'data-kind="(\w+)" data-severity="\w*" data-direction="([\w ]*)"', page)
    assert ("user_pool", "weakens mixed strengthens") in found
    chips = re.findall(r'data-by="direction" value="(\w+)"', page)
    assert chips == ["weakens", "mixed", "strengthens", "neutral"]


def test_old_and_new_have_no_colour_of_their_own():
    style = html._asset("report.css")
    rules = re.findall(r"([^{}]*\b(?:del|ins)\b[^{}]*)\{([^}]*)\}", style)
    assert rules
    assert [body for _, body in rules if "color:" in body.replace("text-decoration-color", "") or "--" in body] == []


def test_what_weakens_is_not_a_card_of_its_own():
    page = html.render(report.plan(shown(), None))
    assert page.count('class="alarm"') == 4
    assert 'data-action="weakens"' not in page
    links = re.findall(r'<li class="alarm">.*?href="#(r\d+)"', page)
    for link in links:
        assert page.count(f'id="{link}"') == 1


# --- programs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("within", [(), ("ProviderDetails",)])
def test_an_effect_survives_its_json(within: tuple[str, ...]):
    one = Effect(
        (*within, "oidc.issuer"),
        Direction.MIXED,
        "It is on another host.",
        "users",
        "They stay.",
        "It is lost.",
        ("It costs.",),
        ("CHG13",),
        "critical",
    )
    assert revived_effect(json.loads(json.dumps(effect_entry(one, within))), within) == one
    bare = Effect((*within, "x"), Direction.NEUTRAL)
    assert revived_effect(effect_entry(bare, within), within) == bare


def test_json_counts_directions_and_names_those_of_objects():
    tree = json.loads(json_plan([PLAN]))
    found = {key: tree["summary"][key] for key in ("weakens", "mixed", "strengthens", "undeclared", "undeclared_weak")}
    assert found == {"weakens": 2, "mixed": 2, "strengthens": 1, "undeclared": 1, "undeclared_weak": 1}
    objects = {c["name"]: (c["direction"], c["effect"] and c["effect"]["impact"]["reversible"]) for c in _changes(tree)}
    assert objects == {
        "user_pool": ("mixed", None),
        "okta": ("mixed", None),
        "web": ("weakens", None),
        "old": ("neutral", False),
    }


def _changes(tree):
    return tree["resource_changes"]


@pytest.mark.parametrize(
    ("risk", "level"), [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "note")]
)
def test_the_level_of_an_alert_follows_the_risk(risk, level):
    one = Effect(("DeletionProtection",), Direction.WEAKENS, "It ends.", "all users", risk=risk)
    plan = Plan(TARGET, (change(address("user_pool"), Action.UPDATE, FieldChange(one.path, "a", "b", effects=(one,))),))
    (run,) = json.loads(sarif.render(report.plan(redact.plans([plan]))))["runs"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("change/weakens", level)
    assert "It ends." in result["message"]["text"]

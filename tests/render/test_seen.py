"""What changes can be seen: no format spells two different values alike (decision 16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model import Action, Drift, FieldChange, Finding, FindingClass, Path, Plan, Secret
from reconciler.render import redact
from reconciler.render.formats import FORMATS
from reconciler.render.spelling import text
from reconciler.render.subjects import DriftResult, RenderOptions
from reconciler.values.shortening import AROUND, around
from tests.render.samples import TARGET, address, change

ROLE = "arn:aws:iam::123456789012:role/" + "department-" * 12 + "finance"
"""Longer than what is shown whole."""

PLANNED = [f for f in FORMATS if "plan" in f.subjects and f.name not in ("sarif", "github")]
"""SARIF holds no planned values, as an alert is kept for ever, and annotations only those of what weakens."""

DRIFTED = [f for f in FORMATS if "drift" in f.subjects and f.name not in ("sarif", "prometheus")]
"""An alert and a metric hold no values at all."""

Render = Callable[[Any, Any], str]


def planned(name: str) -> Render:
    form = next(f for f in FORMATS if f.name == name)

    def render(before: Any, after: Any) -> str:
        field = FieldChange(("Member",), before, after)
        whole = {"before": {"Member": before}, "after": {"Member": after}}
        found = Plan(TARGET, (change(address("clients", "web"), Action.UPDATE, field, **whole),))
        return form.render("plan", redact.plans([found]), RenderOptions())

    return render


def drifted(name: str) -> Render:
    form = next(f for f in FORMATS if f.name == name)

    def render(before: Any, after: Any) -> str:
        where: Path = ("Member",)
        cls = FindingClass.CHANGED
        found = Finding("poolctl-0", cls, address("clients", "web"), where, before, after, "error", fails=True)
        return form.render("drift", DriftResult(redact.drifts([Drift(TARGET, (found,), 1)])), RenderOptions())

    return render


EVERYWHERE = [
    *(pytest.param(planned(f.name), id=f"plan-{f.name}") for f in PLANNED),
    *(pytest.param(drifted(f.name), id=f"drift-{f.name}") for f in DRIFTED),
]


# --- the cases, and others ---------------------------------------------------------------------------------

READER, ADMIN = f"{ROLE}-reader", f"{ROLE}-admin-full-access"
EQUAL = f"{ROLE}-writer"

CASES: dict[str, tuple[Any, Any, tuple[str, ...]]] = {
    "items": ([READER], [ADMIN], ("finance-reader", "finance-admin-full-access")),
    "items of one length": ([READER], [EQUAL], ("finance-reader", "finance-writer")),
    "a text": (READER, ADMIN, ("finance-reader", "finance-admin-full-access")),
    "a text in front": (f"a{ROLE}", f"b{ROLE}", ("&quot;a", "&quot;b")),
    "maps by name": (
        [{"Name": "x", "Role": READER}, {"Name": "y", "Role": READER}],
        [{"Name": "x", "Role": ADMIN}, {"Name": "y", "Role": READER}],
        ("Member.x.Role", "finance-reader", "finance-admin-full-access"),
    ),
    "maps by likeness": (
        [{"A": 1, "B": "e", "Role": READER}, {"A": 2, "B": "e", "Role": READER}],
        [{"A": 1, "B": "e", "Role": ADMIN}, {"A": 2, "B": "e", "Role": READER}],
        ("Member[0].Role", "finance-reader", "finance-admin-full-access"),
    ),
    "a map that comes": ([{"Name": "x"}], [{"Name": "x"}, {"Name": ADMIN}], ("Member[1]", "admin-full-access")),
    "a long line of a text": (f"one\n{READER}\n", f"one\n{ADMIN}\n", ("finance-reader", "finance-admin-full-access")),
}


@pytest.mark.parametrize("render", EVERYWHERE)
@pytest.mark.parametrize("case", CASES)
def test_both_sides_of_a_change_are_seen(render: Render, case: str):
    before, after, words = CASES[case]
    shown = render(before, after)
    machine = shown.startswith(("{", "::"))
    for word in words:
        if word.startswith("Member") and (machine or "Member[" in word or "x.Role" in word):
            continue  # programs get the whole values, and short lists of drift are shown whole
        plain = word.replace("&quot;", '"')
        spelled = {plain, word, word.replace("&quot;", "&#34;"), plain.replace('"', '\\"')}
        assert any(s in shown for s in spelled), word


@pytest.mark.parametrize("name", ["human", "markdown", "html", "junit"])
@pytest.mark.parametrize("case", ["maps by name", "maps by likeness", "a map that comes"])
def test_maps_of_a_list_are_paired_and_shown_member_by_member(name: str, case: str):
    before, after, words = CASES[case]
    shown = planned(name)(before, after)
    assert words[0] in shown
    assert shown.count(READER) == 0 or name == "html"  # the map that stays is not repeated


def test_html_leaves_nothing_out():
    shown = planned("html")(f"{READER}{ROLE}", f"{ADMIN}{ROLE}")
    assert f"{READER}{ROLE}" in shown
    assert f"{ADMIN}{ROLE}" in shown
    body = "".join(f"{i}\n" for i in range(100))
    page = planned("html")(f"{body}x", f"{body}y")
    assert all(f"{i}" in page for i in range(100))


def test_a_map_that_moves_shows_the_order():
    """Rules of a role mapping apply in their order."""
    one, other = {"Claim": "a", "Role": "x"}, {"Claim": "b", "Role": "y"}
    shown = planned("human")([one, other], [other, {**one, "Role": "z"}])
    assert '[{Claim: "a", Role: "x"}, {Claim: "b", Role: "y"}] ->' in shown


@pytest.mark.parametrize("render", EVERYWHERE)
def test_secrets_are_not_compared_in_the_open(render: Render):
    one, other = "hunter2-" + "x" * 200, "hunter2-" + "y" * 200
    shown = render([Secret(one, "live")], [Secret(other, "live")])
    assert "hunter2" not in shown
    assert "yyy" not in shown


# --- laws ----------------------------------------------------------------------------------------------------------

LONG = st.text("ab", min_size=60, max_size=140)
SHORT = st.text("ab…(\\", max_size=4)
TEXTS = st.builds("{}{}{}".format, LONG, SHORT, LONG) | st.text(max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(2, 9) | TEXTS
NAMES = st.sampled_from(["Name", "Role", "A", "Id"])


def maps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    told = values.filter(lambda v: v is not None)  # null is the same as absent
    return st.dictionaries(NAMES, told, min_size=1, max_size=3)


LISTS = st.lists(TEXTS, max_size=4).map(sorted) | st.lists(maps(TEXTS | st.integers(2, 9)), max_size=3)
VALUES = SCALARS | LISTS | maps(SCALARS | LISTS)


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS, st.integers(20, 120))
def test_shortening_leaves_what_differs(one: str, other: str, most: int):
    found = around(one, other, most)
    assert (found[0] == found[1]) == (one == other)
    head = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    tail = next((i for i, (a, b) in enumerate(zip(one[head:][::-1], other[head:][::-1], strict=False)) if a != b), None)
    tail = min(len(one), len(other)) - head if tail is None else tail
    for whole, shown in zip((one, other), found, strict=True):
        assert whole[head : len(whole) - tail] in shown
        assert one == other or len(shown) <= max(most, len(whole) - head - tail + 2 * (AROUND + 20))


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_two_texts_beside_a_third_are_told_apart(live: str, one: str, other: str):
    assert (around(live, one, 120) == around(live, other, 120)) == (one == other)


@settings(max_examples=50, deadline=None)
@given(VALUES, VALUES)
def test_no_two_values_are_spelled_alike(one: Any, other: Any):
    assert (text(one) == text(other)) == (one == other)


KEYS = st.dictionaries(st.text('a: ,"{}\\', max_size=5), st.integers(2, 3), max_size=2)


@settings(max_examples=50, deadline=None)
@given(KEYS, KEYS)
def test_no_two_keys_are_spelled_alike(one: Any, other: Any):
    assert (text(one) == text(other)) == (list(one.items()) == list(other.items()))


@pytest.mark.parametrize("render", EVERYWHERE)
@settings(max_examples=15, deadline=None)
@given(live=VALUES, one=VALUES, other=VALUES)
def test_no_format_renders_two_changes_alike(render: Render, live: Any, one: Any, other: Any):
    if one != other and live not in (one, other):
        assert render(live, one) != render(live, other)


LINES = st.lists(st.text("ab \\\t", max_size=3), max_size=6)
BODIES = st.builds(
    lambda lines, end, last: end.join(["x", *lines, "y"]) + last,
    LINES,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n"]),
)


@pytest.mark.parametrize("render", EVERYWHERE)
@settings(max_examples=15, deadline=None)
@given(live=BODIES, one=BODIES, other=BODIES)
def test_no_format_renders_two_texts_alike(render: Render, live: str, one: str, other: str):
    if one != other and live not in (one, other):
        assert render(live, one) != render(live, other)

"""The dialect of `protect`, `locked` and `ignore`: what patterns meet, and where they may lead."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import members
from schemas.documents import DOCUMENTS
from schemas.globs import Patterns, beginnings, meets, overlap
from schemas.limits import Unfit
from schemas.paths import PathForm

ENVELOPE = members(DOCUMENTS["UserPool"].envelope)
FORMS = {
    "protect": next(m for m in ENVELOPE["protect"].item_marks if isinstance(m, PathForm)),
    "lock": next(m for m in ENVELOPE["locked"].item_marks if isinstance(m, PathForm)),
    "ignore": next(m for m in members(ENVELOPE["ignore"].model)["path"].marks if isinstance(m, PathForm)),
}


@pytest.mark.parametrize(
    ("pattern", "steps", "met"),
    [
        ("clients/web", ("clients", "web"), True),
        ("clients.web", ("clients", "web"), True),
        ("clients/web", ("clients", "web2"), False),
        ("clients/*", ("clients", "web"), True),
        ("clients/*", ("clients", "web", "branding"), False),
        ("clients/*/branding", ("clients", "my.app", "branding"), True),
        ("clients/*.CallbackURLs", ("clients", "my.app", "CallbackURLs"), True),
        ("clients/my.app.CallbackURLs", ("clients", "my.app", "CallbackURLs"), True),
        ("domains/*", ("domains", "auth.example.com"), True),
        ("resource_servers/https://a.example/x", ("resource_servers", "https://a.example/x"), True),
        ("resource_servers/https:..a", ("resource_servers", "https://a"), False),
        ("clients/we?", ("clients", "web"), True),
        ("clients/we?", ("clients", "we"), False),
        ("clients?web", ("clients", "web"), False),
        ("clients/we[ab]", ("clients", "web"), True),
        ("clients/we[!ab]", ("clients", "web"), False),
        ("clients/we[!ab]", ("clients", "wex"), True),
        ("clients[!a]web", ("clients", "web"), False),
        ("clients/[x]", ("clients", "[x]"), True),
        ("clients/[x]", ("clients", "x"), True),
        ("clients/a*b", ("clients", "a*b"), True),
        ("clients/a*b", ("clients", "axb"), True),
        ("clients/a[*]b", ("clients", "a*b"), True),
        ("clients/a[*]b", ("clients", "axb"), False),
        ("clients/[z-a]", ("clients", "[z-a]"), True),
        ("clients/[", ("clients", "["), True),
        ("clients/[^x]", ("clients", "^"), True),
        ("clients/two\nlines*", ("clients", "two\nlines!"), True),
        ("*", ("clients",), True),
        ("*", ("clients", "web"), False),
        ("user_pool.Items.0", ("user_pool", "Items", 0), True),
    ],
)
def test_what_a_pattern_meets(pattern, steps, met):
    assert meets(pattern, steps) is met


def covers(pattern, steps):
    """Whether a pattern means something, or what is around it: what `Patterns` finds without trying each of them."""
    return any(meets(pattern, steps[:end]) for end in range(1, len(steps) + 1))


def test_it_covers_what_is_inside():
    inside = ("clients", "web", "terms", "terms-of-use", "Links")
    around = ("*", "clients", "clients/web", "clients/*/terms", "clients/w*/terms.terms-of-use")
    assert Patterns(around).covering(inside) == [0, 1, 2, 3, 4]
    assert Patterns(("clients/web/terms/other",)).covering(inside) == []
    assert Patterns(("clients/web/terms",)).covering(("clients", "web")) == []


@given(st.text(), st.lists(st.text(alphabet=st.characters(exclude_characters="\0")), min_size=1, max_size=3))
@settings(deadline=None)
def test_no_pattern_fails_and_an_exact_one_is_met(pattern, steps):
    meets(pattern, steps)
    assert meets("/".join(steps), steps)
    assert meets(".".join(steps), steps)


def fits(form: PathForm, text: str) -> bool:
    try:
        form.check(text)
    except Unfit:
        return False
    return True


STEPS = st.sampled_from(
    [
        *("user_pool", "clients", "groups", "target", "region", "web", "branding", "terms", "Settings", "x"),
        *(
            "PoolName",
            "Policies",
            "PasswordPolicy",
            "MinimumLength",
            "UserPoolTags",
            "Schema",
            "CallbackURLs",
            "Assets",
        ),
    ]
)


@pytest.mark.parametrize("purpose", FORMS)
@given(st.lists(st.tuples(STEPS, st.sampled_from("./")), min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_an_editor_knows_all_that_the_command_knows_of_written_paths(purpose, parts):
    text = "".join(step + separator for step, separator in parts)[:-1]
    form = FORMS[purpose]
    assert bool(re.search(form.pattern, text)) is fits(form, text)


@pytest.mark.parametrize("purpose", FORMS)
def test_an_editor_refuses_no_pattern_that_is_right(purpose):
    form = FORMS[purpose]
    right = [
        *("clients/*", "clients/[x]", "clients/a*b/branding", "groups/**", "clients/*/ter*/x"),
        *(() if purpose == "protect" else ("user_pool.*", "user_pool.Pol*.*.Min*", "clients/web/branding.Sett*")),
    ]
    for text in right:
        assert fits(form, text), text
        assert re.search(form.pattern, text), text


@pytest.mark.parametrize("names", [(), ("my.app", "web", "a/b")])
@given(st.data())
def test_what_both_patterns_cover_is_an_overlap(names, data):
    """The law that a lock rests on: if some path is covered by both, the two patterns overlap."""
    steps = st.sampled_from(["clients", "web", "x", "Ab", *names])
    path = data.draw(st.lists(steps, min_size=1, max_size=4))
    plain = st.sampled_from([*path, "*", "w*", "?eb", "[wx]*", "[!w]", "clients"])
    one, other = (data.draw(st.lists(plain, min_size=1, max_size=4).map("/".join)) for _ in range(2))
    if covers(one, path) and covers(other, path):
        assert overlap(one, other, path)
        assert overlap(other, one, path)


@pytest.mark.parametrize(
    ("one", "other"), [("a/b", "a/c"), ("a/b*", "a/c*"), ("a.b", "b"), ("a/[bc]", "a/d"), ("a/?", "a/bc")]
)
def test_patterns_that_have_nothing_in_common(one, other):
    assert not overlap(one, other)
    assert not overlap(other, one, ["x.y"])


# --- many patterns -------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(["a", "b", "ab", "*", "?", "[ab]", "[!a]", "[", ".", "/", "a.b", "x-*"])
SOME = st.lists(st.lists(PIECES, max_size=5).map("".join), max_size=8)
STEPS = st.lists(st.sampled_from(["a", "b", "ab", "a.b", "a/b", "[ab]", "x-1", "", "*", 0]), min_size=1, max_size=4)


@given(patterns=SOME, steps=STEPS, least=st.integers(1, 3))
def test_many_patterns_find_what_each_finds(patterns, steps, least):
    found = Patterns(patterns)
    assert found.meeting(steps) == [i for i, p in enumerate(patterns) if meets(p, steps)]
    assert found.covering(steps) == [i for i, p in enumerate(patterns) if covers(p, steps)]
    ends = range(least, len(steps) + 1)
    assert found.covering(steps, least) == [i for i, p in enumerate(patterns) if any(meets(p, steps[:e]) for e in ends)]


@pytest.mark.parametrize("form", ["clients/c{}", "clients/c{}-*", "clients.c{}.CallbackURLs", "clients/c{}/terms/[ab]"])
def test_a_look_up_does_not_try_all_patterns(form):
    few, many = (Patterns(form.format(1000 + n) for n in range(count)) for count in (20, 2000))
    steps = ("clients", "c1007", "terms", "a")
    few.covering(steps)  # compiles what is tried
    assert calls(lambda: few.covering(steps)) == calls(lambda: many.covering(steps))


def test_the_beginnings_of_a_pattern():
    assert [*beginnings("clients/a*.CallbackURLs")] == ["clients", "clients/a*", "clients/a*.CallbackURLs"]


def calls(work: Callable[[], object]) -> int:
    """Return how many functions the module calls for some work; the collector of garbage may call others meanwhile."""
    found: list[str] = []

    def watch(frame: FrameType, event: str, _arg: object) -> None:
        if event in ("call", "c_call") and frame.f_globals["__name__"] == Patterns.__module__:
            found.append(event)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return len(found)

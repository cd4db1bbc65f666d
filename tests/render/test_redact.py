from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Action, FieldChange, Reference, Secret, Unknown
from reconciler.render import redact
from reconciler.render.marks import HIDDEN
from reconciler.render.redact import conceal
from reconciler.render.spelling import is_hidden, plain, shadow, text
from tests.render.samples import address, change, secret
from tests.trees import leaves

TREE = {"a": secret(), "b": [{"Name": "x", "key": "v"}, {"Name": "y", "key": "w"}], "c": "open"}


def test_secrets_are_found_by_type():
    assert plain(conceal(TREE))["a"] == {"$sensitive": True}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("c",), {"c": HIDDEN}),
        (("b", 1, "key"), {"b": [TREE["b"][0], {"Name": "y", "key": HIDDEN}]}),
        (("b", "x", "key"), {"b": [{"Name": "x", "key": HIDDEN}, TREE["b"][1]]}),
        (("b", "nobody", "key"), {"b": HIDDEN}),
        (("b",), {"b": HIDDEN}),
        (("missing",), {}),
    ],
)
def test_paths_are_hidden(path, expected):
    assert conceal(TREE, [path]) == {**TREE, "a": HIDDEN, **expected}


def test_words_are_hidden_wherever_they_stand():
    assert conceal({"p": ["v", "ok"]}, (), frozenset({"v"})) == {"p": [HIDDEN, "ok"]}


LEAVES = st.one_of(st.text(max_size=3), st.integers(), st.booleans(), st.none(), st.floats(allow_nan=False))
HIDING = st.sampled_from([Secret("s", "live"), b"zip", Reference("ssm", "/a"), Unknown(address("clients", "x"), "Id")])


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.text(max_size=3)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3))


def hiding(tree: Any) -> list[Any]:
    return [leaf for leaf in leaves(tree) if isinstance(leaf, Secret | bytes | Reference | Unknown)]


@given(trees(LEAVES))
def test_a_tree_that_hides_nothing_is_shown_as_it_is(tree: Any):
    assert redact.is_plain(tree)
    assert conceal(tree) is tree
    assert redact.hidden(change(address("clients", "x"), Action.NONE, before={"k": tree}, after={"k": tree}))[0] == ()


@given(trees(LEAVES | HIDING))
def test_a_tree_is_plain_only_if_all_of_its_leaves_are(tree: Any):
    assert redact.is_plain(tree) is (not hiding(tree))
    assert not hiding(conceal(tree))


@pytest.mark.parametrize("value", [{1: "a"}, {Secret("s", "live"): 1}, ("a",), {"a"}, type("Text", (str,), {})("a")])
def test_what_is_of_another_type_is_not_plain(value: Any):
    assert not redact.is_plain(value)
    assert not redact.is_plain({"k": [value]})


def test_a_secret_on_one_side_hides_the_other():
    it = change(address("clients", "x"), Action.UPDATE, before={"k": secret()}, after={"k": "plain"})
    paths, words = redact.hidden(it)
    assert conceal(it.after, paths, words) == {"k": HIDDEN}
    assert conceal({"elsewhere": "plain"}, (), words) == {"elsewhere": HIDDEN}


def test_absent_values_of_sensitive_fields_stay_absent():
    field = redact.field(FieldChange(("k",), None, "v", sensitive=True))
    assert (field.before, field.after) == (None, HIDDEN)


@pytest.mark.parametrize(
    ("value", "words", "tree"),
    [
        (Secret("s", "live"), "(sensitive value)", {"$sensitive": True}),
        (Unknown(address("clients", "x"), "ClientId"), "(known after apply)", {"$unknown": "(known after apply)"}),
        (
            Reference("ssm", "/a"),
            "(known after reading $ssm /a)",
            {"$unknown": "(known after reading $ssm /a)"},
        ),
        (b"", "(0 bytes, sha256 e3b0c44298fc)", None),
        ("a\tb\u202ec\x9b", '"a\\tb\\u202ec\\x9b"', "a\tb\u202ec\x9b"),
        ({"k": [True, None]}, "{k: [true, null]}", {"k": [True, None]}),
        (object(), "object", {"$unknown": "object"}),
    ],
)
def test_leaves(value, words, tree):
    shown = conceal(value)
    assert text(shown) == words
    if tree is not None:
        assert plain(shown) == tree
    assert json.loads(json.dumps(plain(shown))) == plain(shown)
    assert redact.revived(plain(shown)) in (shown, conceal(value)) or text(redact.revived(plain(shown))) == words


def test_what_waits_for_different_things_is_not_equal():
    assert conceal(Reference("ref", "one")) != conceal(Reference("ref", "other"))


def test_shadow_shows_only_the_way_to_marks():
    tree = conceal({"a": {"b": secret(), "c": 1}, "d": {"e": 1}, "f": [1, secret()], "g": [1]})
    assert shadow(tree, is_hidden) == {"a": {"b": True}, "f": [False, True]}


# --- one object ----------------------------------------------------------------------------------------------------

HUSHED = "kept-to-itself"
CLEAR = {
    "declared": {"a": {"b": "x"}},
    "before": {"a": {"b": "x"}, "c": HUSHED},
    "after": {"a": {"b": "x"}, "c": HUSHED},
}
NOTHING_CHANGES = change(address("clients", "web"), Action.NONE, **CLEAR)


def test_an_object_with_nothing_to_hide_is_shown_as_it_is() -> None:
    shown = redact.change(NOTHING_CHANGES)
    assert (shown.before, shown.after, shown.declared) == (NOTHING_CHANGES.before, NOTHING_CHANGES.after, None)


@pytest.mark.parametrize(
    "reason",
    [
        {"declared": {"c": secret(HUSHED)}},
        {"before": {"c": secret(HUSHED)}},
        {"after": {"c": secret(HUSHED)}},
        {"fields": (FieldChange(("c",), HUSHED, HUSHED, sensitive=True),)},
        {"declared": {"c": HUSHED}, "from_env": {("c",): "HUSHED"}},
    ],
    ids=["declared", "before", "after", "field", "environment"],
)
def test_each_reason_alone_hides_a_text_on_all_sides(reason: dict[str, Any]) -> None:
    found = redact.change(replace(NOTHING_CHANGES, **reason))
    assert HUSHED not in repr(found)

from __future__ import annotations

import json

import pytest

from reconciler.model import Action, FieldChange, Reference, Secret, Unknown
from reconciler.render import redact
from tests.render.samples import address, change, secret

TREE = {"a": secret(), "b": [{"Name": "x", "key": "v"}, {"Name": "y", "key": "w"}], "c": "open"}


def test_secrets_are_found_by_type():
    assert redact.plain(redact.conceal(TREE))["a"] == {"$sensitive": True}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("c",), {"c": redact.HIDDEN}),
        (("b", 1, "key"), {"b": [TREE["b"][0], {"Name": "y", "key": redact.HIDDEN}]}),
        (("b", "x", "key"), {"b": [{"Name": "x", "key": redact.HIDDEN}, TREE["b"][1]]}),
        (("b", "nobody", "key"), {"b": redact.HIDDEN}),
        (("b",), {"b": redact.HIDDEN}),
        (("missing",), {}),
    ],
)
def test_paths_are_hidden(path, expected):
    assert redact.conceal(TREE, [path]) == {**TREE, "a": redact.HIDDEN, **expected}


def test_words_are_hidden_wherever_they_stand():
    assert redact.conceal({"p": ["v", "ok"]}, (), frozenset({"v"})) == {"p": [redact.HIDDEN, "ok"]}


def test_a_secret_on_one_side_hides_the_other():
    it = change(address("clients", "x"), Action.UPDATE, before={"k": secret()}, after={"k": "plain"})
    paths, words = redact.hidden(it)
    assert redact.conceal(it.after, paths, words) == {"k": redact.HIDDEN}
    assert redact.conceal({"elsewhere": "plain"}, (), words) == {"elsewhere": redact.HIDDEN}


def test_absent_values_of_sensitive_fields_stay_absent():
    field = redact.field(FieldChange(("k",), None, "v", sensitive=True))
    assert (field.before, field.after) == (None, redact.HIDDEN)


@pytest.mark.parametrize(
    ("value", "text", "plain"),
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
        (object, "<class 'object'>", {"$unknown": "type"}),
    ],
)
def test_leaves(value, text, plain):
    assert redact.text(value) == text
    if plain is not None:
        assert redact.plain(value) == plain
    json.dumps(redact.plain(value))


def test_shadow_shows_only_the_way_to_marks():
    tree = {"a": {"b": secret(), "c": 1}, "d": {"e": 1}, "f": [1, secret()], "g": [1]}
    assert redact.shadow(tree, redact.is_secret) == {"a": {"b": True}, "f": [False, True]}

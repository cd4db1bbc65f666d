"""The functions that need nothing but their arguments: laws, cases, refusals, and what is secret or not known."""

from __future__ import annotations

import base64
import ipaddress
import itertools
import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.importing.cloudformation.intrinsics import PURE, apply
from reconciler.importing.cloudformation.leaves import NotKnown, TemplateMistake
from reconciler.model import Reference, Secret

TEXT = st.text(max_size=12)
TEXTS = st.lists(TEXT, max_size=6)
SEPARATOR = st.text(min_size=1, max_size=3)
WHY = NotKnown("nobody knows")


@given(SEPARATOR, st.lists(TEXT, min_size=1, max_size=6))
def test_split_undoes_join(separator, items):
    assume(not any(separator in item for item in items))
    joined = apply("Fn::Join", [separator, items])
    assume(joined.count(separator) == len(items) - 1)  # a separator may arise where two items meet it
    assert apply("Fn::Split", [separator, joined]) == items


@given(SEPARATOR, TEXT)
def test_join_undoes_split(separator, text):
    assert apply("Fn::Join", [separator, apply("Fn::Split", [separator, text])]) == text


@given(TEXTS, TEXTS)
def test_join_without_a_separator_is_concatenation(left, right):
    both = apply("Fn::Join", ["", left]) + apply("Fn::Join", ["", right])
    assert apply("Fn::Join", ["", left + right]) == both


@given(st.lists(TEXT, min_size=1, max_size=8), st.data())
def test_select_takes_the_item_whatever_form_the_index_has(items, data):
    index = data.draw(st.integers(0, len(items) - 1))
    assert apply("Fn::Select", [index, items]) == apply("Fn::Select", [str(index), items]) == items[index]


@given(TEXT)
def test_base64_can_be_decoded(text):
    assert base64.b64decode(apply("Fn::Base64", text)).decode() == text


@given(TEXTS)
def test_length_counts(items):
    assert apply("Fn::Length", items) == len(items)


@given(
    st.recursive(
        TEXT | st.booleans() | st.integers(), lambda i: st.lists(i, max_size=3) | st.dictionaries(TEXT, i, max_size=3)
    )
)
def test_json_can_be_read_again(value):
    assume(isinstance(value, dict | list))
    assert json.loads(apply("Fn::ToJsonString", value)) == value


@given(st.integers(8, 24), st.integers(2, 8), st.integers(1, 16), st.booleans())
def test_cidr_makes_blocks_that_are_in_order_within_and_apart(prefix, bits, count, six):
    address = "fd00::" if six else "10.0.0.0"
    network = ipaddress.ip_network(f"{address}/{prefix}")
    width = network.max_prefixlen - bits
    assume(count <= 2 ** max(0, width - prefix))
    blocks = [ipaddress.ip_network(b) for b in apply("Fn::Cidr", [f"{address}/{prefix}", count, str(bits)])]
    assert len(blocks) == count
    assert all(b.subnet_of(network) and b.prefixlen == width for b in blocks)  # type: ignore[arg-type]
    assert all(a.broadcast_address < b.network_address for a, b in itertools.pairwise(blocks))


def test_cidr_has_8_bits_if_none_are_said():
    assert apply("Fn::Cidr", ["10.1.0.0/16", 2]) == ["10.1.0.0/24", "10.1.1.0/24"]


def test_scalars_are_joined_as_cloudformation_writes_them():
    assert apply("Fn::Join", ["|", [1, True, False, "x", 1.5, 2.0]]) == "1|true|false|x|1.5|2"


REFUSED: list[tuple[str, Any, str]] = [
    ("Fn::Join", "x", "Fn::Join has arguments of another form than [SEPARATOR, [TEXT, ...]]."),
    ("Fn::Join", ["x"], "Fn::Join has arguments of another form than [SEPARATOR, [TEXT, ...]]."),
    ("Fn::Join", ["x", "y"], "Fn::Join has arguments of another form than [SEPARATOR, [TEXT, ...]]."),
    ("Fn::Join", ["x", [{"a": 1}]], "Fn::Join is given a list or map where a text belongs."),
    ("Fn::Split", ["", "y"], "Fn::Split has arguments of another form than [SEPARATOR, TEXT]."),
    ("Fn::Split", [",", ["y"]], "Fn::Split has arguments of another form than [SEPARATOR, TEXT]."),
    ("Fn::Select", ["x", ["y"]], "Fn::Select has arguments of another form than [INDEX, [ITEM, ...]]."),
    ("Fn::Select", [True, ["y"]], "Fn::Select has arguments of another form than [INDEX, [ITEM, ...]]."),
    ("Fn::Select", [-1, ["y"]], "Fn::Select has arguments of another form than [INDEX, [ITEM, ...]]."),
    ("Fn::Select", [2, ["x", "y"]], "Fn::Select takes item 2 of a list of 2."),
    ("Fn::Base64", ["x"], "Fn::Base64 has arguments of another form than TEXT."),
    ("Fn::Length", "x", "Fn::Length has arguments of another form than [ITEM, ...]."),
    ("Fn::ToJsonString", "x", "Fn::ToJsonString has arguments of another form than a map or a list."),
    ("Fn::Cidr", "x", "Fn::Cidr has arguments of another form than [BLOCK, COUNT, BITS]."),
    ("Fn::Cidr", ["10.0.0.0/16", "x"], "Fn::Cidr has arguments of another form than [BLOCK, COUNT, BITS]."),
    ("Fn::Cidr", ["office", 1], "Fn::Cidr divides something that is no block of addresses."),
    ("Fn::Cidr", ["10.0.0.0/24", 2, 8], "Fn::Cidr finds no 2 blocks of that size."),
    ("Fn::Cidr", ["10.0.0.0/24", 0, 4], "Fn::Cidr finds no 0 blocks of that size."),
    ("Fn::Cidr", ["10.0.0.0/24", 1, 99], "Fn::Cidr finds no 1 blocks of that size."),
    ("Fn::Cidr", ["10.0.0.0/8", 257, 8], "Fn::Cidr finds no 257 blocks of that size."),
]


@pytest.mark.parametrize(("name", "argument", "message"), REFUSED)
def test_what_cloudformation_refuses_is_a_mistake(name, argument, message):
    with pytest.raises(TemplateMistake) as caught:
        apply(name, argument)
    assert caught.value.message == message
    assert caught.value.fix.endswith(".")


def test_each_function_has_a_refusal():
    assert {name for name, _, _ in REFUSED} == set(PURE)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("Fn::Join", [",", ["a", WHY]]),
        ("Fn::Join", [",", WHY]),
        ("Fn::Split", [",", WHY]),
        ("Fn::Select", [WHY, ["a"]]),
        ("Fn::Select", [0, WHY]),
        ("Fn::Select", [1, ["a", WHY]]),
        ("Fn::Base64", WHY),
        ("Fn::Length", WHY),
        ("Fn::ToJsonString", {"a": [{"b": WHY}]}),
        ("Fn::Cidr", [WHY, 1]),
    ],
)
def test_what_rests_on_the_unknown_is_not_known_for_its_reason(name, argument):
    assert apply(name, argument) == WHY


def test_items_that_are_not_looked_at_may_be_unknown():
    assert apply("Fn::Select", [0, ["a", WHY]]) == "a"
    assert apply("Fn::Length", [WHY, WHY]) == 2
    assert apply("Fn::Select", [1, ["a", Reference("ssm", "/x")]]) == Reference("ssm", "/x")


def test_a_reference_in_a_text_is_not_known():
    assert apply("Fn::Join", ["", ["a", Reference("ssm", "/x")]]) == NotKnown("$ssm /x is not read offline")


SECRET = Secret("not-a-real,secret", "parameter P")


@pytest.mark.parametrize(
    ("name", "argument", "texts"),
    [
        ("Fn::Join", ["-", ["a", SECRET]], ["a-not-a-real,secret"]),
        ("Fn::Split", [",", SECRET], ["not-a-real", "secret"]),
        ("Fn::Base64", SECRET, [base64.b64encode(b"not-a-real,secret").decode()]),
        ("Fn::ToJsonString", {"a": SECRET}, ['{"a":"not-a-real,secret"}']),
        ("Fn::Select", [0, [SECRET]], ["not-a-real,secret"]),
    ],
)
def test_what_is_made_of_a_secret_is_one(name, argument, texts):
    found = apply(name, argument)
    parts = found if isinstance(found, list) else [found]
    assert all(isinstance(part, Secret) and part.origin == "parameter P" for part in parts)
    assert [part.reveal() for part in parts] == texts


def test_an_item_beside_a_secret_is_none():
    assert apply("Fn::Select", [1, [SECRET, "plain"]]) == "plain"

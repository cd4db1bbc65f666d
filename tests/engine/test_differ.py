"""The differ, line by line: which members are compared, what a line says, and when two spellings are one value.

On a schema with every mark; quick enough that a run of mutations over the differ costs seconds.
"""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Address, FieldChange, Secret, Unknown
from reconciler.values import differ
from reconciler.values.differ import diff, same, undeclared
from schemas.base import (
    ApiModel,
    Cidr,
    ClearWith,
    CreateOnly,
    Default,
    FreeDocument,
    Keyed,
    Pin,
    Presence,
    SecretKeys,
    Sensitive,
    Text,
    Unordered,
    WriteOnly,
    WriteOnlyKeys,
)


class Depth(ApiModel):
    Number: Annotated[int, Default(8)] | None = None
    Flag: bool | None = None
    Deep: Annotated[str, Sensitive()] | None = None
    Silent: Annotated[str, WriteOnly()] | None = None


class Entry(ApiModel):
    Key: str
    Value: Annotated[str, Default("usual")] | None = None
    Note: Annotated[str, Text()] | None = None
    Members: Annotated[list[str], Unordered()] | None = None


class Every(ApiModel):
    Id: Annotated[str, Pin()] | None = None
    Plain: str | None = None
    Mode: Annotated[str, Default("OFF")] | None = None
    Message: Annotated[str, Text()] | None = None
    Number: float | None = None
    Switch: bool | None = None
    On: Annotated[bool, Default(value=True)] | None = None
    Set: Annotated[list[str], Unordered()] | None = None
    Usual: Annotated[list[str], Unordered(), Default(["b", "a"])] | None = None
    Ordered: list[str] | None = None
    Codes: Annotated[list[str], Sensitive()] | None = None
    Things: Annotated[list[Entry], Unordered()] | None = None
    Notes: Annotated[dict[str, Annotated[str, Text()]], Default({"a": "x"})] | None = None
    Kept: Annotated[list[str], ClearWith(["none"])] | None = None
    Ranges: Annotated[list[Annotated[str, Cidr()]], Unordered()] | None = None
    Rules: list[Entry] | None = None
    Block: Depth | None = None
    Given: Annotated[Depth, Default({"Number": 3, "Flag": True})] | None = None
    Here: Annotated[Depth, Presence()] | None = None
    Tags: Annotated[dict[str, str], Default({"made": "by us"})] | None = None
    Details: Annotated[dict[str, str], SecretKeys(("client_secret",)), WriteOnlyKeys(("private_key",))] | None = None
    Limits: Annotated[dict[str, Depth], Default({"known": {"Number": 5, "Flag": True}})] | None = None
    Items: Annotated[list[Entry], Keyed("Key"), Default([{"Key": "email", "Value": "usual"}])] | None = None
    Free: Annotated[dict[str, Any], FreeDocument()] | None = None
    Password: Annotated[str, Sensitive()] | None = None
    Made: Annotated[str, Sensitive(), CreateOnly("make another")] | None = None
    Asked: Annotated[bool, CreateOnly("make another")] | None = None
    Silent: Annotated[str, WriteOnly()] | None = None


LIVE = {"Plain": "here"}
"""An object that exists, and says nothing of the members in question."""


def lines(declared: dict[str, Any], observed: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(f.path, f.before, f.after) for f in diff(Every, declared, observed)]


@pytest.mark.parametrize(
    ("declared", "observed", "expected"),
    [
        ({"Plain": "a"}, {"Plain": "b"}, [(("Plain",), "b", "a")]),
        ({"Plain": "a"}, {"Mode": "ON"}, [(("Plain",), None, "a")]),
        ({"Plain": None}, {"Plain": "b"}, [(("Plain",), "b", None)]),
        ({"Mode": None}, {"Mode": "ON"}, [(("Mode",), "ON", "OFF")]),
        ({"Kept": None}, {"Kept": ["a"]}, [(("Kept",), ["a"], ["none"])]),
        ({"Number": 0}, {"Number": 3.0}, [(("Number",), 3.0, 0)]),
        ({"Number": 0}, LIVE, [(("Number",), None, 0)]),
        ({"Switch": False}, LIVE, [(("Switch",), None, False)]),
        ({"On": False}, LIVE, [(("On",), None, False)]),
        ({"Ordered": ["a", "b"]}, {"Ordered": ["b", "a"]}, [(("Ordered",), ["b", "a"], ["a", "b"])]),
        ({"Usual": ["a"]}, LIVE, [(("Usual",), None, ["a"])]),
        ({"Block": {"Number": 9}}, LIVE, [(("Block", "Number"), None, 9)]),
        ({"Block": {"Number": 9}}, {"Block": {"Number": 7}}, [(("Block", "Number"), 7, 9)]),
        ({"Block": {"Number": None}}, {"Block": {"Number": 7}}, [(("Block", "Number"), 7, 8)]),
        ({"Block": None}, {"Block": {"Number": 7}}, [(("Block",), {"Number": 7}, None)]),
        ({"Here": {}}, LIVE, [(("Here",), None, {})]),
        ({"Here": {"Flag": None}}, LIVE, [(("Here",), None, {})]),
        ({"Here": {"Flag": True}}, LIVE, [(("Here", "Flag"), None, True)]),
        ({"Here": {"Flag": True, "Number": None}}, LIVE, [(("Here", "Flag"), None, True)]),
        ({"Here": None}, {"Here": {}}, [(("Here",), {}, None)]),
        ({"Tags": {"x": "1", "y": "2"}}, {"Tags": {"x": "0"}}, [(("Tags", "x"), "0", "1"), (("Tags", "y"), None, "2")]),
        ({"Tags": {"x": None}}, {"Tags": {"x": "0"}}, [(("Tags", "x"), "0", None)]),
        ({"Limits": {"a": {"Number": 1}}}, {"Limits": {"a": {"Number": 2}}}, [(("Limits", "a", "Number"), 2, 1)]),
        ({"Limits": {"a": {"Number": 1}}}, LIVE, [(("Limits", "a", "Number"), None, 1)]),
        ({"Limits": {"a": None}}, {"Limits": {"a": {"Number": 2}}}, [(("Limits", "a"), {"Number": 2}, None)]),
        (
            {"Items": [{"Key": "a", "Value": "1"}, {"Key": "b"}]},
            {"Items": [{"Key": "a", "Value": "2"}]},
            [(("Items", "a", "Value"), "2", "1"), (("Items", "b"), None, {"Key": "b"})],
        ),
        ({"Items": [{"Key": "b"}]}, LIVE, [(("Items", "b"), None, {"Key": "b"})]),
        ({"New": {"A": 1, "B": 2}}, {"New": {"A": 1, "B": 3}}, [(("New", "B"), 3, 2)]),
        ({"New": {"A": {"B": 1}}}, {"New": 5}, [(("New", "A", "B"), None, 1)]),
        ({"New": {}}, {"New": 5}, [(("New",), 5, {})]),
        ({"New": 1}, LIVE, [(("New",), None, 1)]),
        ({"Rules": [{"Key": "a"}]}, {"Rules": [{"Key": "b"}]}, [(("Rules",), [{"Key": "b"}], [{"Key": "a"}])]),
        ({"Free": {"a": 1}}, {"Free": {"a": 2, "b": 1}}, [(("Free",), {"a": 2, "b": 1}, {"a": 1})]),
        ({"Id": "other"}, {"Id": "one"}, []),
        ({"New": [{"a": 1}]}, {"New": [{"a": 2}]}, [(("New",), [{"a": 2}], [{"a": 1}])]),
        ({"Details": {"private_key": "k", "a": "1"}}, {"Details": {"a": "0"}}, [(("Details", "a"), "0", "1")]),
        ({"Here": {}}, {}, [(("Here",), None, {})]),
        ({"Here": None, "Plain": None}, {}, []),
    ],
)
def test_a_line_says_what_is_and_what_will_be(declared, observed, expected):
    assert lines(declared, observed) == expected


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ({"Message": "a\nb\n"}, {"Message": "a\r\nb"}),
        ({"Message": "a\r\n\r\n"}, {"Message": "a"}),
        ({"Number": 8.0}, {"Number": 8}),
        ({"Number": 8}, {"Number": 8.0}),
        ({"Plain": ""}, {"Mode": "ON"}),
        ({"Ordered": []}, LIVE),
        ({"Tags": {}}, LIVE),
        ({"Plain": None}, {"Plain": ""}),
        ({"Usual": ["b", "a"]}, LIVE),
        ({"Usual": []}, {"Usual": ["b", "a"]}),
        ({"Usual": None}, {"Usual": ["b", "a"]}),
        ({"Usual": ["a", "b"]}, {"Usual": []}),
        ({"Mode": "OFF"}, LIVE),
        ({"Mode": "OFF"}, {"Mode": ""}),
        ({"Here": {}}, {"Here": {"Number": 3}}),
        ({"Here": {"Flag": None}}, {"Here": {}}),
        ({"Ranges": ["192.0.2.1", "10.1.2.3/8"]}, {"Ranges": ["10.0.0.0/8", "192.0.2.1/32"]}),
        ({"Ranges": ["no range"]}, {"Ranges": ["no range"]}),
        ({"Rules": [{"Key": "a", "Value": "usual"}]}, {"Rules": [{"Key": "a"}]}),
        ({"Rules": [{"Key": "a"}]}, {"Rules": [{"Value": "usual", "Key": "a"}]}),
        ({"Rules": [{"Key": "a", "Note": "x"}]}, {"Rules": [{"Note": "x\r\n", "Key": "a"}]}),
        ({"Rules": [{"Key": "a", "Members": ["x", "y"]}]}, {"Rules": [{"Key": "a", "Members": ["y", "x"]}]}),
        ({"Rules": [{"Key": "a", "Members": []}]}, {"Rules": [{"Key": "a"}]}),
        ({"Rules": [{"Key": "a", "More": None}]}, {"Rules": [{"Key": "a"}]}),
        ({"Limits": {"a": {}}}, {"Limits": {}}),
        ({"Items": [{"Key": "a"}]}, {"Items": [{"Key": "b"}, {"Key": "a", "Value": "2"}]}),
        ({"Free": {"b": 8.0, "a": [1.0, {"c": 2.0}], "d": None}}, {"Free": {"a": [1, {"c": 2}], "b": 8}}),
        ({"New": {"A": {"B": 1}}}, {"New": {"A": {"B": 1, "C": 2}, "D": 3}}),
        ({"Things": [{"Key": "a"}, {"Key": "b", "Note": "n"}]}, {"Things": [{"Note": "n", "Key": "b"}, {"Key": "a"}]}),
        ({"Notes": {"a": "x\n"}}, {"Notes": {"a": "x"}}),
        ({"Silent": "x"}, LIVE),
        ({"Block": {"Silent": "x"}}, {"Block": {"Number": 7}}),
        ({"Limits": {"a": {"Silent": "x"}}}, {"Limits": {"a": {"Number": 7}}}),
        ({"Details": {"private_key": "x"}}, {"Details": {"other": "y"}}),
    ],
)
def test_two_spellings_of_one_value_are_no_change(declared, observed):
    assert lines(declared, observed) == []


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ({"Message": "a\n\nb"}, {"Message": "a\nb"}),
        ({"Message": "a "}, {"Message": "a"}),
        ({"Message": "\na"}, {"Message": "a"}),
        ({"Plain": "a\n"}, {"Plain": "a"}),
        ({"Message": "aX"}, {"Message": "a"}),
        ({"Plain": "a\r\nb"}, {"Plain": "a\nb"}),
        ({"Number": 8.5}, {"Number": 8}),
        ({"Plain": "0"}, {"Plain": 0}),
        ({"Ranges": ["10.0.0.0/8"]}, {"Ranges": ["10.0.0.0/9"]}),
        ({"Ordered": ["10.0.0.1"]}, {"Ordered": ["10.0.0.1/32"]}),
        ({"Rules": [{"Key": "a", "Value": "other"}]}, {"Rules": [{"Key": "a"}]}),
        ({"Rules": [{"Key": "a", "More": 1}]}, {"Rules": [{"Key": "a"}]}),
        ({"Rules": [{"Key": "a"}, {"Key": "b"}]}, {"Rules": [{"Key": "b"}, {"Key": "a"}]}),
        ({"Free": {"a": [1, 2]}}, {"Free": {"a": [2, 1]}}),
        ({"Switch": True}, {"Switch": False}),
        ({"Set": ["a", "a"]}, {"Set": ["a"]}),
        ({"Set": ["a"]}, LIVE),
    ],
)
def test_what_means_something_else_is_one_change_of_that_member(declared, observed):
    assert [f.path for f in diff(Every, declared, observed)] == [tuple(declared)]


def test_a_new_object_shows_its_defaults_and_what_is_never_read_back():
    declared = {
        "Silent": "s",
        "Mode": "OFF",
        "Usual": ["a", "b"],
        "Block": {"Silent": "b", "Number": 8},
        "Details": {"private_key": "k"},
        "Limits": {"a": {"Silent": "l"}},
    }
    assert lines(declared, {}) == [
        (("Mode",), None, "OFF"),
        (("Usual",), None, ["a", "b"]),
        (("Block", "Number"), None, 8),
        (("Block", "Silent"), None, "b"),
        (("Details", "private_key"), None, "k"),
        (("Limits", "a", "Silent"), None, "l"),
        (("Silent",), None, "s"),
    ]


def test_an_item_that_is_there_is_compared_without_what_is_never_read_back():
    class Holder(ApiModel):
        Items: Annotated[list[Kept], Keyed("Key")] | None = None

    changes = diff(Holder, {"Items": [{"Key": "a", "Secret": "new", "Value": "1"}]}, {"Items": [{"Key": "a"}]})
    assert changes == (FieldChange(("Items", "a", "Value"), None, "1"),)


class Kept(ApiModel):
    Key: str
    Secret: Annotated[str, WriteOnly()] | None = None
    Value: str | None = None


def test_lines_come_in_the_order_of_the_schema_and_unknown_members_last():
    declared = {"New": 1, "Switch": True, "Older": 2, "Block": {"Flag": True, "Number": 1}, "Plain": "p"}
    assert [f.path for f in diff(Every, declared, {"Mode": "ON"})] == [
        ("Plain",),
        ("Switch",),
        ("Block", "Number"),
        ("Block", "Flag"),
        ("New",),
        ("Older",),
    ]


@pytest.mark.parametrize(
    ("declared", "observed", "expected"),
    [
        ({"Password": "new"}, {"Password": "old"}, True),
        ({"Password": None}, {"Password": "old"}, True),
        ({"Codes": ["new"]}, {"Codes": ["old"]}, True),
        ({"Block": {"Deep": "new"}}, {"Block": {"Deep": "old"}}, True),
        ({"Details": {"client_secret": "new"}}, {"Details": {"client_secret": "old"}}, True),
        ({"Details": {"client_secret": Secret("new", "t")}}, {"Details": {}}, True),
        ({"Tags": {"x": Secret("new", "t")}}, {"Tags": {"x": "old"}}, True),
        ({"Plain": Secret("new", "t")}, {"Plain": "old"}, True),
        ({"Ordered": ["a", Secret("new", "t")]}, {"Ordered": ["a"]}, True),
        ({"Rules": [{"Key": Secret("new", "t")}]}, {"Rules": []}, True),
        ({"Free": {"a": {"b": [Secret("new", "t")]}}}, {"Free": {"a": 1}}, True),
        ({"Items": [{"Key": "a", "Value": Secret("new", "t")}]}, {"Items": []}, True),
        ({"New": Secret("new", "t")}, LIVE, True),
        ({"Details": {"other": "new"}}, {"Details": {"other": "old"}}, False),
        ({"Tags": {"client_secret": "new"}}, {"Tags": {}}, False),
        ({"Plain": "new"}, {"Plain": "old"}, False),
        ({"Here": {}}, LIVE, False),
        ({"Items": [{"Key": "a"}]}, {"Items": []}, False),
        ({"Rules": [{"Key": "a"}]}, {"Rules": []}, False),
        ({"New": "x"}, LIVE, False),
    ],
)
def test_only_a_secret_is_hidden(declared, observed, expected):
    assert [f.sensitive for f in diff(Every, declared, observed)] == [expected]


@pytest.mark.parametrize(
    ("declared", "observed"),
    [
        ({"Plain": Secret("same", "t")}, {"Plain": "same"}),
        ({"Ordered": ["a", Secret("same", "t")]}, {"Ordered": ["a", "same"]}),
        ({"Free": {"a": Secret("same", "t"), "b": 1}}, {"Free": {"a": "same", "b": 1}}),
        ({"Rules": [{"Key": Secret("same", "t")}]}, {"Rules": [{"Key": Secret("same", "live")}]}),
        ({"Tags": {"x": Secret("same", "t")}}, {"Tags": {"x": "same"}}),
        ({"New": {"A": Secret("same", "t")}}, {"New": {"A": "same"}}),
    ],
)
def test_a_secret_equals_the_same_text_that_the_service_shows(declared, observed):
    assert lines(declared, observed) == []


def test_a_live_text_beside_a_declared_secret_is_wrapped():
    (change,) = diff(Every, {"Plain": Secret("new", "$env A")}, {"Plain": "old"})
    assert (change.before, change.after) == (Secret("old", "live"), Secret("new", "$env A"))
    assert (change.before.origin, change.after.origin) == ("live", "$env A")
    (change,) = diff(Every, {"Ordered": [Secret("new", "$env A"), "x"]}, {"Ordered": ["old", "x"]})
    assert change.before == [Secret("old", "live"), Secret("x", "live")]
    assert {b.origin for b in change.before} == {"live"}
    (change,) = diff(Every, {"Free": {"a": Secret("new", "t"), "b": "x"}}, {"Free": {"a": "old", "b": "y", "c": 3}})
    assert change.before == {"a": Secret("old", "live"), "b": "y", "c": 3}
    (change,) = diff(Every, {"Number": Secret("8", "t")}, {"Number": 8})
    assert change.before == 8


def test_same_compares_every_member_of_either_side():
    assert same(Every, {"Plain": "a", "Mode": "OFF"}, {"Plain": "a"})
    assert same(Every, {"Message": "a"}, {"Message": "a\r\n"})
    assert not same(Every, {"Plain": "a"}, {"Plain": "a", "Mode": "ON"})
    assert not same(Every, {"Plain": "a", "Mode": "ON"}, {"Plain": "a"})
    assert not same(Every, {"Tags": {"x": "1"}}, {"Tags": {"x": "1", "y": "2"}})


# --- what nobody declares -------------------------------------------------------------------------------------------


def found(declared: dict[str, Any], live: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(f.path, f.before, f.after) for f in undeclared(Every, declared, live)]


@pytest.mark.parametrize(
    ("declared", "live", "expected"),
    [
        ({}, {"Plain": "a"}, [(("Plain",), "a", None)]),
        ({}, {"Mode": "ON"}, [(("Mode",), "ON", "OFF")]),
        ({}, {"Mode": "OFF"}, []),
        ({}, {"Plain": ""}, []),
        ({}, {"Switch": False}, []),
        ({}, {"Switch": True}, [(("Switch",), True, None)]),
        ({}, {"On": False}, [(("On",), False, True)]),
        ({}, {"On": True}, []),
        ({}, {"Number": 0}, [(("Number",), 0, None)]),
        ({}, {"Usual": ["b", "a"]}, []),
        ({}, {"Usual": ["a"]}, [(("Usual",), ["a"], ["b", "a"])]),
        ({}, {"Unknown": "a"}, []),
        ({}, {"Id": "x", "Silent": "s", "Made": "m"}, []),
        ({}, {"Asked": True}, [(("Asked",), True, None)]),
        ({}, {"Password": "p"}, [(("Password",), "p", None)]),
        ({"Plain": "b"}, {"Plain": "a"}, []),
        ({"Plain": None}, {"Plain": "a"}, []),
        ({"Block": None}, {"Block": {"Flag": True}}, []),
        ({"Tags": None}, {"Tags": {"x": "1"}}, []),
        ({"Items": None}, {"Items": [{"Key": "x"}]}, []),
        ({}, {"Block": {"Number": 8, "Flag": True}}, [(("Block", "Flag"), True, None)]),
        ({}, {"Block": {"Number": 9, "Flag": False}}, [(("Block", "Number"), 9, 8)]),
        ({"Block": {"Flag": True}}, {"Block": {"Number": 9, "Flag": False}}, [(("Block", "Number"), 9, 8)]),
        ({}, {"Given": {"Number": 8, "Flag": True}}, []),
        ({}, {"Given": {"Number": 3, "Flag": False}}, [(("Given", "Number"), 3, 8), (("Given", "Flag"), False, True)]),
        ({}, {"Block": "odd"}, [(("Block",), "odd", None)]),
        ({}, {"Tags": {"x": "1", "made": "by us"}}, [(("Tags", "x"), "1", None)]),
        ({}, {"Tags": {"made": "by you"}}, [(("Tags", "made"), "by you", "by us")]),
        ({"Tags": {"x": "0", "y": None}}, {"Tags": {"x": "1", "y": "2", "z": "3"}}, [(("Tags", "z"), "3", None)]),
        ({"Tags": {"x": "0"}}, {"Tags": "odd"}, []),
        ({}, {"Details": {"private_key": "k", "b": "2"}}, [(("Details", "b"), "2", None)]),
        ({}, {"Details": {"a": "", "private_key": "k", "b": "2"}}, [(("Details", "b"), "2", None)]),
        ({}, {"Limits": {"a": {"Number": 9}}}, [(("Limits", "a", "Number"), 9, 8)]),
        ({"Limits": {"a": None}}, {"Limits": {"a": {"Flag": True}, "b": {"Flag": True}}},
         [(("Limits", "b", "Flag"), True, None)]),
        ({"Limits": {"a": {"Number": 1}}}, {"Limits": {"a": {"Number": 2, "Flag": True}}},
         [(("Limits", "a", "Flag"), True, None)]),
        ({}, {"Limits": {"a": "odd", "b": {"Flag": True}}},
         [(("Limits", "a"), "odd", None), (("Limits", "b", "Flag"), True, None)]),
        ({}, {"Items": [{"Key": "email"}, {"Key": "x", "Value": "1"}]},
         [(("Items", "x"), {"Key": "x", "Value": "1"}, None)]),
        ({}, {"Items": [{"Key": "email", "Value": "1"}]}, [(("Items", "email"), {"Key": "email", "Value": "1"}, None)]),
        ({"Items": [{"Key": "x"}]}, {"Items": [{"Key": "x", "Value": "1"}, {"Key": "y"}]},
         [(("Items", "y"), {"Key": "y"}, None)]),
        ({}, {"Items": "odd"}, [(("Items",), "odd", [{"Key": "email", "Value": "usual"}])]),
        ({}, {"Rules": [{"Key": "x"}]}, [(("Rules",), [{"Key": "x"}], None)]),
        ({}, {"Items": [{"Key": "email", "Value": "usual"}]}, []),
        ({}, {"Notes": {"a": "x\r\n", "b": "y"}}, [(("Notes", "b"), "y", None)]),
        ({}, {"Limits": {"known": {"Number": 8, "Flag": True}}}, []),
        ({"Block": {"Number": 1}}, {"Block": {"Number": 9}}, []),
        ({}, {"Free": {"a": 1}}, [(("Free",), {"a": 1}, None)]),
    ],
)  # fmt: skip
def test_what_nobody_declares_and_is_not_usual_is_found(declared, live, expected):
    assert found(declared, live) == expected


def test_it_is_found_in_the_order_of_the_schema():
    assert [path for path, *_ in found({}, {"Set": ["a"], "Switch": True, "Plain": "p", "Mode": "ON"})] == [
        ("Plain",),
        ("Mode",),
        ("Switch",),
        ("Set",),
    ]


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        ({"Password": "p"}, True),
        ({"Plain": Secret("p", "live")}, True),
        ({"Ordered": [Secret("p", "live")]}, True),
        ({"Details": {"client_secret": "p"}}, True),
        ({"Details": {"other": Secret("p", "live")}}, True),
        ({"Details": {"other": "p"}}, False),
        ({"Tags": {"client_secret": "p"}}, False),
        ({"Tags": {"x": "p"}}, False),
        ({"Plain": "p"}, False),
        ({"Items": [{"Key": "x"}]}, False),
    ],
)
def test_a_secret_that_nobody_declares_is_hidden_too(live, expected):
    assert [f.sensitive for f in undeclared(Every, {}, live)] == [expected]


# --- what deepdiff is asked about ----------------------------------------------------------------------------------

VALUES = st.recursive(
    st.sampled_from([None, False, True, 0, 1, 2, 1.5, "", "a", "1", b"a", Unknown(Address("a", "b"), "c")]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4))
def test_values_without_parts_are_compared_as_deepdiff_compares_them(pairs):
    have, want = ({f'["m{n}"]': pair[side] for n, pair in enumerate(pairs)} for side in (0, 1))
    assert differ._unequal(have, want) == differ._unequal_deeply(have, want)


def test_only_values_with_parts_and_values_of_two_types_are_looked_into():
    pairs = ((None, [1]), ({}, None), (1, 2), ("x", "y"), (True, False), (1, True), ("1", 1), ([1], [2]), ({}, {}))
    assert [differ._is_shallow(*pair) for pair in pairs] == [True] * 5 + [False] * 4

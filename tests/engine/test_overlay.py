"""Declared over observed, mark by mark: what is sent, what null makes of a member, and what stays as it is."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import pytest

from reconciler.values.merge import defaults, expanded, overlay, reset_value, with_resets
from schemas.base import (
    ABSENT,
    ApiModel,
    ClearWith,
    Default,
    FreeDocument,
    Keyed,
    NotRemovable,
    OnUpdate,
    Presence,
    members,
)


class Pair(ApiModel):
    Number: Annotated[int, Default(8)] | None = None
    Flag: bool | None = None


class Outer(ApiModel):
    Inner: Pair | None = None
    Note: str | None = None


class Lone(ApiModel):
    Flag: bool | None = None


class Emptied(ApiModel):
    Text: Annotated[str, ClearWith("")] | None = None


class Item(ApiModel):
    Key: str
    Value: str | None = None
    Count: Annotated[int, Default(1)] | None = None


class Separate(ApiModel):
    INPUTS: ClassVar[tuple[tuple[str, str], ...]] = (("cognito-idp", "SetRiskConfiguration"),)
    Number: Annotated[int, Default(1)] | None = None


class Hollows(ApiModel):
    Bare: Lone | None = None


class Whole(ApiModel):
    Plain: str | None = None
    Apart: Separate | None = None
    Hollow: Hollows | None = None
    Mode: Annotated[str, Default("OFF")] | None = None
    Kept: Annotated[list[str], ClearWith([]), Default(["a"])] | None = None
    Ordered: list[str] | None = None
    Block: Pair | None = None
    Nested: Outer | None = None
    Cleared: Emptied | None = None
    Bare: Lone | None = None
    Here: Annotated[Pair, Presence()] | None = None
    Firm: Annotated[Pair, NotRemovable("no")] | None = None
    Dropped: Annotated[Pair, OnUpdate("reset")] | None = None
    Stays: Annotated[Pair, OnUpdate("kept")] | None = None
    Usual: Annotated[Pair, OnUpdate("reset"), Default({"Number": 3})] | None = None
    Tags: Annotated[dict[str, str], Default({})] | None = None
    Limits: dict[str, Pair] | None = None
    Items: Annotated[list[Item], Keyed("Key")] | None = None
    Rules: list[Item] | None = None
    Free: Annotated[dict[str, Any], FreeDocument()] | None = None


@pytest.mark.parametrize(
    ("observed", "declared", "expected"),
    [
        ({"Plain": "a", "Mode": "ON"}, {"Plain": "b"}, {"Plain": "b", "Mode": "ON"}),
        ({"Plain": "a", "Mode": "ON"}, {"Plain": None}, {"Mode": "ON"}),
        ({"Mode": "ON"}, {"Plain": None}, {"Mode": "ON"}),
        ({"Mode": "ON"}, {"Mode": None}, {"Mode": "OFF"}),
        ({"Kept": ["x"]}, {"Kept": None}, {"Kept": []}),
        ({"Ordered": ["x"]}, {"Ordered": ["y"]}, {"Ordered": ["y"]}),
        ({"Block": {"Number": 1, "Flag": True}}, {"Block": {"Number": 2}}, {"Block": {"Number": 2, "Flag": True}}),
        ({"Block": {"Number": 1}}, {"Block": {"Number": None}}, {"Block": {"Number": 8}}),
        ({"Block": {"Number": 1}}, {"Block": None}, {}),
        ({"Block": "odd"}, {"Block": {"Number": 2}}, {"Block": {"Number": 2}}),
        ({}, {"Block": {}}, {}),
        ({}, {"Block": {"Flag": None}}, {}),
        ({"Block": {}}, {"Block": {}}, {"Block": {}}),
        ({}, {"Here": {}}, {"Here": {}}),
        ({"Tags": {"a": "1", "b": "2"}}, {"Tags": {"a": None, "c": "3"}}, {"Tags": {"b": "2", "c": "3"}}),
        ({}, {"Tags": {"a": "1", "b": None}}, {"Tags": {"a": "1"}}),
        ({"Tags": "odd"}, {"Tags": {"a": "1"}}, {"Tags": {"a": "1"}}),
        ({"Tags": {"a": "1"}}, {"Tags": None}, {"Tags": {}}),
        (
            {"Limits": {"x": {"Number": 1, "Flag": True}}},
            {"Limits": {"x": {"Number": 2}, "y": {"Flag": False}}},
            {"Limits": {"x": {"Number": 2, "Flag": True}, "y": {"Flag": False}}},
        ),
        (
            {"Items": [{"Key": "a", "Value": "1"}, {"Key": "b"}]},
            {"Items": [{"Key": "b", "Value": "2"}, {"Key": "c"}]},
            {"Items": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}, {"Key": "c"}]},
        ),
        ({"Limits": {"x": {"Number": 1}}}, {"Limits": {"x": {"Number": None}}}, {"Limits": {"x": {"Number": 8}}}),
        (
            {"Items": [{"Key": "a", "Count": 2}]},
            {"Items": [{"Key": "a", "Count": None}]},
            {"Items": [{"Key": "a", "Count": 1}]},
        ),
        ({"Items": [{"Key": "a", "Value": "1"}]}, {"Items": [{"Key": "a"}]}, {"Items": [{"Key": "a", "Value": "1"}]}),
        ({}, {"Items": [{"Key": "c"}]}, {"Items": [{"Key": "c"}]}),
        ({"Rules": [{"Key": "a"}]}, {"Rules": [{"Key": "b", "Value": None}]}, {"Rules": [{"Key": "b"}]}),
        ({}, {"Rules": [{"Key": [{"a": None, "b": 1}]}]}, {"Rules": [{"Key": [{"b": 1}]}]}),
        ({"Free": {"a": 1}}, {"Free": {"b": 2, "c": None}}, {"Free": {"b": 2, "c": None}}),
        ({"New": {"a": 1, "b": 1}}, {"New": {"b": 2}}, {"New": {"a": 1, "b": 2}}),
        ({"New": 1}, {"New": {"b": 2}}, {"New": {"b": 2}}),
        ({"New": {"a": 1}}, {"New": 3}, {"New": 3}),
        ({"New": {"a": 1}}, {"New": None}, {}),
        ({}, {"Ordered": [None]}, {"Ordered": [None]}),
    ],
)
def test_the_declared_members_go_over_the_live_ones(observed, declared, expected):
    assert overlay(Whole, observed, declared) == expected


def test_the_live_object_stays_as_it_is():
    observed = {"Plain": "a", "Tags": {"a": "1"}, "Block": {"Number": 1}}
    overlay(Whole, observed, {"Plain": None, "Tags": {"a": None}, "Block": {"Number": 2}})
    assert observed == {"Plain": "a", "Tags": {"a": "1"}, "Block": {"Number": 1}}


def test_a_structure_that_only_botocore_knows_is_merged_by_member():
    assert overlay(None, {"a": 1, "b": 1}, {"b": 2, "c": None}) == {"a": 1, "b": 2}


LIVE = {"Number": 1, "Flag": True}


@pytest.mark.parametrize(
    ("declared", "observed", "expected"),
    [
        ({"Block": None}, {"Block": LIVE}, {"Block": {"Number": None, "Flag": None}}),
        ({"Block": None}, {"Block": {"Number": 1, "Odd": 1}}, {"Block": {"Number": None}}),
        ({"Block": {"Flag": None}}, {"Block": LIVE}, {"Block": {"Flag": None}}),
        ({"Block": {"Odd": 1}}, {"Block": LIVE}, {"Block": {"Odd": 1}}),
        ({"Block": {"Odd": None, "Flag": True}}, {"Block": LIVE}, {"Block": {"Flag": True}}),
        ({"Block": {}}, {"Block": LIVE}, {"Block": {}}),
        ({"Block": None}, {}, {"Block": None}),
        ({"Block": None}, {"Block": {}}, {"Block": {}}),
        ({"Nested": None}, {"Nested": {"Inner": LIVE, "Note": "x"}},
         {"Nested": {"Inner": {"Number": None, "Flag": None}, "Note": None}}),
        ({"Nested": {"Inner": None}}, {"Nested": {"Inner": LIVE}},
         {"Nested": {"Inner": {"Number": None, "Flag": None}}}),
        ({"Cleared": None}, {"Cleared": {"Text": "x"}}, {"Cleared": {"Text": None}}),
        ({"Bare": None}, {"Bare": {"Flag": True}}, {"Bare": None}),
        ({"Here": None}, {"Here": LIVE}, {"Here": None}),
        ({"Hollow": None}, {"Hollow": {"Bare": {"Flag": True}}}, {"Hollow": None}),
        ({"Firm": None}, {"Firm": LIVE}, {"Firm": None}),
        ({"Dropped": None}, {"Dropped": LIVE}, {"Dropped": None}),
        ({"Stays": None}, {"Stays": LIVE}, {"Stays": {"Number": None, "Flag": None}}),
        ({"Usual": None}, {"Usual": LIVE}, {"Usual": {"Number": None, "Flag": None}}),
        ({"Limits": None, "Plain": None, "New": None}, {"Limits": {"x": LIVE}, "Plain": "a", "New": {"a": 1}},
         {"Limits": None, "Plain": None, "New": None}),
        ({"Rules": [{"Key": "a"}], "Mode": "ON"}, {"Rules": []}, {"Rules": [{"Key": "a"}], "Mode": "ON"}),
    ],
)  # fmt: skip
def test_null_for_a_structure_becomes_null_for_what_is_live_in_it(declared, observed, expected):
    assert expanded(Whole, declared, observed) == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"Mode": None, "Plain": None, "Kept": None, "New": None},
         {"Mode": "OFF", "Plain": None, "Kept": [], "New": None}),
        ({"Plain": "a", "New": {"a": None}}, {"Plain": "a", "New": {"a": None}}),
        ({"Block": {"Number": None, "Flag": None}}, {"Block": {"Number": 8, "Flag": None}}),
        ({"Nested": {"Inner": {"Number": None}}}, {"Nested": {"Inner": {"Number": 8}}}),
        ({"Limits": {"x": {"Number": None}}}, {"Limits": {"x": {"Number": None}}}),
        ({"Block": "odd"}, {"Block": "odd"}),
        ({"Usual": None, "Block": None}, {"Usual": {"Number": 3}, "Block": None}),
    ],
)  # fmt: skip
def test_null_stands_for_what_it_resets_to(declared, expected):
    assert with_resets(Whole, declared) == expected


def test_what_has_no_null_is_taken_as_it_is():
    declared = {"Block": {"Number": 3}, "Limits": {"x": {"Number": 4}}, "Plain": ""}
    assert with_resets(Whole, declared) is declared


def test_what_null_sends_is_a_copy():
    known = members(Whole)
    for name in ("Kept", "Usual", "Tags"):
        one, other = reset_value(known[name]), reset_value(known[name])
        assert one == other
        assert one is not other
    assert reset_value(known["Kept"]) == []  # what unsets a member wins over its default
    assert reset_value(known["Mode"]) == "OFF"
    assert reset_value(known["Plain"]) is ABSENT
    assert reset_value(None) is ABSENT


def test_the_defaults_are_those_of_all_members_that_belong_to_the_object():
    found = defaults(Whole)
    assert found == {
        "Mode": "OFF",
        "Kept": ["a"],
        "Block": {"Number": 8},
        "Nested": {"Inner": {"Number": 8}},
        "Here": {"Number": 8},
        "Firm": {"Number": 8},
        "Dropped": {"Number": 8},
        "Stays": {"Number": 8},
        "Usual": {"Number": 3},
        "Tags": {},
    }
    found["Kept"].append("b")
    assert defaults(Whole)["Kept"] == ["a"]

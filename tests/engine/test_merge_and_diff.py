"""The laws of overlay and diff, on a small schema that has every kind of member."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import Secret
from reconciler.values.differ import diff, same
from reconciler.values.merge import overlay
from schemas.base import (
    ApiModel,
    ClearWith,
    Default,
    Keyed,
    Presence,
    SecretKeys,
    Sensitive,
    Text,
    Unordered,
    WriteOnly,
    WriteOnlyKeys,
)


class Inner(ApiModel):
    Number: Annotated[int, Default(8)] | None = None
    Flag: bool | None = None


class Item(ApiModel):
    Name: str
    Value: str | None = None


class Toy(ApiModel):
    Plain: str | None = None
    Mode: Annotated[str, Default("OFF")] | None = None
    Message: Annotated[str, Text()] | None = None
    Set: Annotated[list[str], Unordered()] | None = None
    List: list[str] | None = None
    Kept: Annotated[list[str], Unordered(), ClearWith([])] | None = None
    Block: Inner | None = None
    Here: Annotated[Inner, Presence()] | None = None
    Tags: Annotated[dict[str, str], Default({})] | None = None
    Details: Annotated[dict[str, str], SecretKeys(("client_secret",)), WriteOnlyKeys(("private_key",))] | None = None
    Items: Annotated[list[Item], Keyed("Name")] | None = None
    Password: Annotated[str, Sensitive()] | None = None
    Silent: Annotated[str, WriteOnly()] | None = None


def paths(declared: dict[str, Any], observed: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [f.path for f in diff(Toy, declared, observed)]


@pytest.mark.parametrize(
    ("declared", "observed", "expected"),
    [
        ({"Plain": "a"}, {"Plain": "a", "Mode": "ON"}, []),
        ({"Plain": "a"}, {"Plain": "b"}, [("Plain",)]),
        ({"Plain": None}, {"Plain": "b"}, [("Plain",)]),
        ({"Plain": None}, {"Mode": "x"}, []),
        ({"Mode": "OFF"}, {"Plain": "an old object without the member"}, []),
        ({"Mode": None}, {"Mode": "OFF"}, []),
        ({"Mode": None}, {"Mode": "ON"}, [("Mode",)]),
        ({"Message": "a\nb"}, {"Message": "a\r\nb\n"}, []),
        ({"Set": ["b", "a"]}, {"Set": ["a", "b"]}, []),
        ({"Set": ["b", "a"]}, {"Set": ["a", "c"]}, [("Set",)]),
        ({"List": ["b", "a"]}, {"List": ["a", "b"]}, [("List",)]),
        ({"Set": []}, {"Plain": "x"}, []),
        ({"Set": None}, {"Set": ["a"]}, [("Set",)]),
        ({"Block": {"Number": 9}}, {"Block": {"Number": 8, "Flag": True}}, [("Block", "Number")]),
        ({"Block": {"Number": 8}}, {"Plain": "x"}, []),
        ({"Block": {}}, {"Plain": "x"}, []),
        ({"Block": None}, {"Block": {"Flag": True}}, [("Block",)]),
        ({"Here": {}}, {"Plain": "x"}, [("Here",)]),
        ({"Here": {}}, {"Here": {}}, []),
        ({"Here": None}, {"Here": {}}, [("Here",)]),
        ({"Tags": {"a": "1"}}, {"Tags": {"a": "1", "b": "2"}}, []),
        ({"Tags": {"a": None}}, {"Tags": {"a": "1", "b": "2"}}, [("Tags", "a")]),
        ({"Tags": {"a": None}}, {"Tags": {"b": "2"}}, []),
        ({"Tags": {"a": "2", "c": "3"}}, {"Tags": {"a": "1"}}, [("Tags", "a"), ("Tags", "c")]),
        ({"Items": [{"Name": "x", "Value": "1"}]}, {"Items": [{"Name": "y"}, {"Name": "x", "Value": "1"}]}, []),
        ({"Items": [{"Name": "x", "Value": "1"}]}, {"Items": [{"Name": "x", "Value": "2"}]}, [("Items", "x", "Value")]),
        ({"Items": [{"Name": "z"}]}, {"Items": [{"Name": "x"}]}, [("Items", "z")]),
        ({"Unknown": {"A": 1, "B": 2}}, {"Unknown": {"A": 1, "B": 3, "C": 4}}, [("Unknown", "B")]),
        ({"Silent": "new"}, {"Plain": "x"}, []),
        ({"Details": {"private_key": "k", "a": "1"}}, {"Details": {"a": "1"}}, []),
    ],
)
def test_only_what_is_declared_and_different_is_a_change(declared, observed, expected):
    assert paths(declared, observed) == expected


def test_changes_come_in_the_order_of_the_schema():
    declared = {"Set": ["a"], "Mode": "ON", "Plain": "p"}
    assert paths(declared, {"List": ["x"]}) == [("Plain",), ("Mode",), ("Set",)]


def test_creating_shows_defaults_too():
    assert paths({"Mode": "OFF", "Silent": "s"}, {}) == [("Mode",), ("Silent",)]


def test_secrets_are_compared_without_being_seen():
    changes = diff(Toy, {"Password": Secret("new", "t")}, {"Password": Secret("old", "live")})
    assert [c.path for c in changes] == [("Password",)]
    assert changes[0].sensitive
    assert "new" not in repr(changes)
    assert "old" not in repr(changes)
    assert not diff(Toy, {"Password": Secret("s", "t")}, {"Password": Secret("s", "live")})
    details = diff(
        Toy, {"Details": {"client_secret": Secret("n", "t")}}, {"Details": {"client_secret": Secret("o", "live")}}
    )
    assert [(c.path, c.sensitive) for c in details] == [(("Details", "client_secret"), True)]


TREES = st.fixed_dictionaries(
    {},
    optional={
        "Plain": st.text(min_size=1, max_size=5),
        "Mode": st.sampled_from(["OFF", "ON"]),
        "Set": st.lists(st.sampled_from("abc"), unique=True),
        "List": st.lists(st.sampled_from("abc")),
        "Kept": st.lists(st.sampled_from("abc"), unique=True),
        "Block": st.fixed_dictionaries({}, optional={"Number": st.integers(6, 9), "Flag": st.booleans()}),
        "Here": st.fixed_dictionaries({}, optional={"Number": st.integers(6, 9)}),
        "Tags": st.dictionaries(st.sampled_from("ab"), st.sampled_from("12")),
        "Items": st.lists(
            st.fixed_dictionaries({"Name": st.sampled_from("xyz"), "Value": st.sampled_from("12")}),
            unique_by=lambda i: i["Name"],
        ),
    },
)


def nullable(tree: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({k: st.one_of(st.none(), st.just(v)) for k, v in tree.items()})


@given(TREES.filter(bool), TREES.flatmap(nullable))
def test_after_an_overlay_nothing_is_left_to_change(observed, declared):
    assert not diff(Toy, declared, overlay(Toy, observed, declared) or {"Unrelated": 1})


@given(TREES, TREES)
def test_an_overlay_touches_nothing_that_is_not_declared(observed, declared):
    result = overlay(Toy, observed, declared)
    assert {k: v for k, v in result.items() if k not in declared} == {
        k: v for k, v in observed.items() if k not in declared
    }


@given(TREES)
def test_an_object_is_the_same_as_itself_and_as_its_shuffled_self(tree):
    shuffled = {k: list(reversed(v)) if k in ("Set", "Kept", "Items") else v for k, v in reversed(tree.items())}
    assert same(Toy, tree, shuffled)


@given(TREES, TREES)
def test_same_is_symmetric(one, other):
    assert same(Toy, one, other) == same(Toy, other, one)


def test_a_secret_in_a_plain_member_converges_and_stays_hidden():
    """A reference may give any member its value; the service returns it in clear all the same."""
    assert not diff(Toy, {"Plain": Secret("s3cret", "t")}, {"Plain": "s3cret"})
    assert not diff(Toy, {"Set": ["a", Secret("s3cret", "t")]}, {"Set": ["s3cret", "a"]})
    assert not diff(Toy, {"Tags": {"a": Secret("s3cret", "t")}}, {"Tags": {"a": "s3cret"}})
    changes = diff(
        Toy, {"Plain": Secret("new", "t"), "Set": [Secret("new", "t")]}, {"Plain": "s3cret", "Set": ["s3cret"]}
    )
    assert [(c.path, c.sensitive) for c in changes] == [(("Plain",), True), (("Set",), True)]
    assert "s3cret" not in repr(changes)

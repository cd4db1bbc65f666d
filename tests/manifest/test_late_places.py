"""Documents without anything unusual are read in a shorter way, with the same trees, places and references."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path as FilePath
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import Problem
from reconciler.manifests import reader
from reconciler.manifests.documents import RawDocument
from reconciler.manifests.late_places import LatePlaces
from reconciler.manifests.loading import load
from reconciler.manifests.reader import Dialect
from reconciler.manifests.references.local_references import resolve_local
from reconciler.manifests.references.variables import variables
from reconciler.model import Position

WHOLE = Dialect("a manifest", "Begin with `version: 1` and `user_pool:`, not indented.", reader.scalar)
"""The dialect of manifests, given as that of another tool: then every place is noted at once."""

WORDS = ["a", "b", "Name", "clients", "true", "~", "12", "1.5", "-", "0x1f", "on", "null", "$x", "$$y", "# c", "a: b"]
WORDS += ["${var.v}", "$${x}", "é", "*", "&", "<<", "x" * 30, " pad ", "!t", "line\nline", "{", "012", ".inf", "yes"]
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.sampled_from(WORDS))
KEYS = st.sampled_from(WORDS)
REFERENCES = st.sampled_from(
    [{"$env": "E"}, {"$var": "v"}, {"$var": "no"}, {"$ssm": "/p"}, {"$var": "tree"}, {"$env": ""}]
)
TREES = st.recursive(
    SCALARS | REFERENCES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(KEYS, TREES, max_size=4)
LINES = [
    "a: 1",
    "a:",
    "  b: x",
    "  - y",
    "- z",
    "b: {c: d, e: [1, f]}",
    "? g",
    ": h",
    "i: &j k",
    "l: *j",
    "---",
    "m: !n o",
]
LINES += [
    "  <<: {p: q}",
    "a: 'r'",
    "s: 010",
    "012: t",
    "# u",
    "v: |",
    "    w",
    "\tx",
    "'y': \"z\"",
    "? [aa]",
    "!bb cc: dd",
]


def read_both(directory: FilePath, text: str) -> tuple[Any, Any]:
    """Return what the reader says of a text, in the shorter way if it takes it, and with every place noted."""
    file = directory / "m.yaml"
    file.write_bytes(text.encode())
    return reader.read([str(file)], lambda: ""), reader.foreign(str(file), text, WHOLE)


def told(problem: Problem) -> tuple[object, ...]:
    """Return what a problem says, and where."""
    return problem.position, problem.path, problem.message, problem.fix, problem.whole_file


def same(one: RawDocument, other: RawDocument) -> None:
    """Hold documents against each other, with types and order."""
    assert repr(one.tree) == repr(other.tree)
    assert (dict(one.positions), dict(one.keys)) == (dict(other.positions), dict(other.keys))
    assert (one.start, one.index, one.blanks) == (other.start, other.index, other.blanks)


@settings(max_examples=300, deadline=None)
@given(st.lists(DOCUMENTS, min_size=1, max_size=2), st.sampled_from([None, False, True]))
def test_what_is_written_is_read_in_the_shorter_way_as_in_the_longer(
    tmp_path_factory: pytest.TempPathFactory, trees: list[Any], flow: bool | None
) -> None:
    text = yaml.safe_dump_all(trees, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    (documents, problems), (whole, said) = read_both(tmp_path_factory.getbasetemp(), text)
    assert [*map(told, problems)] == [*map(told, said)]
    for one, other in zip(documents, whole, strict=True):
        same(one, other)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=8))
def test_mistakes_are_found_and_placed_as_in_the_longer_way(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    (documents, problems), (whole, said) = read_both(tmp_path_factory.getbasetemp(), "\n".join(lines))
    assert [*map(told, problems)] == [*map(told, said)]
    for one, other in zip(documents, whole, strict=True):
        same(one, other)


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_references_are_followed_as_where_every_place_is_noted(
    tmp_path_factory: pytest.TempPathFactory, tree: Any
) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False)
    (documents, problems), (whole, _) = read_both(tmp_path_factory.getbasetemp(), text)
    variables, environ = {"v": "text", "tree": {"a": ["b"], "n": 1}}, {"E": "from outside"}
    for one, other in zip(documents, whole, strict=True) if not problems else ():
        found, mistakes = resolve_local(one, variables, environ)
        expected, said = resolve_local(other, variables, environ)
        assert [*map(told, mistakes)] == [*map(told, said)]
        assert repr(found.tree) == repr(expected.tree)
        assert (found.origins, found.links, found.blanks) == (expected.origins, expected.links, expected.blanks)
        assert (dict(found.positions), dict(found.keys)) == (dict(expected.positions), dict(expected.keys))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("a: {b: c}", ()),
        ("a: {b: {$env: E}}\nc: [{$var: v}, {$ssm: p}]", (("a", "b"), ("c", 0), ("c", 1))),
        ('a: {b: {$env: E}}\nc: "\\x24{var.v}"', None),
        ("a: {b: {$env: E}}\nc: ${var.v}", None),
        ("a: {$$env: E}", None),
        ("a: {$env: E, b: c}", None),
        ("$a: {b: c}", ((),)),
    ],
)
def test_references_are_known_where_only_their_keys_have_a_dollar_sign(
    tmp_path: FilePath, text: str, known: tuple[Any, ...] | None
) -> None:
    (document,), _ = read_both(tmp_path, text)[0]
    assert document.references == known


def test_places_of_objects_are_known_without_reading_again(tmp_path: FilePath) -> None:
    def never() -> dict[Any, Any]:
        raise AssertionError("read again")

    (tmp_path / "m.yaml").write_text("user_pool:\n  PoolName: a\nclients:\n  web: {}\nignore:\n- path: groups/x\n")
    (document,), _ = reader.read([str(tmp_path)], lambda: "")
    keys, positions = document.keys, document.positions
    assert isinstance(keys, LatePlaces)
    assert isinstance(positions, LatePlaces)
    assert keys.found_by(never)[("clients", "web")].line == 4
    assert positions.found_by(never)[("ignore", 0)].line == 6
    assert positions[("user_pool", "PoolName")].column == 13


def test_the_file_is_not_opened_again_for_a_place(tmp_path: FilePath) -> None:
    file = tmp_path / "m.yaml"
    file.write_text("user_pool:\n  PoolName: a\n")
    (document,), _ = reader.read([str(file)], lambda: "")
    file.unlink()
    assert document.positions[("user_pool", "PoolName")] == Position(str(file), 2, 13)


@pytest.mark.parametrize("more", ["", "---\nuser_pool:\n  PoolName: b\n"], ids=["one document", "two documents"])
def test_places_that_were_given_up_are_found_again_without_the_file(tmp_path: FilePath, more: str) -> None:
    (tmp_path / "m.yaml").write_text(f"user_pool:\n  PoolName: \u00e9\n{more}")
    (raw, *_), _ = reader.read([str(tmp_path)], lambda: "")
    document, _ = resolve_local(raw, {}, {})
    found = dict(document.positions), dict(document.keys)
    assert len(found[1]) == 2
    assert raw.again
    (tmp_path / "m.yaml").unlink()
    raw.again.rest()
    raw.again.rest()
    same(raw, raw.again())
    afresh, _ = resolve_local(raw, {}, {})
    assert (dict(afresh.positions), dict(afresh.keys)) == found


def test_a_manifest_goes_without_a_search_for_garbage(tmp_path: FilePath) -> None:
    (tmp_path / "m.yaml").write_text("version: 1\nuser_pool:\n  PoolName: a\nclients:\n  web:\n    ClientName: b\n")
    found = load([str(tmp_path)], variables=variables([], []), environ={}, stdin=str)
    places = [spec.positions for spec in found.manifests[0].specs]
    assert places[1][("ClientName",)].line == 6
    held = [weakref.ref(one) for one in places]
    searches = gc.isenabled()
    gc.disable()
    try:
        del found, places
        assert [ref() for ref in held] == [None, None]
    finally:
        if searches:
            gc.enable()

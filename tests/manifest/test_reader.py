# ruff: noqa: E501 - what is expected of a message stands in one line
"""The YAML reader: what a value is, where it stands, and every mistake that YAML lets pass."""

from __future__ import annotations

import json
import math
import string
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.manifests import reader
from reconciler.manifests.documents import FAILED
from reconciler.manifests.reader import read


def texts(problems):
    return [str(p) for p in problems]


def from_stdin(text):
    return read(["-"], lambda: text)


# --- scalars -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("on", "on"),
        ("ON", "ON"),
        ("off", "off"),
        ("yes", "yes"),
        ("no", "no"),
        ("y", "y"),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("2027-06-30", "2027-06-30"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("0b101", "0b101"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  a\n  b", "a\nb\n"),
        ("1.2.3", "1.2.3"),
        ("=", "="),
        ("-", None),
    ],
)
def test_scalars_follow_yaml_1_2(one, written, meant):
    if written == "-":  # a lone dash begins a list with an empty item
        assert one("a:\n  -\n").tree == {"a": [None]}
        return
    value = one(f"a: {written}\n").tree["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_not_a_number(one):
    assert math.isnan(one("a: .NaN\n").tree["a"])


@pytest.mark.parametrize("written", ["012", "-012", "00", "012345678901"])
def test_a_leading_zero_is_refused_without_repeating_the_number(parse, written):
    documents, problems = parse(f"a: {written}\n")
    assert texts(problems) == [
        (
            "m.yaml:1:4 a: the number has a leading zero, which some programs read as octal. "
            "Put it in quotes, or leave the zero out."
        )
    ]
    assert documents[0].tree == {"a": FAILED}


# --- structure -----------------------------------------------------------------------------------------------------


def test_positions_of_values_and_keys(one):
    document = one("a:\n  b: [1, {c: x}]\n'd': |\n  text\ne:\n")
    assert {p: (w.line, w.column) for p, w in document.positions.items()} == {
        (): (1, 1),
        ("a",): (2, 3),
        ("a", "b"): (2, 6),
        ("a", "b", 0): (2, 7),
        ("a", "b", 1): (2, 10),
        ("a", "b", 1, "c"): (2, 14),
        ("d",): (3, 6),
        ("e",): (5, 3),
    }
    assert {p: (w.line, w.column) for p, w in document.keys.items()} == {
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "b", 1, "c"): (2, 11),
        ("d",): (3, 1),
        ("e",): (5, 1),
    }


def test_columns_count_characters_and_not_bytes(one):
    assert one("a: {größe: 1, b: 2}\n").positions[("a", "b")][1:] == (1, 18)


def test_several_documents_and_empty_ones(parse):
    documents, problems = parse("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n")
    assert problems == []
    assert [(d.tree, d.start.line) for d in documents] == [({"a": 1}, 3), ({"b": 2}, 7)]
    assert documents[0].index < documents[1].index


def test_an_empty_file_holds_no_document(parse):
    assert parse("# only words\n") == ([], [])


@pytest.mark.parametrize(("text", "shape"), [("- 1\n", "a list"), ("hello\n", "a string")])
def test_a_document_is_a_map(parse, text, shape):
    _, problems = parse(text)
    assert [p.message for p in problems] == [f"the document is {shape}; a manifest is a map."]


def test_byte_order_mark_and_windows_line_ends(parse):
    documents, problems = parse(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n")
    assert problems == []
    assert documents[0].tree == {"a": 1, "b": {"c": 2}}
    assert documents[0].positions[("b", "c")][1:] == (3, 6)


def test_anchors_and_merge_keys(one):
    document = one("base: &base {x: 1, y: 2}\none:\n  y: 3\n  <<: *base\ntwo: {<<: [{x: 7}, *base]}\nsame: *base\n")
    assert document.tree == {
        "base": {"x": 1, "y": 2},
        "one": {"y": 3, "x": 1},
        "two": {"x": 7, "y": 2},
        "same": {"x": 1, "y": 2},
    }
    assert document.positions[("one", "x")] == document.positions[("base", "x")]
    assert document.positions[("one", "y")].line == 3


# --- mistakes ------------------------------------------------------------------------------------------------------


def test_a_key_written_twice_names_both_places(parse):
    _, problems = parse("a: 1\nb: {c: 1, d: 2, c: 3}\na: 2\n")
    assert texts(problems) == [
        "m.yaml:2:17 b.c: duplicate key; it is first written in line 2. Remove one of the two.",
        "m.yaml:3:1 a: duplicate key; it is first written in line 1. Remove one of the two.",
    ]


@pytest.mark.parametrize("key", ["1", "true", "~", "1.5", "012"])
def test_keys_are_texts(parse, key):
    _, problems = parse(f"{key}: x\n")
    assert texts(problems) == [f'm.yaml:1:1: the key {key} is not a string. Put it in quotes: "{key}".']


def test_a_list_is_no_key(parse):
    _, problems = parse("? [a]\n: x\n")
    assert [p.message for p in problems] == ["a key is a list or a map."]


@pytest.mark.parametrize("tag", ["!x", "!!str", "!!python/object/apply:os.system", "!!binary", "!!set"])
def test_tags_are_refused(parse, tag):
    documents, problems = parse(f"a: {tag} b\nc: 1\n")
    assert texts(problems) == [
        (
            "m.yaml:1:4 a: a word that begins with `!` is a tag. "
            "Put the value in quotes if it is a string; tags are not allowed."
        )
    ]
    assert documents[0].tree["c"] == 1


def test_a_tagged_key_is_refused(parse):
    assert [p.message for p in parse("{!x a: 1}\n")[1]] == ["a key has a tag."]


def test_an_alias_bomb_is_defused():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join(['*' + a] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    begun = time.process_time()
    documents, problems = from_stdin("\n".join(lines))
    assert time.process_time() - begun < 5
    assert documents == []
    assert [p.message for p in problems] == ["aliases repeat more than 20000 values."]


def test_a_bomb_of_merge_keys_is_defused():
    lines = ["a: &a {" + ", ".join(f"k{i}: {i}" for i in range(100)) + "}"]
    lines += [f"x{i}: {{<<: [{', '.join(['*a'] * 50)}]}}" for i in range(50)]
    documents, problems = from_stdin("\n".join(lines))
    assert documents == []
    assert [p.message for p in problems] == ["aliases repeat more than 20000 values."]


def test_many_values_without_aliases_are_no_bomb():
    documents, problems = from_stdin("\n".join(f"k{i}: [1, 2, 3]" for i in range(10_000)))
    assert problems == []
    assert len(documents[0].tree) == 10_000


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {b: {c: *a}}\n", "a: &a\n  <<: *a\n"])
def test_an_alias_to_something_around_it(parse, text):
    documents, problems = parse(text)
    assert documents == []
    assert [p.message for p in problems] == ["an alias is inside what it repeats."]


@pytest.mark.parametrize("count", [150, 5_000, 100_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_depth_is_limited(opening, count):
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]
    documents, problems = from_stdin("x:\n  " + opening * count + "1" + closing * count)
    assert documents == []
    assert len(problems) == 1
    assert "nested" in problems[0].message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c\n", '1:5: not valid YAML: found a colon where no key can be. Quote a string that contains ": ".'),
        ("a:\n\tb: 1\n", "2:1: not valid YAML: the indentation contains a tab. Indent with spaces."),
        ("a: 'x\nb: 1\n", "1:4: not valid YAML: a quoted text has no end. Close the quote that opens here."),
        ("a: @x\n", "1:4: not valid YAML: a string cannot begin with `@`. Put it in quotes."),
        ("a: *x\n", "1:4: not valid YAML: an alias names an anchor that is not above it. Quote a string that begins with `*`."),
        ("a: {b: !x}\n", "1:10: not valid YAML: a word that begins with `!` is a tag. Put the value in quotes if it is a string."),
        ("a: [1\nb: 2\n", "2:2: not valid YAML: a list in brackets has no end. Close it with `]`, and quote strings with brackets."),
        ("a: {b: 1\nc d\n", "3:1: not valid YAML: a map in braces has no end. Close it with `}`, and quote strings with braces."),
        ('a: "\\q"\n', "1:5: not valid YAML: the text has an unknown escape. Use single quotes, or write the backslash twice."),
        ("a: \x01\n", "1:4: the file holds a control character. Remove it, or write it as an escape."),
        ("'a' b: c\n", "1:5: not valid YAML: a key is expected here. Check the indentation, and quote a string that has quotes in it."),
    ],
)  # fmt: skip
def test_syntax(parse, text, expected):
    documents, problems = parse(text)
    assert documents == []
    assert texts(problems) == [f"m.yaml:{expected}"]


def test_documents_before_a_mistake_are_still_checked(parse):
    documents, problems = parse("a: 1\na: 2\n---\nb: [\n")
    assert len(documents) == 1
    assert len(problems) == 2


def test_not_utf_8(parse):
    _, problems = parse("a: 1\nb: größe\n".encode("latin-1"))
    assert texts(problems) == [
        (
            "m.yaml:2:6: the file is not UTF-8 text. "
            "Save the file as UTF-8; put images into files of their own: {$file: PATH}."
        )
    ]


def test_a_file_that_is_too_large(parse, monkeypatch):
    monkeypatch.setattr(reader, "MAX_BYTES", 1_000_000)
    _, problems = parse("# " + "x" * 1_000_000)
    assert texts(problems) == [
        "m.yaml: the file is larger than 1 MB. Split it: a directory may hold any number of files."
    ]


# --- files ---------------------------------------------------------------------------------------------------------


def test_directories_are_searched_in_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("p/b.yaml", "p/a.yml", "p/c/d.yaml", "p/.x.yaml", "p/.git/e.yaml", "p/overlays/f.yaml", "p/g.json"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a: 1\n")
    documents, problems = read(["p"], lambda: "")
    assert problems == []
    assert [d.file for d in documents] == ["p/a.yml", "p/b.yaml", "p/c/d.yaml"]
    assert [str(d.directory) for d in documents] == ["p", "p", "p/c"]


def test_a_file_named_twice_is_read_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1\n")
    assert len(read(["a.yaml", "a.yaml", "./a.yaml"], lambda: "")[0]) == 1


def test_missing_paths_and_empty_directories_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pools").mkdir()
    _, problems = read(["nowhere", "pools"], lambda: "")
    assert texts(problems) == [
        "nowhere: there is no such file or directory. Check the path, or create a manifest with `poolctl init`.",
        (
            "pools: the directory contains no manifest. "
            "Name a directory with *.yaml files, or create a manifest with `poolctl init` or `poolctl export`."
        ),
    ]


def test_standard_input():
    documents, problems = read(["-"], lambda: "\ufeffa: 1\n")
    assert problems == []
    assert documents[0].file == "-"
    assert str(documents[0].start) == "-:1:1"


def test_all_problems_of_all_files_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 1\na: 2\nb: !x y\n")
    (tmp_path / "b.yaml").write_text("a: [\n")
    assert [p.position.file for p in read(["."], lambda: "")[1]] == ["a.yaml", "a.yaml", "b.yaml"]


SAMPLES = [
    "a: [1, {b: c}]\nd: &x {e: |\n  f\n}\n",
    "a: &x {b: on}\nc:\n  <<: *x\n  d: 'e'\n---\n- 1\n",
    "a: !x b\n",
    "a: 1\na: 2\n",
]


@pytest.mark.parametrize("text", [*SAMPLES, "a: &a [*a]\n", "a:\n\tb: 1\n", "a: b: c\n", "a: @b\n", "[" * 5000])
def test_it_works_without_libyaml(text, monkeypatch):
    fast = from_stdin(text)
    monkeypatch.setattr(reader, "_LOADER", reader._loader_class(None))
    slow = from_stdin(text)
    assert slow[0] == fast[0]
    assert [p.message for p in slow[1]] == [p.message for p in fast[1]] or len(slow[1]) == len(fast[1]) == 1


# --- laws ----------------------------------------------------------------------------------------------------------

words = st.text(string.printable.replace("\r", "").replace("\x0b", "").replace("\x0c", ""), max_size=20)
leaves = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | words
branches = st.lists(leaves, max_size=4) | st.dictionaries(words, leaves, max_size=4)
trees = leaves | branches | st.lists(branches, max_size=3) | st.dictionaries(words, branches, max_size=3)
documents = st.dictionaries(words.filter(bool), trees, min_size=1, max_size=5)


class Quoting(yaml.SafeDumper):
    """PyYAML quotes what YAML 1.1 takes for something else; quote what YAML 1.2 does, too (`0E0`)."""


Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, None if text.isalpha() else "'")
)


@given(documents, st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(tree, flow):
    found, problems = from_stdin(yaml.dump(tree, Dumper=Quoting, default_flow_style=flow, sort_keys=False))
    assert problems == []
    assert found[0].tree == tree


@given(documents)
@settings(max_examples=150, deadline=None)
def test_json_is_yaml(tree):
    found, problems = from_stdin(json.dumps(tree, indent=1).replace("\t", " "))
    assert problems == []
    assert found[0].tree == tree


@given(documents)
@settings(max_examples=150, deadline=None)
def test_positions_point_at_the_text_of_the_value(tree):
    text = json.dumps(tree, indent=2)
    lines = text.split("\n")
    document = from_stdin(text)[0][0]

    def walk(value, path):
        where = document.positions[path]
        rest = lines[where.line - 1][where.column - 1 :]
        opening = {dict: "{", list: "["}.get(type(value)) or json.dumps(value)
        assert rest.startswith(opening)
        if isinstance(value, dict):
            for key, inner in value.items():
                key_at = document.keys[(*path, key)]
                assert lines[key_at.line - 1][key_at.column - 1 :].startswith(json.dumps(key))
                walk(inner, (*path, key))
        elif isinstance(value, list):
            for i, inner in enumerate(value):
                walk(inner, (*path, i))

    walk(tree, ())


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_it_fail(text):
    documents, problems = from_stdin(text)
    assert all(isinstance(d.tree, dict) for d in documents)
    assert all(p.position.line >= 1 and p.position.column >= 1 for p in problems)


@given(st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_no_file_makes_it_fail(tmp_path_factory, data):
    file = tmp_path_factory.mktemp("any") / "m.yaml"
    file.write_bytes(data)
    read([str(file)], lambda: "")

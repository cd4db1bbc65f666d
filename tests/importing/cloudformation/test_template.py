"""Template text → tree: short tags, YAML 1.1, JSON, places, and everything that is wrong at once."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.importing.cloudformation.template import TAGS, Template, read_template

HEAD = "Resources:\n  A:\n    Type: T\n    Properties:\n      X: "


def properties(text: str) -> object:
    return read_template("t.yaml", HEAD + text).section("Resources")["A"]["Properties"]["X"]


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidManifest) as caught:
        read_template("t.yaml", text)
    return [str(p) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("!Ref B", {"Ref": "B"}),
        ("!Condition B", {"Condition": "B"}),
        ("!GetAtt B.C.D", {"Fn::GetAtt": "B.C.D"}),
        ("!GetAtt [B, C]", {"Fn::GetAtt": ["B", "C"]}),
        ("!Sub '${B}/x'", {"Fn::Sub": "${B}/x"}),
        ("!If [B, !Ref C, !Ref 'AWS::NoValue']", {"Fn::If": ["B", {"Ref": "C"}, {"Ref": "AWS::NoValue"}]}),
        (
            "!Join\n        - ','\n        - !Split [';', !ImportValue B]",
            {"Fn::Join": [",", {"Fn::Split": [";", {"Fn::ImportValue": "B"}]}]},
        ),
        ("{Fn::Base64: !Sub b}", {"Fn::Base64": {"Fn::Sub": "b"}}),
        ("!Equals [1, '1']", {"Fn::Equals": [1, "1"]}),
        ("!Transform {Name: M, Parameters: {a: b}}", {"Fn::Transform": {"Name": "M", "Parameters": {"a": "b"}}}),
    ],
)
def test_short_tags_are_written_out(text, tree):
    assert properties(text) == tree


def test_every_tag_has_its_function():
    assert TAGS["!Ref"] == "Ref"
    assert TAGS["!Condition"] == "Condition"
    others = {k: v for k, v in TAGS.items() if k not in ("!Ref", "!Condition")}
    assert all(v == f"Fn::{k[1:]}" for k, v in others.items())
    assert {"!GetStackOutput", "!ToJsonString", "!Length", "!Cidr", "!FindInMap"} <= others.keys()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("OFF", False),
        ("On", True),
        ("yes", True),
        ("no", False),
        ("y", "y"),
        ('"OFF"', "OFF"),
        ("012345678901", "012345678901"),
        ("0123", "0123"),
        ("12", 12),
        ("1.5", 1.5),
        ("0", 0),
        ("2010-09-09", "2010-09-09"),
        ("12:30", "12:30"),
        ("~", None),
    ],
)
def test_scalars_are_those_of_yaml_1_1(text, value):
    found = properties(text)
    assert (type(found), found) == (type(value), value)


def test_the_booleans_are_those_of_pyyaml_too():
    for word in ("yes", "No", "ON", "off", "True", "FALSE", "y", "N", "onn"):
        assert properties(word) == yaml.safe_load(word)


def test_keys_may_be_numbers_and_booleans():
    template = read_template("t.yaml", "Mappings: {M: {111122223333: {on: x}}}\n" + HEAD + "1")
    assert template.section("Mappings") == {"M": {"111122223333": {"on": "x"}}}


def test_aliases_and_merges_are_followed():
    text = "Resources:\n  A: &a {Type: T, Properties: &p {X: 1}}\n  B: {<<: *a, Properties: {<<: *p, Y: !Ref A}}\n"
    assert read_template("t.yaml", text).section("Resources")["B"] == {
        "Type": "T",
        "Properties": {"X": 1, "Y": {"Ref": "A"}},
    }


def test_places_are_those_of_keys_also_below_a_tag():
    template = read_template("t.yaml", HEAD + "!If [C, {Y: 1}, 2]\n")
    path = ("Resources", "A", "Properties", "X")
    assert str(template.position(path)) == "t.yaml:5:7"
    assert str(template.position((*path, "Fn::If", 1, "Y"))) == "t.yaml:5:19"
    assert str(template.position((*path, "Fn::If", 2))) == "t.yaml:5:26"
    assert str(template.position((*path, "Fn::If", 9))) == "t.yaml:5:10"
    assert str(template.position(("Resources", "A"))) == "t.yaml:2:3"
    assert str(template.position(("Nothing",))) == "t.yaml:1:1"


def test_json_is_read_with_places_tabs_and_pairs_of_surrogates():
    tree = {"Resources": {"A": {"Type": "T", "Properties": {"X": 'a 😀 \t \u2028 é / \\ " {'}}}}
    text = json.dumps(tree, indent="\t", ensure_ascii=True).replace("/", "\\/")
    assert "\\ud83d\\ude00" in text
    template = read_template("t.json", text)
    assert template.tree == tree
    assert str(template.position(("Resources", "A", "Properties", "X"))) == "t.json:6:5"


JSON = st.recursive(
    st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ:$0", min_size=1, max_size=6), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_a_json_template_is_read_like_by_json(properties, ascii_only, indent):
    tree = {"Resources": {"A": {"Type": "T", "Properties": {"X": properties}}}}
    found = read_template("t.json", json.dumps(tree, ensure_ascii=ascii_only, indent=indent))
    assert found.tree == tree


@pytest.mark.parametrize("as_text", [False, True])
def test_the_answer_of_get_template_is_taken_apart(as_text):
    body = {"Resources": {"A": {"Type": "T"}}}
    answer = {"TemplateBody": json.dumps(body) if as_text else body, "StagesAvailable": ["Original", "Processed"]}
    found = read_template("t.json", json.dumps(answer, indent=1))
    assert found.tree == body
    if not as_text:
        assert str(found.position(("Resources", "A"))) == "t.json:4:4"


@pytest.mark.parametrize(
    ("transform", "names"),
    [
        (None, ()),
        ("AWS::LanguageExtensions", ("AWS::LanguageExtensions",)),
        (["A", {"Name": "AWS::Include", "Parameters": {}}], ("A", "AWS::Include")),
        ({"Name": "M"}, ("M",)),
        ([{"Ref": "X"}], ("?",)),
    ],
)
def test_transforms_are_listed(transform, names):
    assert Template("t", {"Transform": transform}, {}, {}).transforms == names


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ["t.yaml: the template is empty. Name the file of a template."]),
        ("- a", ["t.yaml:1:1: the document is a list; a template is a map. Begin with `Resources:`, not indented."]),
        (
            "a: 1",
            [
                (
                    "t.yaml: the file has no Resources, so it is not a CloudFormation template. Name a "
                    "template of CloudFormation, the CDK (cdk.out/*.template.json), SAM or Amplify."
                )
            ],
        ),
        (
            "Resources: {A: {Type: T}}\n---\nResources: {}",
            ["t.yaml:3:1: a second document begins here. A template is one document: split it."],
        ),
        ("Resources: [a]", ["t.yaml:1:1 Resources: Resources is not a map. Write names and what they are."]),
        (
            (
                "Conditions: {C: x}\nResources:\n  A: x\n  B: {Typ: T}\n  C: {Type: T, Properties: "
                "[1]}\n  D: {Type: T, Condition: !Not [x]}"
            ),
            [
                "t.yaml:1:14 Conditions.C: C is not a map. Check the indentation.",
                "t.yaml:3:3 Resources.A: A is not a map. Check the indentation.",
                "t.yaml:4:3 Resources.B: B has no Type. Write one such as AWS::Cognito::UserPool.",
                "t.yaml:5:16 Resources.C.Properties: Properties is not a map. Check the indentation.",
                (
                    "t.yaml:6:16 Resources.D.Condition: Condition is not the name of a condition. Write "
                    "the name, without a function."
                ),
            ],
        ),
        (
            HEAD + "!Wrong x",
            [
                (
                    "t.yaml:5:10 Resources.A.Properties.X: a word that begins with `!` is a tag. Put the "
                    "value in quotes if it is a string; tags are not allowed."
                )
            ],
        ),
        (
            HEAD + "1\n      X: 2",
            [
                (
                    "t.yaml:6:7 Resources.A.Properties.X: duplicate key; it is first written in line 5. "
                    "Remove one of the two."
                )
            ],
        ),
        (
            "Resources: {A: {Type: T",
            [
                (
                    "t.yaml:2:1: not valid YAML: a map in braces has no end. Close it with `}`, and "
                    "quote strings with braces."
                )
            ],
        ),
    ],
)
def test_what_is_wrong_is_said_at_once(text, said):
    assert problems(text) == said


def test_what_is_too_large_too_deep_or_a_bomb_is_refused():
    assert problems("#" + "x" * 5_000_001) == ["t.yaml: the template is larger than 5 MB. CloudFormation takes 1 MB."]
    assert "nested more than 100 levels" in problems(HEAD + "[" * 120 + "]" * 120)[0]
    bomb = "a: &a0 [1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
    )
    assert "aliases repeat more than" in problems(bomb + HEAD + "*a8")[0]
    assert "an alias is inside what it repeats" in problems("Resources: &r {A: *r}")[0]

"""Fn::ForEach: everywhere it may be, nested, over every kind of list; and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.importing.cloudformation.evaluation import Evaluator, Given
from reconciler.importing.cloudformation.loops import MAX_MADE, substituted, written_out
from reconciler.importing.cloudformation.template import Template, read_template

from .support import FIXTURES, converted, template

EXTENDED = "AWS::LanguageExtensions"
GROUP = {"Type": "AWS::Cognito::UserPoolGroup"}


def expand(resources: Any, **sections: Any) -> tuple[Template, list[str], list[str]]:
    """The template without loops, the loops left over, and the mistakes."""
    sections.setdefault("Transform", EXTENDED)
    written = template(resources, **sections)
    one = Evaluator(written, Given(sections.pop("given", {})))
    found, remainder = written_out(written, one.value, one.report)
    return found, [f"{r.what} {r.why}" for r in remainder], [p.message for p in one.problems.values()]


def names(resources: Any, **sections: Any) -> list[str]:
    found, remainder, mistakes = expand(resources, **sections)
    assert (remainder, mistakes) == ([], [])
    return list(found.section("Resources"))


@pytest.mark.parametrize(
    ("collection", "found"),
    [
        (["a", "b"], ["Ga", "Gb"]),
        ([], []),
        ({"Ref": "L"}, ["Gx", "Gy"]),
        ([{"Ref": "S"}, "b"], ["Gs", "Gb"]),
        ({"Fn::FindInMap": ["M", "k", "l"]}, ["Gm"]),
        ({"Fn::Split": ["|", "a|b"]}, ["Ga", "Gb"]),
        ([1, 2], ["G1", "G2"]),
    ],
)
def test_a_loop_runs_over_every_kind_of_list(collection, found):
    parameters = {"L": {"Type": "CommaDelimitedList", "Default": "x,y"}, "S": {"Type": "String", "Default": "s"}}
    loop = {"Fn::ForEach::One": ["N", collection, {"G${N}": GROUP}]}
    assert names(loop, Parameters=parameters, Mappings={"M": {"k": {"l": ["m"]}}}) == found


@given(st.lists(st.text("abcXYZ019", min_size=1, max_size=4), unique=True, max_size=5))
def test_a_loop_makes_one_key_for_each_value_in_order(values):
    assert names({"Fn::ForEach::One": ["N", values, {"G${N}": GROUP}]}) == [f"G{v}" for v in values]


def test_what_is_around_a_loop_keeps_its_place():
    resources = {"A": GROUP, "Fn::ForEach::One": ["N", ["x", "y"], {"${N}1": GROUP, "${N}2": GROUP}], "Z": GROUP}
    assert names(resources) == ["A", "x1", "x2", "y1", "y2", "Z"]


def test_loops_within_loops_see_both_values():
    inner = {
        "Fn::ForEach::In": ["M", ["1", "${N}"], {"G${N}${M}": {**GROUP, "Properties": {"GroupName": "${N}/${M}"}}}]
    }
    found, _, _ = expand({"Fn::ForEach::Out": ["N", ["a", "b"], inner]})
    said = {name: body["Properties"]["GroupName"] for name, body in found.section("Resources").items()}
    assert said == {"Ga1": "a/1", "Gaa": "a/a", "Gb1": "b/1", "Gbb": "b/b"}


def test_loops_are_written_out_in_properties_conditions_and_outputs():
    properties = {"Tags": {"first": 1, "Fn::ForEach::T": ["N", ["a"], {"t:${N}": {"Fn::Sub": "of ${N}"}}]}}
    conditions = {"Fn::ForEach::C": ["N", ["a", "b"], {"Is${N}": {"Fn::Equals": [{"Ref": "N"}, "a"]}}]}
    outputs = {"Fn::ForEach::O": ["N", ["a"], {"Out${N}": {"Value": {"Fn::GetAtt": ["G${N}", "Arn"]}}}]}
    found, _, mistakes = expand({"A": {**GROUP, "Properties": properties}}, Conditions=conditions, Outputs=outputs)
    assert mistakes == []
    assert found.section("Resources")["A"]["Properties"] == {"Tags": {"first": 1, "t:a": "of a"}}
    assert found.section("Conditions") == {"Isa": {"Fn::Equals": ["a", "a"]}, "Isb": {"Fn::Equals": ["b", "a"]}}
    assert found.section("Outputs") == {"Outa": {"Value": {"Fn::GetAtt": ["Ga", "Arn"]}}}


def test_an_ampersand_drops_what_is_no_letter_or_digit():
    body = {"D&{N}": {**GROUP, "Properties": {"GroupName": "${N}"}}}
    found, _, _ = expand({"Fn::ForEach::One": ["N", ["shop.x.example"], body]})
    assert found.section("Resources") == {"Dshopxexample": {**GROUP, "Properties": {"GroupName": "shop.x.example"}}}


@pytest.mark.parametrize(
    ("node", "made"),
    [
        ({"Fn::Sub": "Is${N}"}, "Isv"),
        ({"Fn::Sub": "Is${N}-${AWS::Region}"}, {"Fn::Sub": "Isv-${AWS::Region}"}),
        ({"Fn::Sub": "Is${!N}${N}"}, {"Fn::Sub": "Is${!N}v"}),
        ({"Fn::Sub": ["Is${N}", {"N": 1}]}, {"Fn::Sub": ["Isv", {"N": 1}]}),
        ({"Ref": {"Fn::Sub": "P${N}"}}, {"Ref": "Pv"}),
        ({"Ref": {"Ref": "N"}}, {"Ref": "v"}),
        ({"Fn::GetAtt": ["${N}", {"Fn::Sub": "A${N}"}]}, {"Fn::GetAtt": ["v", "Av"]}),
    ],
)
def test_names_of_conditions_parameters_and_resources_may_be_made(node, made):
    """As in the examples of AWS: `Condition: !Sub 'Is${N}'`, `Ref: !Sub 'P${N}'`."""
    assert substituted(node, "N", "v") == made


def test_other_names_are_left_alone():
    assert substituted({"a": ["${N}", "${NN}", "${M}", {"Ref": "NN"}, 5]}, "N", "v") == {
        "a": ["v", "${NN}", "${M}", {"Ref": "NN"}, 5]
    }


def test_what_a_loop_makes_has_the_place_of_its_text():
    text = (
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::One:\n    - N\n    - [a]\n"
        "    - G${N}:\n        Type: AWS::Cognito::UserPoolGroup\n        Properties:\n          Precedence: 1\n"
    )
    written = read_template("t.yaml", text)
    one = Evaluator(written, Given())
    found, _ = written_out(written, one.value, one.report)
    assert str(found.position(("Resources", "Ga"))) == "t.yaml:6:7"
    assert str(found.position(("Resources", "Ga", "Properties", "Precedence"))) == "t.yaml:9:11"


def test_a_loop_over_what_is_not_known_is_left_over():
    found, remainder, mistakes = expand({"Fn::ForEach::One": ["N", {"Fn::ImportValue": "e"}, {"G${N}": GROUP}]})
    assert (found.section("Resources"), mistakes) == ({}, [])
    assert remainder == [
        (
            "Fn::ForEach::One runs over a list that is not known: e is an output of another stack; give "
            "it with --export e=VALUE."
        )
    ]


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        (["N", ["a"]], "Fn::ForEach has another form than [NAME, LIST, {KEY: VALUE}]."),
        ({"N": ["a"]}, "Fn::ForEach has another form than [NAME, LIST, {KEY: VALUE}]."),
        (["N", "a", {"G${N}": GROUP}], "Fn::ForEach::One runs over something that is no list of texts."),
        (["N", [["a"]], {"G${N}": GROUP}], "Fn::ForEach::One runs over something that is no list of texts."),
        (["N", ["a", "b"], {"G": GROUP}], "a loop makes G, which there is already."),
        (["N", ["a"], {"Old": GROUP}], "a loop makes Old, which there is already."),
        (["N", ["a"], {"${N}": GROUP, "a": GROUP}], "a loop makes one key twice."),
        (["N", [str(n) for n in range(MAX_MADE + 1)], {"G${N}": GROUP}], "loops make more than 10000 keys."),
    ],
)
def test_loops_that_are_refused(loop, message):
    _, _, mistakes = expand({"Old": GROUP, "Fn::ForEach::One": loop})
    assert mistakes == [message]


def test_a_loop_needs_the_language_extensions():
    _, _, mistakes = expand(
        {"Fn::ForEach::One": ["N", ["a"], {"G${N}": GROUP}]}, Transform="AWS::Serverless-2016-10-31"
    )
    assert mistakes == ["Fn::ForEach needs the transform AWS::LanguageExtensions."]


def test_a_secret_is_nothing_to_loop_over():
    parameters = {"P": {"Type": "CommaDelimitedList", "NoEcho": True, "Default": "not-a-real-a,not-a-real-b"}}
    _, _, mistakes = expand({"Fn::ForEach::One": ["N", {"Ref": "P"}, {"G${N}": GROUP}]}, Parameters=parameters)
    assert mistakes == ["Fn::ForEach::One runs over something that is no list of texts."]


def test_entries_that_a_loop_makes_are_checked_like_others():
    loop = {"Fn::ForEach::One": ["N", ["a"], {"G${N}": {"Typ": "x"}, "H${N}": 5}]}
    with pytest.raises(InvalidManifest) as caught:
        converted(loop, Transform=EXTENDED)
    assert [p.message for p in caught.value.problems] == ["Ga has no Type.", "Ha is not a map."]


def test_loops_are_written_out_as_cfn_lint_does_it():
    """An implementation that shares nothing with ours; where it is installed."""
    pytest.importorskip("cfnlint", reason="cfn-lint weighs 140 MB: pip install cfn-lint")
    from cfnlint.decode.cfn_yaml import load
    from cfnlint.template import Template as TheirTemplate
    from cfnlint.template.transforms._language_extensions import language_extension

    file = FIXTURES / "choir.sam.yaml"
    problems, theirs = language_extension(TheirTemplate(str(file), load(str(file)), ["eu-central-1"]))
    written = read_template("choir", file.read_text(encoding="utf-8"))
    one = Evaluator(written, Given())
    ours, _ = written_out(written, one.value, one.report)
    assert problems == []
    assert list(ours.section("Conditions")) == list(theirs["Conditions"])
    assert set(ours.section("Resources")) == set(theirs["Resources"])
    for name in ("Groupsoprano", "Groupalto"):
        assert ours.section("Resources")[name] == theirs["Resources"][name]

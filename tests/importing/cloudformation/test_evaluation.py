"""Parameters, mappings, conditions and references: what is known, what not and why, what is refused, what is noted."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.importing.cloudformation.evaluation import Evaluator, Given
from reconciler.importing.cloudformation.leaves import ABSENT, Dependence, NotKnown
from reconciler.importing.cloudformation.stack_listing import StackItem, StackListing, Whereabouts
from reconciler.importing.cloudformation.template import read_template
from reconciler.model import Reference, Secret

from .support import HERE, evaluator, mistake, template, value

POOL = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "quay"}}
EXTENDED = "AWS::LanguageExtensions"
NOWHERE = Whereabouts()


def parameter(type_: str = "String", **more: Any) -> dict[str, Any]:
    return {"P": {"Type": type_, **more}}


# --- parameters ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "said", "found"),
    [
        (parameter(Default="a"), None, "a"),
        (parameter(Default="a"), "b", "b"),
        (parameter(Default="a"), "", ""),
        (parameter("Number", Default=5), None, "5"),
        (parameter("Number", Default="5"), "1.5", "1.5"),
        (parameter(Default=True), None, "true"),
        (parameter("CommaDelimitedList", Default="a, b ,c"), None, ["a", "b", "c"]),
        (parameter("CommaDelimitedList", Default=""), None, []),
        (parameter("List<Number>", Default="1,2"), None, ["1", "2"]),
        (parameter("List<AWS::EC2::Subnet::Id>", Default="s-1,s-2"), None, ["s-1", "s-2"]),
        (parameter("AWS::SSM::Parameter::Name", Default="/a"), None, "/a"),
        (parameter("AWS::SSM::Parameter::Value<String>", Default="/a"), None, Reference("ssm", "/a")),
        (parameter("AWS::SSM::Parameter::Value<List<String>>", Default="/a"), "/b", Reference("ssm", "/b")),
        (parameter(NoEcho=True, Default="x"), None, Secret("x", "parameter P")),
        (parameter(NoEcho="true", Default="x"), "y", Secret("y", "parameter P")),
        (parameter("CommaDelimitedList", NoEcho=True), "x,y", [Secret("x", "parameter P"), Secret("y", "parameter P")]),
        (parameter(AllowedValues=["a", 1]), "1", "1"),
    ],
)
def test_parameters(declared, said, found):
    given = {} if said is None else {"P": said}
    assert value({"Ref": "P"}, given=given, Parameters=declared) == found


def test_a_parameter_with_noecho_and_no_value_is_not_known():
    found = value({"Ref": "P"}, Parameters=parameter(NoEcho=True))
    assert found == NotKnown("the parameter P has NoEcho, so its value is in the stack alone")


@pytest.mark.parametrize(
    ("declared", "said", "message"),
    [
        (parameter(), {}, "the parameter P has no value."),
        (parameter("Number"), {"P": "many"}, "the parameter P is a Number, and its value is none."),
        (
            parameter(AllowedValues=["a", "b"]),
            {"P": "not-a-real-c"},
            "the parameter P has a value that is not allowed.",
        ),
        (
            parameter("CommaDelimitedList", AllowedValues=["a"]),
            {"P": "a,c"},
            "the parameter P has a value that is not allowed.",
        ),
    ],
)
def test_parameters_that_are_refused(declared, said, message):
    assert mistake({"Ref": "P"}, given=said, Parameters=declared) == message


# --- Ref, pseudo parameters and Fn::GetAtt -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("AWS::Region", "eu-central-1"),
        ("AWS::AccountId", "111122223333"),
        ("AWS::Partition", "aws"),
        ("AWS::URLSuffix", "amazonaws.com"),
        ("AWS::StackName", "quay"),
        ("AWS::StackId", "arn:aws:cloudformation:eu-central-1:111122223333:stack/quay/1"),
        ("AWS::NoValue", ABSENT),
        ("AWS::NotificationARNs", NotKnown("AWS::NotificationARNs is not in the template; the stack has it")),
    ],
)
def test_pseudo_parameters(name, found):
    assert value({"Ref": name}) == found


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [("cn-north-1", "aws-cn", "amazonaws.com.cn"), ("us-gov-west-1", "aws-us-gov", "amazonaws.com")],
)
def test_partition_and_suffix_follow_from_the_region(region, partition, suffix):
    assert (
        value({"Fn::Sub": "${AWS::Partition} ${AWS::URLSuffix}"}, where=Whereabouts(region)) == f"{partition} {suffix}"
    )


def test_pseudo_parameters_are_not_known_without_a_stack():
    for name in ("Region", "AccountId", "Partition", "URLSuffix", "StackName", "StackId"):
        found = value({"Ref": f"AWS::{name}"}, where=NOWHERE)
        assert found == NotKnown(f"AWS::{name} is not in the template; the stack has it")


@pytest.mark.parametrize(
    ("type_", "properties", "found"),
    [
        ("AWS::Cognito::UserPoolGroup", {"GroupName": "pilots"}, "pilots"),
        (
            "AWS::Cognito::UserPoolGroup",
            {},
            "the id of A is not in the template; the list of the stack's resources has it",
        ),
        ("AWS::Cognito::UserPoolIdentityProvider", {"ProviderName": {"Fn::Sub": "G${AWS::Region}"}}, "Geu-central-1"),
        ("AWS::Cognito::UserPoolResourceServer", {"Identifier": "berths"}, "berths"),
        ("AWS::Cognito::UserPoolDomain", {"Domain": "quay"}, "quay"),
        (
            "AWS::Cognito::UserPoolClient",
            {"ClientName": "web"},
            "the id of A is not in the template; the list of the stack's resources has it",
        ),
        (
            "AWS::Lambda::Function",
            {"FunctionName": "f"},
            "the id of A is not in the template; the list of the stack's resources has it",
        ),
    ],
)
def test_ref_of_a_resource_without_its_id(type_, properties, found):
    got = value({"Ref": "A"}, resources={"A": {"Type": type_, "Properties": properties}})
    assert (got.reason if isinstance(got, NotKnown) else got) == found


def test_ref_of_a_resource_is_its_id():
    assert value({"Ref": "A"}, resources={"A": POOL}, ids={"A": "eu-central-1_X"}) == "eu-central-1_X"


@pytest.mark.parametrize(
    ("type_", "properties", "attribute", "physical", "found"),
    [
        (
            "AWS::Cognito::UserPool",
            {},
            "Arn",
            "eu-central-1_X",
            "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_X",
        ),
        (
            "AWS::Cognito::UserPool",
            {},
            "ProviderName",
            "eu-central-1_X",
            "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_X",
        ),
        (
            "AWS::Cognito::UserPool",
            {},
            "ProviderURL",
            "eu-central-1_X",
            "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_X",
        ),
        ("AWS::Cognito::UserPool", {}, "UserPoolId", "eu-central-1_X", "eu-central-1_X"),
        ("AWS::Cognito::UserPoolClient", {}, "ClientId", "c1", "c1"),
        ("AWS::Cognito::UserPoolClient", {"ClientName": "web"}, "Name", "", "web"),
        ("AWS::Cognito::UserPoolClient", {}, "Name", "c1", NotKnown("A.Name is known to AWS alone")),
        ("AWS::Cognito::UserPoolClient", {}, "ClientSecret", "c1", NotKnown("A.ClientSecret is known to AWS alone")),
        ("AWS::Cognito::IdentityPool", {"IdentityPoolName": "n"}, "Name", "i", "n"),
        ("AWS::Cognito::IdentityPool", {}, "Id", "r:1", "r:1"),
        ("AWS::Cognito::ManagedLoginBranding", {}, "ManagedLoginBrandingId", "p|b1", "b1"),
        ("AWS::Cognito::Terms", {}, "TermsId", "p|t1", "t1"),
        ("AWS::Lambda::Function", {}, "Arn", "f", "arn:aws:lambda:eu-central-1:111122223333:function:f"),
        ("AWS::Serverless::Function", {}, "Arn", "f", "arn:aws:lambda:eu-central-1:111122223333:function:f"),
        ("AWS::IAM::Role", {}, "Arn", "r", "arn:aws:iam::111122223333:role/r"),
        ("AWS::IAM::Role", {"Path": "/"}, "Arn", "r", "arn:aws:iam::111122223333:role/r"),
        ("AWS::IAM::Role", {"Path": "/team/"}, "Arn", "r", NotKnown("A.Arn is known to AWS alone")),
        ("AWS::IAM::Role", {"Path": {"Fn::ImportValue": "x"}}, "Arn", "r", NotKnown("A.Arn is known to AWS alone")),
        ("AWS::S3::Bucket", {}, "Arn", "b", "arn:aws:s3:::b"),
        ("AWS::Thing::Other", {}, "Arn", "arn:aws:thing:::x", "arn:aws:thing:::x"),
        ("AWS::Thing::Other", {}, "Arn", "x", NotKnown("A.Arn is known to AWS alone")),
        (
            "AWS::CloudFormation::Stack",
            {},
            "Outputs.Pool",
            "arn:aws:x",
            NotKnown(
                "A.Outputs.Pool is known to AWS alone: it is an output of a nested stack; give it with "
                "--export A.Outputs.Pool=VALUE"
            ),
        ),
        (
            "Custom::Thing",
            {},
            "Key.Sub",
            "x",
            NotKnown("A.Key.Sub is known to AWS alone: a custom resource returns it"),
        ),
    ],
)
@pytest.mark.parametrize("form", ["text", "list", "sub"])
def test_attributes(*, type_, properties, attribute, physical, found, form):
    node = {
        "text": {"Fn::GetAtt": f"A.{attribute}"},
        "list": {"Fn::GetAtt": ["A", attribute]},
        "sub": {"Fn::Sub": f"${{A.{attribute}}}"},
    }[form]
    resources = {"A": {"Type": type_, "Properties": properties}}
    assert value(node, resources=resources, ids={"A": physical} if physical else {}) == found


def test_an_attribute_that_is_made_of_ids_needs_them():
    why = NotKnown("A.Arn is made of ids that are not in the template; the list of the stack's resources has it")
    assert value({"Fn::GetAtt": "A.Arn"}, resources={"A": POOL}) == why
    assert value({"Fn::GetAtt": "A.Arn"}, resources={"A": POOL}, ids={"A": "x"}, where=NOWHERE) == why


def test_the_name_of_a_reference_may_be_made_with_the_language_extensions():
    node = {"Ref": {"Fn::Sub": "${AWS::StackName}P"}}
    parameters = {"quayP": {"Type": "String", "Default": "a"}}
    assert value(node, Parameters=parameters, Transform=EXTENDED) == "a"
    assert mistake(node, Parameters=parameters) == "a function in Ref needs the transform AWS::LanguageExtensions."
    unknown = value({"Ref": {"Fn::ImportValue": "x"}}, Transform=EXTENDED)
    assert unknown == NotKnown("x is an output of another stack; give it with --export x=VALUE")


def test_names_with_dots_are_found():
    resources = {"Module.Pool": POOL, "Stack": {"Type": "AWS::CloudFormation::Stack"}}
    assert value({"Fn::GetAtt": "Module.Pool.UserPoolId"}, resources=resources, ids={"Module.Pool": "x"}) == "x"


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"Ref": "Nobody"}, "Nobody is neither a parameter nor a resource."),
        ({"Ref": ["A"]}, "Ref names no parameter or resource."),
        ({"Ref": "AWS::Planet"}, "AWS::Planet is no pseudo parameter."),
        ({"Fn::GetAtt": "Nobody.Arn"}, "Fn::GetAtt names no resource of the template."),
        ({"Fn::GetAtt": "A"}, "Fn::GetAtt names no resource of the template."),
        ({"Fn::GetAtt": ["A", {"x": 1}]}, "Fn::GetAtt names no resource of the template."),
        ({"Ref": "A", "Fn::GetAtt": "A.Arn"}, "Ref has other keys beside it."),
    ],
)
def test_references_that_are_refused(node, message):
    assert mistake(node, resources={"A": POOL}) == message


def test_a_reference_to_what_is_not_created_is_not_known():
    resources = {"A": {**POOL, "Condition": "Never"}}
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    found = value({"Ref": "A"}, resources=resources, Conditions=conditions)
    assert found == NotKnown("A is not created: its condition Never is false")


def test_names_that_refer_in_a_circle_are_refused():
    def group(name: str) -> dict[str, Any]:
        return {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {"GroupName": {"Fn::Sub": f"x${{{name}}}"}}}

    assert (
        mistake({"Ref": "A"}, resources={"A": group("B"), "B": group("A")})
        == "the property A.GroupName depends on itself."
    )


def test_names_that_double_each_other_end_soon():
    """Forty names, each of the one before it twice: 2^40 characters, if nothing stopped them."""

    def group(n: int) -> dict[str, Any]:
        name = {"Fn::Sub": f"${{G{n - 1}}}${{G{n - 1}}}"} if n else "ab"
        return {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {"GroupName": name}}

    found = mistake({"Ref": "G35"}, resources={f"G{n}": group(n) for n in range(36)})
    assert found == "Fn::Sub makes a text of more than 1000000 characters."


def test_a_long_chain_is_refused():
    def group(n: int) -> dict[str, Any]:
        return {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {"GroupName": {"Ref": f"G{n - 1}"} if n else "a"}}

    resources = {f"G{n}": group(n) for n in range(500)}
    assert value({"Ref": "G30"}, resources=resources) == "a"
    assert "depends on more than 40 others in a row" in mistake({"Ref": "G499"}, resources=resources)


# --- Fn::Sub -------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_characters="${}"), max_size=20))
def test_sub_without_names_is_identity(text):
    assert evaluator().value({"Fn::Sub": text}, ()) == text


@given(
    st.text(st.characters(exclude_characters="{}"), min_size=1, max_size=8),
    st.text(st.characters(exclude_characters="${}"), max_size=8),
)
def test_sub_leaves_what_is_escaped(name, around):
    assert evaluator().value({"Fn::Sub": f"{around}${{!{name}}}{around}"}, ()) == f"{around}${{{name}}}{around}"


@given(st.lists(st.text(st.characters(exclude_characters="${}"), max_size=4), min_size=2, max_size=5))
def test_sub_is_join_over_the_names(parts):
    names = {f"N{i}": part for i, part in enumerate(parts)}
    text = "-".join(f"${{{name}}}" for name in names)
    assert evaluator().value({"Fn::Sub": [text, names]}, ()) == evaluator().value({"Fn::Join": ["-", parts]}, ())


@pytest.mark.parametrize(
    ("node", "found"),
    [
        ("${AWS::Region}/${ P }", "eu-central-1/p"),
        (["${P} ${Q}", {"Q": {"Ref": "AWS::StackName"}}], "p quay"),
        (["${P}", {"P": 5}], "5"),
        (["${P}", {"P": True}], "true"),
        (["${A.B}", {"A.B": "own"}], "own"),
        ("$P $$ ${!P}", "$P $$ ${P}"),
    ],
)
def test_sub(node, found):
    assert value({"Fn::Sub": node}, Parameters=parameter(Default="p")) == found


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (["a"], "Fn::Sub has no text."),
        (["a", ["b"]], "Fn::Sub has no text."),
        (5, "Fn::Sub has no text."),
        ("${Nobody}", "Nobody is neither a parameter nor a resource."),
        ("${L}", "Fn::Sub takes L, which is no text."),
        ("${AWS::NoValue}", "Fn::Sub takes AWS::NoValue, which is no text."),
        (["${Q}", {"Q": {"a": 1}}], "Fn::Sub takes Q, which is no text."),
    ],
)
def test_subs_that_are_refused(node, message):
    assert mistake({"Fn::Sub": node}, Parameters={"L": {"Type": "CommaDelimitedList", "Default": "a"}}) == message


# --- Fn::FindInMap, Fn::ImportValue, Fn::GetStackOutput ------------------------------------------------------------

MAPPINGS = {"M": {"a": {"x": 1, "y": ["p", "q"]}, "111122223333": {"eu-central-1": "here"}}, "N": {"a": {"x": "M"}}}


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        (["M", "a", "x"], 1),
        (["M", "a", "y"], ["p", "q"]),
        (["M", {"Ref": "AWS::AccountId"}, {"Ref": "AWS::Region"}], "here"),
        ([{"Fn::FindInMap": ["N", "a", "x"]}, "a", "x"], 1),
        (["M", 111122223333, "eu-central-1"], "here"),
        (
            ["M", {"Fn::ImportValue": "e"}, "x"],
            NotKnown("e is an output of another stack; give it with --export e=VALUE"),
        ),
    ],
)
def test_find_in_map(argument, found):
    assert value({"Fn::FindInMap": argument}, Mappings=MAPPINGS) == found


@pytest.mark.parametrize("argument", [["M", "b", "x"], ["O", "a", "x"], ["M", "a", "z"]])
def test_a_default_takes_the_place_of_a_missing_key(argument):
    node = {"Fn::FindInMap": [*argument, {"DefaultValue": {"Ref": "AWS::Region"}}]}
    assert value(node, Mappings=MAPPINGS, Transform=EXTENDED) == "eu-central-1"
    assert mistake(node, Mappings=MAPPINGS) == "a default in Fn::FindInMap needs the transform AWS::LanguageExtensions."


def test_maps_that_are_refused():
    assert mistake({"Fn::FindInMap": ["M", "b", "x"]}, Mappings=MAPPINGS) == "the mappings have no M / b / x."
    form = "Fn::FindInMap has another form than [MAP, KEY, KEY]."
    assert mistake({"Fn::FindInMap": ["M", "b"]}, Mappings=MAPPINGS) == form
    secret = {"Fn::FindInMap": ["M", {"Ref": "P"}, "x"]}
    assert (
        mistake(secret, Mappings=MAPPINGS, Parameters=parameter(NoEcho=True, Default="not-a-real"))
        == "the mappings have no M."
    )


def test_exports_are_taken_from_the_command_line():
    exports = {"net": "10.0.0.0/8", "base.Pool": "p1"}
    assert value({"Fn::ImportValue": {"Fn::Sub": "net"}}, exports=exports) == "10.0.0.0/8"
    output = {"StackName": {"Fn::Sub": "base"}, "OutputName": "Pool", "Region": "eu-west-1"}
    assert value({"Fn::GetStackOutput": output}, exports=exports) == "p1"
    assert value({"Fn::GetStackOutput": ["base", "Pool"]}, exports=exports) == "p1"
    why = NotKnown("base.Pool is an output of another stack; give it with --export base.Pool=VALUE")
    assert value({"Fn::GetStackOutput": output}) == why
    assert mistake({"Fn::GetStackOutput": {"StackName": "a"}}) == "Fn::GetStackOutput names no output."
    assert mistake({"Fn::ImportValue": ["a"]}) == "Fn::ImportValue names no export."


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"Fn::GetAZs": ""}, "availability zones are known to AWS alone"),
        (
            {"Fn::Transform": {"Name": "M"}},
            (
                "a macro makes it; give the processed template: `aws cloudformation get-template "
                "--template-stage Processed`"
            ),
        ),
        ({"Fn::Brew": 1}, "Fn::Brew is a function that this poolctl does not know"),
    ],
)
def test_functions_that_only_aws_knows(node, reason):
    assert value(node) == NotKnown(reason)
    assert value({"Fn::Join": ["", ["a", node]]}) == NotKnown(reason)


@pytest.mark.parametrize(("name", "argument"), [("Fn::Length", ["a"]), ("Fn::ToJsonString", {"a": 1})])
def test_functions_of_the_language_extensions_need_them(name, argument):
    assert mistake({name: argument}) == f"{name} needs the transform AWS::LanguageExtensions."
    assert not isinstance(value({name: argument}, Transform=[EXTENDED]), NotKnown)


# --- conditions ----------------------------------------------------------------------------------------------------

UNKNOWN = {"Fn::Equals": [{"Fn::ImportValue": "x"}, "y"]}
TRUTH = {True: {"Fn::Equals": ["1", 1]}, False: {"Fn::Equals": ["1", "2"]}, None: UNKNOWN}


def holds(expression: Any, **conditions: Any) -> bool | None:
    one = evaluator(Conditions={"C": expression, **conditions})
    found = one.condition("C")
    assert not one.problems
    return None if isinstance(found, NotKnown) else found


@pytest.mark.parametrize(
    "parts", [p for n in (2, 3) for p in itertools.product([True, False, None], repeat=n)], ids=str
)
def test_and_and_or_are_those_of_kleene(parts):
    """True, false and not known: what decides alone does, whatever is not known beside it."""
    nodes = [TRUTH[part] for part in parts]
    assert holds({"Fn::And": nodes}) is (False if False in parts else None if None in parts else True)
    assert holds({"Fn::Or": nodes}) is (True if True in parts else None if None in parts else False)


@pytest.mark.parametrize(("part", "found"), [(True, False), (False, True), (None, None)])
def test_not(part, found):
    assert holds({"Fn::Not": [TRUTH[part]]}) is found
    assert holds({"Fn::Not": [{"Condition": "D"}]}, D=TRUTH[part]) is found


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("a", "a", True),
        (1, "1", True),
        (True, "true", True),
        ("a", "A", False),
        ({"Ref": "AWS::Region"}, "eu-central-1", True),
        (["a"], ["a"], True),
        ({"Fn::Select": [0, ["a", "b"]]}, "a", True),
    ],
)
def test_equals(left, right, equal):
    assert holds({"Fn::Equals": [left, right]}) is equal


@pytest.mark.parametrize(("said", "found"), [("", True), ("not-a-real", False)])
def test_a_secret_can_be_compared(said, found):
    one = evaluator(
        given={"P": said}, Parameters=parameter(NoEcho=True), Conditions={"C": {"Fn::Equals": [{"Ref": "P"}, ""]}}
    )
    assert one.condition("C") is found


@pytest.mark.parametrize(
    "expression",
    [
        "x",
        {"Fn::Equals": ["a"]},
        {"Fn::Not": [TRUTH[True], TRUTH[True]]},
        {"Fn::And": [TRUTH[True]]},
        {"Fn::Or": []},
        {"Ref": "P"},
        {"Fn::Equals": ["a", "a"], "Condition": "C"},
        {},
    ],
)
def test_conditions_that_are_refused(expression):
    context = {"Conditions": {"C": expression} if isinstance(expression, dict) else {}}
    node = {"Fn::If": ["C", 1, 2]}
    expected = "the condition has another form." if isinstance(expression, dict) else "there is no condition C."
    assert mistake(node, **context) == expected


def test_conditions_in_a_circle_are_refused():
    conditions = {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Condition": "A"}}
    assert mistake({"Fn::If": ["A", 1, 2]}, Conditions=conditions) == "the condition A depends on itself."


def test_conditions_that_double_each_other_are_evaluated_once():
    conditions: dict[str, Any] = {"C0": TRUTH[True]}
    for n in range(1, 38):
        conditions[f"C{n}"] = {"Fn::And": [{"Condition": f"C{n - 1}"}, {"Condition": f"C{n - 1}"}]}
    assert value({"Fn::If": ["C37", 1, 2]}, Conditions=conditions) == 1


@pytest.mark.parametrize(("part", "found"), [(True, "yes"), (False, "no")])
def test_if_evaluates_one_of_the_two(part, found):
    node = {"Fn::If": ["C", "yes", {"Ref": "Nobody"}] if part else ["C", {"Ref": "Nobody"}, "no"]}
    assert value(node, Conditions={"C": TRUTH[part]}) == found


def test_if_is_not_known_without_its_condition():
    found = value({"Fn::If": ["C", 1, 2]}, Conditions={"C": UNKNOWN})
    assert found == NotKnown(
        "the condition C is not known: x is an output of another stack; give it with --export x=VALUE"
    )


@pytest.mark.parametrize("argument", ["C", ["C", 1], [{"Ref": "P"}, 1, 2]])
def test_ifs_that_are_refused(argument):
    assert (
        mistake({"Fn::If": argument}, Conditions={"C": TRUTH[True]})
        == "Fn::If has another form than [CONDITION, VALUE, OTHERWISE]."
    )


def test_no_value_takes_away_members_and_items():
    none = {"Ref": "AWS::NoValue"}
    node = {"a": none, "b": [1, none, {"c": none}], "d": {"Fn::If": ["C", none, 1]}, "e": None}
    assert value(node, Conditions={"C": TRUTH[True]}) == {"b": [1, {}]}


def test_a_condition_that_is_not_known_holds_if_the_stack_proves_it():
    resources = {"A": {**POOL, "Condition": "C"}}
    one = evaluator(resources, ids={"A": "x"}, Conditions={"C": UNKNOWN})
    assert one.condition("C") is True
    assert isinstance(evaluator(resources, Conditions={"C": UNKNOWN}).condition("C"), NotKnown)


def test_a_condition_that_is_false_is_not_made_true_by_the_stack():
    one = evaluator({"A": {**POOL, "Condition": "C"}}, ids={"A": "x"}, Conditions={"C": TRUTH[False]})
    assert one.condition("C") is False


# --- what members depend on ----------------------------------------------------------------------------------------


def test_parameters_and_conditions_are_noted_for_each_member():
    conditions = {"C": {"Fn::Equals": [{"Ref": "Q"}, "q"]}}
    parameters = {"P": {"Type": "String", "Default": "p"}, "Q": {"Type": "String", "Default": "q"}}
    node = {
        "plain": 1,
        "named": {"Fn::Sub": "${P}-x"},
        "deep": {"list": [1, {"Ref": "P"}]},
        "chosen": {"Fn::If": ["C", 1, {"Ref": "P"}]},
        "gone": {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, 1]},
        "again": {"Fn::If": ["C", 1, 2]},
    }
    found, uses = evaluator(Parameters=parameters, Conditions=conditions).members(
        node, ("Resources", "A", "Properties")
    )
    assert found == {"plain": 1, "named": "p-x", "deep": {"list": [1, "p"]}, "chosen": 1, "again": 1}
    p, q, c = Dependence("parameter", "P"), Dependence("parameter", "Q"), Dependence("condition", "C")
    assert uses == {
        ("named",): {p},
        ("deep", "list", 1): {p},
        ("chosen",): {c, q},
        ("gone",): {c, q},
        ("again",): {c, q},
    }


def test_what_a_name_depends_on_is_noted_each_time():
    group = {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {"GroupName": {"Ref": "P"}}}
    one = evaluator({"A": group}, Parameters=parameter(Default="p"))
    _, uses = one.members({"x": {"Ref": "A"}, "y": {"Ref": "A"}}, ())
    assert uses == {("x",): {Dependence("parameter", "P")}, ("y",): {Dependence("parameter", "P")}}


def test_every_mistake_is_reported_once_with_its_place():
    one: Evaluator = evaluator()
    found = one.value([{"Ref": "A"}, {"Ref": "B"}, {"Fn::Join": ["A"]}, {"Ref": "A"}], ("Resources", "X", "Properties"))
    assert all(isinstance(item, NotKnown) for item in found)
    assert [p.message for p in one.problems.values()] == [
        "A is neither a parameter nor a resource.",
        "B is neither a parameter nor a resource.",
        "Fn::Join has arguments of another form than [SEPARATOR, [TEXT, ...]].",
    ]
    assert {p.path for p in one.problems.values()} == {"Resources.X"}


def test_a_reference_to_what_may_be_created_waits_for_its_id():
    resources = {"A": {**POOL, "Condition": "C"}}
    found = value({"Ref": "A"}, resources=resources, Conditions={"C": UNKNOWN})
    assert found == NotKnown("the id of A is not in the template; the list of the stack's resources has it")


@pytest.mark.parametrize(("part", "place"), [(True, "t.yaml:7:10"), (False, "t.yaml:8:10")])
def test_a_mistake_in_a_branch_has_its_place(part, place):
    text = (
        "Conditions:\n"
        f"  C: !Equals [a, {'a' if part else 'b'}]\n"
        "Resources: {}\n"
        "Outputs:\n"
        "  X:\n"
        "    Value: !If [C,\n"
        "         !Ref P,\n"
        "         !Ref Q]\n"
    )
    written = read_template("t.yaml", text)
    one = Evaluator(written, Given())
    one.value(written.section("Outputs")["X"]["Value"], ("Outputs", "X", "Value"))
    assert [str(p.position) for p in one.problems.values()] == [place]


@pytest.mark.parametrize(
    "node",
    [
        {"Fn::GetAtt": {"Fn::ImportValue": "x"}},
        {"Fn::FindInMap": {"Fn::ImportValue": "x"}},
        {"Fn::ImportValue": {"Fn::ImportValue": "x"}},
        {"Fn::GetStackOutput": {"Fn::ImportValue": "x"}},
        {"Fn::GetStackOutput": ["a", {"Fn::ImportValue": "x"}]},
    ],
)
def test_functions_of_what_is_not_known_are_not_known(node):
    assert value(node) == NotKnown("x is an output of another stack; give it with --export x=VALUE")


SAM = "AWS::Serverless-2016-10-31"


def test_resources_that_a_transform_makes_are_found_in_the_stack_or_not_known():
    """`HookRole`, `Hook.Alias`: SAM makes them, and a template may refer to them."""
    for node in ({"Ref": "HookRole"}, {"Ref": "Hook.Alias"}):
        assert value(node, Transform=SAM) == NotKnown(f"{node['Ref']} is made by a transform of the template")
    why = NotKnown("an attribute is of a resource that a transform of the template makes")
    assert value({"Fn::GetAtt": "HookRole.Arn"}, Transform=SAM) == why
    items = StackListing({"HookRole": StackItem("HookRole", "AWS::IAM::Role", "r")})
    one = Evaluator(template({}, Transform=SAM), Given({}, {}, items, HERE))
    assert one.value([{"Ref": "HookRole"}, {"Fn::GetAtt": "HookRole.Arn"}], ()) == [
        "r",
        "arn:aws:iam::111122223333:role/r",
    ]
    plain = Evaluator(template({}, Transform=EXTENDED), Given({}, {}, items, HERE))
    plain.value({"Ref": "HookRole"}, ())
    assert [p.message for p in plain.problems.values()] == ["HookRole is neither a parameter nor a resource."]

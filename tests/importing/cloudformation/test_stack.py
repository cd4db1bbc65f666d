"""Template and list of resources → stack: what is created, what contradicts, what is left over, who refers to whom."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InvalidInput, InvalidManifest
from reconciler.importing.cloudformation.evaluation import Given
from reconciler.importing.cloudformation.hand_over import hand_over
from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.importing.cloudformation.property_mapping import mapped
from reconciler.importing.cloudformation.resource_types import PREFIX, ROWS
from reconciler.importing.cloudformation.stack import ConditionUse, Stack, StackOutput, evaluate_stack
from reconciler.importing.cloudformation.stack_listing import StackItem, StackListing
from reconciler.importing.cloudformation.taking_over import owned_by
from reconciler.importing.cloudformation.template import TAGS

from .support import HERE, listing, template

FUNCTION_NAMES = [name for name in TAGS.values() if name.startswith("Fn::")]

POOL = {"Type": f"{PREFIX}UserPool"}
NO = {"Fn::Equals": ["a", "b"]}


def stack(resources: Any, *, parameters: Any = None, items: StackListing | None = None, **sections: Any) -> Stack:
    return evaluate_stack(template(resources, **sections), Given(parameters or {}, {}, items or listing(), HERE))


def problems(resources: Any, **more: Any) -> list[str]:
    with pytest.raises(InvalidManifest) as caught:
        stack(resources, **more)
    return [p.message for p in caught.value.problems]


def left(found: Stack) -> list[tuple[str, str]]:
    return [(r.what, r.sort) for r in found.remainder]


def test_what_a_resource_says_of_itself():
    body = {**POOL, "DeletionPolicy": "Retain", "UpdateReplacePolicy": {"Ref": "P"}, "Condition": "C"}
    sections = {"Conditions": {"C": {"Fn::Not": [NO]}}, "Parameters": {"P": {"Type": "String", "Default": "Delete"}}}
    (one,) = stack({"A": body}, items=listing(A="eu-central-1_X"), **sections).resources
    said = (one.logical_id, one.short, one.physical_id, one.condition, one.deletion_policy, one.update_replace_policy)
    assert said == ("A", "UserPool", "eu-central-1_X", "C", "Retain", "Delete")
    assert not one.retained


@pytest.mark.parametrize(
    ("condition", "sort", "why"),
    [
        (NO, "read", "is not created: its condition C is false."),
        (
            {"Fn::Equals": [{"Fn::ImportValue": "x"}, "a"]},
            "alarming",
            (
                "is created under the condition C, which is not known: x is an output of another stack; "
                "give it with --export x=VALUE."
            ),
        ),
    ],
)
def test_a_resource_that_is_not_created_is_named(condition, sort, why):
    found = stack({"A": {**POOL, "Condition": "C"}}, Conditions={"C": condition})
    assert found.resources == ()
    assert [(r.what, r.sort, r.why) for r in found.remainder] == [("A", sort, why)]


def test_people_are_kept_without_their_properties():
    body = {"Type": f"{PREFIX}UserPoolUser", "DeletionPolicy": "Retain", "Properties": {"Username": "not-a-real-name"}}
    found = stack({"A": body})
    assert found.resources == ()
    assert [(p.logical_id, p.deletion_policy, p.properties) for p in found.people] == [("A", "Retain", {})]
    assert "not-a-real" not in repr(found.people)


def test_properties_that_a_function_makes_are_named():
    found = stack({"A": {**POOL, "Properties": {"Fn::Transform": {"Name": "M"}}}})
    assert left(found) == [("A", "alarming")]


# --- what is wrong -------------------------------------------------------------------------------------------------


def test_parameters_that_there_are_not_are_refused():
    assert problems({"A": POOL}, parameters={"X": "1"}) == ["the template has no parameter X."]


def test_mistakes_are_reported_together():
    resources = {
        "A": {**POOL, "Properties": {"UserPoolName": {"Ref": "X"}}},
        "B": {**POOL, "Condition": "Nowhere"},
        "C": {"Type": "AWS::S3::Bucket", "Properties": {"Name": {"Ref": "NotOurs"}}},
    }
    assert problems(resources, parameters={"Y": ""}) == [
        "the template has no parameter Y.",
        "X is neither a parameter nor a resource.",
        "there is no condition Nowhere.",
    ]


def test_a_list_of_another_stack_is_refused():
    message = "none of the template's resources of Cognito is in the list of the stack's resources."
    assert problems({"A": POOL}, items=listing(B="x")) == [message]


def test_a_list_with_other_types_is_refused():
    items = StackListing({"A": StackItem("A", "AWS::S3::Bucket", "b")})
    assert problems({"A": POOL}, items=items) == ["A is AWS::Cognito::UserPool here, and AWS::S3::Bucket in the stack."]


def test_a_list_that_the_parameters_do_not_fit_is_refused():
    resources = {"A": POOL, "B": {**POOL, "Condition": "C"}}
    assert problems(resources, items=listing(A="a", B="b"), Conditions={"C": NO}) == [
        "B is in the stack, although its condition C is false with these parameters."
    ]


def test_a_resource_that_the_list_lacks_is_named():
    found = mapped(stack({"A": POOL, "B": POOL}, items=listing(A="a")))
    assert [(r.what, r.sort, r.why) for r in found.remainder] == [
        ("B", "alarming", "is not among the stack's resources, so nothing says which object it is.")
    ]
    cut = StackListing(listing(A="a").items, complete=False)
    found = mapped(stack({"A": POOL, "B": POOL}, items=cut))
    assert found.remainder[0].why.endswith("The list is cut: `aws cloudformation list-stack-resources` has all.")


# --- what is left over ---------------------------------------------------------------------------------------------


def test_macros_are_named():
    found = stack({"A": POOL, "Fn::Transform": {"Name": "AWS::Include"}}, Transform=["AWS::LanguageExtensions", "Mine"])
    assert left(found) == [("transform Mine", "alarming"), ("Resources.Fn::Transform", "alarming")]


def test_parameters_that_only_the_stack_knows_are_named_if_nothing_uses_them():
    parameters = {
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"},
        "Hidden": {"Type": "String", "NoEcho": True},
        "Used": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/b"},
        "Plain": {"Type": "String"},
    }
    found = stack({"A": {**POOL, "Properties": {"UserPoolName": {"Ref": "Used"}}}}, Parameters=parameters)
    assert left(found) == [("parameter Stored", "read"), ("parameter Hidden", "read")]


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::GetAtt": "C.ClientSecret"},
        {"Fn::GetAtt": ["D", "UserPoolClient.ClientSecret"]},
        {"Fn::Sub": "secret=${C.ClientSecret}"},
        {"Fn::Sub": ["${S}", {"S": {"Fn::GetAtt": ["C", "ClientSecret"]}}]},
    ],
)
def test_an_output_with_a_secret_is_named(value):
    resources = {"C": {"Type": f"{PREFIX}UserPoolClient"}, "D": {"Type": "AWS::S3::Bucket"}}
    found = stack(resources, Outputs={"O": {"Value": value}})
    assert ("output O", "alarming") in left(found)


def test_outputs_and_other_resources_that_refer_to_ours_are_listed():
    resources = {
        "A": POOL,
        "U": {"Type": f"{PREFIX}UserPoolUser"},
        "F": {"Type": "AWS::Lambda::Permission", "Properties": {"SourceArn": {"Fn::Sub": "${A.Arn}/x${!A}${U}"}}},
        "G": {"Type": "AWS::S3::Bucket", "Properties": {"N": {"Ref": "F"}}},
    }
    outputs = {
        "One": {"Value": {"Ref": "A"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-a"}}},
        "Two": {"Value": {"Ref": "A"}, "Export": {"Name": {"Fn::ImportValue": "x"}}},
        "Three": {"Value": {"Ref": "G"}},
        "Four": {"Value": {"Ref": "A"}, "Condition": "C"},
        "Five": {"Value": {"Ref": "U"}, "Export": 5},
    }
    found = stack(resources, Outputs=outputs, Conditions={"C": NO})
    assert found.referrers == {"F": ("A",)}
    assert found.outputs == (StackOutput("One", "quay-a", ("A",)), StackOutput("Two", "?", ("A",)))


def test_conditions_that_could_be_overlays_are_listed():
    parameters = {"P": {"Type": "String", "Default": "a"}, "Q": {"Type": "String", "Default": "q"}}
    conditions = {
        "Is": {"Fn::Equals": [{"Ref": "P"}, "a"]},
        "Not": {"Fn::And": [{"Condition": "Is"}, {"Fn::Equals": [{"Ref": "Q"}, "r"]}]},
        "Unused": {"Fn::Equals": [{"Ref": "Q"}, "r"]},
    }
    chosen = {"Fn::If": ["Is", 1, 2]}
    resources = {
        "A": {**POOL, "Properties": {"UserPoolTags": {"a": chosen}}},
        "B": {**POOL, "Condition": "Not"},
        "C": {**POOL, "Condition": "Is"},
    }
    found = stack(resources, Parameters=parameters, Conditions=conditions)
    assert found.conditions == (
        ConditionUse("Is", True, ("P",), ("A.UserPoolTags.a", "C")),
        ConditionUse("Not", False, ("P", "Q"), ("B",)),
    )


@pytest.mark.parametrize(
    ("made_by", "tree"),
    [
        ("plain", {}),
        ("sam", {"Transform": "AWS::Serverless-2016-10-31"}),
        ("sam", {"Resources": {"X": {"Type": "T", "Metadata": {"SamResourceId": "X"}}}}),
        ("cdk", {"Resources": {"X": {"Type": "T", "Metadata": {"aws:cdk:path": "A/X"}}}}),
        ("cdk", {"Parameters": {"BootstrapVersion": {"Type": "String"}}}),
        ("cdk", {"Resources": {"CDKMetadata": {"Type": "AWS::CDK::Metadata"}}}),
        (
            "amplify",
            {"Description": '{"createdBy": "AmplifySandbox"}', "Parameters": {"BootstrapVersion": {"Type": "String"}}},
        ),
        ("amplify", {"Resources": {"X": {"Type": "Custom::AmplifySecretFetcherResource"}}}),
        ("serverless", {"Resources": {"ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"}}}),
        ("plain", {"Description": '["createdBy"]'}),
    ],
)
def test_what_made_the_template_is_seen(made_by, tree):
    resources = tree.pop("Resources", {}) | {"A": POOL}
    assert stack(resources, **tree).generator == made_by


# --- nothing breaks it ---------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["A", "B", "P", "C", "AWS::Region", "AWS::NoValue", "A.Arn", "", "Name"])
FUNCTIONS = st.sampled_from(["Ref", "Condition", "Fn::ForEach::L", *FUNCTION_NAMES])
TEXTS = st.sampled_from(["${A}", "${P.Q}", "${!x}", "{{resolve:ssm:/x}}", "OFF", "PreSignUp"])
SCALARS = st.booleans() | st.integers(-3, 300) | NAMES | TEXTS | st.none()
NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "Name", "UserPool", "Ref"]), inner, max_size=2)
        | st.builds(lambda name, argument: {name: argument}, FUNCTIONS, inner)
        | st.builds(lambda name: {"Ref": name}, NAMES)
        | st.builds(lambda yes, no: {"Fn::If": ["C", yes, no]}, inner, inner)
    ),
    max_leaves=8,
)
SPECIAL = {
    "Events",
    "LambdaConfig",
    "Schema",
    "RoleMappings",
    "ProviderDetails",
    "VerificationMessageTemplate",
    "Policies",
}
WRITTEN = {name for row in ROWS.values() for name in (*row.moved, *row.aside, *row.places)}
PROPERTIES = st.dictionaries(
    st.sampled_from(sorted({*SPECIAL, *WRITTEN, "AutoPublishAlias", "UserPoolTags"})), NODES, max_size=4
)
OTHERS = ["AWS::Serverless::Function", "AWS::Lambda::Function", "Custom::X"]
BODIES = st.builds(
    lambda kind, properties, more: {"Type": kind, "Properties": properties, **more},
    st.sampled_from([*(PREFIX + name for name in ROWS), *OTHERS]),
    PROPERTIES,
    st.fixed_dictionaries({}, optional={"Condition": st.just("C"), "DeletionPolicy": NODES}),
)
LOOPS = st.builds(lambda values, body: ["N", values, {"L${N}": body}], st.lists(NAMES, max_size=2) | NODES, BODIES)
CONDITIONS = st.recursive(
    st.builds(lambda left, right: {"Fn::Equals": [left, right]}, NODES, NODES),
    lambda inner: st.builds(
        lambda name, parts: {name: parts}, st.sampled_from(["Fn::And", "Fn::Not"]), st.lists(inner, max_size=3)
    ),
    max_leaves=3,
)
OUTPUTS = st.fixed_dictionaries({"Value": NODES}, optional={"Export": NODES, "Condition": NODES})
TEMPLATES = st.fixed_dictionaries(
    {
        "Resources": st.fixed_dictionaries(
            {"A": BODIES}, optional={"B": BODIES, "Fn::ForEach::Loop": LOOPS, "Fn::Transform": NODES}
        ),
        "Parameters": st.fixed_dictionaries(
            {"P": st.fixed_dictionaries({"Default": SCALARS}, optional={"Type": NODES, "NoEcho": NODES})}
        ),
        "Conditions": st.fixed_dictionaries({"C": CONDITIONS}),
        "Transform": st.just(["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"]) | NODES,
    },
    optional={
        "Mappings": st.dictionaries(NAMES, st.dictionaries(NAMES, NODES), max_size=1),
        "Outputs": st.dictionaries(NAMES, OUTPUTS, max_size=2),
        "Description": SCALARS,
    },
)


@settings(deadline=None)
@given(TEMPLATES, st.booleans())
def test_whatever_is_in_a_template_is_converted_or_refused_in_words(tree, listed):
    items = listing(A="eu-central-1_X", B="b") if listed else listing()
    with suppress(InvalidInput):
        found = evaluate_stack(template(tree.pop("Resources"), **tree), Given({}, {}, items, HERE))
        converted = mapped(found)
        assert hand_over(found, owned_by(converted), "pools").steps
        assert all(isinstance(leaf, NotKnown) for one in converted.objects for leaf in one.unknown.values())

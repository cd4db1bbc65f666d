"""SAM's events of Cognito become triggers, as its own transform makes them; and the custom resources of Serverless."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import InvalidManifest
from reconciler.importing.cloudformation.evaluation import Given
from reconciler.importing.cloudformation.property_mapping import mapped
from reconciler.importing.cloudformation.stack import evaluate_stack

from .support import HERE, converted, listing, only, template

SAM = "AWS::Serverless-2016-10-31"
ARN = "arn:aws:lambda:eu-central-1:111122223333:function:f1"


def function(*triggers: Any, pool: Any = None, alias: Any = None, **more: Any) -> dict[str, Any]:
    events = {
        f"E{n}": {"Type": "Cognito", "Properties": {"UserPool": pool or {"Ref": "P"}, "Trigger": trigger}}
        for n, trigger in enumerate(triggers)
    }
    properties = {"Events": {**events, "Web": {"Type": "HttpApi"}}, **({"AutoPublishAlias": alias} if alias else {})}
    return {"Type": "AWS::Serverless::Function", "Properties": properties, **more}


def triggers(resources: Any, *, config: Any = None, **more: Any) -> Any:
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"LambdaConfig": config} if config else {}}
    more.setdefault("Transform", SAM)
    found = converted(
        {"P": pool, **resources}, ids={"P": "eu-central-1_X", "F": "f1", "FAliaslive": f"{ARN}:live"}, **more
    )
    return only(found, "user_pool").members.get("LambdaConfig")


def test_each_event_is_a_trigger():
    assert triggers({"F": function("PreSignUp", ["PostConfirmation", "PostAuthentication"])}) == {
        "PreSignUp": ARN,
        "PostConfirmation": ARN,
        "PostAuthentication": ARN,
    }


def test_triggers_are_added_to_those_of_the_pool():
    config = {"CustomMessage": "arn:aws:lambda:eu-central-1:111122223333:function:mail"}
    assert triggers({"F": function("PreSignUp")}, config=config) == {**config, "PreSignUp": ARN}


@pytest.mark.parametrize("alias", ["live", {"Ref": "Alias"}])
def test_with_an_alias_the_trigger_is_the_alias(alias):
    parameters = {"Alias": {"Type": "String", "Default": "live"}}
    assert triggers({"F": function("PreSignUp", alias=alias)}, Parameters=parameters) == {"PreSignUp": f"{ARN}:live"}


@pytest.mark.parametrize(("value", "found"), [("a", {"PreSignUp": ARN}), ("b", {})])
def test_a_function_with_a_condition_is_a_trigger_only_then(value, found):
    conditions = {"C": {"Fn::Equals": ["a", value]}}
    assert triggers({"F": function("PreSignUp", Condition="C")}, Conditions=conditions) == found


def test_without_the_transform_there_are_no_triggers():
    assert triggers({"F": function("PreSignUp")}, Transform="AWS::LanguageExtensions") is None


def test_the_place_of_a_trigger_is_its_event():
    resources = {"P": {"Type": "AWS::Cognito::UserPool"}, "F": function("PreSignUp")}
    stack = evaluate_stack(template(resources, Transform=SAM), Given({}, {}, listing(), HERE))
    event = stack.template.position(("Resources", "F", "Properties", "Events", "E0"))
    assert stack.position("P", ("LambdaConfig", "PreSignUp")) == event


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"F": function("PreSignUp", pool={"Ref": "Q"})},
            "the event names no user pool of the template, which SAM refuses.",
        ),
        (
            {"F": function("PreSignUp", pool="eu-central-1_X")},
            "the event names no user pool of the template, which SAM refuses.",
        ),
        (
            {"F": function("PreSignUp"), "G": function("PreSignUp")},
            "the trigger PreSignUp is defined twice, which SAM refuses.",
        ),
    ],
)
def test_events_that_sam_refuses(resources, message):
    with pytest.raises(InvalidManifest) as caught:
        triggers(resources)
    assert [p.message for p in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("resources", "config", "why"),
    [
        (
            {"F": function({"Fn::ImportValue": "x"})},
            None,
            "is an event of Cognito whose trigger is not known; take it from the live pool.",
        ),
        (
            {"F": function("PreSignUp", alias={"Fn::ImportValue": "x"})},
            None,
            "calls an alias whose name is not known; take the trigger from the live pool.",
        ),
        (
            {"F": function("PreSignUp")},
            {"Fn::If": ["C", {}, {}]},
            "is a trigger that SAM adds to a LambdaConfig which is a function itself; take the live one.",
        ),
    ],
)
def test_events_that_are_not_known_are_named(resources, config, why):
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"LambdaConfig": config} if config else {}}
    more = {"Transform": SAM, "Conditions": {"C": {"Fn::Equals": ["a", "a"]}}}
    found = mapped(evaluate_stack(template({"P": pool, **resources}, **more), Given({}, {}, listing(), HERE)))
    assert [(r.what, r.why) for r in found.remainder if r.sort == "alarming"] == [("F.E0", why)]


@pytest.mark.parametrize(
    ("kind", "sort", "said"),
    [
        ("Custom::CognitoUserPool", "alarming", "both would write"),
        ("Custom::DescribeCognitoUserPoolClient", "alarming", "reads the secret of a client"),
        ("Custom::UserPoolCloudFrontDomainName", "service", "reads the host of a domain"),
        ("Custom::AmplifySecretFetcherResource", "alarming", "reads secrets when it deploys"),
        ("Custom::Anything", "service", "is a custom resource"),
        ("AWS::CloudFormation::CustomResource", "service", "is a custom resource"),
        ("AWS::CloudFormation::Stack", "alarming", "is a nested stack"),
        ("Acme::Login::Pool::MODULE", "alarming", "is a module"),
        ("AWS::Cognito::Tomorrow", "alarming", "is a type of Cognito that this poolctl does not know"),
        ("AWS::Cognito::UserPoolUser", "people", "is a user"),
        ("AWS::Cognito::UserPoolUserToGroupAttachment", "people", "is a membership of a user"),
        ("AWS::S3::Bucket", "service", "is AWS::S3::Bucket, of another service"),
    ],
)
def test_other_resources_are_named(kind, sort, said):
    (one,) = converted({"X": {"Type": kind}}).remainder
    assert (one.what, one.sort) == ("X", sort)
    assert said in one.why

"""Objects of a stack → what it owns: known by ids alone, with the members that have a value and all that are set."""

from __future__ import annotations

from typing import Any

from reconciler.importing.cloudformation.resource_types import PREFIX
from reconciler.importing.cloudformation.stack_conversion import TemplateFile, taken_over
from reconciler.importing.cloudformation.taking_over import NO_ID, NO_POOL, owned_by
from reconciler.importing.owned import Definition, Leftover, OwnedObject, Unmapped
from reconciler.model import UNSEEN, Secret

from .support import FIXTURES, converted

UNKNOWN = {"Fn::ImportValue": "x"}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": PREFIX + kind, "Properties": properties}


def owned(resources: Any, **ids: str) -> Definition:
    return owned_by(converted(resources, ids), "111122223333")


def test_objects_are_known_by_their_ids():
    resources = {
        "Pool": resource("UserPool", UserPoolName="quay", MfaConfiguration="OFF"),
        "Web": resource("UserPoolClient", UserPoolId={"Ref": "Pool"}, ClientName="web", GenerateSecret=True),
        "Look": resource(
            "ManagedLoginBranding", UserPoolId={"Ref": "Pool"}, ClientId={"Ref": "Web"}, UseCognitoProvidedValues=True
        ),
    }
    found = owned(resources, Pool="eu-central-1_X", Web="c1", Look="eu-central-1_X|b1")
    pool = {"UserPoolId": "eu-central-1_X"}
    assert found == Definition(
        (
            OwnedObject("user_pool", pool, "Pool", {"PoolName": "quay"}, frozenset({("PoolName",)})),
            OwnedObject("mfa", pool, "Pool", {"MfaConfiguration": "OFF"}, frozenset({("MfaConfiguration",)})),
            OwnedObject(
                "clients",
                {"ClientId": "c1", **pool},
                "Web",
                {"GenerateSecret": True},
                frozenset({("GenerateSecret",)}),
                name="web",
            ),
            OwnedObject(
                "clients.branding",
                {**pool, "ManagedLoginBrandingId": "b1", "ClientId": "c1"},
                "Look",
                {"UseCognitoProvidedValues": True},
                frozenset({("UseCognitoProvidedValues",)}),
            ),
        ),
        (),
        {"eu-central-1_X": "111122223333"},
    )
    assert list(found.pools()) == ["eu-central-1_X"]


def test_what_has_no_id_stays_behind():
    resources = {
        "Pool": resource("UserPool"),
        "Web": resource("UserPoolClient", UserPoolId="eu-central-1_Other", ClientName="web"),
        "Staff": resource("UserPoolGroup", UserPoolId="eu-central-1_Other", GroupName="staff"),
        "Away": resource("UserPoolGroup", UserPoolId=UNKNOWN, GroupName="away"),
    }
    found = owned(resources)
    assert [(o.source, o.ids) for o in found.objects] == [
        ("Staff", {"UserPoolId": "eu-central-1_Other", "GroupName": "staff"})
    ]
    said = {"Pool": NO_ID, "Web": NO_ID, "Away": NO_POOL}
    assert found.unmapped == tuple(Unmapped(name, why, Leftover.ALARMING) for name, why in said.items())


def test_members_without_a_value_are_covered_all_the_same():
    properties = {
        "UserPoolName": UNKNOWN,
        "LambdaConfig": {"PreSignUp": UNKNOWN},
        "AliasAttributes": ["email", UNKNOWN],
        "UserPoolTags": {"a": "1", "b": UNKNOWN},
        "Schema": [],
    }
    (one,) = owned({"Pool": resource("UserPool", **properties)}, Pool="eu-central-1_X").objects
    assert one.members == {"UserPoolTags": {"a": "1"}, "Schema": []}
    assert one.covers == {
        ("PoolName",),
        ("LambdaConfig", "PreSignUp"),
        ("AliasAttributes",),
        ("UserPoolTags", "a"),
        ("UserPoolTags", "b"),
        ("Schema",),
    }


def test_secrets_are_marked_and_references_are_no_values():
    details = {
        "client_id": "c",
        "client_secret": "{{resolve:secretsmanager:quay/google:SecretString:key}}",
        "private_key": "not-a-real-key",
        "authorize_scopes": "{{resolve:ssm:/quay/scopes}}",
    }
    provider = resource(
        "UserPoolIdentityProvider", UserPoolId="eu-central-1_X", ProviderName="G", ProviderDetails=details
    )
    found = owned({"G": provider})
    (one,) = found.objects
    placeholder = Secret("never shown", UNSEEN)
    key = Secret("not-a-real-key", "template")
    assert one.members == {"ProviderDetails": {"client_id": "c", "client_secret": placeholder, "private_key": key}}
    assert one.members["ProviderDetails"]["client_secret"].origin == UNSEEN
    assert one.secrets == {("ProviderDetails", "client_secret"), ("ProviderDetails", "private_key")}
    assert one.covers == {("ProviderDetails", name) for name in details}
    said = {u.source: u.reason for u in found.unmapped if u.source != "G.ProviderDetails.private_key"}
    advice = "in the template: write that in the manifest too."
    assert said == {
        "G.ProviderDetails.client_secret": f"is {{$secret: quay/google#key}} {advice}",
        "G.ProviderDetails.authorize_scopes": f"is {{$ssm: /quay/scopes}} {advice}",
    }


def test_a_secret_that_is_not_known_is_one_all_the_same():
    """As Amplify writes it: a custom resource returns the secret when the stack is deployed."""
    details = {"client_id": UNKNOWN, "client_secret": UNKNOWN}
    provider = resource(
        "UserPoolIdentityProvider", UserPoolId="eu-central-1_X", ProviderName="G", ProviderDetails=details
    )
    (one,) = owned({"G": provider}).objects
    assert one.members == {"ProviderDetails": {"client_secret": Secret("never shown", UNSEEN)}}
    assert one.secrets == {("ProviderDetails", "client_secret")}


def test_what_is_left_over_keeps_its_sort():
    resources = {
        "Me": resource("UserPoolUser"),
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Nested": {"Type": "AWS::CloudFormation::Stack"},
        "Cargo": resource("IdentityPool", CognitoEvents={}),
    }
    found = owned(resources, Cargo="eu-central-1:1")
    assert {u.source: u.why for u in found.unmapped} == {
        "Me": Leftover.PEOPLE,
        "Bucket": Leftover.SERVICE,
        "Nested": Leftover.ALARMING,
        "Cargo.CognitoEvents": Leftover.MEMBER,
    }


def test_an_object_that_is_defined_twice_is_taken_once():
    group = resource("UserPoolGroup", UserPoolId="eu-central-1_X", GroupName="staff")
    found = owned({"A": group, "B": group})
    assert [o.source for o in found.objects] == ["A"]
    assert found.unmapped == (Unmapped("B", "is the same object as A.", Leftover.ALARMING),)


def test_from_texts_to_what_is_owned():
    def file(name: str) -> TemplateFile:
        return TemplateFile(name, (FIXTURES / name).read_text(encoding="utf-8"))

    exports = {"shared-claims": "arn:aws:lambda:eu-central-1:111122223333:function:claims"}
    stack, found = taken_over(file("harbour.yaml"), file("harbour.resources.json"), exports=exports)
    assert (stack.where.stack_name, found.account_of("")) == ("harbour-test", "111122223333")
    (pool,) = [o for o in found.objects if o.section == "user_pool"]
    assert pool.members["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaArn"] == exports["shared-claims"]
    stack, found = taken_over(
        file("lodge.cdk.json"), file("lodge.resources.json"), region="eu-central-1", account="111122223333"
    )
    assert (stack.where.stack_name, found.account_of("")) == ("", "111122223333")
    stack, _ = taken_over(
        file("harbour.yaml"), parameters={"Stage": "live"}, region="eu-central-1", account="111122223333"
    )
    assert len([r for r in stack.resources if r.condition]) == 4

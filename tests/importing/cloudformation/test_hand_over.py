"""The steps out of a stack, letter by letter: for each generator, in order, and nothing left out."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.importing.cloudformation.evaluation import Given
from reconciler.importing.cloudformation.generators import AMPLIFY, CDK, FRAMEWORK, PLAIN, SAM
from reconciler.importing.cloudformation.hand_over import TOOLS, hand_over
from reconciler.importing.cloudformation.property_mapping import mapped
from reconciler.importing.cloudformation.resource_types import PREFIX
from reconciler.importing.cloudformation.stack import evaluate_stack
from reconciler.importing.cloudformation.taking_over import owned_by
from reconciler.importing.handing_over import HandOver, HandOverStep

from .support import HERE, listing, template

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
POOL = {"Type": f"{PREFIX}UserPool"}
CLIENT = {"Type": f"{PREFIX}UserPoolClient", "Properties": {"UserPoolId": {"Ref": "Pool"}}}

PLAN = HandOverStep("Plan. There must be no changes.", "poolctl plan --detailed-exitcode pools\n", "shell")
APPLY = HandOverStep(
    "Only now apply with poolctl for the first time: before, a rollback of the stack would bring old "
    "values back. The tags "
    "aws:cloudformation:* stay, as no call can remove them. The way back is an import of resources into a stack.",
    "poolctl apply pools\n",
    "shell",
)
REMOVE = "The events of the stack must say DELETE_SKIPPED for each; DELETE_IN_PROGRESS means that Retain is missing:"
WHY = (
    "Without both, CloudFormation deletes what leaves the template, and the old one of what it "
    "replaces. Deploy. If there "
    "are no updates for CloudFormation, change the Metadata of these resources too."
)


def steps(resources: Any, directory: str = "pools", **sections: Any) -> HandOver:
    ids = {name: f"id-{name}" for name in ("Pool", "Web")}
    stack = evaluate_stack(template(resources, **sections), Given({}, {}, listing(**ids), HERE))
    return hand_over(stack, owned_by(mapped(stack)), directory)


def test_a_stack_that_keeps_everything_and_that_nothing_refers_to():
    found = steps({"Pool": {**POOL, **RETAIN}, "Web": {**CLIENT, **RETAIN}})
    assert found == HandOver(
        "CloudFormation, stack quay",
        (
            PLAN,
            HandOverStep(
                "Every resource of Cognito has DeletionPolicy and UpdateReplacePolicy Retain. Check "
                "that this is deployed."
            ),
            HandOverStep(f"Remove the resources from the template, and deploy. {REMOVE} Pool (id-Pool), Web (id-Web)."),
            APPLY,
        ),
    )


@pytest.mark.parametrize("transform", [None, "AWS::Serverless-2016-10-31"])
def test_what_lacks_retain_gets_it_in_the_template(transform):
    resources = {
        "Pool": {**POOL, **RETAIN},
        "Web": {**CLIENT, "DeletionPolicy": "RetainExceptOnCreate"},
        "Me": {"Type": f"{PREFIX}UserPoolUser", "DeletionPolicy": "Retain"},
    }
    found = steps(resources, **({"Transform": transform} if transform else {}))
    assert found.tool == f"{'AWS SAM' if transform else 'CloudFormation'}, stack quay"
    assert found.steps[1] == HandOverStep(
        "Add to these resources of the template: These lack Retain: Web (DeletionPolicy RetainExceptOnCreate, "
        f"UpdateReplacePolicy not set); Me (UpdateReplacePolicy not set). {WHY}",
        "Resources:\n  Web:\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n"
        "  Me:\n    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n",
        "yaml",
    )
    assert found.steps[2].text.endswith(" Pool (id-Pool), Web (id-Web), Me.")


def test_the_cdk_sets_it_for_every_resource_in_a_loop():
    found = steps({"Pool": {**POOL, **RETAIN, "Metadata": {"aws:cdk:path": "x"}}, "Web": CLIENT})
    assert found.tool == "AWS CDK, stack quay"
    assert found.steps[1] == HandOverStep(
        "Add to the end of the stack's constructor, as the CDK sets Retain for the pool at best. "
        "These lack Retain: Web "
        f"(DeletionPolicy not set, UpdateReplacePolicy not set). {WHY}",
        'import { CfnResource, RemovalPolicy } from "aws-cdk-lib";\n'
        "\n"
        "for (const child of this.node.findAll()) {\n"
        '  if (CfnResource.isCfnResource(child) && child.cfnResourceType.startsWith("AWS::Cognito::")) {\n'
        "    child.applyRemovalPolicy(RemovalPolicy.RETAIN);\n"
        "  }\n"
        "}\n",
        "typescript",
    )
    assert found.steps[2].text == (
        "Replace the constructs by UserPool.fromUserPoolId, UserPoolClient.fromUserPoolClientId and "
        "their like, and deploy. "
        f"{REMOVE} Pool (id-Pool), Web (id-Web)."
    )


def test_amplify_overrides_its_resources():
    found = steps({"Pool": {**POOL, "DeletionPolicy": "Delete"}}, Description='{"createdBy": "AmplifyPipelineDeploy"}')
    assert found.tool == "AWS Amplify, stack quay"
    assert found.steps[1] == HandOverStep(
        "Add to the end of amplify/backend.ts, as the template is generated. Until it is deployed, "
        "deleting the branch or "
        "`ampx sandbox delete` deletes the pool with its users. These lack Retain: Pool (DeletionPolicy Delete, "
        f"UpdateReplacePolicy not set). {WHY}",
        'import { CfnResource, RemovalPolicy, Stack } from "aws-cdk-lib";\n'
        "\n"
        "for (const child of Stack.of(backend.auth.resources.userPool).node.findAll()) {\n"
        '  if (CfnResource.isCfnResource(child) && child.cfnResourceType.startsWith("AWS::Cognito::")) {\n'
        "    child.applyRemovalPolicy(RemovalPolicy.RETAIN);\n"
        "  }\n"
        "}\n",
        "typescript",
    )
    assert found.steps[2].text == (
        "Replace defineAuth by referenceAuth, and deploy. Delete neither the branch nor the sandbox before that. "
        f"{REMOVE} Pool (id-Pool)."
    )


def test_serverless_extends_its_resources():
    found = steps({"Pool": POOL, "ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"}})
    assert found.tool == "Serverless Framework, stack quay"
    assert found.steps[1].code == (
        "resources:\n  extensions:\n    Pool:\n      DeletionPolicy: Retain\n      UpdateReplacePolicy: Retain\n"
    )
    assert found.steps[2].text.startswith("Remove the resources from serverless.yml, and deploy. ")


def test_what_refers_to_them_and_exports_come_before_the_removal():
    resources = {
        "Pool": {**POOL, **RETAIN},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": {"SourceArn": {"Fn::GetAtt": "Pool.Arn"}}},
    }
    outputs = {
        "Id": {"Value": {"Ref": "Pool"}, "Export": {"Name": "quay pool"}},
        "Arn": {"Value": {"Fn::GetAtt": "Pool.Arn"}, "Export": {"Name": {"Fn::ImportValue": "x"}}},
        "Url": {"Value": {"Fn::Sub": "${Pool.ProviderURL}"}},
    }
    found = steps(resources, "my pools", Outputs=outputs)
    assert found.steps[0].code == "poolctl plan --detailed-exitcode 'my pools'\n"
    assert found.steps[2:4] == (
        HandOverStep(
            "Replace each Ref, Fn::GetAtt and ${...} to them by a parameter or by the value, and "
            "deploy: Permission (to Pool); "
            "output Id (to Pool); output Arn (to Pool); output Url (to Pool)."
        ),
        HandOverStep(
            (
                "Before Id, Arn can change or go, no stack may import the export any more: let those "
                "stacks take a parameter."
            ),
            "aws cloudformation list-imports --export-name 'quay pool'\n",
            "shell",
        ),
    )
    assert found.steps[4].text.startswith("Remove the resources from the template")
    assert found.steps[5].code == "poolctl apply 'my pools'\n"


def test_what_is_alarming_comes_first():
    found = steps({"Pool": {**POOL, **RETAIN}, "Nested": {"Type": "AWS::CloudFormation::Stack"}})
    assert found.steps[0] == HandOverStep("Settle what is listed under “Must be settled first”: Nested.")
    assert found.steps[1] == PLAN


def test_every_generator_has_a_way():
    assert set(TOOLS) == {PLAIN, SAM, CDK, AMPLIFY, FRAMEWORK}

"""What made a template: each tool has a way of its own to keep what it lets go of."""

from __future__ import annotations

import json

from reconciler.importing.cloudformation.template import SERVERLESS, Template

PLAIN, CDK, AMPLIFY, SAM, FRAMEWORK = "plain", "cdk", "amplify", "sam", "serverless"


def generator(template: Template) -> str:
    """Return what made a template: `amplify`, `cdk`, `sam`, `serverless`, or `plain` for a person.

    Amplify is built on the CDK, so it is looked for first.
    """
    resources = template.section("Resources").values()
    if _by_amplify(template) or any(str(body["Type"]).startswith("Custom::Amplify") for body in resources):
        return AMPLIFY
    metadata = [body.get("Metadata") for body in resources]
    if any(isinstance(found, dict) and "aws:cdk:path" in found for found in metadata):
        return CDK
    if "BootstrapVersion" in template.section("Parameters") or "CDKMetadata" in template.section("Resources"):
        return CDK
    if SERVERLESS in template.transforms or any(isinstance(m, dict) and "SamResourceId" in m for m in metadata):
        return SAM
    return FRAMEWORK if "ServerlessDeploymentBucket" in template.section("Resources") else PLAIN


def _by_amplify(template: Template) -> bool:
    try:
        said = json.loads(str(template.tree.get("Description")))
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and str(said.get("createdBy")).startswith("Amplify")

"""The way out of a stack: what to deploy, in which order, so that nothing is deleted.

CloudFormation deletes what leaves a template, unless the template that was deployed before says Retain. Most generators
say it for a pool at best, and a deleted pool takes its users along.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from reconciler.importing.cloudformation.generators import AMPLIFY, CDK, FRAMEWORK, PLAIN, SAM
from reconciler.importing.cloudformation.stack import Stack, StackResource
from reconciler.importing.handing_over import HandOver, HandOverStep
from reconciler.importing.owned import Definition, Leftover

BOTH = ("DeletionPolicy", "UpdateReplacePolicy")
"""Attributes of a resource that have to be Retain: the first alone leaves a replacement free to delete."""

TOOLS: Mapping[str, str] = {
    PLAIN: "CloudFormation",
    SAM: "AWS SAM",
    CDK: "AWS CDK",
    AMPLIFY: "AWS Amplify",
    FRAMEWORK: "Serverless Framework",
}
"""What makes templates, as people call it."""


def hand_over(stack: Stack, definition: Definition, directory: str) -> HandOver:
    """Return the steps that hand the resources of a stack over.

    Retain is for every resource of Cognito in the stack: users, and what was not converted, included.

    Args:
        stack: The stack.
        definition: What was converted of it.
        directory: Where the manifests are.
    """
    every = (*stack.resources, *stack.people)
    name = f", stack {stack.where.stack_name}" if stack.where.stack_name else ""
    where = shlex.quote(directory)
    steps = [
        *_settled(definition),
        HandOverStep("Plan. There must be no changes.", f"poolctl plan --detailed-exitcode {where}\n", "shell"),
        *_retained(stack, every),
        *_referred(stack),
        *_exported(stack),
        *_removed(stack, definition),
        HandOverStep(_FIRST_APPLY, f"poolctl apply {where}\n", "shell"),
    ]
    return HandOver(f"{TOOLS[stack.generator]}{name}", tuple(steps))


_FIRST_APPLY = (
    "Only now apply with poolctl for the first time: before, a rollback of the stack would bring old values back. The "
    "tags aws:cloudformation:* stay, as no call can remove them. The way back is an import of resources into a stack."
)


def _settled(definition: Definition) -> Iterator[HandOverStep]:
    alarming = [unmapped.source for unmapped in definition.unmapped if unmapped.why is Leftover.ALARMING]
    if alarming:
        yield HandOverStep(f"Settle what is listed under “{Leftover.ALARMING.value}”: {_listed(alarming)}.")


# --- Retain --------------------------------------------------------------------------------------------------------


def _retained(stack: Stack, every: Iterable[StackResource]) -> Iterator[HandOverStep]:
    lacking = [r for r in every if not r.retained]
    if not lacking:
        yield HandOverStep(
            "Every resource of Cognito has DeletionPolicy and UpdateReplacePolicy Retain. Check that this is deployed."
        )
        return
    said = "; ".join(f"{r.logical_id} ({_lacks(r)})" for r in lacking)
    why = "Without both, CloudFormation deletes what leaves the template, and the old one of what it replaces."
    before, code, language = _HOW[stack.generator](lacking)
    again = "Deploy. If there are no updates for CloudFormation, change the Metadata of these resources too."
    text = f"{before} These lack Retain: {said}. {why} {again}"
    yield HandOverStep(text, code, language)


def _lacks(resource: StackResource) -> str:
    found = zip(BOTH, (resource.deletion_policy, resource.update_replace_policy), strict=True)
    return ", ".join(f"{key} {value or 'not set'}" for key, value in found if value != "Retain")


_How = tuple[str, str, Literal["yaml", "typescript"]]


def _yaml(lacking: list[StackResource]) -> _How:
    lines = [line for r in lacking for line in (f"  {r.logical_id}:", *(f"    {key}: Retain" for key in BOTH))]
    return "Add to these resources of the template:", "\n".join(["Resources:", *lines, ""]), "yaml"


def _framework(lacking: list[StackResource]) -> _How:
    lines = [line for r in lacking for line in (f"    {r.logical_id}:", *(f"      {key}: Retain" for key in BOTH))]
    return "Add to serverless.yml:", "\n".join(["resources:", "  extensions:", *lines, ""]), "yaml"


def _cdk(_lacking: list[StackResource]) -> _How:
    said = "Add to the end of the stack's constructor, as the CDK sets Retain for the pool at best."
    return said, _loop('import { CfnResource, RemovalPolicy } from "aws-cdk-lib";', "this"), "typescript"


def _amplify(_lacking: list[StackResource]) -> _How:
    said = (
        "Add to the end of amplify/backend.ts, as the template is generated. Until it is deployed, deleting the branch "
        "or `ampx sandbox delete` deletes the pool with its users."
    )
    imports = 'import { CfnResource, RemovalPolicy, Stack } from "aws-cdk-lib";'
    return said, _loop(imports, "Stack.of(backend.auth.resources.userPool)"), "typescript"


def _loop(imports: str, scope: str) -> str:
    """Return TypeScript that sets both policies of every resource of Cognito below a scope."""
    lines = (
        imports,
        "",
        f"for (const child of {scope}.node.findAll()) {{",
        '  if (CfnResource.isCfnResource(child) && child.cfnResourceType.startsWith("AWS::Cognito::")) {',
        "    child.applyRemovalPolicy(RemovalPolicy.RETAIN);",
        "  }",
        "}",
        "",
    )
    return "\n".join(lines)


_HOW: Mapping[str, Callable[[list[StackResource]], _How]] = {
    PLAIN: _yaml,
    SAM: _yaml,
    CDK: _cdk,
    AMPLIFY: _amplify,
    FRAMEWORK: _framework,
}
"""By generator: what to do, and what to write."""


# --- references and removal ----------------------------------------------------------------------------------------


def _referred(stack: Stack) -> Iterator[HandOverStep]:
    found = [f"{name} (to {_listed(refers)})" for name, refers in stack.referrers.items()]
    found += [f"output {output.name} (to {_listed(output.refers)})" for output in stack.outputs]
    if found:
        start = "Replace each Ref, Fn::GetAtt and ${...} to them by a parameter or by the value, and deploy:"
        yield HandOverStep(f"{start} {'; '.join(found)}.")


def _exported(stack: Stack) -> Iterator[HandOverStep]:
    """An export that is in use can neither go nor change."""
    exported = [output for output in stack.outputs if output.export]
    if exported:
        names = [output.export for output in exported if output.export != "?"]
        code = "".join(f"aws cloudformation list-imports --export-name {shlex.quote(name)}\n" for name in names)
        said = (
            f"Before {_listed([o.name for o in exported])} can change or go, no stack may import the export any more:"
        )
        yield HandOverStep(f"{said} let those stacks take a parameter.", code, "shell" if code else "")


def _removed(stack: Stack, definition: Definition) -> Iterator[HandOverStep]:
    """Users leave with their pool: what is retained stays as it is."""
    converted = {one.source for one in definition.objects}
    leaving = [*(r for r in stack.resources if r.logical_id in converted), *stack.people]
    staying = [r.logical_id for r in stack.resources if r.logical_id not in converted]
    ids = [f"{r.logical_id} ({r.physical_id})" if r.physical_id else r.logical_id for r in leaving]
    how = _REMOVE.get(stack.generator, "Remove the resources from the template, and deploy.")
    check = "The events of the stack must say DELETE_SKIPPED for each; DELETE_IN_PROGRESS means that Retain is missing:"
    left = f" These were not converted and stay in the template: {_listed(staying)}." if staying else ""
    yield HandOverStep(f"{how} {check} {_listed(ids)}.{left}")


_REMOVE: Mapping[str, str] = {
    CDK: (
        "Replace the constructs by UserPool.fromUserPoolId, UserPoolClient.fromUserPoolClientId and their like, and "
        "deploy."
    ),
    AMPLIFY: "Replace defineAuth by referenceAuth, and deploy. Delete neither the branch nor the sandbox before that.",
    FRAMEWORK: "Remove the resources from serverless.yml, and deploy.",
}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)

"""Policies → text: the JSON that IAM takes, and the same for Terraform and CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconciler.iam.policies import IamPolicy


def as_json(policies: Sequence[IamPolicy], _run: str) -> str:
    """Return the policy as IAM takes it; several are one list, as IAM takes each by itself."""
    trees = [policy.tree for policy in policies]
    return _dump(trees[0] if len(trees) == 1 else trees) + "\n"


def as_terraform(policies: Sequence[IamPolicy], run: str) -> str:
    """Return resources of Terraform's AWS provider."""
    return "\n".join(_resource(policy, name, run) for name, policy in _numbered(policies, f"poolctl-{run}").items())


def as_cloudformation(policies: Sequence[IamPolicy], run: str) -> str:
    """Return a template of CloudFormation, with the ARN of each policy as an output."""
    found = _numbered(policies, f"Poolctl{run.capitalize()}")
    resources = {
        name: {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"Description": _description(run), "PolicyDocument": policy.tree},
        }
        for name, policy in found.items()
    }
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _description(run),
        "Resources": resources,
        "Outputs": {f"{name}Arn": {"Value": {"Ref": name}} for name in found},
    }
    return _dump(template) + "\n"


TEXTS: Mapping[str, Callable[[Sequence[IamPolicy], str], str]] = {
    "json": as_json,
    "terraform": as_terraform,
    "cloudformation": as_cloudformation,
}
"""Every format by its name: takes the policies and the command that they are for."""


def _resource(policy: IamPolicy, name: str, run: str) -> str:
    text = _dump(policy.tree).replace("${", "$${").replace("%{", "%%{").replace("\n", "\n  ")
    return (
        f'resource "aws_iam_policy" "{name.replace("-", "_")}" {{\n'
        f'  name        = "{name}"\n'
        f'  description = "{_description(run)}"\n'
        f"  policy      = jsonencode({text})\n"
        "}\n"
    )


def _numbered(policies: Sequence[IamPolicy], name: str) -> dict[str, IamPolicy]:
    """Return policies by name; the second and later ones have a number."""
    separator = "-" if "-" in name else ""
    return {f"{name}{f'{separator}{i}' if i > 1 else ''}": policy for i, policy in enumerate(policies, 1)}


def _description(run: str) -> str:
    return f"What poolctl {run} needs, and nothing else"


def _dump(tree: Any) -> str:
    return json.dumps(tree, indent=2, ensure_ascii=False)

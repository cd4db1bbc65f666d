"""Who refers to whom in a template: by `Ref`, `Fn::GetAtt`, and names in `Fn::Sub`.

What refers to a resource has to be changed before the resource can leave the template.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.importing.cloudformation.resource_types import PEOPLE, short
from reconciler.importing.cloudformation.selective import PLACEHOLDER, attribute_steps
from reconciler.importing.cloudformation.template import Template
from reconciler.model import Tree

IDENTIFYING = ("UserPoolId", "ClientId", "Id")
"""Attributes that are what `Ref` is."""


def referred(node: Any, template: Template) -> str:
    """Return the logical id of the resource whose identifier a value is, or an empty text."""
    match node:
        case {"Ref": str(name), **others} if not others and name in template.section("Resources"):
            return name
        case {"Fn::GetAtt": argument, **others} if not others:
            steps = attribute_steps(argument, template.section("Resources"))
            return steps[0] if steps and steps[1] in IDENTIFYING else ""
    return ""


def referrers(template: Template) -> dict[str, tuple[str, ...]]:
    """Return the resources of other services that refer to one of Cognito, with those that they refer to."""
    every = template.section("Resources").items()
    others = {name: body for name, body in every if not short(str(body["Type"]))}
    found = {name: cognito_among(body.get("Properties"), template) for name, body in others.items()}
    return {name: refers for name, refers in found.items() if refers}


def cognito_among(node: Any, template: Template) -> tuple[str, ...]:
    """Return the logical ids of Cognito's resources that a part of a template refers to, without users."""
    resources = template.section("Resources")
    names = dict.fromkeys(name for name, _ in _steps(node, template) if name in resources)
    kinds = {name: short(str(resources[name]["Type"])) for name in names}
    return tuple(name for name, kind in kinds.items() if kind and kind not in PEOPLE)


def attributes(node: Any, template: Template) -> set[str]:
    """Return the last part of each attribute that a part of a template takes: `ClientSecret`."""
    return {member.rpartition(".")[2] for _, member in _steps(node, template) if member}


def _steps(node: Any, template: Template) -> Iterator[tuple[str, str]]:
    """Yield name and attribute of each reference in a part of a template."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _of_function(key, value, template.section("Resources"))
            yield from _steps(value, template)
    elif isinstance(node, list):
        for item in node:
            yield from _steps(item, template)


def _of_function(key: str, value: Any, resources: Tree) -> Iterator[tuple[str, str]]:
    if key == "Ref" and isinstance(value, str):
        yield value, ""
    elif key == "Fn::GetAtt" and (steps := attribute_steps(value, resources)):
        yield steps
    elif key == "Fn::Sub":
        text = value[0] if isinstance(value, list) and value else value
        for inside in PLACEHOLDER.findall(text) if isinstance(text, str) else ():
            yield attribute_steps(inside.strip(), resources) or (inside.strip(), "")

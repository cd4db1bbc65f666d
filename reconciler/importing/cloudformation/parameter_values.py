"""Parameters: what was given, else the default, in the form of the type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from reconciler.importing.cloudformation.leaves import NotKnown, TemplateMistake, as_text
from reconciler.importing.cloudformation.template import Template
from reconciler.model import Reference, Secret, Tree

STORED = re.compile(r"AWS::SSM::Parameter::Value<.*>")
"""Types whose value is the name of a parameter of Systems Manager, which CloudFormation reads."""

LISTS = re.compile(r"CommaDelimitedList|List<.*>")
"""Types whose value is several values with commas between them."""


def parameter_value(template: Template, given: Mapping[str, str], name: str) -> Any:
    """Return the value of a parameter: a text, a list of texts, a secret, or a reference to Systems Manager.

    Args:
        template: Declares it.
        given: Values from the command line, by name.
        name: Its name.

    Raises:
        TemplateMistake: It has no value, or one that its declaration refuses. A value is not repeated in the message.
    """
    declared: Tree = template.section("Parameters")[name]
    kind = as_text(declared.get("Type")) or "String"
    text = given.get(name)
    if text is None:
        text = as_text(declared.get("Default"))
    hidden = is_hidden(declared)
    if text is None and hidden:
        return NotKnown(f"the parameter {name} has NoEcho, so its value is in the stack alone")
    if text is None:
        raise TemplateMistake(f"the parameter {name} has no value.", f"Give it with --parameter {name}=VALUE.")
    _check(name, declared, kind, text)
    if STORED.fullmatch(kind):
        return Reference("ssm", text)
    if LISTS.fullmatch(kind):
        parts = [part.strip() for part in text.split(",")] if text else []
        return [Secret(part, f"parameter {name}") for part in parts] if hidden else parts
    return Secret(text, f"parameter {name}") if hidden else text


def is_hidden(declared: Tree) -> bool:
    """Return whether a parameter has NoEcho."""
    return as_text(declared.get("NoEcho")) in ("true", "True")


def _check(name: str, declared: Tree, kind: str, text: str) -> None:
    if kind == "Number" and not re.fullmatch(r"[-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?", text.strip()):
        raise TemplateMistake(f"the parameter {name} is a Number, and its value is none.", "Give a number.")
    allowed = [as_text(value) for value in declared.get("AllowedValues") or []]
    parts = [part.strip() for part in text.split(",")] if LISTS.fullmatch(kind) else [text]
    if allowed and not all(part in allowed for part in parts):
        listed = ", ".join(value for value in allowed if value is not None)
        raise TemplateMistake(f"the parameter {name} has a value that is not allowed.", f"Give one of: {listed}.")

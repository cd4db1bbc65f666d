"""Reads the files under deploy/ as those who run them do, and asks the real parser about their command lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from reconciler.cli.entry import load, parse, split
from reconciler.errors import InvalidInput
from reconciler.runs import drift_run
from reconciler.terminal.options import Options

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


class Tagged(yaml.SafeLoader):
    """Reads CloudFormation's tags as their long form: `!Ref X` is {"Ref": X}."""


def _tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".", 1) if suffix == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


yaml.add_multi_constructor("!", _tag, Loader=Tagged)


def template(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=Tagged)  # noqa: S506 - a safe loader
    return found


class Stack:
    """A template with parameters, its functions carried out as far as this template needs them."""

    PSEUDO = {"AWS::Partition": "aws", "AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}  # noqa: RUF012

    def __init__(self, tree: Mapping[str, Any], **parameters: str) -> None:
        self.tree = tree
        defaults = {k: str(v["Default"]) for k, v in tree["Parameters"].items() if "Default" in v}
        self.known = {**self.PSEUDO, "AWS::StackName": "drift", **defaults, **parameters}

    def resources(self) -> dict[str, Any]:
        found = self.tree["Resources"].items()
        return {k: self.value(v) for k, v in found if "Condition" not in v or self.holds(v["Condition"])}

    def holds(self, name: str) -> bool:
        return bool(self.value(self.tree["Conditions"][name]))

    def value(self, node: Any) -> Any:
        if isinstance(node, list):
            return [v for v in map(self.value, node) if v is not None]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((key, inner),) = node.items()
            if key == "Ref" or key.startswith("Fn::"):
                return self.function(key, inner)
        return {k: self.value(v) for k, v in node.items()}

    def function(self, key: str, inner: Any) -> Any:
        if key == "Ref":
            return None if inner == "AWS::NoValue" else self.known[inner] if inner in self.known else self.made(inner)
        if key == "Fn::GetAtt":
            return f"{self.made(inner[0])}.{inner[1]}"
        if key == "Fn::If":
            return self.value(inner[1] if self.holds(inner[0]) else inner[2])
        if key == "Fn::Equals":
            return self.value(inner[0]) == self.value(inner[1])
        if key == "Fn::Not":
            return not self.value(inner[0])
        assert key == "Fn::Sub", key
        text, more = inner if isinstance(inner, list) else (inner, {})
        return re.sub(r"\$\{([^}]+)\}", lambda m: self.substituted(m[1], more), text)

    def substituted(self, name: str, more: Mapping[str, Any]) -> str:
        return str(self.value(more[name]) if name in more else self.function("Ref", name))

    def made(self, name: str) -> str:
        """What a resource is once it is made: an ARN where CloudFormation says so, else a name."""
        assert name in self.tree["Resources"] or name.endswith("Role"), name
        if self.tree["Resources"].get(name, {}).get("Type") == "AWS::SNS::Topic":
            return f"arn:aws:sns:eu-west-1:123456789012:drift-{name}"
        return f"drift-{name.lower()}"


def accepted(words: Sequence[str], tmp_path: Path) -> Options:
    """Let the command line parse words that stand behind `poolctl`, and return what it understood.

    Directories that are elsewhere stand for one that exists here.
    """
    here = [re.sub(r"(^|=)/[\w./-]+/(?=[\w.-]+$)", rf"\g<1>{tmp_path}/", word) for word in words]
    command, rest = split(here)
    try:
        options = parse(command, load(command), rest, {})
        if command == "drift":
            drift_run.check(options)
    except InvalidInput as error:
        raise AssertionError(f"poolctl does not take `poolctl {' '.join(words)}`: {error}") from None
    return options


def documents(path: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))

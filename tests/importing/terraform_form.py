"""Live objects → what Terraform's state would hold of them, by a list of the provider's attributes.

The list, `provider-6.66.0.csv`, says of each attribute which member it holds. It was made from the provider's schema
and not from the table of the converter, so that it can contradict it.

Columns: resource, attribute with its blocks, form (`block` is one at most), flags (Required, Optional, Computed), and
the member as `SECTION:PATH`; `@key`, `@id`, `@place` and `@secret` say which object it is, and nothing is no
configuration.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.model import Secret

LIST = Path(__file__).with_name("provider-6.66.0.csv")

PEOPLE = {"aws_cognito_user", "aws_cognito_user_in_group"}

AWS = 'provider["registry.terraform.io/hashicorp/aws"]'


class Attribute(NamedTuple):
    resource: str
    name: str
    form: str
    flags: str
    member: str

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def block(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def settable(self) -> bool:
        return bool(set(self.flags) & set("RO")) and self.last not in ("id", "region")

    @property
    def place(self) -> tuple[str, tuple[str, ...]]:
        section, _, path = self.member.partition(":")
        return section, tuple(path.split("."))


with LIST.open(encoding="utf-8") as file:
    ATTRIBUTES = [Attribute(*row) for row in csv.reader(file)][1:]

RESOURCES = [r for r in dict.fromkeys(a.resource for a in ATTRIBUTES) if r not in PEOPLE]


def of(resource: str) -> list[Attribute]:
    return [a for a in ATTRIBUTES if a.resource == resource]


def dig(tree: Any, path: Iterable[str]) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def attributes(resource: str, trees: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a state holds of an object: every attribute that the provider has.

    Args:
        resource: The type.
        trees: By section, the live object in the spelling of the API's inputs.
        places: Attributes that say which object it is.
    """
    found = _block(of(resource), "", trees, {})
    return {**found, **places}


def _block(rows: Sequence[Attribute], block: str, trees: Mapping[str, Any], keys: Mapping[str, Any]) -> dict[str, Any]:
    result = {}
    for row in (r for r in rows if r.block == block):
        if not row.member or row.member.startswith("@"):
            result[row.last] = keys.get(row.member)
            continue
        section, path = row.place
        value = dig(trees.get(section), path)
        result[row.last] = _value(row, rows, section, path, value)
    return result


def _value(row: Attribute, rows: Sequence[Attribute], section: str, path: Sequence[str], value: Any) -> Any:
    if row.form == "block":
        return [] if value is None else [_block(rows, row.name, {section: _nested(path, value)}, {})]
    if row.form == "blocks":
        pairs = value.items() if isinstance(value, Mapping) else [("", v) for v in value or ()]
        return [_block(rows, row.name, {section: _nested(path, one)}, {"@key": key}) for key, one in pairs]
    if row.last == "settings" and value is not None:
        return json.dumps(value)
    if row.last == "bytes":
        return None  # what was not configured is not in the state
    return plain(value)


def _nested(path: Sequence[str], value: Any) -> Any:
    for step in reversed(path):
        value = {step: value}
    return value


def instance(type_: str, found: Mapping[str, Any], name: str = "this", **more: Any) -> dict[str, Any]:
    """A resource of a state file with one instance."""
    inner = {"schema_version": 0, "attributes": dict(found), "sensitive_attributes": [], **more}
    return {"mode": "managed", "type": type_, "name": name, "provider": AWS, "instances": [inner]}


def state(*resources: Mapping[str, Any], version: str = "1.11.4", **more: Any) -> str:
    """A state file of version 4."""
    return json.dumps({"version": 4, "terraform_version": version, "serial": 1, "resources": list(resources), **more})

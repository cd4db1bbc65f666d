"""The service model of the installed botocore.

Read from botocore's data files and not through botocore, to save `validate` the cost of importing it. The
update of an object carries over every member that the service model accepts, so a botocore with a new member
makes poolctl keep it, without a new release (decision 2; cognito.md, "Model versus service").
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path as FilePath
from typing import Any

from schemas.records import record

VERSIONS = {
    "cognito-idp": "2016-04-18",
    "cognito-identity": "2014-06-30",
    "wafv2": "2019-07-29",
    "iam": "2010-05-08",
    "lambda": "2015-03-31",
    "logs": "2014-03-28",
}
"""API version directories of the services in botocore's data."""


class Shapes(dict[str, Any]):
    """The raw definitions of a service, by name, with a shape for each that was asked for: they are asked for often."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        super().__init__(definitions)
        self._made: dict[str, Shape] = {}

    def shape(self, name: str) -> Shape:
        """Return a shape."""
        found = self._made.get(name)
        return found or self._made.setdefault(name, Shape(self, name))


@record(frozen=True)
class Shape:
    """A shape of the service model."""

    model: Shapes
    """All shapes of the service, by name."""
    name: str
    """Name of this one."""

    @cached_property
    def spec(self) -> dict[str, Any]:
        """The raw definition."""
        return self.model[self.name]  # type: ignore[no-any-return]

    @cached_property
    def type(self) -> str:
        """`structure`, `list`, `map`, `string`, `integer`, `long`, `boolean`, `timestamp`, `blob`."""
        return self.spec["type"]  # type: ignore[no-any-return]

    @cached_property
    def members(self) -> dict[str, Shape]:
        """Members of a structure."""
        return {name: self.model.shape(m["shape"]) for name, m in self.spec.get("members", {}).items()}

    @property
    def required(self) -> tuple[str, ...]:
        """Names of required members."""
        return tuple(self.spec.get("required", ()))

    @cached_property
    def item(self) -> Shape:
        """Shape of the items of a list, or of the values of a map."""
        return self.model.shape(self.spec["member" if self.type == "list" else "value"]["shape"])

    @property
    def enum(self) -> tuple[str, ...]:
        """Values of an enumeration, or empty."""
        return tuple(self.spec.get("enum", ()))


def data_directory() -> FilePath:
    """Return the directory of the installed botocore's data files."""
    spec = importlib.util.find_spec("botocore")
    if spec is None or not spec.submodule_search_locations:  # pragma: no cover - boto3 is a dependency
        msg = "botocore is not installed"
        raise RuntimeError(msg)
    return FilePath(spec.submodule_search_locations[0]) / "data"


@cache
def _service(service: str) -> dict[str, Any]:
    import gzip

    base = data_directory() / service / VERSIONS[service]
    packed = base / "service-2.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else (base / "service-2.json").read_bytes()
    found: dict[str, Any] = json.loads(text)
    return {**found, "shapes": Shapes(found["shapes"])}


def input_shape(service: str, operation: str) -> Shape:
    """Return the input structure of an operation.

    Raises:
        KeyError: The installed botocore does not know the operation.
    """
    model = _service(service)
    found: Shape = model["shapes"].shape(model["operations"][operation]["input"]["shape"])
    return found


def output_shape(service: str, operation: str) -> Shape | None:
    """Return the output structure of an operation, or None if it has none or the installed botocore does not know it.

    Args:
        service: boto3's name of the service.
        operation: CamelCase.
    """
    model = _service(service)
    output = model["operations"].get(operation, {}).get("output")
    return model["shapes"].shape(output["shape"]) if output else None


def operations(service: str) -> frozenset[str]:
    """Return the names of all operations of a service."""
    return frozenset(_service(service)["operations"])


def project(tree: Any, shape: Shape) -> Any:
    """Return the part of a tree that a shape accepts: observed ∩ members(input)."""
    if isinstance(tree, dict):
        if shape.type == "structure":
            if shape.spec.get("document"):
                return tree
            members = shape.members
            return {k: _part(v, members[k]) for k, v in tree.items() if k in members}
        if shape.type == "map":
            return {k: _part(v, shape.item) for k, v in tree.items()}
    elif isinstance(tree, list) and shape.type == "list":
        return [_part(v, shape.item) for v in tree]
    return tree


def _part(tree: Any, shape: Shape) -> Any:
    return project(tree, shape) if isinstance(tree, dict | list) else tree


def missing(tree: Any, shape: Shape, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of required members missing from a tree."""
    if shape.type == "structure" and isinstance(tree, dict):
        found = [(*path, name) for name in shape.required if name not in tree]
        members = shape.members
        for key, value in tree.items():
            if key in members:
                found += missing(value, members[key], (*path, key))
        return found
    if shape.type == "list" and isinstance(tree, list):
        return [p for i, v in enumerate(tree) for p in missing(v, shape.item, (*path, i))]
    if shape.type == "map" and isinstance(tree, dict):
        return [p for k, v in tree.items() for p in missing(v, shape.item, (*path, k))]
    return []

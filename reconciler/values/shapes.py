"""The service model of the installed botocore.

Read from botocore's data files and not through botocore, to save `validate` the cost of importing it. The
update of an object carries over every member that the service model accepts, so a botocore with a new member
makes poolctl keep it, without a new release (decision 2; cognito.md, "Model versus service").
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
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


@record(frozen=True)
class Shape:
    """A shape of the service model."""

    model: Any
    """All shapes of the service, by name."""
    name: str
    """Name of this one."""

    @property
    def spec(self) -> dict[str, Any]:
        """The raw definition."""
        return self.model[self.name]  # type: ignore[no-any-return]

    @property
    def type(self) -> str:
        """`structure`, `list`, `map`, `string`, `integer`, `long`, `boolean`, `timestamp`, `blob`."""
        return self.spec["type"]  # type: ignore[no-any-return]

    @property
    def members(self) -> dict[str, Shape]:
        """Members of a structure."""
        return {name: Shape(self.model, m["shape"]) for name, m in self.spec.get("members", {}).items()}

    @property
    def required(self) -> tuple[str, ...]:
        """Names of required members."""
        return tuple(self.spec.get("required", ()))

    @property
    def item(self) -> Shape:
        """Shape of the items of a list, or of the values of a map."""
        return Shape(self.model, self.spec["member" if self.type == "list" else "value"]["shape"])

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
    return json.loads(text)  # type: ignore[no-any-return]


def input_shape(service: str, operation: str) -> Shape:
    """Return the input structure of an operation.

    Raises:
        KeyError: The installed botocore does not know the operation.
    """
    model = _service(service)
    return Shape(model["shapes"], model["operations"][operation]["input"]["shape"])


def output_shape(service: str, operation: str) -> Shape | None:
    """Return the output structure of an operation, or None if it has none or the installed botocore does not know it.

    Args:
        service: boto3's name of the service.
        operation: CamelCase.
    """
    model = _service(service)
    output = model["operations"].get(operation, {}).get("output")
    return Shape(model["shapes"], output["shape"]) if output else None


def operations(service: str) -> frozenset[str]:
    """Return the names of all operations of a service."""
    return frozenset(_service(service)["operations"])


def project(tree: Any, shape: Shape) -> Any:
    """Return the part of a tree that a shape accepts: observed ∩ members(input)."""
    if shape.type == "structure" and isinstance(tree, dict):
        if shape.spec.get("document"):
            return tree
        members = shape.members
        return {k: project(v, members[k]) for k, v in tree.items() if k in members}
    if shape.type == "list" and isinstance(tree, list):
        return [project(v, shape.item) for v in tree]
    if shape.type == "map" and isinstance(tree, dict):
        return {k: project(v, shape.item) for k, v in tree.items()}
    return tree


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

"""What `aws cloudformation describe-stack-resources` or `list-stack-resources` prints.

A template has no ids, no generated names and neither account nor Region; the list of the stack's resources has them.
It holds no values of properties, so there is no secret in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import InvalidInput
from reconciler.manifests.reader import MAX_BYTES, Dialect, foreign
from reconciler.values.regions import partition, suffix

ARN = re.compile(
    r"arn:(?P<partition>[^:]+):cloudformation:(?P<region>[^:]+):(?P<account>\d{12}):stack/(?P<name>[^/]+)/"
)

MAX_DESCRIBED = 100
"""Most resources in one answer of DescribeStackResources, which says nothing about further ones."""

_GONE = "DELETE_"
"""Beginning of the status of a resource that is no more, or soon will not be, in the stack."""

_ADVICE = "Save the output of `aws cloudformation describe-stack-resources --stack-name NAME`."


@dataclass(frozen=True, slots=True)
class StackItem:
    """A resource of a stack that was deployed."""

    logical_id: str
    """Its name in the template."""
    type: str
    """Its type; empty if the list does not say."""
    physical_id: str
    """The id that it has; empty while it is being created, and after that failed."""
    status: str = ""
    """`CREATE_COMPLETE`, `UPDATE_FAILED`, ..."""


@dataclass(frozen=True, slots=True)
class StackListing:
    """The resources of one stack."""

    items: Mapping[str, StackItem] = field(default_factory=dict)
    """Resources by logical id."""
    stack_id: str = ""
    """ARN of the stack; empty if the list does not say (`list-stack-resources`)."""
    complete: bool = True
    """Whether the list has every resource of the stack."""

    def physical_id(self, logical_id: str) -> str:
        """Return the id of a resource; empty if it is not known."""
        found = self.items.get(logical_id)
        return found.physical_id if found else ""

    @property
    def name(self) -> str:
        """Name of the stack; empty if unknown."""
        return self._part("name")

    @property
    def region(self) -> str:
        """Region of the stack; empty if unknown."""
        return self._part("region")

    @property
    def account(self) -> str:
        """Account of the stack; empty if unknown."""
        return self._part("account")

    def _part(self, name: str) -> str:
        found = ARN.match(self.stack_id)
        return found[name] if found else ""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a stack is, as far as that is known."""

    region: str = ""
    """Region; empty if unknown."""
    account: str = ""
    """Account; empty if unknown."""
    stack_name: str = ""
    """Name of the stack; empty if unknown."""
    stack_id: str = ""
    """Its ARN; empty if unknown."""

    @property
    def partition(self) -> str:
        """Partition of the Region: `aws`; empty if the Region is unknown."""
        return partition(self.region) if self.region else ""

    @property
    def url_suffix(self) -> str:
        """Suffix of host names in the Region: `amazonaws.com`; empty if the Region is unknown."""
        return suffix(self.region) if self.region else ""


def read_listing(file: str, text: str) -> StackListing:
    """Read what one of the two commands has printed, several such answers in a list, or a bare list of resources.

    Args:
        file: What messages call it.
        text: JSON or YAML.

    Raises:
        InvalidInput: It is something else, or is about several stacks.
    """
    if len(text) > MAX_BYTES:
        raise InvalidInput(f"{file}: the list is larger than {MAX_BYTES // 1_000_000} MB. {_ADVICE}")
    answers = [answer for answer in _answers(file, text) if isinstance(answer, dict)]
    rows = [row for part in answers for row in _rows(part)]
    if not rows or not all(isinstance(row, dict) and isinstance(row.get("LogicalResourceId"), str) for row in rows):
        raise InvalidInput(f"{file}: there are no resources of a stack in it. {_ADVICE}")
    ids = {row["StackId"] for row in rows if isinstance(row.get("StackId"), str)}
    if len(ids) > 1:
        raise InvalidInput(f"{file}: the resources are of {len(ids)} stacks. Use a file for each, with its template.")
    more = any("NextToken" in part for part in answers[-1:])
    cut = len(rows) == MAX_DESCRIBED and "StackResources" in answers[0]
    return StackListing(_items(rows), next(iter(ids), ""), complete=not (more or cut))


def _answers(file: str, text: str) -> list[Any]:
    """Return what the CLI has printed, with `--output json`, `yaml` or `yaml-stream`.

    Raises:
        InvalidInput: It is neither.
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        documents, problems = foreign(file, text, _DIALECT)
        if problems or not documents:
            raise InvalidInput(f"{file}: neither JSON nor YAML. {_ADVICE}") from None
        return [document.tree for document in documents]
    return answer if isinstance(answer, list) else [answer]


_DIALECT = Dialect("a list of resources", "Begin with `StackResources:`, not indented.", str, {}, any_key=True)
"""Every scalar is a text: an id of digits is no number."""


def _rows(answer: Mapping[str, Any]) -> Iterable[Any]:
    for key in ("StackResources", "StackResourceSummaries"):
        rows = answer.get(key)
        if isinstance(rows, list):
            return rows
    return [answer] if "LogicalResourceId" in answer else []


def _items(rows: Iterable[Mapping[str, Any]]) -> dict[str, StackItem]:
    found = {}
    for row in rows:
        status, physical = str(row.get("ResourceStatus") or ""), str(row.get("PhysicalResourceId") or "")
        if not status.startswith(_GONE):
            logical = row["LogicalResourceId"]
            found[logical] = StackItem(logical, str(row.get("ResourceType") or ""), physical, status)
    return found

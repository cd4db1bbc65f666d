"""A cloud in memory that answers as told: for tests of one decision, without an embedded Cognito."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.cloud.port import Identity
from reconciler.model import Action, Address, FieldChange, Plan, Position, ResourceChange, Target, Tree

POOL = "eu-west-1_Customers"
ARN = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
IDS = {"UserPoolId": POOL, "ResourceArn": ARN}
TARGET = Target("123456789012", "eu-west-1", "customers", POOL, "pools/a.yaml")

Answer = Tree | BaseException | Callable[[Mapping[str, Any]], Tree]


class Scripted:
    """Answers each operation with the next of its answers; the last one holds for ever. Errors are raised.

    An operation without answers is an error of the test. `calls` are the writes and reads in order, as `Operation` and
    parameters; `regions` are the Regions of those that did not go to the pool's own.
    """

    def __init__(self, **answers: list[Answer]) -> None:
        self._answers = {operation: list(found) for operation, found in answers.items()}
        self.calls: list[tuple[str, Tree]] = []
        self.services: list[str] = []
        self.regions: list[tuple[str, str]] = []

    def identity(self) -> Identity:
        return Identity("123456789012", "eu-west-1")

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.calls.append((operation, dict(params)))
        self.services.append(service)
        waiting = self._answers[operation]
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(found, BaseException):
            raise found
        return found(params) if callable(found) else found

    def at(self, region: str) -> Elsewhere:
        return Elsewhere(self, region)

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]


class Elsewhere:
    """The same cloud in another Region."""

    def __init__(self, cloud: Scripted, region: str) -> None:
        self._cloud, self._region = cloud, region

    def identity(self) -> Identity:
        return Identity("123456789012", self._region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self._cloud.regions.append((self._region, operation))
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Elsewhere:
        return Elsewhere(self._cloud, region)


def at(section: str, name: str = "") -> Address:
    return Address("customers", section, name)


def change(
    section: str,
    name: str = "",
    *,
    declared: Tree | None = None,
    before: Tree | None = None,
    action: Action | None = None,
    ids: Mapping[str, Any] | None = None,
    **more: Any,
) -> ResourceChange:
    """A change as the planner makes it: of an object that is not there, or of one that is."""
    said = declared or {}
    kind = Action.UPDATE if before is not None else Action.CREATE
    whole = {**(before or {}), **said}
    rest: Tree = {
        "fields": tuple(FieldChange((k,), (before or {}).get(k), v) for k, v in said.items()),
        "after": whole,
        "merged": whole,
        "source": Position("pools/a.yaml", 3, 1),
        **more,
    }
    return ResourceChange(
        at(section, name),
        "Any",
        action=action or kind,
        declared=said,
        before=before,
        ids=IDS if ids is None else ids,
        **rest,
    )


def group(name: str, *, declared: Tree | None = None, before: Tree | None = None, **more: Any) -> ResourceChange:
    live = None if before is None else {"GroupName": name, **before}
    said = {"Description": "new"} if declared is None else declared
    return change("groups", name, declared=said, before=live, ids={**IDS, "GroupName": name}, **more)


def plan(*changes: ResourceChange, **more: Any) -> Plan:
    return Plan(TARGET, changes, **more)

"""What a run calls, recorded, and what its policy allows, for comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.cloud.port import Cloud, Identity
from reconciler.errors import iam_action
from reconciler.iam.grants import Grant, Use
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Tree
from reconciler.runs import iam_run
from reconciler.runs.runtime import Runtime
from reconciler.terminal.options import Options


class Recording:
    """A cloud that remembers the action of every call, in every Region."""

    def __init__(self, cloud: Any, called: set[str] | None = None) -> None:
        self.cloud = cloud
        self.called: set[str] = set() if called is None else called

    @property
    def store(self) -> Any:
        return self.cloud.store

    def identity(self) -> Identity:
        return self.cloud.identity()

    def at(self, region: str) -> Cloud:
        return Recording(self.cloud.at(region), self.called)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.called.add(iam_action(f"{service}:{operation}"))
        return self.cloud.call(service, operation, params)


def recorded(world: Any) -> Recording:
    """Record what is called in a world from now on."""
    world.cloud = made = Recording(world.cloud)
    return made


def grants(manifest: Manifest, run: str = "apply", **options: Any) -> tuple[Grant, ...]:
    runtime = Runtime(Options("iam-policy", run_for=run, **options), {})
    return iam_run.made(runtime, run, [iam_run.of_manifest(runtime, manifest)]).grants


def actions(manifest: Manifest, run: str = "apply", **options: Any) -> set[str]:
    """Return the actions that are named after calls."""
    return {g.action for g in grants(manifest, run, **options) if g.use is not Use.ALSO}


def of_kind(section: str) -> set[str]:
    """Return the actions of every operation of a kind."""
    return writes_of(section) | _named(section, KINDS[section].reads)


def writes_of(section: str) -> set[str]:
    """Return the actions of every operation that writes a kind."""
    kind = KINDS[section]
    further = (o for found in kind.elsewhere.values() for o in found)
    return _named(section, {*further, kind.create, kind.update, kind.delete})


def _named(section: str, operations: Iterable[str]) -> set[str]:
    return {iam_action(f"{KINDS[section].service}:{operation}") for operation in operations if operation}

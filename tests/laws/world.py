"""What a law does to a pool: load, plan, apply, export, compare; and the loop that makes a random document valid."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from reconciler.model import Event, Plan
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.engine.full import PROVIDER, REGION
from tests.faults.state import canonical
from tests.laws.cloud import Direct
from tests.support import Clock, carried_out

ROUNDS = 60
"""How often a document is mended before it is given up."""

NEEDED = ("kind", "user_pool", "PoolName", "identity_pool", "IdentityPoolName", "version", "id", "clients")
"""What is never left out."""


class Hopeless(Exception):
    """A random document that cannot be made valid by leaving things out."""


class World:
    """One account, and a directory for manifests."""

    def __init__(self, directory: Path) -> None:
        self.cloud = Direct(REGION)
        self.directory = directory
        self._neighbour = ""

    def neighbour(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a document that names a user pool which is there, in the place of the one that is made up."""
        if PROVIDER not in str(document):
            return document
        if not self._neighbour:
            pool = self.cloud.call("cognito-idp", "CreateUserPool", {"PoolName": "neighbour"})["UserPool"]
            self._neighbour = f"cognito-idp.{REGION}.amazonaws.com/{pool['Id']}"
        found: dict[str, Any] = json.loads(json.dumps(document).replace(PROVIDER, self._neighbour))
        return found

    # --- steps of a law

    def load(self, document: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Manifest:
        (self.directory / "m.yaml").write_text(json.dumps(document))  # JSON is YAML
        return self.load_file("m.yaml", environ)

    def load_file(self, name: str, environ: Mapping[str, str] | None = None) -> Manifest:
        file = str(self.directory / name)
        return load([file], variables=variables([], []), environ=environ or {}, stdin=lambda: "").manifests[0]

    def plan(self, manifest: Manifest, **options: Any) -> Plan:
        return planned(manifest, self.cloud, PlanOptions(**options), parallelism=1)

    def apply(self, manifest: Manifest, plan: Plan) -> list[Event]:
        clock = Clock()
        again = lambda: self.plan(manifest)  # noqa: E731
        return list(carried_out(plan, self.cloud, again, clock=clock, sleep=clock.sleep, stop=lambda: False))

    def state(self) -> Any:
        return canonical(self.cloud.store)

    # --- valid by leaving out

    def mended(self, document: dict[str, Any], also: Callable[[Plan], Any] | None = None) -> tuple[Any, Manifest, Plan]:
        """Leave out of a document what validate and the rules of the plan refuse, until nothing is refused.

        Raises:
            Hopeless: What is refused cannot be left out.
        """
        document = copy.deepcopy(document)
        for _ in range(ROUNDS):
            try:
                manifest = self.load(document)
            except InvalidManifest as error:
                self._leave_out(document, [p.path for p in error.problems][:1])
                continue
            plan = self.plan(manifest)
            if not plan.refusals:
                return document, manifest, plan
            first = plan.refusals[0]
            address = str(first.address).replace("/", ".")
            self._leave_out(document, [".".join([address, *map(str, first.path)])])
        raise Hopeless

    def _leave_out(self, document: dict[str, Any], paths: list[str]) -> None:
        """Remove the members at dotted paths, or what is nearest above them."""
        for path in paths:
            holder: Any = document
            last: tuple[Any, Any] | None = None
            rest = path
            while rest and isinstance(holder, dict):
                key = next((k for k in sorted(holder, key=len, reverse=True) if _begins(rest, k)), None)
                if key is None:
                    break
                last, holder, rest = (holder, key), holder[key], rest[len(key) :].lstrip(".")
            if last is None or last[1] in NEEDED:
                raise Hopeless(path)
            del last[0][last[1]]


def _begins(path: str, key: str) -> bool:
    return path == key or path.startswith((f"{key}.", f"{key}["))


def shown(document: Any) -> str:
    """Return a document as a person would write it, for messages."""
    return yaml.safe_dump(document, sort_keys=False, width=120)

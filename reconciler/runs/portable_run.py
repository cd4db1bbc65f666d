"""A portable export: the steps behind a usual one.

A pool is exported as it is, and that export is proven to plan to nothing. Then it is written again with variables, and
both must declare the same: so the portable manifest, with the values of the source, is as proven as the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.cloud.port import Identity
from reconciler.errors import InvalidManifest, Partial, Refused, flow
from reconciler.export.exporter import Exported, Style
from reconciler.export.placed_variables import PlacedVariables, text_of
from reconciler.export.portable_export import PortableExport
from reconciler.kinds import KINDS
from reconciler.manifests.loading import load
from reconciler.manifests.references.filling import RefLookup, fill_key, fill_tree
from reconciler.model import Reference, Secret, Spec
from reconciler.runs import export_run
from reconciler.runs.export_run import ExportFailure, ExportOutcome, ExportResult, Read
from schemas.base import KeyName, Pin, members

VARIABLES = ".vars"
"""The ending of files of variables: not that of a manifest, so that a directory of manifests can hold one."""

ALL = "all"
"""Name of the file of variables of several pools."""


def export_all(
    pools: Sequence[Read], failures: Sequence[ExportFailure], identity: Identity, style: Style, directory: Path
) -> ExportOutcome:
    """Export pools to portable manifests and one file of variables; continue when the verification of one fails.

    Args:
        pools: The pools that were read.
        failures: The pools that could not be read.
        identity: Account and Region.
        style: How to write.
        directory: Directory for all files.
    """
    making = _PortableRun(identity, style, directory)
    outcome = export_run.export_all(pools, failures, identity, style, directory, then=making.made)
    if not outcome.results:
        return outcome
    several = len(pools) + len(failures) > 1
    name = ALL if several else outcome.results[0].exported.slug
    used = (v.name for result in outcome.results for v in result.exported.variables)
    text = text_of(making.variables.named(used), "these manifests" if several else f"{name}.yaml")
    (directory / f"{name}{VARIABLES}").write_text(text, encoding="utf-8")
    return replace(outcome, beside=(f"{name}{VARIABLES}",))


@dataclass
class _PortableRun:
    """Makes portable manifests of one export; they share variables, and refer to each other."""

    identity: Identity
    style: Style
    directory: Path
    variables: PlacedVariables = field(default_factory=PlacedVariables)

    def made(self, pool: Read, proven: ExportResult, others: Sequence[ExportResult]) -> ExportResult:
        """Turn the export of a pool into a portable one, and verify that both declare the same.

        Args:
            pool: The pool that was read.
            proven: Its export, which plans to nothing; its files are in the directory.
            others: Pools of the same export that are portable already; it may refer to them.

        Raises:
            Refused: Another pool of the export has the name: without ids, both manifests would mean one pool.
            Partial: They do not declare the same; the message lists where.
        """
        self._refuse_namesake(pool, others)
        before = declared(self.directory, proven.exported)
        made = PortableExport(
            pool.found.document,
            pool.live_state,
            self.identity,
            self.style,
            proven.exported.slug,
            taken=[promise.target for other in others for promise in other.exported.promises],
            variables=self.variables,
        ).result()
        export_run.place(made, self.directory)
        left = self._differences(before, made, [other.exported for other in others])
        if left:
            raise Partial(
                "The portable manifest does not declare what is live, so it was not written. It differs at:\n"
                + "\n".join(f"  {line}" for line in left)
            )
        self.variables.targets.update(made.targets)
        return replace(proven, exported=made)

    @staticmethod
    def _refuse_namesake(pool: Read, others: Sequence[ExportResult]) -> None:
        """Refuse a second pool of one name."""
        found = pool.found
        same = [o.found.id for o in others if (o.found.document, o.found.name) == (found.document, found.name)]
        if same:
            raise Refused(
                f"The pool {same[0]} of this export has the name {flow(found.name)} too, and without ids, both "
                "manifests would mean one pool. Export each by itself with --pool ID, into a directory of its own."
            )

    def _differences(self, before: Mapping[str, Any], made: Exported, others: Sequence[Exported]) -> list[str]:
        try:
            after = declared(self.directory, made, others, self.variables.targets)
        except InvalidManifest as error:
            return str(error).replace(f"{self.directory}/", "").splitlines()
        return sorted(key for key in {**before, **after} if before.get(key) != after.get(key))


def declared(
    directory: Path, exported: Exported, others: Sequence[Exported] = (), targets: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what a manifest declares by object, without ids, and without the values of secrets.

    Args:
        directory: Where its files are.
        exported: The manifest.
        others: Manifests beside it that it may refer to.
        targets: What identifies objects in them: value → target of a reference to it.

    Raises:
        InvalidManifest: It is invalid.
    """
    every = [*others, exported]
    values = {v.name: v.value for one in every for v in one.variables}
    known = {_VARIABLE.sub(lambda m: values[m.group(1)], target): value for value, target in (targets or {}).items()}
    paths = [str(directory / f"{one.slug}.yaml") for one in every]
    environ = {p.target: "secret" for one in every for p in one.promises}
    loaded = load(paths, variables=values, environ=environ, stdin=str)
    specs = next(m for m in loaded.manifests if m.file == paths[-1]).specs
    return {fill_key(str(spec.address), known.get): _comparable(spec, known.get) for spec in specs}


_VARIABLE = re.compile(r"\$\{var\.([\w-]+)\}")


def _comparable(spec: Spec, known: RefLookup) -> Any:
    marks = members(KINDS[spec.address.section].model)
    root = KINDS[spec.address.section].root
    skip = {name for name, m in marks.items() if m.has(Pin) or (m.has(KeyName) and not root)}
    return _blurred(fill_tree({name: value for name, value in spec.declared.items() if name not in skip}, known))


def _blurred(value: Any) -> Any:
    if isinstance(value, Secret | Reference):
        return "secret"
    if isinstance(value, dict):
        return {key: _blurred(inner) for key, inner in value.items()}
    return [_blurred(inner) for inner in value] if isinstance(value, list) else value

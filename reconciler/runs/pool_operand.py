"""The operand POOL of a command: a manifest PATH, `pool:ID` or `pool:NAME`.

Commands that work on a live pool find it alike: with a manifest, in the account and Region that the manifest names and
by the id that it pins or else by its name; without one, by id in the Region of the id, or by name in the Region of the
session. What is found is read with a cloud that cannot write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import Refused, flow
from reconciler.kinds import root_of
from reconciler.model import Gap, Target, Tree
from reconciler.runs import export_run
from reconciler.runs.export_run import Found, Read
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.operands import LIVE, live_name
from reconciler.terminal.settings import invalid
from schemas.documents import DEFAULT, DOCUMENTS
from schemas.records import field, record, replace

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest
    from reconciler.render.shown import ShownConnections


@record(frozen=True, slots=True)
class NamedPool:
    """A live pool that an operand names."""

    operand: str
    """As the user wrote it."""
    found: Found
    """Its kind, id and name; the name is empty if only the id was given."""
    cloud: Cloud = field(repr=False)
    """Account and Region of the pool; read-only."""
    region: str
    """Its Region, as clouds are asked for; empty for that of the session."""
    manifest: Manifest | None = None
    """The document that declares it, if the operand is a manifest; its references are not resolved."""

    def read(self, *, parallelism: int) -> Read:
        """Read the pool with everything in it.

        Raises:
            Refused: It does not exist.
            CloudError: The pool itself could not be read.
        """
        return export_run.read(self.cloud, self.found, parallelism=parallelism)

    def describe(self) -> Tree:
        """Return what the service answers about the pool itself.

        Raises:
            Refused: It does not exist.
            CloudError: It could not be read.
        """
        from reconciler.observing.observer import ReadScope, find

        scope = ReadScope(
            self.found.name, self.found.name, self.found.id, frozenset(), {}, document=self.found.document
        )
        answer, refusal = find(self.cloud, scope)
        if refusal or answer is None:
            said = f"{refusal.message} {refusal.advice}" if refusal else "it does not exist."
            raise Refused(f"{self.operand}: {said}")
        return answer


def named(runtime: Runtime, console: Console, operand: str, kinds: Sequence[str] = (DEFAULT,)) -> list[NamedPool]:
    """Return the live pools that an operand names: one, or one for each document of a PATH, in their order.

    Args:
        runtime: The run.
        console: Shows notices about manifests.
        operand: `PATH`, `pool:ID` or `pool:NAME`.
        kinds: Kinds of documents that the command works on; others of a PATH are left out.

    Raises:
        InvalidManifest: The manifests are invalid.
        InvalidInput: The id is of another kind, or no document is of these kinds.
        Refused: There is no such pool, there are several, or the session is in another account or Region.
    """
    live = live_name(operand)
    if live:
        kind = export_run.document_of(live)
        if kind and kind not in kinds:
            raise invalid(f"{operand}: this is the id of a pool of the kind {kind}; name one of {' or '.join(kinds)}.")
        region = export_run.region_of(live)
        cloud = runtime.reader_in(region)
        return [NamedPool(operand, export_run.one(cloud, live, kinds), cloud, region)]
    found = [_declared(runtime, operand, m) for m in _loaded(runtime, console, operand) if m.kind in kinds]
    if not found:
        raise invalid(f"{operand}: there is no document of the kind {' or '.join(kinds)} in it. Name another file.")
    return found


def the_one(runtime: Runtime, console: Console, operand: str, kinds: Sequence[str] = (DEFAULT,)) -> NamedPool:
    """Return the one live pool that an operand names, for commands that work on a single pool.

    Raises:
        InvalidInput: A PATH declares several pools; otherwise as for `named`.
    """
    found = named(runtime, console, operand, kinds)
    if len(found) > 1:
        names = ", ".join(f"{LIVE}{n.found.name}" for n in found)
        raise invalid(
            f"{operand}: {len(found)} pools are declared in it. Name one file, or one of {flow(names)[1:-1]}."
        )
    return found[0]


def connections(runtime: Runtime, console: Console, operand: str) -> tuple[list[ShownConnections], list[Gap]]:
    """Read the pools that an operand names, and return their ids and addresses, and what could not be read.

    Raises:
        PoolctlError: As for `named`, or a pool could not be read.
    """
    from reconciler.render.connections import of_live

    found: list[ShownConnections] = []
    gaps: list[Gap] = []
    for one in named(runtime, console, operand, tuple(DOCUMENTS)):
        console.status(f"Reading {one.found.name or one.found.id}…")
        read, where = one.read(parallelism=runtime.options.parallelism), one.cloud.identity()
        file = one.manifest.file if one.manifest else ""
        target = Target(where.account, where.region, read.found.name, read.found.id, file)
        found.append(of_live(target, read.live_state.objects, read.live_state.known))
        gaps += read.live_state.gaps
    console.status("")
    return found, gaps


def _loaded(runtime: Runtime, console: Console, path: str) -> Sequence[Manifest]:
    from reconciler.runs.stages import load

    return load(replace(runtime, options=runtime.options._replace(paths=(path,))), console)


def _declared(runtime: Runtime, operand: str, manifest: Manifest) -> NamedPool:
    from reconciler.observing.observer import find
    from reconciler.planning.pipeline import check_target
    from reconciler.planning.planner import read_scope

    cloud = runtime.reader(manifest)
    check_target(manifest, cloud.identity())
    answer, refusal = find(cloud, read_scope(manifest))
    if refusal:
        raise Refused(f"{refusal.source or operand}: {refusal.message} {refusal.advice}")
    if answer is None:
        raise Refused(
            f"{manifest.source}: the pool {flow(manifest.name)} does not exist yet. Run apply, then try again."
        )
    found = Found(manifest.kind, root_of(manifest.kind).identifier(answer), manifest.name)
    return NamedPool(operand, found, cloud, runtime.region_of(manifest), manifest)

"""The pool and the client that an operand names: a manifest, `pool:ID` or `pool:NAME`; a key, a name or an id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import InvalidInput, Refused, flow, printable
from reconciler.kinds import client, user_pool
from reconciler.model import Tree
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.suggestions import suggest_or_list

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest

LIVE = "pool:"
"""How an operand begins that names a live pool."""


@dataclass(frozen=True)
class NamedPool:
    """A live user pool that was named on the command line."""

    operand: str
    """As the operator wrote it."""
    answer: Tree
    """What Cognito answers about it."""
    region: str
    """Its Region, as clouds are asked for; empty for that of the session."""
    cloud: Cloud
    """Reads it."""
    manifest: Manifest | None = None
    """The document that declares it, if the operand is a path."""

    @property
    def id(self) -> str:
        """The id of the pool."""
        return user_pool.KIND.identifier(self.answer)

    @property
    def name(self) -> str:
        """The name of the pool."""
        return str(self.answer.get("Name", self.id))

    @property
    def where(self) -> str:
        """How messages name it: the manifest with its line, and the pool."""
        place = f"{self.manifest.source} " if self.manifest else ""
        return printable(f"{place}(pool {self.name}, {self.id})" if place else f"pool {self.name} ({self.id})")


def pool_of(runtime: Runtime, console: Console) -> NamedPool:
    """Return the pool that the operand of the run names.

    Raises:
        InvalidInput: It names none, or several documents.
        Refused: There is no such pool, or there are several.
        CloudError: It could not be read.
    """
    operand = runtime.options.operand
    console.status(f"Reading {operand}…")
    found = _live(runtime, operand) if operand.startswith(LIVE) else _declared(runtime, console, operand)
    console.status("")
    return found


def _live(runtime: Runtime, operand: str) -> NamedPool:
    from reconciler.runs import export_run

    pool = operand.removeprefix(LIVE)
    if not pool:
        raise InvalidInput("pool: needs the id or name of a pool. Write pool:ID or pool:NAME.")
    region = export_run.region_of(pool)
    cloud = runtime.reader_in(region)
    found = export_run.one(cloud, pool)
    if found.document != user_pool.KIND.document:
        raise Refused(f"{operand}: {flow(found.id)} is an identity pool. Name a user pool.")
    return NamedPool(operand, _read(cloud, found.id, operand), region, cloud)


def _declared(runtime: Runtime, console: Console, operand: str) -> NamedPool:
    manifest = _manifest(runtime, console, operand)
    cloud, region = runtime.reader(manifest), runtime.region_of(manifest)
    from reconciler.observing.observer import find
    from reconciler.planning.pipeline import check_target
    from reconciler.planning.planner import read_scope

    check_target(manifest, cloud.identity())
    answer, refusal = find(cloud, read_scope(manifest))
    if refusal:
        raise Refused(f"{refusal.source or operand}: {refusal.message} {refusal.advice}")
    if answer is None:
        raise Refused(f"{manifest.source} user_pool: the pool {flow(manifest.name)} does not exist. Apply it first.")
    return NamedPool(operand, answer, region, cloud, manifest)


def _manifest(runtime: Runtime, console: Console, operand: str) -> Manifest:
    side = replace(runtime, options=runtime.options._replace(paths=(operand,)))
    loaded = side.load(console.read)
    pools = [m for m in loaded.manifests if any(s.address.section == user_pool.KIND.section for s in m.specs)]
    if len(pools) == 1:
        return pools[0]
    if not pools:
        raise InvalidInput(f"{operand} declares no user pool. Name a manifest that does, or pool:ID or pool:NAME.")
    names = ", ".join(f"{m.source} ({m.name})" for m in pools)
    raise InvalidInput(f"{operand} declares {len(pools)} user pools: {names}. Name one file, or pool:ID or pool:NAME.")


def _read(cloud: Cloud, pool_id: str, operand: str) -> Tree:
    from reconciler.observing.observer import ReadScope, find

    scope = ReadScope(pool_id, pool_id, pool_id, frozenset(), {}, document=user_pool.KIND.document)
    answer, refusal = find(cloud, scope)
    if refusal or answer is None:
        said = f"{refusal.message} {refusal.advice}" if refusal else "it does not exist."
        raise Refused(f"{operand}: {said}")
    return answer


# --- a client of it ------------------------------------------------------------------------------------------------


def client_of_pool(pool: NamedPool, text: str) -> tuple[str, Tree]:
    """Return the key or name of a client, and the parameters that name it in calls.

    Args:
        pool: Its pool.
        text: Its key in the manifest, its name or its id; with or without the section before it.

    Raises:
        Refused: There is none, or there are several.
        CloudError: The clients could not be listed.
    """
    from reconciler.observing.observer import live_names

    kind = client.KIND
    key = text.removeprefix(f"{kind.section}/")
    ids = {user_pool.KIND.id_param: pool.id}
    spec = pool.manifest.spec(kind.section, key) if pool.manifest else None
    name = str(spec.declared.get(kind.name_member, key)) if spec else key
    known = live_names(pool.cloud, kind, ids)
    wanted = {spec.pin} if spec and spec.pin else {key} if any(i == key for _, i in known) else set()
    found = [i for n, i in known if (i in wanted if wanted else n == name)]
    if len(found) == 1:
        return key, {**ids, kind.id_param: found[0]}
    if found:
        ids_of = ", ".join(found)
        raise Refused(f"{pool.where}: {len(found)} clients are called {flow(name)}: {ids_of}. Name one by its id.")
    hint = suggest_or_list(name, [n for n, _ in known], "`aws cognito-idp list-user-pool-clients` lists them.")
    raise Refused(f"{pool.where}: there is no client {flow(key)}. {hint}")

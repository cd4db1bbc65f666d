"""The pool and the client that operands name, for commands that work on one client or on the users of one pool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import Refused, flow, printable
from reconciler.kinds import client, user_pool
from reconciler.model import Tree
from reconciler.runs import pool_operand
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.suggestions import suggest_or_list

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest


@dataclass(frozen=True)
class DescribedPool:
    """A live user pool that was named on the command line, with what Cognito answers about it."""

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


def pool_of(runtime: Runtime, console: Console, operand: str) -> DescribedPool:
    """Return the pool that an operand names.

    Args:
        runtime: The run.
        console: Shows notices about manifests.
        operand: `PATH`, `pool:ID` or `pool:NAME`.

    Raises:
        InvalidInput: It names none, or several documents.
        Refused: There is no such pool, or there are several.
        CloudError: It could not be read.
    """
    console.status(f"Reading {operand}…")
    named = pool_operand.the_one(runtime, console, operand)
    found = DescribedPool(operand, named.describe(), named.region, named.cloud, named.manifest)
    console.status("")
    return found


# --- a client of it ------------------------------------------------------------------------------------------------


def client_of_pool(pool: DescribedPool, text: str) -> tuple[str, Tree]:
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

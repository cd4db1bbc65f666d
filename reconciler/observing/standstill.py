"""Whether the service has paused the writes of a pool, asked once it is known that there is something to write.

It is no configuration, so nothing is compared with it, and a run that finds no difference does not ask. What asks is a
plan with changes, a drift report with findings, and an import of users.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.cloud.port import Cloud, pages
from reconciler.errors import CloudError, Denied, NotFound, Unavailable
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Gap, Notice, Observed, Position, Tree
from reconciler.observing.observer import gap


def looked_for(
    cloud: Cloud, root: ResourceKind, pool: Observed | None, source: Position | None
) -> tuple[tuple[Notice, ...], tuple[Gap, ...]]:
    """Look for what has paused the writes of a pool; return what to say of it, and what could not be read.

    Configuration can be compared without knowing it, so a read that is denied, or that this endpoint does not have, is
    a notice.

    Args:
        cloud: Where to ask.
        root: The kind of the pool.
        pool: The live pool; nothing pauses writes where there is none.
        source: Position of the pool's name in the manifest.
    """
    if pool is None:
        return (), ()
    try:
        said = paused_by(cloud, root, pool.data, pool.ids)
    except CloudError as error:
        unknown = doubt(root, error)
        return ((Notice(unknown),), ()) if unknown else ((), (gap(pool.address, error),))
    return ((Notice(said, source, standstill=True),) if said else ()), ()


def paused_by(cloud: Cloud, root: ResourceKind, pool: Tree, ids: Mapping[str, str]) -> str:
    """Return what has paused the writes of a pool and how it ends; empty if nothing has.

    Args:
        cloud: Where to ask.
        root: The kind of the pool.
        pool: The pool as it was described, or its configuration.
        ids: Its identifiers.

    Raises:
        CloudError: That could not be read. `doubt` says whether to go on without it.
    """
    standstill = root.standstill
    if not standstill or not standstill.possible(pool):
        return ""
    listing = standstill.listing
    params = {root.id_param: ids[root.id_param], **(dict([listing.page]) if listing.page else {})}
    runs = pages(cloud, root.service, listing.operation, params, listing.items, cursor=listing.cursor)
    try:
        return standstill.report(next(iter(runs), {}))
    except NotFound:  # the pool was just deleted
        return ""
    except CloudError as error:
        if error.code in standstill.absent:
            return ""
        raise


def doubt(root: ResourceKind, error: CloudError) -> str:
    """Return what to say where `paused_by` was denied, or is not available here; empty if the failure is another one.

    Args:
        root: The kind of the pool.
        error: What `paused_by` raised.
    """
    if not root.standstill or not isinstance(error, Denied | Unavailable):
        return ""
    why = f"{error.operation} was refused with {error.code}"
    return f"It is not known whether a {root.standstill.title} has paused writes to this pool: {why}."

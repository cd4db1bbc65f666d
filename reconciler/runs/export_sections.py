"""What an export reads beside the pool, where it is asked to: what surrounds the pool, and users.

Which role or log group a pool uses is known once the pool has been read, so this comes second. A caller may have no
access to these services: what is refused is a gap as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.cloud.port import Cloud, Identity
from reconciler.errors import InvalidInput, flow
from reconciler.export import opted_in
from reconciler.kinds import KINDS
from reconciler.runs import export_run, users_exported
from reconciler.runs.export_run import Found, More, Read
from reconciler.runs.runtime import Runtime, surround
from reconciler.terminal.options import Options
from reconciler.terminal.suggestions import sentences, suggest


def sections_of(options: Options) -> frozenset[str]:
    """Return the sections that `--with` names.

    Raises:
        InvalidInput: A name is none of a section that an export has to be asked for, or users are chosen without them.
    """
    names = [name.strip() for value in options.sections for name in value.split(",")]
    for name in names:
        if name not in opted_in.SECTIONS:
            known = ", ".join(opted_in.SECTIONS)
            said = f"--with: {flow(name)} is not one of {known}."
            raise InvalidInput(sentences(said, suggest(name, opted_in.SECTIONS)))
    users_exported.selection_of(options, frozenset(names))
    return frozenset(names)


def require_documents(pools: Sequence[Found], sections: Iterable[str]) -> None:
    """Require that one of the pools can have each of the sections.

    Raises:
        InvalidInput: None of them can.
    """
    for section in sorted(sections):
        if pools and all(KINDS[section].document != pool.document for pool in pools):
            what = flow(pools[0].name or pools[0].id)
            raise InvalidInput(f"--with: {what} cannot have {section}, which only a {KINDS[section].document} has.")


def reader(runtime: Runtime, cloud: Cloud, sections: frozenset[str]) -> More:
    """Return what reads the sections that were asked for of a pool.

    Args:
        runtime: Makes the connections.
        cloud: The account and Region of the pools.
        sections: From `sections_of`.
    """
    options = runtime.options
    surround(runtime.local, sections)
    identity = cloud.identity()
    selection = users_exported.selection_of(options, sections)
    users = runtime.only(users_exported.READS, identity.region) if selection else None

    def more(pool: Read) -> Read:
        pool = surroundings(cloud, identity, pool, sections, parallelism=options.parallelism)
        if users and selection:
            pool = users_exported.with_users(cloud, users, pool, selection, parallelism=options.parallelism)
        return pool

    return more


def surroundings(cloud: Cloud, identity: Identity, pool: Read, sections: frozenset[str], *, parallelism: int) -> Read:
    """Add to a pool what surrounds it.

    Args:
        cloud: Its account and Region.
        identity: The same, by number and name.
        pool: What was read of it.
        sections: Sections that were asked for; those that surround no pool are left to others.
        parallelism: Calls in flight at once.
    """
    asked = (KINDS[s] for s in sections if KINDS[s].document == pool.found.document)
    around = opted_in.surroundings(pool.live_state, identity)
    names = {kind.section: tuple(kind.surrounding.used(around)) for kind in asked if kind.surrounding}
    return export_run.with_named(cloud, pool, names, parallelism=parallelism) if names else pool

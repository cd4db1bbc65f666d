"""What `observer.observe` may call for a scope, whatever is live: the reads that a policy has to allow.

It follows the same tables and decisions as the observer, without calling anything. A test records what observing calls
and compares (tests/engine/test_iam_grants.py): nothing may be missing here, and nothing may be left over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import ResourceKind, again, no_names, pool_wide
from reconciler.observing.observer import ReadScope, lists_pool


class PossibleRead(NamedTuple):
    """A call that reads objects of a kind."""

    kind: ResourceKind
    """The kind."""
    operation: str
    """The operation, of the kind's service."""
    elsewhere: bool = False
    """Whether it is called in another Region than that of the pool."""


def possible_reads(scope: ReadScope) -> Iterator[PossibleRead]:
    """Yield every call that reading a scope can make, in the order of the kinds.

    Args:
        scope: What is read; references in it may be unresolved.
    """
    yield from _of_pool(scope)
    whole = scope.sections.union(root_of(scope.document).also_read(scope.declared, None))
    managed = () if scope.alone else (KINDS[section] for section in scope.sections)
    needed = whole.union(*(kind.read_with for kind in managed))
    for kind in KINDS.values():
        if kind.section in needed and not kind.root and _has_objects(kind, scope):
            yield from _of_objects(kind, scope, whole=kind.section in whole)


def names_are_known(kind: ResourceKind) -> bool:
    """Return whether only objects are read that a manifest names, so that each of them is known beforehand."""
    return kind.located or kind.names is no_names


def _of_pool(scope: ReadScope) -> Iterator[PossibleRead]:
    root = root_of(scope.document)
    if root.listing and not scope.id:
        yield PossibleRead(root, root.listing.operation)
    if root.reading:
        yield PossibleRead(root, root.reading.operation)
    if root.standstill and scope.watched:
        yield PossibleRead(root, root.standstill.listing.operation)


def _has_objects(kind: ResourceKind, scope: ReadScope) -> bool:
    """Return whether there can be an object to read, or a list of them."""
    if kind.outer:
        return scope.select_owners is not None or bool(scope.owners.get(kind.section))
    return not names_are_known(kind) or bool(scope.names.get(kind.section))


def fences(kind: ResourceKind) -> Iterator[PossibleRead]:
    """Yield what an apply reads again before it writes an object of a kind, beside what it reads anyway."""
    for reading in (again(kind), kind.reading if pool_wide(kind) else None):
        if reading:
            yield PossibleRead(kind, reading.operation)


def _of_objects(kind: ResourceKind, scope: ReadScope, *, whole: bool) -> Iterator[PossibleRead]:
    if kind.listing:
        yield PossibleRead(kind, kind.listing.operation)
    wide = pool_wide(kind)
    if wide and lists_pool(kind, scope):
        yield PossibleRead(kind, wide.listing.operation)
        yield PossibleRead(kind, wide.reading.operation)
        if scope.select_owners:
            return
    if kind.reading and (whole or kind.single or kind.names):
        yield PossibleRead(kind, kind.reading.operation)
    yield from (PossibleRead(kind, further.reading.operation) for further in kind.further_reads)
    if kind.regional_read:
        yield PossibleRead(kind, kind.regional_read.reading.operation, elsewhere=True)

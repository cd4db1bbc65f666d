"""What the answers of a kind's operations always have, from its table and the service model (decision 14)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.cloud.answers import EACH, Expected
from reconciler.kinds.kind import Listing, Reading, ResourceKind
from reconciler.values.shapes import Shape, output_shape


def expected_answers(kinds: Iterable[ResourceKind]) -> dict[tuple[str, str], Expected]:
    """Return what is expected of each operation of some kinds, beyond its service model.

    The service models of kinds that a manifest has to opt in to are not read for it: few manifests do.
    """
    found: dict[tuple[str, str], Expected] = {}
    for kind in kinds:
        for operation, one in _of(kind):
            other = found.get((kind.service, operation), Expected())
            found[kind.service, operation] = Expected(
                tuple(dict.fromkeys((*other.always, *one.always))),
                other.may_lack | one.may_lack,
                other.may_be_empty | one.may_be_empty,
            )
    return found


def _of(kind: ResourceKind) -> Iterator[tuple[str, Expected]]:
    if kind.surrounding:
        readings = (kind.reading, *(further.reading for further in kind.further_reads))
        yield from ((r.operation, _stated(r)) for r in readings if isinstance(r, Reading))
        return
    wide = kind.reading.pool_wide if kind.reading else None
    again = kind.listing.again if kind.listing else None
    for listing in filter(None, (kind.listing, wide.listing if wide else None)):
        yield listing.operation, Expected(_inside(kind, listing.operation, (listing.items, EACH), _names(kind)))
    for reading in filter(None, (kind.reading, again, wide.reading if wide else None)):
        own = [member for member in kind.extra_ids.values() if member not in reading.sometimes]
        yield reading.operation, _read(kind, reading, (*_names(kind), *own))
    parts = (further.reading for further in kind.further_reads)
    yield from ((part.operation, Expected(((part.items,),))) for part in parts if isinstance(part, Listing))
    if kind.standstill:
        runs = kind.standstill.listing
        yield runs.operation, Expected(tuple((runs.items, EACH, name) for name in kind.standstill.always))
    if kind.regional_read:
        yield kind.regional_read.reading.operation, _read(kind, kind.regional_read.reading, ())
    if kind.create:
        path = (kind.created,) if kind.created else ()
        yield kind.create, Expected(_inside(kind, kind.create, path, _names(kind)))


def _stated(reading: Reading) -> Expected:
    """Return what the table says of an answer, without its service model."""
    path = (reading.result,) if reading.result else ()
    if reading.may_lack:
        return Expected((), frozenset(path))
    return Expected((*((path,) if path else ()), *((*path, name) for name in reading.always)))


def _read(kind: ResourceKind, reading: Reading, identity: Iterable[str]) -> Expected:
    path = (reading.result,) if reading.result else ()
    always = (*_inside(kind, reading.operation, path, identity), *((*path, name) for name in reading.always))
    results = frozenset(path)
    return Expected(
        () if reading.may_lack else always,
        results if reading.may_lack else frozenset(),
        results if reading.may_be_empty else frozenset(),
    )


def _names(kind: ResourceKind) -> tuple[str, ...]:
    """Return the members that identify an object."""
    own = (kind.id_member or kind.id_param, kind.listed_name or kind.name_member)
    return tuple(dict.fromkeys(filter(None, own)))


def _inside(
    kind: ResourceKind, operation: str, path: tuple[str, ...], names: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the paths of those members that the service model has at a place: not every answer repeats an id."""
    shape: Shape | None = output_shape(kind.service, operation)
    for step in path:
        shape = (shape.item if step == EACH else shape.members.get(step)) if shape else None
    return tuple((*path, name) for name in names if shape and name in shape.members)

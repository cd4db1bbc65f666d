"""A plan and members of which a live object has several values → what cannot be compared now, and why.

The API shows one value of such a member: while a client has two secrets, a declared secret that differs from the one
that is shown may well be the other, which a rotation has just handed over. So it is neither a change nor a refusal
until there is one value again. It is asked for only where a difference was found, so nothing else costs a call. If it
may not be read how many there are, the difference is unknown: a gap, and never the assumption that there is one value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Gap, Notice, Plan, ResourceChange
from reconciler.observing.observer import gap, items_of
from schemas.records import replace

T = TypeVar("T")


@dataclass
class Unclear:
    """The declared members that cannot be compared."""

    shown: dict[Address, dict[str, Any]] = field(default_factory=dict)
    """Object → member → the value that the API shows."""
    several: set[tuple[Address, str]] = field(default_factory=set)
    """Those of them that have several values; of the others it is not known."""
    gaps: list[Gap] = field(default_factory=list)
    """Why it is not known."""


class Settled(NamedTuple, Generic[T]):
    """A comparison without differences that may be none."""

    found: T
    notices: tuple[Notice, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """What could not be read about it."""


def compared(
    manifest: Manifest, cloud: Cloud, compare: Callable[[Manifest], T], plan_of: Callable[[T], Plan]
) -> Settled[T]:
    """Compare a document, and compare it once more without differences that may be none.

    Args:
        manifest: The document.
        cloud: Where the objects are; a read-only one will do.
        compare: Compares a document with what is live.
        plan_of: Returns the plan of such a comparison.
    """
    found = compare(manifest)
    members = unclear(plan_of(found), cloud)
    if members is None:
        return Settled(found)
    again = compare(as_shown(manifest, members))
    return Settled(again, tuple(notices(manifest, members)), tuple(members.gaps))


def unclear(plan: Plan, cloud: Cloud) -> Unclear | None:
    """Return the declared members of which the live object has several values, or may have; None if there is none.

    Args:
        plan: Any plan; only members that differ are looked at.
        cloud: Where the objects are; a read-only one will do.
    """
    found = Unclear()
    for change in plan.changes:
        for member in _differing(change):
            _look(found, change, member, cloud)
    return found if found.shown else None


def _differing(change: ResourceChange) -> Iterator[str]:
    """Yield the members of a change that may have several values; of a new object there is none."""
    several = KINDS[change.address.section].several
    differing = {str(f.path[0]) for f in change.fields} & several.keys()
    yield from (member for member in sorted(differing) if member in (change.before or {}))


def _look(found: Unclear, change: ResourceChange, member: str, cloud: Cloud) -> None:
    address, kind = change.address, KINDS[change.address.section]
    try:
        if len(list(items_of(cloud, KINDS[kind.several[member].section], change.ids))) <= 1:
            return
        found.several.add((address, member))
    except CloudError as error:
        found.gaps.append(gap(address, error))
    found.shown.setdefault(address, {})[member] = (change.before or {})[member]


def as_shown(manifest: Manifest, members: Unclear) -> Manifest:
    """Return a manifest in which these members are declared as the API shows them, so that they make no difference."""
    shown = members.shown
    specs = tuple(
        replace(s, declared={**s.declared, **shown[s.address]}) if s.address in shown else s for s in manifest.specs
    )
    return replace(manifest, specs=specs)


def notices(manifest: Manifest, members: Unclear) -> tuple[Notice, ...]:
    """Return a notice for each member with several values: that it was not compared, why, and what ends that."""
    found = []
    for spec in manifest.specs:
        for member in members.shown.get(spec.address, {}):
            if (spec.address, member) in members.several:
                reason = KINDS[spec.address.section].several[member].reason
                message = f"{member} of {spec.address} was not compared: {reason}"
                found.append(Notice(message, spec.position((member,))))
    return tuple(found)

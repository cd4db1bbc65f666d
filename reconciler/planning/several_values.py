"""A plan and members of which a live object has several values → what cannot be compared now, and why.

The API shows one value of such a member: while a client has two secrets, a declared secret that differs from the one
that is shown may well be the other, which a rotation has just handed over. So it is neither a change nor a refusal
until there is one value again. It is asked for only where a difference was found, so nothing else costs a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Notice, Plan, ResourceChange
from reconciler.observing.observer import items_of

Unclear = Mapping[Address, Mapping[str, Any]]
"""Object → member → the value that the API shows."""


T = TypeVar("T")


def compared(
    manifest: Manifest, cloud: Cloud, compare: Callable[[Manifest], T], plan_of: Callable[[T], Plan]
) -> tuple[T, tuple[Notice, ...]]:
    """Compare a document, and compare it once more without differences that are none; return the result and notices.

    Args:
        manifest: The document.
        cloud: Where the objects are; a read-only one will do.
        compare: Compares a document with what is live.
        plan_of: Returns the plan of such a comparison.
    """
    found = compare(manifest)
    members = unclear(plan_of(found), cloud)
    if not members:
        return found, ()
    return compare(as_shown(manifest, members)), notices(manifest, members)


def unclear(plan: Plan, cloud: Cloud) -> Unclear:
    """Return the declared members of which the live object has several values, as far as that can be read.

    Args:
        plan: Any plan; only members that differ are looked at.
        cloud: Where the objects are; a read-only one will do.
    """
    found = {c.address: _of_one(c, cloud) for c in plan.changes if c.before is not None}
    return {address: members for address, members in found.items() if members}


def _of_one(change: ResourceChange, cloud: Cloud) -> dict[str, Any]:
    several = KINDS[change.address.section].several
    differing = {str(f.path[0]) for f in change.fields} & several.keys()
    live = change.before or {}
    return {m: live[m] for m in sorted(differing) if m in live and _has_several(several[m].section, change, cloud)}


def _has_several(section: str, change: ResourceChange, cloud: Cloud) -> bool:
    try:
        return len(list(items_of(cloud, KINDS[section], change.ids))) > 1
    except CloudError:  # then it is compared with what is shown, as if there were one
        return False


def as_shown(manifest: Manifest, members: Unclear) -> Manifest:
    """Return a manifest in which these members are declared as the API shows them, so that they make no difference."""
    specs = tuple(
        replace(s, declared={**s.declared, **members[s.address]}) if s.address in members else s for s in manifest.specs
    )
    return replace(manifest, specs=specs)


def notices(manifest: Manifest, members: Unclear) -> tuple[Notice, ...]:
    """Return a notice for each of these members: that it was not compared, why, and what ends that."""
    found = []
    for spec in manifest.specs:
        for member in members.get(spec.address, {}):
            reason = KINDS[spec.address.section].several[member].reason
            found.append(Notice(f"{member} of {spec.address} was not compared: {reason}", spec.position((member,))))
    return tuple(found)

"""What references can name of an object, from the identifiers that it has in calls: its id, its ARN, its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.kind import ResourceKind
from reconciler.model import Address


def exported(
    kind: ResourceKind, address: Address, declared: Mapping[str, Any], ids: Mapping[str, Any], region: str
) -> dict[str, str]:
    """Return the members of an object that can be referenced, with their values as far as they exist.

    Args:
        kind: Its kind.
        address: Its address.
        declared: Its declared members, of which one may be its name.
        ids: What identifies it in calls; `Unknown` where it does not exist yet.
        region: Region of the pool.
    """
    known = {k: v for k, v in ids.items() if isinstance(v, str)}
    name = declared.get(kind.name_member, address.name) if kind.name_member and not kind.root else None
    if isinstance(name, str):
        known[kind.name_member] = name
    return {**known, **kind.exports(known, region)}

"""Which objects of a document cannot be compared, because they refer to something that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Gap, Path
from reconciler.values.lookup import first_by
from schemas.records import replace


def unknown_objects(
    manifest: Manifest, known: Callable[[str], str | None], lost: Callable[[str], Gap | None]
) -> list[Gap]:
    """Return a gap for each object that refers to something that could not be read: it cannot be compared.

    If it does so in its name, any live object of its section may be it, so the whole section cannot be compared.

    Args:
        manifest: The document.
        known: Returns the value of a reference to another document.
        lost: Returns why such a value could not be read.
    """
    found: dict[Address, Gap] = {}
    declared: Mapping[Path, Address] = first_by(
        (spec.address for spec in manifest.specs), lambda address: address.steps
    )
    for link in manifest.links:
        gap = lost(link.target) if known(link.target) is None else None
        heads = (link.path[:end] for end in range(len(link.path), 0, -1)) if gap else ()
        address = next((declared[head] for head in heads if head in declared), None)
        if gap and address:
            address = replace(address, name="") if link.target in address.name else address
            reason = f"refers to {link.target}, which could not be read: {gap.reason}"
            found.setdefault(address, replace(gap, address=address, reason=reason))
    return list(found.values())

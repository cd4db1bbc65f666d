"""`${target.account}` and `${target.region}`: where the document itself says that its pool is; AWS is not asked."""

from __future__ import annotations

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from schemas import reference_kinds


def _of_target(name: str, around: Surroundings) -> Followed:
    from schemas.manifest import TARGET_PARTS

    if name not in TARGET_PARTS:
        known = " or ".join(f"${{target.{part}}}" for part in TARGET_PARTS)
        raise ReferenceMistake(f"a target has no {name}.", f"Write {known}.")
    return Followed(around.target(name))


TARGET = ReferenceKind(reference_kinds.TARGET, local=_of_target, taints=False)

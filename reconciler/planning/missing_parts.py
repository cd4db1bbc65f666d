"""What a run with some parts of a pool cannot know or do: what no part declares, and how the pool is made.

A part that is loaded without the others says nothing of what it does not declare, deletes nothing, and never makes the
pool (decision 47).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.kinds import KINDS
from reconciler.kinds.engine_rules import NO_OWNER, UNKNOWN_PARTS, UNMADE
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Notice, Refusal, ResourceChange
from reconciler.observing.observer import LiveState


def notices(manifest: Manifest) -> Iterator[Notice]:
    """Say of parts that are not all of their pool what was not looked at."""
    if not manifest.is_whole:
        lack = f"{_missing(manifest)}: what the loaded ones do not declare is neither compared nor reported."
        yield Notice(lack, manifest.source, lasting=True)


def unmade(manifest: Manifest, live_state: LiveState) -> Iterator[Refusal]:
    """Refuse parts of a pool that does not exist, if none of them makes it."""
    unread = any(gap.address.section == manifest.root.section for gap in live_state.gaps)
    if manifest.is_guest and live_state.root is None and not (unread or live_state.refusals):
        message = f"the pool {manifest.name} does not exist, and no part that is loaded makes it."
        yield UNMADE.refusal(manifest.root, (), message, manifest.source)


def ownerless(manifest: Manifest, changes: Iterable[ResourceChange]) -> Iterator[Refusal]:
    """Refuse to make an object of which only items of its lists are declared, by parts that do not own it."""
    for change in (c for c in changes if manifest.parts and c.action is Action.CREATE):
        spec = manifest.at(change.address)
        if spec and spec.parts and () not in spec.parts and not KINDS[change.address.section].single:
            message = (
                f"{change.address} does not exist, and the part {spec.part(next(iter(spec.parts)))} declares no more "
            )
            yield NO_OWNER.refusal(change.address, (), f"{message}of it than items of its lists.", spec.source)


def prune(manifest: Manifest) -> Iterator[Refusal]:
    """Refuse to delete what the loaded parts do not declare, while others may."""
    if manifest.prune and not manifest.may_prune:
        source = manifest.positions.get(("prune",), manifest.source)
        message = f"{_missing(manifest)}, and they may declare what --prune would delete."
        yield UNKNOWN_PARTS.refusal(manifest.root, (), message, source)


def _missing(manifest: Manifest) -> str:
    names = manifest.missing_parts
    if names:
        return f"the part{'s' if len(names) > 1 else ''} {', '.join(names)} of {manifest.name} {_are(names)} not loaded"
    return f"no part says which parts {manifest.name} has, so there may be others"


def _are(names: tuple[str, ...]) -> str:
    return "are" if len(names) > 1 else "is"

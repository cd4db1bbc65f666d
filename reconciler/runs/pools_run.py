"""`drift --pools`: list the pools of every account and Region of the run, and report those that no manifest declares.

Declared is what any loaded document declares, also those of other shards; each Region is listed by one shard. A list
that AWS refuses is a gap, never an empty list (decision 10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, InvalidInput, Refused
from reconciler.model import Address, Drift, Gap
from reconciler.runs.drift_run import Earlier
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console

if TYPE_CHECKING:  # pydantic comes with them
    from reconciler.drift.findings import Criteria
    from reconciler.drift.undeclared_pools import DeclaredPools, ListedPool
    from reconciler.manifests.manifest import Manifest


def undeclared(runtime: Runtime, console: Console, drifts: Sequence[Drift], before: Earlier) -> list[Drift]:
    """Return the undeclared pools of each Region that the documents name, as one report for each Region.

    Args:
        runtime: The run; its documents say which Regions it touches.
        console: Shows the Region that is being read.
        drifts: The reports of the documents, which know the ids of pools that are declared by name.
        before: Findings that were reported or accepted before.
    """
    from reconciler.drift.findings import Criteria
    from reconciler.drift.undeclared_pools import declared

    places = dict(_places(runtime))
    known = declared([pair for _, pairs in places.values() for pair in pairs], (d.target.pool_id for d in drifts))
    criteria = Criteria(baseline=before.baseline, reported=before.notified)
    found = []
    for region in _mine(runtime, sorted(places)):
        console.status(f"Listing the pools of {region}…")
        found.append(_one(runtime, places[region][0], known, criteria))
    console.status("")
    return found


def _places(runtime: Runtime) -> Iterator[tuple[str, tuple[Cloud, list[tuple[Manifest, str]]]]]:
    """Yield the Regions of the documents of the session's account, each with its documents.

    A document of another account or of a Region that `--region` contradicts is a refusal of its own.
    """
    found: dict[str, tuple[Cloud, list[tuple[Manifest, str]]]] = {}
    for manifest in runtime.documents:
        try:
            cloud = runtime.reader(manifest)
            identity = cloud.identity()
        except (Refused, InvalidInput, CloudError):
            continue
        if manifest.account in ("", identity.account) and manifest.region in ("", identity.region):
            found.setdefault(identity.region, (cloud, []))[1].append((manifest, identity.region))
    yield from found.items()


def _mine(runtime: Runtime, regions: Sequence[str]) -> Sequence[str]:
    """Return the Regions of this shard."""
    part, of = runtime.options.shard or (1, 1)
    return regions[part - 1 :: of]


def _one(runtime: Runtime, cloud: Cloud, known: DeclaredPools, criteria: Criteria) -> Drift:
    from reconciler.drift import undeclared_pools

    identity = cloud.identity()
    gaps: list[Gap] = []
    pools = [pool for pools in _lists(cloud, identity.region, gaps) for pool in pools]
    target = undeclared_pools.place(identity.account, identity.region)
    ignored = runtime.options.ignore_pools
    found = undeclared_pools.drift(target, pools, known, ignored=ignored, gaps=gaps, criteria=criteria)
    return _attributed(runtime, cloud, found) if runtime.options.attribute and not runtime.options.local else found


def _lists(cloud: Cloud, region: str, gaps: list[Gap]) -> Iterator[list[ListedPool]]:
    """Yield the pools of each kind that exists in the Region."""
    from reconciler.drift.undeclared_pools import ListedPool
    from reconciler.kinds import availability, root_of
    from reconciler.observing.observer import gap, live_names
    from schemas.documents import DOCUMENTS

    for document in DOCUMENTS:
        root = root_of(document)
        if availability.lacks(root, region):
            continue
        try:
            yield [ListedPool(document, name, key) for name, key in live_names(cloud, root, {})]
        except CloudError as error:
            gaps.append(gap(Address(region, root.section), error))


def _attributed(runtime: Runtime, cloud: Cloud, found: Drift) -> Drift:
    from reconciler.drift.attribution import Trail
    from reconciler.drift.undeclared_pools import attributed

    return attributed(found, Trail(cloud, clock=runtime.clock, sleep=runtime.sleep))

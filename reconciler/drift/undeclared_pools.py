"""Lists of pools → findings: the pools of an account and Region that no manifest declares.

A pool that was made by hand is in no document, so no comparison of documents can find it. All pools of a kind are
one list of the Region, and each that is not declared is one finding, with its id in the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.drift.attribution import Trail, attribute
from reconciler.drift.findings import SEVERITIES, Criteria, identify
from reconciler.kinds import root_of
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Drift, Finding, FindingClass, Gap, Target
from schemas.documents import DOCUMENTS
from schemas.globs import meets

CLASS = FindingClass.UNMANAGED


@dataclass(frozen=True, slots=True)
class ListedPool:
    """An item of a list of pools."""

    document: str
    """Kind of the document that would declare it."""
    name: str
    """Its name."""
    id: str
    """Its id."""

    @property
    def home(self) -> str:
        """The Region that its id names. A replica has the id of its primary, so it belongs to another Region."""
        return self.id.partition(DOCUMENTS[self.document].id_separator)[0]


@dataclass(frozen=True, slots=True)
class DeclaredPools:
    """The pools that manifests declare in one account."""

    ids: frozenset[str]
    """Ids, pinned by a manifest or found by this run."""
    names: frozenset[tuple[str, str, str]]
    """Kind of the document, Region and name of each pool that is declared without an id."""

    def has(self, pool: ListedPool, region: str) -> bool:
        """Return whether a pool of a Region is declared there, or is the replica of one that is declared."""
        places = ((pool.document, place, pool.name) for place in (region, pool.home))
        return pool.id in self.ids or any(place in self.names for place in places)


def declared(manifests: Iterable[tuple[Manifest, str]], found: Iterable[str]) -> DeclaredPools:
    """Return what manifests declare. A pinned id decides, so another pool of the same name is not declared by it.

    Args:
        manifests: The manifests of one account, each with its Region.
        found: Ids of the pools that the run has found by their names.
    """
    every = list(manifests)
    pinned = {m.pool_id for m, _ in every if m.pool_id}
    names = {(m.kind, region, m.name) for m, region in every if not m.pool_id}
    return DeclaredPools(frozenset(pinned | {i for i in found if i}), frozenset(names))


def place(account: str, region: str) -> Target:
    """Return the target of the findings: it is no pool, so it has neither a name nor a manifest."""
    return Target(account, region, "", "", "")


def drift(
    target: Target,
    pools: Sequence[ListedPool],
    known: DeclaredPools,
    *,
    ignored: Sequence[str],
    gaps: Sequence[Gap],
    criteria: Criteria,
) -> Drift:
    """Return the undeclared pools of a Region as findings.

    Args:
        target: Account and Region, from `place`.
        pools: All pools that were listed.
        known: What is declared.
        ignored: Patterns of names or ids that are not reported.
        gaps: Lists that could not be read.
        criteria: Findings that are accepted, or were reported before.
    """
    order = list(DOCUMENTS)
    every = sorted(pools, key=lambda p: (order.index(p.document), p.name, p.id))
    left = [p for p in every if not known.has(p, target.region)]
    meant = [p for p in left if not any(meets(pattern, (text,)) for pattern in ignored for text in (p.name, p.id))]
    found = list(_findings(target, meant))
    accepted = [f for f in found if f.id in criteria.baseline]
    reported = tuple(f for f in found if f.id in criteria.reported and f not in accepted)
    new = tuple(f for f in found if f not in accepted and f not in reported)
    hidden = len(left) - len(meant) + len(accepted) + len(reported)
    return Drift(target, new, len(pools), tuple(gaps), suppressed=hidden, known=reported)


def _findings(target: Target, pools: Iterable[ListedPool]) -> Iterator[Finding]:
    for pool in pools:
        root = root_of(pool.document)
        address = Address(pool.id, root.section, pool.id)  # a name may be used twice, and may change
        key, live = identify(target, CLASS, address), {root.name_member: pool.name}
        yield Finding(key, CLASS, address, (), desired=None, live=live, severity=SEVERITIES[CLASS], fails=True)


def attributed(found: Drift, trail: Trail) -> Drift:
    """Return the findings with who made each pool: a pool's events are found by its own id.

    Args:
        found: The undeclared pools of a Region.
        trail: CloudTrail in that Region.
    """
    asked = [attribute(_alone(found, one), {}, trail) for one in found.findings]
    notices = dict.fromkeys(notice for one in asked for notice in one.notices)
    return replace(found, findings=tuple(f for one in asked for f in one.findings), notices=tuple(notices))


def _alone(found: Drift, finding: Finding) -> Drift:
    return replace(found, target=replace(found.target, pool_id=finding.address.name), findings=(finding,), notices=())

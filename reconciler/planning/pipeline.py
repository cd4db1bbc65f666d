"""The stages of planning one manifest, in order.

Commands and the check after an apply all go through this one list, so they cannot disagree about what a plan is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from reconciler.cloud.port import Cloud, Identity
from reconciler.errors import Refused
from reconciler.kinds import KINDS, root_of
from reconciler.manifests.env_words import SHORTEST, at, leaves, without_values
from reconciler.manifests.links import referred
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.resolving import resolve
from reconciler.model import Address, Gap, Path, Plan, Position, ResourceChange, Target
from reconciler.observing.name_list import PoolLists
from reconciler.observing.observer import AT_ONCE, ReadScope, completed, observe
from reconciler.observing.standstill import looked_for
from reconciler.planning import guard, late_references, own_references, planner, several_values
from reconciler.planning.identifiers import exported
from reconciler.planning.introduced import with_weaknesses
from reconciler.planning.planner import PlanOptions
from reconciler.planning.states import by_key
from reconciler.planning.unknown_objects import unknown_objects
from reconciler.values.lookup import first_by
from schemas.records import replace


class ResolvedRefs:
    """Identifiers of the objects in planned documents, for documents that reference them.

    A name does not identify a document: a user pool and an identity pool may share one.
    """

    def __init__(self) -> None:
        self._values: dict[tuple[int, str], str] = {}
        self._gaps: dict[int, tuple[Gap, ...]] = {}
        self._manifests: tuple[Manifest, ...] = ()
        self._places: Mapping[tuple[str, Position], int] = {}
        self._named: frozenset[str] = frozenset()

    def about(self, manifests: Sequence[Manifest]) -> Sequence[Manifest]:
        """Take note of all documents of the run, and return them."""
        self._manifests = tuple(manifests)
        self._named = frozenset(link.document for manifest in manifests for link in manifest.links)
        self._places = first_by(range(len(manifests)), lambda i: (manifests[i].kind, manifests[i].source))
        return manifests

    def seen_from(self, manifest: Manifest, *, own: bool = False) -> Callable[[str], str | None]:
        """Return a lookup of the values of a document's references; it returns None for unknown ones.

        Args:
            manifest: The document.
            own: Whether its references to itself have the values of its last plan. A plan finds them anew.
        """

        def value(target: str) -> str | None:
            if target in manifest.own_links and not own:
                return None
            document, spec = referred(target, manifest, self._manifests)
            address = spec.address if spec else document.root
            return self._values.get((self._index(document), f"{address}#{target.rpartition('#')[2]}"))

        return value

    def lost_from(self, manifest: Manifest) -> Callable[[str], Gap | None]:
        """Return a lookup of why the value of a document's reference could not be read; None for other ones.

        A value that is unknown for lack of an answer is not one that does not exist yet (decision 10).
        """

        def why(target: str) -> Gap | None:
            if target in manifest.own_links:
                return None
            document, spec = referred(target, manifest, self._manifests)
            address = spec.address if spec else document.root
            sections = {address.section, KINDS[address.section].outer, document.root.section}
            gaps = self._gaps.get(self._index(document), ())
            return next((g for g in gaps if g.address.section in sections), None)

        return why

    def lose(self, manifest: Manifest, gaps: Sequence[Gap]) -> None:
        """Take note of what could not be read of a document."""
        self._gaps[self._index(manifest)] = tuple(gaps)

    def asked_of(self, manifest: Manifest, targets: Sequence[str]) -> Mapping[str, str]:
        """Return what targeted objects of other documents refer to in a document, with the reason for each.

        Args:
            manifest: The document that is referred to.
            targets: Addresses as the operator writes them.
        """
        own, found = self._index(manifest), {}
        for other in self._manifests if targets else ():
            root = root_of(other.kind).section
            named = [s for s in other.specs if str(s.address) in targets]
            heads = [s.address.steps for s in named] + ([(root,)] if named else [])
            for link in other.links:
                if any(link.path[: len(head)] == head for head in heads):
                    document, spec = referred(link.target, other, self._manifests)
                    address = str(spec.address if spec else document.root)
                    if self._index(document) == own and document is not other:
                        found[address] = f"{other.kind} {other.name} refers to it"
        return found

    def learn(self, manifest: Manifest, plan: Plan) -> None:
        """Take over the identifiers of a document's objects, as far as they exist, and what could not be read."""
        self.lose(manifest, plan.gaps)
        if manifest.name not in self._named:
            return  # of most documents nobody asks for an identifier
        self._record(manifest, manifest.root, {}, {root_of(manifest.kind).id_param: plan.target.pool_id}, plan)
        for change in (*plan.aside, *plan.changes):
            self._record(manifest, change.address, change.declared, change.new_ids or change.ids, plan)

    def _record(
        self, manifest: Manifest, address: Address, declared: Mapping[str, Any], ids: Mapping[str, Any], plan: Plan
    ) -> None:
        found = exported(KINDS[address.section], address, declared, ids, plan.target.region)
        index = self._index(manifest)
        self._values |= {(index, f"{address}#{member}"): value for member, value in found.items() if value}

    def _index(self, manifest: Manifest) -> int:
        return self._places.get((manifest.kind, manifest.source), -1)


def planned(
    manifest: Manifest,
    cloud: Cloud,
    plan_options: PlanOptions = PlanOptions(),  # noqa: B008 - frozen
    *,
    parallelism: int = AT_ONCE,
    known: Callable[[str], str | None] = lambda _: None,
    lost: Callable[[str], Gap | None] = lambda _: None,
    pools: PoolLists | None = None,
) -> Plan:
    """Read what is live and return what would change.

    Args:
        manifest: One document.
        cloud: The account and Region to read; a read-only one will do.
        plan_options: What the operator allows and asks for.
        parallelism: How many calls may be under way at once.
        known: Returns the value of a reference to another document.
        lost: Returns why such a value could not be read.
        pools: The pools of the Region, if the documents of a run share the list of them.

    Raises:
        Refused: The account or Region is not the one that the manifest names; nothing was read.
        InvalidManifest: A reference could not be resolved, its value does not fit, or an object cannot be made without
            a value that it refers to in itself.
        CloudError: The pool could not be read.
    """
    resolved, target = placed(manifest, cloud, known)

    def scope_of(one: Manifest) -> ReadScope:
        return planner.read_scope(one, planner.pruned(one, plan_options))

    live_state, resolved = own_references.read(
        resolved,
        scope_of,
        partial(observe, cloud, parallelism=parallelism, pools=pools),
        lambda one, live: planner.plan(one, live, target, plan_options),
        unknown_objects(manifest, known, lost),
    )
    first = planner.plan(resolved, live_state, target, plan_options)
    lacking = planner.incomplete(first, live_state)
    if lacking:
        live_state = completed(cloud, scope_of(resolved), live_state, lacking, parallelism=parallelism)
        first = planner.plan(resolved, live_state, target, plan_options)
    late_references.check(first, resolved, live_state)

    def compare(one: Manifest) -> Plan:
        return first if one is resolved else planner.plan(one, live_state, target, plan_options)

    found, notices, gaps = several_values.compared(resolved, cloud, compare, lambda plan: plan)
    pool = live_state.root if found.pending else None
    paused, unseen = looked_for(cloud, root_of(manifest.kind), pool, manifest.source)
    notices = (*notices, *late_references.notices(found, resolved))
    found = replace(found, notices=(*paused, *found.notices, *notices), gaps=(*found.gaps, *gaps, *unseen))
    named = by_key(live_state, (*found.changes, *found.aside))
    checked = guard.check(found, resolved, named)
    judged = with_weaknesses(checked, resolved, named, plan_options.today, places=plan_options.places)
    return with_origins(judged, resolved)


def with_origins(plan: Plan, manifest: Manifest) -> Plan:
    """Return a plan whose changes know which of their values came from the environment, and whose refusals repeat none.

    Args:
        plan: The plan of the manifest.
        manifest: With its references resolved.
    """
    names = {spec.address: spec.from_env for spec in manifest.specs if spec.from_env}
    if not names:
        return plan
    carried = _carried(plan.changes, names)
    known = ((change, {**carried(change), **names.get(change.address, {})}) for change in plan.changes)
    changes = tuple(replace(change, from_env=found) if found != change.from_env else change for change, found in known)
    refusals = without_values(plan.refusals, manifest.specs, {c.address: c.before for c in plan.changes})
    return replace(plan, changes=changes, refusals=tuple(refusals))


def placed(manifest: Manifest, cloud: Cloud, known: Callable[[str], str | None]) -> tuple[Manifest, Target]:
    """Return a document with its references resolved and its account and Region filled in, and where it is.

    Raises:
        Refused: The account or Region is not the one that the manifest names; nothing was read.
        InvalidManifest: A reference could not be resolved, or its value does not fit.
    """
    identity = cloud.identity()
    check_target(manifest, identity)
    found = replace(resolve(manifest, cloud, known), account=identity.account, region=identity.region)
    return found, found.target


def check_target(manifest: Manifest, identity: Identity) -> None:
    """Check that the manifest targets this account and Region (decision 20).

    Raises:
        Refused: It is not.
    """
    for what, wanted, found in (
        ("account", manifest.account, identity.account),
        ("region", manifest.region, identity.region),
    ):
        if wanted and wanted != found:
            raise Refused(
                f"{manifest.source} target.{what}: the manifest is for {what} {wanted}, the session is in {found}; "
                f"nothing was read. Use matching credentials and Region, or correct target.{what}."
            )


def _carried(
    changes: Iterable[ResourceChange], names: Mapping[Address, Mapping[Path, str]]
) -> Callable[[ResourceChange], dict[Path, str]]:
    """Return where an object repeats, undeclared, what another one has from the environment: two can share a store."""
    words = {
        leaf: name
        for change in changes
        for path, name in names.get(change.address, {}).items()
        for side in (change.declared, change.after, change.before)
        for _, leaf in leaves(at(side, path))
        if isinstance(leaf, str) and len(leaf) >= SHORTEST
    }

    def found(change: ResourceChange) -> dict[Path, str]:
        if not words:
            return {}
        everything = (pair for side in (change.before, change.after) for pair in leaves(side))
        return {p: words[v] for p, v in everything if isinstance(v, str) and v in words and not at(change.declared, p)}

    return found

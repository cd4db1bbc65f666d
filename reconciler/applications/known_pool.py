"""What is known of one user pool and its clients, whatever it is known from.

Live objects are complete: a member that is absent has the service's default. A manifest is not: a member that it does
not declare is left as it is live, so it is unknown, and asking for it raises `Unsettled`. So the same code makes an
output offline if a manifest settles everything that the output needs, and from the live pool if not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from reconciler.applications import parts
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Address, Observed, Plan, Reference, ResourceChange, Secret, Tree, Unknown, dotted
from reconciler.values.item_forms import offline
from reconciler.values.lookup import grouped
from schemas.records import field, record, replace

NOT_YET = ""
"""An identifier that is not known yet."""


class Unsettled(LookupError):
    """Something that only the live pool can answer."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place
        """What is unknown: `mfa`, `user_pool.AliasAttributes`, `the id of clients/web`."""


@record(frozen=True, slots=True)
class KnownObject:
    """One object, as far as it is known."""

    address: Address
    """Its address."""
    ids: Mapping[str, str]
    """Its identifiers, as in `Observed.ids`; those that do not exist yet are left out."""
    tree: Tree
    """Its members, in the spelling of the API's input."""
    whole: bool
    """Whether a member that is absent has the service's default; otherwise it is unknown."""

    @property
    def name(self) -> str:
        """Its key in the manifest, or its live name."""
        return self.address.name

    def get(self, *path: str, default: Any = None) -> Any:
        """Return a member.

        Args:
            path: Names of members: `("Policies", "PasswordPolicy")`.
            default: The service's default.

        Raises:
            Unsettled: It is unknown, or a reference that has not been read.
        """
        value: Any = self.tree
        for step in path:
            if not isinstance(value, dict) or step not in value:
                if self.whole or value is None:
                    return default
                raise Unsettled(f"{self.address}.{dotted(path)}")
            value = value[step]
        if any(isinstance(leaf, Reference | Unknown | Secret) for leaf in (value, *_leaves(value))):
            raise Unsettled(f"{self.address}.{dotted(path)}")
        return default if value is None else value

    def strings(self, *path: str) -> tuple[str, ...]:
        """Return a list of texts; empty if it is not set.

        Raises:
            Unsettled: As in `get`.
        """
        return tuple(str(item) for item in self.get(*path, default=()))


def _leaves(value: Any) -> Iterator[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for item in inner:
        yield item
        yield from _leaves(item)


@record(frozen=True)
class KnownPool:
    """One user pool."""

    name: str
    """Its name."""
    region: str
    """Its Region."""
    id: str
    """Its id; empty while it does not exist."""
    objects: tuple[KnownObject, ...]
    """What is in it, itself included."""
    sections: frozenset[str]
    """Sections that are known completely; of another one, absence means nothing."""
    identity_pools: tuple[KnownObject, ...] | None = field(default=())
    """Identity pools of its Region, any of which may name it; None if they are unknown."""

    @property
    def arn(self) -> str:
        """Its ARN; empty while it does not exist."""
        return next((o.ids.get("ResourceArn", "") for o in self._by_section.get(parts.POOL, ())), "")

    def section(self, name: str) -> tuple[KnownObject, ...]:
        """Return the objects of a section, in their order.

        Raises:
            Unsettled: The section is unknown.
        """
        if name not in self.sections:
            raise Unsettled(name)
        return self._by_section.get(name, ())

    def one(self, name: str) -> KnownObject:
        """Return the object of a section that holds one: `user_pool`, `mfa`; without members if it was never set.

        Raises:
            Unsettled: The section is unknown.
        """
        found = self.section(name)
        return found[0] if found else KnownObject(Address(self.name, name), {}, {}, whole=True)

    @property
    def clients(self) -> tuple[KnownObject, ...]:
        """Its app clients; of a manifest those that it declares."""
        return self._by_section.get(parts.CLIENTS, ())

    @cached_property
    def _by_section(self) -> Mapping[str, tuple[KnownObject, ...]]:
        return grouped(self.objects, lambda o: o.address.section)

    def client(self, wanted: str) -> tuple[KnownObject, ...]:
        """Return the clients that a person may mean: by key (`web`, `clients/web`), live name, or id.

        Names are not identities: several live clients may share one.
        """
        key = wanted.removeprefix("clients/")
        named = tuple(c for c in self.clients if key in (c.name, c.tree.get("ClientName")))
        return named or tuple(c for c in self.clients if c.ids.get("ClientId") == key)


def with_identity_pools(
    pool: KnownPool, found: Iterable[Observed] | None, changes: Iterable[ResourceChange] = ()
) -> KnownPool:
    """Return a pool that knows the identity pools of its Region.

    Args:
        pool: The pool.
        found: The live ones; None if they are unknown.
        changes: What plans do to them.
    """
    if found is None:
        return replace(pool, identity_pools=None)
    live = tuple(_live(o) for o in found)
    due = [c for c in changes if c.action is not Action.NONE]
    touched = {_place(_known_ids(c, old=True)) for c in due}
    kept = [o for o in live if _place(o.ids) not in touched]
    return replace(pool, identity_pools=(*kept, *_planned(due)))


def client_id(client: KnownObject) -> str:
    """Return the id of a client.

    Raises:
        Unsettled: It is unknown.
    """
    found = client.ids.get("ClientId", NOT_YET)
    if not found:
        raise Unsettled(f"the id of {client.address}")
    return found


def from_live(region: str, objects: Iterable[Observed], sections: frozenset[str]) -> KnownPool:
    """Return what is known of a live pool.

    Args:
        region: Its Region.
        objects: What was read of it, itself included, as in `LiveState.objects`.
        sections: Sections that were read completely, as in `LiveState.known`.
    """
    return _pool(region, tuple(_live(o) for o in objects if not o.leaving), sections)


def of_plan(plan: Plan, trees: Iterable[Tree | None] | None = None) -> KnownPool:
    """Return what will be known of a pool after a plan; identifiers that do not exist yet are left out.

    What the plan sets aside, and what no change is about, stays as it is.

    Args:
        plan: The plan.
        trees: What the object of each change will be, in the order of the changes; None takes it from the change.
    """
    found = (*_planned(plan.changes, trees), *_untouched(plan.aside), *map(_live, plan.rest))
    roots = {o.address.section for o in found if o.address.section == parts.POOL}
    known = _pool(plan.target.region, found, plan.sections | roots)
    return replace(known, id=known.id or plan.target.pool_id)


def with_sections(pool: KnownPool, objects: Iterable[Observed], sections: frozenset[str]) -> KnownPool:
    """Return a pool that knows further sections, as they are live; what it knew stays as it was.

    Args:
        pool: The pool.
        objects: What was read.
        sections: The sections that were read completely.
    """
    new = sections - pool.sections
    found = (_live(o) for o in objects if o.address.section in new and not o.leaving)
    return replace(pool, objects=(*pool.objects, *found), sections=pool.sections | new)


def _planned(changes: Sequence[ResourceChange], trees: Iterable[Tree | None] | None = None) -> tuple[KnownObject, ...]:
    later = (c.after for c in changes) if trees is None else trees
    pairs = zip(changes, later, strict=True)
    return tuple(KnownObject(c.address, _known_ids(c), tree, whole=True) for c, tree in pairs if tree is not None)


def _untouched(changes: Iterable[ResourceChange]) -> Iterator[KnownObject]:
    for change in changes:
        if change.before is not None:
            yield KnownObject(change.address, _known_ids(change, old=True), change.before, whole=True)


def _live(observed: Observed) -> KnownObject:
    return KnownObject(observed.address, observed.ids, observed.data, whole=observed.whole)


def _place(ids: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(ids.items()))


def _known_ids(change: ResourceChange, *, old: bool = False) -> Mapping[str, str]:
    ids = change.ids if change.new_ids is None or old else change.new_ids
    return {k: v for k, v in ids.items() if isinstance(v, str)}


def from_manifest(manifest: Manifest) -> KnownPool:
    """Return what a manifest settles of a user pool; only pinned identifiers are known.

    Args:
        manifest: A document of the kind UserPool.
    """
    pool = {"UserPoolId": manifest.pool_id} if manifest.pool_id else {}
    found = tuple(
        KnownObject(
            s.address,
            {**pool, **({"ClientId": s.pin} if s.pin else {})},
            offline(KINDS[s.address.section].model, s.declared),
            whole=s.reset,
        )
        for s in manifest.specs
    )
    known = _pool(manifest.region, found, manifest.sections)
    return KnownPool(manifest.name, manifest.region, manifest.pool_id, known.objects, known.sections, None)


def _pool(region: str, objects: tuple[KnownObject, ...], sections: frozenset[str]) -> KnownPool:
    root = next((o for o in objects if o.address.section == parts.POOL), None)
    name = str(root.tree.get("PoolName", "")) if root else ""
    return KnownPool(name, region, root.ids.get("UserPoolId", NOT_YET) if root else NOT_YET, objects, sections)

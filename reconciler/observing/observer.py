"""Cloud → Observed: the live state, in as few calls as possible.

Only managed sections are read, and those that their rules use. Lists that return complete objects
replace one read per object, and of others only those are described that are asked for. Calls wait for nothing but the
answers they need: once the id of the pool is known, the pool, its lists and its settings are read at the same time; the
adapter enforces the quotas. A failed read becomes a gap, never an absence (decision 10).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.cloud.port import Cloud, pages, required
from reconciler.errors import CloudError, NotFound, Unavailable, flow
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.engine_rules import AMBIGUOUS, MISSING
from reconciler.kinds.kind import (
    FurtherRead,
    Listing,
    Reading,
    ResourceKind,
    Rule,
    again,
    any_owner,
    every_pool,
    is_outside,
    no_names,
    pool_wide,
)
from reconciler.model import Address, Gap, Notice, Observed, Position, Refusal, Secret, Tree
from reconciler.observing.ownership import stack_of
from reconciler.terminal.side_by_side import side_by_side
from reconciler.values.lookup import first_by, grouped
from reconciler.values.shapes import input_shape, project
from schemas.base import ApiModel, Member, SecretKeys, Sensitive, members
from schemas.records import field, record, replace

AT_ONCE = 32
"""Concurrent calls for one pool, if nothing else is said: the quotas limit how many there are in a second."""

if TYPE_CHECKING:
    from reconciler.observing.name_list import PoolLists

STACK_TOO = (
    "The tags of the pool name the CloudFormation stack {stack}. If the stack still has the pool, two tools manage it: "
    "take it out of the stack first (DeletionPolicy: Retain). The tags stay when the stack has let go."
)
"""What is said of a pool that another tool may manage too."""

LEAVING = "DELETING"
"""The service's status of an object that it is deleting."""

VOLATILE = frozenset({"CreationDate", "LastModifiedDate", "UserPoolId"})
"""Members of answers that are not configuration."""


@record(frozen=True, slots=True)
class Owner:
    """A declared object that contains others."""

    key: str
    """Its key in the manifest."""
    name: str
    """Its live name."""
    pin: str = ""
    """Its identifier, if the manifest pins it."""


@record(frozen=True, slots=True)
class ReadScope:
    """What to read."""

    pool: str
    """Name of the document, the first part of addresses."""
    name: str
    """Name of the pool; must be unique unless an id is given."""
    id: str
    """Id of the pool, or empty."""
    sections: frozenset[str]
    """Sections to read completely."""
    names: Mapping[str, tuple[str, ...]]
    """Additional names to look up, for kinds without a list operation."""
    source: Position | None = None
    """Position of the pool's name in the manifest."""
    document: str = ""
    """Kind of the document."""
    owners: Mapping[str, tuple[Owner, ...]] = field(default_factory=dict)
    """Section of a nested kind → the objects whose contents are read."""
    watched: bool = False
    """Whether the pool may be written, so that it matters who else manages it and what has paused its writes."""
    alone: bool = False
    """Whether sections that only the rules of the others use are left out."""
    declared: Tree = field(default_factory=dict)
    """What is declared of the pool itself, which may make it necessary to read more; empty if nothing is planned."""
    also_inside: Mapping[str, Callable[[Sequence[Observed]], Iterable[Owner]]] = field(default_factory=dict)
    """Section of a nested kind → selects objects whose contents are read beside those of `owners`, from all live ones
    of the outer kind."""
    select_owners: Callable[[Sequence[Observed]], Iterable[Owner]] | None = None
    """Replaces `owners`: selects the objects whose contents are read, from all live objects of an outer kind."""
    wanted: frozenset[str] = frozenset()
    """Sections that are read whatever the feature plan of the pool has."""
    described: Mapping[str, frozenset[str]] | None = None
    """Section → names and identifiers of the objects to describe, where the list says enough of the others; None
    describes all."""


@record(frozen=True)
class LiveState:
    """The live state of a pool."""

    root: Observed | None
    """The pool; None if it does not exist."""
    objects: tuple[Observed, ...] = ()
    """Everything that was read, including the pool."""
    known: frozenset[str] = frozenset()
    """Sections that were read completely."""
    foreign: Mapping[Address, str] | None = None
    """Names in use by another pool, with its id."""
    gaps: tuple[Gap, ...] = ()
    """Failed reads."""
    unavailable: tuple[Gap, ...] = ()
    """Reads that this Region, partition or emulator does not have, in the order of the kinds."""
    refusals: tuple[Refusal, ...] = ()
    """Reasons why the pool could not be identified."""
    notices: tuple[Notice, ...] = ()
    """Who else manages the pool."""
    beside: Mapping[Address, Tree] = field(default_factory=dict)
    """What is live in the place of absent objects, as `beside` returns it."""

    def section(self, name: str) -> tuple[Observed, ...]:
        """Return the live objects of a section."""
        return self._by_section.get(name, ())

    def named(self, section: str, name: object) -> tuple[Observed, ...]:
        """Return the live objects of a section with a name: several where names are not unique."""
        return self._by_name.get((section, name), ()) if isinstance(name, str) else ()

    def inside(self, section: str, owner: str) -> tuple[Observed, ...]:
        """Return the live objects of a section that are inside of an object of the outer one, given by its name."""
        return self._by_owner.get((section, owner), ())

    def identified(self, section: str, identifier: str) -> Observed | None:
        """Return the live object of a section with an identifier, or None."""
        return self._by_identifier.get((section, identifier))

    @cached_property
    def _by_section(self) -> Mapping[str, tuple[Observed, ...]]:
        return grouped(self.objects, lambda o: o.address.section)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], tuple[Observed, ...]]:
        return grouped(self.objects, lambda o: (o.address.section, o.address.name))

    @cached_property
    def _by_owner(self) -> Mapping[tuple[str, str], tuple[Observed, ...]]:
        return grouped(self.objects, lambda o: (o.address.section, o.address.name.partition("/")[0]))

    @cached_property
    def _by_identifier(self) -> Mapping[tuple[str, str], Observed]:
        return first_by(self.objects, lambda o: (o.address.section, o.ids.get(KINDS[o.address.section].id_param, "")))


# --- the pool ------------------------------------------------------------------------------------------------------


def find(cloud: Cloud, scope: ReadScope) -> tuple[Tree | None, Refusal | None]:
    """Find the pool by its id, or by a unique name.

    Returns:
        The pool's own answer, or None if it does not exist; and why it could not be identified, if so.
    """
    root = root_of(scope.document)
    pool, refusal = (scope.id, None) if scope.id else _named(cloud, root, scope)
    try:
        return (_describe(cloud, root, {root.id_param: pool}) if pool else None), refusal
    except NotFound:
        if not scope.id:
            raise
        return None, _no_such_pool(cloud, scope)


def _named(
    cloud: Cloud, root: ResourceKind, scope: ReadScope, pools: PoolLists | None = None
) -> tuple[str, Refusal | None]:
    """Return the id of the only pool of a name, or empty; and why it could not be identified, if so."""
    if pools:
        ids = sorted(pools.of(cloud, root).called(scope.name))
    else:
        ids = sorted(identifier for name, identifier in live_names(cloud, root, {}) if name == scope.name)
    if len(ids) <= 1:
        return (ids[0] if ids else ""), None
    return "", _root_refusal(
        scope,
        AMBIGUOUS,
        f"{len(ids)} pools are called {flow(scope.name)}: {', '.join(ids)}.",
        "Names are not unique: set `id:` in the manifest to select one. If two first applies made them at once, "
        "the one that you do not keep may be empty: delete it yourself, as poolctl deletes no pool.",
    )


def _no_such_pool(cloud: Cloud, scope: ReadScope) -> Refusal:
    where = cloud.identity()
    return _root_refusal(
        scope,
        MISSING,
        f"There is no pool with the id {scope.id} in account {where.account}, Region {where.region}.",
        "Check account, Region and id; remove `id:` to create a new pool.",
    )


def _root_refusal(scope: ReadScope, rule: Rule, message: str, advice: str) -> Refusal:
    address = Address(scope.pool, root_of(scope.document).section)
    return rule.refusal(address, (), message, scope.source, advice)


# --- its contents --------------------------------------------------------------------------------------------------


def observe(cloud: Cloud, scope: ReadScope, *, parallelism: int = AT_ONCE, pools: PoolLists | None = None) -> LiveState:
    """Read the live state.

    Args:
        cloud: Where to read.
        scope: What to read.
        parallelism: Maximum number of concurrent calls.
        pools: The pools of the Region, if the documents of a run share the list of them.

    Raises:
        CloudError: The pool itself could not be read.
    """
    root = root_of(scope.document)
    pool, refusal = (scope.id, None) if scope.id else _named(cloud, root, scope, pools)
    reader = _ObjectReader(cloud, scope, parallelism, {root.id_param: pool} if pool else {})
    try:
        reader.read(ask_pool=bool(pool))
    except _NoPool as missing:
        if not scope.id:
            raise missing.error from None
        refusal = _no_such_pool(cloud, scope)
    return LiveState(None, refusals=(refusal,)) if refusal else reader.live_state()


def around(cloud: Cloud, scope: ReadScope, answer: Tree | None, *, parallelism: int = AT_ONCE) -> LiveState:
    """Read the contents of a pool that was already found.

    Args:
        cloud: Where to read.
        scope: What to read.
        answer: The pool's own answer, from `find`; None if it does not exist.
        parallelism: Maximum number of concurrent calls.
    """
    root = root_of(scope.document)
    reader = _ObjectReader(cloud, scope, parallelism, _ids(root, {}, answer) if answer else {})
    if answer:
        reader.take_pool(answer)
    reader.read()
    return reader.live_state()


def inside(cloud: Cloud, scope: ReadScope, ids: Mapping[str, str], *, parallelism: int = AT_ONCE) -> LiveState:
    """Read further sections of a pool that was read before.

    The pool itself is not read again, unless a section has no list and its names are in the pool's own answer.

    Args:
        cloud: Where to read.
        scope: What to read; with the id of the pool.
        ids: Identifiers of the pool, as in `Observed.ids`.
        parallelism: Maximum number of concurrent calls.

    Raises:
        CloudError: The pool itself could not be read.
    """
    if any(KINDS[section].names for section in scope.sections):
        return observe(cloud, scope, parallelism=parallelism)
    reader = _ObjectReader(cloud, scope, parallelism, ids)
    reader.read()
    return reader.live_state()


def completed(
    cloud: Cloud, scope: ReadScope, live_state: LiveState, sections: frozenset[str], *, parallelism: int = AT_ONCE
) -> LiveState:
    """Return a live state in which all objects of some sections are described.

    Args:
        cloud: Where to read.
        scope: With which the state was read.
        live_state: What was read.
        sections: The sections.
        parallelism: Maximum number of concurrent calls.
    """
    lacking = [o for o in live_state.objects if o.address.section in sections and not o.whole]
    reader = _ObjectReader(cloud, scope, parallelism, live_state.root.ids if live_state.root else {})
    found = reader.described(lacking)
    new = {id(old): one for old, one in zip(lacking, found.objects, strict=True)}
    objects = (new.get(id(o), o) for o in live_state.objects)
    failed = frozenset(g.address.section for g in (*found.gaps, *found.unavailable))
    return replace(
        live_state,
        objects=tuple(o for o in objects if o is not None),
        known=live_state.known - failed,
        gaps=(*live_state.gaps, *found.gaps),
        unavailable=(*live_state.unavailable, *found.unavailable),
    )


def read_again(cloud: Cloud, observed: Observed) -> Tree | None:
    """Read one object again, as its fence before a write; None if it does not exist, or is a setting that is unset.

    Raises:
        CloudError: It could not be read.
    """
    kind = KINDS[observed.address.section]
    try:
        if kind.reading or again(kind):
            answer: Tree | None = _describe(cloud, kind, observed.ids)
        else:
            answer = next((i for i in _items(cloud, kind, observed.ids) if _is(kind, i, observed)), None)
        data = _data(kind, _whole(cloud, kind, observed.ids, answer)) if answer else {}
    except NotFound:
        return None
    return None if not answer or _unset(kind, data) else data


def beside(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Tree:
    """Return what is live in the place of an object that does not exist: members that a create would write over.

    Args:
        cloud: Where to look.
        kind: The kind.
        ids: Identifiers that the object will have.

    Raises:
        CloudError: They could not be read.
    """
    named: Tree = {kind.id_param: ids.get(kind.id_param, "")}
    found = named
    for further in kind.further_reads:
        if isinstance(further, FurtherRead) and further.unowned:
            found = further.join(found, _further(cloud, kind, ids, further, found))
    return {} if found is named else {k: v for k, v in _data(kind, found).items() if k not in named}


def _unset(kind: ResourceKind, data: Tree) -> bool:
    """Return whether an answer is about a setting that was never made."""
    return not data and not kind.create


def items_of(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Iterable[Tree]:
    """Return the items of the list of a kind in one owner.

    Args:
        cloud: Where to look.
        kind: A kind with a list.
        ids: Identifiers of the owner.

    Raises:
        CloudError: They could not be listed.
    """
    return _items(cloud, kind, ids)


def status(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> str:
    """Return the service's status of a busy object, or empty if it is ready."""
    if kind.reading:
        return kind.pending(_described(cloud, kind, ids))
    found = next((i for i in _items(cloud, kind, ids) if kind.identifier(i) == ids[kind.id_param]), None)
    return kind.pending(found) if found else ""


def _described(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Tree:
    """Return the description; a deleted object is no longer busy."""
    try:
        return _describe(cloud, kind, ids)
    except NotFound:
        return {}


def live_names(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and identifier of all live objects of a kind in their owner: the fence before a create."""
    items = _items(cloud, kind, ids) if kind.listing else ()
    return [(_listed_name(kind, i), kind.identifier(i)) for i in items if not kind.outer or _within(kind, i, ids)]


def _within(kind: ResourceKind, item: Tree, ids: Mapping[str, Any]) -> bool:
    """Return whether a list item is inside of an owner; some lists are of the whole pool."""
    outer = KINDS[kind.outer].id_param
    return bool(item.get(outer, ids[outer]) == ids[outer])


def live_named(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any], name: str) -> list[Tree]:
    """Return the answers about all live objects with a name, to find what a create made whose response was lost.

    Args:
        cloud: Where to look.
        kind: The kind.
        ids: Identifiers of the objects that contain them.
        name: The name; a kind without names has one object.

    Raises:
        CloudError: They could not be read.
    """
    if kind.listing:
        items = [i for i in _items(cloud, kind, ids) if _listed_name(kind, i) == name and _belongs(i, ids)]
        whole = kind.reading and not set(kind.extra_ids.values()) <= {m for i in items for m in i}
        return [_describe(cloud, kind, {**ids, kind.id_param: kind.identifier(i)}) if whole else i for i in items]
    named = {kind.name_member: name} if kind.name_member else {kind.id_param: name} if kind.located else {}
    try:
        answer = _describe(cloud, kind, {**ids, **named})
    except NotFound:
        return []
    return [answer] if kind.identifier(answer) and _belongs(answer, ids) else []


def _belongs(answer: Tree, ids: Mapping[str, Any]) -> bool:
    return all(answer.get(key, value) == value for key, value in ids.items())


def _is(kind: ResourceKind, item: Tree, observed: Observed) -> bool:
    return kind.identifier(item) == observed.ids[kind.id_param]


def _listed_name(kind: ResourceKind, item: Tree) -> str:
    return str(item.get(kind.listed_name or kind.name_member, ""))


@record(frozen=True, slots=True)
class _Job:
    """One object to read."""

    kind: ResourceKind
    address: Address
    ids: Mapping[str, str]
    item: Tree


Found = list[Observed | _Job]
"""What a piece of work leads to: live objects, and those that can be read now."""
Work = Callable[[], Found]
"""What needs no answer that is still awaited."""


def _done(work: Work) -> Found:
    return work()


class _NoPool(Exception):
    """There is no pool with the id; carries the answer."""

    def __init__(self, error: NotFound) -> None:
        super().__init__(str(error))
        self.error = error


class _Described(NamedTuple):
    """Objects that were described later."""

    objects: list[Observed | None]
    """Each of them; None for one that is gone or could not be read."""
    gaps: tuple[Gap, ...]
    unavailable: tuple[Gap, ...]


_PLACES = {section: i for i, section in enumerate(KINDS)}


def _rank(address: Address) -> tuple[int, Address]:
    """Return the place of an object: in the order of the kinds, then by name."""
    return _PLACES[address.section], address


class _ReadsObjects:
    """Reads single objects of a pool, and takes note of what could not be read."""

    def __init__(self, cloud: Cloud, scope: ReadScope, parallelism: int, ids: Mapping[str, str]) -> None:
        self._cloud = cloud
        self._parallelism = parallelism
        self._scope = scope
        self._root = root_of(scope.document)
        self._ids = dict(ids)
        self._answer: Tree = {}
        self._settled = True
        """Whether the pool's own answer is there, or none will come."""
        self._arrived: Tree | None = None
        self._queue: list[_Job] = []
        self._begun: set[str] = set()
        self._listed: dict[str, list[_Job]] = {}
        """By section, the objects that are known to exist."""
        self._wide_asked: set[str] = set()
        self._wide: dict[str, list[Tree] | None] = {}
        """By section inside others, the items of the list of the whole pool, once it is there; None if it failed."""
        self._inside_of: dict[Address, tuple[str, str]] = {}
        """Section and identifier of what an object is inside of, read at the same time."""
        self._objects: list[Observed] = []
        self._foreign: dict[Address, str] = {}
        self._beside: dict[Address, Tree] = {}
        self._gaps: list[Gap] = []
        self._unavailable: list[Gap] = []
        self._known = {self._root.section}
        self._also: frozenset[str] = frozenset()
        """Sections of which whole objects are read because of a change of the pool itself."""

    def _kinds(self) -> Mapping[str, ResourceKind]:
        """Return the kinds to read: managed ones, and those that their rules or a change of the pool use.

        Each by its section.
        """
        return _kinds_to_read(self._scope.sections, self._also, alone=self._scope.alone)

    def _depends_on_plan(self, kind: ResourceKind) -> bool:
        return kind.in_pool is not every_pool and kind.section not in self._scope.wanted

    def _is_offered(self, kind: ResourceKind) -> bool:
        """Whether the pool can have objects of a kind, as far as its feature plan says."""
        return not self._depends_on_plan(kind) or kind.in_pool(self._answer)

    def _read_one(self, job: _Job) -> Found:
        found = self._object(job)
        return [found] if found else []

    def _object(self, job: _Job) -> Observed | None:
        kind = job.kind
        answer: Tree | None = job.item
        if kind.gather:
            answer = self._try(job.address, lambda: _gathered(self._cloud, kind, job.ids))
        if self._is_described(job):
            answer = self._try(job.address, lambda: _describe(self._cloud, kind, job.ids))
        if not answer:
            if answer is not None:  # it was read, and does not exist
                self._beside[job.address] = self._try(job.address, lambda: beside(self._cloud, kind, job.ids)) or {}
            return None
        return next(iter(self._observed(job, answer)), None)

    def _observed(self, job: _Job, answer: Tree) -> list[Observed]:
        """Return the object of an answer; none if it belongs to another pool, or is a setting that was never made."""
        kind = job.kind
        owner = str(answer.get(self._root.id_param, ""))
        if owner and owner != self._ids.get(self._root.id_param):
            self._foreign[job.address] = owner
            return []
        whole = self._try(job.address, lambda: _whole(self._cloud, kind, job.ids, answer))
        if whole is None:
            return []
        data = _data(kind, whole)
        if _unset(kind, data):
            return []
        complete = kind.reading is None or answer is not job.item
        return [Observed(job.address, _ids(kind, job.ids, answer), data, kind.pending(whole) == LEAVING, complete)]

    def _is_described(self, job: _Job) -> bool:
        """Whether an object is described; of others, what the list says is enough."""
        kind = job.kind
        if not kind.reading or kind.single or kind.names:
            return kind.reading is not None
        if kind.section in self._also:
            return True
        asked = (self._scope.described or {}).get(kind.section)
        every = asked is None or not (kind.listing and kind.listing.tells_owner(self._answer))
        return kind.section in self._scope.sections and (every or not (asked or frozenset()).isdisjoint(_called(job)))

    def _try(self, address: Address, call: Callable[[], Any]) -> Any:
        """Run a read; record a gap if it is refused, and nothing if the object was just deleted."""
        try:
            return call()
        except NotFound as error:
            if self._always_there(address):
                self._gaps.append(gap(address, error))
                return None
            return None if address.name else []
        except Unavailable as error:
            self._unavailable.append(gap(address, error))
            return None
        except CloudError as error:
            self._gaps.append(gap(address, error))
            return None

    def _always_there(self, address: Address) -> bool:
        """Whether the pool has this object, with or without values, so that "not found" is no answer."""
        kind = KINDS[address.section]
        if not (kind.reading and kind.reading.never_missing):
            return False
        return not kind.names or address.name in kind.names(self._answer)

    def _address(self, kind: ResourceKind, name: str) -> Address:
        return Address(self._scope.pool, kind.section, name)


class _ReadsContents(_ReadsObjects):
    """Reads what is inside of the objects of a pool: of declared ones, or of all that are selected."""

    def _asks_inside(self, kind: ResourceKind) -> bool:
        """Whether something inside of objects is asked for at all."""
        some = self._scope.owners.get(kind.section) or self._scope.also_inside.get(kind.section)
        return bool(self._scope.select_owners or some)

    def _begin_wide(self, kind: ResourceKind) -> Iterator[Work]:
        """Yield the list of the whole pool of what is inside of objects, once, if it takes fewer calls than asking."""
        listing = _wide_listing(kind)
        if not listing or not self._ids or not self._asks_inside(kind) or kind.section in self._wide_asked:
            return
        unsettled = self._depends_on_plan(kind) and not self._settled
        if unsettled or not self._is_offered(kind) or (pool_wide(kind) and not lists_pool(kind, self._scope)):
            return
        self._wide_asked.add(kind.section)
        yield partial(self._list_wide, kind, listing)

    def _list_wide(self, kind: ResourceKind, listing: Listing) -> Found:
        place = self._address(kind, "")
        self._wide[kind.section] = self._try(place, lambda: list(_listed(self._cloud, kind, listing, self._ids)))
        return []

    def _has_holders(self, kind: ResourceKind, queued: frozenset[str]) -> bool:
        """Whether it is known which objects there are to look into, and whether each can have something inside."""
        if not self._asks_inside(kind) or kind.outer not in self._kinds():
            return True
        listed = kind.outer in self._listed and (self._settled or not self._depends_on_plan(kind))
        listed = listed and (kind.section in self._wide or kind.section not in self._wide_asked)
        return listed and (self._by_name_alone(kind) or kind.outer not in queued)

    def _by_name_alone(self, kind: ResourceKind) -> bool:
        """Whether the list of the outer kind shows which of its objects to look into."""
        some = self._scope.select_owners or kind.section in self._scope.also_inside
        return not some and kind.in_owner is any_owner and (kind.names is None or pool_wide(kind) is not None)

    def _begin_inside(self, kind: ResourceKind, queued: frozenset[str]) -> Iterator[Work]:
        """Yield what reads the contents of objects: of declared ones, or of all that are selected."""
        holders = list(self._holders(kind, queued))
        wide = self._wide.get(kind.section, [])
        if wide is None or not holders:
            return
        if pool_wide(kind) and kind.section in self._wide:
            names = len(tuple(kind.names({}))) if kind.names else 1
            if self._scope.select_owners or len(wide) <= names * len(holders):
                keys = {holder.ids[KINDS[kind.outer].id_param]: (key, holder) for key, holder in holders}
                yield from (partial(self._read_wide, kind, item, keys) for item in wide)
                return
        for key, holder in holders:
            yield from self._inside_one(kind, key, holder, wide)

    def _holders(self, kind: ResourceKind, queued: frozenset[str]) -> Iterator[tuple[str, Observed]]:
        """Yield the objects to look into, each with the key of what is inside."""
        outer = KINDS[kind.outer]
        live = [o for o in self._objects if o.address.section == kind.outer]
        if kind.outer in queued:  # they are described at the same time
            live = [Observed(j.address, j.ids, j.item, whole=False) for j in self._listed[kind.outer]]
        select, also = self._scope.select_owners, self._scope.also_inside.get(kind.section)
        named = (*self._scope.owners.get(kind.section, ()), *(also(live) if also else ()))
        by_pin, by_name = grouped(live, lambda o: o.ids[outer.id_param]), grouped(live, lambda o: o.address.name)
        for owner in select(live) if select else named:
            found = by_pin.get(owner.pin, ()) if owner.pin else by_name.get(owner.name, ())
            if len(found) == 1:
                yield owner.key, found[0]

    def _inside_one(self, kind: ResourceKind, key: str, holder: Observed, wide: Sequence[Tree]) -> Iterator[Work]:
        if not kind.in_owner(holder.data):
            return
        place = self._address(kind, key)
        self._inside_of[place] = _place(holder)
        if kind.single:
            yield partial(self._read_one, _Job(kind, place, holder.ids, {}))
        elif kind.listing and kind.section not in self._wide:
            yield partial(self._list_inside, kind, key, holder)
        else:
            items = [{kind.name_member: n} for n in kind.names(holder.data)] if kind.names else wide
            yield from (partial(self._read_one, job) for job in self._jobs_inside(kind, key, holder, items))

    def _list_inside(self, kind: ResourceKind, key: str, holder: Observed) -> Found:
        place = self._address(kind, key)
        items = self._try(place, lambda: list(_items(self._cloud, kind, holder.ids))) or ()
        return [*self._jobs_inside(kind, key, holder, items)]

    def _jobs_inside(self, kind: ResourceKind, key: str, holder: Observed, items: Iterable[Tree]) -> Iterator[_Job]:
        for item in (i for i in items if _within(kind, i, holder.ids)):
            name = _listed_name(kind, item)
            own = {kind.id_param: kind.identifier(item)} if kind.id_param and kind.identifier(item) else {}
            address = self._address(kind, f"{key}/{name}")
            self._inside_of[address] = _place(holder)
            yield _Job(kind, address, {**holder.ids, **own, kind.name_member: name}, item)

    def _read_wide(self, kind: ResourceKind, item: Tree, holders: Mapping[str, tuple[str, Observed]]) -> Found:
        """Read an object of a list of the whole pool, and find out what it is inside of: perhaps of none of these."""
        ids = {**self._ids, kind.id_param: kind.identifier(item)}
        place = self._address(kind, "")
        reading = _required(pool_wide(kind)).reading
        answer = self._try(place, lambda: _read_as(self._cloud, kind, reading, ids))
        owner = str(answer.get(KINDS[kind.outer].id_param, "")) if answer else ""
        if owner not in holders:
            return []
        key, holder = holders[owner]
        return [o for job in self._jobs_inside(kind, key, holder, [answer]) for o in self._observed(job, answer)]


class _ObjectReader(_ReadsContents):
    """Reads one pool in rounds: each sends all calls at once that need no answer but those of the rounds before."""

    def take_pool(self, answer: Tree) -> None:
        """Take the pool's own answer, on which further reads depend."""
        self._answer, self._settled, self._ids = answer, True, _ids(self._root, {}, answer)
        self._also = frozenset(self._root.also_read(self._scope.declared, answer))
        self._objects.append(Observed(self._address(self._root, ""), self._ids, _data(self._root, answer)))

    def read(self, *, ask_pool: bool = False) -> None:
        """Read everything.

        Args:
            ask_pool: Whether to ask for the pool itself; otherwise it was taken, or does not exist.

        Raises:
            _NoPool: It does not exist.
            CloudError: It could not be read.
        """
        self._settled = not ask_pool
        work: list[Work] = [self._ask_pool] if ask_pool else []
        while True:
            before = len(self._begun)
            work += self._ready()
            if not work and len(self._begun) == before:
                return
            for found in side_by_side(_done, work, at_once=self._parallelism):
                self._objects += [one for one in found if isinstance(one, Observed)]
                self._queue += [one for one in found if isinstance(one, _Job)]
            work = []
            if self._arrived is not None and not self._settled:
                self.take_pool(self._arrived)

    def described(self, lacking: Sequence[Observed]) -> _Described:
        """Describe objects of which only the names were read."""
        self._scope = replace(self._scope, described=None, sections=frozenset(o.address.section for o in lacking))
        jobs = [_Job(KINDS[o.address.section], o.address, o.ids, o.data) for o in lacking]
        found = side_by_side(self._object, jobs, at_once=self._parallelism)
        return _Described(found, tuple(self._gaps), tuple(self._unavailable))

    def live_state(self) -> LiveState:
        root = next((o for o in self._objects if o.address.section == self._root.section), None)
        objects = tuple(self._with_holders(sorted(self._objects, key=lambda o: _rank(o.address))))
        there = {_place(o) for o in objects}
        lost = {address for address, place in self._inside_of.items() if place not in there}
        gaps = [g for g in sorted(self._gaps, key=lambda g: _rank(g.address)) if g.address not in lost]
        lacking = [g for g in sorted(self._unavailable, key=lambda g: _rank(g.address)) if g.address not in lost]
        failed = {g.address.section for g in (*gaps, *lacking)}
        beside = {address: tree for address, tree in self._beside.items() if address not in lost}
        return LiveState(
            root,
            objects,
            frozenset(self._known - failed),
            self._foreign,
            tuple(gaps),
            tuple(lacking),
            (),
            tuple(_stack(self._scope, self._answer)),
            beside,
        )

    def _with_holders(self, objects: Iterable[Observed]) -> Iterator[Observed]:
        """Yield objects with all identifiers of what they are inside of; what is inside of nothing is gone as well."""
        holders = {_place(o): o for o in self._objects if not KINDS[o.address.section].outer}
        for one in objects:
            place = self._inside_of.get(one.address)
            if place is None:
                yield _with_ids(one, {**self._ids, **one.ids})
            elif place in holders:
                yield _with_ids(one, {**self._ids, **holders[place].ids, **one.ids})

    def _ask_pool(self) -> Found:
        try:
            self._arrived = _describe(self._cloud, self._root, self._ids)
        except NotFound as error:
            raise _NoPool(error) from None
        return []

    # --- what can be read now

    def _ready(self) -> list[Work]:
        """Return what can be read with the answers that are there, each piece of work once."""
        queued = frozenset(job.kind.section for job in self._queue)
        jobs, self._queue = self._queue, []
        found: list[Work] = []
        kinds = self._kinds().values()
        for kind in (k for k in kinds if k.outer):
            found += self._begin_wide(kind)
        for kind in kinds:
            ready = self._has_holders(kind, queued) if kind.outer else self._settled or not self._needs_pool(kind)
            if kind.root or kind.section in self._begun or not ready:
                continue
            self._begun.add(kind.section)
            if self._is_offered(kind):
                found += self._begin_inside(kind, queued) if kind.outer else self._begin(kind)
            elif not kind.outer:
                self._known.add(kind.section)
        return [*found, *(partial(self._read_one, job) for job in jobs)]

    def _needs_pool(self, kind: ResourceKind) -> bool:
        """Whether a kind can be read only with the pool's own answer."""
        if kind.located:
            return False
        named = kind.names is not None and kind.names is not no_names
        return named or self._depends_on_plan(kind) or not self._readable(kind)

    def _readable(self, kind: ResourceKind) -> bool:
        """Whether an object can be read by its name; most belong to a pool, which may not exist yet."""
        if kind.surrounding and not is_outside(kind) and not self._ids:
            return False
        first = _required(kind.listing or kind.reading)
        page = [kind.listing.page[0]] if kind.listing and kind.listing.page else []
        required = set(input_shape(kind.service, first.operation).required)
        return required <= {*kind.to_params({**self._ids, kind.id_param: ""}), *kind.params, *page}

    def _begin(self, kind: ResourceKind) -> Iterator[Work]:
        """Yield what begins to read a kind of the pool: its list, or its objects if their names are known."""
        if kind.listing:
            if self._ids:
                yield partial(self._list, kind)
            else:
                self._take(kind, [])
            return
        if kind.located:
            items = [{kind.id_param: n} for n in self._scope.names.get(kind.section, ())]
        elif kind.single:
            items = [{}] if self._ids else []
        else:
            asked = self._scope.names.get(kind.section, ()) if self._readable(kind) else ()
            names = kind.names(self._answer) if kind.names else ()
            items = [{kind.name_member: n} for n in dict.fromkeys((*names, *asked))]
        yield from (partial(self._read_one, job) for job in self._take(kind, items))

    def _list(self, kind: ResourceKind) -> Found:
        place = self._address(kind, "")
        items = self._try(place, lambda: list(_items(self._cloud, kind, self._ids)))
        if items is None:
            self._listed[kind.section] = []
            return []
        jobs = self._take(kind, items)
        if kind.reading or kind.further_reads or kind.regional_read:
            return [*jobs]
        return [one for job in jobs for one in self._observed(job, job.item)]  # the list says everything

    def _take(self, kind: ResourceKind, items: Iterable[Tree]) -> list[_Job]:
        self._known.add(kind.section)
        self._listed[kind.section] = list(self._jobs(kind, items))
        return self._listed[kind.section]

    def _jobs(self, kind: ResourceKind, items: Iterable[Tree]) -> Iterator[_Job]:
        for item in items:
            name = str(item.get(kind.name_member, "")) if kind.name_member else ""
            own = {kind.id_param: kind.identifier(item)} if kind.id_param and item else {}
            yield _Job(kind, self._address(kind, name), {**self._ids, **own}, item)


def _with_ids(one: Observed, ids: Mapping[str, str]) -> Observed:
    return Observed(one.address, ids, one.data, one.leaving, one.whole)


def _place(observed: Observed) -> tuple[str, str]:
    return observed.address.section, str(observed.ids.get(KINDS[observed.address.section].id_param, ""))


def _called(job: _Job) -> tuple[str, str]:
    """Return name and identifier of an object in a list."""
    return _listed_name(job.kind, job.item), job.kind.identifier(job.item)


def lists_pool(kind: ResourceKind, scope: ReadScope) -> bool:
    """Return whether the list of the whole pool shows which objects of a kind there are inside others (`pool_wide`).

    A plan asks for what the manifest names instead, and so does everything that looks into one object.
    """
    several = scope.described is None and len(scope.owners.get(kind.section, ())) > 1
    return pool_wide(kind) is not None and (scope.select_owners is not None or several)


def _wide_listing(kind: ResourceKind) -> Listing | None:
    """Return the list of the whole pool that has the objects of a kind inside others, if there is one."""
    wide = pool_wide(kind)
    if wide:
        return wide.listing
    if not kind.listing:
        return None
    asks_owner = KINDS[kind.outer].id_param in input_shape(kind.service, kind.listing.operation).members
    return None if asks_owner else kind.listing


def gap(address: Address, error: CloudError) -> Gap:
    """Return what is known of a read that AWS refused."""
    return Gap(address, error.operation, f"{error.code}: {error.message}", error.code, error.request_id)


def settled(live_state: LiveState, declared: Container[str]) -> LiveState:
    """Return a live state in which what is declared and not available here is a gap, and the rest one entry a section.

    Args:
        live_state: As it was read.
        declared: Sections that the manifest declares.
    """
    lacking = [g for g in live_state.unavailable if g.address.section in declared]
    gaps = tuple(replace(g, reason=f"{g.reason.rstrip('. ')}; {_DECLARED}") for g in lacking)
    rest = {g.address.section: g for g in reversed(live_state.unavailable) if g not in lacking}
    return replace(live_state, gaps=(*live_state.gaps, *gaps), unavailable=tuple(reversed(rest.values())))


_DECLARED = (
    "the manifest declares this section, and the operation is not available here. Use a Region or an endpoint that "
    "has it, or remove the section"
)


def not_here(unavailable: Sequence[Gap]) -> tuple[Notice, ...]:
    """Return the one notice of what a Region, partition or emulator does not have; none if it has everything."""
    found = dict.fromkeys((g.address.section, g.operation, g.code) for g in unavailable)
    names = ", ".join(f"{section} ({operation}: {code})" for section, operation, code in found)
    return (Notice(f"Not available here, so not read: {names}.", lasting=True),) if unavailable else ()


# --- calls and answers ---------------------------------------------------------------------------------------------


def _items(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Iterable[Tree]:
    return _listed(cloud, kind, _required(kind.listing), ids)


def _listed(cloud: Cloud, kind: ResourceKind, listing: Listing, ids: Mapping[str, Any]) -> Iterable[Tree]:
    size = dict([listing.page]) if listing.page else {}
    params = {**_for(kind, listing.operation, ids), **size}
    return pages(cloud, kind.service, listing.operation, params, listing.items, cursor=listing.cursor)


def _describe(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Tree:
    return _read_as(cloud, kind, _required(kind.reading or again(kind)), ids)


def _read_as(cloud: Cloud, kind: ResourceKind, reading: Reading, ids: Mapping[str, Any]) -> Tree:
    answer = cloud.call(kind.service, reading.operation, _for(kind, reading.operation, ids))
    return kind.pick(_result(kind, reading, answer), ids)


def _result(kind: ResourceKind, reading: Reading, answer: Tree) -> Tree:
    """Return the object in an answer: empty if the kind says that there may be none."""
    if not reading.result:
        return answer
    name = f"{kind.service}:{reading.operation}"
    return answer.get(reading.result) or {} if reading.may_lack else required(answer, reading.result, name)


def _whole(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any], answer: Tree) -> Tree:
    """Add the parts of an answer that are listed, read with other operations, or in another Region."""
    for further in kind.further_reads:
        if isinstance(further, FurtherRead):
            answer = further.join(answer, _further(cloud, kind, ids, further, answer))
        elif answer:
            answer = further.join(answer, list(_listed(cloud, kind, further.reading, ids)))
    region = kind.regional_read.region(answer) if kind.regional_read else ""
    if not kind.regional_read or not region:
        return answer
    reading = kind.regional_read.reading
    there = cloud.at(region).call(kind.service, reading.operation, _for(kind, reading.operation, ids))
    return kind.regional_read.join(answer, _result(kind, reading, there))


def _further(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any], further: FurtherRead, answer: Tree) -> Tree:
    reading = further.reading
    params = {**_for(kind, reading.operation, ids), **further.params(answer)}
    try:
        return _result(kind, reading, cloud.call(kind.service, reading.operation, params))
    except NotFound:
        return {}


def _gathered(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Tree:
    return kind.gather(_items(cloud, kind, ids)) if kind.gather else {}


def _required(value: Any) -> Any:
    if value is None:  # pragma: no cover - the tables are checked by the meta-tests
        msg = "the kind's table lacks this operation"
        raise LookupError(msg)
    return value


def _for(kind: ResourceKind, operation: str, ids: Mapping[str, Any]) -> Tree:
    """Return the identifiers and fixed parameters of an operation."""
    return project({**kind.to_params(ids), **kind.params}, input_shape(kind.service, operation))  # type: ignore[no-any-return]


def _ids(kind: ResourceKind, parent: Mapping[str, str], answer: Tree) -> dict[str, str]:
    own = {kind.id_param: kind.identifier(answer)} if kind.id_param and kind.identifier(answer) else {}
    return {**parent, **own, **{p: str(answer[m]) for p, m in kind.extra_ids.items() if m in answer}}


@lru_cache(maxsize=100)  # asked many times a pool, and the pools of one owner have much the same
def _kinds_to_read(sections: frozenset[str], also: frozenset[str], *, alone: bool) -> Mapping[str, ResourceKind]:
    """Return the kinds of some sections and, unless they are all that is asked for, those that these are read with."""
    used = () if alone else (s for k in KINDS.values() if k.section in sections for s in k.read_with)
    needed = sections.union(also, used)
    return {k.section: k for k in KINDS.values() if k.section in needed}


def _data(kind: ResourceKind, answer: Tree) -> Tree:
    """Return the answer in the spelling of the input, without non-configuration, with wrapped secrets."""
    adopted = kind.from_api({k: v for k, v in answer.items() if k not in VOLATILE})
    return wrap(kind.model, adopted)


def _stack(scope: ReadScope, answer: Tree) -> Iterator[Notice]:
    """Yield a warning if CloudFormation may manage the pool too."""
    stack = stack_of(answer) if scope.watched else ""
    if stack:
        yield Notice(STACK_TOO.format(stack=flow(stack)))


def wrap(model: type[ApiModel], tree: Tree) -> Tree:
    """Wrap the secrets of a live object, so they cannot be shown by accident."""
    result = dict(tree)
    for member in _secretive(model):
        value, keys = tree.get(member.name), member.mark(SecretKeys)
        if isinstance(value, str) and member.has(Sensitive):
            result[member.name] = Secret(value, "live")
        elif keys and isinstance(value, dict):
            hidden = {k: Secret(v, "live") for k, v in value.items() if k in keys.names and isinstance(v, str)}
            result[member.name] = {**value, **hidden}
        elif member.model and isinstance(value, dict):
            result[member.name] = wrap(member.model, value)
    return result


@cache
def _secretive(model: type[ApiModel]) -> tuple[Member, ...]:
    """Return the members of a structure that are secret or may hold a secret; most structures have none."""
    return tuple(member for member in members(model).values() if _may_hold_secret(member))


def _may_hold_secret(member: Member) -> bool:
    within = member.shape == "structure" and member.model is not None and bool(_secretive(member.model))
    return within or member.has(Sensitive) or member.has(SecretKeys)

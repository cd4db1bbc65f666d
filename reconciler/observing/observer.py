"""Cloud → Observed: the live state, in as few calls as possible.

Only managed sections are read, and those that their rules use. Lists that return complete objects
replace one read per object. Independent calls run concurrently; the adapter enforces the quotas.
A failed read becomes a gap, never an absence (decision 10).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from reconciler.cloud.port import Cloud, pages, required
from reconciler.errors import CloudError, Denied, NotFound, Unavailable, flow
from reconciler.kinds import KINDS, root_of
from reconciler.kinds.engine_rules import AMBIGUOUS, MISSING
from reconciler.kinds.kind import FurtherRead, Listing, Reading, ResourceKind, Rule, Standstill, is_outside
from reconciler.model import Address, Gap, Notice, Observed, Position, Refusal, Secret, Tree
from reconciler.observing.ownership import stack_of
from reconciler.terminal.side_by_side import side_by_side
from reconciler.values.lookup import first_by, grouped
from reconciler.values.shapes import input_shape, project
from schemas.base import ApiModel, SecretKeys, Sensitive, members

STACK_TOO = (
    "The tags of the pool name the CloudFormation stack {stack}. If the stack still has the pool, two tools manage it: "
    "take it out of the stack first (DeletionPolicy: Retain). The tags stay when the stack has let go."
)
"""What is said of a pool that another tool may manage too."""

LEAVING = "DELETING"
"""The service's status of an object that it is deleting."""

VOLATILE = frozenset({"CreationDate", "LastModifiedDate", "UserPoolId"})
"""Members of answers that are not configuration."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A declared object that contains others."""

    key: str
    """Its key in the manifest."""
    name: str
    """Its live name."""
    pin: str = ""
    """Its identifier, if the manifest pins it."""


@dataclass(frozen=True, slots=True)
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
    """Whether to look for what has paused the writes of the pool."""
    alone: bool = False
    """Whether sections that only the rules of the others use are left out."""
    declared: Tree = field(default_factory=dict)
    """What is declared of the pool itself, which may make it necessary to read more; empty if nothing is planned."""
    also_inside: Mapping[str, Callable[[Sequence[Observed]], Iterable[Owner]]] = field(default_factory=dict)
    """Section of a nested kind → selects objects whose contents are read beside those of `owners`, from all live ones
    of the outer kind."""
    select_owners: Callable[[Sequence[Observed]], Iterable[Owner]] | None = None
    """Replaces `owners`: selects the objects whose contents are read, from all live objects of an outer kind."""


@dataclass(frozen=True)
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
    """What has paused writes to the pool, or why that is unknown."""
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
    if scope.id:
        return _pinned(cloud, root, scope)
    found = [i for i in _items(cloud, root, {}) if _listed_name(root, i) == scope.name]
    if len(found) > 1:
        ids = ", ".join(sorted(root.identifier(i) for i in found))
        return None, _root_refusal(
            scope,
            AMBIGUOUS,
            f"{len(found)} pools are called {flow(scope.name)}: {ids}.",
            "Names are not unique: set `id:` in the manifest to select one. If two first applies made them at once, "
            "the one that you do not keep may be empty: delete it yourself, as poolctl deletes no pool.",
        )
    return (_describe(cloud, root, {root.id_param: root.identifier(found[0])}) if found else None), None


def _pinned(cloud: Cloud, root: ResourceKind, scope: ReadScope) -> tuple[Tree | None, Refusal | None]:
    try:
        return _describe(cloud, root, {root.id_param: scope.id}), None
    except NotFound:
        where = cloud.identity()
        return None, _root_refusal(
            scope,
            MISSING,
            f"There is no pool with the id {scope.id} in account {where.account}, Region {where.region}.",
            "Check account, Region and id; remove `id:` to create a new pool.",
        )


def _root_refusal(scope: ReadScope, rule: Rule, message: str, advice: str) -> Refusal:
    address = Address(scope.pool, root_of(scope.document).section)
    return rule.refusal(address, (), message, scope.source, advice)


# --- its contents --------------------------------------------------------------------------------------------------


def observe(cloud: Cloud, scope: ReadScope, *, parallelism: int = 8) -> LiveState:
    """Read the live state.

    Args:
        cloud: Where to read.
        scope: What to read.
        parallelism: Maximum number of concurrent calls.

    Raises:
        CloudError: The pool itself could not be read.
    """
    answer, refusal = find(cloud, scope)
    if refusal:
        return LiveState(None, refusals=(refusal,))
    return around(cloud, scope, answer, parallelism=parallelism)


def around(cloud: Cloud, scope: ReadScope, answer: Tree | None, *, parallelism: int = 8) -> LiveState:
    """Read the contents of a pool that was already found.

    Args:
        cloud: Where to read.
        scope: What to read.
        answer: The pool's own answer, from `find`; None if it does not exist.
        parallelism: Maximum number of concurrent calls.
    """
    reader = _ObjectReader(cloud, scope, answer, parallelism)
    reader.read()
    return reader.live_state()


def inside(cloud: Cloud, scope: ReadScope, ids: Mapping[str, str], *, parallelism: int = 8) -> LiveState:
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
    reader = _ObjectReader(cloud, scope, None, parallelism, ids)
    reader.read()
    return reader.live_state()


def read_again(cloud: Cloud, observed: Observed) -> Tree | None:
    """Read one object again, as its fence before a write; None if it does not exist, or is a setting that is unset.

    Raises:
        CloudError: It could not be read.
    """
    kind = KINDS[observed.address.section]
    try:
        if kind.reading:
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


@dataclass(frozen=True, slots=True)
class _Job:
    """One object to read."""

    kind: ResourceKind
    address: Address
    ids: Mapping[str, str]
    item: Tree


_PLACES = {section: i for i, section in enumerate(KINDS)}


def _rank(address: Address) -> tuple[int, Address]:
    """Return the place of an object: in the order of the kinds, then by name."""
    return _PLACES[address.section], address


class _ObjectReader:
    """Reads one pool: lists first, then single objects, then their contents."""

    def __init__(
        self,
        cloud: Cloud,
        scope: ReadScope,
        answer: Tree | None,
        parallelism: int,
        ids: Mapping[str, str] | None = None,
    ) -> None:
        self._cloud = cloud
        self._parallelism = parallelism
        self._scope = scope
        self._root = root_of(scope.document)
        self._answer = answer or {}
        self._ids = _ids(self._root, {}, self._answer) if answer else dict(ids or {})
        self._objects: list[Observed] = []
        self._foreign: dict[Address, str] = {}
        self._beside: dict[Address, Tree] = {}
        self._gaps: list[Gap] = []
        self._unsure: list[Gap] = []
        """Failed reads that leave no object unknown."""
        self._notices: list[Notice] = []
        self._unavailable: list[Gap] = []
        self._known = {self._root.section}
        also = self._root.also_read(scope.declared, answer) if answer else ()
        self._whole = scope.sections.union(also)
        """Sections of which whole objects are read."""
        if answer:
            self._objects.append(Observed(self._address(self._root, ""), self._ids, _data(self._root, answer)))

    def read(self) -> None:
        kinds = [k for k in self._kinds() if not k.root and not k.outer]
        listed = side_by_side(self._first, [*kinds, None], at_once=self._parallelism)[:-1]
        self._known |= {k.section for k, items in zip(kinds, listed, strict=True) if items is not None}
        self._run_jobs([j for k, items in zip(kinds, listed, strict=True) for j in self._jobs(k, items or ())])
        self._run_jobs([j for k in self._kinds() if k.outer for j in self._inside(k)])

    def _first(self, kind: ResourceKind | None) -> list[Tree] | None:
        """Return the items of a kind; for None, look for what has paused writes, which needs no turn of its own."""
        if kind is not None:
            return self._list(kind)
        self._look_for_standstill()
        return None

    def live_state(self) -> LiveState:
        root = next((o for o in self._objects if o.address.section == self._root.section), None)
        unavailable = tuple(sorted(self._unavailable, key=lambda g: _rank(g.address)))
        failed = {g.address.section for g in (*self._gaps, *unavailable)}
        objects = tuple(sorted(self._objects, key=lambda o: _rank(o.address)))
        known, gaps = frozenset(self._known - failed), (*self._gaps, *self._unsure)
        notices = (*self._notices, *_stack(self._scope, self._answer))
        return LiveState(root, objects, known, self._foreign, gaps, unavailable, (), notices, self._beside)

    def _kinds(self) -> list[ResourceKind]:
        """Return the kinds to read: managed ones, and those that their rules or a change of the pool use."""
        managed = [k for k in KINDS.values() if k.section in self._scope.sections]
        used = () if self._scope.alone else (s for k in managed for s in k.read_with)
        needed = self._whole.union(used)
        return [k for k in KINDS.values() if k.section in needed]

    def _list(self, kind: ResourceKind) -> list[Tree] | None:
        """Return the items of a kind; a single object is one item. None if they could not be listed."""
        if kind.located:
            return [{kind.id_param: n} for n in self._scope.names.get(kind.section, ())]
        if kind.single:
            return [{}] if self._ids else []
        if kind.names:
            asked = self._scope.names.get(kind.section, ()) if self._readable(kind) else ()
            return [{kind.name_member: n} for n in dict.fromkeys((*kind.names(self._answer), *asked))]
        listing = self._address(kind, "")
        return self._try(listing, lambda: list(_items(self._cloud, kind, self._ids))) if self._ids else []

    def _readable(self, kind: ResourceKind) -> bool:
        """Whether an object can be read by its name; most belong to a pool, which may not exist yet."""
        if kind.surrounding and not is_outside(kind) and not self._ids:
            return False
        required = set(input_shape(kind.service, _required(kind.reading).operation).required)
        return required <= {*kind.to_params({**self._ids, kind.id_param: ""}), *kind.params}

    def _jobs(self, kind: ResourceKind, items: Iterable[Tree]) -> Iterator[_Job]:
        for item in items:
            name = str(item.get(kind.name_member, "")) if kind.name_member else ""
            own = {kind.id_param: kind.identifier(item)} if kind.id_param and item else {}
            yield _Job(kind, self._address(kind, name), {**self._ids, **own}, item)

    def _inside(self, kind: ResourceKind) -> Iterator[_Job]:
        """Read the contents of live objects: of declared ones, or of all that are selected."""
        outer = KINDS[kind.outer]
        live = [o for o in self._objects if o.address.section == kind.outer]
        select, also = self._scope.select_owners, self._scope.also_inside.get(kind.section)
        named = (*self._scope.owners.get(kind.section, ()), *(also(live) if also else ()))
        by_pin, by_name = grouped(live, lambda o: o.ids[outer.id_param]), grouped(live, lambda o: o.address.name)
        for owner in select(live) if select else named:
            found = by_pin.get(owner.pin, ()) if owner.pin else by_name.get(owner.name, ())
            if len(found) == 1:
                yield from self._inside_one(kind, owner.key, found[0])

    def _inside_one(self, kind: ResourceKind, key: str, holder: Observed) -> Iterator[_Job]:
        if not kind.in_owner(holder.data):
            return
        if kind.single:
            yield _Job(kind, self._address(kind, key), holder.ids, {})
            return
        names = kind.names(holder.data) if kind.names else ()
        items: Iterable[Tree] = [{kind.name_member: n} for n in names]
        if kind.listing:
            place = self._address(kind, key)
            items = self._try(place, lambda: list(_items(self._cloud, kind, holder.ids))) or ()
        for item in (i for i in items if _within(kind, i, holder.ids)):
            name = f"{key}/{_listed_name(kind, item)}"
            own = {kind.id_param: kind.identifier(item)} if kind.id_param and kind.identifier(item) else {}
            ids = {**holder.ids, **own}
            yield _Job(kind, self._address(kind, name), {**ids, kind.name_member: _listed_name(kind, item)}, item)

    def _run_jobs(self, jobs: list[_Job]) -> None:
        self._objects += [found for found in side_by_side(self._object, jobs, at_once=self._parallelism) if found]

    def _object(self, job: _Job) -> Observed | None:
        kind = job.kind
        answer: Tree | None = job.item
        if kind.gather:
            answer = self._try(job.address, lambda: _gathered(self._cloud, kind, job.ids))
        if kind.reading and (kind.section in self._whole or kind.single or kind.names):
            answer = self._try(job.address, lambda: _describe(self._cloud, kind, job.ids))
        if not answer:
            if answer is not None:  # it was read, and does not exist
                self._beside[job.address] = self._try(job.address, lambda: beside(self._cloud, kind, job.ids)) or {}
            return None
        owner = str(answer.get(self._root.id_param, ""))
        if owner and owner != self._ids.get(self._root.id_param):
            self._foreign[job.address] = owner
            return None
        whole = self._try(job.address, lambda: _whole(self._cloud, kind, job.ids, answer or {}))
        if whole is None:
            return None
        data = _data(kind, whole)
        if _unset(kind, data):
            return None
        return Observed(job.address, _ids(kind, job.ids, answer), data, kind.pending(whole) == LEAVING)

    def _look_for_standstill(self) -> None:
        """Look for what has paused writes to the pool.

        Configuration can be compared without knowing it, so a read that is denied, or that this endpoint does not
        have, is a notice.
        """
        standstill = self._root.standstill
        if not (self._scope.watched and standstill and self._answer and standstill.possible(self._answer)):
            return
        try:
            newest = next(iter(_listed(self._cloud, self._root, standstill.listing, self._ids)), {})
        except NotFound:
            return
        except CloudError as error:
            self._unknown_standstill(standstill, error)
            return
        said = standstill.report(newest)
        if said:
            self._notices.append(Notice(said, self._scope.source, standstill=True))

    def _unknown_standstill(self, standstill: Standstill, error: CloudError) -> None:
        if error.code in standstill.absent:
            return
        if isinstance(error, Denied | Unavailable):
            why = f"{error.operation} was refused with {error.code}"
            said = f"It is not known whether a {standstill.title} has paused writes to this pool: {why}."
            self._notices.append(Notice(said))
        else:
            self._unsure.append(gap(self._address(self._root, ""), error))

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
    reading: Reading = _required(kind.reading)
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
    known = members(model)
    result: Tree = {}
    for name, value in tree.items():
        member = known.get(name)
        keys = member.mark(SecretKeys) if member else None
        if member and member.has(Sensitive) and isinstance(value, str):
            result[name] = Secret(value, "live")
        elif keys and isinstance(value, dict):
            hidden = {k: Secret(v, "live") for k, v in value.items() if k in keys.names and isinstance(v, str)}
            result[name] = {**value, **hidden}
        elif member and member.shape == "structure" and member.model and isinstance(value, dict):
            result[name] = wrap(member.model, value)
        else:
            result[name] = value
    return result

"""Cloud → Observed: what is live, in as few calls as possible.

Only sections that the manifest manages are read, and those that their rules look at. Lists that return whole objects
replace one read per object. Calls that do not depend on each other run side by side; the adapter keeps the quotas.
What cannot be read becomes a gap, never an absence (design 3.10).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from reconciler.cloud import Cloud, pages
from reconciler.errors import CloudError, NotFound
from reconciler.kind import Reading, ResourceKind
from reconciler.kinds import KINDS, ROOT
from reconciler.model import Address, Gap, Observed, Path, Position, Refusal, Secret, Tree
from reconciler.shapes import input_shape, project
from schemas.base import ApiModel, SecretKeys, Sensitive, members

VOLATILE = frozenset({"CreationDate", "LastModifiedDate", "UserPoolId"})
"""Members of answers that say nothing about configuration."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for."""

    pool: str
    """Name of the document, which addresses begin with."""
    name: str
    """Name of the pool; must be unique unless an id is given."""
    id: str
    """Id of the pool, or empty."""
    sections: frozenset[str]
    """Sections to read whole."""
    names: Mapping[str, tuple[str, ...]]
    """Names to look up besides, for kinds without a list operation."""
    source: Position | None = None
    """Where the manifest names the pool."""


@dataclass(frozen=True, slots=True)
class World:
    """What is live."""

    root: Observed | None
    """The pool; None when there is none."""
    objects: tuple[Observed, ...] = ()
    """Everything that was read, the pool included."""
    known: frozenset[str] = frozenset()
    """Sections of which all objects are here."""
    foreign: Mapping[Address, str] | None = None
    """Names that are taken by another pool, with its id."""
    gaps: tuple[Gap, ...] = ()
    """What could not be read."""
    refusals: tuple[Refusal, ...] = ()
    """Why the pool could not be told."""

    def section(self, name: str) -> tuple[Observed, ...]:
        """Return the live objects of a section."""
        return tuple(o for o in self.objects if o.address.section == name)


# --- the pool ------------------------------------------------------------------------------------------------------


def find(cloud: Cloud, wanted: Wanted) -> tuple[Tree | None, Refusal | None]:
    """Find the pool by its id, or by a name that only one pool has.

    Returns:
        The pool's own answer, or None when there is none; and why it could not be told, if it could not.
    """
    if wanted.id:
        return _pinned(cloud, wanted)
    found = [i for i in _items(cloud, ROOT, {}) if i.get("Name") == wanted.name]
    if len(found) > 1:
        ids = ", ".join(sorted(ROOT.identifier(i) for i in found))
        return None, _root_refusal(
            wanted,
            "ambiguous",
            f"{len(found)} pools are called {wanted.name!r}: {ids}.",
            "Names are not unique: write the id of the one that is meant as `id:` into the manifest.",
        )
    return (_describe(cloud, ROOT, {ROOT.id_param: ROOT.identifier(found[0])}) if found else None), None


def _pinned(cloud: Cloud, wanted: Wanted) -> tuple[Tree | None, Refusal | None]:
    try:
        return _describe(cloud, ROOT, {ROOT.id_param: wanted.id}), None
    except NotFound:
        return None, _root_refusal(
            wanted,
            "missing",
            f"There is no pool with the id {wanted.id} here.",
            "Check account, Region and id; remove `id:` to have a new pool made.",
        )


def _root_refusal(wanted: Wanted, rule: str, message: str, advice: str) -> Refusal:
    return Refusal(Address(wanted.pool, ROOT.section), rule, (), message, advice, wanted.source)


# --- everything in it ----------------------------------------------------------------------------------------------


def observe(cloud: Cloud, wanted: Wanted, *, parallelism: int = 8) -> World:
    """Read what is live.

    Args:
        cloud: Where to read.
        wanted: What to look for.
        parallelism: How many calls may be under way at once.

    Raises:
        CloudError: The pool itself could not be read.
    """
    answer, refusal = find(cloud, wanted)
    if refusal:
        return World(None, refusals=(refusal,))
    reader = _Reader(cloud, wanted, answer)
    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        reader.read(pool)
    return reader.world()


def read_again(cloud: Cloud, observed: Observed) -> Tree | None:
    """Read one object again, as its fence before a write; None when it is gone.

    Raises:
        CloudError: It could not be read.
    """
    kind = KINDS[observed.address.section]
    try:
        if kind.reading:
            answer = _describe(cloud, kind, observed.ids)
            return _data(kind, answer) if answer else None
        return next((_data(kind, i) for i in _items(cloud, kind, observed.ids) if _is(kind, i, observed)), None)
    except NotFound:
        return None


def status(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> str:
    """Return the service's word for "still busy" with an object, or nothing when it is ready."""
    return kind.pending(_describe(cloud, kind, ids)) if kind.reading else ""


def live_names(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and identifier of all live objects of a kind: the fence before a creation."""
    member = "Name" if kind.root else kind.name_member
    return [(str(i.get(member, "")), kind.identifier(i)) for i in _items(cloud, kind, ids)] if kind.listing else []


def _is(kind: ResourceKind, item: Tree, observed: Observed) -> bool:
    return kind.identifier(item) == observed.ids[kind.id_param]


class _Reader:
    """One reading of one pool: two waves of calls, lists first, then single objects."""

    def __init__(self, cloud: Cloud, wanted: Wanted, answer: Tree | None) -> None:
        self._cloud = cloud
        self._wanted = wanted
        self._answer = answer or {}
        self._ids = _ids(ROOT, {}, self._answer) if answer else {}
        self._objects: list[Observed] = []
        self._foreign: dict[Address, str] = {}
        self._gaps: list[Gap] = []
        self._known = {ROOT.section}
        if answer:
            self._objects.append(Observed(self._address(ROOT, ""), self._ids, _data(ROOT, answer)))

    def read(self, pool: ThreadPoolExecutor) -> None:
        kinds = [k for k in self._kinds() if not k.root]
        listed = list(pool.map(self._list, kinds))
        jobs = [(k, item) for k, items in zip(kinds, listed, strict=True) for item in items or ()]
        for found in pool.map(lambda job: self._object(*job), jobs):
            if found:
                self._objects.append(found)
        self._known |= {k.section for k, items in zip(kinds, listed, strict=True) if items is not None}

    def world(self) -> World:
        root = next((o for o in self._objects if o.address.section == ROOT.section), None)
        failed = {g.address.section for g in self._gaps}
        objects = tuple(sorted(self._objects, key=lambda o: (list(KINDS).index(o.address.section), o.address)))
        return World(root, objects, frozenset(self._known - failed), self._foreign, tuple(self._gaps))

    def _kinds(self) -> list[ResourceKind]:
        """The kinds to read: those that are managed, and those that their rules look at."""
        managed = [k for k in KINDS.values() if k.section in self._wanted.sections]
        needed = {s for k in managed for s in k.stands_on} | self._wanted.sections
        return [k for k in KINDS.values() if k.section in needed]

    def _list(self, kind: ResourceKind) -> list[Tree] | None:
        """Return the items of a kind; a single object is one item. None when they could not be listed."""
        if kind.single:
            return [{}] if self._ids else []
        if kind.names:
            asked = self._wanted.names.get(kind.section, ())
            return [{kind.name_member: n} for n in dict.fromkeys((*kind.names(self._answer), *asked))]
        return self._try(kind, "", lambda: list(_items(self._cloud, kind, self._ids))) if self._ids else []

    def _object(self, kind: ResourceKind, item: Tree) -> Observed | None:
        name = str(item.get(kind.name_member, "")) if kind.name_member else ""
        ids = {**self._ids, **({kind.id_param: kind.identifier(item)} if kind.id_param else {})}
        answer: Tree | None = item
        if kind.reading and (kind.section in self._wanted.sections or kind.single or kind.names):
            answer = self._try(kind, name, lambda: _describe(self._cloud, kind, ids))
        if not answer:
            return None
        address = self._address(kind, name)
        owner = str(answer.get(ROOT.id_param, ""))
        if owner and owner != self._ids.get(ROOT.id_param):
            self._foreign[address] = owner
            return None
        return Observed(address, ids, _data(kind, answer))

    def _try(self, kind: ResourceKind, name: str, call: Callable[[], Any]) -> Any:
        """Carry out a read; note a gap when it is refused, and nothing when the object has just gone."""
        try:
            return call()
        except NotFound:
            return None if name else []
        except CloudError as error:
            self._gaps.append(Gap(self._address(kind, name), error.operation, f"{error.code}: {error.message}"))
            return None

    def _address(self, kind: ResourceKind, name: str) -> Address:
        return Address(self._wanted.pool, kind.section, name)


# --- calls and answers ---------------------------------------------------------------------------------------------


def _items(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Iterable[Tree]:
    listing = _required(kind.listing)
    params = {**_for(kind, listing.operation, ids), listing.page[0]: listing.page[1]}
    return pages(cloud, kind.service, listing.operation, params, listing.items)


def _describe(cloud: Cloud, kind: ResourceKind, ids: Mapping[str, Any]) -> Tree:
    reading: Reading = _required(kind.reading)
    answer = cloud.call(kind.service, reading.operation, _for(kind, reading.operation, ids))
    return answer.get(reading.result) or {} if reading.result else answer


def _required(value: Any) -> Any:
    if value is None:  # pragma: no cover - the tables are checked by the meta-tests
        msg = "the kind's table lacks this operation"
        raise LookupError(msg)
    return value


def _for(kind: ResourceKind, operation: str, ids: Mapping[str, Any]) -> Tree:
    """The identifiers that an operation takes."""
    return project(dict(ids), input_shape(kind.service, operation))  # type: ignore[no-any-return]


def _ids(kind: ResourceKind, parent: Mapping[str, str], answer: Tree) -> dict[str, str]:
    own = {kind.id_param: kind.identifier(answer)} if kind.id_param else {}
    return {**parent, **own, **{p: str(answer[m]) for p, m in kind.extra_ids.items() if m in answer}}


def _data(kind: ResourceKind, answer: Tree) -> Tree:
    """The answer in the spelling of the input, without what is not configuration, with its secrets wrapped."""
    adopted = kind.adopt({k: v for k, v in answer.items() if k not in VOLATILE})
    return wrap(kind.model, adopted)


def wrap(model: type[ApiModel], tree: Tree, path: Path = ()) -> Tree:
    """Wrap the secrets of a live object, so that nothing can show them by accident."""
    known = members(model)
    result: Tree = {}
    for name, value in tree.items():
        member = known.get(name)
        keys = member.mark(SecretKeys) if member else None
        if member and member.has(Sensitive) and isinstance(value, str):
            result[name] = Secret(value, "live")
        elif keys and isinstance(value, dict):
            result[name] = {k: Secret(v, "live") if k in keys.names else v for k, v in value.items()}
        elif member and member.shape == "structure" and member.model and isinstance(value, dict):
            result[name] = wrap(member.model, value, (*path, name))
        else:
            result[name] = value
    return result

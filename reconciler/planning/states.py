"""What is live and what would be, in the form that rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind, State
from reconciler.model import Action, Address, Observed, ResourceChange, Target, Tree
from reconciler.values.merge import overlay, shared_defaults
from schemas.records import replace

if TYPE_CHECKING:  # `validate` reads no pool
    from reconciler.manifests.manifest import Manifest
    from reconciler.observing.observer import LiveState


def by_key(live_state: LiveState, changes: Iterable[ResourceChange]) -> LiveState:
    """Return what is live with managed objects under the keys that the manifest gives them.

    A live object is found under its live name, which the manifest may declare otherwise than as the key. Rules would
    see such an object twice, as it is and as it will be, and name it as it is called live.

    Args:
        live_state: What is live.
        changes: All changes of a plan, which say what each declared object is.
    """
    keys = {_identity(c.address.section, c.ids): c.address.name for c in changes if c.before is not None}
    found = [(o, _keyed(o, keys)) for o in live_state.objects]
    same = [o for o, address in found if address == o.address]
    renamed = [replace(o, address=address) for o, address in found if address != o.address]
    return replace(live_state, objects=(*same, *renamed)) if renamed else live_state  # the managed one of two counts


def _identity(section: str, ids: Mapping[str, Any]) -> tuple[str, str]:
    return section, str(ids.get(KINDS[section].id_param, ""))


def _keyed(observed: Observed, keys: Mapping[tuple[str, str], str]) -> Address:
    """Return the address of a live object with the key of itself, or of what it is inside of."""
    address, outer = observed.address, KINDS[observed.address.section].outer
    if not outer:
        return _called(address, keys.get(_identity(address.section, observed.ids), address.name))
    owner, slash, rest = address.name.partition("/")
    return _called(address, f"{keys.get(_identity(outer, observed.ids), owner)}{slash}{rest}")


def _called(address: Address, name: str) -> Address:
    return address if name == address.name else replace(address, name=name)


def current_state(live_state: LiveState, target: Target) -> State:
    """Return what is live; empty when there is no pool yet."""
    objects = {o.address: o.data for o in live_state.objects if o.whole}
    named = _named(live_state)
    return State(objects, live_state.known, target.region, target.account, named=named)


def _named(live_state: LiveState) -> frozenset[Address]:
    """Return the objects of which only the name was read."""
    return frozenset(o.address for o in live_state.objects if not o.whole)


def planned_state(changes: Sequence[ResourceChange], live_state: LiveState, target: Target) -> State:
    """Return what would be live after some changes: declared objects over all the others that are there."""
    objects: dict[Address, Tree] = {o.address: o.data for o in live_state.objects if o.whole}
    for change in changes:
        if change.action is Action.DELETE:
            objects.pop(change.address, None)
        elif change.after is not None:
            objects[change.address] = _planned(change)
    written = frozenset(c.address for c in changes if c.action not in (Action.NONE, Action.DELETE))
    made = frozenset(c.address for c in changes if c.action in (Action.CREATE, Action.REPLACE))
    named = _named(live_state) - objects.keys()
    return State(objects, live_state.known, target.region, target.account, written=written, made=made, named=named)


def new_state(manifest: Manifest) -> State:
    """Return what would be live if a manifest were applied where nothing is yet: declared over Cognito's defaults.

    A setting that every pool has is there even if it is not declared, unless the manifest is about a pool that exists
    (`id`, or a part that does not make it): then what it does not manage may be anything. Of a pool of which parts are
    missing, nothing is known to be complete.
    """
    alone = manifest.alone
    objects = {s.address: _made(s.address, {} if s.reset else alone[s.address]) for s in manifest.specs}
    exists = manifest.pool_id or manifest.is_guest or not manifest.is_whole
    if not exists:
        for address in _undeclared_settings(manifest):
            objects.setdefault(address, _made(address, {}))
    known = manifest.sections if exists else _sections(manifest.kind)
    known = known if manifest.is_whole else frozenset()
    new = frozenset(objects)
    return State(objects, known, manifest.region, manifest.account, made=new, written=new)


@cache
def _sections(document: str) -> frozenset[str]:
    """Return the sections of a kind of document."""
    return frozenset(kind.section for kind in KINDS.values() if kind.document == document)


@cache
def _new_settings(document: str) -> tuple[ResourceKind, ...]:
    """Return the kinds of settings that come with a new pool, or with each of its objects."""
    every = (kind for kind in KINDS.values() if kind.document == document)
    return tuple(kind for kind in every if kind.single and not kind.create and kind.initial())


def _undeclared_settings(manifest: Manifest) -> Iterator[Address]:
    """Yield the addresses of the settings that come with a new pool and with each of its declared objects."""
    for kind in _new_settings(manifest.kind):
        owners = [s.address.name for s in manifest.section(kind.outer)] if kind.outer else [""]
        yield from (Address(manifest.name, kind.section, owner) for owner in owners)


def stays(change: ResourceChange) -> bool:
    """Return whether an object stays as it is live, in whatever order it is declared; what is only watched may not."""
    return change.action is Action.NONE and change.before is not None and not KINDS[change.address.section].watched


def _planned(change: ResourceChange) -> Tree:
    after = change.after or {}
    if change.before is None:  # the service fills in the rest when it makes the object
        return _made(change.address, after, change.declared)
    return change.before if stays(change) else after


def _made(address: Address, after: Tree, declared: Tree | None = None) -> Tree:
    kind = KINDS[address.section]
    base = shared_defaults(kind.model) if kind.create else kind.initial()  # a setting comes with what it belongs to
    return kind.computed(overlay(kind.model, base, after), after if declared is None else declared)

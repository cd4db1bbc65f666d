"""What another case of a definition has otherwise → an overlay of the manifest.

Both cases are exported in the same way and compared; the manifest itself says where a difference belongs, because its
values may be live ones. Objects are matched by what identifies them, and the overlay never has an identifier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from reconciler.cloud.port import Identity
from reconciler.export import exporter
from reconciler.export.exporter import Exported, Promise, Style
from reconciler.export.owned_part import part_of
from reconciler.importing import as_live
from reconciler.importing.owned import OwnedObject, document_of, valued
from reconciler.kinds import KINDS
from reconciler.manifests.overlays import DELETE
from reconciler.manifests.writer import Flow, LiveText, blocks
from reconciler.model import Observed, Path, Tree
from schemas.base import Pin, members


class _Pinned(NamedTuple):
    """A section whose keys are names, and whose objects are identified by something else."""

    section: str
    pin: str
    """The member that identifies an object."""
    name: str
    """The member that is its key."""


def _pinned(tree: Tree) -> Iterator[_Pinned]:
    """Yield the sections of a document whose keys do not identify their objects."""
    for section, objects in tree.items():
        kind = KINDS[section]
        pin = next((member.name for member in members(kind.model).values() if member.has(Pin)), "")
        if pin and not kind.single and _merges(objects):
            yield _Pinned(section, pin, kind.name_member)


class _Nothing:
    """What there is where there is nothing."""


GONE = _Nothing()

REMOVED = Flow({DELETE: True})
"""Takes away what the manifest has."""


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A value that one of the cases sets and does not know."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Beside:
    """A value in a file of its own: equal to one with the same content."""

    content: bytes = field(repr=False)
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class CaseOverlay:
    """What an overlay has."""

    tree: Tree = field(repr=False)
    """The overlay as the writer takes it; empty if the cases do not differ."""
    files: Mapping[str, bytes] = field(repr=False)
    """Files that it refers to, by path relative to it."""
    promises: tuple[Promise, ...]
    """Secrets that it refers to, and that the manifest does not."""
    unknown: Mapping[Path, str]
    """Members whose value in that case is not known, with the reason."""

    def text(self, comments: Iterable[str]) -> str:
        """Return its text.

        Args:
            comments: Lines that it begins with.
        """
        lines = [f"# {line}" for line in comments]
        if self.promises:
            lines.append("# This file contains no secrets. Before you plan, store them as:")
        for promise in self.promises:
            never = "" if promise.shown else "  (Cognito never returns it: get it from its source)"
            lines.append(f"#   ${promise.kind} {promise.target}  for {promise.address}{never}")
        return "\n".join((*lines, *blocks(self.tree, 0)))


def overlay(
    base: Exported,
    own: Sequence[OwnedObject],
    other: Sequence[OwnedObject],
    style: Style,
    taken: Sequence[str] = (),
) -> CaseOverlay:
    """Return what the objects of one pool have otherwise in another case.

    Args:
        base: The manifest that it is laid over.
        own: What the definition owns of the pool in the case that the manifest has.
        other: What it owns in the other case.
        style: How the manifest was written.
        taken: Targets of references to secrets that other manifests have.
    """
    if not other:
        return CaseOverlay(dict.fromkeys(base.tree, REMOVED), {}, (), {})
    whole = replace(style, mode="full")
    trees = [_exported(objects, whole, base.slug, taken) for objects in (own, other)]
    wanted = _exported(other, style, base.slug, taken)
    here, there = (_by_id(_marked(_held(one), objects)) for one, objects in zip(trees, (own, other), strict=True))
    difference = _CaseDifference()
    layer = difference.between(_by_id(_held(base)), here, there, _by_id(_held(wanted)))
    files: dict[str, bytes] = {}
    tree = _written(_with_keys(layer, base.tree), files)
    needed = {target for flow in _references(tree) for target in flow.values()}
    known = {promise.target for promise in base.promises}
    promises = tuple(p for p in wanted.promises if p.target in needed - known)
    unknown = {_named(path, there): reason for path, reason in difference.unknown.items()}
    return CaseOverlay(tree, files, promises, unknown)


def _exported(objects: Sequence[OwnedObject], style: Style, slug: str, taken: Sequence[str]) -> Exported:
    known = valued(objects)
    if not known:
        return Exported(slug, "")
    document, nowhere = document_of(known), Identity("", "")
    state = as_live.live_state(known)
    return exporter.export(document, state, nowhere, style, slug, taken=taken, part=part_of(known))


# --- trees that can be compared ------------------------------------------------------------------------------------


def _held(one: Exported) -> Tree:
    """Return the sections of a manifest with the content of its files."""

    def held(value: Any) -> Any:
        if isinstance(value, Flow):
            return _Beside(one.files[value["$file"]], value["$file"]) if "$file" in value else value
        if isinstance(value, dict):
            return {key: held(inner) for key, inner in value.items()}
        return [held(item) for item in value] if isinstance(value, list) else value

    found: Tree = held(one.tree)
    return found


def _marked(tree: Tree, objects: Sequence[OwnedObject]) -> Tree:
    """Mark in a tree what its case sets and does not know."""
    state = as_live.live_state(objects)
    live = {(o.address.section, *o.ids.values()): o for o in state.objects}
    for one in objects:
        place = _place(live[one.section, *one.ids.values()])
        for path, reason in one.unknown.items():
            _mark(tree, (*place, *path), _Unknown(reason))
    return tree


def _place(observed: Observed) -> Path:
    """Return where a manifest has an object."""
    kind, name = KINDS[observed.address.section], observed.address.name
    outer, _, inner = kind.section.partition(".")
    if not inner:
        return (outer,) if kind.single else (outer, name)
    if kind.single:
        return (outer, name, inner)
    owner, _, own = name.rpartition("/")
    return (outer, owner, inner, own)


def _mark(tree: Tree, path: Path, mark: _Unknown) -> None:
    *steps, last = map(str, path)
    for step in steps:
        inner = tree.setdefault(step, {})
        if not _merges(inner):
            return
        tree = inner
    tree.setdefault(last, mark)


def _by_id(tree: Tree) -> Tree:
    """Return sections in which objects that have an id are by it, each with the name that it has."""
    found = dict(tree)
    for section, pin, name in _pinned(tree):
        named = {key: {**one, name: one.get(name, key)} for key, one in tree[section].items()}
        found[section] = {one.get(pin, key): one for key, one in named.items()}
    return found


def _merges(value: Any) -> bool:
    """Whether an overlay goes into a value: a reference is one value."""
    return isinstance(value, dict) and not isinstance(value, Flow)


# --- the difference ------------------------------------------------------------------------------------------------


class _CaseDifference:
    """Collects what one case has otherwise than the other."""

    def __init__(self) -> None:
        self.unknown: dict[Path, str] = {}
        """Members that the other case sets to something that is not known."""

    def between(self, base: Any, own: Any, other: Any, wanted: Any, path: Path = ()) -> Tree:
        """Return what is to be laid over a map of the manifest.

        Args:
            base: The map in the manifest.
            own: In the case that the manifest has, with every member, and what is not known.
            other: The same in the other case.
            wanted: As the manifest would have it in the other case.
            path: Its place.
        """
        layer: Tree = {}
        for key in [*other, *(key for key in own if key not in other)]:
            before, after = (each.get(key, GONE) for each in (own, other))
            if before != after:
                here, there = (each.get(key, GONE) if _merges(each) else GONE for each in (base, wanted))
                laid = self._laid(here, before, after, there, (*path, key))
                if laid is not GONE:
                    layer[key] = laid
        return layer

    def _laid(self, base: Any, own: Any, other: Any, wanted: Any, path: Path) -> Any:
        """Return what is laid over one value, or GONE for nothing."""
        if _is_object(path) and own is not GONE and base is GONE:
            return GONE  # the definition has it, and the live pool does not
        if other is GONE or isinstance(other, _Unknown):
            self._note(other, path)
            return REMOVED if base is not GONE else GONE
        if _merges(other) and _merges(base):
            inner = self.between(base, own if _merges(own) else base, other, wanted, path)
            emptied = wanted is GONE and all(inner.get(key) is REMOVED for key in base) and len(inner) == len(base)
            return (REMOVED if emptied else inner) if inner else GONE
        self._note(other, path)
        if base is GONE:
            return wanted
        return GONE if base == other else _known(other)

    def _note(self, value: Any, path: Path) -> None:
        if isinstance(value, _Unknown):
            self.unknown[path] = value.reason
        elif _merges(value):
            for key, inner in value.items():
                self._note(inner, (*path, key))


def _is_object(path: Path) -> bool:
    """Whether a path is that of one of several objects, by their key."""
    section = ".".join(str(step) for step in path[::2])
    return len(path) % 2 == 0 and section in KINDS and not KINDS[section].single


def _known(value: Any) -> Any:
    """Return a value without what is not known in it."""
    if not _merges(value):
        return value
    inner = {key: _known(part) for key, part in value.items() if not isinstance(part, _Unknown)}
    return {key: part for key, part in inner.items() if part != {} or value[key] == {}}


def keys_of(tree: Tree) -> dict[str, str]:
    """Return the keys of the objects that have an id, by it.

    Args:
        tree: Sections of a manifest.
    """
    return {
        str(one[pin]): str(key) for section, pin, _ in _pinned(tree) for key, one in tree[section].items() if pin in one
    }


# --- writing -------------------------------------------------------------------------------------------------------


def _with_keys(layer: Tree, base: Tree) -> Tree:
    """Return an overlay in which objects have the keys of the manifest, and none of them an identifier."""
    found = dict(layer)
    for section, pin, name in _pinned(layer):
        keys = {one.get(pin, key): key for key, one in base.get(section, {}).items()}
        taken = {str(key).casefold() for key in keys.values()}
        found[section] = {}
        for identifier, one in layer[section].items():
            key, inner = keys.get(identifier), one
            if key is None:
                key = LiveText(exporter.free(str(one[name]), taken, "-"))
                taken.add(key.casefold())
                inner = {k: v for k, v in one.items() if k != pin and not (k == name and v == key)}
            found[section][key] = inner
    return found


def _written(value: Any, files: dict[str, bytes]) -> Any:
    """Return a value as the writer takes it, and add the files that it refers to."""
    if isinstance(value, _Beside):
        files[value.name] = value.content
        return Flow({"$file": value.name})
    if _merges(value):
        return {key: _written(inner, files) for key, inner in value.items()}
    return [_written(item, files) for item in value] if isinstance(value, list) else value


def _named(path: Path, tree: Tree) -> Path:
    """Return a path with the name of an object in place of its id."""
    name = next((pinned.name for pinned in _pinned(tree) if pinned.section == path[0]), "")
    if not name or len(path) == 1:
        return path
    return (path[0], str(tree[str(path[0])][path[1]][name]), *path[2:])


def _references(value: Any) -> Iterator[Flow]:
    if isinstance(value, Flow):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)

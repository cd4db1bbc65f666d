"""Sections that an export has to be asked for: what surrounds a pool, and users.

Such a section implies much of what it holds and members of other sections too: the trust of a role, the ARN of the role
in the pool. What follows from the section is not written, as it names the pool and would be wrong for another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from reconciler.cloud.port import Identity
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Around, LeftAside, ResourceKind
from reconciler.model import Tree
from reconciler.observing.observer import LiveState
from reconciler.values.differ import diff

SECTIONS = tuple(k.section for k in KINDS.values() if k.surrounding or k.declared_only)
"""The sections, in the order of the kinds."""

Place = tuple[str, str]
"""Section and name of an object."""


def surroundings(live_state: LiveState, identity: Identity) -> Around:
    """Return a live pool as something that is declared as it is."""

    def live(section: str) -> Mapping[str, Tree]:
        return {o.address.name: o.data for o in live_state.section(section)}

    ids = live_state.root.ids if live_state.root else {}
    return Around(live, live, ids, identity.account, identity.region)


def left_aside(around: Around, sections: Collection[str]) -> dict[str, tuple[LeftAside, ...]]:
    """Return what some sections cannot declare of a live pool, by section.

    Args:
        around: The live pool.
        sections: Sections that were asked for, and that could be read.
    """
    found = {s: KINDS[s].surrounding for s in SECTIONS if s in sections}
    return {section: tuple(s.unfit(around)) for section, s in found.items() if s}


class Implications:
    """What the sections of an export imply, and a manifest therefore does not say."""

    def __init__(self, around: Around, sections: Collection[str]) -> None:
        self._kinds = [KINDS[s] for s in SECTIONS if s in sections and KINDS[s].surrounding]
        self._own = _implied(around, self._kinds)
        self._alone = _implied(_without(around, {s: {} for s in sections}), self._kinds)
        """What is implied of the objects of these sections if none of them is declared."""
        self._others = {p: tree for p, tree in self._own.items() if p[0] not in sections}
        self._follows = _implied(_without(around, dict(self._by_section())), self._kinds) if self._others else {}
        """What follows for other sections although nothing of it is declared or live."""

    def _by_section(self) -> Iterator[tuple[str, Mapping[str, Tree]]]:
        for section in {section for section, _ in self._others}:
            yield section, {name: tree for (s, name), tree in self._others.items() if s == section}

    def left(self, kind: ResourceKind, name: str, tree: Tree, live: Tree) -> Tree:
        """Return what a manifest has to say of an object.

        Args:
            kind: Its kind.
            name: Its name.
            tree: What an export would write.
            live: The object as it is.
        """
        place = (kind.section, name)
        if place in self._others:
            return _minus(tree, self._follows.get(place, {}), live)
        implied = self._own.get(place)
        return _completed(kind, tree, implied, live) if implied else tree

    def is_implied(self, kind: ResourceKind, name: str, tree: Tree) -> bool:
        """Return whether an object need not be written at all, as the section alone implies it."""
        return not tree and not kind.single and (kind.section, name) in self._alone


def _implied(around: Around, kinds: Collection[ResourceKind]) -> dict[Place, Tree]:
    found: dict[Place, Tree] = {}
    for kind in kinds:
        implies = kind.surrounding.implies if kind.surrounding else None
        for one in implies(around) if implies else ():
            place = (one.section, one.name)
            found[place] = {**found.get(place, {}), **one.tree}
    return found


def _without(around: Around, gone: Mapping[str, Mapping[str, Tree]]) -> Around:
    """Return the surroundings without some members of the objects of some sections, declared or live.

    Args:
        around: The surroundings.
        gone: By section and name, a tree with these members; an empty map takes away the whole section as declared.
    """

    def kept(objects: Mapping[str, Tree], section: str) -> Mapping[str, Tree]:
        return {name: _pruned(tree, gone[section].get(name, {})) for name, tree in objects.items()}

    def declared(section: str) -> Mapping[str, Tree]:
        if section not in gone:
            return around.declared(section)
        return kept(around.declared(section), section) if gone[section] else {}

    def live(section: str) -> Mapping[str, Tree]:
        return kept(around.live(section), section) if gone.get(section) else around.live(section)

    return replace(around, declared=declared, live=live)


def _pruned(tree: Tree, gone: Tree) -> Tree:
    """Return a tree without the leaves of another one; structures stay, even if they are empty."""
    result: Tree = {}
    for name, value in tree.items():
        inner = gone.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            result[name] = _pruned(value, inner)
        elif name not in gone:
            result[name] = value
    return result


def _minus(tree: Tree, follows: Tree, live: Tree) -> Tree:
    """Return a tree without the members that are live as they follow, and without structures that this empties."""
    result: Tree = {}
    for name, value in tree.items():
        said, found = follows.get(name), live.get(name)
        if isinstance(value, dict) and isinstance(said, dict) and isinstance(found, dict):
            inner = _minus(value, said, found)
            if inner or not value:
                result[name] = inner
        elif said is None or said != found:
            result[name] = value
    return result


def _completed(kind: ResourceKind, tree: Tree, implied: Tree, live: Tree) -> Tree:
    """Leave out what is live as it is implied, and say null for what is implied and not live."""
    held = {name for name in implied if _holds(kind, name, implied, live)}
    nulls = {name: None for name in implied if name not in held and live.get(name) is None}
    return {**{name: value for name, value in tree.items() if name not in held}, **nulls}


def _holds(kind: ResourceKind, name: str, implied: Tree, live: Tree) -> bool:
    """Return whether a member is live as it is implied, or means the same."""
    said, path = {name: implied[name]}, (name,)
    return path in kind.equivalent(said, live) or (name in live and not diff(kind.model, said, {name: live[name]}))


def explained(section: str, aside: LeftAside) -> str:
    """Return one sentence or two about something that is left out."""
    what = f"{section}/{aside.name}" if aside.name else section
    return f"{what} is left out: {aside.reason}"

"""Lays what one environment has of its own over what all environments share.

It works on documents as they were read, before references are followed, so that an overlay may bring references of its
own and a variable may not undo a lock. Every value keeps the place that it came from: an operator who asks where a
setting of production comes from is led to the one line that says it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from reconciler.errors import Problem
from reconciler.manifests import overlaid_items
from reconciler.manifests.documents import FAILED, RawDocument, nearest
from reconciler.manifests.generated.conditions import LOCKED, is_wrapper
from reconciler.manifests.overlaid_items import OverlaidItem
from reconciler.model import Path, Position, Tree, dotted
from schemas.documents import DEFAULT
from schemas.generated_forms import WHEN
from schemas.globs import meets, overlap
from schemas.records import replace

T = TypeVar("T")

DELETE = "$delete"
"""The only key of a map that takes away what it is laid over."""

IGNORE = "ignore"
"""The key of a document that lists what is neither compared nor written."""


def merge(
    documents: Sequence[RawDocument], overlays: Mapping[str, Sequence[RawDocument]]
) -> tuple[list[RawDocument], list[Problem]]:
    """Lay overlays over documents: maps merge, everything else replaces, `{$delete: true}` takes away.

    Items that a base declares of a list (`$include`, `$exclude`) merge with those of an overlay, which has the last
    word about each of them.

    Documents of one file are matched by their order and not by the names of their pools, because the name is what an
    environment is most likely to change.

    Args:
        documents: As read.
        overlays: By the file of the documents, the documents that are laid over them.

    Returns:
        The documents in their order, with the values and places of the overlays, and everything that is wrong. Their
        `start` is still that of the base.
    """
    problems: list[Problem] = []
    merged = []
    for document in documents:
        layer = next((o for o in overlays.get(document.file, ()) if o.index == document.index), None)
        merged.append(_Merge(document, layer, problems).document() if layer else document)
    return merged, [*problems, *_without_base(documents, overlays)]


def _without_base(documents: Sequence[RawDocument], overlays: Mapping[str, Sequence[RawDocument]]) -> Iterator[Problem]:
    known = {(d.file, d.index) for d in documents}
    for file, layers in overlays.items():
        for layer in layers:
            if (file, layer.index) not in known:
                message = f"this overlays document {layer.index + 1} of {file}, which does not exist."
                yield Problem(layer.start, "", message, "Documents of a file are matched by their order.")


class _Merge:
    """One document with one overlay."""

    def __init__(self, base: RawDocument, layer: RawDocument, problems: list[Problem]) -> None:
        self._base = base
        self._layer = layer
        self._problems = problems
        self._taken: set[Path] = set()  # paths whose values come from the overlay
        self._gone: set[Path] = set()
        self._items: list[OverlaidItem] = []  # of lists of which both declare single items

    def document(self) -> RawDocument:
        """Return the base as the overlay makes it."""
        if DELETE in self._layer.tree:
            self._say((DELETE,), "a whole document cannot be deleted.", f"Remove {DELETE}.")
            return self._base
        if self._is_other_kind():
            return self._base
        tree = self._map(self._base.tree, self._layer.tree, ())
        self._keep_locks(tree)
        return replace(
            self._base,
            tree=tree,
            positions=self._places(self._base.positions, self._layer.positions),
            keys=self._places(self._base.keys, self._layer.keys),
            blanks=frozenset(self._places(dict.fromkeys(self._base.blanks), dict.fromkeys(self._layer.blanks))),
            forms=self._base.forms | self._layer.forms,
            origins=self._places(self._base.origins, self._layer.origins),
            conditions=self._places(self._base.conditions, self._layer.conditions),
            references=None,
        )

    def _is_other_kind(self) -> bool:
        ours, theirs = (d.tree.get("kind", DEFAULT) for d in (self._base, self._layer))
        other = "kind" in self._layer.tree and ours != theirs
        if other:
            message = f"the overlay is for another kind of document than {self._base.start}."
            self._say(("kind",), message, "Documents of a file are matched by their order; leave kind out.")
        return other

    # --- values

    def _map(self, base: Tree, layer: Tree, path: Path) -> Tree:
        result = dict(base)
        for key, value in layer.items():
            here = (*path, key)
            if isinstance(value, dict) and DELETE in value:
                self._delete(result, value, here)
            elif _is_plain(value) and _is_plain(base.get(key)):
                result[key] = self._map(base[key], value, here)
            elif overlaid_items.are_items(value) and overlaid_items.are_items(base.get(key)):
                self._taken.add(here)
                result[key] = self._merged_items(base[key], self._whole(value, here), here)
            else:
                self._taken.add(here)
                result[key] = self._whole(value, here)
        return result

    def _merged_items(self, base: Tree, layer: Tree, path: Path) -> Tree:
        """Merge the items of a list, and note where each comes from."""
        found = overlaid_items.overlaid(base, layer, path)
        self._items += found
        return overlaid_items.form_of(found, base, layer)

    def _delete(self, result: Tree, value: Tree, path: Path) -> None:
        if value != {DELETE: True} or value[DELETE] is not True:
            self._say(path, f"{DELETE} must be the only key and be true.", f"Write {{{DELETE}: true}}.")
        elif path[-1] not in result:
            around = nearest(self._base.positions, path) or self._base.start
            self._say(path, f"there is nothing to delete at {around}.", "Check the spelling, or remove it.")
        else:
            del result[str(path[-1])]
            self._gone.add(path)

    def _whole(self, value: Any, path: Path) -> Any:
        """Return something that is taken whole, in which there is nothing to delete."""
        if isinstance(value, dict) and DELETE in value:
            within = isinstance(path[-1], int)
            message = "an item of a list cannot be deleted." if within else "there is nothing to delete in the base."
            self._say(path, message, "Write the whole list." if within else "Remove it.")
            return FAILED
        if isinstance(value, dict):
            return {key: self._whole(inner, (*path, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._whole(item, (*path, i)) for i, item in enumerate(value)]
        return value

    # --- places

    def _places(self, ours: Mapping[Path, T], theirs: Mapping[Path, T]) -> dict[Path, T]:
        away = self._taken | self._gone
        kept = {path: where for path, where in ours.items() if not _within(path, away)}
        found = kept | {path: where for path, where in theirs.items() if _within(path, self._taken)}
        return overlaid_items.placed(found, self._items, ours, theirs) if self._items else found

    # --- locks

    def _keep_locks(self, tree: Tree) -> None:
        if LOCKED in self._layer.tree:
            self._say((LOCKED,), "an overlay cannot change what is locked.", "Write it in the base.")
        locks = self._base.tree.get(LOCKED)
        if not isinstance(locks, list):
            return
        self._keep_keys_plain()
        self._keep_watched(tree, [lock for lock in locks if isinstance(lock, str)])
        before, after = dict(_nodes(self._base.tree)), dict(_nodes(tree))
        changed = [p for p in {**before, **after} if p and _differ(before, after, p)]
        changed += _under_conditions(before, changed)
        for i, lock in enumerate(locks):
            if isinstance(lock, str):
                where = nearest(self._base.positions, (LOCKED, i)) or self._base.start
                self._keep(lock, where, before, after, changed)

    def _keep_watched(self, tree: Tree, locks: Sequence[str]) -> None:
        """Refuse that an overlay ignores what is locked: it would neither be compared nor written."""
        before = self._base.tree.get(IGNORE)
        allowed = before if isinstance(before, list) else []
        rules = self._layer.tree.get(IGNORE)
        names = {str(path[-1]) for path, _ in _nodes(tree) if path}
        for i, rule in enumerate(rules if isinstance(rules, list) else ()):
            path = rule.get("path") if isinstance(rule, dict) else rule
            if not isinstance(path, str) or "${" in path:
                message = "if the base locks paths, what an overlay ignores must be written out."
                self._say((IGNORE, i, "path"), message, "Write the path itself.")
            elif rule not in allowed:  # nor may it renew a rule of the base
                self._keep_one_watched(i, path, locks, names)
        if rules is not None and not isinstance(rules, list):
            message = "if the base locks paths, what an overlay ignores must be written out."
            self._say((IGNORE,), message, "Write the list itself.")

    def _keep_one_watched(self, i: int, path: str, locks: Sequence[str], names: Iterable[str]) -> None:
        at = next(
            (at for at, lock in enumerate(self._base.tree[LOCKED]) if lock in locks and overlap(lock, path, names)),
            None,
        )
        if at is not None:
            where = nearest(self._base.positions, (LOCKED, at)) or self._base.start
            message = f"this ignores what is locked by {where}."
            self._say((IGNORE, i, "path"), message, "Write the rule in the base, or remove the lock.")

    def _keep_keys_plain(self) -> None:
        """Refuse a key that is known only later, because it cannot be compared with the locks."""
        for path, _ in _nodes(self._layer.tree):
            if path and "${" in str(path[-1]).replace("$$", ""):
                message = "if the base locks paths, a key of an overlay cannot contain a variable."
                self._say(path, message, "Write the key itself.")

    def _keep(
        self, lock: str, where: Position, before: Mapping[Path, Any], after: Mapping[Path, Any], changed: Sequence[Path]
    ) -> None:
        """Report what an overlay changed of one lock, the outermost places only."""
        reported: set[Path] = set()
        for path in changed:
            if meets(lock, path) and not _within(path, reported):
                reported.add(path)
                what = "adds" if path not in before else "deletes" if path not in after else "changes"
                message = f"this is locked by {where}, and the overlay {what} it."
                self._problems.append(
                    Problem(self._cause(path), dotted(path), message, "Change the base, or remove the lock.")
                )

    def _cause(self, path: Path) -> Position:
        """Return the place of the overlay that changed a value: within it, at it, or around it."""
        touched = (*self._taken, *self._gone)
        causes = [p for p in touched if p[: len(path)] == path or path[: len(p)] == p or _is_condition_of(p, path)]
        places = [w for p in causes if (w := nearest(self._layer.keys, p))]
        return min(places, default=self._layer.start)

    def _say(self, path: Path, message: str, fix: str) -> None:
        where = nearest(self._layer.positions, path) or self._layer.start
        self._problems.append(Problem(where, dotted(path), message, fix))


def _is_plain(value: Any) -> bool:
    """Return whether a value is a map that merges; a reference is one value, and so is what is wrapped by `$when`."""
    if not isinstance(value, dict) or is_wrapper(value):
        return False
    return not any(k.startswith("$") and k != WHEN and not k.startswith(("${", "$$")) for k in value)


def _is_condition_of(condition: Path, path: Path) -> bool:
    """Return whether a path is that of a condition of something around another path."""
    return condition[-1] == WHEN and path[: len(condition) - 1] == condition[:-1]


def _under_conditions(before: Mapping[Path, Any], changed: Sequence[Path]) -> list[Path]:
    """Return what an overlay may switch off or on by a condition of something around it."""
    around = {path[:-1] for path in changed if path[-1] == WHEN}
    known = set(changed)
    return [p for p in before if p not in known and any(p[:end] in around for end in range(1, len(p)))]


def _within(path: Path, places: set[Path]) -> bool:
    return any(path[:end] in places for end in range(1, len(path) + 1))


def _nodes(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value of a tree with its path, outer ones first; a list is one value."""
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _nodes(inner, (*path, key))


def _differ(before: Mapping[Path, Any], after: Mapping[Path, Any], path: Path) -> bool:
    if path not in before or path not in after:
        return True
    return _exact(before[path]) != _exact(after[path])


def _exact(value: Any) -> str:
    """Spell a value so that `1` and `true` are not the same."""
    return json.dumps(value, sort_keys=True, default=str)

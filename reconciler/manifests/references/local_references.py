"""Follows the references of a document that need no AWS, and remembers where each value came from.

What a value came from matters later: a secret from the environment must not be shown, and a number that came as a text
(`--var`, `$env`) must be turned into one. Only AWS can answer `$ssm` and `$secret`, and only live objects can answer
`$ref`; those remain in the tree as opaque leaves until a command that may contact AWS resolves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path as FilePath
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.documents import FAILED, Again, Document, RawDocument, WrittenForm, nearest
from reconciler.manifests.late_places import LatePlaces, Places, Reread
from reconciler.manifests.reference_kinds import REFERENCE_KINDS, ReferenceKinds
from reconciler.manifests.reference_kinds.ref import Link, link
from reconciler.manifests.reference_kinds.reference_kind import ReferenceKind, ReferenceMistake, Surroundings
from reconciler.manifests.reference_kinds.var import VAR
from reconciler.manifests.references import whole_values
from reconciler.manifests.references.filling import has_links
from reconciler.manifests.references.interpolation import Interpolated, Interpolator
from reconciler.manifests.references.origin import INLINE, Origin
from reconciler.manifests.references.own_target import KEY as TARGET_KEY
from reconciler.manifests.references.own_target import OwnTarget
from reconciler.manifests.references.variables import Variables
from reconciler.model import Path, Position, Reference, Tree, dotted, row_words
from reconciler.terminal.suggestions import sentences, suggest
from schemas.base import EXCLUDE, INCLUDE
from schemas.records import replace


def resolve_local(
    document: RawDocument,
    variables: Variables,
    environ: Mapping[str, str],
    kinds: ReferenceKinds = REFERENCE_KINDS,
    *,
    file_roots: Sequence[str] = (),
    env_names: frozenset[str] | None = None,
) -> tuple[Document, list[Problem]]:
    """Follow every reference that needs no AWS: `$var`, `$env`, `$file` and `${var.x}` within texts and keys.

    References to other documents are read, and collected; where they lead is checked with all documents at hand.

    Args:
        document: As read.
        variables: From `variables.variables`.
        environ: Environment of the process.
        kinds: The kinds of references that there are.
        file_roots: Directories that `$file` may read from besides the tree of the document.
        env_names: The variables that `$env` may read; None means every one.

    Returns:
        The document with values in place, and everything that is wrong with its references. A wrong
        reference becomes `FAILED`.
    """
    roots = (document.root, *map(FilePath, file_roots))
    bare = Surroundings(variables, environ, document.directory, env_names=env_names, roots=roots)
    around = _with_target(bare, document, kinds)
    rest = ((), document.blanks, document.off)
    if isinstance(document.positions, LatePlaces) and isinstance(document.keys, LatePlaces) and document.again:
        followed = whole_values.follow(document.tree, kinds, around, document.references)
        if followed is not None:
            reread = Reread(partial(_places, document.again, bare, kinds), document.again.rest)
            positions = document.positions.found_by(reread.positions)
            keys = document.keys.found_by(reread.keys)
            tree, origins = followed
            return Document(document.file, tree, positions, keys, origins, document.start, *rest), []
    elif _is_plain(document):
        places = (document.positions, document.keys, document.origins)
        return Document(document.file, document.tree, *places, document.start, *rest), []
    return _walked(document, around, kinds)


def _with_target(bare: Surroundings, document: RawDocument, kinds: ReferenceKinds) -> Surroundings:
    """Return what references are followed with, which may name the document's own target."""
    target = OwnTarget(document, lambda value, inner: _Walk(document, replace(bare, target=inner), kinds).part(value))
    return replace(bare, target=target)


def _places(again: Again, bare: Surroundings, kinds: ReferenceKinds) -> tuple[Places, Places]:
    """Read a document again, follow its references, and return where values and keys are."""
    document = again()
    found, _ = _walked(document, _with_target(bare, document, kinds), kinds)
    return found.positions, found.keys


def _walked(document: RawDocument, around: Surroundings, kinds: ReferenceKinds) -> tuple[Document, list[Problem]]:
    """Follow every reference, and note where each value is."""
    walk = _Walk(document, around, kinds)
    tree = walk.value(document.tree, (), ())
    places = (walk.positions, walk.keys, walk.origins)
    found = (tuple(walk.links), frozenset(walk.blanks), document.off)
    result = Document(document.file, tree, *places, document.start, *found)
    return result, walk.problems


def _is_plain(document: RawDocument) -> bool:
    """Return whether nothing of a document is replaced, and its places are those of its values: most are so."""
    seen = _plain_parts(document.tree)
    return seen is not None and seen == (len(document.positions), len(document.keys))


def _plain_parts(value: Any) -> tuple[int, int] | None:
    """Return how many values and keys a tree has; None if a text or a key in it may be a reference."""
    if isinstance(value, str):
        return None if "${" in value else (1, 0)
    if isinstance(value, dict) and any("$" in key for key in value):
        return None
    items: Iterable[Any] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    values, keys = 1, len(value) if isinstance(value, dict) else 0
    for inner in items:
        found = _plain_parts(inner)
        if found is None:
            return None
        values, keys = values + found[0], keys + found[1]
    return values, keys


BRACED = re.compile(r"\$+\{")
"""The start of a key whose dollar signs belong to braces: what they mean is for the interpolation."""


class _Walk:
    """Rebuilds a tree with references replaced. Keys may change, so a path is followed as written and as it becomes."""

    def __init__(self, document: RawDocument, around: Surroundings, kinds: ReferenceKinds) -> None:
        self._document = document
        self._surroundings = around
        self._kinds = kinds
        self._interpolator = Interpolator(kinds, around)
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.origins: dict[Path, Origin] = {}
        self.blanks: set[Path] = set()
        self.links: list[Link] = []
        self.problems: list[Problem] = []

    def part(self, value: Any) -> Any:
        """Return the target of the document with everything in it replaced."""
        return self.value(value, (TARGET_KEY,), (TARGET_KEY,))

    def value(self, value: Any, written: Path, path: Path) -> Any:
        """Return a value with everything in it replaced."""
        where = self._document.positions.get(written)
        if where:
            self.positions[path] = where
        if written in self._document.blanks:
            self.blanks.add(path)
        if written in self._document.origins:
            self.origins[path] = self._document.origins[written]
        if isinstance(value, str):
            return self._text(value, written, path) if "${" in value else value
        if isinstance(value, list):
            return [self.value(item, (*written, i), (*path, i)) for i, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if INCLUDE in value or EXCLUDE in value:
            return WrittenForm(self._map(value, written, path))
        if any(key.startswith("$") and not key.startswith(("${", "$$")) for key in value):
            return self._reference(value, written, path)
        return self._map(value, written, path)

    def _map(self, value: Tree, written: Path, path: Path) -> Tree:
        result: Tree = {}
        for key, inner in value.items():
            here = (*written, key)
            name = self._key(plain_key(key), here, path) if "${" in key else plain_key(key)
            if name in result:
                row = row_words(self.keys[(*path, name)])
                message = f"two keys resolve to the same name{row and f', as that of {row}'}."
                fix = "Make the keys differ, or remove one."
                self._say(self._document.keys[here], (*path, name), message, fix)
                continue
            self.keys[(*path, name)] = nearest(self._document.keys, here) or self._document.start
            result[name] = self.value(inner, here, (*path, name))
        return result

    def _key(self, key: str, written: Path, path: Path) -> str:
        where = nearest(self._document.keys, written) or self._document.start
        try:
            found = self._interpolator.read(key)
            self._link(found.targets, (*path, found.text), where)
        except ReferenceMistake as mistake:
            self._say(where, (*path, key), mistake.message, mistake.fix)
            return key
        if not found.targets and has_links(found.text):  # later stages would take it for a reference
            message = "a key cannot contain the literal characters `${ref.`."
            self._say(where, (*path, key), message, "Use another key.")
        return found.text

    def _text(self, text: str, written: Path, path: Path) -> Any:
        where = nearest(self._document.positions, written) or self._document.start
        try:
            found = self._interpolator.read(text)
            self._link(found.targets, path, where)
        except ReferenceMistake as mistake:
            self._say(where, path, mistake.message, mistake.fix)
            return FAILED
        if found.targets:
            return Reference("text", found.text)
        if found.kinds:
            self.origins[path] = _inline(found, text)
        return found.text

    def _link(self, targets: Iterable[str], path: Path, where: Position) -> None:
        self.links += [link(target, where, path) for target in targets]

    def _reference(self, value: Tree, written: Path, path: Path) -> Any:
        key = next(k for k in value if k.startswith("$") and not k.startswith(("${", "$$")))
        here = nearest(self._document.keys, (*written, key)) or self._document.start
        try:
            kind, target = self._split(value, key)
            return self._followed(kind, target, path, here)
        except ReferenceMistake as mistake:
            self._say(here, path, mistake.message, mistake.fix)
            return FAILED

    def _split(self, value: Tree, key: str) -> tuple[ReferenceKind, str]:
        kind = self._kinds.get(key.removeprefix("$"))
        if kind is None:
            raise self._unknown(key)
        if len(value) > 1:
            others = ", ".join(k for k in value if k != key)
            message = f"{key} must be the only key of its map, but there is also {others}."
            raise ReferenceMistake(message, f"Write {{{key}: ...}} only.")
        target = value[key]
        if not isinstance(target, str) or not target:
            raise ReferenceMistake(f"{key} requires a string.", f"Write {kind.syntax.written}.")
        return kind, self._interpolator.interpolated(target) if "${" in target else target

    def _unknown(self, key: str) -> ReferenceMistake:
        names = [f"${known}" for known in self._kinds]
        message = sentences(f"{key} is not a reference.", suggest(key, [*names, INCLUDE, EXCLUDE]))
        return ReferenceMistake(message, f"Use one of {', '.join(names)}.")

    def _followed(self, kind: ReferenceKind, target: str, path: Path, here: Position) -> Any:
        kind.check(target)
        if kind.links:
            self._link([target], path, here)
            return Reference(kind.key, target)
        if kind.local is None:
            self.origins[path] = Origin(kind.key, target, taints=kind.taints)
            return Reference(kind.key, target)
        found = kind.local(target, self._around(here))
        self.origins[path] = Origin(kind.key, target, found.raw, kind.taints)
        return found.value

    def _around(self, here: Position) -> Surroundings:
        """Return what a reference at a place is followed with: paths in an overlay are relative to the overlay."""
        if here.file == self._document.file:
            return self._surroundings
        return replace(self._surroundings, directory=FilePath(here.file).parent, holder="overlay")

    def _say(self, where: Position, path: Path, message: str, fix: str) -> None:
        self.problems.append(Problem(where, dotted(path), message, fix))


def plain_key(key: str) -> str:
    """Return a key without its escape: `$$x` is the key `$x`, which alone would be a reference."""
    return key[1:] if key.startswith("$$") and not BRACED.match(key) else key


ONE_VARIABLE = re.compile(rf"\$\{{{VAR.key}\.([^${{}}]+)\}}")
"""A text that is one variable and nothing else."""


def _inline(found: Interpolated, text: str) -> Origin:
    """Return the origin of a text that values were put into."""
    names = dict.fromkeys(f"${{{kind.key}}}" for kind in found.kinds)
    one = ONE_VARIABLE.fullmatch(text)
    taints = any(kind.taints for kind in found.kinds)
    return Origin(INLINE, ", ".join(names), taints=taints, whole=one.group(1) if one else "")

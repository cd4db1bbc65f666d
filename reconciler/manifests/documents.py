"""One YAML document: as it was written, and with its local references followed.

Both remember where each value is written, since every later message points there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Protocol, TypeVar

from reconciler.manifests.reference_kinds.ref import Link
from reconciler.manifests.references.origin import Origin
from reconciler.model import Path, Position, Reference, Tree
from schemas.records import field, record
from schemas.tuples import NamedTuple

T = TypeVar("T")

FAILED = Reference("?", "")
"""Replaces a value that could not be read; the problem has been reported, and every check lets it pass."""


class Condition(NamedTuple):
    """What has to be true for a value to be there."""

    value: Any
    """True, false, a text with a variable in it, or a reference to a variable."""
    position: Position
    """Where it is written."""


class WrittenForm(dict[str, Any]):
    """What an author writes to declare single items of a list: a map with `$include`, `$exclude` or both.

    It is no reference, and a map with an escaped key `$$include` is none of these.
    """


class Again(Protocol):
    """Reads a document again, from the text that was read before."""

    def __call__(self) -> RawDocument:
        """Return it with all places."""

    def rest(self) -> None:
        """Take little room until it is read again."""


@record(frozen=True)
class RawDocument:
    """One YAML document as it was written: references not followed, nothing checked."""

    file: str
    """As the user named it; `-` is standard input."""
    directory: FilePath
    """What `$file` is relative to: the file's directory, or the working directory for standard input."""
    index: int
    """Number of the document within its file, from 0."""
    tree: Tree
    """Its content. Its keys are strings, all the way down."""
    positions: Mapping[Path, Position] = field(repr=False)
    """Where each value begins."""
    keys: Mapping[Path, Position] = field(repr=False)
    """Where each key begins, by the path of its value."""
    start: Position
    """Where the document begins."""
    root: FilePath = field(default_factory=FilePath)
    """The tree that `$file` may read from: the directory that the command line names, or the one that holds the file
    that it names."""
    blanks: frozenset[Path] = frozenset()
    """Values that were left out (`mfa:`); they are null, although the file does not say null."""
    forms: frozenset[str] = frozenset()
    """Which of `$each` and `$when` its text has in it: `manifests/generated/` then has something to do."""
    origins: Mapping[Path, Origin] = field(default_factory=dict, repr=False)
    """Values that are a field of a row, by their paths."""
    conditions: Mapping[Path, tuple[Condition, ...]] = field(default_factory=dict, repr=False)
    """What has to be true for a value to be there, where `$each` says so; `$when` in the tree itself is not in it."""
    off: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """What `$when` has switched off, by the path that it would have, with the place of its condition."""
    again: Again | None = field(default=None, compare=False, repr=False)
    """Reads it again; None if all places were found at once."""
    references: tuple[Path, ...] | None = field(default=None, compare=False, repr=False)
    """Where all the maps are that may be references, in the order of the text, if no text or other key in it can have
    one; None if that is not known."""


@record(frozen=True)
class Document:
    """A document whose local references have been followed."""

    file: str
    """As the user named it."""
    tree: Tree = field(repr=False)
    """Its content. `$ssm` and `$secret` are `Reference` leaves; secrets are not wrapped yet."""
    positions: Mapping[Path, Position] = field(repr=False)
    """Where each value begins."""
    keys: Mapping[Path, Position] = field(repr=False)
    """Where each key begins."""
    origins: Mapping[Path, Origin] = field(repr=False)
    """What came from elsewhere, by the path of the outermost value that did."""
    start: Position
    """Where the document begins."""
    links: tuple[Link, ...] = ()
    """Its references to other documents, in the order of the text. In the tree they are `Reference` leaves of the
    kinds `ref` and `text`, and in keys as they were written, variables replaced."""
    blanks: frozenset[Path] = frozenset()
    """Values that were left out; null in the tree."""
    off: Mapping[Path, Position] = field(default_factory=dict, repr=False)
    """What `$when` has switched off, by the path that it would have, with the place of its condition."""

    def position(self, path: Path) -> Position:
        """Return the place of a value, or of the nearest thing around it that was written."""
        return nearest(self.positions, path) or self.start

    def key(self, path: Path) -> Position:
        """Return the place of the key of a value, or of the nearest key around it."""
        return nearest(self.keys, path) or self.start


def nearest(places: Mapping[Path, T], path: Path) -> T | None:
    """Return what is noted for a path or for the nearest path around it, or None."""
    found = places.get(path)
    if found is not None:
        return found
    for end in range(len(path) - 1, -1, -1):
        found = places.get(path[:end])
        if found is not None:
            return found
    return None

"""Where each value is that rows make: the line that makes it, together with the row."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from reconciler.errors import Problem
from reconciler.manifests.documents import Condition, RawDocument, nearest
from reconciler.manifests.generated.row_files import TableRow
from reconciler.manifests.generated.row_texts import MissingField, Scope
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake
from reconciler.manifests.references.origin import Origin
from reconciler.model import Path, Position, RowPosition, Tree, dotted


class RowsAround(NamedTuple):
    """The rows around a place."""

    rows: Scope
    """The rows by what they are called."""
    label: str
    """Where they are, the outer one first; empty outside of `$each`."""

    def within(self, name: str, row: TableRow) -> RowsAround:
        """Return the rows with one more."""
        label = f"{self.label}, {row.place}" if self.label else row.place
        return RowsAround({**self.rows, name: row}, label)


OUTSIDE = RowsAround({}, "")
"""No rows."""


def in_row(where: Position, label: str) -> Position:
    """Return a place with its row, if there is one."""
    return RowPosition(where, label) if label else where


class MadePlaces:
    """Collects the places of a document that is made, and what is wrong with it.

    Args of the constructor:
        document: As it was read. `written` is a path in it, `path` one of what is made.
    """

    def __init__(self, document: RawDocument) -> None:
        self._document = document
        self._positions: dict[Path, Position] = {}
        self._keys: dict[Path, Position] = {}
        self._blanks: set[Path] = set()
        self.origins: dict[Path, Origin] = {}
        self.conditions: dict[Path, tuple[Condition, ...]] = {}
        self.problems: list[Problem] = []
        self._said: set[tuple[Path, tuple[str, ...]]] = set()

    def made(self, tree: Tree) -> RawDocument:
        """Return the document with another tree and its places."""
        return replace(
            self._document,
            tree=tree,
            positions=self._positions,
            keys=self._keys,
            blanks=frozenset(self._blanks),
            origins=self.origins,
            conditions=self.conditions,
        )

    def note(self, written: Path, path: Path, around: RowsAround) -> None:
        """Note where a value is."""
        where = self._document.positions.get(written)
        if where is not None:
            self._positions[path] = in_row(where, around.label)
        if written in self._document.blanks:
            self._blanks.add(path)

    def note_key(self, written: Path, path: Path, around: RowsAround) -> None:
        """Note where a key is that is written."""
        where = self._document.keys.get(written)
        if where is not None:
            self._keys[path] = in_row(where, around.label)

    def note_made(self, written: Path, path: Path, around: RowsAround) -> None:
        """Note where the text is that makes a key."""
        self._keys[path] = self.where(written, around)

    def where(self, written: Path, around: RowsAround) -> Position:
        """Return the place of something, with its row."""
        return in_row(nearest(self._document.positions, written) or self._document.start, around.label)

    def same_key(self, place: str, written: Path, path: Path, around: RowsAround) -> None:
        """Report a key that a row makes and that is there already, made by the row at `place` or written out."""
        other = f"row {place}" if place else str(self._keys.get(path, self._document.start))
        message = f"{path[-1]} is made twice; the first is from {other}."
        self.say(written, path, message, "Give each row its own key, or remove one.", around)

    def twice(self, written: Path, path: Path, around: RowsAround) -> None:
        """Report a key that is written out and that is there already."""
        message = f"{path[-1]} is there twice; the first is at {self._keys.get(path, self._document.start)}."
        self.say(written, path, message, "Make the keys differ, or remove one.", around)

    def mistake(self, mistake: ReferenceMistake, written: Path, path: Path, around: RowsAround) -> None:
        """Report a text that cannot be filled; a column that no row has is reported once for each text."""
        if isinstance(mistake, MissingField):
            known = (written, mistake.key)
            if known in self._said:
                return
            self._said.add(known)
        self.say(written, path, mistake.message, mistake.fix, around)

    def say(self, written: Path, path: Path, message: str, fix: str, around: RowsAround) -> None:
        """Report what is wrong."""
        self.problems.append(Problem(self.where(written, around), dotted(path), message, fix))

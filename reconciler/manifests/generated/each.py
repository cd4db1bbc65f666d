"""`$each`: objects of a section, members of a map and items of a list, made once for each row (decision 45).

It works on a document as it was read, before overlays are merged and references are followed. So an overlay can change
an object of a row by its name, and nothing behind this module knows that an object was not written out. What is made
keeps the place of the line that made it, together with that of its row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.errors import Problem
from reconciler.manifests.documents import FAILED, Condition, RawDocument
from reconciler.manifests.generated.made_places import OUTSIDE, MadePlaces, RowsAround, in_row
from reconciler.manifests.generated.row_files import TableRow
from reconciler.manifests.generated.row_sources import RowSources
from reconciler.manifests.generated.row_texts import Scope, filled
from reconciler.manifests.reference_kinds import REFERENCE_KINDS
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake, Surroundings
from reconciler.manifests.references.interpolation import spelled_inline
from reconciler.manifests.references.origin import ROW, Origin
from reconciler.model import Path, Tree, dotted
from reconciler.terminal.suggestions import suggest
from schemas.generated_forms import AS, EACH, KEY, ROW_NAME, VALUE, WHEN

MAX_MADE = 500_000
"""Most values that one document may make of rows: rows within rows multiply."""

WHOLE_BLOCK = f"Write {EACH}, {AS}, {KEY} and {VALUE}; in a list without {KEY}."
BESIDE = f"Write the rows beside objects as a list of their own: {EACH}: [{{{EACH}: ..., {AS}: ..., {KEY}: ...}}]."


class Expanded(NamedTuple):
    """A document without `$each`."""

    document: RawDocument
    problems: list[Problem]
    files: frozenset[str]
    """The files of rows that were read: they are no manifests, wherever they are."""


def expand(document: RawDocument, around: Surroundings) -> Expanded:
    """Make what a document says of rows.

    Args:
        document: As read.
        around: What references to rows are followed with; its directory is that of the document.
    """
    if EACH in document.tree:
        where = document.keys.get((EACH,), document.start)
        message = "a document cannot be made of rows."
        problem = Problem(where, EACH, message, f"Write {EACH} in a section, or one document for each pool.")
        rest = {key: value for key, value in document.tree.items() if key != EACH}
        return Expanded(replace(document, tree=rest), [problem], frozenset())
    walk = _RowExpansion(document, RowSources(around))
    tree = walk.value(document.tree, (), (), OUTSIDE)
    return Expanded(walk.places.made(tree), walk.places.problems, walk.sources.files)


class _Block(NamedTuple):
    """What is made for each row, as it is written."""

    tree: Tree
    written: Path
    name: str
    """What a row is called."""
    rows: tuple[TableRow, ...]

    @property
    def asks_the_row(self) -> bool:
        """Whether its condition names the row, so that each row has its own."""
        when = self.tree.get(WHEN)
        return isinstance(when, str) and re.search(rf"\$\{{{re.escape(self.name)}\.", when) is not None


class _RowExpansion:
    """Rebuilds a tree: a path is followed as it is written and as it becomes."""

    def __init__(self, document: RawDocument, sources: RowSources) -> None:
        self._document = document
        self.sources = sources
        self.places = MadePlaces(document)
        self._made = 0

    # --- values

    def value(self, value: Any, written: Path, path: Path, around: RowsAround) -> Any:
        """Return a value with everything in it made."""
        self.places.note(written, path, around)
        self._made += bool(around.label)
        if self._made > MAX_MADE:
            self._too_many(written)
            return FAILED
        if isinstance(value, str):
            return self._text(value, written, path, around) if around.label and "${" in value else value
        if isinstance(value, list):
            return self._list(value, written, path, around)
        if not isinstance(value, dict):
            return value
        if EACH in value and not _are_blocks(value[EACH]):
            return self._repeated(value, written, path, around)
        return self._map(value, written, path, around)

    def _text(self, text: str, written: Path, path: Path, around: RowsAround) -> Any:
        try:
            found = filled(text, around.rows)
        except ReferenceMistake as mistake:
            self.places.mistake(mistake, written, path, around)
            return FAILED
        if found.origin:
            self.places.origins[path] = Origin(ROW, found.origin, taints=False)
        return found.value

    def _map(self, value: Tree, written: Path, path: Path, around: RowsAround) -> Tree:
        result: Tree = {}
        for key, inner in value.items():
            here = (*written, key)
            if key == EACH:
                for i, block in enumerate(inner):
                    self._block_of_map(block, (*here, i), path, around, result)
                continue
            name = self._key(key, here, path, around)
            if name in result:
                self.places.twice(here, (*path, name), around)
                continue
            self.places.note_key(here, (*path, name), around)
            result[name] = self.value(inner, here, (*path, name), around)
        return result

    def _key(self, key: str, written: Path, path: Path, around: RowsAround) -> str:
        if not (around.label and "${" in key):
            return key
        made = self._made_key(key, written, (*path, key), around)
        return key if made is None else made

    def _list(self, items: list[Any], written: Path, path: Path, around: RowsAround) -> list[Any]:
        result: list[Any] = []
        for i, item in enumerate(items):
            self._item(item, (*written, i), path, around, result)
        return result

    def _item(self, item: Any, written: Path, path: Path, around: RowsAround, result: list[Any]) -> None:
        """Add an item of a list, or those that are made of rows in its place."""
        if isinstance(item, dict) and EACH in item and not _are_blocks(item[EACH]):
            self._block_of_list(item, written, path, around, result)
        else:
            result.append(self.value(item, written, (*path, len(result)), around))

    # --- rows

    def _repeated(self, tree: Tree, written: Path, path: Path, around: RowsAround) -> Any:
        """Return the map or the list that is made of rows and nothing else."""
        result: Any = {} if KEY in tree else []
        make = self._block_of_map if KEY in tree else self._block_of_list
        make(tree, written, path, around, result, whole=True)
        return result

    def _block_of_map(
        self, tree: Any, written: Path, path: Path, around: RowsAround, result: Tree, *, whole: bool = False
    ) -> None:
        block = self._block(tree, written, path, around, keyed=True)
        if block is None:
            return
        first: dict[str, str] = {}
        by_row = block.asks_the_row or not whole
        for row in block.rows:
            inner = around.within(block.name, row)
            name = self._made_key(tree[KEY], (*written, KEY), (*path, EACH), inner)
            if name is None:
                continue
            here = (*path, name)
            if name in result:
                self.places.same_key(first.get(name, ""), (*written, KEY), here, inner)
                continue
            first[name] = row.place
            self.places.note_made((*written, KEY), here, inner)
            result[name] = self.value(tree[VALUE], (*written, VALUE), here, inner)
            if by_row:
                self._condition(block, here, inner)
        if not by_row:
            self._condition(block, path, around)

    def _block_of_list(
        self, tree: Any, written: Path, path: Path, around: RowsAround, result: list[Any], *, whole: bool = False
    ) -> None:
        block = self._block(tree, written, path, around, keyed=False)
        if block is None:
            return
        by_row = block.asks_the_row or not whole
        for row in block.rows:
            inner = around.within(block.name, row)
            start = len(result)
            self._item(tree[VALUE], (*written, VALUE), path, inner, result)
            for i in range(start if by_row else len(result), len(result)):
                self._condition(block, (*path, i), inner)
        if not by_row:
            self._condition(block, path, around)

    def _condition(self, block: _Block, path: Path, around: RowsAround) -> None:
        """Note the condition of a block: for each row if it names the row or makes a part of a section, else once."""
        if WHEN not in block.tree:
            return
        when, written = block.tree[WHEN], (*block.written, WHEN)
        if isinstance(when, str) and around.label and "${" in when:
            try:
                when = filled(when, around.rows).value
            except ReferenceMistake as mistake:
                self.places.mistake(mistake, written, (*path, WHEN), around)
                return
        condition = Condition(when, self.places.where(written, around))
        self.places.conditions[path] = (*self.places.conditions.get(path, ()), condition)

    def _block(self, tree: Any, written: Path, path: Path, around: RowsAround, *, keyed: bool) -> _Block | None:
        """Return what is made for each row, or None if it is wrong; that has been reported."""
        at = (*path, EACH)
        if not isinstance(tree, dict) or EACH not in tree:
            self.places.say(written, at, f"an item of {EACH} has no {EACH} of its own.", BESIDE, around)
            return None
        mistakes = list(_shape_mistakes(tree, around.rows, keyed=keyed))
        for key, message, fix in mistakes:
            self.places.say((*written, key) if key else written, at, message, fix, around)
        if mistakes:
            return None
        try:
            table = self.sources.rows(tree[EACH], self._items(written, around), around.rows)
        except ReferenceMistake as mistake:
            self.places.mistake(mistake, (*written, EACH), at, around)
            return None
        where = self.places.where((*written, EACH), around)
        self.places.problems += [Problem(in_row(where, m.place), dotted(at), m.message, m.fix) for m in table.mistakes]
        return _Block(tree, written, tree[AS], table.rows)

    def _items(self, written: Path, around: RowsAround) -> Callable[[int], str]:
        """Return what says where a row is that is written out."""
        return lambda i: str(self.places.where((*written, EACH, i), around))

    def _too_many(self, written: Path) -> None:
        if self._made == MAX_MADE + 1:
            message = f"the rows make more than {MAX_MADE} values."
            self.places.say(written, (EACH,), message, "Use fewer rows, or split the document.", OUTSIDE)

    def _made_key(self, text: str, written: Path, path: Path, around: RowsAround) -> str | None:
        """Return the key of what is made of a row."""
        try:
            found = filled(text, around.rows)
            return _spelled(found.value, found.origin)
        except ReferenceMistake as mistake:
            self.places.mistake(mistake, written, path, around)
            return None


def _are_blocks(source: Any) -> bool:
    """Return whether `$each` lists blocks beside written objects, and not the rows of one block."""
    return isinstance(source, list) and any(isinstance(item, dict) and EACH in item for item in source)


def _spelled(value: Any, origin: str) -> str:
    """Return the key that a text makes: a number of a YAML row is a text there.

    Raises:
        ReferenceMistake: It is a field that holds a list, a map or null.
    """
    text = spelled_inline(value, f"the field {origin}", "")
    return f"${text}" if text.startswith("$") and not re.match(r"\$+\{", text) else text


def _shape_mistakes(tree: Tree, scope: Scope, *, keyed: bool) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a block: the key at fault, what is wrong, what to do."""
    allowed = {EACH, AS, VALUE, WHEN, *((KEY,) if keyed else ())}
    for key in tree:
        if key not in allowed:
            no_key = key == KEY
            message = f"{KEY} has no meaning in a list." if no_key else f"{key} does not belong beside {EACH}."
            yield key, message, f"Remove {KEY}." if no_key else suggest(key, allowed - tree.keys(), BESIDE)
    for key in (AS, *((KEY,) if keyed else ()), VALUE):
        if key not in tree:
            yield "", f"{EACH} requires {key}.", WHOLE_BLOCK
    if keyed and KEY in tree and (not isinstance(tree[KEY], str) or not tree[KEY]):
        yield KEY, f"{KEY} is not a string.", 'Write one with a field of the row: "${t.id}".'
    yield from _name_mistakes(tree.get(AS, "t"), scope)


def _name_mistakes(name: Any, scope: Scope) -> Iterator[tuple[str, str, str]]:
    if not isinstance(name, str) or not re.fullmatch(ROW_NAME, name):
        yield AS, "a row cannot be called this.", "Use letters, digits, _ and -, and begin with a letter: as: t"
    elif name in REFERENCE_KINDS:
        yield AS, f"{name} is a kind of reference, and no name for a row.", "Choose another name: as: t"
    elif name in scope:
        yield AS, f"an outer row is called {name} already.", "Choose another name."

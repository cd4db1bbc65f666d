"""`$when`: sections, objects, members and items that are there only when a condition is true (decision 45).

It works on a document whose overlays are merged, so that an overlay may change a condition, and before references are
followed, so that what is off needs no value of anything. What is off is as if it had not been written: it is not
managed. Where it was is remembered, for messages about what still refers to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from reconciler.errors import Problem
from reconciler.manifests.documents import Condition, RawDocument, nearest
from reconciler.manifests.generated.row_sources import VARIABLES_ONLY
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake, Surroundings
from reconciler.manifests.reference_kinds.var import VAR
from reconciler.manifests.references.interpolation import Interpolator
from reconciler.manifests.references.local_references import plain_key
from reconciler.manifests.references.origin import Origin
from reconciler.manifests.validation.shown_values import quoted
from reconciler.model import Path, Position, Tree, dotted
from schemas.generated_forms import VALUE, WHEN

TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
"""What texts are booleans: the words that YAML takes for them."""

LOCKED = "locked"
"""The key of a document that lists what overlays may not change; it has to be known before conditions are."""

WRITE = f"Write true, false, or a variable that is one of them: {WHEN}: ${{var.NAME}}."


def without_what_is_off(document: RawDocument, around: Surroundings) -> tuple[RawDocument, list[Problem]]:
    """Return a document without `$when`, and without what it switches off.

    Args:
        document: Its rows are made, and its overlays merged.
        around: What the variables in conditions are followed with.
    """
    if WHEN in document.tree:
        where = document.keys.get((WHEN,), document.start)
        fix = f"Write {WHEN} in its sections, or leave its file out of PATH."
        rest = {key: value for key, value in document.tree.items() if key != WHEN}
        return replace(document, tree=rest), [Problem(where, WHEN, "a whole document cannot be switched off.", fix)]
    walk = _Conditions(document, around)
    tree = walk.map(document.tree, (), ())
    left = replace(
        document,
        tree=tree,
        positions=walk.positions,
        keys=walk.keys,
        blanks=frozenset(walk.blanks),
        origins=walk.origins,
        off=walk.off,
        conditions={},
    )
    return left, walk.problems


def is_wrapper(value: Any) -> bool:
    """Return whether a map is a condition around a value that is no map of its own: `{$when: …, value: …}`."""
    return isinstance(value, dict) and value.keys() == {WHEN, VALUE}


class _Read(NamedTuple):
    """What a value is once its condition is known."""

    is_on: bool
    value: Any
    """The value without its condition, as it is written."""
    written: Path
    """Where that value is written."""
    where: Position
    """The condition that switched it off."""


class _Conditions:
    """Rebuilds a tree: a path is followed as it is written and as it becomes."""

    def __init__(self, document: RawDocument, around: Surroundings) -> None:
        self._document = document
        self._around = around
        self._interpolator = Interpolator(VARIABLES_ONLY, around)
        self.positions: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.blanks: set[Path] = set()
        self.origins: dict[Path, Origin] = {}
        self.off: dict[Path, Position] = {}
        self.problems: list[Problem] = []

    def map(self, tree: Tree, written: Path, path: Path) -> Tree:
        """Return a map without what is off in it."""
        self._note(written, path)
        result: Tree = {}
        for key, inner in tree.items():
            if key == WHEN:
                continue
            here, there = (*path, key), (*written, key)
            found = self._read(inner, there, here)
            if not found.is_on:
                self.off[tuple(map(self._resolved, here))] = found.where
                continue
            if there in self._document.keys:
                self.keys[here] = self._document.keys[there]
            result[key] = self._value(found.value, found.written, here)
        return result

    def _value(self, value: Any, written: Path, path: Path) -> Any:
        if isinstance(value, dict):
            return self.map(value, written, path)
        self._note(written, path)
        if not isinstance(value, list):
            return value
        result: list[Any] = []
        for i, item in enumerate(value):
            here = (*path, len(result))
            found = self._read(item, (*written, i), here)
            if found.is_on:
                result.append(self._value(found.value, found.written, here))
        return result

    def _note(self, written: Path, path: Path) -> None:
        document = self._document
        if written in document.positions:
            self.positions[path] = document.positions[written]
        if written in document.blanks:
            self.blanks.add(path)
        if written in document.origins:
            self.origins[path] = document.origins[written]

    # --- conditions

    def _read(self, value: Any, written: Path, path: Path) -> _Read:
        """Follow the conditions of a value; one that is wrong counts as true, so that all else is checked, too."""
        if path[:1] == (LOCKED,):
            self._refuse_lock(value, written, path)
        for condition in self._document.conditions.get(written, ()):
            if not self._is_true(condition, path):
                return _Read(False, value, written, condition.position)
        while isinstance(value, dict) and WHEN in value:
            where = nearest(self._document.positions, (*written, WHEN)) or self._document.start
            if not self._is_true(Condition(value[WHEN], where), path):
                return _Read(False, value, written, where)
            if not is_wrapper(value):
                self._refuse_reference(value, where, path)
                break
            value, written = value[VALUE], (*written, VALUE)
        return _Read(True, value, written, self._document.start)

    def _is_true(self, condition: Condition, path: Path) -> bool:
        try:
            return self._truth(condition.value)
        except ReferenceMistake as mistake:
            self._say(condition.position, path, mistake.message, mistake.fix)
            return True

    def _truth(self, value: Any) -> bool:
        if isinstance(value, dict) and list(value) == [f"${VAR.key}"] and isinstance(value[f"${VAR.key}"], str):
            value = VAR.local(value[f"${VAR.key}"], self._around).value if VAR.local else value
        elif isinstance(value, str) and "${" in value:
            value = self._interpolator.interpolated(value)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value in TRUTH:
            return TRUTH[value]
        raise ReferenceMistake(f"{WHEN} is {quoted(value)}, which is neither true nor false.", WRITE)

    def _refuse_lock(self, value: Any, written: Path, path: Path) -> None:
        if written in self._document.conditions or (isinstance(value, dict) and WHEN in value):
            where = nearest(self._document.positions, written) or self._document.start
            message = "what is locked cannot have a condition: overlays are merged before conditions are decided."
            self._say(where, path, message, "Write the lock without it.")

    def _refuse_reference(self, value: Tree, where: Position, path: Path) -> None:
        found = next((k for k in value if k != WHEN and k.startswith("$") and not k.startswith(("${", "$$"))), "")
        if found:
            fix = f"Write {{{WHEN}: ..., {VALUE}: {{{found}: ...}}}}."
            self._say(where, path, f"{WHEN} cannot be beside {found}, which is a value as a whole.", fix)

    def _resolved(self, step: str | int) -> str | int:
        """Return a key as it will be called, as far as variables say so."""
        if not isinstance(step, str):
            return step
        try:
            return self._interpolator.interpolated(plain_key(step)) if "${" in step else plain_key(step)
        except ReferenceMistake:
            return step

    def _say(self, where: Position, path: Path, message: str, fix: str) -> None:
        self.problems.append(Problem(where, dotted((*path, WHEN)), message, fix))

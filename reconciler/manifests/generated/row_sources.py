"""What `$each` goes through: a file of the tree, a variable, a field of an outer row, or a list that is written out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from reconciler.manifests.generated.given_values import NotJsonError, parsed
from reconciler.manifests.generated.row_files import RowMistake, RowTable, listed_rows, read_rows
from reconciler.manifests.generated.row_texts import Scope, filled
from reconciler.manifests.reference_kinds import REFERENCE_KINDS
from reconciler.manifests.reference_kinds.file import FILE
from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceMistake, Surroundings
from reconciler.manifests.reference_kinds.target import TARGET
from reconciler.manifests.reference_kinds.var import VAR
from reconciler.manifests.references.interpolation import Interpolator
from schemas.generated_forms import EACH

WRITE = f"Write {EACH}: {{$file: tenants.csv}}, {{$var: NAME}}, or a list of maps."


def _not_yet(_target: str, _around: Surroundings) -> Followed:
    raise ReferenceMistake("only variables are known here.", "Use ${var.NAME}.")


VARIABLES_ONLY = {VAR.key: VAR, TARGET.key: replace(TARGET, local=_not_yet)}
"""The references within texts that are followed before all others: what an overlay may change is not known then."""


class RowSources:
    """Finds the rows of one document; a file is read once.

    Args of the constructor:
        around: What its references are followed with.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._interpolator = Interpolator(VARIABLES_ONLY, around)
        self._tables: dict[str, RowTable] = {}

    @property
    def files(self) -> frozenset[str]:
        """The files that were read, with `..` taken out of their names."""
        return frozenset(self._tables)

    def rows(self, source: Any, place: Callable[[int], str], scope: Scope) -> RowTable:
        """Return the rows of a `$each`.

        Args:
            source: What follows it.
            place: Returns where an item of a list that is written out begins.
            scope: The outer rows.

        Raises:
            ReferenceMistake: There are none to be found.
        """
        if isinstance(source, list):
            return listed_rows([self._written(item, scope) for item in source], place)
        if isinstance(source, str):
            return self._text(source, scope)
        if not isinstance(source, dict) or len(source) != 1:
            raise ReferenceMistake(f"{EACH} has no rows.", WRITE)
        [(key, target)] = source.items()
        if key not in (f"${FILE.key}", f"${VAR.key}"):
            if key.removeprefix("$") in REFERENCE_KINDS:
                raise ReferenceMistake(f"rows cannot come from {key}.", WRITE)
            raise ReferenceMistake(f"{EACH} has no rows.", WRITE)
        if not isinstance(target, str) or not target:
            raise ReferenceMistake(f"{key} requires a string.", WRITE)
        target = self._interpolator.interpolated(str(filled(target, scope).value))
        return self._file(target) if key == f"${FILE.key}" else self._variable(target)

    def _written(self, value: Any, scope: Scope) -> Any:
        """Return a row that is written out in the manifest, with variables and outer rows in place."""
        if isinstance(value, dict):
            return {key: self._written(inner, scope) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._written(item, scope) for item in value]
        if not isinstance(value, str) or "${" not in value:
            return value
        found = filled(value, scope).value if scope else value
        return self._interpolator.interpolated(found) if isinstance(found, str) else found

    def _text(self, source: str, scope: Scope) -> RowTable:
        """Return the rows that a field or a variable holds, which is all of a text."""
        found = filled(source, scope) if scope else None
        if found and found.origin:
            label = scope[found.origin.partition(".")[0]].place
            return self._held(found.value, f"the field {found.origin}", lambda _: label)
        prefix = f"${{{VAR.key}."
        if source.startswith(prefix) and source.endswith("}"):
            return self._variable(source.removeprefix(prefix)[:-1])
        raise ReferenceMistake(f"{EACH} has no rows.", WRITE)

    def _variable(self, name: str) -> RowTable:
        value = VAR.local(name, self._around).value if VAR.local else None
        short = name.removeprefix(f"{VAR.key}.")
        return self._held(value, f"the variable {short}", lambda i: f"{i + 1} of $var {short}")

    def _held(self, value: Any, what: str, place: Callable[[int], str]) -> RowTable:
        if isinstance(value, str):
            try:
                value = parsed(value, "list")
            except NotJsonError as error:
                raise ReferenceMistake(f"{what} {error}.", 'Give a list of maps: [{"id": "acme"}].') from None
        if not isinstance(value, list):
            raise ReferenceMistake(f"{what} is not a list.", "Give a list of maps.")
        return listed_rows(value, place)

    def _file(self, name: str) -> RowTable:
        shown = os.path.normpath(self._around.directory / name)
        if shown not in self._tables:
            self._tables[shown] = self._read(name, shown)
        return self._tables[shown]

    def _read(self, name: str, shown: str) -> RowTable:
        content = FILE.local(name, self._around).value if FILE.local else b""
        if isinstance(content, bytes):
            return RowTable((), (RowMistake("", f"the file {shown} is not UTF-8 text.", "Save it as UTF-8."),))
        return read_rows(shown, content)

"""Puts fields of rows into texts: `${t.id}`.

Other references in the text stay, and are followed later with those of all other texts. So whatever comes from a row
is escaped here: a field with `${` in it is a text with these characters, and never read as a reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.manifests.generated.row_files import TableRow
from reconciler.manifests.reference_kinds import REFERENCE_KINDS
from reconciler.manifests.reference_kinds.ref import REF
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake
from reconciler.manifests.references.filling import escaped
from reconciler.manifests.references.interpolation import EXPRESSION, spelled_inline
from reconciler.terminal.suggestions import sentences, suggest

Scope = Mapping[str, TableRow]
"""The rows that a text may use, by what they are called."""

WHOLE = re.compile(r"\$\{([^{}.]+)\.([^{}]+)\}")
"""A text that is one field and nothing else."""

NESTED = re.compile(r"\$\{([^{}.]+)\.([^{}]+)\}")
"""A field within `${ref.…}`."""


class MissingField(ReferenceMistake):
    """A row without a field that a text names."""

    def __init__(self, row: TableRow, name: str, field: str) -> None:
        known = ", ".join(row.fields) or "none"
        what = "column" if row.is_uniform else "field"
        message = sentences(f"row {row.place} has no {what} {field}.", suggest(field, row.fields))
        super().__init__(message, f"Its {what}s are: {known}. Write one of them: ${{{name}.NAME}}.")
        self.key = (name, field, "" if row.is_uniform else row.place)
        """Equal for what should be said once: no row of a CSV has a column that the header does not name."""


class FilledText(NamedTuple):
    """A text with fields of rows in it."""

    value: Any
    """A text, escaped; or the value of the field that is all of the text."""
    origin: str = ""
    """`t.id` if the text is that field and nothing else."""


def filled(text: str, scope: Scope) -> FilledText:
    """Return a text with the fields of rows in place.

    Args:
        text: As it is written.
        scope: The rows that it may use.

    Raises:
        ReferenceMistake: A field or a row is missing, or a value cannot be a part of a text.
    """
    whole = WHOLE.fullmatch(text)
    if whole and whole.group(1) in scope:
        value = _field(whole.group(1), whole.group(2), scope)
        return FilledText(_literal(value), f"{whole.group(1)}.{whole.group(2)}")
    return FilledText(_composed(text, scope))


def _composed(text: str, scope: Scope) -> str:
    done, plain, end = "", "", 0
    for match in EXPRESSION.finditer(text):
        plain += text[end : match.start()]
        end = match.end()
        inner, closed = match.group(1), match.group(2)
        if match.group(0) == "$${":
            plain += "${"
            continue
        name, _, field = (inner or "").partition(".")
        if closed and name in scope:
            plain += spelled_inline(_field(name, field, scope), f"the field {name}.{field}", "")
            continue
        if plain.endswith("$"):
            message = "a value from a row ends with `$` right before a reference."
            raise ReferenceMistake(message, "Put another character between the two.")
        done += escaped(plain) + _other(match.group(0), name, closed, scope)
        plain = ""
    return done + escaped(plain + text[end:])


def _other(written: str, name: str, closed: str, scope: Scope) -> str:
    """Return a reference that is followed later; one to another document may have fields in it."""
    if not closed or name in REFERENCE_KINDS:
        return NESTED.sub(lambda m: _within(m, scope), written) if name == REF.key else written
    rows = ", ".join(scope)
    message = sentences(f"there is no row called {name} here.", suggest(name, scope))
    raise ReferenceMistake(message, f"Rows are called {rows}; write $${{ for the two characters.")


def _within(match: re.Match[str], scope: Scope) -> str:
    name, field = match.groups()
    if name not in scope:
        return match.group(0)
    value = spelled_inline(_field(name, field, scope), f"the field {name}.{field}", "")
    if any(c in value for c in "{}$"):
        raise ReferenceMistake("a reference cannot contain braces or `$`.", f"Correct the field {name}.{field}.")
    return value


def _field(name: str, field: str, scope: Scope) -> Any:
    row = scope[name]
    if not field:
        raise ReferenceMistake(f"${{{name}}} is a whole row.", f"Name a field of it: ${{{name}.NAME}}.")
    if field not in row.fields:
        raise MissingField(row, name, field)
    return row.fields[field]


def _literal(value: Any) -> Any:
    """Return a value in which no text and no key is read as a reference."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, dict):
        return {escaped(key): _literal(inner) for key, inner in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list) else value

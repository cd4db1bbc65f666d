"""Reads texts with `${...}` in them: variables are put in, and references to other documents are collected.

Substitution works on parsed values and never on the text of a file, so no variable can change the structure of a
manifest.
"""

from __future__ import annotations

import re
from typing import Any

from reconciler.manifests.reference_kinds import ReferenceKinds
from reconciler.manifests.reference_kinds.ref import REF
from reconciler.manifests.reference_kinds.reference_kind import ReferenceKind, ReferenceMistake, Surroundings
from reconciler.manifests.references.filling import PREFIX, escaped
from schemas.records import record

EXPRESSION = re.compile(r"\$\$\{|\$\{((?:" + REF.key + r"\.(?:\$\{[^{}]*\}|[^{}])*)|[^}]*)(\}?)")
"""An escape, or a reference within a text: what is in the braces, and whether they are closed. A `${ref.…}` may hold
`${var.…}`, because names of documents do."""

WRITE = "Write ${var.NAME}, or $${ for the two characters."


@record(frozen=True)
class Interpolated:
    """A text that has been read."""

    text: str
    """The text with values in place. Where `targets` is not empty, it still holds those references, and other
    characters that look like a reference are escaped for `filling.fill`."""
    targets: tuple[str, ...]
    """Targets of its references to other documents."""
    kinds: tuple[ReferenceKind, ...]
    """The kinds of the references that were put in."""


class Interpolator:
    """Reads the texts of one document."""

    def __init__(self, kinds: ReferenceKinds, around: Surroundings) -> None:
        self._kinds = kinds
        self._around = around

    def read(self, text: str) -> Interpolated:
        """Return a text with the values of its references in place.

        Raises:
            ReferenceMistake: One of them cannot be followed, or is not closed.
        """
        parts: list[str] = []
        targets: list[str] = []
        used: list[ReferenceKind] = []
        plain, end = "", 0
        for match in EXPRESSION.finditer(text):
            plain += text[end : match.start()]
            end = match.end()
            if not (match.group(1) or "").startswith(f"{REF.key}."):
                plain += self._piece(match, used)
                continue
            targets.append(self._target(match, plain))
            parts += [escaped(plain), f"{PREFIX}{targets[-1]}}}"]
            plain = ""
        plain += text[end:]
        whole = "".join([*parts, escaped(plain)]) if targets else plain
        return Interpolated(whole, tuple(targets), tuple(used))

    def interpolated(self, text: str) -> str:
        """Return a text with values in place, in which no reference to another document may be.

        Raises:
            ReferenceMistake: There is one, or another one cannot be followed.
        """
        result = self.read(text)
        if result.targets:
            message = "a reference cannot contain another reference."
            raise ReferenceMistake(message, "Only ${var.NAME} is allowed there.")
        return result.text

    def _target(self, match: re.Match[str], before: str) -> str:
        """Return what a `${ref.…}` within a text refers to."""
        write = f"Write {PREFIX}{REF.syntax.example}}}."
        if not match.group(2):
            raise ReferenceMistake(f"the text holds a `{PREFIX}` that is not closed.", write)
        if before.endswith("$"):
            raise ReferenceMistake("a `$` comes right before a reference.", "Put another character between the two.")
        target = self.interpolated(match.group(1).removeprefix(f"{REF.key}."))
        if "{" in target or "}" in target:
            raise ReferenceMistake("a reference cannot contain braces.", write)
        return target

    def _piece(self, match: re.Match[str], used: list[ReferenceKind]) -> str:
        if match.group(0) == "$${":
            return "${"
        inner, closed = match.group(1), match.group(2)
        if not closed:
            raise ReferenceMistake("the text holds a `${` that is not closed.", WRITE)
        key, dot, name = inner.partition(".")
        kind = self._kinds.get(key)
        if kind and dot and not kind.is_inline:
            able = ", ".join(f"${k.key}" for k in self._kinds.values() if k.is_inline)
            message = f"${key} cannot be used inside a string; these can: {able}."
            raise ReferenceMistake(message, f"Make it the whole value: {{${key}: {name}}}.")
        if kind is None or kind.local is None or not kind.fits_inline(name):
            raise ReferenceMistake("the text holds a `${...}` that is not a reference.", WRITE)
        used.append(kind)
        value = kind.local(name, self._around).value
        return spelled_inline(value, f"the value of ${kind.key} {name}", f"{{${kind.key}: {name}}}")


def spelled_inline(value: Any, what: str, whole: str) -> str:
    """Return a value as a part of a text.

    Args:
        value: What was found.
        what: What it is, for messages: `the value of $var urls`.
        whole: How it is written as the whole value; empty if only without text around it.

    Raises:
        ReferenceMistake: It is a list, a map or null.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    shape = "a list" if isinstance(value, list) else "a map" if isinstance(value, dict) else "null"
    advice = f"Make it the whole value: {whole}." if whole else "Put a text, a number or a boolean there."
    raise ReferenceMistake(f"{what} is {shape}, not a string.", advice)

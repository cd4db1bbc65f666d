"""What the target of a document says, for `${target.account}` and `${target.region}` elsewhere in it.

The target may use variables itself, so it is read when it is first asked for. Only what has the form of an account or a
Region is given to other members: whatever came from the environment has then been checked, and may be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from reconciler.manifests.documents import FAILED, RawDocument, nearest
from reconciler.manifests.reference_kinds.reference_kind import ReferenceMistake
from reconciler.model import Position, Reference

KEY = "target"
"""The key of a document that says where its pool is."""

Follow = Callable[[Any, Callable[[str], str]], Any]
"""Follows the references of a value of the document, with what `${target.…}` gives in it."""


class OwnTarget:
    """Gives the parts of one document's target.

    Args of the constructor:
        document: The document.
        follow: Follows the references within its target; a wrong one becomes `FAILED`.
    """

    def __init__(self, document: RawDocument, follow: Follow) -> None:
        self._document = document
        self._follow = follow

    def __call__(self, name: str) -> str:
        """Return `account` or `region`.

        Raises:
            ReferenceMistake: The document does not say it, or what it says is wrong.
        """
        from schemas.manifest import TARGET_PARTS

        value = self._target.get(name)
        if value is None:
            fix = f"Add {name} to its {KEY}, or use ${{var.NAME}}."
            message = f"the document's target says no {name}." if self._target else "the document has no target."
            raise ReferenceMistake(message, fix)
        if isinstance(value, Reference) and value != FAILED:
            raise ReferenceMistake(f"{self._at(name)} must be known before AWS is asked.", "Use {$var: NAME} there.")
        if value == FAILED:
            fix = "Correct it there; a target cannot refer to itself."
            raise ReferenceMistake(f"{self._at(name)} has no value.", fix)
        pattern = TARGET_PARTS[name]
        if not isinstance(value, str) or not re.search(pattern, value) or value.endswith("\n"):
            raise ReferenceMistake(f"{self._at(name)} {pattern.wrong}.", f"Correct it there. {pattern.fix}")
        return value

    def _at(self, name: str) -> str:
        where = nearest(self._document.positions, (KEY, name)) or Position(self._document.file, 1, 1)
        return f"{KEY}.{name} at {where}"

    @cached_property
    def _target(self) -> dict[str, Any]:
        found = self._follow(self._document.tree.get(KEY), _within)
        return found if isinstance(found, dict) else {}


def _within(_name: str) -> str:
    raise ReferenceMistake("a target cannot refer to itself.", "Write the value, or use ${var.NAME}.")

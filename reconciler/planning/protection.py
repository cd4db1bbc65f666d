"""`protect` of a manifest: what apply never deletes, replaces or resets as a whole, and which line says so."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.kinds import KINDS
from reconciler.kinds.engine_rules import PROTECTED
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Position, Refusal
from schemas import globs


class Protection(NamedTuple):
    """An entry of `protect` that covers an object."""

    pattern: str
    """As the author wrote it."""
    source: Position
    """Where it is written."""
    inside: bool = False
    """Whether it covers something inside the object, which would go with it."""

    @property
    def words(self) -> str:
        """The entry in a message: `protect: clients/web (pools/a.yaml:5:12)`."""
        return f"protect: {self.pattern} ({self.source})"


def unprotected(*_names: Address) -> Protection | None:
    """Return that nothing protects an object."""
    return None


def protection(manifest: Manifest, *names: Address) -> Protection | None:
    """Return the entry that protects an object, or something inside of it; None if nothing does.

    Args:
        manifest: The document.
        names: The object by its key and by its live name, which may differ.
    """
    for i, pattern in enumerate(manifest.protect):
        source = manifest.positions.get(("protect", i), manifest.source)
        if any(globs.covers(pattern, address.steps) for address in names):
            return Protection(pattern, source)
        if any(_reaches_into(pattern, address) for address in names):
            return Protection(pattern, source, inside=True)
    return None


def refusal(address: Address, guard: Protection, what: str) -> Refusal:
    """Return the refusal to take an object away.

    Args:
        address: The object.
        guard: What protects it.
        what: What would be done with it: `deleted`, `replaced`, `reset`.
    """
    part = " what is inside of" if guard.inside else ""
    message = f"{address} would be {what}, but {guard.words} protects{part} it."
    return PROTECTED.refusal(address, (), message, guard.source)


def _reaches_into(pattern: str, address: Address) -> bool:
    """Return whether a pattern means something inside of an object: its beginning means the object and a kind."""
    inner = [k.section.partition(".")[2] for k in KINDS.values() if k.outer == address.section]
    ends = [*(m.start() for m in globs.STEP.finditer(pattern)), len(pattern)]
    return any(globs.meets(pattern[:end], (*address.steps, part)) for part in inner for end in ends)

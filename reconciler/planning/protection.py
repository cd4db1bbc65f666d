"""`protect` of a manifest: what apply never deletes, replaces or resets as a whole, and which line says so."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
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


class Protections:
    """The entries of a manifest by what they cover.

    Args of the constructor:
        manifest: The document.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._patterns = globs.Patterns(manifest.protect)
        starts = [(i, start) for i, pattern in enumerate(manifest.protect) for start in globs.beginnings(pattern)]
        self._owners = [i for i, _ in starts]
        self._starts = globs.Patterns(start for _, start in starts)

    def of(self, *names: Address) -> Protection | None:
        """Return the first entry that protects an object, or something inside of it; None if nothing does.

        Args:
            names: The object by its key and by its live name, which may differ.
        """
        if not self._owners:
            return None
        found = [(i, False) for address in names for i in self._patterns.covering(address.steps)[:1]]
        found += [(i, True) for address in names for i in self._within(address)]
        if not found:
            return None
        i, inside = min(found)
        source = self._manifest.positions.get(("protect", i), self._manifest.source)
        return Protection(self._manifest.protect[i], source, inside=inside)

    def _within(self, address: Address) -> Iterator[int]:
        """Yield the entries that mean something inside of an object: the beginning of one means it and a kind."""
        for part in _inside_of(address.section):
            yield from (self._owners[i] for i in self._starts.meeting((*address.steps, part)))


@cache
def _inside_of(section: str) -> tuple[str, ...]:
    """Return the keys of the kinds inside of an object of a section."""
    return tuple(k.section.partition(".")[2] for k in KINDS.values() if k.outer == section)


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

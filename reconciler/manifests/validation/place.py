"""Where the parts of an object are, and what is found wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import Problem
from reconciler.manifests.documents import nearest
from reconciler.manifests.references.origin import Origin
from reconciler.model import Notice, Path, Position, dotted
from schemas.records import changing, field, record


@changing
class ProblemReport:
    """Collects what a check finds."""

    problems: list[Problem] = field(default_factory=list)
    """What makes the manifest invalid."""
    notices: list[Notice] = field(default_factory=list)
    """What should be reported besides."""


@record(frozen=True)
class Place:
    """Where an object is in a document: turns a path within the object into what a message needs."""

    prefix: Path
    """Path of the object within the document."""
    start: Position
    """Where the object begins."""
    values: Mapping[Path, Position]
    """Where each value is, by its path within the object."""
    keys: Mapping[Path, Position] = field(default_factory=dict)
    """Where each key is."""
    origins: Mapping[Path, Origin] = field(default_factory=dict)
    """What came from elsewhere."""

    def value(self, path: Path) -> Position:
        """Return where a value is, or the nearest thing around it that was written."""
        return nearest(self.values, path) or self.start

    def key(self, path: Path) -> Position:
        """Return where the key of a value is, or the nearest key around it."""
        found: Position | None = nearest(self.keys, path) if self.keys else nearest(self.values, path)
        return found or self.start

    def name(self, path: Path) -> str:
        """Return the manifest path for people."""
        return dotted(self.prefix + path)

    def origin(self, path: Path) -> Origin | None:
        """Return where a value came from, if not from the manifest itself."""
        return nearest(self.origins, path)

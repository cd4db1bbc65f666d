"""`$ref`: what identifies an object of another document. It is known once that object is live."""

from __future__ import annotations

from reconciler.manifests.reference_kinds.reference_kind import ReferenceKind, ReferenceMistake
from reconciler.model import Path, Position
from schemas import reference_kinds
from schemas.records import record


@record(frozen=True)
class Link:
    """A reference to an object of another document: `customers/clients/web#ClientId`."""

    document: str
    """Name of the pool that the document describes."""
    section: str
    """Section of the object."""
    name: str
    """Name of the object within the section; empty for single objects."""
    member: str
    """The referenced member."""
    source: Position
    """Where it is written."""
    path: Path
    """The value, or the key, that it is in."""

    @property
    def address(self) -> str:
        """The object within its document."""
        return f"{self.section}/{self.name}" if self.name else self.section

    @property
    def target(self) -> str:
        """What the author wrote, variables replaced."""
        return f"{self.document}/{self.address}#{self.member}"


def link(target: str, source: Position, path: Path) -> Link:
    """Read a target like `customers/clients/web#ClientId`.

    Raises:
        ReferenceMistake: A part of it is missing.
    """
    document, section, name, member = parts(target)
    if not (document and section and member):
        raise ReferenceMistake(
            f'"{target}" is not of the form DOCUMENT/ADDRESS#MEMBER.',
            f"Write for example {reference_kinds.REF.example} or customers/user_pool#Id.",
        )
    return Link(document, section, name, member, source, path)


def parts(target: str) -> tuple[str, str, str, str]:
    """Return document, section, name and member of a target; empty texts for what is missing."""
    whole, _, member = target.rpartition("#")
    document, _, address = whole.partition("/")
    section, _, name = address.partition("/")
    return document, section, name, member


REF = ReferenceKind(reference_kinds.REF, taints=False)

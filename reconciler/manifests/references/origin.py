"""Where a value came from that is not written in the manifest itself, and whether a message may repeat it."""

from __future__ import annotations

from reconciler.manifests.reference_kinds import REFERENCE_KINDS, ReferenceKinds
from reconciler.manifests.references.filling import PREFIX, targets_of
from reconciler.model import Reference
from schemas.records import field, record

ROW = "row"
"""Kind of the origin of a value that is all of a field of a row (`$each`). It is written in the tree of the manifest
like any literal, and differs from one only in that a CSV knows no types."""

GIVEN = ("var", "env", ROW)
"""Kinds of origins that may know texts only: what such a text means, the member decides."""

INLINE = "inline"
"""Kind of the origin of a text with `${var.x}` in it."""


@record(frozen=True)
class Origin:
    """Where a value came from."""

    kind: str
    """Key of a kind of reference; `inline` for a text with `${var.x}` in it, `text` for one with `${ref.x}` in it."""
    name: str
    """What was written behind it; `${var}` for `inline`, and the references for `text`."""
    raw: bytes | None = field(default=None, repr=False)
    """Content of a file as it is, for members that hold bytes."""
    taints: bool = True
    """Whether no message may repeat the value, because it may be a secret."""
    whole: str = ""
    """The variable that is all of a text: `urls` for `"${var.urls}"`; empty for other texts."""

    @property
    def is_given(self) -> bool:
        """Whether a text may stand for a value of another type."""
        return self.kind in GIVEN or bool(self.whole)

    def __str__(self) -> str:
        if self.whole:
            return f"$var {self.whole}"
        if self.kind == ROW:
            return f"${{{self.name}}}"
        return self.name if self.kind in (INLINE, "text") else f"${self.kind} {self.name}"


def origin_of(reference: Reference, kinds: ReferenceKinds = REFERENCE_KINDS) -> Origin:
    """Return where a value came from that a reference was resolved to."""
    kind, name = kinds.get(reference.kind), reference.target
    if reference.kind == "text":  # what is around the references may be part of a secret
        name = ", ".join(f"{PREFIX}{target}}}" for target in dict.fromkeys(targets_of(reference)))
    return Origin(reference.kind, name, taints=kind.taints if kind else not reference.links)

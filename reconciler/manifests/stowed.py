"""Values as bytes, and back: what `stowing` keeps of a document until its turn comes."""

from __future__ import annotations

import pickle
import zlib
from io import BytesIO
from typing import Any, NamedTuple

from reconciler.manifests.late_places import Reread
from reconciler.manifests.stowing import FASTEST
from reconciler.model import Secret
from schemas.documents import DocumentKind

LEFT_OUT = (Secret, Reread, DocumentKind)
"""What has an identity of its own, and what may not be stored."""


class Stowed(NamedTuple):
    """Values as bytes."""

    data: bytes
    """All that has no identity of its own."""
    kept: tuple[Any, ...]
    """The rest: the data names them by their numbers."""

    def values(self) -> Any:
        """Return the values."""
        return _Unpickler(self).load()

    def rest(self) -> None:
        """Give up what was found meanwhile, and can be found again."""
        for one in self.kept:
            if isinstance(one, Reread):
                one.rest()


def stowed(values: Any) -> Stowed:
    """Return values as bytes; a secret in them stays the object that it is."""
    out = BytesIO()
    pickler = _Pickler(out)
    pickler.dump(values)
    return Stowed(zlib.compress(out.getvalue(), FASTEST), tuple(pickler.kept))


class _Pickler(pickle.Pickler):
    """Leaves out what is of the types LEFT_OUT."""

    def __init__(self, out: BytesIO) -> None:
        super().__init__(out, pickle.HIGHEST_PROTOCOL)
        self.kept: list[Any] = []

    def persistent_id(self, obj: Any) -> int | None:
        """Return the number of what is left out, and None for all else."""
        if not isinstance(obj, LEFT_OUT):
            return None
        for number, one in enumerate(self.kept):  # they are few
            if one is obj:
                return number
        self.kept.append(obj)
        return len(self.kept) - 1


class _Unpickler(pickle.Unpickler):
    """Reads what `_Pickler` has written."""

    def __init__(self, stowed: Stowed) -> None:
        super().__init__(BytesIO(zlib.decompress(stowed.data)))
        self._kept = stowed.kept

    def persistent_load(self, pid: int) -> Any:
        """Return what was left out."""
        return self._kept[pid]

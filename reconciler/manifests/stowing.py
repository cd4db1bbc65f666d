"""Keeps what is large of a document in few bytes until its turn comes.

A run loads all documents before it plans the first, as they may refer to each other, and plans them one after the
other. Together their trees would take most of its memory, so they are written as bytes after the document was read, and
read from them when somebody asks. Secrets are not among these bytes: they stay the objects that they are.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

FASTEST = 1
"""Level of compression: trees and texts become a fifth of their size, and little less with more effort."""


def packed(text: str) -> bytes:
    """Return a text in fewer bytes."""
    import zlib

    return zlib.compress(text.encode("utf-8", "surrogatepass"), FASTEST)


def unpacked(data: bytes) -> str:
    """Return a text from its bytes."""
    import zlib

    return zlib.decompress(data).decode("utf-8", "surrogatepass")


class Stowable:
    """A frozen record of which some fields can be stowed. They come back when they are asked for."""

    LARGE: ClassVar[tuple[str, ...]] = ()
    """These fields."""

    def stow(self) -> None:
        """Keep the large fields in few bytes, and give up what was derived from them."""
        from reconciler.manifests.stowed import stowed  # 10 ms, and most runs have few documents

        own = vars(self)
        if "_stowed" not in own:
            own["_stowed"] = stowed({name: own[name] for name in self.LARGE})
        self.rest()

    def rest(self) -> None:
        """Give up what was derived from the large fields, and what came back of stowed ones."""
        own = vars(self)
        stowed = own.get("_stowed")
        if stowed:
            stowed.rest()
        for name in list(own):
            if (stowed and name in self.LARGE) or isinstance(getattr(type(self), name, None), cached_property):
                own.pop(name, None)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return a large field, and have all of them at hand from now on."""
            kept = vars(self).get("_stowed")
            if kept is None or name not in self.LARGE:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            values = kept.values()
            vars(self).update(values)
            return values[name]

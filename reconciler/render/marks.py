"""The leaves of what may be shown: plain data, and marks in place of what is hidden, binary or not known yet.

They are apart from the types of `shown`, because every text needs them and those cost 20 ms to be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Hidden:
    """Takes the place of a sensitive value."""

    def __str__(self) -> str:
        return "(sensitive value)"


HIDDEN = Hidden()
"""The only instance in use."""


@dataclass(frozen=True, slots=True)
class Binary:
    """Takes the place of bytes."""

    length: int
    """How many."""
    sha256: str
    """In hexadecimal digits."""

    def __str__(self) -> str:
        return f"({self.length} bytes, sha256 {self.sha256[:12]})"


@dataclass(frozen=True, slots=True)
class Awaited:
    """Takes the place of a value that is not known yet."""

    words: str
    """What is shown: `(known after apply)`."""
    of: str = ""
    """What it waits for; values that wait for different sources are not equal."""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Takes the place of a value that came from the environment, or that such a value replaces."""

    origin: str
    """`$env STAGE`, or what else the value is."""
    digest: str
    """Equal values of a pool have equal ones."""

    def __str__(self) -> str:
        return f"({self.origin}, digest {self.digest})"


Mark: TypeAlias = Hidden | Binary | Awaited | Fingerprint
"""What may take the place of a value."""


ShownValue: TypeAlias = "bool | int | float | str | date | Mark | list[ShownValue] | dict[str, ShownValue] | None"
"""A value of the API or of a manifest without secrets."""


ShownTree: TypeAlias = dict[str, ShownValue]
"""A structure of such values."""

"""What a rotation leaves beside the secret that it hands over, so that it can go on after it was killed at any point.

Cognito returns the value of a secret once and never says which of two secrets a value is (cognito.md 2.3). So a note is
kept where the secret is handed over: of which secret each value is, proven by a digest of both. A note is written
before the value that it is about, and proves nothing while another value is there, so the two need not be written at
once. It holds no value, and no value can be found from it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple, Self

from reconciler.model import Secret

VERSION = "poolctl1"
"""How a note begins."""

NONE = "-"
"""What a note has in the place of an empty part."""

TAG = "poolctl:client-secret"
"""The tag that holds a note, in services that have tags."""


class RotationNote(NamedTuple):
    """A note about the rotation of one client's secret."""

    begun: int
    """When the rotation last asked for a new secret, in seconds since 1970; 0 once it is over."""
    old: str
    """Mark of the secret that is replaced."""
    old_proof: str
    """Proof of its value."""
    new: str = ""
    """Mark of the secret that replaces it; empty while there is none."""
    new_proof: str = ""
    """Proof of its value."""

    def __str__(self) -> str:
        parts = (str(self.begun), self.old, self.old_proof, self.new or NONE, self.new_proof or NONE)
        return " ".join((VERSION, *parts))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return a note from its text, or None if it is none of ours."""
        version, *parts = text.split(" ")
        if version != VERSION or len(parts) != len(cls._fields) or not parts[0].isdigit():
            return None
        begun, *rest = parts
        return cls(int(begun), *("" if part == NONE else part for part in rest))


def mark(secret_id: str) -> str:
    """Return what a note has in the place of the id of a secret."""
    return hashlib.sha256(secret_id.encode()).hexdigest()[:16]


def proof(value: Secret, secret_id: str) -> str:
    """Return a digest that only who knows the value of a secret and its id can make."""
    return hmac.new(value.reveal().encode(), secret_id.encode(), hashlib.sha256).hexdigest()[:32]

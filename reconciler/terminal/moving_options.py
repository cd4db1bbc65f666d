"""The options of moves: a pool for another account or Region, or in place of one that cannot be changed.

They are a group of their own, so that `Options` holds what several commands share.
"""

from __future__ import annotations

from schemas.tuples import NamedTuple

MOVING = "moving."
"""What the `dest` of each of these options begins with; `Options.moving` has them."""


class MovingOptions(NamedTuple):
    """How a pool is moved."""

    portable: bool = False
    """`export`: whether variables replace what is of one account or Region."""
    goal: tuple[str, str] = ("", "")
    """`copy`: the Region to copy to, and the profile for it; an empty profile takes that of the source."""
    execute: bool = False
    """`copy`: whether the plan is applied."""
    name: str = ""
    """`replace`: name of the new pool."""

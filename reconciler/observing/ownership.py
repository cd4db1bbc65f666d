"""What is not ours: live objects that AWS made by itself.

Decided in one place and before anything is compared, so that no later stage has to know (decision 13). An author who
declares such an object all the same takes it over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.kinds import KINDS
from reconciler.model import Observed


@dataclass(frozen=True, slots=True)
class Disowned:
    """A live object that nobody has to declare."""

    observed: Observed
    """The object."""
    reason: str
    """Who made it."""


def split(objects: Iterable[Observed], pool_id: str) -> tuple[tuple[Observed, ...], tuple[Disowned, ...]]:
    """Tell apart the objects that authors answer for and those that AWS made.

    Args:
        objects: Live objects of one pool.
        pool_id: Its id; names of groups that AWS makes begin with it.
    """
    ours: list[Observed] = []
    others: list[Disowned] = []
    for observed in objects:
        reason = KINDS[observed.address.section].owner(observed.data, pool_id)
        if reason:
            others.append(Disowned(observed, reason))
        else:
            ours.append(observed)
    return tuple(ours), tuple(others)

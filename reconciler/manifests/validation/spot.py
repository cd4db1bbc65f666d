"""What a schema says about the value at a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.model import Path
from schemas.base import ApiModel, Member, OneOf, members
from schemas.forms import Example


class Spot(NamedTuple):
    """What the schema says about a place."""

    member: Member | None
    """The member, or the one that contains the item."""
    marks: tuple[Any, ...]
    """Facts of the value itself."""
    scalar: type
    """Its type, where it is a scalar."""
    known: Mapping[str, Member]
    """Members, where it is a structure."""


def spot_of(model: type[ApiModel], path: Path) -> Spot:
    """Return what a schema says about the value at a path."""
    spot = Spot(None, (), object, members(model))
    inside = False  # whether the path has gone into the items of the last member
    for step in path:
        if spot.member is not None and spot.member.shape in ("list", "map") and not inside:
            inside = True
            spot = spot._replace(marks=spot.member.item_marks)
            continue
        member = spot.known.get(str(step))
        if member is None:
            return Spot(None, (), object, {})
        inside = False
        spot = Spot(member, member.marks, member.scalar, members(member.model) if member.model else {})
    return spot


def example(spot: Spot) -> str:
    """Return what to write behind a key that is missing."""
    known = next((m for m in spot.marks if isinstance(m, OneOf)), None)
    if known:
        return " or ".join(known.values)
    said = next((m for m in spot.marks if isinstance(m, Example)), None)
    if said:
        return said.example
    if spot.member and spot.member.shape != "scalar":
        return {"list": "[...]", "map": "{...}", "structure": "{...}"}[spot.member.shape]
    return {bool: "true or false", int: "NUMBER"}.get(spot.scalar, "TEXT")

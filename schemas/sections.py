"""The objects of the API in a document, and the members of their schemas for name and identifier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from schemas.base import ApiModel, KeyName, Member, Pin, Resettable, members


def objects(model: type[ApiModel]) -> dict[str, Member]:
    """Return the members of a structure that hold objects of the API, in the order of the model.

    These are the sections of a document and the objects inside a client; all other members are values.
    """
    return {name: member for name, member in members(model).items() if is_object(member)}


def is_object(member: Member) -> bool:
    """Return whether a member holds objects of the API, and therefore has our spelling."""
    held = member.model
    return held is not None and (bool(held.INPUTS) or held.WATCHED) and member.name == member.name.lower()


def inside(outer: Mapping[str, Member]) -> dict[str, Member]:
    """Return the members nested inside the objects of some sections: `clients.branding`."""
    return {
        f"{name}.{inner.name}": inner
        for name, member in outer.items()
        if member.model
        for inner in objects(member.model).values()
    }


def model_of(section: Member) -> type[ApiModel]:
    """Return the schema of a section's objects."""
    if section.model is None:  # pragma: no cover - sections hold structures by definition
        raise TypeError(section.name)
    return section.model


def is_single(section: Member) -> bool:
    """Return whether a section holds one object; others are maps of objects by name."""
    return section.shape == "structure"


def is_resettable(section: Member) -> bool:
    """Return whether null resets a section as a whole; a pool and what is only observed have nothing to go back to."""
    return section.has(Resettable)


@cache
def key_member(model: type[ApiModel]) -> tuple[str, bool] | None:
    """Return the member whose value is the key of an object, and whether it may differ from the key."""
    for member in members(model).values():
        mark = member.mark(KeyName)
        if mark:
            return member.name, mark.renameable
    return None


@cache
def pin_member(model: type[ApiModel]) -> str:
    """Return the member that holds the identifier made by the service, or an empty text."""
    return next((m.name for m in members(model).values() if m.has(Pin)), "")

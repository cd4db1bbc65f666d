"""Tags are written as deltas: replacing all of them would affect tags that others set (cognito.md 2.15).

Services spell the two calls differently, and keep tags as a map or as a list of `Key` and `Value`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.model import Call, FieldChange, Tree
from schemas.tuples import NamedTuple


class TagChanges(NamedTuple):
    """What differs between two sets of tags."""

    set: dict[str, Any]
    """Tags that are new or have another value, by key."""
    removed: list[str]
    """Keys of tags that go, sorted."""


class TagCalls(NamedTuple):
    """How a service spells the two calls."""

    service: str
    """boto3's name of the service."""
    add: str = "TagResource"
    """The operation that sets tags."""
    tags: str = "Tags"
    """Its parameter with the tags."""
    remove: str = "UntagResource"
    """The operation that removes tags."""
    keys: str = "TagKeys"
    """Its parameter with the keys."""

    def made(self, changes: TagChanges, place: Tree, *, listed: bool = False, region: str = "") -> Iterator[Call]:
        """Yield the calls that are needed: none, one or two.

        Args:
            changes: What differs.
            place: The parameters that name the object.
            listed: Whether the tags are a list of items, which are the values of `changes.set`.
            region: Region of the call, if it is another one than that of the pool.
        """
        if changes.set:
            tags = list(changes.set.values()) if listed else changes.set
            yield Call(self.service, self.add, {**place, self.tags: tags}, region=region)
        if changes.removed:
            yield Call(self.service, self.remove, {**place, self.keys: changes.removed}, region=region)


def declared(fields: Iterable[FieldChange], member: str) -> TagChanges:
    """Return the changes of tags that a manifest declares; null removes a tag, and null for all of them every one.

    Args:
        fields: The changes of an object.
        member: The member that holds its tags.
    """
    tags: Tree = {}
    for change in (f for f in fields if f.path[0] == member):
        whole = len(change.path) == 1
        tags |= dict.fromkeys(change.before or ()) if whole else {str(change.path[1]): change.after}
    return TagChanges({k: v for k, v in tags.items() if v is not None}, sorted(k for k, v in tags.items() if v is None))


def between(live: Mapping[str, Any] | None, wanted: Mapping[str, Any] | None) -> TagChanges:
    """Return what leads from the tags that are live to those that are wanted.

    Args:
        live: Tags by key.
        wanted: The same.
    """
    there, then = live or {}, wanted or {}
    return TagChanges({k: v for k, v in then.items() if there.get(k) != v}, sorted(there.keys() - then.keys()))

"""Objects for a pool that does not exist yet: nothing in it has an id, and everything is named for its key."""

from __future__ import annotations

from reconciler.kinds.kind import ResourceKind
from reconciler.model import Tree
from schemas.base import KeyName, Pin, members


def without_ids(kind: ResourceKind, tree: Tree) -> Tree:
    """Return an object without its id and its name: equal names could not be told apart without ids.

    Args:
        kind: Its kind.
        tree: The object as an export writes it.
    """
    known = members(kind.model)
    own = {name for name, member in known.items() if member.has(Pin)}
    named = {kind.name_member} if any(member.has(KeyName) for member in known.values()) else set()
    return {key: value for key, value in tree.items() if key not in own | named}

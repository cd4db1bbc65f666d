"""What a definition owns of one pool → a live state, for a conversion without AWS.

So the one way from live objects to a manifest serves both: what mirrors what, which factors count while MFA is off and
which values are defaults is decided by the kinds, and not again here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.importing.owned import OwnedObject, document_of
from reconciler.kinds import KINDS, root_of
from reconciler.model import Address, Observed, Tree
from reconciler.observing.observer import LiveState, wrap
from schemas.base import ApiModel, Keyed, Unordered, members


def live_state(objects: Sequence[OwnedObject], keys: Mapping[str, str] | None = None) -> LiveState:
    """Return the objects of one pool as if they had been read.

    Args:
        objects: At least one; all of the same pool.
        keys: The keys that a manifest has for clients, by their ids, if it was written before.
    """
    root = root_of(document_of(objects))
    pool = next((one for one in objects if one.section == root.section), None)
    name = str(pool.members.get(root.name_member, "")) if pool else ""
    clients = _names(objects, "clients", keys or {})
    observed = [_observed(one, name, clients) for one in objects]
    ids = {root.id_param: objects[0].pool}
    owner = next((o for o in observed if o.address.section == root.section), None)
    found = owner or Observed(Address(name, root.section), ids, {})
    every = observed if owner else [found, *observed]
    every += [_bare(name, clients, i) for i in clients if not any(_is_client(o, i) for o in every)]
    return LiveState(found, tuple(every), frozenset(o.address.section for o in every))


def _names(objects: Sequence[OwnedObject], section: str, keys: Mapping[str, str]) -> dict[str, str]:
    """Return a name for each client, also for those that only something inside of them is known of.

    Returns:
        By identifier, the names, which are unique: keys of a manifest are made of them.
    """
    kind = KINDS[section]
    ids = [one.ids[kind.id_param] for one in objects if kind.id_param in one.ids]
    called = {one.ids[kind.id_param]: one.name for one in objects if one.section == section}
    found = {identifier: keys[identifier] for identifier in ids if identifier in keys}
    new = (identifier for identifier in dict.fromkeys(ids) if identifier not in found)
    for identifier in sorted(new, key=lambda i: (called.get(i) or i, i)):
        name, number = called.get(identifier) or identifier, 2
        while name in found.values():
            name, number = f"{called.get(identifier) or identifier}-{number}", number + 1
        found[identifier] = name
    return found


def _is_client(observed: Observed, identifier: str) -> bool:
    return observed.address.section == "clients" and observed.ids.get("ClientId") == identifier


def _bare(pool: str, clients: Mapping[str, str], identifier: str) -> Observed:
    """Return a client of which nothing is known but its id, for what is inside of it."""
    name = clients[identifier]
    return Observed(Address(pool, "clients", name), {"ClientId": identifier}, {"ClientName": name})


def _observed(one: OwnedObject, pool: str, clients: Mapping[str, str]) -> Observed:
    kind = one.kind
    own = "" if kind.single else one.name or one.ids.get(kind.id_param, "")
    if kind.section == "clients":
        own = clients[one.ids[kind.id_param]]
    if kind.outer:
        owner = clients[one.ids[KINDS[kind.outer].id_param]]
        own = f"{owner}/{own}" if own else owner
    named: Tree = {kind.name_member: one.name or own} if kind.name_member and not kind.root else {}
    said = {**named, **one.members}
    assumed = kind.from_api(dict(named))  # what an answer means by what it lacks; a definition means nothing by it
    adopted = {k: v for k, v in kind.from_api(said).items() if k in said or k not in assumed or assumed[k] != v}
    switches = {k: v for k, v in one.members.items() if isinstance(v, bool) and k in adopted}
    data = wrap(kind.model, _sorted(kind.model, {**adopted, **switches}))
    return Observed(Address(pool, kind.section, own), dict(one.ids), data)


def _sorted(model: type[ApiModel], tree: Tree) -> Tree:
    """Return an object whose lists without a meaningful order have one: tools keep them in theirs."""
    known = members(model)
    result: Tree = {}
    for name, value in tree.items():
        member = known.get(name)
        keyed = member.mark(Keyed) if member else None
        if member and isinstance(value, list) and (keyed or member.has(Unordered)):
            result[name] = sorted(value, key=lambda item: _order(item, keyed.member if keyed else ""))
        elif member and member.shape == "structure" and member.model and isinstance(value, dict):
            result[name] = _sorted(member.model, value)
        else:
            result[name] = value
    return result


def _order(item: Any, key: str) -> tuple[int, str]:
    """Return where an item belongs: by its priority, then by its key or its texts."""
    if not isinstance(item, dict):
        return 0, str(item)
    texts = [item.get(key), *(v for k, v in sorted(item.items()) if k != key)]
    return int(item.get("Priority", 0)), " ".join(v for v in texts if isinstance(v, str))

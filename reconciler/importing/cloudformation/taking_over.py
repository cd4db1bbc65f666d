"""Objects of a stack → what the stack owns, in the form that every tool's definition has.

An object is known by its ids, so what has none stays behind, and the report says so: matching by a name that
CloudFormation generated would adopt another stack's pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.importing.cloudformation.leaves import ABSENT, NotKnown, Remainder, Sort
from reconciler.importing.cloudformation.property_mapping import Converted, MappedObject
from reconciler.importing.cloudformation.resource_types import FACTORS, MFA
from reconciler.importing.foreign_members import mirrored
from reconciler.importing.owned import Definition, Identity, Leftover, OwnedObject, Unmapped
from reconciler.kinds import KINDS, root_of
from reconciler.model import UNSEEN, Path, Reference, Secret, Tree, dotted
from schemas.base import SecretKeys, members

SORTS: Mapping[Sort, Leftover] = {
    "alarming": Leftover.ALARMING,
    "people": Leftover.PEOPLE,
    "member": Leftover.MEMBER,
    "service": Leftover.SERVICE,
    "read": Leftover.READ,
}
"""Kinds of reasons, as definitions of every tool have them."""

NO_ID = (
    "has no id in the template, and a name does not prove which object it is. Give the list of the stack's resources: "
    "`aws cloudformation describe-stack-resources --stack-name NAME`, with --stack-resources."
)
NO_POOL = (
    "is in a pool that the template does not say: give what the other stack exports by --export NAME=VALUE, or the "
    "parameter by --parameter NAME=VALUE."
)


def owned_by(converted: Converted, account: str = "") -> Definition:
    """Return what a stack owns.

    Args:
        converted: The objects of the stack.
        account: The account of the stack; empty if unknown.
    """
    named = {remainder.what for remainder in converted.remainder if remainder.sort == "alarming"}
    objects: dict[tuple[str, Identity], OwnedObject] = {}
    unmapped = [_unmapped(remainder) for remainder in converted.remainder]
    for one in converted.objects:
        if is_identified(one):
            unmapped += _references(one)
            owned = _owned(one)
            first = objects.setdefault((owned.pool, owned.identity), owned)
            if first is not owned:
                unmapped.append(Unmapped(one.source, f"is the same object as {first.source}.", Leftover.ALARMING))
        elif one.source not in named:
            named.add(one.source)
            unmapped.append(Unmapped(one.source, NO_ID if one.pool else NO_POOL, Leftover.ALARMING))
    accounts = {one.pool: account for one in objects.values()} if account else {}
    unvalued = (u for one in converted.objects if is_identified(one) for u in _unvalued(one))
    return Definition(tuple(objects.values()), tuple(unmapped), accounts, tuple(unvalued))


def _unvalued(one: MappedObject) -> Iterator[Unmapped]:
    for path, unknown in one.unknown.items():
        why = f"has a value that is not in the template ({unknown.reason}), so the manifest does not have it."
        yield Unmapped(f"{one.source}.{dotted(path)}", why, Leftover.MEMBER)


def _unmapped(remainder: Remainder) -> Unmapped:
    return Unmapped(remainder.what, remainder.why, SORTS[remainder.sort])


def _references(one: MappedObject) -> Iterator[Unmapped]:
    """Yield the references of the template: an export makes others, or has the live value."""
    for path, reference in one.references.items():
        why = f"is {reference.written} in the template: write that in the manifest too."
        yield Unmapped(f"{one.source}.{dotted(path)}", why, Leftover.MEMBER)


def is_identified(one: MappedObject) -> bool:
    """Return whether the ids say which pool an object is in, and which object of it.

    Args:
        one: An object of a stack.
    """
    kind = KINDS[one.section]
    needed = {root_of(kind.document).id_param}
    if kind.outer:
        needed.add(KINDS[kind.outer].id_param)
    if not kind.single:
        needed.add(kind.id_param)
    return needed <= {name for name, value in one.ids.items() if value}


def _owned(one: MappedObject) -> OwnedObject:
    known = _known(one.members)
    tree: Tree = known if isinstance(known, dict) else {}
    secrets = frozenset((*_secrets(one.members, ()), *_secret_keys(one)))
    for path in secrets:
        _hold_place(tree, path)
    name = one.name if isinstance(one.name, str) else ""
    covers = frozenset(mirrored(one.section, one.covers))
    unseen = _never_compared(one.section, tree)
    return OwnedObject(one.section, one.ids, one.source, tree, covers, secrets, name, dict(_not_known(one)), unseen)


def _never_compared(section: str, tree: Tree) -> Mapping[Path, str]:
    """Return the members of write-only properties, as the registry marks them, that an object has."""
    if section == "domains" and "ManagedLoginVersion" in tree:
        return {("ManagedLoginVersion",): "ManagedLoginVersion"}
    factors = [member for member, _ in FACTORS.values()] if section == MFA else []
    return {(member,): "EnabledMfas" for member in factors if any(factor in tree for factor in factors)}


def _not_known(one: MappedObject) -> Iterator[tuple[Path, str]]:
    """Yield members that have no value here: a list of which an item is not known is not known."""
    reasons = {path: unknown.reason for path, unknown in one.unknown.items()}
    reasons |= {path: f"it is {reference.written} there" for path, reference in one.references.items()}
    for path, reason in reasons.items():
        yield next((cover for cover in one.covers if path[: len(cover)] == cover), path), reason


def _secret_keys(one: MappedObject) -> Iterator[Path]:
    """Yield the members of an object that are secret by their key, whatever the template has there."""
    for name, member in members(KINDS[one.section].model).items():
        keys, value = member.mark(SecretKeys), one.members.get(name)
        if keys and isinstance(value, dict):
            yield from ((name, key) for key in keys.names if key in value)


def secret_leaves(one: MappedObject) -> Iterator[tuple[Path, Any]]:
    """Yield the secrets of an object with what the template has there: a `Secret`, a reference, or `NotKnown`.

    Args:
        one: An object of a stack.
    """
    for path in dict.fromkeys((*_secrets(one.members, ()), *_secret_keys(one))):
        value: Any = one.members
        for step in path:
            value = value[step]
        yield path, value


def _hold_place(tree: Any, path: Path) -> None:
    """Put an unknown secret where there is no value, so that a manifest has a reference there."""
    *steps, last = path
    for step in steps:
        tree = tree.setdefault(step, {}) if isinstance(tree, dict) else None
    if isinstance(tree, dict):
        tree.setdefault(last, Secret("never shown", UNSEEN))


def _known(value: Any) -> Any:
    """Return the part of a value that is known; ABSENT if nothing is. A list of which an item is unknown is unknown."""
    if isinstance(value, NotKnown | Reference):
        return ABSENT
    if isinstance(value, dict):
        inner = {key: _known(part) for key, part in value.items()}
        found = {key: part for key, part in inner.items() if part is not ABSENT}
        return ABSENT if value and not found else found
    if isinstance(value, list):
        items = [_known(item) for item in value]
        return ABSENT if any(item is ABSENT for item in items) else items
    return value


def _secrets(value: Any, path: Path) -> Iterator[Path]:
    """Yield where a template has a secret, or a reference to one."""
    if isinstance(value, Secret) or (isinstance(value, Reference) and value.kind == "secret"):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _secrets(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _secrets(inner, (*path, index))

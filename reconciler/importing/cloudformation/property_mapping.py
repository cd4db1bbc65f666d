"""Resources of a stack → objects of a manifest, in the names, shapes and types of the API.

CloudFormation converts numbers, booleans and texts into each other; here the shape of the API says which it is. What
the template does not know stays a `NotKnown` leaf: the object owns the member, and the live pool has its value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.importing.cloudformation.api_values import Conversion
from reconciler.importing.cloudformation.leaves import Dependence, NotKnown, Remainder, Sort, as_text
from reconciler.importing.cloudformation.reshaping import AFTER, BEFORE, GENERATED
from reconciler.importing.cloudformation.resource_types import ALL_CLIENTS, MFA, MFA_OPERATION, REGIONAL, ROWS, TypeRow
from reconciler.importing.cloudformation.stack import Stack, StackResource
from reconciler.kinds import KINDS
from reconciler.model import Path, Position, Reference, Secret, Tree, dotted
from reconciler.values.shapes import Shape, input_shape
from schemas.base import SecretKeys, members

L = TypeVar("L")


@dataclass(frozen=True, slots=True)
class MappedObject:
    """One object of a manifest that a resource of a stack owns."""

    section: str
    """Its kind: `clients`, `clients.branding`, `mfa`."""
    source: str
    """Logical id of its resource."""
    ids: Mapping[str, str]
    """What identifies it in calls, as far as it is known: UserPoolId, ClientId, GroupName."""
    name: str | NotKnown
    """Its key within the section; empty for the only object of a section."""
    pool: str
    """Logical id of its pool's resource, or the id of a pool that the template does not have; empty if unknown."""
    client: str
    """Logical id of the client that it belongs to, or a client id; empty if it belongs to the pool."""
    members: Tree = field(repr=False)
    """Its members. Leaves are as in `StackResource.properties`, in the types of the API."""
    uses: Mapping[Path, frozenset[Dependence]] = field(repr=False)
    """What each member depends on, by its path."""
    position: Position
    """Where the resource is written."""

    @property
    def covers(self) -> frozenset[Path]:
        """The members that it sets, also those whose value is not known: paths that go down to what is no structure."""
        return frozenset(_covers(self.members, ()))

    @property
    def references(self) -> Mapping[Path, Reference]:
        """What AWS keeps and the template refers to, by member: `$secret` and `$ssm` of a manifest."""
        return dict(_leaves(self.members, (), Reference))

    @property
    def unknown(self) -> Mapping[Path, NotKnown]:
        """The members whose value only the live pool has, or parts of them, with the reason."""
        return dict(_leaves(self.members, (), NotKnown))


@dataclass(frozen=True, slots=True)
class Converted:
    """What a stack owns."""

    objects: tuple[MappedObject, ...]
    """In the order of the template; a pool before its MFA settings."""
    remainder: tuple[Remainder, ...]
    """Everything that is in no manifest: of the stack, and properties without a member."""


def mapped(stack: Stack) -> Converted:
    """Return the objects that the resources of a stack are."""
    objects: list[MappedObject] = []
    remainder = list(stack.remainder)
    for resource in stack.resources:
        one = _Mapping(stack, resource)
        objects += one.objects()
        remainder += one.remainder
        if stack.listing.items and not resource.physical_id:
            remainder.append(_undeployed(stack, resource))
    return Converted(tuple(objects), tuple(remainder))


_IN_CLEAR = "is in clear in the template, and wherever that is kept. Put it into Secrets Manager, and rotate it."


_OF_PRIMARY = (
    "sets in the Region of the pool itself what the pool sets there, and no replica is in that Region: both would "
    "write. Move its settings into the pool, or it into a stack in the Region of the replica."
)


def _undeployed(stack: Stack, resource: StackResource) -> Remainder:
    more = "" if stack.listing.complete else " The list is cut: `aws cloudformation list-stack-resources` has all."
    why = f"is not among the stack's resources, so nothing says which object it is.{more}"
    return Remainder(resource.logical_id, why, "alarming", resource.position)


class _Mapping:
    """The mapping of one resource."""

    def __init__(self, stack: Stack, resource: StackResource) -> None:
        self.remainder: list[Remainder] = []
        self._stack = stack
        self._resource = resource
        self._row = ROWS[resource.short]
        self._sections: dict[str, Tree] = {}

    def objects(self) -> Iterator[MappedObject]:
        """Yield the objects: one, and for a pool with MFA a second one."""
        self._members()
        after = AFTER.get(self._resource.short)
        if after:
            after(self._resource.properties, self._sections, self._say)
        self._hide()
        section = self._section()
        if section is None:
            return
        ids = self._ids()
        yield self._object(section, self._sections.get(self._row.section, {}), ids, self._row.section)
        if self._sections.get(MFA):
            yield self._object(MFA, self._sections[MFA], ids, MFA)

    def _object(self, section: str, members: Tree, ids: Mapping[str, str], origin: str) -> MappedObject:
        resource = self._resource
        own = "" if self._row.parent else resource.logical_id
        pool = own or self._place(self._row.parent)
        client = resource.logical_id if self._row.is_client else ""
        if self._row.of_client and section.startswith("clients."):
            client = self._place("ClientId")
        name = self._name() if section != MFA else ""
        uses = {path: use for place, path, use in self._uses() if place == origin}
        return MappedObject(section, resource.logical_id, ids, name, pool, client, members, uses, resource.position)

    # --- members

    def _members(self) -> None:
        conversion = Conversion(self._say)
        before = BEFORE.get(self._resource.short)
        properties = self._resource.properties
        for key, value in (before(properties, self._say) if before else properties).items():
            if key in self._row.places:
                continue
            if key in self._row.aside:
                self._say((key,), self._row.aside[key], "member")
                continue
            section, *path = self._row.moved.get(key, (self._row.section, key))
            if not path:
                continue  # `AFTER` knows what to make of it
            shape = _shape(_operations(self._row, section), path)
            if shape is None:
                self._say((key,), "is no member of the API that the installed botocore knows.", "member")
            else:
                converted = conversion.value(value, shape, (key,))
                _put(self._sections.setdefault(section, {}), path, converted)

    def _hide(self) -> None:
        """Make secrets of the texts that are secret by their key."""
        tree = self._sections.get(self._row.section, {})
        for name, member in members(KINDS[self._row.section].model).items():
            keys, found = member.mark(SecretKeys), tree.get(name)
            if keys is None or not isinstance(found, dict):
                continue
            for key in keys.names:
                if isinstance(found.get(key), str):
                    found[key] = Secret(found[key], "template")
                    self._say((name, key), _IN_CLEAR)

    def _say(self, path: Path, why: str, sort: Sort = "member") -> None:
        name = self._resource.logical_id
        what = f"{name}.{dotted(path)}" if path else name
        self.remainder.append(Remainder(what, why, sort, self._stack.position(name, path)))

    def _uses(self) -> Iterator[tuple[str, Path, frozenset[Dependence]]]:
        for path, uses in self._resource.uses.items():
            section, *start = self._row.moved.get(str(path[0]), (self._row.section, str(path[0]))) if path else ("",)
            yield section, (*start, *path[1:]), uses

    # --- identity

    def _section(self) -> str | None:
        """Return the kind, or None if there is no such object, or it cannot be known which."""
        if self._resource.short == REGIONAL and self._is_primary():
            self._say((), _OF_PRIMARY, "alarming")
            return None
        if not self._row.of_client:
            return self._row.section
        client = self._resource.properties.get("ClientId")
        if client == ALL_CLIENTS and not self._row.section.startswith("clients."):
            return self._row.section
        if self._place("ClientId"):
            return self._row.client_section
        why = client.reason if isinstance(client, NotKnown) else "it is not written"
        self._say(("ClientId",), f"does not say which client it is of: {why}.", "alarming")
        return None

    def _is_primary(self) -> bool:
        """Whether the Region of the stack is that of the pool, which is the beginning of its id."""
        pool = self._place(self._row.parent)
        region = self._stack.where.region
        return pool in self._stack.template.section("Resources") or (bool(region) and pool.startswith(f"{region}_"))

    def _place(self, key: str) -> str:
        """Return which pool or client a property means: a logical id, or an id."""
        return self._resource.refers.get(key) or as_text(self._resource.properties.get(key)) or ""

    def _ids(self) -> dict[str, str]:
        """Return the identifiers that are known: from the physical id, and from properties."""
        physical = self._resource.physical_id
        parts = physical.split("|") if len(self._row.ids) > 1 else [physical]
        known = physical and len(parts) == len(self._row.ids)
        ids = dict(zip(self._row.ids, parts, strict=True)) if known else {}
        for key in (self._row.parent, self._row.key, "ClientId"):
            value = as_text(self._resource.properties.get(key))
            if key in (*self._row.ids, self._row.parent) or (key == "ClientId" and self._row.of_client):
                ids.setdefault(key, value or "")
        if self._resource.short == REGIONAL:
            ids["RegionName"] = self._stack.where.region
        return {key: value for key, value in ids.items() if value and not (key == "ClientId" and value == ALL_CLIENTS)}

    def _name(self) -> str | NotKnown:
        if self._resource.short == REGIONAL:
            return self._stack.where.region or NotKnown("it is of the Region of the stack, which is not known")
        if not self._row.key:
            return ""
        written = self._resource.properties.get(self._row.key)
        if written is None and self._row.is_name and self._resource.physical_id:
            return self._resource.physical_id
        if written is None:
            return NotKnown(GENERATED)
        return written if isinstance(written, NotKnown) else as_text(written) or NotKnown("the name is no text")


def _operations(row: TypeRow, section: str) -> Iterable[tuple[str, str]]:
    return (MFA_OPERATION,) if section == MFA else row.operations


def _shape(operations: Iterable[tuple[str, str]], path: Iterable[str]) -> Shape | None:
    """Return the shape of a member in the first operation that takes it."""
    for operation in operations:
        shape: Shape | None = input_shape(*operation)
        for step in path:
            shape = shape.members.get(step) if shape else None
        if shape:
            return shape
    return None


def _put(tree: Tree, path: Iterable[str], value: Any) -> None:
    *steps, last = path
    for step in steps:
        tree = tree.setdefault(step, {})
    tree[last] = value


def _covers(value: Any, path: Path) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _covers(inner, (*path, key))
    elif path:
        yield path


def _leaves(value: Any, path: Path, kind: type[L]) -> Iterator[tuple[Path, L]]:
    if isinstance(value, kind):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key), kind)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index), kind)

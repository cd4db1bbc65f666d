"""Attributes of another tool → members of the API: the two trees are walked side by side.

Tools spell the API's names in their own way (`callback_urls`, `kms_key_id`), and new ones appear before anybody here
knows of them. So a name is looked up in the input shape of botocore, without underscores and case, and only what that
does not find is in a table of the tool (`ForeignNames`).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from reconciler.kinds import KINDS
from reconciler.model import Path, Secret, Tree
from reconciler.values.shapes import Shape, input_shape
from schemas.base import Mirrors, members

BLANK: tuple[Any, ...] = (None, "", [], {})
"""What tools write for an attribute that was never set."""


class ApiPlace(NamedTuple):
    """A place in an object of the API."""

    section: str
    """The section that has it; may be another one than that of the resource (`mfa`)."""
    path: Path
    """The steps within the object."""


@dataclass(frozen=True)
class ForeignNames:
    """What no rule finds in the attributes of one resource. Attributes are named with dots between blocks."""

    section: str
    """Section of the resource."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Attribute → member, from the object if it is on the first level, else from the member of its block; `mfa:NAME` is
    in the section before the colon."""
    keys: frozenset[str] = frozenset()
    """Attributes of a repeated block that are the key of a map."""
    ignored: frozenset[str] = frozenset()
    """Attributes that are no configuration."""
    zero_is_unset: frozenset[str] = frozenset()
    """Numbers of which 0 means that none was set."""
    empty_is_set: frozenset[str] = frozenset()
    """Lists and blocks of which an empty one is a value."""
    own_keys: frozenset[str] = frozenset()
    """Maps of which each key is owned alone, as others write further ones: tags."""


@dataclass
class Walked:
    """What the attributes of one resource mean."""

    members: dict[str, Tree] = field(default_factory=dict)
    """By section, the members that have a value."""
    covers: dict[str, set[Path]] = field(default_factory=dict)
    """By section, the members that the resource sets."""
    unknown: list[str] = field(default_factory=list)
    """Attributes with a value and without a member."""
    unreadable: list[str] = field(default_factory=list)
    """Attributes whose value does not have the form of the member."""


def folded(name: str) -> str:
    """Return a name as it is compared: `KMSKeyID` and `kms_key_id` are one."""
    return name.replace("_", "").casefold()


@cache
def shapes(section: str) -> tuple[Shape, ...]:
    """Return the inputs of a kind, the one that creates it first."""
    kind = KINDS[section]
    return tuple(input_shape(kind.service, o) for o in (kind.create, kind.update) if o)


def member_named(section: str, path: Path, attribute: str) -> str:
    """Return the member of a structure of the API that an attribute spells, or an empty text.

    Args:
        section: The kind.
        path: The structure within it; empty for the object itself.
        attribute: The last part of the attribute's name.
    """
    wanted = folded(attribute)
    every = (name for shape in _at(section, path) for name in shape.members)
    return next((name for name in every if folded(name) == wanted), "")


def _at(section: str, path: Path) -> Iterator[Shape]:
    """Yield the structures at a path; items of lists and maps are on the way, and not in the path."""
    for top in shapes(section):
        shape: Shape | None = top
        for step in path:
            shape = _inner(shape).members.get(str(step)) if shape else None
        if shape and _inner(shape).type == "structure":
            yield _inner(shape)


def _inner(shape: Shape) -> Shape:
    """Return the structure of a member, or of the items of a list or map."""
    while shape.type in ("list", "map"):
        shape = shape.item
    return shape


def shape_of(member: ApiPlace) -> Shape | None:
    """Return the shape of a member, or None if the installed botocore does not know it."""
    for top in shapes(member.section):
        shape: Shape | None = top
        for step in member.path:
            shape = _inner(shape).members.get(str(step)) if shape else None
        if shape:
            return shape
    return None


def target(names: ForeignNames, at: ApiPlace, attribute: str) -> ApiPlace | None:
    """Return the member that an attribute means, or None.

    Args:
        names: The exceptions of the resource.
        at: The structure that the attribute's block means.
        attribute: The attribute, with its blocks and dots.
    """
    said = names.renamed.get(attribute)
    if said is None:
        found = member_named(at.section, at.path, attribute.rpartition(".")[2])
        return ApiPlace(at.section, (*at.path, found)) if found else None
    section, colon, rest = said.rpartition(":")
    if colon:
        return ApiPlace(section, tuple(rest.split(".")))
    return ApiPlace(at.section, (*at.path, *rest.split(".")))


def mirrored(section: str, covers: Iterable[Path]) -> Iterator[Path]:
    """Yield paths, and those of the members that hold the same setting: a manifest may write either."""
    known = members(KINDS[section].model)
    for path in covers:
        yield path
        holder = known.get(str(path[0])) if path else None
        inner = members(holder.model).get(str(path[1])) if holder and holder.model and len(path) > 1 else holder
        mark = inner.mark(Mirrors) if inner else None
        if mark:
            other = (*path[:-1], *mark.path)
            yield other if other[0] == mark.path[0] else other[:-1]  # a trigger has its version beside it


def walk(attributes: Mapping[str, Any], names: ForeignNames) -> Walked:
    """Return what the attributes of a resource mean.

    Args:
        attributes: Blocks are lists of maps, or maps; secrets are `Secret`.
        names: What no rule finds.
    """
    found = Walked()
    _MemberWalk(names, found).block(attributes, "", ApiPlace(names.section, ()))
    return found


class _MemberWalk:
    """One walk; collects into `found`."""

    def __init__(self, names: ForeignNames, found: Walked) -> None:
        self._names = names
        self._found = found

    def block(self, attributes: Mapping[str, Any], prefix: str, at: ApiPlace) -> None:
        """Go through the attributes of a block that there is once."""
        for name, value in attributes.items():
            attribute = f"{prefix}{name}"
            if attribute in self._names.ignored:
                continue
            member = target(self._names, at, attribute)
            shape = shape_of(member) if member else None
            if member is None or shape is None:
                if value not in BLANK:
                    self._found.unknown.append(attribute)
                continue
            self._member(attribute, member, shape, value)

    def _member(self, attribute: str, member: ApiPlace, shape: Shape, value: Any) -> None:
        if shape.type == "structure" and not shape.spec.get("document"):
            self._structure(attribute, member, value)
            return
        kept = self._value(attribute, member, shape, value)
        covers = self._found.covers.setdefault(member.section, set())
        if attribute in self._names.own_keys:
            covers |= {(*member.path, key) for key in kept or ()}
        else:
            covers.add(member.path)
        if kept not in BLANK or (kept == [] and attribute in self._names.empty_is_set):
            self._put(member, kept)

    def _structure(self, attribute: str, member: ApiPlace, value: Any) -> None:
        """Go into a block that there is at most once: a list with one item, or none."""
        one = value[0] if isinstance(value, list) and len(value) == 1 else value
        if one in BLANK and not (isinstance(value, list) and value):
            self._found.covers.setdefault(member.section, set()).add(member.path)
            return
        if attribute in self._names.empty_is_set:
            self._put(member, {})
        if isinstance(one, Mapping) and one:
            self.block(one, f"{attribute}.", member)
        else:
            self._found.covers.setdefault(member.section, set()).add(member.path)
        if one and not isinstance(one, Mapping):
            self._found.unreadable.append(attribute)

    def _put(self, member: ApiPlace, value: Any) -> None:
        tree = self._found.members.setdefault(member.section, {})
        for step in member.path[:-1]:
            tree = tree.setdefault(str(step), {})
        last = str(member.path[-1])
        if not (value == {} and isinstance(tree.get(last), dict)):
            tree[last] = value

    # --- values

    def _value(self, attribute: str, member: ApiPlace, shape: Shape, value: Any) -> Any:
        """Return a value in the shape of the API; blank ones as they are."""
        if value is None or (value == 0 and attribute in self._names.zero_is_unset):
            return None
        try:
            return self._shaped(attribute, member, shape, value)
        except (ValueError, TypeError, AttributeError):  # its text would quote the value
            self._found.unreadable.append(attribute)
            return None

    def _shaped(self, attribute: str, member: ApiPlace, shape: Shape, value: Any) -> Any:
        if shape.spec.get("document"):
            return json.loads(value) if isinstance(value, str) and value else value or None
        if shape.type == "structure":
            return self._item(attribute, member, value)
        if shape.type == "list":
            return [self._shaped(attribute, member, shape.item, v) for v in value or ()]
        if shape.type == "map":
            return self._map(attribute, member, shape, value)
        return _scalar(shape.type, value)

    def _map(self, attribute: str, member: ApiPlace, shape: Shape, value: Any) -> Tree:
        if isinstance(value, Mapping):
            return {k: self._shaped(attribute, member, shape.item, v) for k, v in value.items() if v is not None}
        keyed = {}
        for item in value or ():  # repeated blocks, of which one attribute is the key
            key = next(item[name] for name in item if f"{attribute}.{name}" in self._names.keys)
            keyed[str(key)] = self._item(attribute, member, item)
        return keyed

    def _item(self, attribute: str, member: ApiPlace, value: Mapping[str, Any]) -> Tree:
        """Return one of several blocks as a structure."""
        inner = Walked()
        names = self._names
        one = ApiPlace(member.section, member.path)
        rest = {k: v for k, v in value.items() if f"{attribute}.{k}" not in names.keys}
        _MemberWalk(names, inner).block(rest, f"{attribute}.", one)
        self._found.unknown += inner.unknown
        self._found.unreadable += inner.unreadable
        tree: Any = inner.members.get(member.section, {})
        for step in member.path:
            tree = tree.get(str(step), {})
        return dict(tree)


def _scalar(kind: str, value: Any) -> Any:
    """Return a scalar in the type of the API: some tools write numbers and booleans as texts, and texts as numbers.

    Raises:
        ValueError: It has another type, or is not written like one.
    """
    if isinstance(value, Secret):
        return value
    if kind == "blob":
        return _decoded(value)
    if kind == "boolean" and isinstance(value, str):
        if value.casefold() not in ("true", "false"):
            raise ValueError
        return value.casefold() == "true"
    if kind in ("integer", "long") and not isinstance(value, bool):
        return int(value)
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, Mapping | list):
        raise TypeError
    return value


def _decoded(value: Any) -> bytes:
    """Return the bytes that a text encodes in base64.

    Raises:
        ValueError: It is none.
    """
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError from None

"""Compares declared members with live ones.

Only declared members count: undeclared ones are not ours to change. Both sides are first normalised to
one form (sets sorted, line endings folded, empties equal), because an untouched live object must never show
a change. Most objects are equal, and equality is cheap; only if it fails are the differences looked for,
by deepdiff where a value has parts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from typing import Any

from reconciler.model import FieldChange, Path, Secret, Tree
from reconciler.values.item_forms import is_form
from reconciler.values.merge import reset_value, usual_entry
from schemas.base import (
    ABSENT,
    ApiModel,
    ByItem,
    Cidr,
    CreateOnly,
    Default,
    FreeDocument,
    Keyed,
    Member,
    Pin,
    Presence,
    SecretKeys,
    Sensitive,
    Text,
    Unordered,
    WriteOnly,
    WriteOnlyKeys,
    members,
)

_KEY = secrets.token_bytes(16)
"""Secrets are compared by a keyed digest, so no comparison library ever holds their plain text."""


_SCALARS = frozenset({str, bool, int})
"""Types whose values are the same if they are equal and of one type; most members have one of them."""


class Leaf:
    """A declared value and the live one, with the schema's facts about the member."""

    __slots__ = ("after", "before", "member", "path", "sensitive")

    def __init__(self, path: Path, before: Any, after: Any, member: Member | None, *, sensitive: bool) -> None:
        plain = type(after) in _SCALARS  # most are, and hold no secret
        self.path = path
        self.before = before if plain else _concealed(before, after)
        self.after = after
        self.member = member
        self.sensitive = sensitive or (not plain and _holds_secret(after))


def diff(model: type[ApiModel], declared: Tree, observed: Tree) -> tuple[FieldChange, ...]:
    """Return the declared members that differ from the live ones, in the order of the schema.

    Args:
        model: Schema of the object.
        declared: The declared tree; null means the service's default.
        observed: The live object; empty if it does not exist.
    """
    creating = not observed
    found = list(_leaves(model, declared, observed, (), creating=creating))
    sides = [(None if creating else _before(leaf), _after(leaf)) for leaf in found]
    if all(before == after for before, after in sides):
        return ()
    keys = [json.dumps(leaf.path) for leaf in found]
    have, want = (dict(zip(keys, side, strict=True)) for side in zip(*sides, strict=True))
    changed = _unequal(have, want)
    return tuple(_change(leaf) for key, leaf in dict(zip(keys, found, strict=True)).items() if key in changed)


def _is_plainly_same(before: Any, after: Any) -> bool:
    """Return whether two sides need no normal form to be the same: equal and not empty. Most members are so."""
    if type(before) is not type(after) or before != after:
        return False
    if type(after) is list:
        return bool(after)
    return type(after) in _SCALARS and after != ""


def same(model: type[ApiModel], one: Tree, other: Tree) -> bool:
    """Return whether two live objects are equivalent to the service: every member of either is compared."""
    return not diff(model, one, other) and not diff(model, other, one)


def undeclared(model: type[ApiModel], declared: Tree, observed: Tree) -> tuple[FieldChange, ...]:
    """Return undeclared live members that are neither empty nor at the service's default.

    Members unknown to the schema, identifiers, and secrets generated with the object are omitted.

    Args:
        model: Schema of the object.
        declared: The declared tree; empty for an undeclared object.
        observed: The live object.

    Returns:
        The live value as `before`, the default as `after`, in the order of the schema.
    """
    return tuple(_undeclared(model, declared, observed, {}, ()))


def _undeclared(model: type[ApiModel], declared: Any, live: Tree, default: Any, path: Path) -> Iterator[FieldChange]:
    said = declared if isinstance(declared, dict) else {}
    around = default if isinstance(default, dict) else {}
    for name, member, own, is_one in _settable(model):
        if name in live and not (is_one and name in said):
            base = own.value if own else around.get(name)
            yield from _undeclared_member(member, said.get(name, ABSENT), live[name], base, (*path, name))


@cache
def _settable(model: type[ApiModel]) -> tuple[tuple[str, Member, Default | None, bool], ...]:
    """Return the members that somebody sets, in the order of the schema.

    Each with its default, and whether it is declared as a whole or not at all.
    """
    found = ((name, m) for name, m in members(model).items() if not _is_given(m))
    return tuple((name, m, m.mark(Default), m.shape in ("scalar", "list") and not m.has(Keyed)) for name, m in found)


def _is_given(member: Member) -> bool:
    """Whether the service sets a member: identifiers, write-only members, and secrets generated with the object."""
    return member.has(Pin) or member.has(WriteOnly) or (member.has(Sensitive) and member.has(CreateOnly))


def _undeclared_member(member: Member, said: Any, live: Any, base: Any, path: Path) -> Iterator[FieldChange]:
    if said is None:
        return
    if member.shape == "structure" and member.model and isinstance(live, dict):
        yield from _undeclared(member.model, said, live, base, path)
    elif member.shape == "map" and isinstance(live, dict):
        yield from _undeclared_entries(member, said, live, base, path)
    elif (keyed := member.mark(Keyed)) and isinstance(live, list):
        yield from _undeclared_items(member, keyed.member, said, live, path)
    elif said is ABSENT and not _holds_by_default(member, live, base):
        yield FieldChange(path, live, base, sensitive=member.has(Sensitive) or _holds_secret(live))


def _undeclared_entries(member: Member, said: Any, live: Tree, base: Any, path: Path) -> Iterator[FieldChange]:
    declared = said if isinstance(said, dict) else {}
    usual = base if isinstance(base, dict) else {}
    entry, secret, silent = _entry(member), member.mark(SecretKeys), member.mark(WriteOnlyKeys)
    for key, value in live.items():
        if silent and key in silent.names:
            continue
        if key in declared and (declared[key] is None or not member.model):
            continue
        if member.model and isinstance(value, dict):
            yield from _undeclared(member.model, declared.get(key), value, usual.get(key), (*path, key))
        elif not _holds_by_default(entry, value, usual.get(key)):
            sensitive = _holds_secret(value) or bool(secret and key in secret.names)
            yield FieldChange((*path, key), value, usual.get(key), sensitive=sensitive)


def _undeclared_items(member: Member, key: str, said: Any, live: list[Tree], path: Path) -> Iterator[FieldChange]:
    declared = [item[key] for item in said] if isinstance(said, list) else []
    own = member.mark(Default)
    usual = [_item(member, item) for item in own.value] if own else []
    for item in live:
        if item[key] not in declared and _item(member, item) not in usual:
            yield FieldChange((*path, item[key]), item, None)


def _holds_by_default(member: Member, live: Any, base: Any) -> bool:
    """Whether a live value is the service's default; without a default, whether it is off or empty."""
    if type(live) in _SCALARS and type(live) is type(base) and live == base:
        return True
    found = _canonical(member, live)
    return found is None or (found is False and base is None) or found == _canonical(member, base)


def _holds_secret(value: Any) -> bool:
    if type(value) in _SCALARS:
        return False
    if isinstance(value, dict | list):
        return any(map(_holds_secret, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Secret)


def _concealed(live: Any, declared: Any) -> Any:
    """Wrap a secret that the service returns in plain text where the schema expects none."""
    if not _holds_secret(declared):
        return live
    if isinstance(live, str):
        return Secret(live, "live")
    if isinstance(live, list):
        return [_concealed(v, Secret("", "declared")) for v in live]
    if isinstance(live, dict) and isinstance(declared, dict):
        return {k: _concealed(v, declared.get(k)) for k, v in live.items()}
    return live


def _unequal(have: Tree, want: Tree) -> set[str]:
    """Return the keys under which two trees of the same keys differ.

    deepdiff is asked only about what has to be looked into: it takes most of the time of a plan otherwise.
    """
    shallow = {key for key, value in want.items() if _is_shallow(have[key], value)}
    deep = want.keys() - shallow
    rest = _unequal_deeply({key: have[key] for key in deep}, {key: want[key] for key in deep})
    return rest | {key for key in shallow if have[key] != want[key]}


def _is_shallow(before: Any, after: Any) -> bool:
    """Return whether two values can be compared without looking into them."""
    return before is None or after is None or (type(before) is type(after) and type(after) in _SCALARS)


def _unequal_deeply(have: Tree, want: Tree) -> set[str]:
    if not want:  # then deepdiff need not be imported
        return set()
    from deepdiff import DeepDiff

    found = DeepDiff(have, want, view="tree", threshold_to_diff_deeper=0)
    return {str(item.path(output_format="list")[0]) for items in found.values() for item in items}


def _change(leaf: Leaf) -> FieldChange:
    before = None if leaf.before is ABSENT else leaf.before
    after = leaf.after
    if after is None:
        reset = reset_value(leaf.member)
        after = None if reset is ABSENT else reset
    return FieldChange(leaf.path, before, after, sensitive=leaf.sensitive)


# --- from declared structures to leaves ----------------------------------------------------------------------------


def _leaves(
    model: type[ApiModel] | None, declared: Mapping[str, Any], observed: Any, path: Path, *, creating: bool
) -> Iterator[Leaf]:
    known = members(model) if model else {}
    live = observed if isinstance(observed, dict) else {}
    order = [name for name in known if name in declared] + [name for name in declared if name not in known]
    for name in order:
        value, here = declared[name], live.get(name, ABSENT)
        if creating or not _is_plainly_same(here, value):
            yield from _member(known.get(name), value, here, (*path, name), creating=creating)


def _member(member: Member | None, value: Any, live: Any, path: Path, *, creating: bool) -> Iterator[Leaf]:
    if member is None:
        yield from _unknown(value, live, path)
    elif member.has(Pin) or (member.has(WriteOnly) and not creating):
        return
    elif value is None or member.shape == "scalar" or member.has(FreeDocument):
        yield Leaf(path, live, value, member, sensitive=member.has(Sensitive))
    elif member.shape == "structure":
        silent = all(inner is None for inner in value.values())  # otherwise a member implies the structure
        if member.has(Presence) and not isinstance(live, dict) and silent:
            yield Leaf(path, ABSENT, {}, member, sensitive=False)
        yield from _leaves(member.model, value, live, path, creating=creating)
    elif member.shape == "map":
        yield from _entries(member, value, live, path, creating=creating)
    elif keyed := member.mark(Keyed):
        yield from _items(member, keyed.member, value, live, path)
    else:
        yield Leaf(path, live, value, member, sensitive=member.has(Sensitive))


def _unknown(value: Any, live: Any, path: Path) -> Iterator[Leaf]:
    """Compare a member that only botocore knows; structures are still compared member by member."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _unknown(inner, live.get(key, ABSENT) if isinstance(live, dict) else ABSENT, (*path, key))
    else:
        yield Leaf(path, live, value, None, sensitive=isinstance(value, Secret))


def _entries(member: Member, value: Tree, live: Any, path: Path, *, creating: bool) -> Iterator[Leaf]:
    secret, silent = member.mark(SecretKeys), member.mark(WriteOnlyKeys)
    have = live if isinstance(live, dict) else {}
    for key, inner in value.items():
        if silent and key in silent.names and not creating:
            continue
        here = have.get(key, ABSENT)
        if not creating and _is_plainly_same(here, inner):
            continue
        if member.model and inner is not None:
            yield from _leaves(member.model, inner, here, (*path, key), creating=creating)
        else:
            sensitive = isinstance(inner, Secret) or bool(secret and key in secret.names)
            yield Leaf((*path, key), here, inner, _entry(member, usual_entry(member, key)), sensitive=sensitive)


def _entry(member: Member, usual: Any = None) -> Member:
    """Return a map entry as a member, with its own default and without that of the whole map."""
    marks = member.item_marks if usual is None else (*member.item_marks, Default(usual))
    return Member(member.name, "scalar", None, marks, (), member.scalar, member.holder)


def _items(member: Member, key: str, value: list[Tree], live: Any, path: Path) -> Iterator[Leaf]:
    have = {item[key]: item for item in live} if isinstance(live, list) else {}
    for item in value:
        name = item[key]
        if name in have:
            yield from _leaves(member.model, item, have[name], (*path, name), creating=False)
        else:
            yield Leaf((*path, name), ABSENT, item, member, sensitive=False)


# --- one form for both sides ---------------------------------------------------------------------------------------


def _after(leaf: Leaf) -> Any:
    value = leaf.after
    if value is None:
        value = reset_value(leaf.member)
    if isinstance(value, list) and _holds_secret(value):
        value = [Secret(v, "declared") if isinstance(v, str) else v for v in value]  # as the live ones are
    return _canonical(leaf.member, _or_default(leaf.member, value) if isinstance(value, list) else value)


def _before(leaf: Leaf) -> Any:
    """Return the live value; an absent member has the service's default, whatever the age of the object."""
    return _canonical(leaf.member, _or_default(leaf.member, leaf.before))


def _or_default(member: Member | None, value: Any) -> Any:
    """Return the value or its default: to the service, an empty list is absent (rule C20, cognito.md 4.4)."""
    default = member.mark(Default) if member else None
    return default.value if default and _is_empty(value, member) else value


def _is_empty(value: Any, member: Member | None) -> bool:
    if member and member.has(Presence):
        return value is ABSENT or value is None
    return value is ABSENT or value in (None, "", [], {})


def _canonical(member: Member | None, value: Any) -> Any:
    if _is_empty(value, member):
        return None
    if isinstance(value, str) and member and member.has(Text):
        return value.replace("\r\n", "\n").rstrip("\n")
    if member and member.has(ByItem) and is_form(value):  # two manifests are compared
        return {key: _canonical(member, items) for key, items in sorted(value.items())}
    if isinstance(value, list):
        items = [_item(member, item) for item in value]
        return sorted(items, key=_sort_key) if member and member.has(Unordered) else items
    return _plain(value)


def _item(member: Member | None, item: Any) -> Any:
    """Normalise an item of a list; members that the service adds to a structure are ignored."""
    if member and member.model and isinstance(item, dict):
        known = members(member.model)
        both = {k: (_canonical(known.get(k), v), known.get(k)) for k, v in item.items()}
        return {k: v for k, (v, m) in sorted(both.items()) if v is not None and not _is_default(m, v)}
    if member and isinstance(item, str) and any(isinstance(m, Cidr) for m in member.item_marks):
        return _network(item)
    return _plain(item)


def _is_default(member: Member | None, value: Any) -> bool:
    default = member.mark(Default) if member else None
    return default is not None and value == _canonical(member, default.value)


def _network(text: str) -> str:
    """Normalise an address range; an invalid one is unchanged, for the service to refuse."""
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return "secret:" + hmac.new(_KEY, value.reveal().encode(), hashlib.sha256).hexdigest()
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in sorted(value.items()) if v is not None}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


_spelled = json.JSONEncoder(sort_keys=True, default=str).encode


def _sort_key(value: Any) -> str:
    return f'"{value}' if type(value) is str else _spelled(value)

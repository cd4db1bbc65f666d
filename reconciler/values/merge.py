"""Declared over observed: the resulting object.

Cognito's updates replace whole objects, so an omitted member may be reset. Therefore the payload is
always the live object with the declared members merged in. Structures and maps merge member by member, a list is
one value, and null resets to the service's default (decisions 23 and 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from reconciler.model import Tree
from schemas.base import (
    ABSENT,
    ApiModel,
    ClearWith,
    Default,
    Keyed,
    Member,
    NotRemovable,
    OnUpdate,
    Presence,
    members,
)


def overlay(model: type[ApiModel] | None, observed: Mapping[str, Any], declared: Mapping[str, Any]) -> Tree:
    """Return the planned object.

    Args:
        model: Schema of the structure; None for structures that only botocore knows.
        observed: The live object, or the part of it that may be sent.
        declared: The declared tree. Members set to null are reset.
    """
    whole = _one_value(model) if model else ()
    result = dict(observed)
    for name, value in declared.items():
        if value is not None and name in whole:
            result[name] = value
            continue
        merged = _value(members(model).get(name) if model else None, result.get(name), value)
        if merged is ABSENT:
            result.pop(name, None)
        else:
            result[name] = merged
    return result


@cache
def _one_value(model: type[ApiModel]) -> frozenset[str]:
    """Return the members of a structure of which a declared value takes the place of the live one."""
    return frozenset(
        name
        for name, member in members(model).items()
        if member.shape == "scalar" or (member.shape == "list" and not member.model and not member.has(Keyed))
    )


def expanded(model: type[ApiModel], declared: Mapping[str, Any], observed: Mapping[str, Any]) -> Tree:
    """Return the declared tree, with null for a structure expanded to null for each of its live members.

    Whether an update keeps an omitted structure is measured for few (cognito.md 2.1), so a reset must
    not depend on it: every member gets its own default. A structure that Cognito is known to drop remains one null.

    Args:
        model: Schema of the object.
        declared: The declared tree.
        observed: The live object.
    """
    known = members(model)
    result: Tree = {}
    for name, value in declared.items():
        member, live = known.get(name), observed.get(name)
        if member and member.model and member.shape == "structure" and isinstance(live, dict):
            said = dict.fromkeys(live) if value is None and _resets_by_member(member) else value
            inner = {k: v for k, v in said.items() if v is not None or k in members(member.model)} if said else said
            result[name] = expanded(member.model, inner, live) if inner else inner
        else:
            result[name] = value
    return result


def with_resets(model: type[ApiModel], declared: Tree) -> Tree:
    """Return the declared tree with what null resets a member to; null remains where the member is removed.

    Args:
        model: Schema of the object.
        declared: The declared tree; returned as it is where there is no null in it.
    """
    if not has_null(declared):
        return declared
    known = members(model)
    result: Tree = {}
    for name, value in declared.items():
        member = known.get(name)
        if value is None:
            reset = reset_value(member)
            result[name] = None if reset is ABSENT else reset
        elif member and member.model and member.shape == "structure" and isinstance(value, dict):
            result[name] = with_resets(member.model, value)
        elif member and member.shape == "map" and isinstance(value, dict):
            result[name] = {k: usual_entry(member, k) if v is None else v for k, v in value.items()}
        else:
            result[name] = value
    return result


def has_null(declared: Mapping[str, Any]) -> bool:
    """Return whether a tree has null as a member, its own or of a map or structure inside of it."""
    values = declared.values()
    return None in values or any(map(has_null, [value for value in values if isinstance(value, dict)]))


def _resets_by_member(member: Member) -> bool:
    update = member.mark(OnUpdate)
    dropped = update is not None and update.omitted == "reset" and not member.has(Default)
    return not (dropped or member.has(Presence) or member.has(NotRemovable)) and _has_resets(member.model)


def _has_resets(model: type[ApiModel] | None) -> bool:
    """Whether a structure has a member that can be reset; one with only required members is removed as a whole."""
    inner = members(model).values() if model else ()
    return any(m.has(Default) or m.has(ClearWith) or (m.shape == "structure" and _has_resets(m.model)) for m in inner)


def reset_value(member: Member | None) -> Any:
    """Return the value that resets a member, or ABSENT to omit it."""
    if member is None:
        return ABSENT
    clear = member.mark(ClearWith)
    if clear:
        return _copied(clear.value)
    default = member.mark(Default)
    return _copied(default.value) if default else ABSENT


def usual_entry(member: Member, key: str) -> Any:
    """Return the value that null gives to an entry of a map; None if it removes the entry."""
    default = member.mark(Default)
    return _copied(default.value.get(key)) if default else None


def _value(member: Member | None, observed: Any, declared: Any) -> Any:
    if declared is None:
        return reset_value(member)
    if member is None or member.shape == "scalar":  # also a free document, which is one value
        both = isinstance(observed, dict) and isinstance(declared, dict) and member is None
        return {**observed, **declared} if both else declared
    if member.shape == "structure":
        merged = overlay(member.model, observed if isinstance(observed, dict) else {}, declared)
        nothing = not merged and observed is None and not member.has(Presence)
        return ABSENT if nothing else merged
    if member.shape == "map":
        return _map(member, observed if isinstance(observed, dict) else {}, declared)
    if keyed := member.mark(Keyed):
        return _keyed(member, keyed.member, observed or [], declared)
    return _without_nulls(declared) if member.model else declared


def _without_nulls(value: Any) -> Any:
    """Drop null members of list items, which are written as a whole."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def _map(member: Member, observed: Mapping[str, Any], declared: Mapping[str, Any]) -> Tree:
    result = dict(observed)
    for key, value in declared.items():
        usual = usual_entry(member, key) if value is None else None
        if usual is not None:
            result[key] = usual
        elif value is None:
            result.pop(key, None)
        elif member.model:
            result[key] = overlay(member.model, result.get(key) or {}, value)
        else:
            result[key] = value
    return result


def _keyed(member: Member, key: str, observed: list[Tree], declared: list[Tree]) -> list[Tree]:
    result = {item[key]: item for item in observed}
    for item in declared:
        result[item[key]] = overlay(member.model, result.get(item[key], {}), item)
    return list(result.values())


def defaults(model: type[ApiModel]) -> Tree:
    """Return the service's defaults for an object with no declared members."""
    found: Tree = _copied(shared_defaults(model))
    return found


@cache
def shared_defaults(model: type[ApiModel]) -> Tree:
    """Return the service's defaults, one tree for all who ask, to look at only; `defaults` returns copies.

    Args:
        model: Schema of the object.
    """
    result: Tree = {}
    for name, member in members(model).items():
        if member.model and member.model.INPUTS:
            continue  # a separate object, only nested inside this one
        default = member.mark(Default)
        if default:
            result[name] = default.value
        elif member.shape == "structure" and member.model and (inner := defaults(member.model)):
            result[name] = inner
    return result


def _copied(value: Any) -> Any:
    """Return a copy of plain data, which `deepcopy` takes five times as long for."""
    if isinstance(value, dict):
        return {k: _copied(v) if isinstance(v, (dict, list)) else v for k, v in value.items()}
    return [_copied(v) for v in value] if isinstance(value, list) else value

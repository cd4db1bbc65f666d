"""What is valid beyond doubt, and of which nothing is to be said: the object is declared as it is written.

Between a manifest and its schema there is more than types: secrets are wrapped, superseded members and unknown words
are reported, members that other tools write are left out. Nearly every object has none of that, and is decided here in
one pass. As in `sure`, a doubt is no mistake: whoever gets None looks closer, and words what there is to say. A
property test holds both ways to the same answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemas.base import (
    ApiModel,
    Becomes,
    Cut,
    Default,
    Deprecated,
    Keyed,
    Member,
    Mirrors,
    OneOf,
    SecretKeys,
    Sensitive,
    Shown,
    members,
)
from schemas.sure import Check, Checks, DoubtError, ForeignText


def declared(model: type[ApiModel], tree: Any) -> dict[str, Any] | None:
    """Return an object as it is declared, members in the order of the schema; None if it has to be looked at closer.

    Args:
        model: Its schema.
        tree: What was written. Texts from elsewhere are `ForeignText`, and are secret where the schema says so.
    """
    return SETTLED.valid(model, tree)


class _SettledChecks(Checks):
    """Makes the checks: those of `sure`, and a doubt wherever more than a check is to be done."""

    def member(self, model: type[ApiModel], name: str, annotation: Any) -> Check:
        """Return the check of a member of a structure."""
        member, check = members(model)[name], self.of(annotation)
        if member.has(Sensitive):
            check = _secret(check) if member.shape == "scalar" else _doubted
        elif any(isinstance(mark, Sensitive) for mark in member.item_marks):
            check = _doubted
        if member.shape == "map":
            check = _entries(member, check)
        return _noted(member, check)

    def limited(self, check: Check, mark: Any) -> Check:
        """Return a check with one more fact."""
        if isinstance(mark, OneOf):
            return _unless(check, str, lambda value: value not in mark.values)
        if isinstance(mark, Cut):
            return _unless(check, str, lambda value: value.endswith(mark.ending))
        if isinstance(mark, Becomes):
            return _unless(check, int, lambda value: value == mark.written)
        if isinstance(mark, Keyed):
            return _unless(check, list, lambda value: _has_twins(value, mark.member))
        return super().limited(check, mark)

    def free(self, value: Any) -> Any:
        """Check what may be anything: here it is plain data, without references."""
        if type(value) is dict:
            for inner in value.values():
                self.free(inner)
        elif type(value) is list:
            for inner in value:
                self.free(inner)
        elif value is not None and type(value) not in PLAIN:
            raise DoubtError
        return value


PLAIN = (str, int, float, bool)
"""Types of scalars that YAML has."""

SETTLED = _SettledChecks()


def _doubted(_value: Any) -> Any:
    raise DoubtError


def _unless(check: Check, kind: type, more: Callable[[Any], bool]) -> Check:
    """Return a check that doubts a value of some type of which there is more to say, as it is written."""

    def checked(value: Any) -> Any:
        if isinstance(value, kind) and more(value):
            raise DoubtError
        return check(value)

    return checked


def _has_twins(items: list[Any], key: str) -> bool:
    """Return whether two items have one key."""
    keys = [item[key] for item in items if isinstance(item, dict) and isinstance(item.get(key), str)]
    return len(set(keys)) < len(keys)


def _secret(check: Check) -> Check:
    """Return the check of a secret, which is wrapped; one that is written out is reported."""
    return lambda value: _hidden(value, check(value))


def _entries(member: Member, check: Check) -> Check:
    """Return the check of a map: null resets an entry, some keys have secrets, and some are no input."""
    secret, shown = member.mark(SecretKeys), member.mark(Shown)
    names = secret.names if secret else ()

    def checked(value: Any) -> Any:
        kept = check(value)
        if kept is not None:
            if None in value.values() or (shown and any(map(shown.has, value))):
                raise DoubtError
            for name in names:
                if name in value:
                    kept[name] = _hidden(value[name], kept[name])
        return kept

    return checked


def _hidden(value: Any, checked: Any) -> Any:
    if type(value) is ForeignText:
        return value.hidden
    return None if checked is None else _doubted(value)


def _noted(member: Member, check: Check) -> Check:
    """Return the check of a member that is superseded, or that only shows the value of another one."""
    if member.has(Mirrors):
        return _doubted
    if not member.has(Deprecated):
        return check
    default = member.mark(Default)
    return _unless(check, object, lambda value: value != default.value) if default else _doubted

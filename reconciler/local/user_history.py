"""What the users of a pool were at earlier times, as a point-in-time recovery needs it (cognito.md 2.21).

Users are moto's objects and live in memory, and so does their history: it begins when the embedded Cognito starts.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.local.shadows import renew
from reconciler.local.store import Record

MFA = ("sms_mfa_enabled", "software_token_mfa_enabled", "token_verified", "preferred_mfa_setting")
PROFILE = ("enabled", "status", "attributes")
"""Members of moto's users that a recovery restores; a changed password is kept."""


RESOLUTION = 1.0
"""Seconds within which changes count as one."""


class Person(NamedTuple):
    """One user at one time."""

    profile: tuple[Any, ...]
    """Whether enabled, status and attributes."""
    mfa: tuple[Any, ...]
    """The factors."""
    groups: frozenset[str]
    """Names of the groups."""
    original: Any
    """A copy of moto's object, from which a deleted user is made again."""


@dataclass(frozen=True)
class People:
    """The users and groups of a pool at one time."""

    users: Mapping[str, Person] = field(default_factory=dict)
    """By user name."""
    groups: Mapping[str, Record] = field(default_factory=dict)
    """By name, as in the pool's record."""


class UserHistory:
    """The users of all pools over time."""

    def __init__(self, shadow: Callable[[str], Any]) -> None:
        self._shadow = shadow
        self._seen: dict[str, list[tuple[float, People]]] = {}

    def now(self, pool: Record) -> People:
        """Return the users and groups of a pool as they are."""
        shadow = self._shadow(pool["id"])
        users = {n: _person(u) for n, u in shadow.users.items()} if shadow else {}
        return People(users, dict(pool["groups"]))  # a group is replaced as a whole, never changed in place

    def note(self, pools: Iterable[Record], time: float) -> None:
        """Remember the users of pools, where they have changed.

        Args:
            pools: The pools that a request may have changed.
            time: Seconds since 1970.
        """
        for pool in pools:
            past, people = self._seen.setdefault(pool["id"], []), self.now(pool)
            if past and time - past[-1][0] < RESOLUTION:
                past[-1] = (past[-1][0], people)
            elif not past or _values(past[-1][1]) != _values(people):
                past.append((time, people))

    def begin(self, pools: Iterable[Record], time: float) -> None:
        """Remember the users of pools that have no history yet."""
        self.note([p for p in pools if p["id"] not in self._seen], time)

    def at(self, pool: Record, time: float) -> People:
        """Return the users and groups of a pool at a time; the earliest known ones if it is before the history."""
        past = self._seen.get(pool["id"]) or [(time, self.now(pool))]
        return next((p for t, p in reversed(past) if t <= time), past[0][1])

    def issued(self, pool_id: str, token: str) -> bool:
        """Return whether an access token belongs to a pool."""
        shadow = self._shadow(pool_id)
        return shadow is not None and token in shadow.access_tokens

    def restore(self, pool: Record, people: People) -> None:
        """Make the users and groups of a pool what they were. Passwords of existing users are kept.

        The caller touches the pool.
        """
        pool["groups"] = dict(people.groups)
        shadow = self._shadow(pool["id"])
        if shadow is None:
            return
        for name in [n for n in shadow.users if n not in people.users]:
            del shadow.users[name]
        for name, person in people.users.items():
            user = shadow.users.setdefault(name, copy.copy(person.original))
            for member, value in zip((*PROFILE, *MFA), (*person.profile, *person.mfa), strict=True):
                setattr(user, member, copy.deepcopy(value))
            user.attribute_lookup = {a["Name"]: a["Value"] for a in user.attributes}
        renew(shadow, pool)
        _join_groups(shadow, people)


def _join_groups(shadow: Any, people: People) -> None:
    for user in shadow.users.values():
        user.groups = set()
    for group in shadow.groups.values():
        group.users = {u for n, u in shadow.users.items() if group.group_name in people.users[n].groups}
        for user in group.users:
            user.groups.add(group)


def _person(user: Any) -> Person:
    profile, mfa = (tuple(_copied(getattr(user, m)) for m in members) for members in (PROFILE, MFA))
    return Person(profile, mfa, frozenset(g.group_name for g in user.groups), copy.copy(user))


def _copied(value: Any) -> Any:
    """Return a copy: only the attributes can be changed in place, a list of flat maps."""
    return [dict(item) for item in value] if isinstance(value, list) else value


def _values(people: People) -> Any:
    return {n: p[:3] for n, p in people.users.items()}, people.groups


class EntityCounts(NamedTuple):
    """How many entities of one type a recovery creates, updates and deletes."""

    create: int
    update: int
    delete: int


def counts(before: People, now: People) -> dict[str, EntityCounts]:
    """Return what restoring earlier users would do, by the type of entity (cognito.md 2.21).

    That a user's groups count with the user, and that passkeys are none, is chosen: the service does not say.

    Args:
        before: To be restored.
        now: As they are.
    """
    profile = [{n: (p.profile, p.groups) for n, p in people.users.items()} for people in (before, now)]
    mfa = [{n: p.mfa for n, p in people.users.items() if any(p.mfa)} for people in (before, now)]
    return {
        "Users": _counted(*profile),
        "Groups": _counted(before.groups, now.groups),
        "User MFAs": _counted(*mfa),
        "Passkeys": EntityCounts(0, 0, 0),
    }


def _counted(before: Mapping[str, Any], now: Mapping[str, Any]) -> EntityCounts:
    both = before.keys() & now.keys()
    return EntityCounts(
        len(before.keys() - both), sum(before[name] != now[name] for name in both), len(now.keys() - both)
    )

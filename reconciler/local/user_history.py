"""What the users of a pool were at earlier times, as a point-in-time recovery needs it (cognito.md 2.21).

Users are moto's objects and live in memory, and so does their history: it begins when the embedded Cognito starts.
What has not changed is kept once, however often a pool is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reconciler.local.shadows import renew
from reconciler.local.store import Record

MFA = ("sms_mfa_enabled", "software_token_mfa_enabled", "token_verified", "preferred_mfa_setting")
"""Members of moto's users, besides status and attributes, that a recovery restores; a changed password is kept."""
RESOLUTION = 1.0
"""Seconds within which changes count as one."""


class Person(NamedTuple):
    """One user at one time."""

    profile: tuple[Any, ...]
    """Whether enabled, status, and pairs of the attributes' names and values."""
    mfa: tuple[Any, ...]
    """The factors."""
    groups: frozenset[str]
    """Names of the groups."""
    original: Any
    """moto's object, which comes back if the user was deleted: with the password that it had last."""


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
        past = self._seen.get(pool["id"])
        known = past[-1][1].users if past else {}
        shadow = self._shadow(pool["id"])
        users = {n: _known(known.get(n), _person(u)) for n, u in shadow.users.items()} if shadow else {}
        return People(users, dict(pool["groups"]))  # a group is replaced as a whole, never changed in place

    def note(self, pools: Iterable[Record], time: float) -> None:
        """Remember the users of pools, where they have changed.

        Args:
            pools: The pools that a request may have changed.
            time: Seconds since 1970.
        """
        for pool in pools:
            people, past = self.now(pool), self._seen.setdefault(pool["id"], [])
            if past and time - past[-1][0] < RESOLUTION:
                past[-1] = (past[-1][0], people)
            elif not past or not _same(past[-1][1], people):
                past.append((time, people))

    def begin(self, pools: Iterable[Record]) -> None:
        """Remember the users of pools that have no history yet, as if they had always been so.

        A pool whose users nothing has asked for yet has them in its record alone, and waits.
        """
        for pool in pools:
            if pool["id"] not in self._seen and (not pool["users"] or self._shadow(pool["id"])):
                self.note([pool], pool["created"])

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
            user = shadow.users.setdefault(name, person.original)
            user.enabled, user.status, attributes = person.profile
            user.attribute_lookup = dict(attributes)
            user.attributes = [{"Name": k, "Value": v} for k, v in attributes]
            for member, value in zip(MFA, person.mfa, strict=True):
                setattr(user, member, value)
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
    profile = (user.enabled, user.status, tuple(user.attribute_lookup.items()))
    mfa = tuple(getattr(user, member) for member in MFA)
    return Person(profile, mfa, frozenset(g.group_name for g in user.groups), user)


def _known(known: Person | None, person: Person) -> Person:
    """Return the known one of two equal records of a user, so that a pool of many is kept once."""
    return known if known is not None and known == person else person


def _same(before: People, now: People) -> bool:
    """Return whether nothing has changed; `now` has the records of `before` where they are equal."""
    same = before.users.keys() == now.users.keys() and all(now.users[n] is p for n, p in before.users.items())
    return same and before.groups == now.groups


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

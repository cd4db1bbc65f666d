"""The users of all user pools, in SQLite, so that a sign-in takes as long with 100,000 users as with ten.

A user is a plain JSON record (see `parties.new_user` for its shape). Name, groups and the attributes that ListUsers
searches are indexed. Earlier states of users are kept as well, for point-in-time recoveries (cognito.md 2.21).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from reconciler.local.database import Database, Row
from reconciler.local.store import Record

SEARCHED = ("sub", "email", "phone_number", "preferred_username", "name", "given_name", "family_name")
"""Indexed attributes: those that ListUsers searches."""
AT_ONCE = 64
"""Number of users that are read at a time."""
LAST = chr(0x10FFFF)
"""Sorts after every character of a value."""
MEMBER_OF, NAME, STATUS, ENABLED = "cognito:groups", "username", "cognito:user_status", "status"
"""Names under which groups, name and status of a user are indexed; all but the first are those of ListUsers."""
FINDS = (*SEARCHED, MEMBER_OF, NAME, STATUS, ENABLED)
"""What users can be found by."""
FORGOTTEN = 15 * 24 * 3600.0
"""Seconds after which an earlier state is dropped; a recovery reaches back 14 days."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    number INTEGER PRIMARY KEY AUTOINCREMENT, pool TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (pool, name)
);
CREATE INDEX IF NOT EXISTS users_of_pool ON users (pool, number);
CREATE TABLE IF NOT EXISTS found_by (
    pool TEXT NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (pool, attribute, value, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_by_number ON found_by (number);
CREATE TABLE IF NOT EXISTS former (pool TEXT NOT NULL, name TEXT NOT NULL, time REAL NOT NULL, body TEXT);
CREATE INDEX IF NOT EXISTS former_name ON former (pool, name, time);
CREATE TABLE IF NOT EXISTS former_groups (pool TEXT NOT NULL, time REAL NOT NULL, body TEXT NOT NULL);
"""
REMOVALS = (
    "DELETE FROM users WHERE pool = ?",
    "DELETE FROM found_by WHERE pool = ?",
    "DELETE FROM former WHERE pool = ?",
    "DELETE FROM former_groups WHERE pool = ?",
)


class ListPlace(NamedTuple):
    """A place in a list of users."""

    number: int = 0
    """Number of the user, in order of creation."""
    value: str = ""
    """The value by which the user was found; empty in a list of all users. Lists are sorted by it first."""


FIRST = ListPlace()


class Placed(NamedTuple):
    """A user in a list."""

    place: ListPlace
    user: Record


class By(NamedTuple):
    """A condition for finding users."""

    attribute: str
    """One of `FINDS`."""
    value: str
    prefix: bool = False
    """Whether `value`, not empty, is only the beginning."""


class People:
    """The users of all pools. Use under the lock of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, pool_id: str, name: str) -> Record | None:
        """Return a user by its stored name."""
        row = self._database.one("SELECT body FROM users WHERE pool = ? AND name = ?", pool_id, name)
        return json.loads(row[0]) if row else None

    def with_attribute(self, pool_id: str, attribute: str, value: str) -> list[Record]:
        """Return the users with a value of one of the attributes of `SEARCHED`."""
        rows = self._database.all(
            "SELECT u.body FROM found_by f JOIN users u ON u.number = f.number "
            "WHERE f.pool = ? AND f.attribute = ? AND f.value = ? ORDER BY u.number",
            *(pool_id, attribute, value),
        )
        return [json.loads(row[0]) for row in rows]

    def count(self, pool_id: str) -> int:
        """Return the number of users of a pool."""
        row = self._database.one("SELECT COUNT(*) FROM users WHERE pool = ?", pool_id)
        return int(row[0]) if row else 0

    def every(self, pool_id: str, after: ListPlace = FIRST, by: By | None = None) -> Iterator[Placed]:
        """Yield the users of a pool, reading them as needed.

        Args:
            pool_id: Id of the pool.
            after: Place of the user before the first one.
            by: Which users; None for all.
        """
        while rows := self._rows(pool_id, after, by):
            for number, value, body in rows:
                after = ListPlace(number, value)
                yield Placed(after, json.loads(body))

    def _rows(self, pool_id: str, after: ListPlace, by: By | None) -> list[Row]:
        if by is None:
            text = "SELECT number, '', body FROM users WHERE pool = ? AND number > ? ORDER BY number LIMIT ?"
            return self._database.all(text, pool_id, after.number, AT_ONCE)
        begin, last = max(by.value, after.value), by.value + LAST if by.prefix else by.value
        return self._database.all(
            "SELECT f.number, f.value, u.body FROM found_by f JOIN users u ON u.number = f.number WHERE f.pool = ? "
            "AND f.attribute = ? AND f.value <= ? AND (f.value, f.number) > (?, ?) ORDER BY f.value, f.number LIMIT ?",
            *(pool_id, by.attribute, last, begin, after.number if begin == after.value else 0, AT_ONCE),
        )

    def put(self, pool_id: str, user: Record, now: float) -> None:
        """Add a user, or replace the one with its name."""
        name, body = user["username"], json.dumps(user, separators=(",", ":"))
        row = self._database.one("SELECT number, body FROM users WHERE pool = ? AND name = ?", pool_id, name)
        if row is not None and row[1] == body:
            return
        before = json.loads(row[1]) if row else None
        if row is None:
            number = self._database.write("INSERT INTO users (pool, name, body) VALUES (?, ?, ?)", pool_id, name, body)
        else:
            number = int(row[0])
            self._database.write("UPDATE users SET body = ? WHERE number = ?", body, number)
        if before is None or _keys(before) != _keys(user):
            self._index(pool_id, number, user)
        if before is None or restorable(before) != restorable(user):
            self._database.write("INSERT INTO former VALUES (?, ?, ?, ?)", pool_id, name, now, body)

    def _index(self, pool_id: str, number: int, user: Record) -> None:
        self._database.write("DELETE FROM found_by WHERE number = ?", number)
        for attribute, value in sorted(_keys(user)):
            self._database.write("INSERT INTO found_by VALUES (?, ?, ?, ?)", pool_id, attribute, value, number)

    def remove(self, pool_id: str, name: str, now: float) -> None:
        """Remove a user, if it exists; a recovery can restore it with its last password."""
        row = self._database.one("SELECT number, body FROM users WHERE pool = ? AND name = ?", pool_id, name)
        if row is None:
            return
        self._database.write("DELETE FROM found_by WHERE number = ?", row[0])
        self._database.write("DELETE FROM users WHERE number = ?", row[0])
        self._database.write(
            "UPDATE former SET body = ? WHERE pool = ? AND name = ? "
            "AND time = (SELECT MAX(time) FROM former WHERE pool = ? AND name = ?)",
            *(row[1], pool_id, name, pool_id, name),
        )
        self._database.write("INSERT INTO former VALUES (?, ?, ?, NULL)", pool_id, name, now)

    def remove_group(self, pool_id: str, group: str, now: float) -> None:
        """Remove all members from a group."""
        for user in self.members(pool_id, group):
            self.put(pool_id, {**user, "groups": [g for g in user["groups"] if g != group]}, now)

    def members(self, pool_id: str, group: str) -> list[Record]:
        """Return the users of a group."""
        return self.with_attribute(pool_id, MEMBER_OF, group)

    def remove_pool(self, pool_id: str) -> None:
        """Remove all users of a pool and their earlier states."""
        for text in REMOVALS:
            self._database.write(text, pool_id)

    # --- earlier states ----------------------------------------------------------------------------------------------

    def note_groups(self, pool_id: str, groups: Record, now: float) -> None:
        """Store the groups of a pool, if they have changed."""
        body = json.dumps(groups, sort_keys=True)
        row = self._database.one("SELECT body FROM former_groups WHERE pool = ? ORDER BY time DESC LIMIT 1", pool_id)
        if (row[0] if row else "{}") != body:
            self._database.write("INSERT INTO former_groups VALUES (?, ?, ?)", pool_id, now, body)

    def at(self, pool_id: str, time: float) -> dict[str, Record]:
        """Return the users of a pool at an earlier time by name."""
        rows = self._database.all(
            "SELECT name, body, MAX(time) FROM former WHERE pool = ? AND time <= ? GROUP BY name", pool_id, time
        )
        return {row[0]: json.loads(row[1]) for row in rows if row[1] is not None}

    def groups_at(self, pool_id: str, time: float) -> Record:
        """Return the groups of a pool at an earlier time."""
        text = "SELECT body FROM former_groups WHERE pool = ? AND time <= ? ORDER BY time DESC LIMIT 1"
        row = self._database.one(text, pool_id, time)
        groups: Record = json.loads(row[0]) if row else {}
        return groups

    def last_known(self, pool_id: str, name: str) -> Record | None:
        """Return the last state of a user, even if it was removed."""
        text = "SELECT body FROM former WHERE pool = ? AND name = ? AND body IS NOT NULL ORDER BY time DESC LIMIT 1"
        row = self._database.one(text, pool_id, name)
        return json.loads(row[0]) if row else None

    def forget(self, now: float) -> None:
        """Drop earlier states that are too old for a recovery."""
        self._database.write(
            "DELETE FROM former WHERE time < ? AND EXISTS "
            "(SELECT 1 FROM former n WHERE n.pool = former.pool AND n.name = former.name AND n.time > former.time)",
            now - FORGOTTEN,
        )


def _keys(user: Record) -> set[tuple[str, str]]:
    attributes = user["attributes"]
    return {
        *((n, attributes[n]) for n in SEARCHED if attributes.get(n)),
        *((MEMBER_OF, g) for g in user["groups"]),
        (NAME, user["username"]),
        (STATUS, user["status"].lower()),
        (ENABLED, "Enabled" if user["enabled"] else "Disabled"),
    }


RESTORED = ("enabled", "status", "attributes", "groups")
"""Members of a user that a recovery restores, besides the factors; a changed password is kept."""


def restorable(user: Record) -> dict[str, Any]:
    """Return what a recovery restores of a user."""
    mfa = {k: v for k, v in user["mfa"].items() if k != "used"}
    return {**{k: user[k] for k in RESTORED}, "mfa": mfa, "passkeys": user["passkeys"]}

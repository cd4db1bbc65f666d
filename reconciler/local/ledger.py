"""What sign-in remembers for a while: codes, sessions, families of tokens, authorization codes, and the keys of pools.

It outlives the process, as tokens have to hold after a restart. The keys of entries are hashes where the key itself
would let somebody in.
"""

from __future__ import annotations

import hashlib
import json

from reconciler.local.database import Database
from reconciler.local.store import Record

SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger (
    kind TEXT NOT NULL, key TEXT NOT NULL, pool TEXT NOT NULL, owner TEXT NOT NULL, expires REAL, body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_owner ON ledger (pool, kind, owner);
CREATE INDEX IF NOT EXISTS ledger_expires ON ledger (expires);
"""
GRACE = 24 * 3600.0
"""Seconds for which an entry that has expired is kept, so that an answer can tell it from one that never was."""
SWEEP = 500
"""Number of requests after which expired entries are dropped."""


def hashed(secret: str) -> str:
    """Return the key of an entry for something that lets its bearer in."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Ledger:
    """Entries by kind and key. Use under the lock of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = 0

    def put(
        self, kind: str, key: str, value: Record, *, pool: str, owner: str = "", expires: float | None = None
    ) -> None:
        """Add an entry, or replace it.

        Args:
            kind: Such as `session`; each belongs to one module.
            key: Unique within the kind over all pools.
            value: JSON-able.
            pool: Id of the pool; its entries go with it.
            owner: Name of the user, if it belongs to one.
            expires: When it ends, in seconds since 1970; None for never.
        """
        body = json.dumps(value, separators=(",", ":"))
        text = "INSERT OR REPLACE INTO ledger (kind, key, pool, owner, expires, body) VALUES (?, ?, ?, ?, ?, ?)"
        self._database.write(text, kind, key, pool, owner, expires, body)

    def get(self, kind: str, key: str) -> Record | None:
        """Return an entry with its `expires`, also for some time after its end, or None."""
        row = self._database.one("SELECT body, expires FROM ledger WHERE kind = ? AND key = ?", kind, key)
        return {**json.loads(row[0]), "expires": row[1]} if row else None

    def pool_of(self, kind: str, key: str) -> str:
        """Return the id of the pool of an entry; empty if it does not exist."""
        row = self._database.one("SELECT pool FROM ledger WHERE kind = ? AND key = ?", kind, key)
        return str(row[0]) if row else ""

    def drop(self, kind: str, key: str) -> None:
        """Remove an entry, if it exists."""
        self._database.write("DELETE FROM ledger WHERE kind = ? AND key = ?", kind, key)

    def of(self, kind: str, pool: str, owner: str = "") -> list[tuple[str, Record]]:
        """Return the entries of an owner, with their keys, in the order of the keys."""
        text = "SELECT key, body, expires FROM ledger WHERE pool = ? AND kind = ? AND owner = ? ORDER BY key"
        return [(r[0], {**json.loads(r[1]), "expires": r[2]}) for r in self._database.all(text, pool, kind, owner)]

    def drop_of(self, kind: str, pool: str, owner: str = "") -> None:
        """Remove the entries of an owner."""
        self._database.write("DELETE FROM ledger WHERE pool = ? AND kind = ? AND owner = ?", pool, kind, owner)

    def remove_user(self, pool: str, owner: str) -> None:
        """Remove all entries of a user."""
        self._database.write("DELETE FROM ledger WHERE pool = ? AND owner = ?", pool, owner)

    def remove_pool(self, pool: str) -> None:
        """Remove all entries of a pool."""
        self._database.write("DELETE FROM ledger WHERE pool = ?", pool)

    def sweep(self, now: float) -> None:
        """Drop what expired long ago, once in a while; to be called after each request."""
        self._turns += 1
        if self._turns % SWEEP == 0:
            self._database.write("DELETE FROM ledger WHERE expires < ?", now - GRACE)

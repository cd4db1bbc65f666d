"""State of sign-ins: codes, sessions, families of tokens, authorization codes, and the keys of pools.

It is stored, so that tokens stay valid after a restart. Where the key of an entry is a secret that grants access, its
hash is stored instead.
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
"""Seconds for which an expired entry is kept, to distinguish it in answers from one that never existed."""
SWEEP = 500
"""Number of requests between two removals of expired entries."""


def hashed(secret: str) -> str:
    """Return the key of an entry for a secret that grants access to its bearer."""
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
            kind: Such as `session`; each kind belongs to one module.
            key: Unique within the kind across all pools.
            value: JSON-able.
            pool: Id of the pool; its entries are removed with it.
            owner: Name of the user, if it belongs to one.
            expires: When it expires, in seconds since 1970; None for never.
        """
        body = json.dumps(value, separators=(",", ":"))
        text = "INSERT OR REPLACE INTO ledger (kind, key, pool, owner, expires, body) VALUES (?, ?, ?, ?, ?, ?)"
        self._database.write(text, kind, key, pool, owner, expires, body)

    def get(self, kind: str, key: str) -> Record | None:
        """Return an entry with its `expires`, or None; an expired entry is still returned for some time."""
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
        """Return the entries of an owner with their keys, sorted by key."""
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
        """Remove entries that expired long ago, every now and then. Call it after each request."""
        self._turns += 1
        if self._turns % SWEEP == 0:
            self._database.write("DELETE FROM ledger WHERE expires < ?", now - GRACE)

"""The SQLite file beside the records: users and the state of their sign-ins.

Every request is one transaction. It is committed before its answer is sent, and survives a killed process. The schema
of a file from elsewhere is not trusted, so that reading it runs no code.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from reconciler.errors import InvalidInput

FILE = "users.sqlite"
Row = tuple[Any, ...]


class Database:
    """One SQLite file, or one in memory. Use under the lock of the store."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None
        self._path: Path | None = None

    def open(self, directory: Path | None, schema: str) -> None:
        """Open the file in a directory and create missing tables.

        Raises:
            InvalidInput: The file is not ours.
        """
        path = directory / FILE if directory else None
        if path is not None and not path.exists():
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        self._path = path
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA trusted_schema = OFF")
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.executescript(schema)
        except sqlite3.DatabaseError:
            self.close()
            raise InvalidInput(
                f"{path} is not a state of this version of the embedded Cognito. Delete the directory to start anew."
            ) from None

    @property
    def path(self) -> Path | None:
        """The file; None for one in memory."""
        return self._path

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("The embedded Cognito has not been started.")
        return self._connection

    def one(self, text: str, *values: Any) -> Row | None:
        """Return the first row of a query, or None."""
        row: Row | None = self._open.execute(text, values).fetchone()
        return row

    def all(self, text: str, *values: Any) -> list[Row]:
        """Return all rows of a query."""
        return self._open.execute(text, values).fetchall()

    def write(self, text: str, *values: Any) -> int:
        """Execute a change in the transaction of this request; return the number of the added row."""
        if not self._open.in_transaction:
            self._open.execute("BEGIN IMMEDIATE")
        return int(self._open.execute(text, values).lastrowid or 0)

    def commit(self) -> None:
        """Commit the transaction of a request."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def abandon(self) -> None:
        """Roll back the transaction of a failed request."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

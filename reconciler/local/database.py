"""The SQLite file beside the records: users and what belongs to their sign-in.

Every request is one transaction; it is on disk, as far as a killed process is concerned, before its answer is sent. The
schema of an untrusted file is not trusted, so reading it runs no code.
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
        """Open the file of a directory and make what is missing in it.

        Raises:
            InvalidInput: It is no file of ours.
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
        """Change something, in the transaction of this request; return the number of a row that was added."""
        if not self._open.in_transaction:
            self._open.execute("BEGIN IMMEDIATE")
        return int(self._open.execute(text, values).lastrowid or 0)

    def commit(self) -> None:
        """End the transaction of a request."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def abandon(self) -> None:
        """Undo the transaction of a request that went wrong."""
        if self._connection is not None and self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

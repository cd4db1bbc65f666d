"""The file of the records: replaced as a whole by one writer at a time, and reloaded after another process wrote it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

FILE = "cognito.json"


class StateFile:
    """The file in a directory that several processes may use; without a directory nothing is stored.

    Use `news` and `replace` between `lock` and `unlock`.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._handle: int | None = None
        self._seen: tuple[int, ...] = ()

    @property
    def path(self) -> Path:
        """The file."""
        return (self._directory or Path()) / FILE

    def open(self) -> None:
        """Create the directory, accessible to this user only."""
        if self._directory is not None:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    def close(self) -> None:
        """Release the directory."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def lock(self) -> None:
        """Wait for the lock and take it. There is no lock on Windows: only one process may run there."""
        if self._handle is not None:
            with contextlib.suppress(ImportError):
                import fcntl

                fcntl.flock(self._handle, fcntl.LOCK_EX)

    def unlock(self) -> None:
        """Release the lock."""
        if self._handle is not None:
            with contextlib.suppress(ImportError):
                import fcntl

                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def news(self) -> str | None:
        """Return the content if it has changed since it was last seen; None if not, or if there is no file."""
        if self._handle is None or (now := _stamp(self.path)) == self._seen:
            return None
        self._seen = now
        return self.path.read_text(encoding="utf-8", errors="replace") if now else None

    def replace(self, pieces: Iterable[str]) -> None:
        """Replace the content, by renaming a new file over the old one."""
        temporary = self.path.with_name(f"{FILE}.{os.getpid()}.tmp")
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()  # left by a killed process with the same id
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(pieces)
        temporary.replace(self.path)
        self._seen = _stamp(self.path)


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what distinguishes versions of a file; empty if it does not exist."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size)

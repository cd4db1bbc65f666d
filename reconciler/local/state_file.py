"""The file of the records: replaced as a whole by one writer at a time, and read anew after another process did so."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

FILE = "cognito.json"


class StateFile:
    """The file in a directory, which several processes may use; None keeps nothing.

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
        """Make the directory, for this user alone."""
        if self._directory is not None:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._handle = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    def close(self) -> None:
        """Release the directory."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def lock(self) -> None:
        """Wait until no other process has the lock, and take it. On Windows, the user must run one process only."""
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
        """Return the content, if it is not what was seen last; None if it is, or if there is no file."""
        if self._handle is None or (now := _stamp(self.path)) == self._seen:
            return None
        self._seen = now
        return self.path.read_text(encoding="utf-8", errors="replace") if now else None

    def replace(self, pieces: Iterable[str]) -> None:
        """Write the content: a new file, renamed over the old one."""
        temporary = self.path.with_name(f"{FILE}.{os.getpid()}.tmp")
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()  # left by a killed process with the same id
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(pieces)
        temporary.replace(self.path)
        self._seen = _stamp(self.path)


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what tells one version of a file from the next; empty if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return (found.st_ino, found.st_mtime_ns, found.st_size)

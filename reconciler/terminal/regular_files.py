"""Reading input files: regular ones only, and only as much as is wanted.

The name of a file may come from a pull request. Opening a pipe would wait for its writer for ever, a device never ends,
and a file may grow, or say that it is empty, while it is read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


class UnfitFileError(Exception):
    """A file that is not read: what is wrong with it and what to do, to follow its name."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


def read_regular(file: Path, limit: int) -> bytes:
    """Return the content of a regular file, or of one that links lead to. Never waits for a writer.

    Args:
        file: Its path.
        limit: Most bytes that it may have.

    Raises:
        UnfitFileError: It is a pipe, device, socket or directory, or it is larger.
        OSError: It does not exist or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    if not stat.S_ISREG(file.stat().st_mode):  # opening some devices has an effect already
        raise _irregular(file.stat().st_mode)
    handle = os.open(file, flags)
    try:
        status = os.fstat(handle)  # it may have been replaced in between
        if not stat.S_ISREG(status.st_mode):
            raise _irregular(status.st_mode)
        content = _content(handle, status.st_size, limit + 1)
    finally:
        os.close(handle)
    if len(content) > limit:
        raise UnfitFileError(f"is larger than {_spelled(limit)}.", "Use a smaller file.")
    return content


LEAST = 4096
"""Bytes that are asked for at once at least: some files say that they are empty, and are not."""


def _content(handle: int, size: int, limit: int) -> bytes:
    """Return what is in an open file, or its first bytes up to a limit; it may have grown since its size was asked."""
    parts = []
    while limit > 0 and (part := os.read(handle, min(max(size + 1, LEAST), limit))):
        parts.append(part)
        limit -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def is_below(file: Path, roots: tuple[Path, ...]) -> bool:
    """Return whether a file is in one of several directories, after all links were followed."""
    real = file.resolve()
    return any(real.is_relative_to(root.resolve()) for root in roots)


def _irregular(mode: int) -> UnfitFileError:
    kinds = (
        (stat.S_ISDIR, "a directory"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    )
    what = next((name for fits, name in kinds if fits(mode)), "of an unknown type")
    fix = "Name one file in it." if stat.S_ISDIR(mode) else "Copy its content into a regular file."
    return UnfitFileError(f"is {what}, not a regular file.", fix)


def _spelled(limit: int) -> str:
    return f"{limit // 1_000_000} MB" if limit % 1_000_000 == 0 else f"{limit} bytes"

"""Holds what a run makes before it may be written: in memory while it is little, then in a file without a name.

The result of a run over thousands of pools would not fit into memory, and none of it may be written before all of it is
known. The file can be read by its owner alone, and is gone when the process ends, however it ends. Where there is no
place for files, memory has to do.
"""

from __future__ import annotations

from contextlib import ExitStack
from threading import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

IN_MEMORY = 1_000_000
"""Bytes that are held before a file is made."""


class Spool:
    """Pieces of bytes by number. Several threads may add to it.

    Args of the constructor:
        in_memory: Bytes that are held before a file is made.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._room = in_memory
        self._pieces: list[bytes | tuple[int, int]] = []
        self._files = ExitStack()
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, piece: bytes) -> int:
        """Add a piece, and return its number."""
        with self._lock:
            self._room -= len(piece)
            self._pieces.append(piece if self._room >= 0 else self._written(piece))
            return len(self._pieces) - 1

    def __getitem__(self, number: int) -> bytes:
        with self._lock:
            found = self._pieces[number]
            if isinstance(found, bytes) or self._file is None:
                return found if isinstance(found, bytes) else b""
            start, length = found
            self._file.seek(start)
            return self._file.read(length)

    def close(self) -> None:
        """Give up all pieces."""
        self._pieces.clear()
        self._files.close()

    def _written(self, piece: bytes) -> bytes | tuple[int, int]:
        """Return where a piece is in the file; itself, if it could not be written."""
        import tempfile  # costs 10 ms, and few runs need it
        from weakref import finalize

        try:
            if self._file is None:
                with ExitStack() as files:
                    self._file = files.enter_context(tempfile.TemporaryFile(buffering=0))
                    self._files = files.pop_all()
                finalize(self, self._files.close)  # whoever reads it last need not know that there is a file
            self._file.seek(self._end)
            if self._file.write(piece) != len(piece):  # the disk is full
                return piece
        except OSError:
            return piece
        self._end += len(piece)
        return self._end - len(piece), len(piece)

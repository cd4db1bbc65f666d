"""Writing results: a whole file or none, because a pipeline must not read half a plan.

The one exception is a stream of events, which is read as it grows.
"""

from __future__ import annotations

from contextlib import suppress

from reconciler.errors import PoolctlError

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` costs as much as starting Python does
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import IO, Self, TextIO


PUBLIC, PRIVATE = 0o644, 0o600
"""Modes of files: for everyone to read, and for the owner alone."""


def save(file: str, content: str | bytes | Iterable[bytes], mode: int = PUBLIC) -> None:
    """Write a file atomically; on failure, an existing file is kept.

    Args:
        file: Its name.
        content: What it holds, whole or in pieces; text is written as UTF-8.
        mode: Who may read it; until the content is there, the owner alone. A file that exists keeps its mode, unless it
            shall be private.

    Raises:
        PoolctlError: It could not be written.
    """
    import os  # imported only by a command that writes a file
    import tempfile
    from pathlib import Path

    target = Path(file)
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(_pieces(content))
        Path(name).chmod(_kept_mode(target, mode))
        Path(name).replace(target)
    except BaseException as error:  # pieces may be made while they are written
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise PoolctlError(f"{file}: the result could not be written: {error.strerror}.") from None
        raise


def _pieces(content: str | bytes | Iterable[bytes]) -> Iterable[bytes]:
    if isinstance(content, str):
        return (content.encode(),)
    return (content,) if isinstance(content, bytes) else content


def _kept_mode(target: Path, mode: int) -> int:
    """Return the mode that a file gets: that of the one that it replaces, unless it shall be private."""
    import stat

    try:
        found = target.lstat().st_mode
    except FileNotFoundError:
        return mode
    if mode == PRIVATE or not stat.S_ISREG(found):
        return mode
    return stat.S_IMODE(found)


def create(file: str, content: str) -> None:
    """Write a new file, whole or not at all; what exists is never replaced.

    Args:
        file: Its name.
        content: What it holds; written as UTF-8.

    Raises:
        FileExistsError: The name is taken, even by a broken link.
        PoolctlError: It could not be written.
    """
    import os
    from pathlib import Path

    aside = f"{file}.{os.getpid()}.tmp"
    save(aside, content)
    try:
        os.link(aside, file)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        _create_in_place(file, content)
    finally:
        Path(aside).unlink()


def _create_in_place(file: str, content: str) -> None:
    from pathlib import Path

    try:
        with Path(file).open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(content)
    except FileExistsError:
        raise
    except OSError as error:
        Path(file).unlink(missing_ok=True)
        raise PoolctlError(f"{file}: the result could not be written: {error.strerror}.") from None


class Growing:
    """A file that is written line by line; a failed write never interrupts the work that it reports.

    Args of the constructor:
        file: Its name; an existing file is truncated.
        complain: Called with a warning when a write fails.

    Raises:
        PoolctlError: It cannot be opened.
    """

    def __init__(self, file: str, complain: Callable[[str], None]) -> None:
        self._name = file
        self._complain = complain
        try:
            self._stream: TextIO | None = open(file, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - pathlib costs
        except OSError as error:
            raise PoolctlError(f"{file}: the result could not be written: {error.strerror}.") from None

    def write(self, text: str) -> None:
        """Append text and flush it."""
        if self._stream:
            self._guarded(self._stream, lambda stream: (stream.write(text), stream.flush()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._stream:
            self._guarded(self._stream, lambda stream: stream.close())

    def _guarded(self, stream: TextIO, work: Callable[[TextIO], object]) -> None:
        try:
            work(stream)
        except OSError as error:
            self._stream = None
            with suppress(OSError):
                stream.close()
            self._complain(f"Warning: {self._name} is incomplete: writing to it failed: {error.strerror}.")


class Whole:
    """A file that is written in pieces and appears whole: only its end replaces an existing file, an error keeps it.

    Readable by its owner only: what is too long for memory is personal data.

    Args of the constructor:
        file: Its name.

    Raises:
        PoolctlError: It could not be written.
    """

    def __init__(self, file: str) -> None:
        from pathlib import Path

        self._target = Path(file)
        self._made = ""
        self._stream: IO[bytes] | None = None

    def __enter__(self) -> IO[bytes]:
        import os
        import tempfile

        try:
            handle, self._made = tempfile.mkstemp(dir=self._target.parent, prefix=f".{self._target.name}.")
        except OSError as error:
            raise self._failure(error) from None
        self._stream = os.fdopen(handle, "wb")
        return self._stream

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object) -> None:
        from pathlib import Path

        stream = self._stream
        if stream is None:
            return
        made = Path(self._made)
        try:
            stream.close()
            if kind is None:
                made.replace(self._target)
                return
        except OSError as failure:
            made.unlink(missing_ok=True)
            raise self._failure(failure) from None
        made.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise self._failure(error) from None

    def _failure(self, error: OSError) -> PoolctlError:
        return PoolctlError(f"{self._target}: the result could not be written: {error.strerror}.")

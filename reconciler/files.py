"""Writing results: a whole file or none, because a pipeline must not read half a plan."""

from __future__ import annotations

from reconciler.errors import PoolctlError


def save(file: str, content: str | bytes) -> None:
    """Write a file, or leave the one that is there as it is.

    Args:
        file: Its name.
        content: What it holds; text is written as UTF-8.

    Raises:
        PoolctlError: It could not be written.
    """
    import os  # what these cost is not paid by a command that writes no file
    import tempfile
    from pathlib import Path

    target = Path(file)
    name = ""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise PoolctlError(f"{file}: the result could not be written: {error.strerror}.") from None

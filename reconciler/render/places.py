"""Where a file is, for tools that show findings beside the lines of a repository.

GitHub places an annotation, and code scanning a result, only when the path is relative to the repository, while the
user may have named the manifest from anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import quote

Locate = Callable[[str], str]
"""From the name of a file as the user gave it to its path within the repository."""


def as_given(file: str) -> str:
    """Return the name of a file with slashes between its parts."""
    return file.replace("\\", "/")


def within(root: str, here: str) -> Locate:
    """Return what turns names of files into paths within a repository.

    Args:
        root: The repository's directory.
        here: The working directory that relative names start from.
    """

    def locate(file: str) -> str:
        path = os.path.relpath(os.path.join(here, file), root)  # noqa: PTH118 - the path need not exist
        return as_given(file if file == "-" else path)

    return locate


def uri(path: str) -> str:
    """Return a path as a relative URI; a colon would look like a scheme, so it is encoded too."""
    return quote(path.lstrip("/"), safe="/-._~")

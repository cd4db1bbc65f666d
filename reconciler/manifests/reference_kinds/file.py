"""`$file`: the content of a file beside the manifest, as a text, or as bytes for an image."""

from __future__ import annotations

from pathlib import Path as FilePath

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from reconciler.terminal.suggestions import sentences, suggest
from schemas import reference_kinds

MAX_FILE_BYTES = 1_000_000
"""Largest file behind `$file`; the API's own limit for an image is 2 MB in base64 (cognito.md 2.10)."""


def _content(name: str, around: Surroundings) -> Followed:
    file = around.directory / name
    if file.is_dir():
        raise ReferenceMistake(f"$file {name} is a directory.", "Name one file in it.")
    if not file.exists():
        others = (f.name for f in file.parent.iterdir()) if file.parent.is_dir() else ()
        message = sentences(f"there is no file {name}.", suggest(file.name, others))
        raise ReferenceMistake(message, f"The path is relative to the directory of the {around.holder}.")
    raw = _read(file, name)
    try:
        return Followed(raw.decode("utf-8-sig"), raw)
    except UnicodeDecodeError:
        return Followed(raw, raw)  # right for an image; the schema decides


def _read(file: FilePath, name: str) -> bytes:
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ReferenceMistake(f"the file {name} is larger than 1 MB.", "Use a smaller file.")
        return file.read_bytes()
    except OSError as error:
        message = f"the file {name} cannot be read: {error.strerror}."
        raise ReferenceMistake(message, "Check its permissions.") from None


FILE = ReferenceKind(reference_kinds.FILE, local=_content)

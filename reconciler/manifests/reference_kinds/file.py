"""`$file`: the content of a file in the tree of the manifest, as a text, or as bytes for an image.

A manifest may come from whoever opened a pull request, and its plan is posted where many read it. So a file outside of
the tree is not even looked for (decision 18).
"""

from __future__ import annotations

from pathlib import Path as FilePath

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from reconciler.terminal.regular_files import UnfitFileError, is_below, read_regular
from reconciler.terminal.suggestions import sentences, suggest
from schemas import reference_kinds

MAX_FILE_BYTES = 1_000_000
"""Largest file behind `$file`; the API's own limit for an image is 2 MB in base64 (cognito.md 2.10)."""


def _content(name: str, around: Surroundings) -> Followed:
    file = around.directory / name
    _must_be_inside(file, name, around)
    if file.is_dir():
        raise ReferenceMistake(f"$file {name} is a directory.", "Name one file in it.")
    raw = _read(file, name, around)
    try:
        return Followed(raw.decode("utf-8-sig"), raw)
    except UnicodeDecodeError:
        return Followed(raw, raw)  # right for an image; the schema decides


def _must_be_inside(file: FilePath, name: str, around: Surroundings) -> None:
    roots = around.roots or (around.directory,)
    try:
        inside = is_below(file, roots)
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that no file can have
        raise ReferenceMistake(f"$file {name} does not lead to a file.", "Correct the path.") from None
    if not inside:
        message = f"$file {name} leads out of {roots[0]}, the tree of the {around.holder}."
        raise ReferenceMistake(message, "Move the file into the tree, or widen the tree with --file-root DIR.")


def _read(file: FilePath, name: str, around: Surroundings) -> bytes:
    try:
        return read_regular(file, MAX_FILE_BYTES)
    except FileNotFoundError:
        others = (f.name for f in file.parent.iterdir()) if file.parent.is_dir() else ()
        message = sentences(f"there is no file {name}.", suggest(file.name, others))
        raise ReferenceMistake(message, f"The path is relative to the directory of the {around.holder}.") from None
    except UnfitFileError as error:
        raise ReferenceMistake(f"the file {name} {error.message}", error.fix) from None
    except OSError as error:
        message = f"the file {name} cannot be read: {error.strerror}."
        raise ReferenceMistake(message, "Check its permissions.") from None


FILE = ReferenceKind(reference_kinds.FILE, local=_content)

"""Divides a document into parts at random, as teams might do, knowing nothing of how the loader puts them together."""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from schemas.documents import DEFAULT, DOCUMENTS

Document = dict[str, Any]

NAMES = ("platform", "web", "orders")
"""The parts that a document is divided into; one may be empty."""

FREE = ("AssumeRolePolicyDocument", "PolicyDocument", "Settings")
"""Documents of other services, which are one value."""

Pick = Callable[[], str]
"""Returns the part that gets the next thing."""


def picks(seed: int) -> Pick:
    """Return a choice of parts that looks random, and is the same for the same seed."""
    count = itertools.count()
    return lambda: NAMES[zlib.crc32(f"{seed}/{next(count)}".encode()) % len(NAMES)]


def parts_of(document: Document, pick: Pick, *, listed: bool = True) -> list[Document]:
    """Return the parts of a document: each object of a map in one of them, and each value of a single object.

    Args:
        document: Of one pool that has a name.
        pick: Returns the part of the next thing.
        listed: Whether one part lists all.
    """
    kind = DOCUMENTS[document.get("kind", DEFAULT)]
    found: dict[str, Document] = {name: {"version": 1, "kind": kind.name, "part": name} for name in NAMES}
    for key, value in document.items():
        if key in kind.sections:
            _divide(found, pick, (key,), value, whole=not kind.is_shared(key))
        elif key in ("target", "id"):
            found = {name: {**one, key: value} for name, one in found.items()}
        else:
            _of_envelope(found, pick, key, value)
    name = document[kind.root][kind.name_member]
    for one in found.values():
        if kind.name_member not in one.get(kind.root, {}):
            one["pool"] = name
    if listed:
        found[pick()]["parts"] = list(NAMES)
    return list(found.values())


def _of_envelope(found: dict[str, Document], pick: Pick, key: str, value: Any) -> None:
    if isinstance(value, list):
        for item in value:
            found[pick()].setdefault(key, []).append(item)
    elif key not in ("version", "kind"):
        found[pick()][key] = value


def _divide(found: dict[str, Document], pick: Pick, path: tuple[str, ...], value: Any, *, whole: bool) -> None:
    deep = isinstance(value, dict) and value and path[-1] not in FREE and not (whole and len(path) > 1)
    if not deep:
        holder = found[pick()]
        for step in path[:-1]:
            holder = holder.setdefault(step, {})
        holder[path[-1]] = value
        return
    for key, inner in value.items():
        _divide(found, pick, (*path, key), inner, whole=whole)


def ordered(document: Document) -> Document:
    """Return a document in the order that parts have: objects by their names, and keys of single objects too."""
    kind = DOCUMENTS[document.get("kind", DEFAULT)]
    return {
        key: {name: _inner(value[name]) for name in sorted(value)}
        if key in kind.sections and isinstance(value, dict) and not kind.is_shared(key)
        else _sorted(value)
        for key, value in document.items()
    }


def _inner(tree: Any) -> Any:
    return {k: _sorted(v) if k == "terms" else v for k, v in tree.items()} if isinstance(tree, dict) else tree


def _sorted(tree: Any) -> Any:
    """Return a tree with its keys in order: where several parts meet, the order of the files makes no difference."""
    return {key: _sorted(tree[key]) for key in sorted(tree)} if isinstance(tree, dict) else tree


def loaded(directory: Path, documents: list[Document]) -> list[Manifest]:
    """Load documents, each from a file of its own, with the real loader."""
    directory.mkdir(exist_ok=True)
    files = []
    for i, document in enumerate(documents):
        file = directory / f"{i}.yaml"
        file.write_text(json.dumps(document))  # JSON is YAML
        files.append(str(file))
    return list(load(files, variables=variables([], []), environ={}, stdin=lambda: "").manifests)

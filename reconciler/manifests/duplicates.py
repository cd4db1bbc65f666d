"""What is declared twice: documents of one pool, declarations of one live object, items of one key.

Types cannot say it, as each of the two is valid by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.documents import Document
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.validation.place import Place
from reconciler.manifests.validation.shown_values import shown
from reconciler.model import Path, Spec, Tree, dotted, row_words
from schemas.base import ApiModel, Keyed, Member, members
from schemas.sections import key_member, model_of, pin_member


def same_pool(manifests: Sequence[Manifest]) -> Iterator[Problem]:
    """Find documents that describe one pool: each would undo what the other does."""
    seen: dict[tuple[str, ...], Manifest] = {}
    for manifest in manifests:
        keys = [(manifest.kind, "name", manifest.name, manifest.account, manifest.region)]
        if manifest.pool_id:
            keys.append((manifest.kind, "id", manifest.pool_id, "", ""))
        if not manifest.name:
            continue
        first = next((seen[k] for k in keys if k in seen), None)
        apart = first and first.parts and manifest.parts  # why they do not belong together has been reported
        if first and not apart and not (manifest.pool_id and first.pool_id and manifest.pool_id != first.pool_id):
            message = f"the pool {manifest.name} is declared twice; the first document is at {first.source}."
            fix = "Merge the two documents, give each a part: NAME, or declare different pools."
            yield Problem(manifest.source, "", message, fix)
        for key in keys:
            seen.setdefault(key, manifest)


def same_object(section: Member, written: Tree, specs: Sequence[Spec], document: Document) -> Iterator[Problem]:
    """Find two declarations that would be matched with the same live object.

    Args:
        section: What the objects are in.
        written: The objects by key, as they were written.
        specs: The specs made of them.
        document: For the places of the keys.
    """
    key, pin = key_member(model_of(section)), pin_member(model_of(section))
    seen: dict[tuple[str, str], Spec] = {}
    for spec in specs:
        own = spec.address.steps[-1]
        tree = written[own]
        name = tree.get(key[0], own) if key and isinstance(tree, dict) else own
        if not isinstance(name, str):
            continue
        identity = ("id", spec.pin) if spec.pin else ("name", name)
        first = seen.setdefault(identity, spec)
        if first is spec:
            continue
        what = f"the same {pin}" if spec.pin else "the same name"
        row = row_words(first.source)
        message = f"{dotted(first.address.steps)} (line {first.source.line}{row and f', {row}'}) has {what}."
        fix = f"Give each its own {pin}, or another name." if pin else "Give each its own name."
        path = spec.address.steps
        yield Problem(document.key(path), dotted(path), message, fix)


def same_item(model: type[ApiModel], tree: Any, place: Place, path: Path = ()) -> Iterator[Problem]:
    """Find lists identified by a member (Schema by Name) in which two items have the same value of it.

    Args:
        model: Schema of the structure.
        tree: What was written.
        place: Where the object is.
        path: Where the structure is within the object.
    """
    if not isinstance(tree, dict):
        return
    for name, member in members(model).items():
        value, here = tree.get(name), (*path, name)
        if isinstance(value, list) and (mark := member.mark(Keyed)):
            yield from _same_key(mark.member, value, place, here)
        if member.model and isinstance(value, dict) and member.shape == "structure":
            yield from same_item(member.model, value, place, here)


def _same_key(key: str, items: list[Any], place: Place, path: Path) -> Iterator[Problem]:
    first: dict[Any, int] = {}
    for i, item in enumerate(items):
        value = item.get(key) if isinstance(item, dict) else None
        if not isinstance(value, str):
            continue
        if value in first:
            at = (*path, i, key)
            line = place.value((*path, first[value])).line
            text = shown(value, place.origin(at))
            message = f"duplicate {key} {text}; it is first written in line {line}."
            yield Problem(place.value(at), place.name(at), message, "Remove one of the two.")
        first.setdefault(value, i)

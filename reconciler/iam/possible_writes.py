"""What an apply of a manifest may call to write, whatever is live: from what is declared and the tables of the kinds.

What is not declared is never written (decision 23), so an object without members beside its name is created and never
updated, and a tag that no manifest sets to null is never removed. A test applies every kind from several live states
and compares with what was called (tests/engine/test_iam_grants.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from reconciler.iam.declarations import is_open
from reconciler.iam.grants import Use
from reconciler.kinds import KINDS
from reconciler.kinds.iam_access import UNNAMED
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.manifest import Manifest
from reconciler.model import Address, Spec, Tree
from reconciler.values.shapes import input_shape
from schemas.base import CreateOnly, members


class PossibleWrite(NamedTuple):
    """A call that makes, changes or deletes an object."""

    use: Use
    """`WRITE`, or `DELETE` for the operation that deletes objects of the kind."""
    kind: ResourceKind
    """Its kind."""
    operation: str
    """The operation, of the kind's service."""
    spec: Spec
    """The object; its name is `UNNAMED` for any that the manifest does not declare."""


def possible_writes(
    manifest: Manifest, specs: Sequence[Spec], *, prune: bool, replaceable: Collection[str]
) -> Iterator[PossibleWrite]:
    """Yield every call that an apply can make to write.

    Args:
        manifest: The document.
        specs: What it declares, from `declarations`.
        prune: Whether undeclared objects are deleted, where the manifest allows it.
        replaceable: Addresses of objects that may be deleted and made again.
    """
    for spec in specs:
        kind = KINDS[spec.address.section]
        if not kind.watched:
            yield from _of_object(manifest, kind, spec, replaceable=str(spec.address) in replaceable)
    for section in manifest.prune if prune else ():
        kind = KINDS[section]
        if kind.delete:
            unnamed = Spec(Address(manifest.name, section, UNNAMED), {}, manifest.source)
            yield PossibleWrite(Use.DELETE, kind, kind.delete, unnamed)


def _of_object(manifest: Manifest, kind: ResourceKind, spec: Spec, *, replaceable: bool) -> Iterator[PossibleWrite]:
    if spec.reset and kind.create:  # null deletes it
        yield PossibleWrite(Use.DELETE, kind, kind.delete, spec)
        return
    pinned = spec.pin or (kind.root and manifest.pool_id)
    made_elsewhere = kind.root and manifest.is_guest
    if kind.create and not pinned and not made_elsewhere:
        yield PossibleWrite(Use.WRITE, kind, kind.create, spec)
    for operation in dict.fromkeys(_updates(kind, spec, named=not pinned)):
        yield PossibleWrite(Use.WRITE, kind, operation, spec)
    if replaceable and kind.delete:
        yield PossibleWrite(Use.DELETE, kind, kind.delete, spec)


def _updates(kind: ResourceKind, spec: Spec, *, named: bool) -> Iterator[str]:
    """Yield the operations that change a live object.

    Args:
        kind: Its kind.
        spec: What is declared of it.
        named: Whether it is found by its name, which then cannot differ.
    """
    declared: Tree = dict.fromkeys(members(kind.model)) if spec.reset else spec.declared
    known = members(kind.model)
    identity = {kind.id_param} | ({kind.name_member} if named else set())
    for name, value in declared.items():
        if name in kind.elsewhere:
            yield from (o for o in kind.elsewhere[name] if _leads_to(kind, o, value))
        elif name in identity or (name in known and known[name].has(CreateOnly)):
            continue
        elif kind.update and name in input_shape(kind.service, kind.update).members:
            yield kind.update


def _leads_to(kind: ResourceKind, operation: str, value: Any) -> bool:
    condition = kind.iam.only_if.get(operation)
    return condition is None or is_open(value) or condition(value)

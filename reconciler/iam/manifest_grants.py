"""What reading and writing one document needs: from possible calls to grants, with the ARNs of its objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.iam.declarations import is_open, values_at
from reconciler.iam.grants import Grant, PolicyPlace, Use, conditions, granted
from reconciler.iam.possible_writes import PossibleWrite
from reconciler.kinds import root_of
from reconciler.kinds.iam_access import UNNAMED, Arns, Permission, anywhere
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds import REFERENCE_KINDS
from reconciler.manifests.references.remote_references import references
from reconciler.model import Spec, Tree
from reconciler.observing.possible_reads import PossibleRead, names_are_known

NONE: Tree = {}


def read_grants(read: PossibleRead, specs: Sequence[Spec], place: PolicyPlace) -> Iterator[Grant]:
    """Yield what a read needs: on declared objects where only those are read, else on any of the pool.

    Args:
        read: The call.
        specs: What the manifest declares.
        place: Fills in the ARNs.
    """
    kind = read.kind
    own = [s for s in specs if s.address.section == kind.section] if names_are_known(kind) else []
    objects = [(s.address.name, s.declared) for s in own] or [(UNNAMED, NONE)]
    patterns = [p for name, declared in objects for p in _arns(kind, read.operation)(name, _known(declared))]
    yield granted(Use.READ, kind.service, read.operation, place.filled(patterns))
    yield from _also(kind, read.operation, place)


def write_grants(write: PossibleWrite, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what a write needs.

    Args:
        write: The call.
        place: Fills in the ARNs.
    """
    kind, spec = write.kind, write.spec
    patterns = _arns(kind, write.operation)(spec.address.name, _known(spec.declared))
    yield granted(write.use, kind.service, write.operation, place.filled(patterns))
    yield from _also(kind, write.operation, place)


def member_grants(kind: ResourceKind, spec: Spec, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what the declared members of an object need of whoever writes them, such as the right to pass a role.

    Args:
        kind: Its kind.
        spec: What is declared of it.
        place: Fills in the ARNs.
    """
    for need, permissions in kind.iam.permissions.items():
        for value in values_at(kind.model, spec.declared, need.split(".")):
            for one in permissions:
                if is_open(value) or one.needed(value):
                    yield _grant(one, place, value)


def reference_grants(manifest: Manifest, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what the references of a document need: each names one secret or parameter."""
    for spec in manifest.specs:
        for _, reference in references(spec.declared):
            yield from target_grants(reference.kind, reference.target, place)


def target_grants(kind: str, target: str, place: PolicyPlace) -> Iterator[Grant]:
    """Yield what following one reference needs.

    Args:
        kind: Key of the kind of reference.
        target: What it names.
        place: Fills in the ARN.
    """
    known = REFERENCE_KINDS.get(kind)
    for service, operation in sorted(known.reads) if known else ():
        yield granted(Use.READ, service, operation, place.filled(known.arns(target) if known else ()))


def _arns(kind: ResourceKind, operation: str) -> Arns:
    return kind.iam.arns_of.get(operation) or kind.iam.arns or root_of(kind.document).iam.arns or anywhere


def _known(declared: Tree) -> Tree:
    return {name: value for name, value in declared.items() if not is_open(value)}


def _also(kind: ResourceKind, operation: str, place: PolicyPlace) -> Iterator[Grant]:
    for one in kind.iam.permissions.get(operation, ()):
        yield _grant(one, place)


def _grant(one: Permission, place: PolicyPlace, value: Any = None) -> Grant:
    named = one.named and isinstance(value, str) and value.startswith("arn:")
    arns = (str(value),) if named else place.filled(one.arns)
    return Grant(Use.ALSO, one.action, arns, conditions(one.condition))

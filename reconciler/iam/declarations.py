"""What a manifest declares, as far as a policy may depend on it: without values that are not known before a run.

A value that is still a reference may be anything. One from the environment is known and may not be shown, so it counts
as unknown too: a policy is printed, reviewed and stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.iam_access import UNNAMED
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds.env import ENV
from reconciler.manifests.references.remote_references import references
from reconciler.model import Address, Path, Reference, Secret, Spec, Unknown
from reconciler.observing.possible_reads import names_are_known
from reconciler.planning.implying import implied
from schemas.base import ApiModel, members


def veiled(manifest: Manifest) -> Manifest:
    """Return a manifest in which every value that is not known, or may not be shown, is a reference.

    Args:
        manifest: A loaded one; its references are not resolved.
    """
    return replace(manifest, specs=tuple(map(_veiled, manifest.specs)))


def declarations(manifest: Manifest) -> tuple[Spec, ...]:
    """Return the objects of a manifest, with those that its sections imply.

    Args:
        manifest: A veiled one.
    """
    return (*implied(manifest).specs, *_unnamed(manifest))


def is_open(value: Any) -> bool:
    """Return whether a value, or one inside of it, is not known before a run."""
    if isinstance(value, dict):
        return any(map(is_open, value.values()))
    if isinstance(value, list):
        return any(map(is_open, value))
    return isinstance(value, Reference | Unknown | Secret)


def values_at(model: type[ApiModel] | None, tree: Any, steps: Sequence[str]) -> Iterator[Any]:
    """Yield the declared values at a path as the tables write it: through every item of lists and maps on the way.

    Args:
        model: The schema of the tree; None if it has no members.
        tree: What is declared.
        steps: Names of members.
    """
    if isinstance(tree, Reference) or not steps:  # a reference is all that is known of what is behind it
        yield tree
    elif isinstance(tree, dict) and steps[0] in tree and model:
        member, value = members(model)[steps[0]], tree[steps[0]]
        several = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]
        for item in several if member.shape in ("list", "map") else [value]:
            yield from values_at(member.model, item, steps[1:])


def _veiled(spec: Spec) -> Spec:
    tree: Any = spec.declared
    for path, name in spec.from_env.items():
        tree = _put(tree, path, Reference(ENV.key, name))
    if KINDS[spec.address.section].located:  # ARNs are made of its members
        tree = {name: UNNAMED if isinstance(value, Reference) else value for name, value in tree.items()}
    return replace(spec, declared=tree)


def _put(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict) and path[0] in value:
        return {k: _put(v, path[1:], new) if k == path[0] else v for k, v in value.items()}
    if isinstance(value, list):
        return [_put(v, path[1:], new) if i == path[0] else v for i, v in enumerate(value)]
    return value


def _unnamed(manifest: Manifest) -> Iterator[Spec]:
    """Yield an object without a name for each section that a reference in the pool may imply more objects of."""
    roots = (spec for spec in manifest.specs if KINDS[spec.address.section].root)
    if not any(True for spec in roots for _ in references(spec.declared)):
        return
    for kind in KINDS.values():
        around = kind.surrounding
        if around and around.implies and not names_are_known(kind) and kind.section in manifest.sections:
            source = manifest.positions.get((kind.section,), manifest.source)
            members_ = dict.fromkeys(around.implied, Reference(ENV.key, ""))
            yield Spec(Address(manifest.name, kind.section, UNNAMED), members_, source)

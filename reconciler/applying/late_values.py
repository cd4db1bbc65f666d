"""Values that only this run of a plan makes known: what it has created fills them in.

They are identifiers of new objects, in calls and in texts of the manifest that refer to the document itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from reconciler.kinds import KINDS
from reconciler.manifests.reference_kinds.ref import parts
from reconciler.manifests.references.filling import fill_key, fill_tree
from reconciler.model import Address, Path, Reference, ResourceChange, Secret, Unknown
from reconciler.planning.identifiers import exported


class LateValues:
    """The identifiers that became known.

    Args of the constructor:
        region: Region of the pool.
    """

    def __init__(self, region: str) -> None:
        self._region = region
        self.learned: dict[tuple[Address, str], str] = {}
        """By object and parameter."""

    def fill(self, value: Any) -> Any:
        """Replace what is not known yet with the identifiers of objects that this run has created."""
        if isinstance(value, Unknown):
            return self.learned[(value.address, value.member)]
        if isinstance(value, Reference):
            return fill_tree(value, self._referred)
        if isinstance(value, dict):
            return {fill_key(k, self._referred) if isinstance(k, str) else k: self.fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.fill(v) for v in value]
        return value

    def filled(self, change: ResourceChange) -> ResourceChange:
        """Return a change with what it refers to in its own document, as far as that exists by now."""
        if not change.refers:
            return change
        lists = tuple(replace(one, form=self.fill(dict(one.form))) for one in change.item_lists)
        fields = tuple(replace(f, after=self.fill(f.after)) for f in change.fields)
        secret = [f.path for f in change.fields if f.sensitive]
        trees = (self.fill(tree) for tree in (change.declared, change.merged, change.after))
        declared, merged, after = (wrapped(tree, secret) for tree in trees)
        return replace(change, declared=declared, merged=merged, after=after, fields=fields, item_lists=lists)

    def _referred(self, target: str) -> str | None:
        """Return the value of a reference of the document to itself."""
        document, section, name, member = parts(target)
        address = Address(document, section, name)
        if section not in KINDS:
            return None
        kind = KINDS[section]
        known = {p: self.learned.get((address, p)) for p in (kind.id_param, *kind.extra_ids)}
        return exported(kind, address, {}, known, self._region).get(member)


def wrapped(tree: Any, paths: Sequence[Path]) -> Any:
    """Return a tree in which the texts at some paths are secret."""
    if isinstance(tree, str) and () in paths:
        return Secret(tree, "literal")
    if not isinstance(tree, dict) or not paths:
        return tree
    return {k: wrapped(v, [path[1:] for path in paths if path[:1] == (k,)]) for k, v in tree.items()}

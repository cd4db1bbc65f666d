"""The manifest of a pool that takes the place of another one: the same settings, without ids, domains and the old name.

A domain is of one pool at a time, so the new pool gets it at the cut-over and not before.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applications import parts
from reconciler.cloud.port import Identity
from reconciler.export.exporter import PoolExport, Style, slug
from reconciler.export.unpinned import without_ids
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.writer import LiveText
from reconciler.model import Observed, Tree
from reconciler.observing.observer import LiveState


class RenewedExport(PoolExport):
    """Builds the manifest of the new pool."""

    def __init__(self, document: str, live_state: LiveState, identity: Identity, style: Style, *, name: str) -> None:
        super().__init__(document, live_state, identity, style, slug(name), taken=(), part=None)
        self._new_name = name

    def _envelope(self) -> Tree:
        return {key: value for key, value in super()._envelope().items() if key != "id"}

    def _sections(self) -> Tree:
        found = super()._sections()
        root = self._root
        named = {root.name_member: LiveText(self._new_name)}
        kept = {section: tree for section, tree in found.items() if section != parts.DOMAINS}
        return {
            **kept,
            root.section: {**named, **{k: v for k, v in found.get(root.section, {}).items() if k not in named}},
        }

    def _child(self, kind: ResourceKind, key: str, observed: Observed) -> Tree:
        return without_ids(kind, super()._child(kind, key, observed))

    def _comments(self) -> Iterator[str]:
        yield f"# {self._new_name} takes the place of {self._ids[self._root.id_param]}; poolctl replace has the steps."
        for domain in self._live_state.section(parts.DOMAINS):
            yield f"# domains/{domain.address.name} is of the old pool: add it here at the cut-over."
        yield from super()._comments()

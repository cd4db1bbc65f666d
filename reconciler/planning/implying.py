"""A manifest → the same manifest with what its opt-in sections imply, and the second changes that follow from a plan.

A section such as that of a role implies members that an author would otherwise copy from one object to another: the
ARN of the role, the ARN of the pool. What an author declares wins. Nothing is read here, and without such a section
nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds import KINDS, root_of
from reconciler.kinds.kind import Around, Implied, ResourceKind, Sequel
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Address, ResourceChange, Spec, Target, Tree, Unknown
from reconciler.observing.observer import LiveState
from reconciler.values.differ import diff
from reconciler.values.merge import overlay
from schemas.base import ApiModel, FreeDocument, members
from schemas.records import replace

NOTHING = LiveState(None)
"""What is known before anything was read."""


def implied(manifest: Manifest, live_state: LiveState = NOTHING, target: Target | None = None) -> Manifest:
    """Return a manifest with what its sections imply.

    Args:
        manifest: With its references resolved.
        live_state: What is live; before it is read, the names of implied objects are known, and their members may not.
        target: Account and Region; None while only names are asked for.
    """
    kinds = [k for k in KINDS.values() if _implies(k) and k.section in manifest.sections]
    if live_state is not NOTHING:  # of what could not be read, nothing follows
        kinds = [k for k in kinds if k.section in live_state.known]
    if not kinds:
        return manifest
    around = _around(manifest, live_state, target)
    specs = {(s.address.section, s.address.name): s for s in manifest.specs}
    for kind in kinds:
        implies = _implies(kind)
        for found in implies(around) if implies else ():
            place = (found.section, found.name)
            specs[place] = _with(specs.get(place) or _new(manifest, kind.section, found), found)
    return replace(manifest, specs=tuple(specs.values()))


def _implies(kind: ResourceKind) -> Callable[[Around], Iterable[Implied]] | None:
    return kind.surrounding.implies if kind.surrounding else None


def _around(manifest: Manifest, live_state: LiveState, target: Target | None) -> Around:
    def declared(section: str) -> Mapping[str, Tree]:
        return {s.address.name: s.declared for s in manifest.section(section)}

    def live(section: str) -> Mapping[str, Tree]:
        return {o.address.name: o.data for o in live_state.section(section)}

    def beside(section: str) -> Mapping[str, Tree]:
        return {a.name: tree for a, tree in live_state.beside.items() if a.section == section}

    root = root_of(manifest.kind)
    unknown = {p: Unknown(manifest.root, p) for p in (root.id_param, *root.extra_ids)}
    ids = live_state.root.ids if live_state.root else unknown
    where = (target.account, target.region) if target else (manifest.account, manifest.region)
    return Around(declared, live, ids, *where, beside)


def _new(manifest: Manifest, section: str, found: Implied) -> Spec:
    source = manifest.positions.get((section,), manifest.source)
    return Spec(Address(manifest.name, found.section, found.name), {}, source)


def _with(spec: Spec, found: Implied) -> Spec:
    return replace(spec, declared=_under(KINDS[found.section].model, found.tree, spec.declared))


def _under(model: type[ApiModel] | None, tree: Tree, declared: Tree) -> Tree:
    """Lay implied members under the declared ones; structures meet, and documents are one value."""
    known = members(model) if model else {}
    result = {**tree, **declared}
    for name in tree.keys() & declared.keys():
        inner, said, member = tree[name], declared[name], known.get(name)
        if member and not member.has(FreeDocument) and isinstance(inner, dict) and isinstance(said, dict):
            result[name] = _under(member.model, inner, said)
    return result


# --- second changes ------------------------------------------------------------------------------------------------


def with_sequels(
    changes: Sequence[ResourceChange], manifest: Manifest, live_state: LiveState, target: Target
) -> list[ResourceChange]:
    """Return the changes, and the second changes that become possible once the pool exists.

    Args:
        changes: Of the declared objects.
        manifest: With what its sections imply.
        live_state: What is live.
        target: Account and Region.
    """
    found = list(_sequels(changes, manifest, live_state, target))
    taken = {c.address for c in found}
    return [*(c for c in changes if c.address not in taken), *found]


def _sequels(
    changes: Sequence[ResourceChange], manifest: Manifest, live_state: LiveState, target: Target
) -> Iterator[ResourceChange]:
    for change in changes:
        surrounding = KINDS[change.address.section].surrounding
        sequel = surrounding.sequel if surrounding else None
        made = sequel(change.after or {}, _around(manifest, live_state, target)) if sequel else None
        if made:
            yield _second(change, made)


def _second(change: ResourceChange, sequel: Sequel) -> ResourceChange:
    kind = KINDS[sequel.section]
    merged: dict[str, Any] = overlay(kind.model, sequel.before, sequel.declared)
    return ResourceChange(
        replace(change.address, section=sequel.section),
        kind.resource_type,
        Action.UPDATE,
        tuple(replace(f, source=change.source) for f in diff(kind.model, sequel.declared, sequel.before)),
        sequel.declared,
        sequel.before,
        merged,
        sequel.ids,
        source=change.source,
        reason=sequel.reason,
        merged=merged,
    )

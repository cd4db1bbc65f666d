"""References of a document to itself: filled in from what is live, or waiting for what the run makes.

A pool can name itself: its id in a message, the id of a client in the callback URL of another one. What such a
reference leads to is read together with the document, so its value is known only after the first comparison; the
document is then compared once more. What does not exist yet is filled in while the plan is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS, root_of
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.own_samples import misfits
from reconciler.manifests.references.filling import targets_of
from reconciler.manifests.resolving import filled
from reconciler.model import Action, Address, Gap, Plan, ResourceChange
from reconciler.observing.observer import LiveState, ReadScope
from reconciler.planning.identifiers import exported
from reconciler.planning.unknown_objects import unknown_objects
from schemas.records import replace


def read(
    manifest: Manifest,
    scope_of: Callable[[Manifest], ReadScope],
    observed: Callable[[ReadScope], LiveState],
    plan_of: Callable[[Manifest, LiveState], Plan],
    lost: Iterable[Gap] = (),
) -> tuple[LiveState, Manifest]:
    """Read what is live for a document, and fill in what it refers to in itself, as far as that exists.

    Args:
        manifest: With all its other references resolved.
        scope_of: Returns what has to be read for such a document.
        observed: Reads it. Called once more where the name of an object holds a value that was filled in.
        plan_of: Makes the plan of such a document; not called for one that does not refer to itself.
        lost: Gaps of objects that refer to what could not be read of other documents.

    Returns:
        What is live, with a gap for each object that refers to what could not be read; the document.

    Raises:
        InvalidManifest: A value does not fit, or never will.
        CloudError: The pool could not be read.
    """
    scope, lost = scope_of(manifest), tuple(lost)
    live_state = _with_gaps(observed(scope), lost)
    if not manifest.own_links:
        return live_state, manifest
    unseen = unknown_objects(manifest, manifest.own_names.get, _unread(manifest, live_state.gaps))
    live_state = _with_gaps(live_state, unseen)
    whole = _filled(manifest, lambda one: plan_of(one, live_state))
    wider = scope_of(whole)
    if wider.names != scope.names:
        live_state = _with_gaps(observed(wider), (*lost, *unseen))
        whole = _filled(manifest, lambda one: plan_of(one, live_state))
    wrong = misfits(whole)  # what is not known yet has to fit, too
    if wrong:
        raise InvalidManifest(wrong)
    return live_state, whole


def _with_gaps(live_state: LiveState, gaps: Sequence[Gap]) -> LiveState:
    return replace(live_state, gaps=(*live_state.gaps, *gaps)) if gaps else live_state


def _filled(manifest: Manifest, plan_of: Callable[[Manifest], Plan]) -> Manifest:
    """Fill in values and plan until nothing new is known; the id of what the plan replaces is known no longer."""
    links, known, never, whole = manifest.own_links, dict[str, str](), set[str](), manifest
    while True:
        found = plan_of(whole)
        live = _live(whole, found)
        new = {t: value for t in links if t not in known and t not in never and (value := live(t))}
        gone = {t for t in known if _is_remade(found, links[t]) and t not in manifest.own_names}
        if not new and not gone:
            return whole
        never |= gone
        known = {t: value for t, value in {**known, **new}.items() if t not in never}
        whole, _ = filled(manifest, known.get)


def _live(manifest: Manifest, plan: Plan) -> Callable[[str], str]:
    """Return a lookup of the values that the references of a document have now; empty for what does not exist."""
    root, found = manifest.root, dict[str, str]()
    for address, declared, ids in _objects(plan):
        values = exported(KINDS[address.section], address, declared, ids, plan.target.region)
        found |= {f"{address}#{member}": value for member, value in values.items() if value}
    if plan.target.pool_id:
        kind = root_of(manifest.kind)
        values = exported(kind, root, {}, {kind.id_param: plan.target.pool_id}, plan.target.region)
        found = {**{f"{root}#{member}": value for member, value in values.items() if value}, **found}
    return lambda target: found.get(target.partition("/")[2], "")


def _objects(plan: Plan) -> Iterator[tuple[Address, Mapping[str, Any], Mapping[str, Any]]]:
    for one in plan.rest:
        if KINDS[one.address.section].root:
            yield one.address, {}, one.ids
    for change in (*plan.aside, *plan.changes):
        if change.action is not Action.DELETE:
            yield change.address, change.declared, change.ids


def _is_remade(plan: Plan, address: Address) -> bool:
    change = plan.change_of(address)
    return change is not None and change.action is Action.REPLACE


def _unread(manifest: Manifest, gaps: Sequence[Gap]) -> Callable[[str], Gap | None]:
    """Return a lookup of why what a document refers to in itself could not be read; None for what could."""

    def why(target: str) -> Gap | None:
        address = manifest.own_links.get(target)
        return next((g for g in gaps if _hides(g, address, manifest.root)), None) if address else None

    return why


def _hides(gap: Gap, address: Address, root: Address) -> bool:
    """Whether an object may be what could not be read; a gap without a name is about a whole section."""
    if gap.address.section == address.section:
        return gap.address.name in ("", address.name)
    return gap.address.section in (KINDS[address.section].outer, root.section)


def marked(changes: Iterable[ResourceChange], manifest: Manifest) -> list[ResourceChange]:
    """Return changes that know which objects of their own document they refer to that do not exist yet.

    Args:
        changes: All changes of a plan.
        manifest: The document, with its references filled in as far as their values exist.
    """
    links = manifest.own_links
    if not links:
        return list(changes)
    found = ((change, dict.fromkeys(targets_of(change.declared))) for change in changes)
    return [replace(c, refers=tuple(dict.fromkeys(links[t] for t in ts if t in links))) if ts else c for c, ts in found]

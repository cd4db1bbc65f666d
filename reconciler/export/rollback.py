"""Plan → the manifest that restores the current values.

It is written before the first write, from the observed state, because there is no state file to return to.
It notes for every change whether it can be undone, because some cannot. Secrets must be filled in. The contents
of a deleted object (branding, terms) are deleted with it although no plan shows them, and are read for this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.cloud.port import Cloud
from reconciler.errors import printable
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.writer import LiveText, blocks
from reconciler.model import (
    Action,
    Address,
    FieldChange,
    Gap,
    Observed,
    Path,
    Plan,
    ResourceChange,
    Secret,
    Tree,
    dotted,
)
from reconciler.observing import observer
from reconciler.observing.observer import LiveState, Owner, ReadScope
from reconciler.planning.own_items import list_at
from reconciler.values.item_forms import matches
from reconciler.values.lookup import grouped
from schemas.base import (
    EXCLUDE,
    INCLUDE,
    ApiModel,
    CreateOnly,
    Keyed,
    KeyName,
    Member,
    NotRemovable,
    OnlyOnce,
    Pin,
    WriteOnly,
    WriteOnlyKeys,
    members,
)
from schemas.documents import DEFAULT

_UNNAMEABLE = re.compile(r"[^\w/+=.@#-]", re.ASCII)
"""Characters that the name of a secret must not contain."""

CREDENTIALS = ("ClientSecret", "GenerateSecret")
"""An app client is created with a given secret or a generated one, never both (cognito.md 3, C18)."""

GOING = (Action.DELETE, Action.REPLACE)
"""Actions that delete an object with all its contents."""

PLACEHOLDER = "#     its secret is not in this file: store it at the $secret below, or remove that line"
"""Comment below an object with a secret."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """A rollback manifest and its files."""

    text: str
    """YAML: one document for each pool that changes."""
    files: Mapping[str, bytes]
    """Images by file name, to write beside the manifest."""


@dataclass
class _Writer:
    """Collects values and files."""

    stem: str
    files: dict[str, bytes] = field(default_factory=dict)

    def value(self, value: Any, at: str) -> Any:
        """Return a live value in manifest form: no secrets, no bytes, nothing that could be read as a reference.

        Args:
            value: The value.
            at: Its place, for the name of the secret to fill in.
        """
        if isinstance(value, Secret):
            return {"$secret": "poolctl-rollback/" + _UNNAMEABLE.sub("-", at)}
        if isinstance(value, bytes):
            name = f"{self.stem}.{len(self.files)}.bin"
            self.files[name] = value
            return {"$file": name}
        if isinstance(value, dict):
            return {LiveText(k): self.value(v, f"{at}{'' if at.endswith('#') else '.'}{k}") for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(v, at) for v in value]
        return LiveText(value) if isinstance(value, str) else value


def inside(cloud: Cloud, plan: Plan, *, parallelism: int = 32) -> LiveState:
    """Read the contents of the objects that a plan deletes or replaces. Without any, make no calls.

    Args:
        cloud: Cloud of the pool; may be read-only.
        plan: The plan to be applied.
        parallelism: Maximum number of concurrent calls.

    Raises:
        CloudError: The pool itself could not be read.
    """
    going = [c for c in plan.pending if c.action in GOING and _parts(c.address.section)]
    if not going:
        return LiveState(None)
    outer = frozenset(c.address.section for c in going)
    owners = {part: _owners(going, kind.outer) for section in outer for part, kind in _parts(section).items()}
    sections = outer.union(owners)  # with `|` and keys it would be a set, whatever the types say
    pool, document = going[0].address.pool, KINDS[going[0].address.section].document
    scope = ReadScope(pool, pool, plan.target.pool_id, sections, {}, document=document, owners=owners)
    live_state = observer.observe(cloud, scope, parallelism=parallelism)
    addresses = {c.address for c in going}
    found = tuple(o for o in live_state.objects if o.address.section in owners)
    return replace(live_state, objects=found, gaps=tuple(g for g in live_state.gaps if _concerns(g, addresses)))


def _parts(section: str) -> dict[str, ResourceKind]:
    """Return the kinds nested in those of a section, without observed-only ones, which need no restoring."""
    return {k.section: k for k in KINDS.values() if k.outer == section and not k.watched}


def _owners(going: Sequence[ResourceChange], section: str) -> tuple[Owner, ...]:
    return tuple(
        Owner(c.address.name, c.address.name, str(c.ids[KINDS[section].id_param]))
        for c in going
        if c.address.section == section
    )


def _concerns(gap: Gap, going: set[Address]) -> bool:
    """Whether a gap hides a deleted object: its contents, itself, or its list."""
    listing = not gap.address.name and gap.address.section in {a.section for a in going}
    return gap.address.owner in going or gap.address in going or listing


def rollback(plans: Sequence[Plan], name: str, worlds: Sequence[LiveState] = ()) -> Rollback:
    """Return the manifest that restores what these plans change.

    Args:
        plans: All plans of the run.
        name: Name of the output file, without its directory.
        worlds: For each plan, what goes with what it takes away, from `inside`.
    """
    writer = _Writer(name)
    around = worlds or [LiveState(None)] * len(plans)
    parts = [_pool(plan, live_state, writer) for plan, live_state in zip(plans, around, strict=True) if plan.pending]
    head = (
        "# Written by poolctl before an apply: the live values of the objects that it was about to change.\n"
        "# Review it, store the referenced secrets, then run poolctl plan and poolctl apply on this file.\n"
    )
    return Rollback(head + "".join(parts), writer.files)


def _pool(plan: Plan, live_state: LiveState, writer: _Writer) -> str:
    said = [f"# {plan.target.pool_name} ({plan.target.pool_id or 'did not exist'})"]
    kind = KINDS[plan.pending[0].address.section].document
    tree: Tree = {"version": 1, **({} if kind == DEFAULT else {"kind": kind})}
    tree["target"] = {"account": plan.target.account, "region": plan.target.region}
    tree["id"] = plan.target.pool_id
    bare = len(tree)
    held = {o.address: o for o in live_state.objects if o.data != KINDS[o.address.section].initial()}
    within = grouped(held.values(), lambda o: o.address.owner)
    for change in (c for c in plan.pending if c.address not in held):
        restored, lost = _restored(change, writer)
        said += _words(change, plan, restored, lost)
        if restored and plan.target.pool_id:
            owner = plan.change_of(change.address.owner) if change.address.owner else None
            _put(tree, change.address, restored, _identity(owner) if owner else {})
        for observed in within.get(change.address, ()):
            said += _taken_along(observed, tree, writer)
    said += [f"#   {g.address}: could not be read, so it is not in this file: {g.operation}" for g in live_state.gaps]
    comments = "".join(f"{printable(line)}\n" for line in said)
    return comments if len(tree) == bare else f"---\n{comments}" + "\n".join(blocks(tree, bare))


def _taken_along(observed: Observed, tree: Tree, writer: _Writer) -> Iterator[str]:
    """Add the objects deleted with their owner, with a comment."""
    address, kind = observed.address, KINDS[observed.address.section]
    restored = writer.value(_whole(kind, address, observed.data), f"{address.full}#")
    _put(tree, address, restored, {})
    yield f"#   {address}: is deleted with {address.owner}; {_along_verdict(kind, bool(restored))}"
    if _has_placeholder(restored):
        yield PLACEHOLDER


def _along_verdict(kind: ResourceKind, restored: bool) -> str:
    silent = ", ".join(m.name for m in members(kind.model).values() if m.has(WriteOnly))
    if not restored:
        return f"cannot be undone: Cognito never returns {silent or 'its content'}"
    new = f", with a new {kind.id_param}" if kind.create and kind.id_param != kind.name_member else ""
    return f"can be undone{new}" + (f", except {silent}, which Cognito never returns" if silent else "")


# --- comments ------------------------------------------------------------------------------------------------------


def _words(change: ResourceChange, plan: Plan, restored: Tree, lost: Sequence[FieldChange]) -> Iterator[str]:
    beyond = [f for f in change.fields if f.danger and not f.danger.reversible and f not in lost]
    yield f"#   {change.address}: {_verdict(change, plan, bool(restored), bool(lost or beyond))}"
    yield from (f"#     {dotted(f.path)}: cannot be undone: {f.danger.sentence}" for f in beyond if f.danger)
    for found in lost:
        yield f"#     {dotted(found.path)}: cannot be undone: {_why(KINDS[change.address.section], found)}"
    if _has_placeholder(restored):
        yield PLACEHOLDER


def _verdict(change: ResourceChange, plan: Plan, restored: bool, lost: bool) -> str:
    kind = KINDS[change.address.section]
    if change.before is None and (kind.create or not plan.target.pool_id):
        return _undone_by_deleting(kind, plan)
    if change.action is Action.DELETE:
        return f"is deleted; can be undone in part: {_gone(kind)}" if kind.create else "is reset; can be undone"
    if change.action is Action.REPLACE:
        return f"is replaced; can be undone in part, with --allow-replace {change.address}: {_gone(kind)}"
    if not restored:
        return "is updated; cannot be undone"
    return "is updated; can be undone" + (" in part" if lost else "")


def _undone_by_deleting(kind: ResourceKind, plan: Plan) -> str:
    if kind.root:
        return "is created; poolctl never deletes a pool, so undo it manually"
    if not plan.target.pool_id:
        return "is created with its pool"
    how = f"manually, or with prune: [{kind.section}] and --prune" if kind.delete else "manually"
    return f"is created; to undo it, delete it {how}"


def _gone(kind: ResourceKind) -> str:
    new = f"it gets a new {kind.id_param}, and " if kind.id_param and kind.id_param != kind.name_member else ""
    return f"{new}its associated data (members, links, sessions) cannot be restored"


def _why(kind: ResourceKind, change: FieldChange) -> str:
    for member in _along(kind.model, change.path):
        mark = member.mark(CreateOnly) or member.mark(OnlyOnce) or member.mark(NotRemovable)
        if mark:
            return mark.advice
    return "Cognito keeps it."


# --- what to restore -----------------------------------------------------------------------------------------------


def _restored(change: ResourceChange, writer: _Writer) -> tuple[Tree, list[FieldChange]]:
    """Return the members to restore, and the changes that no manifest can undo."""
    kind = KINDS[change.address.section]
    if change.action in GOING:
        return writer.value(_whole(kind, change.address, change.before or {}), f"{change.address.full}#"), []
    if change.action is Action.CREATE and kind.create:
        return {}, []
    lost = [f for f in change.fields if _is_for_good(kind, f)]
    tree: Tree = {}
    for found in (*(f for f in change.fields if f not in lost), *_computed(change)):
        at = f"{change.address.full}#{dotted(found.path)}"
        shared = next((one for one in change.item_lists if one.path == found.path), None)
        value = _items_back(kind, found, writer, at) if shared else writer.value(found.before, at)
        _set(tree, kind.model, found.path, value)
    _complete(tree, kind, change, writer)
    return ({**_identity(change), **tree} if tree else {}), lost


def _items_back(kind: ResourceKind, found: FieldChange, writer: _Writer, at: str) -> Tree:
    """Return the form that undoes what a change does to single items of a list; the rest may be of others by then."""
    before, after = ([*(side or ())] for side in (found.before, found.after))
    member = list_at(kind, found.path)
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before and not any(matches(member, one, item) for one in gone)]
    return {INCLUDE: writer.value(gone, at), **({EXCLUDE: writer.value(come, at)} if come else {})}


def _computed(change: ResourceChange) -> Iterator[FieldChange]:
    """Find members that are removed implicitly, because another one replaces them (two sources of metadata)."""
    said = {f.path for f in change.fields}
    after = change.after or {}
    for name, value in (change.before or {}).items():
        inner = after.get(name)
        if name not in after and (name,) not in said:
            yield FieldChange((name,), value, None)
        elif isinstance(value, dict) and isinstance(inner, dict) and (name,) not in said:
            gone = (k for k in value if k not in inner and not any(p[:2] == (name, k) for p in said))
            yield from (FieldChange((name, k), value[k], None) for k in gone)


def _complete(tree: Tree, kind: ResourceKind, change: ResourceChange, writer: _Writer) -> None:
    """Add write-only secrets, which the service requires with every change of their parent."""
    for member in members(kind.model).values():
        silent, details = member.mark(WriteOnlyKeys), tree.get(member.name)
        if silent and isinstance(details, dict):
            held = [k for k in silent.names if k in (change.declared.get(member.name) or {})]
            at = f"{change.address.full}#{member.name}"
            details.update(writer.value({k: Secret("", "live") for k in held}, at))


def _whole(kind: ResourceKind, address: Address, before: Tree) -> Tree:
    """Return the live object in manifest form, without its name, which is the key, and its id."""
    known = members(kind.model)
    live = {k: v for k, v in kind.to_manifest(before, {}).items() if k in known and v is not None}
    secret, generate = CREDENTIALS
    if secret in before and secret in known:
        live = {**{k: v for k, v in live.items() if k != generate}, secret: before[secret]}
    local = address.name.rpartition("/")[2]
    skip = {m.name for m in known.values() if m.has(Pin) or (m.has(KeyName) and live.get(m.name) == local)}
    return {k: v for k, v in live.items() if k not in skip}


def _identity(change: ResourceChange) -> Tree:
    """Return the identity of a live object whose name may differ from its key, to prevent a duplicate."""
    known = members(KINDS[change.address.section].model).values()
    own = change.ids.get(KINDS[change.address.section].id_param)
    found: Tree = {m.name: own for m in known if m.has(Pin) and isinstance(own, str)}
    local, live = change.address.name.rpartition("/")[2], change.before or {}
    return found | {
        m.name: LiveText(live[m.name]) for m in known if m.has(KeyName) and live.get(m.name, local) != local
    }


def _is_for_good(kind: ResourceKind, change: FieldChange) -> bool:
    along = list(_along(kind.model, change.path))
    if any(m.has(CreateOnly) or m.has(OnlyOnce) for m in along):
        return True
    added = change.before is None
    return added and bool(along) and len(along) == len(change.path) and along[-1].has(NotRemovable)


def _along(model: type[ApiModel] | None, path: Iterable[str | int]) -> Iterator[Member]:
    """Yield the members along a path that the schema knows."""
    for step in path:
        member = members(model).get(str(step)) if model else None
        if member is None:
            return
        yield member
        model = member.model


def _set(tree: dict[Any, Any], model: type[ApiModel] | None, path: Path, value: Any) -> None:
    """Set a value at its path, unless one of its parents is reset as a whole."""
    for at, step in enumerate(path[:-1]):
        member = members(model).get(str(step)) if model else None
        keyed = member.mark(Keyed) if member else None
        if keyed and member:
            _set_item(tree.setdefault(step, []), member, keyed.member, path[at + 1 :], value)
            return
        inner = tree.setdefault(LiveText(step), {})
        if not isinstance(inner, dict):
            return
        tree, model = inner, (member.model if member and member.shape == "structure" else None)
    tree[LiveText(path[-1])] = value


def _set_item(items: list[Tree], member: Member, key: str, path: Path, value: Any) -> None:
    item = next((i for i in items if i[key] == path[0]), None)
    if item is None:
        item = {key: LiveText(path[0])}
        items.append(item)
    if len(path) > 1:
        _set(item, member.model, path[1:], value)
    elif isinstance(value, dict):
        item.update(value)


def _put(tree: Tree, address: Address, restored: Tree, owner_identity: Tree) -> None:
    """Add an object to the document; a nested one also needs its parent's identity."""
    section, dot, part = address.section.partition(".")
    if not address.name:
        tree.setdefault(section, {}).update(restored)
        return
    owner, _, rest = address.name.partition("/") if dot else (address.name, "", "")
    place = tree.setdefault(section, {}).setdefault(LiveText(owner), {})
    for member, value in owner_identity.items():
        place.setdefault(member, value)
    for step in filter(None, (part, rest)):
        place = place.setdefault(LiveText(step), {})
    place.update(restored)


def _has_placeholder(value: Any) -> bool:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return (isinstance(value, dict) and "$secret" in value) or any(map(_has_placeholder, inner))
    return False

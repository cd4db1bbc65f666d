"""A plan and its calls → the same plan, with every member that the calls change.

A call may write more than the manifest declares: a request has to be complete, one setting is stored in two places,
or one member replaces another. What is written must be shown (decision 16), so the members are read off the calls
themselves. Nothing is decided here: whatever a kind adds to its payload becomes a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, FieldChange, Path, Plan, ResourceChange, Tree
from reconciler.planning.lowering import before_of, lower_whole
from reconciler.values.differ import diff
from schemas.base import Keyed, members
from schemas.records import replace

WRITES = (Action.CREATE, Action.UPDATE, Action.REPLACE)
"""Actions whose calls have members."""


def completed(plan: Plan) -> Plan:
    """Return the plan with a line for each member that a call changes, whether or not the manifest declares it.

    A change with consequences beyond the member says so.
    """
    return replace(plan, changes=tuple(_warned(_completed(c, plan)) if c.action in WRITES else c for c in plan.changes))


def _warned(change: ResourceChange) -> ResourceChange:
    if change.before is None:
        return change
    table = KINDS[change.address.section].consequences
    found = {f.path: c.danger for f in change.fields for c in table if c.follows(f)}
    if not found:
        return change
    return replace(change, fields=tuple(replace(f, danger=found.get(f.path)) for f in change.fields))


def _completed(change: ResourceChange, plan: Plan) -> ResourceChange:
    kind = KINDS[change.address.section]
    sent = _sent(kind, change, plan)
    if not sent:
        return change
    shown = {f.path: f for f in change.fields}
    added = [f for f in _written(kind, change, sent) if not _holds(shown, f)]
    gone = [f for f in _dropped(kind, change) if not _told(shown, f.path)]
    gone += [f for f in _lost(kind, change, sent, plan) if f.path not in shown]
    after = deepcopy(change.after) if added else change.after
    for found in added:
        _set(kind, after, found)
        known = shown.get(found.path, found)
        shown[found.path] = replace(found, source=known.source, sensitive=known.sensitive or found.sensitive)
    shown |= {f.path: f for f in gone}
    return replace(change, fields=tuple(_sorted(kind, shown.values())), after=after)


def _sent(kind: ResourceKind, change: ResourceChange, plan: Plan) -> Tree:
    """Return the members that the call which makes or changes the object carries, without what identifies it."""
    taken = {*kind.to_params({**change.ids, **(change.new_ids or {})}), *kind.params, kind.name_member}
    known = members(kind.model)
    calls = (c for c in lower_whole(change, plan) if c.operation in (kind.create, kind.update) and not c.region)
    return kind.from_call({k: v for call in calls for k, v in call.params.items() if k in known and k not in taken})


def _written(kind: ResourceKind, change: ResourceChange, sent: Tree) -> Iterator[FieldChange]:
    """The members of a call that differ from the live ones."""
    before = _live(kind, change)
    held = tuple(kind.equivalent(sent, before)) if change.before is not None else ()
    for found in diff(kind.model, sent, before):
        if not any(found.path[: len(path)] == path for path in held):
            yield found


def _dropped(kind: ResourceKind, change: ResourceChange) -> Iterator[FieldChange]:
    """The live members that the object will no longer have, because another member replaces or excludes them."""
    if change.before is None or change.after is None:
        return
    for found in diff(kind.model, change.before, change.after):
        if found.before is None:
            yield FieldChange(found.path, found.after, None, found.sensitive)


def _lost(kind: ResourceKind, change: ResourceChange, sent: Tree, plan: Plan) -> Iterator[FieldChange]:
    """The members that are shared with another object, which alone shows them, and that the call does not repeat.

    Both are one stored value, and the call replaces the structure (cognito.md 2.2).
    """
    for section, names in kind.shared.items():
        other = before_of(plan, change, section)
        for name in (n for n in names if isinstance(sent.get(n), dict)):
            model = members(kind.model)[name].model
            mirrored = other.keys() & members(model).keys() if model else ()
            known = (change.before or {}).get(name) or {}
            for inner in sorted(mirrored - sent[name].keys() - known.keys()):
                yield FieldChange((name, inner), other[inner], None)


def _live(kind: ResourceKind, change: ResourceChange) -> Tree:
    return change.before if change.before is not None else {} if kind.create else kind.initial()


def _holds(shown: Mapping[Path, FieldChange], found: FieldChange) -> bool:
    """Whether a line has this value already. A list is written as declared or as a delta; a structure is completed."""
    for end in range(len(found.path), 0, -1):
        line = shown.get(found.path[:end])
        if line is not None:
            return not isinstance(line.after, dict) or bool(_at(line.after, found.path[end:]) == found.after)
    return False


def _told(shown: Mapping[Path, FieldChange], path: Path) -> bool:
    """Whether a line speaks of a member, of a structure around it, or of a part of it."""
    return any(other[: len(path)] == path or path[: len(other)] == other for other in shown)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _set(kind: ResourceKind, tree: Tree | None, found: FieldChange) -> None:
    """Put a value into the planned object."""
    if tree is None:
        return
    member = members(kind.model)[str(found.path[0])]
    keyed = member.mark(Keyed)
    if keyed:  # only new items are completed, as a whole
        items = tree[member.name]
        tree[member.name] = [found.after if i[keyed.member] == found.path[-1] else i for i in items]
        return
    for step in found.path[:-1]:
        inner = tree.get(str(step))
        tree[str(step)] = tree = dict(inner) if isinstance(inner, dict) else {}
    tree[str(found.path[-1])] = found.after


def _sorted(kind: ResourceKind, fields: Iterable[FieldChange]) -> list[FieldChange]:
    """Return lines in the order of the schema; those of one member keep their order, but parts of a structure meet."""
    order = list(members(kind.model))
    return sorted(fields, key=lambda f: order.index(str(f.path[0])) if f.path[0] in order else len(order))

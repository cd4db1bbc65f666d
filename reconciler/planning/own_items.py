"""A declared object and the live one → the object with whole lists, and which items of them are of others.

Where a manifest declares single items of a list (`$include`, `$exclude`), the list that is compared and written follows
from the live one: the items of others stay in it (decision 46). Whoever looks at the change sees a whole list; which of
its items are of others is kept beside it, so that a plan is the same plan when only those have changed, and so that the
list is made anew from what is live when it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.kinds.engine_rules import FULL, UNSET_LIST
from reconciler.kinds.kind import ResourceKind, Rule
from reconciler.model import ItemList, Path, ResourceChange, Spec, Tree
from reconciler.values.item_forms import forms, listed, most, others, put, settled, whole
from schemas.base import ByItem, Member, members
from schemas.records import replace


def with_whole_lists(
    kind: ResourceKind, spec: Spec, live: Tree, ignored: Callable[[Path], bool]
) -> tuple[Spec, tuple[ItemList, ...]]:
    """Return a declared object with the lists that follow from what is live, and what they keep of others.

    Args:
        kind: Its kind.
        spec: What the manifest declares.
        live: The live object; empty if there is none.
        ignored: Returns whether a member is left alone.
    """
    declared_so = list(forms(kind.model, spec.declared))
    if not declared_so:
        return spec, ()
    found = tuple(
        ItemList(path, dict(form), tuple(others(member, form, listed(live, path))))
        for path, member, form in declared_so
        if not ignored(path)
    )
    declared = settled(kind.model, spec.declared, live)
    return (replace(spec, declared=declared) if declared is not spec.declared else spec), found


def settled_spec(
    kind: ResourceKind,
    spec: Spec,
    live: Tree | None,
    ignored: Callable[[Path], bool],
    refuse: Callable[[Spec, Rule, Path, str], None],
) -> tuple[Spec, tuple[ItemList, ...]]:
    """Return a declared object with whole lists, and refuse what they cannot be.

    Args:
        kind: Its kind.
        spec: What the manifest declares.
        live: The live object; None if it is new.
        ignored: Returns whether a member is left alone.
        refuse: Collects a refusal.
    """
    found, lists = with_whole_lists(kind, spec, live or {}, ignored)
    for rule, path, message in objections(kind, found.declared, lists, live):
        refuse(found, rule, path, message)
    return found, lists


def objections(
    kind: ResourceKind, declared: Tree, lists: Iterable[ItemList], live: Tree | None
) -> Iterator[tuple[Rule, Path, str]]:
    """Yield why lists cannot be what a manifest makes of them: the rule, the member, and what is wrong.

    Args:
        kind: Kind of the object.
        declared: The declared object with whole lists.
        lists: Those of which single items are declared.
        live: The live object; None if it is new.
    """
    for one in lists:
        member, items = list_at(kind, one.path), listed(declared, one.path)
        limit, mark, name = most(member), member.mark(ByItem), one.path[-1]
        if limit is not None and len(items) > limit:
            kept = f", {len(one.kept)} of them of others" if one.kept else ""
            yield FULL, one.path, f"{name} would have {len(items)} items{kept}; at most {limit} are possible."
        if live is not None and mark and mark.unset and not listed(live, one.path):
            yield UNSET_LIST, one.path, f"{name} is not set, which the service takes for {mark.unset}."


def made_anew(kind: ResourceKind, change: ResourceChange, now: Tree) -> ResourceChange:
    """Return a change with the lists that follow from what is live now.

    Args:
        kind: Kind of the object.
        change: As it was planned; what is live may differ from what the plan saw in items of others.
        now: The live object.
    """
    lists = []
    for one in change.item_lists:
        member, live = list_at(kind, one.path), listed(now, one.path)
        items = whole(member, one.form, live)
        lists.append(replace(one, kept=tuple(others(member, one.form, live))))
        change = replace(
            change,
            before=_with_list(change.before, one.path, live),
            declared=put(change.declared, one.path, items),
            merged=put(change.merged, one.path, items),
            after=_with_list(change.after, one.path, items),
        )
    return replace(change, item_lists=tuple(lists)) if lists else change


def without_others(kind: ResourceKind, lists: Iterable[ItemList], tree: Tree) -> Tree:
    """Return an object without the items of others: what a fence compares.

    Args:
        kind: Kind of the object.
        lists: Those of which single items are declared.
        tree: The object; it is not changed.
    """
    for one in lists:
        live = listed(tree, one.path)
        theirs = others(list_at(kind, one.path), one.form, live)
        if theirs:
            tree = put(tree, one.path, [item for item in live if item not in theirs])
    return tree


def list_at(kind: ResourceKind, path: Path) -> Member:
    """Return the list at a path of an object, with the facts of the schema."""
    model, member = kind.model, None
    for step in path:
        member = members(model)[str(step)]
        model = member.model or model
    if member is None:
        raise ValueError(path)
    return member


def _with_list(tree: Tree | None, path: Path, items: list[object]) -> Tree | None:
    """Return an object with a list; one that has neither the list nor anything to put there stays as it is."""
    if tree is None or (not items and not listed(tree, path)):
        return tree
    return put(tree, path, items)

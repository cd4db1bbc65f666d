"""Fences: what the plan saw is compared with what is live immediately before a write (decision 15).

Cognito has no conditional writes, so a change by someone else can only be noticed, and the run stops before it
overwrites anything. What was unset or missing has a fence too. What else there is of the name of a new object is in
`made_objects`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from reconciler.applying.made_objects import MadeObjects, name_of
from reconciler.errors import PoolctlError
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind, again
from reconciler.model import Action, Observed, ResourceChange, Tree, Unknown
from reconciler.observing.observer import beside, read_again
from reconciler.planning.own_items import made_anew, objections, without_others
from reconciler.values.differ import same
from reconciler.values.lookup import grouped


class Overtaken(PoolctlError):
    """The object differs from what the plan saw. The message says how, without naming the object."""


class FencedRun(MadeObjects):
    """The fences of one run of one plan, which follow from what it has made and written so far."""

    def _fence(self, change: ResourceChange) -> ResourceChange:
        """Check that the object is still what the plan saw.

        Returns:
            The change, with the lists that follow from what is live now where others share them.

        Raises:
            Overtaken: It differs.
        """
        kind = KINDS[change.address.section]
        self._asked_now = True
        self._settle_others(change)
        if change.before is not None:
            change = self._fence_update(change, change.before)
            if change.action is Action.REPLACE:
                self._look_at_names(kind, change)  # the new object is none of those that are there now
        elif self._owner_is_new(change) and not kind.account_wide:
            return change
        elif kind.create and kind.listing:
            self._fence_create(kind, change)
        else:
            self._fence_unset(kind, change)
        return change

    def _fence_update(self, change: ResourceChange, before: Tree) -> ResourceChange:
        kind = KINDS[change.address.section]
        now = read_again(self._cloud, Observed(change.address, change.ids, before))
        if now is None:
            raise Overtaken("the object no longer exists. Run plan again.")
        seen, found = (without_others(kind, change.item_lists, self._without_ours(kind, t)) for t in (before, now))
        if not same(kind.model, seen, found):
            raise Overtaken("the object was changed outside this run since the plan was made. Run plan again.")
        anew = made_anew(kind, change, now)
        for rule, _, said in objections(kind, anew.declared, anew.item_lists, now):
            raise Overtaken(f"{said} {rule.advice} Others have changed the list since the plan was made.")
        return anew

    def _fence_unset(self, kind: ResourceKind, change: ResourceChange) -> None:
        """Check that what was not there is still not there: a setting that was unset, an object without a list."""
        ids = change.new_ids or change.ids
        known = {k: self._fill(v) for k, v in ids.items() if k != kind.id_param or not isinstance(v, Unknown)}
        now = read_again(self._cloud, Observed(change.address, known, {}))
        if now is not None and self._without_ours(kind, now):
            what = "object was created" if kind.create else "setting was unset when the plan was made, and was set"
            since = " since the plan was made" if kind.create else " since"
            raise Overtaken(f"the {what} outside this run{since}. Run plan again.")
        self._fence_beside(kind, change, known)

    def _fence_beside(self, kind: ResourceKind, change: ResourceChange, ids: Mapping[str, Any]) -> None:
        """Check that a create writes over nothing but what the plan saw, or what is as it will be already."""
        now = self._without_ours(kind, beside(self._cloud, kind, ids))
        after = change.after or {}
        seen = (change.beside, {k: after.get(k) for k in now})
        if not any(same(kind.model, self._without_ours(kind, tree), now) for tree in seen):
            raise Overtaken(f"{', '.join(now)} was changed outside this run since the plan was made. Run plan again.")

    def _without_ours(self, kind: ResourceKind, tree: Tree) -> Tree:
        """Return an object without the members that earlier writes of this run have changed."""
        ours = frozenset[str]().union(*(m for s, m in kind.shared.items() if s in self._written))
        return {k: v for k, v in tree.items() if k not in ours}

    def _fence_create(self, kind: ResourceKind, change: ResourceChange) -> None:
        name = name_of(kind, change)
        if again(kind) and not self._list_pays(kind):
            found = read_again(self._cloud, Observed(change.address, self._fill(dict(change.ids)), {})) is not None
        else:
            found = any(self._look_at_names(kind, change).others(name))
        if found and not self._is_known(kind, name):
            raise Overtaken("the object was created outside this run since the plan was made. Run plan again.")

    def _list_pays(self, kind: ResourceKind) -> bool:
        """Whether a list has no more pages than there are new objects, each of which can be asked for by its name."""
        made, live = self._counts.get(kind.section, (0, 0))
        return kind.listing is not None and kind.listing.page is not None and made > live // kind.listing.page[1]

    @cached_property
    def _counts(self) -> Mapping[str, tuple[int, int]]:
        """How many objects of each section the plan makes, and how many it found."""
        pending, every = self._plan.pending, (*self._plan.changes, *self._plan.aside)
        made = grouped((c for c in pending if c.before is None), lambda c: c.address.section)
        live = grouped((c for c in every if c.before is not None), lambda c: c.address.section)
        rest = grouped(self._plan.rest, lambda o: o.address.section)
        return {s: (len(new), len(live.get(s, ())) + len(rest.get(s, ()))) for s, new in made.items()}

"""Fences: what the plan saw is compared with what is live immediately before a write (decision 15).

Cognito has no conditional writes, so a change by someone else can only be noticed, and the run stops before it
overwrites anything. What was unset or missing has a fence too, and a new object of a name that the service does not
keep unique is looked for once more after it was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.cloud.port import Cloud, Sleep
from reconciler.errors import Ambiguous, CloudError, PoolctlError, flow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, Address, Observed, Plan, ResourceChange, Tree, Unknown
from reconciler.observing.observer import beside, live_named, live_names, read_again
from reconciler.values.differ import same
from reconciler.values.lookup import grouped

SETTLE = (1.0, 2.0, 4.0)
"""Seconds to wait before reading again when a change cannot be seen yet: Cognito is eventually consistent."""


class Overtaken(PoolctlError):
    """The object differs from what the plan saw. The message says how, without naming the object."""


class Namesake(PoolctlError):
    """An object of the same name was made at the same time as ours. The message names both."""


def _undecided(lost: Ambiguous, rest: str) -> Ambiguous:
    return Ambiguous(lost.operation, lost.code, f"{lost.message.rstrip('. ')}; {rest}", lost.request_id)


class FencedRun:
    """What one run of one plan has made and written so far, and the fences that follow from it.

    Args of the constructor:
        plan: What is carried out.
        cloud: Account and Region.
        sleep: Waits for a number of seconds.
    """

    def __init__(self, plan: Plan, cloud: Cloud, sleep: Sleep) -> None:
        self._plan = plan
        self._cloud = cloud
        self._sleep = sleep
        self._learned: dict[tuple[Address, str], str] = {}
        self._ours: set[str] = set()
        self._made: set[Address] = set()
        self._root_is_new = False
        self._written: set[str] = set()
        self._listed: dict[tuple[str, Address | None], list[tuple[str, str]]] = {}
        self._called: dict[tuple[str, Address | None], dict[str, tuple[tuple[str, str], ...]]] = {}

    def _fill(self, value: Any) -> Any:
        """Replace `Unknown` leaves with the identifiers of objects that this run has created."""
        if isinstance(value, Unknown):
            return self._learned[(value.address, value.member)]
        if isinstance(value, dict):
            return {k: self._fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._fill(v) for v in value]
        return value

    def _record(self, change: ResourceChange, param: str, value: str) -> None:
        """Record an identifier of an object that this run has created."""
        self._learned[(change.address, param)] = value
        self._ours.add(value)
        self._made.add(change.address)
        self._root_is_new = self._root_is_new or KINDS[change.address.section].root

    def _learn(self, kind: ResourceKind, change: ResourceChange, made: Tree) -> None:
        """Record the identifiers of a new object for later calls that refer to them."""
        self._record(change, kind.id_param, kind.identifier(made))
        for param, member in kind.extra_ids.items():
            self._record(change, param, str(made.get(member, "")))

    def _identifier(self, change: ResourceChange) -> str:
        kind = KINDS[change.address.section]
        own = (change.new_ids or change.ids).get(kind.id_param, "") if kind.id_param else ""
        return str(self._learned.get((change.address, kind.id_param)) or ("" if isinstance(own, Unknown) else own))

    def _look(self, kind: ResourceKind, change: ResourceChange, lost: Ambiguous) -> Tree:
        """Find the object that a create with a lost response may have created.

        Raises:
            Ambiguous: It cannot be determined; says what came in place of the response.
        """
        known = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        try:
            found = live_named(self._cloud, kind, self._parents(change), name_of(kind, change))
        except CloudError as error:
            raise _undecided(lost, f"the new object could not be looked for: {error}") from None
        made = [answer for answer in found if kind.identifier(answer) not in known]
        if len(made) != 1:
            raise _undecided(lost, f"the response was lost, and {len(made)} new objects with this name exist")
        return {kind.created: made[0]} if kind.created else made[0]

    def _parents(self, change: ResourceChange) -> Mapping[str, Any]:
        """Return the identifiers of the objects that contain this one, without its own."""
        kind = KINDS[change.address.section]
        if kind.root:
            return {}
        ids = change.new_ids or change.ids
        return self._fill({k: v for k, v in ids.items() if k != kind.id_param})  # type: ignore[no-any-return]

    # --- fences

    def _fence(self, change: ResourceChange) -> None:
        """Check that the object is still what the plan saw.

        Raises:
            Overtaken: It differs.
        """
        kind = KINDS[change.address.section]
        if change.before is not None:
            self._fence_update(change, change.before)
            if change.action is Action.REPLACE:
                self._names(kind, change)  # the new object is none of those that are there now
        elif self._owner_is_new(change) and not kind.account_wide:
            return
        elif kind.create and kind.listing:
            self._fence_create(kind, change)
        else:
            self._fence_unset(kind, change)

    def _owner_is_new(self, change: ResourceChange) -> bool:
        """Whether this run created the object's owner or pool; then no other run can have written to it."""
        return change.address.owner in self._made or self._root_is_new

    def _fence_update(self, change: ResourceChange, before: Tree) -> None:
        kind = KINDS[change.address.section]
        now = read_again(self._cloud, Observed(change.address, change.ids, before))
        if now is None:
            raise Overtaken("the object no longer exists. Run plan again.")
        if not same(kind.model, self._without_ours(kind, before), self._without_ours(kind, now)):
            raise Overtaken("the object was changed outside this run since the plan was made. Run plan again.")

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
        found = [i for _, i in self._names(kind, change).get(name, ()) if i not in self._ours]
        if found and not self._is_known(kind, name):
            raise Overtaken("the object was created outside this run since the plan was made. Run plan again.")

    def _names(self, kind: ResourceKind, change: ResourceChange) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Return name and identifier of the live objects beside a new one, by name, as they were before it was made.

        Names that the service keeps unique are listed once, as it refuses the second object of one name.
        """
        scope = (kind.section, change.address.owner)
        if kind.listing and (kind.namesakes or scope not in self._listed):
            self._listed[scope] = live_names(self._cloud, kind, self._parents(change))
            self._called[scope] = grouped(self._listed[scope], lambda pair: pair[0])
        return self._called.get(scope, {})

    def _appeared(self, kind: ResourceKind, change: ResourceChange) -> list[str]:
        """Return the identifiers of objects with the name of a new one that were not there before it was made."""
        before = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        found = live_names(self._cloud, kind, self._parents(change))
        return sorted(i for n, i in found if n == name_of(kind, change) and i not in before)

    def _is_known(self, kind: ResourceKind, name: str) -> bool:
        """Whether the plan itself starts from an object with this name (a rename, a pinned twin)."""
        return any(
            c.address.section == kind.section and c.before is not None and c.before.get(kind.name_member) == name
            for c in self._plan.changes
        )

    def _check_namesakes(self, kind: ResourceKind, change: ResourceChange) -> None:
        """Check that no one else made an object of the same name between the fence and the create (decision 15).

        A list may be older than the create, so it counts only once our own object is in it. If that takes longer than
        the applier waits, the plan that proves convergence finds the other one.

        Raises:
            Namesake: Somebody did, or the names could not be listed.
        """
        ours = self._learned[(change.address, kind.id_param)]
        before = {i for _, i in self._listed.get((kind.section, change.address.owner), ())}
        known = before | self._ours
        for pause in (*SETTLE, 0.0):
            try:
                listed = live_names(self._cloud, kind, self._parents(change))
            except CloudError as error:
                raise Namesake(_unlisted(kind, ours, error)) from None
            others = sorted(i for n, i in listed if n == name_of(kind, change) and i not in known)
            if others:
                raise Namesake(_twice(kind, name_of(kind, change), ours, others))
            if ours in {i for _, i in listed}:
                return
            self._sleep(pause)


def name_of(kind: ResourceKind, change: ResourceChange) -> str:
    """Return the name that a new object will have; in another one, the name of that comes before its own.

    A name can have slashes itself: the identifier of a resource server is often a URL.
    """
    if kind.located:
        return str(change.ids[kind.id_param])
    own = change.address.name.rpartition("/")[2] if kind.outer else change.address.name
    return str(change.declared.get(kind.name_member, own))


def _pin(kind: ResourceKind) -> str:
    """Return the key of the manifest that selects an object by its identifier."""
    return "id" if kind.root else kind.id_param


def _twice(kind: ResourceKind, name: str, ours: str, others: Sequence[str]) -> str:
    """Return what is known of objects of one name, and how to continue."""
    there = ", ".join(others)
    return (
        f"there is more than one {kind.title} called {flow(name)}: this run made {ours}, and {there} was made at the "
        f"same time by someone else, such as another first apply. Nothing was written to {ours} after it was made. "
        f"Keep the one that is in use: if it is {there}, delete {ours} yourself (poolctl does not); or write the one "
        f"to keep as `{_pin(kind)}:` in the manifest. Then run apply again."
    )


def _unlisted(kind: ResourceKind, ours: str, error: CloudError) -> str:
    """Return what is known of a new object beside which there may be another one."""
    return (
        f"this run made the {kind.title} {ours}, but whether someone else made one of the same name at the same time "
        f"could not be read: {error}{error.missing}. Run plan: if the name is ambiguous, it lists the ids."
    )

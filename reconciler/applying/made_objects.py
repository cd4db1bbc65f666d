"""What one run of one plan has made, and who else made something of the same names (decision 15).

Names of pools and of clients are not unique, so objects with the name of a new one are looked for before and after it
is made, and one whose answer was lost is looked for by its name. Names are listed as seldom as is safe
(`observing/name_list.py`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from reconciler.applying.late_values import LateValues
from reconciler.cloud.port import Clock, Cloud, Sleep
from reconciler.errors import Ambiguous, CloudError, PoolctlError, flow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.model import Action, Address, Call, Observed, Plan, ResourceChange, Tree, Unknown
from reconciler.observing.name_list import NameList, PoolLists, names_in
from reconciler.observing.observer import live_named, live_names, read_again
from reconciler.planning.late_references import without_late
from reconciler.values.differ import diff

Scope = tuple[str, Address | None]
"""Section of objects, and what they are inside of, beside the pool."""


class Namesake(PoolctlError):
    """An object of the same name was made at the same time as one of ours. The message names both.

    Args of the constructor:
        message: What is known, and how to continue.
        address: The object of ours; it may have been made a few changes ago.
    """

    def __init__(self, message: str, address: Address) -> None:
        super().__init__(message)
        self.address = address


class MadeObjects:
    """What one run of one plan has made so far, and the names that follow from it.

    Args of the constructor:
        plan: What is carried out.
        cloud: Account and Region.
        sleep: Waits for a number of seconds.
        clock: Seconds, monotonic.
        pools: The pools of the Region, which all documents of a run share; None for a list of its own.
    """

    def __init__(
        self, plan: Plan, cloud: Cloud, sleep: Sleep, clock: Clock = time.monotonic, pools: PoolLists | None = None
    ) -> None:
        self._plan = plan
        self._cloud = cloud
        self._sleep = sleep
        values = LateValues(plan.target.region)
        self._learned, self._fill, self._filled = values.learned, values.fill, values.filled
        self._ours: set[str] = set()
        self._made: set[Address] = set()
        self._root_is_new = False
        self._written: set[str] = set()
        self._clock = clock
        self._pools = pools or PoolLists(clock)
        self._lists: dict[Scope, NameList] = {}
        self._asked_now = True
        """Whether the names were listed right before the last create, if others can have made one of its name."""

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

    def _adopt(self, change: ResourceChange, call: Call, answer: Tree) -> None:
        """Take over the identifiers of a new object, and make sure that it is the only one of its name.

        Raises:
            Namesake: It is not, or that is not known.
        """
        kind = KINDS[change.address.section]
        if call.operation != kind.create:
            return
        alone = not kind.root and self._owner_is_new(change)
        self._learn(kind, change, answer.get(kind.created) or {} if kind.created else answer)
        if kind.namesakes and not alone:
            self._check_namesakes(kind, change)

    def _identifier(self, change: ResourceChange) -> str:
        kind = KINDS[change.address.section]
        own = (change.new_ids or change.ids).get(kind.id_param, "") if kind.id_param else ""
        return str(self._learned.get((change.address, kind.id_param)) or ("" if isinstance(own, Unknown) else own))

    def _parents(self, change: ResourceChange) -> Mapping[str, Any]:
        """Return the identifiers of the objects that contain this one, without its own."""
        kind = KINDS[change.address.section]
        if kind.root:
            return {}
        ids = change.new_ids or change.ids
        return self._fill({k: v for k, v in ids.items() if k != kind.id_param})  # type: ignore[no-any-return]

    def _owner_is_new(self, change: ResourceChange) -> bool:
        """Whether this run created the object's owner or pool; then no other run can have written to it."""
        return change.address.owner in self._made or self._root_is_new

    # --- names

    def _names(self, kind: ResourceKind, change: ResourceChange) -> NameList:
        """Return the list of the live objects beside a new one."""
        if kind.root:
            return self._pools.of(self._cloud, kind)
        scope = (kind.section, change.address.owner)
        if scope not in self._lists:
            self._lists[scope] = names_in(self._cloud, kind, self._parents(change), self._clock)
        return self._lists[scope]

    def _look_at_names(self, kind: ResourceKind, change: ResourceChange) -> NameList:
        """Return the names of the live objects beside a new one, as they were shortly before it is made.

        Names that the service keeps unique are listed once, as it refuses the second object of one name.
        """
        names = self._names(kind, change)
        if kind.namesakes:
            self._asked_now = names.fence(self._sleep)
            names.expect(name_of(kind, change))
            self._raise_twins(kind, change, names)
        else:
            names.called("")
        return names

    def _was_there(self, kind: ResourceKind, change: ResourceChange, identifier: str) -> bool:
        """Whether an object was there before a new one was made, as far as that was looked at."""
        return bool(kind.listing) and self._names(kind, change).was_there(name_of(kind, change), identifier)

    def _appeared(self, kind: ResourceKind, change: ResourceChange) -> list[str]:
        """Return the identifiers of objects with the name of a new one that were not there before it was made."""
        found = live_names(self._cloud, kind, self._parents(change))
        name = name_of(kind, change)
        return sorted(i for n, i in found if n == name and not self._was_there(kind, change, i))

    def _is_as_asked(self, kind: ResourceKind, change: ResourceChange, identifier: str) -> bool:
        """Whether a live object has everything that a new one was to have."""
        ids = {**self._parents(change), kind.id_param: identifier}
        live = read_again(self._cloud, Observed(change.address, ids, {})) or {}
        declared = self._fill(dict(without_late(change, self._plan).declared))
        held = tuple(kind.equivalent(declared, live))
        found = diff(kind.model, declared, live)
        return all(any(f.path[: len(path)] == path for path in held) for f in found)

    def _is_known(self, kind: ResourceKind, name: str) -> bool:
        """Whether the plan itself starts from an object with this name (a rename, a pinned twin)."""
        return any(
            c.address.section == kind.section and c.before is not None and c.before.get(kind.name_member) == name
            for c in self._plan.changes
        )

    def _check_namesakes(self, kind: ResourceKind, change: ResourceChange) -> None:
        """Check that no one else made an object of the same name since the fence, once that is due (decision 15).

        Raises:
            Namesake: Somebody did, or the names could not be listed.
        """
        names = self._names(kind, change)
        names.add(name_of(kind, change), self._learned[(change.address, kind.id_param)])
        if names.is_due or (
            not kind.root and change.address == self._last_of.get((kind.section, change.address.owner))
        ):
            self._check(kind, change, names)

    def _settle_others(self, change: ResourceChange) -> None:
        """Check what was made without a look for namesakes, before something else is done than making more of it.

        Raises:
            Namesake: There is one, or that is not known.
        """
        own = (change.address.section, change.address.owner)
        for scope, names in self._lists.items():
            if names.open and (scope != own or change.before is not None):
                self._check(KINDS[scope[0]], change, names)

    def _check(self, kind: ResourceKind, change: ResourceChange, names: NameList) -> None:
        new = ", ".join(sorted(names.open))
        try:
            names.check(self._sleep)
        except CloudError as error:
            raise Namesake(unlisted(kind, new, error), change.address) from None
        self._raise_twins(kind, change, names)

    def _raise_twins(self, kind: ResourceKind, change: ResourceChange, names: NameList) -> None:
        twin = names.take_twin()
        if twin:
            ours, name, others = twin
            address = next((a for a, i in self._addresses(kind) if i == ours), change.address)
            raise Namesake(twice(kind, name, ours, others, filled=ours not in self._ours), address)

    def _addresses(self, kind: ResourceKind) -> list[tuple[Address, str]]:
        """Return what this run has made of a kind, with the identifiers."""
        return [
            (a, i) for (a, param), i in self._learned.items() if a.section == kind.section and param == kind.id_param
        ]

    @cached_property
    def _last_of(self) -> Mapping[Scope, Address]:
        """The last object that the plan makes in each place."""
        pending = (c for c in self._plan.pending if c.action in (Action.CREATE, Action.REPLACE))
        return {(c.address.section, c.address.owner): c.address for c in pending}

    def _look(self, kind: ResourceKind, change: ResourceChange, lost: Ambiguous) -> Tree:
        """Find the object that a create with a lost response may have created.

        Raises:
            Ambiguous: It cannot be determined; says what came in place of the response.
        """
        try:
            found = live_named(self._cloud, kind, self._parents(change), name_of(kind, change))
        except CloudError as error:
            raise _undecided(lost, f"the new object could not be looked for: {error}") from None
        made = [answer for answer in found if not self._was_there(kind, change, kind.identifier(answer))]
        if len(made) != 1:
            raise _undecided(lost, f"the response was lost, and {len(made)} new objects with this name exist")
        if kind.namesakes and not self._asked_now and not self._is_as_asked(kind, change, kind.identifier(made[0])):
            raise _undecided(lost, "the response was lost, and the new object with this name is not as this run asked")
        return {kind.created: made[0]} if kind.created else made[0]


def _undecided(lost: Ambiguous, rest: str) -> Ambiguous:
    return Ambiguous(lost.operation, lost.code, f"{lost.message.rstrip('. ')}; {rest}", lost.request_id)


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


def twice(kind: ResourceKind, name: str, ours: str, others: Sequence[str], *, filled: bool) -> str:
    """Return what is known of objects of one name, and how to continue.

    Args:
        kind: Their kind.
        name: Their name.
        ours: Identifier of the one that this run has made.
        others: Identifiers of the others.
        filled: Whether something may have been made inside of ours.
    """
    there = ", ".join(others)
    inside = "" if filled else f"Nothing was written to {ours} after it was made. "
    return (
        f"there is more than one {kind.title} called {flow(name)}: this run made {ours}, and {there} was made at the "
        f"same time by someone else, such as another first apply. {inside}"
        f"Keep the one that is in use: if it is {there}, delete {ours} yourself (poolctl does not); or write the one "
        f"to keep as `{_pin(kind)}:` in the manifest. Then run apply again."
    )


def unlisted(kind: ResourceKind, ours: str, error: CloudError) -> str:
    """Return what is known of a new object beside which there may be another one."""
    return (
        f"this run made the {kind.title} {ours}, but whether someone else made one of the same name at the same time "
        f"could not be read: {error}{error.missing}. Run plan: if the name is ambiguous, it lists the ids."
    )

"""Counting, once for all formats: what a plan holds, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from reconciler.model import Action, Done, Event, Failed, Plan, ResourceChange, Skipped, Verified


class Counts(NamedTuple):
    """How many objects of a run have what coming."""

    create: int
    """New ones."""
    update: int
    """Changed in place."""
    delete: int
    """Removed."""
    replace: int
    """Removed and made again; not counted above."""
    unchanged: int
    """Already as declared."""
    refused: int
    """Reasons for which a plan is refused."""
    unmanaged: int
    """Live, and not in the manifest."""

    @property
    def sentence(self) -> str:
        """Terraform's words; a replacement counts as added and as destroyed."""
        return f"{self.create + self.replace} to add, {self.update} to change, {self.delete + self.replace} to destroy."


def counts(plans: Iterable[Plan]) -> Counts:
    """Count over plans."""
    plans = tuple(plans)
    actions = [c.action for p in plans for c in p.changes]
    return Counts(
        actions.count(Action.CREATE),
        actions.count(Action.UPDATE),
        actions.count(Action.DELETE),
        actions.count(Action.REPLACE),
        actions.count(Action.NONE),
        sum(len(p.refusals) for p in plans),
        sum(len(p.unmanaged) for p in plans),
    )


class Applied(Protocol):
    """What the applier has to tell: `reconciler.runs.apply_run.Outcome`."""

    @property
    def plans(self) -> Sequence[Plan]:
        """What was to be done."""
        ...

    @property
    def events(self) -> Sequence[Event]:
        """Everything that was reported, over all plans."""
        ...

    @property
    def given(self) -> Sequence[str]:
        """The options that the next run needs to mean the same, as they are typed; no value of a variable."""
        ...


class ChangeResult(NamedTuple):
    """What became of one change."""

    change: ResourceChange
    """The change."""
    status: str
    """`done`, `failed` or `not_started`."""
    error: str = ""
    """Why it failed or was not started."""
    seconds: float = 0.0
    """How long it took."""
    stale: bool = False
    """Whether it failed because the object was not what the plan had seen."""
    written: int = 0
    """How many of its calls had succeeded, if it failed."""
    operation: str = ""
    """The call that AWS refused: `cognito-idp:UpdateUserPool`."""
    code: str = ""
    """AWS's code."""
    request_id: str = ""
    """AWS's id of the request."""


class Unproven(NamedTuple):
    """Something that could not be read again after the last write."""

    pool: str
    """Key of the pool's target."""
    reason: str
    """What could not be read, and why."""


class Outcome(NamedTuple):
    """What became of plans."""

    results: tuple[ChangeResult, ...]
    """One for each change that was due, in the order of the plans."""
    left: tuple[ResourceChange, ...]
    """What still differed after the last write."""
    verified: bool
    """Whether every plan with something to do was checked again, and all of it could be read."""
    unproven: tuple[Unproven, ...] = ()
    """Why nothing can be said of a part."""

    def count(self, status: str, *actions: Action) -> int:
        """Count results by status and, if given, action."""
        return sum(r.status == status and (not actions or r.change.action in actions) for r in self.results)

    @property
    def complete(self) -> bool:
        """Whether everything that was due was done."""
        return all(r.status == "done" for r in self.results)

    @property
    def converged(self) -> bool:
        """Whether everything was done, and was seen to be so."""
        return self.complete and self.verified and not self.left


def outcome(applied: Applied) -> Outcome:
    """Sum up the events of an apply. A change without an event counts as not started."""
    found: dict[str, ChangeResult] = {}
    left: list[ResourceChange] = []
    unproven: list[Unproven] = []
    checks = 0
    for event in applied.events:
        if isinstance(event, Verified):
            checks += not event.unproven
            left += event.left
            unproven += [Unproven(event.target.key if event.target else "", r) for r in event.unproven]
        elif isinstance(event, Done | Failed | Skipped):
            found[event.change.address.full] = _result(event)
    due = [c for p in applied.plans for c in p.pending]
    results = tuple(found.get(c.address.full) or ChangeResult(c, "not_started") for c in due)
    due_checks = sum(bool(p.pending) for p in applied.plans)
    return Outcome(results, tuple(left), checks >= due_checks, tuple(unproven))


def _result(event: Done | Failed | Skipped) -> ChangeResult:
    if isinstance(event, Done):
        return ChangeResult(event.change, "done", seconds=event.seconds)
    if isinstance(event, Failed):
        return ChangeResult(
            event.change,
            "failed",
            event.error,
            stale=event.stale,
            written=event.written,
            operation=event.operation,
            code=event.code,
            request_id=event.request_id,
        )
    return ChangeResult(event.change, "not_started", event.reason)


def plural(number: int, one: str, many: str = "") -> str:
    """Say `1 object` or `2 objects`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

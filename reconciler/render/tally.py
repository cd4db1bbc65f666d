"""Counts for all formats: the changes of a plan, and their results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from reconciler.model import Action, Direction, Effect, FindingClass, OutputDone
from schemas.records import replace
from schemas.tuples import NamedTuple

if TYPE_CHECKING:  # `plural` is for every command
    from reconciler.render.shown import ShownApply, ShownChange, ShownFinding, ShownPlan, ShownStep


class Counts(NamedTuple):
    """Counts of objects by planned action."""

    create: int
    """New ones."""
    update: int
    """Changed in place."""
    delete: int
    """Removed."""
    replace: int
    """Deleted and created again; not counted above."""
    unchanged: int
    """Already matching the manifest."""
    refused: int
    """Reasons why a plan is refused."""
    unmanaged: int
    """Live, and not in the manifest."""
    outputs: int
    """Outputs to write."""

    @property
    def sentence(self) -> str:
        """Terraform's words; a replacement counts as added and as destroyed. Outputs are counted apart."""
        added, gone = self.create + self.replace, self.delete + self.replace
        outputs = f" {plural(self.outputs, 'output')} to write." if self.outputs else ""
        return f"{added} to add, {self.update} to change, {gone} to destroy.{outputs}"

    def plus(self, other: Counts) -> Counts:
        """Return the sum with other counts."""
        return Counts(*(one + another for one, another in zip(self, other, strict=True)))


NOTHING = Counts(0, 0, 0, 0, 0, 0, 0, 0)
"""The counts of no plan."""


def counts(plans: Iterable[ShownPlan]) -> Counts:
    """Count over plans."""
    total = NOTHING
    for plan in plans:
        actions = [c.action for c in plan.changes]
        by_action = map(actions.count, (Action.CREATE, Action.UPDATE, Action.DELETE, Action.REPLACE, Action.NONE))
        rest = (len(plan.refusals), len(plan.unmanaged), len(plan.writes))
        total = total.plus(Counts._make((*by_action, *rest)))
    return total


def effects_of(change: ShownChange) -> tuple[Effect, ...]:
    """Return what the change of an object means: as a whole, then for each of its members."""
    whole = (change.effect,) if change.effect else ()
    return (*whole, *(effect for field in change.fields for effect in field.effects))


def direction_counts(effects: Iterable[Effect]) -> dict[Direction, int]:
    """Return how many effects there are of each direction."""
    found = [effect.direction for effect in effects]
    return {direction: found.count(direction) for direction in Direction}


class Unproven(NamedTuple):
    """Something that could not be read again after the last write."""

    pool: str
    """Key of the pool's target."""
    reason: str
    """What could not be read, and why."""


class Outcome(NamedTuple):
    """The result of an apply."""

    results: tuple[ShownStep, ...]
    """One for each change that was due, in the order of the plans."""
    left: tuple[ShownChange, ...]
    """What still differed after the last write."""
    verified: bool
    """Whether every plan with something to do was checked again, and all of it could be read."""
    unproven: tuple[Unproven, ...] = ()
    """What could not be read again, and why."""
    calls: Mapping[str, int] = {}
    """How many calls succeeded, by full address."""
    outputs: tuple[OutputDone, ...] = ()
    """What became of each output that was due."""

    def count(self, status: str, *actions: Action) -> int:
        """Count results by status and, if given, action."""
        return sum(r.status == status and (not actions or r.change.action in actions) for r in self.results)

    @property
    def complete(self) -> bool:
        """Whether everything that was due was done."""
        return all(r.status == "done" for r in self.results)

    @property
    def written(self) -> int:
        """How many outputs were written."""
        return len(self.outputs) - len(self.unwritten)

    @property
    def unwritten(self) -> tuple[OutputDone, ...]:
        """The outputs that were due and were not written."""
        return tuple(o for o in self.outputs if o.error)

    @property
    def converged(self) -> bool:
        """Whether everything was done and verified, and every output was written."""
        return self.complete and self.verified and not self.left and not self.unwritten


def outcome(applied: ShownApply) -> Outcome:
    """Sum up the events of an apply. A change without an event counts as not started."""
    from reconciler.render.shown import ShownCheck, ShownSent, ShownStep

    found: dict[str, ShownStep] = {}
    left: list[ShownChange] = []
    unproven: list[Unproven] = []
    checks = 0
    calls = Counter(e.address.full for e in applied.events if isinstance(e, ShownSent))
    for event in applied.events:
        if isinstance(event, ShownCheck):
            checks += not event.unproven
            left += event.left
            unproven += [Unproven(event.target.key if event.target else "", r) for r in event.unproven]
        elif isinstance(event, ShownStep) and event.status != "started":
            place = event.change.address.full  # an update that completes what was made counts with it
            found[place] = replace(event, change=found[place].change) if place in found else event
    due = [c for p in applied.plans for c in p.pending]
    results = tuple(found.get(c.address.full) or ShownStep(c, "not_started") for c in due)
    due_checks = sum(bool(p.pending) for p in applied.plans)
    outputs = tuple(e for e in applied.events if isinstance(e, OutputDone))
    return Outcome(results, tuple(left), checks >= due_checks, tuple(unproven), calls, outputs)


def class_counts(findings: Iterable[ShownFinding]) -> dict[str, int]:
    """Return how many findings there are of each class."""
    found = [f.cls for f in findings]
    return {cls.value: found.count(cls) for cls in FindingClass}


def plural(number: int, one: str, many: str = "") -> str:
    """Return `1 object` or `2 objects`."""
    return f"{number} {one if number == 1 else many or one + 's'}"

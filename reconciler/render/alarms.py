"""What a reviewer must see first: the changes and findings that weaken security or may weaken it, the worst first.

Every format begins with these; they are chosen, sorted and put into words here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from reconciler.errors import printable
from reconciler.model import Action, Address, Attribution, Direction, Effect, Path, Position, dotted
from reconciler.render.marks import ShownValue
from reconciler.render.shown import ShownChange, ShownDrift, ShownField, ShownFinding, ShownPlan
from reconciler.render.spelling import text
from reconciler.security import judging


class Alarm(NamedTuple):
    """One change or finding that weakens, or may weaken."""

    address: Address
    """The object."""
    effect: Effect
    """What it means."""
    before: ShownValue
    """Value before; in drift, the declared value or the service's default. None if there is none."""
    after: ShownValue
    """Value after; in drift, the live value. None if there is none."""
    source: Position | None
    """Where the manifest speaks of it."""
    whole: bool = False
    """Whether it is about the object and not about a member of it."""
    attribution: Attribution | None = None
    """Who made the change, if that is known."""
    finding: str = ""
    """Id of the finding; empty in a plan."""

    @property
    def place(self) -> str:
        """Object and member: `clients/web CallbackURLs`."""
        path = dotted(self.effect.path)
        return printable(f"{self.address} {path}" if path else str(self.address))

    @property
    def rule(self) -> str:
        """The rule to look up: the first one, or a word where none is about it."""
        return self.effect.rules[0] if self.effect.rules else f"change/{WORDS[self.effect.direction].replace(' ', '-')}"

    @property
    def step(self) -> str:
        """What becomes what: `ON -> OFF`, of a list `+ implicit, - code`; empty for a whole object."""
        return "" if self.whole else printable(_step(self.before, self.after))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What follows, who is touched, what becomes of tokens, whether it can be undone, and what it costs."""
        effect = self.effect
        touched = f"Touches {effect.who}." if effect.who else ""
        undo = effect.undo or "It can be undone."
        return tuple(s for s in (effect.sentence, touched, effect.tokens, undo, *effect.facts) if s)


WORDS = {
    Direction.WEAKENS: "weakens",
    Direction.MIXED: "may weaken",
    Direction.STRENGTHENS: "strengthens",
    Direction.NEUTRAL: "neutral",
}
"""What a direction is called."""


def of_change(change: ShownChange) -> tuple[Alarm, ...]:
    """Return the alarms of the planned change of an object, the worst first."""
    return in_order(_of_change(change))


def of_finding(found: ShownFinding) -> tuple[Alarm, ...]:
    """Return the alarms of a finding, the worst first."""
    return in_order(_of_finding(found))


def of_plans(plans: Iterable[ShownPlan]) -> tuple[Alarm, ...]:
    """Return the alarms of plans, the worst first."""
    return in_order(alarm for plan in plans for change in plan.pending for alarm in _of_change(change))


def of_drifts(drifts: Iterable[ShownDrift]) -> tuple[Alarm, ...]:
    """Return the alarms of drift, the worst first."""
    return in_order(alarm for drift in drifts for found in drift.findings for alarm in _of_finding(found))


def tally(alarms: Sequence[Alarm]) -> str:
    """Return how many there are: `2 weaken, 1 may weaken`; empty if there are none."""
    surely = sum(a.effect.direction is Direction.WEAKENS for a in alarms)
    maybe = len(alarms) - surely
    parts = [f"{surely} weaken{'s' if surely == 1 else ''}"] if surely else []
    parts += [f"{maybe} may weaken"] if maybe else []
    return ", ".join(parts)


def in_order(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Return alarms, the worst first."""
    return tuple(sorted(found, key=lambda alarm: judging.rank(alarm.effect)[::-1]))


def _of_change(change: ShownChange) -> Iterator[Alarm]:
    if change.effect and change.effect.alarming:
        before, after = (change.before, None) if change.action is Action.DELETE else (None, change.after)
        yield Alarm(change.address, change.effect, before, after, change.source, whole=True)
    for field in change.fields:
        yield from _of_field(change, field)


def _of_field(change: ShownChange, field: ShownField) -> Iterator[Alarm]:
    for effect in field.effects:
        if effect.alarming:
            before, after = _within(field.path, field.before, effect), _within(field.path, field.after, effect)
            yield Alarm(change.address, effect, before, after, field.source or change.source)


def _of_finding(found: ShownFinding) -> Iterator[Alarm]:
    for effect in found.effects:
        if effect.alarming:
            before, after = _within(found.path, found.desired, effect), _within(found.path, found.live, effect)
            whole = not effect.path
            yield Alarm(found.address, effect, before, after, found.source, whole, found.attribution, found.id)


def _within(path: Path, value: ShownValue, effect: Effect) -> ShownValue:
    for step in effect.path[len(path) :]:
        value = value.get(str(step)) if isinstance(value, dict) else None
    return value


def _step(before: ShownValue, after: ShownValue) -> str:
    if isinstance(before, list) or isinstance(after, list):
        old, new = (side if isinstance(side, list) else [] for side in (before, after))
        gone, come = [v for v in old if v not in new], [v for v in new if v not in old]
        return ", ".join([*(f"+ {text(v)}" for v in come), *(f"- {text(v)}" for v in gone)])
    if before is None and after is None:
        return ""
    return f"{'unset' if before is None else text(before)} -> {'unset' if after is None else text(after)}"

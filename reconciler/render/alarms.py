"""What a reviewer must see first: the changes and findings that weaken security or may weaken it, the worst first.

Every format begins with these; they are chosen, sorted and put into words here once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reconciler.errors import printable
from reconciler.model import (
    Action,
    Address,
    Attribution,
    Danger,
    Direction,
    Effect,
    FindingClass,
    Path,
    Position,
    Undeclared,
    dotted,
)
from reconciler.render.marks import ShownValue
from reconciler.render.shown import ShownChange, ShownDrift, ShownField, ShownFinding, ShownPlan
from reconciler.render.spelling import text
from reconciler.render.wording import HEADS, danger_words
from reconciler.security import judging
from reconciler.values.shortening import around

MOST = 120
"""Longest pair of values that is shown whole, in characters; of longer ones where they differ."""

LONG = 300
"""Longest value of a step, in characters; of a longer one, a certificate say, its length, as its object shows it."""

SECURITY = "security/"
"""How reports spell the id of a security rule, which judges a state: `security/CG001`."""

ABOUT_CHANGES = "CHG"
"""How the ids of rules about changes begin; reports spell them as they are."""

WORDS = {
    Direction.WEAKENS: "weakens",
    Direction.MIXED: "may weaken",
    Direction.STRENGTHENS: "strengthens",
    Direction.NEUTRAL: "neutral",
}
"""What a direction is called."""

UNDONE = "It can be undone."
"""What is said where changing it back restores what was there."""

FOUND = {
    FindingClass.MISSING: "missing",
    FindingClass.UNMANAGED: "not in any manifest",
    FindingClass.UNDECLARED: "not declared",
}
"""What is said of a finding before its values; a declared member that differs needs no words."""


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
    said: str = ""
    """What is said of it before its values: `will be created`, `not declared`; may be empty."""
    danger: Danger | None = None
    """What else the change of this member does, which then is part of the alarm."""
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
    def step(self) -> str:
        """What becomes what: `ON -> OFF`, of a list `+ implicit, - code`; empty for a whole object."""
        return "" if self.whole else printable(_step(self.before, self.after))

    @property
    def verb(self) -> str:
        """`weakens` or `may weaken`."""
        return WORDS[self.effect.direction]

    @property
    def rule(self) -> str:
        """The rule to look up, spelled as in each format: the first one, or a word where none is about it."""
        first = next(iter(self.effect.rules), "")
        if not first:
            return f"change/{self.verb.replace(' ', '-')}"
        return first if first.startswith(ABOUT_CHANGES) else f"{SECURITY}{first}"

    @property
    def verdict(self) -> str:
        """What is said of the place where nothing marks the line: `weakens`, `will be created, may weaken`."""
        return ", ".join(word for word in (self.said, self.verb) if word)

    @property
    def title(self) -> str:
        """Place, words and step in one line: `mfa MfaConfiguration: "ON" -> "OFF"`."""
        head = " ".join(part for part in (self.place, self.said) if part)
        return f"{head}: {self.step}" if self.step else head

    @property
    def sentences(self) -> tuple[str, ...]:
        """What follows, who is touched, what becomes of tokens, whether it can be undone, and what it costs."""
        return sentences(self.effect, self.danger)


def sentences(effect: Effect, danger: Danger | None = None) -> tuple[str, ...]:
    """Return what is said of an effect.

    Args:
        effect: What a change means.
        danger: What else the change does; one that cannot be undone is taken to be said in the title.
    """
    touched = f"Touches {effect.who}." if effect.who else ""
    undo = ("It cannot be fully undone.", effect.undo) if effect.undo else (UNDONE,)
    more = (danger.sentence, *(undo if danger.reversible else ())) if danger else undo
    found = (effect.sentence, touched, effect.tokens, *more, *effect.facts)
    return tuple(printable(s) for s in found if s)


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


def tally(alarms: Iterable[Alarm]) -> str:
    """Return how many there are: `2 weaken, 1 may weaken`; empty if there are none."""
    return counted(alarm.effect.direction for alarm in alarms)


def lone_danger(field: ShownField) -> Danger | None:
    """Return what the change of a member does beyond it, unless an alarm about the member says so."""
    is_in_alarm = any(e.alarming and e.path == field.path for e in field.effects)
    return None if is_in_alarm else field.danger


# --- what no manifest declares -------------------------------------------------------------------------------------


class Unguarded(NamedTuple):
    """The live members of a pool that its manifest does not declare, and that differ from Cognito's defaults."""

    total: int
    """How many they are."""
    names: tuple[str, ...]
    """Those that weaken or may weaken, the worst first: `clients/web ExplicitAuthFlows`."""
    directions: tuple[Direction, ...]
    """Where those lead."""

    @property
    def tally(self) -> str:
        """How many of them weaken: `2 weaken, 1 may weaken`; empty if none does."""
        return counted(self.directions)

    @property
    def sentence(self) -> str:
        """One line about all of them."""
        differ = "member differs" if self.total == 1 else "members differ"
        head = f"{self.total} undeclared {differ} from Cognito's defaults"
        return f"{head}. {self.tally}: {', '.join(self.names)}." if self.names else f"{head}, and none weakens."


def unguarded(found: Iterable[Undeclared]) -> Unguarded:
    """Return what a plan says of undeclared members."""
    found = tuple(found)
    worst = [(min(bad, key=judging.rank), one) for one in found if (bad := [e for e in one.effects if e.alarming])]
    worst.sort(key=lambda pair: badness(pair[0]))
    names = tuple(printable(f"{one.address} {dotted(one.path)}".rstrip()) for _, one in worst)
    return Unguarded(len(found), names, tuple(effect.direction for effect, _ in worst))


# --- parts ---------------------------------------------------------------------------------------------------------


def counted(directions: Iterable[Direction]) -> str:
    """Return how many directions of alarms there are of each sort: `2 weaken, 1 may weaken`; empty for none."""
    directions = tuple(directions)
    surely = sum(d is Direction.WEAKENS for d in directions)
    maybe = len(directions) - surely
    parts = [f"{surely} weaken{'s' if surely == 1 else ''}"] if surely else []
    parts += [f"{maybe} may weaken"] if maybe else []
    return ", ".join(parts)


def in_order(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Return alarms, the worst first: by risk, then by direction."""
    return tuple(sorted(found, key=lambda alarm: badness(alarm.effect)))


def badness(effect: Effect) -> tuple[int, int]:
    """Return a key that sorts the worst first: by risk, then by direction."""
    return judging.rank(effect)[::-1]


def _of_change(change: ShownChange) -> Iterator[Alarm]:
    if change.effect and change.effect.alarming:
        before, after = (change.before, None) if change.action is Action.DELETE else (None, change.after)
        words = HEADS[change.action]
        yield Alarm(change.address, change.effect, before, after, change.source, whole=True, said=words)
    for field in change.fields:
        yield from _of_field(change, field)


def _of_field(change: ShownChange, field: ShownField) -> Iterator[Alarm]:
    for effect in field.effects:
        if effect.alarming:
            before, after = _within(field.path, field.before, effect), _within(field.path, field.after, effect)
            danger = field.danger if effect.path == field.path else None
            said = danger_words(danger) if danger else ""
            source = field.source or change.source
            yield Alarm(change.address, effect, before, after, source, said=said, danger=danger)


def _of_finding(found: ShownFinding) -> Iterator[Alarm]:
    for effect in found.effects:
        if effect.alarming:
            before, after = _within(found.path, found.desired, effect), _within(found.path, found.live, effect)
            whole, said = not effect.path, FOUND.get(found.cls, "")
            yield Alarm(
                found.address,
                effect,
                before,
                after,
                found.source,
                whole,
                said,
                attribution=found.attribution,
                finding=found.id,
            )


def _within(path: Path, value: ShownValue, effect: Effect) -> ShownValue:
    for step in effect.path[len(path) :]:
        value = value.get(str(step)) if isinstance(value, dict) else None
    return value


def _step(before: ShownValue, after: ShownValue) -> str:
    if isinstance(before, list) or isinstance(after, list):
        left, right = (side if isinstance(side, list) else [] for side in (before, after))
        gone, come = [v for v in left if v not in right], [v for v in right if v not in left]
        return ", ".join([*(f"+ {_short(text(v))}" for v in come), *(f"- {_short(text(v))}" for v in gone)])
    if before is None and after is None:
        return ""
    old, new = ("unset" if side is None else text(side) for side in (before, after))
    one, other = around(old, new, MOST)
    return f"{_short(one)} -> {_short(other)}"


def _short(shown: str) -> str:
    return shown if len(shown) <= LONG else f"({len(shown)} characters)"

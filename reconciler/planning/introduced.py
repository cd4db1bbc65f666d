"""A plan → the same plan, with the security rules that the pool would break, and those that only the plan breaks.

What a plan newly breaks is an effect of the change that does it: a change that alarms anyway has the ids of the rules,
and what is grave alarms by itself. All the rest is only counted. A pool that is new breaks nothing that held before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reconciler.manifests.manifest import Manifest
from reconciler.model import RISKS, Action, Direction, Effect, FieldChange, Path, Plan, ResourceChange, Risk, Weakness
from reconciler.planning.linting import LintOptions, lint_planned
from reconciler.values.lookup import grouped
from schemas.records import replace

if TYPE_CHECKING:  # `lint` reads no pool
    from reconciler.observing.observer import LiveState


def with_weaknesses(plan: Plan, manifest: Manifest, live_state: LiveState, today: str, *, places: bool = True) -> Plan:
    """Return a plan with what the security rules say of the pool as it would be.

    Args:
        plan: The plan.
        manifest: The document, with its references resolved.
        live_state: What is live.
        today: YYYY-MM-DD, UTC, for waivers; empty takes none for expired.
        places: Whether somebody wants to know where they are. Those that a change may break are in their order anyway.
    """
    if live_state.refusals:
        return plan
    options = LintOptions(today=today, places=places or bool(plan.pending))
    before, after = lint_planned(manifest, plan, live_state, options)
    known = {one.key for one in (*before.weaknesses, *before.waived)}
    new = [one for one in after.weaknesses if one.key not in known] if live_state.root else []
    of_object = grouped(new, lambda one: one.address)
    changes = tuple(_noted(change, of_object.get(change.address, ())) for change in plan.changes)
    return replace(plan, changes=changes, weaknesses=after.weaknesses)


def _noted(change: ResourceChange, new: Sequence[Weakness]) -> ResourceChange:
    """Return a change with what it newly breaks among its effects."""
    if not new or change.action is Action.NONE:
        return change
    fields = tuple(_field(field, [one for one in new if _meets(field.path, one.path)]) for field in change.fields)
    if change.action is not Action.CREATE:
        return replace(change, fields=fields)
    known = change.effect
    if not (known and known.alarming) and not _grave(new):
        return change
    return replace(change, effect=_effect(known, new, ()))


def _field(field: FieldChange, new: Sequence[Weakness]) -> FieldChange:
    """Return a change of a member with what it breaks; one that strengthens only leaves less to break."""
    if not new or any(e.direction is Direction.STRENGTHENS for e in field.effects):
        return field
    alarming = next((e for e in field.effects if e.alarming), None)
    if not alarming and not _grave(new):
        return field
    others = tuple(e for e in field.effects if e is not alarming)
    return replace(field, effects=(_effect(alarming, new, field.path), *others))


GRAVE: tuple[Risk, ...] = ("critical", "high")
"""What alarms by itself: a reviewer who sees `!!` for everything looks at nothing."""


def _grave(new: Iterable[Weakness]) -> list[Weakness]:
    return [one for one in new if one.risk in GRAVE]


def _effect(known: Effect | None, new: Sequence[Weakness], path: Path) -> Effect:
    rules = tuple(dict.fromkeys(one.rule for one in new))
    risk = _worst([*([known.risk] if known and known.alarming else []), *(one.risk for one in new)])
    if known and known.alarming:
        return replace(known, rules=tuple(dict.fromkeys([*known.rules, *rules])), risk=risk)
    facts, who = (known.facts, known.who) if known else ((), "")
    return Effect(path, Direction.WEAKENS, _grave(new)[0].message, who, facts=facts, rules=rules, risk=risk)


def _worst(found: Iterable[Risk]) -> Risk:
    return min(found, key=RISKS.index)


def _meets(one: Path, other: Path) -> bool:
    """Return whether two members are the same, or one is within the other."""
    return one[: len(other)] == other[: len(one)]

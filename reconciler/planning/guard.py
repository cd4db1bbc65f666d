"""Plan → refusals: everything that must be refused before the first write.

The rules of the service are judged on the planned object: live members merged with declared ones. A violation
that the live object already has does not stop the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from reconciler.kinds import KINDS, judge
from reconciler.kinds.engine_rules import ORDER, REQUIRED, UNDELETABLE
from reconciler.kinds.kind import State, Violation
from reconciler.manifests.env_words import without_values
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Address, Notice, Path, Plan, Position, Refusal
from reconciler.planning.lowering import lower
from reconciler.planning.states import current_state, planned_state
from reconciler.values.merge import with_resets
from reconciler.values.shapes import input_shape, missing
from schemas.records import replace

if TYPE_CHECKING:  # `validate` reads no pool
    from reconciler.observing.observer import LiveState


def check(plan: Plan, manifest: Manifest, live_state: LiveState) -> Plan:
    """Return the plan with every reason why it may not be carried out, and with what is worth a warning.

    Args:
        plan: As the planner made it.
        manifest: For the places that messages name.
        live_state: What is live.
    """
    if live_state.refusals:
        return plan
    now, then = current_state(live_state, plan.target), planned_state(plan.changes, live_state, plan.target)
    found = {v.key: v for v in judge(then)} if then != now else {}
    stated = {v.key: v for v in judge(_stated(manifest)) if not v.rule.warning}
    before = {v.key for v in judge(now)} if found or stated else set()
    broken = {key: v for key, v in (found | stated).items() if key not in before}
    said = {(r.rule, r.address) for r in plan.refusals}
    new = [_refusal(v, manifest) for v in _at_source(broken.values(), manifest) if not v.rule.warning]
    refusals = [*plan.refusals, *(r for r in new if (r.rule, r.address) not in said)]
    refusals += [*_incomplete(plan, manifest), *_staying(plan, manifest)]
    refusals += [_stuck(*pair, manifest) for pair in _dead_ends(plan, live_state)]
    warnings = [_warning(v, manifest) for v in _at_source(broken.values(), manifest) if v.rule.warning]
    return replace(
        plan,
        refusals=tuple(sorted(refusals, key=lambda r: (r.address, r.rule, str(r.path)))),
        notices=(*plan.notices, *warnings),
    )


def offline(manifest: Manifest) -> Sequence[Refusal]:
    """Return the rules that a manifest breaks by what it says alone, whatever is live."""
    return offline_findings(manifest)[0]


def offline_warnings(manifest: Manifest) -> Sequence[Notice]:
    """Return what is worth a warning in what a manifest says alone."""
    return offline_findings(manifest)[1]


def offline_findings(manifest: Manifest) -> tuple[Sequence[Refusal], Sequence[Notice]]:
    """Return the rules that a manifest breaks by what it says alone, and what is worth a warning in it."""
    broken = [*judge(_stated(manifest))]
    refusals = (_refusal(v, manifest) for v in broken if not v.rule.warning)
    warnings = [_warning(v, manifest) for v in broken if v.rule.warning]
    return list(without_values(refusals, manifest.specs, {})), warnings


def _stated(manifest: Manifest) -> State:
    """Return what a manifest says: with the values that null resets to, as nothing else could be live then."""
    kinds = ((spec, KINDS[spec.address.section]) for spec in manifest.specs)
    objects = {
        spec.address: kind.initial() if spec.reset else with_resets(kind.model, manifest.alone[spec.address])
        for spec, kind in kinds
        if not (spec.reset and kind.create)
    }
    return State(objects, frozenset(), manifest.region, manifest.account, offline=True)


def _at_source(found: Iterable[Violation], manifest: Manifest) -> list[Violation]:
    """Leave out what a value breaks where a plan only completes it, if it breaks the same where it is declared."""
    violations = list(found)
    declared = {(v.rule.id, v.breach.message) for v in violations if _declares(manifest, v)}
    return [v for v in violations if _declares(manifest, v) or (v.rule.id, v.breach.message) not in declared]


def _declares(manifest: Manifest, violation: Violation) -> bool:
    breach = violation.breach
    spec = manifest.at(_address(violation, manifest))
    return bool(spec and (not breach.path or breach.path[0] in spec.declared))


def _incomplete(plan: Plan, manifest: Manifest) -> Iterable[Refusal]:
    """Find required members that are not declared; only the payload of a call shows them."""
    for change in plan.pending:
        for call in lower(change, plan):
            for path in missing(call.params, input_shape(call.service, call.operation)):
                name = str(path[-1])
                yield REQUIRED.refusal(
                    change.address,
                    tuple(path),
                    f"{call.operation} requires {name}.",
                    _position(manifest, change.address, tuple(path)),
                    f"Add {name} to the manifest.",
                )


def _dead_ends(plan: Plan, live_state: LiveState) -> Iterable[tuple[Violation, Violation]]:
    from reconciler.planning.ordering import dead_ends  # `validate` needs none of it

    return dead_ends(plan.pending, live_state, plan.target)


def _stuck(first: Violation, last: Violation, manifest: Manifest) -> Refusal:
    """Return the refusal of a change that no order of writes can carry out."""
    address = _address(first, manifest)
    message = (
        f"Cognito would refuse either order of the two calls. With the pool first: {first.breach.message} With the "
        f"pool last: {last.breach.message}"
    )
    return ORDER.refusal(address, first.breach.path, message, _position(manifest, address, first.breach.path))


def _staying(plan: Plan, manifest: Manifest) -> Iterable[Refusal]:
    """Find what is to be deleted and cannot be, as it is live."""
    for change in plan.pending:
        goes = change.action in (Action.DELETE, Action.REPLACE)
        reason = KINDS[change.address.section].undeletable(change.before or {}) if goes else ""
        if reason:
            message, _, advice = reason.partition(". ")
            place = _position(manifest, change.address, ())
            yield UNDELETABLE.refusal(change.address, (), f"{message}.", place, advice)


def _refusal(violation: Violation, manifest: Manifest) -> Refusal:
    address = _address(violation, manifest)
    breach = violation.breach
    where = _position(manifest, address, breach.path)
    return violation.rule.refusal(address, breach.path, breach.message, where, breach.advice)


def _warning(violation: Violation, manifest: Manifest) -> Notice:
    address = _address(violation, manifest)
    where = _position(manifest, address, violation.breach.path)
    return Notice(f"{violation.rule.id} {address}: {violation.breach.message} {violation.advice}", where)


def _address(violation: Violation, manifest: Manifest) -> Address:
    return Address(manifest.name, violation.breach.section, violation.breach.name)


def _position(manifest: Manifest, address: Address, path: Path) -> Position:
    spec = manifest.at(address)
    return spec.position(path) if spec else manifest.source

"""Desired and observed → Plan.

Matches each declared object with its live one and selects an action. Undeclared objects are kept; they are deleted
only if both `prune` and `--prune` allow it. All changes are sorted into an order that the service accepts. Nothing
here depends on a kind; the tables of the kinds contain what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.kinds import KINDS, root_of
from reconciler.kinds.engine_rules import THRESHOLD
from reconciler.kinds.kind import ResourceKind, judged_with
from reconciler.manifests.manifest import Ignore, Manifest
from reconciler.model import Action, Address, Notice, Observed, Plan, Refusal, ResourceChange, Target
from reconciler.observing import ownership
from reconciler.observing.observer import LiveState, Owner, ReadScope, not_here, settled
from reconciler.planning import ignoring, missing_parts, own_references
from reconciler.planning.assessing import assessed
from reconciler.planning.completing import completed
from reconciler.planning.dependencies import takes_place_of
from reconciler.planning.implying import implied, with_sequels
from reconciler.planning.matching import Matcher
from reconciler.planning.ordering import ordered
from reconciler.planning.protection import Protection, Protections, refusal
from reconciler.planning.states import by_key
from reconciler.planning.targeting import select
from reconciler.values.lookup import grouped
from schemas.records import field, record, replace

SHARE, FLOOR = 0.3, 3
"""A plan that deletes more than this part of the objects of a kind, and at least so many, is refused (decision 5)."""


@record(frozen=True, slots=True)
class PlanOptions:
    """What the operator allows and asks for on the command line."""

    targets: tuple[str, ...] = ()
    """Addresses to limit the plan to; empty for all."""
    prune: bool = False
    """Whether undeclared objects of sections that the manifest lets be pruned are deleted."""
    max_deletes: int | None = None
    """How many objects of a kind may be deleted; None applies the threshold."""
    replaceable: frozenset[str] = frozenset()
    """Addresses of objects that may be deleted and made again."""
    today: str = ""
    """YYYY-MM-DD, UTC: `ignore` rules that have expired no longer hold. Empty takes none for expired."""
    referred: Mapping[str, str] = field(default_factory=dict)
    """Addresses that targeted objects of other documents refer to, with the reason: they come along if they are new."""
    places: bool = True
    """Whether somebody wants to know where in the manifest its weaknesses are; a run that only counts them does not."""


def read_scope(manifest: Manifest, pruned: frozenset[str] = frozenset()) -> ReadScope:
    """Return what has to be read to plan a manifest.

    Args:
        manifest: The document.
        pruned: Sections whose undeclared objects may be deleted, which the plan then shows.
    """
    names: dict[str, list[str]] = {}
    owners: dict[str, tuple[Owner, ...]] = {}
    for spec in implied(manifest).specs:
        kind = KINDS[spec.address.section]
        own = spec.declared.get(kind.id_param) if kind.located else None
        if isinstance(own, str):
            names[kind.section] = [own]
        known = isinstance(spec.declared.get(kind.name_member, ""), str)  # not a reference to what is still to be made
        if kind.names and not kind.outer and known:
            names.setdefault(kind.section, []).append(spec.address.name)
    for section, keys in manifest.owners.items():
        owners[section] = tuple(o for o in owners_of(manifest, KINDS[section]) if o.key in keys)
    return ReadScope(
        manifest.name,
        manifest.name,
        manifest.pool_id,
        manifest.sections,
        {section: tuple(found) for section, found in names.items()},
        manifest.source,
        manifest.kind,
        owners,
        watched=True,
        declared=next((s.declared for s in manifest.specs if KINDS[s.address.section].root), {}),
        wanted=manifest.sections,
        described=None if manifest.outputs else _described(manifest, pruned),
    )


def _described(manifest: Manifest, pruned: frozenset[str]) -> Mapping[str, frozenset[str]]:
    """Return names and identifiers of the declared objects of each section of which no others have to be described."""
    found: dict[str, frozenset[str]] = {}
    for section in manifest.sections - pruned:
        kind, specs = KINDS[section], manifest.section(section)
        names = [s.pin or s.declared.get(kind.name_member, s.address.name) for s in specs]
        if judged_with(kind) and all(isinstance(name, str) for name in names):
            found[section] = frozenset(map(str, names))
    return found


def incomplete(plan: Plan, live_state: LiveState) -> frozenset[str]:
    """Return the sections of which a plan must know all objects with what they have, and does not.

    What is not declared can be known by its name alone, unless the plan changes something that a rule looks at
    together with it: a scope that is taken away may be one of an undeclared client.

    Args:
        plan: The plan, made with what was read.
        live_state: What was read.
    """
    changed = {c.address.section for c in plan.pending}
    named = {o.address.section for o in live_state.objects if not o.whole} & plan.sections
    return frozenset(section for section in named if judged_with(KINDS[section]) & changed)


def pruned(manifest: Manifest, plan_options: PlanOptions) -> frozenset[str]:
    """Return the sections whose undeclared objects a plan may delete."""
    return frozenset(manifest.prune) if plan_options.prune else frozenset()


def owners_of(manifest: Manifest, kind: ResourceKind) -> tuple[Owner, ...]:
    """Return the declared objects that can contain objects of a kind."""
    member = KINDS[kind.outer].name_member
    specs = manifest.section(kind.outer)
    return tuple(Owner(s.address.name, str(s.declared.get(member)), s.pin) for s in specs)


def plan(manifest: Manifest, live_state: LiveState, target: Target, plan_options: PlanOptions) -> Plan:
    """Return everything that would happen, in the order in which it would happen.

    Args:
        manifest: What should be; all references resolved as far as that is possible.
        live_state: What is.
        target: Where; its pool id is filled in.
        plan_options: What the operator allows.
    """
    root = root_of(manifest.kind)
    pool_id = live_state.root.ids[root.id_param] if live_state.root else manifest.pool_id
    target = replace(target, pool_id=pool_id)
    live_state = settled(live_state, manifest.sections)
    refusals = (*live_state.refusals, *missing_parts.unmade(manifest, live_state))
    if refusals:
        return Plan(target, (), refusals, notices=live_state.notices, gaps=live_state.gaps)
    manifest = implied(manifest, live_state, target)
    ours, made_by_aws = ownership.split(live_state.objects, pool_id)
    manifest = replace(manifest, ignore=ignoring.in_force(manifest.ignore, plan_options.today))
    ignored, guards = ignoring.IgnoreRules(manifest.ignore), Protections(manifest)
    meant = ignored.covers if manifest.ignore else ignoring.nothing
    matcher = Matcher(live_state, manifest.kind, plan_options.replaceable, meant, guards.of)
    unread = _unread(manifest, live_state)
    changes = [matcher.change(spec) for spec in manifest.specs if spec.address.section not in unread]
    changes = with_sequels([_of_parts(manifest, change) for change in changes], manifest, live_state, target)
    changes = own_references.marked(changes, manifest)
    left = _undeclared(manifest, ours, matcher.matched, unread, ignored)
    prune = plan_options.prune and manifest.may_prune
    doomed = [o for o in left if prune and _may_go(manifest, guards, o.address)]
    deletions = [_deletion(o) for o in doomed]
    gone = {id(o) for o in doomed}
    named = by_key(live_state, changes)
    found = Plan(
        target,
        ordered(_with_outages([*changes, *deletions]), named, target),
        tuple(matcher.refusals),
        tuple(o.address for o in left if id(o) not in gone),
        (
            *live_state.notices,
            *_taken_over(made_by_aws, matcher.matched),
            *not_here(live_state.unavailable),
            *missing_parts.notices(manifest),
            *(_protected(manifest, guards, left) if plan_options.prune else ()),
        ),
        live_state.gaps,
        sections=manifest.sections - frozenset(unread),
        rest=tuple(_rest(manifest, live_state, {id(o) for o in matcher.matched} | gone, unread)),
    )
    selected = select(found, plan_options.targets, named, plan_options.referred)
    found = assessed(completed(selected), manifest.concerns)
    kept = [*_kept(guards, found, plan_options), *(missing_parts.prune(manifest) if plan_options.prune else ())]
    kept += missing_parts.ownerless(manifest, found.changes)
    return replace(found, refusals=(*found.refusals, *kept, *_too_many(found, live_state, plan_options)))


def _of_parts(manifest: Manifest, change: ResourceChange) -> ResourceChange:
    """Return a change that knows which parts of the pool declare its object."""
    spec = manifest.at(change.address) if manifest.parts else None
    return replace(change, parts=tuple(dict.fromkeys(spec.parts.values()))) if spec else change


def _with_outages(changes: Sequence[ResourceChange]) -> list[ResourceChange]:
    """Say of a new object that takes the place of a deleted one what does not work in between."""
    found, place = list(changes), {id(change): i for i, change in enumerate(changes)}
    for old, new in takes_place_of(changes):
        outage = KINDS[new.address.section].outage
        reason = f"takes the place of {old.address}, which is deleted first: downtime of {outage} in between"
        found[place[id(new)]] = replace(new, reason=reason)
    return found


def _unread(manifest: Manifest, live_state: LiveState) -> set[str]:
    """Sections that could not be read: nothing can be planned for them, nor for what is inside or without the pool."""
    found = {g.address.section for g in live_state.gaps}
    found |= {kind.section for kind in KINDS.values() if kind.outer in found}
    unmade = live_state.root is None and root_of(manifest.kind).section in found
    return found | set(KINDS) if unmade else found


# --- undeclared objects ------------------------------------------------------------------------------------------


def _undeclared(
    manifest: Manifest,
    ours: Iterable[Observed],
    matched: Sequence[Observed],
    unread: set[str],
    ignored: ignoring.IgnoreRules[Ignore],
) -> list[Observed]:
    if not manifest.is_whole:
        return []  # it may be declared by a part that is not loaded
    meant = {id(o) for o in matched}
    ours = (o for o in ours if o.address.section not in unread and not o.leaving)
    managed = [o for o in ours if o.address.section in manifest.sections and not KINDS[o.address.section].single]
    return [o for o in managed if id(o) not in meant and not ignored.covers(o.address)]


def _rest(manifest: Manifest, live_state: LiveState, meant: set[int], unread: set[str]) -> Iterator[Observed]:
    """Yield the live objects that no change is about, of the sections that were read completely."""
    whole = (manifest.sections | {root_of(manifest.kind).section}) - unread
    yield from (o for o in live_state.objects if o.address.section in whole and id(o) not in meant and not o.leaving)


def _may_go(manifest: Manifest, guards: Protections, address: Address) -> bool:
    """Whether the manifest lets an undeclared object be deleted; `protect` wins over `prune`."""
    return address.section in manifest.prune and bool(KINDS[address.section].delete) and not guards.of(address)


def _protected(manifest: Manifest, guards: Protections, left: Iterable[Observed]) -> Iterator[Notice]:
    """Say which lines of `protect` keep what `--prune` would delete, each line once."""
    kept: dict[Protection, list[str]] = {}
    for address in (o.address for o in left if o.address.section in manifest.prune):
        guard = guards.of(address)
        if guard:
            kept.setdefault(guard, []).append(str(address))
    for guard, addresses in kept.items():
        yield Notice(f"{guard.words} keeps {', '.join(addresses)} from --prune.", guard.source, lasting=True)


def _kept(guards: Protections, found: Plan, plan_options: PlanOptions) -> Iterable[Refusal]:
    """Refuse to delete an undeclared object that `--target` names and `protect` covers."""
    for address in found.unmanaged if plan_options.prune else ():
        guard = guards.of(address) if str(address) in plan_options.targets else None
        if guard:
            yield refusal(address, guard, "deleted")


def _deletion(observed: Observed) -> ResourceChange:
    kind = KINDS[observed.address.section]
    return ResourceChange(
        observed.address,
        kind.resource_type,
        Action.DELETE,
        (),
        {},
        observed.data,
        None,
        observed.ids,
        reason="the manifest does not declare it",
    )


def _too_many(found: Plan, live_state: LiveState, plan_options: PlanOptions) -> Iterable[Refusal]:
    """Refuse to delete a large part of the objects of a kind, unless the operator says how many."""
    deletions = [c for c in found.pending if c.action is Action.DELETE and not c.declared]
    for section, same in grouped(deletions, lambda d: d.address.section).items():
        count = len(same)
        live = len(live_state.section(section))
        allowed = plan_options.max_deletes
        over = count > allowed if allowed is not None else count >= FLOOR and count > SHARE * live
        if over:
            message = f"{count} of {live} objects of {section} would be deleted."
            yield THRESHOLD.refusal(
                same[0].address, (), message, advice=f"To confirm the deletions, pass --max-deletes {count}."
            )


def _taken_over(made_by_aws: Iterable[ownership.Disowned], matched: Sequence[Observed]) -> Iterable[Notice]:
    meant = {id(o) for o in matched}
    for other in made_by_aws:
        if id(other.observed) in meant:
            said = f"{other.observed.address} is {other.reason}; the manifest declares it anyway."
            yield Notice(said, lasting=True)

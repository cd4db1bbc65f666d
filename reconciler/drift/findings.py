"""Manifest and live state → findings: differences between Git and the live pool.

A plan shows what an apply would do; drift also shows what an apply would leave alone. So more is read than a plan
needs: every section of the document, managed or not, and everything inside declared clients. Differences are found
with the same comparison as in a plan, so the two cannot disagree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from reconciler.applications.known_pool import KnownPool
from reconciler.kinds import KINDS
from reconciler.kinds.engine_rules import AMBIGUOUS
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.manifest import Ignore, Manifest
from reconciler.model import (
    OUTPUTS,
    Action,
    Address,
    Drift,
    Effect,
    FieldChange,
    Finding,
    FindingClass,
    Gap,
    Notice,
    Observed,
    Path,
    Plan,
    Position,
    Reference,
    Refusal,
    ResourceChange,
    Secret,
    Severity,
    Target,
    Tree,
    Unknown,
    dotted,
)
from reconciler.observing import ownership
from reconciler.observing.observer import LiveState, Owner, ReadScope, not_here, settled, wrap
from reconciler.planning import ignoring, missing_parts, planner
from reconciler.planning.assessing import undeclared_effects
from reconciler.planning.undeclared import undeclared_members
from reconciler.security import judging
from reconciler.security.whole_objects import appeared, vanished
from reconciler.values import differ, item_forms
from reconciler.values.lookup import grouped

SEVERITIES: Mapping[FindingClass, Severity] = {
    FindingClass.CHANGED: "error",
    FindingClass.MISSING: "error",
    FindingClass.UNMANAGED: "warning",
    FindingClass.UNDECLARED: "note",
}
"""Severity of findings by class."""


_PLACES = {section: i for i, section in enumerate(KINDS)}
_CLASSES = {cls: i for i, cls in enumerate(FindingClass)}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What counts as drift."""

    today: str = ""
    """YYYY-MM-DD, UTC: date for the expiry of `ignore` rules. If empty, none is expired."""
    strict: bool = False
    """Whether undeclared members make the run fail."""
    targets: tuple[str, ...] = ()
    """Addresses that the run is limited to; empty for all."""
    baseline: frozenset[str] = frozenset()
    """Ids of accepted findings."""
    reported: frozenset[str] = frozenset()
    """Ids of findings in an earlier report."""
    ceilings: Mapping[str, Tree] = field(default_factory=dict)
    """Section of what is only observed inside other objects → the limits that hold where no manifest declares any."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of a comparison."""

    drift: Drift
    """The findings."""
    plan: Plan
    """What an apply would do; provides other documents with the identifiers of live objects."""
    subjects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By id of a finding, the identifiers of its object, as far as they are known: for attribution."""
    pool: KnownPool | None = None
    """What an apply would make of the pool, if the document has outputs, which are made of it."""


@dataclass(frozen=True, slots=True)
class _Difference:
    """A finding under construction."""

    cls: FindingClass
    address: Address
    path: Path
    desired: Any
    live: Any
    ids: Mapping[str, Any]
    source: Position | None
    sensitive: bool = False
    key: str = ""
    effects: tuple[Effect, ...] = ()
    part: str = ""

    @property
    def alarming(self) -> bool:
        return any(e.alarming for e in self.effects)


def read_scope(manifest: Manifest, criteria: Criteria = Criteria()) -> ReadScope:
    """Return what to read: every section of the document, and everything inside declared objects.

    Limits belong to the account and cannot be listed, so only declared ones are looked up. What no
    operation writes (the age of secrets) is read where a limit is declared or given for all, and what belongs to other
    services where it is declared.

    Args:
        manifest: The desired state.
        criteria: What counts.
    """
    planned = planner.read_scope(manifest)
    known = [k for k in KINDS.values() if k.document == manifest.kind and _is_written(k)]
    own = manifest.sections
    kinds = [k for k in known if not k.surrounding or k.section in own]
    if not manifest.is_whole:  # what is not declared may be declared by a part that is not loaded
        kinds = [k for k in kinds if k.section in own or k.outer in own]
    owners = {k.section: planner.owners_of(manifest, k) for k in kinds if k.outer}
    watched = (s for s in planned.sections if not _is_written(KINDS[s]))
    every = manifest.is_whole and not criteria.targets
    limited = [s for s in criteria.ceilings if KINDS[s].document == manifest.kind and every]
    sections = frozenset((*watched, *(k.section for k in kinds), *limited))
    also = {s: partial(_other_owners, manifest, KINDS[s], criteria.today) for s in limited}
    owners = {**planned.owners, **owners}
    return replace(planned, sections=sections, owners=owners, also_inside=also, described=None)


def _other_owners(manifest: Manifest, kind: ResourceKind, today: str, live: Sequence[Observed]) -> Iterator[Owner]:
    """Yield the objects of the outer kind that drift reports as unmanaged."""
    declared = planner.owners_of(manifest, kind)
    pins, names = {d.pin for d in declared}, {d.name for d in declared if not d.pin}
    rules = ignoring.IgnoreRules(ignoring.in_force(manifest.ignore, today))
    for one in ownership.split(live, manifest.pool_id)[0]:
        own = one.ids[KINDS[kind.outer].id_param]
        meant = own in pins or one.address.name in names
        if not meant and not rules.covers(one.address):
            yield Owner(one.address.name, one.address.name, own)


def _is_written(kind: ResourceKind) -> bool:
    return bool(kind.create or kind.update)


def compare(manifest: Manifest, live_state: LiveState, target: Target, criteria: Criteria) -> Compared:
    """Return the differences between a manifest and the live state.

    Args:
        manifest: The desired state, with references resolved.
        live_state: The live state, read as `read_scope` requires.
        target: Account, Region and pool; the pool id is filled in.
        criteria: What counts.
    """
    read = len(live_state.objects)
    live_state = settled(live_state, manifest.sections)
    # An object that the service is deleting counts as deleted: missing if declared, otherwise not reported.
    live_state = replace(live_state, objects=tuple(o for o in live_state.objects if not o.leaving))
    plan = plan_of(manifest, live_state, target)
    refusals = tuple(r for r in plan.refusals if r.rule == AMBIGUOUS.id)
    gone = live_state.root is None and not refusals
    there = _differences(manifest, live_state, plan, criteria) if live_state.root else ()
    found = list(_no_pool(manifest) if gone else (f for f in there if _concerns(manifest, f)))
    found = [replace(f, part=manifest.part_of(f.address, f.path)) for f in found] if manifest.parts else found
    kept, rules = _without_ignored(found, ignoring.in_force(manifest.ignore, criteria.today))
    hidden = len(found) - len(kept)
    notices = (*live_state.notices, *missing_parts.notices(manifest))
    drift = Drift(plan.target, (), read, live_state.gaps, refusals, notices, suppressed=hidden)
    drift = replace(drift, unavailable=live_state.unavailable)
    return _judged(_with_rules(drift, manifest, rules, criteria.today), plan, _aimed(kept, criteria.targets), criteria)


def plan_of(manifest: Manifest, live_state: LiveState, target: Target) -> Plan:
    """Return the plan that finds differences, also in sections that could be read in part, and in what is ignored.

    Args:
        manifest: The desired state, with references resolved.
        live_state: The live state.
        target: Account, Region and pool.
    """
    whole = replace(live_state, gaps=(), unavailable=())  # the planner plans nothing for a section with a gap
    return planner.plan(replace(manifest, ignore=()), whole, target, planner.PlanOptions())


def _concerns(manifest: Manifest, found: _Difference) -> bool:
    """Return whether a finding concerns the manifest; an unmanaged object may be named as a declared one is keyed."""
    apart = found.cls is FindingClass.UNMANAGED and not found.address.owner and not manifest.is_whole
    return not apart and manifest.concerns(found.address, found.path)


def with_findings(drift: Drift, found: Iterable[Finding], criteria: Criteria) -> Drift:
    """Return drift with further findings, without those that were accepted or reported before.

    Args:
        drift: The drift of a pool.
        found: Findings of other origin.
        criteria: What counts.
    """
    found = list(found)
    left = [f for f in found if f.id not in criteria.baseline]
    known = tuple(f for f in left if f.id in criteria.reported)
    return replace(
        drift,
        findings=(*drift.findings, *(f for f in left if f not in known)),
        known=(*drift.known, *known),
        suppressed=drift.suppressed + len(found) - len(left) + len(known),
    )


def unread(target: Target, gap: Gap) -> Compared:
    """Return the drift of a pool that could not be read at all."""
    return Compared(Drift(target, (), 0, (gap,)), Plan(target, ()))


def identify(target: Target, cls: FindingClass, address: Address, path: Path = (), key: str = "") -> str:
    """Return the id of a finding: stable as long as the same member or object differs, whatever its value.

    Args:
        target: Account, Region and pool.
        cls: Class of the finding.
        address: The object.
        path: The member within it.
        key: Identifier of a live object whose name may not be unique.
    """
    place = (address.full, dotted(path), cls.value)
    return _id(target, *place, *([key] if key else []))


def identify_gap(target: Target, gap: Gap) -> str:
    """Return the id of a gap: stable as long as the same call fails."""
    return _id(target, gap.address.full, gap.operation, "unread")


def identify_refusal(target: Target, refusal: Refusal) -> str:
    """Return the id of a refusal: a reason why a pool could not be compared."""
    return _id(target, refusal.address.full, dotted(refusal.path), refusal.rule, "refused")


def identify_expiry(target: Target, expired: Notice) -> str:
    """Return the id of an expired `ignore` rule; a rule that is renewed and expires again gets a new one."""
    return _id(target, expired.message, "expired")


def _id(target: Target, *parts: str) -> str:
    text = "\n".join((target.account, target.region, target.pool_id or target.pool_name, *parts))
    return f"poolctl-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


# --- from differences to findings -----------------------------------------------------------------------


def _without_ignored(found: Iterable[_Difference], rules: Iterable[Ignore]) -> tuple[list[_Difference], set[Ignore]]:
    """Remove ignored findings; also return the rules used. A missing object is never ignored: see `ignoring`."""
    kept: list[_Difference] = []
    used: set[Ignore] = set()
    ignored = ignoring.IgnoreRules(rules)
    for one in found:
        hit = ignored.about(one.address, one.path)
        used.update(hit)
        if not hit or one.cls is FindingClass.MISSING:
            kept.append(one)
    return kept, used


def _with_rules(drift: Drift, manifest: Manifest, used: set[Ignore], today: str) -> Drift:
    """Report the rules of the manifest that have expired, and those that match nothing."""
    expired = [r for r in manifest.ignore if ignoring.is_expired(r, today)]
    later = OUTPUTS if manifest.outputs else ""  # they are compared after the pool
    idle = [r for r in manifest.ignore if not (r in used or r in expired or ignoring.is_about(r.path, later))]
    whole = not drift.gaps and not drift.refusals  # otherwise their matches may not have been read
    late = tuple(Notice(_expiry(r), r.source) for r in expired)
    notices = [*late]
    notices += [matched_nothing(r) for r in idle if whole]
    return replace(drift, notices=(*drift.notices, *notices, *not_here(drift.unavailable)), expired=late)


def matched_nothing(rule: Ignore) -> Notice:
    """Return that a rule matched nothing."""
    return Notice(f"The ignore rule {rule.path} matched nothing. Remove it.", rule.source, lasting=True)


def _expiry(rule: Ignore) -> str:
    asks = f" Ask {rule.owner}." if rule.owner else ""
    return f"The ignore rule {rule.path} ({rule.reason}) expired on {rule.expires}; renew or remove it.{asks}"


def _aimed(found: Iterable[_Difference], targets: tuple[str, ...]) -> list[_Difference]:
    return [f for f in found if not targets or {str(f.address), str(f.address.owner)} & set(targets)]


def _judged(drift: Drift, plan: Plan, found: Iterable[_Difference], criteria: Criteria) -> Compared:
    findings: list[Finding] = []
    known: list[Finding] = []
    accepted = 0
    subjects: dict[str, Mapping[str, str]] = {}
    found = list(found)
    words = frozenset(w for f in found if f.sensitive for side in (f.desired, f.live) for w in _texts(side))
    for one in sorted(found, key=_rank):
        made = _finding(drift.target, one, words, strict=criteria.strict)
        if made.id in criteria.baseline:
            accepted += 1
        elif made.id in criteria.reported:
            known.append(made)
        else:
            findings.append(made)
            subjects[made.id] = {k: v for k, v in one.ids.items() if isinstance(v, str)}
    suppressed = drift.suppressed + accepted + len(known)
    whole = replace(drift, findings=tuple(findings), suppressed=suppressed, known=tuple(known))
    return Compared(whole, plan, subjects)


def _rank(found: _Difference) -> tuple[int, Address, int, str]:
    """Sort by order of kinds, then object, then class, then order of members in the schema (the sort is stable)."""
    return _PLACES[found.address.section], found.address, _CLASSES[found.cls], found.key


def _finding(target: Target, one: _Difference, words: frozenset[str], *, strict: bool) -> Finding:
    return Finding(
        identify(target, one.cls, one.address, one.path, one.key),
        one.cls,
        one.address,
        one.path,
        _hidden(one.desired, None if one.sensitive else words),
        _hidden(one.live, None if one.sensitive else words),
        "error" if one.alarming else SEVERITIES[one.cls],
        strict or one.alarming or one.cls is not FindingClass.UNDECLARED,
        one.sensitive,
        one.source,
        effects=one.effects,
        part=one.part,
    )


def _hidden(value: Any, words: frozenset[str] | None = None) -> Any:
    """Wrap plain-text secrets before they reach the renderers.

    Args:
        value: Any tree.
        words: The strings to hide; None hides all.
    """
    if isinstance(value, dict):
        return {k: _hidden(v, words) for k, v in value.items()}
    if isinstance(value, list):
        return [_hidden(v, words) for v in value]
    return Secret(value, "hidden") if isinstance(value, str) and (words is None or value in words) else value


def _texts(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    yield from (text for v in inner for text in _texts(v))
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, str) and value:
        yield value


# --- what differs --------------------------------------------------------------------------------------------------


def _no_pool(manifest: Manifest) -> Iterator[_Difference]:
    """A missing pool is one finding, including everything in it."""
    address = manifest.root
    spec = manifest.spec(address.section)
    source = spec.source if spec else manifest.source
    model = KINDS[address.section].model
    declared = wrap(model, item_forms.settled(model, spec.declared, {})) if spec else {}
    yield _Difference(FindingClass.MISSING, address, (), declared, None, {}, source)


def _differences(manifest: Manifest, live_state: LiveState, plan: Plan, criteria: Criteria) -> Iterator[_Difference]:
    unclear = {r.address for r in plan.refusals if r.rule == AMBIGUOUS.id}
    around = _surrounding(plan)
    unread = _UnreadObjects(live_state.gaps)
    missing = {c.address for c in plan.changes if c.action is Action.CREATE and KINDS[c.address.section].create}
    for change in plan.changes:
        kind, owner = KINDS[change.address.section], change.address.owner
        unseen = unread.hide(change.address, manifest)
        if unseen or {change.address, owner} & unclear:
            continue  # unknown: neither a difference nor "no difference"
        if not _is_written(kind):
            yield from _overdue(kind, change, manifest, criteria.today)
            continue
        if change.address in missing:
            yield from () if owner in missing else (_missing(kind, change, manifest),)
            continue
        yield from _changed(change)
        yield from _undeclared(kind, change, manifest, around)
    yield from _unmanaged(manifest, live_state, plan, unread)
    yield from _overdue_unmanaged(manifest, live_state, plan, criteria)


def _overdue(kind: ResourceKind, change: ResourceChange, manifest: Manifest, today: str) -> Iterator[_Difference]:
    spec = manifest.spec(change.address.section, change.address.name)
    for one in kind.overdue({**(change.before or {}), **change.declared}, today) if today else ():
        yield _member(FindingClass.CHANGED, change, one, spec.position(one.path) if spec else change.source)


def _overdue_unmanaged(
    manifest: Manifest, live_state: LiveState, plan: Plan, criteria: Criteria
) -> Iterator[_Difference]:
    """Yield what exceeds the limits that hold for all, inside objects that the manifest does not declare."""
    meant = {id(c.before) for c in plan.changes}
    for one in live_state.objects if criteria.today else ():
        kind, owner = KINDS[one.address.section], one.address.owner
        if kind.section not in criteria.ceilings or id(one.data) in meant or owner is None:
            continue
        key = str(one.ids.get(KINDS[kind.outer].id_param, ""))
        for late in kind.overdue({**one.data, **criteria.ceilings[kind.section]}, criteria.today):
            place = _place(manifest, owner)
            yield _Difference(
                FindingClass.CHANGED, one.address, late.path, late.after, late.before, one.ids, place, key=key
            )


class _UnreadObjects:
    """What could not be read, and what that leaves unknown.

    A failed list hides its section. An object that could not be read hides those with its name, because names of
    clients are not unique, and pinned ones, whose live name may be any; the rest is still compared.
    """

    def __init__(self, gaps: Iterable[Gap]) -> None:
        every = grouped((gap.address for gap in gaps), lambda address: address.section)
        self._names = {section: {address.name for address in same} for section, same in every.items()}

    def hide(self, address: Address, manifest: Manifest) -> bool:
        """Return whether an object or its parent could not be read."""
        return any(self._meet(one, manifest) for one in (address, address.owner) if one)

    def _meet(self, address: Address, manifest: Manifest) -> bool:
        names = self._names.get(address.section)
        if not names:
            return False
        spec = manifest.spec(address.section, address.name)
        if "" in names or (spec and spec.pin):
            return True
        around = _owners_in(address.name) if KINDS[address.section].outer else ()
        return not names.isdisjoint((address.name, _live_name(manifest, address), *around))


def _owners_in(name: str) -> Iterator[str]:
    """Yield every beginning of a name that ends before a slash."""
    return (name[:i] for i, letter in enumerate(name) if letter == "/")


def _missing(kind: ResourceKind, change: ResourceChange, manifest: Manifest) -> _Difference:
    declared = wrap(kind.model, change.declared)
    for one in (f for f in change.fields if f.sensitive):
        declared = _masked(declared, one.path)
    spec = manifest.spec(change.address.section, change.address.name)
    pin = {kind.id_param: spec.pin} if spec and spec.pin else {}
    ids, gone = {**change.ids, **pin}, vanished(kind.section, change.declared)
    effects = (gone,) if gone else judging.members_of(kind.section, change.declared, {})
    return _Difference(
        FindingClass.MISSING, change.address, (), declared, None, ids, change.source, effects=tuple(effects)
    )


def _masked(tree: Any, path: Path) -> Any:
    """Hide the value at a path of a tree; if the path leads into a list, the whole list."""
    if not path or not isinstance(tree, dict):
        return _hidden(tree)
    return {k: _masked(v, path[1:]) if k == path[0] else v for k, v in tree.items()}


def _changed(change: ResourceChange) -> Iterator[_Difference]:
    """Yield members that differ. Unresolved references cannot be compared; their target is reported as missing."""
    for one in change.fields:
        if not _is_unknown(one.after):
            turned = replace(one, before=one.after, after=one.before)
            effects = judging.effects(change.address.section, turned, change.after or {}, change.before or {})
            yield replace(_member(FindingClass.CHANGED, change, one, one.source), effects=effects)


def _member(cls: FindingClass, change: ResourceChange, one: FieldChange, source: Position | None) -> _Difference:
    """Return a finding about a member; `after` of the field is the value of the manifest or the service's default."""
    return _Difference(cls, change.address, one.path, one.after, one.before, change.ids, source, one.sensitive)


def _is_unknown(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, Unknown | Reference) or any(map(_is_unknown, inner))


class _Surrounding(NamedTuple):
    """What is looked at around each object of a plan."""

    pool: Tree
    """The live pool."""
    every: Sequence[tuple[str, Tree]]
    """Section and declared tree of all objects."""


def _surrounding(plan: Plan) -> _Surrounding:
    pool = next((c.before or {} for c in plan.changes if KINDS[c.address.section].root), {})
    return _Surrounding(pool, [(c.address.section, c.declared) for c in plan.changes])


def _undeclared(
    kind: ResourceKind, change: ResourceChange, manifest: Manifest, around: _Surrounding
) -> Iterator[_Difference]:
    spec = manifest.spec(change.address.section, change.address.name)
    pool, every = around
    live, changes = change.before, change.fields
    for one in undeclared_members(kind, change.declared, live, pool, every, changes=changes) if live else ():
        source = spec.position(one.path) if spec else change.source
        effects = undeclared_effects(kind.section, one, live or {})
        yield replace(_member(FindingClass.UNDECLARED, change, one, source), effects=effects)


# --- undeclared objects --------------------------------------------------------------------------------------------


def _unmanaged(manifest: Manifest, live_state: LiveState, plan: Plan, unread: _UnreadObjects) -> Iterator[_Difference]:
    ours, _ = ownership.split(live_state.objects, plan.target.pool_id)
    meant = {id(c.before) for c in plan.changes}
    unclear = {(r.address.section, _live_name(manifest, r.address)) for r in plan.refusals if r.rule == AMBIGUOUS.id}
    for observed in ours:
        kind, address = KINDS[observed.address.section], observed.address
        pool = live_state.root.data if live_state.root else {}
        unseen = unread.hide(address, manifest)
        skip = kind.root or not _is_written(kind) or unseen or (kind.section, address.name) in unclear
        if not skip and id(observed.data) not in meant and _is_something(kind, observed, pool):
            key = observed.ids.get(kind.id_param, "") if kind.id_param != kind.name_member else ""
            place = _place(manifest, address)
            here = appeared(kind.section, observed.data, foreign=True)
            effects = (here,) if here else judging.members_of(kind.section, {}, kind.to_manifest(observed.data, pool))
            found = _Difference(FindingClass.UNMANAGED, address, (), None, observed.data, observed.ids, place, key=key)
            yield replace(found, effects=tuple(effects))


def _live_name(manifest: Manifest, address: Address) -> str:
    spec = manifest.spec(address.section, address.name)
    return str(spec.declared.get(KINDS[address.section].name_member, address.name)) if spec else address.name


def _is_something(kind: ResourceKind, observed: Observed, pool: Tree) -> bool:
    """Every pool has settings; only those that differ from the service's default were set by someone."""
    return bool(kind.create) or bool(differ.undeclared(kind.model, {}, kind.to_manifest(observed.data, pool)))


def _place(manifest: Manifest, address: Address) -> Position:
    """Return the section that would declare an object, or the document if there is none."""
    owner = manifest.spec(address.owner.section, address.owner.name) if address.owner else None
    return owner.source if owner else manifest.positions.get((address.section,), manifest.source)

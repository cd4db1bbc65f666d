"""A manifest, alone or with what is live → the security rules that it breaks, in words and with places.

The rules of `security/` judge states and know nothing of manifests; here are the states that they see, and what a
manifest says about them: whom the pool serves, and which weaknesses are accepted. What is not declared is judged too,
as what the pool would have, and the message says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.errors import flow
from reconciler.kinds import KINDS
from reconciler.kinds.kind import Breach, State
from reconciler.manifests.env_words import without_values
from reconciler.manifests.manifest import Manifest, Waiver
from reconciler.model import RISKS, Address, Path, Plan, Position, Risk, Spec, Target, Weakness, dotted
from reconciler.planning.ignoring import IgnoreRules, in_force
from reconciler.planning.states import current_state, new_state, planned_state
from reconciler.security.catalogue import rules as catalogue
from reconciler.security.finding import BrokenRule, at, found, inner, is_possible
from reconciler.security.rule import Beside, SecurityRule, Seen
from reconciler.values.item_forms import written_at
from reconciler.values.lookup import grouped
from schemas.records import field, record, replace
from schemas.security import Profile

if TYPE_CHECKING:  # `lint` reads no pool
    from reconciler.observing.observer import LiveState


Key = tuple[str, Address, Path]
"""Identity of a weakness."""


@record(frozen=True)
class LintOptions:
    """What the run knows beyond the manifest."""

    profile: Profile | None = None
    """Whom the pools serve, whatever the manifests say."""
    today: str = ""
    """YYYY-MM-DD, UTC; empty takes no waiver for expired."""
    outside: Mapping[str, Any] = field(default_factory=dict)
    """What was read of other services, by the name of the reading."""
    rules: Sequence[SecurityRule] | None = None
    """The rules to judge by; None for all."""
    places: bool = True
    """Whether each weakness has the place of its member; otherwise that of its object, which is known without a search
    for all places of the document."""


@record(frozen=True)
class Linted:
    """What the security rules say of one document."""

    manifest: Manifest
    """The document."""
    profile: Profile = "consumer"
    """Whom it was taken to serve."""
    weaknesses: tuple[Weakness, ...] = ()
    """What counts, the worst first."""
    waived: tuple[Weakness, ...] = ()
    """What waivers accept, with the reason of each."""
    expired: tuple[Waiver, ...] = ()
    """Waivers that have expired and would accept something: it counts again."""
    unused: tuple[Waiver, ...] = ()
    """Waivers that match nothing."""
    skipped: tuple[SecurityRule, ...] = ()
    """Rules that need what was not read of other services."""


def lint(manifest: Manifest, options: LintOptions, beside: Iterable[Manifest] = ()) -> Linted:
    """Judge a manifest alone: what it declares over Cognito's defaults.

    Args:
        manifest: The document; references that are not read are not judged.
        options: What the run knows beyond it.
        beside: Other documents of the run; those that refer to it, or that it refers to, are looked at. `neighbours`
            finds them for all documents at once.
    """
    return _judged(manifest, new_state(manifest), options, _linked(manifest, beside), fresh=True)


def risks(manifest: Manifest, options: LintOptions, beside: Iterable[Manifest] = ()) -> tuple[Risk, ...]:
    """Return how bad each weakness is that `lint` finds in a manifest alone, in any order.

    Nothing is said of them, so no words are made and no places looked up, which takes as long as to find them.

    Args:
        manifest: The document.
        options: What the run knows beyond it.
        beside: Other documents of the run.
    """
    if manifest.waivers:  # they accept by place
        return tuple(one.risk for one in lint(manifest, options, beside).weaknesses)
    seen = _seen(manifest, new_state(manifest), options, _linked(manifest, beside), fresh=True)
    cases = found(seen, _rules(options))
    return tuple([case.risk for case in (cases if manifest.is_whole else _concerning(manifest, cases))])


def _names(manifest: Manifest, name: str) -> bool:
    """Return whether a document refers to another one."""
    return any(link.document == name for link in manifest.links)


def neighbours(manifests: Sequence[Manifest]) -> list[tuple[Manifest, ...]]:
    """Return, for each document, the others that refer to it or that it refers to, in the order given."""
    if len(manifests) == 1:
        return [()]
    called = grouped(enumerate(manifests), lambda pair: pair[1].name)
    beside: list[set[int]] = [set() for _ in manifests]
    for here, manifest in enumerate(manifests):
        for there, other in (pair for link in manifest.links for pair in called.get(link.document, ())):
            if other is not manifest:
                beside[here].add(there)
                beside[there].add(here)
    return [tuple(manifests[there] for there in sorted(found)) for found in beside]


def lint_live(manifest: Manifest, target: Target, live_state: LiveState, options: LintOptions) -> Linted:
    """Judge what is live.

    Args:
        manifest: The document, with its references resolved.
        target: Where the pool is.
        live_state: What is live.
        options: What the run knows beyond it.
    """
    if live_state.root is None:
        return Linted(manifest)
    return _judged(manifest, current_state(live_state, target), options, (), fresh=False)


def lint_planned(manifest: Manifest, plan: Plan, live_state: LiveState, options: LintOptions) -> tuple[Linted, Linted]:
    """Judge what is live, and what would be after a plan.

    Args:
        manifest: The document, with its references resolved.
        plan: The plan of it.
        live_state: What is live.
        options: What the run knows beyond it.

    Returns:
        What is live and what would be: the same if nothing changes. Nothing is live before a pool exists.
    """
    if live_state.root is None:
        return Linted(manifest), lint(manifest, options)
    states = (planned_state(plan.changes, live_state, plan.target), current_state(live_state, plan.target))
    judged = [_judged(manifest, state, options, (), fresh=False) for state in states[: 2 if plan.pending else 1]]
    return judged[-1], judged[0]


def _linked(manifest: Manifest, beside: Iterable[Manifest]) -> tuple[Beside, ...]:
    linked = (m for m in beside if m is not manifest and (_names(m, manifest.name) or _names(manifest, m.name)))
    return tuple(Beside(m.kind, m.name, new_state(m), m.profile) for m in linked)


def _rules(options: LintOptions) -> Collection[SecurityRule]:
    return catalogue().values() if options.rules is None else options.rules


def _seen(manifest: Manifest, state: State, options: LintOptions, beside: tuple[Beside, ...], *, fresh: bool) -> Seen:
    return Seen(
        state,
        options.profile or manifest.profile,
        frozenset(manifest.privileged_attributes),
        frozenset(manifest.allowed_redirect_hosts),
        options.today,
        options.outside,
        manifest.alone,
        fresh,
        beside,
    )


def _judged(
    manifest: Manifest, state: State, options: LintOptions, beside: tuple[Beside, ...], *, fresh: bool
) -> Linted:
    seen, rules = _seen(manifest, state, options, beside, fresh=fresh), _rules(options)
    broken = _concerning(manifest, found(seen, rules))
    cases = [_weakness(manifest, seen, case, placed=options.places) for case in broken]
    every = without_values(cases, manifest.specs, {a: t for a, t in state.objects.items() if not fresh})
    skipped = tuple(r for r in rules if r.reads and not is_possible(r, seen) and r.severity_for(seen.profile))
    linted = Linted(manifest, seen.profile, tuple(sorted(every, key=_order)), skipped=skipped)
    if not manifest.waivers:
        return linted
    return _with_waivers(linted, options.today, frozenset(rule.id for rule in rules if _sees_all(rule, seen)))


def _concerning(manifest: Manifest, cases: Iterable[BrokenRule]) -> Iterator[BrokenRule]:
    """Yield what concerns a manifest: of parts of a pool, only what they declare, unless they are all of it."""
    for case in cases:
        if manifest.concerns(Address(manifest.name, case.breach.section, case.breach.name), case.breach.path):
            yield case


def _sees_all(rule: SecurityRule, seen: Seen) -> bool:
    """Return whether a rule would find in another run what it finds in this one."""
    if rule.across:
        return False
    return not (rule.reads or rule.uses) or all(reading in seen.outside for reading in (*rule.reads, *rule.uses))


def _order(weakness: Weakness) -> tuple[int, Position, str, str]:
    return RISKS.index(weakness.risk), weakness.source, weakness.rule, dotted(weakness.path)


# --- words and places ----------------------------------------------------------------------------------------------


def _weakness(manifest: Manifest, seen: Seen, case: BrokenRule, *, placed: bool) -> Weakness:
    rule, risk, breach = case
    address = Address(manifest.name, breach.section, breach.name)
    spec = manifest.spec(breach.section, breach.name)
    written = _written(spec, seen, address, breach.path)
    declared = written is not None and _declares(seen.declared.get(address), breach.path)
    if spec and _is_from_env(spec, breach.path):  # the case may quote a part of a value that is not to be shown
        breach = Breach(breach.section, breach.name, breach.path, rule.rule.what)
    return Weakness(
        rule=rule.id,
        title=rule.rule.title,
        risk=risk,
        address=address,
        path=breach.path,
        message=breach.message if declared else f"{_undeclared(seen, address, breach)} {breach.message}",
        advice=breach.advice or rule.rule.advice,
        source=_place(spec, written or breach.path[:1], placed=placed) if spec else manifest.source,
        declared=declared,
        same={str(scanner): ids for scanner, ids in rule.same.items()},
        profile=seen.profile,
    )


def _place(spec: Spec, path: Path, *, placed: bool) -> Position:
    return spec.position(_indexed(spec.declared, path)) if placed else spec.source


def _written(spec: Spec | None, seen: Seen, address: Address, path: Path) -> Path | None:
    """Return where a manifest writes what is at a path of an object; None for an item of others in a list."""
    if spec is None:
        return path
    tree = seen.state.one(address.section, address.name)
    return written_at(KINDS[address.section].model, spec.declared, tree, path)


def _is_from_env(spec: Spec, path: Path) -> bool:
    return any(path[: len(known)] == known or known[: len(path)] == path for known in spec.from_env)


def _indexed(tree: Any, path: Path) -> Path:
    """Return a path with the position in place of the name of an item, as places of a manifest are noted."""
    found: list[str | int] = []
    for step in path:
        at_item = [i for i, item in enumerate(tree) if _is_called(item, step)] if isinstance(tree, list) else []
        found.append(at_item[0] if at_item else step)
        tree = inner(tree, found[-1])
    return tuple(found)


def _is_called(item: object, name: str | int) -> bool:
    return isinstance(item, dict) and isinstance(name, str) and name in item.values()


def _declares(tree: Any, path: Path) -> bool:
    """Return whether an object declares a member; a list declares all its items."""
    if tree is None:
        return False
    for step in path:
        if not isinstance(tree, dict):
            return True
        if step not in tree:
            return False
        tree = tree[step]
    return True


def _undeclared(seen: Seen, address: Address, breach: Breach) -> str:
    """Return the sentence about a member that the manifest does not declare."""
    name = dotted(breach.path) or str(address)
    if not seen.fresh:
        return f"{name} is not declared; this is about its live value."
    default = at(seen.one(breach.section, breach.name), breach.path)
    if not breach.path or default in (None, [], {}, ""):
        return f"{name} is not declared, and not set by default."
    shown = default if isinstance(default, str) else flow(default)
    return f"{name} is not declared; Cognito's default is {shown}."


# --- waivers -------------------------------------------------------------------------------------------------------


def _with_waivers(linted: Linted, today: str, sure: frozenset[str]) -> Linted:
    """Take out what waivers accept, and name those that have expired or match nothing.

    Args:
        linted: All that was found.
        today: The date; empty takes none for expired.
        sure: The rules of which it is known that they find nothing else.
    """
    waivers = linted.manifest.waivers
    valid = {id(w) for w in in_force(waivers, today)}
    of, about = linted.manifest.part_of, waivers_about(waivers)
    accepting = {
        one.key: [w for w in about(one) if _accepts(w, of(one.address, one.path))] for one in linted.weaknesses
    }
    met = {id(w) for found in accepting.values() for w in found}
    accepted = {key: next((w for w in found if id(w) in valid), None) for key, found in accepting.items()}
    return replace(
        linted,
        weaknesses=tuple(one for one in linted.weaknesses if accepted[one.key] is None),
        waived=tuple(_waived(linted.weaknesses, accepted)),
        expired=tuple(w for w in waivers if id(w) in met and id(w) not in valid),
        unused=tuple(w for w in waivers if id(w) not in met and w.rule in sure),
    )


def _waived(every: Iterable[Weakness], accepted: Mapping[Key, Waiver | None]) -> Iterator[Weakness]:
    for one in every:
        waiver = accepted[one.key]
        if waiver:
            yield replace(one, reason=waiver.reason)


def waivers_about(waivers: Iterable[Waiver]) -> Callable[[Weakness], list[Waiver]]:
    """Return what finds the waivers about a weakness, in their order, by its rule and its place."""
    place = {id(w): i for i, w in enumerate(waivers)}
    of_rule = grouped(waivers, lambda w: w.rule)
    anywhere = {rule: [w for w in same if not w.path] for rule, same in of_rule.items()}
    somewhere = {rule: IgnoreRules(w for w in same if w.path) for rule, same in of_rule.items()}

    def find(one: Weakness) -> list[Waiver]:
        if one.rule not in of_rule:
            return []
        return sorted(
            (*anywhere[one.rule], *somewhere[one.rule].about(one.address, one.path)), key=lambda w: place[id(w)]
        )

    return find


def _accepts(waiver: Waiver, part: str) -> bool:
    """Return whether a waiver may accept a weakness of a part: one of its own part, or of what no part declares."""
    return part in ("", waiver.part)

"""`--target`: the part of a plan that is about some objects, and what they cannot be made without.

Another object is brought in only if a targeted one could not be made alone: it is inside of it or names something of it
that does not exist yet, the other holds its place, or a rule of Cognito refuses the state in between. Everything else
is set aside. Each object that is brought in is named in a notice, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from reconciler.errors import InvalidInput
from reconciler.kinds import KINDS, judge
from reconciler.kinds.kind import Violation
from reconciler.manifests.manifest import Manifest
from reconciler.model import OUTPUTS, Action, Address, Notice, Path, Plan, ResourceChange
from reconciler.observing.observer import LiveState
from reconciler.planning.dependencies import edges
from reconciler.planning.states import current_state, planned_state
from reconciler.terminal.suggestions import suggest
from schemas.records import replace

VERBS = {Action.CREATE: "created", Action.UPDATE: "changed", Action.DELETE: "deleted", Action.REPLACE: "replaced"}


def select(
    found: Plan, targets: Iterable[str], live_state: LiveState, referred: Mapping[str, str] = MappingProxyType({})
) -> Plan:
    """Return a plan with the targeted changes and those that they cannot be made without; the rest is set aside.

    Args:
        found: The whole plan.
        targets: Addresses as the operator writes them; none keeps all.
        live_state: What is live, for the rules.
        referred: Addresses that targeted objects of other documents refer to, with the reason.
    """
    wanted = set(targets)
    if not wanted:
        return found
    named = {i for i, c in enumerate(found.changes) if str(c.address) in wanted}
    lent = {
        i: referred[str(c.address)]
        for i, c in enumerate(found.changes)
        if str(c.address) in referred and c.action in (Action.CREATE, Action.REPLACE)
    }
    selection = _Selection(found, live_state, {**lent, **dict.fromkeys(named, "")})
    selection.complete()
    kept = selection.kept
    addresses = {found.changes[i].address for i in kept}
    brought = [found.changes[i] for i in sorted(kept) if kept[i] and found.changes[i].action is not Action.NONE]
    reasons = {found.changes[i].address: why for i, why in kept.items()}
    aside = tuple(c for i, c in enumerate(found.changes) if i not in kept)
    left = {c.address for c in aside if c.action is Action.DELETE and not c.declared}  # nor are these deleted now
    return replace(
        found,
        unmanaged=tuple(sorted({*found.unmanaged, *left})) if left else found.unmanaged,
        changes=tuple(c for i, c in enumerate(found.changes) if i in kept),
        refusals=tuple(r for r in found.refusals if r.address in addresses or str(r.address) in wanted),
        notices=(*found.notices, *(_notice(c, reasons[c.address]) for c in brought)),
        aside=aside,
    )


def _notice(change: ResourceChange, why: str) -> Notice:
    return Notice(f"--target does not name {change.address}; it is {VERBS[change.action]} all the same: {why}.")


@dataclass
class _Selection:
    """The changes that are kept, with the reason for each that the operator did not name."""

    found: Plan
    live_state: LiveState
    kept: dict[int, str]
    _first: Mapping[int, list[tuple[int, str]]] = field(default_factory=dict)

    def complete(self) -> None:
        """Add what is needed by what is kept, until nothing is missing."""
        first: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for edge in edges(self.found.changes):
            if edge.why:
                first[edge.then].append((edge.first, edge.why))
        self._first = first
        self._close(self.kept)
        while helper := self._helper():
            self.kept[helper[0]] = helper[1]
            self._close([helper[0]])

    def _close(self, new: Iterable[int]) -> None:
        waiting = list(new)
        while waiting:
            for i, why in self._first.get(waiting.pop(), ()):
                if i not in self.kept:
                    self.kept[i] = why
                    waiting.append(i)

    def _helper(self) -> tuple[int, str] | None:
        """Return a setting whose change heals a state that Cognito would refuse, and why; None if nothing is to heal.

        Only settings of which a pool has one are tried: objects that name each other are known without trying.
        """
        if not any(self.found.changes[i].action is not Action.NONE for i in self.kept):
            return None
        target = self.found.target
        fine = {v.key for v in judge(current_state(self.live_state, target))}
        fine |= {v.key for v in judge(planned_state(self.found.changes, self.live_state, target))}
        broken = self._broken(self.kept, fine)
        settings = (
            i
            for i, c in enumerate(self.found.changes)
            if i not in self.kept and c.action is not Action.NONE and KINDS[c.address.section].single
        )
        for i in settings if broken else ():
            left = {v.key for v in self._broken([*self.kept, i], fine)}
            healed = next((v for v in broken if v.key not in left), None)
            if healed:
                who = Address(target.pool_name, healed.breach.section, healed.breach.name)
                return i, f"without it, rule {healed.rule.id} refuses {who}"
        return None

    def _broken(self, some: Iterable[int], fine: set[tuple[str, str, str, Path]]) -> list[Violation]:
        state = planned_state([self.found.changes[i] for i in sorted(some)], self.live_state, self.found.target)
        return [v for v in judge(state) if not v.rule.warning and v.key not in fine]


# --- what may be named ---------------------------------------------------------------------------------------------


def check_targets(
    manifests: Sequence[Manifest], targets: Iterable[str], option: str = "--target", *, prune: bool = False
) -> None:
    """Insist that every address on the command line can name something; AWS is not contacted.

    Args:
        manifests: All documents of the run.
        targets: The addresses.
        option: Where they are written.
        prune: Whether they may also name undeclared objects, of sections that a manifest lets be pruned.

    Raises:
        InvalidInput: One names nothing; says what is near.
    """
    targets = tuple(targets)
    if not targets:
        return  # and no document has to be at hand
    declared = sorted({str(s.address) for m in manifests for s in m.specs})
    prunable = {section for m in manifests for section in m.prune} if prune else set()
    for target in targets:
        if target not in declared and _section(target) not in prunable:
            raise _nothing(target, declared, option)


def check_found(
    manifests: Sequence[Manifest], plans: Sequence[Plan], targets: Iterable[str], option: str = "--target"
) -> None:
    """Insist that every address that no manifest declares was live.

    Raises:
        InvalidInput: One names nothing.
    """
    declared = {str(s.address) for m in manifests for s in m.specs}
    live = {str(c.address) for p in plans for c in p.changes} | {str(a) for p in plans for a in p.unmanaged}
    unread = any(p.gaps or p.refusals for p in plans)
    for target in targets:
        if not unread and target not in declared | live:
            raise _nothing(target, sorted(declared | live), option)


def _nothing(target: str, known: Sequence[str], option: str) -> InvalidInput:
    hint = suggest(target, known, f"Declared: {', '.join(known) or 'none'}.")
    if target.startswith(f"{OUTPUTS}/"):
        hint = "Outputs go with the client that they describe: name it, such as clients/web."
    return InvalidInput(f"{option} {target} matches nothing in the manifests. {hint}")


def _section(target: str) -> str:
    """Return the section of an address: `clients.terms` of `clients/web/terms/terms-of-use`."""
    outer, _, rest = target.partition("/")
    inner = rest.split("/")[1:2]
    nested = f"{outer}.{inner[0]}" if inner else ""
    return nested if nested in KINDS else outer

"""Sentences that several formats share: the header of a pool, the summary of a plan and of an apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import printable
from reconciler.model import Action, Danger, Notice, Target
from reconciler.render.tally import Outcome, counts, outcome, plural

if TYPE_CHECKING:  # `notice` is for every command
    from reconciler.render.shown import ShownApply, ShownPlan

HEADS = {
    Action.CREATE: "will be created",
    Action.UPDATE: "will be updated in place",
    Action.DELETE: "will be destroyed",
    Action.REPLACE: "must be replaced",
}
"""The planned change of an object, in words."""


class Sentence(NamedTuple):
    """One line of a summary."""

    mood: str
    """`good`, `bad` or empty."""
    lead: str
    """The highlighted words."""
    rest: str
    """The other words, with a leading blank."""

    def __str__(self) -> str:
        return self.lead + self.rest


def whole_region(target: Target) -> str:
    """Return the line that names a Region, for what concerns no single pool; empty for the target of a pool."""
    account = f" of account {target.account}" if target.account else ""
    return "" if target.pool_name else printable(f"All pools{account} in {target.region}")


def danger_words(danger: Danger) -> str:
    """Return what is said of a dangerous change in a few words."""
    return "has consequences" if danger.reversible else "cannot be undone"


def header(target: Target) -> str:
    """Return the line that names the pool, or the Region."""
    if region := whole_region(target):
        return region
    account = f"account {target.account}" if target.account else ""
    where = ", ".join(w for w in (target.pool_id or "will be created", account, target.region) if w)
    file = f" — manifest {target.manifest}" if target.manifest else ""
    return printable(f"Pool {target.pool_name} ({where}){file}")


def notice(found: Notice) -> str:
    """Return the line of a notice."""
    return printable(f"Note: {found.message}") + (f" ({found.source})" if found.source else "")


def standstill(found: Notice) -> str:
    """Return the line of a notice that comes first, because the service has paused writes."""
    return printable(f"!! {found.message}")


def plan_sums(plans: Sequence[ShownPlan]) -> Iterator[Sentence]:
    """Yield the summary of plans over all pools."""
    total = counts(plans)
    gaps = sum(len(p.gaps) for p in plans)
    if total.outputs or any(p.pending for p in plans):
        yield Sentence("", "Plan:", f" {total.sentence}")
    elif gaps:
        yield Sentence("", "", "No changes found in what could be read.")
    elif not total.refused:
        yield Sentence("good", "No changes.", " Your user pools match the manifests.")
    if gaps:
        yield Sentence("bad", "Incomplete:", f" {plural(gaps, 'object')} could not be read.")
    if total.refused:
        yield Sentence("bad", "Plan refused:", f" {plural(total.refused, 'reason')}.")


def apply_sum(applied: ShownApply) -> Sentence:
    """Return the summary of an apply."""
    result = outcome(applied)
    if not result.complete:
        return Sentence("bad", "Apply stopped:", f" {', '.join(_stopped(result))}.")
    if result.left:
        left = plural(len(result.left), "object still differs", "objects still differ")
        return Sentence("bad", "Apply did not converge:", f" {_done(result)}, but {left} after the last write.")
    if result.unproven:
        return Sentence(
            "bad", "Apply could not be verified:", f" {_done(result)}, but not everything could be read again."
        )
    if result.unwritten:
        lost = plural(len(result.unwritten), "output was not written", "outputs were not written")
        return Sentence("bad", "Apply incomplete:", f" {_done(result)}, but {lost}.")
    outputs = f" {plural(result.written, 'output')} written." if result.written else ""
    return Sentence("good", "Apply complete!", f" Resources: {_done(result)}.{outputs}")


def _done(result: Outcome) -> str:
    added = result.count("done", Action.CREATE, Action.REPLACE)
    destroyed = result.count("done", Action.DELETE, Action.REPLACE)
    return f"{added} added, {result.count('done', Action.UPDATE)} changed, {destroyed} destroyed"


def _stopped(result: Outcome) -> Iterator[str]:
    added = result.count("done", Action.CREATE, Action.REPLACE)
    destroyed = result.count("done", Action.DELETE, Action.REPLACE)
    counted = [f"{n} {word}" for n, word in ((added, "added"), (destroyed, "destroyed")) if n]
    yield from counted[:1]
    yield f"{result.count('done', Action.UPDATE)} changed"
    yield from counted[1:]
    yield f"{result.count('failed')} failed"
    yield f"{result.count('not_started')} not started"

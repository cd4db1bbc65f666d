"""Sentences that several formats share: the header of a pool, the summary of a plan and of an apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reconciler.errors import printable
from reconciler.model import Action, Danger, Direction, Notice, Target
from reconciler.render.tally import NOTHING, Outcome, counts, outcome, plural
from schemas.tuples import NamedTuple

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


def declared_in(target: Target) -> str:
    """Return what declares a pool: its manifest, or its parts with their files."""
    if not target.parts:
        return f"manifest {target.manifest}"
    words = ", ".join(f"{part.name} ({part.manifest})" for part in target.parts)
    return f"part{'s' if len(target.parts) > 1 else ''} {words}"


def of_parts(parts: Sequence[str]) -> str:
    """Return the parts that declare an object, in parentheses with a leading blank; nothing without parts."""
    return printable(f" (part{'s' if len(parts) > 1 else ''} {', '.join(parts)})") if parts else ""


def header(target: Target) -> str:
    """Return the line that names the pool, or the Region."""
    if region := whole_region(target):
        return region
    account = f"account {target.account}" if target.account else ""
    where = ", ".join(w for w in (target.pool_id or "will be created", account, target.region) if w)
    file = f" — {declared_in(target)}" if target.manifest else ""
    return printable(f"Pool {target.pool_name} ({where}){file}")


def notice(found: Notice) -> str:
    """Return the line of a notice."""
    return printable(f"Note: {found.message}") + (f" ({found.source})" if found.source else "")


def folded(notices: Sequence[Notice], command: str) -> str:
    """Return the line in place of notes that every run repeats: `3 notes (poolctl plan --notes shows them)`.

    Args:
        notices: The notes that are left out; none gives no line.
        command: The command that shows them.
    """
    if not notices:
        return ""
    return f"{plural(len(notices), 'note')} (poolctl {command} --notes shows {'it' if len(notices) == 1 else 'them'})"


def standstill(found: Notice) -> str:
    """Return the line of a notice that comes first, because the service has paused writes."""
    return printable(f"!! {found.message}")


class PlanSums:
    """The summary of plans over all pools, which are added one at a time."""

    def __init__(self) -> None:
        self._total = NOTHING
        self._gaps = 0
        self._is_due = False
        self._unguarded: list[Direction] = []
        self._alarms: list[Direction] = []

    def add(self, plan: ShownPlan) -> None:
        """Add a plan."""
        from reconciler.render import alarms  # it takes words from here

        self._total = self._total.plus(counts([plan]))
        self._gaps += len(plan.gaps)
        self._is_due = self._is_due or bool(plan.pending)
        self._unguarded += alarms.unguarded(plan.undeclared).directions
        self._alarms += [alarm.effect.direction for alarm in alarms.of_plans([plan])]

    def sentences(self) -> Iterator[Sentence]:
        """Yield the summary."""
        from reconciler.render import alarms

        total, weak = self._total, alarms.counted(self._unguarded)
        if total.outputs or self._is_due:
            yield Sentence("", "Plan:", f" {total.sentence}{also(alarms.counted(self._alarms))}")
        elif self._gaps:
            yield Sentence("", "", "No changes found in what could be read.")
        elif weak and not total.refused:
            yield Sentence("", "No changes.", f" Your user pools match the manifests. Undeclared members: {weak}.")
        elif not total.refused:
            yield Sentence("good", "No changes.", " Your user pools match the manifests.")
        if self._gaps:
            yield Sentence("bad", "Incomplete:", f" {plural(self._gaps, 'object')} could not be read.")
        if total.refused:
            yield Sentence("bad", "Plan refused:", f" {plural(total.refused, 'reason')}.")


def also(tally: str) -> str:
    """Return what weakens as a sentence after another one: ` 2 weaken, 1 may weaken.`; empty if nothing does."""
    return f" {tally}." if tally else ""


def apply_sum(applied: ShownApply) -> Sentence:
    """Return the summary of an apply, with how much of what was written weakens."""
    from reconciler.render import alarms  # it takes words from here

    result = outcome(applied)
    found = _applied(result)
    done = (alarm for r in result.results if r.status == "done" for alarm in alarms.of_change(r.change))
    return found._replace(rest=f"{found.rest}{also(alarms.tally(done))}")


def _applied(result: Outcome) -> Sentence:
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

"""Steps that several commands share: load, plan every manifest, evaluate the plans.

A command is a short list of these steps, so all commands decide alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, Defect, ExitCode, Incomplete, Refused, expected_errors, printable, worst
from reconciler.model import Gap, Notice, Plan, Target
from reconciler.render.tally import plural
from reconciler.runs.pulse import Pulse
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.side_by_side import in_order

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.loading import Kept
    from reconciler.manifests.manifest import Manifest
    from reconciler.runs.planfile import Saved

T = TypeVar("T")

POOLS_AT_ONCE = 4
"""Manifests that are read concurrently; the calls of each are concurrent too."""

UNWRITTEN = "nothing was written"
"""What a run that ends before its first write says of what was written."""


def _say(console: Console, notices: Iterable[Notice], *, whole: bool) -> None:
    """Print notices about manifests; those that every run repeats as one line, unless `whole`."""
    found = list(notices)
    for notice in (n for n in found if whole or not n.lasting):
        text = f"Warning: {notice.source}: {notice.message}" if notice.source else notice.message
        console.progress(printable(text))
    repeated = 0 if whole else sum(n.lasting for n in found)
    if repeated:
        shows = f"poolctl validate shows {'it' if repeated == 1 else 'them'}"
        console.progress(f"{plural(repeated, 'warning')} about the manifests ({shows})")


FEW = 40
"""So many documents are kept as they are: to pack one saves a third of a mebibyte, and takes a millisecond."""


def stowing() -> Kept:
    """Return a function that stows documents as they are read, but for the first ones: most runs have few."""
    seen = 0

    def kept(manifests: Sequence[Manifest], _sound: bool) -> Sequence[Manifest]:
        nonlocal seen
        for manifest in manifests[max(0, FEW - seen) :]:
            manifest.stow()
        seen += len(manifests)
        return manifests

    return kept


def load(runtime: Runtime, console: Console) -> Sequence[Manifest]:
    """Read the manifests that the command line names, and print their notices.

    Raises:
        InvalidManifest: They are invalid.
    """
    from reconciler.manifests.links import ordered
    from reconciler.manifests.sharding import part

    loaded = runtime.load(console.read, stowing())
    _say(console, loaded.notices, whole=runtime.options.notes)
    manifests = ordered(loaded.manifests)
    runtime.documents = tuple(manifests)
    if runtime.options.shard:
        manifests = part(manifests, runtime.options.shard)
        console.progress(f"This shard has {len(manifests)} of {len(loaded.manifests)} documents.")
    if runtime.options.local:
        runtime.make_up_secrets(manifests)
    found = runtime.known.about(manifests)
    if len(manifests) > FEW:
        for manifest in manifests:
            manifest.rest()  # links may have asked for it
    return found


def plan_all(runtime: Runtime, console: Console, manifests: Sequence[Manifest]) -> list[Plan]:
    """Plan every manifest. One at which something unexpected happens is a plan with a gap; the others are planned.

    Raises:
        PoolctlError: One of them could not be planned.
    """
    from reconciler.planning.targeting import check_found

    plans = plan_each(runtime, console, manifests, lambda _, plan: plan)
    check_found(manifests, plans, runtime.options.targets)
    return plans


def plan_each(
    runtime: Runtime, console: Console, manifests: Sequence[Manifest], keep: Callable[[Manifest, Plan], T]
) -> list[T]:
    """Plan every manifest as `plan_all` does, and return what is kept of each plan: the rest need not be in memory.

    Args:
        runtime: The run.
        console: Shows the document that is being planned.
        manifests: In the order in which they may refer to each other.
        keep: Called with each document and its plan, as soon as that is there; on several threads.

    Raises:
        PoolctlError: One of them could not be planned.
    """
    from reconciler.planning.targeting import check_targets

    options = runtime.options
    check_targets(manifests, options.targets, prune=options.prune)
    check_targets(manifests, options.replaceable, "--allow-replace")
    reader = runtime.readers()

    def one(manifest: Manifest) -> Plan:
        try:
            with expected_errors():
                return plan_one(runtime, manifest, reader(manifest))
        except Defect as defect:
            target, gap = broken(manifest, defect)
            runtime.known.lose(manifest, (gap,))
            return Plan(target, (), gaps=(gap,))

    return each(runtime, manifests, console, lambda manifest: keep(manifest, one(manifest)))


def broken(manifest: Manifest, defect: Defect) -> tuple[Target, Gap]:
    """Return the place of a document at which something unexpected happened, and its gap: nothing is known of it."""
    return manifest.target, Gap(manifest.root, "poolctl", str(defect))


def each(runtime: Runtime, manifests: Sequence[Manifest], console: Console, work: Callable[[Manifest], T]) -> list[T]:
    """Run a reading step for every document, several at a time, and return the results in the order of the documents.

    A document that refers to others waits for them; the rest start at once.

    Args:
        runtime: The run.
        manifests: In the order in which they may refer to each other.
        console: Shows the document that is being read.
        work: The step; an exception ends the run.
    """
    from reconciler.manifests.links import before_each

    pulse = Pulse(runtime, console, "Reading", len(manifests), "pool")

    def one(manifest: Manifest) -> T:
        if not pulse.is_shown:
            console.status(f"Reading {manifest.name}…")
        found = work(manifest)
        pulse.add()
        return found

    before = [numbers for _, numbers in sorted(before_each(manifests).items())]
    results = in_order(one, manifests, before, at_once=POOLS_AT_ONCE, look=pulse.look)
    console.status("")
    return results


def plan_one(runtime: Runtime, manifest: Manifest, cloud: Cloud | None = None) -> Plan:
    """Plan one manifest, and record the identifiers that others may refer to.

    Args:
        runtime: The run.
        manifest: The document.
        cloud: Account and Region to read; None creates a reader that shares no answers with other documents.

    Raises:
        PoolctlError: It could not be planned.
    """
    from reconciler.planning.pipeline import planned

    options, known = runtime.options, runtime.known
    choices = replace(runtime.plan_options, referred=known.asked_of(manifest, options.targets))
    try:
        found = planned(
            manifest,
            cloud or runtime.reader(manifest),
            choices,
            parallelism=options.parallelism,
            known=known.seen_from(manifest),
            lost=known.lost_from(manifest),
            pools=runtime.pools,
        )
    except CloudError as error:
        raise error.located(f"{manifest.source} (pool {manifest.name})", options.command) from None
    known.learn(manifest, found)
    return found


def plan_exit(plans: Sequence[Plan], *, detailed: bool) -> ExitCode:
    """Return the exit code of a plan.

    Args:
        plans: All plans of the run.
        detailed: Whether changes and outputs to write count.
    """
    return worst(_exit(plan, detailed=detailed) for plan in plans)


def _exit(plan: Plan, *, detailed: bool) -> ExitCode:
    if plan.refusals:
        return ExitCode.REFUSED
    if plan.gaps:
        return ExitCode.INCOMPLETE  # what would change may not be all
    return ExitCode.CHANGES if detailed and (plan.pending or plan.writes) else ExitCode.OK


def require_reviewed(options: Options, plans: Sequence[Plan], reviewed: Saved | None) -> None:
    """Require that these are the plans that were reviewed.

    Args:
        options: The command line; its `expect` counts where there is no plan file.
        plans: Today's plans.
        reviewed: The plan file, if one was given.

    Raises:
        Stale: They differ.
    """
    from reconciler.planning.lowering import lower_all
    from reconciler.render import redact
    from reconciler.runs.plan_digest import origins_of
    from reconciler.runs.planfile import require_same_plan

    shown = [one for plan in plans for one in redact.plans([plan], lower_all(plan))]
    require_same_plan(options, reviewed, shown, map(origins_of, plans))


def require_motion(options: Options, plans: Sequence[Plan], written: str = UNWRITTEN) -> None:
    """Require that the service has not paused the writes of a pool that is to be changed.

    Args:
        options: The command line; `--during-recovery` lifts this.
        plans: All plans of the run.
        written: What the message says of what was written.

    Raises:
        Refused: It has; nothing is written to any pool.
    """
    if options.during_recovery:
        return
    halted = [(p.target, p.standstill.message) for p in plans if p.pending and p.standstill]
    if halted:
        lines = [f"{target.manifest} (pool {target.pool_name}): {message}" for target, message in halted]
        advice = "Apply again when it is over, or pass --during-recovery to write all the same."
        raise Refused("\n".join([f"Writes are paused; {written}.", *lines, advice]))


def require_applicable(plans: Sequence[Plan], written: str = UNWRITTEN) -> None:
    """Require that the plans may be applied.

    Args:
        plans: All plans of the run.
        written: What the message says of what was written.

    Raises:
        Refused: A rule refuses one of the plans; nothing is written to any pool.
        Incomplete: Part could not be read.
    """
    refusals = [r for plan in plans for r in plan.refusals]
    if refusals:
        lines = [f"{r.source or r.address.full} {r.address}: {r.rule}: {r.message} {r.advice}" for r in refusals]
        raise Refused("\n".join([f"The plan is refused; {written}.", *map(printable, lines)]))
    if any(plan.gaps for plan in plans):
        from reconciler.render.unread import unread

        lines = [f"{printable(p.target.manifest)}: {unread(g, full=True)}" for p in plans for g in p.gaps]
        raise Incomplete("\n".join([f"Part could not be read; {written}.", *lines]))

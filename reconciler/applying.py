"""From plans to writes: asks for consent, runs the applier over every plan and reports as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.applier import apply
from reconciler.console import Console
from reconciler.errors import Stale, worst
from reconciler.model import Event, Failed, Plan, Sent, Skipped, Verified
from reconciler.options import Options
from reconciler.render.progress import Progress
from reconciler.runtime import Runtime
from reconciler.signals import Graceful, Stop
from reconciler.stages import must_be_applicable, plan_one

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.desired import Manifest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an apply."""

    plans: tuple[Plan, ...]
    """What was to be done."""
    events: tuple[Event, ...]
    """What was done, in order."""
    exit_code: int
    """What the process ends with."""


def agreed(plans: Sequence[Plan], options: Options, console: Console) -> bool:
    """Ask whether to go on, naming pools and accounts; nothing to do needs no consent.

    Raises:
        InvalidInput: There is nobody to ask.
    """
    busy = [p for p in plans if p.pending]
    if options.yes or not busy:
        return True
    pools = "\n".join(f"  {p.target.pool_name} (account {p.target.account}, {p.target.region})" for p in busy)
    question = f"Apply these changes to\n{pools}\nOnly 'yes' will be accepted to approve.\n\nEnter a value: "
    if console.ask(question) == "yes":
        return True
    console.err("Apply cancelled; nothing was written.")
    return False


def carry_out(runtime: Runtime, console: Console, manifests: Sequence[Manifest], plans: Sequence[Plan]) -> Outcome:
    """Apply every plan, one pool after the other, and stop at the first that fails.

    A pool whose turn did not come is reported as not started.
    """
    events: list[Event] = []
    codes: list[int] = []
    done = list(plans)
    with Graceful(console.err) as stop:
        for i, (manifest, plan) in enumerate(zip(manifests, plans, strict=True)):
            if stop.requested or any(codes):
                events += [Skipped(c, "an earlier pool failed") for c in plan.pending]
                continue
            if manifest.needs and plan.pending:
                done[i] = _planned_again(runtime, manifest, plan)
            mine = _one(runtime, console, manifest, done[i], stop)
            events += mine
            codes.append(_code(mine))
    return Outcome(tuple(done), tuple(events), stop.exit_code or _exit(codes, events))


def _exit(codes: Sequence[int], events: Sequence[Event]) -> int:
    """Return the exit code of the run: a failure after a write to any pool leaves it half done."""
    code = worst(codes)
    return 6 if code and any(isinstance(e, Sent) for e in events) else code


def _one(runtime: Runtime, console: Console, manifest: Manifest, plan: Plan, stop: Stop) -> list[Event]:
    if not plan.pending:
        return []
    events = []
    cloud, progress = runtime.cloud(manifest), Progress(pools=True)
    for event in apply(
        plan, cloud, lambda: plan_one(runtime, manifest), clock=runtime.clock, sleep=runtime.sleep, stop=stop
    ):
        line = progress.line(event)
        if line:
            console.progress(line)
        events.append(event)
    return events


def _planned_again(runtime: Runtime, manifest: Manifest, before: Plan) -> Plan:
    """Plan a document anew whose references are known only now that the documents before it were applied.

    Raises:
        Refused: What came out cannot be applied.
        Stale: It would do something else than what was shown.
    """
    found = plan_one(runtime, manifest)
    must_be_applicable([found])
    shown, now = ([(c.type, c.action) for c in p.pending] for p in (before, found))
    if shown != now:
        raise Stale(f"{manifest.file}: the plan of {manifest.name} is not what was shown. Run plan again.")
    return found


def _code(events: Sequence[Event]) -> int:
    """Return the exit code of one pool's events (design 4)."""
    written = any(isinstance(e, Sent) for e in events)
    failed = [e for e in events if isinstance(e, Failed)]
    if failed:
        if written:
            return 6
        return 5 if any(e.stale for e in failed) else 1
    left = [e for e in events if isinstance(e, Verified) and e.left]
    return 6 if left else 0

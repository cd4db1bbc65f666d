"""`plan`: shows what apply would do. It runs on a cloud that cannot write."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reconciler.commands import add_choices, add_gates, add_notes, add_shard, add_states, deliver
from reconciler.errors import worst
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.options import STDOUT, Options, add_outputs, duration
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from reconciler.manifests.manifest import Manifest
    from reconciler.model import Plan, Tree
    from reconciler.runs.kept_plans import KeptPlan, KeptPlans
    from reconciler.runs.other_owners import States
    from reconciler.runs.runtime import Runtime
    from reconciler.security.gates import Verdict

HELP = """\
Show what apply would change. Nothing is written: the connection refuses every write.

  poolctl plan pools/
  poolctl plan --detailed-exitcode -o human -o json=plan.json pools/customers.yaml
  poolctl plan --fail-on weakens,irreversible pools/    exit with 4 if something weakens security
  poolctl plan --out plan.poolctl.json pools/    save it for review, then apply exactly this plan
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "exit with 2 when there are changes and with 0 when there are none"
    parser.add_argument("--detailed-exitcode", action="store_true", default=None, help=text)
    text = "save the plan, without secrets, to review it and pass it to apply"
    parser.add_argument("--out", metavar="FILE", default=None, help=text)
    text = "how long a saved plan can be applied, in minutes, hours or days: 30m, 24h, 7d (24h)"
    parser.add_argument("--expires", metavar="TIME", type=duration("--expires"), default=None, help=text)
    text = "show the file and line that each value comes from (human)"
    parser.add_argument("--show-origin", action="store_true", default=None, help=text)
    add_shard(parser)
    add_choices(parser)
    add_gates(parser)
    add_notes(parser)
    add_states(parser)
    add_outputs(parser, formats.names("plan"))


def run(options: Options, console: Console) -> int:
    """Plan, and print the result.

    Raises:
        InvalidInput: `--expires` was given without `--out`.
    """
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import gating, other_owners, stages
    from reconciler.runs.kept_plans import SharedDigest
    from reconciler.runs.runtime import running

    if options.expires is not None and not options.out:
        raise invalid("--expires needs --out FILE: only a saved plan expires.")
    states = other_owners.read(options.terraform_states)
    with running(options, console.environ) as runtime:
        plans = _planned(runtime, console, stages.load(runtime, console), states)
        cases = (case for one in plans.kept for case in one.cases)
        gate = gating.of_cases(cases, options, runtime.today, len(plans))
    saved = _saving(plans, options)
    shared = SharedDigest(plans, options)
    style = RenderOptions(
        width=console.width,
        notes=options.notes,
        origins=options.show_origin,
        locate=formats.repository(console.environ),
        max_bytes=options.max_bytes,
        digest=(lambda: str(saved()["digest"])) if options.out else shared,
        learn=shared.learn,
        gate=gate,
    )
    deliver(options, console, formats.plan(plans, style))
    if options.out:
        _save(options, console, saved, _unfit(plans, gate))
    code = worst(one.code for one in plans.kept)
    return worst([code, gating.reported(console, gate)])


def _planned(runtime: Runtime, console: Console, manifests: Sequence[Manifest], states: States) -> KeptPlans:
    """Return the plans of all documents as they are shown. Outputs look at other pools, so they need all plans."""
    from reconciler.runs import other_owners, stages
    from reconciler.runs.kept_plans import KeptPlans, PlanKeeper

    keeper = PlanKeeper(runtime.options)
    if runtime.options.targets or any(m.outputs for m in manifests):
        from reconciler.runs import outputs_planned  # 50 ms, and few manifests have outputs

        plans = other_owners.warned(stages.plan_all(runtime, console, manifests), states)
        plans = outputs_planned.planned(runtime, console, manifests, plans)
        return KeptPlans([keeper.keep(plan) for plan in plans], keeper.spool)

    def keep(manifest: Manifest, plan: Plan) -> KeptPlan:
        return keeper.keep_alone(manifest, other_owners.warned([plan], states)[0])

    return KeptPlans(stages.plan_each(runtime, console, manifests, keep), keeper.spool)


def _saving(plans: KeptPlans, options: Options) -> Callable[[], Tree]:
    """Return what makes the content of the plan file, once: for its digest in each format, and for the file."""

    @cache
    def made() -> Tree:
        from datetime import UTC, datetime

        from reconciler.runs import planfile

        return planfile.document(plans, [one.origins for one in plans.kept], options, datetime.now(UTC))

    return made


def _unfit(plans: KeptPlans, gate: Verdict) -> str:
    """Return why a plan cannot be applied; empty if it can."""
    if gate.stopped:
        return "is stopped"
    return "" if all(one.applicable for one in plans.kept) else "has refusals or gaps"


def _save(options: Options, console: Console, saved: Callable[[], Tree], unfit: str) -> None:
    """Save the plan, unless it cannot be applied."""
    from reconciler.runs import planfile

    if unfit:
        console.err(f"The plan {unfit} and cannot be applied, so it was not saved to {options.out}.")
        return
    save(options.out, planfile.dumps(saved()))
    said = f"Saved the plan to {options.out}. Apply it with: poolctl apply {options.out}"
    if ("human", STDOUT) in options.outputs:
        console.out(said)
    else:
        console.progress(said)

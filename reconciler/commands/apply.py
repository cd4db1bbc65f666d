"""`apply`: makes it so. Plans, asks, writes, and proves that nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_choices, deliver
from reconciler.console import Console
from reconciler.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Make the pools what the manifests say. Plans first and asks for 'yes', naming pool and account; --yes goes on without
asking. After the last write everything is planned again, to prove that nothing is left.

  poolctl apply pools/
  poolctl apply --yes --target clients/web pools/customers.yaml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--yes", action="store_true", default=None, help="go on without asking")
    add_choices(parser)
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Plan, ask, write and verify."""
    from reconciler import applying, stages
    from reconciler.render import human, machine
    from reconciler.runtime import running

    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        plans = stages.plan_all(runtime, console, manifests)
        if ("human", "") in options.outputs:
            console.out(human.plan(plans, color=console.color, width=console.width))
        stages.must_be_applicable(plans)
        if not applying.agreed(plans, options, console):
            return 0
        outcome = applying.carry_out(runtime, console, manifests, plans)
    deliver(
        options,
        console,
        {
            "human": lambda color: human.apply_summary(outcome, color=color),
            "json": lambda _: machine.apply(outcome),
        },
    )
    return outcome.exit_code

"""`plan`: shows what apply would do. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_choices, deliver
from reconciler.console import Console
from reconciler.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Show what apply would change. Nothing is written: the command works on a connection that refuses every write.

  poolctl plan pools/
  poolctl plan --detailed-exitcode -o human -o json=plan.json pools/customers.yaml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "end with 2 when there are changes and with 0 when there are none"
    parser.add_argument("--detailed-exitcode", action="store_true", default=None, help=text)
    add_choices(parser)
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Plan, and show what was found."""
    from reconciler import stages
    from reconciler.render import human, machine
    from reconciler.runtime import running

    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        plans = stages.plan_all(runtime, console, manifests)
    calls = stages.calls(plans)
    deliver(
        options,
        console,
        {
            "human": lambda color: human.plan(plans, color=color, width=console.width),
            "json": lambda _: machine.plan(plans, calls=calls),
        },
    )
    return stages.plan_exit(plans, detailed=options.detailed_exitcode)

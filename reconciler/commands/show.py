"""`show`: what a saved plan would do, as plan showed it. AWS is not contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Show a plan that `plan --out FILE` saved, with its digest and expiry. AWS is not contacted, and an expired plan can
still be shown. A file that was changed after it was written is refused.

  poolctl show plan.poolctl.json
  poolctl show -o json plan.poolctl.json    what `plan -o json` wrote
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("plan_file", metavar="FILE", help="plan file")
    add_outputs(parser, formats.NAMES)


def run(options: Options, console: Console) -> int:
    """Read it, and show it.

    Raises:
        InvalidInput: It is no plan file, or not a sound one.
    """
    from reconciler.render import human
    from reconciler.runs import planfile

    saved = planfile.load(options.plan_file)
    plans = planfile.plans(saved)

    def text(color: bool) -> str:
        return human.plan(plans, color=color, width=console.width) + f"\n{planfile.caption(saved)}"

    renderers = formats.plan(
        plans,
        digest=lambda: saved.digest,
        locate=formats.repository(console.environ),
        limit=options.max_bytes,
    )
    as_saved = {"human": text, "json": lambda _: planfile.dumps(saved.tree["plan"])}
    deliver(options, console, {**renderers, **as_saved})
    return ExitCode.OK

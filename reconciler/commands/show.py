"""`show`: prints a saved plan. AWS is not contacted."""

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
    add_outputs(parser, formats.names("plan"))


def run(options: Options, console: Console) -> int:
    """Read the plan file and print it.

    Raises:
        InvalidInput: The file is not a valid plan file.
    """
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import planfile

    saved = planfile.load(options.plan_file)
    style = RenderOptions(
        width=console.width,
        locate=formats.repository(console.environ),
        max_bytes=options.max_bytes,
        digest=lambda: saved.digest,
    )
    renderers = formats.plan(planfile.plans(saved), style)
    as_saved = {
        "human": lambda color: renderers["human"](color) + f"\n{planfile.caption(saved)}",
        "json": lambda _: planfile.dumps(saved.tree["plan"]),
    }
    deliver(options, console, {**renderers, **as_saved})
    return ExitCode.OK

"""`drift`: tells what is live and not in the manifests. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.console import Console
from reconciler.options import Options, add_outputs
from reconciler.render import formats

if TYPE_CHECKING:
    import argparse

HELP = """\
Tell what is live and not in the manifests: declared members that differ, declared objects that are gone, objects that
nobody declared, and members that nobody declared. Nothing is written. Ends with 2 when there is drift, and with 7 when
there is none in what could be read.

  poolctl drift pools/
  poolctl drift --attribute -o human -o json=report.json pools/
  poolctl drift --only-new report.json pools/
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--strict", action="store_true", default=None, help="let members that nobody declared count")
    text = "end with 0 when there is drift; gaps and refusals still have their codes"
    parser.add_argument("--exit-zero", action="store_true", default=None, help=text)
    text = "leave out the findings of an earlier report, written by -o json"
    parser.add_argument("--only-new", metavar="REPORT.json", default=None, help=text)
    text = "leave out the findings of a report that was accepted"
    parser.add_argument("--baseline", metavar="FILE", default=None, help=text)
    text = "ask CloudTrail who made each change (2 requests a second, 90 days)"
    parser.add_argument("--attribute", action="store_true", default=None, help=text)
    add_outputs(parser, formats.NAMES)


def run(options: Options, console: Console) -> int:
    """Compare, and show what was found."""
    from reconciler import drifting, stages
    from reconciler.runtime import running

    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        drifts = drifting.drift_all(runtime, console, manifests)
    renderers = formats.drift(drifts, width=console.width, locate=formats.repository(console.environ))
    deliver(options, console, renderers)
    return drifting.exit_code(drifts, zero=options.exit_zero)

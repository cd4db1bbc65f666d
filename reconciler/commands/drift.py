"""`drift`: tells what is live and not in the manifests. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_shard, deliver
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Tell what is live and not in the manifests: declared members that differ, declared objects that are gone, objects that
nobody declared, and members that nobody declared. Nothing is written. Ends with 2 when there is drift, and with 7 when
there is none in what could be read.

  poolctl drift pools/
  poolctl drift --attribute -o human -o json=report.json pools/
  poolctl drift --only-new report.json pools/
  poolctl drift --remember report.json --notify slack=env:SLACK_URL pools/    as a scheduled run
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    from reconciler.notify import usage

    parser.add_argument("--strict", action="store_true", default=None, help="let members that nobody declared count")
    text = "end with 0 when there is drift; gaps and refusals still have their codes"
    parser.add_argument("--exit-zero", action="store_true", default=None, help=text)
    text = "leave out the findings of an earlier report, written by -o json"
    parser.add_argument("--only-new", metavar="REPORT.json", default=None, help=text)
    text = "leave out the findings of a report that was accepted"
    parser.add_argument("--baseline", metavar="FILE", default=None, help=text)
    text = "leave out what the report kept there tells, and keep the new one: a file or s3://BUCKET/KEY"
    parser.add_argument("--remember", metavar="WHERE", default=None, help=text)
    parser.add_argument("--notify", action="append", metavar="CHANNEL=WHERE", default=None, help=usage())
    text = "ask CloudTrail who made each change (2 requests a second, 90 days)"
    parser.add_argument("--attribute", action="store_true", default=None, help=text)
    add_shard(parser)
    add_outputs(parser, formats.WATCHING)


def run(options: Options, console: Console) -> int:
    """Compare, tell who wants to know, and show what was found.

    Raises:
        PoolctlError: It could not be done. What was told and not remembered is told again by the next run.
    """
    from reconciler.runs import drift_run, stages
    from reconciler.runs.runtime import running

    channels = drift_run.check(options)
    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        before = drift_run.earlier(runtime)
        receivers = drift_run.receivers(runtime, channels)
        drifts = drift_run.drift_all(runtime, console, manifests, before)
        lost = drift_run.notify_receivers(runtime, console, drifts, receivers, before)
        code = drift_run.exit_code(drifts, zero=options.exit_zero, undelivered=bool(lost))
        renderers = formats.drift(
            drifts,
            run_stats=drift_run.run_stats(runtime, code),
            undelivered=lost,
            width=console.width,
            locate=formats.repository(console.environ),
            limit=options.max_bytes,
        )
        deliver(options, console, renderers)
        drift_run.remember(runtime, renderers["json"](False))
    return code

"""`drift`: reports live settings that differ from the manifests. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_gates, add_notes, add_shard, add_states, deliver
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs, whole

if TYPE_CHECKING:
    import argparse

HELP = """\
Report live settings that differ from the manifests: declared members that differ, declared objects that are missing,
and undeclared objects and members. Nothing is written. Exits with 2 when there is drift, and with 7 when there is none
but not everything could be read.

  poolctl drift pools/
  poolctl drift --attribute -o human -o json=report.json pools/
  poolctl drift --pools --ignore-pool 'amplify-*' pools/
  poolctl drift --exit-zero --fail-on weakens pools/
  poolctl drift --only-new report.json pools/
  poolctl drift --remember report.json --notify slack=env:SLACK_URL pools/    as a scheduled run
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    from reconciler.notify import usage

    parser.add_argument("--strict", action="store_true", default=None, help="count undeclared members as drift")
    text = "also report pools that no manifest declares, in every Region of the run"
    parser.add_argument("--pools", action="store_true", default=None, help=text)
    text = "with --pools: omit pools whose name or id matches, such as amplify-*; may be repeated"
    parser.add_argument("--ignore-pool", dest="ignore_pools", action="append", metavar="GLOB", default=None, help=text)
    text = "count a client secret that is older as drift, of every client without a limit of its own, declared or not"
    days = whole("--max-secret-age", 1, 3650)
    parser.add_argument("--max-secret-age", metavar="DAYS", type=days, default=None, help=text)
    text = "exit with 0 when there is drift; gaps and refusals keep their codes"
    parser.add_argument("--exit-zero", action="store_true", default=None, help=text)
    text = "omit the findings of an earlier report, written by -o json"
    parser.add_argument("--only-new", metavar="REPORT.json", default=None, help=text)
    text = "omit the findings of an accepted report"
    parser.add_argument("--baseline", metavar="FILE", default=None, help=text)
    text = "omit the findings of the report kept there, then replace it: a file or s3://BUCKET/KEY"
    parser.add_argument("--remember", metavar="WHERE", default=None, help=text)
    parser.add_argument("--notify", action="append", metavar="CHANNEL=WHERE", default=None, help=usage())
    text = "ask CloudTrail who made each change (2 requests a second, 90 days)"
    parser.add_argument("--attribute", action="store_true", default=None, help=text)
    add_shard(parser)
    add_gates(parser)
    add_notes(parser)
    add_states(parser)
    add_outputs(parser, formats.names("drift"))


def run(options: Options, console: Console) -> int:
    """Compare, send notifications of new findings, and print the report.

    Raises:
        PoolctlError: The run failed. Findings that were sent but not remembered are sent again by the next run.
    """
    from reconciler.render import redact
    from reconciler.render.subjects import DriftResult, RenderOptions
    from reconciler.runs import drift_run, gating, other_owners, pools_run, stages
    from reconciler.runs.runtime import running

    channels = drift_run.check(options)
    states = other_owners.read(options.terraform_states)
    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        before = drift_run.earlier(runtime)
        receivers = drift_run.receivers(runtime, channels)
        drifts = other_owners.warned(drift_run.drift_all(runtime, console, manifests, before), states)
        drifts += pools_run.undeclared(runtime, console, drifts, before) if options.pools else ()
        gate = gating.of_drifts(drifts, options, runtime.today)
        lost = drift_run.notify_receivers(runtime, console, drifts, receivers, before)
        code = drift_run.exit_code(drifts, zero=options.exit_zero, undelivered=bool(lost), stopped=bool(gate.stopped))
        style = RenderOptions(
            width=console.width,
            notes=options.notes,
            locate=formats.repository(console.environ),
            max_bytes=options.max_bytes,
            gate=gate,
        )
        found = DriftResult(redact.drifts(drifts), lost, drift_run.run_stats(runtime, code))
        renderers = formats.drift(found, style)
        deliver(options, console, renderers)
        if options.remember:
            drift_run.remember(runtime, renderers["json"](False))
        gating.reported(console, gate, "finding")
    return code

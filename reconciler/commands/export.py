"""`export`: live pools as manifests. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Defect, printable
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

    from reconciler.runs.export_run import ExportOutcome

HELP = """\
Write manifests from live pools. Never writes to AWS: the connection refuses every write. Secrets are replaced by
references. Each manifest is loaded and planned before it is written; if the plan is not empty, it is not written. With
--all, the other pools are still exported, and the command exits with 6 (7 for a pool that could not be read). `import`
is another name for the same command.

  poolctl export --pool eu-west-1_AbCdEf123
  poolctl export --pool customers --to pools/
  poolctl export --all --mode full --to pools/
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--pool", metavar="ID|NAME", help="the user pool or identity pool to export")
    text = "export all user pools and identity pools of the account and Region"
    parser.add_argument("--all", dest="all_pools", action="store_true", default=None, help=text)
    text = (
        "minimal omits what is at Cognito's default, guarded keeps what governs security, full omits nothing (guarded)"
    )
    parser.add_argument("--mode", choices=("minimal", "guarded", "full"), default=None, help=text)
    text = "write NAME.yaml into DIR, and long texts and images into DIR/NAME/ (standard output)"
    parser.add_argument("--to", metavar="DIR", default=None, help=text)
    parser.add_argument("--force", action="store_true", default=None, help="overwrite existing files")
    text = "what to write in place of a secret: {$secret: ...} or {$env: ...} (secret)"
    parser.add_argument("--secrets", choices=("secret", "env"), default=None, help=text)


def run(options: Options, console: Console) -> int:
    """Export."""
    _check(options)
    from functools import partial
    from pathlib import Path

    from reconciler.export.exporter import Style
    from reconciler.runs import export_run
    from reconciler.runs.runtime import running

    style = Style(options.mode, options.secrets, beside=bool(options.to))
    with running(options, console.environ) as runtime:
        cloud = runtime.reader_in(export_run.region_of(options.pool))
        pools = export_run.every(cloud) if options.all_pools else [export_run.one(cloud, options.pool)]
        read, unread = export_run.read_all(cloud, pools, parallelism=options.parallelism, say=console.status)
        identity = cloud.identity()
    make = partial(export_run.export_all, read, unread, identity, style)
    outcome = export_run.save(make, Path(options.to), force=options.force) if options.to else make(None)
    if options.pool and outcome.failures and not isinstance(outcome.failures[0].error, Defect):
        raise outcome.failures[0].error
    if options.to:
        console.out("\n".join(printable(str(path)) for path in outcome.paths))
    else:
        for result in outcome.results:
            console.data(result.exported.text)
    _say(outcome, console)
    return outcome.exit_code


def _check(options: Options) -> None:
    if bool(options.pool) == options.all_pools:
        raise invalid("Name the pool with --pool ID or --pool NAME, or give --all.")
    if options.all_pools and not options.to:
        raise invalid("--all needs --to DIR: every pool is written to a file of its own.")
    if options.force and not options.to:
        raise invalid("--force needs --to DIR: it overwrites files.")


def _say(outcome: ExportOutcome, console: Console) -> None:
    """Print warnings, gaps and failures."""
    from reconciler.render.unread import unread

    for result in outcome.results:
        name = printable(result.found.name)
        for gap in result.gaps:
            console.err(f"Missing in {name}: {unread(gap)}")
        for notice in result.notices:
            console.err(f"{name}: {printable(notice.message)}")
        if result.stack:
            console.err(
                f"Warning: {name} belongs to the CloudFormation stack {result.stack}. Two tools must not manage the "
                "same pool: take it out of the stack (DeletionPolicy: Retain) before you apply."
            )
        if result.exported.promises:
            count = len(result.exported.promises)
            console.progress(f"{name} refers to {count} secret{'s' if count > 1 else ''}; they are listed at its top.")
    for failure in outcome.failures:
        name = printable(failure.found.name)
        console.err(f"{name} ({failure.found.id}) was not exported: {failure.error}")
    if not outcome.results and not outcome.failures:
        console.progress("There are no pools in this account and Region.")

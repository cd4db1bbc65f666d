"""`export`: live pools as manifests. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Defect, printable
from reconciler.terminal.console import Console
from reconciler.terminal.moving_options import MOVING
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

    from reconciler.runs.export_run import ExportOutcome

HELP = """\
Write manifests from live pools. Never writes to AWS: the connection refuses every write. Secrets are replaced by
references. Each manifest is loaded and planned before it is written; if the plan is not empty, it is not written. With
--all, the other pools are still exported, and the command exits with 6 (7 for a pool that could not be read). `import`
without --from is another name for the same command.

  poolctl export --pool eu-west-1_AbCdEf123
  poolctl export --pool customers --to pools/
  poolctl export --all --mode full --to pools/
  poolctl export --pool customers --with sms_role,trigger_permissions,log_groups --to pools/
  poolctl export --pool customers --with users --group admins
  poolctl export --pool customers --portable --to copy/
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
    text = (
        "for another account or Region: no ids, and variables for what is of one place, with their values in NAME.vars "
        "(all.vars with --all); needs --to"
    )
    parser.add_argument("--portable", dest=f"{MOVING}portable", action="store_true", default=None, help=text)
    text = "write NAME.yaml into DIR, and long texts and images into DIR/NAME/ (standard output)"
    parser.add_argument("--to", metavar="DIR", default=None, help=text)
    parser.add_argument("--force", action="store_true", default=None, help="overwrite existing files")
    text = "what to write in place of a secret: {$secret: ...} or {$env: ...} (secret)"
    parser.add_argument("--secrets", choices=("secret", "env"), default=None, help=text)
    text = (
        "also export these sections, which need access to IAM, Lambda, CloudWatch Logs or users: sms_role, "
        "sms_role_trust, trigger_permissions, log_groups, users; may be repeated"
    )
    parser.add_argument("--with", dest="sections", action="append", metavar="SECTION[,SECTION]", help=text)
    text = "--with users: users that Cognito finds, such as 'email ^= \"ada\"' (one attribute)"
    parser.add_argument("--filter", dest="condition", metavar="FILTER", help=text)
    text = "--with users: users with this status"
    parser.add_argument("--status", dest="user_status", metavar="STATUS", help=text)
    parser.add_argument("--group", metavar="NAME", help="--with users: members of this group")


def run(options: Options, console: Console) -> int:
    """Export."""
    _check(options)
    from functools import partial
    from pathlib import Path

    from reconciler.export.exporter import Style
    from reconciler.runs import export_run, export_sections, portable_run
    from reconciler.runs.runtime import running

    sections = export_sections.sections_of(options)
    portable = options.moving.portable
    style = Style(options.mode, options.secrets, beside=bool(options.to), sections=sections, portable=portable)
    with running(options, console.environ) as runtime:
        cloud = runtime.reader_in(export_run.region_of(options.pool))
        pools = export_run.every(cloud) if options.all_pools else [export_run.one(cloud, options.pool)]
        export_sections.require_documents(pools, sections)
        more = export_sections.reader(runtime, cloud, sections)
        read, unread = export_run.read_all(cloud, pools, parallelism=options.parallelism, say=console.status, more=more)
        identity = cloud.identity()
    make = partial(export_run.export_all, read, unread, identity, style)
    if portable:
        make = partial(portable_run.export_all, read, unread, identity, style)
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
    if options.moving.portable and not options.to:
        raise invalid("--portable needs --to DIR: the values of its variables are written beside the manifest.")
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

"""`recover`: point-in-time recovery of the users of a pool, as a plan that is then started or cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import RECOVERY, Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Recover the users of a pool as they were at an earlier time. POOL is a manifest, pool:ID or pool:NAME.

--to checks the limits, says what a recovery pauses, and asks. Cognito then generates a preview, which is shown like a
plan: how many users, groups, MFA settings and passkeys would be created, updated and deleted. Nothing is restored
until --start. Cognito restores no configuration, so a manifest is planned afterwards.

  poolctl recover pools/customers.yaml --to 2026-11-28T09:30:00Z
  poolctl recover pool:customers --to 2h                  to what was two hours ago
  poolctl recover pools/customers.yaml --start RESTORE_ID
  poolctl recover pool:customers --cancel RESTORE_ID
  poolctl recover pool:customers --list
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("operand", metavar="POOL", help="manifest, pool:ID or pool:NAME")
    text = "prepare a recovery to this time: 2026-11-28T09:30:00Z, or 30m, 2h or 3d ago"
    parser.add_argument("--to", dest=f"{RECOVERY}point", metavar="TIME", default=None, help=text)
    text = "restore the users as the preview shows; this cannot be cancelled"
    parser.add_argument("--start", dest=f"{RECOVERY}start", metavar="RESTORE_ID", default=None, help=text)
    text = "cancel a recovery that was not started; writes go on"
    parser.add_argument("--cancel", dest=f"{RECOVERY}cancel", metavar="RESTORE_ID", default=None, help=text)
    text = "list the recoveries of the pool, the newest first"
    parser.add_argument("--list", dest=f"{RECOVERY}lists", action="store_true", default=None, help=text)
    parser.add_argument("--yes", action="store_true", default=None, help="do not ask before writes are paused")
    add_outputs(parser, formats.names("recover"))


def run(options: Options, console: Console) -> int:
    """Do one step of a recovery.

    Raises:
        InvalidInput: Not exactly one step was named, or the question cannot be asked; AWS was not contacted.
        PoolctlError: It is refused, or a call failed.
    """
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import recovery_run
    from reconciler.runs.runtime import running
    from reconciler.terminal.signals import Graceful

    recovery_run.check(options, console)
    with running(options, console.environ) as runtime, Graceful(console.err) as stop:
        runtime.stopped = stop
        report, code = recovery_run.recover(runtime, console, stop)
        if report is not None:
            deliver(options, console, formats.recover(report, RenderOptions(width=console.width)))
    return code

"""`replace`: how a pool that cannot be changed is replaced by another one. It executes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.moving_options import MOVING
from reconciler.terminal.options import Options, add_outputs
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

HELP = """\
Say how a pool is replaced by a new one, because of a change that Cognito cannot make: names users sign in with, their
case, the schema of their attributes. POOL is a manifest with such a change, or a live pool: pool:ID, pool:NAME.

It lists what forces a new pool, the steps with what each interrupts, and item by item what reaches the new pool and
what stays behind. It writes nothing to AWS, and no step deletes users. With --to, it writes the manifest of the new
pool: the settings of the old one with the changes, without ids and domains.

  poolctl replace pools/customers.yaml --as customers-v2
  poolctl replace pool:eu-west-1_AbCdEf123 --as customers-v2 --to pools/
  poolctl replace pools/customers.yaml --as customers-v2 -o json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("operand", metavar="POOL", help="manifest, pool:ID or pool:NAME")
    text = "name of the new pool; another one than that of the old pool"
    parser.add_argument("--as", dest=f"{MOVING}name", metavar="NAME", default=None, help=text)
    text = "write the manifest of the new pool to DIR/NAME.yaml"
    parser.add_argument("--to", metavar="DIR", default=None, help=text)
    parser.add_argument("--force", action="store_true", default=None, help="overwrite existing files")
    add_outputs(parser, formats.names("replace"))


def run(options: Options, console: Console) -> int:
    """Read, write the manifest, and show the report.

    Raises:
        InvalidInput: The options do not fit together; AWS was not contacted.
        PoolctlError: The pool cannot be read, or the new name is taken.
    """
    _check(options)
    from pathlib import Path

    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import replace_run
    from reconciler.runs.runtime import running

    name = options.moving.name
    with running(options, console.environ) as runtime:
        pool = replace_run.replaced(runtime, console)
    found = replace_run.report(pool, name, None)
    if options.to and found.needed:
        outcome = replace_run.write(pool, name, Path(options.to), force=options.force)
        found = replace_run.report(pool, name, outcome)
    deliver(options, console, formats.replace(found, RenderOptions(width=console.width)))
    return ExitCode.INCOMPLETE if pool.read.live_state.gaps else ExitCode.OK


def _check(options: Options) -> None:
    if not options.moving.name:
        raise invalid("Name the new pool: --as NAME.")
    if options.force and not options.to:
        raise invalid("--force needs --to DIR: it overwrites files.")

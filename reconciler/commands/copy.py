"""`copy`: a pool once more, in another Region or account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_gates
from reconciler.errors import flow, printable
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.moving_options import MOVING
from reconciler.terminal.options import Options, add_outputs, is_region
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

    from reconciler.runs.copy_run import Copied

HELP = """\
Make a pool once more in another Region or account, as export --portable and apply would. POOL is a manifest, pool:ID
or pool:NAME.

Without --apply, it shows the plan and writes nothing to AWS, as plan does. With --apply, it asks as apply does. Then
--out is needed too: the manifest and the variables written there are what you keep in Git, and with them you go on.

What AWS has named in the source (certificates, keys, roles of another account) needs a value for the goal: all that
is missing is listed. It is refused if the goal has a pool of the name. Users, ids and secrets of clients stay behind.
A replica is no copy: it is the same pool, with its users, in a second Region (section replicas).

  poolctl copy pool:eu-west-1_AbCdEf123 --to eu-central-1 --out copy/
  poolctl copy pool:customers --to us-east-1/other-account --var-file goal.vars --out copy/ --apply
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("operand", metavar="POOL", help="manifest, pool:ID or pool:NAME")
    text = "Region to copy to, and the profile of the AWS configuration for its account (that of the source)"
    parser.add_argument("--to", dest=f"{MOVING}goal", metavar="REGION[/PROFILE]", type=_goal, default=None, help=text)
    text = "keep the manifest in DIR, and its variables beside it in NAME.vars"
    parser.add_argument("--out", dest="to", metavar="DIR", default=None, help=text)
    parser.add_argument("--force", action="store_true", default=None, help="overwrite existing files")
    text = "make the copy, after a confirmation; needs --out"
    parser.add_argument("--apply", dest=f"{MOVING}execute", action="store_true", default=None, help=text)
    parser.add_argument("--yes", action="store_true", default=None, help="--apply: do not ask")
    add_gates(parser)
    add_outputs(parser, [name for name in formats.names("plan") if name in formats.names("apply")])


def _goal(text: str) -> tuple[str, str]:
    region, slash, profile = text.partition("/")
    if not is_region(region):
        raise invalid(f"--to: {flow(region)} is not a Region code. Write one such as eu-west-1.")
    if slash and not profile:
        raise invalid(f"--to: {flow(text)} has no profile after the /.")
    return region, profile


def run(options: Options, console: Console) -> int:
    """Export, check the goal, and plan or apply.

    Raises:
        InvalidInput: The options do not fit together; AWS was not contacted.
        Refused: The goal has a pool of the name, or needs values that were not given; nothing was written to AWS.
        PoolctlError: Something could not be read or written.
    """
    _check(options)
    import tempfile
    from pathlib import Path

    from reconciler.commands import apply, plan
    from reconciler.runs import copy_run
    from reconciler.runs.runtime import given_variables, running

    given = given_variables(options, console.read)
    with running(options, console.environ) as runtime:
        source = copy_run.source_of(runtime, console)
    goal = copy_run.check_goal(options, console, source)
    with tempfile.TemporaryDirectory(prefix="poolctl-copy-") as aside:
        copied = copy_run.write(source, goal, options, given, Path(options.to or aside))
        _say(options, console, copied)
        copy_run.require_values(copied, kept=bool(options.to))
        run_it = apply.run if options.moving.execute else plan.run
        return run_it(copy_run.planned_options(options, copied), console)


def _check(options: Options) -> None:
    if not options.moving.goal[0]:
        raise invalid("Name the Region of the copy: --to REGION or --to REGION/PROFILE.")
    if options.moving.execute and not options.to:
        raise invalid("--apply needs --out DIR: the manifest in it is how the copy is managed from then on.")
    if options.force and not options.to:
        raise invalid("--force needs --out DIR: it overwrites files.")
    if options.yes and not options.moving.execute:
        raise invalid("--yes needs --apply: without it nothing is written to AWS.")


def _say(options: Options, console: Console, copied: Copied) -> None:
    """Say which files were written, and what still means the source."""
    from reconciler.export.moved_variables import lines

    if options.to:
        console.progress("Wrote " + ", ".join(printable(str(path)) for path in copied.outcome.paths) + ".")
    if copied.variables.kept:
        console.progress("These variables keep the value of the source:")
        for line in lines(copied.variables.kept):
            console.progress(printable(line))
    for result in copied.outcome.results:
        for promise in result.exported.promises:
            console.progress(printable(f"Store ${promise.kind} {promise.target} at the goal, for {promise.address}."))

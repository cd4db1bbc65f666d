"""`show`: prints a saved plan, or ids and addresses of a pool. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

HELP = """\
Show a plan that `plan --out FILE` saved, with its digest and expiry. AWS is not contacted, and an expired plan can
still be shown. A file that was changed after it was written is refused.
With `pool POOL`, show what an application needs of a live pool: its ids, the issuer, the domain with its DNS record,
and each client's sign-in, sign-up and sign-out URL. POOL is a manifest, pool:ID or pool:NAME.

  poolctl show plan.poolctl.json
  poolctl show -o json plan.poolctl.json    what `plan -o json` wrote, without connections
  poolctl show pool pools/customers.yaml
  poolctl show pool pool:eu-west-1_AbCdEf123 -o json
"""

POOL = "pool"
"""The word before a pool; a plan file of this name is `./pool`."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    text = "plan file, or the word pool and a PATH, pool:ID or pool:NAME"
    parser.add_argument("paths", nargs="*", metavar="FILE|pool POOL", help=text)
    add_outputs(parser, formats.names("plan"))


def run(options: Options, console: Console) -> int:
    """Print what is named.

    Raises:
        InvalidInput: The file is not a valid plan file, or a format does not fit.
    """
    if options.paths[0] != POOL:
        if len(options.paths) > 1:
            raise invalid("show takes one plan file, or the word pool and one PATH, pool:ID or pool:NAME.")
        return _plan(options._replace(plan_file=options.paths[0]), console)
    if len(options.paths[1:]) != 1:
        raise invalid("show pool takes one PATH, pool:ID or pool:NAME.")
    unfit = [form for form, _ in options.outputs if form not in formats.names("pool")]
    if unfit:
        raise invalid(f"--output: show pool writes {' and '.join(formats.names('pool'))}, not {unfit[0]}.")
    return _pool(options, console)


def _plan(options: Options, console: Console) -> int:
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


def _pool(options: Options, console: Console) -> int:
    from reconciler.render.subjects import USUAL
    from reconciler.render.unread import unread
    from reconciler.runs.pool_operand import connections
    from reconciler.runs.runtime import running

    with running(options, console.environ) as runtime:
        found, gaps = connections(runtime, console, options.paths[1])
    deliver(options, console, formats.pool(found, USUAL))
    for gap in gaps:
        console.err(unread(gap, full=True))
    return ExitCode.INCOMPLETE if gaps else ExitCode.OK

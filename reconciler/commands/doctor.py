"""`doctor`: what is missing before a run. It works on clouds that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.iam import EXAMINED
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Check what a run needs before it writes anything: versions, manifests, credentials, Region, account, clock, endpoints
and permissions. Every check is made, and each that fails says what to do. Nothing is written: the connection refuses
every write. Permissions are simulated by IAM if the caller may ask it (iam:SimulatePrincipalPolicy); otherwise the
reads of a plan are made. Exits with 1 if a check failed, with 3 if the manifests are invalid, and with 7 if nothing
failed but a check could not be made.

  poolctl doctor pools/
  poolctl doctor --for plan --profile audit pools/customers.yaml
  poolctl doctor -o json=doctor.json pools/
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "the command whose permissions are checked (apply)"
    parser.add_argument("--for", dest="run_for", choices=EXAMINED, metavar="|".join(EXAMINED), default=None, help=text)
    text = "apply: check deletions too, of what the manifest's `prune` lists"
    parser.add_argument("--prune", action="store_true", default=None, help=text)
    add_outputs(parser, formats.names("doctor"))


def run(options: Options, console: Console) -> int:
    """Make the checks, and print what they found.

    Raises:
        PoolctlError: A result could not be written.
    """
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import doctor_run, web_check
    from reconciler.runs.runtime import running

    with running(options, console.environ) as runtime:
        report = doctor_run.examine(runtime, console, options.run_for or "apply", web_check.get)
    deliver(options, console, formats.doctor(report, RenderOptions(width=console.width)))
    return doctor_run.exit_code(report)

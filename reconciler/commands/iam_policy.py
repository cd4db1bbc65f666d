"""`iam-policy`: the IAM policy with which another command can do its work. AWS is not contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode, printable
from reconciler.iam import RUNS
from reconciler.terminal.console import Console
from reconciler.terminal.options import STDOUT, Options, add_outputs, whole

if TYPE_CHECKING:
    import argparse

FORMATS = ("json", "terraform", "cloudformation")
"""The names of `reconciler.iam.policy_texts.TEXTS`, which `--help` does not import."""

HELP = """\
Print the least IAM policy with which a command can do its work on these manifests: the actions that it calls and no
others, on the pools, roles, secrets and parameters that the manifests name. AWS is not contacted. Give the options
with which the command will run, as they decide what it calls. A policy that is too long for IAM is divided.

  poolctl iam-policy --for plan pools/
  poolctl iam-policy --for apply --prune -o json=apply-policy.json pools/
  poolctl iam-policy --for drift --attribute --pools --notify sns=arn:aws:sns:eu-west-1:123456789012:drift pools/
  poolctl iam-policy --for export --format terraform pool:eu-west-1_AbCdEf123
  poolctl iam-policy --for export --with sms_role,users pool:eu-west-1_AbCdEf123
  poolctl iam-policy --for lint pools/                         what lint --live reads
  poolctl iam-policy --for urls pool:eu-west-1_AbCdEf123
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "the command that the policy is for"
    parser.add_argument("--for", dest="run_for", choices=RUNS, metavar="|".join(RUNS), default=None, help=text)
    add_outputs(parser, FORMATS, usual="json", alias="--format")
    text = "apply: allow deletions of what the manifest's `prune` lists"
    parser.add_argument("--prune", action="store_true", default=None, help=text)
    text = "apply: allow this object to be deleted and created again; may be repeated"
    parser.add_argument(
        "--allow-replace", dest="replaceable", action="append", metavar="KIND/NAME", default=None, help=text
    )
    text = "export: it exports these sections too; may be repeated"
    parser.add_argument(
        "--with", dest="sections", action="append", metavar="SECTION[,SECTION]", default=None, help=text
    )
    text = "export --with users: it exports members of this group"
    parser.add_argument("--group", metavar="NAME", default=None, help=text)
    _of_drift(parser)


def _of_drift(parser: argparse.ArgumentParser) -> None:
    """Add the options of `drift` that decide what it calls."""
    for flag, text in (("--attribute", "it asks CloudTrail"), ("--pools", "it lists all pools")):
        parser.add_argument(flag, action="store_true", default=None, help=f"drift: {text}")
    text = "drift: it sends what is new there; may be repeated"
    parser.add_argument("--notify", action="append", metavar="CHANNEL=WHERE", default=None, help=text)
    for flag, text in (("--remember", "it keeps its report there"), ("--only-new", "it reads an earlier report there")):
        parser.add_argument(flag, metavar="WHERE", default=None, help=f"drift: {text}")
    parser.add_argument("--baseline", metavar="WHERE", default=None, help="drift: it reads accepted findings there")
    days = whole("--max-secret-age", 1, 3650)
    text = "drift: it looks at the age of client secrets"
    parser.add_argument("--max-secret-age", metavar="DAYS", type=days, default=None, help=text)


def run(options: Options, console: Console) -> int:
    """Print the policy.

    Raises:
        PoolctlError: The manifests are invalid, or options do not go together.
    """
    from reconciler.iam.policy_texts import TEXTS
    from reconciler.runs import iam_run
    from reconciler.runs.runtime import Runtime

    found = iam_run.outcome(Runtime(options._replace(local=None), console.environ), console)  # nothing is run
    usual = [("json", STDOUT) if form == "human" else (form, file) for form, file in options.outputs]
    made = {name: (lambda _, text=text: text(found.policies, options.run_for)) for name, text in TEXTS.items()}
    deliver(options._replace(outputs=tuple(usual)), console, made)
    for warning in found.warnings:
        console.err(f"Warning: {printable(warning)}")
    for note in found.notes:
        console.progress(f"Note: {printable(note)}")
    return ExitCode.OK

"""`outputs`: the configuration of an application. It runs on a cloud that cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ExitCode, printable
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

FORMATS = ("amplify", "amplify-dart", "exports-js", "oidc", "env", "kubernetes", "ssm", "tfvars", "partner")
"""The names of `reconciler.applications.output_formats.FORMATS`, which `--help` does not import."""

HELP = """\
Write what an application needs to know of a pool and a client: the configuration files of AWS Amplify and of OIDC
libraries, environment variables, a ConfigMap, parameters, variables of Terraform, a page for SAML and OIDC partners.
POOL is PATH, pool:ID or pool:NAME, whoever made the pool. A manifest that settles everything is enough; otherwise the
live pool is read. Never holds a secret: a client with one is refused in formats that end up in browsers.

  poolctl outputs pools/customers.yaml --client web --format amplify --out src/amplify_outputs.json
  poolctl outputs pool:eu-west-1_AbCdEf123 --client web --format env --prefix VITE_
  poolctl outputs pool:customers --client web --format oidc
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("paths", nargs="*", metavar="POOL", help="PATH, pool:ID or pool:NAME (pools)")
    parser.add_argument("--client", metavar="NAME", help="the client: its key, such as web or clients/web, name or id")
    parser.add_argument("--format", choices=FORMATS, default=None, help="what to write")
    text = "what each name begins with: VITE_, /my/app (env, kubernetes, ssm, tfvars)"
    parser.add_argument("--prefix", default=None, help=text)
    parser.add_argument("--out", metavar="FILE", default=None, help="write to FILE (standard output)")


def run(options: Options, console: Console) -> int:
    """Make one output, and write it.

    Raises:
        InvalidInput: An option is missing, or there is no such client.
        Refused: The format cannot describe the client, or several pools or clients are meant.
        Incomplete: Something that the output needs could not be read.
    """
    from reconciler.runs import outputs_run
    from reconciler.runs.runtime import running

    _check(options)
    with running(options, console.environ) as runtime:
        found = outputs_run.output(runtime, console)
    for notice in found.notices:
        console.err(f"Note: {printable(notice)}")
    if options.out:
        save(options.out, found.text)
        console.progress(f"Wrote {printable(options.out)}.")
    else:
        console.data(found.text)
    return ExitCode.OK


def _check(options: Options) -> None:
    if len(options.paths) != 1:
        raise invalid("outputs describes one pool. Name it: PATH, pool:ID or pool:NAME.")
    if not options.client or not options.format:
        missing = "--client NAME" if not options.client else f"--format, one of {', '.join(FORMATS)}"
        raise invalid(f"outputs needs {missing}.")

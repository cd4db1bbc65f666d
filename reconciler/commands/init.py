"""`init`: a commented manifest to begin with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import ExitCode, printable
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

if TYPE_CHECKING:
    import argparse

HELP = """\
Write a commented, secure manifest to begin with. What is not given as an option is asked, with a default; without a
terminal, the defaults are taken and only the purpose is required. An existing file is never overwritten. AWS is not
contacted.

  poolctl init
  poolctl init consumer --name customers --url https://shop.example.com/callback
  poolctl init workforce --protocol saml --provider https://login.example.com/metadata.xml --file pools/staff.yaml
  poolctl init machine-to-machine --api https://orders.example.com --file -
  poolctl init multi-tenant --app server --tenants acme,globex
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    from reconciler.starters.purposes import PURPOSES, QUESTIONS

    parser.description = HELP + "\npurposes:\n" + "".join(f"  {p.name:<20}{p.says}\n" for p in PURPOSES.values())
    text = "what the pool is for"
    parser.add_argument("purpose", nargs="?", choices=tuple(PURPOSES), metavar="PURPOSE", default=None, help=text)
    for question in QUESTIONS.values():
        if question.name != "region":  # a global option
            parser.add_argument(
                f"--{question.name}",
                dest="answers",
                action="append",
                metavar=question.metavar,
                type=partial(_named, question.name),
                default=None,
                help=question.asks,
            )
    text = "file to write; - writes to standard output (pools/NAME.yaml)"
    parser.add_argument("--file", dest="operand", metavar="FILE", default=None, help=text)


def run(options: Options, console: Console) -> int:
    """Ask, and write the manifest.

    Raises:
        Refused: The file exists.
    """
    from reconciler.runs import init_run

    init_run.must_be_new(options.operand)
    answers = init_run.answered(options, console)
    file = init_run.destination(options, answers)
    manifest = init_run.written(answers, file)
    if file == init_run.STANDARD_OUTPUT:
        console.data(manifest)
        return ExitCode.OK
    init_run.save(file, manifest)
    console.out(f"Wrote {printable(file)}.\n\n{init_run.next_steps(file, answers)}")
    return ExitCode.OK


def _named(name: str, text: str) -> tuple[str, str]:
    return name, text

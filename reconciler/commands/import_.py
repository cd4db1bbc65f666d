"""`import`: what another tool owns, as manifests; without `--from`, another name for `export`. It cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver, export
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.definition_options import GROUP, pair
from reconciler.terminal.options import Options, add_outputs
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse

TOOLS = ("terraform", "cloudformation")
"""The tools whose definitions can be converted."""

HELP = """\
Write manifests of what another tool owns. The definition says what is owned, and the live pools say the values: each
manifest is an export that is limited to what was owned, and whose plan is empty. With --no-live, the values are those
of the definition, and AWS is not contacted. Secrets are replaced by references. The report names everything that is in
no manifest, and how the other tool lets go without deleting anything. Never writes to AWS.

FILE is, or - is standard input with:
  terraform       a state of Terraform or OpenTofu (version 4), or what `terraform show -json` prints of a state or plan
  cloudformation  a template in YAML or JSON: written by hand, or by the CDK, SAM, Amplify or the Serverless Framework

Without --from, the command is `export`.

  terraform state pull | poolctl import --from terraform - --to pools/
  poolctl import --from terraform show.json --no-live --to pools/ -o json
  aws cloudformation describe-stack-resources --stack-name auth > resources.json
  poolctl import --from cloudformation auth.yaml --stack-resources resources.json --parameter Stage=live --to pools/
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("operand", metavar="FILE", nargs="?", default=None, help="the definition to convert")
    text = "convert the definition of this tool"
    parser.add_argument("--from", dest=f"{GROUP}tool", choices=TOOLS, default=None, help=text)
    text = "take the values from the file, and do not contact AWS"
    parser.add_argument("--no-live", dest=f"{GROUP}no_live", action="store_true", default=None, help=text)
    text = "cloudformation: the list of the stack's resources, with their ids; - is standard input"
    parser.add_argument("--stack-resources", dest=f"{GROUP}stack_resources", metavar="FILE", default=None, help=text)
    for flag, field, text in _PAIRS:
        parser.add_argument(
            flag, dest=f"{GROUP}{field}", metavar="NAME=VALUE", action="append", type=pair(flag), help=text
        )
    export.configure(parser)
    add_outputs(parser, formats.names("imported"))


_PAIRS = (
    ("--parameter", "parameters", "cloudformation: a parameter of the stack, with NoEcho a secret; may be repeated"),
    ("--export", "exports", "cloudformation: what another stack exports; may be repeated"),
)
"""Options that take a name and a value: as they are typed, their field, and their help."""


def run(options: Options, console: Console) -> int:
    """Convert, or export.

    Raises:
        InvalidInput: The options do not fit together, or the file is no definition that can be converted.
        PoolctlError: The only pool could not be converted.
    """
    if not options.definition.tool:
        _check_export(options)
        return export.run(options, console)
    _check(options)
    from functools import partial
    from pathlib import Path

    from reconciler.export.exporter import Style
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import export_run, import_run, import_sources
    from reconciler.runs.runtime import running

    source = import_sources.read(options, console.stdin.read)
    unread: list[export_run.ExportFailure] = []
    live = not options.definition.no_live
    if not live:
        parts = import_run.read_definition(source.definition)
    else:
        with running(options, console.environ) as runtime:
            parts, unread = import_run.read_live(runtime, source.definition, console.status)
    style = Style(options.mode, options.secrets, beside=True)
    conversion = import_run.WholeImport(source.definition, style, live)
    make = partial(import_run.export_parts, parts, unread, conversion)
    outcome = export_run.save(make, Path(options.to), force=options.force)
    import_run.raise_all(outcome)
    report = import_run.report(source, parts, outcome, conversion, options.to)
    deliver(options, console, formats.imported(report, RenderOptions(width=console.width)))
    return outcome.exit_code


_NEED_FROM = ("--no-live", "--stack-resources", "--parameter", "--export")
"""The options of a definition beside --from, in the order of their fields."""


def _check_export(options: Options) -> None:
    if options.operand:
        raise invalid(f"Name the tool that wrote the file: {' or '.join(f'--from {tool}' for tool in TOOLS)}.")
    for flag, value in zip(_NEED_FROM, options.definition[1:], strict=True):
        if value:
            raise invalid(f"{flag} needs --from: it is about the definition of another tool.")
    if options.outputs != Options("").outputs:
        raise invalid("--output needs --from: an export writes manifests and nothing else.")


def _check(options: Options) -> None:
    if not options.operand:
        raise invalid("Name the file to convert, or - for standard input.")
    if not options.to:
        raise invalid("Name the directory for the manifests: --to DIR.")
    chosen = {"--pool": options.pool, "--all": options.all_pools, "--with": options.sections, "--group": options.group}
    chosen |= {"--filter": options.condition, "--status": options.user_status, "--portable": options.moving.portable}
    for flag, value in chosen.items():
        if value:
            raise invalid(f"{flag} does not go with --from: the file says what is converted.")

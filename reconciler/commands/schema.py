"""`schema`: the contracts as JSON Schema, for editors that complete manifests and for programs that read results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import ExitCode
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

if TYPE_CHECKING:
    import argparse

HELP = """\
Print the JSON Schema (2020-12) of manifests, or of what a command writes with -o json.

  poolctl schema > docs/schema/v1.json      for the comment that editors read
  poolctl schema --output plan              what `plan -o json` writes
"""

OUTPUTS = (
    *("plan", "validate", "apply", "drift", "pool", "diff", "explain", "doctor", "recover", "import"),
    *("users", "user", "users_import", "planfile", "events", "notification"),
)
"""Commands whose JSON has a schema, the file that `plan --out` writes, a line of `-o jsonl`, what `--notify` sends."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--output", dest="schema_output", choices=OUTPUTS, help="describe what this command writes instead"
    )


def run(options: Options, console: Console) -> int:
    """Print it."""
    if options.schema_output:
        from reconciler.render.output_schemas import output_schema

        console.data(output_schema(options.schema_output))
        return ExitCode.OK
    from schemas.schema_text import manifest_schema

    console.data(manifest_schema())
    return ExitCode.OK

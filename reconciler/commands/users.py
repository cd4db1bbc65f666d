"""`users`: lists the users of a pool, shows one, imports and exports them as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import flow
from reconciler.people.actions import ACTIONS, ALGORITHMS
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs, whole
from reconciler.terminal.settings import invalid
from reconciler.terminal.suggestions import sentences, suggest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from reconciler.runs.runtime import Runtime

EXPORT = "export"
"""The action without a result beside its file."""

HELP = """\
List the users of a pool, show one, import and export them as CSV. POOL is a manifest, pool:ID or pool:NAME. An import
checks the whole file before anything is sent, reports every wrong row with its line and reason, and uses Cognito's
import jobs; users that are there are skipped, so that it can be repeated. Users are personal data: they are written to
standard output or into the file only.

  poolctl users list pool:customers --filter 'email ^= "ada"' --limit 10
  poolctl users show pool:customers ada
  poolctl users groups pool:customers ada
  poolctl users import pools/customers.yaml users.csv --dry-run
  poolctl users import pools/customers.yaml users.csv --logs-role arn:aws:iam::123456789012:role/cognito-import
  poolctl users export pool:eu-west-1_AbCdEf123 users.csv
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = f"one of {', '.join(ACTIONS)}; then POOL; then the user or the file"
    parser.add_argument("paths", nargs="*", metavar="ACTION POOL [USER|FILE]", help=text)
    text = "list, export: users that Cognito finds, such as 'email ^= \"ada\"' (one attribute)"
    parser.add_argument("--filter", dest="condition", metavar="FILTER", help=text)
    parser.add_argument("--status", dest="user_status", metavar="STATUS", help="list, export: users with this status")
    parser.add_argument("--group", metavar="NAME", help="list, export: members of this group")
    parser.add_argument("--limit", type=whole("--limit", 1), metavar="N", help="list: at most N users")
    text = "import: role with which the job writes its log (that of the newest job)"
    parser.add_argument("--logs-role", metavar="ARN", help=text)
    text = "import: algorithm of the hashes in the column password_hash"
    parser.add_argument("--password-hashing-algorithm", dest="hashing", choices=ALGORITHMS, help=text)
    text = "import: send the other rows although some are wrong, and write the wrong ones to FILE"
    parser.add_argument("--skip-invalid", metavar="FILE", help=text)
    text = "import: check the file against the pool, and send nothing"
    parser.add_argument("--dry-run", action="store_true", default=None, help=text)
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Run one action."""
    from reconciler.runs import users_actions
    from reconciler.runs.runtime import running

    action, operands = _split(options)
    stages: Mapping[str, Callable[[Runtime, Console, list[str]], int]] = users_actions.STAGES
    with running(options, console.environ) as runtime:
        return stages[action](runtime, console, operands)


def _split(options: Options) -> tuple[str, list[str]]:
    """Return the action and its operands.

    Raises:
        InvalidInput: The action is unknown, or operands are missing or too many.
    """
    action, *operands = options.paths
    if action not in ACTIONS:
        known = ", ".join(ACTIONS)
        raise invalid(sentences(f"users: {flow(action)} is not one of {known}.", suggest(action, ACTIONS)))
    wanted = ACTIONS[action].split()
    if len(operands) != len(wanted):
        raise invalid(f"users {action} takes {' and '.join(wanted)}. Run `poolctl users --help`.")
    if action == EXPORT and options.outputs != Options("").outputs:
        raise invalid("--output: users export writes a CSV to its last operand and nothing else. Remove --output.")
    return action, operands

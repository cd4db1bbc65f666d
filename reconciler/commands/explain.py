"""`explain`: what is known about a kind or a member, in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Describe a kind or a member: type and range, default, whether it can be changed, what null and omitting it do, the
feature plan it needs, the API calls and the IAM actions. Without an argument, list all kinds.
AWS is not contacted. Paths are those of manifests, without names of objects and positions in lists.

  poolctl explain
  poolctl explain clients
  poolctl explain clients.RefreshTokenRotation
  poolctl explain -o json user_pool.Policies.PasswordPolicy.MinimumLength
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("topic", nargs="?", metavar="KIND[.MEMBER]", default=None, help="what to explain")
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Look it up, and show it.

    Raises:
        InvalidInput: There is no such kind or member.
    """
    from reconciler.explaining import facts
    from reconciler.render import explain_text

    about = facts.explain(options.topic) if options.topic else None
    kinds = () if about else facts.kinds()

    def human(color: bool) -> str:
        if about:
            return explain_text.human(about, color=color, width=console.width)
        return explain_text.overview(kinds, color=color, width=console.width)

    deliver(options, console, {"human": human, "json": lambda _: explain_text.machine(about, kinds)})
    return ExitCode.OK

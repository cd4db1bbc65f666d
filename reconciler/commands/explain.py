"""`explain`: describes a kind, a member or a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

    from reconciler.render.subjects import Explained

HELP = """\
Describe a kind or a member: type and range, default, whether it can be changed, what null and omitting it do, the
feature plan it needs, the API calls and the IAM actions. Without an argument, list all kinds. AWS is not contacted.
Paths are those of manifests, without names of objects and positions in lists. Keys around the sections, such as prune,
are described too, and so are forms of values, such as '$ref' and '$each'.
Describe a rule by the id that a refusal or a change shows in brackets: what it is about, why, what to do, the source.
The same for a security rule of lint, with its severity and the rules of other scanners that mean the same.

  poolctl explain
  poolctl explain clients
  poolctl explain clients.RefreshTokenRotation
  poolctl explain '$each'
  poolctl explain P7
  poolctl explain immutable
  poolctl explain CHG04
  poolctl explain CG001
  poolctl explain -o json user_pool.Policies.PasswordPolicy.MinimumLength
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the argument and the options."""
    parser.add_argument("topic", nargs="?", metavar="KIND[.MEMBER]|RULE", default=None, help="what to explain")
    add_outputs(parser, formats.names("explain"))


def run(options: Options, console: Console) -> int:
    """Look up the topic and print it.

    Raises:
        InvalidInput: The topic is unknown.
    """
    from reconciler.explaining import written
    from reconciler.render.subjects import Explained, RenderOptions

    about = written.look_up(options.topic) if options.topic else None
    if about:
        explained = Explained(about)
    else:
        explained = _rule(options.topic) if options.topic else Explained(None, written.kinds())
    deliver(options, console, formats.explain(explained, RenderOptions(width=console.width)))
    return ExitCode.OK


def _rule(topic: str) -> Explained:
    """Look up what is not written down, in the tables themselves."""
    from reconciler.explaining import rule_facts
    from reconciler.kinds.kind import Rule
    from reconciler.render.subjects import Explained
    from reconciler.security.rule import SecurityRule

    found = rule_facts.look_up(topic)
    if isinstance(found, SecurityRule):
        return Explained(None, security=found)
    return Explained(None, rule=found) if isinstance(found, Rule) else Explained(found)

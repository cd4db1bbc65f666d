"""`lint`: judges manifests by the security rules. AWS is not contacted, unless it is asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Find what is weak in the declared pools: settings, clients, providers, roles, and what Cognito's defaults leave open.
Each finding says where, why, and what to do; docs/rules/ has a page a rule, and so has `poolctl explain CG001`.
AWS is not contacted without --live. Exits with 2 when there are findings of severity high or critical, or an expired
waiver. A manifest says whom its pool serves (`profile`) and what is accepted (`waivers`).

  poolctl lint pools/
  poolctl lint --fail-on medium -o human -o sarif=lint.sarif pools/
  poolctl lint --live pools/                                   with functions, roles and certificates as they are
  poolctl lint --pool-profile workforce --severity medium pools/staff.yaml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "lowest severity that fails the run: critical, high, medium, low or never (high)"
    parser.add_argument("--fail-on", dest="fail_level", metavar="LEVEL", default=None, help=text)
    text = "lowest severity that is shown: critical, high, medium or low (low)"
    parser.add_argument("--severity", metavar="LEVEL", default=None, help=text)
    text = "whom the pools serve, whatever the manifests say: consumer, workforce, partner, machine or dev"
    parser.add_argument("--pool-profile", metavar="NAME", default=None, help=text)
    text = (
        "also read what the manifests name elsewhere: functions, roles, certificates, keys, log groups, SES, WAF, "
        "names in DNS, and how many secrets clients have"
    )
    parser.add_argument("--live", action="store_true", default=None, help=text)
    add_outputs(parser, formats.names("lint"))


def run(options: Options, console: Console) -> int:
    """Judge the manifests and print what is weak.

    Raises:
        PoolctlError: A manifest is invalid, or an option is.
    """
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import lint_run, stages
    from reconciler.runs.runtime import running

    lint_run.check(options)
    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        found = (
            lint_run.linted_live(runtime, console, manifests) if options.live else lint_run.linted(runtime, manifests)
        )
    locate = formats.repository(console.environ)
    style = RenderOptions(width=console.width, locate=locate, max_bytes=options.max_bytes)
    renderers = formats.lint(found, style)
    deliver(options, console, renderers)
    if console.environ.get("GITHUB_ACTIONS") == "true" and ("human", "") in options.outputs:
        console.data(renderers["github"](False))  # the runner reads annotations wherever a job prints them
    return lint_run.exit_code(found)

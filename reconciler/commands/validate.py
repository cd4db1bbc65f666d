"""`validate`: checks manifests without contacting AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Check manifests: syntax, names, values, references, variables, and combinations that Cognito refuses. AWS is not
contacted, so only plan finds what depends on the live pool (such as a change of an immutable member).
Security findings are counted; --lint lists them as warnings, and exits with 2 if poolctl lint would.

  poolctl validate pools/
  poolctl validate --lint pools/
  poolctl validate --var stage=prod -o json pools/customers.yaml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    text = "list security findings as warnings, and exit with 2 if one is of severity high or critical"
    parser.add_argument("--lint", action="store_true", default=None, help=text)
    add_outputs(parser, formats.names("validate"))


def run(options: Options, console: Console) -> int:
    """Check the manifests and report all problems and notices."""
    from reconciler.render.human.validate_text import problems as listed
    from reconciler.render.subjects import RenderOptions, Validation
    from reconciler.render.weaknesses import summary
    from reconciler.render.wording import notice
    from reconciler.runs.runtime import Runtime
    from reconciler.runs.validate_run import check

    found = check(Runtime(options, console.environ), console)
    notices = (*found.notices, *found.findings)
    if not options.quiet:
        for said in notices:
            console.err(notice(said))
    if not options.lint and (counted := summary(found.risks)):
        console.progress(counted)
    if found.problems and ("human", "") in options.outputs:
        console.err(listed(found.problems))
    style = RenderOptions(locate=formats.repository(console.environ), max_bytes=options.max_bytes)
    renderers = formats.validate(Validation(found.problems, notices, found.files), style)
    deliver(options, console, renderers)
    if console.environ.get("GITHUB_ACTIONS") == "true" and ("human", "") in options.outputs:
        console.data(renderers["github"](False))  # the runner reads annotations wherever a job prints them
    failed = options.lint and found.failed
    return ExitCode.INVALID if found.problems else ExitCode.CHANGES if failed else ExitCode.OK

"""`validate`: checks manifests without contacting AWS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode, InvalidManifest, Problem
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

    from reconciler.manifests.manifest import Manifest
    from reconciler.model import Notice
    from reconciler.render.subjects import LintResult

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
    from reconciler.render.weaknesses import summed_up, warnings
    from reconciler.render.wording import notice

    manifests, notices, problems = _check(options, console)
    linted = _lint(options, console, manifests) if manifests and not problems else None
    if linted and options.lint:
        notices = [*notices, *warnings(linted)]
    if not options.quiet:
        for found in notices:
            console.err(notice(found))
    if linted and not options.lint and (counted := summed_up([w for one in linted.documents for w in one.weaknesses])):
        console.progress(counted)
    files = [m.source.file for m in manifests]
    if problems and ("human", "") in options.outputs:
        console.err(listed(problems))
    style = RenderOptions(locate=formats.repository(console.environ), max_bytes=options.max_bytes)
    renderers = formats.validate(Validation(problems, notices, files), style)
    deliver(options, console, renderers)
    if console.environ.get("GITHUB_ACTIONS") == "true" and ("human", "") in options.outputs:
        console.data(renderers["github"](False))  # the runner reads annotations wherever a job prints them
    failed = options.lint and linted is not None and linted.failed
    return ExitCode.INVALID if problems else ExitCode.CHANGES if failed else ExitCode.OK


def _lint(options: Options, console: Console, manifests: Sequence[Manifest]) -> LintResult:
    from reconciler.runs import lint_run
    from reconciler.runs.runtime import Runtime

    return lint_run.linted(Runtime(options, console.environ), manifests)


def _check(options: Options, console: Console) -> tuple[Sequence[Manifest], Sequence[Notice], Sequence[Problem]]:
    """Load the manifests and check those that could be loaded."""
    from reconciler.planning.guard import offline, offline_warnings
    from reconciler.runs.runtime import Runtime

    runtime = Runtime(options, console.environ)
    try:
        loaded = runtime.load(console.read)
    except InvalidManifest as error:
        return (), (), error.problems
    refusals = [(m, r) for m in loaded.manifests for r in offline(m)]
    if any(m.outputs for m in loaded.manifests):
        from reconciler.runs import outputs_checked  # knows all formats, and all that they are made of

        refusals += outputs_checked.offline(runtime, loaded.manifests)
    found = [Problem(r.source or m.source, f"{r.address}", f"{r.message} [{r.rule}]", r.advice) for m, r in refusals]
    warnings = [notice for m in loaded.manifests for notice in offline_warnings(m)]
    return loaded.manifests, (*loaded.notices, *warnings), found

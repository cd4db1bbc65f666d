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

HELP = """\
Check manifests: syntax, names, values, references, variables, and combinations that Cognito refuses. AWS is not
contacted, so only plan finds what depends on the live pool (such as a change of an immutable member).

  poolctl validate pools/
  poolctl validate --var stage=prod -o json pools/customers.yaml
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_outputs(parser, formats.names("validate"))


def run(options: Options, console: Console) -> int:
    """Check the manifests and report all problems and notices."""
    from reconciler.render.human.validate_text import problems as listed
    from reconciler.render.subjects import RenderOptions, Validation
    from reconciler.render.wording import notice

    manifests, notices, problems = _check(options, console)
    if not options.quiet:
        for found in notices:
            console.err(notice(found))
    files = [m.source.file for m in manifests]
    if problems and ("human", "") in options.outputs:
        console.err(listed(problems))
    style = RenderOptions(locate=formats.repository(console.environ), max_bytes=options.max_bytes)
    renderers = formats.validate(Validation(problems, notices, files), style)
    deliver(options, console, renderers)
    if console.environ.get("GITHUB_ACTIONS") == "true" and ("human", "") in options.outputs:
        console.data(renderers["github"](False))  # the runner reads annotations wherever a job prints them
    return ExitCode.INVALID if problems else ExitCode.OK


def _check(options: Options, console: Console) -> tuple[Sequence[Manifest], Sequence[Notice], Sequence[Problem]]:
    """Load the manifests and check those that could be loaded."""
    from reconciler.planning.guard import offline, offline_warnings
    from reconciler.runs.runtime import Runtime

    try:
        loaded = Runtime(options, console.environ).load(console.read)
    except InvalidManifest as error:
        return (), (), error.problems
    refusals = [(m, r) for m in loaded.manifests for r in offline(m)]
    found = [Problem(r.source or m.source, f"{r.address}", f"{r.message} [{r.rule}]", r.advice) for m, r in refusals]
    warnings = [notice for m in loaded.manifests for notice in offline_warnings(m)]
    return loaded.manifests, (*loaded.notices, *warnings), found

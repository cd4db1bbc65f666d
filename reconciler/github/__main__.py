"""`python -m reconciler.github COMMAND`: what `action.yml` runs. Inputs come from the environment (see `job`)."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

from reconciler.cli import entry
from reconciler.errors import InvalidInput, PoolctlError, flow
from reconciler.github import apply_step, drift_step, issues, plan_step
from reconciler.github.api import GitHub
from reconciler.github.job import Job, job
from reconciler.github.runner import Run, Runner
from reconciler.github.transport import Transport

USAGE = "usage: python -m reconciler.github plan|apply|drift|issues [REPORT.json ...]"


def main(
    argv: Sequence[str] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    stdout: TextIO | None = None,
    run: Run = entry.main,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run one step and return its exit code.

    Args:
        argv: The command, and for `issues` the reports; None takes the arguments of the process.
        environ: The environment of the step.
        stdout: The log, which the runner parses.
        run: poolctl.
        sleep: Waits for a number of seconds.
    """
    environ = os.environ if environ is None else environ
    runner = Runner(environ, stdout or sys.stdout, run)
    try:
        return _step(list(sys.argv[1:] if argv is None else argv), environ, runner, sleep)
    except PoolctlError as error:
        runner.annotate("error", str(error))
        return error.exit_code


def _step(argv: list[str], environ: Mapping[str, str], runner: Runner, sleep: Callable[[float], None]) -> int:
    command, reports = (argv[0], argv[1:]) if argv else ("", [])
    if command not in ("plan", "apply", "drift", "issues") or (reports and command != "issues"):
        raise InvalidInput(f"{flow(' '.join(argv)) if argv else 'nothing'} is not a command. {USAGE}")
    found = job(environ)
    needed = {"plan": "INPUT_COMMENT", "drift": "INPUT_ISSUES"}.get(command)
    if needed and (not found.switch(needed) or (command == "plan" and not found.pull)):
        return _run_command(command, found, runner, None, reports)
    base = environ.get("GITHUB_API_URL") or "https://api.github.com"
    with GitHub(Transport(base, environ.get("GITHUB_TOKEN", ""), sleep=sleep)) as api:
        return _run_command(command, found, runner, api, reports)


def _run_command(command: str, found: Job, runner: Runner, api: GitHub | None, reports: list[str]) -> int:
    if command == "plan":
        return plan_step.run(found, runner, api)
    if command == "drift":
        return drift_step.run(found, runner, api)
    if api is None:
        raise AssertionError
    if command == "apply":
        return apply_step.run(found, runner, api)
    return issues.run(found, runner, api, reports or found.reports)


if __name__ == "__main__":
    sys.exit(main())

"""`drift`: checks for drift, writes the report, and passes it to `issues`."""

from __future__ import annotations

import json
from pathlib import Path

from reconciler.errors import ExitCode, worst
from reconciler.github import comment_text, issues
from reconciler.github.api import GitHub
from reconciler.github.job import Job
from reconciler.github.runner import SUMMARY_BYTES, Runner
from reconciler.runs.drift_run import ADVICE

FILES = ("report.json", "drift.md", "annotations.txt")
"""Output files; the first is the report that `issues` reads."""


def run(job: Job, runner: Runner, api: GitHub | None) -> int:
    """Compare, and write the issues.

    Args:
        job: The job.
        runner: The runner around the step.
        api: GitHub; None writes no issues.

    Returns:
        0 if the comparison was complete, with or without drift; otherwise the worst of poolctl's exit code and, if an
        issue could not be written, 1.
    """
    directory = runner.directory(job.inputs["INPUT_OUTPUT_DIRECTORY"], FILES)
    report, markdown, annotations = (directory / name for name in FILES)
    outputs = ["-o", "human", "-o", f"json={report}", "-o", f"markdown={markdown}", "-o", f"github={annotations}"]
    fixed = ["--non-interactive", *outputs, "--max-bytes", str(SUMMARY_BYTES)]
    code, stderr = runner.poolctl(["drift", *job.args, *job.gates, *fixed, "--", *job.paths])
    runner.annotations(annotations)
    drifted = str(_drifted(code, report)).lower()
    runner.output(exit_code=str(code), changes=drifted, report=str(report) if report.exists() else "")
    failed = f"## poolctl drift failed\n\n{comment_text.meaning(code, ADVICE)}\n\n{comment_text.fenced(stderr)}"
    runner.summary(markdown.read_text(encoding="utf-8") if markdown.exists() else failed)
    issued = issues.run(job, runner, api, [str(report)]) if api and report.exists() else ExitCode.OK
    return worst([issued, ExitCode.OK if code == ExitCode.CHANGES else code])


def _drifted(code: int, report: Path) -> bool:
    """Return whether there is drift; what `fail-on` stops ends with another code."""
    if code == ExitCode.REFUSED and report.exists():
        return bool(json.loads(report.read_text(encoding="utf-8"))["drifted"])
    return code == ExitCode.CHANGES

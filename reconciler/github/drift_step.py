"""`drift`: looks for drift, writes the report, and hands it to `issues`."""

from __future__ import annotations

from reconciler.github import comment_text, issues
from reconciler.github.api import GitHub
from reconciler.github.job import Job
from reconciler.github.runner import SUMMARY_BYTES, Runner
from reconciler.runs.drift_run import ADVICE

FILES = ("report.json", "drift.md", "annotations.txt")
"""What is written; the first is the report that `issues` reads."""


def run(job: Job, runner: Runner, api: GitHub | None) -> int:
    """Compare, and tell.

    Args:
        job: The job.
        runner: What the step stands in.
        api: GitHub; None writes no issues.

    Returns:
        0 when the comparison was made whole, with drift or without it; else poolctl's exit code, or 1 when an issue
        could not be written.
    """
    directory = runner.directory(job.inputs["INPUT_OUTPUT_DIRECTORY"], FILES)
    report, markdown, annotations = (directory / name for name in FILES)
    outputs = ["-o", "human", "-o", f"json={report}", "-o", f"markdown={markdown}", "-o", f"github={annotations}"]
    fixed = ["--non-interactive", *outputs, "--max-bytes", str(SUMMARY_BYTES)]
    code, stderr = runner.poolctl(["drift", *job.args, *fixed, "--", *job.paths])
    runner.annotations(annotations)
    drifted = str(code == 2).lower()  # noqa: PLR2004 - drift
    runner.output(exit_code=str(code), changes=drifted, report=str(report) if report.exists() else "")
    failed = f"## poolctl drift failed\n\n{comment_text.meaning(code, ADVICE)}\n\n{comment_text.fenced(stderr)}"
    runner.summary(markdown.read_text(encoding="utf-8") if markdown.exists() else failed)
    told = issues.run(job, runner, api, [str(report)]) if api and report.exists() else 0
    return told if code in (0, 2) else code

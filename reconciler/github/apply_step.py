"""`apply`: after the merge, applies exactly the plan that was reviewed on the pull request, or nothing.

The digest identifies the reviewed plan: it is given by a person (`expect`), or in the comment on the merged
pull request. The comment is fully checked before AWS is contacted: its author, whether the plan was
complete, whether it could be applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ExitCode, Refused, flow
from reconciler.github import comment_text, going_back, marker, plan_step
from reconciler.github.api import GitHub
from reconciler.github.comments import LONGEST, Comments
from reconciler.github.job import Job
from reconciler.github.runner import Runner
from reconciler.github.transport import GitHubError
from reconciler.model import Tree

KIND = "poolctl-action-apply"
"""Marker kind of our comments with the result of an apply."""

FILES = ("rollback.yaml", "apply.json", "apply.md")
"""Output files; the first has the previous values."""

WRITTEN = (ExitCode.OK, ExitCode.PARTIAL, ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""Exit codes after which a rollback may be needed."""

DONE = "Nothing is left to apply: the pools match the manifests, so the reviewed plan has been applied already."
"""What is said if the digest no longer matches because there is nothing to do any more."""

BY_HAND = "Plan and review again, then start this workflow manually with `expect` and the digest of that plan."
"""Advice if no comment can be used."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """The result of an apply."""

    code: int
    """Exit code."""
    error: str
    """The error; empty if there is a report."""
    report: str = ""
    """The report as Markdown, without its marker."""
    rollback: str = ""
    """File with the previous values; empty if there was nothing to write."""
    back: str = ""
    """How to go back, and what a rollback does not bring back, as Markdown; empty if nothing was written."""


def run(job: Job, runner: Runner, api: GitHub) -> int:
    """Find the reviewed plan, apply it, and report the result.

    Args:
        job: The job.
        runner: The runner around the step.
        api: GitHub.

    Returns:
        poolctl's exit code; 4 if there is nothing that may be applied.

    Raises:
        GitHubError: The reviewed plan could not be determined; nothing was written.
    """
    pull, expect = None, job.inputs["INPUT_EXPECT"]
    try:
        pull = _pull(job, api)
        digest = expect if expect or pull is None else _reviewed(job, runner, api, pull)
        result = _applied(job, runner, digest)
    except Refused as error:
        runner.annotate("error", str(error))
        result = StepResult(error.exit_code, str(error))
    runner.output(exit_code=str(result.code), rollback_file=result.rollback)
    said = body(job, result)
    runner.summary(said)
    if pull and job.switch("INPUT_COMMENT"):
        _comment(job, runner, Comments(api, job.repository, pull["number"], job.author), said)
    return result.code


def _comment(job: Job, runner: Runner, comments: Comments, said: str) -> None:
    """Write the comment. A failure here must not hide the result of the apply."""
    try:
        comments.put(KIND, job.key, said)
    except GitHubError as error:
        runner.annotate("warning", f"The result could not be written to the pull request. {error}")


# --- what was reviewed ---------------------------------------------------------------------------------------------


def _pull(job: Job, api: GitHub) -> Tree | None:
    """Return the pull request that this commit merged; None if there is none and a person gave the digest.

    Raises:
        Refused: There is none, or there are several.
    """
    path = f"/repos/{job.repository}/commits/{job.commit}/pulls"
    merged = [p for p in api.pages("Find the merged pull request", path) if p.get("merged_at")]
    into = [p for p in merged if (p.get("base") or {}).get("ref") == job.branch]
    exact = [p for p in into if p.get("merge_commit_sha") == job.commit]
    found = exact or into
    if len(found) == 1:
        return found[0]
    if job.inputs["INPUT_EXPECT"]:
        return None
    if found:
        numbers = ", ".join(f"#{p['number']}" for p in found)
        raise Refused(f"Several pull requests were merged as commit {job.commit}: {numbers}. {BY_HAND}")
    raise Refused(f"Commit {job.commit} belongs to no merged pull request, so no plan of it was reviewed. {BY_HAND}")


def _reviewed(job: Job, runner: Runner, api: GitHub, pull: Tree) -> str:
    """Return the digest of the reviewed plan.

    Raises:
        Refused: There is no comment, or none that may be applied.
    """
    where = f"pull request #{pull['number']}"
    found = Comments(api, job.repository, pull["number"], job.author).ours(plan_step.KIND, job.key)
    if not found:
        raise Refused(f"There is no plan by {job.author} with the key {flow(job.key)} on {where}. {BY_HAND}")
    if len(found) > 1:
        raise Refused(f"There are {len(found)} plans with the key {flow(job.key)} on {where}. {BY_HAND}")
    ours, tool = marker.read(found[0].get("body"), plan_step.KIND, plan_step.TOOL) or ({}, {})
    if not tool.get("digest"):
        raise Refused(f"The last plan on {where} failed, was refused or could not be applied. {BY_HAND}")
    if tool.get("truncated") != "false":
        raise Refused(
            f"The plan on {where} was truncated, so it cannot be approved there. Review the full "
            "plan (step summary or artifact of its run), and start this workflow manually with `expect` and its digest."
        )
    if ours.get("commit") != (pull.get("head") or {}).get("sha"):
        runner.annotate(
            "warning", f"The plan on {where} is not for its last commit. It is applied only if it is still current."
        )
    return tool["digest"]


# --- the result ----------------------------------------------------------------------------------------------------


def _applied(job: Job, runner: Runner, digest: str) -> StepResult:
    directory = runner.directory(job.inputs["INPUT_OUTPUT_DIRECTORY"], FILES[1:])
    rollback, tree, markdown = (directory / name for name in FILES)
    old = rollback.exists()  # it may still be needed; poolctl refuses to overwrite it
    outputs = ["-o", "human", "-o", f"json={tree}", "-o", f"markdown={markdown}", "--max-bytes", str(plan_step.ROOM)]
    fixed = ["--non-interactive", "--expect", digest, "--rollback-file", str(rollback), *outputs]
    code, stderr = runner.poolctl(["apply", *job.args, *job.gates, *fixed, "--", *job.paths])
    if code == ExitCode.STALE and _nothing_left(job, runner):
        runner.annotate("notice", DONE)
        return StepResult(ExitCode.OK, "", f"{DONE}\n")
    made = rollback.exists() and not old
    return StepResult(
        code,
        "" if code == ExitCode.OK else stderr,
        _report(markdown),
        str(rollback) if made else "",
        "\n".join(going_back.lines(tree)) if made and code in WRITTEN else "",
    )


def _nothing_left(job: Job, runner: Runner) -> bool:
    """Whether today's plan is empty: then the reviewed one has been applied already, such as by an earlier run."""
    code, _ = runner.poolctl(["plan", *job.args, "--detailed-exitcode", "--non-interactive", "--", *job.paths])
    return code == ExitCode.OK


def _report(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[2] if file.exists() else ""


def body(job: Job, result: StepResult) -> str:
    """Return the comment with the result."""
    head = marker.render(KIND, key=marker.short(job.key), commit=job.commit)
    failed = (
        ["## poolctl apply failed\n", f"{comment_text.meaning(result.code, comment_text.APPLY)}\n"]
        if result.code
        else []
    )
    content = [result.report] if result.report else [comment_text.fenced(result.error)] if result.error else []
    back = [result.back] if result.back else []
    whole = "\n".join(
        [head, *failed, *content, *back, comment_text.footer(job, "Applied" if result.code == ExitCode.OK else "Tried")]
    )
    return whole if len(whole) <= LONGEST else "\n".join([head, *failed, "The report is in the log.\n", *back])

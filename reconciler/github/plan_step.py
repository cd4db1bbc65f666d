"""`plan`: plans on a pull request, and keeps one comment with the newest plan.

The comment is what apply reads later, so it states exactly what may be approved: its second line is poolctl's own
marker with the digest of the plan. Whenever the plan failed, was refused, or could not be applied as it is, that
digest is empty, also in a comment that held a good plan before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ExitCode
from reconciler.github import comment_text, marker
from reconciler.github.api import GitHub
from reconciler.github.comments import LONGEST, Comments
from reconciler.github.job import Job
from reconciler.github.runner import SUMMARY_BYTES, Runner

KIND = "poolctl-action"
"""Marks our comments with a plan."""

TOOL = "poolctl plan"
"""Begins the marker that poolctl writes."""

ROOM = 63_000
"""Longest plan in a comment, in bytes; the rest is for what surrounds it."""

FILES = ("plan.poolctl.json", "plan.json", "plan.md", "annotations.txt", "summary.md")
"""What is written; the first is the plan that apply takes."""

INTERRUPTED = (ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""Exit codes of a run that was stopped."""

PLANNED = (ExitCode.OK, ExitCode.CHANGES)
"""Exit codes of a plan that apply could take."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of a plan."""

    code: int
    """poolctl's exit code."""
    stderr: str
    """The end of standard error."""
    directory: Path
    """Where the files are."""

    @property
    def file(self) -> Path:
        """The saved plan."""
        return self.directory / FILES[0]

    @property
    def text(self) -> str:
        """The plan as Markdown, poolctl's marker first; empty when there is none."""
        file = self.directory / "plan.md"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def tool(self) -> dict[str, str]:
        """What poolctl's marker says; without a digest unless the plan could be applied as it is."""
        found = (marker.read(self.text, TOOL) or [{}])[0]
        return {
            "targets": found.get("targets", ""),
            "digest": found.get("digest", "") if self.sound else "",
            "truncated": found.get("truncated", "false"),
        }

    @property
    def sound(self) -> bool:
        """Whether apply could take it: poolctl saves no other plan."""
        return self.code in PLANNED and self.file.exists()


def run(job: Job, runner: Runner, api: GitHub | None) -> int:
    """Plan, and report.

    Args:
        job: The job.
        runner: The environment of the step.
        api: GitHub; None writes no comment.

    Returns:
        0 when there is a plan, else poolctl's exit code.

    Raises:
        GitHubError: The comment could not be written; everything else was.
    """
    planned = _planned(job, runner)
    _publish(job, runner, planned)
    if api and _may_comment(job, runner, planned):
        comments = Comments(api, job.repository, job.pull, job.author)
        runner.output(comment_id=comments.put(KIND, job.key, body(job, planned)))
    return ExitCode.OK if planned.code == ExitCode.CHANGES else planned.code


def _planned(job: Job, runner: Runner) -> Planned:
    directory = runner.directory(job.inputs["INPUT_OUTPUT_DIRECTORY"], FILES)
    file, tree, markdown, annotations, _ = (str(directory / name) for name in FILES)
    outputs = ["-o", "human", "-o", f"json={tree}", "-o", f"markdown={markdown}", "-o", f"github={annotations}"]
    fixed = ["--non-interactive", "--detailed-exitcode", "--out", file, *outputs, "--max-bytes", str(ROOM)]
    code, stderr = runner.poolctl(["plan", *job.args, *fixed, "--", *job.paths])
    runner.annotations(directory / "annotations.txt")
    return Planned(code, stderr, directory)


def _publish(job: Job, runner: Runner, planned: Planned) -> None:
    """Write outputs and summary, which need no permission."""
    runner.output(
        exit_code=str(planned.code),
        changes=str(planned.code == ExitCode.CHANGES).lower(),
        digest=planned.tool["digest"],
        truncated=planned.tool["truncated"],
        plan_file=str(planned.file) if planned.sound else "",
    )
    runner.summary(_summary(job, runner, planned))


def _summary(job: Job, runner: Runner, planned: Planned) -> str:
    """Return the plan for the step summary, which has room for more than a comment, and how to apply it by hand."""
    if not planned.sound:
        return body(job, planned)
    file = planned.directory / "summary.md"
    argv = ["show", "-o", f"markdown={file}", "--max-bytes", str(SUMMARY_BYTES), str(planned.file)]
    shown = file.read_text(encoding="utf-8") if runner.poolctl(argv)[0] == ExitCode.OK else planned.text
    digest = f"To apply this plan by hand, start the apply workflow with `expect`: `{planned.tool['digest']}`"
    return "\n".join([shown, digest, "", comment_text.footer(job, "Planned")])


def _may_comment(job: Job, runner: Runner, planned: Planned) -> bool:
    if not job.pull:
        runner.say("No comment: the event has no pull request.")
        return False
    if planned.code in INTERRUPTED:  # a newer run is probably writing it
        runner.say("No comment: the run was stopped.")
        return False
    return True


# --- the comment ---------------------------------------------------------------------------------------------------


def body(job: Job, planned: Planned) -> str:
    """Return the comment: our marker, poolctl's marker, the plan or what is wrong, and where it comes from."""
    parts = [_marker(job), marker.spell(TOOL, **planned.tool), *_content(planned), comment_text.footer(job, "Planned")]
    whole = "\n".join(parts)
    if len(whole) <= LONGEST:
        return whole
    nothing = {**planned.tool, "digest": "", "truncated": "true"}
    said = "## poolctl plan\n\nThe plan is too long for a comment. See the summary of the run.\n"
    return "\n".join([_marker(job), marker.spell(TOOL, **nothing), said, comment_text.footer(job, "Planned")])


def _marker(job: Job) -> str:
    return marker.spell(KIND, key=marker.short(job.key), commit=job.commit)


def _content(planned: Planned) -> list[str]:
    shown = planned.text.partition("\n")[2]  # without the marker
    if planned.sound:
        hand = "Not all of it is above. Review the whole plan in the summary of the run; it has the digest with which "
        hand += "the apply workflow is then started by hand (`expect`).\n"
        return [shown, hand] if planned.tool["truncated"] == "true" else [shown]
    said = f"{comment_text.meaning(planned.code, comment_text.PLAN)} **Nothing can be applied from here.**\n"
    if planned.code in PLANNED:
        said = (
            "**Part could not be read, so nothing can be applied from here.** Give the role the missing permission.\n"
        )
    refused = planned.code in (*PLANNED, ExitCode.REFUSED)
    head = [] if refused else ["## poolctl plan failed\n"]
    return [*head, said, shown or comment_text.fenced(planned.stderr)]

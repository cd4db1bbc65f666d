"""`plan`: plans on a pull request, and keeps one comment with the newest plan.

Apply reads the comment later, so it identifies exactly the plan that may be approved: its second line is poolctl's own
marker with the digest of the plan. If the plan failed, was refused, or cannot be applied, that
digest is empty, even if the comment held a valid plan before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.errors import ExitCode
from reconciler.github import approval, base_gates, comment_text, marker
from reconciler.github.api import GitHub
from reconciler.github.comments import LONGEST, Comments
from reconciler.github.job import Job, visible
from reconciler.github.runner import SUMMARY_BYTES, Runner

KIND = "poolctl-action"
"""Marker kind of our comments with a plan."""

TOOL = "poolctl plan"
"""Prefix of poolctl's own marker."""

ROOM = 63_000
"""Maximum length of the plan in a comment, in bytes; the rest is for the surrounding text."""

FILES = ("plan.poolctl.json", "plan.json", "plan.md", "annotations.txt", "summary.md", base_gates.FILE)
"""Output files; the first is the plan for apply."""

INTERRUPTED = (ExitCode.INTERRUPTED, ExitCode.TERMINATED)
"""Exit codes of an interrupted run."""

PLANNED = (ExitCode.OK, ExitCode.CHANGES)
"""Exit codes of a plan that can be applied."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The result of a plan."""

    code: int
    """poolctl's exit code."""
    stderr: str
    """The end of standard error."""
    directory: Path
    """Directory of the files."""
    changes: tuple[str, ...] = ()
    """Lines about what the pull request changes of the gates."""

    @property
    def file(self) -> Path:
        """The saved plan."""
        return self.directory / FILES[0]

    @property
    def text(self) -> str:
        """The plan as Markdown, starting with poolctl's marker; empty if there is none."""
        file = self.directory / "plan.md"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    @property
    def tool(self) -> dict[str, str]:
        """Fields of poolctl's marker; the digest is empty unless the plan can be applied."""
        found = (marker.read(self.text, TOOL) or [{}])[0]
        return {
            "targets": found.get("targets", ""),
            "digest": found.get("digest", "") if self.sound else "",
            "truncated": found.get("truncated", "false"),
        }

    @property
    def sound(self) -> bool:
        """Whether it can be applied: poolctl saves no other plan."""
        return self.code in PLANNED and self.file.exists()


def run(job: Job, runner: Runner, api: GitHub | None) -> int:
    """Plan, and publish the result.

    Args:
        job: The job.
        runner: The runner around the step.
        api: GitHub; None writes no comment.

    Returns:
        0 if there is a plan, otherwise poolctl's exit code.

    Raises:
        GitHubError: The comment could not be written; everything else was.
    """
    planned = _planned(job, runner, api)
    _publish(job, runner, planned)
    if api and _may_comment(job, runner, planned):
        comments = Comments(api, job.repository, job.pull, job.author)
        runner.output(comment_id=comments.put(KIND, job.key, body(job, planned)))
    return ExitCode.OK if planned.code == ExitCode.CHANGES else planned.code


def _planned(job: Job, runner: Runner, api: GitHub | None) -> Planned:
    directory = runner.directory(job.inputs["INPUT_OUTPUT_DIRECTORY"], FILES)
    reads = base_gates.reads(job, visible(runner.environ))
    base = base_gates.fetched(job, api, directory, reads)
    if base_gates.counts_itself(job, api, reads):
        runner.annotate("notice", "Without a comment, the plan is judged by poolctl.yaml of the pull request itself.")
    file, tree, markdown, annotations, *_ = (str(directory / name) for name in FILES)
    outputs = ["-o", "human", "-o", f"json={tree}", "-o", f"markdown={markdown}", "-o", f"github={annotations}"]
    fixed = ["--non-interactive", "--detailed-exitcode", "--out", file, *outputs, "--max-bytes", str(ROOM)]
    gates = [*job.gates, *([f"--gates-from={base}"] if base else [])]
    code, stderr = runner.poolctl(["plan", *job.args, *gates, *fixed, "--", *job.paths])
    runner.annotations(directory / "annotations.txt")
    return Planned(code, stderr, directory, tuple(base_gates.changes(job, base, reads)))


def _publish(job: Job, runner: Runner, planned: Planned) -> None:
    """Write outputs and summary, which need no permissions."""
    runner.output(
        exit_code=str(planned.code),
        changes=str(planned.code == ExitCode.CHANGES).lower(),
        digest=planned.tool["digest"],
        truncated=planned.tool["truncated"],
        plan_file=str(planned.file) if planned.sound else "",
    )
    runner.summary(_summary(job, runner, planned))


def _summary(job: Job, runner: Runner, planned: Planned) -> str:
    """Return the plan for the step summary, which has more room than a comment, and how to apply it manually."""
    if not planned.sound:
        return body(job, planned)
    file = planned.directory / "summary.md"
    argv = ["show", "-o", f"markdown={file}", "--max-bytes", str(SUMMARY_BYTES), str(planned.file)]
    shown = file.read_text(encoding="utf-8") if runner.poolctl(argv)[0] == ExitCode.OK else planned.text
    digest = f"To apply this plan manually, start the apply workflow with `expect`: `{planned.tool['digest']}`"
    return "\n".join([shown, digest, "", comment_text.footer(job, "Planned")])


def _may_comment(job: Job, runner: Runner, planned: Planned) -> bool:
    if not job.pull:
        runner.say("No comment: the event belongs to no pull request.")
        return False
    if planned.code in INTERRUPTED:  # a newer run is probably writing it
        runner.say("No comment: the run was interrupted.")
        return False
    return True


# --- the comment ---------------------------------------------------------------------------------------------------


def body(job: Job, planned: Planned) -> str:
    """Return the comment: our marker, poolctl's marker, the plan or the error, and its origin."""
    parts = [_marker(job), marker.render(TOOL, **planned.tool), *_content(planned), comment_text.footer(job, "Planned")]
    whole = "\n".join(parts)
    if len(whole) <= LONGEST:
        return whole
    nothing = {**planned.tool, "digest": "", "truncated": "true"}
    said = "## poolctl plan\n\nThe plan is too long for a comment. See the summary of the run.\n"
    return "\n".join([_marker(job), marker.render(TOOL, **nothing), said, comment_text.footer(job, "Planned")])


def _marker(job: Job) -> str:
    return marker.render(KIND, key=marker.short(job.key), commit=job.commit)


def _content(planned: Planned) -> list[str]:
    shown = planned.text.partition("\n")[2]  # without the marker
    said_of_gates = [*planned.changes, *approval.lines(planned.directory / "plan.json")]
    if planned.sound:
        hand = (
            "The plan above is truncated. Review the full plan in the summary of the run; it has the digest to start "
        )
        hand += "the apply workflow manually (`expect`).\n"
        return [shown, hand] if planned.tool["truncated"] == "true" else [shown, *said_of_gates]
    said = f"{comment_text.meaning(planned.code, comment_text.PLAN)} **Nothing can be applied from here.**\n"
    if planned.code in PLANNED:
        said = (
            "**Part could not be read, so nothing can be applied from here.** Give the role the missing permission.\n"
        )
    refused = planned.code in (*PLANNED, ExitCode.REFUSED)
    head = [] if refused else ["## poolctl plan failed\n"]
    return [*head, said, *said_of_gates, shown or comment_text.fenced(planned.stderr)]

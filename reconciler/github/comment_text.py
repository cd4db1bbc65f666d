"""Texts of comments around a report: meaning of the exit code, the error, the commit and the run."""

from __future__ import annotations

from reconciler.errors import ExitCode, exit_word
from reconciler.github.job import Job
from reconciler.render import markdown

PLAN: dict[int, str] = {
    ExitCode.ERROR: "AWS refused, or something unexpected happened. Read the message, and run the job again.",
    ExitCode.INVALID: "A manifest, an option or a setting is invalid; AWS was not contacted.",
    ExitCode.REFUSED: "A safety rule, a rule of Cognito or fail-on forbids the change.",
    ExitCode.INCOMPLETE: "Part could not be read. Give the role the missing permission.",
}
"""Meaning of a plan's exit code to a reviewer."""

APPLY: dict[int, str] = {
    ExitCode.ERROR: "AWS refused, or something unexpected happened; nothing is known to have been written.",
    ExitCode.INVALID: "A manifest, an option or a setting is invalid; nothing was written.",
    ExitCode.REFUSED: "A safety or policy rule forbids the change; nothing was written.",
    ExitCode.STALE: "Stale: the reviewed plan is no longer current; nothing was written. Plan again, review again.",
    ExitCode.PARTIAL: "Partial: some writes were made. The rollback file has the previous values.",
    ExitCode.INCOMPLETE: "Part could not be read; nothing was written. Give the role the missing permission.",
    ExitCode.INTERRUPTED: "Interrupted, after the write in flight was finished.",
    ExitCode.TERMINATED: "Interrupted, after the write in flight was finished.",
}
"""Meaning of an apply's exit code."""

LONGEST_ERROR = 6_000
"""Maximum length of an error in comments, in characters: its end, which has the reason."""


def meaning(code: int, table: dict[int, str]) -> str:
    """Return the meaning of an exit code, as a sentence that starts with the code."""
    return f"**Exit {code} ({exit_word(code)}).** {table.get(code, 'Something unexpected happened.')}"


def fenced(words: str) -> str:
    """Return an error as a code block that its content cannot close."""
    shown = words.strip()
    if len(shown) > LONGEST_ERROR:
        shown = f"…\n{shown[-LONGEST_ERROR:].partition(chr(10))[2] or shown[-LONGEST_ERROR:]}"
    return "\n".join(markdown.fenced(shown.splitlines(), "text"))


def footer(job: Job, done: str) -> str:
    """Return the last line: what was done, at which commit, by which run.

    Args:
        job: The job.
        done: The first word: `Planned`.
    """
    run = f" by [this run]({job.run_url})" if job.run_url else ""
    return f"<sub>{done} at commit {markdown.text(job.commit[:12]) or '?'}{run}.</sub>"

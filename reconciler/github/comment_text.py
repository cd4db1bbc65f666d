"""What comments say around a report: what the exit code means, the error, the commit and the run."""

from __future__ import annotations

from reconciler.errors import ExitCode, exit_word
from reconciler.github.job import Job
from reconciler.render import markdown

PLAN: dict[int, str] = {
    ExitCode.ERROR: "AWS refused, or something unexpected happened. Read the message, and run the job again.",
    ExitCode.INVALID: "A manifest, an option or a setting is wrong; AWS was not contacted.",
    ExitCode.REFUSED: "A safety rule, or a rule of Cognito, says no.",
    ExitCode.INCOMPLETE: "Part could not be read. Give the role the missing permission.",
}
"""What a plan's exit code means to a reviewer."""

APPLY: dict[int, str] = {
    ExitCode.ERROR: "AWS refused, or something unexpected happened; nothing is known to have been written.",
    ExitCode.INVALID: "A manifest, an option or a setting is wrong; nothing was written.",
    ExitCode.REFUSED: "A safety or policy rule says no; nothing was written.",
    ExitCode.STALE: "Stale: today's plan is not the one that was reviewed; nothing was written. Plan again.",
    ExitCode.PARTIAL: "Partial: some writes were made. Read what is left; the rollback file has the former values.",
    ExitCode.INCOMPLETE: "Part could not be read; nothing was written. Give the role the missing permission.",
    ExitCode.INTERRUPTED: "Interrupted, after the write in flight was finished.",
    ExitCode.TERMINATED: "Interrupted, after the write in flight was finished.",
}
"""What an apply's exit code means."""

LONGEST_ERROR = 6_000
"""How much of an error is repeated, in characters: its end, where the reason is."""


def meaning(code: int, table: dict[int, str]) -> str:
    """Return what an exit code means, as a sentence that begins with the code."""
    return f"**Exit {code} ({exit_word(code)}).** {table.get(code, 'Something unexpected happened.')}"


def fenced(words: str) -> str:
    """Return an error as a block of code that nothing within it can end."""
    shown = words.strip()
    if len(shown) > LONGEST_ERROR:
        shown = f"…\n{shown[-LONGEST_ERROR:].partition(chr(10))[2] or shown[-LONGEST_ERROR:]}"
    return "\n".join(markdown.fenced(shown.splitlines(), "text"))


def footer(job: Job, done: str) -> str:
    """Return the last line: what was done, at which commit, by which run.

    Args:
        job: Where it was done.
        done: The first word: `Planned`.
    """
    run = f" by [this run]({job.run_url})" if job.run_url else ""
    return f"<sub>{done} at commit {markdown.text(job.commit[:12]) or '?'}{run}.</sub>"

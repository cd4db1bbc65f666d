"""`issues`: one open issue for each pool with drift, created, updated and closed from drift reports.

Pools that are in no report are left alone, and so is the issue of a pool of which part could not be read: neither
proves that there is no drift.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from reconciler.errors import ExitCode, InvalidInput, flow, printable, worst
from reconciler.github import marker, tickets
from reconciler.github.api import GitHub
from reconciler.github.job import Job
from reconciler.github.pool_reports import Pool, pools
from reconciler.github.runner import Runner
from reconciler.github.transport import GitHubError
from reconciler.model import Tree

COLOR = "d93f0b"
"""Colour of a new label."""


def run(job: Job, runner: Runner, api: GitHub, files: Sequence[str]) -> int:
    """Update the issues from drift reports.

    Args:
        job: The job.
        runner: The runner around the step.
        api: GitHub.
        files: JSON reports of `poolctl drift`.

    Returns:
        0, or 1 if an issue could not be written; the others were.

    Raises:
        InvalidInput: A report cannot be read, or the label is invalid; nothing was written.
        GitHubError: The issues could not be read; nothing was written.
    """
    found = pools(files)
    desk = IssueDesk(api, job.repository, job.author, _label(job), job.run_id)
    issues = desk.issues()
    return worst([_one(runner, desk, pool, issues.get(pool.key, ())) for pool in found])


def _label(job: Job) -> str:
    label = job.inputs["INPUT_LABEL"]
    if "," in label:
        raise InvalidInput(f"label: {flow(label)} contains a comma, which GitHub treats as two labels.")
    return label


def _one(runner: Runner, desk: IssueDesk, pool: Pool, issues: Sequence[Tree]) -> int:
    """Update the issue of one pool. A failure does not affect the other pools."""
    try:
        runner.say(printable(f"{flow(pool.key)}: {desk.settle(pool, issues)}"))
    except GitHubError as error:
        runner.annotate("error", f"The issue about {pool.key} could not be written. {error}")
        return ExitCode.ERROR
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class IssueDesk:
    """The issues of a repository."""

    api: GitHub
    """GitHub."""
    repository: str
    """`owner/name`."""
    author: str
    """Login that the job writes as; issues by other authors are not ours."""
    label: str
    """The label of our issues."""
    run: str
    """Identifies this run."""

    def issues(self) -> Mapping[str, Sequence[Tree]]:
        """Return our open issues by the key of their pool, the oldest first.

        Raises:
            GitHubError: They could not be read.
        """
        found: dict[str, list[Tree]] = defaultdict(list)
        params = {"state": "open", "labels": self.label, "sort": "created", "direction": "asc"}
        for issue in self.api.pages("List issues", f"/repos/{self.repository}/issues", params):
            mine = (issue.get("user") or {}).get("login") == self.author and "pull_request" not in issue
            key = tickets.pool_of(issue.get("body")) if mine else ""
            if key:
                found[key].append(issue)
        return {key: sorted(issues, key=lambda i: int(i["number"])) for key, issues in found.items()}

    def settle(self, pool: Pool, issues: Sequence[Tree]) -> str:
        """Update the issue of a pool, and return what was done.

        Raises:
            GitHubError: The request failed.
        """
        for twin in issues[1:]:
            self._close(twin, tickets.second(issues[0]["number"], self.run), "not_planned")
        if not issues:
            return "no drift" if pool.clean else f"opened issue {self._open(pool)['number']}"
        issue, number = issues[0], issues[0]["number"]
        if not pool.entries:
            return self._end(pool, issue)
        return f"{'updated' if self._update(pool, issue) else 'nothing new in'} issue {number}"

    def _end(self, pool: Pool, issue: Tree) -> str:
        """Close an issue if it is certain that no findings are left."""
        if not pool.complete:
            return f"part could not be read; issue {issue['number']} stays open"
        if pool.known & _ids(issue):
            return f"the report omits findings that were reported before; issue {issue['number']} stays open"
        self._close(issue, tickets.farewell(self.run), "completed")
        return f"closed issue {issue['number']}"

    def _open(self, pool: Pool) -> Tree:
        self._have_label()
        what = {"title": tickets.title(pool), "body": tickets.body(pool), "labels": [self.label]}
        return self.api.create("Open an issue", f"/repos/{self.repository}/issues", what, lambda: self._first(pool))

    def _first(self, pool: Pool) -> Tree | None:
        return next(iter(self.issues().get(pool.key, ())), None)

    def _update(self, pool: Pool, issue: Tree) -> bool:
        """Comment what is new, then update the text; in this order, the next run repeats a comment that failed."""
        new = tickets.news(pool, issue.get("body"))
        if new is None or new:
            self._comment(issue, tickets.note(pool, new, self.run))
        wanted = tickets.body(pool)
        if (issue.get("body") or "").replace("\r\n", "\n") == wanted:
            return False
        self.api.update("Update an issue", self._path(issue), {"body": wanted})
        return True

    def _close(self, issue: Tree, said: str, reason: str) -> None:
        self._comment(issue, said)
        self.api.update("Close an issue", self._path(issue), {"state": "closed", "state_reason": reason})

    def _comment(self, issue: Tree, said: str) -> None:
        path = f"{self._path(issue)}/comments"
        self.api.create("Comment on an issue", path, {"body": said}, lambda: self._own_comment(path))

    def _own_comment(self, path: str) -> Tree | None:
        """Return this run's comment on an issue, if it exists."""
        for comment in self.api.pages("List comments", path):
            fields = marker.read(comment.get("body"), tickets.NOTE)
            if fields and fields[0].get("run") == self.run and comment["user"]["login"] == self.author:
                return comment
        return None

    def _have_label(self) -> None:
        if self._found_label() is None:
            what = {"name": self.label, "color": COLOR, "description": "Live pools differ from their manifests in Git"}
            self.api.create("Create the label", f"/repos/{self.repository}/labels", what, self._found_label)

    def _found_label(self) -> Tree | None:
        return self.api.get("Look for the label", f"/repos/{self.repository}/labels/{quote(self.label, safe='')}")

    def _path(self, issue: Tree) -> str:
        return f"/repos/{self.repository}/issues/{issue['number']}"


def _ids(issue: Tree) -> set[str]:
    return set((marker.read(issue.get("body"), tickets.POOL, tickets.IDS) or [{}, {}])[1].get("ids", "").split(","))

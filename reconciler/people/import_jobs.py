"""Import jobs of Cognito: created, given their file, started, followed to their end, and read from their log.

One job at a time runs in an account and Region, so parts are imported one after the other. An interrupted run leaves
the job that runs to Cognito, which ends it; the next run skips the users that are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reconciler.cloud.port import Sleep, pages, required
from reconciler.errors import CloudError, PoolctlError, Refused
from reconciler.model import Tree
from reconciler.people.csv_check import WrongRow
from reconciler.people.csv_parts import Part
from reconciler.people.live_pool import SERVICE, LivePool
from reconciler.people.upload import Put, over_http, upload

POLL, LONGEST_POLL, SLICE = 2.0, 15.0, 1.0
"""Seconds between two descriptions of a job, which grow, and between two looks for a signal."""
OVER = frozenset({"Succeeded", "Failed", "Stopped", "Expired"})
"""Statuses in which a job has ended."""
ACTIVE = frozenset({"Pending", "InProgress", "Stopping"})
"""Statuses in which a job runs."""
COUNTS = ("ImportedUsers", "SkippedUsers", "FailedUsers")
TOO_MANY = "Too many users have failed or been skipped during the import."
"""CompletionMessage of a job whose users are there already, most of them."""
_LINE = re.compile(r"\[FAILED\] Line Number (\d+) - (.*)", re.DOTALL)


@dataclass
class ImportOutcome:
    """What the jobs of one file did."""

    rows: int = 0
    """Rows that were sent."""
    jobs: list[str] = field(default_factory=list)
    """Ids of the jobs, in order."""
    imported: int = 0
    """Users that are new."""
    skipped: int = 0
    """Users that were there already."""
    failed: int = 0
    """Users that Cognito could not import."""
    failures: list[WrongRow] = field(default_factory=list)
    """Why, by line of the author's file, as far as the log could be read."""
    unfinished: str = ""
    """Why not every row was processed, as a sentence; empty if every one was."""
    notices: list[str] = field(default_factory=list)
    """What else to know."""


@dataclass(frozen=True)
class Importer:
    """How jobs are run."""

    pool: LivePool
    """Where the users go."""
    role: str
    """CloudWatchLogsRoleArn."""
    job_name: str
    """JobName."""
    algorithm: str = ""
    """PasswordHashingAlgorithm; empty for none."""
    sleep: Sleep = lambda _seconds: None
    """Waits for a number of seconds."""
    stop: Callable[[], bool] = lambda: False
    """Whether the operator has interrupted the run."""
    say: Callable[[str], object] = lambda _text: None
    """Shows what is going on."""
    put: Put = over_http
    """Sends a file."""

    def run(self, parts: Sequence[Part]) -> ImportOutcome:
        """Import all parts, one after the other, and return what happened.

        Raises:
            CloudError: The first job could not be created or started; nothing was imported.
        """
        outcome = ImportOutcome(rows=sum(len(p.places) for p in parts))
        for number, part in enumerate(parts, start=1):
            if self.stop():
                outcome.unfinished = f"The run was interrupted before part {number} of {len(parts)} was sent."
                return outcome
            try:
                self._part(part, f"part {number} of {len(parts)}" if len(parts) > 1 else "the file", outcome)
            except PoolctlError as error:
                if not outcome.jobs:
                    raise
                outcome.unfinished = str(error)
            if outcome.unfinished:
                return outcome
        return outcome

    def _part(self, part: Part, title: str, outcome: ImportOutcome) -> None:
        hashing = {"PasswordHashingAlgorithm": self.algorithm} if self.algorithm else {}
        params = {"JobName": self.job_name, "CloudWatchLogsRoleArn": self.role, **hashing}
        job = _job(self.pool.call("CreateUserImportJob", **params), "CreateUserImportJob")
        job_id = str(job["JobId"])
        self.say(f"Uploading {title} ({part.size / 1e6:.1f} MB, {len(part.places):,} users)…")
        upload(str(job["PreSignedUrl"]), part.path, self.put)
        self.pool.call("StartUserImportJob", JobId=job_id)
        outcome.jobs.append(job_id)
        job = self._followed(job_id, title, len(part.places))
        outcome.imported += job.get(COUNTS[0], 0)
        outcome.skipped += job.get(COUNTS[1], 0)
        outcome.failed += job.get(COUNTS[2], 0)
        outcome.unfinished = _unfinished(job, len(part.places))
        if job.get(COUNTS[2]):
            self._read_log(job_id, part, outcome)

    def _followed(self, job_id: str, title: str, rows: int) -> Tree:
        """Follow a job to its end, or until the operator interrupts the run."""
        pause = POLL
        while True:
            job = _job(self.pool.call("DescribeUserImportJob", JobId=job_id), "DescribeUserImportJob")
            done = sum(job.get(name, 0) for name in COUNTS)
            self.say(f"Import of {title}: {job.get('Status')}, {done:,} of {rows:,} users…")
            if job.get("Status") in OVER or self.stop():
                return job
            left = pause
            while left > 0 and not self.stop():
                self.sleep(min(left, SLICE))
                left -= SLICE
            pause = min(pause * 1.5, LONGEST_POLL)

    def _read_log(self, job_id: str, part: Part, outcome: ImportOutcome) -> None:
        """Add the reasons of failed rows from the job's log, which names lines and no users."""
        group = f"/aws/cognito/userpools/{self.pool.id}/{self.pool.name}"
        params = {"logGroupName": group, "logStreamNames": [f"{job_id}/{self.job_name}"]}
        params["filterPattern"] = '"[FAILED]"'
        token: dict[str, str] = {}
        try:
            while True:
                answer = self.pool.cloud.call("logs", "FilterLogEvents", {**params, **token})
                for event in answer.get("events", ()):
                    found = _LINE.match(str(event.get("message", "")))
                    if found:
                        line = part.place(int(found[1])) or int(found[1])
                        outcome.failures.append(WrongRow(line, "", f"failed in Cognito: {found[2].strip()}"))
                if not answer.get("nextToken"):
                    return
                token = {"nextToken": str(answer["nextToken"])}
        except CloudError as error:
            outcome.notices.append(f"The reasons are in the log group {group}, which could not be read: {error}")


def _job(answer: Tree, operation: str) -> Tree:
    job: Tree = required(answer, "UserImportJob", f"{SERVICE}:{operation}")
    required(job, "JobId", f"{SERVICE}:{operation}")
    return job


def _unfinished(job: Tree, rows: int) -> str:
    """Return why a job did not process all rows, as a sentence; empty if it did."""
    status, said = job.get("Status"), str(job.get("CompletionMessage") or "")
    done = sum(job.get(name, 0) for name in COUNTS)
    if status == "Succeeded" or (status == "Failed" and done >= rows):
        return ""
    if status in OVER:
        words = f"The job {job['JobId']} ended as {status} after {done:,} of {rows:,} users. {said}".strip()
        return words if words.endswith(".") else f"{words}."
    return (
        f"The run was interrupted while the job {job['JobId']} is {status} ({done:,} of {rows:,} users). "
        "Cognito goes on with it; to stop it, call StopUserImportJob."
    )


def all_jobs(pool: LivePool) -> list[Tree]:
    """Return the import jobs of a pool, the newest first; a pool can have 1,000.

    Raises:
        CloudError: They could not be listed.
    """
    params = {"UserPoolId": pool.id, "MaxResults": 60}
    return list(pages(pool.cloud, SERVICE, "ListUserImportJobs", params, "UserImportJobs", cursor="PaginationToken"))


def require_free(jobs: Sequence[Tree]) -> None:
    """Require that no import job of the pool runs.

    Raises:
        Refused: One does.
    """
    running = next((j for j in jobs if j.get("Status") in ACTIVE), None)
    if running:
        raise Refused(
            f"The import job {running.get('JobId')} of this pool is {running.get('Status')}, and one job at a time can "
            "run; nothing was sent. Run the import again when it has ended."
        )


def require_importable(pool: LivePool) -> None:
    """Require what Cognito asks of a pool before it starts a job, and that no recovery has paused its writes.

    Raises:
        Refused: A job could not start.
    """
    if not pool.description.get("AutoVerifiedAttributes"):
        raise Refused(
            "The pool has no AutoVerifiedAttributes, and Cognito starts no import job without one; nothing was sent. "
            "Set user_pool.AutoVerifiedAttributes to [email], [phone_number] or both."
        )

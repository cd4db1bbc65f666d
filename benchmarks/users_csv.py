"""What `poolctl users` costs for many users, and what it does with them: `python -m benchmarks.users_csv [ROWS]`.

A file of ROWS (100,000) users, 20 of them wrong, and one of a tenth of that, each against an embedded Cognito of its
own:

    check      every wrong row is reported, and nothing is sent
    import     --skip-invalid: the other rows are imported
    export     all users as CSV
    again      the import, a second time: imports nothing
    export     gives the same bytes as before

Each run is a process of its own, so CPU time and peak memory are those of poolctl alone; the embedded Cognito, another
process, has a line of its own. What a run costs for all rows stands beside what it costs for a tenth, and the ratio of
the two says how it grows: 10 is proportional, for memory 1 is bounded. A measurement and no test: only a wrong result
fails, never a slow machine.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import boto3

HERE = Path(__file__).resolve().parents[1]
ROWS, PART, WRONG = 100_000, 10, 20
CPU_LIMIT, MEMORY_LIMIT = 10.0, 200.0
"""Seconds and MiB for the check of 100,000 rows."""
REGION, ROLE = "eu-west-1", "arn:aws:iam::123456789012:role/import"
ENVIRON = {**os.environ, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
POOL = {"PoolName": "customers", "AliasAttributes": ["email"], "AutoVerifiedAttributes": ["email"]}
POOLCTL = (sys.executable, "-m", "reconciler")


@dataclass(frozen=True)
class Cost:
    """What a process used."""

    cpu: float
    """Seconds."""
    peak: float
    """MiB."""

    def __str__(self) -> str:
        return f"{self.cpu:7.2f} s {self.peak:6.0f} MiB"

    def over(self, other: Cost) -> str:
        """Return the ratios to another cost."""
        return f"{self.cpu / max(other.cpu, 0.01):6.1f} x {self.peak / max(other.peak, 1.0):5.1f} x"


@dataclass(frozen=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str
    cost: Cost


def write(file: Path, header: list[str], count: int) -> None:
    """Write a file of users, of whom 20 have no address."""
    wrong = set(random.Random(1).sample(range(1, count), min(WRONG, count - 1)))  # noqa: S311 - no secret
    with file.open("w") as stream:
        stream.write(",".join(header) + "\n")
        for number in range(count):
            mail = "not-an-address" if number in wrong else f"user{number}@example.com"
            row = {"given_name": "Ada", "family_name": "Lovelace", "name": "Ada\\, Countess of Lovelace"}
            row |= {"email": mail, "email_verified": "TRUE", "birthdate": "12/10/1815", "locale": "en-GB"}
            row |= {"phone_number": f"+44{number:010}", "address": "12 St James Square", "updated_at": "1471453471"}
            row |= {"cognito:mfa_enabled": "false", "cognito:username": f"user{number}"}
            stream.write(",".join(row.get(name, "") for name in header) + "\n")


def ended(process: subprocess.Popen[str], out: Path, err: Path) -> Ended:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cost = Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    return Ended(process.returncode, out.read_text(), err.read_text(), cost)


def poolctl(folder: Path, url: str, *words: str) -> Ended:
    """Run poolctl in a process of its own."""
    out, err = folder / "out", folder / "err"
    with out.open("w") as stdout, err.open("w") as stderr:
        command = [*POOLCTL, "--endpoint-url", url, *words]
        process = subprocess.Popen(command, stdout=stdout, stderr=stderr, env=ENVIRON, cwd=HERE, text=True)
        return ended(process, out, err)


def wrong_result(what: str, found: Ended) -> NoReturn:
    sys.exit(f"{what}\nexit code {found.code}\n{found.out[-2000:]}{found.err[-2000:]}")


class Run:
    """All steps for a number of rows."""

    def __init__(self, rows: int, folder: Path, url: str) -> None:
        self.rows, self.folder, self.url = rows, folder, url
        idp = boto3.client("cognito-idp", region_name=REGION, endpoint_url=url)
        self.pool = idp.create_user_pool(**POOL)["UserPool"]["Id"]
        self.jobs: Callable[[], list[Any]] = lambda: idp.list_user_import_jobs(UserPoolId=self.pool, MaxResults=60)[
            "UserImportJobs"
        ]
        self.file = folder / "users.csv"
        write(self.file, idp.get_csv_header(UserPoolId=self.pool)["CSVHeader"], rows)

    def bring(self, *words: str) -> tuple[Ended, dict[str, Any]]:
        found = poolctl(self.folder, self.url, "users", "import", f"pool:{self.pool}", str(self.file), *words)
        return found, json.loads(found.out) if found.out else {}

    def check(self) -> tuple[str, Cost]:
        found, report = self.bring("-o", "json")
        if found.code != 3 or len({w["line"] for w in report["wrong"]}) != WRONG or self.jobs():  # noqa: PLR2004
            wrong_result("The check did not find every wrong row, or something was sent.", found)
        return f"{WRONG} wrong, 0 sent", found.cost

    def send(self, imported: int, there: int) -> tuple[str, Cost]:
        found, report = self.bring("--skip-invalid", str(self.folder / "wrong.csv"), "--logs-role", ROLE, "-o", "json")
        if found.code or (report["imported"], report["already_there"], report["failed"]) != (imported, there, 0):
            wrong_result(f"The import was to bring {imported} users and to skip {there}.", found)
        return f"{imported:,} new, {there:,} there", found.cost

    def export(self, name: str) -> tuple[str, Cost]:
        found = poolctl(self.folder, self.url, "users", "export", f"pool:{self.pool}", str(self.folder / name))
        text = (self.folder / name).read_bytes()
        if found.code or text.count(b"\n") != self.rows - WRONG + 1:
            wrong_result("The export has another number of users.", found)
        if name != "first.csv" and text != (self.folder / "first.csv").read_bytes():
            wrong_result("The second import has changed users.", found)
        return f"{self.rows - WRONG:,} users", found.cost

    def steps(self) -> dict[str, tuple[str, Cost]]:
        good = self.rows - WRONG
        return {
            "check": self.check(),
            "import": self.send(good, 0),
            "export": self.export("first.csv"),
            "again": self.send(0, good),
            "export again": self.export("second.csv"),
        }


def measured(rows: int) -> dict[str, tuple[str, Cost]]:
    """Return what was done and what it cost, by step."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out, err = folder / "serve-out", folder / "serve-err"
        serve = [*POOLCTL, f"--local={folder / 'state'}", "local", "serve", "--port", "0"]
        with out.open("w") as stdout, err.open("w") as stderr:
            server = subprocess.Popen(serve, stdout=stdout, stderr=stderr, cwd=HERE, text=True)
        try:
            while not out.read_text().endswith("\n"):
                if server.poll() is not None:
                    sys.exit(err.read_text())
            found = Run(rows, folder, out.read_text().strip()).steps()
        finally:
            server.send_signal(signal.SIGINT)
            used = ended(server, out, err)
        return found | {"embedded Cognito": ("all of the above", used.cost)}


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    os.environ |= ENVIRON
    few, many = measured(max(count // PART, 10 * WRONG)), measured(count)
    print(f"{'':<17}{max(count // PART, 10 * WRONG):>19,} rows   {count:>14,} rows   {'ratio':>15}")
    for step, (said, cost) in many.items():
        print(f"{step:<17} {few[step][1]}    {cost}   {cost.over(few[step][1])}   {said}")
    check = many["check"][1]
    share = f"{check.cpu / CPU_LIMIT:.2f} of {CPU_LIMIT:.0f} s of CPU, {check.peak / MEMORY_LIMIT:.2f}"
    print(f"The check used {share} of {MEMORY_LIMIT:.0f} MiB.")


if __name__ == "__main__":
    main()

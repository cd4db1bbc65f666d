"""CPU time and peak memory of the offline check of a CSV of users: `python -m benchmarks.users_csv [ROWS]`.

Writes a file with 20 wrong rows, checks it in a process of its own as `poolctl users import` does, and prints how
many wrong rows were found. A measurement and no test: nothing fails because a machine is slow.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from reconciler.people.columns import import_rules
from reconciler.people.csv_check import check
from schemas.published import PUBLISHED

HEADER = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
    "cognito:mfa_enabled",
    "cognito:username",
]
WRONG = 20


def pool() -> dict:
    schema = [{"Name": name, **facts} for name, facts in PUBLISHED["standard_attributes"].items()]
    return {"SchemaAttributes": schema, "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]}


def write(file: Path, count: int) -> None:
    wrong = set(random.Random(1).sample(range(1, count), min(WRONG, count - 1)))  # noqa: S311 - no secret
    with file.open("w") as stream:
        stream.write(",".join(HEADER) + "\n")
        for number in range(count):
            mail = "not-an-address" if number in wrong else f"user{number}@example.com"
            row = {"given_name": "Ada", "family_name": "Lovelace", "name": "Ada\\, Countess of Lovelace"}
            row |= {"email": mail, "email_verified": "TRUE", "birthdate": "12/10/1815", "locale": "en-GB"}
            row |= {"phone_number": f"+44{number:010}", "address": "12 St James Square", "updated_at": "1471453471"}
            row |= {"cognito:mfa_enabled": "false", "cognito:username": f"user{number}"}
            stream.write(",".join(row.get(name, "") for name in HEADER) + "\n")


def measure(file: Path) -> None:
    began = time.process_time()
    with file.open("rb") as stream:
        found = check(stream, import_rules(HEADER, pool()))
    used = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{found.rows} rows, {len(found.bad)} wrong: {used:.2f} s of CPU, peak {peak:.0f} MiB")


def main() -> None:
    if len(sys.argv) > 2:  # noqa: PLR2004 - the process that is measured
        measure(Path(sys.argv[2]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "users.csv")
        write(file, count)
        print(f"{file.stat().st_size / 1e6:.1f} MB")
        here = [sys.executable, "-m", "benchmarks.users_csv", str(count), str(file)]
        subprocess.run(here, check=True, cwd=Path(__file__).parents[1])


if __name__ == "__main__":
    main()

"""The stages of the commands about users: find the pool, read its users, check and import a CSV, export one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from reconciler.cloud.port import required
from reconciler.errors import CloudError, InvalidInput, Refused, printable
from reconciler.kinds import root_of
from reconciler.observing.standstill import doubt, paused_by
from reconciler.people.columns import ImportRules, import_rules
from reconciler.people.csv_check import CheckedRows, WrongHeader, check
from reconciler.people.csv_parts import write_parts, write_rest
from reconciler.people.import_jobs import Importer, ImportOutcome, all_jobs, require_free, require_importable
from reconciler.people.live_pool import READS, SERVICE, WRITES, LivePool
from reconciler.runs import export_run, pool_operand
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.files import Whole
from schemas.documents import DEFAULT


def live_pool(runtime: Runtime, console: Console, operand: str, *, writes: bool = False) -> LivePool:
    """Return the user pool that an operand names: `pool:ID`, `pool:NAME` or a manifest.

    Args:
        runtime: Makes the connection.
        console: Gives standard input, where the operand is `-`.
        operand: As the user wrote it.
        writes: Whether import jobs may be created.

    Raises:
        InvalidInput: It names no pool or several.
        Refused: There is no such pool, or it is in another account or Region.
        CloudError: The pool could not be read.
    """
    named = pool_operand.the_one(runtime, console, operand)
    answer = named.describe()
    cloud = runtime.only(READS | WRITES if writes else READS, named.region)
    return LivePool(cloud, named.found.id, str(answer.get("Name", named.found.name)), answer)


# --- checking ------------------------------------------------------------------------------------------------------


def rules_of(pool: LivePool, algorithm: str = "") -> ImportRules:
    """Return what a pool asks of the rows of an import.

    Raises:
        CloudError: The header could not be read.
    """
    name = f"{SERVICE}:GetCSVHeader"
    return import_rules(required(pool.call("GetCSVHeader"), "CSVHeader", name), pool.description, algorithm)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """Open a CSV for reading.

    Raises:
        InvalidInput: It cannot be read, or is no regular file; it is read twice.
    """
    path = Path(file)
    if not path.is_file():
        what = "does not exist" if not path.exists() else "is not a regular file"
        raise InvalidInput(f"{file}: the file {what}. Name a CSV file.")
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{file}: the file cannot be read: {error.strerror}.") from None
    with stream:
        yield stream


def checked(file: str, rules: ImportRules, say: Callable[[str], object]) -> CheckedRows:
    """Check a whole file.

    Raises:
        InvalidInput: It cannot be read, or its header is not that of the pool.
    """
    with opened(file) as stream:
        try:
            found = check(stream, rules, lambda rows: say(f"Checking {file}: {rows:,} rows…"))
        except WrongHeader as error:
            raise InvalidInput(printable(f"{file}: {' '.join(error.args)}")) from None
    if not found.rows:
        raise InvalidInput(f"{file}: there are no users below the header.")
    return found


# --- importing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckedImport:
    """A file that was checked against a pool."""

    pool: LivePool
    """Where the users go."""
    file: str
    """The author's file."""
    rules: ImportRules
    """What the pool asks of rows."""
    found: CheckedRows
    """What is wrong with them."""


def role_of(pool: LivePool, role: str) -> str:
    """Return the role of a new job, after checking that it can be started.

    Args:
        pool: Where the users go.
        role: ARN that the operator gave; empty takes that of the newest job.

    Raises:
        Refused: Something that Cognito asks of the pool is missing, or another job or a recovery is under way.
        InvalidInput: No role is known.
        CloudError: The jobs could not be listed.
    """
    require_importable(pool)
    jobs = all_jobs(pool)
    require_free(jobs)
    role = role or next((str(j["CloudWatchLogsRoleArn"]) for j in jobs if j.get("CloudWatchLogsRoleArn")), "")
    if not role:
        raise InvalidInput(
            "--logs-role: an import job needs the ARN of a role that trusts cognito-idp.amazonaws.com and may write "
            "logs below /aws/cognito/, and the pool has no earlier job to take it from."
        )
    return role


def require_motion(runtime: Runtime, console: Console, pool: LivePool) -> None:
    """Require that no point-in-time recovery has paused the writes of a pool.

    Raises:
        Refused: One has.
        CloudError: That could not be read for another reason than a missing permission or operation.
    """
    root = root_of(DEFAULT)
    if not root.standstill:
        return
    cloud = runtime.only(frozenset({(SERVICE, root.standstill.listing.operation)}), _region(pool))
    try:
        said = paused_by(cloud, root, pool.description, {"UserPoolId": pool.id})
    except CloudError as error:
        unknown = doubt(root, error)
        if not unknown:
            raise
        console.err(f"Warning: {unknown}")
        return
    if said:
        raise Refused(f"{said} Nothing was sent. Run the import again when it is over.")


def _region(pool: LivePool) -> str:
    return export_run.region_of(pool.id)


def imported(runtime: Runtime, console: Console, work: CheckedImport, role: str) -> ImportOutcome:
    """Import the rows of a file that are right.

    Raises:
        PoolctlError: Nothing was imported.
    """
    with tempfile.TemporaryDirectory(prefix="poolctl-") as folder:
        with opened(work.file) as stream:
            parts = write_parts(stream, work.rules, work.found.bad, Path(folder))
        importer = Importer(
            work.pool,
            role,
            f"poolctl {datetime.now(UTC):%Y-%m-%d %H.%M.%S}",
            runtime.options.hashing,
            runtime.sleep,
            runtime.stopped,
            console.status,
        )
        return importer.run(parts)


def keep_rest(work: CheckedImport, rest: str) -> None:
    """Write the header and the wrong rows of a file into another one.

    Raises:
        PoolctlError: It could not be written.
    """
    with opened(work.file) as stream, Whole(rest) as target:
        write_rest(stream, work.found.bad, target)

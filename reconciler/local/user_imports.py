"""Import jobs (cognito.md 2.16): a file of users, line by line, with a log that names lines only.

Each look at a job advances it, and so does each write that waits for it. A line that cannot be imported fails alone; a
user that exists is skipped. How many of them end a job as Failed is not documented: here it is when they are more than
the imported ones.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

from reconciler.local.operation import Context, Operation, page
from reconciler.local.refusal import ServiceError, not_found
from reconciler.local.signin import aliases, written_attributes
from reconciler.local.signin.parties import find_by_name, new_user, put, spelled
from reconciler.local.store import ACCOUNT, Record
from reconciler.local.user_checks import check_attributes, check_name, is_passwordless

NAME, MFA, HASH = "cognito:username", "cognito:mfa_enabled", "password_hash"
ACTIVE = frozenset({"Pending", "InProgress", "Stopping"})
DAY = 24 * 3600.0
MOST_JOBS, MOST_USERS, LONGEST = 1000, 500_000, 16_000
AT_ONCE = 50_000
"""Lines between two descriptions of a job."""
TOO_MANY = "Too many users have failed or been skipped during the import."
EXISTS = "The user already exists."
LOST = "The CSV file is no longer available."
WAITING = frozenset({"UpdateUserPool", "AddCustomAttributes", "DeleteUserPool"})
"""Operations that declare UserImportInProgressException (cognito.md 3, P33). All others go on."""


def get_csv_header(ctx: Context, params: Record) -> Record:
    """GetCSVHeader: the attributes of the pool that can be imported, then the two columns that are none."""
    return {"UserPoolId": params["UserPoolId"], "CSVHeader": _header(ctx.pool(params))}


def _header(pool: Record) -> list[str]:
    names = [a["Name"] for a in pool["schema"] if a["Name"] not in ("sub", "identities")]
    return [*names, MFA, NAME]


def create_user_import_job(ctx: Context, params: Record) -> Record:
    """CreateUserImportJob: the URL for the file is in this answer."""
    pool = ctx.pool(params)
    if len(pool["import_jobs"]) >= MOST_JOBS:
        raise ServiceError("LimitExceededException", f"A user pool can have at most {MOST_JOBS} import jobs.")
    job = {
        "id": f"import-{ctx.store.new_id(10)}",
        "name": params["JobName"],
        "role": params["CloudWatchLogsRoleArn"],
        "algorithm": params.get("PasswordHashingAlgorithm"),
        "status": "Created",
        "created": ctx.store.now(),
        "at": 0,
        "counts": {"ImportedUsers": 0, "SkippedUsers": 0, "FailedUsers": 0},
        "pending": ctx.store.pending_describes,
    }
    job["url"] = ctx.uploads.url(job["id"], ctx.store.new_id(40))
    pool["import_jobs"].insert(0, job)
    ctx.store.touch(pool)
    return {"UserImportJob": _view(job)}


def start_user_import_job(ctx: Context, params: Record) -> Record:
    """StartUserImportJob: needs the file, an attribute that is verified automatically, and no other active job."""
    pool, job = _job(ctx, params)
    if job["status"] != "Created":
        _refuse(f"The job {job['id']} is {job['status']}.")
    if any(running_job(ctx, p) for p in ctx.store.of_region(pool["region"])):
        _refuse("Only one import job can be active at a time.")
    if not pool["config"].get("AutoVerifiedAttributes"):
        _refuse("The user pool has no auto-verified attributes.")
    if ctx.uploads.file(job["id"]) is None:
        _refuse(f"No csv file was uploaded for {job['id']}")
    job |= {"status": "Pending", "started": ctx.store.now()}
    ctx.store.touch(pool)
    return {"UserImportJob": _view(job)}


def stop_user_import_job(ctx: Context, params: Record) -> Record:
    """StopUserImportJob: what was imported stays."""
    pool, job = _job(ctx, params)
    if job["status"] not in ACTIVE:
        _refuse(f"The job {job['id']} is {job['status']}.")
    _end(ctx, pool, job, "Stopped", "The Import Job was stopped by the developer.")
    return {"UserImportJob": _view(job)}


def describe_user_import_job(ctx: Context, params: Record) -> Record:
    """DescribeUserImportJob: advances the job."""
    pool, job = _job(ctx, params)
    answer = _view(job)
    _advance(ctx, pool, job)
    return {"UserImportJob": answer}


def list_user_import_jobs(ctx: Context, params: Record) -> Record:
    """ListUserImportJobs: the newest first; each listing advances the one that runs."""
    asked = {"NextToken": params["PaginationToken"]} if "PaginationToken" in params else {}
    pool = ctx.pool(params)
    running = running_job(ctx, pool)
    answer = page(ctx, [_view(j) for j in pool["import_jobs"]], {**params, **asked}, "UserImportJobs")
    if running:
        _advance(ctx, pool, running)
    token = answer.pop("NextToken", None)
    return {**answer, **({"PaginationToken": token} if token else {})}


def running_job(ctx: Context, pool: Record) -> Record | None:
    """Return the import job of a pool that runs, or None.

    A job whose file is lost, because the embedded Cognito ended before the job did, runs no longer.
    """
    for job in (j for j in pool["import_jobs"] if j["status"] in ACTIVE):
        if ctx.uploads.file(job["id"]) is not None:
            found: Record = job
            return found
        _end(ctx, pool, job, "Failed", LOST)
    return None


def check_import(ctx: Context, operation: str, params: Record) -> None:
    """Check that no import job makes a write wait. Each attempt advances the job.

    Raises:
        Refusal: UserImportInProgressException.
    """
    pool = ctx.store.pools.get(params.get("UserPoolId", "")) if operation in WAITING else None
    job = running_job(ctx, pool) if pool else None
    if pool and job:
        _advance(ctx, pool, job)
        said = f"The user pool cannot be modified while the import job {job['id']} is in progress."
        raise ServiceError("UserImportInProgressException", said)


def _refuse(message: str) -> None:
    raise ServiceError("PreconditionNotMetException", message)


def _job(ctx: Context, params: Record) -> tuple[Record, Record]:
    pool = ctx.pool(params)
    job: Record | None = next((j for j in pool["import_jobs"] if j["id"] == params["JobId"]), None)
    if job is None:
        not_found(f"Import job {params['JobId']} does not exist.")
    if job["status"] == "Created" and ctx.store.now() - job["created"] > DAY:
        job["status"] = "Expired"
        ctx.uploads.forget(job["id"])
    return pool, job


def _view(job: Record) -> Record:
    dates = {"CreationDate": "created", "StartDate": "started", "CompletionDate": "ended"}
    shown = {"JobName": "name", "JobId": "id", "Status": "status", "CloudWatchLogsRoleArn": "role"}
    shown |= {"PreSignedUrl": "url", "CompletionMessage": "message", "PasswordHashingAlgorithm": "algorithm"}
    counts: Record = job["counts"]
    return {k: job[v] for k, v in {**shown, **dates}.items() if job.get(v)} | counts


def _advance(ctx: Context, pool: Record, job: Record) -> None:
    if job["status"] not in ACTIVE:
        return
    if job["pending"]:
        job["pending"] -= 1
    elif job["status"] == "Pending":
        job["status"] = "InProgress"
    else:
        _work(ctx, pool, job)
    ctx.store.touch(pool)


def _work(ctx: Context, pool: Record, job: Record) -> None:
    """Import the next lines, and end the job after the last."""
    body = ctx.uploads.file(job["id"])
    if body is None:
        _end(ctx, pool, job, "Failed", LOST)
        return
    every = body.decode("utf-8", "replace").split("\n")
    columns = every[0].rstrip("\r").split(",")
    wanted = {*_header(pool), *([HASH] if job["algorithm"] else [])}
    if set(columns) != wanted or len(columns) != len(wanted):
        _end(ctx, pool, job, "Failed", "The header of the CSV file does not match the attributes of the user pool.")
        return
    rows = [line for line in every[1:] if line.strip()]
    if len(rows) > MOST_USERS:
        _end(ctx, pool, job, "Failed", f"The CSV file has more than {MOST_USERS} users.")
        return
    _import(ctx, pool, job, columns, rows[job["at"] : job["at"] + AT_ONCE])
    job["at"] += AT_ONCE
    if job["at"] >= len(rows):
        counts = job["counts"]
        lost = counts["SkippedUsers"] + counts["FailedUsers"] > counts["ImportedUsers"]
        _end(ctx, pool, job, "Failed" if lost else "Succeeded", TOO_MANY if lost else "")


def _end(ctx: Context, pool: Record, job: Record, status: str, message: str) -> None:
    job |= {"status": status, "ended": ctx.store.now(), "message": message}
    ctx.uploads.forget(job["id"])
    ctx.store.touch(pool)


def _import(ctx: Context, pool: Record, job: Record, columns: list[str], rows: list[str]) -> None:
    said = []
    for number, row in enumerate(rows, start=job["at"] + 2):
        try:
            outcome, words = _user(ctx, pool, dict(_values(columns, row)), job["algorithm"])
        except ServiceError as refusal:
            outcome, words = "FAILED", refusal.message
        job["counts"][_COUNT[outcome]] += 1
        said.append(f"[{outcome}] Line Number {number} - {words}")
    _log(pool, job, said)


_COUNT = {"SUCCEEDED": "ImportedUsers", "SKIPPED": "SkippedUsers", "FAILED": "FailedUsers"}
_COMMA = re.compile(r"(?<!\\),")


def _values(columns: list[str], row: str) -> Iterator[tuple[str, str]]:
    values = [v.replace("\\,", ",").strip() for v in _COMMA.split(row.rstrip("\r"))]
    if len(row) > LONGEST or len(values) != len(columns):
        raise ServiceError("", "The User Record does not match the header.")
    yield from ((c, v) for c, v in zip(columns, values, strict=True) if v)


def _user(ctx: Context, pool: Record, row: Record, algorithm: str | None) -> tuple[str, str]:
    """Import one user and return the outcome with its words."""
    name, mfa, hashed = (row.pop(k, "") for k in (NAME, MFA, HASH))
    name = spelled(pool, name)
    if not name:
        raise ServiceError("", "The User Record has no username.")
    for boolean in ("email_verified", "phone_number_verified"):
        if boolean in row:
            row[boolean] = row[boolean].lower()
    if find_by_name(ctx, pool, name) is not None:
        return "SKIPPED", EXISTS
    _check_row(pool, name, row, mfa)
    row = written_attributes.spelled(pool, row)
    claimed = any(aliases.owner(ctx, pool, k, row[k]) for k in aliases.held(pool, row))
    if claimed or aliases.is_taken(ctx, pool, name):
        raise ServiceError("", "An alias of the User Record belongs to another user.")
    status = "CONFIRMED" if hashed or is_passwordless(pool) else "RESET_REQUIRED"
    user = new_user(ctx, None if pool["config"].get("UsernameAttributes") else name, status, row)
    user["password"] = {"hash": [algorithm, hashed]} if algorithm and hashed else None
    put(ctx, pool, user)
    return "SUCCEEDED", "The import succeeded."


def _check_row(pool: Record, name: str, row: Record, mfa: str) -> None:
    check_name(pool, name)
    check_attributes(pool, row, new=True)
    wanted = pool["config"].get("AutoVerifiedAttributes") or ()
    if not any(row.get(f"{kind}_verified") == "true" and row.get(kind) for kind in wanted):
        raise ServiceError(
            "",
            "The User Record does not set any of the auto verified attributes to true. "
            "(Example: email_verified to true).",
        )
    needed = {"ON": "true", "OFF": "false"}.get(pool["mfa"]["MfaConfiguration"])
    if mfa and (mfa.lower() not in ("true", "false") or (needed and mfa.lower() != needed)):
        raise ServiceError("", "The value of cognito:mfa_enabled does not match the MFA configuration.")


def _log(pool: Record, job: Record, said: list[str]) -> None:
    """Write to the log group of the pool, as the service does with the role of the job."""
    from moto.logs.models import logs_backends

    backend: Any = logs_backends[ACCOUNT][pool["region"]]
    group, stream = f"/aws/cognito/userpools/{pool['id']}/{pool['name']}", f"{job['id']}/{job['name']}"
    if group not in backend.groups:
        backend.create_log_group(group, {})
    if stream not in backend.groups[group].streams:
        backend.create_log_stream(group, stream)
    moment = int(time.time() * 1000)
    backend.put_log_events(group, stream, [{"timestamp": moment, "message": line} for line in said])


OPERATIONS: dict[str, Operation] = {
    "GetCSVHeader": get_csv_header,
    "CreateUserImportJob": create_user_import_job,
    "StartUserImportJob": start_user_import_job,
    "StopUserImportJob": stop_user_import_job,
    "DescribeUserImportJob": describe_user_import_job,
    "ListUserImportJobs": list_user_import_jobs,
}

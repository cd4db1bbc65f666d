"""Reports of earlier drift runs, stored in a file or, for workers without a disk, in S3.

poolctl itself has no state. A report contains what a run reported, and is the input of the next run. It also lists
undelivered notifications; these count as not reported, so no finding is lost between two runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, Denied, InvalidInput, NotFound
from reconciler.terminal.files import save
from reconciler.terminal.regular_files import UnfitFileError, read_regular

SCHEME = "s3://"
"""Prefix of reports stored in S3."""

LARGEST = 500_000_000
"""Most bytes of a report."""

EMPTY: frozenset[str] = frozenset()

Connect = Callable[[], Cloud]
"""Returns a cloud for S3; called only if a report is there."""

CALLS = frozenset({("s3", "GetObject"), ("s3", "PutObject")})
"""Operations that this cloud must allow."""


def needs(where: str, *, kept: bool) -> Iterator[tuple[str, str]]:
    """Yield the IAM actions for a report in S3, each with the ARN that it is limited to; none for a file.

    Args:
        where: A file, or `s3://BUCKET/KEY`.
        kept: Whether it is also stored there.
    """
    if where.startswith(SCHEME):
        place = _object(where)
        bucket = f"arn:{{partition}}:s3:::{place['Bucket']}"
        yield "s3:ListBucket", bucket  # without it, a missing report looks forbidden
        yield from ((f"s3:{verb}Object", f"{bucket}/{place['Key']}") for verb in (("Get", "Put") if kept else ("Get",)))


def check(where: str) -> None:
    """Check that a report can be stored in a place, before anything is read.

    Raises:
        InvalidInput: It cannot.
    """
    if where.startswith(SCHEME):
        _object(where)
    elif not Path(where).parent.is_dir():
        raise InvalidInput(f"--remember: the directory of {where} does not exist.")


def notified(where: str, connect: Connect, *, must_exist: bool = True) -> frozenset[str]:
    """Return the ids of everything in an earlier report, including what it omitted as known.

    Args:
        where: A file, or `s3://BUCKET/KEY`.
        connect: Returns the account that has the bucket.
        must_exist: Whether a missing report is an error; otherwise it counts as empty.

    Raises:
        InvalidInput: It cannot be read, or is not a drift report.
        CloudError: S3 refused.
    """
    text = _read(where, connect, must_exist=must_exist)
    return EMPTY if text is None else _ids(where, text)


def remember(where: str, text: str, connect: Connect) -> None:
    """Store a report, replacing the earlier one.

    Args:
        where: A file, or `s3://BUCKET/KEY`.
        text: The report as JSON.
        connect: Returns the account that has the bucket.

    Raises:
        PoolctlError: It could not be stored.
    """
    if where.startswith(SCHEME):
        connect().call("s3", "PutObject", {**_object(where), "Body": text.encode(), "ContentType": "application/json"})
    else:
        save(where, text)


def _ids(where: str, text: str) -> frozenset[str]:
    try:
        tree = json.loads(text)
        entries = [*tree["findings"], *tree.get("refusals", ()), *tree.get("expired", ()), *tree["coverage"]["gaps"]]
        found = {entry["id"] for entry in entries if "id" in entry} | set(tree["known"])
        return frozenset(found) - frozenset(tree.get("undelivered", ()))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise no_report(where) from None


def _read(where: str, connect: Connect, *, must_exist: bool) -> str | None:
    try:
        return _fetched(where, connect) if where.startswith(SCHEME) else read_regular(Path(where), LARGEST).decode()
    except (FileNotFoundError, NotFound) as error:
        if not must_exist:
            return None
        raise unread(where, "the report does not exist") from error
    except Denied as error:
        advice = "It needs s3:GetObject, and s3:ListBucket: without the latter, a missing report looks forbidden."
        raise CloudError(error.operation, error.code, f"{where}: {error.message} {advice}", error.request_id) from None
    except UnfitFileError as error:
        raise unread(where, f"it {error.message.removesuffix('.')}") from None
    except OSError as error:
        raise unread(where, error.strerror or "the operating system refused") from None
    except UnicodeDecodeError:
        raise no_report(where) from None


def no_report(where: str) -> InvalidInput:
    """Return the error for a file that is not a drift report."""
    return InvalidInput(f"{where} is not a drift report. Give one written by `drift -o json=FILE`.")


def unread(where: str, why: str) -> InvalidInput:
    """Return the error for a report that cannot be read."""
    return InvalidInput(f"{where}: the report could not be read: {why}.")


def _fetched(where: str, connect: Connect) -> str:
    body: bytes = connect().call("s3", "GetObject", _object(where))["Body"]
    return body.decode()


def _object(where: str) -> dict[str, str]:
    bucket, _, key = where.removeprefix(SCHEME).partition("/")
    if not bucket or not key:
        raise InvalidInput(f"{where} is not an S3 object. Write s3://BUCKET/KEY.")
    return {"Bucket": bucket, "Key": key}

"""Sends the file of an import job to its presigned URL.

The URL is a secret while it is valid: no message repeats it. The signature covers the header for encryption, so an
upload without it is refused (cognito.md 2.16).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reconciler.cloud.hosts import is_emulator
from reconciler.errors import PoolctlError

HEADERS: Mapping[str, str] = {"x-amz-server-side-encryption": "aws:kms"}
CONNECT, ANSWER = 10.0, 300.0
"""Seconds to wait for a connection, and for the answer to the last byte."""
SUCCESS = range(200, 300)

Put = Callable[[str, Path], int]
"""Sends a file to a URL and returns the HTTP status; raises `UploadFailed`."""


class UploadFailed(Exception):
    """There was no answer. The message says why, and holds nothing of the URL."""


def over_http(url: str, file: Path) -> int:
    """Send a file once, with the proxies and certificates of the environment; none for an emulator on this machine.

    Raises:
        UploadFailed: There was no answer.
    """
    import requests

    reason = ""
    try:
        with requests.Session() as session, file.open("rb") as stream:
            session.trust_env = not is_emulator(url)
            answer = session.put(url, stream, headers=dict(HEADERS), timeout=(CONNECT, ANSWER), allow_redirects=False)
            return answer.status_code
    except (requests.RequestException, OSError) as error:
        reason = type(error).__name__
    raise UploadFailed(reason)  # outside the handler: an exception keeps its context, and that quotes the URL


def upload(url: str, file: Path, put: Put = over_http) -> None:
    """Send the file of a job.

    Raises:
        PoolctlError: It was not taken. The job was not started, and expires by itself.
    """
    reason = ""
    try:
        status = put(url, file)
    except UploadFailed as error:
        reason = f"there was no answer ({error})"
    else:
        if status in SUCCESS:
            return
        reason = f"the answer was HTTP {status}"
    raise PoolctlError(
        f"The upload of the CSV failed: {reason}. The import job was not started, and expires by itself. "
        "Check the connection to Amazon S3, then run the import again: users that are there are skipped."
    )

"""Where the embedded Cognito takes the CSV files of import jobs, in the place of a bucket in Amazon S3.

The service gives a presigned URL and refuses an upload without the header for encryption, which is part of the
signature. The same URL and refusals are here, on a loopback address: of the server if there is one, otherwise of a
small one of its own that begins with the first job.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from reconciler.local.request_bodies import BodyRefused, length_of

PREFIX = "/aws-cognito-idp-user-import/"
"""Path of all uploads."""
HEADER = "x-amz-server-side-encryption"
LARGEST = 100_000_000
"""Bytes of a file."""
VALID = 900
"""Seconds for which a URL is valid."""


class Uploads:
    """The files that were uploaded, by job."""

    def __init__(self) -> None:
        self.base = ""
        """URL of a server that passes uploads on; empty starts one when it is needed."""
        self._files: dict[str, bytes] = {}
        self._signatures: dict[str, str] = {}
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def url(self, job: str, signature: str) -> str:
        """Return the URL for the file of a job.

        Args:
            job: Id of the job.
            signature: Text that the upload must repeat.
        """
        self._signatures[job] = signature
        query = f"X-Amz-Expires={VALID}&X-Amz-SignedHeaders=host;{HEADER}&X-Amz-Signature={signature}"
        return f"{self.base or self._begin()}{PREFIX}{job}?{query}"

    def take(self, target: str, headers: Mapping[str, str], body: bytes) -> HTTPStatus:
        """Keep an uploaded file, and return the status of the answer.

        Args:
            target: Path and query of the request.
            headers: Of the request; names in lower case.
            body: The file.
        """
        parts = urlsplit(target)
        job = parts.path.removeprefix(PREFIX)
        said = parse_qs(parts.query).get("X-Amz-Signature", [""])[0]
        if not hmac.compare_digest(self._signatures.get(job, "\0").encode(), said.encode()):
            return HTTPStatus.FORBIDDEN
        if headers.get(HEADER) != "aws:kms":
            return HTTPStatus.FORBIDDEN
        self._files[job] = body
        return HTTPStatus.OK

    def file(self, job: str) -> bytes | None:
        """Return the file of a job, or None."""
        return self._files.get(job)

    def forget(self, job: str) -> None:
        """Delete the file of a job that has ended."""
        self._files.pop(job, None)
        self._signatures.pop(job, None)

    def close(self) -> None:
        """Stop listening."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def _begin(self) -> str:
        if self._server is None:
            handler = type("UploadHandler", (_Handler,), {"uploads": self})
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"


class _Handler(BaseHTTPRequestHandler):
    """One upload."""

    uploads: Uploads
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: standard error belongs to the user."""

    def handle_put(self) -> None:
        """Take a file."""
        try:
            body = self.rfile.read(length_of(self.headers, LARGEST))
        except BodyRefused as refused:
            self.send_error(refused.status)  # and closes the connection
            return
        status = self.uploads.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = handle_put

"""The embedded Cognito over HTTP, for any SDK and any browser: `poolctl local serve`.

A plain loopback server. Requests about user pools go straight to the engine, those of browsers to the pages, and all
others to moto's own dispatcher, as its in-process mock does. moto's server mode is not used: it needs Flask, it answers
unimplemented operations with an HTML page, and it cannot break a connection on purpose.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote_to_bytes, urlsplit

from reconciler.cloud.hosts import is_loopback
from reconciler.errors import InvalidInput
from reconciler.local.request_bodies import BodyRefused, length_of
from reconciler.local.store import Store
from reconciler.local.uploads import LARGEST, PREFIX, Uploads

if TYPE_CHECKING:  # heavy
    from reconciler.local.backend import Engine

USER_POOLS = "AWSCognitoIdentityProviderService"
UNSIGNED = {USER_POOLS: "cognito-idp", "AWSCognitoIdentityService": "cognito-identity"}
"""Services with unsigned operations, by the first part of X-Amz-Target."""
DEFAULT_REGION = "us-east-1"
SCOPE_PARTS = 5
HOST_PART = re.compile(r"[a-z0-9-]+")
"""A Region or a service, which become part of a host name."""
MAX_BODY = 10_000_000
"""Maximum request body in bytes; the API itself accepts less."""
JSON = "application/x-amz-json-1.1"

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
}
"""What answers about user pools carry, as recorded from the service."""
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": (
        "content-type,x-amz-target,x-amz-user-agent,x-amz-date,x-amz-content-sha256,cache-control,"
        "amz-sdk-invocation-id,amz-sdk-request"
    ),
    "Access-Control-Max-Age": "172800",
}
"""What clients in browsers send. `authorization` is not in it: a web page is to sign users in, not to administer."""


def check_loopback(host: str) -> None:
    """Refuse to listen on addresses that other machines can reach: signatures are not verified.

    Raises:
        InvalidInput: The host is not a loopback address.
    """
    if not is_loopback(host):
        raise InvalidInput(f"{host} is not a loopback address; the embedded Cognito checks no signatures.")


class Server:
    """The embedded Cognito, listening on a loopback address from `start` to `stop`.

    Args of the constructor:
        store: Its state.
        host: A loopback address.
        port: 0 selects a free one.
        handler: Answers connections; tests derive their own, which spoils answers on the wire.
    """

    def __init__(self, store: Store, host: str, port: int, handler: type[BaseHTTPRequestHandler] | None = None) -> None:
        check_loopback(host)
        from reconciler.local.backend import Engine

        self.engine = Engine(store, record=False)
        self._host = host
        self._port = port
        self._handler = handler or RequestHandler
        self._stack = ExitStack()
        self._server: HttpServer | None = None

    @property
    def url(self) -> str:
        """The URL for `--endpoint-url`; available after `start`."""
        host, port = self._server.server_address[:2] if self._server else (self._host, self._port)
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{shown}:{port}"

    def start(self) -> Self:
        """Read the state, listen, and return at once.

        Raises:
            InvalidInput: The content of the directory is not ours.
            OSError: The port is in use.
        """
        from reconciler.local import surroundings
        from reconciler.local.moto_services import installed

        with ExitStack() as stack:
            self.engine.open()
            stack.callback(self.engine.close)
            stack.enter_context(installed(self.engine))
            stack.enter_context(surroundings.installed(self.engine))
            self._server = HttpServer((self._host, self._port), self._handler)
            stack.callback(self._server.server_close)
            self._server.engine = self.engine
            self.engine.uploads.base = self.engine.desk.base = self.url
            thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(self._server.shutdown)
            self._stack = stack.pop_all()
        return self

    def stop(self) -> None:
        """Stop listening and release the state."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()


class HttpServer(ThreadingHTTPServer):
    """The server, with what its handlers need."""

    engine: Engine
    """The embedded Cognito."""
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Show a defect of ours where the server runs, and let the client know of it before the connection ends.

        That a client closes its connection, as browsers do, is no defect.
        """
        if isinstance(sys.exception(), ConnectionError):
            return
        super().handle_error(request, client_address)
        _, headers, body = _refused(500, "InternalErrorException", "Internal error.")
        sent = {**headers, **CORS, "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        with suppress(OSError):  # the client has gone away
            request.sendall(f"HTTP/1.1 500 Internal Server Error\r\n{head}\r\n{body}".encode())

    @property
    def uploads(self) -> Uploads:
        """Where files of import jobs go."""
        return self.engine.uploads


class RequestHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for the acknowledgement of its headers
    wbufsize = -1  # one packet for headers and body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing: standard error belongs to the user."""

    def handle_any(self) -> None:
        """Answer a request of any method."""
        from botocore.exceptions import HTTPClientError

        if not is_local(host_of(self.headers.get("Host", ""))):
            self.send_error(403)  # a web page whose host name resolves to this server (DNS rebinding)
            return
        try:
            length_of(self.headers, LARGEST if self.path.startswith(PREFIX) else MAX_BODY)
        except BodyRefused as refused:
            self.send_error(refused.status)  # which closes the connection: where the next request begins is unknown
            return
        if self.path.startswith(PREFIX) and isinstance(self.server, HttpServer):
            headers = {k.lower(): v for k, v in self.headers.items()}
            self.answer(self.server.uploads.take(self.path, headers, self.read_body()), {}, b"")
            return
        try:
            status, headers, body = self.answered()
        except HTTPClientError:  # a fault dropped the answer
            self.close_connection = True
            return
        except NotImplementedError as missing:  # of moto's other services
            status, headers, body = _refused(501, "NotImplementedException", str(missing))
        self.answer(status, headers, body.encode() if isinstance(body, str) else body)

    def answered(self) -> tuple[int, Any, Any]:
        """Return the answer to a request."""
        target, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if target in UNSIGNED:
            return self.of_cognito(target, operation)
        body = self.read_body()
        if self.command == "OPTIONS" and self.path == "/":
            return 204, PREFLIGHT, b""
        page = self.of_browser(body)
        if page is None and not _scope(self.headers.get("Authorization", "")):
            return _unsigned()  # or else a web page of another origin could have operations of any name carried out
        return page or dispatch(self.command, self.path, dict(self.headers.items()), body)

    def of_browser(self, body: bytes) -> tuple[int, Any, bytes] | None:
        """Return the answer of the hosted pages; None if the request is not for them."""
        from werkzeug import Request

        from reconciler.local.pages.application import respond

        if not isinstance(self.server, HttpServer) or self.headers.get("Authorization", "").startswith("AWS4-"):
            return None
        page = respond(self.server.engine, Request(self.environ(body)))
        return (page.status_code, page.headers, page.get_data()) if page is not None else None

    def environ(self, body: bytes) -> dict[str, Any]:
        """Return the request as WSGI has it."""
        path, _, query = self.path.partition("?")
        headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in self.headers.items()}
        host, _, port = self.headers.get("Host", "").rpartition(":")
        return {
            **headers,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http",
        }

    def of_cognito(self, target: str, operation: str) -> tuple[int, Any, Any]:
        """Return the answer to a request about user pools or identity pools."""
        from reconciler.local.checks import needs_signature

        body, scope = self.read_body(), _scope(self.headers.get("Authorization", ""))
        if not scope and needs_signature(UNSIGNED[target], operation):
            status, headers, said = _unsigned()
        elif target == USER_POOLS and isinstance(self.server, HttpServer):
            status, headers, said = self.server.engine.direct(scope[2] if scope else "", operation, body)
        else:
            status, headers, said = dispatch(self.command, self.path, dict(self.headers.items()), body)
        return status, {**headers, **CORS, "x-amzn-RequestId": str(uuid.uuid4())}, said

    def answer(self, status: int, headers: Any, payload: bytes) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "status", "server", "date"):
                self.send_header(name, str(value))
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(payload)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = handle_any

    def read_body(self) -> bytes:
        """Read the request's body."""
        return self.rfile.read(length_of(self.headers, LARGEST))


def host_of(header: str) -> str:
    """Return the host name of the header Host; empty if it has none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_local(host: str) -> bool:
    """Return whether a host name means this machine, as browsers resolve names below `localhost`."""
    return is_loopback(host) or host.endswith(".localhost")


def _unsigned() -> tuple[int, dict[str, str], str]:
    return _refused(400, "MissingAuthenticationTokenException", "Missing Authentication Token")


def _refused(status: int, code: str, message: str) -> tuple[int, dict[str, str], str]:
    return status, {"Content-Type": JSON}, json.dumps({"__type": code, "message": message})


def dispatch(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any, Any]:
    """Pass a request to moto as if it had been sent to AWS."""
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders
    from moto.core.models import botocore_stubber

    service, region = _addressee({k.lower(): v for k, v in headers.items()})
    sent = HTTPHeaders()
    for name, value in headers.items():
        sent[name] = value
    url = f"https://{service}.{region}.amazonaws.com{urlsplit(path)._replace(scheme='', netloc='').geturl()}"
    answer = botocore_stubber.process_request(AWSPreparedRequest(method, url, sent, body, stream_output=False))
    return answer if answer is not None else (404, {}, "")


def _addressee(headers: Mapping[str, str]) -> tuple[str, str]:
    """Return service and Region from the signature's scope; a few operations are unsigned."""
    scope = _scope(headers.get("authorization", ""))
    if scope:
        return scope[3], scope[2]
    return UNSIGNED.get(headers.get("x-amz-target", "").partition(".")[0], "cognito-idp"), DEFAULT_REGION


def _scope(authorization: str) -> list[str]:
    """Return the parts of a signature's scope; empty without a signature."""
    scope = authorization.partition("Credential=")[2].split(",")[0].split("/")
    whole = len(scope) >= SCOPE_PARTS and all(map(HOST_PART.fullmatch, scope[2:4]))
    return scope if whole else []

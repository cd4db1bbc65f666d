"""What function ARNs are mapped to: `--trigger ARN=http://127.0.0.1:9000/path` or `ARN=module:function`.

Over HTTP the event is the body of a POST and the answer is the event with its response, as with the emulators of AWS
Lambda. An object with `errorMessage`, or a status other than success, is an error that the function raised.
"""

from __future__ import annotations

import importlib
import ipaddress
import json
import re
import sys
import uuid
from collections.abc import Iterable
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import SplitResult, urlsplit

from reconciler.errors import InvalidInput
from reconciler.local import foreign_json
from reconciler.local.desk import Function, FunctionFailed
from reconciler.local.operation import arn_part

TIME = 5.0
"""Seconds in which a function must answer."""
TRIES = 3
"""How often a function is called if it does not answer in time."""
LONGEST = 6 * 1024 * 1024
"""Limit of an answer in bytes, as of AWS Lambda."""
WRITTEN = re.compile(r"(arn:.+?)=(https?://.+|[\w.]+:\w+)", re.ASCII)
TOO_LATE = "Socket timeout while invoking Lambda function"


def parse(texts: Iterable[str], *, anywhere: bool = False, time: float = TIME) -> dict[str, Function]:
    """Return functions by ARN.

    Args:
        texts: `ARN=URL`, which gets the event by POST; or `ARN=module:function`, a Python function of event and
            context.
        anywhere: Whether URLs on other machines are allowed.
        time: Seconds in which a function over HTTP must answer.

    Raises:
        InvalidInput: Some are malformed; all of them are named.
    """
    functions: dict[str, Function] = {}
    wrong = []
    for text in texts:
        try:
            arn, function = _parsed(text, anywhere=anywhere, time=time)
        except InvalidInput as error:
            wrong.append(str(error))
            continue
        if arn in functions:
            wrong.append(f"--trigger {text}: this ARN is mapped already. Leave one of the two out.")
        functions[arn] = function
    if wrong:
        raise InvalidInput("\n".join(wrong))
    return functions


def _parsed(text: str, *, anywhere: bool, time: float) -> tuple[str, Function]:
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise InvalidInput(f"--trigger {text}: write ARN=http://127.0.0.1:PORT/PATH or ARN=module:function.")
    arn, target = found.groups()
    if "://" not in target:
        return arn, _imported(text, arn, target)
    url = _url(target)
    if url is None:
        raise InvalidInput(f"--trigger {text}: the URL has no valid host and port.")
    if not anywhere and not _is_loopback(url.hostname or ""):
        raise InvalidInput(
            f"--trigger {text}: the events hold personal data and passwords, so they leave this machine only if "
            "that is allowed. Use a loopback address, such as 127.0.0.1."
        )
    return arn, _Posted(url, time)


def _url(target: str) -> SplitResult | None:
    """Return the parts of a URL, or None if it has no host or an impossible port."""
    try:
        url = urlsplit(target)
        valid = bool(url.hostname) and url.port != 0
    except ValueError:
        return None
    return url if valid else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _imported(text: str, arn: str, target: str) -> Function:
    module, _, name = target.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.append(here)  # at the end, so that a module of the user does not hide one of ours
    try:
        handler = getattr(importlib.import_module(module), name, None)
    except (Exception, SystemExit) as error:
        said = f"the module {module} cannot be imported from {here}: {type(error).__name__}: {error}"
        raise InvalidInput(f"--trigger {text}: {said}.") from error
    if not callable(handler):
        raise InvalidInput(f"--trigger {text}: the module {module} has no function {name}.")

    def call(event: dict[str, Any]) -> Any:
        try:
            return foreign_json.loads(json.dumps(handler(event, _context(arn))))
        except SystemExit as end:
            raise FunctionFailed(f"Runtime exited with error: exit status {end.code}") from end
        except Exception as error:
            raise FunctionFailed(str(error)) from error

    return call


def _context(arn: str) -> SimpleNamespace:
    """Return the second argument of a function, with the members that do not depend on AWS."""
    return SimpleNamespace(
        function_name=arn_part(arn, 6),
        function_version="$LATEST",
        invoked_function_arn=arn,
        memory_limit_in_mb="128",
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: int(TIME * 1000),
    )


class _Posted:
    """A function behind a URL. Redirects are not followed and proxies not used."""

    def __init__(self, url: SplitResult, time: float) -> None:
        self._url, self._time = url, time

    def __call__(self, event: dict[str, Any]) -> Any:
        """Call the function.

        Raises:
            FunctionFailed: It raised an error, or did not answer.
        """
        for _ in range(TRIES):
            try:
                status, body = self._post(json.dumps(event).encode())
            except TimeoutError:
                continue
            except (OSError, HTTPException) as error:
                raise FunctionFailed(str(error) or type(error).__name__, "unreachable") from None
            return _read(status, body)
        raise FunctionFailed(TOO_LATE, "unreachable")

    def _post(self, body: bytes) -> tuple[int, bytes]:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=self._time)
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read(LONGEST)
        finally:
            connection.close()


def _read(status: int, body: bytes) -> Any:
    try:
        answer = foreign_json.loads(body)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "errorMessage" in answer:
        raise FunctionFailed(str(answer["errorMessage"]))
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise FunctionFailed(body.decode(errors="replace").strip() or f"HTTP status {status}")
    return answer

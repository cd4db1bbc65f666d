"""`apply --check`: read what each pool publishes, and hold it against the manifest.

Only AWS publishes it: of the embedded Cognito, and of any other endpoint, it is said that nothing was checked.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reconciler.applications.web_checks import ExpectedWeb, NoWebAnswer, WebAnswer, WebCheck, checks, worst
from reconciler.cloud.port import Clock
from reconciler.errors import ExitCode

if TYPE_CHECKING:
    import requests

    from reconciler.applications.web_checks import Fetch, NoAnswerReason
    from reconciler.render.shown import ShownConnections
    from reconciler.runs.apply_run import ApplyOutcome
    from reconciler.terminal.console import Console
    from reconciler.terminal.options import Options

CONNECT, READ = 5.0, 10.0
"""Seconds to wait for a connection, and for the next bytes of an answer."""

LARGEST = 1_000_000
"""Most bytes of an answer that are read; pages and documents are far smaller."""


def checked(
    options: Options, console: Console, found: Sequence[ShownConnections], outcome: ApplyOutcome, fetch: Fetch
) -> tuple[WebCheck, ...]:
    """Check every user pool of an apply, if there is something to check it with.

    Args:
        options: The command line.
        console: Shows the pool that is being checked.
        found: Ids and addresses of the pools.
        outcome: The apply; only a complete one is checked.
        fetch: Reads a URL.
    """
    results: list[WebCheck] = []
    for one in (c for c in found if c.clients or c.issuer or c.hosts):
        why = _unchecked(options, one, outcome)
        if why:
            results.append(WebCheck(one.target.pool_name, "everything", "", "skipped", why))
        else:
            console.status(f"Checking {one.target.pool_name}…")
            results += checks(expected(one), fetch)
            results += _unasked(one)
    console.status("")
    return tuple(results)


def _unchecked(options: Options, found: ShownConnections, outcome: ApplyOutcome) -> str:
    if outcome.exit_code:
        return "not checked, as the apply is not complete."
    if options.local:
        return "not checked: the embedded Cognito has no domains and no pages on the web."
    if options.endpoint_url:
        return "not checked: --endpoint-url is not AWS, so its pages are not those of the pool."
    return "" if found.issuer else "not checked: the issuer of the pool is not known."


def expected(found: ShownConnections) -> ExpectedWeb:
    """Return what a pool should publish."""
    return ExpectedWeb(
        found.target.pool_name,
        found.issuer,
        found.discovery,
        found.jwks,
        {d.host: d.target if d.custom else "" for d in found.hosts},
        {str(c.address): c.sign_in for c in found.clients if c.sign_in},
    )


def _unasked(found: ShownConnections) -> Sequence[WebCheck]:
    name = found.target.pool_name
    return [WebCheck(name, place, "", "skipped", "not checked, as it is not known.") for place in found.unknown]


def exit_code(found: Sequence[WebCheck], *, wrote: bool) -> ExitCode:
    """Return the exit code of the checks: what contradicts the manifest, or what could not be seen yet (decision 28).

    Args:
        found: The results.
        wrote: Whether the run has written something.
    """
    code = {
        "wrong": ExitCode.PARTIAL if wrote else ExitCode.ERROR,
        "unread": ExitCode.INCOMPLETE,
        "waiting": ExitCode.INCOMPLETE,
    }
    return code.get(worst(found), ExitCode.OK)


def get(url: str, clock: Clock = time.monotonic) -> WebAnswer | NoWebAnswer:
    """Read a URL; redirects are not followed, and neither a cookie nor a credential of `.netrc` is sent."""
    import requests
    from urllib3.exceptions import HTTPError

    try:
        with requests.get(
            url,
            timeout=(CONNECT, READ),
            allow_redirects=False,
            stream=True,
            headers={"User-Agent": "poolctl"},
            auth=lambda request: request,
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return WebAnswer(answer.status_code, headers, _body(answer, clock).decode("utf-8", "replace"))
    except requests.RequestException as error:
        return NoWebAnswer(reason(error), type(error).__name__)
    except HTTPError as error:  # from the body, which is read piece by piece
        return NoWebAnswer("timeout" if "Timeout" in type(error).__name__ else "connection", type(error).__name__)


def _body(answer: requests.Response, clock: Clock) -> bytes:
    """Return the body, or what of it came in time: a server may send it byte by byte."""
    body, until = b"", clock() + READ
    while len(body) < LARGEST and clock() < until:
        piece = answer.raw.read1(65_536, decode_content=True)
        if not piece:
            break
        body += piece
    return body


def reason(error: requests.RequestException) -> NoAnswerReason:
    """Return why there is no answer, from the error of the library."""
    from requests import exceptions
    from urllib3.exceptions import NameResolutionError

    if isinstance(error, exceptions.Timeout):
        return "timeout"
    if isinstance(error, exceptions.SSLError):
        return "certificate"
    inner = error.args[0] if error.args else None
    return "name" if isinstance(getattr(inner, "reason", None), NameResolutionError) else "connection"

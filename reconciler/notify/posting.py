"""Posts a message over HTTP, with retries.

Redirects are not followed: one could send the message elsewhere, and would turn the POST into a GET. Errors repeat
nothing of a response, and only the type of an exception: both may quote the URL, which is a secret.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from reconciler import __version__
from reconciler.cloud.port import Cloud, Sleep
from reconciler.model import Secret
from reconciler.notify.notifier import Receiver
from reconciler.notify.retry import ATTEMPTS, LONGEST, back_off

log = logging.getLogger("poolctl.notify")

TIMEOUT = 10.0
"""Timeout of the connection and of the response, in seconds."""

AGAIN = frozenset({408, 429})
"""Statuses that are retried besides 5xx."""

AT_FAULT = frozenset({400, 413, 422})
"""Statuses that concern one message; another one may still be accepted."""

LARGEST = 2_000
"""Bytes of a response that are read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of a receiver."""

    status: int
    """HTTP status."""
    text: str = ""
    """Beginning of the body."""
    retry_after: str = ""
    """The header of that name."""


class Unanswered(Exception):
    """There was no response. The message says why, and contains nothing of the URL."""


Post = Callable[[Secret, bytes, Mapping[str, str]], Answer]
"""Posts a body with headers to a URL; raises `Unanswered`."""

Complaint = Callable[[Answer], str]
"""Returns what is wrong with a 2xx response; empty if nothing is."""

Now = Callable[[], float]
"""Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Means:
    """The functions that send messages; tests pass fakes."""

    cloud: Callable[[str], Cloud]
    """Returns a cloud for a Region; an empty name is the Region of the run."""
    sleep: Sleep
    """Waits for a number of seconds."""
    post: Post
    """Sends one HTTP request."""
    now: Now
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class PostFailure:
    """Why a message was not accepted."""

    reason: str
    """The message."""
    final: bool
    """Whether further messages would fail too."""


def over_http(url: Secret, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Post once, with the proxies and certificates of the environment.

    Raises:
        Unanswered: There was no response.
    """
    import requests
    import urllib3

    _hush()
    try:
        with requests.post(
            url.reveal(), data=body, headers=dict(headers), timeout=TIMEOUT, allow_redirects=False, stream=True
        ) as got:
            text = got.raw.read(LARGEST, decode_content=True).decode("utf-8", "replace")
            return Answer(got.status_code, text, got.headers.get("Retry-After", ""))
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        reason = _words(error)
    raise Unanswered(reason)  # outside the handler: an exception keeps its context, including the message


def _words(error: Exception) -> str:
    import requests

    kinds = {
        requests.exceptions.SSLError: "the certificate could not be verified, or TLS failed",
        requests.exceptions.ProxyError: "the proxy could not be reached",
        requests.exceptions.Timeout: f"no response within {TIMEOUT:.0f} s",
        requests.exceptions.ConnectionError: "the connection failed, or was closed without a response",
    }
    found = (words for kind, words in kinds.items() if isinstance(error, kind))
    return next(found, f"the request failed ({type(error).__name__})")


def _quiet(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def _hush() -> None:
    """Keep urllib3 from logging the path of every request at debug level: the path is the secret."""
    logger = logging.getLogger("urllib3.connectionpool")
    if _quiet not in logger.filters:
        logger.addFilter(_quiet)


def deliver(
    means: Means, receiver: Receiver, body: bytes, headers: Mapping[str, str], complaint: Complaint
) -> PostFailure | None:
    """Post until the message is accepted or retries are exhausted.

    Args:
        means: What to send with.
        receiver: The receiver.
        body: The message, JSON.
        headers: Additional headers.
        complaint: Checks a 2xx response.

    Returns:
        Why it was not accepted, or None if it was.
    """
    headers = {"Content-Type": "application/json", "User-Agent": f"poolctl/{__version__}", **headers}
    for attempt in range(1, ATTEMPTS + 1):
        pause = back_off(attempt)
        try:
            answer = means.post(receiver.address, body, headers)
        except Unanswered as error:
            failure = PostFailure(str(error), final=True)
        else:
            if answer.status not in AGAIN and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                return _judged(answer, complaint)
            failure = PostFailure(_named(answer.status), final=True)
            pause = min(LONGEST, max(pause, _asked(answer.retry_after, means.now())))
        if attempt < ATTEMPTS:
            log.info("%s: attempt %d failed (%s), retrying in %.1f s", receiver.label, attempt, failure.reason, pause)
            means.sleep(pause)
    return PostFailure(f"{failure.reason}, after {ATTEMPTS} attempts", final=True)


def _judged(answer: Answer, complaint: Complaint) -> PostFailure | None:
    status = HTTPStatus
    if status.OK <= answer.status < status.MULTIPLE_CHOICES:
        wrong = complaint(answer)
        return PostFailure(wrong, final=True) if wrong else None
    if status.MULTIPLE_CHOICES <= answer.status < status.BAD_REQUEST:
        said = f"{_named(answer.status)} is a redirect, which is not followed. Use the target URL"
        return PostFailure(said, final=True)
    advice = "The message was refused" if answer.status in AT_FAULT else "Check the URL"
    return PostFailure(f"{_named(answer.status)}. {advice}", final=answer.status not in AT_FAULT)


def _named(status: int) -> str:
    """Return the status with HTTP's reason phrase: the receiver's own could contain anything."""
    try:
        return f"HTTP {status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return f"HTTP {status}"


def _asked(header: str, now: float) -> float:
    """Return the seconds that `Retry-After` requests, as a number or as a date; 0 without a valid value."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        if header.strip().isascii() and header.strip().isdigit():
            return float(header)
        at = parsedate_to_datetime(header)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return 0.0

"""One request to GitHub with retries: rate limits, redirects, and no token for other hosts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from reconciler.errors import InvalidInput, PoolctlError
from reconciler.model import Tree

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

ATTEMPTS = 5
"""Maximum number of attempts per request."""

PATIENCE = 120.0
"""Maximum wait between two attempts, in seconds. If GitHub asks for a longer wait, the request fails."""

TIMEOUT = (10, 30)
"""Timeout in seconds for connecting, and for each part of an answer."""

REDIRECTS = 3
"""Maximum number of redirects: a renamed repository needs one."""

LONGEST = 300
"""Maximum length of GitHub's error text in messages, in characters."""


class GitHubError(PoolctlError):
    """GitHub refused a request, or could not be reached."""

    def __init__(self, operation: str, status: int, message: str) -> None:
        self.operation = operation
        """Description of the operation."""
        self.status = status
        """HTTP status; 0 if there was no answer."""
        answered = f"GitHub answered {status}: {message}" if status else message
        super().__init__(f"{operation}: {answered}")


class Lost(GitHubError):
    """It is unknown whether the request took effect."""


class Transport:
    """A connection that sends requests with the token, with retries."""

    def __init__(
        self,
        base: str,
        token: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Create a connection; nothing is sent yet.

        Args:
            base: Address of the API.
            token: Sent to that host and to no other.
            sleep: Waits for a number of seconds.
            clock: Seconds since the epoch, as in GitHub's rate limits.

        Raises:
            InvalidInput: There is no token.
        """
        import requests

        if not token:
            raise InvalidInput("GITHUB_TOKEN is not set. Pass the job's token: input github-token of the Action.")
        self.base = base.rstrip("/")
        """Address of the API, without a slash at its end."""
        self._token = token
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def pause(self, attempt: int) -> None:
        """Wait after a failed attempt."""
        self._sleep(_pause(attempt))

    def send(
        self, operation: str, method: str, url: str, *, query: Mapping[str, str] | None = None, body: Tree | None = None
    ) -> Response:
        """Send with retries until there is a final answer, and return it if it is a success.

        Args:
            operation: Description for messages.
            method: HTTP method; a POST whose answer is lost is not sent again.
            url: Whole address.
            query: Parameters of the address.
            body: Sent as JSON.

        Raises:
            Lost: It is unknown whether the request took effect.
            GitHubError: The request failed.
        """
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._once(operation, method, url, query, body)
            except Lost:
                if last or method == "POST":
                    raise
                self.pause(attempt)
                continue
            wait = self._asked_to_wait(answer, attempt)
            if wait is None or last:
                return self._good(operation, answer)
            if wait > PATIENCE:
                raise GitHubError(
                    operation, answer.status_code, f"GitHub asks to wait {wait:.0f} seconds. Run it later."
                )
            self._sleep(wait)
        raise AssertionError

    def _once(
        self, operation: str, method: str, url: str, query: Mapping[str, str] | None, body: Tree | None
    ) -> Response:
        """Send once, following redirects on the same host.

        Raises:
            Lost: There was no answer, or an inconclusive one.
            GitHubError: It redirects to another host.
        """
        for _ in range(REDIRECTS + 1):
            answer = self._sent(operation, method, url, query, body)
            if not answer.is_redirect:
                return answer
            url, query = urljoin(url, answer.headers["Location"]), None
            if not self.is_ours(url):
                raise GitHubError(
                    operation, answer.status_code, "It redirects to another host, which must not get the token."
                )
        raise GitHubError(operation, answer.status_code, "Too many redirects.")

    def _sent(
        self, operation: str, method: str, url: str, query: Mapping[str, str] | None, body: Tree | None
    ) -> Response:
        import requests

        try:
            answer = self._session.request(
                method, url, params=query, json=body, auth=self._sign, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:  # its text may contain the request
            raise Lost(operation, 0, f"GitHub could not be reached ({type(error).__name__}).") from None
        if answer.status_code >= 500:  # noqa: PLR2004 - the server's own fault
            raise Lost(operation, answer.status_code, self._words(answer))
        return answer

    def _sign(self, request: PreparedRequest) -> PreparedRequest:
        """Add the token. As a function, so a .netrc on the machine does not override it."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers["Accept"] = "application/vnd.github+json"
        request.headers["X-GitHub-Api-Version"] = "2022-11-28"
        request.headers["User-Agent"] = "poolctl"
        return request

    def is_ours(self, url: str) -> bool:
        """Return whether an address is on the host that the token is for."""
        return urlsplit(url)[:2] == urlsplit(self.base)[:2]

    def _asked_to_wait(self, answer: Response, attempt: int) -> float | None:
        """Return the seconds to wait if the answer is a rate limit, otherwise None."""
        if answer.status_code not in (403, 429):
            return None
        after = answer.headers.get("Retry-After", "")
        if after.isdigit():
            return float(after)
        reset = answer.headers.get("X-RateLimit-Reset", "")
        if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isdigit():
            return max(1.0, int(reset) - self._clock())
        limited = answer.status_code == 429 or "secondary rate limit" in answer.text.lower()  # noqa: PLR2004
        return max(60.0, _pause(attempt)) if limited else None

    def _good(self, operation: str, answer: Response) -> Response:
        if answer.ok:
            return answer
        needed = answer.headers.get("X-Accepted-GitHub-Permissions", "")
        hint = f" The token needs: {needed}." if needed and answer.status_code in (403, 404) else ""
        raise GitHubError(operation, answer.status_code, self._words(answer) + hint)

    def _words(self, answer: Response) -> str:
        """Return GitHub's error text in one line, with the token removed in case it is echoed."""
        try:
            message = str(answer.json()["message"])
        except (ValueError, KeyError, TypeError):
            message = answer.reason or "no explanation"
        return " ".join(message.replace(self._token, "***").split())[:LONGEST]


def _pause(attempt: int) -> float:
    """Return the seconds to wait after a failed attempt: 1, 2, 4, 8."""
    return float(2 ** (attempt - 1))

"""A minimal client of GitHub's REST API: pagination, retries, and no token for other hosts.

Every POST creates a new resource. So if its answer is lost, the caller's own search decides whether the resource
exists, before it is sent again. All other requests can be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self
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


class GitHub:
    """A connection to GitHub's API."""

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
        self._base = base.rstrip("/")
        self._token = token
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    # --- what callers do ---

    def pages(self, operation: str, path: str, params: Mapping[str, str] | None = None) -> Iterator[Tree]:
        """Return the entries of a list, over all pages.

        Args:
            operation: Description for messages.
            path: Path of the list: `/repos/o/r/issues`.
            params: Filters of the list.

        Raises:
            GitHubError: A page could not be read.
        """
        url = self._base + path
        query: Mapping[str, str] | None = {"per_page": "100", **(params or {})}
        while url:
            answer = self._patiently(operation, "GET", url, query=query)
            yield from _json(operation, answer)
            url, query = answer.links.get("next", {}).get("url", ""), None
            if url and not self._ours(url):
                raise GitHubError(operation, 0, "The next page is on another host, and is not requested.")

    def get(self, operation: str, path: str) -> Tree | None:
        """Return one resource, or None if it does not exist.

        Raises:
            GitHubError: It could not be read.
        """
        try:
            return _tree(operation, self._patiently(operation, "GET", self._base + path))
        except GitHubError as error:
            if error.status == 404:  # noqa: PLR2004 - "not found" is as well known as a word
                return None
            raise

    def update(self, operation: str, path: str, body: Tree) -> Tree:
        """Update a resource.

        Raises:
            GitHubError: The request failed.
        """
        return _tree(operation, self._patiently(operation, "PATCH", self._base + path, body=body))

    def delete(self, operation: str, path: str) -> None:
        """Delete a resource; a missing one is not an error.

        Raises:
            GitHubError: The request failed.
        """
        try:
            self._patiently(operation, "DELETE", self._base + path)
        except GitHubError as error:
            if error.status != 404:  # noqa: PLR2004
                raise

    def create(self, operation: str, path: str, body: Tree, find: Callable[[], Tree | None]) -> Tree:
        """Create a resource exactly once.

        Args:
            operation: Description for messages.
            path: Path of the collection.
            body: The resource.
            find: Looks up the resource; called after each lost answer, before the next attempt.

        Raises:
            GitHubError: The request failed, or its outcome is unknown.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _tree(operation, self._patiently(operation, "POST", self._base + path, body=body))
            except Lost:
                self._sleep(_pause(attempt))
                found = find()
                if found is not None:
                    return found
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError

    # --- one request with retries ---

    def _patiently(
        self, operation: str, method: str, url: str, *, query: Mapping[str, str] | None = None, body: Tree | None = None
    ) -> Response:
        """Send with retries until there is a final answer, and return it if it is a success."""
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            try:
                answer = self._once(operation, method, url, query, body)
            except Lost:
                if last or method == "POST":
                    raise
                self._sleep(_pause(attempt))
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
            if not self._ours(url):
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

    def _ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self._base)[:2]

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


def _json(operation: str, answer: Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise GitHubError(operation, answer.status_code, "The answer is not JSON.") from None


def _tree(operation: str, answer: Response) -> Tree:
    found = _json(operation, answer)
    if not isinstance(found, dict):
        raise GitHubError(operation, answer.status_code, "The answer is not what the API promises.")
    return found

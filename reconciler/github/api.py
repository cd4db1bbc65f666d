"""GitHub's REST API, as little of it as is needed: pages, patience, and no token where it does not belong.

A POST makes something new each time. So when its answer is lost, the caller's own search decides whether the thing is
there now, before it is sent again. Everything else may be repeated as it is.
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
"""How often a request is sent at most."""

PATIENCE = 120.0
"""Longest wait between two attempts, in seconds. Who is asked to wait longer fails, and says so."""

TIMEOUT = (10, 30)
"""Seconds for connecting, and for each part of an answer."""

REDIRECTS = 3
"""How many redirections are followed: a repository that was renamed needs one."""

LONGEST = 300
"""How much of GitHub's words is repeated, in characters."""


class GitHubError(PoolctlError):
    """GitHub said no, or could not be reached."""

    def __init__(self, operation: str, status: int, message: str) -> None:
        self.operation = operation
        """What was to be done, in words."""
        self.status = status
        """HTTP status; 0 when there was no answer."""
        answered = f"GitHub answered {status}: {message}" if status else message
        super().__init__(f"{operation}: {answered}")


class Lost(GitHubError):
    """It is not known whether the request was carried out."""


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
        """Make one; nothing is sent yet.

        Args:
            base: Address of the API.
            token: Sent to that host and to no other.
            sleep: Waits for so many seconds.
            clock: Seconds since the epoch, as GitHub counts its limits.

        Raises:
            InvalidInput: There is no token.
        """
        import requests

        if not token:
            raise InvalidInput("GITHUB_TOKEN is not set. Hand the job's token over: github-token in the Action.")
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
            operation: What is done, for messages.
            path: Path of the list: `/repos/o/r/issues`.
            params: What the list is limited to.

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
                raise GitHubError(operation, 0, "The next page is on another host. It is not asked for.")

    def get(self, operation: str, path: str) -> Tree | None:
        """Return one thing, or None when it is not there.

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
        """Change a thing.

        Raises:
            GitHubError: It could not be done.
        """
        return _tree(operation, self._patiently(operation, "PATCH", self._base + path, body=body))

    def delete(self, operation: str, path: str) -> None:
        """Remove a thing; one that is gone already is no error.

        Raises:
            GitHubError: It could not be done.
        """
        try:
            self._patiently(operation, "DELETE", self._base + path)
        except GitHubError as error:
            if error.status != 404:  # noqa: PLR2004
                raise

    def create(self, operation: str, path: str, body: Tree, find: Callable[[], Tree | None]) -> Tree:
        """Make a thing, once.

        Args:
            operation: What is done, for messages.
            path: Where it is made.
            body: What it is.
            find: Looks whether it is there; asked after each lost answer, before the next attempt.

        Raises:
            GitHubError: It could not be done, or that is unknown.
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

    # --- one request, until it is answered ---

    def _patiently(
        self, operation: str, method: str, url: str, *, query: Mapping[str, str] | None = None, body: Tree | None = None
    ) -> Response:
        """Send until there is an answer that waiting does not improve, and return it if it is a good one."""
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
                raise GitHubError(operation, answer.status_code, f"It asks to wait {wait:.0f} seconds. Run it later.")
            self._sleep(wait)
        raise AssertionError

    def _once(
        self, operation: str, method: str, url: str, query: Mapping[str, str] | None, body: Tree | None
    ) -> Response:
        """Send once, over redirections on the same host.

        Raises:
            Lost: There was no answer, or one that does not say whether it was done.
            GitHubError: It leads to another host.
        """
        for _ in range(REDIRECTS + 1):
            answer = self._sent(operation, method, url, query, body)
            if not answer.is_redirect:
                return answer
            url, query = urljoin(url, answer.headers["Location"]), None
            if not self._ours(url):
                raise GitHubError(operation, answer.status_code, "It leads to another host, which gets no token.")
        raise GitHubError(operation, answer.status_code, "It leads on and on.")

    def _sent(
        self, operation: str, method: str, url: str, query: Mapping[str, str] | None, body: Tree | None
    ) -> Response:
        import requests

        try:
            answer = self._session.request(
                method, url, params=query, json=body, auth=self._sign, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:  # its text may hold what was sent
            raise Lost(operation, 0, f"GitHub could not be reached ({type(error).__name__}).") from None
        if answer.status_code >= 500:  # noqa: PLR2004 - the server's own fault
            raise Lost(operation, answer.status_code, self._words(answer))
        return answer

    def _sign(self, request: PreparedRequest) -> PreparedRequest:
        """Put the token in. As a function, so that no .netrc of the machine goes before it."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers["Accept"] = "application/vnd.github+json"
        request.headers["X-GitHub-Api-Version"] = "2022-11-28"
        request.headers["User-Agent"] = "poolctl"
        return request

    def _ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self._base)[:2]

    def _asked_to_wait(self, answer: Response, attempt: int) -> float | None:
        """Return how many seconds to wait when the answer is a limit of GitHub's, else None."""
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
        """Return GitHub's words, in one line and without the token, should anything on the way repeat it."""
        try:
            message = str(answer.json()["message"])
        except (ValueError, KeyError, TypeError):
            message = answer.reason or "no explanation"
        return " ".join(message.replace(self._token, "***").split())[:LONGEST]


def _pause(attempt: int) -> float:
    """Return the seconds to wait after an attempt that failed: 1, 2, 4, 8."""
    return float(2 ** (attempt - 1))


def _json(operation: str, answer: Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise GitHubError(operation, answer.status_code, "The answer is no JSON.") from None


def _tree(operation: str, answer: Response) -> Tree:
    found = _json(operation, answer)
    if not isinstance(found, dict):
        raise GitHubError(operation, answer.status_code, "The answer is not what the API promises.")
    return found

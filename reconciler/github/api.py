"""A minimal client of GitHub's REST API: pagination, retries, and no token for other hosts.

Every POST creates a new resource. So if its answer is lost, the caller's own search decides whether the resource
exists, before it is sent again. All other requests can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from reconciler.github.transport import ATTEMPTS, GitHubError, Lost, Transport
from reconciler.model import Tree

if TYPE_CHECKING:
    from requests import Response


class GitHub:
    """A connection to GitHub's API."""

    def __init__(self, transport: Transport) -> None:
        """Take over a connection; it is closed with this one."""
        self._transport = transport

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def pages(self, operation: str, path: str, params: Mapping[str, str] | None = None) -> Iterator[Tree]:
        """Return the entries of a list, over all pages.

        Args:
            operation: Description for messages.
            path: Path of the list: `/repos/o/r/issues`.
            params: Filters of the list.

        Raises:
            GitHubError: A page could not be read.
        """
        url = self._transport.base + path
        query: Mapping[str, str] | None = {"per_page": "100", **(params or {})}
        while url:
            answer = self._transport.send(operation, "GET", url, query=query)
            yield from _json(operation, answer)
            url, query = answer.links.get("next", {}).get("url", ""), None
            if url and not self._transport.is_ours(url):
                raise GitHubError(operation, 0, "The next page is on another host, and is not requested.")

    def get(self, operation: str, path: str) -> Tree | None:
        """Return one resource, or None if it does not exist.

        Raises:
            GitHubError: It could not be read.
        """
        try:
            return _tree(operation, self._transport.send(operation, "GET", self._transport.base + path))
        except GitHubError as error:
            if error.status == 404:  # noqa: PLR2004 - "not found" is as well known as a word
                return None
            raise

    def update(self, operation: str, path: str, body: Tree) -> Tree:
        """Update a resource.

        Raises:
            GitHubError: The request failed.
        """
        return _tree(operation, self._transport.send(operation, "PATCH", self._transport.base + path, body=body))

    def delete(self, operation: str, path: str) -> None:
        """Delete a resource; a missing one is not an error.

        Raises:
            GitHubError: The request failed.
        """
        try:
            self._transport.send(operation, "DELETE", self._transport.base + path)
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
                return _tree(operation, self._transport.send(operation, "POST", self._transport.base + path, body=body))
            except Lost:
                self._transport.pause(attempt)
                found = find()
                if found is not None:
                    return found
                if attempt == ATTEMPTS:
                    raise
        raise AssertionError


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

"""Our comments on a pull request: found, updated, and created only once.

A comment is ours if its first line is our marker and its author is the login that the job writes as. A marker in
a comment by another author is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.github import marker
from reconciler.github.api import GitHub
from reconciler.model import Tree

LONGEST = 65_535
"""Maximum length of a comment on GitHub, in characters."""


@dataclass(frozen=True, slots=True)
class Comments:
    """Our comments on one pull request."""

    api: GitHub
    """Where they are."""
    repository: str
    """`owner/name`."""
    number: int
    """Number of the pull request."""
    author: str
    """Login that the job writes as."""

    def ours(self, kind: str, key: str) -> list[Tree]:
        """Return our comments of a kind and key, the oldest first.

        Raises:
            GitHubError: They could not be read.
        """
        found = self.api.pages("List comments", f"/repos/{self.repository}/issues/{self.number}/comments")
        return sorted((c for c in found if self._is_ours(c, kind, key)), key=lambda c: int(c["id"]))

    def _is_ours(self, comment: Tree, kind: str, key: str) -> bool:
        fields = marker.read(comment.get("body"), kind)
        written = (comment.get("user") or {}).get("login")
        return fields is not None and written == self.author and fields[0].get("key") == marker.short(key)

    def put(self, kind: str, key: str, body: str) -> str:
        """Write the comment: update an existing one, or create it.

        If two concurrent runs created two, the older one is kept.

        Returns:
            The id of the comment.

        Raises:
            GitHubError: The request failed.
        """
        found = self.ours(kind, key)
        for twin in found[1:]:
            self.api.delete("Delete a second comment", self._path(twin))
        if found and (found[0].get("body") or "").replace("\r\n", "\n") == body:
            return str(found[0]["id"])
        made = self._update(found[0], body) if found else self._create(kind, key, body)
        return str(made["id"])

    def _update(self, comment: Tree, body: str) -> Tree:
        return self.api.update("Update the comment", self._path(comment), {"body": body})

    def _create(self, kind: str, key: str, body: str) -> Tree:
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return self.api.create(
            "Create the comment", path, {"body": body}, lambda: next(iter(self.ours(kind, key)), None)
        )

    def _path(self, comment: Tree) -> str:
        return f"/repos/{self.repository}/issues/comments/{comment['id']}"

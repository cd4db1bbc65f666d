"""Which URLs of a client belong to previews, and until when: one parameter of Systems Manager for each.

UpdateUserPoolClient replaces the whole client and takes no condition, so the client alone cannot say what got lost.
A record has a name that no other run ever writes: two runs never write the same one, and to delete one can never delete
what another run has just added. A URL is wanted as long as one live record says so; a removed one leaves a record
that it is gone, for as long as an old write may still bring it back (decision 46).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeAlias

from reconciler.model import Tree
from schemas.records import record

ROOT = "/poolctl/urls"
"""The path of all records in a Region; below it come the id of the pool and that of the client."""

SERVICE = "ssm"
LIST, PUT, DELETE = "GetParametersByPath", "PutParameter", "DeleteParameters"
READ = (SERVICE, LIST)
WRITES = frozenset({(SERVICE, PUT), (SERVICE, DELETE)})
EXISTS = "ParameterAlreadyExists"
"""The error code of a record that is there already: the answer of an earlier try was lost."""

AT_ONCE = 10
"""Most parameters that one call lists or deletes."""

KEPT = 60 * 60.0
"""Seconds for which it is remembered that a URL is gone: far longer than any call can be under way."""

UrlList: TypeAlias = Literal["CallbackURLs", "LogoutURLs"]

CALLBACKS: Final = "CallbackURLs"
LOGOUTS: Final = "LogoutURLs"
LISTS: tuple[UrlList, ...] = (CALLBACKS, LOGOUTS)
"""The lists of a client that hold URLs."""


@record(frozen=True, slots=True)
class UrlRecord:
    """What one run has said of one URL."""

    name: str
    """Name of the parameter."""
    member: UrlList
    """The list."""
    url: str
    """The URL."""
    made: float
    """When it was written, in seconds since 1970."""
    until: float | None = None
    """When the URL expires, in seconds since 1970; None for never."""
    gone: bool = False
    """Whether it says that the URL was removed."""

    def is_live(self, now: float) -> bool:
        """Return whether it wants the URL to be there."""
        return not self.gone and (self.until is None or now < self.until)

    def is_spent(self, now: float) -> bool:
        """Return whether nothing that was under way when it ended can be under way still."""
        end = self.made if self.gone else self.until
        return not self.is_live(now) and end is not None and end + KEPT < now


def path_of(pool_id: str, client_id: str) -> str:
    """Return the path of the records of a client."""
    return f"{ROOT}/{pool_id}/{client_id}"


def name_of(path: str, member: str, url: str, nonce: str) -> str:
    """Return the name of a new record.

    Args:
        path: From `path_of`.
        member: The list.
        url: The URL.
        nonce: A text that no other run has.
    """
    digest = hashlib.sha256(f"{member}\n{url}".encode()).hexdigest()[:16]
    return f"{path}/{digest}-{nonce}"


def written(found: UrlRecord) -> str:
    """Return the value of the parameter of a record.

    Systems Manager refuses `{{` in a value, so braces within it are escaped.
    """
    tree = {
        "list": found.member,
        "url": found.url,
        "made": time_text(found.made),
        "until": None if found.until is None else time_text(found.until),
        "gone": found.gone,
    }
    inner = json.dumps(tree, ensure_ascii=True)[1:-1].replace("{", "\\u007b").replace("}", "\\u007d")
    return f"{{{inner}}}"


def read(parameter: Mapping[str, Any]) -> UrlRecord | None:
    """Return the record that a parameter is, or None if it is none."""
    try:
        tree: Tree = json.loads(str(parameter["Value"]))
        until = tree["until"]
        found = UrlRecord(
            str(parameter["Name"]),
            tree["list"],
            tree["url"],
            _seconds(tree["made"]),
            None if until is None else _seconds(until),
            tree["gone"] is True,
        )
    except (KeyError, TypeError, ValueError):
        return None
    return found if found.member in LISTS and isinstance(found.url, str) else None


def time_text(seconds: float) -> str:
    """Return a time as RFC 3339, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@record(frozen=True)
class UrlRecords:
    """All records of a client at one moment."""

    every: tuple[UrlRecord, ...]
    """In the order of their names."""

    def about(self, member: str, url: str) -> tuple[UrlRecord, ...]:
        """Return what is said of a URL."""
        return tuple(r for r in self.every if r.member == member and r.url == url)

    def urls(self, member: str) -> tuple[str, ...]:
        """Return the URLs of a list that anything is said of, sorted."""
        return tuple(sorted({r.url for r in self.every if r.member == member}))

    def wanted(self, member: str, now: float) -> tuple[str, ...]:
        """Return the URLs that a list should have, sorted."""
        return tuple(sorted({r.url for r in self.every if r.member == member and r.is_live(now)}))

    def ended(self, member: str, now: float) -> frozenset[str]:
        """Return the URLs that a list should no longer have: removed or expired ones."""
        return frozenset(self.urls(member)) - frozenset(self.wanted(member, now))

    def joined(self, others: Iterable[UrlRecord]) -> UrlRecords:
        """Return these with others that a list may not show yet."""
        found = {r.name: r for r in (*self.every, *others)}
        return UrlRecords(tuple(found[name] for name in sorted(found)))

    def without(self, names: Iterable[str]) -> UrlRecords:
        """Return these without some that a list may still show."""
        gone = frozenset(names)
        return UrlRecords(tuple(r for r in self.every if r.name not in gone))

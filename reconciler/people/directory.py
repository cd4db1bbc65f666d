"""Users as ListUsers and ListUsersInGroup return them, one page at a time: a pool may hold millions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.cloud.port import required
from reconciler.errors import InvalidInput, flow
from reconciler.model import Tree
from reconciler.people.live_pool import SERVICE, LivePool
from reconciler.terminal.suggestions import sentences, suggest

PAGE = 60
"""Users of a page; the maximum of the service."""
SEARCHABLE = (
    *("username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username"),
    *("cognito:user_status", "status", "sub"),
)
"""Attributes that ListUsers can search for, one at a time (service model)."""
STATUSES = (
    *("UNCONFIRMED", "CONFIRMED", "ARCHIVED", "COMPROMISED", "UNKNOWN", "RESET_REQUIRED"),
    *("FORCE_CHANGE_PASSWORD", "EXTERNAL_PROVIDER"),
)
"""Values of UserStatus."""
_CONDITION = re.compile(r"\s*([\w:]+)\s*(\^?=)\s*(.*?)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which users are meant."""

    condition: str = ""
    """Filter of ListUsers; empty for all users."""
    status: str = ""
    """UserStatus; empty for any."""
    group: str = ""
    """Members of this group only; empty for all users."""
    limit: int | None = None
    """Most users; None for all."""


def condition(text: str) -> str:
    """Return a Filter of ListUsers; a value without quotation marks gets them.

    Raises:
        InvalidInput: It is none, or names an attribute that cannot be searched for.
    """
    found = _CONDITION.fullmatch(text)
    if not found or not found[3]:
        raise InvalidInput(
            f'--filter: {flow(text)} is not a filter. Write ATTRIBUTE = "VALUE", or ^= for values that begin so.'
        )
    name, operator, value = found.groups()
    if name not in SEARCHABLE:
        said = f"--filter: Cognito cannot search for {flow(name)}, only for {', '.join(SEARCHABLE)}."
        raise InvalidInput(sentences(said, suggest(name, SEARCHABLE)))
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    escaped = value if quoted else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} {operator} {escaped}"


def check(selection: Selection) -> Selection:
    """Return a selection whose filter the service takes.

    Raises:
        InvalidInput: Options contradict each other, or one is wrong.
    """
    if selection.group and selection.condition:
        raise InvalidInput("--group and --filter cannot be used together: Cognito lists a group without a filter.")
    if selection.status and selection.status not in STATUSES:
        said = f"--status: {flow(selection.status)} is not one of {', '.join(STATUSES)}."
        raise InvalidInput(sentences(said, suggest(selection.status, STATUSES)))
    asked = condition(selection.condition) if selection.condition else ""
    return Selection(asked, selection.status, selection.group, selection.limit)


def pages(pool: LivePool, selection: Selection) -> Iterator[Sequence[Tree]]:
    """Yield users page by page, never an empty page.

    Args:
        pool: The pool.
        selection: From `check`.

    Raises:
        CloudError: A page was refused.
    """
    left = selection.limit
    for page in _raw(pool, selection):
        found = [u for u in page if not selection.status or u.get("UserStatus") == selection.status][:left]
        left = None if left is None else left - len(found)
        if found:
            yield found
        if left == 0:
            return


def _raw(pool: LivePool, selection: Selection) -> Iterator[list[Tree]]:
    """Yield pages as they come; a page may be empty while a token remains (cognito.md 1.1)."""
    operation, name, params = _request(selection)
    token: dict[str, str] = {}
    while True:
        answer = pool.call(operation, **params, **token)
        yield required(answer, "Users", f"{SERVICE}:{operation}")
        if not answer.get(name):
            return
        token = {name: answer[name]}


def _request(selection: Selection) -> tuple[str, str, dict[str, Any]]:
    """Return the operation, its member for the next page, and its parameters."""
    size = PAGE if selection.status else min(PAGE, selection.limit or PAGE)
    if selection.group:
        return "ListUsersInGroup", "NextToken", {"GroupName": selection.group, "Limit": size}
    asked = selection.condition or (f'cognito:user_status = "{selection.status}"' if selection.status else "")
    return "ListUsers", "PaginationToken", {"Limit": size, **({"Filter": asked} if asked else {})}


def attributes(user: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of a user by name, from any of the answers that have them."""
    found = user.get("Attributes") or user.get("UserAttributes") or ()
    return {a["Name"]: a.get("Value", "") for a in found}


def one(pool: LivePool, name: str) -> Tree:
    """Return a user, spelled as in a list.

    Raises:
        NotFound: There is no such user.
        CloudError: It could not be read.
    """
    answer = pool.call("AdminGetUser", Username=name)
    return {("Attributes" if k == "UserAttributes" else k): v for k, v in answer.items()}


def groups(pool: LivePool, name: str) -> Iterator[Tree]:
    """Yield the groups of a user.

    Raises:
        NotFound: There is no such user.
        CloudError: They could not be read.
    """
    operation = "AdminListGroupsForUser"
    token: dict[str, str] = {}
    while True:
        answer = pool.call(operation, Username=name, Limit=PAGE, **token)
        yield from required(answer, "Groups", f"{SERVICE}:{operation}")
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def written_time(moment: Any) -> str | None:
    """Return a date of an answer in UTC, or None."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(moment, datetime) else None

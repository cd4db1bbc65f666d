"""Users as the CSV that an import job takes, one page in memory at a time.

The file is Cognito's, not a spreadsheet's: values are written as they are, also those that a spreadsheet would take for
a formula (a phone number begins with a plus). Passwords, groups and MFA settings are not in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.model import Tree
from reconciler.people.columns import MFA, USERNAME
from reconciler.people.csv_text import join, unwritable
from reconciler.people.directory import attributes

FEDERATED = "EXTERNAL_PROVIDER"
"""UserStatus of users that an identity provider brings; an import cannot make one."""
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass
class ExportCount:
    """What an export wrote, and what it could not."""

    users: int = 0
    """Rows."""
    federated: int = 0
    """Users of identity providers, which are left out: they come back when they sign in."""
    unwritten: dict[str, int] = field(default_factory=dict)
    """Column → number of values that Cognito's CSV has no way to write, and that are empty in the file."""


def write(
    pages: Iterable[Sequence[Tree]], header: Sequence[str], named: Sequence[str], put: Callable[[str], object]
) -> ExportCount:
    """Write users, and return how many.

    Args:
        pages: Users, from `directory.pages`.
        header: CSVHeader of GetCSVHeader.
        named: UsernameAttributes of the pool: then the name of a user is its address.
        put: Takes a piece of the file.
    """
    count = ExportCount()
    put(join(header) + "\n")
    for page in pages:
        put("".join(_lines(page, header, named, count)))
    return count


def _lines(page: Iterable[Tree], header: Sequence[str], named: Sequence[str], count: ExportCount) -> Iterator[str]:
    for user in page:
        if user.get("UserStatus") == FEDERATED:
            count.federated += 1
            continue
        count.users += 1
        row = _row(user, named)
        yield join([_value(column, row.get(column, ""), count) for column in header]) + "\n"


def _row(user: Mapping[str, Any], named: Sequence[str]) -> dict[str, str]:
    found = attributes(user)
    name = next((found[n] for n in named if found.get(n)), str(user["Username"]))
    return {**found, USERNAME: name, MFA: ""}


def _value(column: str, value: str, count: ExportCount) -> str:
    day = _ISO.fullmatch(value) if column == "birthdate" else None
    if day:  # an import takes this form only
        return f"{day[2]}/{day[3]}/{day[1]}"
    if value and unwritable(value):
        count.unwritten[column] = count.unwritten.get(column, 0) + 1
        return ""
    return value

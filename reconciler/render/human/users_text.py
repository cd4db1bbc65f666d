"""Users and imports of users, for people: tables that are written page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import printable
from reconciler.model import Tree
from reconciler.people.csv_check import CheckedRows
from reconciler.people.directory import attributes, written_time
from reconciler.people.import_jobs import ImportOutcome

HEADS = ("USERNAME", "EMAIL", "STATUS", "ENABLED", "CREATED")
LEAST = (8, 24, 21, 7, 20)
"""Characters of each column, at least: later pages may have longer values than the first."""


def table(pages: Iterable[Sequence[Tree]]) -> Iterator[str]:
    """Yield a table of users, one page after the other; its columns are as wide as the first page needs."""
    widths: Sequence[int] = ()
    for page in pages:
        rows = [_row(user) for user in page]
        if not widths:
            columns = zip(LEAST, HEADS, *rows, strict=True)
            widths = [max(least, *map(len, values)) for least, *values in columns]
            rows.insert(0, list(HEADS))
        yield "\n".join(_line(row, widths) for row in rows)
    if not widths:
        yield "No users."


def _row(user: Tree) -> list[str]:
    mail = attributes(user).get("email", "")
    enabled = "yes" if user.get("Enabled", True) else "no"
    values = (user.get("Username"), mail, user.get("UserStatus"), enabled, written_time(user.get("UserCreateDate")))
    return [printable(str(value or "")) for value in values]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip()


def card(user: Tree, groups: Sequence[Tree]) -> str:
    """Return all that is known of one user."""
    facts: dict[str, str] = {
        "Username": str(user.get("Username", "")),
        "UserStatus": str(user.get("UserStatus", "")),
        "Enabled": str(user.get("Enabled", True)).lower(),
        "UserCreateDate": written_time(user.get("UserCreateDate")) or "",
        "UserLastModifiedDate": written_time(user.get("UserLastModifiedDate")) or "",
        "UserMFASettingList": ", ".join(user.get("UserMFASettingList") or ()),
        "PreferredMfaSetting": str(user.get("PreferredMfaSetting") or ""),
        "Groups": ", ".join(str(g["GroupName"]) for g in groups),
    }
    found = attributes(user)
    wide = max(map(len, (*facts, *found)), default=0) + 2
    lines = [f"{name:<{wide}}{printable(value)}" for name, value in facts.items() if value]
    if found:
        lines += ["", "Attributes", *(f"{name:<{wide}}{printable(value)}" for name, value in found.items())]
    return "\n".join(lines)


def groups_table(groups: Sequence[Tree]) -> str:
    """Return the groups of a user."""
    if not groups:
        return "No groups."
    rows = [[printable(str(g.get(m, ""))) for m in ("GroupName", "Precedence", "Description")] for g in groups]
    rows.insert(0, ["GROUP", "PRECEDENCE", "DESCRIPTION"])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def wrong_rows(file: str, checked: CheckedRows) -> str:
    """Return every wrong row with its line and reason."""
    lines = [f"{printable(file)}: {wrong}" for wrong in checked.wrong]
    count = len(checked.bad)
    return "\n".join([*lines, f"{count:,} of {checked.rows:,} rows {'is' if count == 1 else 'are'} wrong."])


def imported(checked: CheckedRows, outcome: ImportOutcome) -> str:
    """Return what an import did."""
    parts = [f"{outcome.imported:,} imported", f"{outcome.skipped:,} already there", f"{outcome.failed:,} failed"]
    if checked.bad:
        parts.append(f"{len(checked.bad):,} wrong and not sent")
    lines = [str(failure) for failure in outcome.failures]
    jobs = f" (job{'s' if len(outcome.jobs) > 1 else ''} {', '.join(outcome.jobs)})" if outcome.jobs else ""
    lines.append(f"{checked.rows:,} rows: {', '.join(parts)}{jobs}.")
    if outcome.unfinished:
        lines.append(outcome.unfinished)
    return "\n".join(map(printable, lines))

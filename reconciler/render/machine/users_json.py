"""Users and imports of users, for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from reconciler import __version__
from reconciler.model import Tree
from reconciler.people.csv_check import CheckedRows, WrongRow
from reconciler.people.directory import attributes, written_time
from reconciler.people.import_jobs import ImportOutcome
from reconciler.render.json_parts import dump
from reconciler.render.output_types import FORMAT
from reconciler.render.people_types import (
    OutcomeWord,
    RowEntry,
    UserDocument,
    UserEntry,
    UserGroupEntry,
    UsersImportDocument,
)


def listed(pool_id: str, pages: Iterable[Sequence[Tree]]) -> Iterator[str]:
    """Yield a list of users piece by piece, so that no more than a page is in memory."""
    head = {"format_version": FORMAT, "poolctl_version": __version__, "pool_id": pool_id}
    yield json.dumps(head, indent=2, ensure_ascii=False)[:-2] + ',\n  "users": ['
    between = "\n"
    for page in pages:
        lines = [f"    {json.dumps(entry(user), ensure_ascii=False)}" for user in page]
        yield between + ",\n".join(lines)
        between = ",\n"
    yield ("]" if between == "\n" else "\n  ]") + "\n}\n"


def shown(pool_id: str, user: Tree, groups: Iterable[Tree]) -> str:
    """Return one user as JSON."""
    document: UserDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pool_id": pool_id,
        "user": entry(user),
        "groups": [_group(g) for g in groups],
    }
    return dump(document)


def entry(user: Mapping[str, Any]) -> UserEntry:
    """Return one user with the names of the API."""
    found: UserEntry = {
        "Username": str(user.get("Username", "")),
        "UserStatus": str(user.get("UserStatus", "UNKNOWN")),
        "Enabled": user.get("Enabled", True),
        "UserCreateDate": written_time(user.get("UserCreateDate")),
        "UserLastModifiedDate": written_time(user.get("UserLastModifiedDate")),
        "Attributes": attributes(user),
    }
    if user.get("UserMFASettingList"):
        found["UserMFASettingList"] = list(user["UserMFASettingList"])
    if user.get("PreferredMfaSetting"):
        found["PreferredMfaSetting"] = str(user["PreferredMfaSetting"])
    return found


def _group(group: Mapping[str, Any]) -> UserGroupEntry:
    found: UserGroupEntry = {"GroupName": str(group["GroupName"])}
    if "Description" in group:
        found["Description"] = str(group["Description"])
    if "RoleArn" in group:
        found["RoleArn"] = str(group["RoleArn"])
    if "Precedence" in group:
        found["Precedence"] = int(group["Precedence"])
    return found


def imported(pool_id: str, outcome: OutcomeWord, checked: CheckedRows, done: ImportOutcome) -> str:
    """Return an import as JSON."""
    document: UsersImportDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "pool_id": pool_id,
        "outcome": outcome,
        "rows": checked.rows,
        "wrong": [_row(w) for w in checked.wrong],
        "jobs": list(done.jobs),
        "imported": done.imported,
        "already_there": done.skipped,
        "failed": done.failed,
        "failures": [_row(w) for w in done.failures],
        "unfinished": done.unfinished or None,
    }
    return dump(document)


def _row(wrong: WrongRow) -> RowEntry:
    return {"line": wrong.line, "column": wrong.column or None, "reason": wrong.reason}
